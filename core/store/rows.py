"""From rows to the words of the field. One place knows which column is which field."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, any_, bindparam, func, select
from sqlalchemy.dialects import postgresql

from core.answer import Answer, AnswerStatus
from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.case import Case, CaseStatus
from core.mention import Author, Mention, Metrics
from core.store.schema import assessments, authors, cases, mentions

AUTHOR = [c.label(f"author_{c.name}") for c in authors.c if c.name not in ("id", "heard_at")]
MENTION = [
    mentions.c[name]
    for name in [
        "id",
        "platform",
        "external_id",
        "kind",
        "text",
        "title",
        "quoted_text",
        "url",
        "place",
        "lang",
        "conversation_id",
        "parent_id",
        "own",
        "created_at",
        "edited_at",
        "deleted_at",
        "likes",
        "replies",
        "shares",
        "views",
    ]
]
ASSESSMENT = [c.label(f"a_{c.name}") for c in assessments.c]
CASE = [c.label(f"case_{c.name}") for c in cases.c]


def mention(row: RowMapping | Any) -> Mention:
    """A mention with its author, from a row that selects MENTION and AUTHOR (empty where the author was erased)."""
    author = Author(
        row["platform"],
        row["author_external_id"] or "",
        row["author_handle"] or "",
        row["author_display_name"] or "",
        row["author_bio"] or "",
        row["author_location"] or "",
        row["author_url"] or "",
        row["author_followers"],
        bool(row["author_verified"]),
    )
    return Mention(
        platform=row["platform"],
        external_id=row["external_id"],
        author=author,
        text=row["text"],
        created_at=row["created_at"],
        url=row["url"],
        kind=row["kind"],
        title=row["title"],
        quoted_text=row["quoted_text"],
        place=row["place"],
        lang=row["lang"],
        conversation_id=row["conversation_id"],
        parent_id=row["parent_id"],
        edited_at=row["edited_at"],
        metrics=Metrics(row["likes"], row["replies"], row["shares"], row["views"]),
    )


def assessment(row: RowMapping | Any) -> Assessment:
    """An assessment, from a row that selects ASSESSMENT. One that is not judged yet, or was erased, reads as P4."""
    return Assessment(
        mention_id=row["a_mention_id"],
        brand=row["a_brand"],
        language=row["a_language"] or "und",
        sentiment=Sentiment(
            row["a_sentiment"] or "unsupported", row["a_sentiment_score"] or 0.0, row["a_engine"] or ""
        ),
        is_complaint=bool(row["a_is_complaint"]),
        intent=row["a_intent"] or "other",
        urgency=Urgency(
            Priority(row["a_priority"] or 4),
            row["a_urgency_score"] or 0.0,
            tuple(Reason(*reason) for reason in row["a_reasons"] or ()),
        ),
        department=row["a_department"] or "feedback",
        version=row["a_version"] or "",
        assessed_at=row["a_assessed_at"] or row["a_heard_at"],
        needs_review=bool(row["a_needs_review"]),
        details=row["a_details"] or {},
    )


def case(row: RowMapping | Any) -> Case:
    """A case, from a row that selects CASE."""
    return Case(
        id=row["case_id"],
        mention_id=row["case_mention_id"],
        brand=row["case_brand"],
        status=CaseStatus(row["case_status"]),
        priority=Priority(row["case_priority"]),
        department=row["case_department"],
        opened_at=row["case_opened_at"],
        answer_by=row["case_answer_by"],
        resolve_by=row["case_resolve_by"],
        owner=row["case_owner"],
        answered_at=row["case_answered_at"],
        resolved_at=row["case_resolved_at"],
        resolution=row["case_resolution"],
        slack_channel=row["case_slack_channel"],
        slack_ts=row["case_slack_ts"],
        team=row["case_team"],
        snoozed_until=row["case_snoozed_until"],
        handed_to=row["case_handed_to"],
        handed_by=row["case_handed_by"],
        waiting_since=row["case_waiting_since"],
        transfers=row["case_transfers"],
        version=row["case_version"],
    )


def answer(row: RowMapping | Any) -> Answer:
    """An answer, from a row that selects the whole table."""
    return Answer(**{**row, "status": AnswerStatus(row["status"])})


def chunks(items: Sequence[Any], size: int = 500) -> list[Sequence[Any]]:
    """`items` in parts that fit the databases' limits on bound values."""
    return [items[i : i + size] for i in range(0, len(items), size)]


def among(tx: Connection, column: ColumnElement[Any], values: Sequence[Any]) -> ColumnElement[bool]:
    """`column IN values`, which are texts or whole numbers. They go as one array, to SQLite as JSON: so the statement is the
    same however many there are, and is put together, parsed and planned once."""
    if tx.dialect.name == "sqlite":
        each = func.json_each(bindparam(None, json.dumps(list(values)), unique=True)).table_valued("value")
        return column.in_(select(each.c.value))
    return column == any_(bindparam(None, list(values), type_=postgresql.ARRAY(column.type), unique=True))
