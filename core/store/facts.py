"""What is counted: the facts of each judged mention, what people said of it included, and those of each case."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, islice
from sys import intern
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Text, func, or_, select, type_coerce

from core.assessment import Priority
from core.case import EventKind
from core.fact import Fact
from core.store import rows
from core.store.labels import NOT_URGENT
from core.store.schema import assessments, authors, case_events, cases, customers, labels, links, mentions
from core.store.stale import day_of

if TYPE_CHECKING:
    import pandas as pd

DAY = timedelta(days=1)


def start_of(day: date) -> datetime:
    """The first moment of a UTC day."""
    return datetime.combine(day, time(), UTC)


def facts(
    tx: Connection,
    brand: str,
    since: date,
    until: date,
    *,
    words: bool = False,
    authored_by: Sequence[str] | None = None,
) -> list[Fact]:
    """Each judged mention of a brand, said from `since` to `until` (UTC days, both included), oldest first.

    Left out are the brands' own posts, and what is erased. What a person said of a judgement stands instead of it, unless
    the words have changed since. `words` says whether to read the texts; `authored_by` narrows it to a few authors.
    """
    said = [mentions.c.created_at >= start_of(since), mentions.c.created_at < start_of(until + DAY)]
    if authored_by is not None:
        said.append(rows.among(tx, mentions.c.author_id, authored_by))
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
            assessments.c.brand.concat("") == brand,  # else SQLite, which cannot tell how few days these are, reads all
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
    return [_fact(one) for one in found.values()]


def _correct(fact: dict[str, Any], field: str, value: str) -> None:
    if field == "complaint":
        fact["complaint"] = value == "yes"
    elif field == "priority":
        # that it should not have rung says no more than that
        fact["priority"] = max(Priority.P3, fact["priority"]) if value == NOT_URGENT else Priority[value]
    elif field in ("sentiment", "department"):
        fact[field] = value


def _fact(row: dict[str, Any]) -> Fact:
    author, at = row["author_id"] or "", row["said_at"]
    return Fact(
        row["mention_id"],
        "" if author.endswith(":") else author,
        at,
        f"{at.hour:02}",
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
        f"{row['title']}\n{row['text']}".strip() if "text" in row else "",
    )


# The desk ------------------------------------------------------------------------------------------------------------


def cases_of(
    tx: Connection, brand: str | None, since: date, until: date, *, moved_after: int | None = None
) -> pd.DataFrame:
    """The cases that were opened from `since` to `until` (UTC days, both included), of one brand or all; with `moved_after`,
    those alone to which something happened after that event.

    Columns: id, brand, team, priority ("P1" to "P3"), status, opened_at, answer_by, resolve_by, answered_at, resolved_at (or
    dismissed), transfers, reopened.
    """
    import pandas as pd

    opened = [cases.c.opened_at >= start_of(since), cases.c.opened_at < start_of(until + DAY)]
    if brand is not None:
        opened.append(cases.c.brand == brand)
    if moved_after is not None:
        opened.append(cases.c.id.in_(select(case_events.c.case_id).where(case_events.c.id > moved_after)))
    times = ("opened_at", "answer_by", "resolve_by", "answered_at", "resolved_at")
    plain = ("id", "brand", "team", "priority", "status", "transfers")
    written = (
        type_coerce(cases.c[name], Text) for name in times
    )  # as the database has them: pandas reads them at once
    rows_found = tx.execute(select(*(cases.c[name] for name in plain), *written).where(*opened)).all()
    columns = zip(*rows_found, strict=True) if rows_found else [()] * len(plain + times)
    found = pd.DataFrame(dict(zip((*plain, *times), columns, strict=True)))
    for name in times:
        found[name] = pd.to_datetime(found[name], utc=True, format="ISO8601")
    again = (
        select(case_events.c.case_id)
        .distinct()
        .join(cases, cases.c.id == case_events.c.case_id)
        .where(*opened, case_events.c.kind == EventKind.REOPENED.value)
    )
    found["reopened"] = found["id"].isin(set(tx.scalars(again)))
    found["priority"] = "P" + found["priority"].astype(str)
    for name in ("brand", "team", "status", "priority"):
        found[name] = [intern(value) for value in found[name]]  # a few words, and many cases
    return found


def backlogs(tx: Connection, brands: Collection[str], since: date, until: date) -> dict[str, pd.DataFrame]:
    """How many cases of each of these brands were open at the end of each UTC day, or are today; an empty one is all brands
    together. Columns: day, open."""
    import pandas as pd

    first, days = start_of(since), [since + n * DAY for n in range((until - since).days + 1)]
    carried: Counter[str] = Counter()
    changes: defaultdict[str, Counter[date]] = defaultdict(Counter)
    waiting = select(cases.c.brand, func.count()).where(
        cases.c.opened_at < first, or_(cases.c.resolved_at.is_(None), cases.c.resolved_at >= first)
    )
    for brand, count in tx.execute(waiting.group_by(cases.c.brand)):
        carried.update({brand: count, "": count})
    for column, sign in ((cases.c.opened_at, 1), (cases.c.resolved_at, -1)):
        day = day_of(tx, column)
        query = select(cases.c.brand, day, func.count()).where(column >= first, column < start_of(until + DAY))
        for brand, at, count in tx.execute(query.group_by(cases.c.brand, day)):
            for whose in (brand, ""):
                changes[whose][date.fromisoformat(str(at))] += sign * count

    def frame(brand: str) -> pd.DataFrame:
        still = accumulate((changes[brand][day] for day in days), initial=carried[brand])
        return pd.DataFrame(zip(days, islice(still, 1, None), strict=True), columns=["day", "open"])

    return {brand: frame(brand) for brand in brands}
