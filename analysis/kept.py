"""What is worked out of this package's own files, kept for the next process as Python keeps bytecode.

To read twenty thousand cues and three lexicons takes as long as to judge a thousand texts, and comes out the same each time.
So it is put into `__pycache__`, under a digest of all that it rests on: who changes a line of a source or of a lexicon has
it worked out anew. It may be deleted at any time, and where Python may write no bytecode nothing is written.
"""

import marshal
import os
import sys
import unicodedata
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from hashlib import sha256
from importlib.util import cache_from_source, find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import get_ident
from typing import TypeVar

Told = TypeVar("Told")

HERE = Path(__file__).parent
_WRITTEN = ("*.py", "lexicons/*.py", "lexicons/*.tsv", "concepts/*.py", "concepts/*.txt")
_HEAD = 64
"""In bytes: with so many, what follows lies in memory as the processor reads it, and a row of 64 is read in one go."""


def kept(name: str, tell: Callable[[], Told]) -> Told:
    """What `tell` says, from the last time if nothing has changed since: dicts, tuples, lists, sets, strings and numbers
    that rest on this package's sources and lists, and on VADER's, alone."""
    place = _place(name)
    with suppress(OSError):
        found = memoryview(place.read_bytes())
        if found[:_HEAD] == _head(digest(), len(found) - _HEAD):
            told: Told = marshal.loads(found[_HEAD:])  # noqa: S302  # as far to be trusted as bytecode
            return told
    told = tell()
    _write(place, digest(), marshal.dumps(told))  # type: ignore[arg-type]
    return told


def kept_bytes(name: str, source: bytes, tell: Callable[[], bytes]) -> memoryview:
    """The same for bytes that rest on a `source` beside our own. They are not read but looked into: processes share their
    memory, and what nobody asks for costs nothing."""
    place, rests_on = _place(name), sha256(digest() + source).digest()
    with suppress(OSError), place.open("rb") as file:
        if file.read(_HEAD) == _head(rests_on, os.fstat(file.fileno()).st_size - _HEAD):
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))[_HEAD:]
    told = tell()
    _write(place, rests_on, told)
    return memoryview(told)


def _head(rests_on: bytes, size: int) -> bytes:
    """What a file begins with: the digest of what it rests on, and how many bytes follow, for it may be cut short."""
    return rests_on + max(size, 0).to_bytes(32, "little")


def _place(name: str) -> Path:
    return Path(cache_from_source(str(HERE / f"{name}.py"))).with_suffix(".kept")


def _write(place: Path, rests_on: bytes, told: bytes) -> None:
    """Whole or not at all, whoever reads or writes it meanwhile."""
    if sys.dont_write_bytecode:
        return
    new = place.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(_head(rests_on, len(told)) + told)
        new.replace(place)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)


@cache
def digest() -> bytes:
    """Of all files that something kept may rest on, of Python and of VADER's word list."""
    found = sha256(f"{sys.version} {unicodedata.unidata_version}".encode())
    vader = find_spec("vaderSentiment")
    places = [path for pattern in _WRITTEN for path in sorted(HERE.glob(pattern))]
    places += [path for home in (vader and vader.submodule_search_locations) or () for path in Path(home).glob("*.txt")]
    for path in places:
        told = path.read_bytes()
        found.update(f"{path.name} {len(told)}\n".encode())
        found.update(told)
    return found.digest()
