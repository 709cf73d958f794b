"""How many mentions a second go through ingest, assess, triage and into the outbox, with everything on.

Two processes, as two cores allow: one hears (replay of a JSONL file), the other judges and triages, and the first helps when
it has heard all. They meet in the store, like workers on two machines.
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

from core.settings import Environment, Settings, parse
from core.store import Store, assessments, open_store, schema
from tests.bench import texts

BATCH = 500
MARKS = 5
"""Memory is read at each fifth of the way."""


@dataclass(frozen=True)
class Result:
    """`rate` in mentions a second; `memory` in MB at each mark, by process."""

    database: str
    count: int
    seconds: float
    rate: float
    cases: int
    queued: int
    memory: dict[str, list[int]]


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
    memory = dict(answers.get(timeout=3600) for _ in workers)
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
    return Result(url.split(":")[0].split("+")[0], count, seconds, count / seconds, cases, queued, memory)


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
    ingest(store, sources, settings, datetime.now(UTC))
    heard_all.set()
    _judge_and_triage(store, settings, heard_all, judges=not store.is_sqlite)
    answers.put(("hear", memory.finish()))


def judge(url: str, folder: str, count: int, barrier: Any, answers: Any, heard_all: Any) -> None:
    """The second process: assess and triage until all is heard and done."""
    settings, store = settings_for(Path(folder)), open_store(url)
    memory = Memory(count)
    barrier.wait()
    watcher = threading.Thread(target=memory.watch, args=(lambda: heard(store),), daemon=True)
    watcher.start()
    _judge_and_triage(store, settings, heard_all, judges=True)
    answers.put(("judge", memory.finish()))


def _judge_and_triage(store: Store, settings: Settings, heard_all: Any, judges: bool) -> None:
    """Both stages in turn until nothing waits. On SQLite only one process judges: two would take the same rows."""
    from analysis.assess import assess
    from analysis.triage import triage

    while True:
        done = heard_all.is_set()
        judged = judges and any(assess(store, settings, datetime.now(UTC), limit=BATCH).values())
        triaged = any(triage(store, settings, datetime.now(UTC), limit=BATCH).values())
        if not (judged or triaged):
            if done and not _waits(store):
                return
            time.sleep(0.02)


def _waits(store: Store) -> bool:
    with store.read() as tx:
        return assessments.waits(tx, "to_assess") or assessments.waits(tx, "to_triage")


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
