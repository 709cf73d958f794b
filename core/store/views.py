"""Views of a list that people keep: a name for what stands behind the address's question mark."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import parse_qsl

from sqlalchemy import Connection, delete, func, select, update

from core.errors import BadRecord
from core.store.engine import insert
from core.store.schema import saved_views

EVERYONE = ""
"""The owner of a view that all may use."""
MOST = 50
"""Views that one person may keep of a page, and that everyone may share."""
LONGEST_NAME, LONGEST_QUERY = 80, 2000


@dataclass(frozen=True, slots=True)
class View:
    """A saved view of a `page` (mentions or cases). `owner` is who saved it for themselves, or EVERYONE."""

    id: int
    owner: str
    page: str
    name: str
    query: str


def of(tx: Connection, page: str, owner: str) -> list[View]:
    """The views of a page that somebody sees: everyone's, then their own, each by name."""
    query = (
        select(saved_views)
        .where(saved_views.c.page == page, saved_views.c.owner.in_([EVERYONE, owner]))
        .order_by(saved_views.c.owner != EVERYONE, saved_views.c.name)
    )
    return [_view(row) for row in tx.execute(query)]


def save(tx: Connection, page: str, owner: str, name: str, query: str, now: datetime) -> None:
    """Keep a view; one of the same name and owner is replaced.

    Raises BadRecord, in a sentence for that person, where the name is empty or too long, or there are too many.
    """
    _check(name)
    if len(query) > LONGEST_QUERY:
        raise BadRecord("This view asks for too much to be kept: leave some of it out.")
    mine = (saved_views.c.page == page) & (saved_views.c.owner == owner)
    others = select(func.count()).select_from(saved_views).where(mine, saved_views.c.name != name)
    if (tx.scalar(others) or 0) >= MOST:
        raise BadRecord(f"There are {MOST} views already: delete one that nobody uses.")
    values = {"page": page, "owner": owner, "name": name, "query": query, "saved_at": now}
    statement = insert(tx, saved_views).values(values)
    again = {"query": statement.excluded.query, "saved_at": now}
    tx.execute(statement.on_conflict_do_update(index_elements=["page", "owner", "name"], set_=again))


def rename(tx: Connection, view_id: int, name: str, owners: Sequence[str]) -> None:
    """Give a view of one of these owners another name. Raises BadRecord where it has none, or the name is taken."""
    _check(name)
    view = _theirs(tx, view_id, owners)
    same = select(saved_views.c.id).where(
        saved_views.c.page == view.page,
        saved_views.c.owner == view.owner,
        saved_views.c.name == name,
        saved_views.c.id != view_id,
    )
    if tx.scalar(same) is not None:
        raise BadRecord(f"There is another view called “{name}”.")
    tx.execute(update(saved_views).where(saved_views.c.id == view_id).values(name=name))


def drop(tx: Connection, view_id: int, owners: Sequence[str]) -> None:
    """Delete a view of one of these owners. Raises BadRecord where there is none."""
    view = _theirs(tx, view_id, owners)
    tx.execute(delete(saved_views).where(saved_views.c.id == view.id))


def forget(tx: Connection, author_id: str, handle: str, name: str) -> int:
    """Delete views that ask for an author who is to be forgotten, by id, handle or full name, or are called so. Returns how
    many. A name of one word alone is no sign: it may as well be what people complain of."""
    theirs = [words for words in (_folded(handle), _folded(name) if len(name.split()) > 1 else ()) if words]
    gone = [
        view.id
        for view in tx.execute(select(saved_views.c.id, saved_views.c.name, saved_views.c.query))
        for asked in [dict(parse_qsl(view.query))]
        if asked.get("author") == author_id
        or any(_holds(_folded(said), words) for said in (view.name, asked.get("q", "")) for words in theirs)
    ]
    tx.execute(delete(saved_views).where(saved_views.c.id.in_(gone)))
    return len(gone)


def _folded(said: str) -> tuple[str, ...]:
    return tuple(word.strip("@.,;:!?\"'()").casefold() for word in said.split())


def _holds(said: tuple[str, ...], words: tuple[str, ...]) -> bool:
    """Do these words stand there, one after the other?"""
    return any(said[at : at + len(words)] == words for at in range(len(said)))


def _theirs(tx: Connection, view_id: int, owners: Sequence[str]) -> View:
    row = tx.execute(select(saved_views).where(saved_views.c.id == view_id)).one_or_none()
    if row is None or row.owner not in owners:
        raise BadRecord("There is no such view of yours: it may have been deleted meanwhile.")
    return _view(row)


def _check(name: str) -> None:
    if not name.strip():
        raise BadRecord("Give the view a name.")
    if len(name) > LONGEST_NAME:
        raise BadRecord(f"That name is too long: a view's name has at most {LONGEST_NAME} characters.")


def _view(row: object) -> View:
    return View(*(getattr(row, name) for name in View.__slots__))
