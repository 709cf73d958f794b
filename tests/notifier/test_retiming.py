"""Open cases follow the settings of the clocks, worked out from their own history; what is over stays as it was."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from core import case as moves
from core.assessment import Priority
from core.case import Case, CaseEvent, CaseStatus, EventKind, Move
from core.settings import Settings
from core.sla import deadlines as promised
from core.sla import resumed
from core.store import Store, cases
from notifier.chase import chase
from notifier.retiming import deadlines, retime
from tests.notifier import made
from tests.notifier.timed import MINUTE, move, open_case, rows, rung, settings

MONDAY = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # 11:00 in Istanbul
BEFORE = settings()
STRICTER = settings(sla={"P2": {"first_response_minutes": 30, "resolution_minutes": 240}}, departments={
    "care": {"channel": "#care", "topics": ["billing"], "coverage": "office"},
})  # fmt: skip


def opened(store: Store, number: int = 1, **changes: Any) -> Case:
    """A P2 as triage opens it under the first settings: an hour to the answer, eight to the resolution."""
    target = BEFORE.target_for(Priority.P2, "care")
    assert target is not None
    answer_by, resolve_by = promised(MONDAY, target, BEFORE.clock_of(Priority.P2, "care"))
    return open_case(store, number, opened_at=MONDAY, answer_by=answer_by, resolve_by=resolve_by, **changes)


def now_stored(store: Store, case: Case) -> Case:
    with store.read() as tx:
        found = cases.get(tx, case.id)
    assert found is not None
    return found


def test_a_change_of_the_settings_gives_open_cases_new_deadlines_once(store: Store) -> None:
    case, done = opened(store), opened(store, 2, status=CaseStatus.RESOLVED)
    at = MONDAY + 10 * MINUTE
    assert retime(store, BEFORE, at) == 0, "met for the first time, they are only noted"
    assert retime(store, STRICTER, at) == 1
    assert retime(store, STRICTER, at) == 0
    after = now_stored(store, case)
    assert (after.answer_by, after.resolve_by) == (MONDAY + 30 * MINUTE, MONDAY + 240 * MINUTE)
    assert now_stored(store, done) == done
    with store.read() as tx:
        last = cases.events(tx, case.id)[-1]
    assert (last.kind, last.data["answer_by"]) == (
        EventKind.RETIMED,
        case.answer_by.isoformat() if case.answer_by else "",
    )
    assert [row.case_id for row in rows(store, "slack_update")] == [case.id], "its card shows the time that is left"


def test_the_chase_tells_the_new_promise(store: Store) -> None:
    case = opened(store)
    chase(store, BEFORE, MONDAY)
    assert chase(store, STRICTER, MONDAY + 31 * MINUTE)["retimed"] == 1
    assert rung(store) == [(case.id, "answer_breached")]


def test_what_was_missed_or_kept_stays_as_it_was(store: Store) -> None:
    retime(store, BEFORE, MONDAY)
    missed, answered, waiting = opened(store), opened(store, 2), opened(store, 3)
    move(store, answered, lambda c: moves.answered(c, MONDAY + 5 * MINUTE, "U0ALICE"))
    back = move(store, answered, lambda c: moves.customer_wrote(c, MONDAY + 15 * MINUTE, "x:9", c.resolve_by))
    move(store, waiting, lambda c: moves.answered(c, MONDAY + 5 * MINUTE, "U0ALICE"))
    retime(store, STRICTER, MONDAY + 90 * MINUTE)
    assert now_stored(store, missed).answer_by == missed.answer_by
    assert now_stored(store, missed).resolve_by == MONDAY + 240 * MINUTE
    after = now_stored(store, answered)
    assert (after.answer_by, after.resolve_by) == (back.answer_by, MONDAY + 250 * MINUTE), "ten minutes were theirs"
    assert now_stored(store, waiting).resolve_by == MONDAY + 240 * MINUTE


def test_a_press_that_was_thought_out_on_the_old_deadlines_does_not_bring_them_back(store: Store) -> None:
    case = opened(store)
    retime(store, BEFORE, MONDAY)
    claim = moves.claim(case, "U0ALICE", MONDAY)
    retime(store, STRICTER, MONDAY)
    assert claim is not None
    assert store.run(lambda tx: cases.move(tx, claim)) is None, "it is thought out again"


ACTS = st.lists(
    st.tuples(st.sampled_from(["answer", "write", "raise", "lower", "close", "reopen"]), st.integers(1, 900))
)


@given(acts=ACTS, said_before=st.integers(0, 300))
@hypothesis_settings(max_examples=200, deadline=None)
def test_under_the_same_settings_a_history_gives_the_deadlines_that_the_case_has(
    acts: list[tuple[str, int]], said_before: int
) -> None:
    """Whatever happens to it: the log alone tells what triage and the desk worked out step by step."""
    said = {"x:1": MONDAY - said_before * MINUTE}
    answer_by, resolve_by = _promise(Priority.P3, said["x:1"])
    case = made.case(
        mention_id="x:1",
        team="care",
        priority=Priority.P3,
        opened_at=MONDAY,
        answer_by=answer_by,
        resolve_by=resolve_by,
    )
    events: list[CaseEvent] = []
    now = MONDAY
    for number, (act, minutes) in enumerate(acts, 2):
        now += minutes * MINUTE
        said[f"x:{number}"] = now - timedelta(seconds=minutes)
        made_move = _move(case, act, now, f"x:{number}", said)
        if made_move is not None:
            case = made_move.case
            events.append(made_move.event)
    assert deadlines(case, events, said, BEFORE) == (case.answer_by, case.resolve_by)


def _promise(priority: Priority, start: datetime) -> tuple[datetime | None, datetime | None]:
    target = BEFORE.target_for(priority, "care")
    return promised(start, target, BEFORE.clock_of(priority, "care")) if target is not None else (None, None)


def _move(case: Case, act: str, now: datetime, mention: str, said: dict[str, datetime]) -> Move | None:
    """As triage and the desk move a case, with the deadlines that they give it."""
    if case.status.is_closed and act not in ("reopen", "raise", "answer"):
        return None
    if act == "answer":
        return moves.answered(case, now, "U0ALICE")
    if act == "write":
        clock = BEFORE.clock_of(case.priority, "care")
        due = case.resolve_by
        if case.waiting_since is not None and due is not None:
            due = resumed(clock, due, case.waiting_since, now)
        return moves.customer_wrote(case, now, mention, due)
    if act == "raise":
        raised = moves.raise_priority(case, Priority(case.priority - 1 or 1), now, mention)
        if raised is None:
            return None
        fresh = _promise(raised.case.priority, said[mention])
        sooner = [min(filter(None, pair)) for pair in zip((case.answer_by, case.resolve_by), fresh, strict=True)]
        return replace(raised, case=replace(raised.case, answer_by=sooner[0], resolve_by=sooner[1]))
    if act == "lower":
        return moves.lower(case, "U0ALICE", now, *_promise(Priority.P3, case.opened_at))
    if act == "close":
        return moves.resolve(case, "U0ALICE", now, "refunded")
    return moves.reopen(case, now, "the customer came back", _promise(case.priority, now)[1])


def test_teams_and_their_clocks_are_told_apart_in_the_version() -> None:
    other = settings(clocks={"warn_share": 0.5})
    assert len({made_.clocks_version for made_ in (BEFORE, STRICTER, other)}) == 3
    assert settings().clocks_version == BEFORE.clocks_version
    assert isinstance(BEFORE, Settings)
