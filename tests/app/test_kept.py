"""Answers that are kept are those that asking anew would give, whatever happens in between."""

import re
from datetime import timedelta
from typing import Any

import pandas as pd
import pytest

from app import insight, kept
from app.insight import Period
from core.store import Store, assessments, erasure, stale
from tests.app.desk import client
from tests.app.insights import complain, count, fill
from tests.core.made import NOW

MONTH = Period(28, NOW.date())


def asked(store: Store, anew: bool) -> list[Any]:
    """Every figure that is kept, as it is, or asked anew."""

    def ask(find: Any, *what: Any, **named: Any) -> Any:
        with store.read() as tx:
            return (find.__wrapped__ if anew else find)(tx, *what, **named)

    return [
        ask(insight._overview, "northwind", MONTH),
        ask(insight.daily, "northwind", MONTH.since, MONTH.until, "platform"),
        ask(insight.by, "northwind", MONTH, "language"),
        ask(insight.hours, "northwind", MONTH),
        ask(insight.topics, "northwind", MONTH, limit=20),
        ask(insight.opinions, "northwind", MONTH),
        ask(insight.competitors, ["northwind", "contoso"], MONTH),
    ]


def same(these: list[Any], those: list[Any]) -> bool:
    return all(a.equals(b) if isinstance(a, pd.DataFrame) else a == b for a, b in zip(these, those, strict=True))


def test_a_kept_answer_is_what_asking_anew_gives_over_every_change(store: Store) -> None:
    said = fill(store)
    first = asked(store, anew=False)
    assert same(first, asked(store, anew=True)) and same(asked(store, anew=False), first)
    with store.write() as tx:
        erasure.erase_mentions(tx, [one.id for one in said[:20]], "deleted_by_author", NOW)
    assert same(asked(store, anew=False), asked(store, anew=True))  # marked, not counted yet
    count(store)
    then = asked(store, anew=False)
    assert not same(then, first) and same(then, asked(store, anew=True))
    with store.write() as tx:
        assessments.judge_again(tx, NOW - timedelta(days=5))
    count(store)
    assert same(asked(store, anew=False), asked(store, anew=True))


def test_an_answer_is_kept_until_then_whatever_is_heard_meanwhile(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store)
    before = asked(store, anew=False)
    with store.read() as tx:
        assert insight.overview(tx, "northwind", MONTH).counted_until is None
    monkeypatch.setattr(insight.rollups, "sums", None)  # asking anew would fail
    with store.write() as tx:
        stale.mark(tx, [("northwind", NOW.date())])
    assert same(asked(store, anew=False), before)
    with store.read() as tx:
        assert insight.overview(tx, "northwind", MONTH).counted_until is not None


def test_what_is_done_to_a_frame_stays_with_who_did_it(store: Store) -> None:
    fill(store)
    with store.read() as tx:
        mine = insight.by(tx, "northwind", MONTH, "language")
        mine["mentions"] = 0
        assert insight.by(tx, "northwind", MONTH, "language")["mentions"].sum() > 0


def test_who_asks_after_a_count_is_given_the_answer_of_before_while_the_new_one_is_found(store: Store) -> None:
    said = fill(store)
    kept.renew_behind(store.engine)
    first = asked(store, anew=False)
    complain(store)
    new = asked(store, anew=True)
    assert not same(first, new)
    assert same(asked(store, anew=False), first)
    kept.settle()
    assert same(asked(store, anew=False), new)
    with store.write() as tx:
        erasure.erase_mentions(tx, [one.id for one in said[:20]], "deleted_by_author", NOW)
    count(store)
    then = asked(store, anew=True)
    assert not same(then, new)
    assert same(asked(store, anew=False), then)  # nobody is shown what was erased


PIECES = ("/?days=28", "/trends?days=28", "/charts/volume.json?days=28", "/charts/voice.json?days=28")


def shown(store: Store, *addresses: str, language: str = "en") -> list[str]:
    """These pages and charts as a visitor sees them, without the token that differs from one application to the next."""
    web = client(store)
    answers = [web.get(address, headers={"Accept-Language": language}) for address in addresses]
    assert all(answer.status_code == 200 for answer in answers)
    return [re.sub(r'name="token" value="[^"]*"', "", answer.text) for answer in answers]


def test_a_piece_of_a_page_that_is_drawn_behind_the_visitor_holds_nothing_of_before(store: Store) -> None:
    fill(store)
    kept.renew_behind(store.engine)
    web = client(store)

    def seen() -> list[str]:
        return [re.sub(r'name="token" value="[^"]*"', "", web.get(address).text) for address in PIECES]

    first = seen()
    complain(store)
    overtaken = seen()
    kept.settle()
    renewed = seen()
    kept.forget()
    anew = shown(store, *PIECES)
    assert overtaken[2:] == first[2:]
    assert renewed == anew and all(a != b for a, b in zip(anew, first, strict=True))


def test_a_piece_is_kept_for_each_language_and_each_application(store: Store) -> None:
    fill(store)
    english, turkish = shown(store, "/"), shown(store, "/", language="tr")
    assert "Topics that moved" in english[0] and "Topics that moved" not in turkish[0]
    assert shown(store, "/") == english and shown(store, "/", language="tr") == turkish
    query = [{"name": "brand", "any_of": ["northwind"]}]
    renamed = client(store, brands={"northwind": {"name": "Southwind", "queries": query}})
    assert "Southwind was mentioned" in renamed.get("/").text
    assert shown(store, "/") == english


def test_a_renewal_speaks_the_language_of_who_asked(store: Store) -> None:
    fill(store)
    kept.renew_behind(store.engine)
    web = client(store)
    ask = {"Accept-Language": "tr"}
    web.get("/", headers=ask)
    complain(store)
    web.get("/", headers=ask)
    kept.settle()
    assert 'lang="tr"' in web.get("/", headers=ask).text
    assert "Topics that moved" not in web.get("/", headers=ask).text


def test_an_erasure_lets_go_of_all_that_was_kept_before_it(store: Store) -> None:
    said = fill(store)
    shown(store, *PIECES)
    with store.write() as tx:
        erasure.erase_mentions(tx, [said[0].id], "deleted_by_author", NOW)
        newest = erasure.last(tx)
    held = kept._answers[store.engine]
    assert {one.stamp.erased for one in held.values()} == {0}
    shown(store, PIECES[2])
    assert {one.stamp.erased for one in held.values()} == {newest}


def test_an_answer_of_long_ago_is_not_given_any_more(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    fill(store)
    kept.renew_behind(store.engine)
    first = asked(store, anew=False)
    complain(store)
    monkeypatch.setattr(kept, "BEHIND_SECONDS", 0.0)
    then = asked(store, anew=False)
    assert not same(then, first) and same(then, asked(store, anew=True))
