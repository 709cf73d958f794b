"""How far each stream has been heard, what could not be heard, and how each source is doing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from sqlalchemy import Connection, select

from core.mention import Cursor, Gap
from core.store.engine import insert
from core.store.schema import cursors, gaps, source_states

FIELDS = ("floor", "floor_at", "ceiling", "ceiling_at", "resume", "extra")


def load(tx: Connection, source: str, stream: str) -> Cursor | None:
    """The stream's cursor, or None before its first pull."""
    query = select(*(cursors.c[f] for f in FIELDS)).where(cursors.c.source == source, cursors.c.stream == stream)
    row = tx.execute(query).mappings().one_or_none()
    return Cursor(**row) if row is not None else None


def save(tx: Connection, source: str, stream: str, cursor: Cursor, now: datetime, heard: int = 0) -> None:
    """Move the cursor; only `mentions.save_page` should, together with the page that it covers.

    `heard` new mentions are added to the stream's count, so that nobody needs to count them all later.
    """
    values = {f: getattr(cursor, f) for f in FIELDS} | {"extra": dict(cursor.extra), "moved_at": now}
    statement = insert(tx, cursors).values(source=source, stream=stream, heard=heard, **values)
    values["heard"] = cursors.c.heard + heard
    tx.execute(statement.on_conflict_do_update(index_elements=["source", "stream"], set_=values))


def record_gaps(tx: Connection, source: str, stream: str, found: Sequence[Gap], now: datetime) -> None:
    """Keep what a source could not show us, so that a person can see it."""
    if found:
        tx.execute(
            gaps.insert(),
            [
                {
                    "source": source,
                    "stream": stream,
                    "reason": g.reason,
                    "since": g.since,
                    "until": g.until,
                    "found_at": now,
                }
                for g in found
            ],
        )


@dataclass(frozen=True, slots=True)
class SourceState:
    """How a source is doing. `failures` counts those in a row; `not_before` is when the platform wants us back."""

    source: str
    last_ok_at: datetime | None = None
    last_error_at: datetime | None = None
    last_error: str | None = None
    error_kind: Literal["retry_later", "misconfigured"] | None = None
    failures: int = 0
    not_before: datetime | None = None
    started_at: datetime | None = None


def state(tx: Connection, source: str) -> SourceState:
    """The state of one source; a fresh one where it has never been pulled."""
    row = tx.execute(select(source_states).where(source_states.c.source == source)).mappings().one_or_none()
    return SourceState(**row) if row is not None else SourceState(source)


def states(tx: Connection) -> list[SourceState]:
    """Every source that was ever pulled, by name."""
    return [SourceState(**row) for row in tx.execute(select(source_states).order_by(source_states.c.source)).mappings()]


def source_ok(tx: Connection, source: str, now: datetime) -> None:
    """A pull went through: whatever was wrong is over."""
    cleared = {"last_ok_at": now, "error_kind": None, "failures": 0, "not_before": None}
    statement = insert(tx, source_states).values(source=source, started_at=now, **cleared)
    tx.execute(statement.on_conflict_do_update(index_elements=["source"], set_=cleared))


def source_failed(
    tx: Connection,
    source: str,
    kind: Literal["retry_later", "misconfigured"],
    error: str,
    not_before: datetime | None,
    now: datetime,
) -> None:
    """A pull failed: say why, count it, and remember when to try again."""
    values: dict[str, Any] = {
        "last_error": error[:500],
        "last_error_at": now,
        "error_kind": kind,
        "not_before": not_before,
    }
    statement = insert(tx, source_states).values(source=source, failures=1, **values)
    tx.execute(
        statement.on_conflict_do_update(
            index_elements=["source"], set_={**values, "failures": source_states.c.failures + 1}
        )
    )


def positions(tx: Connection) -> list[dict[str, Any]]:
    """Every cursor: dicts of source, stream, floor, floor_at, ceiling, ceiling_at, resume, moved_at, heard."""
    names = ("source", "stream", "floor", "floor_at", "ceiling", "ceiling_at", "resume", "moved_at", "heard")
    query = select(*(cursors.c[n] for n in names)).order_by(cursors.c.source, cursors.c.stream)
    return [dict(row) for row in tx.execute(query).mappings()]


def latest_gaps(tx: Connection, limit: int = 20) -> list[dict[str, Any]]:
    """The gaps found last, newest first: dicts of source, stream, reason, since, until, found_at."""
    return [dict(row) for row in tx.execute(select(gaps).order_by(gaps.c.found_at.desc()).limit(limit)).mappings()]
