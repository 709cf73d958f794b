"""what the dashboard counts: sums by day, authors by window, and the days that are to be counted anew"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollup_stale",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC; a judgement of a post of that day has changed"),
        sa.Column("marked_at", schema.UtcTime(), server_default=sa.text("CURRENT_TIMESTAMP"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_rollup_stale")),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_rollup_stale_brand_day", "rollup_stale", ["brand", "day"])
    op.create_table(
        "rollup_days",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column(
            "dimension",
            sa.String(length=16),
            nullable=False,
            comment="all, platform, language, hour ...; see analysis.metrics",
        ),
        sa.Column("day", sa.Date(), nullable=False, comment="UTC, on which it was said"),
        sa.Column("value", sa.Text(), nullable=False),
        *_whole("mentions", "positive", "neutral", "negative", "unsupported", "complaints"),
        sa.Column("reach", sa.BigInteger(), nullable=False, comment="followers of the day's distinct authors"),
        sa.PrimaryKeyConstraint("brand", "dimension", "day", "value", name=op.f("pk_rollup_days")),
    )
    op.create_table(
        "rollup_topics",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("language", sa.String(length=16), nullable=False),
        *_whole("mentions", "positive", "neutral", "negative"),
        sa.Column("crowd", sa.LargeBinary(), nullable=False, comment="who spoke of it, as a bitmap that can be united"),
        sa.Column("examples", schema.Json, nullable=False, comment="ids of up to three mentions"),
        sa.PrimaryKeyConstraint("brand", "day", "topic", "language", name=op.f("pk_rollup_topics")),
    )
    op.create_table(
        "rollup_author_days",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        *_whole("posts", "judged", "positive", "negative", "complaints"),
        sa.Column(
            "followers",
            sa.BigInteger(),
            nullable=False,
            comment="as known when the day was last counted; 0 if not told",
        ),
        sa.Column("last_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "author_id", "day", name=op.f("pk_rollup_author_days")),
    )
    op.create_index("ix_rollup_author_days_brand_day", "rollup_author_days", ["brand", "day"])
    op.create_table(
        "rollup_people",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False, comment="the window's length: 7, 28 or 90, up to today"),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column(
            "first_day", sa.Date(), nullable=False, comment="the row is out of date once this has left the window"
        ),
        sa.Column(
            "kind",
            sa.String(length=9),
            nullable=False,
            comment="promoter, passive, detractor, or empty: too few posts to tell",
        ),
        *_whole("posts", "judged", "positive", "negative", "complaints"),
        sa.Column("followers", sa.BigInteger(), nullable=False),
        sa.Column("last_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("brand", "days", "author_id", name=op.f("pk_rollup_people")),
    )
    op.create_index("ix_rollup_people_first_day", "rollup_people", ["brand", "days", "first_day"])
    for name, column in (("reach", "followers"), ("posts", "posts"), ("latest", "last_at")):
        op.create_index(f"ix_rollup_people_{name}", "rollup_people", ["brand", "days", "kind", column, "author_id"])
    op.create_table(
        "rollup_windows",
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column(
            "back", sa.SmallInteger(), nullable=False, comment="0 for the window up to today, 1 for the one before it"
        ),
        sa.Column("until", sa.Date(), nullable=False, comment="the window's last day"),
        sa.Column(
            "changes", sa.BigInteger(), nullable=False, comment="rises with each change of one of the window's days"
        ),
        sa.Column("counted", sa.BigInteger(), nullable=False, comment="how many changes the totals know"),
        *_whole("authors", "promoters", "passives", "detractors"),
        sa.Column("reach", sa.BigInteger(), nullable=False),
        sa.Column("biggest", sa.BigInteger(), nullable=False, comment="the part of the ten biggest accounts"),
        sa.Column(
            "squares",
            sa.Float(),
            nullable=False,
            comment="sum of the squares of followers: how far chance moves the reach",
        ),
        sa.Column("small_squares", sa.Float(), nullable=False, comment="the same without the ten biggest"),
        *_whole("recovered"),
        sa.PrimaryKeyConstraint("brand", "days", "back", name=op.f("pk_rollup_windows")),
    )
    op.create_table(
        "rollup_recovered",
        sa.Column("case_id", schema.Id, autoincrement=False, nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("mention_id", sa.Text(), nullable=False, comment="the first good word after our answer"),
        sa.Column("at", schema.UtcTime(), nullable=False, comment="when that was said"),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_rollup_recovered")),
    )
    op.create_index("ix_rollup_recovered_brand_at", "rollup_recovered", ["brand", "at"])
    op.create_index("ix_rollup_recovered_author_id", "rollup_recovered", ["author_id"])
    op.create_table(
        "rollup_desk",
        sa.Column("brand", sa.String(length=64), nullable=False, comment="empty for all brands"),
        sa.Column("days", sa.SmallInteger(), nullable=False),
        sa.Column("until", sa.Date(), nullable=False),
        sa.Column("event_id", sa.BigInteger(), nullable=False, comment="the newest case event that is counted"),
        sa.Column("figures", schema.Json, nullable=False, comment="as analysis.desk has them: no stranger's word"),
        sa.PrimaryKeyConstraint("brand", "days", name=op.f("pk_rollup_desk")),
    )
    day = "date(m.created_at)" if op.get_bind().dialect.name == "sqlite" else "(m.created_at AT TIME ZONE 'UTC')::date"
    op.execute(
        f"INSERT INTO rollup_stale (brand, day) SELECT DISTINCT a.brand, {day} FROM assessments a "  # noqa: S608 - no input
        "JOIN mentions m ON m.id = a.mention_id WHERE m.deleted_at IS NULL"
    )


def _whole(*names: str) -> list[sa.Column[int]]:
    return [sa.Column(name, sa.Integer(), nullable=False) for name in names]


def downgrade() -> None:
    for name in ("desk", "recovered", "windows", "people", "author_days", "topics", "days", "stale"):
        op.drop_table(f"rollup_{name}")
