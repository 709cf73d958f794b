"""what agents write with a move of a case leaves the append-only log for rows that can be erased; which settings apply"""

import sqlalchemy as sa
from alembic import op

from core.store import schema

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

BEFORE, NOW = "customer:ID or author:PLATFORM:ID", "customer:ID, author:PLATFORM:ID or case:ID"
_SQLITE_TRIGGER = (
    "CREATE TRIGGER case_events_no_update BEFORE UPDATE ON case_events "
    "BEGIN SELECT RAISE(ABORT, 'case_events is append-only'); END"
)


def upgrade() -> None:
    op.create_table(
        "applied_settings",
        sa.Column(
            "part",
            sa.String(length=32),
            nullable=False,
            comment="such as clocks: what of the settings stored rows rest on",
        ),
        sa.Column("version", sa.String(length=64), nullable=False, comment="a digest of that part"),
        sa.Column("applied_at", schema.UtcTime(), nullable=False),
        sa.PrimaryKeyConstraint("part", name=op.f("pk_applied_settings")),
    )
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("notes", recreate="always", table_kwargs={"sqlite_autoincrement": True}):
            pass  # so that a note's id is never given twice
    else:
        op.alter_column("notes", "subject", comment=NOW, existing_comment=BEFORE)
    _move_notes(into_rows=True)


def downgrade() -> None:
    _move_notes(into_rows=False)
    if op.get_bind().dialect.name == "sqlite":
        with op.batch_alter_table("notes", recreate="always", table_kwargs={"sqlite_autoincrement": False}):
            pass
    else:
        op.alter_column("notes", "subject", comment=BEFORE, existing_comment=NOW)
    op.drop_table("applied_settings")


def _move_notes(*, into_rows: bool) -> None:
    """Between an event's data, which then holds the words, and a row, of which it holds the id."""
    bind = op.get_bind()
    json, time = schema.Json, schema.UtcTime()
    events = sa.table(
        "case_events", sa.column("id"), sa.column("case_id"), sa.column("actor"), sa.column("at", time),
        sa.column("data", json),
    )  # fmt: skip
    notes = sa.table(
        "notes", sa.column("id"), sa.column("subject"), sa.column("text"), sa.column("by"), sa.column("at", time)
    )
    held = events.c.data["note"].as_string().is_not(None)
    found = bind.execute(sa.select(events).where(held).order_by(events.c.id)).all()
    if not found:
        return
    _let_change(bind, True)
    for event in found:
        data = dict(event.data)
        if into_rows:
            row = {"subject": f"case:{event.case_id}", "text": str(data["note"]), "by": event.actor, "at": event.at}
            data["note"] = bind.execute(notes.insert().values(**row).returning(notes.c.id)).scalar_one()
        else:
            text = bind.scalar(sa.select(notes.c.text).where(notes.c.id == data.pop("note")))
            data |= {"note": text} if text else {}
        bind.execute(events.update().where(events.c.id == event.id).values(data=data))
    if not into_rows:
        bind.execute(notes.delete().where(notes.c.subject.like("case:%")))
    _let_change(bind, False)


def _let_change(bind: sa.Connection, allowed: bool) -> None:
    """Lift what keeps the log as it is, for this migration alone; it was never meant to hold such words."""
    if bind.dialect.name == "sqlite":
        op.execute("DROP TRIGGER case_events_no_update" if allowed else _SQLITE_TRIGGER)
    else:
        verb = "DISABLE" if allowed else "ENABLE"
        op.execute(f"ALTER TABLE case_events {verb} TRIGGER case_events_append_only")
