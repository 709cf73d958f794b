"""Help articles, as a help centre hands them out: a CSV file, JSONL (one object a line), or the answer of a SQL query.

Columns, or keys: `id, language, title, text`, each with a value, and `url, updated_at`, which may be left out. `language` is
`en`, `hi`, `hi-Latn`, `tr` or another ISO 639-1 code; translations of an article share its `id`. `text` is plain; tags of
HTML are taken out.
"""

import json
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from connectors.backoffice.table import LONGEST_FIELD, Row, csv_rows, made, moment, short, sql_rows
from core.context import Article
from core.errors import BadRecord, Misconfigured

ARTICLE_COLUMNS = ("id", "language", "title", "text")
MORE = ("url", "updated_at")
LONGEST_TEXT = 200_000
"""Characters of an article: a hundred pages. What is longer is a book, or a mistake."""

_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z]{2,8})?")
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_TAG = re.compile(r"<(?:[a-zA-Z/!][^<>]{0,2000})>")


def articles_from_csv(path: Path) -> Iterator[Article | BadRecord]:
    """Each article of a file, or what is wrong with its row. Raises Misconfigured where the file is no such table."""
    return made(csv_rows(path, ARTICLE_COLUMNS, MORE), article)


def articles_from_jsonl(path: Path) -> Iterator[Article | BadRecord]:
    """Each article of a file of JSON objects, one a line. Raises Misconfigured where it is no text."""
    return made(_json_rows(path), article)


def articles_from_sql(address: SecretStr, query: str) -> Iterator[Article | BadRecord]:
    """Each article that a query answers. Raises Misconfigured or, where the database is down, RetryLater."""
    found = sql_rows(address, query, ARTICLE_COLUMNS, "articles.sql", "ARTICLES_DATABASE_URL", MORE)
    return made(found, article)


def article(row: dict[str, str]) -> Article:
    """A row as an article. Raises BadRecord, naming the column."""
    language = row["language"].replace("_", "-")
    if not _LANGUAGE.fullmatch(language):
        raise BadRecord("language is no code, such as en, hi, hi-Latn or tr")
    if not row["text"]:
        raise BadRecord("text is empty")
    if len(row["text"]) > LONGEST_TEXT:
        raise BadRecord(f"text is longer than {LONGEST_TEXT:,} characters")
    if row["url"] and not row["url"].lower().startswith(("https://", "http://")):
        raise BadRecord("url does not begin with https:// or http://")
    return Article(
        id=short(row, "id"),
        language=language,
        title=_plain(short(row, "title")),
        text=_plain(row["text"]),
        url=row["url"],
        updated_at=moment(row["updated_at"], "updated_at"),
    )


def _plain(text: str) -> str:
    """The text without HTML's tags, where it has some."""
    return unescape(_TAG.sub(" ", text)).strip() if _TAG.search(text) else text


def _json_rows(path: Path) -> Iterator[Row | BadRecord]:
    try:
        with path.open(encoding="utf-8-sig") as file:
            for number, line in enumerate(iter(lambda: file.readline(LONGEST_FIELD), ""), 1):
                if line.strip():
                    yield _json_row(line, f"line {number} of {path.name}")
    except FileNotFoundError:
        raise Misconfigured(f"There is no file {path}.") from None
    except UnicodeError:
        raise Misconfigured(f"{path} is not UTF-8 text.") from None
    except OSError as error:
        raise Misconfigured(f"{path} cannot be read: {(error.strerror or str(error)).lower()}.") from None


def _json_row(line: str, where: str) -> Row | BadRecord:
    try:
        found: Any = json.loads(line)
    except (ValueError, RecursionError):
        return BadRecord(f"{where}: it is no JSON")
    if not isinstance(found, dict):
        return BadRecord(f"{where}: it is no JSON object")
    values = {}
    for name in (*ARTICLE_COLUMNS, *MORE):
        value = found.get(name)
        if value is not None and not isinstance(value, str | int):
            return BadRecord(f"{where}: {name} is no text")
        values[name] = "" if value is None else str(value).strip()
    if any(_UNSTORABLE.search(value) for value in values.values()):
        return BadRecord(f"{where}: it holds a character that cannot be stored")
    return Row(where, values)
