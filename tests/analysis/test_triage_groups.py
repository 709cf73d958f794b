"""Nearly the same words join one case, whoever says them: on both databases, with judgements made up here."""

import random
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, event, func, select

from analysis.triage import triage
from core.assessment import Priority
from core.case import CaseFile, CaseStatus, EventKind, resolve
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Settings, parse
from core.store import Store, assessments, browse, cases, erasure, likenesses, mentions, schema
from tests.core.made import NOW, assessment

KETTLE = "I waited nine days for my Northwind kettle and what came was an empty box with a stone in it"
OTHER = "The Northwind app logs me out each time I open the basket, since the update of last Tuesday"
HINDI = "नौ दिन से नॉर्थविंड केतली का इंतज़ार था और डिब्बे में पत्थर निकला, कोई जवाब भी नहीं दे रहा"
P1, P2, P3, P4 = Priority


def settings_with(hours: float = 48) -> Settings:
    brand = {"own_accounts": ["x:@help"], "queries": [{"name": "brand", "any_of": ["northwind"]}]}
    brands = {key: {"name": key.capitalize()} | brand for key in ("northwind", "southwind")}
    return parse({"brands": brands, "judgement": {"group_within_hours": hours}})


SETTINGS = settings_with()


def said(id: int, text: str = KETTLE, by: int | None = None, **more: Any) -> Mention:
    author = Author("x", str(by or id), f"user{by or id}")
    values: dict[str, Any] = {"created_at": NOW - timedelta(minutes=2), "conversation_id": str(id)}
    return Mention(platform="x", external_id=str(id), author=author, text=text, **(values | more))


def hear(store: Store, *found: Mention, brands: tuple[str, ...] = ("northwind",)) -> None:
    queries = tuple(BrandQuery(brand, "brand", (brand,)) for brand in brands)
    page = Page(Cursor(floor="1", floor_at=NOW), tuple(Heard(m, queries, {"id": m.external_id}) for m in found))
    with store.write() as tx:
        mentions.save_page(tx, "x", "s", page, NOW, own_accounts={"x:@help"})


def judge(store: Store, priority: Priority) -> None:
    with store.write() as tx:
        waiting = assessments.to_assess(tx, 5_000)
        assessments.save(tx, [(w, assessment(w.mention, priority, w.brand)) for w in waiting])


def run(
    store: Store,
    *found: Mention,
    priority: Priority = P2,
    settings: Settings = SETTINGS,
    brands: tuple[str, ...] = ("northwind",),
    now: datetime = NOW,
) -> dict[str, int]:
    hear(store, *found, brands=brands)
    judge(store, priority)
    return triage(store, settings, now)


def files(store: Store) -> list[CaseFile]:
    with store.read() as tx:
        ids = tx.scalars(select(schema.cases.c.id).order_by(schema.cases.c.id)).all()
        return [file for id in ids if (file := cases.file(tx, id, "Northwind"))]


def crowds(store: Store) -> list[tuple[int, int]]:
    """Posts and people of each case."""
    return [(file.posts, file.authors) for file in files(store)]


def redraws(store: Store) -> int:
    with store.read() as tx:
        return tx.scalar(select(func.count()).where(schema.outbox.c.kind == "slack_update")) or 0


def post_card(store: Store) -> None:
    with store.write() as tx:
        cases.card_posted(tx, files(store)[0].case.id, "C1", "100.1", NOW)


@pytest.mark.parametrize("text", [KETTLE, HINDI])
@pytest.mark.parametrize("together", [True, False])
def test_copies_by_others_join_the_case_and_ring_once(store: Store, text: str, together: bool) -> None:
    copies = [said(1, text), said(2, f"RT @user1: {text}"), said(3, f"{text} 😡 https://t.co/x1")]
    told = [run(store, *copies)] if together else [run(store, copy) for copy in copies]
    total = {key: sum(counts[key] for counts in told) for key in told[0]}
    assert (total["opened"], total["joined"], total["rang"]) == (1, 2, 1)
    assert crowds(store) == [(3, 3)]
    with store.read() as tx:
        assert browse.case_list(tx).items[0].posts == 3


def test_what_the_same_person_says_again_joins_and_is_one_person(store: Store) -> None:
    run(store, said(1), said(2, by=1))
    run(store, said(3, f"again: {KETTLE}", by=1))
    assert crowds(store) == [(3, 1)]


def test_other_words_open_cases_of_their_own(store: Store) -> None:
    run(store, said(1), said(2, OTHER))
    assert crowds(store) == [(1, 1), (1, 1)]


def test_a_few_words_never_join(store: Store) -> None:
    run(store, *(said(n, "same here northwind!") for n in range(1, 4)))
    assert len(files(store)) == 3


def test_brands_are_never_mixed(store: Store) -> None:
    run(store, said(1), brands=("northwind",))
    run(store, said(2), brands=("southwind",))
    run(store, said(3), brands=("northwind", "southwind"))
    assert crowds(store) == [(2, 2), (2, 2)]
    assert {file.case.brand for file in files(store)} == {"northwind", "southwind"}


def test_a_more_urgent_copy_raises_the_case_and_rings(store: Store) -> None:
    assert run(store, said(1), priority=P3)["rang"] == 0
    counts = run(store, said(2), priority=P1)
    assert (counts["opened"], counts["joined"], counts["rang"]) == (0, 1, 1)
    [file] = files(store)
    assert file.case.priority is P1
    with store.read() as tx:
        kinds = [e.kind for e in cases.events(tx, file.case.id)]
    assert kinds == [EventKind.OPENED, EventKind.JOINED, EventKind.RAISED]


def test_a_copy_that_sounds_calmer_joins_and_leaves_the_case_as_urgent(store: Store) -> None:
    run(store, said(1), priority=P2)
    assert run(store, said(2), priority=P4)["joined"] == 1
    [file] = files(store)
    assert (file.case.priority, file.posts) == (P2, 2)


def test_copies_of_what_needs_no_answer_are_only_counted(store: Store) -> None:
    run(store, said(1), priority=P4)
    run(store, said(2), said(3), priority=P4)
    assert files(store) == []
    with store.read() as tx:
        assert tx.scalar(select(func.max(schema.likenesses.c.echoes))) == 2
    assert run(store, said(4), priority=P2)["opened"] == 1, "the first that needs an answer opens a case"


def test_a_closed_case_stays_closed_and_who_says_it_now_gets_their_own(store: Store) -> None:
    run(store, said(1))
    with store.write() as tx:
        move = resolve(files(store)[0].case, "U1", NOW)
        assert move and cases.move(tx, move)
    assert run(store, said(2))["opened"] == 1
    assert run(store, said(3))["joined"] == 1
    assert [file.case.status for file in files(store)] == [CaseStatus.RESOLVED, CaseStatus.OPEN]
    assert crowds(store) == [(1, 1), (2, 2)]


def test_outside_the_window_nothing_joins_and_a_lasting_storm_keeps_it_open(store: Store) -> None:
    def joined(id: int, hours_ago: float, text: str = KETTLE) -> int:
        then = NOW - timedelta(hours=hours_ago)
        return run(store, said(id, text, created_at=then), settings=settings_with(24), now=then)["joined"]

    assert [joined(1, 30), joined(2, 20), joined(3, 0)] == [0, 1, 1]
    assert [joined(4, 30, OTHER), joined(5, 0, OTHER)] == [0, 0]


def test_what_rings_joins_no_case_that_was_history_and_rang_nobody(store: Store) -> None:
    assert run(store, said(1, created_at=NOW - timedelta(hours=9)))["rang"] == 0
    counts = run(store, said(2), said(3))
    assert (counts["opened"], counts["joined"], counts["rang"]) == (1, 1, 1)
    assert run(store, said(4))["joined"] == 1
    assert [file.posts for file in files(store)] == [1, 3]
    assert run(store, said(5, created_at=NOW - timedelta(hours=8)))["joined"] == 1, "history joins either"


def test_no_window_no_groups(store: Store) -> None:
    run(store, said(1), said(2), settings=settings_with(0))
    assert len(files(store)) == 2
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(schema.likenesses)) == 0


def test_the_brands_own_words_group_with_nobodys(store: Store) -> None:
    help = Author("x", "900", "Help")
    run(store, replace(said(1), author=help))
    assert run(store, said(2))["opened"] == 1
    run(store, replace(said(3), author=help))
    assert crowds(store) == [(1, 1)]


def test_an_edited_post_is_like_its_new_words(store: Store) -> None:
    run(store, said(1, OTHER))
    run(store, said(1, KETTLE, edited_at=NOW))
    assert run(store, said(2, KETTLE))["joined"] == 1
    assert run(store, said(3, OTHER))["opened"] == 1


def test_a_replay_groups_nothing_anew(store: Store) -> None:
    run(store, said(1), said(2), said(3, OTHER))
    with store.write() as tx:
        assessments.judge_again(tx)
    judge(store, P2)
    counts = triage(store, SETTINGS, NOW)
    assert (counts["opened"], counts["joined"]) == (0, 0)
    assert crowds(store) == [(2, 2), (1, 1)]


def test_an_erased_post_no_longer_counts_and_the_rest_still_gather(store: Store) -> None:
    run(store, said(1), said(2), said(3, by=2))
    post_card(store)
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
    [file] = files(store)
    assert (file.erased, file.posts, file.authors) == (True, 2, 1)
    assert redraws(store) == 1
    with store.read() as tx:
        assert "x:1" not in set(tx.scalars(select(schema.likenesses.c.mention_id)))
    assert run(store, said(4))["joined"] == 1, "others who said it are still remembered"
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:2", "x:3", "x:4"], "deleted_by_author", NOW)
        assert tx.scalar(select(func.count()).select_from(schema.likenesses)) == 0
    assert crowds(store) == [(0, 0)]


def test_the_card_is_redrawn_at_round_numbers_only(store: Store) -> None:
    run(store, said(1))
    post_card(store)
    seen = []
    for n in range(2, 26):
        before = redraws(store)
        run(store, said(n))
        seen += [n] * (redraws(store) - before)
    assert seen == [2, 3, 5, 10, 20]
    before = redraws(store)
    run(store, *(said(n) for n in range(26, 226)))
    assert redraws(store) == before + 1, "a storm in one batch redraws it once"
    assert crowds(store) == [(225, 225)]


def test_a_storm_leaves_few_traces(store: Store) -> None:
    """Only a few of a thousand copies are kept to be found."""
    run(store, *(said(n) for n in range(1, 301)))
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(schema.likenesses)) == 3


def test_what_is_past_the_window_is_dropped(store: Store) -> None:
    run(store, said(1, created_at=NOW - timedelta(hours=47)), said(2, OTHER))
    with store.write() as tx:
        assert likenesses.prune(tx, NOW - timedelta(hours=48)) == 0
        assert likenesses.prune(tx, NOW - timedelta(hours=40)) == 1


def test_workers_who_triage_copies_at_once_open_one_case(store: Store) -> None:
    for turn in range(12):
        hear(store, *(said(100 * turn + n, f"northwind {made_up(turn)}") for n in range(1, 5)))
        judge(store, P2)
        start = threading.Barrier(4)

        def work(_: int, start: threading.Barrier = start) -> int:
            start.wait()
            return triage(store, SETTINGS, NOW, limit=1)["opened"]

        with ThreadPoolExecutor(4) as pool:
            opened = sum(pool.map(work, range(4)))
        while counts := triage(store, SETTINGS, NOW):
            opened += counts["opened"]
            if not counts["triaged"]:
                break
        assert opened == 1
    assert crowds(store) == [(4, 4)] * 12


def test_grouping_costs_the_same_number_of_statements_for_few_and_for_many(store: Store) -> None:
    def statements(*numbers: int) -> int:
        hear(store, *(said(n, f"northwind {made_up(n)}") for n in numbers))
        judge(store, P4)
        with counted(store) as seen:
            triage(store, SETTINGS, NOW)
        return len(seen)

    assert statements(*range(5)) == statements(*range(5, 300))


def made_up(seed: int) -> str:
    """A dozen words that nobody else says."""
    pick = random.Random(seed)
    return " ".join("".join(pick.choices("abcdefghijklmnopqrstuvwxyz", k=6)) for _ in range(12))


@contextmanager
def counted(store: Store) -> Iterator[list[str]]:
    """The statements that run inside."""
    seen: list[str] = []

    def note(_c: Connection, _cursor: Any, statement: str, *_: Any) -> None:
        seen.append(statement)

    event.listen(store.engine, "before_cursor_execute", note)
    yield seen
    event.remove(store.engine, "before_cursor_execute", note)


@pytest.mark.parametrize("meanwhile", [True, False])
def test_a_repost_is_like_nothing_once_its_original_is_erased(store: Store, meanwhile: bool) -> None:
    """It has no words of its own; `meanwhile` is between the reading of the words and the triage."""
    hear(store, said(1, "Look!"), said(2, "", kind="repost", parent_id="1", quoted_text=KETTLE))
    judge(store, P4)
    with store.read() as tx:
        read = assessments.to_triage(tx, 10)
    if not meanwhile:
        triage(store, SETTINGS, NOW)
        with store.read() as tx:
            assert tx.scalars(select(schema.likenesses.c.mention_id)).all() == ["x:2"]
    with store.write() as tx:
        erasure.erase_mentions(tx, ["x:1"], "deleted_by_author", NOW)
        assert assessments.still_to_triage(tx, read) == []
    triage(store, SETTINGS, NOW)
    with store.read() as tx:
        assert tx.scalars(select(schema.likenesses.c.mention_id)).all() == []
        assert not assessments.waits(tx, "to_triage")
