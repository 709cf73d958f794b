"""what an agent wants to know beside the post: help articles and their search index, stock, notes"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

TOKENS = "unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'"
"""Terms are folded already; marks belong to words, or Devanagari would fall apart at its vowel signs."""
SQLITE = (
    "CREATE VIRTUAL TABLE articles_search USING fts5(title_terms, text_terms, content='articles', "
    f"content_rowid='number', tokenize=\"{TOKENS}\")",
    "CREATE TRIGGER articles_search_new AFTER INSERT ON articles BEGIN "
    "INSERT INTO articles_search (rowid, title_terms, text_terms) "
    "VALUES (new.number, new.title_terms, new.text_terms); END",
    "CREATE TRIGGER articles_search_gone AFTER DELETE ON articles BEGIN "
    "INSERT INTO articles_search (articles_search, rowid, title_terms, text_terms) "
    "VALUES ('delete', old.number, old.title_terms, old.text_terms); END",
    "CREATE TRIGGER articles_search_changed AFTER UPDATE OF title_terms, text_terms ON articles BEGIN "
    "INSERT INTO articles_search (articles_search, rowid, title_terms, text_terms) "
    "VALUES ('delete', old.number, old.title_terms, old.text_terms); "
    "INSERT INTO articles_search (rowid, title_terms, text_terms) "
    "VALUES (new.number, new.title_terms, new.text_terms); END",
)
POSTGRESQL = (
    "CREATE TABLE articles_search (number bigint PRIMARY KEY REFERENCES articles ON DELETE CASCADE, "
    "terms tsvector NOT NULL)",
    "CREATE INDEX ix_articles_search_terms ON articles_search USING gin (terms)",
    "CREATE FUNCTION articles_search_keep() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
    "INSERT INTO articles_search VALUES (new.number, "
    "setweight(array_to_tsvector(string_to_array(new.title_terms, ' ')), 'A') || "
    "setweight(array_to_tsvector(string_to_array(new.text_terms, ' ')), 'D')) "
    "ON CONFLICT (number) DO UPDATE SET terms = excluded.terms; RETURN NULL; END $$",
    "CREATE TRIGGER articles_search_keep AFTER INSERT OR UPDATE OF title_terms, text_terms ON articles "
    "FOR EACH ROW EXECUTE FUNCTION articles_search_keep()",
)


def upgrade() -> None:
    op.create_table(
        "articles",
        sa.Column("number", schema.Id, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False, comment="the help centre's own; translations share it"),
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("updated_at", schema.UtcTime()),
        sa.Column("imported_at", schema.UtcTime(), nullable=False),
        sa.Column("title_terms", sa.Text(), nullable=False, comment="what the search index holds; see core.terms"),
        sa.Column("text_terms", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_articles")),
        sa.UniqueConstraint("language", "id", name=op.f("uq_articles_language_id")),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "article_terms",
        sa.Column("language", sa.String(length=16), nullable=False),
        sa.Column("term", sa.Text(), nullable=False, comment="empty for the number of all articles"),
        sa.Column("articles", sa.Integer(), nullable=False, comment="how many hold it: a rare term tells more"),
        sa.PrimaryKeyConstraint("language", "term", name=op.f("pk_article_terms")),
    )
    op.create_table(
        "stock",
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("shop", sa.Text(), nullable=False),
        sa.Column("city", sa.Text(), nullable=False, server_default=""),
        sa.Column("country", sa.Text(), nullable=False, server_default=""),
        sa.Column("product", sa.Text(), nullable=False),
        sa.Column("names", schema.Json, nullable=False, comment="other words for the product"),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("updated_at", schema.UtcTime()),
        sa.Column("imported_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("sku", "shop", name=op.f("pk_stock")),
    )
    op.create_table(
        "stock_terms",
        sa.Column("term", sa.Text(), nullable=False, comment="of a product's names; see core.terms"),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("term", "sku", name=op.f("pk_stock_terms")),
    )
    op.create_index("ix_stock_terms_sku", "stock_terms", ["sku"])
    op.create_table(
        "notes",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("subject", sa.Text(), nullable=False, comment="customer:ID or author:PLATFORM:ID"),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("by", sa.String(length=64), nullable=False, comment="the agent who wrote it"),
        sa.Column("at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notes")),
    )
    op.create_index("ix_notes_subject", "notes", ["subject", "at"])
    for statement in SQLITE if op.get_bind().dialect.name == "sqlite" else POSTGRESQL:
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    op.drop_table("notes")
    op.drop_table("stock_terms")
    op.drop_table("stock")
    op.drop_table("article_terms")
    op.execute("DROP TABLE articles_search")
    op.drop_table("articles")
    if op.get_bind().dialect.name != "sqlite":
        op.execute("DROP FUNCTION articles_search_keep()")
