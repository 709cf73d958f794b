"""What a team's digest counts and quotes: the posts of a day on its topics that rang nobody; and the digests that quote one.

A day is when a post was heard, so that one which its platform showed late is in a digest too; but what was said long before
it was heard, as a first pull's posts were, is history and no news.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from heapq import heappush, heappushpop
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, literal_column, select

from core.assessment import Priority
from core.digest import Said
from core.store import outbox, rows
from core.store.outbox import Message
from core.store.schema import BANDS, assessments, authors, likenesses, mentions
from core.store.schema import outbox as outbox_table
from core.teams import says_any

HISTORY = timedelta(days=2)
"""What was said so long before the day on which it was heard is no news."""
COMPARED = 60
"""Of each topic so many of the loudest posts are compared with each other for the examples."""
REDRAW_RANK = 7
"""The digest's own, so that one which still waits goes first."""
_READ_AT_ONCE = 1_000
_FOLDED = 400


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a team hears of: posts about these brands, judged to be of these topics, and with one of the keywords where some
    are named."""

    brands: tuple[str, ...]
    topics: tuple[str, ...]
    keywords: tuple[str, ...] = ()


def count(tx: Connection, wanted: Wanted, start: datetime, end: datetime) -> Counter[str]:
    """How many such posts were heard from `start` to before `end`, by topic."""
    topic = assessments.c.department
    if wanted.keywords:
        query = _query(wanted, start, end, topic, mentions.c.title, mentions.c.text)
        return Counter(row.department for row in _matching(tx, query, wanted))
    grouped = _query(wanted, start, end, topic, func.count().label("posts")).group_by(topic)
    return Counter({row.department: row.posts for row in tx.execute(grouped)})


def heard_since(tx: Connection, brands: Collection[str]) -> datetime | None:
    """When the first post about these brands was heard that is judged and still there; None where there is none."""
    first: ColumnElement[datetime] = func.min(assessments.c.heard_at)
    found = [
        tx.scalar(select(first).where(assessments.c.brand == brand, assessments.c.priority == int(priority)))
        for brand in sorted(brands)
        for priority in Priority  # so that each is one look into the index
    ]
    return min(filter(None, found), default=None)


def loudest(tx: Connection, wanted: Wanted, start: datetime, end: datetime) -> dict[str, list[Said]]:
    """By topic the posts that were loudest, from `start` to before `end`: at most `COMPARED` each."""
    topic, echoes = assessments.c.department, func.coalesce(likenesses.c.echoes, 0).label("echoes")
    reach = (mentions.c.views, authors.c.followers)
    words = (mentions.c.title, mentions.c.text) if wanted.keywords else ()
    query = _query(
        wanted, start, end, mentions.c.id, assessments.c.brand, topic, mentions.c.author_id, *reach, echoes, *words
    )
    heaps: defaultdict[str, list[tuple[float, str, str, Said]]] = defaultdict(list)
    for row in _matching(tx, query, wanted):
        author = "" if (row.author_id or ":").endswith(":") else row.author_id
        heard_by = max(row.views or 0, row.followers or 0)
        said = Said(row.id, row.brand, row.department, author, heard_by, row.echoes)
        push = heappush if len(heap := heaps[said.topic]) < COMPARED else heappushpop
        push(heap, (said.loudness, said.mention_id, said.brand, said))
    return {topic: _with_prints(tx, [said for *_, said in heap]) for topic, heap in heaps.items()}


def still_there(tx: Connection, mention_ids: Collection[str]) -> set[str]:
    """Which of these posts were not erased. They cannot be until the transaction ends, so that whoever erases one then
    finds the messages that this transaction queues about it. SQLite has one writer anyway."""
    found: set[str] = set()
    for part in rows.chunks(sorted(mention_ids)):
        query = select(mentions.c.id).where(rows.among(tx, mentions.c.id, part), mentions.c.deleted_at.is_(None))
        if tx.dialect.name != "sqlite":
            query = query.order_by(mentions.c.id).with_for_update(read=True)
        found |= set(tx.scalars(query))
    return found


def redraw(tx: Connection, mention_ids: Collection[str], which: str) -> int:
    """Queue a new drawing of each digest that quotes one of these posts, which are being erased; `which` names this erasure.
    Returns how many there are.

    A digest is of the day on which its posts were heard, in its team's zone, and its key begins with that day.
    """
    erased = set(mention_ids)
    ends = select(func.min(assessments.c.heard_at), func.max(assessments.c.heard_at))
    heard = [
        at
        for part in rows.chunks(sorted(erased))
        for at in tx.execute(ends.where(rows.among(tx, assessments.c.mention_id, part))).one()
        if at is not None
    ]
    if not heard:
        return 0
    day = timedelta(days=1)  # no zone is farther from UTC
    first, beyond = ((at.date() + n * day).isoformat() for at, n in ((min(heard), -1), (max(heard), 2)))
    key = outbox_table.c.dedupe_key
    query = select(key, outbox_table.c.channel, outbox_table.c.data)
    quoting = [
        row
        for row in tx.execute(query.where(key >= f"digest:{first}", key < f"digest:{beyond}"))
        if erased & {post["mention_id"] for post in row.data["posts"]}
    ]
    return outbox.put(
        tx,
        [
            Message(
                "slack_unsay",
                row.channel,
                f"un{row.dedupe_key}:{which}",
                REDRAW_RANK,
                data={**row.data, "key": row.dedupe_key},
            )
            for row in quoting
        ],
    )


_QUIET = (Priority.P3, Priority.P4)
"""What rings nobody."""


def _query(wanted: Wanted, start: datetime, end: datetime, *columns: Any) -> Select[Any]:
    tables = (
        assessments.join(mentions, mentions.c.id == assessments.c.mention_id)
        .outerjoin(authors, authors.c.id == mentions.c.author_id)
        .outerjoin(
            likenesses,
            (likenesses.c.mention_id == assessments.c.mention_id) & (likenesses.c.brand == assessments.c.brand),
        )
    )
    return (
        select(*columns)
        .select_from(tables)
        .where(
            assessments.c.brand.in_(wanted.brands),
            assessments.c.priority.in_([literal_column(str(int(priority))) for priority in _QUIET]),
            assessments.c.heard_at >= start,
            assessments.c.heard_at < end,
            assessments.c.department.in_(wanted.topics),
            mentions.c.created_at >= start - HISTORY,
            mentions.c.own.is_(False),
            mentions.c.kind != "repost",
            mentions.c.deleted_at.is_(None),
        )
    )


def _matching(tx: Connection, query: Select[Any], wanted: Wanted) -> Iterator[Any]:
    """The rows whose posts say one of the keywords; a day may have any number, so they are not all held at once."""
    for row in tx.execute(query, execution_options={"yield_per": _READ_AT_ONCE}):
        if not wanted.keywords or says_any(f"{row.title}\n{row.text}", wanted.keywords):
            yield row


def _with_prints(tx: Connection, some: Sequence[Said]) -> list[Said]:
    """The same with what tells which of them are alike."""
    ids = sorted({said.mention_id for said in some})
    bands = {
        (row.mention_id, row.brand): tuple(row[2:])
        for row in tx.execute(
            select(likenesses.c.mention_id, likenesses.c.brand, *(likenesses.c[band] for band in BANDS)).where(
                rows.among(tx, likenesses.c.mention_id, ids)
            )
        )
    }
    words = {
        row.id: " ".join((row.text or row.title)[:_FOLDED].casefold().split())
        for row in tx.execute(
            select(mentions.c.id, mentions.c.text, mentions.c.title).where(rows.among(tx, mentions.c.id, ids))
        )
    }
    return [
        replace(said, bands=bands.get((said.mention_id, said.brand), ()), words=words.get(said.mention_id, ""))
        for said in some
    ]
