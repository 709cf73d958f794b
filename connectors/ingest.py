"""STAGE: hear what was said, and store it together with how far we have listened."""

import logging
import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from typing import Literal

from sqlalchemy import Connection

from connectors.social.source import Source
from core.errors import Misconfigured, RetryLater
from core.mention import Charge, Cursor, Page, Stream
from core.settings import Settings
from core.store import Store, cursors, erasure, mentions, spend

log = logging.getLogger(__name__)

LONGEST_BACKOFF = timedelta(minutes=5)
"""How long we wait at most before we try again where the other side did not say when."""

MISCONFIGURED_RETRY = timedelta(minutes=1)
"""A wrong key is tried again so soon, so that setting it right is all that a person must do."""

BATCH = 100
"""Posts asked for at once, and settled in one transaction."""

TROUBLE = "trouble"
"""The key in a stream's stored `Cursor.extra` under which its failures are noted; connectors never see it."""


def ingest(
    store: Store,
    sources: Iterable[Source],
    settings: Settings,
    now: datetime,
    jitter: Callable[[], float] = random.random,
    *,
    mended: bool = False,
) -> dict[str, int]:
    """Pull every stream of the sources once and store each page with its cursor, in one transaction.

    A stream that fails waits by itself, and the wait is stored, so that other workers and later starts keep it; all
    other streams go on. Returns counts: `pages`, `new`, `changed`, `rejected`, `deleted`, `gaps`, and of streams `pulled`,
    `failed` and `waiting`. Safe to run twice, or twice at once: a mention is stored once whoever finds it, and each
    cursor that was ever stored is true. `mended`: a person asks, who has perhaps just set a new key, so what a wrong one
    stopped is tried at once.
    """
    counts = Counter(dict.fromkeys(("pages", "new", "changed", "rejected", "deleted", "gaps"), 0))
    counts.update(dict.fromkeys(("pulled", "failed", "waiting"), 0))
    own = frozenset[str]().union(*(settings.brand(key).own_accounts for key in settings.brands))
    for source in sources:
        counts.update(_ingest_one(store, source, own, now, jitter, mended))
    return dict(counts)


def refresh(store: Store, sources: Iterable[Source], now: datetime, limit: int = 300) -> dict[str, int]:
    """Ask each platform whether posts are still there, those longest unasked first, and erase what is gone.

    At most `limit` posts a source, none asked again within its `recheck_hours`, and only while its budget lasts. Returns
    counts: `checked`, `erased`, `failed` (sources that could not be asked). Safe to run twice, or twice at once.
    """
    counts = Counter({"checked": 0, "erased": 0, "failed": 0})
    for source in sources:
        for begun in range(0, limit, BATCH):
            due = _due(store, source, now, min(BATCH, limit - begun))
            if not due:
                break
            try:
                gone, charges = source.find_deleted(due, now)
            except (RetryLater, Misconfigured) as error:
                log.warning("%s could not be asked for deleted posts: %s", source.name, error)
                counts["failed"] += 1
                break
            counts["erased"] += store.run(partial(_settle, source=source, due=due, gone=gone, charges=charges, now=now))
            counts["checked"] += len(due)
    return dict(counts)


def _due(store: Store, source: Source, now: datetime, limit: int) -> list[str]:
    """External ids to ask for now; none while the source waits, or has spent its budget."""
    if budget_spent(store, source, now):
        return []
    with store.read() as tx:
        waits = cursors.state(tx, source.name).not_before
        if waits is not None and waits > now:
            return []
        return mentions.to_check(
            tx,
            source.platform,
            now - timedelta(days=source.table.recheck_days),
            limit,
            source=source.name,
            checked_before=now - timedelta(hours=source.table.recheck_hours),
        )


def _settle(
    tx: Connection,
    source: Source,
    due: Sequence[str],
    gone: Sequence[str],
    charges: Sequence[Charge],
    now: datetime,
) -> int:
    spend.record(tx, source.name, charges, now)
    mentions.mark_checked(tx, source.platform, sorted(set(due) - set(gone)), now)
    return erasure.erase_mentions(tx, [f"{source.platform}:{id}" for id in gone], "deleted_by_author", now)


def budget_spent(store: Store, source: Source, now: datetime) -> RetryLater | None:
    """Whether the source may spend no more: what to tell people, and when its next period begins (UTC)."""
    today = now.date()
    tomorrow = datetime.combine(today + timedelta(days=1), datetime.min.time(), now.tzinfo)
    next_month = datetime.combine(
        (today.replace(day=1) + timedelta(days=32)).replace(day=1), datetime.min.time(), now.tzinfo
    )
    for budget, since, period, until in (
        (source.table.budget_usd_per_month, today.replace(day=1), "month", next_month),
        (source.table.budget_usd_per_day, today, "day", tomorrow),
    ):
        if budget is not None:
            with store.read() as tx:
                dollars = spend.spent(tx, source.name, since.isoformat(), today.isoformat()) / 1_000_000
            if dollars >= budget:
                return RetryLater(f"{source.name} has spent its budget of ${budget:.2f} a {period}.", until)
    return None


@dataclass(frozen=True, slots=True)
class _Trouble:
    """What is wrong with one stream: failures in a row, until when it waits, and the sentence for people."""

    failures: int
    not_before: datetime
    kind: Literal["retry_later", "misconfigured"]
    error: str

    @classmethod
    def of(cls, cursor: Cursor | None) -> "_Trouble | None":
        note = cursor.extra.get(TROUBLE) if cursor else None
        if not isinstance(note, Mapping):
            return None
        return cls(note["failures"], datetime.fromisoformat(note["not_before"]), note["kind"], note["error"])

    def noted(self, cursor: Cursor | None) -> Cursor:
        cursor = cursor or Cursor()
        note = {
            "failures": self.failures,
            "not_before": self.not_before.isoformat(),
            "kind": self.kind,
            "error": self.error,
        }
        return replace(cursor, extra={**cursor.extra, TROUBLE: note})


def _ingest_one(
    store: Store, source: Source, own: frozenset[str], now: datetime, jitter: Callable[[], float], mended: bool
) -> Counter[str]:
    counts: Counter[str] = Counter()
    troubles: list[_Trouble] = []
    if spent := budget_spent(store, source, now):  # asked each time, so that a raised budget counts at once
        store.run(lambda tx: cursors.source_failed(tx, source.name, "retry_later", str(spent), spent.until, now))
        return Counter(waiting=len(source.streams()))
    for stream in source.streams():
        with store.read() as tx:
            stored = cursors.load(tx, source.name, stream.name)
        trouble = _Trouble.of(stored)
        tries_now = mended and trouble is not None and trouble.kind == "misconfigured"
        if trouble is not None and trouble.not_before > now and not tries_now:
            counts["waiting"] += 1
            troubles.append(trouble)
            continue
        failures = trouble.failures if trouble is not None else 0
        cursor, error = _pull(store, source, stream, _without_trouble(stored), own, now, counts)
        if error is None:
            counts["pulled"] += 1
            continue
        counts["failed"] += 1
        trouble = _trouble(error, failures + 1, now, jitter)
        troubles.append(trouble)
        log.warning("%s, %s: %s", source.name, stream.name, trouble.error)
        noted = trouble.noted(cursor)
        store.run(partial(cursors.save, source=source.name, stream=stream.name, cursor=noted, now=now))
    _tell_state(store, source, troubles, counts, now)
    return counts


def _pull(
    store: Store,
    source: Source,
    stream: Stream,
    cursor: Cursor | None,
    own: frozenset[str],
    now: datetime,
    counts: Counter[str],
) -> tuple[Cursor | None, RetryLater | Misconfigured | None]:
    """Store all pages of a stream. Returns the last stored cursor, and what went wrong after it."""
    pages = source.pull(stream, cursor, now)
    while True:
        if budget_spent(store, source, now):
            return cursor, None
        try:
            page = next(pages, None)
        except (RetryLater, Misconfigured) as error:
            return cursor, error
        if page is None:
            return cursor, None
        # What a stream held before its first answer was complete is history, and never rings.
        may_ring = cursor is not None and cursor.floor_at is not None
        saved = store.run(partial(_save, source=source, stream=stream, page=page, own=own, may_ring=may_ring, now=now))
        cursor = page.cursor
        counts.update(pages=1, gaps=len(page.gaps), new=saved.new, changed=saved.changed)
        counts.update(rejected=saved.rejected, deleted=saved.deleted)


def _save(
    tx: Connection, source: Source, stream: Stream, page: Page, own: frozenset[str], may_ring: bool, now: datetime
) -> mentions.Saved:
    return mentions.save_page(tx, source.name, stream.name, page, now, own_accounts=own, may_ring=may_ring)


def _trouble(error: RetryLater | Misconfigured, failures: int, now: datetime, jitter: Callable[[], float]) -> _Trouble:
    """When to try again: as the other side asks, else twice as long each time; with jitter, so that workers part."""
    if isinstance(error, Misconfigured):
        return _Trouble(failures, now + MISCONFIGURED_RETRY, "misconfigured", str(error))
    if error.until is not None:
        return _Trouble(failures, error.until + timedelta(seconds=jitter()), "retry_later", str(error))
    backoff = min(LONGEST_BACKOFF, timedelta(seconds=2 ** min(failures, 20)))
    return _Trouble(failures, now + backoff * (0.5 + jitter() / 2), "retry_later", str(error))


def _tell_state(
    store: Store, source: Source, troubles: Sequence[_Trouble], counts: Counter[str], now: datetime
) -> None:
    """Note how the source does as a whole: well if a stream went through, and what is wrong with the worst of the rest."""
    if not (counts["pulled"] or counts["failed"]):
        return
    worst = min(troubles, key=lambda trouble: (trouble.kind != "misconfigured", trouble.not_before), default=None)

    def tell(tx: Connection) -> None:
        if counts["pulled"]:
            cursors.source_ok(tx, source.name, now)
        if worst is not None:
            waits = None if counts["pulled"] else min(trouble.not_before for trouble in troubles)
            cursors.source_failed(tx, source.name, worst.kind, worst.error, waits, now)

    store.run(tell)


def _without_trouble(cursor: Cursor | None) -> Cursor | None:
    if cursor is None or TROUBLE not in cursor.extra:
        return cursor
    plain = replace(cursor, extra={key: value for key, value in cursor.extra.items() if key != TROUBLE})
    return None if plain == Cursor() else plain
