"""Finding mentions by their words and by what is thought of them, newest first, however many there are.

One index holds both: beside the terms of a post's words (`core.terms`) stand its facets as terms of their own, such as
`platform=x` or `priority=P2`, and its author's names, each led by an @. So whatever is asked for together is one
intersection of lists, which costs the same with a word that is in every post and with one that is in none. The key is the
time (`number`), so the lists are in the order that people read them in, and a page goes on where the one before it ended.

Corrections count: a facet is what a person says, where one has said it since the words last changed. A mention enters the
index when it has been triaged, and all that is to be said of it is known; edited words leave it until they have been judged
and triaged anew, and what is erased leaves it at once.

SQLite keeps the index in FTS5, PostgreSQL in a `tsvector` under GIN; a migration makes it, and it is no part of `metadata`.
"""

import re
import sqlite3
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any, NamedTuple

from sqlalchemy import Connection, RowMapping, and_, select, text

from core.assessment import Priority
from core.mention import Mention
from core.store import rows
from core.store.engine import Store
from core.store.schema import HEARD, MENTION_INDEX, assessments, authors, cases, labels, mentions
from core.terms import every_word, fold, stems, terms, words

Group = tuple[tuple[str, ...], ...]
"""Terms that find a mention: all terms of one of the alternatives."""
Query = tuple[Group, ...]
"""What a mention must have: each of the groups."""
NOTHING: Query = ((("=",),),)
"""Finds nothing: no mention has this term."""

READ = 20_000
"""Characters of a post that are indexed."""
NAMES = 8
"""Words of a name that are indexed."""
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)
WALKED, LISTED = 2_000, 5_000
"""PostgreSQL: the newest rows that are looked at one by one, and the most hits that are put in order."""

STEP = 500
"""SQLite: pages of the index that are written in one transaction."""

_PLAIN = re.compile(r"[\w.-]{1,40}")
_HANDLE = re.compile(r"[@＠]([\w.-]+)")


class Hit(NamedTuple):
    """A mention that was found for a brand; `number` is its place in the order of time."""

    number: int
    mention_id: str
    brand: str


@dataclass(frozen=True, slots=True)
class _Document:
    """What the index holds of a mention and brand."""

    number: int
    mention_id: str
    brand: str
    terms: str


# Asking --------------------------------------------------------------------------------------------------------------


@lru_cache(maxsize=65_536, typed=True)
def facet(name: str, value: object) -> str:
    """A facet as a term: `name=value` in small letters, or with a digest where the value is no plain word."""
    plain = {True: "yes", False: "no"}.get(value, str(value)) if isinstance(value, bool) else str(value)
    if not _PLAIN.fullmatch(plain):
        plain = "#" + sha256(plain.encode("utf-8", "replace")).hexdigest()[:16]
    return f"{name}={plain.lower()}"


def of_words(asked: str, language: str | None = None) -> Query:
    """What finds the posts that hold all of these words, in any of their forms, in the text or in the author's name; an
    @handle finds its own posts. Empty where the words are so common that they are not looked for.

    `language` is that of the posts; without one, the forms of each language count in its own posts.
    """
    handles = [((f"@{_name(handle)}",),) for handle in _HANDLE.findall(asked[:READ])]
    return (*handles, *(_forms(word, language) for word in dict.fromkeys(words(asked[:READ]))))


def _forms(word: str, language: str | None) -> Group:
    name = (f"@{word}",)
    if language is not None:
        return ((stems(word, language)[-1 if len(word) > 5 else 0],), name)
    english, turkish = stems(word, "en"), stems(word, "tr")
    if english == turkish:
        return (english, name)
    # Few letters of a Turkish word would find other words of other languages: "hear" in "heart".
    return (english, (turkish[-1],) if len(word) > 5 else (turkish[0], facet("language", "tr")), name)


def number(created_at: datetime, mention_id: str = "", brand: str = "") -> int:
    """Where a mention stands in the order of time: its second, then what tells it from others of that second. Without an
    id, where that second begins. Two of one second share a number once in four billion; the later one is then found."""
    second = min(max(int((created_at - EPOCH).total_seconds()), 0), 2**31 - 1)
    if not mention_id:
        return second << 32
    told = sha256(f"{brand}\n{mention_id}".encode("utf-8", "replace")).digest()
    return (second << 32) + int.from_bytes(told[:4], "big")


def hits(tx: Connection, query: Query, *, limit: int, before: int | None = None, since: int = 0) -> list[Hit]:
    """The newest mentions that have what is asked for, newest first: those with numbers from `since` to before `before`.

    `query` must ask for something.
    """
    place = {"query": _written(tx, query), "before": 2**63 - 1 if before is None else before, "since": since}
    if tx.dialect.name == "sqlite":
        statement = text(
            f"SELECT rowid, mention_id, brand FROM {MENTION_INDEX} WHERE {MENTION_INDEX} MATCH :query "  # noqa: S608
            "AND rowid < :before AND rowid >= :since ORDER BY rowid DESC LIMIT :limit"
        )
        return [Hit(*row) for row in tx.execute(statement, {**place, "limit": limit})]
    return _postgresql(tx, place, limit)


def _postgresql(tx: Connection, place: dict[str, Any], limit: int) -> list[Hit]:
    """GIN knows no order. What many have is soon found among the newest; what few have, by the index, and then sorted."""
    newest = (
        f"SELECT number, mention_id, brand, terms FROM {MENTION_INDEX} "  # noqa: S608 - a constant
        "WHERE number < :before AND number >= :since ORDER BY number DESC LIMIT :walked"
    )
    walked = text(
        f"WITH newest AS MATERIALIZED ({newest}) "  # noqa: S608 - likewise
        "(SELECT number, mention_id, brand FROM newest WHERE terms @@ CAST(:query AS tsquery) "
        "ORDER BY number DESC LIMIT :limit) UNION ALL (SELECT min(number), NULL, CAST(count(*) AS text) FROM newest)"
    )
    *rows_found, last = tx.execute(walked, {**place, "walked": WALKED, "limit": limit}).all()
    found = [Hit(*row) for row in rows_found]
    if len(found) == limit or int(last.brand) < WALKED:
        return found
    oldest = tx.exec_driver_sql(f"SELECT min(number) FROM {MENTION_INDEX}").scalar()  # noqa: S608 - a constant
    latest = tx.exec_driver_sql(f"SELECT max(number) FROM {MENTION_INDEX}").scalar()  # noqa: S608
    since, before = max(place["since"], oldest or 0), min(place["before"], (latest or 0) + 1)
    width = (before - last.number) * (1 + 2 * (limit - len(found)) // max(1, len(found)) if found else 4)
    return found + _listed(tx, place["query"], since, last.number, limit - len(found), width)


def _listed(tx: Connection, query: str, since: int, before: int, limit: int, width: int) -> list[Hit]:
    """The newest between two numbers, by the index: `width` numbers at a time, then more; fewer where they hold more hits
    than may be put in order."""
    tx.exec_driver_sql("SET LOCAL enable_seqscan = off")  # it takes words that never meet for independent
    statement = text(
        "SELECT number, mention_id, brand, count(*) OVER () AS of FROM (SELECT number, mention_id, brand "  # noqa: S608
        f"FROM {MENTION_INDEX} WHERE terms @@ CAST(:query AS tsquery) AND number < :before AND number >= :since "
        "LIMIT :most) AS found ORDER BY number DESC LIMIT :limit"
    )
    found: list[Hit] = []
    while before > since and len(found) < limit:
        part = {"query": query, "since": max(since, before - width), "before": before, "most": LISTED}
        some = tx.execute(statement, {**part, "limit": limit - len(found)}).all()
        if some and some[0].of == LISTED and width > 2**32:  # a second's are put in order, however many
            width //= 4
            continue
        found += [Hit(row.number, row.mention_id, row.brand) for row in some]
        before, width = before - width, 4 * width
    return found


def _written(tx: Connection, query: Query) -> str:
    """The query in the database's own language. Each term is quoted, so that a stranger's word is never syntax."""
    quoted, both, either = (
        (lambda t: '"' + t.replace('"', '""') + '"', " AND ", " OR ")
        if tx.dialect.name == "sqlite"
        else (lambda t: "'" + t.replace("\\", "\\\\").replace("'", "''") + "'", " & ", " | ")
    )
    groups = (either.join("(" + both.join(map(quoted, each)) + ")" for each in group) for group in query)
    return both.join(f"({group})" for group in groups)


# Keeping -------------------------------------------------------------------------------------------------------------


def words_of(mention: Mention, language: str) -> set[str]:
    """The terms of a mention's words and of its author's names: what takes longest of indexing it, and needs no database, so
    that it can be done before a transaction begins. `language` is the one that it was judged to be in."""
    author = mention.author
    return _words(mention.title, mention.text, language, author.handle, author.display_name)


def put(
    tx: Connection, pairs: Collection[tuple[str, str]], words: Mapping[tuple[str, str], Collection[str]] | None = None
) -> None:
    """Index these (mention id, brand) as they are stored now; those that wait to be judged or were erased are passed over.
    `words` has the `words_of` those that were read before.

    Whatever changes the words, the judgement, a correction or the first case of a mention calls this in its transaction.
    """
    for part in rows.chunks(sorted(pairs)):
        _hold(tx, part)
        documents = _documents(tx, set(part), words or {})
        if documents and tx.dialect.name == "sqlite":
            _put_sqlite(tx, documents)
        elif documents:
            _put_postgresql(tx, documents)


def _hold(tx: Connection, pairs: Sequence[tuple[str, str]]) -> None:
    """Until the transaction ends, nobody else on PostgreSQL indexes these, edits or erases them: what is read of them after
    this is what stands, and whoever takes them out comes after it. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite":
        statement = text(
            "SELECT 1 FROM assessments "
            "JOIN unnest(CAST(:ids AS text[]), CAST(:brands AS text[])) AS mine (mention_id, brand) "
            "USING (mention_id, brand) ORDER BY mention_id, brand FOR NO KEY UPDATE OF assessments"
        )
        tx.execute(statement, {"ids": [pair[0] for pair in pairs], "brands": [pair[1] for pair in pairs]})


def drop(tx: Connection, mention_ids: Collection[str]) -> None:
    """Take these mentions out. Call it when their assessments were changed: see `_hold`."""
    for part in rows.chunks(sorted(mention_ids)):
        query = (
            select(mentions.c.created_at, mentions.c.id, assessments.c.brand)
            .join(assessments, assessments.c.mention_id == mentions.c.id)
            .where(rows.among(tx, mentions.c.id, part))
        )
        _delete(tx, [number(*row) for row in tx.execute(query)])


def settle(store: Store) -> None:
    """Let go of the words of what was dropped. SQLite only marks them as gone, until the parts of the index that hold them
    are put together anew: this does that in small steps, so that no other writer waits long. PostgreSQL vacuums by itself.
    """
    if not store.is_sqlite:
        return
    pages = -STEP  # below zero: begin, with all parts
    changed = STEP
    while changed > 1:
        with store.write() as tx:
            connection = tx.connection.dbapi_connection
            assert isinstance(connection, sqlite3.Connection)  # noqa: S101 - for the type
            before = connection.total_changes
            tx.exec_driver_sql(f"INSERT INTO {MENTION_INDEX} ({MENTION_INDEX}, rank) VALUES ('merge', {pages})")  # noqa: S608
            changed = connection.total_changes - before
        pages = STEP


def _delete(tx: Connection, numbers: Sequence[int]) -> None:
    if not numbers:
        return
    key = "rowid" if tx.dialect.name == "sqlite" else "number"
    tx.execute(text(f"DELETE FROM {MENTION_INDEX} WHERE {key} = :number"), [{"number": n} for n in numbers])  # noqa: S608


def _put_sqlite(tx: Connection, documents: Sequence[_Document]) -> None:
    marks = ", ".join("?" * len(documents))
    known = f"SELECT rowid, terms FROM {MENTION_INDEX} WHERE rowid IN ({marks})"  # noqa: S608 - marks only
    held = {row[0]: row[1] for row in tx.exec_driver_sql(known, tuple(d.number for d in documents))}
    changed = [d for d in documents if held.get(d.number) != d.terms]
    _delete(tx, [d.number for d in changed if d.number in held])
    if changed:
        statement = f"INSERT INTO {MENTION_INDEX} (rowid, mention_id, brand, terms) VALUES (?, ?, ?, ?)"  # noqa: S608
        tx.exec_driver_sql(statement, [(d.number, d.mention_id, d.brand, d.terms) for d in changed])


def _put_postgresql(tx: Connection, documents: Sequence[_Document]) -> None:
    statement = text(
        f"INSERT INTO {MENTION_INDEX} AS held (number, mention_id, brand, terms) "  # noqa: S608 - a constant
        "SELECT number, mention_id, brand, array_to_tsvector(string_to_array(terms, ' ')) FROM unnest("
        "CAST(:numbers AS bigint[]), CAST(:ids AS text[]), CAST(:brands AS text[]), CAST(:terms AS text[])"
        ") AS new (number, mention_id, brand, terms) ON CONFLICT (number) DO UPDATE SET "
        "mention_id = excluded.mention_id, brand = excluded.brand, terms = excluded.terms "
        "WHERE held.terms IS DISTINCT FROM excluded.terms"
    )
    once = {d.number: d for d in documents}
    by_number = [once[key] for key in sorted(once)]  # so that two writers lock rows in the same order
    tx.execute(
        statement,
        {
            "numbers": [d.number for d in by_number],
            "ids": [d.mention_id for d in by_number],
            "brands": [d.brand for d in by_number],
            "terms": [d.terms for d in by_number],
        },
    )


def _documents(
    tx: Connection, pairs: set[tuple[str, str]], words: Mapping[tuple[str, str], Collection[str]]
) -> list[_Document]:
    ids = sorted({mention_id for mention_id, _ in pairs})
    m, a = mentions.c, assessments.c
    query = (
        select(
            *(m.id, m.platform, m.kind, m.title, m.text, m.place, m.own, m.created_at, m.edited_at, m.author_id),
            *(authors.c.handle, authors.c.display_name),
            *(a.brand, a.language, a.sentiment, a.priority, a.department, a.intent, a.is_complaint, a.needs_review),
            cases.c.id.label("case_id"),
        )
        .select_from(
            mentions.join(assessments, a.mention_id == m.id)
            .outerjoin(authors, authors.c.id == m.author_id)
            .outerjoin(cases, and_(cases.c.mention_id == a.mention_id, cases.c.brand == a.brand))
        )
        .where(rows.among(tx, m.id, ids), m.deleted_at.is_(None), a.assessed_at.is_not(None), a.stage > HEARD)
    )
    said = _corrections(tx, ids)
    documents = []
    for row in tx.execute(query).mappings():
        if (pair := (row["id"], row["brand"])) in pairs:
            found = _facets(row, said.get(pair, {}))
            found.update(words[pair] if pair in words else _words_of_row(row))
            documents.append(_Document(number(row["created_at"], *pair), *pair, " ".join(sorted(found))))
    return documents


def _corrections(tx: Connection, mention_ids: list[str]) -> dict[tuple[str, str], dict[str, tuple[str, datetime]]]:
    """What people say of these mentions: {(mention id, brand): {field: (value, when)}}, of each field the newest."""
    query = select(labels).where(rows.among(tx, labels.c.mention_id, mention_ids))
    found: dict[tuple[str, str], dict[str, tuple[str, datetime]]] = {}
    for row in tx.execute(query.order_by(labels.c.labelled_at, labels.c.id)):
        found.setdefault((row.mention_id, row.brand), {})[row.field] = (row.value, row.labelled_at)
    return found


def _facets(row: RowMapping, told: Mapping[str, tuple[str, datetime]]) -> set[str]:
    edited_at = row["edited_at"]
    standing = {field: value for field, (value, at) in told.items() if edited_at is None or at >= edited_at}
    priority = corrected_priority(Priority(row["priority"] or Priority.P4), standing.get("priority")).name
    complaint = standing["complaint"] == "yes" if "complaint" in standing else bool(row["is_complaint"])
    facets: Iterable[tuple[str, object]] = (
        ("brand", row["brand"]),
        ("platform", row["platform"]),
        ("shape", row["kind"]),
        ("place", row["place"]),
        ("author", row["author_id"] or ""),
        ("language", row["language"] or "und"),
        ("sentiment", standing.get("sentiment", row["sentiment"] or "unsupported")),
        ("priority", priority),
        ("department", standing.get("department", row["department"] or "")),
        ("intent", row["intent"] or ""),
        ("complaint", complaint),
        ("own", bool(row["own"])),
        ("review", bool(row["needs_review"]) and "priority" not in told),
        ("labelled", bool(told)),
        ("case", row["case_id"] is not None),
    )
    return {facet(name, value) for name, value in facets if value != ""}


def _words_of_row(row: RowMapping) -> set[str]:
    return _words(row["title"], row["text"], row["language"], row["handle"], row["display_name"])


def _words(title: str, text: str, language: str | None, handle: str | None, display_name: str | None) -> set[str]:
    names = {_name(handle or ""), *every_word(display_name or "")[:NAMES]} - {""}
    found = {f"@{name}" for name in names}
    found.update(terms(f"{title}\n{text}"[:READ], language or "und"))
    return found


def corrected_priority(judged: Priority, said: str | None) -> Priority:
    """The priority after a correction; that a mention should not have rung says no more than that."""
    if said is None:
        return judged
    return max(Priority.P3, judged) if said == "not_urgent" else Priority[said]


def _name(handle: str) -> str:
    """A handle as one term."""
    return "".join(fold(handle.lstrip("@＠")).split())[:40]
