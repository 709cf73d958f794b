"""The dashboard's JSON, its probes, and where it may be reached from."""

import re
import threading
import time
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import create_engine

from app.web import run_web, web_server
from app.web.asking import CASE_KEY, MENTION_KEY, to_key, to_token
from app.web.words import cut, in_path, number, web_url
from core.assessment import Priority
from core.errors import Misconfigured
from core.mention import Author, Charge, Cursor, Gap, Mention, Page, Rejected
from core.store import Store, browse, cursors, health, mentions, outbox, spend
from tests.app.desk import client, hear, judge, link, post, settings
from tests.core.made import NOW

PAGES = ("/cases", "/mentions", "/sources", "/api/", "/mentions/x:1", "/cases/1", "/nowhere")


@pytest.fixture
def filled(store: Store) -> Store:
    hear(store, post(1), post(2), brands=("northwind", "contoso"))
    judge(store, post(1), Priority.P1)
    link(store, "x:u1")
    return store


def test_a_judgement_has_the_shape_that_analyze_writes(filled: Store) -> None:
    found = client(filled).get("/api/mentions?brand=northwind&priority=P1").json()
    (item,) = found["items"]
    judged = item["assessment"]
    assert judged["sentiment"] == {"label": "negative", "score": -0.61, "engine": "vader 3.3.2"}
    assert judged["urgency"]["priority"] == "P1"
    assert judged["urgency"]["reasons"][1] == {"signal": "complaint", "weight": 1.9, "text": "lost"}
    assert (judged["language"], judged["intent"], judged["department"]) == ("en", "complaint", "delivery")
    assert (item["case"], item["customers"][0]["status"]) == (1, "linked")
    assert item["mention"]["author"]["handle"] == "user1"
    assert found["next"] is None


def test_a_mention_that_waits_has_no_judgement_yet(filled: Store) -> None:
    items = client(filled).get("/api/mentions").json()["items"]
    waiting = [(i["mention"]["id"], i["brand"]) for i in items if i["assessment"] is None]
    assert waiting == [("x:2", "northwind"), ("x:2", "contoso"), ("x:1", "contoso")]
    assert client(filled).get("/api/mentions?brand=contoso").json() == {"items": [], "next": None}


def test_the_lists_are_paged_by_key(filled: Store) -> None:
    web, found, after = client(filled), [], ""
    while after is not None:
        answer = web.get(f"/api/mentions?limit=1&after={after}").json()
        found += [(item["mention"]["id"], item["brand"]) for item in answer["items"]]
        after = answer["next"]
    assert found == [("x:2", "northwind"), ("x:2", "contoso"), ("x:1", "northwind"), ("x:1", "contoso")]


def test_a_case_comes_with_its_conversation_and_history(filled: Store) -> None:
    web = client(filled)
    (listed,) = web.get("/api/cases").json()["items"]
    whole = web.get("/api/cases/1").json()
    assert (listed["priority"], listed["status"], listed["mention"]["text"]) == (
        "P1",
        "open",
        "northwind lost my parcel",
    )
    assert [event["kind"] for event in whole["events"]] == ["opened"]
    assert web.get("/api/cases?status=closed").json() == {"items": [], "next": None}


def test_what_is_not_there_is_404_in_json(filled: Store) -> None:
    web = client(filled)
    for address in ("/api/cases/9", "/api/mentions/x:9", "/api/nothing"):
        answer = web.get(address)
        assert answer.status_code == 404 and answer.json()["detail"], address


def test_what_cannot_be_asked_is_422_and_names_the_key(filled: Store) -> None:
    web = client(filled)
    for asked in ("priority=P9", "limit=0", "limit=9999", "after=abc", "sentiment=sad", "after=WzFd"):
        answer = web.get(f"/api/mentions?{asked}")
        assert answer.status_code == 422 and asked.split("=")[0] in answer.json()["detail"], asked


def test_a_list_by_kinds_of_authors_looks_through_so_many_and_says_where_to_go_on(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(browse, "FEW", 0)
    posts = [post(n, minutes_ago=n) for n in range(1, 13)]
    hear(store, *posts)
    for each in posts:
        judge(store, each, Priority.P4)
    link(store, "x:u12")
    wanted, after, pages = browse.Filters(tier="gold"), None, []
    with store.read() as tx:
        while not pages or after is not None:
            listing = browse.latest(tx, wanted, after=after, limit=3, scan=5)
            pages.append([judged.mention.id for judged in listing.items])
            after = listing.next
    assert pages == [[], [], ["x:12"]]


def test_the_api_describes_itself_without_any_other_host(filled: Store) -> None:
    web = client(filled)
    described = web.get("/api/openapi.json").json()
    assert {"/api/mentions", "/api/cases", "/api/sources", "/api/status"} <= described["paths"].keys()
    page = web.get("/api/").text
    for path in described["paths"]:
        assert path in page
    for parameter in ("needs_review", "after", "limit"):
        assert parameter in page


def test_every_page_forbids_scripts_and_hosts_that_are_not_ours(filled: Store) -> None:
    web = client(filled)
    for address in PAGES:
        answer = web.get(address)
        policy = answer.headers["content-security-policy"]
        assert policy.startswith("default-src 'self'") and "unsafe" not in policy
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "no-referrer"
        loaded = re.findall(r"<(?:script|link|img|iframe)[^>]*(?:src|href)=\"([^\"]+)\"", answer.text)
        assert loaded and all(source.startswith("/static/") for source in loaded), address
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son\w+=", answer.text), address


def test_a_web_page_that_names_us_as_its_own_host_gets_nothing(filled: Store) -> None:
    web = client(filled)
    for address in (*PAGES, "/metrics", "/api/mentions", "/healthz", "/static/style.css"):
        assert web.get(address, headers={"Host": "evil.example"}).status_code == 421, address
    for host in (
        "evil.example:8800",
        "127.0.0.1.evil.example",
        "localhost.evil.example",
        "",
        "[::1",
        "127.1@evil.example",
    ):
        assert web.get("/healthz", headers={"Host": host}).status_code == 421, host


def test_it_answers_to_addresses_and_to_the_names_that_the_settings_give_it(filled: Store) -> None:
    remote = client(filled, web={"host": "0.0.0.0", "allow_remote": True, "hosts": ["Desk.example"]})
    for host in ("localhost:8800", "127.0.0.1", "[::1]:8800", "192.168.1.5:8800", "desk.example", "DESK.EXAMPLE:443"):
        assert remote.get("/healthz", headers={"Host": host}).status_code == 200, host
    answer = remote.get("/healthz", headers={"Host": "other.example"})
    assert answer.status_code == 421 and "web.hosts" in answer.text


def test_it_is_alive_and_ready_over_a_migrated_database(filled: Store) -> None:
    web = client(filled)
    assert web.get("/healthz").json() == {"status": "ok"}
    assert web.get("/readyz").json() == {"status": "ready"}
    assert web.head("/readyz").status_code == 200


def test_it_is_alive_but_not_ready_over_an_empty_or_a_lost_database(tmp_path: Path) -> None:
    empty = client(Store(create_engine(f"sqlite:///{tmp_path}/empty.db")))
    lost = client(Store(create_engine(f"sqlite:///{tmp_path}/no/such/folder.db")))
    for web, reason in ((empty, "sunwai migrate"), (lost, "does not answer")):
        answer = web.get("/readyz")
        assert answer.status_code == 503 and reason in answer.json()["reason"]
        assert web.get("/healthz").status_code == 200
    assert lost.get("/cases").status_code == 503 and "does not answer" in lost.get("/cases").text
    assert lost.get("/api/cases").json()["detail"]


def metrics_of(store: Store, **more: object) -> dict[tuple[str, ...], float]:
    answer = client(store, **more).get("/metrics")
    assert answer.status_code == 200 and answer.headers["content-type"].startswith("text/plain")
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(answer.text)
        for sample in family.samples
    }


def test_the_metrics_tell_how_the_pipeline_is(filled: Store) -> None:
    with filled.write() as tx:
        odd = Page(Cursor("2", NOW), rejected=[Rejected("broken", "{")], gaps=[Gap("7-day window")])
        mentions.save_page(tx, "x", "brand", odd, NOW)
        spend.record(tx, "x", [Charge("post", "1", 5000)], NOW)
        cursors.source_ok(tx, "x", NOW)
        cursors.source_failed(tx, "blogs", "retry_later", "busy", None, NOW)
        outbox.put(tx, [outbox.Message("slack_card", "#a", "1")])
        health.beat(tx, "listener:a:1", NOW)
    found = metrics_of(filled)
    expected = {
        ("sunwai_mentions_heard_total", "x"): 2,
        ("sunwai_rejected_items_total", "x"): 1,
        ("sunwai_gaps_total", "x"): 1,
        ("sunwai_source_lag_seconds", "x"): 0,
        ("sunwai_source_failures", "blogs"): 1,
        ("sunwai_source_state", "blogs", "retrying"): 1,
        ("sunwai_spend_micros", "month", "x"): 5000,
        ("sunwai_queue_size", "to_assess"): 3,
        ("sunwai_outbox_messages", "waiting"): 1,
        ("sunwai_cases", "open"): 1,
        ("sunwai_cases", "unowned"): 1,
        ("sunwai_open_cases", "P1"): 1,
        ("sunwai_heartbeat_age_seconds", "listener:a:1"): 0,
        ("sunwai_healthy",): 1,
    }
    assert {key: found.get(key) for key in expected} == expected


def test_it_listens_on_loopback_alone_unless_told_otherwise(store: Store) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "desk.example", "::"):
        with pytest.raises(Misconfigured, match=r"web\.allow_remote"):
            run_web(store, settings(web={"host": host}))


def test_a_port_that_is_taken_is_told_in_a_sentence(store: Store) -> None:
    _, taken = web_server(store, settings(), port=0)
    number = taken.getsockname()[1]
    with taken:
        taken.listen()
        with pytest.raises(Misconfigured, match="--port"):
            run_web(store, settings(), port=number)
        with pytest.raises(Misconfigured, match=r"web\.port"):
            run_web(store, settings(web={"port": number}))


def test_the_real_server_answers_and_stops_when_told(store: Store) -> None:
    odd = "https://blog.example/a/../b?c=%2F&d=é#é 100%"
    hear(store, Mention("rss", odd, Author("rss", "a"), "from a blog", NOW, kind="article"))
    server, bound = web_server(store, settings(), port=0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    try:
        with requests.Session() as session:
            session.trust_env = False
            deadline = time.monotonic() + 20
            while not server.started and time.monotonic() < deadline:
                time.sleep(0.02)
            answer = session.get(
                f"http://127.0.0.1:{bound.getsockname()[1]}/mentions/{in_path('rss:' + odd)}", timeout=10
            )
            assert "from a blog" in answer.text and "server" not in answer.headers
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()
    assert not thread.is_alive()


times = st.datetimes(timezones=st.just(NOW.tzinfo))
words = st.text(st.characters(exclude_characters="\0", exclude_categories=("Cs",)), max_size=80)


@given(st.tuples(times, words, words))
def test_a_place_in_a_list_survives_an_address(key: tuple[object, ...]) -> None:
    token = to_token(key)
    assert quote(token, safe="") == token
    assert to_key(token, MENTION_KEY) == key


@given(st.text(max_size=60))
def test_no_other_word_is_a_place_in_a_list(token: str) -> None:
    for kinds in (MENTION_KEY, CASE_KEY):
        with pytest.raises(ValueError, match="not a place"):
            to_key(token, kinds)


@given(st.text(max_size=300), st.integers(1, 100))
def test_a_cut_is_never_longer_than_asked_and_begins_as_the_words_do(text: str, limit: int) -> None:
    found = cut(text, limit)
    assert len(found) <= limit + 1
    assert all(ord(char) >= 32 or char in "\n\t" for char in found)


@pytest.mark.parametrize(
    ("url", "is_link"),
    [
        ("https://x.example/1", True),
        ("http://x.example", True),
        ("javascript:alert(1)", False),
        ("JaVaScRiPt://x.example/%0aalert(1)", False),
        ("data:text/html,hi", False),
        ("//x.example", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_only_web_addresses_become_links(url: str, is_link: bool) -> None:
    assert bool(web_url(url)) == is_link


def test_numbers_are_short() -> None:
    assert [number(n) for n in (0, 999, 1000, 1234, 12_900, 3_400_000)] == ["0", "999", "1k", "1.2k", "12k", "3.4M"]


# The API as it describes itself -----------------------------------------------------------------------------------------


def example(name: str, schema: dict[str, object]) -> str | None:
    """A value that a parameter may have, from its description; None where it may be left out."""
    given = {"mention_id": "x:1", "author_id": "x:u1", "case_id": "1", "dimension": "platform"}
    return given.get(name)


def test_every_call_answers_as_it_is_described(filled: Store) -> None:
    """Walks the whole description: each address is there, each answer fits its schema."""
    from jsonschema import Draft202012Validator

    from analysis.rollup import rollup
    from tests.app.desk import settings

    rollup(filled, settings(), NOW)
    web = client(filled)
    described = web.get("/api/openapi.json").json()
    walked = 0
    for path, methods in described["paths"].items():
        for method, call in methods.items():
            assert method == "get" and call["summary"], path
            address = path
            query = {}
            for parameter in call.get("parameters", []):
                value = example(parameter["name"], parameter["schema"])
                if parameter["in"] == "path":
                    assert value, f"{path}: {parameter['name']}"
                    address = address.replace("{" + parameter["name"] + "}", value)
                elif parameter["required"]:
                    assert value, f"{path}: {parameter['name']}"
                    query[parameter["name"]] = value
            answer = web.get(address, params=query)
            assert answer.status_code == 200, (address, answer.text)
            content = call["responses"]["200"].get("content", {})
            if "application/json" in content and path.startswith("/api/"):
                schema = content["application/json"]["schema"]
                assert schema, f"{path} does not say what it answers"
                Draft202012Validator(schema | {"components": described["components"]}).validate(answer.json())
                walked += 1
    assert walked > 15


def test_figures_of_the_api_are_those_of_the_pages(filled: Store) -> None:
    from analysis.rollup import rollup
    from tests.app.desk import settings

    judge(filled, post(2), Priority.P4, brand="northwind")
    rollup(filled, settings(), NOW)
    web = client(filled)
    overview = web.get("/api/overview?brand=northwind&days=7").json()
    assert overview["mentions"]["value"] == 2
    assert sum(day["mentions"] for day in web.get("/api/daily?brand=northwind&days=7").json()) == 2
    assert [row["value"] for row in web.get("/api/by?dimension=platform&brand=northwind").json()] == ["x"]
    assert len(web.get("/api/hours?brand=northwind").json()) == 7 * 24
    assert {row["brand"] for row in web.get("/api/competitors").json()} == {"northwind", "contoso"}
    assert web.get("/api/desk").json()["cases"]["value"] == 1
    found, after = [], ""
    while after is not None:
        page = web.get(f"/api/people?brand=northwind&limit=1&order=latest&after={after}").json()
        found += [item["author"]["id"] for item in page["items"]]
        after = page["next"]
    assert sorted(found) == ["x:u1", "x:u2"]
    assert web.get("/api/people?after=abc").status_code == 422
    assert web.get("/api/overview?brand=nobody").status_code == 404
    assert web.get("/api/daily?dimension=moon").status_code == 422
