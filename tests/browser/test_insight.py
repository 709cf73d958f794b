"""The insight pages in a real Chromium: charts are drawn under a policy that forbids eval, everybody can read and reach
them, and a stranger's words break nothing."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web import create_app
from app.web.figures import SCRIPT
from core.store import open_store
from tests.app.desk import settings
from tests.app.insights import fill
from tests.browser.playing import PATIENCE
from tests.browser.serving import served
from tests.core.made import NOW

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

PAGES = (
    "/",
    "/people",
    "/people/x%3Afan",
    "/people/mastodon%3Abad",
    "/trends?by=place",
    "/competitors",
    "/desk",
    "/glossary",
)
LOOKS = {
    "light": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "light"},
    "dark": {"viewport": {"width": 1280, "height": 900}, "color_scheme": "dark"},
    "phone": {"viewport": {"width": 390, "height": 844}, "color_scheme": "light"},
    "phone in the dark": {"viewport": {"width": 390, "height": 844}, "color_scheme": "dark"},
}


@pytest.fixture(scope="module")
def address(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("insight")
    path = folder / "sunwai.db"
    shutil.copy(sqlite_template, path)
    store = open_store(f"sqlite:///{path}")
    fill(store)
    house = settings(home=str(folder / "home"))
    SCRIPT.packed(house)  # takes seconds the first time, which no page is to wait for here
    app = create_app(store, house, now=lambda: NOW)
    with served(app) as address:
        yield address
    store.close()


def visit(browser: Browser, trouble: list[str], **look: object) -> BrowserContext:
    """A fresh profile that notes whatever goes wrong: errors, warnings, what the policy forbids, calls to other hosts."""
    made = browser.new_context(**look)  # type: ignore[arg-type]
    made.set_default_timeout(PATIENCE)
    made.route(re.compile(r"^(?!http://127\.0\.0\.1)"), lambda route: trouble.append(f"fetched {route.request.url}"))
    made.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))")
    made.on("console", lambda message: trouble.append(message.text) if message.type in ("error", "warning") else None)
    made.on("weberror", lambda error: trouble.append(str(error.error)))
    made.on("dialog", lambda dialog: (trouble.append("a stranger's script ran"), dialog.dismiss()))
    return made


def drawn(page: Page) -> int:
    """Waits until each chart of the page is drawn, and says how many there are."""
    places = page.locator("[data-chart]")
    expect(page.locator("[data-chart].drawn")).to_have_count(places.count())
    return places.count()


@pytest.mark.parametrize("look", LOOKS)
def test_every_page_is_drawn_fits_its_screen_and_has_no_serious_accessibility_fault(
    browser: Browser, address: str, look: str
) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS[look])
    page = made.new_page()
    charts = 0
    for path in PAGES:
        page.goto(address + path)
        charts += drawn(page)
        assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, path
        assert page.locator("h1").count() == 1, path
        page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")
        found = Axe().run(page).response["violations"]
        grave = [
            (v["id"], [node["target"] for node in v["nodes"]][:3])
            for v in found
            if v["impact"] in ("serious", "critical")
        ]
        assert grave == [], path
    assert charts == 7
    made.close()
    assert trouble == []


def test_a_chart_follows_the_readers_light_and_says_its_numbers_on_hovering(browser: Browser, address: str) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS["light"])
    page = made.new_page()
    page.goto(address + "/")
    drawn(page)
    ink = "getComputedStyle(document.querySelector('#chart-volume .role-axis-label text')).fill"
    light = page.evaluate(ink)
    with page.expect_response(lambda answer: "volume.json" in answer.url and "dark=true" in answer.url):
        page.emulate_media(color_scheme="dark")
    expect(page.locator("#chart-volume svg")).to_have_count(1)
    page.wait_for_function(f"{ink} !== '{light}'")
    page.locator("#chart-volume .mark-rect path").nth(20).hover()
    tip = page.locator("#vg-tooltip-element")
    expect(tip).to_be_visible()
    expect(tip).to_contain_text("Mentions")
    made.close()
    assert trouble == []


def test_the_numbers_of_a_chart_are_reached_by_keyboard(browser: Browser, address: str) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS["light"])
    page = made.new_page()
    page.goto(address + "/")
    page.locator("#table-volume > summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#table-volume tbody tr")).to_have_count(28)
    expect(page.get_by_role("img", name="Mentions a day. Mentions in this window: 59.")).to_be_visible()
    made.close()
    assert trouble == []


def test_a_chart_and_the_figures_behind_a_slide_are_saved(browser: Browser, address: str) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS["light"])
    page = made.new_page()
    page.goto(address + "/")
    with page.expect_download() as chart:
        page.get_by_role("link", name="Save “Mentions a day” as PNG").click()
    assert chart.value.suggested_filename == "northwind-volume-28.png"
    assert chart.value.path().read_bytes().startswith(b"\x89PNG")
    page.get_by_text("Export", exact=True).click()
    with page.expect_download() as figures:
        page.get_by_role("link", name="Excel").click()
    assert figures.value.suggested_filename.startswith("sunwai-overview-")
    assert figures.value.path().read_bytes().startswith(b"PK")
    made.close()
    assert trouble == []


def test_without_scripts_a_chart_is_an_image(browser: Browser, address: str) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, java_script_enabled=False)
    page = made.new_page()
    page.goto(address + "/")
    image = page.locator("#chart-volume img")
    expect(image).to_be_visible()
    assert image.evaluate("image => image.naturalWidth") > 600
    expect(page.locator("[data-chart]").first).to_be_hidden()
    made.close()
    assert trouble == []


def test_a_chart_that_cannot_be_fetched_leaves_its_numbers(browser: Browser, address: str) -> None:
    made = browser.new_context()
    page = made.new_page()
    page.route("**/charts/volume.json*", lambda route: route.abort())
    page.goto(address + "/")
    expect(page.locator("#chart-volume").get_by_text("The drawing could not be fetched")).to_be_visible()
    expect(page.locator("#chart-sentiment [data-chart].drawn")).to_have_count(1)
    made.close()


def test_a_reader_goes_from_a_number_to_its_people_and_back_by_brand_and_days(browser: Browser, address: str) -> None:
    trouble: list[str] = []
    made = visit(browser, trouble, **LOOKS["light"])
    page = made.new_page()
    page.goto(address + "/")
    page.get_by_role("button", name="90 days").click()
    expect(page).to_have_url(re.compile("days=90"))
    page.get_by_role("link", name="All detractors").click()
    expect(page).to_have_url(re.compile("/people.*days=90.*kind=detractor"))
    page.get_by_role("link", name="Ayşe Yıldırım").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Ayşe Yıldırım")
    page.get_by_role("link", name="Trends").click()
    expect(page).to_have_url(re.compile("/trends.*days=90"))
    made.close()
    assert trouble == []
