"""People at the Slack page in a real Chromium, in front of a whole running Sunwai with the demo's own settings: its
sources, customers, roles, teams, saved replies and approvals.

Nothing is stubbed but the platforms: posts go through tweepy, cards through slack_sdk, presses through Bolt.
"""

import socket
import threading
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Locator, Page, expect

from app import demo, pipeline
from app.opening import House
from app.serve import serve
from core.settings import Environment, parse
from core.store import open_store
from sandbox.server import Sandbox, running
from sandbox.world import Post
from tests.end_to_end.town import LIMITS

PATIENCE = 40_000
"""Milliseconds that a busy machine may take for what a quiet one does in one or two thousand."""


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


@contextmanager
def at_work(database: Path, folder: Path) -> Iterator[Desk]:
    """A Sunwai that runs on this (migrated) database, and the sandbox that it listens to."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    with running(limits=LIMITS) as sandbox:
        settings = tomllib.loads(demo.settings(folder, {**sandbox.ports, "web": port}))
        for source in settings["sources"].values():
            source["poll_seconds"] = 1
        for team in settings["departments"].values():
            team["coverage"] = ""  # day and night, so that no shift ends in the middle
        with House(parse(settings), Environment(sandbox.env()), open_store(f"sqlite:///{database}")) as house:
            pipeline.sync(house)
            pipeline.ingest(house)  # the first pull is history, and history does not ring
            stop = threading.Event()
            working = threading.Thread(target=serve, args=(house, stop))
            working.start()
            try:
                yield Desk(sandbox, house, f"http://127.0.0.1:{port}")
            finally:
                stop.set()
                working.join(30)
        assert sandbox.slack.mistakes == []


def sit_down(browser: Browser, desk: Desk, name: str, about: str, size: tuple[int, int] = (1280, 900)) -> Agent:
    """Open the Slack page as this person, and wait until somebody answers buttons."""
    page = browser.new_page(viewport={"width": size[0], "height": size[1]})
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
