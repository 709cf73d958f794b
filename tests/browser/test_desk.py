"""A whole case at the desk, in a real Chromium: the platform, the pipeline, the listener, Slack's page and the dashboard.

Nothing is stubbed but the platforms: posts go through tweepy, cards through slack_sdk, presses through Bolt.
"""

import re
import shutil
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import pipeline
from app.opening import House
from app.serve import serve
from core.settings import Environment, parse
from core.store import open_store
from sandbox.server import Sandbox, running
from tests.end_to_end.town import LIMITS, settings_for

pytestmark = pytest.mark.browser

WORDS = "northwind के पावर बैंक से धुआँ निकल रहा है 🔥😱 अब क्या करूँ? <!channel> <b>जल्दी</b>"


@dataclass
class Desk:
    """A running Sunwai, the made world that it listens to, and the address of its dashboard."""

    sandbox: Sandbox
    dashboard: str


@dataclass
class Agent:
    """Somebody at the Slack page. `trouble` is what the browser's console complained of."""

    page: Page
    trouble: list[str]

    @property
    def card(self) -> Locator:
        return self.page.locator("#messages article").filter(has_text="धुआँ")

    def press(self, label: str) -> None:
        self.card.get_by_role("button", name=label, exact=True).click()


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "sunwai.db"
    shutil.copy(sqlite_template, database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(limits=LIMITS) as sandbox:
        settings = parse(settings_for(sandbox, tmp_path, web={"port": port}, slack={}))
        with House(settings, Environment(sandbox.env()), open_store(f"sqlite:///{database}")) as house:
            pipeline.ingest(house)  # the first pull is history, and history does not ring
            stop = threading.Event()
            at_work = threading.Thread(target=serve, args=(house, stop))
            at_work.start()
            yield Desk(sandbox, f"http://127.0.0.1:{port}")
            stop.set()
            at_work.join(30)


def sit_down(browser: Browser, desk: Desk, name: str) -> Agent:
    """Open the Slack page as this person, and wait until somebody answers buttons."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(15_000)
    agent = Agent(page, attend(page))
    page.goto(desk.sandbox.slack_page)
    page.get_by_label("You are").select_option(label=name)
    expect(page.get_by_text("Sunwai is listening")).to_be_visible(timeout=15_000)
    page.locator("#channels button").filter(has_text="safety").click()
    return agent


def attend(page: Page) -> list[str]:
    """What goes wrong in this page, as it happens."""
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return trouble


def test_a_case_from_the_post_to_its_resolution(desk: Desk, browser: Browser) -> None:
    asha, deniz = sit_down(browser, desk, "Asha Verma"), sit_down(browser, desk, "Deniz Kaya")
    board = browser.new_page(viewport={"width": 1280, "height": 900})
    trouble = attend(board)
    author = desk.sandbox.world.author("x", "manoj_g", name="मनोज गुप्ता 🪔")
    desk.sandbox.world.post("x", author, WORDS, lang="hi")

    for agent in (asha, deniz):
        expect(agent.card).to_contain_text(WORDS, timeout=15_000)
        expect(agent.card).to_contain_text("मनोज गुप्ता 🪔 @manoj_g")
        expect(agent.card.locator("h3")).to_have_text(re.compile(r"🔴 P1 · Safety"))
        expect(agent.card).to_contain_text("Why P1: fire hazard")
        expect(agent.card).to_contain_text("nobody has it yet")
        expect(agent.card.locator("b, .ping")).to_have_count(0)
    board.goto(desk.dashboard)
    case = board.locator("article.case").filter(has_text="धुआँ")
    expect(case).to_contain_text(WORDS)
    expect(case).to_contain_text("fire hazard")
    expect(case).to_contain_text("Nobody has it")

    desk.sandbox.faults.add("slack.chat.update", "slow", seconds=3)  # so that both press what they see, Asha first
    asha.press("Claim")
    deniz.press("Claim")
    expect(asha.card).to_contain_text("@Asha Verma has it")
    expect(asha.card.get_by_role("button", name="Claim", exact=True)).to_have_count(0)
    told = deniz.page.locator("#messages article").filter(has_text="already has this case")
    expect(told).to_contain_text("Only visible to you")
    expect(told).to_contain_text("@Asha Verma already has this case.")
    expect(asha.page.get_by_text("already has this case")).to_have_count(0)
    expect(asha.card).to_contain_text("@Asha Verma has it")

    asha.press("Resolve")
    expect(asha.card.locator("h3")).to_contain_text("✅ Resolved")
    expect(asha.card).to_contain_text("Resolved by @Asha Verma")
    expect(asha.card.get_by_role("button", name=re.compile("Claim|Resolve"))).to_have_count(0)
    expect(asha.card).to_have_count(1)

    board.goto(f"{desk.dashboard}/?status=closed")
    expect(case).to_contain_text("Resolved")
    board.goto(f"{desk.dashboard}/cases/1")
    for happened in ("opened", "rang", "claimed", "resolved"):
        expect(board.locator(".history")).to_contain_text(happened)
    assert [*asha.trouble, *deniz.trouble, *trouble] == []
