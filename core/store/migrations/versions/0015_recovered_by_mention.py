"""Who came back is found by the mention that said so, for an erasure."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_rollup_recovered_mention_id", "rollup_recovered", ["mention_id"])


def downgrade() -> None:
    op.drop_index("ix_rollup_recovered_mention_id", "rollup_recovered")
