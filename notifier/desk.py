"""What the desk does: each act moves the case, writes its story and has its card redrawn, in one transaction.

The rules are `core.case`'s; here they meet the store. An act that lost a race is thought through again on the case as it
now is, so whoever pressed is either obeyed or told why not.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from sqlalchemy import Connection

from core import case as moves
from core.assessment import Priority
from core.case import Case, CaseEvent, Move, Refused
from core.errors import BadRecord, RetryLater
from core.settings import Settings
from core.sla import deadlines
from core.store import Store, answers, cases, labels, outbox
from core.store.labels import Kind
from core.store.outbox import Message

_TRIES = 20

Make = Callable[[Case], Move | None]


def act(
    store: Store,
    case_id: int,
    make: Make,
    now: datetime,
    *,
    said: dict[Kind, str] | None = None,
    form: str = "",
    also: Callable[[Case], Sequence[Message]] = lambda _: (),
) -> Case | None:
    """Move a case as `make` says, tell it in the thread and on the card, keep what it says of the judgement (`said`), and
    queue what else follows from it (`also`, of the moved case).

    Returns the moved case, or None where nothing changes. `form` is the id of the form that the agent sent: one that was
    carried out before changes nothing. Raises Refused, in words for the agent, where the case does not allow it; the card
    is redrawn then too, for it must have shown something old.
    """
    for _ in range(_TRIES):
        outcome = store.run(lambda tx: _act(tx, case_id, make, now, said, form, also))
        if isinstance(outcome, Refused):
            raise outcome
        if outcome is not _MOVED_MEANWHILE:
            return outcome  # type: ignore[return-value]
    raise RetryLater("the case is being moved by many at once")


_MOVED_MEANWHILE = object()


def _act(
    tx: Connection,
    case_id: int,
    make: Make,
    now: datetime,
    said: dict[Kind, str] | None,
    form: str,
    also: Callable[[Case], Sequence[Message]],
) -> object:
    case = cases.get(tx, case_id)
    if case is None:
        return Refused("This case is no longer here.")
    if cases.form_done(tx, case_id, form):
        return None
    try:
        move = make(case)
    except Refused as refused:
        outbox.put(tx, [outbox.card_update(case, f"refused:{case.id}:{case.version}")])
        return refused
    if move is None:
        return None
    told = cases.move(tx, _from_form(move, form))
    if told is None:
        return _MOVED_MEANWHILE
    outbox.put(tx, [outbox.card_update(move.case), outbox.thread_line(move.case, told), *also(move.case)])
    if move.case.status.is_closed:
        answers.withdraw_with_case(tx, move.case, move.event.actor, now)
    if said:
        _label(tx, move.case, said, move.event)
    return move.case


def _from_form(move: Move, form: str) -> Move:
    """The move, its event naming the form that it came from, so that the same form does not do it twice."""
    if not form:
        return move
    return replace(move, event=replace(move.event, data=move.event.data | {cases.FORM: form}))


def _label(tx: Connection, case: Case, said: dict[Kind, str], event: CaseEvent) -> None:
    """Keep what the press says of the judgement. A post that was erased, or waits to be judged anew, teaches nothing."""
    try:
        labels.put(tx, case.mention_id, case.brand, said, event.actor, event.at)
    except BadRecord:
        return


def not_urgent(
    store: Store, settings: Settings, case_id: int, agent: str, now: datetime, *, seen_ringing: bool = False
) -> Case | None:
    """It should not have rung: it waits as P3, by that priority's deadlines. One that never rang needs no answer at all.

    `seen_ringing` says that the card showed the agent a case that rings: where it does no more, somebody was first, or
    Slack sent the press twice, and nothing changes.
    """

    def make(case: Case) -> Move | None:
        if not case.priority.rings:
            return None if seen_ringing else moves.dismiss(case, agent, now, "not_urgent")
        target = settings.target_for(Priority.P3, case.team)
        answer_by, resolve_by = (
            deadlines(case.opened_at, target, settings.clock_of(Priority.P3, case.team)) if target else (None, None)
        )
        return moves.lower(case, agent, now, answer_by, resolve_by)

    return act(store, case_id, make, now, said={"priority": labels.NOT_URGENT})


def not_us(store: Store, case_id: int, agent: str, now: datetime) -> Case | None:
    """It is not about the brand, or is spam."""
    said: dict[Kind, str] = {"department": "spam_irrelevant", "priority": "P4"}
    return act(store, case_id, lambda case: moves.dismiss(case, agent, now, "not_us"), now, said=said)


def resolve(
    store: Store, case_id: int, agent: str, now: datetime, reason: str = "", note: str = "", *, form: str = ""
) -> Case | None:
    """Close the case; the reason is kept as what the judgement led to."""
    said: dict[Kind, str] | None = {"resolved_as": reason} if reason else None
    return act(store, case_id, lambda case: moves.resolve(case, agent, now, reason, note), now, said=said, form=form)


def reopen(store: Store, settings: Settings, case_id: int, agent: str, now: datetime) -> Case | None:
    """Open a case again that was closed in error."""

    def make(case: Case) -> Move | None:
        target = settings.target_for(case.priority, case.team)
        due = deadlines(now, target, settings.clock_of(case.priority, case.team))[1] if target else None
        return moves.reopen(case, now, "closed in error", due, by=agent)

    return act(store, case_id, make, now)
