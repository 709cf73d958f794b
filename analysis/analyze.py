"""Judging any file of texts, a line at a time: the pure part of `sunwai analyze`."""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from itertools import islice
from typing import Any

import msgspec

from analysis.judge import Subject, judge
from analysis.urgency import rounded
from analysis.words import brand_names, may_name
from core.assessment import Assessment
from core.brand import Brand

BATCH = 2_048
NO_TIME = datetime(1970, 1, 1, tzinfo=UTC)
"""Rows carry no time of judgement, so that the same file gives the same rows."""

JSON_LINES = 'what is read is JSON Lines, an object such as {"id": "1", "text": "a post"} on each line'

Row = dict[str, Any]


def analyze(lines: Iterable[bytes | str], brands: Sequence[Brand] = (), first: int = 1) -> Iterator[Row]:
    """Judge each JSON line, in order, in constant memory; blank lines are passed over. `first` is the first line's number.

    In: `id`, `text`; optional `lang`, `author_followers`, `source`, `created_at`, `brand` (a key or a name; without it
    the first of `brands` that the text names, else the first). Out: `id`, `language`, `sentiment`, `is_complaint`,
    `intent`, `urgency`, `department`, and `needs_review` where a person should look because we cannot judge the language.
    A line that cannot be judged gives {`id`, `error`}.
    """
    rows = (read_row(line, number) for number, line in enumerate(lines, first) if line.strip())
    while batch := list(islice(rows, BATCH)):
        good = [row for row in batch if "error" not in row]
        judged = iter(judge([subject_of(row, brands) for row in good], NO_TIME))
        for row in batch:
            yield row if "error" in row else _written(row["id"], next(judged))


_DECODE, _ENCODE = msgspec.json.Decoder().decode, msgspec.json.Encoder().encode
"""Many times as fast as `json`, and stricter, so that one has the last word: half a surrogate pair is JSON, but no UTF-8."""


def as_lines(rows: Iterable[Row]) -> tuple[bytes, int, int]:
    """Rows as they are written, a JSON object a line; how many there are, and how many of them are errors."""
    lines, wrong = [], 0
    for row in rows:
        wrong += "error" in row
        try:
            lines.append(_ENCODE(row))
        except UnicodeEncodeError:
            lines.append(json.dumps(row, separators=(",", ":")).encode())
    return b"".join([line + b"\n" for line in lines]), len(lines), wrong


def read_row(line: bytes | str, number: int) -> Row:
    """The row of one line, checked; or an error row in words for whoever made the file."""
    try:
        row = _decoded(line)
    except UnicodeDecodeError:
        return {"id": None, "error": f"line {number} is not UTF-8"}
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"line {number} is not JSON: {_why(error)}"}
    if not isinstance(row, dict):
        return {"id": None, "error": f"line {number} is not a JSON object"}
    id = row.get("id")
    if not isinstance(id, (str, int)) or isinstance(id, bool):
        return {"id": None, "error": f"line {number} has no 'id'"}
    if not isinstance(row.get("text"), str):
        return {"id": id, "error": "'text' is missing" if row.get("text") is None else "'text' must be a string"}
    followers = row.get("author_followers")
    if followers is not None and (not isinstance(followers, int) or isinstance(followers, bool) or followers < 0):
        return {"id": id, "error": "'author_followers' must be a whole number, 0 or more"}
    for name in ("lang", "brand"):
        if row.get(name) is not None and not isinstance(row[name], str):
            return {"id": id, "error": f"'{name}' must be a string"}
    return row


def _why(error: Exception) -> str:
    """Why a line is not JSON; where in it, by its column alone, for the parser knows nothing of other lines."""
    told = f"{error.msg}, column {error.pos + 1}" if isinstance(error, json.JSONDecodeError) else str(error)
    return told[:120]


def looks_like_csv(line: bytes) -> bool:
    """Whether the first line of a file reads as the names of columns."""
    return _HEADER.fullmatch(line.decode("utf-8-sig", "replace").strip()) is not None


_HEADER = re.compile(r'"?[\w .#-]+"?(?:[,;\t]"?[\w .#-]*"?)+')


def _decoded(line: bytes | str) -> Any:
    try:
        return _DECODE(line)
    except (msgspec.MsgspecError, UnicodeError, RecursionError):
        return json.loads(line if isinstance(line, str) else line.decode("utf-8-sig"))


def subject_of(row: Row, brands: Sequence[Brand]) -> Subject:
    """What a checked row gives to judge."""
    return Subject(str(row["id"]), row["text"], _brand(row, brands), row.get("lang") or "", row.get("author_followers"))


def _brand(row: Row, brands: Sequence[Brand]) -> Brand | None:
    """The brand that the row is about: named in the row, else in its text, else the first of the settings."""
    if name := row.get("brand"):
        for brand in brands:
            if name.lower() in (brand.key.lower(), brand.name.lower()):
                return brand
        return _brand_named(name)
    text = row["text"][:4000]
    for brand in brands:
        if may_name(brand, text) and (names := brand_names(brand)) is not None and names.search(text):
            return brand
    return next(iter(brands), None)


@lru_cache(maxsize=256)
def _brand_named(name: str) -> Brand:
    return Brand(name, name, (name,))


def _written(id: str | int, judged: Assessment) -> Row:
    sentiment, urgency = judged.sentiment, judged.urgency
    row: Row = {
        "id": id,
        "language": judged.language,
        "sentiment": {"label": sentiment.label, "score": rounded(sentiment.score, 4), "engine": sentiment.engine},
        "is_complaint": judged.is_complaint,
        "intent": judged.intent,
        "urgency": {
            "priority": urgency.priority.name,
            "score": urgency.score,
            "reasons": [{"signal": r.signal, "weight": r.weight, "text": r.text} for r in urgency.reasons],
        },
        "department": judged.department,
    }
    return row | {"needs_review": True} if judged.needs_review else row
