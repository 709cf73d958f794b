"""STAGE: let go of what is older than the team keeps, and look after the database."""

import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete

from core.settings import Settings
from core.store import Store, erasure, likenesses, reports, search
from core.store.schema import heartbeats, outbox, spend_items

BATCH = 2_000
"""Mentions erased in one transaction, so that no other writer waits long."""
SENT_DAYS = 90
"""A sent message's row keeps its dedupe key so long; what could queue it again is long past."""
FAILED_DAYS = 7
"""A message that could not be sent counts against the pipeline's health so long; its case stays on the dashboard."""
JUST_NOW = timedelta(days=2)
"""What was erased since then may have left words in the search index of SQLite; housekeeping runs daily."""
SPEND_DAYS = 40
"""Items are billed once a UTC day; the ledger by day and kind stays for good."""


def housekeeping(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Erase what is past its retention, drop rows that only mattered for a while, and let the database tidy up.

    Returns counts: `mentions` and `raw` erased, `outbox`, `spend_items`, `heartbeats`, `reports` and `likenesses` dropped.
    Safe to run twice, or twice at once.
    """
    counts = _retain(store, settings, now)
    counts |= store.run(lambda tx: _drop_old(tx, now))
    forgotten = now - timedelta(hours=settings.judgement.group_within_hours)
    kept_since = now - timedelta(days=settings.retention.mentions_days)
    counts["reports"] = store.run(lambda tx: reports.drop(tx, kept_since))
    counts["likenesses"] = store.run(lambda tx: likenesses.prune(tx, forgotten))
    if counts["mentions"] or store.run(erasure.newest) > now - JUST_NOW:
        search.settle(store)
    _tidy(store)
    return counts


def _retain(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    keep = settings.retention
    mentions_before, raw_before = now - timedelta(days=keep.mentions_days), now - timedelta(days=keep.raw_days)
    counts = {"mentions": 0, "raw": 0}
    while True:
        erased = store.run(lambda tx: erasure.retain(tx, mentions_before, raw_before, now, BATCH))
        counts = {name: counts[name] + erased[name] for name in counts}
        if erased["mentions"] < BATCH:
            return counts


def _drop_old(tx: Connection, now: datetime) -> dict[str, int]:
    def drop(statement: object) -> int:
        return int(tx.execute(statement).rowcount)  # type: ignore[call-overload]

    old_day = (now - timedelta(days=SPEND_DAYS)).date().isoformat()
    silent = heartbeats.c.name.startswith("listener:") & (heartbeats.c.beat_at < now - timedelta(days=1))
    lasting = outbox.c.dedupe_key.startswith("digest:")  # what it quotes may be erased at any time
    lasting |= outbox.c.dedupe_key.startswith("report:")  # likewise
    lasting |= outbox.c.dedupe_key.startswith("said:")  # so may what a thread quotes
    lasting |= outbox.c.dedupe_key.startswith("guideline")  # what a team was told stays known
    sent = (outbox.c.status == "sent") & (outbox.c.sent_at < now - timedelta(days=SENT_DAYS)) & ~lasting
    failed = (outbox.c.status == "failed") & (outbox.c.created_at < now - timedelta(days=FAILED_DAYS))
    return {
        "outbox": drop(delete(outbox).where(sent | failed)),
        "spend_items": drop(delete(spend_items).where(spend_items.c.day < old_day)),
        "heartbeats": drop(delete(heartbeats).where(silent)),
    }


def _tidy(store: Store) -> None:
    """Fresh statistics for the planner; on SQLite also a short write-ahead log, where it is not too busy for that today.
    PostgreSQL vacuums by itself."""
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        if store.is_sqlite:
            raw = connection.connection.dbapi_connection
            assert raw is not None  # noqa: S101 - an open connection has one
            with suppress(sqlite3.OperationalError):  # others hold it for longer than one waits
                for pragma in ("optimize", "wal_checkpoint(TRUNCATE)", "incremental_vacuum"):
                    raw.execute(f"PRAGMA {pragma}").fetchall()
        else:
            connection.exec_driver_sql("ANALYZE")
