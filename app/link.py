"""`sunwai link`: every mention's author against a file of customers, in bulk and without a database.

All posts of one author count together, wherever in the file they are, so a large file is first parted by author into
temporary files that fit into memory one at a time; what is found is merged back into the order of the mentions. Memory does
not grow with their number.
"""

import csv
import heapq
import io
import json
import os
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from hashlib import sha256
from operator import itemgetter
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

from analysis.identity.bulk import link_all
from analysis.identity.decide import USUAL, Cuts
from analysis.identity.index import Index, build
from analysis.identity.person import LONGEST_BIO, LONGEST_TEXT, Person, read
from app.analyze import Judged, Output, Patience
from app.terminal import one_line, progress
from connectors.backoffice import leniently
from core.errors import BadRecord, Misconfigured
from core.mention import Author

if TYPE_CHECKING:
    from analysis.identity.duplicates import Double
    from analysis.identity.handles import Found
    from app.opening import House
    from core.settings import Settings

PART = 64 << 20
"""Bytes of mentions that are held at once."""
PARTS_OF_A_PIPE = 16
TOLD = 50
"""Broken lines that are told one by one; the rest are counted."""
LONGEST_LINE = 4 << 20

Row = tuple[int, str]
"""The number of a mention in its file, and its lines of links.csv."""


class Complaints:
    """What is wrong with lines, told on stderr as it is found."""

    def __init__(self) -> None:
        self.count = 0

    def __call__(self, what: str) -> None:
        self.count += 1
        if self.count <= TOLD:
            click.echo(what, err=True)

    def done(self) -> int:
        if self.count > TOLD:
            click.echo(f"... and {self.count - TOLD:,} more lines.", err=True)
        return self.count


def run(customers: Path, mentions: str, output: str, folder: Path | None, cuts: Cuts = USUAL) -> int:
    """Link the mentions; the number of lines, of either file, with which something was wrong.

    Raises Misconfigured where a file is missing, or is no table of customers.
    """
    complain = Complaints()
    table = customers_index(customers, folder, complain)
    try:
        file: IO[bytes] = sys.stdin.buffer if mentions == "-" else Path(mentions).open("rb")  # noqa: SIM115
    except OSError as error:
        raise Misconfigured(f"{mentions} cannot be read: {(error.strerror or str(error)).lower()}.") from None
    out = Output(output, mentions, customers)
    try:
        with Patience() as patience, tempfile.TemporaryDirectory(prefix="sunwai-link-") as scratch:
            rows = linked(file, table, Path(scratch), complain, output == "-", cuts)
            with patience.writing():
                out.write(Judged(b"mention_id,customer_id,probability,status\n", 1, 0, 0))
            for text in _together(text for _, text in rows):
                with patience.writing():
                    out.write(Judged(text.encode(), text.count("\n"), 0, 0))
            with patience.writing():
                out.finish()
    finally:
        out.close()
        if mentions != "-":
            file.close()
        if out.partial is not None:
            out.partial.unlink(missing_ok=True)
    return complain.done()


def _together(texts: Iterable[str], size: int = 1 << 18) -> Iterator[str]:
    kept: list[str] = []
    length = 0
    for text in texts:
        kept.append(text)
        length += len(text)
        if length > size:
            yield "".join(kept)
            kept, length = [], 0
    if kept:
        yield "".join(kept)


def cuts_of(settings: "Settings") -> Cuts:
    return Cuts(settings.linking.linked, settings.linking.possible)


def find_accounts(house: "House", who: str, progress: Callable[[int], None]) -> "list[Found]":
    """The accounts heard so far that are probably this customer's. Raises Misconfigured where there is no such customer."""
    from analysis.identity import handles
    from app.opening import clock

    return handles.find(house.store, who, clock(), progress, cuts_of(house.settings))


def tell_accounts(found: "list[Found]", as_json: bool) -> None:
    """One account a line, likeliest first, with what speaks for and against it."""
    if as_json:
        rows = [
            {
                "author": one.author.id,
                "platform": one.author.platform,
                "handle": one.author.handle,
                "status": one.link.status,
                "probability": one.link.probability,
                "basis": one.link.basis,
                "evidence": [{"kind": e.kind, "weight": e.weight, "text": e.text} for e in one.link.evidence],
            }
            for one in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for one in found:
        why = "; ".join(f"{e.text}{' (against)' if e.weight < 0 else ''}" for e in one.link.evidence)
        name = f"{one.author.platform} @{one_line(one.author.handle)} ({one_line(one.author.display_name)})"
        click.echo(f"{one.link.probability:4.0%} {one.link.status:8} {name}: {why}")
    if not found:
        click.echo("None of the authors heard so far is probably this customer.")


def find_doubles(house: "House", progress: Callable[[int], None]) -> "list[Double]":
    """Pairs of customers who are probably one person."""
    from analysis.identity import duplicates
    from app.opening import clock

    return duplicates.find(house.store, clock(), progress)


def tell_doubles(found: "list[Double]", as_json: bool) -> None:
    """One pair a line, likeliest first, with what speaks for and against it."""
    if as_json:
        rows = [
            {
                "one": double.one,
                "other": double.other,
                "probability": double.probability,
                "evidence": [{"kind": e.kind, "weight": e.weight, "text": e.text} for e in double.evidence],
            }
            for double in found
        ]
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for double in found:
        why = "; ".join(f"{e.text}{' (against)' if e.weight < 0 else ''}" for e in double.evidence)
        click.echo(f"{double.probability:4.0%} {one_line(double.one)}  {one_line(double.other)}: {why}")
    if not found:
        click.echo("No two customers are probably one person.")


# Customers -----------------------------------------------------------------------------------------------------------


def customers_index(path: Path, folder: Path | None, complain: Callable[[str], None]) -> Index:
    """The customers of a file, from the index saved in `folder` if it was made of this very file."""
    note: dict[str, Any] = {}
    if folder is not None:
        note = {"customers": _digest(path)}
        if (saved := Index.load(folder, note)) is not None:
            return saved
        _check_place(folder)
    broken = 0

    def good() -> Iterator[Any]:
        nonlocal broken
        with progress(
            "Indexed", "customers", None if path.suffix.lower() in leniently.PARQUET else _size(path)
        ) as show:
            for one, size in leniently.customers(path):
                if isinstance(one, BadRecord):
                    broken += 1
                    complain(str(one))
                else:
                    show(1, size)
                    yield one

    table = build(good())
    if folder is not None and not broken:  # a file that is broken is told of each time
        table.save(folder, note)
        return Index.load(folder, note) or table
    return table


def _digest(path: Path) -> str:
    import hashlib

    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, sha256).hexdigest()
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def _check_place(folder: Path) -> None:
    """An index replaces what its folder holds, so that must be an index, or nothing."""
    if folder.is_file() or (folder.is_dir() and any(folder.iterdir()) and not (folder / "index.json").is_file()):
        raise Misconfigured(f"{folder} is no saved index: name a new folder with --index.")


def _size(path: Path) -> int | None:
    with suppress(OSError):
        return path.stat().st_size
    return None


# Mentions ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Heard:
    author: Author
    mentions: list[tuple[int, str]]
    texts: list[str]


def linked(
    file: IO[bytes],
    table: Index,
    scratch: Path,
    complain: Callable[[str], None],
    to_terminal: bool = False,
    cuts: Cuts = USUAL,
) -> Iterator[Row]:
    """The lines of links.csv, in the order of the mentions."""
    size = _rest(file)
    parts = PARTS_OF_A_PIPE if size is None else max(1, -(-size // PART))
    with progress("Read", "mentions", size, to_terminal) as show:
        read_in = _read(file, complain, show)
        held = _grouped(read_in) if parts == 1 else None
        if held is None:
            _part(read_in, scratch, parts)
    with progress("Linked", "authors", None, to_terminal) as show:
        if held is not None:
            yield from _judge(held.values(), table, None, show, cuts)[0]
            return
        prior: float | None = None
        runs = []
        for n in range(parts):
            rows, prior = _judge(_grouped(_read_part(scratch / f"{n}")).values(), table, prior, show, cuts)
            (scratch / f"{n}").unlink(missing_ok=True)
            runs.append(_save_run(rows, scratch / f"run{n}"))
        yield from heapq.merge(*(_load_run(run) for run in runs), key=itemgetter(0))


def _rest(file: IO[bytes]) -> int | None:
    with suppress(OSError, ValueError):
        if file.seekable():
            return os.fstat(file.fileno()).st_size - file.tell()
    return None


Heard = tuple[int, str, str, Author, str]
"""A mention: its number, its id, the key of its author, the author, the text."""


def _read(file: IO[bytes], complain: Callable[[str], None], show: Callable[[int, int], None]) -> Iterator[Heard]:
    number = 0
    while raw := file.readline(LONGEST_LINE):
        number += 1
        show(1, len(raw))
        if not raw.endswith(b"\n") and len(raw) == LONGEST_LINE:
            while (rest := file.readline(LONGEST_LINE)) and not rest.endswith(b"\n"):
                pass
            complain(f"line {number} of the mentions: it is longer than {LONGEST_LINE >> 20} MB")
            continue
        if not raw.strip():
            continue
        try:
            text = raw.decode()
        except UnicodeDecodeError:
            complain(f"line {number} of the mentions: it is not UTF-8; what is broken of it is passed over")
            text = raw.decode(errors="replace")
        try:
            yield _heard(number, json.loads(text.removeprefix("\ufeff")))
        except (ValueError, RecursionError):
            complain(f"line {number} of the mentions: it is no JSON object")
        except BadRecord as error:
            complain(f"line {number} of the mentions: {error}")


def _heard(number: int, row: Any) -> Heard:
    if not isinstance(row, dict):
        raise BadRecord("it is no JSON object")
    name = _text(row.get("id"))
    if not name:
        raise BadRecord("id is missing")
    told = row.get("author")
    if not isinstance(told, dict):
        raise BadRecord("author is missing")
    platform = _text(row.get("platform")).strip().lower()
    handle, known = _text(told.get("handle")).strip(), _text(told.get("id")).strip()
    author = Author(
        platform,
        known.removeprefix(f"{platform}:"),
        handle,
        _text(told.get("display_name")),
        _text(told.get("bio"))[:LONGEST_BIO],
        _text(told.get("location")),
        _text(told.get("url")),
    )
    key = f"{platform}:{known}" if known else f"{platform}@{handle.lower()}" if handle else f"#{number}"
    return number, name, key, author, _text(row.get("text"))[:LONGEST_TEXT]


def _text(value: Any) -> str:
    """A field as text. Halves of characters, which JSON can hold, cannot be looked up or written."""
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _grouped(mentions: Iterable[Heard]) -> dict[str, _Heard]:
    """By author, in the order in which they are first heard. What an account says of itself last counts."""
    found: dict[str, _Heard] = {}
    for number, name, key, author, text in mentions:
        one = found.get(key)
        if one is None:
            one = found[key] = _Heard(author, [], [])
        one.author = author
        one.mentions.append((number, name))
        if text and len(one.texts) < 50 and ("@" in text or any(map(str.isdecimal, text))):
            one.texts.append(text)
    return found


def _part(mentions: Iterable[Heard], scratch: Path, parts: int) -> None:
    files = [(scratch / f"{n}").open("w", encoding="utf-8") for n in range(parts)]
    try:
        for number, name, key, a, text in mentions:
            row = [
                number,
                name,
                key,
                a.platform,
                a.external_id,
                a.handle,
                a.display_name,
                a.bio,
                a.location,
                a.url,
                text,
            ]
            files[zlib.crc32(key.encode()) % parts].write(json.dumps(row) + "\n")
    finally:
        for file in files:
            file.close()


def _read_part(path: Path) -> Iterator[Heard]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            number, name, key, *about, text = json.loads(line)
            yield number, name, key, Author(*about), text


def _judge(
    heard: Iterable[_Heard], table: Index, prior: float | None, show: Callable[[int, int], None], cuts: Cuts
) -> tuple[list[Row], float]:
    """The rows of these authors' mentions in order, and the share of customers that was assumed."""
    heard = list(heard)
    rows: list[Row] = []
    begun = 0

    def people() -> Iterator[Person]:
        for one in heard:
            yield read(one.author, one.texts)

    assumed = prior
    for batch in link_all(people(), table, prior, cuts=cuts):
        assumed = batch.prior
        for n, decisions in batch.decisions.items():
            tail = [
                (table.id(d.customer), f"{d.probability:.4f}", "linked" if d.linked else "possible") for d in decisions
            ]
            for number, name in heard[begun + n].mentions:
                rows.append((number, _csv([(name, *one) for one in tail])))
        begun += len(batch.people)
        show(len(batch.people), 0)
    rows.sort(key=itemgetter(0))
    return rows, assumed if assumed is not None else 0.2


def _csv(rows: Iterable[tuple[str, ...]]) -> str:
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _save_run(rows: Iterable[Row], path: Path) -> Path:
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)
    return path


def _load_run(path: Path) -> Iterator[Row]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            number, text = json.loads(line)
            yield number, text
