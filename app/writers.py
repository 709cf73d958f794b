"""Writing rows into a file as they come: CSV, JSON Lines, Parquet and Excel workbooks, in the memory of one batch.

Strangers wrote the cells. What a spreadsheet could run as a formula is led by an apostrophe in CSV, and marked as words in
a workbook, where a text is never run in the first place.
"""

import csv
import io
import json
import re
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any, Literal, Protocol

Format = Literal["csv", "parquet", "jsonl", "xlsx"]
Row = dict[str, Any]

FORMULA = tuple("=+-@＝＋－＠")
"""A cell that begins so is run by spreadsheets as a formula (OWASP, CSV injection), and strangers wrote the cells."""
_NEXT_CELL = re.compile(rf"(?<=[;\t\r\n])(?= *[{re.escape(''.join(FORMULA))}])")
LONGEST_CELL, MOST_LINES = 32_767, 1_048_576
"""Characters of a cell, and lines of a sheet, that Excel can hold."""


class Writer(Protocol):
    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None: ...

    def rows(self, batch: Sequence[Row]) -> None: ...

    def close(self) -> None: ...


class Csv:
    """UTF-8 with a header. Text that a spreadsheet would run as a formula is led by an apostrophe."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        self._columns = columns
        self._out = out
        self._write([list(columns)])

    def rows(self, batch: Sequence[Row]) -> None:
        self._write([self._cell(row.get(name)) for name in self._columns] for row in batch)

    def close(self) -> None:
        pass

    def _write(self, lines: Iterable[list[Any]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(lines)
        self._out.write(text.getvalue().encode())

    def _cell(self, value: Any) -> Any:
        if isinstance(value, str):
            return defused(value)
        if isinstance(value, bool):
            return "true" if value else "false"
        return defused(_json(value)) if isinstance(value, list) else _plain(value)


class JsonLines:
    """One JSON object a line, UTF-8."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        self._columns = columns
        self._out = out

    def rows(self, batch: Sequence[Row]) -> None:
        lines = (_json({name: _plain(row.get(name)) for name in self._columns}) + "\n" for row in batch)
        self._out.write("".join(lines).encode())

    def close(self) -> None:
        pass


class Parquet:
    """Typed columns, times in UTC to the microsecond."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        import pyarrow  # type: ignore[import-untyped]
        import pyarrow.parquet  # type: ignore[import-untyped]

        types = {
            str: pyarrow.string(),
            list: pyarrow.string(),
            int: pyarrow.int64(),
            float: pyarrow.float64(),
            bool: pyarrow.bool_(),
            datetime: pyarrow.timestamp("us", tz="UTC"),
            date: pyarrow.date32(),
        }
        self._make = pyarrow.RecordBatch.from_pylist
        self._schema = pyarrow.schema([(name, types[kind]) for name, kind in columns.items()])
        self._writer = pyarrow.parquet.ParquetWriter(out, self._schema, compression="zstd")
        self._lists = [name for name, kind in columns.items() if kind is list]

    def rows(self, batch: Sequence[Row]) -> None:
        for row in batch:
            row |= {name: _json(row[name]) for name in self._lists}
        self._writer.write_batch(self._make(batch, schema=self._schema))

    def close(self) -> None:
        self._writer.close()


class Xlsx:
    """An Excel workbook: times in UTC, a frozen line of headings, as many sheets as the rows need. Longer cells are cut."""

    def __init__(self, out: IO[bytes], columns: dict[str, type]) -> None:
        import xlsxwriter  # type: ignore[import-untyped]

        never = dict.fromkeys(("strings_to_formulas", "strings_to_urls", "strings_to_numbers"), False)
        self._book = xlsxwriter.Workbook(out, {"constant_memory": True, **never})
        self._bold = self._book.add_format({"bold": True, "bottom": 1})
        self._words = self._book.add_format({"quote_prefix": True})
        self._formats = {
            datetime: self._book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            date: self._book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        self._columns = columns
        self._next_sheet()

    def rows(self, batch: Sequence[Row]) -> None:
        for row in batch:
            if self._line >= MOST_LINES:
                self._next_sheet()
            for place, (name, kind) in enumerate(self._columns.items()):
                self._write(place, row.get(name), kind)
            self._line += 1

    def close(self) -> None:
        self._book.close()

    def _next_sheet(self) -> None:
        self._sheet = self._book.add_worksheet()
        for place, kind in enumerate(self._columns.values()):
            self._sheet.set_column(place, place, 19 if kind is datetime else 12 if kind in (int, float, bool) else 24)
        self._sheet.freeze_panes(1, 0)
        for place, name in enumerate(self._columns):
            self._sheet.write_string(0, place, name, self._bold)
        self._line = 1

    def _write(self, place: int, value: Any, kind: type) -> None:
        sheet, line = self._sheet, self._line
        if value is None:
            return
        if kind in (datetime, date) and value.year >= 1900:  # Excel knows no day before
            plain = value.astimezone(UTC).replace(tzinfo=None) if isinstance(value, datetime) else value
            sheet.write_datetime(line, place, plain, self._formats[kind])
        elif kind is bool:
            sheet.write_boolean(line, place, bool(value))
        elif kind in (int, float):
            sheet.write_number(line, place, value)
        else:
            text = (_json(value) if isinstance(value, list) else str(_plain(value)))[:LONGEST_CELL]
            sheet.write_string(line, place, text, self._words if defused(text) != text else None)


WRITERS: dict[Format, type[Writer]] = {"csv": Csv, "jsonl": JsonLines, "parquet": Parquet, "xlsx": Xlsx}


def defused(text: str) -> str:
    """`text`, with an apostrophe wherever a spreadsheet would take what follows for a formula: at its beginning, and after
    what parts cells where others than commas do. Excel reads a CSV by the machine's language: with semicolons in Turkish
    and most of Europe, and quotes in the middle of a line do not keep them together."""
    begins = text.lstrip().startswith(FORMULA) or text.startswith(("\t", "\r", "\n"))
    return _NEXT_CELL.sub("'", f"'{text}" if begins else text)


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    return value.isoformat() if isinstance(value, date) else value
