"""A case: one complaint that the desk owns until it is answered. Pure moves; the store makes them compare-and-set.

A move takes the case as it was read and returns the case as it should become, with the event that says so, or raises
`Refused` with a sentence for the person who pressed. Pressing twice is no error: `None` means that nothing changes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from core.assessment import Assessment, Priority, Topic
from core.customer import Customer, Link, Order
from core.mention import Mention


class CaseStatus(StrEnum):
    OPEN = "open"
    WAITING = "waiting_for_customer"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"

    @property
    def is_closed(self) -> bool:
        return self in (CaseStatus.RESOLVED, CaseStatus.DISMISSED)


class EventKind(StrEnum):
    """What can happen to a case. The log is append-only; `data` never holds a stranger's words, only ids."""

    OPENED = "opened"
    JOINED = "joined"
    RAISED = "raised"
    RANG = "rang"
    CLAIMED = "claimed"
    ANSWERED = "answered"
    RESOLVED = "resolved"
    REOPENED = "reopened"
    ERASED = "erased"


@dataclass(frozen=True, slots=True)
class Case:
    """One (mention, brand) that needs an answer.

    `version` counts the moves; a move is stored only if it still stands. `answer_by` and `resolve_by` are the SLA's
    deadlines. `slack_channel` and `slack_ts` are where its card is, once it rang. `owner` is a Slack user id.
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
    version: int = 0


@dataclass(frozen=True, slots=True)
class CaseEvent:
    """One entry of a case's history. `actor` is a Slack user id, or "sunwai" for the machine."""

    kind: EventKind
    actor: str
    at: datetime
    data: dict[str, Any]


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
    erased counts in neither. `mention.text` is empty once `erased`.
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

    @property
    def posts(self) -> int:
        """How many posts the case holds that are still there."""
        return self.joined + (not self.erased)


class Refused(Exception):
    """A move that the case does not allow now. The text is for the person who pressed."""


def claim(case: Case, agent: str, now: datetime) -> Move | None:
    """Make `agent` the owner. The first one wins; pressing again as the owner changes nothing."""
    if case.status.is_closed:
        raise Refused(f"This case is already {case.status}.")
    if case.owner == agent:
        return None
    if case.owner is not None:
        raise Refused(f"<@{case.owner}> already has this case.")
    return _move(case, EventKind.CLAIMED, agent, now, owner=agent)


def resolve(case: Case, agent: str, now: datetime, reason: str = "") -> Move | None:
    """Close the case as dealt with. Whoever resolves an unowned case becomes its owner, so that it has one."""
    if case.status is CaseStatus.RESOLVED:
        return None
    if case.status is CaseStatus.DISMISSED:
        raise Refused("This case is already dismissed.")
    return _move(
        case,
        EventKind.RESOLVED,
        agent,
        now,
        {"reason": reason} if reason else {},
        status=CaseStatus.RESOLVED,
        owner=case.owner or agent,
        resolved_at=now,
        resolution=reason or None,
    )


def answered(case: Case, at: datetime, by: str) -> Move | None:
    """Stop the first-response clock: the brand's account said something to the customer. Only the first answer counts."""
    if case.answered_at is not None:
        return None
    return _move(case, EventKind.ANSWERED, by, at, answered_at=at)


def reopen(case: Case, now: datetime, why: str) -> Move | None:
    """Open a closed case again, because the customer came back; its owner stays."""
    if not case.status.is_closed:
        return None
    return _move(
        case,
        EventKind.REOPENED,
        "sunwai",
        now,
        {"why": why},
        status=CaseStatus.OPEN,
        resolved_at=None,
        resolution=None,
    )


def raise_priority(case: Case, priority: Priority, now: datetime, mention_id: str) -> Move | None:
    """Make the case more urgent, because of what `mention_id` added. It never gets less urgent by itself."""
    if priority >= case.priority:
        return None
    data = {"from": case.priority.name, "to": priority.name, "mention": mention_id}
    return _move(case, EventKind.RAISED, "sunwai", now, data, priority=priority)


def _move(
    case: Case, kind: EventKind, actor: str, at: datetime, data: dict[str, Any] | None = None, **changes: Any
) -> Move:
    return Move(replace(case, version=case.version + 1, **changes), CaseEvent(kind, actor, at, data or {}))
