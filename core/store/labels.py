"""What people say a mention is, where the judgement was put right or confirmed.

Labels are only added; of each kind the newest stands. They go with the mention when it is erased.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, get_args

from sqlalchemy import Connection, Row, and_, func, or_, select

from core.assessment import Assessment, Topic
from core.case import CaseStatus
from core.errors import BadRecord
from core.store import rows, search, stale
from core.store.schema import assessments, cases, labels, mentions

Kind = Literal["priority", "department", "sentiment", "complaint", "resolved_as"]

NOT_URGENT = "not_urgent"
"""A priority, from a person who says that it should not have rung, and not how soon it should be looked at."""
VALUES: Mapping[Kind, tuple[str, ...]] = {
    "priority": ("P1", "P2", "P3", "P4", NOT_URGENT),
    "department": get_args(Topic),
    "sentiment": ("negative", "neutral", "positive"),
    "complaint": ("yes", "no"),
}
"""What a label of each kind may say. `resolved_as` is a machine word of the desk's own, such as `refunded`."""
NO_ANSWER_NEEDED = frozenset({"spam", "not_us", "no_action"})
"""`resolved_as` one of these does not confirm that the case was right to ring."""

_WORD = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class Label:
    """One correction. `was` is what the judgement said then; a label with the same value confirms it."""

    kind: Kind
    value: str
    by: str
    at: datetime
    was: str | None = None


@dataclass(frozen=True, slots=True)
class Labelled:
    """A judgement, and what people say it should be."""

    assessment: Assessment
    labels: Mapping[Kind, Label]


def put(tx: Connection, mention_id: str, brand: str, said: Mapping[Kind, str], by: str, now: datetime) -> int:
    """Store what a person says of a mention, {kind: value}. Returns how many labels are new: the same person saying the
    same again adds none, so a button pressed twice is no harm.

    Raises BadRecord, in a sentence for that person, where the mention is not known, erased or not judged for this brand,
    or a value is none.
    """
    for kind, value in said.items():
        _check(kind, value)
    query = (
        select(*rows.ASSESSMENT, mentions.c.deleted_at, mentions.c.edited_at)
        .select_from(assessments.join(mentions))
        .where(assessments.c.mention_id == mention_id, assessments.c.brand == brand)
    )
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        raise BadRecord(_unknown(tx, mention_id, brand))
    if row["deleted_at"] is not None:
        raise BadRecord("This mention was erased; there is nothing left to correct.")
    if row["a_assessed_at"] is None:
        raise BadRecord("This mention waits to be judged; correct it once it is.")
    judged = _said_by_us(rows.assessment(row))
    standing = of(tx, [mention_id]).get((mention_id, brand), {})
    fresh = [
        {
            "mention_id": mention_id,
            "brand": brand,
            "field": kind,
            "was": judged.get(kind),
            "value": value,
            "labelled_by": by[:64],
            "labelled_at": now,
        }
        for kind, value in said.items()
        if not _repeats(standing.get(kind), value, by, row["edited_at"])
    ]
    if fresh:
        tx.execute(labels.insert(), fresh)
        search.put(tx, [(mention_id, brand)])
        stale.mark_mentions(tx, [mention_id])
    return len(fresh)


def _repeats(standing: Label | None, value: str, by: str, edited_at: datetime | None) -> bool:
    same = standing is not None and (standing.value, standing.by) == (value, by[:64])
    return same and standing is not None and (edited_at is None or standing.at >= edited_at)


def _check(kind: Kind, value: str) -> None:
    if kind == "resolved_as":
        if not _WORD.fullmatch(value):
            raise BadRecord("resolved_as must be one word of small letters, digits and underscores, such as refunded.")
    elif value not in VALUES.get(kind, ()):
        raise BadRecord(f"'{value[:40]}' is no {kind}: it may be {', '.join(VALUES.get(kind, ())) or 'nothing'}.")


def _unknown(tx: Connection, mention_id: str, brand: str) -> str:
    heard = list(
        tx.scalars(
            select(assessments.c.brand).where(assessments.c.mention_id == mention_id).order_by(assessments.c.brand)
        )
    )
    if heard:
        return f"{mention_id} was not heard for the brand '{brand}', but for {', '.join(heard)}."
    return f"There is no mention {mention_id}: its id is written platform:id, as the dashboard and exports show it."


def _said_by_us(judged: Assessment) -> dict[Kind, str]:
    return {
        "priority": judged.urgency.priority.name,
        "department": judged.department,
        "sentiment": judged.sentiment.label,
        "complaint": "yes" if judged.is_complaint else "no",
    }


def of(tx: Connection, mention_ids: Collection[str]) -> dict[tuple[str, str], dict[Kind, Label]]:
    """The labels that stand, of these mentions: {(mention id, brand): {kind: label}}."""
    found: dict[tuple[str, str], dict[Kind, Label]] = {}
    for part in rows.chunks(sorted(mention_ids)):
        query = (
            select(labels).where(labels.c.mention_id.in_(part)).order_by(labels.c.labelled_at, labels.c.id)
        )  # so that a newer one replaces an older one
        for row in tx.execute(query):
            found.setdefault((row.mention_id, row.brand), {})[row.field] = _label(row)
    return found


def since(tx: Connection, moment: datetime | None = None) -> list[Labelled]:
    """What people labelled after `moment`, or ever, each with its judgement as it is now, oldest label first.

    Left out: labels older than the mention's words, for their author changed these since; and mentions that wait to be
    judged anew.
    """
    query = (
        select(*rows.ASSESSMENT, labels)
        .select_from(
            labels.join(mentions).join(
                assessments,
                and_(assessments.c.mention_id == labels.c.mention_id, assessments.c.brand == labels.c.brand),
            )
        )
        .where(
            mentions.c.deleted_at.is_(None),
            assessments.c.assessed_at.is_not(None),
            or_(mentions.c.edited_at.is_(None), labels.c.labelled_at >= mentions.c.edited_at),
        )
        .order_by(labels.c.labelled_at, labels.c.id)
    )
    if moment is not None:
        query = query.where(labels.c.labelled_at > moment)
    judged: dict[tuple[str, str], Assessment] = {}
    standing: dict[tuple[str, str], dict[Kind, Label]] = {}
    for row in tx.execute(query).mappings():
        key = (row["mention_id"], row["brand"])
        if key not in judged:
            judged[key] = rows.assessment(row)
        standing.setdefault(key, {})[row["field"]] = Label(
            row["field"], row["value"], row["labelled_by"], row["labelled_at"], row["was"]
        )
    return [Labelled(judged[key], found) for key, found in standing.items()]


def confirmed(tx: Connection, moment: datetime | None = None) -> list[tuple[Assessment, datetime]]:
    """Judgements that rang and whose case a person then resolved, without a word against their priority, each with the
    moment of resolving; after `moment`, or ever. Without them a lesson from labels alone would know only mistakes."""
    spoken = select(labels.c.id).where(
        labels.c.mention_id == cases.c.mention_id,
        labels.c.brand == cases.c.brand,
        or_(
            labels.c.field == "priority",
            and_(labels.c.field == "resolved_as", labels.c.value.in_(NO_ANSWER_NEEDED)),
        ),
    )
    query = (
        select(*rows.ASSESSMENT, cases.c.resolved_at)
        .select_from(
            cases.join(mentions, mentions.c.id == cases.c.mention_id).join(
                assessments,
                and_(assessments.c.mention_id == cases.c.mention_id, assessments.c.brand == cases.c.brand),
            )
        )
        .where(
            cases.c.status == CaseStatus.RESOLVED.value,
            cases.c.slack_ts.is_not(None),
            cases.c.owner.is_not(None),
            cases.c.resolved_at.is_not(None),
            mentions.c.deleted_at.is_(None),
            assessments.c.assessed_at.is_not(None),
            ~spoken.exists(),
        )
        .order_by(cases.c.resolved_at)
    )
    if moment is not None:
        query = query.where(cases.c.resolved_at > moment)
    return [(rows.assessment(row), row["resolved_at"]) for row in tx.execute(query).mappings()]


def count(tx: Connection, moment: datetime | None = None) -> int:
    """How many labels were given after `moment`, or ever."""
    query = select(func.count()).select_from(labels)
    return tx.scalar(query if moment is None else query.where(labels.c.labelled_at > moment)) or 0


def _label(row: Row[tuple[object, ...]]) -> Label:
    return Label(row.field, row.value, row.labelled_by, row.labelled_at, row.was)
