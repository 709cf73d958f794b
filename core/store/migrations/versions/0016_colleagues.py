"""what colleagues are called; sessions that were signed out; mails wait in the outbox like all that is sent"""

from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "colleagues",
        sa.Column("id", sa.String(length=64), nullable=False, comment="a Slack user id"),
        sa.Column("name", sa.String(length=80), nullable=False, comment="empty for who left the workspace"),
        sa.Column("asked_at", schema.UtcTime(), nullable=False, comment="when Slack said so"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_colleagues")),
    )
    op.create_table(
        "ended_sessions",
        sa.Column("digest", sa.String(length=64), nullable=False, comment="SHA-256 of the session's key, kept nowhere"),
        sa.Column("until", schema.UtcTime(), nullable=False, comment="when its cookie is over by itself"),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_ended_sessions")),
    )
    _queue_what_waits_to_be_mailed()
    op.drop_column("reports", "mailed_at")


def downgrade() -> None:
    op.add_column("reports", sa.Column("mailed_at", schema.UtcTime(), nullable=True))
    op.execute("UPDATE reports SET mailed_at = made_at")
    op.execute("DELETE FROM outbox WHERE kind = 'mail'")
    op.drop_table("ended_sessions")
    op.drop_table("colleagues")


def _queue_what_waits_to_be_mailed() -> None:
    tables = sa.MetaData()
    reports = sa.Table("reports", tables, *(sa.Column(name) for name in ("id", "key", "mailed_at")))
    reports.append_column(sa.Column("made_at", schema.UtcTime()))
    outbox = sa.Table(
        "outbox",
        tables,
        *(sa.Column(name) for name in ("kind", "channel", "dedupe_key", "rank", "status")),
        sa.Column("data", schema.Json),
        *(sa.Column(name, schema.UtcTime()) for name in ("created_at", "due_at")),
    )
    news = (reports.c.mailed_at.is_(None)) & (reports.c.made_at > datetime.now(UTC) - timedelta(days=3))
    waiting = op.get_bind().execute(sa.select(reports).where(news)).all()
    queued = [
        {
            "kind": "mail",
            "channel": "mail",
            "dedupe_key": f"mail:{row.key}",
            "rank": 7,
            "status": "waiting",
            "data": {"report": row.id},
            "created_at": row.made_at,
            "due_at": row.made_at,
        }
        for row in waiting
    ]
    if queued:
        op.bulk_insert(outbox, queued)
