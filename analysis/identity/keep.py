"""STAGE: the store's customers as an index, and what agents taught of links, each made anew when it has changed.

An index of a million customers takes a minute to make and none to open, and most processes live shorter than that: so the
index of a large CRM is kept in a folder of its own, which only this user can read, and which can be deleted at any time.
"""

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from analysis.identity.bulk import share_of_customers
from analysis.identity.calibrate import FEWEST, SHIPPED, Calibration, learn
from analysis.identity.compare import compare
from analysis.identity.decide import POSSIBLE
from analysis.identity.index import Index, build
from analysis.identity.person import read
from analysis.identity.score import PRIOR, probabilities, shipped
from core.store import Store, customers

SMALL = 20_000
"""Up to so many customers, the index is made in a second or two: whenever they change, and in memory alone."""
PAUSE = timedelta(milliseconds=1)
"""For each customer of a larger CRM, the time before its index is made again: a tenth of the time goes into it at most. An
import of a million in a thousand steps would else make a thousand."""


@dataclass(frozen=True, slots=True)
class _Kept:
    stamp: int
    index: Index
    made: datetime


_kept: dict[str, _Kept] = {}


def current(store: Store, now: datetime, *, latest: bool = False) -> Index:
    """The index of the customers as they are, or, of a large CRM that has just changed, as they lately were, unless it must
    be the `latest`.

    Ask before you begin a transaction: making an index takes a while, and then no lock is held meanwhile. Of several
    processes that need it, one makes it; the others wait where they have none at all.
    """
    name = _name(store)
    with store.read() as tx:
        stamp = customers.stamp(tx)
    known = _kept.get(name)
    if known is not None and known.stamp == stamp:
        return known.index
    if known is not None and not latest and known.index.size > SMALL and now - known.made < PAUSE * known.index.size:
        return known.index
    folder = _folder() / name
    with _alone(folder, wait=known is None or latest) as mine:
        if not mine and known is not None:
            return known.index
        found = Index.load(folder, {"stamp": stamp}) or _made(store, folder)
    _kept[name] = _Kept(stamp, found, now)  # who changed meanwhile is seen the next time, by another stamp
    return found


def prepare(store: Store, now: datetime) -> None:
    """Make the index of a large CRM that has changed, so that no author waits for it. That of a small one each process
    makes for itself."""
    with store.read() as tx:
        large = customers.more_than(tx, SMALL)
    if large:
        current(store, now, latest=True)


def _made(store: Store, folder: Path) -> Index:
    with store.read() as tx:
        stamp = customers.stamp(tx)
        made = build(customers.everyone(tx))
    if made.size <= SMALL:
        return made
    made.save(folder, {"stamp": stamp})
    return Index.load(folder, {"stamp": stamp}) or made


@contextmanager
def _alone(folder: Path, wait: bool) -> Iterator[bool]:
    """Whether nobody else makes this index now; nobody begins to until the end of the block."""
    with folder.with_name(f"{folder.name}.lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
        else:
            yield True


SAMPLE = 5_000
"""Authors, those heard last, from whom the share of customers is estimated."""
GROWN = 1.25
"""It is estimated anew when the customers are others, or when so many times the authors have been heard."""


def share(tx: Connection) -> float:
    """How many of the authors are customers of whom something is known, as was last measured, or the usual share."""
    known = customers.share(tx)
    return known.value if known is not None else PRIOR


def measure_share(store: Store, now: datetime) -> None:
    """Estimate the share from those heard last, if it is due. One process does it (`relink`), and all use what it found:
    whoever judges, an author has one probability."""
    with store.read() as tx:
        known, stamp, count = customers.share(tx), customers.stamp(tx), customers.count_heard(tx)
    if not count or (known is not None and known.stamp == stamp and known.authors * GROWN > count):
        return
    index = current(store, now, latest=True)
    if not index.size:
        return
    with store.read() as tx:
        authors = customers.lately_heard(tx, SAMPLE)
        said = customers.words_of(tx, [author.id for author in authors])
    people = [read(author, said.get(author.id, ())) for author in authors if author.external_id]
    found = share_of_customers([(len(people), compare(people, index))], index.size, shipped())
    store.run(lambda tx: customers.keep_share(tx, customers.Share(found, count, stamp)))


_learned: dict[str, tuple[str, Calibration]] = {}


def calibration(store: Store, index: Index) -> Calibration:
    """What agents' word makes of the probabilities: learned anew when they said more, or when the customers changed. As
    `current`, it is asked before a transaction begins."""
    with store.read() as tx:
        said, customers_stamp, assumed = customers.agents_stamp(tx), customers.stamp(tx), share(tx)
    if int(said.partition(":")[0] or 0) < FEWEST:
        return SHIPPED
    name, stamp = _name(store), f"{said}/{customers_stamp}/{assumed}/{shipped().version}"
    path = _folder() / f"{name}.labels.json"
    if name not in _learned:
        with suppress(OSError, ValueError, KeyError):
            kept = json.loads(path.read_text(encoding="utf-8"))
            _learned[name] = (kept["stamp"], Calibration(tuple(kept["odds"]), tuple(kept["chances"])))
    if _learned.get(name, ("", SHIPPED))[0] != stamp:
        with store.read() as tx:
            given = labels(tx, index)
        found = learn(*given)
        _learned[name] = (stamp, found)
        part = path.with_name(f"{path.name}.part{os.getpid()}")
        part.write_text(json.dumps({"stamp": stamp, "odds": found.odds, "chances": found.chances}), encoding="utf-8")
        part.replace(path)
    return _learned[name][1]


def labels(tx: Connection, index: Index) -> tuple[list[float], list[bool]]:
    """The probabilities, as shipped, of the candidates on whom agents gave their word, and whether they said yes; oldest
    first. Candidates that would not have been shown are left out."""
    word = customers.agents_words(tx)
    authors = customers.authors_of(tx, {author for author, _, _ in word})
    said = customers.words_of(tx, [author.id for author in authors])
    people = [read(author, said.get(author.id, ())) for author in authors]
    pairs = compare(people, index)
    chances = probabilities(pairs, index.size, shipped(), share(tx))
    shown = {
        (people[person].author.id, index.id(customer)): float(chance)
        for person, customer, chance in zip(pairs.persons, pairs.customers, chances, strict=True)
        if chance >= POSSIBLE
    }
    known = [(shown[author, customer], yes) for author, customer, yes in word if (author, customer) in shown]
    return [chance for chance, _ in known], [yes for _, yes in known]


def _name(store: Store) -> str:
    return sha256(store.engine.url.render_as_string(hide_password=True).encode()).hexdigest()[:16]


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"sunwai-customers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.stat()
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        return Path(tempfile.mkdtemp(prefix="sunwai-customers-"))  # somebody else made it: keep out of their hands
    return folder
