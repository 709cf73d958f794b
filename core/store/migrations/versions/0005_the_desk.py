"""cases are handed over, snoozed and paused, and belong to a team; answers are written, approved and sent"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

OPEN = "status IN ('open', 'waiting_for_customer')"
ON_ITS_WAY = "status IN ('to_approve', 'to_send', 'by_hand')"
INDEXES = {
    "ix_cases_chase_at": ("chase_at", "chase_at IS NOT NULL"),
    "ix_cases_owner": ("owner", OPEN),
}


def upgrade() -> None:
    for column in (
        sa.Column(
            "team",
            sa.String(length=64),
            nullable=False,
            server_default="",
            comment="a key of the settings' departments",
        ),
        sa.Column("snoozed_until", schema.UtcTime()),
        sa.Column(
            "handed_to", sa.String(length=72), comment="a user id, team:KEY or next_shift, until accepted or declined"
        ),
        sa.Column("handed_by", sa.String(length=64)),
        sa.Column("waiting_since", schema.UtcTime(), comment="the customer's turn since then"),
        sa.Column("transfers", sa.Integer(), nullable=False, server_default="0", comment="to other teams"),
        sa.Column(
            "chase_at", schema.UtcTime(), comment="when its clocks are to be looked at next; null while none runs"
        ),
    ):
        op.add_column("cases", column)
    for name, (column_name, where) in INDEXES.items():
        op.create_index(name, "cases", [column_name], postgresql_where=sa.text(where), sqlite_where=sa.text(where))
    op.execute(f"UPDATE cases SET chase_at = opened_at WHERE {OPEN}")  # noqa: S608 - our own words
    op.create_table(
        "answers",
        sa.Column("id", schema.Id, autoincrement=True, nullable=False),
        sa.Column("case_id", schema.Id, nullable=False),
        sa.Column("mention_id", sa.Text(), nullable=False, comment="the post that it answers"),
        sa.Column("text", sa.Text(), nullable=False, comment="empty once the post's author was erased"),
        sa.Column("status", sa.String(length=16), nullable=False, comment="see core.answer.AnswerStatus"),
        sa.Column("private_invite", sa.Boolean(), nullable=False, server_default=sa.text("false")),
        sa.Column("author", sa.String(length=64), nullable=False, comment="the agent who wrote it"),
        sa.Column("created_at", schema.UtcTime(), nullable=False),
        sa.Column("approver", sa.String(length=64)),
        sa.Column("decided_at", schema.UtcTime()),
        sa.Column("sent_at", schema.UtcTime()),
        sa.Column("external_id", sa.Text(), comment="what the platform calls the answer"),
        sa.Column("url", sa.Text(), nullable=False, server_default=""),
        sa.Column("error", sa.Text(), comment="why it was not sent, in our own words"),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_answers_case_id")),
        sa.ForeignKeyConstraint(["mention_id"], ["mentions.id"], name=op.f("fk_answers_mention_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answers")),
    )
    op.create_index("ix_answers_case_id", "answers", ["case_id"])
    op.create_index("ix_answers_mention_id", "answers", ["mention_id"])
    op.create_index(
        "uq_answers_on_its_way",
        "answers",
        ["case_id"],
        unique=True,
        postgresql_where=sa.text(ON_ITS_WAY),
        sqlite_where=sa.text(ON_ITS_WAY),
    )


def downgrade() -> None:
    op.drop_table("answers")
    for name in INDEXES:
        op.drop_index(name, "cases")
    for column in (
        "team",
        "snoozed_until",
        "handed_to",
        "handed_by",
        "waiting_since",
        "transfers",
        "chase_at",
    ):
        op.drop_column("cases", column)
