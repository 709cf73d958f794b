"""STAGE: look after the clocks. Warn before a promise is missed, ring again when it was, and wake what rests.

A case is looked at when its `chase_at` has come, under a lock, in one transaction with what is told of it; an event in its
history remembers what was told. So however often and wherever this runs, each deadline is told once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection

from core.assessment import Priority
from core.case import Case, CaseEvent, EventKind, wake
from core.settings import Settings
from core.store import Store, cases, clocks, mutes, outbox
from core.store.clocks import Due
from core.store.outbox import Message
from notifier.clocks import Ring, chased, left
from notifier.digests import CLOCKS_EVENT, clock_list
from notifier.retiming import retime

RANK = 3
"""After the cards of P1 and P2: what has not been seen at all goes first. What is told of a P1 goes with its like."""
WHILE_IT_RESTS = timedelta(minutes=5)
"""How often to look whether a channel that was muted rests still."""
ONE_BY_ONE = 5
"""More rings of one kind in one channel at once are told in one list. P1 always rings by itself."""
_KINDS = {
    (False, False): EventKind.WARNED,
    (True, False): EventKind.BREACHED,
    (False, True): EventKind.ESCALATED,
}


def chase(store: Store, settings: Settings, now: datetime, limit: int = 500, *, archives: str = "") -> dict[str, int]:
    """Tell what is to be told of the clocks at `now`. Safe to run twice, or twice at once.

    Looks at `limit` cases in a transaction. What was due more than `ring_max_age_hours` ago is old news and rings no more,
    nor does what was history when it was heard. `archives` is where Slack shows messages, for links to cards. Where the
    settings of the clocks have changed, open cases follow them first; and where the database's clock was ahead and was put
    right, nothing waits for it to come there again. Returns counts: `looked`, `woken`, `warned`,
    `breached`, `escalated`, `retimed`.
    """
    total = dict.fromkeys(("looked", "woken", "warned", "breached", "escalated"), 0)
    with store.read() as tx:
        waits_for_the_past = outbox.waits_for_the_past(tx)
    if waits_for_the_past:
        store.run(outbox.free_what_waits_for_the_past)
    total["retimed"] = retime(store, settings, now)
    while True:
        with store.read() as tx:
            if not clocks.waits(tx, now):
                return total
        counts = store.run(lambda tx: _Batch(tx, settings, now, archives).work(clocks.due(tx, now, limit)))
        total |= {name: total[name] + count for name, count in counts.items()}
        if counts["looked"] < limit:  # the rest, if any, is looked at by others
            return total


@dataclass
class _Batch:
    """One transaction's work."""

    tx: Connection
    settings: Settings
    now: datetime
    archives: str
    messages: list[Message] = field(default_factory=list)
    events: list[tuple[int, CaseEvent]] = field(default_factory=list)
    woken: int = 0

    def work(self, found: Sequence[Due]) -> dict[str, int]:
        rings: list[Ring] = []
        again: dict[int, datetime | None] = {}
        for due in found:
            case = self._awake(due.case)
            true_now, again[case.id] = chased(case, self.settings, self.now)
            rings += [ring for ring in true_now if self._is_news(due, ring)]
        rings = self._heard(self._untold(rings), again)
        self._tell(rings)
        if self.events:
            cases.record_all(self.tx, self.events)
        outbox.put(self.tx, self.messages)
        clocks.look_again(self.tx, again)
        breached, escalated = sum(ring.is_breach for ring in rings), sum(ring.is_escalation for ring in rings)
        return {
            "looked": len(found),
            "woken": self.woken,
            "warned": len(rings) - breached - escalated,
            "breached": breached,
            "escalated": escalated,
        }

    def _awake(self, case: Case) -> Case:
        """The case as it is once its rest is over."""
        move = wake(case, self.now)
        told = cases.move(self.tx, move) if move is not None else None
        if move is None or told is None:
            return case
        self.woken += 1
        if case.slack_ts is not None:
            self.messages += [outbox.thread_line(move.case, told), outbox.card_update(move.case)]
        return move.case

    def _is_news(self, due: Due, ring: Ring) -> bool:
        """Old news rings no more; nor does a case that was history when it was heard, and so has no card."""
        patience = timedelta(hours=self.settings.ring_max_age_hours)
        if due.gone or ring.at <= self.now - patience:
            return False
        return due.case.slack_ts is not None or (due.may_ring and due.case.opened_at - due.said_at <= patience)

    def _untold(self, rings: list[Ring]) -> list[Ring]:
        """Those that nobody was told of yet; for a missed promise a warning comes too late."""
        told = clocks.told(self.tx, {ring.case.id for ring in rings}) if rings else set()
        return [ring for ring in rings if (ring.case.id, ring.what, ring.due.isoformat()) not in told]

    def _heard(self, rings: list[Ring], again: dict[int, datetime | None]) -> list[Ring]:
        """Those whose channel does not rest; the others are looked at `again`, soon, for a rest may be ended early. P1 is
        always heard."""
        resting = mutes.standing(self.tx, self.now) if rings else {}
        held = {
            ring.case.id
            for ring in rings
            if ring.case.priority is not Priority.P1 and self.settings.channel_of(ring.case.team) in resting
        }
        for case_id in held:
            again[case_id] = min(again[case_id] or self.now + WHILE_IT_RESTS, self.now + WHILE_IT_RESTS)
        return [ring for ring in rings if ring.case.id not in held]

    def _tell(self, rings: list[Ring]) -> None:
        together: defaultdict[tuple[str, str, str], list[Ring]] = defaultdict(list)
        for ring in rings:
            kind = _KINDS[ring.is_breach, ring.is_escalation]
            data = {"what": ring.what, "due": ring.due.isoformat()}
            self.events.append((ring.case.id, CaseEvent(kind, "sunwai", self.now, data)))
            if ring.case.priority is Priority.P1:
                self._ring(ring)
            else:
                together[self._channel(ring.case), ring.case.team, ring.what].append(ring)
        for (channel, _, what), some in together.items():
            if len(some) <= ONE_BY_ONE:
                for ring in some:
                    self._ring(ring)
            else:
                self._list(channel, what, some)

    def _ring(self, ring: Ring) -> None:
        """In the case's thread, and to the channel. A case that never rang gets its card first."""
        case, channel = ring.case, self._channel(ring.case)
        rank = int(case.priority) if case.priority is Priority.P1 else RANK
        if case.slack_ts is None:
            card = Message("slack_card", channel, f"card:{case.mention_id}:{case.brand}", rank, case.id)
            self.messages.append(card)
        elif ring.is_breach:
            self.messages.append(outbox.card_update(case, f"update:{ring.key}"))
        data = {"case": case.id, "what": ring.what, "due": ring.due.isoformat(), "ping": self._whom(ring)}
        self.messages.append(Message("slack_thread", channel, ring.key, rank, case.id, data))

    def _list(self, channel: str, what: str, rings: list[Ring]) -> None:
        """One message for all. Their cards are not redrawn: a thousand of those would keep new ones waiting."""
        pressing = left([ring.case for ring in rings], self.settings, self.now)
        ping = self._further_up(rings[0])
        drawn = clock_list(what, pressing, ping, self.now, self.archives)
        data = {**drawn, "event_type": CLOCKS_EVENT}
        self.messages.append(Message("slack_post", channel, f"many:{rings[0].key}", RANK, data=data))

    def _whom(self, ring: Ring) -> list[str]:
        """The owner; once a promise is missed, also the team's escalation of this step."""
        owner = [ring.case.owner] if ring.case.owner else []
        return list(dict.fromkeys([*owner, *self._further_up(ring)]))

    def _further_up(self, ring: Ring) -> tuple[str, ...]:
        missed = ring.is_breach or ring.is_escalation
        return self.settings.escalation_of(ring.case.team, ring.minutes) if missed else ()

    def _channel(self, case: Case) -> str:
        return case.slack_channel or self.settings.channel_of(case.team)
