"""views that tools of business intelligence read; docs/bi.md tells of their columns

A later migration that rebuilds one of the tables below on SQLite drops these views first and makes them again.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

NEWEST = (
    "SELECT l.mention_id, l.brand, l.field, l.value, row_number() OVER "
    "(PARTITION BY l.mention_id, l.brand, l.field ORDER BY l.labelled_at DESC, l.id DESC) AS age "
    "FROM labels l JOIN mentions n ON n.id = l.mention_id WHERE n.edited_at IS NULL OR l.labelled_at >= n.edited_at"
)
"""What people say of each mention that still stands: words that changed since make it void."""
SAID = (
    "SELECT mention_id, brand, max(CASE WHEN field = 'sentiment' THEN value END) AS sentiment, "  # noqa: S608 - no input
    "max(CASE WHEN field = 'priority' THEN value END) AS priority, "
    "max(CASE WHEN field = 'department' THEN value END) AS department, "
    "max(CASE WHEN field = 'complaint' THEN value END) AS complaint "
    f"FROM ({NEWEST}) newest WHERE age = 1 GROUP BY mention_id, brand"
)
JUDGED = "'P' || CAST(a.priority AS text)"

MENTIONS = (
    "CREATE VIEW bi_mentions AS SELECT m.id AS mention_id, a.brand, m.platform, "  # noqa: S608 - no input
    "m.kind, m.place, m.created_at, m.heard_at, "
    "m.edited_at, m.author_id, m.own, m.title, m.text, m.url, m.likes, m.replies, m.shares, m.views, a.language, "
    "coalesce(s.sentiment, a.sentiment) AS sentiment, a.sentiment_score, "
    "CASE WHEN s.complaint IS NULL THEN a.is_complaint ELSE s.complaint = 'yes' END AS is_complaint, a.intent, "
    "CASE s.priority WHEN 'not_urgent' THEN CASE a.priority WHEN 4 THEN 'P4' ELSE 'P3' END "
    f"ELSE coalesce(s.priority, {JUDGED}) END AS priority, "
    "coalesce(s.department, a.department) AS department, a.needs_review, "
    "s.mention_id IS NOT NULL AS corrected, a.version, a.assessed_at "
    "FROM assessments a JOIN mentions m ON m.id = a.mention_id "
    f"LEFT JOIN ({SAID}) s ON s.mention_id = a.mention_id AND s.brand = a.brand "
    "WHERE m.deleted_at IS NULL AND a.assessed_at IS NOT NULL"
)
CASES = (
    "CREATE VIEW bi_cases AS SELECT c.id AS case_id, c.brand, c.mention_id, m.platform, m.author_id, c.status, "
    "'P' || CAST(c.priority AS text) AS priority, c.department, c.team, c.owner, c.transfers, m.created_at AS said_at, "
    "c.opened_at, c.answer_by, c.answered_at, c.resolve_by, c.resolved_at, "
    "{first} AS first_response_minutes, {whole} AS resolution_minutes, "
    "CASE WHEN c.answer_by IS NULL OR c.answered_at IS NULL THEN NULL ELSE c.answered_at <= c.answer_by END "
    "AS answered_in_time, "
    "CASE WHEN c.resolve_by IS NULL OR c.resolved_at IS NULL THEN NULL ELSE c.resolved_at <= c.resolve_by END "
    "AS resolved_in_time "
    "FROM cases c JOIN mentions m ON m.id = c.mention_id"
)
PEOPLE = (
    "CREATE VIEW bi_people AS SELECT p.author_id, p.brand, p.days, u.platform, u.handle, u.display_name AS name, "
    "u.followers, u.verified, nullif(p.kind, '') AS kind, p.posts, p.judged, p.positive, p.negative, p.complaints, "
    "p.last_at, "
    "(SELECT l.customer_id FROM links l WHERE l.author_id = p.author_id AND l.status = 'linked' "
    "ORDER BY l.probability DESC, l.customer_id LIMIT 1) AS customer_id "
    "FROM rollup_people p JOIN authors u ON u.id = p.author_id"
)
DAYS = (
    "CREATE VIEW bi_days AS SELECT brand, day, dimension, value, mentions, positive, neutral, negative, unsupported, "
    "complaints, reach FROM rollup_days"
)
TOPICS = (
    "CREATE VIEW bi_topics AS SELECT brand, day, topic, language, mentions, positive, neutral, negative "
    "FROM rollup_topics"
)
ANSWERS = (
    "CREATE VIEW bi_answers AS SELECT r.id AS answer_id, r.case_id, c.brand, r.mention_id, r.status, r.private_invite, "
    "r.author AS written_by, r.created_at AS written_at, r.approver AS decided_by, r.decided_at, r.sent_at "
    "FROM answers r JOIN cases c ON c.id = r.case_id"
)
NAMES = ("mentions", "cases", "people", "days", "topics", "answers")


def upgrade() -> None:
    minutes = (
        "round((julianday({until}) - julianday(m.created_at)) * 1440, 1)"
        if op.get_bind().dialect.name == "sqlite"
        else "round((extract(epoch FROM {until} - m.created_at) / 60)::numeric, 1)::float8"
    )
    first, whole = (minutes.format(until=until) for until in ("c.answered_at", "c.resolved_at"))
    for statement in (MENTIONS, CASES.format(first=first, whole=whole), PEOPLE, DAYS, TOPICS, ANSWERS):
        op.get_bind().exec_driver_sql(statement)


def downgrade() -> None:
    for name in NAMES:
        op.execute(f"DROP VIEW bi_{name}")
