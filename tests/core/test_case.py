"""Cases as pure moves: whatever is pressed by whomever in whatever order, the rules hold."""

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from core import case as moves
from core.assessment import Priority
from core.case import NEXT_SHIFT, TEAM, Case, CaseStatus, EventKind, Move, Refused
from tests.core.made import NOW, case, mention

PEOPLE = ("U1", "U2", "U3")
TEAMS = ("billing", "safety")
AGENTS = st.sampled_from(PEOPLE)
RECEIVERS = st.sampled_from([*PEOPLE, *(f"{TEAM}{team}" for team in TEAMS), NEXT_SHIFT])
REASONS = st.sampled_from(["", "refunded", "explained"])
MINUTES = st.integers(-5, 15 * 24 * 60)

Press = Callable[[Case, datetime], Move | None]


class Desk(RuleBasedStateMachine):
    """One case, three people, and all that may happen to it, at any time."""

    @initialize(priority=st.sampled_from(Priority), team=st.sampled_from(["", *TEAMS]), to=st.none() | RECEIVERS)
    def rung(self, priority: Priority, team: str, to: str | None) -> None:
        due = {"answer_by": NOW + timedelta(hours=1), "resolve_by": NOW + timedelta(hours=8)}
        offer = {"owner": "U1", "handed_to": to, "handed_by": "U1"} if to not in (None, "U1", f"{TEAM}{team}") else {}
        self.case, self.now = case(mention(1), priority=priority, team=team, **due, **offer), NOW
        self.events: list[moves.CaseEvent] = []

    def press(self, make: Press, who: str, *kinds: EventKind) -> bool:
        """Press, check what must hold of every move, and press again, as Slack does at times. False where nothing came of it
        and nobody was told so."""
        before = self.case
        try:
            made = make(before, self.now)
        except Refused as refused:
            self.has_words(str(refused), who)
            return True
        if made is None:
            return False
        after = self.case = made.case
        self.events.append(made.event)
        assert after.version == before.version + 1, "each move counts once, so that compare-and-set can tell"
        assert made.event.kind in kinds
        assert (made.event.actor, made.event.at) == (who, self.now)
        assert replace(after, version=before.version) != before, "a move moves something"
        fixed = ("id", "mention_id", "brand", "department", "opened_at", "slack_channel", "slack_ts")
        assert all(getattr(after, name) == getattr(before, name) for name in fixed)
        if before.owner is not None and after.owner != before.owner:
            assert (
                made.event.kind in (EventKind.RELEASED, EventKind.ACCEPTED) or made.event.data["from"] == before.owner
            )
        if after.owner is None and before.owner is not None:
            assert made.event.kind is EventKind.RELEASED, "an owner is let go by a release alone"
        if before.answered_at is not None:
            assert after.answered_at == before.answered_at, "only the first answer counts"
        if after.priority > before.priority:
            assert made.event.kind is EventKind.LOWERED, "a case gets less urgent by a person's word alone"
        try:
            assert make(after, self.now) is None, "the same press twice changes nothing"
        except Refused as refused:
            self.has_words(str(refused), who)
        return True

    @staticmethod
    def has_words(said: str, who: str) -> None:
        assert re.fullmatch(r"[A-Z<].+\.", said), "a sentence"
        assert set(re.findall(r"<@([^>]*)>", said)) <= set(PEOPLE), "only people are named as people"

    @rule(minutes=st.integers(1, 600))
    def time_passes(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)

    @rule(who=AGENTS)
    def claim(self, who: str) -> None:
        before = self.case.owner
        self.press(lambda case, now: moves.claim(case, who, now), who, EventKind.CLAIMED)
        assert self.case.owner in (before, who)
        assert before is None or self.case.owner == before, "nobody is robbed of a case"

    @precondition(lambda self: len(self.events) % 3 == 2)  # rarely, for it ends what others try
    @rule(who=AGENTS)
    def take(self, who: str) -> None:
        self.press(lambda case, now: moves.take(case, who, now), who, EventKind.CLAIMED)
        assert self.case.status.is_closed or self.case.owner == who

    @precondition(lambda self: len(self.events) % 3 == 2)
    @rule()
    def release(self) -> None:
        self.press(lambda case, now: moves.release(case, "sunwai", now, "shift"), "sunwai", EventKind.RELEASED)
        assert self.case.status.is_closed or self.case.owner is None

    @rule(who=AGENTS, to=RECEIVERS, lead=st.booleans())
    def hand_over(self, who: str, to: str, lead: bool) -> None:
        before = self.case
        self.press(lambda case, now: moves.hand_over(case, who, to, now, lead=lead), who, EventKind.OFFERED)
        if self.case != before:
            assert self.case.owner == (before.owner or who), "who has it keeps it until another accepts"
            assert (self.case.handed_to, self.case.handed_by) == (to, who)
            assert to != self.case.owner, "nobody is offered what they have"

    @precondition(lambda self: self.case.handed_to or len(self.events) % 4 == 1)
    @rule(who=AGENTS)
    def accept(self, who: str) -> None:
        before = self.case
        self.press(lambda case, now: moves.accept(case, who, now), who, EventKind.ACCEPTED)
        if self.case != before:
            offered = before.handed_to or ""
            assert self.case.owner == who
            assert offered in (who, NEXT_SHIFT) or offered.startswith(TEAM)
            is_transfer = offered.startswith(TEAM)
            assert self.case.transfers == before.transfers + is_transfer
            assert self.case.team == (offered.removeprefix(TEAM) if is_transfer else before.team)

    @precondition(lambda self: self.case.handed_to or len(self.events) % 4 == 1)
    @rule(who=AGENTS)
    def decline(self, who: str) -> None:
        before = self.case
        self.press(lambda case, now: moves.decline(case, who, now), who, EventKind.DECLINED)
        assert self.case.owner == before.owner, "the owner keeps the case"

    @rule(who=AGENTS, minutes=MINUTES)
    def snooze(self, who: str, minutes: int) -> None:
        before, until = self.case, self.now + timedelta(minutes=minutes)
        self.press(lambda case, now: moves.snooze(case, who, until, now), who, EventKind.SNOOZED)
        if self.case != before:
            assert self.now < until <= self.now + moves.LONGEST_SNOOZE
            assert before.owner in (None, who)
            assert before.answered_at or before.answer_by is None or until <= before.answer_by, "no clock is slept over"

    @rule()
    def wake(self) -> None:
        self.press(moves.wake, "sunwai", EventKind.WOKEN)
        assert self.case.snoozed_until is None or self.case.snoozed_until > self.now

    @precondition(lambda self: self.case.status.is_closed or len(self.events) % 4 == 3)
    @rule(who=AGENTS, reason=REASONS, note=st.sampled_from(["", "Voucher promised"]))
    def resolve(self, who: str, reason: str, note: str) -> None:
        heard = self.press(lambda case, now: moves.resolve(case, who, now, reason, note), who, EventKind.RESOLVED)
        assert self.case.status.is_closed
        assert heard or (self.case.resolution == (reason or None) and not note), (
            "nobody's reason is lost without a word"
        )

    @precondition(lambda self: self.case.status.is_closed or len(self.events) % 4 == 3)
    @rule(who=AGENTS, reason=st.sampled_from(["not_us", "not_urgent"]))
    def dismiss(self, who: str, reason: str) -> None:
        heard = self.press(lambda case, now: moves.dismiss(case, who, now, reason), who, EventKind.DISMISSED)
        assert self.case.status.is_closed
        assert heard or self.case.resolution == reason, "nobody's reason is lost without a word"

    @rule(who=AGENTS)
    def lower(self, who: str) -> None:
        due = self.now + timedelta(days=1)
        self.press(lambda case, now: moves.lower(case, who, now, due, due), who, EventKind.LOWERED)
        assert self.case.status.is_closed or not self.case.priority.rings

    @rule(who=st.sampled_from([*PEOPLE, "sunwai"]))
    def answered(self, who: str) -> None:
        before = self.case
        self.press(lambda case, now: moves.answered(case, now, who), who, EventKind.ANSWERED)
        assert self.case.answered_at is not None
        assert self.case.status is (before.status if before.status.is_closed else CaseStatus.WAITING)

    @rule(later=st.integers(1, 600))
    def customer_wrote(self, later: int) -> None:
        due = self.now + timedelta(minutes=later)
        before = self.case
        self.press(lambda case, now: moves.customer_wrote(case, now, "x:9", due), "sunwai", EventKind.CAME_BACK)
        if before.status is CaseStatus.WAITING:
            assert (self.case.status, self.case.resolve_by) == (CaseStatus.OPEN, due)

    @rule(who=st.sampled_from([*PEOPLE, "sunwai"]), due=st.sampled_from([None, NOW + timedelta(days=3)]))
    def reopen(self, who: str, due: datetime | None) -> None:
        before = self.case
        self.press(lambda case, now: moves.reopen(case, now, "came back", due, by=who), who, EventKind.REOPENED)
        assert not self.case.status.is_closed
        assert self.case.owner == before.owner
        if before.status.is_closed:
            assert self.case.resolve_by == (due or before.resolve_by)

    @rule(priority=st.sampled_from(Priority))
    def raise_priority(self, priority: Priority) -> None:
        before = self.case
        self.press(lambda case, now: moves.raise_priority(case, priority, now, "x:9"), "sunwai", EventKind.RAISED)
        assert self.case.priority == min(before.priority, priority)

    @invariant()
    def the_fields_agree(self) -> None:
        case = self.case
        assert case.version == len(self.events), "versions count up by one, with an event each"
        assert case.transfers >= 0
        assert (case.waiting_since is not None) == (case.status is CaseStatus.WAITING)
        assert (case.resolved_at is not None) == case.status.is_closed
        assert (case.handed_to is None) == (case.handed_by is None)
        if case.status.is_closed:
            assert case.owner is not None, "who closes a case that nobody has, has it"
            assert (case.snoozed_until, case.handed_to) == (None, None)
        else:
            assert case.resolution is None
        if case.handed_to is not None:
            assert case.owner is not None, "a pending offer keeps its owner"
            assert case.handed_to != case.owner
        if case.status is CaseStatus.WAITING:
            assert case.answered_at is not None


Desk.TestCase.settings = settings(max_examples=150, stateful_step_count=50, deadline=None)
TestDesk = Desk.TestCase
