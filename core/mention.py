"""What was said, by whom, and how far we have listened."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal, Protocol

from core.brand import Brand as Brand

Kind = Literal["post", "reply", "comment", "quote", "repost", "article"]


@dataclass(frozen=True, slots=True)
class BrandQuery:
    """What to look for on a brand's behalf.

    A post matches if it holds one of `any_of`, all of `all_of` and none of `none_of` (words, "#tags", "@handles" or
    phrases, case-insensitive, at word edges). `languages` (ISO 639-1) narrows it where the platform can; empty is all.
    """

    brand: str
    name: str
    any_of: tuple[str, ...]
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()

    @property
    def id(self) -> str:
        """`brand/name`, unique in the settings."""
        return f"{self.brand}/{self.name}"


@dataclass(frozen=True, slots=True)
class Author:
    """An account on a platform. What a platform does not tell is empty or None."""

    platform: str
    external_id: str
    handle: str = ""
    display_name: str = ""
    bio: str = ""
    location: str = ""
    url: str = ""
    followers: int | None = None
    verified: bool = False

    @property
    def id(self) -> str:
        """`platform:external_id`, the same for as long as the account exists."""
        return f"{self.platform}:{self.external_id}"


@dataclass(frozen=True, slots=True)
class Metrics:
    """How far a post went, as counted by its platform at one moment. None is 'not told'."""

    likes: int | None = None
    replies: int | None = None
    shares: int | None = None
    views: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Something that somebody said in public, as their platform has it now.

    `text` is the author's own words, plain (no HTML, no entities); `quoted_text` is what they quoted or reposted.
    `created_at` is when they said it, by the platform's clock. `conversation_id` and `parent_id` are ids of the same
    platform, without its name. `place` is the subreddit, site or forum. `lang` is the platform's own guess. Where an
    edit makes a new id (X), `external_id` is the first one's, so that an edited post stays one mention. `quoted_author` is
    the `Author.id` of whom it quotes, where that is told; it is not stored, but who is forgotten is not quoted either.
    """

    platform: str
    external_id: str
    author: Author
    text: str
    created_at: datetime
    url: str = ""
    kind: Kind = "post"
    title: str = ""
    quoted_text: str = ""
    place: str = ""
    lang: str = ""
    conversation_id: str = ""
    parent_id: str = ""
    edited_at: datetime | None = None
    metrics: Metrics = field(default_factory=Metrics)
    quoted_author: str = ""

    @property
    def id(self) -> str:
        """`platform:external_id`, unique everywhere; what Slack metadata and the outbox call it."""
        return f"{self.platform}:{self.external_id}"


@dataclass(frozen=True, slots=True)
class Heard:
    """A mention as it arrived: whose queries it answers, and the raw item that it was read from."""

    mention: Mention
    queries: tuple[BrandQuery, ...]
    raw: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Rejected:
    """An item that could not be read, kept with its raw text so that nothing is lost."""

    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Gap:
    """A stretch of time that a source could not show us, so that a person can see it. Ends are aware UTC or unknown."""

    reason: str
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Charge:
    """Something that a platform bills: `item` is counted once per UTC day and kind, however often it is fetched.

    `micros` is its price in millionths of a US dollar.
    """

    kind: str
    item: str
    micros: int


@dataclass(frozen=True, slots=True)
class Stream:
    """What a source polls apart from the rest, with a cursor of its own: one search, one subreddit's comments, one feed.

    `name` is stable across restarts and unique in its source.
    """

    name: str
    queries: tuple[BrandQuery, ...]


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a stream has been heard: both ends of what is still missing.

    Everything up to `floor` is stored. While an answer of several pages, newest first, is being read, `ceiling` is its
    newest item and `resume` its oldest stored one, so the missing part is what lies between `floor` and `resume`; both
    are None between answers. `floor_at` is the time of the floor (aware UTC); it is set as soon as a first answer is
    complete, even an empty one, for what a stream holds before that never rings. `extra` is the connector's own note, such
    as a feed's ETag (JSON values only).
    """

    floor: str | None = None
    floor_at: datetime | None = None
    ceiling: str | None = None
    ceiling_at: datetime | None = None
    resume: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Page:
    """Part of an answer, and the cursor that is true once this page is stored.

    It is committed whole: mentions, rejected items, gaps, charges, the mention ids (`platform:external_id`) of posts that
    the platform says are deleted, and the cursor, in one transaction.
    """

    cursor: Cursor
    heard: Sequence[Heard] = ()
    rejected: Sequence[Rejected] = ()
    gaps: Sequence[Gap] = ()
    charges: Sequence[Charge] = ()
    deleted: Sequence[str] = ()


class Connector(Protocol):
    """A platform that we listen to. Implementations live in `connectors.social`, one module each."""

    name: str
    """The source's name in the settings, unique: a cursor belongs to (source, stream)."""

    platform: str
    """The platform's name in mention and author ids."""

    def streams(self) -> Sequence[Stream]:
        """What to poll, from the settings alone: no call is made."""
        ...

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """Yield what came since `cursor`, or all that the platform will show without one.

        Each page's cursor must hold if it is the last page that is stored. Raises RetryLater when the platform is
        busy or down, Misconfigured when it rejects the key. Never raises for one malformed item: that is `Rejected`.
        """
        ...

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Which of these posts are gone from the platform, and what asking cost. Nothing where it cannot be asked.

        Raises as `pull` does.
        """
        ...
