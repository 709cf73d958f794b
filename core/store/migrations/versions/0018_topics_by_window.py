"""Topics are kept by window, so that a page need not add up those of 90 days. The next count fills them; until then the days
are added up."""

import sqlalchemy as sa
from alembic import op

from core.store.schema import Json

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "rollup_window_topics",
        sa.Column("brand", sa.String(64), nullable=False),
        sa.Column("days", sa.SmallInteger, nullable=False),
        sa.Column("back", sa.SmallInteger, nullable=False, comment="as in rollup_windows"),
        sa.Column("topic", sa.Text, nullable=False),
        sa.Column("language", sa.String(16), nullable=False),
        sa.Column("mentions", sa.Integer, nullable=False),
        sa.Column("positive", sa.Integer, nullable=False),
        sa.Column("neutral", sa.Integer, nullable=False),
        sa.Column("negative", sa.Integer, nullable=False),
        sa.Column("crowd", sa.LargeBinary, nullable=False, comment="who spoke of it, as a bitmap that can be united"),
        sa.Column("last_day", sa.Date, nullable=False, comment="the newest on which it was spoken of"),
        sa.Column("examples", Json, nullable=False, comment="ids of some mentions, from the newest days"),
        sa.PrimaryKeyConstraint("brand", "days", "back", "topic", "language", name=op.f("pk_rollup_window_topics")),
    )
    op.execute("UPDATE rollup_windows SET changes = changes + 1 WHERE counted >= 0")


def downgrade() -> None:
    op.drop_table("rollup_window_topics")
