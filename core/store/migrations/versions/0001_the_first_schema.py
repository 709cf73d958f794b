"""the first schema"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "alarms",
        sa.Column("name", sa.String(length=128), nullable=False, comment="what is wrong, such as source:x:stale"),
        sa.Column("raised_at", schema.UtcTime(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_alarms")),
    )
    op.create_table(
        "authors",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("handle", sa.Text(), server_default="", nullable=False),
        sa.Column("display_name", sa.Text(), server_default="", nullable=False),
        sa.Column("bio", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("followers", sa.BigInteger(), nullable=True),
        sa.Column("verified", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("heard_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_authors")),
    )
    with op.batch_alter_table("authors", schema=None) as batch_op:
        batch_op.create_index("ix_authors_platform_handle", ["platform", "handle"], unique=False)

    op.create_table(
        "channel_paces",
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column(
            "free_at", schema.UtcTime(), nullable=False, comment="the next moment at which one more message is welcome"
        ),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_channel_paces")),
    )
    op.create_table(
        "cursors",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("floor", sa.Text(), nullable=True),
        sa.Column("floor_at", schema.UtcTime(), nullable=True),
        sa.Column("ceiling", sa.Text(), nullable=True),
        sa.Column("ceiling_at", schema.UtcTime(), nullable=True),
        sa.Column("resume", sa.Text(), nullable=True),
        sa.Column("extra", schema.Json, nullable=False),
        sa.Column("moved_at", schema.UtcTime(), nullable=False),
        sa.Column(
            "heard",
            sa.BigInteger(),
            server_default="0",
            nullable=False,
            comment="mentions that were new when they came",
        ),
        sa.PrimaryKeyConstraint("source", "stream", name=op.f("pk_cursors")),
    )
    op.create_table(
        "customers",
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("city", sa.Text(), server_default="", nullable=False),
        sa.Column("country", sa.Text(), server_default="", nullable=False),
        sa.Column("company_domain", sa.Text(), server_default="", nullable=False),
        sa.Column("tier", sa.Text(), server_default="", nullable=False),
        sa.Column("lifetime_value", sa.Float(), nullable=True),
        sa.Column(
            "contacts",
            schema.Json,
            nullable=False,
            comment="emails, phones, handles, account_ids, order_ids as imported",
        ),
        sa.Column("imported_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("customer_id", name=op.f("pk_customers")),
    )
    op.create_table(
        "erasures",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column(
            "subject", sa.String(length=64), nullable=False, comment="SHA-256 of platform:id: it says that, not whom"
        ),
        sa.Column("what", sa.String(length=16), nullable=False, comment="mention or author"),
        sa.Column("why", sa.String(length=24), nullable=False, comment="deleted_by_author, forget or retention"),
        sa.Column("erased_at", schema.UtcTime(), nullable=False),
        sa.Column("counts", schema.Json, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_erasures")),
    )
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.create_index("ix_erasures_subject", ["subject", "what"], unique=False)

    op.create_table(
        "gaps",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", schema.UtcTime(), nullable=True),
        sa.Column("until", schema.UtcTime(), nullable=True),
        sa.Column("found_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gaps")),
    )
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.create_index("ix_gaps_found_at", ["found_at"], unique=False)

    op.create_table(
        "heartbeats",
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("beat_at", schema.UtcTime(), nullable=False),
        sa.Column("detail", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_heartbeats")),
    )
    op.create_table(
        "orders",
        sa.Column("order_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default="", nullable=False),
        sa.Column("placed_at", schema.UtcTime(), nullable=True),
        sa.Column("total", sa.Text(), server_default="", nullable=False),
        sa.Column("items", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("order_id", name=op.f("pk_orders")),
    )
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.create_index("ix_orders_customer_id", ["customer_id", "placed_at"], unique=False)

    op.create_table(
        "rejected_items",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("stream", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False, comment="so that the same broken item is kept once"),
        sa.Column("raw", sa.LargeBinary(), nullable=False, comment="zlib-compressed text"),
        sa.Column("seen_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rejected_items")),
        sa.UniqueConstraint("source", "digest", name=op.f("uq_rejected_items_source_digest")),
    )
    with op.batch_alter_table("rejected_items", schema=None) as batch_op:
        batch_op.create_index("ix_rejected_items_seen_at", ["seen_at"], unique=False)

    op.create_table(
        "source_states",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("last_ok_at", schema.UtcTime(), nullable=True),
        sa.Column("last_error_at", schema.UtcTime(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column(
            "error_kind",
            sa.String(length=16),
            nullable=True,
            comment="retry_later or misconfigured; null while all is well",
        ),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False, comment="in a row"),
        sa.Column("not_before", schema.UtcTime(), nullable=True, comment="the platform asked us to wait until then"),
        sa.Column(
            "started_at",
            schema.UtcTime(),
            nullable=True,
            comment="the first good pull; what was said before it never rings",
        ),
        sa.PrimaryKeyConstraint("source", name=op.f("pk_source_states")),
    )
    op.create_table(
        "spend_days",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("units", sa.BigInteger(), nullable=False, comment="how many items"),
        sa.Column("micros", sa.BigInteger(), nullable=False, comment="millionths of a US dollar"),
        sa.PrimaryKeyConstraint("source", "day", "kind", name=op.f("pk_spend_days")),
    )
    op.create_table(
        "spend_items",
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("day", sa.String(length=10), nullable=False, comment="UTC, YYYY-MM-DD"),
        sa.Column("kind", sa.String(length=32), nullable=False),
        sa.Column("item", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("source", "day", "kind", "item", name=op.f("pk_spend_items")),
    )
    op.create_table(
        "customer_keys",
        sa.Column("kind", sa.String(length=16), nullable=False, comment="account_id, handle, email, phone, order_id"),
        sa.Column("value", sa.Text(), nullable=False, comment="normalised; handles as platform:handle, lower case"),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=8), server_default="import", nullable=False),
        sa.ForeignKeyConstraint(
            ["customer_id"], ["customers.customer_id"], name=op.f("fk_customer_keys_customer_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("kind", "value", "customer_id", name=op.f("pk_customer_keys")),
    )
    with op.batch_alter_table("customer_keys", schema=None) as batch_op:
        batch_op.create_index("ix_customer_keys_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "links",
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("customer_id", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=8), nullable=False, comment="linked or possible"),
        sa.Column("probability", sa.Float(), nullable=False),
        sa.Column("basis", sa.String(length=16), nullable=False),
        sa.Column("evidence", schema.Json, nullable=False),
        sa.Column("version", sa.String(length=64), nullable=False),
        sa.Column("decided_at", schema.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_links_author_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("author_id", "customer_id", name=op.f("pk_links")),
    )
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.create_index("ix_links_customer_id", ["customer_id"], unique=False)

    op.create_table(
        "mentions",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("platform", sa.String(length=32), nullable=False),
        sa.Column("external_id", sa.Text(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), server_default="", nullable=False),
        sa.Column("quoted_text", sa.Text(), server_default="", nullable=False),
        sa.Column("url", sa.Text(), server_default="", nullable=False),
        sa.Column("place", sa.Text(), server_default="", nullable=False),
        sa.Column("lang", sa.String(length=16), server_default="", nullable=False),
        sa.Column("conversation_id", sa.Text(), server_default="", nullable=False),
        sa.Column("parent_id", sa.Text(), server_default="", nullable=False),
        sa.Column("own", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("created_at", schema.UtcTime(), nullable=False),
        sa.Column("heard_at", schema.UtcTime(), nullable=False),
        sa.Column("edited_at", schema.UtcTime(), nullable=True),
        sa.Column("deleted_at", schema.UtcTime(), nullable=True),
        sa.Column(
            "checked_at",
            schema.UtcTime(),
            nullable=True,
            comment="when we last asked the platform whether it is still there",
        ),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["author_id"], ["authors.id"], name=op.f("fk_mentions_author_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mentions")),
        sa.UniqueConstraint("platform", "external_id", name=op.f("uq_mentions_platform_external_id")),
    )
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.create_index("ix_mentions_author_id", ["author_id", "created_at"], unique=False)
        batch_op.create_index("ix_mentions_conversation", ["platform", "conversation_id", "created_at"], unique=False)
        batch_op.create_index("ix_mentions_created_at", ["created_at", "id"], unique=False)
        batch_op.create_index(
            "ix_mentions_parent_id",
            ["parent_id"],
            unique=False,
            postgresql_where=sa.text("parent_id <> ''"),
            sqlite_where=sa.text("parent_id <> ''"),
        )

    op.create_table(
        "assessments",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("stage", sa.SmallInteger(), nullable=False, comment="0 heard, 1 assessed, 2 triaged"),
        sa.Column("revision", sa.Integer(), server_default="0", nullable=False, comment="rises when the words change"),
        sa.Column("heard_at", schema.UtcTime(), nullable=False),
        sa.Column("may_ring", sa.Boolean(), nullable=False, comment="false for a first pull and for what is replayed"),
        sa.Column("language", sa.String(length=16), nullable=True),
        sa.Column("sentiment", sa.String(length=12), nullable=True),
        sa.Column("sentiment_score", sa.Float(), nullable=True),
        sa.Column("engine", sa.String(length=64), nullable=True),
        sa.Column("is_complaint", sa.Boolean(), nullable=True),
        sa.Column("intent", sa.String(length=16), nullable=True),
        sa.Column("priority", sa.SmallInteger(), nullable=True),
        sa.Column("urgency_score", sa.Float(), nullable=True),
        sa.Column("reasons", schema.Json, nullable=True),
        sa.Column("department", sa.String(length=24), nullable=True),
        sa.Column("needs_review", sa.Boolean(), server_default=sa.text("(false)"), nullable=False),
        sa.Column("version", sa.String(length=64), nullable=True),
        sa.Column("assessed_at", schema.UtcTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_assessments_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "brand", name=op.f("pk_assessments")),
    )
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.create_index("ix_assessments_brand_priority", ["brand", "priority", "heard_at"], unique=False)
        batch_op.create_index(
            "ix_assessments_to_assess",
            ["heard_at"],
            unique=False,
            postgresql_where=sa.text("stage = 0"),
            sqlite_where=sa.text("stage = 0"),
        )
        batch_op.create_index(
            "ix_assessments_to_triage",
            ["heard_at"],
            unique=False,
            postgresql_where=sa.text("stage = 1"),
            sqlite_where=sa.text("stage = 1"),
        )

    op.create_table(
        "cases",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("status", sa.String(length=24), nullable=False),
        sa.Column("priority", sa.SmallInteger(), nullable=False),
        sa.Column("department", sa.String(length=24), nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=True),
        sa.Column("opened_at", schema.UtcTime(), nullable=False),
        sa.Column("answer_by", schema.UtcTime(), nullable=True),
        sa.Column("resolve_by", schema.UtcTime(), nullable=True),
        sa.Column("answered_at", schema.UtcTime(), nullable=True),
        sa.Column("resolved_at", schema.UtcTime(), nullable=True),
        sa.Column("resolution", sa.Text(), nullable=True),
        sa.Column("slack_channel", sa.String(length=32), nullable=True),
        sa.Column("slack_ts", sa.String(length=32), nullable=True),
        sa.Column(
            "conversation",
            sa.Text(),
            nullable=False,
            comment="platform:conversation, where later posts find their case",
        ),
        sa.Column("version", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_cases_mention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cases")),
        sa.UniqueConstraint("mention_id", "brand", name=op.f("uq_cases_mention_id_brand")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.create_index("ix_cases_conversation", ["conversation"], unique=False)
        batch_op.create_index("ix_cases_opened_at", ["opened_at"], unique=False)
        batch_op.create_index(
            "ix_cases_queue",
            ["priority", "opened_at"],
            unique=False,
            postgresql_where=sa.text("status IN ('open', 'waiting_for_customer')"),
            sqlite_where=sa.text("status IN ('open', 'waiting_for_customer')"),
        )

    op.create_table(
        "labels",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column(
            "field", sa.String(length=24), nullable=False, comment="priority, department, sentiment, is_complaint ..."
        ),
        sa.Column("was", sa.Text(), nullable=True, comment="what the judgement said"),
        sa.Column("value", sa.Text(), nullable=False, comment="what a person says it is"),
        sa.Column("labelled_by", sa.String(length=64), nullable=False),
        sa.Column("labelled_at", schema.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_labels_mention_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_labels")),
    )
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.create_index("ix_labels_labelled_at", ["labelled_at"], unique=False)
        batch_op.create_index("ix_labels_mention_id", ["mention_id"], unique=False)

    op.create_table(
        "mention_edits",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("seen_at", schema.UtcTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False, comment="the words before the edit"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_mention_edits_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "seen_at", name=op.f("pk_mention_edits")),
    )
    op.create_table(
        "mention_queries",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("query_id", sa.String(length=128), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_mention_queries_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "query_id", name=op.f("pk_mention_queries")),
    )
    op.create_table(
        "metric_snapshots",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("seen_at", schema.UtcTime(), nullable=False),
        sa.Column("likes", sa.BigInteger(), nullable=True),
        sa.Column("replies", sa.BigInteger(), nullable=True),
        sa.Column("shares", sa.BigInteger(), nullable=True),
        sa.Column("views", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_metric_snapshots_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", "seen_at", name=op.f("pk_metric_snapshots")),
    )
    op.create_table(
        "raw_payloads",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("heard_at", schema.UtcTime(), nullable=False),
        sa.Column("payload", sa.LargeBinary(), nullable=False, comment="zlib-compressed JSON, as the platform sent it"),
        sa.ForeignKeyConstraint(
            ["mention_id"], ["mentions.id"], name=op.f("fk_raw_payloads_mention_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("mention_id", name=op.f("pk_raw_payloads")),
    )
    with op.batch_alter_table("raw_payloads", schema=None) as batch_op:
        batch_op.create_index("ix_raw_payloads_heard_at", ["heard_at"], unique=False)

    op.create_table(
        "case_events",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("case_id", schema.Id, nullable=False),
        sa.Column("kind", sa.String(length=24), nullable=False),
        sa.Column("actor", sa.String(length=64), nullable=False),
        sa.Column("at", schema.UtcTime(), nullable=False),
        sa.Column("data", schema.Json, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_events_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_case_events")),
    )
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.create_index("ix_case_events_case_id", ["case_id", "id"], unique=False)

    op.create_table(
        "case_mentions",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("case_id", schema.Id, nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_case_mentions_case_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_case_mentions_mention_id")),
        sa.PrimaryKeyConstraint("mention_id", "brand", name=op.f("pk_case_mentions")),
    )
    with op.batch_alter_table("case_mentions", schema=None) as batch_op:
        batch_op.create_index("ix_case_mentions_case_id", ["case_id"], unique=False)

    op.create_table(
        "outbox",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column(
            "kind",
            sa.String(length=32),
            nullable=False,
            comment="what the sender should do: slack_card, slack_update, slack_ops ...",
        ),
        sa.Column("channel", sa.String(length=80), nullable=False, comment="where to; one pace per channel"),
        sa.Column("dedupe_key", sa.Text(), nullable=False),
        sa.Column(
            "rank", sa.SmallInteger(), server_default="5", nullable=False, comment="lower goes first; a card's priority"
        ),
        sa.Column("case_id", schema.Id, nullable=True),
        sa.Column("data", schema.Json, nullable=False, comment="ids and machine words only, never a stranger's text"),
        sa.Column("status", sa.String(length=8), nullable=False, comment="waiting, sent, failed"),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("created_at", schema.UtcTime(), nullable=False),
        sa.Column("due_at", schema.UtcTime(), nullable=False, comment="not before then, by the database's clock"),
        sa.Column("leased_until", schema.UtcTime(), nullable=True),
        sa.Column("lease", sa.String(length=32), nullable=True, comment="who holds it"),
        sa.Column("sent_at", schema.UtcTime(), nullable=True),
        sa.Column("sent_ref", sa.String(length=64), nullable=True, comment="Slack's ts, or a platform's id"),
        sa.Column("error", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_outbox_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outbox")),
        sa.UniqueConstraint("dedupe_key", name=op.f("uq_outbox_dedupe_key")),
        sqlite_autoincrement=True,
    )
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.create_index("ix_outbox_case_id", ["case_id"], unique=False)
        batch_op.create_index(
            "ix_outbox_failed",
            ["created_at"],
            unique=False,
            postgresql_where=sa.text("status = 'failed'"),
            sqlite_where=sa.text("status = 'failed'"),
        )
        batch_op.create_index(
            "ix_outbox_waiting",
            ["due_at"],
            unique=False,
            postgresql_where=sa.text("status = 'waiting'"),
            sqlite_where=sa.text("status = 'waiting'"),
        )


def downgrade() -> None:
    with op.batch_alter_table("outbox", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_outbox_waiting",
            postgresql_where=sa.text("status = 'waiting'"),
            sqlite_where=sa.text("status = 'waiting'"),
        )
        batch_op.drop_index(
            "ix_outbox_failed", postgresql_where=sa.text("status = 'failed'"), sqlite_where=sa.text("status = 'failed'")
        )
        batch_op.drop_index("ix_outbox_case_id")

    op.drop_table("outbox")
    with op.batch_alter_table("case_mentions", schema=None) as batch_op:
        batch_op.drop_index("ix_case_mentions_case_id")

    op.drop_table("case_mentions")
    with op.batch_alter_table("case_events", schema=None) as batch_op:
        batch_op.drop_index("ix_case_events_case_id")

    op.drop_table("case_events")
    with op.batch_alter_table("raw_payloads", schema=None) as batch_op:
        batch_op.drop_index("ix_raw_payloads_heard_at")

    op.drop_table("raw_payloads")
    op.drop_table("metric_snapshots")
    op.drop_table("mention_queries")
    op.drop_table("mention_edits")
    with op.batch_alter_table("labels", schema=None) as batch_op:
        batch_op.drop_index("ix_labels_mention_id")
        batch_op.drop_index("ix_labels_labelled_at")

    op.drop_table("labels")
    with op.batch_alter_table("cases", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_cases_queue",
            postgresql_where=sa.text("status IN ('open', 'waiting_for_customer')"),
            sqlite_where=sa.text("status IN ('open', 'waiting_for_customer')"),
        )
        batch_op.drop_index("ix_cases_opened_at")
        batch_op.drop_index("ix_cases_conversation")

    op.drop_table("cases")
    with op.batch_alter_table("assessments", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_assessments_to_triage", postgresql_where=sa.text("stage = 1"), sqlite_where=sa.text("stage = 1")
        )
        batch_op.drop_index(
            "ix_assessments_to_assess", postgresql_where=sa.text("stage = 0"), sqlite_where=sa.text("stage = 0")
        )
        batch_op.drop_index("ix_assessments_brand_priority")

    op.drop_table("assessments")
    with op.batch_alter_table("mentions", schema=None) as batch_op:
        batch_op.drop_index(
            "ix_mentions_parent_id",
            postgresql_where=sa.text("parent_id <> ''"),
            sqlite_where=sa.text("parent_id <> ''"),
        )
        batch_op.drop_index("ix_mentions_created_at")
        batch_op.drop_index("ix_mentions_conversation")
        batch_op.drop_index("ix_mentions_author_id")

    op.drop_table("mentions")
    with op.batch_alter_table("links", schema=None) as batch_op:
        batch_op.drop_index("ix_links_customer_id")

    op.drop_table("links")
    with op.batch_alter_table("customer_keys", schema=None) as batch_op:
        batch_op.drop_index("ix_customer_keys_customer_id")

    op.drop_table("customer_keys")
    op.drop_table("spend_items")
    op.drop_table("spend_days")
    op.drop_table("source_states")
    with op.batch_alter_table("rejected_items", schema=None) as batch_op:
        batch_op.drop_index("ix_rejected_items_seen_at")

    op.drop_table("rejected_items")
    with op.batch_alter_table("orders", schema=None) as batch_op:
        batch_op.drop_index("ix_orders_customer_id")

    op.drop_table("orders")
    op.drop_table("heartbeats")
    with op.batch_alter_table("gaps", schema=None) as batch_op:
        batch_op.drop_index("ix_gaps_found_at")

    op.drop_table("gaps")
    with op.batch_alter_table("erasures", schema=None) as batch_op:
        batch_op.drop_index("ix_erasures_subject")

    op.drop_table("erasures")
    op.drop_table("customers")
    op.drop_table("cursors")
    op.drop_table("channel_paces")
    with op.batch_alter_table("authors", schema=None) as batch_op:
        batch_op.drop_index("ix_authors_platform_handle")

    op.drop_table("authors")
    op.drop_table("alarms")
