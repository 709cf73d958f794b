"""STAGE: hand over at a shift's end, so that nothing is forgotten between two pairs of hands."""

from datetime import datetime, timedelta

from sqlalchemy import Connection

from core import sla
from core.case import NEXT_SHIFT, release
from core.settings import Settings
from core.sla import Coverage, Duty
from core.store import Store, cases, clocks, outbox
from core.store.outbox import Message
from notifier.clocks import left
from notifier.digests import SHIFT_EVENT, shift_summary

LATE = timedelta(hours=2)
"""A summary that could not be told for longer is of no use any more: the next shift has begun without it."""
RANK = 3


def hand_over_shift(store: Store, settings: Settings, now: datetime, *, archives: str = "") -> dict[str, int]:
    """Tell each team whose shift has ended what is open, once, and let go of what is handed to the next shift.

    Safe to run twice, or twice at once. A team without a coverage has no shifts. `archives` is where Slack shows messages,
    for links to cards. Returns counts: `told` teams, `released` cases.
    """
    released = [
        _at_end(store, settings, team, coverage, now, archives)
        for team in settings.departments
        if (coverage := settings.coverage_of(team)) is not None
    ]
    told = [count for count in released if count is not None]
    return {"told": len(told), "released": sum(told)}


def _at_end(
    store: Store, settings: Settings, team: str, coverage: Coverage, now: datetime, archives: str
) -> int | None:
    """How many cases were let go of; None where no shift has just ended, or it was told."""
    ends = sla.shift_ends(coverage, now - LATE, now)
    if not ends:
        return None
    with store.read() as tx:
        if outbox.known(tx, [_key(team, ends[-1])]):
            return None
    return store.run(lambda tx: _hand_over(tx, settings, team, coverage, ends[-1], now, archives))


def _hand_over(
    tx: Connection, settings: Settings, team: str, coverage: Coverage, ended: Duty, now: datetime, archives: str
) -> int | None:
    found = clocks.open_of_team(tx, team)
    waiting = [case for case in found if case.handed_to == NEXT_SHIFT]
    moves = [move for case in waiting if (move := release(case, "sunwai", now, "shift_ended")) is not None]
    released = {move.case.id: move.case for move in moves}
    had_it = {case.id: case.owner for case in waiting if case.owner is not None and case.id in released}
    open_now = left([released.get(case.id, case) for case in found], settings, now)
    then = sla.on_shift(coverage, ended.end) or sla.next_shift(coverage, ended.end)
    data = {**shift_summary(team, ended, then, open_now, had_it, now, archives), "event_type": SHIFT_EVENT}
    if not outbox.put(tx, [Message("slack_post", settings.channel_of(team), _key(team, ended), RANK, data=data)]):
        return None  # somebody else hands over
    told = [(move.case, event) for move in moves if (event := cases.move(tx, move)) is not None]
    carded = [(case, event) for case, event in told if case.slack_ts is not None]
    outbox.put(
        tx, [line for case, event in carded for line in (outbox.thread_line(case, event), outbox.card_update(case))]
    )
    return len(told)


def _key(team: str, ended: Duty) -> str:
    return f"shift:{team}:{ended.end.isoformat()}"
