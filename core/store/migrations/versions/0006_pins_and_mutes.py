"""agents' word on who an author is, how common a name is among the customers, and channels that rest during an incident"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "customer_pins",
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column(
            "customer_id", sa.Text(), nullable=False, comment="no foreign key: an agent's word outlives an import"
        ),
        sa.Column("verdict", sa.String(length=9), nullable=False, comment="confirmed or wrong"),
        sa.Column("agent", sa.String(length=64), nullable=False),
        sa.Column("at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("author_id", "customer_id", name=op.f("pk_customer_pins")),
    )
    op.create_index("ix_customer_pins_customer_id", "customer_pins", ["customer_id"])
    op.create_table(
        "customer_counts",
        sa.Column("kind", sa.Text(), nullable=False, comment="customers, given, surname, name, city or domain"),
        sa.Column("value", sa.Text(), nullable=False),
        sa.Column(
            "n", sa.BigInteger(), nullable=False, comment="how many customers have it, so that rarity needs no scan"
        ),
        sa.PrimaryKeyConstraint("kind", "value", name=op.f("pk_customer_counts")),
    )
    op.create_table(
        "mutes",
        sa.Column("channel", sa.String(length=80), nullable=False),
        sa.Column("until", schema.UtcTime(), nullable=False, comment="cards below P1 wait so long"),
        sa.Column("muted_by", sa.String(length=64), nullable=False),
        sa.PrimaryKeyConstraint("channel", name=op.f("pk_mutes")),
    )


def downgrade() -> None:
    for table in ("mutes", "customer_counts", "customer_pins"):
        op.drop_table(table)
