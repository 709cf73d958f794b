"""What the dashboard and its API read: lists by the page, and the whole file of one mention. Nothing here writes.

Lists are paged by key, so page 1,000 is as fast as page 1. A list with filters looks through at most `SCAN` rows a page:
the page may then be short, or empty, and still say where to read on.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, func, literal_column, or_, select, tuple_

from core.assessment import Assessment, Priority
from core.case import Candidate, Case, CaseFile
from core.mention import Mention, Metrics
from core.store import customers, rows
from core.store import labels as said
from core.store.cases import OPEN, Size, conversation, sizes
from core.store.labels import Kind, Label
from core.store.schema import (
    assessments,
    authors,
    case_mentions,
    cases,
    gaps,
    labels,
    mention_edits,
    mention_queries,
    mentions,
    metric_snapshots,
    rejected_items,
    spend_days,
)

SCAN = 20_000
"""How many (mention, brand) a page of a filtered list looks through at most."""

Key = tuple[Any, ...]
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Listing(Generic[Item]):
    """One page of a list. `next` is the key to read on after, or None at the end; `items` may be few before it."""

    items: tuple[Item, ...]
    next: Key | None = None


@dataclass(frozen=True, slots=True)
class Judged:
    """A mention and what is thought of it on one brand's behalf.

    `judged` is False while it waits. `candidates` are the customers that its author may be, best first, without orders.
    `labels` are what people say it is, by kind.
    """

    mention: Mention
    assessment: Assessment
    judged: bool
    own: bool
    erased_at: datetime | None = None
    case_id: int | None = None
    candidates: tuple[Candidate, ...] = ()
    labels: Mapping[Kind, Label] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of mentions is narrowed to. None means all. `needs_review` leaves out what a person has looked at."""

    brand: str | None = None
    platform: str | None = None
    priority: Priority | None = None
    sentiment: str | None = None
    department: str | None = None
    language: str | None = None
    needs_review: bool | None = None

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) is not None for each in fields(self))


def latest(
    tx: Connection, filters: Filters = Filters(), *, after: Key | None = None, limit: int = 50, scan: int = SCAN
) -> Listing[Judged]:
    """The newest mentions with their judgements, newest first, without what was erased.

    A key is (created_at, mention id, brand).
    """
    place = (mentions.c.created_at, mentions.c.id)
    looked_through = scan if filters else 2 * limit + 1
    newest = select(*place, mentions.c.platform).where(mentions.c.deleted_at.is_(None))
    if after is not None:
        newest = newest.where(tuple_(*place) <= tuple_(*_bound(place, after[:2])))
    newest = newest.order_by(*(column.desc() for column in place)).limit(looked_through)
    seen = newest.subquery("newest")
    query = (
        select(seen.c.created_at, seen.c.id, assessments.c.brand)
        .select_from(seen.outerjoin(assessments, assessments.c.mention_id == seen.c.id))
        .where(*_wanted(filters, seen.c.platform), func.coalesce(assessments.c.brand, "") != "")
        .order_by(seen.c.created_at.desc(), seen.c.id.desc(), assessments.c.brand.desc())
        .limit(limit + 1)
    )
    if after is not None:
        query = query.where(or_(seen.c.id != after[1], assessments.c.brand < after[2]))
    found = [tuple(row) for row in tx.execute(query)]
    following: Key | None = None
    if len(found) > limit:
        found, following = found[:limit], found[limit - 1]
    elif last := tx.execute(newest.limit(1).offset(looked_through - 1)).one_or_none():
        following = (last.created_at, last.id, "")
    return Listing(_judged(tx, [(mention_id, brand) for _, mention_id, brand in found]), following)


def _wanted(filters: Filters, platform: ColumnElement[str]) -> list[ColumnElement[bool]]:
    given = {each.name: getattr(filters, each.name) for each in fields(filters)}
    needs_review = given.pop("needs_review")
    columns = {name: platform if name == "platform" else assessments.c[name] for name in given}
    wanted: list[ColumnElement[bool]] = [columns[name] == value for name, value in given.items() if value is not None]
    if needs_review is not None:
        here = (labels.c.mention_id == assessments.c.mention_id) & (labels.c.brand == assessments.c.brand)
        looked_at = select(labels.c.id).where(here, labels.c.field == "priority").exists()
        waits = assessments.c.needs_review & ~looked_at
        wanted.append(waits if needs_review else ~waits)
    return wanted


def _bound(columns: tuple[ColumnElement[Any], ...], values: Key) -> list[ColumnElement[Any]]:
    """Values typed as their columns, so that a time in a row comparison is written as the database keeps it."""
    from sqlalchemy import bindparam

    return [bindparam(None, value, type_=column.type) for column, value in zip(columns, values, strict=True)]


def _judged(tx: Connection, pairs: list[tuple[str, str]]) -> tuple[Judged, ...]:
    """These (mention id, brand) in full, in the order given."""
    query = (
        select(*rows.MENTION, *rows.AUTHOR, *rows.ASSESSMENT, mentions.c.author_id, case_mentions.c.case_id)
        .select_from(
            assessments.join(mentions, mentions.c.id == assessments.c.mention_id)
            .outerjoin(authors, authors.c.id == mentions.c.author_id)
            .outerjoin(
                case_mentions,
                (case_mentions.c.mention_id == assessments.c.mention_id)
                & (case_mentions.c.brand == assessments.c.brand),
            )
        )
        .where(assessments.c.mention_id.in_({mention_id for mention_id, _ in pairs}))  # by pairs SQLite reads the table
    )
    found = {(row["id"], row["a_brand"]): row for row in tx.execute(query).mappings()} if pairs else {}
    known = _candidates(tx, {row["author_id"] for row in found.values() if row["author_id"]})
    labelled = said.of(tx, {mention_id for mention_id, _ in found})
    return tuple(
        Judged(
            rows.mention(row),
            rows.assessment(row),
            row["a_assessed_at"] is not None,
            bool(row["own"]),
            row["deleted_at"],
            row["case_id"],
            known.get(row["author_id"], ()),
            labelled.get((row["id"], row["a_brand"]), {}),
        )
        for row in (found[pair] for pair in pairs if pair in found)
    )


def _candidates(tx: Connection, author_ids: set[str]) -> dict[str, tuple[Candidate, ...]]:
    links = customers.links_of(tx, author_ids)
    known = customers.get(tx, {link.customer_id for found in links.values() for link in found})
    return {
        author: tuple(Candidate(link, known[link.customer_id]) for link in found if link.customer_id in known)
        for author, found in links.items()
    }


@dataclass(frozen=True, slots=True)
class Edit:
    """The words that a mention had until `seen_at`."""

    seen_at: datetime
    text: str


@dataclass(frozen=True, slots=True)
class MentionFile:
    """All that is stored of a mention: how it was found, each brand's judgement, and how it changed, oldest first."""

    mention: Mention
    own: bool
    source: str
    heard_at: datetime
    queries: tuple[str, ...]
    judged: tuple[Judged, ...]
    erased_at: datetime | None = None
    edits: tuple[Edit, ...] = ()
    snapshots: tuple[tuple[datetime, Metrics], ...] = ()
    conversation: tuple[Mention, ...] = ()


def mention_file(tx: Connection, mention_id: str) -> MentionFile | None:
    """The file of one mention; of an erased one, what may be known of it."""
    query = (
        select(*rows.MENTION, *rows.AUTHOR, mentions.c.source, mentions.c.heard_at)
        .select_from(mentions.outerjoin(authors))
        .where(mentions.c.id == mention_id)
    )
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        return None
    of_mention = {
        t: t.c.mention_id == mention_id for t in (assessments, mention_queries, mention_edits, metric_snapshots)
    }
    brands = tx.scalars(select(assessments.c.brand).where(of_mention[assessments]).order_by(assessments.c.brand))
    found = tx.scalars(select(mention_queries.c.query_id).where(of_mention[mention_queries]))
    edits = select(mention_edits).where(of_mention[mention_edits]).order_by(mention_edits.c.seen_at)
    counted = select(metric_snapshots).where(of_mention[metric_snapshots]).order_by(metric_snapshots.c.seen_at)
    mention = rows.mention(row)
    return MentionFile(
        mention=mention,
        own=bool(row["own"]),
        source=row["source"],
        heard_at=row["heard_at"],
        queries=tuple(sorted(found)),
        judged=_judged(tx, [(mention_id, brand) for brand in brands]),
        erased_at=row["deleted_at"],
        edits=tuple(Edit(r.seen_at, r.text) for r in tx.execute(edits)),
        snapshots=tuple((r.seen_at, Metrics(r.likes, r.replies, r.shares, r.views)) for r in tx.execute(counted)),
        conversation=_conversation(tx, mention),
    )


@dataclass(frozen=True, slots=True)
class Spoken:
    """What an author said of a brand lately, the cases that came of it, newest first, and who they may be, best first."""

    mentions: tuple[Judged, ...]
    cases: tuple[Case, ...]
    candidates: tuple[Candidate, ...]


def of_author(tx: Connection, brand: str, author_id: str, limit: int = 30) -> Spoken:
    """The latest of what is stored of an author, as far as it is about this brand."""
    query = (
        select(mentions.c.id)
        .join(assessments, assessments.c.mention_id == mentions.c.id)
        .where(
            mentions.c.author_id == author_id,
            mentions.c.deleted_at.is_(None),
            assessments.c.brand == brand,
        )
        .order_by(mentions.c.created_at.desc(), mentions.c.id.desc())
        .limit(limit)
    )
    said = _judged(tx, [(mention_id, brand) for mention_id in tx.scalars(query)])
    ids = sorted({one.case_id for one in said if one.case_id is not None})
    held = tx.execute(select(*rows.CASE).where(cases.c.id.in_(ids)).order_by(cases.c.id.desc())).mappings()
    return Spoken(said, tuple(rows.case(row) for row in held), _candidates(tx, {author_id}).get(author_id, ()))


def _conversation(tx: Connection, mention: Mention) -> tuple[Mention, ...]:
    """The latest posts of the mention's conversation, itself among them, oldest first; empty where it stands alone."""
    others = conversation(tx, mention)
    return tuple(sorted((*others, mention), key=lambda one: one.created_at)) if others else ()


def case_list(
    tx: Connection,
    *,
    closed: bool = False,
    brand: str | None = None,
    department: str | None = None,
    priority: Priority | None = None,
    names: Mapping[str, str] | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Listing[CaseFile]:
    """Cases with what was said and what was thought of it: those that wait, most urgent first, then longest waiting; or
    those that are closed, newest first.

    A key is (priority, opened_at, id), or (opened_at, id) of closed ones. `names` are the brands' names by key. The files
    hold candidates without orders, and no conversation; `core.store.cases.file` has all.
    """
    waiting = cases.c.status.in_(
        [literal_column(f"'{status}'") for status in OPEN]
    )  # spelled out, for the partial index
    key: tuple[ColumnElement[Any], ...] = (cases.c.opened_at, cases.c.id)
    if not closed:
        key = (cases.c.priority, *key)
    query = (
        select(*rows.CASE, *rows.MENTION, *rows.AUTHOR, *rows.ASSESSMENT, mentions.c.author_id)
        .select_from(
            cases.join(mentions, mentions.c.id == cases.c.mention_id)
            .outerjoin(authors, authors.c.id == mentions.c.author_id)
            .outerjoin(
                assessments,
                (assessments.c.mention_id == cases.c.mention_id) & (assessments.c.brand == cases.c.brand),
            )
        )
        .where(~waiting if closed else waiting)
        .order_by(*(column.desc() if closed else column for column in key))
        .limit(limit + 1)
    )
    for column, value in ((cases.c.brand, brand), (cases.c.department, department), (cases.c.priority, priority)):
        if value is not None:
            query = query.where(column == value)
    if after is not None:
        place = tuple_(*_bound(key, after))
        query = query.where(tuple_(*key) < place if closed else tuple_(*key) > place)
    found = tx.execute(query).mappings().all()
    shown = found[:limit]
    known = _candidates(tx, {row["author_id"] for row in shown if row["author_id"]})
    held = sizes(tx, [row["case_id"] for row in shown])
    files = tuple(
        CaseFile(
            case=rows.case(row),
            brand_name=(names or {}).get(row["case_brand"], row["case_brand"]),
            mention=rows.mention(row),
            assessment=rows.assessment(row),
            candidates=known.get(row["author_id"], ()),
            joined=max(0, size.posts - (row["deleted_at"] is None)),
            authors=size.authors,
            erased=row["deleted_at"] is not None,
        )
        for row in shown
        for size in [held.get(row["case_id"], Size(0, 0))]
    )
    return Listing(files, _case_key(files[-1].case, closed) if len(found) > limit else None)


def _case_key(case: Case, closed: bool) -> Key:
    return (case.opened_at, case.id) if closed else (int(case.priority), case.opened_at, case.id)


def open_by_priority(tx: Connection) -> dict[Priority, int]:
    """How many cases wait, of each priority that has any."""
    waiting = cases.c.status.in_([literal_column(f"'{status}'") for status in OPEN])
    query = select(cases.c.priority, func.count()).where(waiting).group_by(cases.c.priority)
    return {Priority(priority): count for priority, count in tx.execute(query)}


def rejected(tx: Connection) -> dict[str, int]:
    """How many broken items each source has set aside."""
    query = select(rejected_items.c.source, func.count()).group_by(rejected_items.c.source)
    return {row[0]: row[1] for row in tx.execute(query)}


def gaps_by_source(tx: Connection) -> dict[str, int]:
    """How many gaps were ever found in each source."""
    query = select(gaps.c.source, func.count()).group_by(gaps.c.source)
    return {row[0]: row[1] for row in tx.execute(query)}


def spend_by_source(tx: Connection, since_day: str) -> dict[str, int]:
    """What each source cost since `since_day` (UTC, counted), in millionths of a US dollar."""
    query = (
        select(spend_days.c.source, func.sum(spend_days.c.micros))
        .where(spend_days.c.day >= since_day)
        .group_by(spend_days.c.source)
    )
    return {source: int(micros) for source, micros in tx.execute(query)}
