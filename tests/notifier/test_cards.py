"""What a card says, and that no stranger's words can break it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from core.answer import AnswerStatus
from core.assessment import Priority, Reason, Sentiment, Topic, Urgency
from core.case import Case, CaseFile, CaseStatus
from core.context import Article, Context, Note, Standing, Stock
from core.customer import Evidence
from core.ticket import Ticket
from notifier.blocks import case_of
from notifier.cards import Alarm, case_card, case_metadata, ops_message
from sandbox.slack.blocks import MAX_TOTAL_CHARACTERS, message_problems, total_characters
from tests.notifier.made import NOW, SAID, answer, assessment, author, candidate, case, case_file, mention


def shown(message: dict) -> str:
    """Every text that a reader sees in the blocks, without the marks that only isolate directions."""
    found = []
    for block in message["blocks"]:
        for holder in (block.get("text"), *block.get("elements", [])):
            if holder and "text" in holder:
                found.append(holder["text"] if isinstance(holder["text"], str) else holder["text"]["text"])
    return "\n".join(found).replace("\u2068", "").replace("\u2069", "")


def elements(message: dict) -> list[dict]:
    return [e for b in message["blocks"] if b["type"] == "actions" for e in b["elements"]]


def buttons(message: dict) -> list[str]:
    return [e["action_id"] for e in elements(message) if e["type"] == "button"]


def menu(message: dict) -> list[str]:
    return [o["value"] for e in elements(message) if e["type"] == "overflow" for o in e["options"]]


def test_a_card_says_what_a_tired_person_needs_in_order():
    text = shown(case_card(case_file(), NOW))
    wanted = [
        "🔴 P1 · Safety · Northwind",
        "*Answer by <!date^1795271520^{time}|14:32 UTC>* · *nobody has it yet*",
        "*Priya Sharma* @priya_s ✓ verified (12k followers) on X",
        "<https://x.com/priya_s/status/1001|View post>",
        "> My @northwind charger is smoking",
        "*Why P1:* hazard (“smoking”); complaint (“burnt my hand”)",
        "*Customer:* Priya Sharma (C-1042, Gold) · linked: signed in with this account",
        "• Order N-88121 · *delayed* · 65 W charger · ₹ 2,499",
        "Claim",
        "Resolve",
        "English · negative (-0.62) · complaint · case 42",
    ]
    places = [text.find(piece) for piece in wanted]
    assert -1 not in places, wanted[places.index(-1)]
    assert places == sorted(places)


def test_the_notification_says_it_in_one_line():
    text = case_card(case_file(), NOW)["text"]
    assert text.startswith("🔴 P1 Safety: Priya Sharma on X: “My @northwind")
    assert text.endswith("Answer by 14:32 UTC.")
    assert "\n" not in text


OWNED = {"owner": "U0ASHA"}
CLOSED = {**OWNED, "status": CaseStatus.RESOLVED, "resolved_at": NOW}
OFFERED = {**OWNED, "handed_to": "U0DENIZ"}
MORE = ["snooze", "hand_over", "not_urgent", "not_us"]
REST = ["snooze", "not_urgent", "not_us"]


@pytest.mark.parametrize(
    ("changes", "status", "expected", "more"),
    [
        ({}, None, ["claim", "reply", "resolve"], MORE),
        (OWNED, None, ["reply", "resolve"], MORE),
        ({**OWNED, "status": CaseStatus.WAITING}, None, ["reply", "resolve"], MORE),
        (OFFERED, None, ["accept", "decline", "reply"], ["resolve", *REST]),
        (OFFERED, AnswerStatus.TO_SEND, ["accept", "decline", "withdraw"], ["resolve", *REST]),
        (OFFERED, AnswerStatus.TO_APPROVE, ["approve", "reject", "withdraw"], ["accept", "decline", *REST]),
        (OWNED, AnswerStatus.TO_APPROVE, ["approve", "reject", "withdraw"], MORE),
        ({}, AnswerStatus.TO_APPROVE, ["approve", "reject", "withdraw"], ["claim", *MORE]),
        (OWNED, AnswerStatus.BY_HAND, ["sent", "withdraw", "resolve"], MORE),
        ({}, AnswerStatus.BY_HAND, ["sent", "withdraw", "resolve"], ["claim", *MORE]),
        (OWNED, AnswerStatus.TO_SEND, ["withdraw", "resolve"], MORE),
        (OWNED, AnswerStatus.FAILED, ["reply", "resolve"], MORE),
    ],
)
def test_the_buttons_are_what_the_case_waits_for_and_the_menu_holds_the_rest(changes, status, expected, more):
    drawn = case_card(case_file(case=case(**changes), answer=answer(status=status) if status else None), NOW)
    assert buttons(drawn) == expected
    assert len(expected) <= 3
    assert menu(drawn) == more
    assert message_problems(drawn["blocks"]) == []


@pytest.mark.parametrize("changes", [CLOSED, {"status": CaseStatus.DISMISSED}])
def test_a_closed_case_can_only_be_reopened(changes):
    drawn = case_card(case_file(case=case(**changes)), NOW)
    assert (buttons(drawn), menu(drawn)) == (["reopen"], [])


def test_tickets_are_offered_where_they_can_be_opened():
    assert menu(case_card(case_file(), NOW, tickets=True)) == [*MORE, "open_ticket"]


def test_a_ticket_is_shown_and_not_opened_twice():
    opened = Ticket(42, "zendesk", "881", "https://help.example/881", "U0ASHA", NOW)
    drawn = case_card(case_file(ticket=opened), NOW, tickets=True)
    assert "open_ticket" not in menu(drawn)
    assert "🎫 <https://help.example/881|ticket 881>" in shown(drawn)


def test_the_customer_can_be_put_right_where_they_stand():
    def beside(status: str) -> list[str]:
        blocks = case_card(case_file(candidates=(candidate(status),)), NOW)["blocks"]
        return [o["value"] for b in blocks if "accessory" in b for o in b["accessory"]["options"]]

    assert beside("linked") == ["wrong_customer", "note"]
    assert beside("possible") == ["confirm_customer", "wrong_customer", "note"]


def test_an_answer_shows_its_words_and_what_it_waits_for():
    hostile = answer(text="Sorry <!channel>, ``` write to us", status=AnswerStatus.TO_APPROVE)
    text = shown(case_card(case_file(answer=hostile), NOW))
    assert "<@U0ASHA> wrote an answer. It waits for a second person" in text
    assert "<!channel>" not in text
    by_hand = shown(case_card(case_file(answer=answer(status=AnswerStatus.BY_HAND)), NOW))
    assert (
        "<https://x.com/intent/post?in_reply_to=1001&amp;text=Please%20send%20us%20a%20message.|Open the reply box>"
        in by_hand
    )
    assert "```Please send us a message.```" in by_hand
    failed = shown(case_card(case_file(answer=answer(status=AnswerStatus.FAILED, error="The post is gone.")), NOW))
    assert "was not sent:* The post is gone." in failed


def test_who_speaks_the_language_is_named_while_nobody_has_the_case():
    in_turkish = case_file(assessment=assessment(language="tr"))
    assert "🗣️ Speaks Turkish: <@U0DENIZ> <!subteam^S0TURKEY>" in shown(
        case_card(in_turkish, NOW, speakers=("U0DENIZ", "S0TURKEY"))
    )
    market = shown(case_card(in_turkish, NOW, speakers=("U0DENIZ",), insiders=("U0DENIZ", "U0SAM")))
    assert market.count("<@U0DENIZ>") == 1
    assert "🧭 Knows their market: <@U0SAM>" in market
    owned = replace(in_turkish, case=case(owner="U0ASHA", transfers=2))
    text = shown(case_card(owned, NOW, speakers=("U0DENIZ",)))
    assert "Speaks" not in text
    assert "handed to another team 2 times · case 42" in text


def test_a_customer_who_wrote_back_is_told_where_the_owner_looks_first():
    came_back = mention(external_id="1002", created_at=NOW - timedelta(minutes=1))
    other = replace(came_back, author=author(external_id="777"))

    def standing(*said, **changes):
        answered = case(owner="U0ASHA", answered_at=NOW - timedelta(minutes=2), **changes)
        return case_card(case_file(case=answered, conversation=said), NOW)["blocks"][1]["text"]["text"]

    assert "🗨️ *they wrote back at <!date^" in standing(came_back)
    assert "wrote back" not in standing(other)
    assert "wrote back" not in standing(replace(came_back, created_at=NOW - timedelta(minutes=5)))
    assert "wrote back" not in standing(came_back, status=CaseStatus.WAITING)


def test_an_offer_and_a_rest_are_told_where_the_owner_stands():
    offered = case(owner="U0ASHA", handed_to="team:billing", handed_by="U0ASHA", snoozed_until=NOW + timedelta(hours=3))
    text = shown(case_card(case_file(case=offered), NOW))
    assert "🤝 offered to the team billing" in text
    assert "💤 rests until <!date^" in text


def test_what_else_is_known_of_the_person_stands_with_the_customer():
    about = Context(
        earlier=(case(status=CaseStatus.RESOLVED, resolution="refunded"),),
        earlier_count=3,
        standing=Standing("detractor", 4),
        stock=(Stock("Kadıköy", "s1", "65 W charger", 0, city="İstanbul"),),
        articles=(Article("a", "en", "What to do <when> it smokes", "", "https://help.example/a"),),
        notes=(Note(1, "customer:C-1042", "Prefers calls & mails", "U0DENIZ", NOW),),
        answered_by_others=2,
    )
    text = shown(case_card(case_file(), NOW, about=about))
    for piece in (
        "💔 detractor, by 4 posts",
        "*Earlier cases:* 3: Safety, <!date^",
        "(Refunded)",
        "*Note* by <@U0DENIZ>: Prefers calls &amp; mails",
        "65 W charger, Kadıköy, İstanbul: *sold out*",
        "<https://help.example/a|What to do &lt;when&gt; it smokes>",
        "*2* other people have answered them already",
    ):
        assert piece in text


def test_a_button_carries_its_case():
    (block,) = [b for b in case_card(case_file(), NOW)["blocks"] if b["type"] == "actions"]
    assert (
        {case_of(e["value"]) for e in block["elements"] if e["type"] == "button"}
        == {case_of(block["block_id"])}
        == {42}
    )
    assert json.loads(block["elements"][0]["value"]) == {"case": 42, "v": 1}
    for strange in ("", "{}", "[]", "null", "case:", "case:x", '{"case": null}', '{"case": "abc"}'):
        with pytest.raises(ValueError, match="belongs to no case"):
            case_of(strange)


def test_a_late_answer_is_called_overdue_until_it_is_given():
    late = NOW + timedelta(hours=1)
    assert "⏰ *Overdue: the answer was due by <!date^" in shown(case_card(case_file(), late))
    given_answer = case_file(case=case(owner="U0ASHA", answered_at=SAID + timedelta(minutes=20)))
    text = shown(case_card(given_answer, late))
    assert "Overdue" not in text
    assert "<@U0ASHA> has it · answered at" in text
    assert "(late)" in text


def test_a_deadline_of_another_day_names_the_day():
    far = case_file(case=case(priority=Priority.P3, answer_by=NOW + timedelta(days=2)))
    assert "{time}, {date_short}|23 Nov 14:20 UTC>" in shown(case_card(far, NOW))


def test_a_closed_card_is_short_and_says_who_closed_it():
    closed = case(owner="U0ASHA", status=CaseStatus.RESOLVED, resolved_at=NOW, resolution="refund sent")
    text = shown(case_card(case_file(case=closed), NOW))
    assert "✅ Resolved · P1 · Safety" in text
    assert "Resolved by <@U0ASHA> at" in text
    assert ": refund sent" in text
    assert "Why P1" not in text
    assert "N-88121" not in text


def test_orders_are_never_shown_for_somebody_who_is_only_possibly_the_customer():
    text = shown(case_card(case_file(candidates=(candidate("possible"),)), NOW))
    assert "possibly Priya Sharma (89%): signed in with this account. Check before you share anything." in text
    assert "N-88121" not in text
    assert "charger ·" not in text


def test_an_unknown_author_is_said_to_be_unknown():
    assert "*Customer:* not found in our records" in shown(case_card(case_file(candidates=()), NOW))


def test_beside_open_orders_the_latest_finished_one_is_shown():
    one = candidate()
    older = replace(one.orders[1], order_id="N-80000")
    text = shown(case_card(case_file(candidates=(replace(one, orders=(*one.orders, older)),)), NOW))
    assert text.index("N-88121") < text.index("N-87003 · *delivered*")
    assert "N-80000" not in text


def test_without_an_open_order_the_latest_one_is_shown():
    done = candidate()
    done = replace(done, orders=tuple(replace(order, status="Delivered") for order in done.orders))
    text = shown(case_card(case_file(candidates=(done,)), NOW))
    assert "N-88121" in text
    assert "N-87003" not in text


def test_the_brands_own_posts_are_marked_in_the_conversation():
    ours = mention(
        external_id="9", author=author(handle="Northwind", display_name="NW", external_id="1"), text="On it!"
    )
    theirs = mention(external_id="10", author=author(handle="bob", external_id="2"), text="Same here")
    card = case_card(case_file(conversation=(ours, mention(), theirs)), NOW, own_accounts={"x:@northwind"})
    assert "• *Northwind (us)*: On it!\n• @bob: Same here" in shown(card)


def test_only_the_latest_posts_of_a_long_conversation_are_shown():
    many = tuple(mention(external_id=str(i), text=f"post number {i}") for i in range(10))
    text = shown(case_card(case_file(conversation=many), NOW))
    assert "(6 earlier left out)" in text
    assert "post number 9" in text
    assert "post number 5" not in text


def test_reasons_are_plain_words_in_the_judges_order():
    reasons = (
        Reason("hearsay", -2.5, "a friend said"),
        Reason("hazard_fire", 2.1, "smoke"),
        Reason("money_and_hardship", 0.0, "rent"),
        Reason("reach", 0.4, "12,400 followers"),
    )
    text = shown(case_card(case_file(assessment=assessment(urgency=Urgency(Priority.P1, 5.0, reasons))), NOW))
    expected = "fire hazard (“smoke”); money and hardship (“rent”); reach (12,400 followers); hearsay (“a friend said”)"
    assert f"*Why P1:* {expected}" in text


def test_an_author_whose_name_is_their_handle_is_named_once():
    text = shown(
        case_card(case_file(mention=mention(author=author(handle="Megan Lowe", display_name="Megan Lowe"))), NOW)
    )
    assert "*Megan Lowe*" in text
    assert "@Megan Lowe" not in text


def test_joined_posts_and_a_raised_priority_are_told():
    raised = assessment(urgency=Urgency(Priority.P3, 1.4, ()))
    text = shown(case_card(case_file(joined=3, assessment=raised), NOW))
    assert "➕ 3 more posts by the author joined" in text
    assert "*Why P1, raised by a later post:* no single signal stands out" in text


def test_a_crowd_is_told_where_the_clock_is():
    blocks = case_card(case_file(joined=11, authors=9), NOW)["blocks"]
    assert blocks[1]["text"]["text"].endswith("· 👥 *12 posts by 9 people*")
    assert "by the author joined" not in shown({"blocks": blocks})


def test_one_persons_several_posts_are_no_crowd():
    assert "👥" not in shown(case_card(case_file(joined=3), NOW))


@pytest.mark.parametrize(("left", "told"), [((5, 4), "5 posts by 4 people* are"), ((1, 1), "1 post by 1 person* is")])
def test_what_others_said_is_still_to_answer_when_the_first_post_is_gone(left, told):
    joined, authors = left
    text = shown(case_card(case_file(erased=True, joined=joined, authors=authors), NOW))
    assert f"👥 *{told} still there" in text
    assert "*Answer by" in text
    assert "nothing left to answer" not in text


def test_a_language_that_we_cannot_judge_is_not_called_neutral():
    unsure = assessment(language="xx", sentiment=Sentiment("unsupported", 0.0, "none"))
    text = shown(case_card(case_file(assessment=unsure), NOW))
    assert "xx · sentiment not judged" in text
    assert "neutral" not in text


def test_an_erased_case_holds_no_personal_word():
    erased = case_file(erased=True, conversation=(mention(external_id="3"),), authors=0)
    card = json.dumps(case_card(erased, NOW), ensure_ascii=False)
    for personal in ("Priya", "priya_s", "smoking", "burnt", "N-88121", "C-1042", "x.com", "negative"):
        assert personal not in card
    assert "its text was removed" in card
    assert "nothing left to answer" in card
    assert '"claim"' in card


@pytest.mark.parametrize(
    ("hostile", "harmless"),
    [
        ("<!channel> hi", "&lt;!channel&gt; hi"),
        ("<@U0ASHA> & <https://evil.example|click>", "&lt;@U0ASHA&gt; &amp; &lt;https://evil.example|click&gt;"),
        ("```\ncode```", "> ˋˋˋ\n> codeˋˋˋ"),
        ("one\r\n\r\n\r\n> two\u2028three", "> one\n> &gt; two\n> three"),
        ("*bold* ~gone~ snake_case", "∗bold∗ ∼gone∼ snake_case"),
        ("bell\x07 nul\x00 esc\x1b[31m", "bell nul esc[31m"),
        ("abc \u202egnp.exe", "abc gnp.exe"),
        ("z" + "\u0301" * 50 + "algo", "z\u0301\u0301algo"),
        ("क्षत्रिय 👩‍👩‍👧 🇮🇳", "क्षत्रिय 👩‍👩‍👧 🇮🇳"),
    ],
)
def test_hostile_words_are_only_words(hostile, harmless):
    assert harmless in shown(case_card(case_file(mention=mention(text=hostile)), NOW))


def test_right_to_left_words_do_not_turn_our_own_around():
    block = case_card(case_file(mention=mention(text="مرحبا", author=author(display_name="عمر"))), NOW)["blocks"][2]
    assert "*\u2068عمر\u2069*" in block["text"]["text"]
    assert "> \u2068مرحبا\u2069" in block["text"]["text"]


def test_a_link_goes_only_to_a_web_address():
    for url in ("javascript:alert(1)", "https://x.com/a b|c>d<e&f", "ftp://x", "https://" + "x" * 5000, ""):
        text = shown(case_card(case_file(mention=mention(url=url)), NOW))
        assert "javascript" not in text
        if "View post" in text:
            assert "<https://x.com/a%20b%7Cc%3Ed%3Ce&amp;f|View post>" in text


def test_a_long_post_is_cut_after_a_word():
    text = shown(case_card(case_file(mention=mention(text="word " * 3000)), NOW))
    assert "word word…" in text


def test_metadata_lets_the_sender_find_its_message_again():
    assert case_metadata(case_file(), "card:x:1001:northwind") == {
        "event_type": "sunwai_case",
        "event_payload": {"id": "card:x:1001:northwind", "mention": "x:1001", "case": 42},
    }


def test_an_alarm_says_what_to_do_and_its_end_says_so():
    alarm = Alarm(
        "raised", "x has been silent for 20 minutes", "It last <answered> at 14:00.", "Renew X_BEARER_TOKEN.", NOW
    )
    text = shown(ops_message(alarm))
    assert "⚠️ *x has been silent for 20 minutes*" in text
    assert "&lt;answered&gt;" in text
    assert "*To do:* Renew X_BEARER_TOKEN." in text
    over = ops_message(replace(alarm, state="recovered"))
    assert over["text"].startswith("✅ Recovered:")
    assert "To do" not in shown(over)
    assert not message_problems(over["blocks"])


# Whatever strangers, the CRM and the judges write, Slack takes the card.

nasty = st.one_of(
    st.text(max_size=60),
    st.sampled_from(
        [
            "<!channel>",
            "&" * 4000,
            "x" * 12_000,
            "> > >",
            "\n" * 500,
            "```",
            "é" * 900,
            "\u202e",
            "😀" * 5000,
            "<" * 5000,
        ]
    ),
    st.lists(
        st.sampled_from(["<!here>", "`", "\n", "&amp;", "शब्द", "z\u0301\u0301\u0301", "👩‍👩‍👧", "*_~"]), max_size=400
    ).map(" ".join),
)
nasty_authors = st.builds(
    author,
    display_name=nasty,
    handle=nasty,
    followers=st.none() | st.integers(0, 10**12),
    verified=st.booleans(),
)
nasty_mentions = st.builds(
    mention, text=nasty, title=nasty, quoted_text=nasty, place=nasty, platform=nasty, url=nasty, author=nasty_authors
)
nasty_cases: st.SearchStrategy[Case] = st.builds(
    case,
    status=st.sampled_from(CaseStatus),
    priority=st.sampled_from(Priority),
    owner=st.none() | nasty,
    resolution=st.none() | nasty,
    answer_by=st.none() | st.just(NOW),
    answered_at=st.none() | st.just(NOW),
    resolved_at=st.none() | st.just(NOW),
)


@st.composite
def nasty_files(draw: st.DrawFn) -> CaseFile:
    def nasty_candidate(status: str):
        made = candidate(status)
        orders = tuple(replace(o, order_id=draw(nasty), status=draw(nasty), items=draw(nasty)) for o in made.orders)
        link = replace(made.link, evidence=(Evidence(draw(nasty), 1.0, draw(nasty)),) * 3)
        return replace(
            made, link=link, customer=replace(made.customer, name=draw(nasty), tier=draw(nasty)), orders=orders * 9
        )

    reasons = tuple(Reason(draw(nasty), 1.0, draw(nasty)) for _ in range(draw(st.integers(0, 6))))
    return CaseFile(
        case=draw(nasty_cases),
        brand_name="H&M <Online>",
        mention=draw(nasty_mentions),
        assessment=assessment(language=draw(nasty), urgency=Urgency(Priority.P2, 3.0, reasons)),
        candidates=tuple(
            nasty_candidate(status) for status in draw(st.sampled_from([(), ("linked",), ("possible",) * 5]))
        ),
        conversation=tuple(draw(st.lists(nasty_mentions, max_size=4))),
        joined=draw(st.integers(0, 10_000)),
        authors=draw(st.integers(0, 10_000)),
        erased=draw(st.booleans()),
    )


@settings(max_examples=60, deadline=None)
@given(nasty_files())
def test_slack_takes_every_card_and_no_stranger_pings(file):
    from slack_sdk.models.blocks import Block

    card = case_card(file, NOW, {"x:@northwind"})
    assert message_problems(card["blocks"]) == []
    assert total_characters(card["blocks"]) <= MAX_TOTAL_CHARACTERS - 3000
    assert 0 < len(card["text"]) < 1500
    for block in Block.parse_all(card["blocks"]):
        block.validate_json()
    everything = json.dumps(card, ensure_ascii=False)
    everything.encode()  # no half of a surrogate pair
    for ping in ("<!channel", "<!here", "<!everyone", "```"):
        assert ping not in everything


@given(st.text(max_size=300), st.integers(20, 200))
def test_an_excerpt_keeps_within_its_limit_and_never_cuts_an_entity(text, limit):
    from notifier.words import ELLIPSIS, escape, excerpt

    cut = excerpt(text, limit)
    assert len(cut) + sum(char > "\uffff" for char in cut) <= limit
    assert escape(text).startswith(cut.removesuffix(ELLIPSIS).rstrip()) or cut == escape(text)


def test_every_case_topic_and_status_has_a_card():
    for topic in get_args(Topic):
        for status in CaseStatus:
            assert (
                message_problems(case_card(case_file(case=case(department=topic, status=status)), NOW)["blocks"]) == []
            )
