"""Taking data away from a page, the views that people keep, and being told of changes."""

import csv
import io
import re
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import requests

from app.web import exports, web_server
from core import case as moves
from core.assessment import Priority
from core.store import Store, cases, views
from tests.app.desk import HOSTILE, client, hear, judge, post, settings
from tests.core.made import NOW


@pytest.fixture
def filled(store: Store) -> Store:
    posts = [post(n, f"words {n}" if n > 1 else f"={HOSTILE}", minutes_ago=n) for n in range(1, 6)]
    hear(store, *posts)
    for each in posts:
        judge(store, each, Priority.P1 if each.external_id == "1" else Priority.P4)
    return store


def links(page: str) -> list[str]:
    return [found.replace("&amp;", "&") for found in re.findall(r'href="(/exports/[^"]+)"', page)]


def test_what_a_page_shows_can_be_taken_away_in_every_format(filled: Store) -> None:
    web = client(filled)
    for page, rows in (
        ("/mentions?q=words", 4),
        ("/mentions?priority=P1", 1),
        ("/cases", 1),
        ("/cases?status=closed", 0),
    ):
        addresses = links(web.get(page).text)
        assert {address.split("?")[0].rpartition(".")[2] for address in addresses} == {
            "csv",
            "xlsx",
            "jsonl",
            "parquet",
        }
        for address in addresses:
            answer = web.get(address)
            assert answer.status_code == 200, address
            assert "attachment" in answer.headers["content-disposition"]
            if ".csv" in address:
                assert len(list(csv.DictReader(io.StringIO(answer.text, newline="")))) == rows, address


def test_so_many_workbooks_are_made_at_once_and_no_more(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    web, made, meanwhile = client(filled), exports.whole, []

    def make(*wanted: Any, **more: Any) -> Any:
        """Two more visitors ask while this one is being made, the first of whom is still let in."""
        if len(meanwhile) < exports.MOST_AT_ONCE:
            meanwhile.append(web.get("/exports/mentions.xlsx"))
            assert web.get("/exports/mentions.csv").status_code == 200
        return made(*wanted, **more)

    monkeypatch.setattr(exports, "whole", make)
    assert web.get("/exports/cases.parquet").status_code == 200
    refused, let_in = meanwhile
    assert (let_in.status_code, refused.status_code) == (200, 503)
    assert "Try again" in refused.text and refused.headers["retry-after"] == "60"
    monkeypatch.setattr(exports, "whole", None)  # one that fails gives its place back
    for _ in range(3):
        assert web.get("/exports/mentions.xlsx").status_code == 500
    monkeypatch.setattr(exports, "whole", made)
    assert web.get("/exports/mentions.xlsx").status_code == 200


def test_a_strangers_formula_is_defused_on_its_way_out(filled: Store) -> None:
    (row,) = csv.DictReader(io.StringIO(client(filled).get("/exports/mentions.csv?priority=P1").text, newline=""))
    assert row["text"].startswith("'=")


def test_what_cannot_be_taken_away_is_said_in_a_sentence(filled: Store) -> None:
    web = client(filled)
    for address, status in (
        ("/exports/secrets.csv", 404),
        ("/exports/mentions.exe", 404),
        ("/exports/mentions", 404),
        ("/exports/mentions.csv?priority=P9", 422),
        ("/exports/days.csv?days=8", 422),
    ):
        answer = web.get(address)
        assert answer.status_code == status, address
        assert "Traceback" not in answer.text


def test_all_tables_can_be_taken_away_narrowed(filled: Store) -> None:
    web = client(filled)
    for table in ("people", "days", "topics", "answers"):
        answer = web.get(f"/exports/{table}.csv?brand=northwind&days=28&kind=&dimension=")
        assert answer.status_code == 200, answer.text


# Views ---------------------------------------------------------------------------------------------------------------


def token(web: Any, page: str = "/mentions") -> str:
    found = re.search(r'name="token" value="([^"]+)"', web.get(page).text)
    assert found
    return found[1]


def test_a_view_is_kept_renamed_and_deleted(filled: Store) -> None:
    web = client(filled)
    kept = {"token": token(web), "name": " गुस्से में <b> ", "query": "sentiment=negative&q=parcel&after=xyz"}
    answer = web.post("/views/mentions", data=kept, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/mentions?q=parcel&sentiment=negative")
    shown = web.get("/mentions").text
    assert 'href="/mentions?q=parcel&amp;sentiment=negative"><bdi>गुस्से में &lt;b&gt;</bdi>' in shown
    assert 'aria-current="page"><bdi>गुस्से' in web.get("/mentions?sentiment=negative&q=parcel").text
    assert "गुस्से" not in web.get("/cases").text
    web.post("/views/mentions/1", data={"token": kept["token"], "name": "Angry", "do": "rename"})
    assert "<bdi>Angry</bdi>" in web.get("/mentions").text
    web.post("/views/mentions/1", data={"token": kept["token"], "name": "Angry", "do": "delete"})
    assert "Angry" not in web.get("/mentions").text


def test_a_strangers_page_keeps_and_deletes_no_view(filled: Store) -> None:
    web = client(filled)
    with filled.write() as tx:
        views.save(tx, "mentions", "", "Mine", "priority=P1", NOW)
    for address in ("/views/mentions", "/views/mentions/1"):
        answer = web.post(address, data={"token": "guess", "name": "x", "query": "priority=P1", "do": "delete"})
        assert answer.status_code == 403
    assert "Mine" in web.get("/mentions").text


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"name": "", "query": "priority=P1"}, 422),
        ({"name": "x" * 200, "query": "priority=P1"}, 422),
        ({"name": "x", "query": "priority=P9"}, 422),
        ({"name": "x", "query": "priority=P1", "page": "people"}, 404),
    ],
)
def test_a_view_that_cannot_be_kept_is_refused_in_a_sentence(filled: Store, sent: dict[str, str], status: int) -> None:
    web = client(filled)
    answer = web.post(f"/views/{sent.get('page', 'mentions')}", data={"token": token(web), **sent})
    assert answer.status_code == status


def test_views_of_others_are_theirs(store: Store) -> None:
    from core.errors import BadRecord

    with store.write() as tx:
        views.save(tx, "mentions", "asha", "Hers", "priority=P1", NOW)
        views.save(tx, "mentions", "", "Ours", "priority=P2", NOW)
        views.save(tx, "mentions", "asha", "Hers", "priority=P3", NOW)
        assert [(v.name, v.query) for v in views.of(tx, "mentions", "asha")] == [
            ("Ours", "priority=P2"),
            ("Hers", "priority=P3"),
        ]
        assert [v.name for v in views.of(tx, "mentions", "ben")] == ["Ours"]
        (hers,) = (v.id for v in views.of(tx, "mentions", "asha") if v.owner)
        with pytest.raises(BadRecord, match="no such view"):
            views.drop(tx, hers, ["ben", ""])
        with pytest.raises(BadRecord, match="another view"):
            views.save(tx, "mentions", "asha", "Second", "", NOW)
            (second,) = (v.id for v in views.of(tx, "mentions", "asha") if v.name == "Second")
            views.rename(tx, second, "Hers", ["asha"])


def test_a_view_that_names_somebody_goes_when_they_are_forgotten(store: Store) -> None:
    from core.store import erasure

    hear(store, post(1))
    with store.write() as tx:
        views.save(tx, "mentions", "", "About them", "author=x%3Au1", NOW)
        views.save(tx, "mentions", "", "By name", "q=%40user1", NOW)
        views.save(tx, "mentions", "", "By bare name", "q=USER1+refund", NOW)
        views.save(tx, "mentions", "", "By full name", "q=%22user+1%22", NOW)
        views.save(tx, "mentions", "", "What User 1 said", "priority=P1", NOW)
        views.save(tx, "mentions", "", "Other", "author=x%3Au11", NOW)
        views.save(tx, "mentions", "", "User 11", "q=user+11", NOW)
        erasure.forget_author(tx, "x:u1", NOW)
        assert [v.name for v in views.of(tx, "mentions", "")] == ["Other", "User 11"]


# Cases ---------------------------------------------------------------------------------------------------------------


def test_cases_are_found_by_words_author_number_team_owner_and_lateness(store: Store) -> None:
    posts = [
        post(1, "मेरा फ़ोन खराब है", minutes_ago=500),
        post(2, "kargom kayboldu", minutes_ago=2),
        post(3, minutes_ago=1),
    ]
    hear(store, *posts)
    judge(store, posts[0], Priority.P1, language="hi")
    judge(store, posts[1], Priority.P2, language="tr", department="billing")
    judge(store, posts[2], Priority.P3)
    with store.write() as tx:
        claimed = moves.claim(cases.get(tx, 3), "U1", NOW)  # type: ignore[arg-type]
        assert claimed and cases.move(tx, claimed)
    web = client(store)

    def found(asked: str) -> list[int]:
        return [item["id"] for item in web.get(f"/api/cases?{asked}").json()["items"]]

    assert found("") == [1, 2, 3]
    for asked, expected in {
        "q=फोन": [1],
        "q=kargo": [2],
        "q=@user3": [3],
        "q=User 2": [2],
        "q=%232": [2],
        "q=nothing of the kind": [],
        "owner=nobody": [1, 2],
        "owner=U1": [3],
        "late=true": [1],
        "department=billing": [2],
        "team=care": [],
        "q=kargo&status=closed": [],
    }.items():
        assert found(asked) == expected, asked


@contextmanager
def running(store: Store) -> Iterator[str]:
    server, bound = web_server(store, settings(), port=0)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [bound]})
    thread.start()
    while not server.started:
        time.sleep(0.02)
    try:
        yield f"http://127.0.0.1:{bound.getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join(20)
        bound.close()


def test_open_pages_are_told_when_a_case_changes_and_hold_no_connection(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    with running(store) as address:
        streams = [requests.get(f"{address}/cases/events", stream=True, timeout=20) for _ in range(40)]
        lines = [stream.iter_lines(decode_unicode=True) for stream in streams]
        assert [next(each) for each in lines] == ["retry: 3000"] * 40
        assert streams[0].headers["content-type"].startswith("text/event-stream")
        time.sleep(2.5)  # so that the first look has been taken
        assert store.engine.pool.checkedout() == 0  # type: ignore[attr-defined]
        with store.write() as tx:
            claimed = moves.claim(cases.get(tx, 1), "U1", NOW)  # type: ignore[arg-type]
            assert claimed and cases.move(tx, claimed)
        for each in lines:
            assert next(line for line in each if line) == "event: changed"
        for stream in streams:
            stream.close()
        assert requests.get(f"{address}/cases", timeout=20).status_code == 200


def test_too_many_open_pages_are_sent_back_to_asking(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from app.web import live

    monkeypatch.setattr(live, "MOST", 1)
    with running(store) as address:
        first = requests.get(f"{address}/cases/events", stream=True, timeout=20)
        lines = first.iter_lines()
        next(lines)
        assert requests.get(f"{address}/cases/events", stream=True, timeout=20).status_code == 503
        first.close()
