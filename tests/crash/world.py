"""What the crash tests' people say, what should ring, and how to see whether it did."""

import json
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import select

from core.store import Store, open_store, schema
from core.store.engine import database_now
from sandbox.server import Sandbox, running

SAID = [
    ("x", "my northwind power bank is swollen and smoking, what do I do?", True),
    ("x", "northwind shipped it in a day, lovely people, thank you", False),
    ("x", "northwind: account hacked and my money is gone, somebody is ordering phones right now", True),
    ("x", "Third time I write to @northwind about the same missing refund, nobody answers. Consumer court next.", True),
    ("reddit", "northwind heater gave me an electric shock today", True),
    ("reddit", "is northwind open on sunday", False),
    *(("x", f"northwind coffee number {n} is fine I guess", False) for n in range(20)),
    ("x", "northwind debited me twice again for the same order and I cannot pay my rent", True),
]
"""(platform, words, must ring). More X posts than fit two pages of ten, so that answers have several pages."""

SETTINGS: dict[str, Any] = {
    "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
    "sources": {
        "x": {"page_size": 10, "poll_seconds": 1},
        "reddit": {"subreddits": ["northwind"], "listen": ["new", "comments"], "poll_seconds": 1},
    },
    "departments": {
        "safety": {"channel": "#safety", "topics": ["safety"]},
        "privacy": {"channel": "#privacy", "topics": ["privacy_security"]},
        "billing": {"channel": "#care-billing", "topics": ["billing"]},
    },
}


class Worker:
    """The forking worker of `tests.crash.worker`, kept for all trials."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.crash.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            cwd=Path(__file__).parents[2],
        )
        self._line()

    def run(
        self, database: str, environment: dict[str, str], *, kill_at: int = 0, passes: int = 1, **more: Any
    ) -> dict[str, Any]:
        """Run one worker to its end. Returns `exit` (-9 when it was killed), and `steps` where it finished. `more` of the
        order: other `settings`, or the `now` of a pass of the desk's stages alone."""
        order = {
            "database": database,
            "environment": environment,
            "settings": SETTINGS,
            "kill_at": kill_at,
            "passes": passes,
        } | more
        assert self._process.stdin
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = {}
        while "exit" not in answer:
            answer |= json.loads(self._line())
        assert "error" not in answer, answer["error"]
        return answer

    def close(self) -> None:
        with suppress(BrokenPipeError):
            assert self._process.stdin
            self._process.stdin.close()
        self._process.wait(timeout=10)

    def _line(self) -> str:
        assert self._process.stdout
        line = self._process.stdout.readline()
        assert line, "the crash worker ended by itself"
        return line


@dataclass
class Outcome:
    """What a trial left behind, compared with what people said. All empty is a promise kept."""

    steps: int = 0
    lost: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)
    uncalled_for: list[str] = field(default_factory=list)
    unfinished: list[str] = field(default_factory=list)

    @property
    def kept(self) -> bool:
        return not (self.lost or self.missing or self.twice or self.uncalled_for or self.unfinished)


def trial(worker: Worker, database: str, kill_at: int, meanwhile: Callable[[Sandbox], None] | None = None) -> Outcome:
    """Listen to an empty world, let people speak, kill a worker at step `kill_at`, let another finish, and compare."""
    with running(limits={"reddit": (100_000, 600)}) as sandbox:  # else praw slows itself down
        environment = sandbox.env()
        worker.run(database, environment)  # the first pull of each stream, which never rings
        said = {}
        for number, (platform, words, rings) in enumerate(SAID):
            place = {"place": "northwind", "title": words[:40]} if platform == "reddit" else {}
            post = sandbox.world.post(platform, f"author{number}", words, **place)
            said[f"{platform}:{post.id}"] = rings
        if meanwhile:
            meanwhile(sandbox)
        first = worker.run(database, environment, kill_at=kill_at, passes=2)
        store = open_store(database)
        try:
            if first["exit"] == -9:
                let_leases_run_out(store)
                worker.run(database, environment, passes=2)
            outcome = _compare(store, sandbox, said)
        finally:
            store.close()
    outcome.steps = first.get("steps", kill_at)
    return outcome


def let_leases_run_out(store: Store) -> None:
    """What waiting a minute would do: a dead sender's leases end, by the database's clock."""
    with store.write() as tx:
        held = schema.outbox.c.leased_until.isnot(None)
        tx.execute(schema.outbox.update().where(held).values(leased_until=database_now(tx)))


def _compare(store: Store, sandbox: Sandbox, said: dict[str, bool]) -> Outcome:
    with store.read() as tx:
        stored = set(tx.scalars(select(schema.mentions.c.id)))
        resumes = [r for r in tx.scalars(select(schema.cursors.c.resume)) if r is not None]
    shown: Counter[str] = Counter()
    for channel in sandbox.slack.snapshot()["channels"]:
        for message in sandbox.slack.messages(channel["name"]):
            metadata = message.get("metadata") or {}
            if metadata.get("event_type") == "sunwai_case":
                shown[metadata["event_payload"]["mention"]] += 1
    return Outcome(
        lost=sorted(said.keys() - stored),
        missing=sorted(m for m, rings in said.items() if rings and not shown[m]),
        twice=sorted(m for m, count in shown.items() if count > 1),
        uncalled_for=sorted(m for m in shown if not said.get(m)),
        unfinished=resumes,
    )
