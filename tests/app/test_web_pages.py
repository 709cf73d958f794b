"""The dashboard's pages, on both databases."""

import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from app import past
from app.web import words
from core import case as moves
from core.assessment import Priority, Reason, Sentiment, Urgency
from core.case import CaseEvent, EventKind
from core.mention import Author, Mention, Metrics
from core.store import Store, cases, colleagues, erasure, labels, mentions, outbox
from core.tongue import speaking
from tests.app.desk import HOSTILE, client, hear, judge, link, post
from tests.core.made import NOW, page


def test_the_queue_shows_the_most_urgent_case_first_then_the_longest_waiting(store: Store) -> None:
    posts = [post(n, f"words {n}", minutes_ago=n) for n in range(1, 5)]
    hear(store, *posts)
    for p, priority in zip(posts, (Priority.P3, Priority.P2, Priority.P2, Priority.P1), strict=True):
        judge(store, p, priority)
    shown = client(store).get("/cases").text
    assert re.findall(r"words (\d)", shown) == ["4", "3", "2", "1"]


def test_a_case_in_the_queue_says_why_it_rang_how_long_is_left_and_who_has_it(store: Store) -> None:
    hear(store, post(1, minutes_ago=5), post(2, minutes_ago=70))
    judge(store, post(1, minutes_ago=5))
    judge(store, post(2, minutes_ago=70))
    with store.write() as tx:
        claimed = moves.claim(cases.get(tx, 1), "U024BE7LH", NOW)  # type: ignore[arg-type]
        assert claimed and cases.move(tx, claimed)
    link(store, "x:u1", "possible")
    shown = re.sub(r"<[^>]+>", "", client(store).get("/cases").text)
    for said in (
        "55 min left to answer",
        "10 min late to answer",
        "U024BE7LH has it",
        "Nobody has it",
        "money held",
        "“34 days ago”",
        "possible 89%",
        "Priya Sharma",
    ):
        assert said in shown, said


def test_people_of_the_desk_stand_there_by_their_names(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1), Priority.P1)
    with store.write() as tx:
        claimed = moves.claim(cases.get(tx, 1), "U024BE7LH", NOW)  # type: ignore[arg-type]
        assert claimed and cases.move(tx, claimed)
        colleagues.keep(tx, "U024BE7LH", HOSTILE, NOW)
        labels.put(tx, post(1).id, "northwind", {"priority": "P2"}, "U024BE7LH", NOW)
    web = client(store)
    for address in ("/cases", "/cases/1", "/mentions/x%3A1"):
        shown = web.get(address).text
        assert "U024BE7LH" not in re.sub(r'value="[^"]*"', "", shown), address
        assert "<script>alert" not in shown and "&lt;script&gt;" in shown
    assert '<option value="U024BE7LH" selected>' in web.get("/cases?owner=U024BE7LH").text
    with store.write() as tx:
        erasure.forget_author(tx, "slack:U024BE7LH", NOW)
    assert "U024BE7LH has it" in re.sub(r"<[^>]+>", "", web.get("/cases").text)


def test_a_case_links_to_its_slack_card_in_the_workspace_or_in_the_stand_in(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    assert "Slack card" not in client(store).get("/cases").text
    with store.write() as tx:
        cases.card_posted(tx, 1, "C024", "1763.000100", NOW)
    real, demo = client(store).get("/cases/1").text, client(store, demo=True).get("/cases/1").text
    assert 'href="https://slack.com/app_redirect?channel=C024&amp;message_ts=1763.000100"' in real
    assert 'href="http://127.0.0.1:8814/archives/C024/p1763000100"' in demo


def test_a_closed_case_leaves_the_queue_for_the_list_of_closed_ones(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    with store.write() as tx:
        resolved = moves.resolve(cases.get(tx, 1), "U1", NOW, "Refunded")  # type: ignore[arg-type]
        assert resolved and cases.move(tx, resolved)
    web = client(store)
    assert "Nobody is waiting" in web.get("/cases").text
    assert "lost my parcel" in web.get("/cases?status=closed").text
    assert "Refunded" in web.get("/cases/1").text


def follow(store: Store, first: str, find: str) -> list[str]:
    """What a regular expression finds on a list's pages, from the first to the last."""
    web, found, address = client(store), [], first
    for _ in range(20):
        shown = web.get(address)
        assert shown.status_code == 200
        found += re.findall(find, shown.text)
        following = re.search(r'rel="next" href="([^"]+)"', shown.text)
        if not following:
            return found
        address = first.split("?")[0] + following[1].replace("&amp;", "&")
    raise AssertionError("the list does not end")


def test_every_page_of_the_mentions_follows_without_a_gap_or_a_repeat(store: Store) -> None:
    posts = [post(n, f"words {n:03}.", minutes_ago=n // 7) for n in range(40)]  # many said in the same minute
    hear(store, *posts, brands=("northwind", "contoso"))
    found = follow(store, "/mentions", r"words (\d+)\.")
    assert sorted(found) == sorted([f"{n:03}" for n in range(40)] * 2)
    for p in posts:
        judge(store, p, Priority.P4, brand="contoso")
    assert len(follow(store, "/mentions?brand=contoso", r"words (\d+)\.")) == 40


def test_every_page_of_the_queue_follows_without_a_gap_or_a_repeat(store: Store) -> None:
    posts = [post(n, f"words {n:03}.", minutes_ago=n // 9) for n in range(70)]
    hear(store, *posts)
    for p in posts:
        judge(store, p, Priority(1 + int(p.external_id) % 3))
    found = follow(store, "/cases", r"words (\d+)\.")
    assert sorted(found) == [f"{n:03}" for n in range(70)]


@pytest.mark.parametrize(
    ("chosen", "expected"),
    [
        ("priority=P1", {"1"}),
        ("sentiment=unsupported", {"2"}),
        ("department=safety", {"1"}),
        ("language=zh", {"2"}),
        ("needs_review=true", {"2"}),
        ("platform=mastodon", {"3"}),
        ("brand=contoso", set()),
        ("brand=&priority=&platform=&sentiment=&department=&language=&needs_review=", {"1", "2", "3"}),
    ],
)
def test_the_mentions_can_be_narrowed(store: Store, chosen: str, expected: set[str]) -> None:
    other = post(3, "words 3", platform="mastodon", author=Author("mastodon", "9"))
    hear(store, post(1, "words 1"), post(2, "words 2"), other)
    judge(store, post(1, "words 1"), Priority.P1, department="safety")
    judge(store, post(2), Priority.P4, language="zh", needs_review=True, sentiment=Sentiment("unsupported", 0.0, ""))
    judge(store, other, Priority.P4)
    assert set(re.findall(r"words (\d)", client(store).get(f"/mentions?{chosen}").text)) == expected


def test_each_mention_shows_the_reasons_behind_its_judgement(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    link(store, "x:u1")
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client(store).get("/mentions").text))
    for said in (
        "negative −0.61",
        "by vader 3.3.2",
        "complaint +1.90 lost",
        "Score 3.20",
        "English",
        "linked Priya Sharma",
    ):
        assert said in shown, said


@pytest.mark.parametrize("address", ["/cases", "/mentions", "/mentions/x%3A1", "/cases/1"])
def test_a_strangers_words_stay_words(store: Store, address: str) -> None:
    hostile = Author("x", "u1", HOSTILE, HOSTILE, url="javascript:alert(1)")
    bad = post(1, HOSTILE, author=hostile, title=HOSTILE, quoted_text=HOSTILE, place=HOSTILE, url="javascript:alert(1)")
    hear(store, bad)
    judge(store, bad)
    shown = client(store).get(address)
    assert shown.status_code == 200
    assert "<script>alert" not in shown.text and "&lt;script&gt;alert" in shown.text
    assert 'onmouseover="x' not in shown.text
    assert "javascript:" not in shown.text
    assert "\x07" not in shown.text
    assert "{{ 7*7 }}" in shown.text
    for before in re.findall(r"<(\w+)[^>]*>[^<]*\u202e", shown.text):
        assert before in ("bdi", "blockquote"), "what turns text around stands alone"


def test_an_erased_mention_shows_as_erased_wherever_it_was_shown(store: Store) -> None:
    secret = post(1, "my secret")
    hear(store, secret)
    judge(store, secret)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
    web = client(store)
    for address in ("/cases", "/cases/1", "/mentions/x:1"):
        shown = web.get(address).text
        assert "Erased" in shown and "secret" not in shown and "User 1" not in shown, address
    assert "secret" not in web.get("/mentions").text


def test_a_mention_shows_how_it_changed_and_what_was_said_around_it(store: Store) -> None:
    hear(store, post(1, "first words", conversation_id="c"), post(2, "an answer", conversation_id="c", minutes_ago=1))
    with store.write() as tx:
        edited = post(1, "second words", conversation_id="c", metrics=Metrics(likes=41_000))
        mentions.save_page(tx, "x", "brand", page(edited), NOW + timedelta(minutes=1))
    shown = client(store).get("/mentions/x:1").text
    for said in ("first words", "second words", "an answer", "41k likes", "41,000"):
        assert said in shown, said


def test_a_feeds_mention_is_found_though_its_id_is_an_address(store: Store) -> None:
    odd = "https://blog.example/a/../b?c=d&e=f#g"
    hear(store, Mention("rss", odd, Author("rss", "a"), "from a blog", NOW, kind="article"))
    web = client(store)
    address = re.search(r'href="(/mentions/[^"]+)"', web.get("/mentions").text)
    assert address and address[1] == "/mentions/" + quote(f"rss:{odd}", safe="")
    assert "from a blog" in web.get(address[1]).text
    assert web.get("/api" + address[1]).json()["mention"]["id"] == f"rss:{odd}"


def test_a_case_shows_its_history(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    with store.write() as tx:
        cases.card_posted(tx, 1, "C1", "1.0", NOW)
        claimed = moves.claim(cases.get(tx, 1), "U7", NOW)  # type: ignore[arg-type]
        raised = moves.raise_priority(claimed.case, Priority.P1, NOW, "x:9") if claimed else None
        assert claimed and raised and cases.move(tx, claimed) and cases.move(tx, raised)
    link(store, "x:u1")
    shown = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client(store).get("/cases/1").text))
    for said in (
        "opened by a post",
        "rang",
        "claimed by U7",
        "raised from P2 to P1",
        "A later post raised",
        "NW-5521 shipped",
    ):
        assert said in shown, said


def words_of(store: Store, address: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client(store).get(address).text))


def test_a_raised_case_shows_the_reasons_of_the_post_that_raised_it(store: Store) -> None:
    first, worse = post(1), post(2, "now it burns", minutes_ago=2)
    alarm = Urgency(Priority.P1, 5.0, (Reason("hazard", 0.0, "it burns"),))
    hear(store, first, worse)
    judge(store, first, Priority.P3)
    judge(store, worse, Priority.P4, urgency=alarm)
    with store.write() as tx:
        raised = moves.raise_priority(cases.get(tx, 1), Priority.P1, NOW, worse.id)  # type: ignore[arg-type]
        assert raised and cases.move(tx, raised)
    for address in ("/cases/1", "/cases"):
        shown = words_of(store, address)
        assert "Why P1" in shown and "it burns" in shown and "34 days ago" not in shown
    assert "A later post raised the case to P1. That post" in words_of(store, "/cases/1")
    with store.write() as tx:
        erasure.erase_mentions(tx, [worse.id], "deleted_by_author", NOW)
    shown = words_of(store, "/cases/1")
    assert "A later post raised the case to P1." in shown and "34 days ago" in shown and "it burns" not in shown


def test_the_clock_stands_still_on_the_customers_turn_and_runs_to_the_resolution_when_they_write_back(
    store: Store,
) -> None:
    ours = Author("x", "1649", "northwindhelp", "Northwind Help")
    hear(store, post(1), post(2, "sorry", author=ours))
    judge(store, post(1))
    with store.write() as tx:
        answered = moves.answered(cases.get(tx, 1), NOW, "x:1649")  # type: ignore[arg-type]
        assert answered and cases.move(tx, answered)
        cases.record(tx, 1, CaseEvent(EventKind.ANSWERED, "mastodon:7", NOW, {}))
    shown = words_of(store, "/cases/1")
    assert "the customer’s turn" in shown and "to resolve" not in shown
    assert "answered by @northwindhelp on X" in shown and "answered by a colleague on Mastodon" in shown
    assert "x:1649" not in shown
    with store.write() as tx:
        case = cases.get(tx, 1)
        assert case is not None
        back = moves.customer_wrote(case, NOW, "x:3", case.resolve_by)
        assert back and cases.move(tx, back)
    assert re.search(r"Our turn again; .* to resolve", words_of(store, "/cases/1"))


def test_an_urgent_case_without_a_card_says_why_it_rang_nobody(store: Store) -> None:
    card = outbox.Message("slack_card", "C1", "card:1", case_id=1)
    hear(store, post(1))
    judge(store, post(1))
    history, waits = "rang nobody: it was history when it was heard", "its card waits to be sent"
    failed = "rang nobody: its card could not be sent to Slack"
    for address in ("/cases/1", "/cases"):
        shown = words_of(store, address)
        assert history in shown and "could not be sent" not in shown
    with store.write() as tx:
        outbox.put(tx, [card])
    assert waits in words_of(store, "/cases/1") and waits in words_of(store, "/cases")
    with store.write() as tx:
        (claimed,) = outbox.claim(tx, ["slack_card"], 1, 60.0)
        assert outbox.failed(tx, claimed, "channel_not_found")
    assert failed in words_of(store, "/cases/1") and failed in words_of(store, "/cases")


def test_orders_are_shown_only_of_a_customer_who_is_linked(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    link(store, "x:u1", "possible")
    shown = client(store).get("/cases/1").text
    assert "Priya Sharma" in shown and "check before you share" in shown and "NW-5521" not in shown


def test_empty_pages_teach(store: Store) -> None:
    web = client(store)
    assert "Nobody is waiting" in web.get("/cases").text
    assert "Nothing was heard yet" in web.get("/mentions").text
    assert "No such mention" in web.get("/mentions?priority=P1").text
    assert "[sources.x]" in client(store, sources={}).get("/sources").text


@pytest.mark.parametrize(
    ("address", "code", "said"),
    [
        ("/cases/99", 404, "no case 99"),
        ("/mentions/x:99", 404, "no such mention"),
        ("/nowhere", 404, "Not here"),
        ("/cases?priority=P9", 422, "priority"),
        ("/mentions?after=abc", 422, "not a place in this list"),
        ("/cases/abc", 422, "case_id"),
    ],
)
def test_a_wrong_address_is_answered_in_a_sentence(store: Store, address: str, code: int, said: str) -> None:
    answer = client(store).get(address)
    assert (answer.status_code, answer.headers["content-type"]) == (code, "text/html; charset=utf-8")
    assert said.lower() in answer.text.lower() and "Back to the queue" in answer.text


def test_only_the_demo_says_that_it_is_made_up(store: Store) -> None:
    demo = client(store, demo=True).get("/cases").text
    assert "made up" in demo and 'href="http://127.0.0.1:8808"' in demo
    assert "made up" not in client(store).get("/cases").text


def test_while_the_demos_past_is_told_the_overview_says_how_far_and_asks_for_itself_again(
    store: Store, tmp_path: Path
) -> None:
    demo, real = client(store, demo=True, home=str(tmp_path)), client(store, home=str(tmp_path))
    again, nothing_yet = 'http-equiv="refresh"', "Nothing was heard of"
    past.tell(tmp_path, 40, 61)
    told = demo.get("/").text
    assert '<progress max="61" value="40"' in told and "Day 40 of 61." in told
    assert again in told and nothing_yet not in told
    assert "day 40 of 61" in demo.get("/cases").text
    assert again not in demo.get("/cases").text, "nobody loses what they write"
    assert "Day 40" not in real.get("/").text and nothing_yet in real.get("/").text
    past.end(tmp_path)
    assert again not in demo.get("/").text and nothing_yet in demo.get("/").text


def test_a_case_tells_how_many_posts_and_people_it_holds(store: Store) -> None:
    posts = [post(1), post(2), post(3), post(4, author=Author("x", "u3", "user3"))]
    hear(store, *posts)
    judge(store, posts[0])
    assert "posts by" not in client(store).get("/cases").text
    with store.write() as tx:
        found = cases.get(tx, 1)
        assert found is not None
        assert all(cases.join(tx, found, joined, NOW) for joined in posts[1:])
    web = client(store)
    assert "4 posts by 3 people" in web.get("/cases/1").text
    assert "4 posts by 3 people" in web.get("/cases").text
    told = web.get("/api/cases/1").json()
    assert (told["joined"], told["authors"]) == (3, 3)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:2"], "deleted_by_author", NOW)
    assert "3 posts by 2 people" in web.get("/cases/1").text
    assert [(c["joined"], c["authors"]) for c in web.get("/api/cases").json()["items"]] == [(2, 2)]


def test_what_a_judgement_counted_is_told_in_the_readers_language() -> None:
    written = (
        "48% likely to be urgent",
        "9 days",
        "about 1,250 USD",
        "76,000 followers",
        "a linked customer of a high tier",
    )
    assert [words.counted(text) for text in written] == list(written)
    with speaking("tr"):
        told = [words.counted(text) for text in written]
        assert told[1] == "9 gün" and "76.000 takipçi" in told[3] and "%48" in told[0] and "1.250" in told[2]
        assert not set(told) & set(written)
        assert words.counted("kargom 9 days gelmedi") == "kargom 9 days gelmedi"


def test_what_is_wrong_and_what_to_do_is_said_in_the_readers_language(store: Store) -> None:
    shown = client(store).get("/sources", headers={"Accept-Language": "tr"}).text
    assert "x kaynağından hiç çekim yapılmadı." in shown and "bir kez dinler" in shown
    assert "never been pulled" not in shown and "hears it once" not in shown
