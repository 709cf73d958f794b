"""the tokens with which programs ask the API"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_tokens",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column(
            "digest", sa.String(length=64), nullable=False, comment="SHA-256 of the token, which is kept nowhere"
        ),
        sa.Column("name", sa.String(length=64), nullable=False, comment="what it is for"),
        sa.Column("role", sa.String(length=16), nullable=False, comment="viewer, agent or lead"),
        sa.Column("created_at", schema.UtcTime(), nullable=False),
        sa.Column("last_used_at", schema.UtcTime(), nullable=True, comment="to within a few minutes"),
        sa.Column("revoked_at", schema.UtcTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_api_tokens_digest")),
    )


def downgrade() -> None:
    op.drop_table("api_tokens")
