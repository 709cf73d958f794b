"""The page, in a real Chromium: what a newcomer sees, and what their clicks do."""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect
from slack_bolt import Ack, App

from tests.sandbox.slack_desk import Desk, button, card, desk, section, until

__all__ = ["desk"]
pytestmark = pytest.mark.browser

HOSTILE = [
    "<script>document.title = 'owned'</script>",
    "&lt;img src=x onerror=\"document.title='owned'\"&gt;",
    '<img src=x onerror="document.title=`owned`">',
    "<javascript:alert(1)|click me>",
    "<https://x.test/\" onmouseover=\"document.title='owned'|quote>",
    "*bold <b>_mixed_</b>* ~`code <i>`~ ```<svg onload=alert(1)>```",
    "\u202egnp.exe \u200f\u061c\ufeff Z\u0351\u0351\u0351\u0351\u0351\u0351a\u0351\u0351l\u0351go",
    "😀" * 300 + "a" * 9000,
]


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile whose page must stay on this machine and write nothing to the console but its own failures."""
    made = browser.new_context(viewport={"width": 1280, "height": 900})
    made.set_default_timeout(8000)
    made.route(re.compile(r"^(?!http://127\.0\.0\.1)"), lambda route: pytest.fail(f"fetched {route.request.url}"))
    yield made
    made.close()


@pytest.fixture
def page(context: BrowserContext, desk: Desk) -> Iterator[Page]:
    page, trouble = context.new_page(), []
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("console", lambda message: trouble.append(message.text) if message.type == "error" else None)
    page.goto(desk.url)
    yield page
    assert trouble == []


def channel(page: Page, name: str) -> Locator:
    return page.locator("#channels button").filter(has_text=re.compile(rf"^#{name}(\d|$)"))


def messages(page: Page) -> Locator:
    return page.locator("#messages article")


def test_messages_arrive_live_and_other_channels_count_what_is_unread(desk: Desk, page: Page) -> None:
    client = desk.client()
    expect(page).to_have_title("Slack stand-in · Sunwai sandbox")
    expect(page.locator("#messages")).to_contain_text("Nothing in #triage yet")
    client.chat_postMessage(channel="safety", text="पावर बैंक से धुआँ 😱🔥")
    expect(page.locator("#channel-name")).to_have_text("# safety")  # The first message shows itself.
    expect(messages(page)).to_have_text(re.compile("पावर बैंक से धुआँ 😱🔥"))
    client.chat_postMessage(channel="sales", text="one")
    client.chat_postMessage(channel="sales", text="two")
    expect(channel(page, "sales").locator(".badge")).to_have_text("2")
    expect(page).to_have_title(re.compile(r"^\(2\) "))
    channel(page, "sales").click()
    expect(messages(page)).to_have_count(2)
    expect(channel(page, "sales").locator(".badge")).to_have_count(0)


def test_every_block_is_drawn(desk: Desk, page: Page) -> None:
    blocks: list[dict[str, Any]] = [
        {"type": "header", "text": {"type": "plain_text", "text": ":rotating_light: P1 · Safety"}},
        section(
            "*bold* _it_ ~gone~ `code` <https://x.test/1|the post> <@U0ASHA0001> snake_case_word\n&gt; quoted\n```pre```",
            accessory=button("open_ticket", "Open ticket"),
        ),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": "*Why*\nsmoke"}, {"type": "plain_text", "text": "x"}]},
        {"type": "context", "elements": [{"type": "mrkdwn", "text": "<!date^0^{date_num}|long ago>"}]},
        {"type": "divider"},
        {"type": "image", "image_url": "https://elsewhere.test/i.png", "alt_text": "a receipt"},
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "style": "bullet", "elements": [
            {"type": "rich_text_section", "elements": [{"type": "text", "text": "rich", "style": {"bold": True}}]}]}]},
        {"type": "actions", "elements": [button("claim", style="primary"), button("resolve", "Resolve", style="danger")]},
    ]  # fmt: skip
    desk.client().chat_postMessage(channel="triage", text="fallback", blocks=blocks)
    card = messages(page)
    expect(card.locator("h3")).to_have_text("🚨 P1 · Safety")
    expect(card.locator(".section-body strong").first).to_have_text("bold")
    expect(card.locator("em")).to_have_text("it")
    expect(card.locator("s")).to_have_text("gone")
    expect(card.locator("code")).to_have_text("code")
    expect(card.locator("pre")).to_have_text("pre")
    expect(card.locator("blockquote")).to_have_text("quoted")
    expect(card.locator("a")).to_have_attribute("href", "https://x.test/1")
    expect(card.locator(".mention")).to_have_text("@Asha Verma")
    expect(card).to_contain_text("snake_case_word")
    expect(card.locator(".accessory")).to_have_text("Open ticket")
    expect(card.locator(".fields .text")).to_have_count(2)
    expect(card.locator(".context time")).to_have_text("1970-01-01")
    expect(card.locator("hr")).to_have_count(1)
    expect(card.get_by_role("img", name="a receipt")).to_be_visible()
    expect(card.locator("li strong")).to_have_text("rich")
    expect(card.locator(".actions .button.primary")).to_have_text("Claim")
    expect(card.locator(".actions .button.danger")).to_have_text("Resolve")
    expect(card).not_to_contain_text("fallback")


def test_a_strangers_text_never_becomes_markup(desk: Desk, page: Page) -> None:
    client = desk.client()
    for words in HOSTILE:
        client.chat_postMessage(channel="triage", text=words)
        client.chat_postMessage(channel="triage", text=words, blocks=[section(words[:3000])])
    expect(messages(page)).to_have_count(2 * len(HOSTILE))
    assert page.locator("#messages :is(script, img, svg, iframe, b, i)").count() == 0
    for link in page.locator("#messages a").all():
        assert (link.get_attribute("href") or "").startswith("https://x.test/")
        assert link.get_attribute("onmouseover") is None
    expect(messages(page).first).to_contain_text("<script>document.title = 'owned'</script>")
    expect(page).to_have_title(re.compile("^Slack stand-in"))
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_whatever_the_text_only_known_elements_and_safe_links_are_drawn(desk: Desk, page: Page) -> None:
    """A thousand strings of mrkdwn's own characters and of HTML's, and two that would trap a careless parser."""
    chance = random.Random(7)
    parts = [
        *"*_~`<>|!@#^:&\n ",
        "```",
        "&lt;",
        "&gt;",
        "&amp;",
        "a",
        "हि",
        "😀",
        "https://",
        "javascript:",
        ".x",
        "!date^",
    ]
    parts += ["!channel", "<script>", "<img src=x onerror=y>", '" onclick="z', "mailto:", ":fire:", "U0ASHA0001"]
    texts = ["".join(chance.choices(parts, k=chance.randint(1, 30))) for _ in range(1000)]
    texts += ["*a " * 3300, "_" * 10_000]
    drawn = page.evaluate(DRAW, texts)
    assert set(drawn["tags"]) <= {"STRONG", "EM", "S", "CODE", "PRE", "BLOCKQUOTE", "BR", "A", "SPAN", "TIME"}
    assert set(drawn["attributes"]) <= {"class", "title", "href", "target", "rel"}
    assert {link.split(":")[0] for link in drawn["links"]} <= {"http", "https", "mailto", "tel"}
    assert drawn["milliseconds"] < 3000


DRAW = """async (texts) => {
  const { mrkdwn, node } = await import("/static/mrkdwn.js");
  const people = { user: () => "Asha <b>", channel: () => "triage" };
  const started = performance.now();
  const all = texts.flatMap((text) => [...node("div", {}, mrkdwn(text, people)).querySelectorAll("*")]);
  return {
    tags: [...new Set(all.map((one) => one.tagName))],
    attributes: [...new Set(all.flatMap((one) => one.getAttributeNames()))],
    links: [...new Set(all.filter((one) => one.href).map((one) => one.href))],
    milliseconds: performance.now() - started,
  };
}"""


def test_an_unescaped_ping_is_plain_to_see_and_an_escaped_one_is_text(desk: Desk, page: Page) -> None:
    client = desk.client()
    client.chat_postMessage(channel="triage", text="&lt;!channel&gt; free phones")
    client.chat_postMessage(channel="triage", text="<!channel> free phones")
    expect(messages(page).nth(0)).to_contain_text("<!channel> free phones")
    expect(messages(page).nth(0).locator(".ping")).to_have_count(0)
    expect(messages(page).nth(1).locator(".ping")).to_have_text("@channel")
    expect(messages(page).nth(1)).to_have_class(re.compile("pinged"))


def test_a_click_claims_as_the_person_who_is_chosen(desk: Desk, page: Page) -> None:
    app = desk.app()

    @app.action("claim")
    def claim(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        done = [section(f"Claimed by <@{body['user']['id']}>")]
        client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="Claimed", blocks=done)

    with desk.listen(app):
        expect(page.locator("#listening")).to_have_text("Sunwai is listening")
        desk.client().chat_postMessage(channel="triage", text="A case", blocks=card())
        page.get_by_label("You are").select_option(label="Deniz Kaya")
        page.get_by_role("button", name="Claim").click()
        expect(messages(page)).to_contain_text("Claimed by @Deniz Kaya")
        expect(page.get_by_role("button", name="Claim")).to_have_count(0)


def test_a_button_waits_for_its_answer_and_says_when_none_comes(desk: Desk, page: Page) -> None:
    desk.state.ack_seconds = 1.0
    desk.client().chat_postMessage(channel="triage", text="A case", blocks=card())
    expect(page.locator("#listening")).to_contain_text("Nobody is listening")
    claim = page.get_by_role("button", name="Claim")
    claim.click()
    expect(claim).to_have_attribute("aria-busy", "true")
    expect(page.locator(".failed")).to_have_text("No answer. No listener is connected.")
    expect(claim).to_be_enabled()


def test_a_confirmation_is_asked_for_and_can_be_refused(desk: Desk, page: Page) -> None:
    texts = {"title": "Resolve this case?", "text": "The clock stops.", "confirm": "Yes, resolve", "deny": "Keep open"}
    words = {name: {"type": "plain_text", "text": text} for name, text in texts.items()}
    app, heard = desk.app(), []
    app.action("resolve")(lambda ack, body: (ack(), heard.append(body)))
    with desk.listen(app):
        desk.client().chat_postMessage(
            channel="triage", text="A case", blocks=card(button("resolve", "Resolve", confirm=words))
        )
        page.get_by_role("button", name="Resolve").click()
        dialog = page.get_by_role("dialog", name="Resolve this case?")
        dialog.get_by_role("button", name="Keep open").click()
        expect(dialog).to_be_hidden()
        assert desk.state.envelopes == {}
        page.get_by_role("button", name="Resolve").click()
        dialog.get_by_role("button", name="Yes, resolve").click()
        until(lambda: heard)


def test_the_overflow_menu_works_by_keyboard(desk: Desk, page: Page) -> None:
    app, heard = desk.app(), []
    app.action("more")(lambda ack, action: (ack(), heard.append(action["selected_option"]["value"])))
    options = [{"text": {"type": "plain_text", "text": w}, "value": w.lower()} for w in ("Snooze", "Not_us")]
    with desk.listen(app):
        desk.client().chat_postMessage(
            channel="triage",
            text="A case",
            blocks=card({"type": "overflow", "action_id": "more", "options": options}),
        )
        page.get_by_label("More actions").focus()
        page.keyboard.press("Enter")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        assert until(lambda: heard) == ["not_us"]


def test_a_modal_is_filled_corrected_and_sent(desk: Desk, page: Page) -> None:
    view = {
        "type": "modal",
        "callback_id": "reply",
        "title": {"type": "plain_text", "text": "Reply"},
        "submit": {"type": "plain_text", "text": "Send it"},
        "blocks": [
            {
                "type": "input",
                "block_id": "words",
                "label": {"type": "plain_text", "text": "Your words"},
                "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
            }
        ],
    }
    app, said = desk.app(), []

    @app.action("reply")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    @app.view("reply")
    def sent(ack: Ack, view: dict[str, Any]) -> None:
        words = view["state"]["values"]["words"]["text"]["value"]
        if len(words) < 3:
            ack(response_action="errors", errors={"words": "Say a little more"})
        else:
            ack()
            said.append(words)

    with desk.listen(app):
        desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(button("reply", "Answer")))
        page.get_by_role("button", name="Answer").click()
        dialog = page.get_by_role("dialog", name="Reply")
        dialog.get_by_label("Your words").fill("hm")
        dialog.get_by_role("button", name="Send it").click()
        expect(dialog).to_contain_text("Say a little more")
        dialog.get_by_label("Your words").fill("हमें खेद है 🙏")
        dialog.get_by_role("button", name="Send it").click()
        expect(dialog).to_be_hidden()
        assert until(lambda: said) == ["हमें खेद है 🙏"]


PLAIN = {"type": "plain_text"}


def reply_modal(**words: Any) -> dict[str, Any]:
    """A reply with a saved answer to choose, words to write and somebody to approve them."""
    saved = [{"text": PLAIN | {"text": w}, "value": w} for w in ("Apology", "Ask for details")]

    def field(block_id: str, label: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
        made = element | {"action_id": "it"}
        return {"type": "input", "block_id": block_id, "label": PLAIN | {"text": label}, "element": made, **more}

    return {
        "type": "modal",
        "callback_id": "reply",
        "title": PLAIN | {"text": "Reply"},
        "submit": PLAIN | {"text": "Send it"},
        "notify_on_close": True,
        "blocks": [
            section("&gt; धुआँ निकल रहा है 🔥", accessory=button("story", "Story")),
            field(
                "saved", "Saved reply", {"type": "static_select", "options": saved}, optional=True, dispatch_action=True
            ),
            field("words", "Your words", {"type": "plain_text_input", "multiline": True, "max_length": 30} | words),
            field("article", "Article", {"type": "external_select", "min_query_length": 1}, optional=True),
            field("approver", "Approver", {"type": "users_select"}),
        ],
    }


def reply_app(desk: Desk, said: list[dict[str, Any]], closed: list[bool]) -> App:
    """A card whose Reply opens that modal; what is sent goes into the thread."""
    app = desk.app()

    @app.action("reply")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(
            trigger_id=body["trigger_id"], view=reply_modal() | {"private_metadata": body["message"]["ts"]}
        )

    @app.action("story")
    def story(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        pushed = {"type": "modal", "title": PLAIN | {"text": "Story"}, "blocks": [section("She wrote before.")]}
        client.views_push(trigger_id=body["trigger_id"], view=pushed)

    @app.action("it")
    def saved(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        view = body["view"]
        client.views_update(
            view_id=view["id"], hash=view["hash"], view=reply_modal() | {"private_metadata": view["private_metadata"]}
        )

    @app.options("it")
    def articles(ack: Ack, payload: dict[str, Any]) -> None:
        found = [w for w in ("Recall", "Returns", "Refunds") if payload["value"].lower() in w.lower()]
        ack(options=[{"text": PLAIN | {"text": w}, "value": w.lower()} for w in found])

    @app.view("reply")
    def sent(ack: Ack, view: dict[str, Any], body: dict[str, Any], client: Any) -> None:
        values = {block_id: fields["it"] for block_id, fields in view["state"]["values"].items()}
        if "98765" in values["words"]["value"]:
            ack(response_action="errors", errors={"words": "No phone numbers in public."})
            return
        ack()
        said.append(values)
        client.chat_postMessage(
            channel="triage", thread_ts=view["private_metadata"], text=f"<@{body['user']['id']}> sent an answer"
        )

    @app.view_closed("reply")
    def dismissed(ack: Ack, body: dict[str, Any]) -> None:
        ack()
        closed.append(body["is_cleared"])

    app.event("app_home_opened")(lambda: None)
    app.event("message")(lambda: None)
    return app


def test_two_agents_at_one_page_each_with_their_own_modal_thread_and_notes(desk: Desk, page: Page) -> None:
    said: list[dict[str, Any]] = []
    closed: list[bool] = []
    with desk.listen(reply_app(desk, said, closed)):
        ts = desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(button("reply", "Answer")))[
            "ts"
        ]
        page.get_by_role("button", name="Answer").click()
        reply = page.get_by_role("dialog", name="Reply")
        expect(reply).to_contain_text("धुआँ निकल रहा है 🔥")

        # The focus stays inside, and what was typed outlives a redraw and a view on top.
        for _ in range(12):
            page.keyboard.press("Tab")
            assert page.evaluate(
                "document.activeElement === document.body || !!document.activeElement.closest('#modal')"
            )
        reply.get_by_label("Your words").fill("call 98765")
        before = desk.modal("asha")["hash"]
        reply.get_by_label("Saved reply").select_option(label="Apology")
        until(lambda: desk.modal("asha")["hash"] != before)
        expect(reply.get_by_label("Your words")).to_have_value("call 98765")
        reply.get_by_role("button", name="Story").click()
        story = page.get_by_role("dialog", name="Story")
        expect(story).to_contain_text("She wrote before.")
        page.keyboard.press("Escape")
        expect(reply.get_by_label("Your words")).to_have_value("call 98765")

        # Refused by the window for what is missing, then by the app under the field.
        reply.get_by_role("button", name="Send it").click()
        expect(reply.locator("[data-error=approver]")).to_have_text("Fill this in, please.")
        reply.get_by_label("Approver").select_option(label="Meera Nair")
        reply.get_by_role("button", name="Send it").click()
        expect(reply.locator("[data-error=words]")).to_have_text("No phone numbers in public.")
        expect(reply.locator("[data-error=approver]")).to_be_hidden()
        reply.get_by_label("Article").fill("re")
        reply.get_by_role("option", name="Recall").click()

        # Deniz, in another tab, sees none of it; and whoever sits down there after him sees none of his.
        other = page.context.new_page()
        other.goto(f"{desk.url}/?as=deniz")
        expect(other.get_by_label("You are")).to_have_value("U0DENIZ001")
        desk.client().chat_postEphemeral(channel="triage", user="U0DENIZ001", text="Asha is writing", thread_ts=ts)
        desk.say("grace", "triage", "who has this?", thread_ts=ts)
        other.get_by_role("button", name="1 reply").click()
        thread = other.get_by_role("complementary", name="Thread")
        expect(thread.locator("article")).to_have_count(3)
        expect(thread).to_contain_text("Only visible to you")
        thread.get_by_label("Reply", exact=True).fill("@asha has it")
        other.keyboard.press("Enter")
        expect(thread.locator("article").last).to_contain_text("@Asha Verma has it")
        assert desk.thread("triage", ts)[-1]["user"] == "U0DENIZ001"
        expect(other.get_by_role("dialog")).to_have_count(0)
        other.get_by_label("You are").select_option(label="Grace Okafor")
        expect(thread.locator("article")).to_have_count(3)
        expect(other.get_by_text("Asha is writing")).to_have_count(0)

        # Asha sends hers, and all see it in the thread.
        reply.get_by_label("Your words").fill("कृपया हमें लिखें 🙏")
        page.keyboard.press("Control+Enter")
        expect(reply).to_be_hidden()
        assert until(lambda: said)[0]["words"]["value"] == "कृपया हमें लिखें 🙏"
        assert said[0]["approver"]["selected_user"] == "U0MEERA001"
        assert said[0]["article"]["selected_option"]["value"] == "recall"
        expect(thread.locator("article").last).to_contain_text("@Asha Verma sent an answer")
        assert closed == []


def test_escape_leaves_a_modal_and_the_app_is_told(desk: Desk, page: Page) -> None:
    closed: list[bool] = []
    with desk.listen(reply_app(desk, [], closed)):
        desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(button("reply", "Answer")))
        for leave in (
            lambda: page.keyboard.press("Escape"),
            page.get_by_role("button", name="Close", exact=True).click,
        ):
            page.get_by_role("button", name="Answer").click()
            expect(page.get_by_role("dialog", name="Reply")).to_be_visible()
            leave()
            expect(page.get_by_role("dialog")).to_have_count(0)
        assert until(lambda: len(closed) == 2 and closed) == [False, True]
        page.get_by_role("button", name="Answer").click()
        page.get_by_role("button", name="Story").click()
        expect(page.get_by_role("dialog", name="Story")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog", name="Reply")).to_be_visible()
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        until(lambda: desk.modals("asha") == [])


def test_the_home_tab_is_drawn_for_each_agent_and_its_buttons_work(desk: Desk, page: Page) -> None:
    app = desk.app()

    def publish(client: Any, user: str, words: str) -> None:
        client.views_publish(
            user_id=user, view={"type": "home", "blocks": card(button("take", "Take it"), words=words)}
        )

    app.event("app_home_opened")(lambda event, client: publish(client, event["user"], f"Cases of <@{event['user']}>"))
    app.action("take")(lambda ack, body, client: (ack(), publish(client, body["user"]["id"], "Taken")))
    page.locator("#apps button").click()
    expect(page.locator("#home")).to_contain_text("Nothing here yet")
    with desk.listen(app):
        expect(page.locator("#home")).to_contain_text("Sunwai draws this tab for you")
        page.get_by_label("You are").select_option(label="Deniz Kaya")
        expect(page.locator("#home")).to_contain_text("Cases of @Deniz Kaya")
        page.get_by_role("button", name="Take it").click()
        expect(page.locator("#home")).to_contain_text("Taken")
        page.get_by_label("You are").select_option(label="Asha Verma")
        expect(page.locator("#home")).to_contain_text("Cases of @Asha Verma")
        desk.client().chat_postMessage(channel="U0ASHA0001", text="Your case is back")
        expect(page.locator("#apps .badge")).to_have_text("1")
        page.get_by_role("tab", name="Messages").click()
        expect(messages(page)).to_contain_text("Your case is back")
        page.get_by_label("You are").select_option(label="Deniz Kaya")
        expect(page.get_by_text("Your case is back")).to_have_count(0)


def test_a_permalink_leads_into_the_thread_without_leaving_the_page(desk: Desk, page: Page) -> None:
    app, heard = desk.app(), []
    app.action("open")(lambda ack: (ack(), heard.append(1)))
    client = desk.client()
    parent = client.chat_postMessage(channel="safety", text="A case")
    reply = client.chat_postMessage(channel="safety", text="the story so far", thread_ts=parent["ts"])
    to_reply = client.chat_getPermalink(channel=parent["channel"], message_ts=reply["ts"])["permalink"]
    to_card = client.chat_getPermalink(channel=parent["channel"], message_ts=parent["ts"])["permalink"]
    blocks = [*card(button("open", "Open", url=to_reply)), section(f"<{to_card}|the card>")]
    client.chat_postMessage(channel="triage", text="x", blocks=blocks)
    with desk.listen(app):
        channel(page, "triage").click()
        page.get_by_role("button", name="Open", exact=True).click()
        expect(page.locator("#replies .sought")).to_contain_text("the story so far")
        assert until(lambda: heard) == [1]
        channel(page, "triage").click()
        page.get_by_role("link", name="the card").click()
        expect(page.locator("#channel-name")).to_have_text("# safety")
        expect(page.locator("#messages .sought")).to_contain_text("A case")
    assert len(page.context.pages) == 1


def test_a_command_is_completed_and_answered_where_it_was_typed(desk: Desk, page: Page) -> None:
    app = desk.app()
    app.command("/sunwai")(lambda ack, command: ack(f"{command['user_name']} asked for *{command['text']}*"))
    with desk.listen(app):
        box = page.get_by_role("textbox", name="Message")
        box.fill("/su")
        expect(page.locator("#composer .hint")).to_contain_text("/sunwai")
        page.keyboard.press("Tab")
        page.keyboard.type("mine")
        page.keyboard.press("Enter")
        expect(messages(page)).to_contain_text("asha asked for mine")
        expect(messages(page)).to_contain_text("Only visible to you")
        box.fill("/giphy cat")
        page.keyboard.press("Enter")
        expect(page.locator(".toast")).to_have_text("/giphy is not a command here.")
        expect(box).to_have_value("/giphy cat")
        box.fill("/etc/hosts is a path")
        page.keyboard.press("Enter")
        expect(messages(page).last).to_contain_text("/etc/hosts is a path")


def test_every_kind_of_input_can_be_filled_in(desk: Desk, page: Page) -> None:
    options = [
        {"text": PLAIN | {"text": w.title()}, "value": w}
        for w in ["red", "orange", "amber", "lime", "teal", "blue", "plum", "pink"]
    ]
    kinds: dict[str, dict[str, Any]] = {
        "plain_text_input": {"max_length": 600},
        "email_text_input": {},
        "url_text_input": {},
        "number_input": {"is_decimal_allowed": True},
        "datepicker": {},
        "timepicker": {},
        "radio_buttons": {"options": options[:3]},
        "checkboxes": {"options": options[:3]},
        "static_select": {"option_groups": [{"label": PLAIN | {"text": "All"}, "options": options}]},
        "multi_static_select": {"options": options},
        "multi_external_select": {"min_query_length": 1},
        "multi_users_select": {},
        "conversations_select": {},
    }
    blocks = [
        {
            "type": "input",
            "block_id": kind,
            "label": PLAIN | {"text": f"The {kind}"},
            "element": more | {"type": kind, "action_id": "it"},
        }
        for kind, more in kinds.items()
    ]
    menu = {
        "type": "static_select",
        "action_id": "colour",
        "options": options,
        "placeholder": PLAIN | {"text": "Colour"},
    }
    blocks.append({"type": "actions", "block_id": "row", "elements": [menu]})
    app, heard, chosen = desk.app(), [], []
    app.view("reply")(lambda ack, view: (ack(), heard.append(view["state"]["values"])))
    app.options("it")(lambda ack, payload: ack(options=[o for o in options if payload["value"] in o["value"]]))
    app.action("colour")(lambda ack, body: (ack(), chosen.append(body)))
    with desk.listen(app):
        desk.state.views.open(reply_modal() | {"blocks": blocks}, "U0ASHA0001")
        form = page.get_by_role("dialog", name="Reply")
        typed = {
            "plain_text_input": "नमस्ते 🙏",
            "email_text_input": "a@b.example",
            "url_text_input": "https://b.example",
            "number_input": "1.5",
            "datepicker": "2026-12-01",
            "timepicker": "09:30",
        }
        for kind, words in typed.items():
            form.get_by_label(f"The {kind}", exact=True).fill(words)
        form.get_by_role("radiogroup", name="The radio_buttons").get_by_label("Orange").check()
        form.get_by_role("group", name="The checkboxes").get_by_label("Amber").check()
        form.get_by_label("The static_select", exact=True).select_option(label="Plum")
        many = form.get_by_role("group", name="The multi_static_select")
        many.get_by_label("Teal").check()
        many.get_by_role("searchbox").fill("blu")
        expect(many.get_by_label("Teal")).to_be_hidden()
        many.get_by_label("Blue").check()
        for letters, option in (("pin", "Pink"), ("lim", "Lime")):
            form.get_by_label("The multi_external_select", exact=True).fill(letters)
            form.get_by_role("listbox").get_by_role("option", name=option).click()
        form.get_by_role("button", name="Remove Pink").click()
        form.get_by_role("group", name="The multi_users_select").get_by_label("Sam Rivera").check()
        form.get_by_label("The conversations_select", exact=True).select_option(label="#ops")
        form.get_by_label("Colour").select_option(label="Red")
        assert until(lambda: chosen)[0]["view"]["state"]["values"]["number_input"]["it"]["value"] == "1.5"
        form.get_by_role("button", name="Send it").click()
        (values,) = until(lambda: heard)
    got = {kind: values[kind]["it"] for kind in kinds}
    assert {kind: next(v for name, v in got[kind].items() if name != "type") for kind in typed} == typed
    assert got["radio_buttons"]["selected_option"]["value"] == "orange"
    assert got["static_select"]["selected_option"]["value"] == "plum"
    picked = {
        kind: [o["value"] for o in got[kind]["selected_options"]] for kind in got if "selected_options" in got[kind]
    }
    assert picked == {
        "checkboxes": ["amber"],
        "multi_static_select": ["teal", "blue"],
        "multi_external_select": ["lime"],
    }
    assert got["multi_users_select"]["selected_users"] == ["U0SAM00001"]
    assert got["conversations_select"]["selected_conversation"] == desk.state.channel("ops").id
    assert values["row"]["colour"]["selected_option"]["value"] == "red"


@pytest.mark.parametrize(
    ("who", "moment"),
    [("Asha Verma", "2026-12-01T04:00"), ("Grace Okafor", "2026-12-01T09:30"), ("Sam Rivera", "2026-12-01T14:30")],
)
def test_a_moment_is_picked_in_the_zone_of_whoever_sits_there(desk: Desk, page: Page, who: str, moment: str) -> None:
    picker = {"type": "datetimepicker", "action_id": "it", "initial_date_time": 1796117400}
    until_when = {"type": "input", "block_id": "until", "label": PLAIN | {"text": "Until"}, "element": picker}
    app, heard = desk.app(), []
    app.view("snooze")(lambda ack, view: (ack(), heard.append(view["state"]["values"]["until"]["it"])))
    view = reply_modal() | {"callback_id": "snooze", "title": PLAIN | {"text": "Snooze"}, "blocks": [until_when]}
    with desk.listen(app):
        page.get_by_label("You are").select_option(label=who)
        desk.state.views.open(view, desk.state.user(who).id)
        box = page.get_by_role("dialog", name="Snooze").get_by_label("Until")
        zone = ZoneInfo(desk.state.user(who).tz)
        began = datetime.fromtimestamp(1796117400, zone)
        expect(box).to_have_value(began.strftime("%Y-%m-%dT%H:%M"))
        box.fill("2026-12-01T09:30")
        page.get_by_role("button", name="Send it").click()
        (entry,) = until(lambda: heard)
    assert datetime.fromtimestamp(entry["selected_date_time"], UTC).strftime("%Y-%m-%dT%H:%M") == moment


def test_a_reply_that_names_you_is_unread_elsewhere(desk: Desk, page: Page) -> None:
    ts = desk.client().chat_postMessage(channel="safety", text="A case")["ts"]
    channel(page, "safety").click()
    channel(page, "triage").click()
    desk.say("grace", "safety", "who has it?", thread_ts=ts)
    desk.say("grace", "safety", "<@U0ASHA0001> can you?", thread_ts=ts)
    expect(channel(page, "safety").locator(".badge")).to_have_text("1")


def test_a_file_is_shown_and_fetched(desk: Desk, page: Page) -> None:
    channel = desk.state.channel("triage").id
    desk.client().files_upload_v2(channel=channel, filename="report.csv", title="Today", content="a;b\n")
    with page.expect_download() as fetched:
        page.get_by_role("link", name="Today").click()
    assert fetched.value.suggested_filename == "report.csv"
    assert fetched.value.path().read_text() == "a;b\n"


def test_a_button_in_a_modal_may_redraw_it(desk: Desk, page: Page) -> None:
    def view(words: str) -> dict[str, Any]:
        title = {"type": "plain_text", "text": "Articles"}
        return {"type": "modal", "title": title, "blocks": card(button("next", "Next"), words=words)}

    app = desk.app()

    @app.action("browse")
    def opens(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view("Returns"))

    @app.action("next")
    def turns(ack: Ack, body: dict[str, Any], client: Any) -> None:
        ack()
        client.views_update(view_id=body["container"]["view_id"], hash=body["view"]["hash"], view=view("Refunds"))

    with desk.listen(app):
        desk.client().chat_postMessage(channel="triage", text="A case", blocks=card(button("browse", "Browse")))
        page.get_by_role("button", name="Browse").click()
        dialog = page.get_by_role("dialog", name="Articles")
        expect(dialog).to_contain_text("Returns")
        dialog.get_by_role("button", name="Next").click()
        expect(dialog).to_contain_text("Refunds")
        dialog.get_by_role("button", name="Cancel").click()
        expect(dialog).to_be_hidden()
        until(lambda: desk.modals("Asha Verma") == [])


def test_a_thread_opens_beside_and_takes_a_reply(desk: Desk, page: Page) -> None:
    client = desk.client()
    parent = client.chat_postMessage(channel="triage", text="A case")
    client.chat_postMessage(channel="triage", text="first", thread_ts=parent["ts"])
    page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("complementary", name="Thread")
    expect(thread.locator("article")).to_have_count(2)
    thread.get_by_label("Reply", exact=True).fill("on it <b> & @sunwai")
    page.keyboard.press("Enter")
    expect(thread.locator("article")).to_have_count(3)
    expect(thread.locator("article").last).to_contain_text("on it <b> & @Sunwai")
    assert desk.state.messages("triage")[-1]["text"] == "on it &lt;b&gt; &amp; <@U0SUNWAI01>"
    page.keyboard.press("Escape")
    expect(thread).to_be_hidden()


def test_an_ephemeral_message_and_an_edit_are_marked(desk: Desk, page: Page) -> None:
    client = desk.client()
    posted = client.chat_postMessage(channel="triage", text="before")
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="after")
    expect(messages(page)).to_contain_text("after (edited)")
    client.chat_postEphemeral(channel="triage", user="U0ASHA0001", text="just you")
    expect(messages(page).last).to_contain_text("Only visible to you")
    page.get_by_label("You are").select_option(label="Deniz Kaya")
    expect(messages(page)).to_have_count(1)
    client.chat_delete(channel=posted["channel"], ts=posted["ts"])
    expect(messages(page)).to_have_count(0)


def test_a_card_that_is_redrawn_keeps_its_open_menu(desk: Desk, page: Page) -> None:
    client = desk.client()
    choices = [{"text": {"type": "plain_text", "text": w}, "value": w} for w in ("Snooze", "Not us")]
    menu = {"type": "overflow", "action_id": "more", "options": choices}
    posted = client.chat_postMessage(channel="triage", text="A case", blocks=card(menu, words="in 14 min"))
    page.get_by_label("More actions").click()
    client.chat_update(channel=posted["channel"], ts=posted["ts"], text="A case", blocks=card(menu, words="in 13 min"))
    expect(messages(page)).to_contain_text("in 13 min")
    expect(page.get_by_role("button", name="Snooze")).to_be_visible()


def test_the_page_says_when_the_sandbox_is_gone(desk: Desk, context: BrowserContext) -> None:
    page = context.new_page()
    page.goto(desk.url)
    expect(page.locator("#channel-name")).to_have_text("# triage")
    desk.stop()
    expect(page.get_by_role("alert")).to_have_text("The sandbox does not answer. Trying again…")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_phone_shows_it_without_sideways_scrolling(desk: Desk, page: Page, scheme: Any) -> None:
    desk.client().chat_postMessage(channel="triage", text="x", blocks=[section("W" * 2000), *card(words="मदद " * 200)])
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": 390, "height": 844})
    expect(page.get_by_role("button", name="Claim")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    expect(page.locator("#side")).not_to_be_visible()
    long = reply_modal(initial_value="W" * 30)
    desk.state.views.open(long | {"blocks": [section("W" * 2000), *long["blocks"]]}, "U0ASHA0001")
    expect(page.get_by_role("button", name="Send it")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert page.evaluate("(body => body.scrollWidth <= body.clientWidth)(document.querySelector('.view-body'))")
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Channels").click()
    channel(page, "sales").click()
    expect(page.locator("#channel-name")).to_have_text("# sales")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_words_stand_out_from_their_ground(desk: Desk, page: Page, scheme: Any) -> None:
    """WCAG's 4.5:1 for every text that the page shows."""
    client = desk.client()
    desk.state.violated("x", 1)
    context = {"type": "context", "elements": [{"type": "mrkdwn", "text": "*X* now"}]}
    client.chat_postMessage(channel="triage", text="<!channel> <@U0ASHA0001> `code`")
    buttons = card(button("a", style="primary"), button("b", style="danger"), button("c"))
    client.chat_postMessage(channel="triage", text="x", blocks=[context, *buttons])
    client.chat_postMessage(channel="sales", text="x")
    page.emulate_media(color_scheme=scheme)
    expect(page.locator(".badge")).to_be_visible()
    page.wait_for_timeout(1700)  # The highlight of what is new fades.
    assert page.evaluate(CONTRAST) == []
    desk.state.views.open(reply_modal(), "U0ASHA0001")
    desk.submit_view("asha", {"words": "call 98765"})
    expect(page.locator("[data-error=approver]")).to_be_visible()
    assert page.evaluate(CONTRAST) == []
    desk.close_view("asha")
    client.views_publish(user_id="U0ASHA0001", view={"type": "home", "blocks": [context, *buttons]})
    page.locator("#apps button").click()
    expect(page.locator("#home button").first).to_be_visible()
    assert page.evaluate(CONTRAST) == []


CONTRAST = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext("2d", { willReadFrequently: true });
  const paint = (colours) => {
    canvas.clearRect(0, 0, 1, 1);
    for (const colour of colours) { canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1); }
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (rgb) => {
    const [r, g, b] = rgb.map((v) => (v /= 255) <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const weak = [];
  const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    const element = texts.currentNode.parentElement;
    const words = texts.currentNode.textContent.trim();
    if (!words || !element.checkVisibility({ opacityProperty: true, visibilityProperty: true })) continue;
    if (element.closest("option, noscript, .skip, [aria-hidden]")) continue;
    const grounds = [];
    for (let at = element; at; at = at.parentElement) grounds.unshift(getComputedStyle(at).backgroundColor);
    const ground = paint(["white", ...grounds]);
    const ink = paint(["white", ...grounds, getComputedStyle(element).color]);
    const [a, b] = [light(ground), light(ink)].sort((x, y) => y - x);
    const ratio = (a + 0.05) / (b + 0.05);
    if (ratio < 4.5) weak.push(`${words.slice(0, 30)}: ${ratio.toFixed(2)}`);
  }
  return weak;
}"""
