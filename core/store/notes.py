"""What agents wrote down. A note on a customer stays with the customer, one on an author with the author, and what was
written to colleagues when a case was moved stays with the case."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Select, delete, literal, select

from core.case import CaseFile, Refused
from core.context import Note
from core.store import fitting, rows
from core.store.schema import notes

LONGEST = 2000
"""Characters of a note: what Slack shows of one, with room to spare."""


def subject_of(file: CaseFile) -> str:
    """Whom a note on this case is about: the linked customer, or else the author. Empty where neither is known."""
    linked = next((c.customer.customer_id for c in file.candidates if c.link.status == "linked"), None)
    if linked is not None:
        return of_customer(linked)
    return of_author(file.mention.author.id) if not file.erased and file.mention.author.external_id else ""


def of_customer(customer_id: str) -> str:
    return f"customer:{customer_id}"


def of_author(author_id: str) -> str:
    return f"author:{author_id}"


def of_case(case_id: int) -> str:
    return f"case:{case_id}"


def on_case(tx: Connection, case_id: int, text: str, by: str, now: datetime) -> int:
    """Keep what an agent wrote with a move of a case. Returns the note's id, for the case's log."""
    values = {"subject": of_case(case_id), "text": fitting.fit_text(text)[:LONGEST], "by": by, "at": now}
    number: int = tx.execute(notes.insert().values(**values).returning(notes.c.id)).scalar_one()
    return number


def texts(tx: Connection, ids: Collection[int]) -> dict[int, str]:
    """What these notes say; those that are gone are left out."""
    query = select(notes.c.id, notes.c.text)
    return {
        row.id: row.text
        for part in rows.chunks(sorted(set(ids)))
        for row in tx.execute(query.where(rows.among(tx, notes.c.id, part)))
    }


def add(tx: Connection, subject: str, text: str, by: str, now: datetime) -> Note:
    """Write down `text` about `subject` (see `subject_of`); the agent `by` is a Slack user id.

    The same words again from the same agent, with nothing between, are one note: Slack sends a press twice at times. Raises
    Refused, in words for the agent, where the text is empty or too long.
    """
    text = fitting.fit_text(text).strip()
    if not text:
        raise Refused("The note is empty.")
    if len(text) > LONGEST:
        raise Refused(f"The note is {len(text)} characters long; {LONGEST} are the most.")
    if not subject:
        raise Refused("Nobody is known whom the note could be about.")
    last = of(tx, [subject], 1)
    if last and (last[0].text, last[0].by) == (text, by):
        return last[0]
    values = {"subject": subject, "text": text, "by": by, "at": now}
    number: int = tx.execute(notes.insert().values(**values).returning(notes.c.id)).scalar_one()
    return Note(number, **values)  # type: ignore[arg-type]


def of(tx: Connection, subjects: Collection[str], limit: int = 5) -> tuple[Note, ...]:
    """The newest notes on any of these subjects, newest first."""
    query = (
        select(notes)
        .where(rows.among(tx, notes.c.subject, sorted(set(subjects))))
        .order_by(notes.c.at.desc(), notes.c.id.desc())
        .limit(limit)
    )
    return tuple(Note(row.id, row.subject, row.text, row.by, row.at) for row in tx.execute(query))


def drop(tx: Connection, subjects: Collection[str]) -> int:
    """Let the notes on these subjects go. Returns how many."""
    return sum(
        tx.execute(delete(notes).where(rows.among(tx, notes.c.subject, part))).rowcount
        for part in rows.chunks(sorted(set(subjects)))
    )


def drop_of_customers(tx: Connection, gone: Select[str]) -> None:
    """Let the notes on customers go; `gone` selects their ids."""
    ids = gone.subquery()
    subjects = select(literal(of_customer("")) + next(iter(ids.c)))
    tx.execute(delete(notes).where(notes.c.subject.in_(subjects)))
