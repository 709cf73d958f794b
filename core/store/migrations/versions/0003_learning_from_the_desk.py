"""what the desk corrects moves the weights: their versions, and the numbers behind each judgement"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "weight_versions",
        sa.Column("version", sa.String(length=64), nullable=False, comment="such as sunwai-2+learned-1"),
        sa.Column(
            "shipped",
            sa.String(length=64),
            nullable=False,
            comment="the program's own version, whose weights it moves",
        ),
        sa.Column("based_on", sa.String(length=64), nullable=False),
        sa.Column("weights", schema.Json, nullable=False),
        sa.Column("figures", schema.Json, nullable=False, comment="how it judged the test week, before and after"),
        sa.Column(
            "learned", schema.Json, nullable=False, comment="by lesson, up to when labels were learned: ISO 8601"
        ),
        sa.Column("adopted_at", schema.UtcTime(), nullable=False),
        sa.Column(
            "rolled_back_at",
            schema.UtcTime(),
            nullable=True,
            comment="null while it stands; the newest that stands judges",
        ),
        sa.PrimaryKeyConstraint("version", name=op.f("pk_weight_versions")),
    )
    details = sa.Column(
        "details",
        schema.Json,
        nullable=True,
        comment="numbers behind the judgement, as core.assessment.Assessment has them",
    )
    op.add_column("assessments", details)
    if op.get_bind().dialect.name == "postgresql":  # SQLite keeps no comments
        op.alter_column("labels", "field", comment="priority, department, sentiment, complaint or resolved_as")


def downgrade() -> None:
    op.drop_column("assessments", "details")
    op.drop_table("weight_versions")
