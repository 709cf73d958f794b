"""A case: one complaint that the desk owns until it is answered. Pure moves; the store makes them compare-and-set.

A move takes the case as it was read and returns the case as it should become, with the event that says so, or raises
`Refused` with a sentence for the person who pressed. Pressing twice is no error: `None` means that nothing changes.

The status says where the complaint stands; who has it (`owner`), whom it was offered to (`handed_to`) and until when it
rests (`snoozed_until`) are fields beside it, for any of them goes with any open status.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from core.answer import Answer
from core.assessment import Assessment, Priority, Topic
from core.customer import Customer, Link, Order
from core.mention import Mention
from core.ticket import Ticket


class CaseStatus(StrEnum):
    OPEN = "open"
    WAITING = "waiting_for_customer"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"

    @property
    def is_closed(self) -> bool:
        return self in (CaseStatus.RESOLVED, CaseStatus.DISMISSED)


class EventKind(StrEnum):
    """What can happen to a case. The log is append-only; `data` never holds anybody's words, only ids."""

    OPENED = "opened"
    JOINED = "joined"
    RAISED = "raised"
    LOWERED = "lowered"
    RANG = "rang"
    CLAIMED = "claimed"
    RELEASED = "released"
    OFFERED = "offered"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    SNOOZED = "snoozed"
    WOKEN = "woken"
    DRAFTED = "drafted"
    APPROVED = "approved"
    REJECTED = "rejected"
    ANSWERED = "answered"
    NOT_SENT = "not_sent"
    CAME_BACK = "came_back"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"
    REOPENED = "reopened"
    CONFIRMED_CUSTOMER = "confirmed_customer"
    WRONG_CUSTOMER = "wrong_customer"
    NOTED = "noted"
    TICKETED = "ticketed"
    WARNED = "warned"
    BREACHED = "breached"
    ESCALATED = "escalated"
    RETIMED = "retimed"
    ERASED = "erased"


NEXT_SHIFT = "next_shift"
"""Whom a case may be handed to, beside a person (`U0123`) and a team (`team:billing`)."""
TEAM = "team:"
LONGEST_SNOOZE = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Case:
    """One (mention, brand) that needs an answer.

    `version` counts the moves; a move is stored only if it still stands. `answer_by` and `resolve_by` are the SLA's
    deadlines; while the case waits for the customer, since `waiting_since`, the second one stands still, and moves on by
    that time when they write. `slack_channel` and `slack_ts` are where its card is, once it rang. `owner` is a Slack user
    id. `team` is a key of the settings' departments, empty where none claims the case; `department` is what it is about.
    `handed_to` is a user id, `team:KEY` or `next_shift`, until that is accepted or declined; `transfers` counts the teams
    that it went to after its first.
    """

    id: int
    mention_id: str
    brand: str
    status: CaseStatus
    priority: Priority
    department: Topic
    opened_at: datetime
    answer_by: datetime | None = None
    resolve_by: datetime | None = None
    owner: str | None = None
    answered_at: datetime | None = None
    resolved_at: datetime | None = None
    resolution: str | None = None
    slack_channel: str | None = None
    slack_ts: str | None = None
    team: str = ""
    snoozed_until: datetime | None = None
    handed_to: str | None = None
    handed_by: str | None = None
    waiting_since: datetime | None = None
    transfers: int = 0
    version: int = 0


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One entry of a case's history. `actor` is a Slack user id, or "sunwai" for the machine.

    `note` is what the agent wrote to colleagues with it. The store keeps it apart, where it can be erased, and the entry
    its id alone, so it is empty once the post was erased. `data["via"]` says where the act came in (`core.store.Store`).
    """

    kind: EventKind
    actor: str
    at: datetime
    data: dict[str, Any]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Move:
    """A case as it should become, and the event that tells it."""

    case: Case
    event: CaseEvent


@dataclass(frozen=True, slots=True)
class Candidate:
    """A customer that the author may be, and how we know. `orders`, newest first, is empty unless the link is `linked`."""

    link: Link
    customer: Customer
    orders: tuple[Order, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseFile:
    """All that a card or a page shows of a case, read in one go.

    `candidates` are best first. `conversation` is what else was said there, oldest first, by anyone, at most 10 posts.
    `joined` counts the other posts that belong to the case, of `authors` different people with its own author; what was
    erased counts in neither. `mention.text` is empty once `erased`. `answer` is the latest that an agent wrote.
    `ticket` is there once one was opened elsewhere. `raised_by` is what was thought of the later post that made the case
    more urgent than its own, None where none did or where that post was erased.
    """

    case: Case
    brand_name: str
    mention: Mention
    assessment: Assessment
    candidates: tuple[Candidate, ...] = ()
    conversation: tuple[Mention, ...] = ()
    joined: int = 0
    authors: int = 1
    erased: bool = False
    answer: Answer | None = None
    ticket: Ticket | None = None
    raised_by: Assessment | None = None

    @property
    def decisive(self) -> Assessment:
        """What made the case as urgent as it is."""
        return self.raised_by or self.assessment

    @property
    def posts(self) -> int:
        """How many posts the case holds that are still there."""
        return self.joined + (not self.erased)


class Refused(Exception):
    """A move that the case does not allow now. The text is for the person who pressed."""


def claim(case: Case, agent: str, now: datetime) -> Move | None:
    """Make `agent` the owner. The first one wins; pressing again as the owner changes nothing."""
    _refuse_if_closed(case)
    if case.owner == agent:
        return None
    if case.owner is not None:
        raise Refused(f"<@{case.owner}> already has this case.")
    return _move(case, EventKind.CLAIMED, agent, now, owner=agent, handed_to=None, handed_by=None)


def take(case: Case, lead: str, now: datetime) -> Move | None:
    """Make `lead` the owner, whoever was: for a case whose owner is not there. The caller checks that they may."""
    _refuse_if_closed(case)
    if case.owner == lead:
        return None
    data = {"from": case.owner} if case.owner else {}
    return _move(case, EventKind.CLAIMED, lead, now, data, owner=lead, handed_to=None, handed_by=None)


def release(case: Case, by: str, now: datetime, why: str) -> Move | None:
    """Let the owner go, because their shift ended or they left: whoever is there next may claim the case."""
    if case.owner is None or case.status.is_closed:
        return None
    data = {"why": why, "from": case.owner}
    return _move(case, EventKind.RELEASED, by, now, data, owner=None, handed_to=None, handed_by=None)


def hand_over(case: Case, agent: str, to: str, now: datetime, *, lead: bool = False) -> Move | None:
    """Offer the case to a person, a team or the next shift. The owner keeps it until that is accepted: nothing is dropped
    between two pairs of hands. Whoever hands an unowned case over becomes its owner until then; a `lead` may offer
    another's case."""
    _refuse_if_closed(case)
    if case.handed_to == to:
        return None
    if case.owner not in (None, agent) and not lead:
        raise Refused(f"<@{case.owner}> has this case; only they can hand it over.")
    if to == agent:
        raise Refused("You have this case already." if case.owner == agent else "Press Claim to take this case.")
    if to == case.owner:
        raise Refused(f"<@{to}> has this case already.")
    if to == f"{TEAM}{case.team}":
        raise Refused("This case is with that team already.")
    owner = case.owner or agent
    return _move(case, EventKind.OFFERED, agent, now, {"to": to}, owner=owner, handed_to=to, handed_by=agent)


def accept(case: Case, agent: str, now: datetime) -> Move | None:
    """Take what was offered. A case that was offered to a team becomes that team's."""
    _refuse_if_closed(case)
    offered = case.handed_to
    if offered is None:
        if case.owner == agent:
            return None
        raise Refused(f"<@{case.owner}> has this case by now." if case.owner else "This offer is over; press Claim.")
    to_team = offered.removeprefix(TEAM) if offered.startswith(TEAM) else None
    if to_team is None and offered not in (agent, NEXT_SHIFT):
        raise Refused(f"This case is offered to <@{offered}>.")
    if to_team is not None and agent == case.handed_by:
        raise Refused("You offered this case to the other team; one of them must accept it.")
    moved = {"team": to_team, "transfers": case.transfers + 1} if to_team is not None else {}
    data = {"from": case.owner, **({"team": to_team, "was": case.team} if to_team is not None else {})}
    return _move(case, EventKind.ACCEPTED, agent, now, data, owner=agent, handed_to=None, handed_by=None, **moved)


def decline(case: Case, agent: str, now: datetime) -> Move | None:
    """Turn an offer down, or take one's own offer back: the owner keeps the case."""
    _refuse_if_closed(case)
    if case.handed_to is None:
        if case.owner == agent:
            return None
        who = f"<@{case.owner}> has the case" if case.owner else "nobody has the case"
        raise Refused(f"This offer is over; {who}.")
    is_party = case.handed_to.startswith(TEAM) or agent in (case.handed_to, case.handed_by, case.owner)
    if not is_party:
        to = "whoever works next" if case.handed_to == NEXT_SHIFT else f"<@{case.handed_to}>"
        raise Refused(f"This case is offered to {to}; only they can turn it down.")
    data = {"to": case.handed_to}
    return _move(case, EventKind.DECLINED, agent, now, data, handed_to=None, handed_by=None)


def snooze(case: Case, agent: str, until: datetime, now: datetime) -> Move | None:
    """Let the case rest until a time. It does not hide a clock: what nobody answered yet cannot sleep past its deadline.
    Whoever snoozes an unowned case becomes its owner."""
    _refuse_if_closed(case)
    if case.snoozed_until == until:
        return None
    _refuse_if_anothers(case, agent)
    if until <= now:
        raise Refused("That time is past; choose a later one.")
    if until > now + LONGEST_SNOOZE:
        raise Refused(f"A case can rest for {LONGEST_SNOOZE.days} days at most.")
    if case.answered_at is None and case.answer_by is not None and until > case.answer_by:
        raise Refused("The first answer is due before that; answer first, or choose an earlier time.")
    data = {"until": until.isoformat()}
    return _move(case, EventKind.SNOOZED, agent, now, data, owner=case.owner or agent, snoozed_until=until)


def wake(case: Case, now: datetime) -> Move | None:
    """End the rest, once its time has come."""
    if case.snoozed_until is None or case.snoozed_until > now:
        return None
    return _move(case, EventKind.WOKEN, "sunwai", now, snoozed_until=None)


def resolve(case: Case, agent: str, now: datetime, reason: str = "", note: str = "") -> Move | None:
    """Close the case as dealt with. Whoever resolves an unowned case becomes its owner, so that it has one. `note` is for
    colleagues. Who comes second with another reason, or with a note, is told, for theirs is not kept."""
    if case.status is CaseStatus.RESOLVED:
        if case.resolution == (reason or None) and not note:
            return None
        raise Refused("This case is already resolved.")
    if case.status is CaseStatus.DISMISSED:
        raise Refused("This case is already dismissed.")
    return _close(case, EventKind.RESOLVED, CaseStatus.RESOLVED, agent, now, reason, note)


def dismiss(case: Case, agent: str, now: datetime, reason: str) -> Move | None:
    """Close the case as nothing for the desk: `reason` is "not_us" or "not_urgent"."""
    if case.status is CaseStatus.DISMISSED:
        if case.resolution == reason:
            return None
        raise Refused("This case is already dismissed.")
    if case.status is CaseStatus.RESOLVED:
        raise Refused("This case is already resolved.")
    return _close(case, EventKind.DISMISSED, CaseStatus.DISMISSED, agent, now, reason)


def lower(
    case: Case, agent: str, now: datetime, answer_by: datetime | None, resolve_by: datetime | None
) -> Move | None:
    """Make a case that rang one that does not, because a person says that it is not urgent. It still wants an answer, by
    the deadlines of its new priority."""
    _refuse_if_closed(case)
    if not case.priority.rings:
        return None
    data = {"from": case.priority.name, "to": Priority.P3.name}
    return _move(
        case,
        EventKind.LOWERED,
        agent,
        now,
        data,
        priority=Priority.P3,
        answer_by=answer_by,
        resolve_by=resolve_by,
    )


def answered(case: Case, at: datetime, by: str) -> Move | None:
    """The brand said something to the customer. The first answer stops the first-response clock; any answer makes the case
    wait for the customer, and its resolution clock stand still. A closed case stays closed."""
    if case.status.is_closed or case.status is CaseStatus.WAITING:
        return None if case.answered_at is not None else _move(case, EventKind.ANSWERED, by, at, answered_at=at)
    return _move(
        case,
        EventKind.ANSWERED,
        by,
        at,
        status=CaseStatus.WAITING,
        answered_at=case.answered_at or at,
        waiting_since=at,
    )


def customer_wrote(case: Case, now: datetime, mention_id: str, resolve_by: datetime | None) -> Move | None:
    """The customer answered us back: the case is the desk's again, and its resolution clock runs on to `resolve_by`, which
    is as much later as they took (`core.sla.resumed`)."""
    if case.status is not CaseStatus.WAITING:
        return None
    return _move(
        case,
        EventKind.CAME_BACK,
        "sunwai",
        now,
        {"mention": mention_id},
        status=CaseStatus.OPEN,
        waiting_since=None,
        resolve_by=resolve_by,
        snoozed_until=None,
    )


def reopen(case: Case, now: datetime, why: str, resolve_by: datetime | None = None, by: str = "sunwai") -> Move | None:
    """Open a closed case again, because the customer came back or it was closed in error; its owner stays. Its resolution
    clock starts anew, to end at `resolve_by`."""
    if not case.status.is_closed:
        return None
    return _move(
        case,
        EventKind.REOPENED,
        by,
        now,
        {"why": why},
        status=CaseStatus.OPEN,
        resolved_at=None,
        resolution=None,
        resolve_by=resolve_by or case.resolve_by,
    )


def retime(case: Case, now: datetime, answer_by: datetime | None, resolve_by: datetime | None) -> Move | None:
    """Give an open case the deadlines of the settings as they now are. What it was promised before is in the event."""
    if case.status.is_closed or (case.answer_by, case.resolve_by) == (answer_by, resolve_by):
        return None
    was = {"answer_by": case.answer_by, "resolve_by": case.resolve_by}
    data = {name: at.isoformat() for name, at in was.items() if at is not None}
    return _move(case, EventKind.RETIMED, "sunwai", now, data, answer_by=answer_by, resolve_by=resolve_by)


def raise_priority(case: Case, priority: Priority, now: datetime, mention_id: str) -> Move | None:
    """Make the case more urgent, because of what `mention_id` added. It never gets less urgent by itself."""
    if priority >= case.priority:
        return None
    data = {"from": case.priority.name, "to": priority.name, "mention": mention_id}
    return _move(case, EventKind.RAISED, "sunwai", now, data, priority=priority)


def _close(
    case: Case, kind: EventKind, status: CaseStatus, agent: str, now: datetime, reason: str, note: str = ""
) -> Move:
    move = _move(
        case,
        kind,
        agent,
        now,
        {"reason": reason} if reason else {},
        status=status,
        owner=case.owner or agent,
        resolved_at=now,
        resolution=reason or None,
        snoozed_until=None,
        handed_to=None,
        handed_by=None,
        waiting_since=None,
    )
    return replace(move, event=replace(move.event, note=note))


def _refuse_if_closed(case: Case) -> None:
    if case.status.is_closed:
        raise Refused(f"This case is already {case.status}.")


def _refuse_if_anothers(case: Case, agent: str) -> None:
    if case.owner not in (None, agent):
        raise Refused(f"<@{case.owner}> has this case.")


def _move(
    case: Case, kind: EventKind, actor: str, at: datetime, data: dict[str, Any] | None = None, **changes: Any
) -> Move:
    return Move(replace(case, version=case.version + 1, **changes), CaseEvent(kind, actor, at, data or {}))
