"""Whole cases at the desk, in a real Chromium: the platform, the pipeline, the listener, Slack's page and the dashboard."""

import io
import json
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from app.export import export
from tests.browser.playing import Desk, at_work, attend, sit_down

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

WORDS = "@northwindhelp northwind के पावर बैंक से धुआँ निकल रहा है 🔥😱 अब क्या करूँ? <!channel> <b>जल्दी</b>"
BACK = "@northwindhelp नंबर भेज दिया। धुआँ बंद हो गया, northwind से फ़ोन कब आएगा? 🙏"


@pytest.fixture
def desk(sqlite_template: Path, tmp_path: Path) -> Iterator[Desk]:
    database = tmp_path / "sunwai.db"
    shutil.copy(sqlite_template, database)
    with at_work(database, tmp_path) as desk:
        yield desk


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
    board.goto(f"{desk.dashboard}/cases")
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
    board.goto(f"{desk.dashboard}/cases?status=closed")
    expect(case).to_contain_text("Resolved")
    board.goto(f"{desk.dashboard}/cases/1")
    for happened in ("opened", "rang", "claimed", "drafted", "approved", "answered", "came back", "resolved"):
        expect(board.locator(".history")).to_contain_text(happened)
    report = io.BytesIO()
    export(desk.house.store, "cases", "jsonl", report)
    row = json.loads(report.getvalue())
    assert (row["status"], row["resolution"]) == ("resolved", "replaced")
    assert desk.answers(post) == [said], "out once, whatever was drawn and pressed since"
    assert [*asha.trouble, *deniz.trouble, *meera.trouble, *trouble] == []


def test_what_x_forbids_is_sent_by_hand_and_the_case_goes_on_to_a_colleague(desk: Desk, browser: Browser) -> None:
    asha, deniz = (sit_down(browser, desk, name, "kombi") for name in ("asha", "deniz"))
    author = desk.sandbox.world.author("x", "ayse_yldrm", name="Ayşe Yıldırım")
    words = "northwind kombi servisi geldi, şimdi kombi gaz kaçırıyor, evde gaz kokusu var! 😱"
    post = desk.sandbox.world.post("x", author, words, lang="tr")
    expect(asha.card).to_contain_text(words)

    # No app may answer who did not name the account: the card leads to the reply box, here the stand-in's.
    asha.press("Reply")
    asha.opened("Answer in public").get_by_label("Public answer").fill("Lütfen gazı kapatıp dışarı çıkın 🙏")
    asha.send("Ask for approval")
    grace = sit_down(browser, desk, "grace", "kombi")
    grace.press("Approve and send")
    expect(asha.card).to_contain_text("This platform wants a person to send it.")
    assert desk.answers(post) == []
    with asha.page.expect_popup() as opened:
        asha.card.get_by_role("link", name="Open the reply box").click()
    box = opened.value
    expect(box.get_by_label("Answer as @northwindhelp")).to_have_value("Lütfen gazı kapatıp dışarı çıkın 🙏")
    box.get_by_role("button", name="Post").click()
    expect(box.get_by_text("Lütfen gazı kapatıp dışarı çıkın 🙏")).to_be_visible()
    assert box.url.startswith(desk.sandbox.x_url)
    assert desk.answers(post) == ["Lütfen gazı kapatıp dışarı çıkın 🙏"]
    expect(asha.card).to_contain_text("waiting for the customer")  # it was heard there, before anybody pressed Sent

    # A warm hand-over: the owner keeps it until it is accepted; then it rests, on the new one's Home tab too.
    asha.choose("Hand over")
    asha.opened("Hand the case over").get_by_label("The person").select_option(label="Deniz Kaya")
    asha.send("Offer")
    expect(deniz.card).to_contain_text("@Asha Verma has it")
    expect(deniz.card).to_contain_text("offered to @Deniz Kaya")
    deniz.press("Accept")
    expect(asha.card).to_contain_text("@Deniz Kaya has it")
    deniz.choose("Snooze")
    deniz.opened("Let the case rest")
    deniz.send("Let it rest")
    expect(deniz.card).to_contain_text("rests until")
    deniz.page.locator("#apps button").click()
    mine = deniz.page.locator("#home .section").filter(has_text=words)
    expect(mine).to_contain_text("waiting for the customer")
    expect(mine).not_to_contain_text("@Deniz Kaya")
    deniz.page.locator("#channels button").filter(has_text="safety").click()
    deniz.page.get_by_label("Message", exact=True).fill("/sunwai mine")
    deniz.page.get_by_label("Message", exact=True).press("Enter")
    deniz.told("Your cases")
    assert [*asha.trouble, *deniz.trouble, *grace.trouble] == []
