"""a case's ticket in another system"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tickets",
        sa.Column("case_id", schema.Id, autoincrement=False, nullable=False),
        sa.Column("system", sa.String(length=16), nullable=False, comment="zendesk or webhook"),
        sa.Column(
            "external_id", sa.Text(), nullable=False, comment="what the system calls it; empty where it does not say"
        ),
        sa.Column("url", sa.Text(), nullable=False, comment="where people read it; empty likewise"),
        sa.Column("opened_by", sa.String(length=64), nullable=False, comment="the agent who asked for it"),
        sa.Column("opened_at", schema.UtcTime(), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_tickets_case_id")),
        sa.PrimaryKeyConstraint("case_id", name=op.f("pk_tickets")),
    )


def downgrade() -> None:
    op.drop_table("tickets")
