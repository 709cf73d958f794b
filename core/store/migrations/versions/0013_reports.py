"""what marketing was told: reports and alerts, the posts that they show, and their charts"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reports",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False, comment="the outbox's dedupe key"),
        sa.Column(
            "kind", sa.String(length=16), nullable=False, comment="daily, weekly, or an alert's: see core.report"
        ),
        sa.Column("audience", sa.String(length=64), nullable=False, comment="marketing, or a department"),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("subject", sa.Text(), server_default="", nullable=False, comment="what an alert is about; no name"),
        sa.Column("made_at", schema.UtcTime(), nullable=False),
        sa.Column("snoozed_until", schema.UtcTime(), nullable=True, comment="nothing like it is told before then"),
        sa.Column("snoozed_by", sa.String(length=64), nullable=True),
        sa.Column(
            "mailed_at", schema.UtcTime(), nullable=True, comment="null where it is not to be mailed, or was not yet"
        ),
        sa.Column("data", schema.Json, nullable=False, comment="numbers, topics and ids of posts; core.report.Report"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reports")),
        sa.UniqueConstraint("key", name=op.f("uq_reports_key")),
    )
    op.create_index("ix_reports_brand_kind", "reports", ["brand", "kind", "made_at"])
    op.create_index("ix_reports_made_at", "reports", ["made_at"])
    op.create_table(
        "report_mentions",
        sa.Column("report_id", schema.Id, nullable=False),
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_mentions_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "mention_id", name=op.f("pk_report_mentions")),
    )
    op.create_index("ix_report_mentions_mention_id", "report_mentions", ["mention_id"])
    op.create_table(
        "report_images",
        sa.Column("report_id", schema.Id, nullable=False),
        sa.Column("name", sa.String(length=32), nullable=False),
        sa.Column("place", sa.SmallInteger(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("alt", sa.Text(), nullable=False),
        sa.Column("png", sa.LargeBinary(), nullable=False, comment="a chart of numbers: no stranger's word"),
        sa.Column(
            "file_id",
            sa.String(length=32),
            server_default="",
            nullable=False,
            comment="what Slack calls it, once it is there",
        ),
        sa.ForeignKeyConstraint(
            ["report_id"], ["reports.id"], name=op.f("fk_report_images_report_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("report_id", "name", name=op.f("pk_report_images")),
    )


def downgrade() -> None:
    for table in ("report_images", "report_mentions", "reports"):
        op.drop_table(table)
