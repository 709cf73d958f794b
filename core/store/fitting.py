"""What strangers send, made to fit the columns of both databases.

A platform may send anything: a zero byte or half an emoji, which no database takes; an id longer than an index entry may
be; a count beyond 64 bits; a post from the year 9999. None of it may keep the rest of its page from being stored, so what
does not fit is cut, and what fits comes back as it is. The raw item is kept whole beside it.
"""

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from core.mention import Author, Heard, Mention, Metrics

LONGEST_ID = 400
"""Characters: four bytes each, and two of them in one entry, stay under the 2,704 bytes of PostgreSQL's indexes."""
LONGEST_TEXT = 100_000
LARGEST_COUNT = 2**63 - 1
EARLIEST = datetime(1970, 1, 1, tzinfo=UTC)
AHEAD = timedelta(days=1)
"""A platform's clock may be wrong, but not by more than this."""

_UNSTORABLE = re.compile("[\0\ud800-\udfff]")
_AUTHOR_IDS, _AUTHOR_TEXTS = ("external_id", "handle"), ("display_name", "bio", "location", "url")
_MENTION_IDS = ("external_id", "conversation_id", "parent_id")
_MENTION_TEXTS = ("text", "title", "quoted_text", "url", "place")
_COUNTS = ("likes", "replies", "shares", "views")


def fit(one: Heard, now: datetime) -> Heard:
    """The same, with every field of the mention and its author storable. Times from after tomorrow become `now`."""
    if _fits(one.mention, now):
        return one
    mention = _fit_author(one.mention)
    changes: dict[str, Any] = _changed(mention, _MENTION_IDS, fit_id) | _changed(mention, _MENTION_TEXTS, fit_text)
    changes |= _changed(mention, ("platform",), lambda name: fit_text(name)[:32])
    changes |= _changed(mention, ("lang",), lambda code: fit_text(code)[:16])
    changes |= _changed(mention, ("created_at", "edited_at"), lambda at: _fit_time(at, now))
    if counts := _changed(mention.metrics, _COUNTS, _fit_count):
        changes["metrics"] = replace(mention.metrics, **counts)
    return Heard(replace(mention, **changes), one.queries, one.raw)


def _fits(m: Mention, now: datetime) -> bool:
    """The common case, told fast: this runs once for each mention that is heard."""
    a, counts = m.author, (m.author.followers, *(getattr(m.metrics, name) for name in _COUNTS))
    ids = (m.external_id, m.conversation_id, m.parent_id, a.external_id, a.handle)
    texts = (m.text, m.title, m.quoted_text, m.url, m.place, a.display_name, a.bio, a.location, a.url)
    short = (m.platform, m.lang, a.platform)
    whole = "\n".join((*ids, *texts, *short))
    return (
        max(map(len, ids)) <= LONGEST_ID
        and max(map(len, texts)) <= LONGEST_TEXT
        and max(map(len, short)) <= 16
        and _UNSTORABLE.search(whole) is None
        and all(count is None or (type(count) is int and abs(count) <= LARGEST_COUNT) for count in counts)
        and EARLIEST <= m.created_at <= now + AHEAD
        and (m.edited_at is None or EARLIEST <= m.edited_at <= now + AHEAD)
    )


def fit_id(id: str) -> str:
    """An id without what no database takes; an endless one keeps its beginning, and a digest tells it from its like."""
    if len(id) > LONGEST_ID:
        digest = sha256(id.encode("utf-8", "replace")).hexdigest()[:32]
        id = f"{id[: LONGEST_ID - 33]}~{digest}"
    return _UNSTORABLE.sub("\ufffd", id)


def fit_text(text: str) -> str:
    """A text without what no database takes, at most 100,000 characters long."""
    return _UNSTORABLE.sub("\ufffd", text[:LONGEST_TEXT])


def _fit_author(mention: Mention) -> Mention:
    author = mention.author
    changes: dict[str, Any] = _changed(author, _AUTHOR_IDS, fit_id) | _changed(author, _AUTHOR_TEXTS, fit_text)
    changes |= _changed(author, ("platform",), lambda name: fit_text(name)[:32])
    changes |= _changed(author, ("followers",), _fit_count)
    return replace(mention, author=replace(author, **changes)) if changes else mention


def _fit_count(count: Any) -> int | None:
    """A count of 64 bits, or None for what is no number."""
    if not isinstance(count, int | float) or count != count:
        return None
    return int(max(-LARGEST_COUNT, min(count, LARGEST_COUNT)))


def _fit_time(at: datetime | None, now: datetime) -> datetime | None:
    if at is None or EARLIEST <= at <= now + AHEAD:
        return at
    return EARLIEST if at < EARLIEST else now


def _changed(of: Author | Mention | Metrics, names: tuple[str, ...], fitted: Any) -> dict[str, Any]:
    pairs = ((name, getattr(of, name)) for name in names)
    return {name: new for name, old in pairs if (new := fitted(old)) is not old and new != old}
