"""Cases whose clocks are to be looked at, and what was told of them before.

`chase_at` says when: whoever opens or moves a case sets it to `AT_ONCE`, and the chase to the next warning, which it knows.
It holds only what waits, so a look costs the same over a million closed cases as over none.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, bindparam, func, literal_column, select, update

from core.case import Case, EventKind
from core.store import rows
from core.store.cases import OPEN
from core.store.engine import insert
from core.store.schema import applied_settings, assessments, case_events, case_mentions, cases, mentions

_PART = "clocks"
TOLD = (EventKind.WARNED, EventKind.BREACHED, EventKind.ESCALATED)


@dataclass(frozen=True, slots=True)
class Due:
    """A case to be looked at. `said_at` is when its post was written; `may_ring` is False for what was history when it was
    heard; `gone` says that every post of it was erased, so that there is nothing to answer."""

    case: Case
    said_at: datetime
    may_ring: bool
    gone: bool


def waits(tx: Connection, now: datetime) -> bool:
    """Is there a case to be looked at? Asked before locks are taken, for most of the time there is none."""
    query = select(cases.c.id).where(cases.c.chase_at.is_not(None), cases.c.chase_at <= now)
    return tx.scalar(query.limit(1)) is not None


def due(tx: Connection, now: datetime, limit: int) -> list[Due]:
    """Up to `limit` cases to be looked at, first those that were moved, then those that wait longest. They are this
    transaction's until it ends: another worker passes over them."""
    remains = (
        select(func.count())
        .select_from(case_mentions.join(mentions, mentions.c.id == case_mentions.c.mention_id))
        .where(case_mentions.c.case_id == cases.c.id, mentions.c.deleted_at.is_(None))
        .correlate(cases)
        .scalar_subquery()
    )
    said = mentions.alias()
    query = (
        select(*rows.CASE, said.c.created_at.label("said_at"), assessments.c.may_ring, remains.label("remains"))
        .select_from(
            cases.join(said, said.c.id == cases.c.mention_id).outerjoin(
                assessments,
                (assessments.c.mention_id == cases.c.mention_id) & (assessments.c.brand == cases.c.brand),
            )
        )
        .where(cases.c.chase_at.is_not(None), cases.c.chase_at <= now)
        .order_by(cases.c.chase_at)
        .limit(limit)
    )
    if tx.dialect.name != "sqlite":
        query = query.with_for_update(skip_locked=True, of=cases)
    found = tx.execute(query).mappings()
    return [Due(rows.case(row), row["said_at"], bool(row["may_ring"]), not row["remains"]) for row in found]


def look_again(tx: Connection, at: Mapping[int, datetime | None]) -> None:
    """When each of these cases is to be looked at next; None for never, unless somebody moves it."""
    statement = update(cases).where(cases.c.id == bindparam("case")).values(chase_at=bindparam("at"))
    if at:
        tx.execute(statement, [{"case": case_id, "at": moment} for case_id, moment in sorted(at.items())])


def told(tx: Connection, case_ids: Collection[int]) -> set[tuple[int, str, str]]:
    """What was told of these cases' clocks: (case id, what, due)."""
    query = select(case_events.c.case_id, case_events.c.data).where(case_events.c.kind.in_([k.value for k in TOLD]))
    return {
        (row.case_id, row.data.get("what", ""), row.data.get("due", ""))
        for part in rows.chunks(sorted(case_ids))
        for row in tx.execute(query.where(rows.among(tx, case_events.c.case_id, part)))
    }


def settings_followed(tx: Connection) -> str | None:
    """The version of the settings that the open cases' deadlines rest on; None where none was noted yet."""
    query = select(applied_settings.c.version).where(applied_settings.c.part == _PART)
    found: str | None = tx.scalar(query)
    return found


def follow_settings(tx: Connection, version: str, now: datetime) -> None:
    """Note that they rest on this version."""
    values = {"version": version, "applied_at": now}
    statement = insert(tx, applied_settings).values(part=_PART, **values)
    tx.execute(statement.on_conflict_do_update(index_elements=["part"], set_=values))


def open_after(tx: Connection, case_id: int, limit: int) -> list[Case]:
    """Up to `limit` open cases with higher ids than this one, in order. They are this transaction's until it ends."""
    query = select(*rows.CASE).where(cases.c.status.in_(OPEN), cases.c.id > case_id).order_by(cases.c.id).limit(limit)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update()
    return [rows.case(row) for row in tx.execute(query).mappings()]


def said_at(tx: Connection, mention_ids: Collection[str]) -> dict[str, datetime]:
    """When these posts were written."""
    query = select(mentions.c.id, mentions.c.created_at)
    return {
        row.id: row.created_at
        for part in rows.chunks(sorted(set(mention_ids)))
        for row in tx.execute(query.where(rows.among(tx, mentions.c.id, part)))
    }


def open_of_team(tx: Connection, team: str) -> list[Case]:
    """The open cases of a team, most urgent and then oldest first. They are this transaction's until it ends."""
    still_open = cases.c.status.in_([literal_column(f"'{status}'") for status in OPEN])  # as the index says it
    query = select(*rows.CASE).where(still_open, cases.c.team == team).order_by(cases.c.priority, cases.c.opened_at)
    if tx.dialect.name != "sqlite":
        query = query.with_for_update()
    return [rows.case(row) for row in tx.execute(query).mappings()]
