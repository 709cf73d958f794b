"""The work between hearing and ringing: what waits to be judged, what waits to be triaged, and what people corrected."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import ColumnElement, Connection, bindparam, func, literal_column, select, update

from core.assessment import Assessment
from core.mention import Mention
from core.store import rows, search, stale
from core.store.schema import ASSESSED, HEARD, TRIAGED, assessments, authors, mentions


@dataclass(frozen=True, slots=True)
class Waiting:
    """A (mention, brand) that waits for a stage.

    `revision` rises when the words change: a judgement of older words is not stored. `own` marks the brand's own
    accounts. `may_ring` is False for a first pull and for what is replayed. `assessment` is None until it is judged.
    """

    mention: Mention
    brand: str
    revision: int
    own: bool
    may_ring: bool
    assessment: Assessment | None = None


def to_assess(tx: Connection, limit: int) -> list[Waiting]:
    """What was heard and not judged yet, longest waiting first.

    On PostgreSQL the rows stay locked until the transaction ends, and other workers pass them over; on SQLite two workers
    may judge the same rows, and `save` keeps one judgement.
    """
    return _waiting(tx, HEARD, limit)


def to_triage(tx: Connection, limit: int) -> list[Waiting]:
    """What was judged and not triaged yet, longest waiting first; locked as in `to_assess`. Call it in a write
    transaction and finish with `mark_triaged` in the same one."""
    return _waiting(tx, ASSESSED, limit)


def _waiting(tx: Connection, stage: int, limit: int) -> list[Waiting]:
    first = (
        select(assessments).where(assessments.c.stage == _in_sql(stage)).order_by(assessments.c.heard_at).limit(limit)
    )
    if tx.dialect.name != "sqlite":
        first = first.with_for_update(skip_locked=True)
    # First, so that their words are looked up for these alone: PostgreSQL did it for all that wait, and sorted those.
    taken = first.cte("taken")
    query = (
        select(*rows.MENTION, *rows.AUTHOR, *(c.label(f"a_{c.name}") for c in taken.c))
        .select_from(
            taken.join(mentions, mentions.c.id == taken.c.mention_id).outerjoin(
                authors, authors.c.id == mentions.c.author_id
            )
        )
        .order_by(taken.c.heard_at)
    )
    return [
        Waiting(
            rows.mention(row),
            row["a_brand"],
            row["a_revision"],
            bool(row["own"]),
            bool(row["a_may_ring"]),
            rows.assessment(row) if stage == ASSESSED else None,
        )
        for row in tx.execute(query).mappings()
    ]


def _in_sql(stage: int) -> ColumnElement[int]:
    """The stage spelled out in the SQL, so that the planner sees that the partial index fits."""
    return literal_column(str(stage))


def save(tx: Connection, judged: Sequence[tuple[Waiting, Assessment]]) -> int:
    """Store judgements, unless the words changed meanwhile or another worker was first. Returns how many were stored."""
    if not judged:
        return 0
    names = [
        "language",
        "sentiment",
        "sentiment_score",
        "engine",
        "is_complaint",
        "intent",
        "priority",
        "urgency_score",
        "reasons",
        "department",
        "needs_review",
        "version",
        "assessed_at",
        "details",
    ]
    statement = (
        update(assessments)
        .where(
            assessments.c.mention_id == bindparam("key_mention"),
            assessments.c.brand == bindparam("key_brand"),
            assessments.c.revision == bindparam("key_revision"),
            assessments.c.stage == HEARD,
        )
        .values({name: bindparam(name) for name in names} | {"stage": ASSESSED})
    )
    values = [
        {
            "key_mention": waiting.mention.id,
            "key_brand": waiting.brand,
            "key_revision": waiting.revision,
            "language": a.language,
            "sentiment": a.sentiment.label,
            "sentiment_score": a.sentiment.score,
            "engine": a.sentiment.engine,
            "is_complaint": a.is_complaint,
            "intent": a.intent,
            "priority": int(a.urgency.priority),
            "urgency_score": a.urgency.score,
            "reasons": [[r.signal, r.weight, r.text] for r in a.urgency.reasons],
            "department": a.department,
            "needs_review": a.needs_review,
            "version": a.version,
            "assessed_at": a.assessed_at,
            "details": dict(a.details),
        }
        for waiting, a in judged
    ]
    stored = tx.execute(statement, values).rowcount
    stale.mark(tx, {(w.brand, w.mention.created_at.date()) for w, _ in judged if not w.own})
    return stored


def still_to_triage(tx: Connection, found: Sequence[Waiting]) -> list[Waiting]:
    """Those that still wait, in the words that were read: what another worker was first to triage is left out. For SQLite,
    where what waits is read before the write transaction begins, so that nobody waits for the reading."""
    ids = sorted({one.mention.id for one in found})
    query = select(assessments.c.mention_id, assessments.c.brand, assessments.c.revision)
    waits = {
        (row.mention_id, row.brand, row.revision)
        for part in rows.chunks(ids)
        for row in tx.execute(
            query.where(rows.among(tx, assessments.c.mention_id, part), assessments.c.stage == _in_sql(ASSESSED))
        )
    }
    return [one for one in found if (one.mention.id, one.brand, one.revision) in waits]


def mark_triaged(
    tx: Connection, done: Sequence[Waiting], words: Mapping[tuple[str, str], Collection[str]] | None = None
) -> None:
    """These are dealt with, and can be found from now on; one whose words changed meanwhile stays and comes round again.
    `words` has the `search.words_of` those that were read before."""
    if not done:
        return
    statement = (
        update(assessments)
        .where(
            assessments.c.mention_id == bindparam("key_mention"),
            assessments.c.brand == bindparam("key_brand"),
            assessments.c.revision == bindparam("key_revision"),
            assessments.c.stage == ASSESSED,
        )
        .values(stage=TRIAGED)
    )
    tx.execute(
        statement,
        [{"key_mention": w.mention.id, "key_brand": w.brand, "key_revision": w.revision} for w in done],
    )
    search.put(tx, [(w.mention.id, w.brand) for w in done], words)


def judge_again(tx: Connection, since: datetime | None = None) -> int:
    """Send stored mentions (created since `since`, or all) through judging again. They can join and raise cases, but never
    ring: they are old news. Returns how many."""
    chosen = select(mentions.c.id).where(mentions.c.deleted_at.is_(None))
    if since is not None:
        chosen = chosen.where(mentions.c.created_at >= since)
    statement = (
        update(assessments)
        .where(assessments.c.mention_id.in_(chosen))
        .values(stage=HEARD, may_ring=False, revision=assessments.c.revision + 1)
    )
    return tx.execute(statement).rowcount


def queue_sizes(tx: Connection) -> dict[str, int]:
    """How much waits: {"to_assess": n, "to_triage": m}."""
    return {
        name: tx.scalar(select(func.count()).select_from(assessments).where(assessments.c.stage == _in_sql(stage))) or 0
        for name, stage in (("to_assess", HEARD), ("to_triage", ASSESSED))
    }


def waits(tx: Connection, queue: Literal["to_assess", "to_triage"]) -> bool:
    """Does anything wait for this stage? One look into its partial index, however long the queue is."""
    stage = {"to_assess": HEARD, "to_triage": ASSESSED}[queue]
    query = select(assessments.c.mention_id).where(assessments.c.stage == _in_sql(stage)).limit(1)
    return tx.scalar(query) is not None
