"""The frame of the dashboard in a real Chromium: people sign in with Slack, choose a language, and reach all by key and on a
phone, everybody alike."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, expect

from app.web import web_server
from core.settings import Environment
from core.store import Store, labels, open_store
from sandbox import server as sandbox_server
from sandbox.server import Sandbox
from tests.app.desk import hear, judge, post, settings
from tests.browser.playing import PATIENCE
from tests.browser.serving import running

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with sandbox_server.running() as found:
        yield found


@pytest.fixture
def store(sqlite_template: Path, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "sunwai.db"
    shutil.copy(sqlite_template, path)
    found = open_store(f"sqlite:///{path}")
    hear(found, post(1, "तीन बार पैसे कट गए 😡"))
    judge(found, post(1, "तीन बार पैसे कट गए 😡"))
    yield found
    found.close()


@pytest.fixture
def address(store: Store, sandbox: Sandbox) -> Iterator[str]:
    chosen = settings(web={"sign_in": "slack"}, roles={"leads": ["U0GRACE001"], "agents": ["S0AGENTS01"]})
    server, bound = web_server(store, chosen, environment=Environment(sandbox.env()), port=0)
    with running(server, bound) as address:
        yield address


@pytest.fixture
def context(browser: Browser, address: str) -> Iterator[BrowserContext]:
    made, trouble = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB"), []
    made.set_default_timeout(PATIENCE)
    made.add_init_script("addEventListener('securitypolicyviolation', e => console.error('CSP', e.violatedDirective))")
    made.on("weberror", lambda error: trouble.append(str(error.error)))
    made.on("console", lambda message: trouble.append(message.text) if message.text.startswith("CSP") else None)
    yield made
    made.close()
    assert trouble == []


def sign_in(page: Page, who: str) -> None:
    page.get_by_role("link", name=re.compile("Slack")).click()
    page.get_by_role("link", name=who).click()


def test_somebody_signs_in_with_slack_puts_a_mention_right_and_signs_out(
    context: BrowserContext, store: Store, address: str
) -> None:
    page = context.new_page()
    page.goto(address + "/mentions/x%3A1")
    expect(page).to_have_url(re.compile(r"/sign-in\?next="))
    expect(page.get_by_role("navigation", name="Pages")).to_have_count(0)
    sign_in(page, "Asha Verma")
    expect(page).to_have_url(address + "/mentions/x%3A1")
    expect(page.get_by_text("Asha Verma")).to_be_visible()
    page.get_by_label("Priority").select_option("P1")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_text("said by").first).to_contain_text("Asha Verma")
    with store.read() as tx:
        assert labels.of(tx, ["x:1"])[("x:1", "northwind")]["priority"].by == "U0ASHA0001"
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", name="Sign in to Sunwai")).to_be_visible()
    page.goto(address + "/mentions")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fmentions"))


def test_who_would_rather_not_is_told_so_and_may_try_again(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/cases")
    sign_in(page, "Cancel")
    expect(page.get_by_text("you would rather not")).to_be_visible()
    page.goto(address + "/cases")
    sign_in(page, "Grace Okafor")
    expect(page).to_have_url(address + "/cases")


def test_a_page_whose_session_ended_leads_to_the_sign_in_by_itself(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/cases")
    sign_in(page, "Asha Verma")
    expect(page.locator("#live")).to_have_text("Live")
    context.clear_cookies()
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    expect(page).to_have_url(re.compile(r"/sign-in\?next=%2Fcases"))


def test_keys_lead_to_the_pages_and_can_be_switched_off(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/mentions")
    sign_in(page, "Asha Verma")
    page.wait_for_url(address + "/mentions")  # and for its scripts: a key pressed before them is nobody's
    page.keyboard.press("/")
    expect(page.get_by_role("searchbox")).to_be_focused()
    page.keyboard.type("g c ? /")
    expect(page.get_by_role("searchbox")).to_have_value("g c ? /")
    page.keyboard.press("Escape")
    page.locator("h1").click()
    page.keyboard.press("?")
    expect(page.locator("#keys")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("#keys")).to_be_hidden()
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url(address + "/cases")
    page.keyboard.press("?")
    page.get_by_label("These keys are on").uncheck()
    page.keyboard.press("Escape")
    page.reload()
    page.keyboard.press("?")
    page.keyboard.press("g")
    page.keyboard.press("m")
    expect(page.locator("#keys")).to_be_hidden()
    expect(page).to_have_url(address + "/cases")
    page.get_by_role("button", name=re.compile("Keys")).click()
    expect(page.get_by_label("These keys are on")).not_to_be_checked()


def test_a_phones_menu_opens_without_any_script(browser: Browser, address: str) -> None:
    made = browser.new_context(viewport={"width": 390, "height": 844}, java_script_enabled=False, locale="tr-TR")
    page = made.new_page()
    page.goto(address + "/sources")
    sign_in(page, "Deniz Kaya")
    menu = page.get_by_role("navigation")
    expect(menu).to_be_hidden()
    page.get_by_role("button", name="Menü").click()
    menu.get_by_role("link", name="Bahsetmeler").click()
    expect(page).to_have_url(address + "/mentions")
    made.close()


def test_the_language_is_chosen_at_the_foot_and_stays(context: BrowserContext, address: str) -> None:
    page = context.new_page()
    page.goto(address + "/sign-in")
    page.get_by_role("button", name="हिन्दी").click()
    expect(page.locator("html")).to_have_attribute("lang", "hi")
    sign_in(page, "Asha Verma")
    for path, heading in (("/mentions", "ज़िक्र"), ("/cases", "कतार"), ("/sources", "स्रोत")):
        page.goto(address + path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.get_by_role("button", name="Türkçe").click()
    expect(page).to_have_url(address + "/sources")
    expect(page.get_by_role("heading", level=1)).to_have_text("Kaynaklar")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("language", ["hi-IN", "tr-TR"])
def test_the_frame_is_for_everybody(browser: Browser, address: str, language: str, scheme: str) -> None:
    made = browser.new_context(viewport={"width": 390, "height": 844}, locale=language, color_scheme=scheme)  # type: ignore[arg-type]
    page, axe = made.new_page(), Axe()

    def serious() -> list[str]:
        found = axe.run(page).response["violations"]
        return [f"{v['id']}: {v['nodes'][0]['html'][:120]}" for v in found if v["impact"] in ("serious", "critical")]

    page.goto(address + "/sign-in")
    assert serious() == []
    sign_in(page, "Asha Verma")
    for path in ("/mentions", "/mentions/x%3A1", "/cases", "/cases/1", "/sources", "/api/", "/cases/9"):
        page.goto(address + path)
        assert serious() == [], path
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
    page.locator(".top > .menu").click()
    assert serious() == []
    made.close()
