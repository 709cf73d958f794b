"""RSS and Atom: blogs, forums and news sites, and their comment feeds, through requests and feedparser."""

import calendar
import hashlib
import io
import json
import logging
import re
import time
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Literal
from urllib.parse import urldefrag, urlsplit
from xml.parsers import expat

import feedparser
import requests
from pydantic import BaseModel, ConfigDict, Field, field_validator

from connectors.social.markup import read_html
from connectors.social.match import matches
from connectors.social.source import HttpSession, SourceTable, raise_if_busy, read_table, unreachable
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import Author, BrandQuery, Charge, Cursor, Gap, Heard, Mention, Page, Rejected, Stream
from core.settings import Environment, Settings

log = logging.getLogger(__name__)

LARGEST = 5_000_000
"""Bytes of a feed, unpacked. A larger one is refused: it is no feed, or it is meant to fill our memory."""

MENDABLE = 300_000
"""Bytes of a feed that is no well-formed XML which feedparser may try to mend: its time grows with their square."""

SLOWEST = 60.0
"""Seconds after which a feed that trickles in is given up."""

_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)


class FeedTable(BaseModel):
    """One feed: its address alone, or a table.

    `match = "all"` hears every entry, for the brands in `brands` (all unless set): a blog or a board about the brand. `kind`
    is what its entries are. `name` is shown to people and must not change, for it names the feed's cursor.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(pattern=r"^https?://")
    name: str = ""
    match: Literal["brand", "all"] = "brand"
    brands: tuple[str, ...] = ()
    kind: Literal["article", "post", "comment"] = "article"


class RssTable(SourceTable):
    """`[sources.rss]`: the feeds to read."""

    feeds: tuple[FeedTable, ...] = Field(min_length=1)
    poll_seconds: float = Field(60.0, ge=1, le=86_400)
    recheck_days: float = Field(0.0, ge=0)

    @field_validator("feeds", mode="before")
    @classmethod
    def _an_address_is_a_feed(cls, feeds: Any) -> Any:
        return (
            [{"url": feed} if isinstance(feed, str) else feed for feed in feeds] if isinstance(feeds, list) else feeds
        )


def build(name: str, table: Mapping[str, Any], settings: Settings, environment: Environment) -> "RssConnector":
    """The connector of `[sources.NAME]`. Raises Misconfigured for a wrong key."""
    read = read_table(RssTable, name, table)
    for number, feed in enumerate(read.feeds):
        if unknown := set(feed.brands) - set(settings.brands):
            raise Misconfigured(f"sources.{name}.feeds.{number}.brands names '{min(unknown)}', which is no brand.")
    names = [feed.name or feed.url for feed in read.feeds]
    if twice := {n for n in names if names.count(n) > 1}:
        raise Misconfigured(f"sources.{name}.feeds has '{min(twice)}' twice: give each feed a name of its own.")
    session = HttpSession(read.timeout_seconds, user_agent="sunwai/0.1 (feed reader)")
    return RssConnector(name, read, session, settings.queries)


class RssConnector:
    """The entries of each feed, one stream per feed.

    A feed shows its newest entries and no more, so each answer is whole: one page. The cursor remembers which entries the
    last answer held and what they said; only new and changed ones are heard. Where none of them was there before, the feed
    has moved on by more than it shows, which is a gap. A feed cannot be asked what was deleted.
    """

    platform = "rss"

    def __init__(self, name: str, table: RssTable, session: requests.Session, queries: Sequence[BrandQuery]) -> None:
        self.name, self.table = name, table
        self._session = session
        self._feeds = {feed.name or feed.url: feed for feed in table.feeds}
        self._queries = tuple(queries)

    def streams(self) -> Sequence[Stream]:
        return [
            Stream(name, tuple(q for q in self._queries if not feed.brands or q.brand in feed.brands))
            for name, feed in self._feeds.items()
        ]

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """See `core.mention.Connector.pull`. Always one page: the feed as it is now, or nothing for 304 Not Modified."""
        feed, cursor = self._feeds[stream.name], cursor or Cursor()
        asked = _digest(repr((feed, stream.queries)))
        note = dict(cursor.extra) if cursor.extra.get("asked") == asked else {}  # new questions: read all of it again
        response, body = self._fetch(stream.name, feed.url, note, now)
        if response.status_code == 304:
            yield Page(Cursor(cursor.floor, cursor.floor_at or now, extra=cursor.extra))
            return
        parsed = _parse(stream.name, response, body)
        seen: dict[str, str] = dict(note.get("seen") or {})
        heard, rejected, shown = [], [], {}
        for entry in parsed.entries:
            try:
                mention = read_entry(entry, parsed.feed, feed, now)
            except BadRecord as broken:
                rejected.append(Rejected(str(broken), _raw_text(entry)))
                continue
            key, content = (
                _digest(mention.external_id),
                _digest(f"{mention.title}\n{mention.text}\n{mention.quoted_text}"),
            )
            shown[key] = content
            if seen.get(key) == content:
                continue
            text = f"{mention.title}\n{mention.text}\n{mention.quoted_text}"
            answered = tuple(q for q in stream.queries if feed.match == "all" or matches(q, text))
            if answered:
                heard.append(Heard(mention, answered, json.loads(_raw_text(entry))))
        newest = max((h.mention.created_at for h in heard), default=None)
        gaps = []
        if seen and shown and not seen.keys() & shown.keys():
            oldest = min((h.mention.created_at for h in heard), default=None)
            gaps.append(Gap(f"the feed {stream.name} moved on by more than it shows", cursor.floor_at, oldest))
        extra: dict[str, Any] = {"asked": asked, "seen": shown}
        if _is_whole(parsed):  # a broken feed may be whole next time with the same validators
            extra |= {"etag": response.headers.get("etag"), "modified": response.headers.get("last-modified")}
        if moved := _moved_to(response):
            extra["moved_to"] = moved
            if note.get("moved_to") != moved:
                log.warning("The feed %s has moved for good to %s: change its address.", stream.name, moved)
        floor_at = max([at for at in (newest, cursor.floor_at) if at is not None], default=now)
        yield Page(Cursor(floor_at.isoformat(), floor_at, extra=extra), heard, rejected, gaps)

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Nothing: a feed drops an entry for being old as it does for being deleted."""
        return (), ()

    def _fetch(self, name: str, url: str, note: Mapping[str, Any], now: datetime) -> tuple[requests.Response, bytes]:
        headers = {"Accept": "application/atom+xml, application/rss+xml, application/xml;q=0.9, */*;q=0.1"}
        if note.get("etag"):
            headers["If-None-Match"] = str(note["etag"])
        if note.get("modified"):
            headers["If-Modified-Since"] = str(note["modified"])
        who = f"the feed {name}"
        try:
            with self._session.get(url, headers=headers, stream=True) as response:
                raise_if_busy(response, who, now)
                if response.status_code in (401, 402, 403, 404, 410):
                    raise Misconfigured(
                        f"{who} cannot be read ({response.status_code}): correct or remove it in sources.{self.name}.feeds."
                    )
                if response.status_code not in (200, 304):
                    raise RetryLater(f"{who} gave an answer that we did not expect ({response.status_code}).")
                return response, _whole_body(response, who)
        except requests.RequestException as error:
            raise unreachable(who, error) from None


def _whole_body(response: requests.Response, who: str) -> bytes:
    body, begun = bytearray(), time.monotonic()
    for part in response.iter_content(65_536):
        body += part
        if len(body) > LARGEST:
            raise RetryLater(f"{who} is larger than {LARGEST // 1_000_000} MB; it is not read.")
        if time.monotonic() - begun > SLOWEST:
            raise RetryLater(f"{who} trickles in too slowly; it is given up for now.")
    return bytes(body)


def _parse(name: str, response: requests.Response, body: bytes) -> Any:
    """The parsed feed. Raises RetryLater for what is no feed, or one that was cut off on its way."""
    headers = {"content-type": response.headers.get("content-type", ""), "content-location": response.url}
    if len(body) > MENDABLE and not _is_xml(body):
        raise RetryLater(f"the feed {name} is broken, and too large to be mended.")
    try:
        # A file object: feedparser would take bytes for a file's name first. HTML is read by `markup` alone.
        parsed = feedparser.parse(
            io.BytesIO(body), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
        )
    except Exception as error:  # feedparser leaks parser errors of many kinds for hostile input
        raise RetryLater(f"the feed {name} cannot be read ({type(error).__name__}).") from None
    if not parsed.get("version") and not parsed.entries:
        raise RetryLater(f"the feed {name} sent something that is no feed.")
    if parsed.bozo and not _END.search(body[-4096:].replace(b"\0", b"")):
        raise RetryLater(f"the feed {name} was cut off on its way.")
    return parsed


def _is_xml(body: bytes) -> bool:
    try:
        expat.ParserCreate().Parse(body, True)
    except (expat.ExpatError, ValueError):
        return False
    return True


def _is_whole(parsed: Any) -> bool:
    harmless = (feedparser.CharacterEncodingOverride, feedparser.NonXMLContentType)
    return not parsed.bozo or isinstance(parsed.get("bozo_exception"), harmless)


def _moved_to(response: requests.Response) -> str | None:
    """Where a feed went for good: each redirect on the way must be permanent."""
    hops = response.history
    return response.url if hops and all(hop.status_code in (301, 308) for hop in hops) else None


def read_entry(entry: Any, site: Mapping[str, Any], feed: FeedTable, now: datetime) -> Mention:
    """A feedparser entry as a mention; one without a date is as old as our hearing of it. Raises BadRecord."""
    try:
        title, _ = read_html(str(entry.get("title") or ""))
        text, quoted = _body(entry)
        link = str(entry.get("link") or "")
        if not (title or text):
            raise ValueError("it has neither a title nor a text")
        host = urlsplit(feed.url).netloc
        id = _global_id(str(entry.get("id") or link or _digest(f"{title}\n{text}")), host)
        published = _time(entry, "published_parsed", "created_parsed", "updated_parsed")
        updated = _time(entry, "updated_parsed")
        created_at = min(published or now, now)
        thread = entry.get("thr_in-reply-to") or {}
        parent = str(thread.get("ref") or thread.get("href") or "") if isinstance(thread, dict) else ""
        page, fragment = urldefrag(link)
        return Mention(
            platform="rss",
            external_id=id,
            author=_author(entry, host, id),
            text=text,
            created_at=created_at,
            url=link or feed.url,
            kind="comment" if parent else feed.kind,
            title=title,
            quoted_text=quoted,
            place=str(site.get("title") or host),
            lang=str(site.get("language") or "").split("-")[0].lower()[:8],
            conversation_id=_global_id(parent, host) if parent else page if fragment else id,
            parent_id=_global_id(parent, host) if parent else page if fragment else "",
            edited_at=updated if updated and published and updated > published else None,
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadRecord(f"a feed entry that cannot be read: {error}", entry) from None


def _body(entry: Any) -> tuple[str, str]:
    """(said, quoted): the fullest content that the entry carries."""
    contents = [*(entry.get("content") or []), entry.get("summary_detail") or {}]
    fullest = max(contents, key=lambda content: len(content.get("value") or ""))
    value = str(fullest.get("value") or "")
    return (value.strip(), "") if fullest.get("type") == "text/plain" else read_html(value)


def _author(entry: Any, host: str, entry_id: str) -> Author:
    """Who wrote it. Feeds have no account ids: a profile's address is one, else a name counts within its site; entries
    without a name have an author each, for they are not one person."""
    detail = entry.get("author_detail") or {}
    name = read_html(str(detail.get("name") or entry.get("author") or ""))[0][:200]
    page = str(detail.get("href") or "")
    return Author(
        platform="rss",
        external_id=page or (f"{host}/{name}" if name else f"anonymous:{_digest(entry_id)}"),
        handle=name,
        display_name=name,
        url=page,
    )


def _global_id(id: str, host: str) -> str:
    """An entry's id, unique among all feeds: a bare number is prefixed with its site, an endless one is shortened."""
    id = id if ":" in id else f"{host}/{id}"
    return id if len(id) <= 300 else f"{host}/{_digest(id)}"


def _time(entry: Any, *names: str) -> datetime | None:
    for name in names:
        if parsed := dict.get(entry, name):  # FeedParserDict's own get takes a missing `updated` for `published`
            return datetime.fromtimestamp(calendar.timegm(parsed), UTC)
    return None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]


def _raw_text(entry: Any) -> str:
    return json.dumps(entry, ensure_ascii=False, default=str)
