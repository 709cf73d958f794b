"""What waits at the desk, as people ask for it: my cases, what nobody has, a search, the numbers of today."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, case, func, literal_column, select

from core.case import Case, CaseStatus
from core.store import rows
from core.store.cases import OPEN
from core.store.cases import counts as open_counts
from core.store.schema import cases, mentions

SEARCHED = 20_000
"""How many of the latest cases a search looks through."""
TODAYS_CASES_ARE_AT_MOST = timedelta(days=90)
"""The numbers of today leave out what was opened before: a case that old is no measure of a day."""

_IS_OPEN = cases.c.status.in_([literal_column(f"'{status}'") for status in OPEN])


@dataclass(frozen=True, slots=True)
class Waiting:
    """A case and the words that opened it; those are empty once they were erased."""

    case: Case
    words: str

    @property
    def due(self) -> datetime | None:
        """When the clock that runs ends: the first answer's, then the resolution's; None while none runs."""
        if self.case.answered_at is None:
            return self.case.answer_by
        return self.case.resolve_by if self.case.status is CaseStatus.OPEN else None


def of_owner(tx: Connection, agent: str, limit: int = 50) -> list[Waiting]:
    """An agent's open cases, the one with the least time left first; those that wait for the customer last."""
    return _read(tx, cases.c.owner == agent, limit=limit)


def unowned(tx: Connection, limit: int = 50) -> list[Waiting]:
    """Open cases that nobody has, the one with the least time left first."""
    return _read(tx, cases.c.owner.is_(None), limit=limit)


def offered_to(tx: Connection, agent: str, limit: int = 20) -> list[Waiting]:
    """Open cases that somebody wants to hand to this agent."""
    return _read(tx, cases.c.handed_to == agent, limit=limit)


def find(tx: Connection, text: str, limit: int = 20) -> list[Waiting]:
    """Cases, closed ones too, whose post says `text`, newest first. Looks through the latest `SEARCHED`."""
    latest = select(cases.c.id).order_by(cases.c.id.desc()).limit(SEARCHED)
    oldest = select(func.min(latest.subquery().c.id)).scalar_subquery()
    says = mentions.c.text.icontains(text, autoescape=True) | mentions.c.title.icontains(text, autoescape=True)
    query = _query().where(cases.c.id >= oldest, says).order_by(cases.c.id.desc()).limit(limit)
    return [Waiting(rows.case(row), row["words"]) for row in tx.execute(query).mappings()]


def numbers(tx: Connection, now: datetime, since: datetime) -> dict[str, int]:
    """open, unowned and late cases now; how many were answered for the first time, and closed, since the day began."""
    query = select(
        func.count().filter(cases.c.answered_at >= since),
        func.count().filter(cases.c.resolved_at >= since),
    ).where(cases.c.opened_at >= since - TODAYS_CASES_ARE_AT_MOST)
    answered, resolved = tx.execute(query).one()
    return {**open_counts(tx, now), "answered": answered, "resolved": resolved}


def _read(tx: Connection, which: ColumnElement[bool], limit: int) -> list[Waiting]:
    due = case(
        (cases.c.answered_at.is_(None), cases.c.answer_by),
        (cases.c.status == CaseStatus.OPEN.value, cases.c.resolve_by),
    )
    query = _query().where(_IS_OPEN, which).order_by(due.is_(None), due, cases.c.priority, cases.c.id).limit(limit)
    return [Waiting(rows.case(row), row["words"]) for row in tx.execute(query).mappings()]


def _query() -> Select[Any]:
    words = case((mentions.c.text != "", mentions.c.text), else_=mentions.c.title).label("words")
    return select(*rows.CASE, words).select_from(cases.join(mentions, mentions.c.id == cases.c.mention_id))
