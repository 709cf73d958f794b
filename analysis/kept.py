"""What is worked out of this package's own files, kept for the next process as Python keeps bytecode.

To read twenty thousand cues and three lexicons takes as long as to judge a thousand texts, and comes out the same each time.
So it is put into `__pycache__`, under a digest of all that it rests on: who changes a line of a source or of a lexicon has
it worked out anew. It may be deleted at any time, and where Python may write no bytecode nothing is written.
"""

import marshal
import os
import sys
import time
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib.util import cache_from_source, find_spec
from mmap import ACCESS_READ, mmap
from pathlib import Path
from threading import get_ident
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

Told = TypeVar("Told")

HERE = Path(__file__).parent
_WRITTEN = (".py", ".tsv", ".txt")
_HEAD, _ROW = 128, 64
"""In bytes: what begins at a multiple of 64 lies in memory as the processor reads it, and a row of 64 is read in one go."""
_AT_REST = 2_000_000_000
"""In nanoseconds: what was left alone for so long cannot change again without its times telling, coarse as they may be."""


def kept(name: str, tell: Callable[[], Told]) -> Told:
    """What `tell` says, from the last time if nothing has changed since: dicts, tuples, lists, sets, strings and numbers
    that rest on this package's sources and lists, and on VADER's, alone."""
    place, rests_on = _place(name), digest()
    if (found := _found(place, rests_on)) is not None:
        told: Told = marshal.loads(found)  # noqa: S302  # as far to be trusted as bytecode
        return told
    told = tell()
    _write(place, _headed(rests_on, marshal.dumps(told)))  # type: ignore[arg-type]
    return told


def kept_arrays(name: str, source: Path, tell: Callable[[], Mapping[str, NDArray[Any]]]) -> Mapping[str, NDArray[Any]]:
    """The same for arrays that rest on a `source` beside our own files. They are not read but looked into: processes share
    their memory, and what nobody asks for costs nothing. They cannot be written to."""
    place, rests_on = _place(name), digest() + _digest(name, [str(source)])
    if (found := _found(place, rests_on)) is None:
        found = memoryview(laid := _laid_out(tell()))
        _write(place, _headed(rests_on, laid))
    listed: list[tuple[str, str, tuple[int, ...], int]] = marshal.loads(found)  # noqa: S302  # what follows it is not read
    return {part: np.ndarray(shape, kind, found, at) for part, kind, shape, at in listed}


def _laid_out(arrays: Mapping[str, NDArray[Any]]) -> bytes:
    """A list of the arrays, and behind it these, each from the beginning of a row on."""
    listed = [(name, array.dtype.str, array.shape, 0) for name, array in arrays.items()]
    told = bytearray(_ROW * (2 + len(marshal.dumps(listed, 2)) // _ROW))
    for i, array in enumerate(arrays.values()):
        listed[i] = (*listed[i][:3], len(told))
        told += array.tobytes().ljust(-(-array.nbytes // _ROW) * _ROW, b"\0")
    head = marshal.dumps(listed, 2)
    told[: len(head)] = head
    return bytes(told)


def _found(place: Path, rests_on: bytes) -> memoryview | None:
    """What a file holds that is whole and rests on this."""
    with suppress(OSError), place.open("rb") as file:
        if file.read(_HEAD) == _head(rests_on, os.fstat(file.fileno()).st_size - _HEAD):
            return memoryview(mmap(file.fileno(), 0, access=ACCESS_READ))[_HEAD:]
    return None


def _head(rests_on: bytes, size: int) -> bytes:
    """What a file begins with: the digest of what it rests on, and how many bytes follow, for it may be cut short."""
    return rests_on.ljust(_HEAD - 8) + max(size, 0).to_bytes(8, "little")


def _headed(rests_on: bytes, told: bytes) -> bytes:
    return _head(rests_on, len(told)) + told


def _place(name: str) -> Path:
    return Path(cache_from_source(str(HERE / f"{name}.py"))).with_suffix(".kept")


def _write(place: Path, told: bytes) -> None:
    """Whole or not at all, whoever reads or writes it meanwhile."""
    if sys.dont_write_bytecode:
        return
    new = place.with_suffix(f".{os.getpid()}-{get_ident()}")
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        new.write_bytes(told)
        new.replace(place)
    except OSError:
        with suppress(OSError):
            new.unlink(missing_ok=True)


@cache
def digest() -> bytes:
    """Of all files that something kept may rest on, of Python and of VADER's word list."""
    vader = find_spec("vaderSentiment")
    folders = [HERE, HERE / "lexicons", HERE / "concepts", *((vader and vader.submodule_search_locations) or ())]
    files = [file.path for folder in folders for file in os.scandir(folder) if file.name.endswith(_WRITTEN)]
    return _digest("sources", sorted(files))


def _digest(name: str, files: Sequence[str]) -> bytes:
    """Of these files and of Python. They are read only where one of them looks changed: by its size, by where it lies on the
    disk, or by its times, of which one is the system's own and cannot be set."""
    python = f"{sys.version} {unicodedata.unidata_version}"
    stats = [Path(file).stat() for file in files]
    looks = repr((python, files, [(s.st_size, s.st_ino, s.st_mtime_ns, s.st_ctime_ns) for s in stats])).encode()
    place = _place(name).with_suffix(".seen")
    with suppress(OSError):
        seen = place.read_bytes()
        if seen[:-32] == looks:
            return seen[-32:]
    from hashlib import sha256  # takes as long to load as half of what is kept

    found = sha256(python.encode())
    for file in files:
        told = Path(file).read_bytes()
        found.update(f"{Path(file).name} {len(told)}\n".encode())
        found.update(told)
    if time.time_ns() - max(max(s.st_mtime_ns, s.st_ctime_ns) for s in stats) > _AT_REST:
        _write(place, looks + found.digest())
    return found.digest()
