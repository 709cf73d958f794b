"""Seconds from what an agent does in Slack to its acknowledgement, and to the moved case, with many presses a second.

The real listener (`sunwai listen-slack`) in a process of its own, over Socket Mode against the Slack stand-in in this one.
Of 100 presses 40 claim, 25 open a form, 20 send one and 15 type `/sunwai queue`; they arrive at an even pace, whether or not
the ones before were answered.
"""

import os
import random
import signal
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.mention import BrandQuery, Cursor, Heard, Page
from core.settings import Environment, Settings, parse
from core.store import Store, assessments, cases, mentions, open_store
from core.store.schema import case_events
from sandbox.slack.envelopes import Envelope
from sandbox.slack.limits import Limits
from tests.notifier import made
from tests.sandbox.slack_desk import Desk, running, until

A_SECOND, SECONDS = 50, 20
MIX = {"claim": 40, "form opened": 25, "form sent": 20, "/sunwai queue": 15}
PEOPLE = ("asha", "deniz", "grace", "meera", "sam")
CHANNELS = ("safety", "care-billing", "care-delivery", "care-tech", "privacy")
SLACKS_PATIENCE = 3.0
SLICE_SECONDS = 0.05
TOML = """
home = "{home}"
[brands.northwind]
name = "Northwind"
[[brands.northwind.queries]]
name = "brand"
any_of = ["northwind"]
"""


@dataclass(frozen=True)
class Result:
    """Seconds, by what was done: until the acknowledgement, and until the case had moved. `unanswered` presses were not
    acknowledged within Slack's three seconds."""

    acks: dict[str, list[float]]
    moves: list[float]
    unanswered: int

    def told(self) -> str:
        every = sorted(wait for waits in self.acks.values() for wait in waits)
        p99 = ", ".join(f"{what} {_cut(waits, 99):.3f} s" for what, waits in self.acks.items())
        return (
            f"acknowledged p50 {_cut(every, 50):.3f} s, p99 {_cut(every, 99):.3f} s, worst {every[-1]:.3f} s; "
            f"case moved p50 {_cut(self.moves, 50):.3f} s, p99 {_cut(self.moves, 99):.3f} s "
            f"({len(every):,} presses, {A_SECOND} a second, {self.unanswered} unanswered, {len(self.moves):,} moves)\n"
            f"  p99 of each: {p99}"
        )


def measure(url: str, folder: Path, share: float = 1.0) -> Result:
    """One run on the empty database at `url`. The listener gets no more than `share` of a core, as on a machine that has
    too much to do."""
    store = open_store(url, migrate=True)
    settings = parse(
        {"brands": {"northwind": {"name": "Northwind", "queries": [{"name": "b", "any_of": ["northwind"]}]}}}
    )
    config = folder / "sunwai.toml"
    config.write_text(TOML.format(home=folder / "home"), encoding="utf-8")
    with running(limits=Limits(burst=1_000_000, tiers=False), ack_seconds=SLACKS_PATIENCE) as desk:
        tokens = {
            "SLACK_API_BASE_URL": f"{desk.url}/api/",
            "SLACK_BOT_TOKEN": desk.state.bot_token,
            "SLACK_APP_TOKEN": desk.state.app_token,
        }
        cards = _ring(store, settings, Environment(tokens), count=A_SECOND * SECONDS)
        environment = {**os.environ, **tokens, "DATABASE_URL": url, "SUNWAI_CONFIG": str(config)}
        command = [str(Path(sys.executable).with_name("sunwai")), "listen-slack"]
        with (folder / "listener.log").open("wb") as log:
            process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)
        try:
            until(lambda: desk.state.connections or process.poll() is not None, 60)
            with _starved(process, share):
                return _Crowd(desk, store, cards).press()
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
            store.close()


@contextmanager
def _starved(process: subprocess.Popen[bytes], share: float) -> Iterator[None]:
    """Let a process run for `share` of the time, in slices as a scheduler deals them out."""
    over = threading.Event()

    def hold() -> None:
        while not over.is_set():
            process.send_signal(signal.SIGSTOP)
            time.sleep(SLICE_SECONDS * (1 - share))
            process.send_signal(signal.SIGCONT)
            time.sleep(SLICE_SECONDS * share)

    holding = threading.Thread(target=hold)
    if share < 1:
        holding.start()
    try:
        yield
    finally:
        over.set()
        if share < 1:
            holding.join()


def _ring(store: Store, settings: Settings, environment: Environment, count: int) -> list[tuple[int, str, str]]:
    """Cases whose cards are in Slack: (case id, channel, ts). Posted here, for the pipeline keeps to Slack's pace."""
    from notifier.cards import case_card, case_metadata
    from notifier.slack_client import Posted, connect

    slack, now = connect(settings, environment), datetime.now(UTC)
    query = BrandQuery("northwind", "b", ("northwind",))
    said = [made.mention(external_id=str(n), created_at=now) for n in range(1, count + 1)]
    page = Page(Cursor(floor="1", floor_at=now), tuple(Heard(one, (query,), {}) for one in said))
    with store.write() as tx:
        mentions.save_page(tx, "x", "b", page, now)
        waiting = assessments.to_assess(tx, count)
        assessments.save(tx, [(one, made.assessment(mention_id=one.mention.id, assessed_at=now)) for one in waiting])
        due = {"opened_at": now, "answer_by": now + timedelta(hours=1), "resolve_by": now + timedelta(hours=8)}
        opened = cases.open_cases(tx, [(made.case(id=0, mention_id=one.id, team="", **due), one) for one in said])
    cards: list[tuple[int, Posted]] = []
    for number, case in enumerate(opened):
        with store.read() as tx:
            file = cases.file(tx, case.id, "Northwind")
        assert file is not None
        channel = f"#{CHANNELS[number % len(CHANNELS)]}"
        posted = slack.post(channel, case_card(file, now), case_metadata(file, f"card:{case.id}"))
        cards.append((case.id, posted))
    with store.write() as tx:
        for case_id, posted in cards:
            cases.card_posted(tx, case_id, posted.channel, posted.ts, now)
    return [(case_id, posted.channel, posted.ts) for case_id, posted in cards]


@dataclass
class _Crowd:
    """Agents who press all the time, and a watch on what becomes of it."""

    desk: Desk
    store: Store
    fresh: list[tuple[int, str, str]]
    luck: random.Random = field(default_factory=lambda: random.Random(5))
    expected: dict[tuple[int, str], float] = field(default_factory=dict)
    moved: dict[tuple[int, str], float] = field(default_factory=dict)

    def press(self) -> Result:
        over = threading.Event()
        watching = threading.Thread(target=self._watch, args=(over,))
        watching.start()
        waits: list[tuple[str, Future[float | None]]] = []
        with ThreadPoolExecutor(4 * A_SECOND) as ears:
            start = time.monotonic()
            for number in range(A_SECOND * SECONDS):
                time.sleep(max(0.0, start + number / A_SECOND - time.monotonic()))
                at = time.monotonic()
                what, envelope = self._one(self.luck.choices(list(MIX), list(MIX.values()))[0], at)
                waits.append((what, ears.submit(_acknowledged, envelope, at)))
        end = time.monotonic() + 30
        while self.expected.keys() - self.moved.keys() and time.monotonic() < end:
            time.sleep(0.1)
        over.set()
        watching.join()
        acks: dict[str, list[float]] = {what: [] for what in MIX}
        for what, future in waits:
            if (wait := future.result()) is not None:
                acks[what].append(wait)
        moves = sorted(self.moved[key] - at for key, at in self.expected.items() if key in self.moved)
        if len(moves) < len(self.expected):
            raise RuntimeError(f"{len(self.expected) - len(moves)} of {len(self.expected)} cases never moved")
        return Result(acks, moves, len(waits) - sum(map(len, acks.values())))

    def _one(self, what: str, at: float) -> tuple[str, Envelope]:
        """Do one thing; a form can be sent only where one is open, so else one is opened."""
        state, who = self.desk.state, self.luck.choice(PEOPLE)
        if what == "/sunwai queue":
            return what, state.command(self.luck.choice(CHANNELS), "/sunwai", "queue", who)
        form = self._open_form() if what == "form sent" else None
        if form is not None:
            self.expected[form[1], "resolved"] = at
            return what, state.submit_view(form[0], {"reason": "refunded", "note": "Voucher promised"})
        case_id, channel, ts = self.fresh.pop()
        if what == "claim":
            self.expected[case_id, "claimed"] = at
            return what, state.press(channel, ts, "claim", who)
        return "form opened", state.press(channel, ts, self.luck.choice(["reply", "resolve", "resolve"]), who)

    def _open_form(self) -> tuple[str, int] | None:
        """The id and the case of a form that somebody has open and that was not sent yet."""
        from notifier import modals

        with self.desk.state.lock:
            for view in self.desk.state.views:
                if view.wire["callback_id"] == modals.RESOLVE:
                    case_id = modals.Seen.of(view.wire).case
                    if (case_id, "resolved") not in self.expected:
                        return view.id, case_id
        return None

    def _watch(self, over: threading.Event) -> None:
        """Note when each case was seen to have moved. Looks back a little, for ids are given before they are committed."""
        seen = 0
        while not over.wait(0.01):
            with self.store.read() as tx:
                query = select(case_events.c.id, case_events.c.case_id, case_events.c.kind).where(
                    case_events.c.id > seen - 200
                )
                found: list[Any] = list(tx.execute(query.order_by(case_events.c.id)))
            now = time.monotonic()
            for event in found:
                seen = max(seen, event.id)
                self.moved.setdefault((event.case_id, event.kind), now)


def _acknowledged(envelope: Envelope, since: float) -> float | None:
    return time.monotonic() - since if envelope.wait(SLACKS_PATIENCE + 1) and len(envelope.attempts) == 1 else None


def _cut(waits: list[float], percent: int) -> float:
    return statistics.quantiles(waits, n=100)[percent - 1]
