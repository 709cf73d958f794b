"""near-duplicates find each other: the bands of what was lately said"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BANDS = [f"band_{number}" for number in range(10)]


def upgrade() -> None:
    op.create_table(
        "likenesses",
        sa.Column("mention_id", sa.Text(), nullable=False),
        sa.Column("brand", sa.String(length=64), nullable=False),
        sa.Column("at", schema.UtcTime(), nullable=False, comment="when it, or the last post like it, was said"),
        sa.Column(
            "echoes",
            sa.Integer(),
            server_default="0",
            nullable=False,
            comment="later posts that said nearly the same",
        ),
        *(sa.Column(band, sa.BigInteger(), nullable=False) for band in BANDS),
        sa.ForeignKeyConstraint(
            ["mention_id"],
            ["mentions.id"],
            name=op.f("fk_likenesses_mention_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("mention_id", "brand", name=op.f("pk_likenesses")),
    )
    for band in BANDS:
        op.create_index(f"ix_likenesses_{band}", "likenesses", [band])


def downgrade() -> None:
    op.drop_table("likenesses")
