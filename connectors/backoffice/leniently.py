"""Customers from a CSV or Parquet file of which as much as possible is to be used, as `sunwai link` does.

A missing column is empty, an entry of a list that cannot be read is left out, broken bytes are passed over, and each is told
with its line; only a row without an id, or with too many fields, is lost. (An import is strict instead: see `customers`.)
"""

import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from connectors.backoffice.customers import CUSTOMER_COLUMNS, customer
from connectors.backoffice.table import LONGEST_FIELD, Row, parquet_rows
from core.customer import Customer
from core.errors import BadRecord, Misconfigured

MOST_LINES = 200
"""Lines of one row: what is longer is a quote that was never closed."""
PARQUET = (".parquet", ".pq")
_EMPTY = dict.fromkeys(CUSTOMER_COLUMNS, "")


def customers(path: Path) -> Iterator[tuple[Customer | BadRecord, int]]:
    """Each customer of a file, or what is wrong with a line, beside the bytes that were read since the one before.

    Raises Misconfigured where the file cannot be read, or its header names no customer_id.
    """
    is_parquet = path.suffix.lower() in PARQUET
    for row, size in _parquet_rows(path) if is_parquet else lenient_rows(path, "customer_id"):
        if isinstance(row, BadRecord):
            yield row, size
            continue
        try:
            yield customer(_EMPTY | row.values), size
        except BadRecord as error:
            yield BadRecord(f"{row.where}: {error}"), size
            if row.values["customer_id"]:
                yield customer(_EMPTY | _readable(row.values)), 0


def _parquet_rows(path: Path) -> Iterator[tuple[Row | BadRecord, int]]:
    """The rows of a Parquet file. Where in the file each came from is not known: they count as of one size."""
    others = [column for column in CUSTOMER_COLUMNS if column != "customer_id"]
    rows = parquet_rows(path, ["customer_id"], others)
    return ((row, 0) for row in rows)


def _readable(row: dict[str, str]) -> dict[str, str]:
    """A row without the entries that cannot be read."""
    kept = dict(row)
    for column in ("handles", "account_ids", "lifetime_value"):
        kept[column] = ";".join(entry for entry in row.get(column, "").split(";") if _is_readable(column, entry))
    return kept


def _is_readable(column: str, entry: str) -> bool:
    try:
        customer(_EMPTY | {"customer_id": "1", column: entry})
    except BadRecord:
        return False
    return True


def lenient_rows(path: Path, needed: str) -> Iterator[tuple[Row | BadRecord, int]]:
    """The rows of a CSV file as far as they can be read, each with the bytes since the one before; only the column `needed`
    must be there.

    Bytes that are no UTF-8 are told and read as U+FFFD. A quote that is never closed costs its own line, not the file: the
    lines that it swallowed are read again.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open("rb") as file:
            source = _Lines(file)
            first = source.header()
            if not first.strip():
                raise Misconfigured(f"{path} is empty: its first line must name the columns, {needed} among them.")
            delimiter = max(",;\t", key=first.count)
            header = [name.strip().lower() for name in next(csv.reader([first], delimiter=delimiter))]
            if needed not in header:
                raise Misconfigured(f"{path} has no column '{needed}': its first line must name the columns.")
            yield from _lenient(source, header, delimiter, path.name)
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None


class _Lines:
    """A file's lines as text, with a memory of those of the row in hand."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self._again: deque[tuple[int, str]] = deque()
        self._read = 0
        self.row: list[tuple[int, str]] = []
        self.size = 0
        self.broken: list[int] = []

    def header(self) -> str:
        self._read = 1
        raw: bytes = self._file.readline(LONGEST_FIELD)
        self.size += len(raw)
        return raw.decode("utf-8-sig", errors="replace")

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        if len(self.row) > MOST_LINES:
            raise StopIteration
        if self._again:
            line = self._again.popleft()
        else:
            raw = self._file.readline(LONGEST_FIELD)
            if not raw:
                raise StopIteration
            self.size += len(raw)
            self._read += 1
            try:
                text = raw.decode()
            except UnicodeDecodeError:
                self.broken.append(self._read)
                text = raw.decode(errors="replace")
            line = (self._read, text)
        self.row.append(line)
        return line[1]

    def again(self) -> None:
        """Read what the row in hand took beyond its first line once more."""
        self._again.extendleft(reversed(self.row[1:]))


def _lenient(source: _Lines, header: list[str], delimiter: str, name: str) -> Iterator[tuple[Row | BadRecord, int]]:
    while True:
        source.row = []
        reader = csv.reader(source, delimiter=delimiter, strict=True)
        while True:  # one reader for as long as nothing goes wrong
            source.row = []
            try:
                fields = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield BadRecord(f"line {source.row[0][0]} of {name}: it is no CSV ({error})"), 0
                source.again()
                break
            for number in source.broken:
                yield BadRecord(f"line {number} of {name}: it is not UTF-8; what is broken of it is passed over"), 0
            source.broken.clear()
            size, source.size = source.size, 0
            if not any(fields):
                continue
            where = f"line {source.row[0][0]} of {name}"
            if len(fields) > len(header):
                yield BadRecord(f"{where}: it has {len(fields)} fields where the header has {len(header)}"), size
                if len(source.row) > 1:
                    source.again()
                    break
                continue
            if len(fields) < len(header):
                yield BadRecord(f"{where}: it has {len(fields)} fields where the header has {len(header)}"), 0
                if len(source.row) > 1:
                    source.again()
                    break
            values = {column: field.strip().replace("\0", "") for column, field in zip(header, fields, strict=False)}
            yield Row(where, values), size
