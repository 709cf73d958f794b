"""What people delete is gone: text, author and derived data go, and a record stays that they went.

So do the copies that others' posts carry: what they quote, and what their platform sent along with them. Slack's copies go
too: each card that showed the words is queued to be redrawn without them.
"""

import json
import zlib
from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Literal

from sqlalchemy import Connection, delete, func, select, text, union, update

from core.case import CaseEvent, EventKind
from core.customer import Link
from core.errors import BadRecord
from core.store import answers, cases, changes, digests, notes, outbox, pins, reports, rows, search, stale, views
from core.store.rollups import NOT_YET
from core.store.schema import (
    TRIAGED,
    assessments,
    authors,
    case_mentions,
    colleagues,
    customer_pins,
    erasures,
    labels,
    likenesses,
    links,
    mention_edits,
    mentions,
    metric_snapshots,
    raw_payloads,
    rejected_items,
    rollup_author_days,
    rollup_people,
    rollup_recovered,
    rollup_topics,
    rollup_window_topics,
    rollup_windows,
)
from core.store.schema import cases as cases_table

Why = Literal["deleted_by_author", "forget", "retention"]

TOLD = ("order", "email", "phone", "unsaid", "anothers", "tellers", "told_name", "told_other_name", "told_other_given")
"""Kinds of evidence that an author's posts gave, and not the account itself."""
STANDS = ("account", "agent_handle", "agent")
"""Kinds of evidence that make a link whatever else is known."""


def erase_mentions(tx: Connection, mention_ids: Collection[str], why: Why, now: datetime) -> int:
    """Empty these mentions of all that was said and by whom. Returns how many still held something.

    The id stays, so that the post is not taken for a new one if it is met again. Cards that quoted it are redrawn.
    """
    erased = 0
    for part in rows.chunks(sorted(mention_ids)):
        columns = (
            mentions.c.id,
            mentions.c.platform,
            mentions.c.conversation_id,
            mentions.c.external_id,
            mentions.c.author_id,
        )
        found = tx.execute(
            select(*columns).where(rows.among(tx, mentions.c.id, part), mentions.c.deleted_at.is_(None))
        ).all()
        if not found:
            continue
        _in_turn(tx)
        ids = [row.id for row in found]
        copies = _erase_copies(tx, [(row.platform, row.external_id) for row in found])
        blank = dict.fromkeys(("text", "title", "quoted_text", "url", "lang"), "")
        tx.execute(update(mentions).where(mentions.c.id.in_(ids)).values(**blank, author_id=None, deleted_at=now))
        judged = (
            "language",
            "sentiment",
            "sentiment_score",
            "engine",
            "is_complaint",
            "intent",
            "urgency_score",
            "reasons",
            "details",
        )
        tx.execute(
            update(assessments)
            .where(assessments.c.mention_id.in_(ids))
            .values(**dict.fromkeys(judged), priority=None, department=None, needs_review=False, stage=TRIAGED)
        )
        # Only now: whoever was judging or triaging these held their assessments until what they added was there to be seen.
        search.drop(tx, ids)
        for table in (mention_edits, metric_snapshots, raw_payloads, labels, likenesses):
            tx.execute(delete(table).where(table.c.mention_id.in_(ids)))
        _drop_counted(tx, ids)
        answers.erase(tx, ids, now)
        _drop_case_notes(tx, ids)
        spoke = {row.author_id for row in found if row.author_id}
        _drop_silent_authors(tx, spoke)
        copies += _drop_told_evidence(tx, spoke)
        for told in (digests, reports):
            told.redraw(tx, ids, digest(" ".join(sorted(ids)))[:16])
        _queue_redraws(tx, ids, copies, [f"{r.platform}:{r.conversation_id or r.external_id}" for r in found], now)
        tx.execute(
            erasures.insert(),
            [{"subject": digest(i), "what": "mention", "why": why, "erased_at": now, "counts": {}} for i in ids],
        )
        erased += len(ids)
    return erased


def forget_author(tx: Connection, author_id: str, now: datetime) -> dict[str, int]:
    """Erase a person: every mention, the profile and the links to customers. What they post later is passed over.

    Returns counts: `mentions` and `links` erased. Safe to run again.
    """
    _in_turn(tx)
    ids = list(tx.scalars(select(mentions.c.id).where(mentions.c.author_id == author_id)))
    known = tx.execute(select(authors.c.handle, authors.c.display_name).where(authors.c.id == author_id)).one_or_none()
    handle, name = known or ("", "")
    gone_links = tx.execute(delete(links).where(links.c.author_id == author_id)).rowcount
    counts = {"mentions": erase_mentions(tx, ids, "forget", now), "links": gone_links}
    pins.forget(tx, author_id)
    changes.forget(tx, author_id)
    notes.drop(tx, [notes.of_author(author_id)])
    _drop_counted_authors(tx, {author_id})
    tx.execute(delete(authors).where(authors.c.id == author_id))
    _drop_rejected(tx, {author_id.partition(":")[2], handle})
    views.forget(tx, author_id, handle, name)
    platform, _colon, native = author_id.partition(":")
    if platform == "slack":  # one of our own people
        tx.execute(delete(colleagues).where(colleagues.c.id == native))
    if digest(author_id) not in _recorded(tx, [author_id]):
        record = {
            "subject": digest(author_id),
            "what": "author",
            "why": "forget",
            "erased_at": now,
            "counts": counts,
        }
        tx.execute(erasures.insert().values(**record))
    return counts


def is_known(tx: Connection, platform: str, author: str) -> bool:
    """Is anything stored of this person, or are they forgotten already?

    Raises BadRecord, in a sentence for whoever wants them forgotten, where nobody can be meant: for a platform that nobody
    was heard on, and for a handle in the place of the id.
    """
    author_id = f"{platform}:{author}"
    if tx.scalar(select(authors.c.id).where(authors.c.id == author_id)) or _recorded(tx, [author_id]):
        return True
    if tx.scalar(select(mentions.c.id).where(mentions.c.platform == platform).limit(1)) is None:
        heard = ", ".join(sorted(tx.scalars(select(mentions.c.platform).distinct()))) or "none yet"
        raise BadRecord(f"Nothing was ever heard on '{platform}'. The platforms that were heard: {heard}.")
    handle = author.strip().removeprefix("@").lower()
    theirs = (authors.c.platform == platform) & (func.lower(authors.c.handle).in_([handle, f"@{handle}"]))
    named = list(tx.scalars(select(authors.c.external_id).where(theirs).limit(2))) if handle else []
    if not handle or named:
        told = f" It is the handle of {' and of '.join(named)}." if named else ""
        raise BadRecord(f"'{author}' is nobody's id on {platform}.{told} `sunwai export people` lists the ids.")
    return False


def forgotten(tx: Connection, author_ids: Collection[str]) -> set[str]:
    """Which of these authors asked to be forgotten."""
    recorded = _recorded(tx, author_ids)
    return {a for a in author_ids if digest(a) in recorded} if recorded else set()


def erased(tx: Connection, mention_ids: Collection[str]) -> set[str]:
    """Which of these mentions were erased."""
    return {
        found
        for part in rows.chunks(sorted(mention_ids))
        for found in tx.scalars(
            select(mentions.c.id).where(mentions.c.id.in_(part), mentions.c.deleted_at.is_not(None))
        )
    }


def newest(tx: Connection) -> datetime:
    """When something was erased last; long ago where nothing ever was."""
    found = tx.scalar(select(erasures.c.erased_at).order_by(erasures.c.id.desc()).limit(1))
    return found or datetime.min.replace(tzinfo=UTC)


def last(tx: Connection) -> int:
    """The number of the last erasure, 0 before the first: to be asked before words are read, and given to `still_told`."""
    return tx.scalar(select(func.max(erasures.c.id))) or 0


def still_told(tx: Connection, found: Mapping[str, Sequence[Link]], since: int) -> dict[str, Sequence[Link]]:
    """Links by author, without the authors whose links rest on what posts told, where something was erased since they were
    read: what a post told must not come back after it. Their next post, or the next `relink`, tells anew."""
    if last(tx) == since:
        return dict(found)
    return {who: some for who, some in found.items() if not any(e.kind in TOLD for one in some for e in one.evidence)}


def retain(
    tx: Connection, mentions_before: datetime, raw_before: datetime, now: datetime, limit: int = 5000
) -> dict[str, int]:
    """Erase what is older than the team wants to keep, at most `limit` mentions at a time. Returns counts."""
    raw = tx.execute(delete(raw_payloads).where(raw_payloads.c.heard_at < raw_before)).rowcount
    raw += tx.execute(delete(rejected_items).where(rejected_items.c.seen_at < raw_before)).rowcount
    old = (
        select(mentions.c.id)
        .where(mentions.c.created_at < mentions_before, mentions.c.deleted_at.is_(None))
        .limit(limit)
    )
    return {"raw": raw, "mentions": erase_mentions(tx, list(tx.scalars(old)), "retention", now)}


def digest(subject: str) -> str:
    """SHA-256 of `platform:id`: enough to recognise someone who asked to be forgotten, not to list them."""
    return sha256(subject.encode()).hexdigest()


def _in_turn(tx: Connection) -> None:
    """Until the transaction ends, nobody else erases: so the number of the `last` erasure rises with each that is done, and
    whoever keeps words until it does never misses one. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite":
        tx.execute(text("SELECT pg_advisory_xact_lock(hashtextextended('erasure', 0))"))


def _recorded(tx: Connection, author_ids: Collection[str]) -> set[str]:
    return {
        subject
        for part in rows.chunks(sorted(author_ids))
        for subject in tx.scalars(
            select(erasures.c.subject).where(
                rows.among(tx, erasures.c.subject, [digest(a) for a in part]), erasures.c.what == "author"
            )
        )
    }


def _drop_silent_authors(tx: Connection, author_ids: set[str]) -> None:
    """Profiles of whom nothing is stored any more have no reason to stay."""
    still = set(tx.scalars(select(mentions.c.author_id).where(mentions.c.author_id.in_(author_ids)).distinct()))
    gone = author_ids - still
    if gone:
        tx.execute(delete(links).where(links.c.author_id.in_(gone)))
        tx.execute(delete(customer_pins).where(customer_pins.c.author_id.in_(gone)))
        notes.drop(tx, [notes.of_author(author) for author in gone])
        _drop_counted_authors(tx, gone)
        tx.execute(delete(authors).where(authors.c.id.in_(gone)))


def _drop_counted(tx: Connection, ids: Sequence[str]) -> None:
    """What the dashboard holds of these mentions that is no mere number: words that nobody else said that day, and thanks.
    The days are counted anew."""
    stale.mark_mentions(tx, ids)
    tx.execute(delete(rollup_recovered).where(rollup_recovered.c.mention_id.in_(ids)))
    day = stale.day_of(tx, mentions.c.created_at)
    days = select(assessments.c.brand, day).join(mentions, mentions.c.id == assessments.c.mention_id)
    for brand, of_day in tx.execute(days.where(mentions.c.id.in_(ids)).distinct()).all():
        this = (rollup_topics.c.brand == brand) & (rollup_topics.c.day == of_day)
        alone = select(rollup_topics.c.topic, rollup_topics.c.examples).where(this, rollup_topics.c.mentions == 1)
        said = [row.topic for row in tx.execute(alone) if not set(ids).isdisjoint(row.examples)]
        for part in rows.chunks(said):
            tx.execute(
                delete(rollup_topics).where(this, rollup_topics.c.mentions == 1, rollup_topics.c.topic.in_(part))
            )
            _drop_topics_of_windows(tx, brand, part)


def _drop_topics_of_windows(tx: Connection, brand: str, topics: Sequence[str]) -> None:
    """Those of the topics that no day of the windows has any more."""
    kept, day, of_window = rollup_windows.c, rollup_topics.c, rollup_window_topics.c
    found = select(kept.days, kept.back, kept.until).where(kept.brand == brand, kept.until > NOT_YET)
    windows = tx.execute(found).all()
    days = {window.until - timedelta(days=n) for window in windows for n in range(window.days)}
    still = select(day.topic).where(day.brand == brand, day.day.in_(days), day.topic == of_window.topic)
    for window in windows:
        here = (of_window.brand == brand) & (of_window.days == window.days) & (of_window.back == window.back)
        tx.execute(delete(rollup_window_topics).where(here, of_window.topic.in_(topics), ~still.exists()))


def _drop_counted_authors(tx: Connection, author_ids: Collection[str]) -> None:
    """What is counted of these people, found by the keys of those tables, which begin with the brand."""
    brands = tx.scalars(select(rollup_windows.c.brand).distinct()).all()
    days = tx.scalars(select(rollup_windows.c.days).distinct()).all()
    spoke = rollup_author_days.c.brand.in_(brands), rollup_author_days.c.author_id.in_(author_ids)
    seen = rollup_people.c.brand.in_(brands), rollup_people.c.days.in_(days), rollup_people.c.author_id.in_(author_ids)
    tx.execute(delete(rollup_author_days).where(*spoke))
    tx.execute(delete(rollup_people).where(*seen))
    tx.execute(delete(rollup_recovered).where(rollup_recovered.c.author_id.in_(author_ids)))


def _drop_told_evidence(tx: Connection, author_ids: set[str]) -> list[str]:
    """What an author's posts said of who they are goes with the posts; what their account says stays. Returns the ids of
    their other posts, whose cards showed it."""
    changed: set[str] = set()
    query = select(links.c.author_id, links.c.customer_id, links.c.evidence).where(links.c.author_id.in_(author_ids))
    for link in tx.execute(query).all():
        kept = [evidence for evidence in link.evidence if evidence[0] not in TOLD]
        if len(kept) == len(link.evidence):
            continue
        changed.add(link.author_id)
        this = (links.c.author_id == link.author_id) & (links.c.customer_id == link.customer_id)
        if any(kind in STANDS for kind, *_ in kept):
            tx.execute(update(links).where(this).values(evidence=kept))
        else:  # the rest may be too little: their next post will tell
            tx.execute(delete(links).where(this))
            stale.mark_authors(tx, [link.author_id])
    return list(tx.scalars(select(mentions.c.id).where(mentions.c.author_id.in_(changed)))) if changed else []


def _drop_case_notes(tx: Connection, ids: Sequence[str]) -> None:
    """What agents wrote to each other with the moves of a case may be about any who wrote in it: it goes with the first of
    their posts, in Slack too."""
    belong = select(case_mentions.c.case_id).where(case_mentions.c.mention_id.in_(ids)).distinct()
    found = list(tx.scalars(belong))
    outbox.unsay(tx, [outbox.thread_key(told) for told in cases.events_with_notes(tx, found)])
    notes.drop(tx, [notes.of_case(case_id) for case_id in found])


def _drop_rejected(tx: Connection, names: set[str]) -> None:
    """Items that could not be read and that hold one of these names, as JSON writes them. They are few, so each is looked
    into."""
    written = [json.dumps(name, ensure_ascii=False) for name in names if name]
    kept = select(rejected_items.c.id, rejected_items.c.raw).order_by(rejected_items.c.seen_at)
    for row in tx.execute(kept).all():
        raw = zlib.decompress(row.raw).decode("utf-8", "replace")
        if any(name in raw for name in written):
            tx.execute(delete(rejected_items).where(rejected_items.c.id == row.id))


def _erase_copies(tx: Connection, originals: Sequence[tuple[str, str]]) -> list[str]:
    """Erase what posts that quote, repost or answer these (platform, external id) hold of them. Returns the ids of those
    whose card may show some of it. A platform sends the original, or its title, along with such a post."""
    quoting: list[str] = []
    for platform in sorted({platform for platform, _ in originals}):
        ids = [external_id for of, external_id in originals if of == platform]
        here = mentions.c.platform == platform
        about = here & mentions.c.parent_id.in_(ids) & text("mentions.parent_id <> ''")
        under = here & mentions.c.conversation_id.in_(ids)
        quoting += tx.scalars(select(mentions.c.id).where(about, mentions.c.quoted_text != ""))
        copies = union(select(mentions.c.id).where(about), select(mentions.c.id).where(under))
        tx.execute(delete(raw_payloads).where(raw_payloads.c.mention_id.in_(copies)))
    for part in rows.chunks(quoting):
        tx.execute(update(mentions).where(mentions.c.id.in_(part)).values(quoted_text=""))
        # Whoever read them to judge or triage it begins anew; and a post without words of its own is like nothing now.
        theirs = assessments.c.mention_id.in_(part) & (assessments.c.stage < TRIAGED)
        tx.execute(update(assessments).where(theirs).values(revision=assessments.c.revision + 1))
        silent = select(mentions.c.id).where(mentions.c.id.in_(part), mentions.c.text == "", mentions.c.title == "")
        tx.execute(delete(likenesses).where(likenesses.c.mention_id.in_(silent)))
    return quoting


def _queue_redraws(
    tx: Connection, ids: Sequence[str], copies: Sequence[str], conversations: Sequence[str], now: datetime
) -> None:
    """Queue an update of each card that shows one of these mentions, or a copy of it: its own case, a case that it joined,
    or a case of the same conversation."""
    said = select(case_mentions.c.mention_id, case_mentions.c.brand).where(case_mentions.c.mention_id.in_(ids))
    outbox.unsay(tx, [outbox.said_key(row.mention_id, row.brand) for row in tx.execute(said)])
    showing = union(
        select(cases_table.c.id).where(cases_table.c.mention_id.in_([*ids, *copies])),
        select(cases_table.c.id).where(cases_table.c.conversation.in_(sorted(set(conversations)))),
        select(case_mentions.c.case_id).where(case_mentions.c.mention_id.in_(ids)),
    )
    found = list(tx.scalars(showing))
    if not found:
        return
    query = select(*rows.CASE).where(cases_table.c.id.in_(found))
    which = digest(" ".join(sorted(ids)))[:16]
    for row in tx.execute(query).mappings().all():
        case = rows.case(row)
        event = CaseEvent(EventKind.ERASED, "sunwai", now, {})
        if case.mention_id in ids:
            cases.record(tx, case.id, event)
        outbox.put(tx, [outbox.card_update(case, f"erased:{case.id}:{which}")])
