"""The pictures of the documents: `python -m tests.browser.pictures [FOLDER]` plays the demo's desk and takes them anew.

Each is of the Slack stand-in's page as an agent sees it, at 1280 pixels, drawn by the real pipeline from posts of the
scenario; the card, the form and the Home tab also in the dark and on a telephone (390 by 844).
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from playwright.sync_api import Browser, expect, sync_playwright

from core.store import open_store
from sandbox.scenario import Move, Player, read_jsonl
from tests.browser.playing import PATIENCE, Agent, Desk, at_work, sit_down
from tests.repository.test_requirements import ROOT

ALL = SMOKE, ACCOUNT, ALLERGY, INSULIN, TWICE = "plug melted into", "hack ho gaya", "मूंगफली", "insülin", "TWICE"
"""Words of the scenario's posts that tell them from the others."""


def main(folder: Path) -> None:
    """Play a quarter of an hour at the desk, and leave the pictures in `folder`."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    expect.set_options(timeout=PATIENCE)
    with TemporaryDirectory() as made, sync_playwright() as playwright:
        database = Path(made) / "sunwai.db"
        open_store(f"sqlite:///{database}", migrate=True).close()
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox", "--disable-gpu"])
        with at_work(database, Path(made)) as desk:
            take(desk, browser, folder)
        browser.close()


def take(desk: Desk, browser: Browser, folder: Path) -> None:
    player = Player(desk.sandbox.world)
    rows = {words: next(row for row in read_jsonl("day.jsonl") if words in row["text"]) for words in ALL}
    for words in (ACCOUNT, SMOKE):
        player.play(Move(0, rows[words]))

    asha = sit_down(browser, desk, "asha", ACCOUNT, (1280, 640))
    go(asha, "privacy")
    expect(asha.card).to_contain_text("linked")
    asha.press("Claim")
    expect(asha.card).to_contain_text("@Asha Verma has it")
    shots(asha, "slack", folder)

    asha.about = SMOKE
    go(asha, "safety")
    asha.page.set_viewport_size({"width": 1280, "height": 900})
    asha.press("Reply")
    form = asha.opened("Answer in public")
    form.get_by_label("Start from a saved reply").select_option(label="Stop using it")
    expect(form.get_by_label("Public answer")).not_to_have_value("")
    shots(asha, "desk-answer", folder)
    asha.send("Ask for approval")

    meera = sit_down(browser, desk, "meera", SMOKE, (1280, 700))
    expect(meera.card).to_contain_text("It waits for a second person to approve it")
    shot(meera, "desk-approval", folder)
    meera.press("Approve and send")
    expect(meera.card).to_contain_text("waiting for the customer")

    post = next(post for post in desk.sandbox.world.newest_first("x") if SMOKE in post.text)
    (answer,) = desk.sandbox.world.children("x", post.id)
    back = "@northwindhelp sent you my number. The socket is black 😟 when will you call?"
    desk.sandbox.world.post("x", post.author, back, reply_to=answer.id)
    expect(meera.card).to_contain_text("resolve by")
    meera.card.locator(".thread-bar.has").click()
    expect(meera.thread).to_contain_text("The customer wrote back")
    shot(meera, "desk-thread", folder)

    for words in (ALLERGY, INSULIN, TWICE):
        player.play(Move(0, rows[words]))
    for channel, words in (("care-delivery", INSULIN), ("care-billing", TWICE), ("safety", ALLERGY)):
        asha.about = words
        go(asha, channel)
    asha.page.locator("#apps button").click()
    expect(asha.page.locator("#home")).to_contain_text(TWICE)
    shots(asha, "desk-home", folder)


def go(agent: Agent, channel: str) -> None:
    """Open a channel, and wait for the case that the agent looks at."""
    agent.page.locator("#channels button").filter(has_text=channel).click()
    expect(agent.card).to_be_visible()


def shots(agent: Agent, name: str, folder: Path) -> None:
    """As it is, then as it is at night, then as it is on a telephone."""
    shot(agent, name, folder)
    agent.page.emulate_media(color_scheme="dark")
    shot(agent, f"{name}-dark", folder)
    before = agent.page.viewport_size
    agent.page.set_viewport_size({"width": 390, "height": 844})
    shot(agent, f"{name}-phone", folder)
    agent.page.emulate_media(color_scheme="light")
    if before is not None:
        agent.page.set_viewport_size(before)


def shot(agent: Agent, name: str, folder: Path) -> None:
    agent.page.mouse.move(0, 0)
    agent.page.screenshot(path=str(folder / f"{name}.png"), animations="disabled")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
