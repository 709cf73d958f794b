"""Which clocks of a case run, what is to be told of them, and how long is left. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from core import sla
from core.case import Case, CaseStatus
from core.settings import Settings

TICK = timedelta(minutes=15)
"""What never rang is told of at these times of the hour, together."""


@dataclass(frozen=True, slots=True)
class Clock:
    """One promise that is still to be kept: `what` is due when, and when to warn of it."""

    what: Literal["answer", "resolve"]
    warn_at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Ring:
    """Something to be told of a case's clock. `what` is a word of the outbox: `answer_warned`, `resolve_breached`, or
    `answer_escalated_30` where the promise is missed since so many minutes. `at` is when it became true."""

    case: Case
    what: str
    due: datetime
    at: datetime
    minutes: int = 0

    @property
    def is_breach(self) -> bool:
        return self.what.endswith("_breached")

    @property
    def is_escalation(self) -> bool:
        return self.minutes > 0

    @property
    def key(self) -> str:
        return f"clock:{self.case.id}:{self.what}:{self.due.isoformat()}"


@dataclass(frozen=True, slots=True)
class Left:
    """An open case with the promise that is due first, and how many seconds of its clock are left; none of it while no
    clock runs. One that was missed is `late` whether anybody has been there since or not."""

    case: Case
    what: str = ""
    due: datetime | None = None
    seconds: float = 0.0
    late: bool = False


def running(case: Case, settings: Settings) -> list[Clock]:
    """The clocks of a case that run: none once it is closed, or while it is the customer's turn."""
    if case.status is not CaseStatus.OPEN:
        return []
    target = settings.target_for(case.priority, case.team)
    found: list[tuple[Literal["answer", "resolve"], datetime, int]] = []
    if case.answer_by is not None and case.answered_at is None:
        found.append(("answer", case.answer_by, target.first_response if target else 0))
    if case.resolve_by is not None:
        found.append(("resolve", case.resolve_by, target.resolution if target else 0))
    return [Clock(what, _warn_at(case, due, minutes, settings), due) for what, due, minutes in found]


def chased(case: Case, settings: Settings, now: datetime) -> tuple[list[Ring], datetime | None]:
    """What is true of a case's clocks at `now` and should have been told, and when to look at them again.

    A warning is due only while it can help, and only if it comes after the case was opened, for then its card has just
    rung. A case that rests is left alone until it wakes, but a missed first answer is told all the same. A missed promise
    is told further up, step by step, on the team's clock.
    """
    rest = case.snoozed_until if case.snoozed_until is not None and case.snoozed_until > now else None
    rings: list[Ring] = []
    again = {rest} if rest else set()
    for clock in running(case, settings):
        warning, breach = _told_at(case, clock.warn_at), _told_at(case, clock.due)
        if rest and clock.what != "answer":
            continue
        if breach <= now:
            rings.append(Ring(case, f"{clock.what}_breached", clock.due, clock.due))
            for minutes in filter(None, settings.escalation_steps(case.team)):
                at = sla.deadline(settings.clock_of(case.priority, case.team), clock.due, minutes)
                if at <= now:
                    rings.append(Ring(case, f"{clock.what}_escalated_{minutes}", clock.due, at, minutes))
                else:
                    again.add(at)
            continue
        again.add(breach)
        if rest or not case.opened_at < clock.warn_at < clock.due:
            continue
        if now < warning:
            again.add(warning)
        elif now < clock.due:
            rings.append(Ring(case, f"{clock.what}_warned", clock.due, clock.warn_at))
    return rings, min(again, default=None)


def left(cases: Iterable[Case], settings: Settings, now: datetime) -> list[Left]:
    """The cases with what is left of their first promise, most pressing first; those whose clocks stand still come last."""
    found = []
    for case in cases:
        first = min(running(case, settings), key=lambda clock: clock.due, default=None)
        if first is None:
            found.append(Left(case))
        else:
            seconds = sla.remaining(settings.clock_of(case.priority, case.team), now, first.due)
            found.append(Left(case, first.what, first.due, seconds, late=first.due <= now))
    return sorted(
        found, key=lambda one: (one.due is None, not one.late, one.seconds, one.due or now, one.case.priority)
    )


def lasting(seconds: float) -> str:
    """Time on a clock: `45 min`, `3 h`, `9 h 10 min`. No days, for a team's day has fewer hours than the sun's."""
    hours, minutes = divmod(int(seconds // 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"


def _warn_at(case: Case, due: datetime, minutes: int, settings: Settings) -> datetime:
    table = settings.clocks
    ahead = min(max(table.warn_share * minutes, table.warn_minutes_at_least), minutes)
    return sla.warn_at(settings.clock_of(case.priority, case.team), due, ahead)


def _told_at(case: Case, at: datetime) -> datetime:
    """A case that has no card, and whose priority rings none, is told of with the others, at the next tick."""
    if case.slack_ts is not None or case.priority.rings:
        return at
    start = datetime(2000, 1, 1, tzinfo=UTC)
    return start - (start - at) // TICK * TICK
