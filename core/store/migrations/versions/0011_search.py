"""finding mentions by words and facets; views that people saved"""

import sqlalchemy as sa
from alembic import op

from core.store import schema, search

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

BATCH = 2_000
SQLITE = (
    # Terms are kept without their places: a post has all words that are asked for, or it does not.
    "CREATE VIRTUAL TABLE mentions_search USING fts5(mention_id UNINDEXED, brand UNINDEXED, terms, detail=none, "
    # Only spaces part terms: they are folded already, and facets hold all kinds of signs.
    "columnsize=0, tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* P* S* Co'\")",
)
POSTGRESQL = (
    "CREATE TABLE mentions_search (number bigint PRIMARY KEY, mention_id text NOT NULL, brand varchar(64) NOT NULL, "
    "terms tsvector NOT NULL)",
    "CREATE INDEX ix_mentions_search_terms ON mentions_search USING gin (terms)",
)


def upgrade() -> None:
    op.create_table(
        "saved_views",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("owner", sa.String(length=64), nullable=False, comment="who saved it; empty where all may use it"),
        sa.Column("page", sa.String(length=16), nullable=False, comment="mentions or cases"),
        sa.Column("name", sa.String(length=80), nullable=False),
        sa.Column("query", sa.Text(), nullable=False, comment="what stands behind the address's question mark"),
        sa.Column("saved_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_saved_views")),
        sa.UniqueConstraint("page", "owner", "name", name=op.f("uq_saved_views_page_owner_name")),
    )
    op.create_index("ix_customers_tier", "customers", ["tier"])
    bind = op.get_bind()
    for statement in SQLITE if bind.dialect.name == "sqlite" else POSTGRESQL:
        bind.exec_driver_sql(statement)
    judged = sa.text(
        "SELECT mention_id, brand FROM assessments WHERE assessed_at IS NOT NULL AND (mention_id, brand) > (:id, :brand) "
        "ORDER BY mention_id, brand LIMIT :batch"
    )
    last = ("", "")
    while found := bind.execute(judged, {"id": last[0], "brand": last[1], "batch": BATCH}).all():
        search.put(bind, [(row.mention_id, row.brand) for row in found])
        last = (found[-1].mention_id, found[-1].brand)


def downgrade() -> None:
    op.execute("DROP TABLE mentions_search")
    op.drop_index("ix_customers_tier", "customers")
    op.drop_table("saved_views")
