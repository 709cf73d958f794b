"""STAGE: hand over at a shift's end, so that nothing is forgotten between two pairs of hands."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection

from core import sla
from core.case import NEXT_SHIFT, Case, release
from core.settings import Settings
from core.sla import Coverage, Duty
from core.store import Store, cases, clocks, outbox
from core.store.outbox import Message
from notifier.clocks import left
from notifier.digests import SHIFT_EVENT, shift_summary
from notifier.leavers import Why, leavers
from notifier.slack_client import Slack

LATE = timedelta(hours=2)
"""A summary that could not be told for longer is of no use any more: the next shift has begun without it."""
RANK = 3
NO_TEAM = ""
"""Cases that no team has ring in the triage channel, and whoever sees to them there is told what is open as well."""


def hand_over_shift(
    store: Store, settings: Settings, now: datetime, *, archives: str = "", slack: Callable[[], Slack] | None = None
) -> dict[str, int]:
    """Tell each team whose shift has ended what is open, once, and let go of what is handed to the next shift: by its
    owner, or because its owner is gone (`notifier.leavers`; without `slack` nobody is).

    Safe to run twice, or twice at once. A team without a shift's end is told once a day (`digest.hand_over_hour`), and so is
    whoever sees to the cases that no team has. `archives` is where Slack shows messages, for links to cards. Returns counts:
    `told` teams, `released` cases.
    """
    released = [_at_end(store, settings, team, now, archives, slack) for team in (*settings.departments, NO_TEAM)]
    told = [count for count in released if count is not None]
    return {"told": len(told), "released": sum(told)}


def _at_end(
    store: Store, settings: Settings, team: str, now: datetime, archives: str, slack: Callable[[], Slack] | None
) -> int | None:
    """How many cases were let go of; None where no shift has just ended, or it was told."""
    coverage, ended = _ended(settings, team, now)
    if ended is None:
        return None
    with store.read() as tx:
        if outbox.known(tx, [_key(team, ended)]):
            return None
        found = clocks.open_of_team(tx, team)
    if coverage.name == sla.DAILY and not any(case.opened_at < ended.end for case in found):
        return None  # nobody leaves, so there is nothing to say
    owners = {case.owner for case in found if case.owner is not None}
    gone = leavers(slack, settings, owners, coverage, ended) if slack is not None else {}
    return store.run(lambda tx: _hand_over(tx, settings, team, coverage, ended, now, archives, gone))


def _ended(settings: Settings, team: str, now: datetime) -> tuple[Coverage, Duty | None]:
    """The team's coverage, and the shift that has just ended, if one has; a day counts as one where none ever ends."""
    coverage = settings.coverage_of(team)
    if coverage is not None and not sla.never_ends(coverage, now):
        return coverage, max(sla.shift_ends(coverage, now - LATE, now), key=lambda duty: duty.end, default=None)
    daily = sla.daily(settings.digest.zone, settings.digest.hand_over_hour)
    today = sla.on_shift(daily, now)
    yesterday = sla.on_shift(daily, today.start - LATE) if today and today.start > now - LATE else None
    return daily, yesterday


def _hand_over(
    tx: Connection,
    settings: Settings,
    team: str,
    coverage: Coverage,
    ended: Duty,
    now: datetime,
    archives: str,
    gone: Mapping[str, Why],
) -> int | None:
    found = clocks.open_of_team(tx, team)
    free = [(case, why) for case in found if case.owner is not None and (why := _why(case, gone)) is not None]
    moves = [move for case, why in free if (move := release(case, "sunwai", now, why)) is not None]
    released = {move.case.id: move.case for move in moves}
    had_it = {case.id: (case.owner or "", why) for case, why in free}
    open_now = left([released.get(case.id, case) for case in found], settings, now)
    then = sla.on_shift(coverage, ended.end) or sla.next_shift(coverage, ended.end)
    changes = None if coverage.name == sla.DAILY else (ended, then)
    data = {**shift_summary(team or "no team", changes, open_now, had_it, now, archives), "event_type": SHIFT_EVENT}
    if not outbox.put(tx, [Message("slack_post", settings.channel_of(team), _key(team, ended), RANK, data=data)]):
        return None  # somebody else hands over
    told = [(move.case, event) for move in moves if (event := cases.move(tx, move)) is not None]
    carded = [(case, event) for case, event in told if case.slack_ts is not None]
    outbox.put(
        tx, [line for case, event in carded for line in (outbox.thread_line(case, event), outbox.card_update(case))]
    )
    return len(told)


def _why(case: Case, gone: Mapping[str, Why]) -> Why | None:
    """Why this case is to be let go of, if it is. What is offered to somebody stays until they accept, unless its owner has
    left for good."""
    if case.handed_to == NEXT_SHIFT:
        return Why.HANDED_ON
    why = gone.get(case.owner or "")
    return None if why is Why.SHIFT_ENDED and case.handed_to is not None else why


def _key(team: str, ended: Duty) -> str:
    return f"shift:{team}:{ended.end.isoformat()}"
