"""When the settings of the clocks change, open cases get the deadlines that the new ones give.

A case's deadlines follow from its history: what was said when, who raised it, when it was the customer's turn. So they are
worked out again from its log, as if the settings had always been so. A promise that was missed stays as it was, and so does
one that was kept: what was said to a customer in time, or too late, is no matter of settings.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain

from sqlalchemy import Connection

from core import case as moves
from core import sla
from core.assessment import Priority
from core.case import Case, CaseEvent, CaseStatus, EventKind
from core.settings import Settings
from core.store import Store, cases, clocks, outbox

BATCH = 200
"""Cases in one transaction."""
Deadlines = tuple[datetime | None, datetime | None]


def retime(store: Store, settings: Settings, now: datetime) -> int:
    """Have the open cases follow the settings, if those of the clocks have changed. Returns how many got new deadlines.

    Asks for one row where nothing has changed. What a case has is not touched when settings are met for the first time.
    Safe to run twice, or twice at once, and to break off: it begins again.
    """
    version = settings.clocks_version
    with store.read() as tx:
        followed = clocks.settings_followed(tx)
    if followed == version:
        return 0
    last, count = 0, 0
    while followed is not None:
        last, moved = store.run(lambda tx, after=last: _batch(tx, settings, now, after))  # type: ignore[misc]
        count += moved
        if not last:
            break
    store.run(lambda tx: clocks.follow_settings(tx, version, now))
    return count


def _batch(tx: Connection, settings: Settings, now: datetime, after: int) -> tuple[int, int]:
    """(the last case that was looked at, 0 where there was none; how many got new deadlines)."""
    found = clocks.open_after(tx, after, BATCH)
    told = {case.id: cases.events(tx, case.id) for case in found}
    raised = (str(event.data["mention"]) for event in chain(*told.values()) if event.kind is EventKind.RAISED)
    said = clocks.said_at(tx, {*(case.mention_id for case in found), *raised})
    count = 0
    for case in found:
        answer_by, resolve_by = _kept(case, deadlines(case, told[case.id], said, settings), now)
        move = moves.retime(case, now, answer_by, resolve_by)
        if move is not None and cases.move(tx, move) is not None:
            count += 1
            outbox.put(tx, [outbox.card_update(move.case)] if case.slack_ts is not None else [])
    clocks.look_again(tx, {case.id: now for case in found})  # when to warn may have changed too
    return (found[-1].id if found else 0), count


def deadlines(
    case: Case, events: Iterable[CaseEvent], said_at: Mapping[str, datetime], settings: Settings
) -> Deadlines:
    """(answer by, resolve by) as these settings give them, from what happened to the case.

    `said_at` is when its own post, and each that raised it, was written.
    """
    events = tuple(events)
    priority, team = _at_first(case, events)
    answer_by, resolve_by = _from(said_at[case.mention_id], case.opened_at, priority, team, settings)
    status, waiting = CaseStatus.OPEN, None
    for event in events:
        match event.kind:
            case EventKind.RAISED:
                priority = Priority[event.data["to"]]
                sooner = _from(said_at.get(str(event.data["mention"]), event.at), event.at, priority, team, settings)
                answer_by, resolve_by = _sooner(answer_by, sooner[0]), _sooner(resolve_by, sooner[1])
            case EventKind.LOWERED:
                priority = Priority[event.data["to"]]
                answer_by, resolve_by = _from(case.opened_at, event.at, priority, team, settings)
            case EventKind.ACCEPTED if event.data.get("team") is not None:
                team = str(event.data["team"])
            case EventKind.ANSWERED if status is CaseStatus.OPEN:
                status, waiting = CaseStatus.WAITING, event.at
            case EventKind.CAME_BACK if waiting is not None:
                if resolve_by is not None:
                    resolve_by = sla.resumed(settings.clock_of(priority, team), resolve_by, waiting, event.at)
                status, waiting = CaseStatus.OPEN, None
            case EventKind.RESOLVED | EventKind.DISMISSED:
                status, waiting = CaseStatus.RESOLVED, None
            case EventKind.REOPENED:
                resolve_by = _from(event.at, event.at, priority, team, settings)[1] or resolve_by
                status = CaseStatus.OPEN
    return answer_by, resolve_by


def _at_first(case: Case, events: Iterable[CaseEvent]) -> tuple[Priority, str]:
    """What the case was opened as, for the log tells only the changes."""
    events = tuple(events)
    changes = (e for e in events if e.kind in (EventKind.RAISED, EventKind.LOWERED))
    moved = (e for e in events if e.kind is EventKind.ACCEPTED and e.data.get("team") is not None)
    change, went = next(changes, None), next(moved, None)
    return (
        Priority[change.data["from"]] if change is not None else case.priority,
        str(went.data.get("was", "")) if went is not None else case.team,
    )


def _from(said_at: datetime, heard_at: datetime, priority: Priority, team: str, settings: Settings) -> Deadlines:
    target = settings.target_for(priority, team)
    if target is None:
        return None, None
    return sla.deadlines(min(said_at, heard_at), target, settings.clock_of(priority, team))


def _sooner(one: datetime | None, other: datetime | None) -> datetime | None:
    return min(filter(None, (one, other)), default=None)


def _kept(case: Case, fresh: Deadlines, now: datetime) -> Deadlines:
    """The new deadlines, but for what is over: a first answer that was given, and what was missed."""
    missed = case.answer_by is not None and case.answer_by <= now
    overdue = case.status is CaseStatus.OPEN and case.resolve_by is not None and case.resolve_by <= now
    return (
        case.answer_by if missed or case.answered_at is not None else fresh[0],
        case.resolve_by if overdue else fresh[1],
    )
