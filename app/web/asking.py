"""What a query string may say: the filters of a list, and where it goes on. And what a form may."""

import base64
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, Self
from urllib.parse import parse_qsl, urlencode

from fastapi import HTTPException, Request
from pydantic import BaseModel, Field, field_validator, model_validator

from core.assessment import Intent, Priority, SentimentLabel, Topic
from core.store.browse import CaseFilters, Filters, Key

PriorityName = Literal["P1", "P2", "P3", "P4"]
MOST = 2**63 - 1
"""The largest number that both databases hold."""
Number = Annotated[int, Field(ge=1, le=MOST)]
"""The number of a case, a report or a view, as an address may hold it."""
FIRST_DAY, LAST_DAY = date(1900, 1, 1), date(9900, 12, 31)
"""Windows before and after these still have a date."""
Day = Annotated[date, Field(ge=FIRST_DAY, le=LAST_DAY)]
"""A day that a list may be narrowed to."""


def to_token(key: Key) -> str:
    """A list's key as one word for an address."""
    values = [value.isoformat() if isinstance(value, datetime) else value for value in key]
    return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")


def to_key(token: str, kinds: tuple[type, ...]) -> Key:
    """The key that `to_token` was given; `kinds` are the types of its parts. Raises ValueError for any other word."""
    try:
        values = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        key = tuple(_time(v) if kind is datetime else v for v, kind in zip(values, kinds, strict=True))
    except (ValueError, TypeError, OverflowError, RecursionError):
        key = ()
    exact = len(key) == len(kinds) and all(type(part) is kind for part, kind in zip(key, kinds, strict=True))
    if not exact or not all(map(_can_be_stored, key)):
        raise ValueError("'after' is not a place in this list: take it from the 'next' of the page before")
    return key


def _time(told: str) -> datetime:
    """A time that has one in UTC, too."""
    at = datetime.fromisoformat(told)
    if at.tzinfo is None:
        raise ValueError("a time without a zone")
    at.astimezone(UTC)
    return at


def _can_be_stored(part: Any) -> bool:
    """Does any row of either database hold such a number or text?"""
    if isinstance(part, str):
        return not any(c == "\0" or "\ud800" <= c <= "\udfff" for c in part)
    return not isinstance(part, int) or abs(part) <= MOST


MENTION_KEY = (datetime, str, str)
FOUND_MENTION_KEY = (int,)
CASE_KEY = (int, datetime, int)
CLOSED_CASE_KEY = (datetime, int)


class _Query(BaseModel):
    """A form sends what is not chosen as an empty word; that means the same as leaving it out."""

    @model_validator(mode="before")
    @classmethod
    def _empty_is_unset(cls, given: Any) -> Any:
        return {k: v for k, v in given.items() if v != ""} if isinstance(given, dict) else given

    @model_validator(mode="after")
    def _after_is_a_place_in_the_list(self) -> Self:
        self.key  # noqa: B018 - it raises where it is none
        return self

    @property
    def key(self) -> Key | None:
        raise NotImplementedError


def asked_of(query: BaseModel) -> str:
    """What a list is narrowed to, as an address says it: without the page that it is at."""
    chosen: dict[str, Any] = query.model_dump(exclude={"limit", "after"}, exclude_defaults=True, mode="json")
    return urlencode({name: str(value).lower() if isinstance(value, bool) else value for name, value in chosen.items()})


class MentionQuery(_Query):
    """Which mentions to list, and which page of them. With a filter, those that are judged; corrections count."""

    q: str | None = Field(
        None,
        max_length=200,
        description="words that must all be there, in the text or the author's name; or an @handle",
    )
    brand: str | None = Field(None, max_length=64)
    platform: str | None = Field(None, max_length=32)
    place: str | None = Field(None, max_length=200, description="a community, site or shop, as mentions have it")
    language: str | None = Field(None, max_length=16, description="ISO 639-1, or 'hi-Latn' for Hinglish")
    sentiment: SentimentLabel | None = None
    priority: PriorityName | None = None
    department: Topic | None = None
    intent: Intent | None = None
    complaint: bool | None = None
    tier: str | None = Field(None, max_length=64, description="of the customer whom the author is linked to")
    person: Literal["promoter", "passive", "detractor"] | None = Field(
        None, description="what the author is by all that they posted in the last 'days'"
    )
    author: str | None = Field(None, max_length=300, description="an author's id, platform:id")
    needs_review: bool | None = Field(
        None, description="only those that a person should look at and nobody has yet, or the rest"
    )
    labelled: bool | None = Field(None, description="only those that a person has looked at, or the rest")
    own: bool | None = Field(None, description="only what the brands' own accounts said, or the rest")
    since: Day | None = Field(None, description="the first day, UTC, YYYY-MM-DD")
    until: Day | None = Field(None, description="the last day, UTC")
    days: Literal[7, 28, 90] = Field(28, description="the window that 'person' is told by")
    after: str | None = Field(None, description="the 'next' of the page before")
    limit: int = Field(50, ge=1, le=200)

    @field_validator("days", mode="before")
    @classmethod
    def _as_a_number(cls, given: Any) -> Any:
        return int(given) if isinstance(given, str) and given.isdecimal() else given

    @property
    def filters(self) -> Filters:
        same = self.model_dump(exclude={"q", "priority", "after", "limit"})
        return Filters(words=self.q, priority=Priority[self.priority] if self.priority else None, **same)

    @property
    def key(self) -> Key | None:
        return to_key(self.after, FOUND_MENTION_KEY if self.filters else MENTION_KEY) if self.after else None


class CaseQuery(_Query):
    """Which cases to list, and which page of them."""

    status: Literal["open", "closed"] = Field(
        "open", description="those that wait for the desk, or those that are done"
    )
    q: str | None = Field(
        None, max_length=200, description="words of the post or of its author's name, an @handle, or the case's number"
    )
    brand: str | None = Field(None, max_length=64)
    department: Topic | None = None
    priority: PriorityName | None = None
    team: str | None = Field(None, max_length=64, description="a key of the settings' departments")
    owner: str | None = Field(None, max_length=64, description="a Slack user id, or 'nobody'")
    late: bool = Field(False, description="only those not answered in time")
    since: Day | None = Field(None, description="the first day on which they were opened, UTC, YYYY-MM-DD")
    after: str | None = Field(None, description="the 'next' of the page before, of the same status")
    limit: int = Field(50, ge=1, le=200)

    @property
    def key(self) -> Key | None:
        return to_key(self.after, CLOSED_CASE_KEY if self.status == "closed" else CASE_KEY) if self.after else None

    @property
    def wanted(self) -> dict[str, Any]:
        """What `browse.case_list` is asked for."""
        same = self.model_dump(exclude={"q", "status", "priority", "after", "limit"})
        priority = Priority[self.priority] if self.priority else None
        filters = CaseFilters(words=self.q, priority=priority, **same)
        return {"filters": filters, "closed": self.status == "closed", "after": self.key, "limit": self.limit}


LONGEST_FORM = 4_000
"""Bytes; ours are far shorter."""


async def form(request: Request) -> Mapping[str, str]:
    """The fields of a form that was sent, decoded. Raises HTTPException for what no form of ours sends."""
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > LONGEST_FORM:
            raise HTTPException(413, "The form is too long.")
    try:
        fields = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=20, errors="strict"))
    except ValueError:
        raise HTTPException(400, "The form cannot be read.") from None
    if any("\0" in value for value in fields.values()):
        raise HTTPException(400, "The form cannot be read.")
    return fields
