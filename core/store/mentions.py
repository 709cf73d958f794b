"""Storing what was heard: once, with its edits and metrics, together with the cursor that covers it."""

import json
import zlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, or_, select, update

from core.mention import Author, Heard, Mention, Page
from core.store import cursors, erasure, fitting, rows, search, spend, stale
from core.store.engine import insert
from core.store.schema import (
    HEARD,
    assessments,
    authors,
    mention_edits,
    mention_queries,
    mentions,
    metric_snapshots,
    raw_payloads,
    rejected_items,
)

METRICS = ("likes", "replies", "shares", "views")


@dataclass(frozen=True, slots=True)
class Saved:
    """What one page brought: mentions never heard before, changed ones, items set aside, and posts that are gone."""

    new: int = 0
    changed: int = 0
    rejected: int = 0
    deleted: int = 0

    def __add__(self, other: "Saved") -> "Saved":
        return Saved(
            self.new + other.new,
            self.changed + other.changed,
            self.rejected + other.rejected,
            self.deleted + other.deleted,
        )


def save_page(
    tx: Connection,
    source: str,
    stream: str,
    page: Page,
    now: datetime,
    *,
    own_accounts: Collection[str] = frozenset(),
    may_ring: bool = True,
) -> Saved:
    """Store a page and its cursor, in the transaction of `tx`: both or neither.

    `own_accounts` are author ids or `platform:@handle`, lower case, of the brands themselves. `may_ring` is False for a
    stream's first pull, whose posts are history. What people asked us to forget is passed over.
    """
    heard = _once_each([fitting.fit(one, now) for one in page.heard])
    if heard:
        forgotten = erasure.forgotten(
            tx, {id for h in heard for id in (h.mention.author.id, h.mention.quoted_author) if id}
        )
        heard = [h for h in heard if h.mention.author.id not in forgotten]
        heard = _without_copies(tx, heard, forgotten)
    saved = _save_mentions(tx, source, heard, now, own_accounts, may_ring) if heard else Saved()
    rejected = _save_rejected(tx, source, stream, page, now)
    deleted = erasure.erase_mentions(tx, [fitting.fit_id(id) for id in page.deleted], "deleted_by_author", now)
    spend.record(tx, source, page.charges, now)
    cursors.record_gaps(tx, source, stream, page.gaps, now)
    cursors.save(tx, source, stream, page.cursor, now, heard=saved.new)
    return saved + Saved(rejected=rejected, deleted=deleted)


def _once_each(heard: Sequence[Heard]) -> list[Heard]:
    """Each mention once, sorted by id so that two writers lock rows in the same order; the queries of all are kept."""
    found: dict[str, Heard] = {}
    for one in heard:
        known = found.get(one.mention.id)
        if known is not None:
            queries = tuple({q.id: q for q in (*known.queries, *one.queries)}.values())
            one = Heard(one.mention, queries, one.raw)
        found[one.mention.id] = one
    return [found[key] for key in sorted(found)]


def _without_copies(tx: Connection, heard: list[Heard], forgotten: Collection[str]) -> list[Heard]:
    """The same, without what they quote, and what their platform sent along, of posts and people that were erased."""
    about = {h.mention.id: {f"{h.mention.platform}:{i}" for i in _refers_to(h.mention)} for h in heard}
    gone = erasure.erased(tx, set().union(*about.values()))
    return [
        Heard(replace(h.mention, quoted_text=""), h.queries, {})
        if h.mention.quoted_author in forgotten or not gone.isdisjoint(about[h.mention.id])
        else h
        for h in heard
    ]


def _refers_to(m: Mention) -> set[str]:
    """The external ids of other posts that it answers, quotes, or stands under."""
    return {id for id in (m.parent_id, m.conversation_id) if id and id != m.external_id}


def _save_mentions(
    tx: Connection,
    source: str,
    heard: list[Heard],
    now: datetime,
    own_accounts: Collection[str],
    may_ring: bool,
) -> Saved:
    ids = [h.mention.id for h in heard]
    columns = (mentions.c.id, mentions.c.text, mentions.c.title, mentions.c.deleted_at, mentions.c.heard_at)
    known = {
        row["id"]: row
        for part in rows.chunks(ids)
        for row in tx.execute(
            select(*columns, *(mentions.c[m] for m in METRICS)).where(rows.among(tx, mentions.c.id, part))
        ).mappings()
    }
    heard = [h for h in heard if not (h.mention.id in known and known[h.mention.id]["deleted_at"])]
    if not heard:
        return Saved()
    new = [h for h in heard if h.mention.id not in known]
    _save_authors(tx, [h.mention.author for h in heard], now)
    if new:
        tx.execute(
            insert(tx, mentions).on_conflict_do_nothing(),
            [_mention_row(h.mention, source, now, own_accounts) for h in new],
        )
    changed = _save_changes(tx, [h for h in heard if h.mention.id in known], known, now)
    _save_raw(tx, [*new, *changed], now)
    _save_queries(tx, heard, now, may_ring)
    return Saved(new=len(new), changed=len(changed))


def _save_authors(tx: Connection, found: Iterable[Author], now: datetime) -> None:
    table = {
        a.id: {
            "id": a.id,
            "platform": a.platform,
            "external_id": a.external_id,
            "handle": a.handle,
            "display_name": a.display_name,
            "bio": a.bio,
            "location": a.location,
            "url": a.url,
            "followers": a.followers,
            "verified": a.verified,
            "heard_at": now,
        }
        for a in found
    }
    statement = insert(tx, authors)
    fields = ("handle", "display_name", "bio", "location", "url", "followers", "verified")
    differs = or_(*(authors.c[f].is_distinct_from(statement.excluded[f]) for f in fields))
    statement = statement.on_conflict_do_update(
        index_elements=["id"],
        set_={f: statement.excluded[f] for f in (*fields, "heard_at")},
        where=differs,
    )
    tx.execute(statement, [table[key] for key in sorted(table)])


def is_own(author: Author, own_accounts: Collection[str]) -> bool:
    """Is this one of the brands' own accounts? Compared by author id and by `platform:@handle`, any case."""
    return author.id.lower() in own_accounts or f"{author.platform}:@{author.handle}".lower() in own_accounts


def _mention_row(m: Mention, source: str, now: datetime, own_accounts: Collection[str]) -> dict[str, Any]:
    return {
        "id": m.id,
        "platform": m.platform,
        "external_id": m.external_id,
        "source": source,
        "author_id": m.author.id,
        "kind": m.kind,
        "text": m.text,
        "title": m.title,
        "quoted_text": m.quoted_text,
        "url": m.url,
        "place": m.place,
        "lang": m.lang,
        "conversation_id": m.conversation_id,
        "parent_id": m.parent_id,
        "own": is_own(m.author, own_accounts),
        "created_at": m.created_at,
        "heard_at": now,
        "edited_at": m.edited_at,
        **{name: getattr(m.metrics, name) for name in METRICS},
    }


def _save_changes(tx: Connection, again: list[Heard], known: dict[str, Any], now: datetime) -> list[Heard]:
    """Keep what changed since we last heard these: words (the old ones become an edit, and it is judged anew), metrics."""
    edited, counted = [], []
    for h in again:
        m, old = h.mention, known[h.mention.id]
        if (m.text, m.title) != (old["text"], old["title"]):
            edited.append(h)
        values = {name: getattr(m.metrics, name) for name in METRICS}
        if any(v is not None and v != old[name] for name, v in values.items()):
            counted.append({"mention_id": m.id, **values})
    if edited:
        tx.execute(
            insert(tx, mention_edits).on_conflict_do_nothing(),
            [{"mention_id": h.mention.id, "seen_at": now, "text": known[h.mention.id]["text"]} for h in edited],
        )
        for h in edited:
            m = h.mention
            tx.execute(
                update(mentions)
                .where(mentions.c.id == m.id)
                .values(
                    text=m.text,
                    title=m.title,
                    quoted_text=m.quoted_text,
                    edited_at=m.edited_at or now,
                    url=m.url,
                )
            )
            tx.execute(
                update(assessments)
                .where(assessments.c.mention_id == m.id)
                .values(stage=HEARD, revision=assessments.c.revision + 1)
            )
        search.drop(tx, [h.mention.id for h in edited])  # after whoever was triaging the old words has put them in
        stale.mark_mentions(tx, [h.mention.id for h in edited])  # what people said of the old words is void
    if counted:
        first = [
            {"mention_id": c["mention_id"], "seen_at": known[c["mention_id"]]["heard_at"]}
            | {name: known[c["mention_id"]][name] for name in METRICS}
            for c in counted
        ]
        tx.execute(
            insert(tx, metric_snapshots).on_conflict_do_nothing(),
            first + [{**c, "seen_at": now} for c in counted],
        )
        for c in counted:
            told = {name: c[name] for name in METRICS if c[name] is not None}
            tx.execute(update(mentions).where(mentions.c.id == c["mention_id"]).values(**told))
    return edited


def _save_raw(tx: Connection, heard: list[Heard], now: datetime) -> None:
    heard = [h for h in heard if h.raw]
    if not heard:
        return
    statement = insert(tx, raw_payloads)
    statement = statement.on_conflict_do_update(
        index_elements=["mention_id"],
        set_={"payload": statement.excluded.payload, "heard_at": statement.excluded.heard_at},
    )
    tx.execute(
        statement,
        [
            {
                "mention_id": h.mention.id,
                "heard_at": now,
                "payload": zlib.compress(
                    json.dumps(h.raw, ensure_ascii=False, default=str).encode("utf-8", "replace"), 1
                ),
            }
            for h in heard
        ],
    )


def _save_queries(tx: Connection, heard: list[Heard], now: datetime, may_ring: bool) -> None:
    matches = [
        {"mention_id": h.mention.id, "query_id": q.id, "brand": q.brand}
        for h in heard
        for q in sorted(h.queries, key=lambda q: q.id)
    ]
    if not matches:
        return
    tx.execute(insert(tx, mention_queries).on_conflict_do_nothing(), matches)
    pairs = {(m["mention_id"], m["brand"]): None for m in matches}
    tx.execute(
        insert(tx, assessments).on_conflict_do_nothing(),
        [
            {"mention_id": mention_id, "brand": brand, "stage": HEARD, "heard_at": now, "may_ring": may_ring}
            for mention_id, brand in pairs
        ],
    )


def _save_rejected(tx: Connection, source: str, stream: str, page: Page, now: datetime) -> int:
    if not page.rejected:
        return 0
    tx.execute(
        insert(tx, rejected_items).on_conflict_do_nothing(),
        [
            {
                "source": source,
                "stream": stream,
                "reason": fitting.fit_text(item.reason[:500]),
                "digest": sha256(item.raw.encode("utf-8", "replace")).hexdigest(),
                "raw": zlib.compress(item.raw.encode("utf-8", "replace"), 1),
                "seen_at": now,
            }
            for item in page.rejected
        ],
    )
    return len(page.rejected)


def get(tx: Connection, mention_ids: Collection[str]) -> dict[str, Mention]:
    """Mentions by id, with their authors."""
    query = select(*rows.MENTION, *rows.AUTHOR).select_from(mentions.outerjoin(authors))
    return {
        row["id"]: rows.mention(row)
        for part in rows.chunks(sorted(mention_ids))
        for row in tx.execute(query.where(rows.among(tx, mentions.c.id, part))).mappings()
    }


def to_check(
    tx: Connection,
    platform: str,
    since: datetime,
    limit: int,
    *,
    source: str | None = None,
    checked_before: datetime | None = None,
) -> list[str]:
    """External ids of posts said since `since`, those longest unchecked first: ask their platform whether they are
    still there. `source` narrows it to what one source heard; `checked_before` leaves out what was heard or asked since."""
    last_seen = func.coalesce(mentions.c.checked_at, mentions.c.heard_at)
    query = (
        select(mentions.c.external_id)
        .where(mentions.c.platform == platform, mentions.c.created_at >= since, mentions.c.deleted_at.is_(None))
        .order_by(last_seen)
        .limit(limit)
    )
    if source is not None:
        query = query.where(mentions.c.source == source)
    if checked_before is not None:
        query = query.where(last_seen < checked_before)
    return list(tx.scalars(query))


def mark_checked(tx: Connection, platform: str, external_ids: Sequence[str], now: datetime) -> None:
    """Remember that the platform still has these posts."""
    for part in rows.chunks([f"{platform}:{e}" for e in external_ids]):
        tx.execute(update(mentions).where(rows.among(tx, mentions.c.id, part)).values(checked_at=now))
