"""The demo's past: at its first start the weeks before are lived through again, so that every page looks as in real life.

What was said comes from `sandbox.scenario.history` into a file that grows as those days go by, and out of it through the
replay connector; the real stages judge and triage it with the clock of that day, and nothing rings, for it is history. What
the desk did about it are the moves of `core.case`, made when an agent of that shift might have made them: some soon, some
too late, some never.

Runs by itself, before Airflow does: other workers would take what waits, and open its cases today.
"""

import heapq
import json
import random
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count, groupby
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, func, select

from analysis.assess import assess
from analysis.triage import triage
from app import past, pipeline
from app.opening import House, clock, enter
from connectors.social import replay
from core import case as moves
from core.assessment import Priority
from core.case import Case, CaseEvent, EventKind, Move, Refused
from core.errors import BadRecord
from core.mention import Cursor, Page
from core.sla import on_shift
from core.store import cases, cursors, erasure, labels, mentions, rows, schema
from core.store.rows import CASE
from sandbox.scenario import history

SOURCE = "history"

SLOT = timedelta(hours=6)
"""What nobody waits for is heard together, for so long."""
COMPLAINT, ALARM = timedelta(minutes=4), timedelta(seconds=40)
"""A complaint is heard so soon after it was said, and what may hurt somebody."""

AGENTS = {
    "pune": ("U0ASHA0001", "U0MEERA001"),
    "istanbul": ("U0DENIZ001", "U0DENIZ001", "U0GRACE001"),
    "new_york": ("U0SAM00001",),
}
"""Who is at the desk, by shift."""
LEAD = "U0GRACE001"
REASONS = {
    "solved": 38,
    "explained": 20,
    "refunded": 12,
    "replaced": 12,
    "compensated": 8,
    "no_reply": 7,
    "duplicate": 3,
}
FIRST_LOOK = {Priority.P1: 1.5, Priority.P2: 6.0, Priority.P3: 50.0}
ANSWER = {Priority.P1: 4.0, Priority.P2: 14.0, Priority.P3: 95.0}
"""Minutes, in the middle: from opening to Claim, and from there to the answer, where none was given on the platform."""
RESOLVE_HOURS = {Priority.P1: 1.4, Priority.P2: 6.0, Priority.P3: 15.0}
OPEN_FOR = timedelta(days=5)
"""Nothing lies about for longer: a lead closes it."""

NEVER = 0.035
"""The share that nobody finds the time for."""

Act = Callable[[Case, datetime], Move | None]
Deed = Callable[[Connection, datetime], object]


def fill(
    house: House, now: datetime, told: Callable[[int, int], object] = lambda done, of: None, days: int = history.DAYS
) -> dict[str, int]:
    """Live through the past up to `now`. `told` hears after each day how many of how many are done.

    The store must hold no such past yet, and nobody else may work on it. Returns counts: `heard`, `opened` cases, `moves`
    of the desk, `erased` posts.
    """
    past = _Past(house, now)
    rows = history.past(now, days=days)
    by_day = [list(some) for _, some in groupby(rows, key=lambda row: str(row["created_at"])[:10])]
    for done, day in enumerate(by_day, 1):
        past.live(day)
        told(done, len(by_day))
    past.desk.work(now)
    house.store.run(lambda tx: cursors.source_ok(tx, SOURCE, now))
    return past.counts


@dataclass
class _Past:
    house: House
    now: datetime
    cursor: Cursor | None = None
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys(("heard", "opened", "moves", "erased"), 0))

    def __post_init__(self) -> None:
        settings = self.house.settings
        self.source = replay.build(SOURCE, settings.sources[SOURCE], settings, self.house.environment)
        (self.stream,) = self.source.streams()
        self.source.table.path.unlink(missing_ok=True)
        self.own = frozenset[str]().union(*(settings.brand(key).own_accounts for key in settings.brands))
        self.desk = _Desk(self.house, self.now, self.counts)

    def live(self, day: Sequence[dict[str, Any]]) -> None:
        """Hear what was said on a day, judge it, and let the desk see each thing when it came."""
        slots = [(at, self._pull(some, at)) for at, some in _slots(day, self.now)]
        self.house.store.run(lambda tx: self._save(tx, slots))
        while assess(self.house.store, self.house.settings, slots[-1][0])["judged"]:
            pass
        self.desk.expect(day)
        for at, pages in slots:
            self.desk.work(at)
            pairs = sum(len({query.brand for query in h.queries}) for page in pages for h in page.heard)
            if pairs and triage(self.house.store, self.house.settings, at, pairs)["opened"]:
                self.desk.plan(at)
        self.desk.tidy(slots[-1][0])

    def _pull(self, some: Sequence[dict[str, Any]], at: datetime) -> list[Page]:
        with self.source.table.path.open("a", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in some)
        pages = list(self.source.pull(self.stream, self.cursor, at))
        self.cursor = pages[-1].cursor
        return pages

    def _save(self, tx: Connection, slots: Iterable[tuple[datetime, Sequence[Page]]]) -> None:
        save = partial(mentions.save_page, own_accounts=self.own, may_ring=False)
        for at, pages in slots:
            for page in pages:
                self.counts["heard"] += save(tx, SOURCE, self.stream.name, page, at).new


def _slots(day: Sequence[dict[str, Any]], now: datetime) -> Iterator[tuple[datetime, list[dict[str, Any]]]]:
    """(when it is heard, rows): what is said within a while is heard together, complaints soon, alarms at once, and an
    answer never together with what it answers."""
    some: list[dict[str, Any]] = []
    due = now
    for row in day:
        at = datetime.fromisoformat(row["created_at"])
        if some and (at > due or (row["scene"] == "answer" and row["parent_id"] in {one["id"] for one in some})):
            yield min(due, at), some
            some, due = [], now
        some.append(row)
        due = min(due, at + _waits(row))
    if some:
        yield due, some


def _waits(row: dict[str, Any]) -> timedelta:
    if row["shop"] != history.NORTHWIND:
        return SLOT
    return ALARM if row["scene"] in history.PRESSING else COMPLAINT if row["scene"] in history.CROSS else SLOT


@dataclass
class _Desk:
    """The agents of those days, each deed at its time."""

    house: House
    now: datetime
    counts: dict[str, int]
    agenda: list[tuple[datetime, int, Deed]] = field(default_factory=list)
    answered: set[str] = field(default_factory=set)
    seen: int = 0

    def __post_init__(self) -> None:
        self.random = random.Random("desk")
        self.store = self.house.store.coming_from("slack")
        self.order = count()

    def expect(self, day: Sequence[dict[str, Any]]) -> None:
        """Know what is answered on its platform, what is sarcasm, and what will be taken back."""
        for row in day:
            if row["scene"] == "answer":
                self.answered.add(f"{row['platform']}:{row['parent_id']}")
            id = f"{row['platform']}:{row['id']}"
            if row["scene"] == "sarcasm" and self.random.random() < 0.3:
                at = datetime.fromisoformat(row["created_at"]) + timedelta(hours=self.random.uniform(1, 9))
                self._at(at, partial(self._correct, id))
            if "gone_at" in row:
                self._at(datetime.fromisoformat(row["gone_at"]), partial(self._erase, id))

    def work(self, until: datetime) -> None:
        """Do all that is due."""
        due = []
        while self.agenda and self.agenda[0][0] <= until:
            due.append(heapq.heappop(self.agenda))
        if due:
            self.store.run(lambda tx: [do(tx, at) for at, _, do in due])

    def plan(self, at: datetime) -> None:
        """Decide what becomes of the cases that were just opened."""
        with self.store.read() as tx:
            query = select(*CASE).where(schema.cases.c.id > self.seen).order_by(schema.cases.c.id)
            new = [rows.case(row) for row in tx.execute(query).mappings()]
        for case in new:
            self.seen = max(self.seen, case.id)
            self.counts["opened"] += 1
            self._plan(case, at)

    def tidy(self, at: datetime) -> None:
        """Once a day: whose customer came back after all was said and done, and what lies about for days, is closed."""
        told = schema.case_events
        last = select(told.c.case_id, func.max(told.c.at).label("at")).group_by(told.c.case_id).subquery()
        query = (
            select(schema.cases.c.id)
            .join(last, last.c.case_id == schema.cases.c.id)
            .where(schema.cases.c.status.in_(cases.OPEN), schema.cases.c.opened_at < at - OPEN_FOR / 2)
            .where(last.c.at < at - timedelta(days=1))
        )
        with self.store.read() as tx:
            quiet = [case for id in tx.scalars(query) if (case := cases.get(tx, id)) is not None]
        for case in quiet:
            agent, reason = case.owner or LEAD, "no_reply" if case.waiting_since else "solved"
            self._move(case, at + self._minutes(200), partial(_closed, agent, reason))

    def _plan(self, case: Case, at: datetime) -> None:
        chance, ago = self.random.random, (self.now - at) / timedelta(days=1)
        slow = 2.2 if 6 < ago < 14 else 1.2 if 18 < ago < 24 else 1.0
        self._watch(case)
        claimed = at + self._minutes(FIRST_LOOK[case.priority] * slow)
        agent = owner = self._agent(claimed)
        if chance() < NEVER:
            self._move(
                case, at + OPEN_FOR * self.random.uniform(0.4, 1), lambda c, t: moves.resolve(c, LEAD, t, "no_action")
            )
            return
        self._move(case, claimed, lambda c, t: moves.claim(c, agent, t))
        if chance() < 0.05:
            why = "not_us" if chance() < 0.3 else "not_urgent"
            self._move(case, claimed + self._minutes(9), lambda c, t: moves.dismiss(c, agent, t, why))
            return
        if chance() < 0.06:
            claimed, owner = self._hand_over(case, claimed, agent)
        answered = claimed + self._minutes(ANSWER[case.priority] * slow)
        if case.mention_id not in self.answered:
            self._move(case, answered, lambda c, t: moves.answered(c, t, owner))
        if chance() < 0.05:
            rests = answered + timedelta(hours=self.random.uniform(3, 20))
            self._move(case, answered + timedelta(minutes=5), lambda c, t: moves.snooze(c, owner, rests, t))
            self._move(case, rests, lambda c, t: moves.wake(c, t))
        done = answered + self._minutes(60 * RESOLVE_HOURS[case.priority] * slow)
        (reason,) = self.random.choices(list(REASONS), list(REASONS.values()))
        self._move(case, done, lambda c, t: moves.resolve(c, owner, t, reason))
        if chance() < 0.04:
            again = done + timedelta(hours=self.random.uniform(2, 30))
            self._move(case, again, lambda c, t: moves.reopen(c, t, "closed too soon", by=owner))
            self._move(case, again + self._minutes(400), lambda c, t: moves.resolve(c, owner, t, "solved"))

    def _hand_over(self, case: Case, at: datetime, agent: str) -> tuple[datetime, str]:
        """To another team: (when it is taken, by whom)."""
        team = self.random.choice([team for team in self.house.settings.departments if team != case.team])
        taken = at + self._minutes(25)
        colleague = next(one for one in (self._agent(taken), LEAD, "U0MEERA001") if one != agent)
        self._move(case, at + timedelta(minutes=2), lambda c, t: moves.hand_over(c, agent, f"{moves.TEAM}{team}", t))
        self._move(case, taken, lambda c, t: moves.accept(c, colleague, t))
        return taken, colleague

    def _watch(self, case: Case) -> None:
        """The log tells of each promise that was missed, as `notifier.chase` would have written it down."""
        for what, due in (("answer", case.answer_by), ("resolve", case.resolve_by)):
            if due is not None:
                self._at(due, partial(self._breach, case.id, what))

    def _agent(self, at: datetime) -> str:
        """Somebody whose shift it is."""
        duty = on_shift(self.house.settings.coverages["world"], at)
        return self.random.choice(AGENTS[duty.shift.team] if duty is not None else (LEAD,))

    def _minutes(self, middle: float) -> timedelta:
        return timedelta(minutes=middle * self.random.lognormvariate(0, 0.8))

    # --- deeds --------------------------------------------------------------------------------

    def _at(self, at: datetime, do: Deed) -> None:
        heapq.heappush(self.agenda, (at, next(self.order), do))

    def _move(self, case: Case, at: datetime, act: Act) -> None:
        self._at(at, partial(self._do, case.id, act))

    def _do(self, case_id: int, act: Act, tx: Connection, at: datetime) -> None:
        """Make a move, if the case as it then is allows it: it may have been closed, or come back, meanwhile."""
        case = cases.get(tx, case_id)
        with suppress(Refused):
            move = act(case, at) if case is not None else None
            if move is not None and cases.move(tx, move) is not None:
                self.counts["moves"] += 1

    def _breach(self, case_id: int, what: str, tx: Connection, at: datetime) -> None:
        case = cases.get(tx, case_id)
        if case is None or case.status.is_closed:
            return
        due, done = (case.answer_by, case.answered_at) if what == "answer" else (case.resolve_by, case.waiting_since)
        if done is None and due == at:
            data = {"what": f"{what}_breached", "due": at.isoformat()}
            cases.record(tx, case_id, CaseEvent(EventKind.BREACHED, "sunwai", at, data))

    def _correct(self, mention_id: str, tx: Connection, at: datetime) -> None:
        """Somebody at the desk says what the judgement did not see."""
        with suppress(BadRecord):
            labels.put(tx, mention_id, "northwind", {"sentiment": "negative"}, self._agent(at), at)

    def _erase(self, mention_id: str, tx: Connection, at: datetime) -> None:
        self.counts["erased"] += erasure.erase_mentions(tx, [mention_id], "deleted_by_author", at)


def _closed(agent: str, reason: str, case: Case, at: datetime) -> Move | None:
    return moves.resolve(case, agent, at, reason)


def main() -> None:
    """What `sunwai demo` starts: fills the store of the settings, and writes down how far it is."""
    with enter() as house:
        home = Path(house.settings.home)
        fill(house, clock(), partial(past.tell, home))
        pipeline.rollup(house)
        past.end(home)


if __name__ == "__main__":
    main()
