"""What the dashboard and its API read: lists by the page, and the whole file of one mention. Nothing here writes.

Lists are paged by key, so page 1,000 is as fast as page 1. What is asked for of mentions, one index finds
(`core.store.search`); only what it cannot know, who their author is to us, is looked at mention by mention, at most `SCAN` a
page: the page may then be short, or empty, and still say where to read on.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from datetime import UTC, date, datetime, time, timedelta
from typing import Any, Generic, TypeVar

from msgspec.structs import replace
from sqlalchemy import ColumnElement, Connection, Select, false, func, literal_column, or_, select, true, tuple_

from core.assessment import Assessment, Priority
from core.case import Candidate, Case, CaseFile
from core.mention import Mention, Metrics
from core.store import customers, rows, search
from core.store import labels as said
from core.store.cases import OPEN, Size, conversation, raised_by, sizes
from core.store.labels import Kind, Label
from core.store.schema import (
    assessments,
    authors,
    case_mentions,
    cases,
    gaps,
    links,
    mention_edits,
    mention_queries,
    mentions,
    metric_snapshots,
    rejected_items,
    rollup_people,
    rollup_windows,
    spend_days,
)
from core.store.schema import customers as customers_table

SCAN = 4_000
"""How many (mention, brand) a page looks through at most, whose authors are to be of some kind."""
CASES = 2_000
"""How many cases a page looks through at most for those that have what is searched for and fit the other filters too."""
NOBODY = "nobody"
"""The owner of a case that nobody has."""
FEW = 300
"""Authors; so many can be asked for by name."""

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

    @property
    def corrected(self) -> Assessment:
        """The judgement with what people say instead of it, unless the words have changed since."""
        edited_at, found = self.mention.edited_at, self.assessment
        told = {kind: one.value for kind, one in self.labels.items() if edited_at is None or one.at >= edited_at}
        urgency = replace(
            found.urgency, priority=search.corrected_priority(found.urgency.priority, told.get("priority"))
        )
        return replace(
            found,
            urgency=urgency,
            sentiment=replace(found.sentiment, label=told.get("sentiment", found.sentiment.label)),  # type: ignore[arg-type]
            department=told.get("department", found.department),  # type: ignore[arg-type]
            is_complaint=told["complaint"] == "yes" if "complaint" in told else found.is_complaint,
        )


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of mentions is narrowed to. None means all. Corrections stand instead of judgements.

    `words` must all be there, in the text or in the author's name. `tier` is that of the customer whom the author is linked
    to; `person` is what the author is by all that they posted in the last `days`: promoter, passive or detractor.
    `needs_review` leaves out what a person has looked at. `since` and `until` are whole days (UTC), both counted.
    """

    words: str | None = None
    brand: str | None = None
    platform: str | None = None
    place: str | None = None
    language: str | None = None
    sentiment: str | None = None
    priority: Priority | None = None
    department: str | None = None
    intent: str | None = None
    complaint: bool | None = None
    tier: str | None = None
    person: str | None = None
    author: str | None = None
    needs_review: bool | None = None
    labelled: bool | None = None
    own: bool | None = None
    since: date | None = None
    until: date | None = None
    days: int = 28

    def __bool__(self) -> bool:
        return any(getattr(self, each.name) is not None for each in fields(self) if each.name != "days")

    @property
    def query(self) -> search.Query:
        """What the index is asked for."""
        priority = self.priority.name if self.priority else None
        given = {name: getattr(self, name) for name in _FACETS} | {"priority": priority, "review": self.needs_review}
        facets = tuple(((search.facet(name, value),),) for name, value in given.items() if value is not None)
        found = facets + search.of_words(self.words or "", self.language)
        return found or _ALL


_FACETS = (
    *("brand", "platform", "place", "language", "sentiment", "department", "intent"),
    *("complaint", "author", "labelled", "own"),
)
_ALL: search.Query = (((search.facet("complaint", True),), (search.facet("complaint", False),)),)


def latest(
    tx: Connection, filters: Filters = Filters(), *, after: Key | None = None, limit: int = 50, scan: int = SCAN
) -> Listing[Judged]:
    """The newest mentions with their judgements, newest first, without what was erased; with filters, of those judged.

    A key is (created_at, mention id, brand), or with filters (number,); see `core.store.search`.
    """
    return _found(tx, filters, after, limit, scan) if filters else _heard(tx, after, limit)


def _heard(tx: Connection, after: Key | None, limit: int) -> Listing[Judged]:
    place = (mentions.c.created_at, mentions.c.id)
    looked_through = 2 * limit + 1
    newest = select(*place).where(mentions.c.deleted_at.is_(None))
    if after is not None:
        newest = newest.where(tuple_(*place) <= tuple_(*_bound(place, after[:2])))
    newest = newest.order_by(*(column.desc() for column in place)).limit(looked_through)
    seen = newest.subquery("newest")
    query = (
        select(seen.c.created_at, seen.c.id, assessments.c.brand)
        .select_from(seen.join(assessments, assessments.c.mention_id == seen.c.id))
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


def _found(tx: Connection, filters: Filters, after: Key | None, limit: int, scan: int) -> Listing[Judged]:
    hits = found(tx, filters, after=after, limit=limit, scan=scan)
    return Listing(_judged(tx, [(hit.mention_id, hit.brand) for hit in hits.items]), hits.next)


def found(
    tx: Connection, filters: Filters, *, after: Key | None = None, limit: int = 50, scan: int = SCAN
) -> Listing[search.Hit]:
    """The newest mentions that fit the filters, newest first, by their ids alone. A key is (number,)."""
    query, among = filters.query, []
    for authors_wanted in _authors_of(filters):
        few = list(tx.scalars(authors_wanted.distinct().limit(FEW + 1)))
        if len(few) > FEW:
            among.append(authors_wanted)
        else:
            query += (tuple((search.facet("author", author),) for author in few),) if few else search.NOTHING
    since, before = _between(filters)
    if after is not None:
        before = min(before, after[0])
    chosen: list[search.Hit] = []
    step, looked_at = min(16 * (limit + 1), scan) if among else limit + 1, 0  # few are by such people
    while True:
        hits = search.hits(tx, query, limit=step, before=before, since=since)
        chosen += _by(tx, hits, among) if among else hits
        looked_at += len(hits)
        if len(chosen) > limit:
            return Listing(tuple(chosen[:limit]), (chosen[limit - 1].number,))
        if len(hits) < step:
            return Listing(tuple(chosen))
        before = hits[-1].number
        if looked_at >= scan:
            return Listing(tuple(chosen), (before,))
        step = min(4 * step, 2_000, scan - looked_at)


def _between(filters: Filters) -> tuple[int, int]:
    """The numbers that the mentions of the days have: from the first to before the second."""
    first = search.number(datetime.combine(filters.since, time(), UTC)) if filters.since else 0
    if filters.until is None:
        return first, 2**63 - 1
    return first, search.number(datetime.combine(filters.until, time(), UTC) + timedelta(days=1))


def _authors_of(filters: Filters) -> Iterator[Select[tuple[str]]]:
    """The authors of whom the mentions are to be, by what the index does not know."""
    if filters.tier is not None:
        of_tier = (links.c.status == "linked") & (customers_table.c.tier == filters.tier)
        joined = links.join(customers_table, customers_table.c.customer_id == links.c.customer_id)
        yield select(links.c.author_id).select_from(joined).where(of_tier)
    if filters.person is not None:
        kind = select(rollup_people.c.author_id).where(
            rollup_people.c.days == filters.days, rollup_people.c.kind == filters.person
        )
        every = select(rollup_windows.c.brand).distinct()
        yield kind.where(rollup_people.c.brand.in_(every if filters.brand is None else [filters.brand]))


def _by(tx: Connection, hits: Sequence[search.Hit], among: Sequence[Select[tuple[str]]]) -> list[search.Hit]:
    """Those of the hits whose authors are among all of these."""
    theirs = [each.where(each.selected_columns[0] == mentions.c.author_id).exists() for each in among]
    fitting = {
        mention_id
        for part in rows.chunks(hits, 1000)
        for mention_id in tx.scalars(
            select(mentions.c.id).where(rows.among(tx, mentions.c.id, [hit.mention_id for hit in part]), *theirs)
        )
    }
    return [hit for hit in hits if hit.mention_id in fitting]


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


@dataclass(frozen=True, slots=True)
class CaseFilters:
    """What a list of cases is narrowed to. None means all.

    `words` are looked for in the post that opened the case and in its author's name, in the newest `CASES` that have them;
    a number is also the case's own. `team` is a key of the settings' departments, `owner` a user id, or `nobody`.
    `late` cases have not been answered in time; `since` is the first day (UTC) on which they were opened.
    """

    words: str | None = None
    brand: str | None = None
    department: str | None = None
    priority: Priority | None = None
    team: str | None = None
    owner: str | None = None
    late: bool = False
    since: date | None = None


def case_list(
    tx: Connection,
    filters: CaseFilters = CaseFilters(),
    *,
    now: datetime | None = None,
    closed: bool = False,
    names: Mapping[str, str] | None = None,
    after: Key | None = None,
    limit: int = 50,
) -> Listing[CaseFile]:
    """Cases with what was said and what was thought of it: those that wait, most urgent first, then longest waiting; or
    those that are closed, newest first.

    A key is (priority, opened_at, id), or (opened_at, id) of closed ones. `names` are the brands' names by key; `now` tells
    which are late. The files hold candidates without orders, and no conversation; `core.store.cases.file` has all.
    """
    key: tuple[ColumnElement[Any], ...] = (cases.c.opened_at, cases.c.id)
    if not closed:
        key = (cases.c.priority, *key)
    chosen = cases_wanted(tx, filters, now, closed, after[0] if closed and after is not None else None)
    if after is not None:
        place = tuple_(*_bound(key, after))
        chosen = chosen.where(tuple_(*key) < place if closed else tuple_(*key) > place)
    order = [column.desc() if closed else column for column in key]
    ids = list(tx.scalars(chosen.order_by(*order).limit(limit + 1)))
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
        .where(cases.c.id.in_(ids))
        .order_by(*order)
    )
    found = tx.execute(query).mappings().all() if ids else []
    shown = found[:limit]
    known = _candidates(tx, {row["author_id"] for row in shown if row["author_id"]})
    held = sizes(tx, [row["case_id"] for row in shown])
    raised = raised_by(tx, [(rows.case(row), rows.assessment(row)) for row in shown])
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
            raised_by=raised.get(row["case_id"]),
        )
        for row in shown
        for size in [held.get(row["case_id"], Size(0, 0))]
    )
    return Listing(files, _case_key(files[-1].case, closed) if len(found) > limit else None)


def cases_wanted(
    tx: Connection, filters: CaseFilters, now: datetime | None, closed: bool | None, before: datetime | None = None
) -> Select[tuple[int]]:
    """The ids of the cases that are asked for, by the cases' own table: the rest is read of those shown alone. `closed` None
    is both; words are looked for in what was said up to `before`."""
    waiting = cases.c.status.in_(
        [literal_column(f"'{status}'") for status in OPEN]
    )  # spelled out, for the partial index
    query = select(cases.c.id)
    if closed is not None:
        query = query.where(~waiting if closed else waiting)
    for name in ("brand", "department", "priority", "team"):
        value = getattr(filters, name)
        if value is not None:
            query = query.where(cases.c[name] == value)
    if filters.owner is not None:
        query = query.where(cases.c.owner.is_(None) if filters.owner == NOBODY else cases.c.owner == filters.owner)
    if filters.since is not None:
        query = query.where(cases.c.opened_at >= datetime.combine(filters.since, time(), UTC))
    if filters.late and now is not None:
        query = query.where(cases.c.answer_by < now, cases.c.answered_at.is_(None))
    if filters.words is not None:
        query = query.where(_about(tx, filters.words, filters.brand, before))
    return query


def _about(tx: Connection, words: str, brand: str | None, before: datetime | None) -> ColumnElement[bool]:
    """Cases whose first post has these words and was said up to `before`, or the one of this number."""
    asked = search.of_words(words)
    digits = words.strip().lstrip("#")
    one = cases.c.id == int(digits) if digits.isdecimal() and len(digits) < 16 else false()
    if not asked:
        return one if digits.isdecimal() else true()
    facets = [search.facet("case", True), *([search.facet("brand", brand)] if brand else [])]
    upto = None if before is None else search.number(before + timedelta(seconds=1))
    hits = search.hits(tx, (*(((each,),) for each in facets), *asked), limit=CASES, before=upto)
    return or_(one, rows.among(tx, cases.c.mention_id, sorted({hit.mention_id for hit in hits})))


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
