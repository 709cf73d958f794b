"""Whole cases at the desk, in a real Chromium: the platform, the pipeline, the listener, Slack's page and the dashboard.

Nothing is stubbed but the platforms: posts go through tweepy, cards through slack_sdk, presses through Bolt. The desk is the
demo's own: its roles, teams, saved replies and approvals.
"""

import io
import json
import re
import shutil
import socket
import threading
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from app import pipeline
from app.demo import DESK
from app.export import export
from app.opening import House
from app.serve import serve
from core.settings import Environment, parse
from core.store import open_store
from sandbox.server import Sandbox, running
from sandbox.world import Post
from tests.end_to_end.town import LIMITS, settings_for

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PATIENCE = 40_000
"""Milliseconds that a busy machine may take for what a quiet one does in one or two thousand."""
WORDS = "@northwindhelp northwind के पावर बैंक से धुआँ निकल रहा है 🔥😱 अब क्या करूँ? <!channel> <b>जल्दी</b>"
BACK = "@northwindhelp नंबर भेज दिया। धुआँ बंद हो गया, northwind से फ़ोन कब आएगा? 🙏"


@dataclass
class Desk:
    """A running Sunwai, the made world that it listens to, and the address of its dashboard."""

    sandbox: Sandbox
    house: House
    dashboard: str

    def answers(self, post: Post) -> list[str]:
        """What the brand said to this post on its platform."""
        said = self.sandbox.world.children(post.platform, post.id)
        return [answer.text for answer in said if answer.author.handle == "northwindhelp"]


@dataclass
class Agent:
    """Somebody at the Slack page, looking at the case whose post says `about`."""

    page: Page
    about: str
    trouble: list[str] = field(default_factory=list)
    """What the browser's console complained of."""

    @property
    def card(self) -> Locator:
        return self.page.locator("#messages article").filter(has_text=self.about).filter(has_text="View post").first

    @property
    def form(self) -> Locator:
        return self.page.locator("#modal")

    @property
    def thread(self) -> Locator:
        return self.page.locator("#replies")

    def press(self, label: str) -> None:
        """A button of the card."""
        self.card.get_by_role("button", name=label, exact=True).click()

    def choose(self, label: str) -> None:
        """An option of the menu after the card's buttons."""
        self.card.locator(".actions").get_by_label("More actions").click()
        self.card.get_by_role("button", name=label, exact=True).click()

    def opened(self, title: str) -> Locator:
        """The form of this title, once it is open."""
        expect(self.form.get_by_role("heading", name=title)).to_be_visible()
        return self.form

    def send(self, label: str) -> None:
        """Send the open form, and see it close."""
        self.form.get_by_role("button", name=label, exact=True).click()
        expect(self.form).to_be_hidden()

    def told(self, words: str) -> None:
        """Expect to be told something that nobody else sees."""
        private = self.page.locator("#messages article").filter(has_text="Only visible to you")
        expect(private.filter(has_text=words)).to_have_count(1)


@pytest.fixture(autouse=True)
def patient() -> Iterator[None]:
    expect.set_options(timeout=PATIENCE)
    yield
    expect.set_options(timeout=5000)


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "sunwai.db"
    shutil.copy(sqlite_template, database)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = tomllib.loads(DESK.read_text(encoding="utf-8"))
    with running(limits=LIMITS) as sandbox:
        settings = parse(settings_for(sandbox, tmp_path, web={"port": port}, slack={}, **demo))
        with House(settings, Environment(sandbox.env()), open_store(f"sqlite:///{database}")) as house:
            pipeline.ingest(house)  # the first pull is history, and history does not ring
            stop = threading.Event()
            at_work = threading.Thread(target=serve, args=(house, stop))
            at_work.start()
            yield Desk(sandbox, house, f"http://127.0.0.1:{port}")
            stop.set()
            at_work.join(30)
        assert sandbox.slack.mistakes == []


def sit_down(browser: Browser, desk: Desk, name: str, about: str) -> Agent:
    """Open the Slack page as this person, and wait until somebody answers buttons."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.set_default_timeout(PATIENCE)
    agent = Agent(page, about, attend(page))
    page.goto(f"{desk.sandbox.slack_page}?as={name}")
    expect(page.get_by_text("Sunwai is listening")).to_be_visible()
    page.locator("#channels button").filter(has_text="safety").click()
    return agent


def attend(page: Page) -> list[str]:
    """What goes wrong in this page, as it happens."""
    trouble: list[str] = []
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    return trouble


def test_a_case_from_the_post_to_its_resolution(desk: Desk, browser: Browser) -> None:
    asha, deniz, meera = (sit_down(browser, desk, name, "पावर बैंक") for name in ("asha", "deniz", "meera"))
    board = browser.new_page(viewport={"width": 1280, "height": 900})
    trouble = attend(board)
    world = desk.sandbox.world
    author = world.author("x", "manoj_g", name="मनोज गुप्ता 🪔")

    # It rings, for everybody, with a stranger's words as words.
    post = world.post("x", author, WORDS, lang="hi")
    for agent in (asha, deniz, meera):
        expect(agent.card).to_contain_text(WORDS)
        expect(agent.card).to_contain_text("मनोज गुप्ता 🪔 @manoj_g")
        expect(agent.card.locator("h3")).to_have_text(re.compile(r"🔴 P1 · Safety"))
        expect(agent.card).to_contain_text("Why P1: fire hazard")
        expect(agent.card).to_contain_text("nobody has it yet")
        expect(agent.card.locator("b, .ping")).to_have_count(0)
    board.goto(desk.dashboard)
    case = board.locator("article.case").filter(has_text="धुआँ")
    expect(case).to_contain_text(WORDS)
    expect(case).to_contain_text("Nobody has it")

    # Two press Claim: one has it, the other is told who, and nobody else is.
    desk.sandbox.faults.add("slack.chat.update", "slow", seconds=2)  # so that both press what they see, Asha first
    asha.press("Claim")
    deniz.press("Claim")
    expect(asha.card).to_contain_text("@Asha Verma has it")
    deniz.told("@Asha Verma already has this case.")
    expect(asha.page.get_by_text("already has this case")).to_have_count(0)
    expect(deniz.card.get_by_role("button", name="Claim", exact=True)).to_have_count(0)

    # An answer: checked, then let out by a second person who may.
    asha.press("Reply")
    form = asha.opened("Answer in public")
    expect(form).to_contain_text("Guideline (version 2)")
    expect(form).to_contain_text("Offer collection at our cost")
    text = form.get_by_label("Public answer")
    text.fill("northwind से asha@northwind.example पर लिखें")
    form.get_by_role("button", name="Ask for approval").click()
    expect(form.locator(".field .failed")).to_contain_text("It holds an e-mail address")
    form.get_by_label("Start from a saved reply").select_option(label="इस्तेमाल बंद करें")
    expect(text).to_have_value(re.compile("^नमस्ते मनोज गुप्ता 🪔, कृपया इसे तुरंत .* – Asha$"))
    said = text.input_value()
    asha.send("Ask for approval")
    expect(asha.card).to_contain_text("It waits for a second person to approve it")
    asha.press("Approve and send")
    asha.told("Only an approver may let answers out.")
    assert desk.answers(post) == []
    expect(meera.card).to_contain_text(said)
    meera.press("Approve and send")
    for agent in (asha, deniz, meera):
        expect(agent.card).to_contain_text("waiting for the customer")
    assert desk.answers(post) == [said]
    expect(asha.card).not_to_contain_text("resolve by")

    # The customer answers back: it joins the case, its thread tells it, the clock runs on.
    (answer,) = world.children("x", post.id)
    world.post("x", author, BACK, reply_to=answer.id, lang="hi")
    expect(asha.card).to_contain_text("resolve by")
    expect(asha.card).not_to_contain_text("waiting for the customer")
    asha.card.locator(".thread-bar.has").click()
    for line in (
        "@Asha Verma took the case",
        "@Asha Verma wrote an answer",
        "@Meera Nair approved the answer",
        "Answered in public",
        "The customer wrote back",
        BACK,
    ):
        expect(asha.thread).to_contain_text(line)
    asha.page.get_by_label("Close thread").click()

    # It is resolved with a reason, once, and reported.
    asha.press("Resolve")
    asha.opened("Resolve the case").get_by_label("How did it end?").select_option(label="Replaced or repaired")
    asha.form.get_by_label("Note for colleagues").fill("Değişim kargoda 📦")
    asha.send("Resolve")
    for agent in (asha, deniz, meera):
        expect(agent.card.locator("h3")).to_contain_text("✅ Resolved")
        expect(agent.card).to_contain_text("Resolved by @Asha Verma")
        expect(agent.card).to_contain_text("Replaced or repaired")
        expect(agent.card.get_by_role("button", name=re.compile("Claim|Resolve|Reply"))).to_have_count(0)
    board.goto(f"{desk.dashboard}/?status=closed")
    expect(case).to_contain_text("Resolved")
    board.goto(f"{desk.dashboard}/cases/1")
    for happened in ("opened", "rang", "claimed", "drafted", "approved", "answered", "came_back", "resolved"):
        expect(board.locator(".history")).to_contain_text(happened)
    report = io.BytesIO()
    export(desk.house.store, "cases", "jsonl", report)
    row = json.loads(report.getvalue())
    assert (row["status"], row["resolution"]) == ("resolved", "replaced")
    assert desk.answers(post) == [said], "out once, whatever was drawn and pressed since"
    assert [*asha.trouble, *deniz.trouble, *meera.trouble, *trouble] == []
