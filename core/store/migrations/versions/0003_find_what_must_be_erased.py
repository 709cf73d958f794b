"""Find the posts that quote, repost or answer a post, and old rejected items, so that they can be erased in time."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NAMED = sa.text("parent_id <> ''")


def upgrade() -> None:
    op.create_index("ix_mentions_parent_id", "mentions", ["parent_id"], postgresql_where=NAMED, sqlite_where=NAMED)
    op.create_index("ix_rejected_items_seen_at", "rejected_items", ["seen_at"])


def downgrade() -> None:
    op.drop_index("ix_rejected_items_seen_at", "rejected_items")
    op.drop_index("ix_mentions_parent_id", "mentions")
