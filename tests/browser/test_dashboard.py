"""The dashboard in a real Chromium: nothing breaks out, everything is readable and reached by keyboard, and it is live."""

import re
import shutil
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web import web_server
from core import case as moves
from core.assessment import Priority, Sentiment
from core.mention import Author, Cursor, Gap, Heard, Mention, Metrics
from core.mention import Page as Answer
from core.store import Store, cases, cursors, erasure, health, mentions, open_store
from tests.app.desk import HOSTILE, QUERIES, hear, judge, link, post, settings
from tests.browser.playing import PATIENCE
from tests.browser.serving import running
from tests.core.made import NOW

pytestmark = pytest.mark.browser

PAGES = (
    "/cases",
    "/cases?status=closed",
    "/mentions",
    "/mentions?priority=P1",
    "/sources",
    "/api/",
    "/mentions/x%3A1",
    "/cases/1",
)
WORDS = {
    1: "My Northwind power bank is smoking and swollen 🔥🔥 who do I call?",
    2: "तीन बार पैसे कट गए और कोई जवाब नहीं दे रहा 😡",
    3: "Northwind kargom iki haftadır gelmedi, şikâyet edeceğim.",
    4: HOSTILE,
    5: "العلامة التجارية رائعة لكن الشحن تأخر كثيرا",
    6: "erased later",
}

CONTRAST = """() => {
  const channel = c => (c /= 255) <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4;
  const parse = s => s.match(/[\\d.]+/g).map(Number);
  const light = ([r, g, b]) => .2126 * channel(r) + .7152 * channel(g) + .0722 * channel(b);
  const behind = e => { for (; e; e = e.parentElement) { const c = parse(getComputedStyle(e).backgroundColor);
    if (c.length < 4 || c[3] > 0) return c; } return [255, 255, 255]; };
  const poor = [], walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const e = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !e.checkVisibility()) continue;
    const [a, b] = [light(parse(getComputedStyle(e).color)), light(behind(e))].sort((x, y) => y - x);
    if ((a + .05) / (b + .05) < 4.5) poor.push(`${e.tagName}.${e.className} ${((a + .05) / (b + .05)).toFixed(2)}`);
  }
  return [...new Set(poor)];
}"""


@pytest.fixture
def filled(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    """A desk with some of everything: five languages, a hostile stranger, a closed case, trouble with two sources."""
    path = tmp_path / "sunwai.db"
    shutil.copy(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    for n, text in WORDS.items():
        hear(store, said(n, text), brands=("northwind", "contoso") if n == 3 else ("northwind",))
        judge(store, said(n, text), Priority(min(n, 3)), department="safety" if n == 1 else "delivery")
    hear(store, post(7, "not judged yet"))
    hear(store, post(8, "كلمات"))
    judge(
        store,
        post(8, "كلمات"),
        Priority.P4,
        language="ar",
        needs_review=True,
        sentiment=Sentiment("unsupported", 0, ""),
    )
    link(store, "x:u1")
    link(store, "x:u2", "possible")
    with store.write() as tx:
        half = Answer(Cursor("2", NOW, "9", NOW, "5"), gaps=[Gap("7-day window", NOW - timedelta(days=9), NOW)])
        mentions.save_page(tx, "blogs", "feed", half, NOW)
        edited = Heard(said(3, WORDS[3] + " Hâlâ yok!"), (QUERIES["northwind"],), {})
        mentions.save_page(tx, "x", "brand", Answer(Cursor("2", NOW), [edited]), NOW + timedelta(minutes=1))
        resolved = moves.resolve(cases.get(tx, 2), "U7", NOW, "Refunded")  # type: ignore[arg-type]
        assert resolved and cases.move(tx, resolved)
        cases.card_posted(tx, 1, "C1", "1.0", NOW)
        cursors.source_ok(tx, "x", NOW)
        cursors.source_failed(tx, "blogs", "misconfigured", "blogs: set `sources.blogs.url`.", None, NOW)
        health.beat(tx, "listener:desk:1", NOW)
        health.raise_alarm(tx, "source:blogs:misconfigured", "Source blogs has stopped", NOW)
        erasure.erase_mentions(tx, ["x:6"], "deleted_by_author", NOW)
    yield store
    store.close()


def said(n: int, text: str) -> Mention:
    name = HOSTILE if n == 4 else f"Priya 🌻 {n}"
    who = Author("x", f"u{n}", f"user{n}", name, followers=124_000, verified=n == 1)
    url = "javascript:alert(1)" if n == 4 else f"https://x.example/{n}"
    return post(n, text, author=who, url=url, conversation_id="c" if n < 3 else "", metrics=Metrics(1, 2, 3, 98_000))


@pytest.fixture
def address(filled: Store) -> Iterator[str]:
    links = {"slack": "http://127.0.0.1:8814", "airflow": "http://127.0.0.1:8808"}
    server, bound = web_server(
        filled, settings(sources={"x": {"budget_usd_per_month": 5}, "blogs": {}}), sandbox_links=links, port=0
    )
    with running(server, bound) as address:
        yield address


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    """A fresh profile whose pages must stay on this machine, log no error and try nothing that the policy forbids.

    It is gone before the dashboard at `address` is, which its pages keep asking for news.
    """
    made, trouble = browser.new_context(viewport={"width": 1280, "height": 900}), []
    made.set_default_timeout(PATIENCE)
    made.route(re.compile(r"^(?!http://127\.0\.0\.1)"), lambda route: trouble.append(f"fetched {route.request.url}"))
    made.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))")
    made.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    made.on("weberror", lambda error: trouble.append(str(error.error)))
    yield made
    made.close()
    assert trouble == []


def refresh(page: Page) -> None:
    """What the page does by itself every few seconds."""
    with page.expect_response(lambda response: response.url == page.url):
        page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_clean_readable_and_fits_a_phone(browser: Browser, address: str, scheme: str) -> None:
    trouble: list[str] = []
    made = browser.new_context(viewport={"width": 390, "height": 844}, color_scheme=scheme)  # type: ignore[arg-type]
    page = made.new_page()
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("dialog", lambda dialog: (trouble.append("a stranger's script ran"), dialog.dismiss()))
    for path in PAGES:
        page.goto(address + path)
        page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
        assert page.evaluate(CONTRAST) == [], path
        assert page.title().endswith("Sunwai") and page.locator("h1").count() == 1, path
    made.close()
    assert trouble == []


def test_all_that_can_be_pressed_is_reached_by_keyboard_and_shows_its_focus(
    context: BrowserContext, address: str
) -> None:
    page = context.new_page()
    page.add_init_script("window.setInterval = () => 0")  # a fresh list would forget what was reached
    page.goto(address + "/mentions")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.textContent") == "Skip to the content"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.goto(address + "/mentions")
    wanted = page.locator("a:visible, button:visible, select:visible, summary:visible").count()
    for _ in range(wanted + 5):
        page.keyboard.press("Tab")
        page.evaluate("document.activeElement.dataset.reached = 1")
        if page.evaluate("document.activeElement !== document.body"):
            assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none"
    missed = page.locator(
        "a:visible:not([data-reached]), button:visible:not([data-reached]), select:visible:not([data-reached])"
    )
    assert missed.count() == 0 and page.locator("summary:visible:not([data-reached])").count() == 0


def test_the_reasons_open_by_keyboard(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/mentions?priority=P1")
    page.locator("article.mention summary").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Words that show it").first).to_be_visible()


def test_a_new_case_appears_by_itself(context: BrowserContext, filled: Store, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/cases")
    expect(page.locator("article.case")).to_have_count(5)
    hear(filled, post(20, "brand new trouble"))
    judge(filled, post(20, "brand new trouble"), Priority.P1)
    refresh(page)
    expect(page.get_by_text("brand new trouble")).to_be_visible()
    expect(page).to_have_title(re.compile(r"^\(6\) Queue"))


def test_a_fresh_page_keeps_what_the_reader_opened_and_where_they_are(
    context: BrowserContext, filled: Store, address: str
) -> None:
    page = context.new_page()
    page.goto(address + "/mentions")
    key = page.locator("article.mention details").nth(2).get_attribute("id")
    summary = page.locator(f"[id='{key}'] > summary")
    summary.click()
    summary.focus()
    hear(filled, post(21, "something else"))
    refresh(page)
    expect(page.get_by_text("something else")).to_be_visible()
    assert page.evaluate("document.activeElement.tagName") == "SUMMARY"
    assert page.evaluate("document.activeElement.parentElement.id") == key
    assert page.evaluate("document.activeElement.parentElement.open")
    expect(page.locator("#live")).to_have_text("Live")


def test_a_lost_connection_is_told_and_forgotten_when_it_is_back(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address + "/cases")
    page.route("**/*", lambda route: route.abort())
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page.locator("#live")).to_have_text("No connection; trying again")
    page.unroute("**/*")
    refresh(page)
    expect(page.locator("#live")).to_have_text("Live")
    page.close()


def test_a_form_narrows_the_list_and_its_choice_stays_in_the_address(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/mentions")
    page.get_by_role("combobox", name="Priority", exact=True).select_option("P1")
    page.get_by_role("button", name="Search").click()
    expect(page).to_have_url(re.compile("priority=P1"))
    expect(page.locator("article.mention")).to_have_count(1)
    expect(page.get_by_role("combobox", name="Priority", exact=True)).to_have_value("P1")
    page.get_by_role("link", name="Without Priority").click()
    expect(page).to_have_url(address + "/mentions")
