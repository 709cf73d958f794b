"""Rows of text from a CSV or Parquet file or a SQL query, one by one, so that a table of any size needs the same memory.

What is wrong with the whole (no file, a missing column, bytes that are no text, a query that is refused) raises
`Misconfigured` in one sentence. What is wrong with one row is a `BadRecord` in its place, and the rest goes on.
"""

import codecs
import csv
import difflib
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from pydantic import SecretStr

from core.errors import BadRecord, Misconfigured, RetryLater

if TYPE_CHECKING:
    from sqlalchemy import Engine

LONGEST_FIELD = 1_000_000
"""Characters. A quote that is opened and never closed swallows the rest of the file into one field."""

LONGEST_NAME = 400
"""Characters of what rows are found by; a database's index holds no longer ones."""

Made = TypeVar("Made")


class Row(NamedTuple):
    """One row by column name; `where` is what a person looks for: "line 7 of customers.csv"."""

    where: str
    values: dict[str, str]


def made(rows: Iterable[Row | BadRecord], make: Callable[[dict[str, str]], Made]) -> Iterator[Made | BadRecord]:
    """What `make` builds of each row, or a BadRecord that says where and why it cannot."""
    for row in rows:
        if isinstance(row, BadRecord):
            yield row
            continue
        try:
            yield make(row.values)
        except BadRecord as error:
            yield BadRecord(f"{row.where}: {error}", row.values)


def csv_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row | BadRecord]:
    """The rows of a CSV file that has these columns, in any order; other columns are passed over, blank lines too. A column
    of `optional` that is not there is empty.

    Read are UTF-8, and UTF-16 where the file says so; commas, semicolons or tabs, whichever the header uses. Older
    encodings are refused: a guess between two of them would spoil names without a word.
    """
    csv.field_size_limit(LONGEST_FIELD)
    try:
        with path.open(encoding=_encoding(path), newline="") as file:
            first = file.readline(LONGEST_FIELD)
            if not first.strip():
                raise Misconfigured(f"{path} is empty: its first line must name the columns {', '.join(columns)}.")
            file.seek(0)
            reader = csv.reader(file, delimiter=max(",;\t", key=first.count), strict=True)
            yield from _csv_rows(reader, path, columns, optional)
    except FileNotFoundError:
        raise Misconfigured(f"There is no file {path}.") from None
    except UnicodeError:
        raise Misconfigured(f"{path} is not UTF-8 text: save it as 'CSV UTF-8' and try again.") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def _csv_rows(reader: Any, path: Path, columns: Sequence[str], optional: Sequence[str]) -> Iterator[Row | BadRecord]:
    try:
        header = [name.strip().lower() for name in next(reader)]
    except csv.Error as error:
        raise Misconfigured(f"{path} is no CSV file: its first line cannot be read ({error}).") from None
    _check_columns(header, columns, optional, str(path))
    while True:
        try:
            fields = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield BadRecord(f"line {reader.line_num} of {path.name}: it is no CSV ({error})")
            continue
        if not any(fields):
            continue
        where = f"line {reader.line_num} of {path.name}"
        if len(fields) != len(header):
            yield BadRecord(f"{where}: it has {len(fields)} fields where the header has {len(header)}", fields)
        else:
            yield _row(where, dict(zip(header, fields, strict=True)), (*columns, *optional))


def parquet_rows(path: Path, columns: Sequence[str], optional: Sequence[str] = ()) -> Iterator[Row | BadRecord]:
    """The rows of a Parquet file that has these columns, as `csv_rows` reads those of a CSV file. A column may be of any
    simple type, or a list of one, which becomes `a;b`; what is null or not a number is empty.

    Read a thousand rows at a time through a small buffer, so that row groups of any size need the same memory; else Arrow
    would hold each whole.
    """
    import pyarrow  # type: ignore[import-untyped]
    import pyarrow.parquet  # type: ignore[import-untyped]

    try:
        with pyarrow.parquet.ParquetFile(path, pre_buffer=False, buffer_size=1 << 16) as file:
            named = {name: name.strip().lower() for name in file.schema_arrow.names}
            _check_columns(list(named.values()), columns, optional, str(path))
            wanted = [name for name, plain in named.items() if plain in (*columns, *optional)]
            number = 0
            for batch in file.iter_batches(1000, columns=wanted):
                for values in _decoded(batch):
                    number += 1
                    where = f"row {number} of {path.name}"
                    if isinstance(values, UnicodeDecodeError):
                        yield BadRecord(f"{where}: it is not UTF-8 text")
                    else:
                        fields = {named[name]: _text(value) for name, value in values.items()}
                        yield _row(where, fields, (*columns, *optional))
    except FileNotFoundError:
        raise Misconfigured(f"There is no file {path}.") from None
    except (pyarrow.ArrowException, OSError) as error:
        raise Misconfigured(f"{path} cannot be read as Parquet: {_first_line(error)}.") from None


def _decoded(batch: Any) -> Iterator[dict[str, Any] | UnicodeDecodeError]:
    """The rows of an Arrow batch; in place of one that holds bytes that are no text, the error."""
    try:
        yield from batch.to_pylist()
    except UnicodeDecodeError as error:
        if batch.num_rows == 1:
            yield error
        else:
            for n in range(batch.num_rows):
                yield from _decoded(batch.slice(n, 1))


def sql_rows(
    address: SecretStr,
    query: str,
    columns: Sequence[str],
    key: str = "customers.sql",
    variable: str = "CUSTOMERS_DATABASE_URL",
    optional: Sequence[str] = (),
) -> Iterator[Row | BadRecord]:
    """The rows that a query answers, which must have these columns; a list in one (PostgreSQL's arrays) becomes `a;b`.

    `key` is the setting that holds the query, and `variable` the one that holds the address: errors name them. The query
    runs in a transaction that may only read, and its answer stays on the server but for the batch in hand.
    Raises RetryLater where the database does not answer.
    """
    from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

    engine = _engine(address, variable)
    try:
        with engine.connect() as connection:
            if engine.dialect.name == "postgresql":
                connection = connection.execution_options(postgresql_readonly=True)
            elif engine.dialect.name == "sqlite":
                connection.exec_driver_sql("PRAGMA query_only=ON")
            elif engine.dialect.name in ("mysql", "mariadb"):
                connection.exec_driver_sql("SET TRANSACTION READ ONLY")
            connection = connection.execution_options(stream_results=True, yield_per=1000, no_parameters=True)
            answer = connection.exec_driver_sql(query.strip().rstrip(";"))
            if not answer.returns_rows:
                raise Misconfigured(f"{key} answers no rows: it must be one SELECT.")
            header = [name.lower() for name in list(answer.keys())]
            _check_columns(header, columns, optional, f"the answer of {key}")
            for number, values in enumerate(answer, 1):
                fields = {name: _text(value) for name, value in zip(header, values, strict=True)}
                yield _row(f"row {number} of {key}", fields, (*columns, *optional))
    except (OperationalError, InterfaceError) as error:
        if getattr(error.orig, "sqlstate", None) or engine.dialect.name == "sqlite":  # it answered, and said no
            raise Misconfigured(f"{key} is refused: {_first_line(error)}.") from None
        raise RetryLater(f"The database of {variable} does not answer: {_first_line(error)}.") from None
    except DBAPIError as error:
        raise Misconfigured(f"{key} is refused: {_first_line(error)}.") from None
    finally:
        engine.dispose()


def short(row: dict[str, str], column: str) -> str:
    """A value that must be there, and is short enough to be found by. Raises BadRecord, naming the column."""
    if not row[column]:
        raise BadRecord(f"{column} is empty")
    if len(row[column]) > LONGEST_NAME:
        raise BadRecord(f"{column} is longer than {LONGEST_NAME} characters")
    return row[column]


def parts(text: str) -> tuple[str, ...]:
    """The entries of a list that is written `a;b`."""
    return tuple(entry.strip() for entry in text.split(";") if entry.strip())


def moment(text: str, column: str) -> datetime | None:
    """A time in ISO 8601, aware UTC; UTC where it names no zone, None where it is empty. Raises BadRecord, naming it."""
    if not text:
        return None
    try:
        at = datetime.fromisoformat(text)
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (ValueError, OverflowError):
        raise BadRecord(f"{column} is not a date, such as 2026-11-21T09:30:00Z") from None


def _engine(address: SecretStr, variable: str) -> "Engine":
    from sqlalchemy import create_engine, make_url
    from sqlalchemy.exc import ArgumentError, NoSuchModuleError
    from sqlalchemy.pool import NullPool

    try:
        url = make_url(address.get_secret_value())
        if url.drivername in ("postgres", "postgresql"):
            url = url.set(drivername="postgresql+psycopg")
        return create_engine(url, poolclass=NullPool)
    except (ArgumentError, NoSuchModuleError):
        raise Misconfigured(
            f"{variable} is not a database address; write it as postgresql://user:password@host/name."
        ) from None
    except ModuleNotFoundError as error:
        raise Misconfigured(f"{variable} needs the Python package {error.name}: install it beside Sunwai.") from None


def _check_columns(header: Sequence[str], columns: Sequence[str], optional: Sequence[str], what: str) -> None:
    """Every column must be there, though it may be empty: a mistyped one would otherwise be missed without a word. So would
    an optional one, where another's name looks much like it."""
    unknown = [name for name in header if name not in (*columns, *optional)]
    for name in (*columns, *optional):
        if name not in header:
            near = difflib.get_close_matches(name, unknown, n=1, cutoff=0.6 if name in columns else 0.8)
            if near or name in columns:
                hint = f"is '{near[0]}' meant?" if near else f"it needs {', '.join(columns)}."
                raise Misconfigured(f"{what} has no column '{name}'; {hint}")


def _row(where: str, fields: dict[str, str], columns: Sequence[str]) -> Row | BadRecord:
    values = {name: fields.get(name, "").strip() for name in columns}
    if any("\0" in value for value in values.values()):
        return BadRecord(f"{where}: it holds a NUL character", values)
    return Row(where, values)


def _text(value: Any) -> str:
    if value is None or value != value:  # a float that is not a number
        return ""
    if isinstance(value, bytes):
        return value.decode(errors="replace")
    if isinstance(value, list | tuple | set):
        return ";".join(_text(one) for one in value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _encoding(path: Path) -> str:
    with path.open("rb") as file:
        start = file.read(2)
    return "utf-16" if start in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE) else "utf-8-sig"


def _first_line(error: Exception) -> str:
    return str(getattr(error, "orig", error)).strip().splitlines()[0].rstrip(".")
