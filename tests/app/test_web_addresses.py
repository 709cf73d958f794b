"""Addresses that nobody was given, made up to break what reads them: each is answered in a sentence, on both databases."""

import base64
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.asking import CASE_KEY, CLOSED_CASE_KEY, MENTION_KEY, to_key, to_token
from core.store import Store
from tests.app.desk import client, hear, judge, post

HUGE = 10**30
EARLY, LATE = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"
LISTS = (
    "/api/mentions",
    "/mentions?brand=northwind",
    "/api/cases",
    "/api/cases?status=closed",
    "/people?brand=northwind",
)
PLACES: list[Any] = [
    [HUGE],
    [-HUGE],
    [LATE, "x:1", "b"],
    ["2026-01-01T00:00:00", "x:1", "b"],
    [EARLY, "x:1", "b"],
    ["2026-01-01T00:00:00+00:00", "\ud800", "b"],
    ["2026-01-01T00:00:00+00:00", "\0", "b"],
    [HUGE, "2026-01-01T00:00:00+00:00", 1],
    [1, EARLY, HUGE],
    [EARLY, 3],
    [HUGE, "x:1"],
]


def token(place: Any) -> str:
    raw = place if isinstance(place, bytes) else json.dumps(place).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


@pytest.mark.parametrize("address", LISTS)
def test_a_place_in_a_list_that_somebody_made_up_is_refused(store: Store, address: str) -> None:
    web, before = client(store), "&" if "?" in address else "?"
    for place in PLACES:
        answer = web.get(f"{address}{before}after={token(place)}")
        assert answer.status_code == 422 and "take it from the" in answer.text, (place, answer.text)


def test_a_place_in_a_list_cannot_exhaust_whoever_reads_it() -> None:
    for kinds in (MENTION_KEY, CASE_KEY, CLOSED_CASE_KEY):
        with pytest.raises(ValueError, match="not a place"):
            to_key(token(b"[" * 30_000), kinds)


@given(st.integers(), st.text(st.characters(codec=None)))
def test_a_place_is_one_that_databases_can_hold_or_none(number: int, text: str) -> None:
    holds = abs(number) < 2**63 and "\0" not in text and text.encode(errors="ignore").decode() == text
    try:
        assert to_key(to_token((number, text)), (int, str)) == (number, text)
    except ValueError:
        assert not holds
    else:
        assert holds


@pytest.mark.parametrize(
    "address",
    [
        f"/cases/{HUGE}",
        f"/api/cases/{HUGE}",
        "/cases/-1",
        f"/reports/{HUGE}",
        f"/reports/{HUGE}/page",
        f"/reports/{HUGE}/volume.png",
        f"/reports?before={HUGE}",
        "/mentions?until=9999-12-31",
        "/api/mentions?since=0001-01-01",
        "/api/cases?since=9999-12-31",
        "/exports/mentions.csv?until=9999-12-31",
        "/exports/days.csv?days=90&until=0001-01-01",
        "/exports/topics.csv?days=7&until=0001-01-03",
    ],
)
def test_a_number_or_a_day_that_no_database_holds_is_named(store: Store, address: str) -> None:
    answer = client(store).get(address)
    assert answer.status_code == 422, answer.text
    name = address.partition("?")[2].split("&")[-1].partition("=")[0] or address.split("/")[-2].removesuffix("s")
    assert name in answer.text or "_id" in answer.text


@pytest.mark.parametrize(
    "address",
    [
        "/mentions?tier=a{}b",
        "/cases?owner={}",
        "/trends?language={}",
        "/api/topics?language=a{}",
        "/exports/people.csv?brand={}",
        "/exports/days.csv?dimension={}",
        "/mentions/x:{}",
        "/api/people/x:{}",
    ],
)
def test_a_zero_byte_is_in_no_address(store: Store, address: str) -> None:
    answer = client(store).get(address.format("%00"))
    assert (answer.status_code, answer.text) == (400, "No address of this dashboard holds a zero byte.\n")


def test_a_zero_byte_is_in_no_form(store: Store) -> None:
    hear(store, post(1))
    judge(store, post(1))
    web = client(store)
    token = web.app.state.site.token  # type: ignore[attr-defined]
    for address, field in (("/mentions/x:1", "brand"), ("/views/mentions", "name")):
        answer = web.post(address, content=f"token={quote(token)}&sentiment=positive&{field}=a%00b")
        assert answer.status_code == 400, answer.text
        assert "cannot be read" in answer.text
