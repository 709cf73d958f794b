"""The reports' pages in a real Chromium: they fit, everybody can read them, and a stranger's words break nothing."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from app import report_page
from app.web import create_app
from core.report import Driver, Heard, Image, Voice
from core.store import mentions, open_store, reports
from tests.app.test_marketing import NOW, hear, settings, told_to_all
from tests.browser.serving import served
from tests.browser.test_insight import LOOKS, visit

pytestmark = pytest.mark.browser
HOSTILE = "<script>alert(1)</script>\u202e नॉर्थविंड Iğdır'da 🛵 " + "x" * 3_000


@pytest.fixture(scope="module")
def pages(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, ...]]:
    """The list, a report, an alert, and the page that is handed round, which is a file."""
    folder = tmp_path_factory.mktemp("reports")
    shutil.copy(sqlite_template, folder / "sunwai.db")
    store = open_store(f"sqlite:///{folder / 'sunwai.db'}")
    hear(store, [(n, NOW - timedelta(days=1), "positive", HOSTILE, {"followers": 1200}) for n in (1, 2)])
    chart = Image("volume", "Mentions a day", "Many", picture())
    full = replace(
        told_to_all(),
        drivers=(Driver(HOSTILE[:200], 30, 20, -0.4, -0.1, ("x:2",)),),
        win_back=(Voice("x:2", 40, 2, case=3, answered=False),),
        heard=(Heard("delivery", 30, 10, True, -0.4, ("late delivery",)),),
    )
    alert = replace(told_to_all(), kind="sentiment", subject="sentiment down", days=1)
    with store.write() as tx:
        for told in (full, alert):
            reports.put(tx, told, "", NOW, [chart])
        said = mentions.get(tx, full.posts)
    (folder / "page.html").write_text(report_page.html(full, "Northwind", said, [chart]), encoding="utf-8")
    with served(create_app(store, settings(), now=lambda: NOW)) as site:
        yield (f"{site}/reports", f"{site}/reports/1", f"{site}/reports/2", (folder / "page.html").as_uri())
    store.close()


def picture() -> bytes:
    """A true image, of one point."""
    import base64

    return base64.b64decode(
        "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
    )


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_fits_its_screen_and_has_no_serious_accessibility_fault(
    browser: Browser, pages: tuple[str, ...], look: str
) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS[look])
    made.unroute_all()  # the page that is handed round is a file; that it asks nobody for anything, another test holds
    page = made.new_page()
    for path in pages:
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.locator("h1").count() == 1, path
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [node["target"] for node in v["nodes"]][:3])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert grave == [], path
    made.close()
    assert trouble == []


def test_the_page_to_hand_round_asks_nobody_for_anything(browser: Browser, pages: tuple[str, ...]) -> None:
    made = browser.new_context()
    asked: list[str] = []
    page = made.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.goto(pages[-1])
    page.wait_for_load_state("networkidle")
    assert [url for url in asked if not url.startswith(("file:", "data:"))] == []
    assert page.locator("img").evaluate("image => image.naturalWidth") == 1
    made.close()
