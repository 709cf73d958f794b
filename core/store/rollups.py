"""What the dashboard counts: the facts of each day, the sums that are kept of them, and the days to be counted anew."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, or_, select

from core.assessment import Priority
from core.case import EventKind
from core.store.labels import NOT_URGENT
from core.store.schema import (
    assessments,
    authors,
    case_events,
    cases,
    customers,
    labels,
    links,
    mentions,
    rollup_stale,
)
from core.store.stale import day_of

if TYPE_CHECKING:
    import pandas as pd

DAY = timedelta(days=1)
WINDOWS = (7, 28, 90)
"""Days. Distinct people cannot be summed over days, so they are kept by windows of these lengths."""
BIGGEST = 10
"""Reach is told without so many of the biggest accounts too: one of them can outweigh all others."""


def start_of(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime.combine(day, time(), UTC)


def facts(tx: Connection, brand: str, since: date, until: date, *, words: bool = False) -> pd.DataFrame:
    """What is counted of each judged mention of a brand, said from `since` to `until` (UTC days, both included).

    Left out are the brands' own posts, and what is erased. What a person said of a judgement stands instead of it, unless
    the words have changed since. Columns: mention_id, author_id (empty where the platform tells none), day, hour
    ("00" to "23"), said_at, platform, place, repost, language, sentiment, complaint, intent, department, priority ("P1" to
    "P4"), tier (of the customer who the author is linked to), followers (0 if not told); with `words` also text.
    """
    import pandas as pd

    said = (mentions.c.created_at >= start_of(since), mentions.c.created_at < start_of(until + DAY))
    columns = [
        mentions.c.id.label("mention_id"),
        mentions.c.author_id,
        mentions.c.created_at.label("said_at"),
        mentions.c.edited_at,
        mentions.c.platform,
        mentions.c.place,
        mentions.c.kind,
        assessments.c.language,
        assessments.c.sentiment,
        assessments.c.is_complaint.label("complaint"),
        assessments.c.intent,
        assessments.c.department,
        assessments.c.priority,
        authors.c.followers,
        customers.c.tier,
    ]
    if words:
        columns += [mentions.c.title, mentions.c.text]
    query = (
        select(*columns)
        .select_from(
            mentions.join(assessments, assessments.c.mention_id == mentions.c.id)
            .outerjoin(authors, authors.c.id == mentions.c.author_id)
            .outerjoin(links, (links.c.author_id == mentions.c.author_id) & (links.c.status == "linked"))
            .outerjoin(customers, customers.c.customer_id == links.c.customer_id)
        )
        .where(
            *said,
            assessments.c.brand == brand,
            assessments.c.assessed_at.is_not(None),
            mentions.c.own.is_(False),
            mentions.c.deleted_at.is_(None),
        )
        .order_by(mentions.c.created_at, mentions.c.id, links.c.probability.desc(), links.c.customer_id)
    )
    found: dict[str, dict[str, Any]] = {}
    for row in tx.execute(query).mappings():
        if row["mention_id"] not in found:  # an author may be linked to two customers; the surest counts
            found[row["mention_id"]] = dict(row)
    corrected = (
        select(labels.c.mention_id, labels.c.field, labels.c.value, labels.c.labelled_at)
        .join(mentions, mentions.c.id == labels.c.mention_id)
        .where(*said, labels.c.brand == brand)
        .order_by(labels.c.labelled_at, labels.c.id)
    )
    for label in tx.execute(corrected):
        fact = found.get(label.mention_id)
        if fact is not None and (fact["edited_at"] is None or label.labelled_at >= fact["edited_at"]):
            _correct(fact, label.field, label.value)
    return pd.DataFrame(
        [_fact(one, words) for one in found.values()], columns=[*_COLUMNS, *(["text"] if words else [])]
    )


_COLUMNS = (
    "mention_id",
    "author_id",
    "day",
    "hour",
    "said_at",
    "platform",
    "place",
    "repost",
    "language",
    "sentiment",
    "complaint",
    "intent",
    "department",
    "priority",
    "tier",
    "followers",
)


def _correct(fact: dict[str, Any], field: str, value: str) -> None:
    if field == "complaint":
        fact["complaint"] = value == "yes"
    elif field == "priority":
        # that it should not have rung says no more than that
        fact["priority"] = max(Priority.P3, fact["priority"]) if value == NOT_URGENT else Priority[value]
    elif field in ("sentiment", "department"):
        fact[field] = value


def _fact(row: dict[str, Any], words: bool) -> tuple[Any, ...]:
    author, at = row["author_id"] or "", row["said_at"]
    plain = (
        row["mention_id"],
        "" if author.endswith(":") else author,
        at.date(),
        f"{at.hour:02}",
        at,
        row["platform"],
        row["place"],
        row["kind"] == "repost",
        row["language"] or "und",
        row["sentiment"] or "unsupported",
        bool(row["complaint"]),
        row["intent"] or "other",
        row["department"] or "feedback",
        f"P{row['priority'] or 4:d}",
        row["tier"] or "",
        row["followers"] or 0,
    )
    return (*plain, f"{row['title']}\n{row['text']}".strip()) if words else plain


@dataclass(frozen=True, slots=True)
class Totals:
    """The people of a window. `authors` are all, those with too few judged posts among them; `biggest` is the part of the
    reach that the ten with most followers have; `squares` and `small_squares` are sums of squared followers, of all and
    without those ten."""

    authors: int = 0
    promoters: int = 0
    passives: int = 0
    detractors: int = 0
    reach: int = 0
    biggest: int = 0
    squares: float = 0.0
    small_squares: float = 0.0
    recovered: int = 0

    @property
    def judged(self) -> int:
        """Authors with enough judged posts to tell."""
        return self.promoters + self.passives + self.detractors


def totals_of(people: pd.DataFrame, recovered: int = 0) -> Totals:
    """The totals of authors over a window, with the columns kind and followers."""
    kinds = people["kind"].value_counts()
    followers = people["followers"].sort_values(ascending=False).astype(float)
    squares = followers**2
    return Totals(
        authors=len(people),
        promoters=int(kinds.get("promoter", 0)),
        passives=int(kinds.get("passive", 0)),
        detractors=int(kinds.get("detractor", 0)),
        reach=int(followers.sum()),
        biggest=int(followers[:BIGGEST].sum()),
        squares=float(squares.sum()),
        small_squares=float(squares[BIGGEST:].sum()),
        recovered=recovered,
    )


def first_day(tx: Connection, brand: str) -> date | None:
    """The first day on which something judged was said of the brand, as far as that is counted."""
    said = select(func.min(mentions.c.created_at)).join(assessments, assessments.c.mention_id == mentions.c.id)
    first = tx.scalar(said.where(assessments.c.brand == brand, mentions.c.deleted_at.is_(None)))
    return first.date() if first is not None else None


def counted_until(tx: Connection, brand: str) -> datetime | None:
    """Up to when all changes of the brand are counted; None where nothing waits."""
    query = select(rollup_stale.c.marked_at).where(rollup_stale.c.brand == brand).order_by(rollup_stale.c.id).limit(1)
    return tx.scalar(query)


# The desk ------------------------------------------------------------------------------------------------------------


def cases_of(tx: Connection, brand: str | None, since: date, until: date) -> pd.DataFrame:
    """The cases that were opened from `since` to `until` (UTC days, both included), of one brand or all.

    Columns: team, priority ("P1" to "P3"), status, opened_at, answer_by, resolve_by, answered_at, resolved_at (or
    dismissed), transfers, reopened.
    """
    import pandas as pd

    opened = [cases.c.opened_at >= start_of(since), cases.c.opened_at < start_of(until + DAY)]
    if brand is not None:
        opened.append(cases.c.brand == brand)
    times = ("opened_at", "answer_by", "resolve_by", "answered_at", "resolved_at")
    plain = ("id", "team", "priority", "status", "transfers")
    query = select(*(cases.c[name] for name in (*plain, *times))).where(*opened)
    found = pd.DataFrame(tx.execute(query).all(), columns=[*plain, *times])
    for name in times:
        found[name] = pd.to_datetime(found[name], utc=True)
    again = (
        select(case_events.c.case_id)
        .distinct()
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(*opened, case_events.c.kind == EventKind.REOPENED.value)
    )
    found["reopened"] = found["id"].isin(set(tx.scalars(again)))
    found["priority"] = "P" + found["priority"].astype(str)
    return found.drop(columns="id")


def backlog(tx: Connection, brand: str | None, since: date, until: date) -> pd.DataFrame:
    """How many cases were open at the end of each UTC day, or are today. Columns: day, open."""
    import pandas as pd

    of_brand = [] if brand is None else [cases.c.brand == brand]
    first = start_of(since)
    waiting = select(func.count()).where(
        *of_brand, cases.c.opened_at < first, or_(cases.c.resolved_at.is_(None), cases.c.resolved_at >= first)
    )
    days = [since + n * DAY for n in range((until - since).days + 1)]
    changes = dict.fromkeys(days, 0)
    for column, by in ((cases.c.opened_at, 1), (cases.c.resolved_at, -1)):
        day = day_of(tx, column)
        query = (
            select(day, func.count()).where(*of_brand, column >= first, column < start_of(until + DAY)).group_by(day)
        )
        for at, count in tx.execute(query):
            changes[date.fromisoformat(str(at))] += by * count
    carried, found = tx.scalar(waiting) or 0, []
    for each in days:
        carried += changes[each]
        found.append((each, carried))
    return pd.DataFrame(found, columns=["day", "open"])
