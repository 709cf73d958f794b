"""STAGE: the store's customers as an index, made anew when they have changed.

An index of a million customers takes a minute to make and none to open, and most processes live shorter than that: so the
index of a large CRM is kept in a folder of its own, which only this user can read, and which can be deleted at any time.
"""

import os
import tempfile
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from pathlib import Path

from sqlalchemy import Connection

from analysis.identity.index import Index, build
from core.store import customers

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


def current(tx: Connection, now: datetime) -> Index:
    """The index of the customers as they are, or, of a large CRM that has just changed, as they lately were."""
    name = sha256(tx.engine.url.render_as_string(hide_password=True).encode()).hexdigest()[:16]
    stamp = customers.stamp(tx)
    known = _kept.get(name)
    if known is not None and known.stamp == stamp:
        return known.index
    if known is not None and known.index.size > SMALL and now - known.made < PAUSE * known.index.size:
        return known.index
    folder = _folder() / name
    saved = Index.load(folder, {"stamp": stamp})
    if saved is None:
        saved = build(customers.everyone(tx))
        if saved.size > SMALL:
            saved.save(folder, {"stamp": stamp})
            saved = Index.load(folder, {"stamp": stamp}) or saved
    _kept[name] = _Kept(stamp, saved, now)
    return saved


def _folder() -> Path:
    folder = Path(tempfile.gettempdir()) / f"sunwai-customers-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    about = folder.stat()
    if about.st_uid != os.getuid() or about.st_mode & 0o077:
        return Path(tempfile.mkdtemp(prefix="sunwai-customers-"))  # somebody else made it: keep out of their hands
    return folder
