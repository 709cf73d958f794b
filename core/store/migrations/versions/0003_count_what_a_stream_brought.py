"""A cursor counts the mentions that its stream brought, so that a scrape of the metrics need not count a million rows"""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    heard = sa.Column(
        "heard", sa.BigInteger(), nullable=False, server_default="0", comment="mentions that were new when they came"
    )
    op.add_column("cursors", heard)


def downgrade() -> None:
    op.drop_column("cursors", "heard")
