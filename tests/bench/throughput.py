"""How many mentions a second go through ingest, assess, triage and into the outbox, with everything on.

Two processes, as two cores allow: one hears (replay of a JSONL file) and helps when it has heard all, the other judges and
triages; on SQLite the first triages and the second judges. They meet in the store, like workers on two machines.
"""

import csv
import json
import multiprocessing
import resource
import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import func, select

import app  # noqa: F401 - as every process of ours begins
from core.settings import Environment, Settings, parse
from core.store import Store, assessments, open_store, schema
from tests.bench import texts

BATCH = 500
MARKS = 5
"""Memory is read at each fifth of the way."""


@dataclass(frozen=True)
class Result:
    """`rate` in mentions a second; by process, `memory` in MB at each mark and `work` in milliseconds of processor time for
    1,000 mentions, without the database's own processes."""

    database: str
    count: int
    seconds: float
    rate: float
    cases: int
    queued: int
    memory: dict[str, list[int]]
    work: dict[str, float]


def settings_for(folder: Path) -> Settings:
    return parse(
        {
            "brands": {"northwind": {"name": "Northwind", "queries": [{"name": "brand", "any_of": ["northwind"]}]}},
            "sources": {"replay": {"path": str(folder / "posts.jsonl"), "poll_seconds": 1}},
            "customers": {"csv": str(folder / "customers.csv")},
        }
    )


def write_inputs(folder: Path, count: int, customers: int) -> None:
    """The posts, said in the last minutes so that they may ring, and the customers file. `posts.jsonl` begins with one post
    alone, for a source's first pull never rings; `begin` adds the rest."""
    start = datetime.now(UTC) - timedelta(milliseconds=count + 1000)
    with (folder / "rest.jsonl").open("w", encoding="utf-8") as file:
        for post in texts.posts(count, start):
            file.write(json.dumps(post, ensure_ascii=False) + "\n")
    with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
        rows = texts.customers(customers)
        first = next(rows)
        writer = csv.DictWriter(file, first.keys())
        writer.writeheader()
        writer.writerow(first)
        writer.writerows(rows)


def measure(url: str, folder: Path, count: int) -> Result:
    """One run over the inputs in `folder`, into the empty database at `url`. The customers are there and indexed before it
    begins, as `sunwai sync` leaves them."""
    from analysis.identity import keep
    from connectors.ingest import ingest
    from connectors.social import build
    from connectors.sync import sync

    settings = settings_for(folder)
    store = open_store(url, migrate=True)
    sync(store, settings, Environment({}), datetime.now(UTC))
    keep.prepare(store, datetime.now(UTC))
    first = {"platform": "x", "id": "1", "text": "northwind is nice", "author": {"id": "a"}}
    (folder / "posts.jsonl").write_text(json.dumps(first) + "\n", encoding="utf-8")
    ingest(store, build(settings, Environment({})), settings, datetime.now(UTC))
    with (folder / "posts.jsonl").open("ab") as posts, (folder / "rest.jsonl").open("rb") as rest:
        shutil.copyfileobj(rest, posts)

    context = multiprocessing.get_context("spawn")
    barrier, answers, heard_all = context.Barrier(3), context.Queue(), context.Event()
    workers = [
        context.Process(target=target, args=(url, str(folder), count, barrier, answers, heard_all))
        for target in (hear, judge)
    ]
    for worker in workers:
        worker.start()
    barrier.wait()
    started = time.monotonic()
    told = [answers.get(timeout=3600) for _ in workers]
    seconds = time.monotonic() - started
    for worker in workers:
        worker.join()
    with store.read() as tx:
        stored = tx.scalar(select(func.count()).select_from(schema.assessments).where(schema.assessments.c.stage == 2))
        cases = tx.scalar(select(func.count()).select_from(schema.cases)) or 0
        queued = tx.scalar(select(func.count()).select_from(schema.outbox)) or 0
    store.close()
    if stored != count + 1:
        raise RuntimeError(f"{stored} of {count + 1} mentions came through")
    memory = {name: marks for name, marks, _ in told}
    work = {name: 1e6 * spent / count for name, _, spent in told}
    return Result(url.split(":")[0].split("+")[0], count, seconds, count / seconds, cases, queued, memory, work)


def hear(url: str, folder: str, count: int, barrier: Any, answers: Any, heard_all: Any) -> None:
    """The first process: ingest, then help with what waits."""
    from connectors.ingest import ingest
    from connectors.social import build

    settings, store = settings_for(Path(folder)), open_store(url)
    sources = build(settings, Environment({}))
    memory = Memory(count)
    barrier.wait()
    watcher = threading.Thread(target=memory.watch, args=(lambda: heard(store),), daemon=True)
    watcher.start()
    started = time.process_time()
    ingest(store, sources, settings, datetime.now(UTC))
    heard_all.set()
    _judge_and_triage(store, settings, heard_all, judges=not store.is_sqlite)
    answers.put(("hear", memory.finish(), time.process_time() - started))


def judge(url: str, folder: str, count: int, barrier: Any, answers: Any, heard_all: Any) -> None:
    """The second process: it judges what is heard, and triages too where it may."""
    settings, store = settings_for(Path(folder)), open_store(url)
    memory = Memory(count)
    barrier.wait()
    watcher = threading.Thread(target=memory.watch, args=(lambda: heard(store),), daemon=True)
    watcher.start()
    started = time.process_time()
    _judge_and_triage(store, settings, heard_all, judges=True, triages=not store.is_sqlite)
    answers.put(("judge", memory.finish(), time.process_time() - started))


def _judge_and_triage(
    store: Store, settings: Settings, heard_all: Any, *, judges: bool = True, triages: bool = True
) -> None:
    """Both stages in turn until nothing waits. On SQLite one process judges and the other triages: two would take the same
    rows."""
    from analysis.assess import assess
    from analysis.triage import triage

    while True:
        done = heard_all.is_set()
        judged = judges and any(assess(store, settings, datetime.now(UTC), limit=BATCH).values())
        triaged = triages and any(triage(store, settings, datetime.now(UTC), limit=BATCH).values())
        if not (judged or triaged):
            if done and not _waits(store, triages):
                return
            time.sleep(0.02)


def _waits(store: Store, triages: bool) -> bool:
    """Does anything wait that this process does, or may come to?"""
    with store.read() as tx:
        return assessments.waits(tx, "to_assess") or (triages and assessments.waits(tx, "to_triage"))


def heard(store: Store) -> int:
    with store.read() as tx:
        return tx.scalar(select(func.count()).select_from(schema.raw_payloads)) or 0


class Memory:
    """The process's highest memory so far, in MB, noted at each fifth of the mentions heard, and at the end."""

    def __init__(self, count: int) -> None:
        self._every = count // MARKS
        self._marks: list[int] = []

    def watch(self, heard: Callable[[], int]) -> None:
        while len(self._marks) < MARKS:
            if heard() >= self._every * (len(self._marks) + 1):
                self._marks.append(_peak())
            time.sleep(0.5)

    def finish(self) -> list[int]:
        return [*self._marks[:MARKS], _peak()]


def _peak() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
