"""Replay: mentions from a JSONL file, as exports, tests and other tools write them.

Each line is an object: `id` and `text` must be there; `platform` ("replay" unless set), `created_at` (ISO 8601 with its
zone; else when it is heard), `author` {`id`, `handle`, `display_name`, `bio`, `location`, `url`, `followers`,
`verified`}, `url`, `kind`, `title`, `quoted_text`, `place`, `lang`, `conversation_id`, `parent_id`, `edited_at`, `metrics`
{`likes`, `replies`, `shares`, `views`} and `brand` (whose mention it is, named or not) are read if present.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO, Literal, get_args

from pydantic import Field

from connectors.social.match import matches
from connectors.social.source import SourceTable, read_table
from core.errors import BadRecord, Misconfigured
from core.mention import Author, BrandQuery, Charge, Cursor, Heard, Kind, Mention, Metrics, Page, Rejected, Stream
from core.settings import Environment, Settings

LONGEST_LINE = 1_000_000
"""Bytes. A longer line is set aside by its beginning."""

KEPT_OF_A_BAD_LINE = 20_000


class ReplayTable(SourceTable):
    """`[sources.replay]`: the file. `match = "all"` hears every line, for all brands. A page has `page_size` lines."""

    path: Path
    match: Literal["brand", "all"] = "brand"
    recheck_days: float = Field(0.0, ge=0)
    page_size: int = Field(500, ge=1, le=10_000)


def build(name: str, table: Mapping[str, Any], settings: Settings, environment: Environment) -> "ReplayConnector":
    """The connector of `[sources.NAME]`. Raises Misconfigured for a wrong key."""
    return ReplayConnector(name, read_table(ReplayTable, name, table), settings.queries)


class ReplayConnector:
    """The lines of one file, from where we stopped: the cursor is a byte offset, and what the file begins with.

    A file that grows is read on; one that was replaced or cut short is read from its start. A line without its end is left
    for later unless it is whole already. Memory stays the same however long the file is.
    """

    platform = "replay"

    def __init__(self, name: str, table: ReplayTable, queries: Sequence[BrandQuery]) -> None:
        self.name, self.table = name, table
        self._queries = tuple(queries)

    def streams(self) -> Sequence[Stream]:
        return [Stream(str(self.table.path), self._queries)]

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """See `core.mention.Connector.pull`."""
        cursor = cursor or Cursor()
        try:
            file = self.table.path.open("rb")
        except OSError as error:
            raise Misconfigured(
                f"sources.{self.name}.path: {self.table.path} cannot be read ({error.strerror})."
            ) from None
        with file:
            offset = self._start(file, cursor)
            file.seek(offset)
            while True:
                heard, rejected, end = self._read_page(file, stream, offset, now)
                if end == offset and cursor.floor_at is not None:
                    return
                offset = end
                cursor = Cursor(str(offset), now, extra=_identity(file, offset))
                file.seek(offset)
                yield Page(cursor, heard, rejected)

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Nothing: a file cannot be asked."""
        return (), ()

    def _start(self, file: BinaryIO, cursor: Cursor) -> int:
        offset = int(cursor.floor or 0)
        known = dict(cursor.extra)
        return offset if known and known == _identity(file, offset) else 0

    def _read_page(
        self, file: BinaryIO, stream: Stream, offset: int, now: datetime
    ) -> tuple[list[Heard], list[Rejected], int]:
        """(heard, rejected, where to go on)."""
        heard: list[Heard] = []
        rejected: list[Rejected] = []
        for _ in range(self.table.page_size):
            line = file.readline(LONGEST_LINE)
            if not line:
                break
            whole = line.endswith(b"\n")
            if not whole and len(line) == LONGEST_LINE:
                rejected.append(
                    Rejected("a line longer than 1 MB", line[:KEPT_OF_A_BAD_LINE].decode("utf-8", "replace"))
                )
                while line and not line.endswith(b"\n"):
                    line = file.readline(LONGEST_LINE)
            elif line.strip():
                try:
                    row = _row(line)
                    mention = read_row(row, now)
                except BadRecord as broken:
                    if not whole:  # still being written
                        break
                    rejected.append(Rejected(str(broken), line[:KEPT_OF_A_BAD_LINE].decode("utf-8", "replace")))
                else:
                    if answered := self._answered(mention, row, stream):
                        heard.append(Heard(mention, answered, row))
            offset = file.tell()
        return heard, rejected, offset

    def _answered(self, mention: Mention, row: Mapping[str, Any], stream: Stream) -> tuple[BrandQuery, ...]:
        if brand := row.get("brand"):
            return tuple(query for query in stream.queries if query.brand == brand)
        text = f"{mention.title}\n{mention.text}\n{mention.quoted_text}"
        return tuple(query for query in stream.queries if self.table.match == "all" or matches(query, text))


def _identity(file: BinaryIO, offset: int) -> dict[str, Any]:
    """What tells this file from another one at the same path: its first bytes, as far as they were read."""
    size = min(offset, 4096)
    file.seek(0)
    begin = file.read(size)
    whole = len(begin) == size and file.seek(0, 2) >= offset
    return {"begins": hashlib.sha256(begin).hexdigest()[:16], "size": size} if whole else {}


def _row(line: bytes) -> dict[str, Any]:
    try:
        row = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise BadRecord(f"a line that is not JSON: {error}", line) from None
    if not isinstance(row, dict):
        raise BadRecord("a line that is not a JSON object", line)
    return row


def read_row(row: Mapping[str, Any], now: datetime) -> Mention:
    """A row of the file as a mention. Raises BadRecord."""
    try:
        platform, id = str(row.get("platform") or "replay"), str(row["id"])
        if not id or not isinstance(row["text"], str):
            raise ValueError("id and text must be there")
        given = row.get("author") or {}
        kind: Kind = row.get("kind") or "post"
        if kind not in get_args(Kind):
            raise ValueError(f"kind is {kind!r}")
        counts = row.get("metrics") or {}
        author = Author(
            platform=platform,
            external_id=str(given.get("id") or given.get("handle") or f"anonymous:{id}"),
            **{field: str(given.get(field) or "") for field in ("handle", "display_name", "bio", "location", "url")},
            followers=int(given["followers"]) if given.get("followers") not in (None, "") else None,
            verified=bool(given.get("verified")),
        )
        text = ("url", "title", "quoted_text", "place", "lang", "conversation_id", "parent_id")
        return Mention(
            platform=platform,
            external_id=id,
            author=author,
            text=row["text"],
            created_at=_time(row.get("created_at")) or now,
            kind=kind,
            edited_at=_time(row.get("edited_at")),
            metrics=Metrics(**{name: counts.get(name) for name in ("likes", "replies", "shares", "views")}),
            **{field: str(row.get(field) or "") for field in text},
        )
    except KeyError as error:
        raise BadRecord(f"a line without {error}", row) from None
    except (TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadRecord(f"a line that cannot be read: {error}", row) from None


def _time(value: Any) -> datetime | None:
    """An ISO 8601 time, or None where none is given; without a zone it is UTC. Raises ValueError for anything else."""
    if value in (None, ""):
        return None
    found = datetime.fromisoformat(str(value))
    return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)
