"""The tables, one schema for SQLite and PostgreSQL.

Keys are natural where the world has one: a mention is `platform:external_id`, an author likewise, so a batch is written
without asking for ids first. Personal text lives only in `authors`, `mentions`, `mention_edits`, `raw_payloads`,
`rejected_items`, `links`, `customers`, `answers` and `notes`, whose rows can be erased; events and outbox rows refer to
them by id.

Work that waits (to be assessed, triaged, delivered) is found by partial indexes that hold only what waits, so a poll
costs the same over ten million mentions as over ten.
"""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects import postgresql
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class UtcTime(TypeDecorator[datetime]):
    """An aware UTC time. SQLite keeps it as text that sorts as time; a naive value is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone reached the store")
        return value if value.tzinfo is UTC else value.astimezone(UTC)

    def process_result_value(self, value: datetime | None, dialect: Any) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


Json = JSON().with_variant(postgresql.JSONB(), "postgresql")
Id = BigInteger().with_variant(Integer(), "sqlite")  # SQLite numbers rows by itself only for INTEGER

# What was said -------------------------------------------------------------------------------------------------------

authors = Table(
    "authors",
    metadata,
    Column("id", Text, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("handle", Text, nullable=False, server_default=""),
    Column("display_name", Text, nullable=False, server_default=""),
    Column("bio", Text, nullable=False, server_default=""),
    Column("location", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("followers", BigInteger),
    Column("verified", Boolean, nullable=False, server_default=text("false")),
    Column("heard_at", UtcTime, nullable=False),
    Index("ix_authors_platform_handle", "platform", "handle"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("id", Text, primary_key=True),
    Column("platform", String(32), nullable=False),
    Column("external_id", Text, nullable=False),
    Column("source", String(64), nullable=False),
    Column("author_id", Text, ForeignKey("authors.id"), nullable=True),
    Column("kind", String(16), nullable=False),
    Column("text", Text, nullable=False),
    Column("title", Text, nullable=False, server_default=""),
    Column("quoted_text", Text, nullable=False, server_default=""),
    Column("url", Text, nullable=False, server_default=""),
    Column("place", Text, nullable=False, server_default=""),
    Column("lang", String(16), nullable=False, server_default=""),
    Column("conversation_id", Text, nullable=False, server_default=""),
    Column("parent_id", Text, nullable=False, server_default=""),
    Column("own", Boolean, nullable=False, server_default=text("false")),
    Column("created_at", UtcTime, nullable=False),
    Column("heard_at", UtcTime, nullable=False),
    Column("edited_at", UtcTime),
    Column("deleted_at", UtcTime),
    Column("checked_at", UtcTime, comment="when we last asked the platform whether it is still there"),
    Column("likes", BigInteger),
    Column("replies", BigInteger),
    Column("shares", BigInteger),
    Column("views", BigInteger),
    UniqueConstraint("platform", "external_id"),
    Index("ix_mentions_created_at", "created_at", "id"),
    Index("ix_mentions_author_id", "author_id", "created_at"),
    Index("ix_mentions_conversation", "platform", "conversation_id", "created_at"),
    Index(
        "ix_mentions_parent_id",
        "parent_id",
        postgresql_where=text("parent_id <> ''"),
        sqlite_where=text("parent_id <> ''"),
    ),
)

mention_edits = Table(
    "mention_edits",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_at", UtcTime, primary_key=True),
    Column("text", Text, nullable=False, comment="the words before the edit"),
)

metric_snapshots = Table(
    "metric_snapshots",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("seen_at", UtcTime, primary_key=True),
    Column("likes", BigInteger),
    Column("replies", BigInteger),
    Column("shares", BigInteger),
    Column("views", BigInteger),
)

mention_queries = Table(
    "mention_queries",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("query_id", String(128), primary_key=True),
    Column("brand", String(64), nullable=False),
)

raw_payloads = Table(
    "raw_payloads",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("heard_at", UtcTime, nullable=False),
    Column("payload", LargeBinary, nullable=False, comment="zlib-compressed JSON, as the platform sent it"),
    Index("ix_raw_payloads_heard_at", "heard_at"),
)

rejected_items = Table(
    "rejected_items",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("stream", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("digest", String(64), nullable=False, comment="so that the same broken item is kept once"),
    Column("raw", LargeBinary, nullable=False, comment="zlib-compressed text"),
    Column("seen_at", UtcTime, nullable=False),
    UniqueConstraint("source", "digest"),
    Index("ix_rejected_items_seen_at", "seen_at"),
)

# How far we have listened --------------------------------------------------------------------------------------------

cursors = Table(
    "cursors",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("stream", Text, primary_key=True),
    Column("floor", Text),
    Column("floor_at", UtcTime),
    Column("ceiling", Text),
    Column("ceiling_at", UtcTime),
    Column("resume", Text),
    Column("extra", Json, nullable=False),
    Column("moved_at", UtcTime, nullable=False),
    Column("heard", BigInteger, nullable=False, server_default="0", comment="mentions that were new when they came"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("source", String(64), nullable=False),
    Column("stream", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("since", UtcTime),
    Column("until", UtcTime),
    Column("found_at", UtcTime, nullable=False),
    Index("ix_gaps_found_at", "found_at"),
)

source_states = Table(
    "source_states",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("last_ok_at", UtcTime),
    Column("last_error_at", UtcTime),
    Column("last_error", Text),
    Column("error_kind", String(16), comment="retry_later or misconfigured; null while all is well"),
    Column("failures", Integer, nullable=False, server_default="0", comment="in a row"),
    Column("not_before", UtcTime, comment="the platform asked us to wait until then"),
    Column("started_at", UtcTime, comment="the first good pull; what was said before it never rings"),
)

spend_items = Table(
    "spend_items",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("day", String(10), primary_key=True, comment="UTC, YYYY-MM-DD"),
    Column("kind", String(32), primary_key=True),
    Column("item", Text, primary_key=True),
)

spend_days = Table(
    "spend_days",
    metadata,
    Column("source", String(64), primary_key=True),
    Column("day", String(10), primary_key=True),
    Column("kind", String(32), primary_key=True),
    Column("units", BigInteger, nullable=False, comment="how many items"),
    Column("micros", BigInteger, nullable=False, comment="millionths of a US dollar"),
)

# What we think of it -------------------------------------------------------------------------------------------------

HEARD, ASSESSED, TRIAGED = 0, 1, 2

assessments = Table(
    "assessments",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("brand", String(64), primary_key=True),
    Column("stage", SmallInteger, nullable=False, comment="0 heard, 1 assessed, 2 triaged"),
    Column("revision", Integer, nullable=False, server_default="0", comment="rises when the words change"),
    Column("heard_at", UtcTime, nullable=False),
    Column("may_ring", Boolean, nullable=False, comment="false for a first pull and for what is replayed"),
    Column("language", String(16)),
    Column("sentiment", String(12)),
    Column("sentiment_score", Float),
    Column("engine", String(64)),
    Column("is_complaint", Boolean),
    Column("intent", String(16)),
    Column("priority", SmallInteger),
    Column("urgency_score", Float),
    Column("reasons", Json),
    Column("department", String(24)),
    Column("needs_review", Boolean, nullable=False, server_default=text("false")),
    Column("version", String(64)),
    Column("assessed_at", UtcTime),
    Column("details", Json, comment="numbers behind the judgement, as core.assessment.Assessment has them"),
    Index(
        "ix_assessments_to_assess",
        "heard_at",
        postgresql_where=text("stage = 0"),
        sqlite_where=text("stage = 0"),
    ),
    Index(
        "ix_assessments_to_triage",
        "heard_at",
        postgresql_where=text("stage = 1"),
        sqlite_where=text("stage = 1"),
    ),
    Index("ix_assessments_brand_priority", "brand", "priority", "heard_at"),
)

BANDS = tuple(f"band_{number}" for number in range(10))
"""One column for each band of a text's print; see `analysis.grouping`."""

likenesses = Table(
    "likenesses",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), primary_key=True),
    Column("brand", String(64), primary_key=True),
    Column("at", UtcTime, nullable=False, comment="when it, or the last post like it, was said"),
    Column("echoes", Integer, nullable=False, server_default="0", comment="later posts that said nearly the same"),
    *(Column(band, BigInteger, nullable=False) for band in BANDS),
    *(Index(f"ix_likenesses_{band}", band) for band in BANDS),
)

labels = Table(
    "labels",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("mention_id", Text, ForeignKey("mentions.id", ondelete="CASCADE"), nullable=False),
    Column("brand", String(64), nullable=False),
    Column("field", String(24), nullable=False, comment="priority, department, sentiment, complaint or resolved_as"),
    Column("was", Text, comment="what the judgement said"),
    Column("value", Text, nullable=False, comment="what a person says it is"),
    Column("labelled_by", String(64), nullable=False),
    Column("labelled_at", UtcTime, nullable=False),
    Index("ix_labels_labelled_at", "labelled_at"),
    Index("ix_labels_mention_id", "mention_id"),
)

weight_versions = Table(
    "weight_versions",
    metadata,
    Column("version", String(64), primary_key=True, comment="such as sunwai-2+learned-1"),
    Column("shipped", String(64), nullable=False, comment="the program's own version, whose weights it moves"),
    Column("based_on", String(64), nullable=False),
    Column("weights", Json, nullable=False),
    Column("figures", Json, nullable=False, comment="how it judged the test week, before and after"),
    Column("learned", Json, nullable=False, comment="by lesson, up to when labels were learned: ISO 8601"),
    Column("adopted_at", UtcTime, nullable=False),
    Column("rolled_back_at", UtcTime, comment="null while it stands; the newest that stands judges"),
)

# Who said it ---------------------------------------------------------------------------------------------------------

customers = Table(
    "customers",
    metadata,
    Column("customer_id", Text, primary_key=True),
    Column("name", Text, nullable=False, server_default=""),
    Column("city", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=False, server_default=""),
    Column("company_domain", Text, nullable=False, server_default=""),
    Column("tier", Text, nullable=False, server_default=""),
    Column("lifetime_value", Float),
    Column(
        "contacts",
        Json,
        nullable=False,
        comment="emails, phones, handles, account_ids, order_ids as imported",
    ),
    Column("imported_at", UtcTime, nullable=False),
    Index("ix_customers_tier", "tier"),
)

customer_keys = Table(
    "customer_keys",
    metadata,
    Column("kind", String(16), primary_key=True, comment="account_id, handle, email, phone, order_id"),
    Column("value", Text, primary_key=True, comment="normalised; handles as platform:handle, lower case"),
    Column("customer_id", Text, ForeignKey("customers.customer_id", ondelete="CASCADE"), primary_key=True),
    Column("source", String(8), nullable=False, server_default="import"),
    Index("ix_customer_keys_customer_id", "customer_id"),
)

orders = Table(
    "orders",
    metadata,
    Column("order_id", Text, primary_key=True),
    Column("customer_id", Text, nullable=False),
    Column("status", Text, nullable=False, server_default=""),
    Column("placed_at", UtcTime),
    Column("total", Text, nullable=False, server_default=""),
    Column("items", Text, nullable=False, server_default=""),
    Index("ix_orders_customer_id", "customer_id", "placed_at"),
)

links = Table(
    "links",
    metadata,
    Column("author_id", Text, ForeignKey("authors.id", ondelete="CASCADE"), primary_key=True),
    Column("customer_id", Text, primary_key=True),
    Column("status", String(8), nullable=False, comment="linked or possible"),
    Column("probability", Float, nullable=False),
    Column("basis", String(16), nullable=False),
    Column("evidence", Json, nullable=False),
    Column("version", String(64), nullable=False),
    Column("decided_at", UtcTime, nullable=False),
    Index("ix_links_customer_id", "customer_id"),
)

customer_pins = Table(
    "customer_pins",
    metadata,
    Column("author_id", Text, primary_key=True),
    Column("customer_id", Text, primary_key=True, comment="no foreign key: an agent's word outlives an import"),
    Column("verdict", String(9), nullable=False, comment="confirmed or wrong"),
    Column("agent", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Index("ix_customer_pins_customer_id", "customer_id"),
)

customer_counts = Table(
    "customer_counts",
    metadata,
    Column("kind", Text, primary_key=True, comment="customers, given, surname, name, city or domain"),
    Column("value", Text, primary_key=True),
    Column("n", BigInteger, nullable=False, comment="how many customers have it, so that rarity needs no scan"),
)

# The desk ------------------------------------------------------------------------------------------------------------

cases = Table(
    "cases",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("mention_id", Text, ForeignKey("mentions.id"), nullable=False),
    Column("brand", String(64), nullable=False),
    Column("status", String(24), nullable=False),
    Column("priority", SmallInteger, nullable=False),
    Column("department", String(24), nullable=False),
    Column("owner", String(64)),
    Column("opened_at", UtcTime, nullable=False),
    Column("answer_by", UtcTime),
    Column("resolve_by", UtcTime),
    Column("answered_at", UtcTime),
    Column("resolved_at", UtcTime),
    Column("resolution", Text),
    Column("slack_channel", String(32)),
    Column("slack_ts", String(32)),
    Column("team", String(64), nullable=False, server_default="", comment="a key of the settings' departments"),
    Column("snoozed_until", UtcTime),
    Column("handed_to", String(72), comment="a user id, team:KEY or next_shift, until accepted or declined"),
    Column("handed_by", String(64)),
    Column("waiting_since", UtcTime, comment="the customer's turn since then"),
    Column("transfers", Integer, nullable=False, server_default="0", comment="to other teams"),
    Column("chase_at", UtcTime, comment="when its clocks are to be looked at next; null while none runs"),
    Column(
        "conversation",
        Text,
        nullable=False,
        comment="platform:conversation, where later posts find their case",
    ),
    Column("version", Integer, nullable=False, server_default="0"),
    UniqueConstraint("mention_id", "brand"),
    Index("ix_cases_conversation", "conversation"),
    Index(
        "ix_cases_queue",
        "priority",
        "opened_at",
        postgresql_where=text("status IN ('open', 'waiting_for_customer')"),
        sqlite_where=text("status IN ('open', 'waiting_for_customer')"),
    ),
    Index("ix_cases_opened_at", "opened_at"),
    Index(
        "ix_cases_chase_at",
        "chase_at",
        postgresql_where=text("chase_at IS NOT NULL"),
        sqlite_where=text("chase_at IS NOT NULL"),
    ),
    Index(
        "ix_cases_owner",
        "owner",
        postgresql_where=text("status IN ('open', 'waiting_for_customer')"),
        sqlite_where=text("status IN ('open', 'waiting_for_customer')"),
    ),
    sqlite_autoincrement=True,
)

answers = Table(
    "answers",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("mention_id", Text, ForeignKey("mentions.id"), nullable=False, comment="the post that it answers"),
    Column("text", Text, nullable=False, comment="empty once the post's author was erased"),
    Column("status", String(16), nullable=False, comment="see core.answer.AnswerStatus"),
    Column("private_invite", Boolean, nullable=False, server_default=text("false")),
    Column("author", String(64), nullable=False, comment="the agent who wrote it"),
    Column("created_at", UtcTime, nullable=False),
    Column("approver", String(64)),
    Column("decided_at", UtcTime),
    Column("sent_at", UtcTime),
    Column("external_id", Text, comment="what the platform calls the answer"),
    Column("url", Text, nullable=False, server_default=""),
    Column("error", Text, comment="why it was not sent, in our own words"),
    Index("ix_answers_case_id", "case_id"),
    Index("ix_answers_mention_id", "mention_id"),
    Index(
        "uq_answers_on_its_way",
        "case_id",
        unique=True,
        postgresql_where=text("status IN ('to_approve', 'to_send', 'by_hand')"),
        sqlite_where=text("status IN ('to_approve', 'to_send', 'by_hand')"),
    ),
)

tickets = Table(
    "tickets",
    metadata,
    Column("case_id", Id, ForeignKey("cases.id"), primary_key=True, autoincrement=False),
    Column("system", String(16), nullable=False, comment="zendesk or webhook"),
    Column("external_id", Text, nullable=False, comment="what the system calls it; empty where it does not say"),
    Column("url", Text, nullable=False, comment="where people read it; empty likewise"),
    Column("opened_by", String(64), nullable=False, comment="the agent who asked for it"),
    Column("opened_at", UtcTime, nullable=False),
)

case_mentions = Table(
    "case_mentions",
    metadata,
    Column("mention_id", Text, ForeignKey("mentions.id"), primary_key=True),
    Column("brand", String(64), primary_key=True),
    Column("case_id", Id, ForeignKey("cases.id", ondelete="CASCADE"), nullable=False),
    Index("ix_case_mentions_case_id", "case_id"),
)

case_events = Table(
    "case_events",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("case_id", Id, ForeignKey("cases.id"), nullable=False),
    Column("kind", String(24), nullable=False),
    Column("actor", String(64), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("data", Json, nullable=False),
    Index("ix_case_events_case_id", "case_id", "id"),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column(
        "kind",
        String(32),
        nullable=False,
        comment="what the sender should do: slack_card, slack_update, slack_ops ...",
    ),
    Column("channel", String(80), nullable=False, comment="where to; one pace per channel"),
    Column("dedupe_key", Text, nullable=False),
    Column(
        "rank",
        SmallInteger,
        nullable=False,
        server_default="5",
        comment="lower goes first; a card's priority",
    ),
    Column("case_id", Id, ForeignKey("cases.id")),
    Column("data", Json, nullable=False, comment="ids and machine words only, never a stranger's text"),
    Column("status", String(8), nullable=False, comment="waiting, sent, failed"),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime, nullable=False, comment="not before then, by the database's clock"),
    Column("leased_until", UtcTime),
    Column("lease", String(32), comment="who holds it"),
    Column("sent_at", UtcTime),
    Column("sent_ref", String(64), comment="Slack's ts, or a platform's id"),
    Column("error", Text),
    UniqueConstraint("dedupe_key"),
    Index(
        "ix_outbox_waiting",
        "due_at",
        postgresql_where=text("status = 'waiting'"),
        sqlite_where=text("status = 'waiting'"),
    ),
    Index(
        "ix_outbox_failed",
        "created_at",
        postgresql_where=text("status = 'failed'"),
        sqlite_where=text("status = 'failed'"),
    ),
    Index("ix_outbox_case_id", "case_id"),
    sqlite_autoincrement=True,
)

channel_paces = Table(
    "channel_paces",
    metadata,
    Column("channel", String(80), primary_key=True),
    Column("free_at", UtcTime, nullable=False, comment="the next moment at which one more message is welcome"),
)

mutes = Table(
    "mutes",
    metadata,
    Column("channel", String(80), primary_key=True),
    Column("until", UtcTime, nullable=False, comment="cards below P1 wait so long"),
    Column("muted_by", String(64), nullable=False),
)

# What helps to answer -------------------------------------------------------------------------------------------------

articles = Table(
    "articles",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=True),
    Column("id", Text, nullable=False, comment="the help centre's own; translations share it"),
    Column("language", String(16), nullable=False),
    Column("title", Text, nullable=False),
    Column("url", Text, nullable=False, server_default=""),
    Column("text", Text, nullable=False),
    Column("updated_at", UtcTime),
    Column("imported_at", UtcTime, nullable=False),
    Column("title_terms", Text, nullable=False, comment="what the search index holds; see core.terms"),
    Column("text_terms", Text, nullable=False),
    UniqueConstraint("language", "id"),
    sqlite_autoincrement=True,
)

SEARCH_INDEX = "articles_search"
"""The full-text index over `articles`, made by a migration and kept by triggers: FTS5 on SQLite, a table of `tsvector` with
a GIN index on PostgreSQL. It differs so much between the two that it is no part of `metadata`."""
MENTION_INDEX = "mentions_search"
"""The same over mentions, kept by `core.store.search`."""

article_terms = Table(
    "article_terms",
    metadata,
    Column("language", String(16), primary_key=True),
    Column("term", Text, primary_key=True, comment="empty for the number of all articles"),
    Column("articles", Integer, nullable=False, comment="how many hold it: a rare term tells more"),
)

stock = Table(
    "stock",
    metadata,
    Column("sku", Text, primary_key=True),
    Column("shop", Text, primary_key=True),
    Column("city", Text, nullable=False, server_default=""),
    Column("country", Text, nullable=False, server_default=""),
    Column("product", Text, nullable=False),
    Column("names", Json, nullable=False, comment="other words for the product"),
    Column("quantity", Integer, nullable=False),
    Column("updated_at", UtcTime),
    Column("imported_at", UtcTime, nullable=False),
)

stock_terms = Table(
    "stock_terms",
    metadata,
    Column("term", Text, primary_key=True, comment="of a product's names; see core.terms"),
    Column("sku", Text, primary_key=True),
    Index("ix_stock_terms_sku", "sku"),
)

notes = Table(
    "notes",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", Text, nullable=False, comment="customer:ID, author:PLATFORM:ID or case:ID"),
    Column("text", Text, nullable=False),
    Column("by", String(64), nullable=False, comment="the agent who wrote it"),
    Column("at", UtcTime, nullable=False),
    Index("ix_notes_subject", "subject", "at"),
    sqlite_autoincrement=True,  # the log refers to them by id, so that one is never given twice
)

# The pipeline itself -------------------------------------------------------------------------------------------------

heartbeats = Table(
    "heartbeats",
    metadata,
    Column("name", String(64), primary_key=True),
    Column("beat_at", UtcTime, nullable=False),
    Column("detail", Text, nullable=False, server_default=""),
)

alarms = Table(
    "alarms",
    metadata,
    Column("name", String(128), primary_key=True, comment="what is wrong, such as source:x:stale"),
    Column("raised_at", UtcTime, nullable=False),
    Column("detail", Text, nullable=False),
)

applied_settings = Table(
    "applied_settings",
    metadata,
    Column("part", String(32), primary_key=True, comment="such as clocks: what of the settings stored rows rest on"),
    Column("version", String(64), nullable=False, comment="a digest of that part"),
    Column("applied_at", UtcTime, nullable=False),
)

erasures = Table(
    "erasures",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("subject", String(64), nullable=False, comment="SHA-256 of platform:id: it says that, not whom"),
    Column("what", String(16), nullable=False, comment="mention or author"),
    Column("why", String(24), nullable=False, comment="deleted_by_author, forget or retention"),
    Column("erased_at", UtcTime, nullable=False),
    Column("counts", Json, nullable=False),
    Index("ix_erasures_subject", "subject", "what"),
)

# What is counted -----------------------------------------------------------------------------------------------------

rollup_stale = Table(
    "rollup_stale",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("brand", String(64), nullable=False),
    Column("day", Date, nullable=False, comment="UTC; a judgement of a post of that day has changed"),
    Column("marked_at", UtcTime, nullable=False, server_default=text("CURRENT_TIMESTAMP")),
    Index("ix_rollup_stale_brand_day", "brand", "day"),
    sqlite_autoincrement=True,
)

rollup_days = Table(
    "rollup_days",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column(
        "dimension", String(16), primary_key=True, comment="all, platform, language, hour ...; see analysis.metrics"
    ),
    Column("day", Date, primary_key=True, comment="UTC, on which it was said"),
    Column("value", Text, primary_key=True),
    Column("mentions", Integer, nullable=False),
    Column("positive", Integer, nullable=False),
    Column("neutral", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("unsupported", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("reach", BigInteger, nullable=False, comment="followers of the day's distinct authors"),
)

rollup_topics = Table(
    "rollup_topics",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("day", Date, primary_key=True),
    Column("topic", Text, primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("mentions", Integer, nullable=False),
    Column("positive", Integer, nullable=False),
    Column("neutral", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("crowd", LargeBinary, nullable=False, comment="who spoke of it, as a bitmap that can be united"),
    Column("examples", Json, nullable=False, comment="ids of up to three mentions"),
)

rollup_window_topics = Table(
    "rollup_window_topics",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("days", SmallInteger, primary_key=True),
    Column("back", SmallInteger, primary_key=True, comment="as in rollup_windows"),
    Column("topic", Text, primary_key=True),
    Column("language", String(16), primary_key=True),
    Column("mentions", Integer, nullable=False),
    Column("positive", Integer, nullable=False),
    Column("neutral", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("crowd", LargeBinary, nullable=False, comment="who spoke of it, as a bitmap that can be united"),
    Column("last_day", Date, nullable=False, comment="the newest on which it was spoken of"),
    Column("examples", Json, nullable=False, comment="ids of some mentions, from the newest days"),
)

rollup_author_days = Table(
    "rollup_author_days",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("author_id", Text, primary_key=True),
    Column("day", Date, primary_key=True),
    Column("posts", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("positive", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("followers", BigInteger, nullable=False, comment="as known when the day was last counted; 0 if not told"),
    Column("last_at", UtcTime, nullable=False),
    Index("ix_rollup_author_days_brand_day", "brand", "day"),
)

rollup_people = Table(
    "rollup_people",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("days", SmallInteger, primary_key=True, comment="the window's length: 7, 28 or 90, up to today"),
    Column("author_id", Text, primary_key=True),
    Column("first_day", Date, nullable=False, comment="the row is out of date once this has left the window"),
    Column("kind", String(9), nullable=False, comment="promoter, passive, detractor, or empty: too few posts to tell"),
    Column("posts", Integer, nullable=False),
    Column("judged", Integer, nullable=False),
    Column("positive", Integer, nullable=False),
    Column("negative", Integer, nullable=False),
    Column("complaints", Integer, nullable=False),
    Column("followers", BigInteger, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Index("ix_rollup_people_first_day", "brand", "days", "first_day"),
    Index("ix_rollup_people_reach", "brand", "days", "kind", "followers", "author_id"),
    Index("ix_rollup_people_posts", "brand", "days", "kind", "posts", "author_id"),
    Index("ix_rollup_people_latest", "brand", "days", "kind", "last_at", "author_id"),
)

rollup_windows = Table(
    "rollup_windows",
    metadata,
    Column("brand", String(64), primary_key=True),
    Column("days", SmallInteger, primary_key=True),
    Column("back", SmallInteger, primary_key=True, comment="0 for the window up to today, 1 for the one before it"),
    Column("until", Date, nullable=False, comment="the window's last day"),
    Column("changes", BigInteger, nullable=False, comment="rises with each change of one of the window's days"),
    Column("counted", BigInteger, nullable=False, comment="how many changes the totals know"),
    Column("authors", Integer, nullable=False),
    Column("promoters", Integer, nullable=False),
    Column("passives", Integer, nullable=False),
    Column("detractors", Integer, nullable=False),
    Column("reach", BigInteger, nullable=False),
    Column("biggest", BigInteger, nullable=False, comment="the part of the ten biggest accounts"),
    Column("squares", Float, nullable=False, comment="sum of the squares of followers: how far chance moves the reach"),
    Column("small_squares", Float, nullable=False, comment="the same without the ten biggest"),
    Column("recovered", Integer, nullable=False),
)

rollup_recovered = Table(
    "rollup_recovered",
    metadata,
    Column("case_id", Id, primary_key=True, autoincrement=False),
    Column("brand", String(64), nullable=False),
    Column("author_id", Text, nullable=False),
    Column("mention_id", Text, nullable=False, comment="the first good word after our answer"),
    Column("at", UtcTime, nullable=False, comment="when that was said"),
    Index("ix_rollup_recovered_brand_at", "brand", "at"),
    Index("ix_rollup_recovered_author_id", "author_id"),
    Index("ix_rollup_recovered_mention_id", "mention_id"),
)

rollup_desk = Table(
    "rollup_desk",
    metadata,
    Column("brand", String(64), primary_key=True, comment="empty for all brands"),
    Column("days", SmallInteger, primary_key=True),
    Column("until", Date, nullable=False),
    Column("event_id", BigInteger, nullable=False, comment="the newest case event that is counted"),
    Column("figures", Json, nullable=False, comment="as analysis.desk has them: no stranger's word"),
)

# What people keep of the dashboard -----------------------------------------------------------------------------------

saved_views = Table(
    "saved_views",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("owner", String(64), nullable=False, comment="who saved it; empty where all may use it"),
    Column("page", String(16), nullable=False, comment="mentions or cases"),
    Column("name", String(80), nullable=False),
    Column("query", Text, nullable=False, comment="what stands behind the address's question mark"),
    Column("saved_at", UtcTime, nullable=False),
    UniqueConstraint("page", "owner", "name"),
)

api_tokens = Table(
    "api_tokens",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("digest", String(64), nullable=False, unique=True, comment="SHA-256 of the token, which is kept nowhere"),
    Column("name", String(64), nullable=False, comment="what it is for"),
    Column("role", String(16), nullable=False, comment="viewer, agent or lead"),
    Column("created_at", UtcTime, nullable=False),
    Column("last_used_at", UtcTime, comment="to within a few minutes"),
    Column("revoked_at", UtcTime),
)

ended_sessions = Table(
    "ended_sessions",
    metadata,
    Column("digest", String(64), primary_key=True, comment="SHA-256 of the session's key, kept nowhere"),
    Column("until", UtcTime, nullable=False, comment="when its cookie is over by itself"),
)

colleagues = Table(
    "colleagues",
    metadata,
    Column("id", String(64), primary_key=True, comment="a Slack user id"),
    Column("name", String(80), nullable=False, comment="empty for who left the workspace"),
    Column("asked_at", UtcTime, nullable=False, comment="when Slack said so"),
)

# What marketing is told ----------------------------------------------------------------------------------------------

reports = Table(
    "reports",
    metadata,
    Column("id", Id, primary_key=True, autoincrement=True),
    Column("key", Text, nullable=False, comment="the outbox's dedupe key"),
    Column("kind", String(16), nullable=False, comment="daily, weekly, or an alert's: see core.report"),
    Column("audience", String(64), nullable=False, comment="marketing, or a department"),
    Column("brand", String(64), nullable=False),
    Column("subject", Text, nullable=False, server_default="", comment="what an alert is about; no name"),
    Column("made_at", UtcTime, nullable=False),
    Column("snoozed_until", UtcTime, comment="nothing like it is told before then"),
    Column("snoozed_by", String(64)),
    Column("data", Json, nullable=False, comment="numbers, topics and ids of posts; core.report.Report"),
    UniqueConstraint("key"),
    Index("ix_reports_brand_kind", "brand", "kind", "made_at"),
    Index("ix_reports_made_at", "made_at"),
)

report_mentions = Table(
    "report_mentions",
    metadata,
    Column("report_id", Id, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("mention_id", Text, primary_key=True),
    Index("ix_report_mentions_mention_id", "mention_id"),
)

report_images = Table(
    "report_images",
    metadata,
    Column("report_id", Id, ForeignKey("reports.id", ondelete="CASCADE"), primary_key=True),
    Column("name", String(32), primary_key=True),
    Column("place", SmallInteger, nullable=False),
    Column("title", Text, nullable=False),
    Column("alt", Text, nullable=False),
    Column("png", LargeBinary, nullable=False, comment="a chart of numbers: no stranger's word"),
    Column("file_id", String(32), nullable=False, server_default="", comment="what Slack calls it, once it is there"),
)
