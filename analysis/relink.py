"""STAGE: link authors anew when customers have changed, and only those whom the change can touch.

Those are the authors whose link or candidate the customer was or is, and those who share a key with the customer as they are
now: a handle, an id that they told, a name. How common names are also changes with the customers, by a hair for everybody;
that is left to the author's next post, or to `everyone`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from analysis import identity
from analysis.assess import link
from analysis.identity import keep
from analysis.identity.compare import compare
from analysis.identity.index import Index, build
from core.customer import Link
from core.mention import Author
from core.settings import Settings
from core.store import Store, changes, customers, erasure

AT_ONCE = 1_000
MANY = 20_000
"""Where more customers than this have changed, finding whom that touches costs more than judging everybody."""


def relink(store: Store, settings: Settings, now: datetime, *, everyone: bool = False) -> dict[str, int]:
    """Judge again the authors whom changed customers can touch, or everyone.

    Returns counts: `changed` (customers new, changed or dropped since the last time), `judged` (authors), `linked` (authors
    whose links are others now). Safe to run twice, or twice at once: marks are settled when all is stored, so what is
    broken off begins again. The brands' own accounts are nobody's. First the share of customers among the authors is
    estimated, if that is due; who is judged from then on is judged by it.
    """
    keep.measure_share(store, now)
    with store.read() as tx:
        marks = changes.marked(tx)
        if not marks and not everyone:
            return {"changed": 0, "judged": 0, "linked": 0}
    index = keep.current(store, now, latest=True)
    taught = keep.calibration(store, index)
    with store.read() as tx:
        changed = {one.value for one in marks if one.kind == "changed"}
        unlinked = {one.value for one in marks if one.kind == "unlinked"}
        some = None
        if not everyone and len(changed) <= MANY:
            some = build(customers.with_orders(tx, changed), index)
            unlinked |= customers.authors_linked_to(tx, changed)
    own = {account for key in settings.brands for account in settings.brand(key).own_accounts}
    judged = linked = 0
    last = ""
    while True:
        with store.read() as tx:
            erased = erasure.last(tx)
            batch = customers.heard(tx, last, AT_ONCE)
            if not batch:
                break
            theirs = [one for one in batch if one.external_id and not _is_own(one, own)]
            if some is not None:
                theirs = _touched(tx, theirs, some, index, unlinked)
            links, _ = link(tx, theirs, settings, index, taught)
        if links:
            linked += store.run(lambda tx, links=links, erased=erased: _save(tx, links, erased, now))  # type: ignore[misc]
        judged, last = judged + len(theirs), batch[-1].id
    store.run(lambda tx: changes.settle(tx, marks))
    return {"changed": len(changed), "judged": judged, "linked": linked}


def _save(tx: Connection, links: Mapping[str, Sequence[Link]], erased: int, now: datetime) -> int:
    return customers.save_links(tx, erasure.still_told(tx, links, erased), now)


def _touched(
    tx: Connection, authors: Sequence[Author], changed: Index, index: Index, unlinked: set[str]
) -> list[Author]:
    said = customers.words_of(tx, [one.id for one in authors])
    people = [identity.read(one, said.get(one.id, ())) for one in authors]
    near = set(compare(people, changed, index).persons.tolist())
    return [one for n, one in enumerate(authors) if n in near or one.id in unlinked]


def _is_own(author: Author, own: set[str]) -> bool:
    return bool(own & {author.id.lower(), f"{author.platform}:@{author.handle}".lower()})
