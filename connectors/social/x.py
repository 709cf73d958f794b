"""X (Twitter): recent search through tweepy.

X names posts by snowflakes, ids that hold the millisecond at which they were given out, so cursors are compared and moved
by ids alone and no clock of ours decides what is heard. Limits and prices: docs.x.com (rate limits, pricing, search).
"""

import html
import json
import re
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

import requests
import tweepy
from pydantic import Field

from connectors.social.source import HttpSession, SourceTable, read_table
from connectors.social.x_client import call
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import (
    Author,
    BrandQuery,
    Charge,
    Cursor,
    Gap,
    Heard,
    Kind,
    Mention,
    Metrics,
    Page,
    Rejected,
    Stream,
)
from core.settings import Environment, Settings

POST_MICROS, USER_MICROS = 5_000, 10_000
"""What X bills for a post and for a user that it returns, in millionths of a dollar, once per UTC day (docs.x.com,
pricing: "charged per resource returned in the response"). Posts and users of an expansion are returned too, so they are
counted: rather stop early than overspend."""

EPOCH_MS = 1_288_834_974_657
"""The moment from which snowflakes count their milliseconds: 2010-11-04T01:42:54.657Z."""

WINDOW = timedelta(days=7)
"""How far back recent search looks."""

QUIET = timedelta(days=1)
"""The floor of a stream without posts follows the server's clock at this distance, so that it never gets older than
the window, and a clock an hour off cannot carry it past a post."""

_POST_FIELDS = [
    *("id", "text", "note_tweet", "created_at", "author_id", "conversation_id", "in_reply_to_user_id"),
    *("referenced_tweets", "edit_history_tweet_ids", "public_metrics", "lang", "possibly_sensitive"),
]
_USER_FIELDS = [
    *("id", "username", "name", "description", "location", "url", "entities", "verified", "public_metrics"),
]
_EXPANSIONS = ["author_id", "referenced_tweets.id", "referenced_tweets.id.author_id"]


class XTable(SourceTable):
    """`[sources.x]`. `reposts` hears plain reposts too; each costs as much as a post. `query_limit` is 4,096 for Enterprise.

    `searches_per_15_minutes` is the app's limit, shared by all queries: polls are spread so that it lasts.
    `backfill_hours` is how far back a first pull looks; 168 is all that X shows.
    """

    poll_seconds: float = Field(5.0, ge=1, le=86_400)
    reposts: bool = False
    query_limit: int = Field(512, ge=64, le=4096)
    page_size: int = Field(100, ge=10, le=100)
    searches_per_15_minutes: int = Field(450, gt=0)
    backfill_hours: float = Field(168.0, gt=0, le=168)


def build(name: str, table: Mapping[str, Any], settings: Settings, environment: Environment) -> "XConnector":
    """The connector of `[sources.NAME]`. Raises Misconfigured for a wrong key, a missing token or a query too long for X."""
    read = read_table(XTable, name, table)
    token = environment.need("X_BEARER_TOKEN", f"sources.{name} needs it to search X")
    client = tweepy.Client(token.get_secret_value(), return_type=requests.Response, wait_on_rate_limit=False)
    client.session = HttpSession(
        read.timeout_seconds,
        {"https://api.twitter.com": environment.get("X_API_BASE_URL") or "https://api.x.com"},
    )
    own = {
        key: [a.removeprefix("x:") for a in sorted(settings.brand(key).own_accounts) if a.startswith("x:")]
        for key in settings.brands
    }
    return XConnector(name, read, client, settings.queries, own)


class XConnector:
    """Posts that match a brand query, and the brand's own posts, from recent search: one stream per query.

    Search answers newest first and shows some posts late, so each answer starts `overlap_seconds` below the floor, and
    the floor moves up only once the whole answer is stored. An unfinished answer goes on below its oldest stored post
    (`until_id`) before a new one begins. Where X refuses a floor for being over 7 days old, the search goes on without
    one, which is X's whole window, and the gap is told.
    """

    platform = "x"

    def __init__(
        self,
        name: str,
        table: XTable,
        client: tweepy.Client,
        queries: Sequence[BrandQuery],
        own_accounts: Mapping[str, Sequence[str]] | None = None,
    ) -> None:
        self.name = name
        self._client = client
        self._streams = [Stream(query.id, (query,)) for query in queries]
        self._searches: dict[str, str] = {}
        unheard = dict(own_accounts or {})  # the first query of a brand listens to its own accounts as well
        for query in queries:
            own = unheard.pop(query.brand, ())
            self._searches[query.id] = compile_query(query, own, reposts=table.reposts, limit=table.query_limit)
        slowest = 900 / table.searches_per_15_minutes * len(self._streams)
        self.table = table.model_copy(update={"poll_seconds": max(table.poll_seconds, slowest)})

    def streams(self) -> Sequence[Stream]:
        return self._streams

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """See `core.mention.Connector.pull`. A page is a page of X's answer, at most 100 posts."""
        if cursor is None or (cursor.floor_at is None and cursor.resume is None):
            cursor = Cursor(floor=self._first_floor(now), extra=cursor.extra if cursor else {})
        if cursor.resume is not None:
            cursor = yield from self._answer(stream, cursor, now)
        yield from self._answer(stream, cursor, now)

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Posts that X does not show any more: deleted, protected or suspended.

        X's developer policy wants all three gone here. Each post that is still there costs a read.
        """
        gone: list[str] = []
        charges: list[Charge] = []
        for start in range(0, len(external_ids), 100):
            batch = list(external_ids[start : start + 100])
            try:
                body, _ = self._call(self._client.get_tweets, now, batch)
            except tweepy.BadRequest:
                raise RetryLater("X refuses to look posts up by these ids.") from None
            shown = {str(post.get("id")) for post in _dicts(body.get("data"))}
            charges += [Charge("post", id, POST_MICROS) for id in sorted(shown)]
            missing = {str(error.get("resource_id") or error.get("value")) for error in _dicts(body.get("errors"))}
            gone += [id for id in batch if id in missing - shown]
        return gone, charges

    def _first_floor(self, now: datetime) -> str | None:
        if timedelta(hours=self.table.backfill_hours) >= WINDOW:
            return None
        return str(snowflake(now - timedelta(hours=self.table.backfill_hours)))

    def _answer(self, stream: Stream, cursor: Cursor, now: datetime) -> Generator[Page, None, Cursor]:
        """Read one answer to its end, starting below `cursor.resume` if it was begun before. Returns the last cursor."""
        until, token = cursor.resume, None
        gaps: list[Gap] = []
        while True:
            try:
                body, at = self._search(stream, cursor.floor, until, token, now)
            except _OutsideWindow as refusal:
                gaps.append(Gap("X's search shows only the last 7 days", cursor.floor_at, now - WINDOW))
                if refusal.bound == "since_id":
                    cursor, until, token = replace(cursor, floor=None), cursor.resume, None
                    continue
                body, at = {}, None  # all that was left of the answer is out of X's reach
            page = _read_page(body, stream)
            cursor = _moved(cursor, page.ids, at, now, finished="next_token" not in page.meta)
            yield Page(cursor, page.heard, page.rejected, gaps, page.charges)
            if "next_token" not in page.meta:
                return cursor
            token, gaps = page.meta["next_token"], []

    def _search(
        self, stream: Stream, floor: str | None, until: str | None, token: str | None, now: datetime
    ) -> tuple[dict[str, Any], datetime | None]:
        overlap = int(self.table.overlap_seconds * 1000)
        since = None if floor is None else max(0, (int(floor) >> 22) - overlap) << 22
        try:
            body, at = self._call(
                self._client.search_recent_tweets,
                now,
                self._searches[stream.name],
                since_id=since,
                until_id=until,
                next_token=token,
                max_results=self.table.page_size,
                tweet_fields=_POST_FIELDS,
                user_fields=_USER_FIELDS,
                expansions=_EXPANSIONS,
            )
            meta = body.get("meta")
            if not isinstance(meta, dict) or (meta.get("result_count") and not isinstance(body.get("data"), list)):
                raise RetryLater("X sent an answer that is not whole: it would pass for the end of the search.")
            if token is not None and meta.get("next_token") == token:
                raise RetryLater("X sent the same page again instead of the next one.")
            return body, at
        except tweepy.BadRequest as error:
            message = " ".join(str(m) for m in error.api_messages)
            if since is not None and "since_id" in message:
                raise _OutsideWindow("since_id") from None
            if until is not None and "until_id" in message:
                raise _OutsideWindow("until_id") from None
            raise Misconfigured(f"X refuses the search of brand query '{stream.name}': {message[:200]}") from None

    def _call(self, method: Any, now: datetime, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], datetime | None]:
        """As `x_client.call`; only BadRequest passes."""
        try:
            return call(method, now, "X_BEARER_TOKEN", *args, **kwargs)
        except tweepy.Forbidden:
            raise Misconfigured("X refuses the search: the app behind X_BEARER_TOKEN has no access to it.") from None
        except tweepy.NotFound:
            raise RetryLater("X gave an answer that we did not expect (404).") from None


class _OutsideWindow(Exception):
    """X refuses an id for being older than its search looks back; `bound` is the parameter."""

    def __init__(self, bound: Literal["since_id", "until_id"]) -> None:
        super().__init__(bound)
        self.bound = bound


# Cursors ---------------------------------------------------------------------------------------------------------------


def snowflake(at: datetime) -> int:
    """The smallest id that X can give out at a moment."""
    return max(0, int(at.timestamp() * 1000) - EPOCH_MS) << 22


def snowflake_time(id: int) -> datetime:
    """When X gave an id out."""
    return datetime.fromtimestamp(((id >> 22) + EPOCH_MS) / 1000, UTC)


def _moved(cursor: Cursor, ids: Sequence[int], at: datetime | None, now: datetime, finished: bool) -> Cursor:
    """The cursor once a page with these `ids` is stored; `at` is the server's clock.

    An id from tomorrow is broken: its post is kept, but it must not carry the floor past what is still to be said.
    """
    if at is not None:
        ids = [id for id in ids if id < snowflake(at + QUIET)]
    ceiling = max([*ids, *_known(cursor.ceiling)], default=None)
    resume = min([*ids, *_known(cursor.resume)], default=None)
    if not finished:
        return replace(
            cursor,
            ceiling=None if ceiling is None else str(ceiling),
            ceiling_at=None if ceiling is None else snowflake_time(ceiling),
            resume=None if resume is None else str(resume),
        )
    quiet = [snowflake(at - QUIET)] if at is not None and cursor.floor is not None else []
    floor = max([*_known(cursor.floor), *_known(None if ceiling is None else str(ceiling)), *quiet], default=None)
    floor_at = snowflake_time(ceiling) if ceiling is not None else (cursor.floor_at or now)
    return Cursor(floor=None if floor is None else str(floor), floor_at=floor_at, extra=cursor.extra)


def _known(id: str | None) -> list[int]:
    return [] if id is None else [int(id)]


# Reading posts -----------------------------------------------------------------------------------------------------------


class _Answer:
    """What a page of X's answer holds."""

    def __init__(self) -> None:
        self.ids: list[int] = []
        self.heard: list[Heard] = []
        self.rejected: list[Rejected] = []
        self.charges: list[Charge] = []
        self.meta: dict[str, Any] = {}


def _read_page(body: Mapping[str, Any], stream: Stream) -> _Answer:
    page = _Answer()
    includes = body.get("includes")
    includes = includes if isinstance(includes, dict) else {}
    page.meta = {key: value for key, value in (body.get("meta") or {}).items() if value}
    users = {str(u.get("id")): u for u in _dicts(includes.get("users"))}
    others = {str(p.get("id")): p for p in _dicts(includes.get("tweets"))}
    for post in body.get("data") or []:
        try:
            mention = read_post(post, users, others)
        except BadRecord as broken:
            page.rejected.append(Rejected(str(broken), _raw_text(post)))
            continue
        page.ids.append(int(post["id"]))
        raw = {"tweet": post, "author": users.get(mention.author.external_id), "referenced": _referenced(post, others)}
        page.heard.append(Heard(mention, stream.queries, raw))
    page.charges = [
        *(Charge("post", id, POST_MICROS) for id in {*(str(id) for id in page.ids), *others}),
        *(Charge("user", id, USER_MICROS) for id in users),
    ]
    return page


def read_post(post: Any, users: Mapping[str, Any], others: Mapping[str, Any]) -> Mention:
    """A post of X's v2 format as a mention. `users` and `others` are the expansions by id. Raises BadRecord."""
    try:
        id, author_id = str(int(post["id"])), str(int(post["author_id"]))
        created_at = datetime.fromisoformat(post["created_at"])
        editions = [str(int(edition)) for edition in post.get("edit_history_tweet_ids") or [id]]
        first = min(editions, key=int)
        references = {r["type"]: str(r["id"]) for r in post.get("referenced_tweets") or []}
        repost = others.get(references.get("retweeted", ""))
        quoted = repost or others.get(references.get("quoted", ""))
        counts = post.get("public_metrics") or {}
        author = read_author(author_id, users.get(author_id) or {})
        return Mention(
            platform="x",
            external_id=first,
            author=author,
            text="" if "retweeted" in references else _text(post),
            created_at=created_at if first == id else snowflake_time(int(first)),
            url=f"https://x.com/{author.handle or 'i'}/status/{id}",
            kind=_kind(references),
            quoted_text=_text(quoted) if quoted else "",
            lang=str(post.get("lang") or ""),
            conversation_id=str(post.get("conversation_id") or first),
            parent_id=references.get("replied_to") or references.get("quoted") or references.get("retweeted") or "",
            edited_at=None if first == id else created_at,
            quoted_author=f"x:{quoted['author_id']}" if quoted and quoted.get("author_id") else "",
            metrics=Metrics(
                likes=counts.get("like_count"),
                replies=counts.get("reply_count"),
                shares=_sum(counts.get("retweet_count"), counts.get("quote_count")),
                views=counts.get("impression_count"),
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise BadRecord(f"a post of X that cannot be read: {type(error).__name__} {error}", post) from None


def read_author(id: str, user: Mapping[str, Any]) -> Author:
    """A user of X's v2 format; an empty `user`, as of a suspended account, leaves the id alone."""
    counts = user.get("public_metrics") or {}
    links = ((user.get("entities") or {}).get("url") or {}).get("urls") or [{}]
    return Author(
        platform="x",
        external_id=id,
        handle=str(user.get("username") or ""),
        display_name=html.unescape(str(user.get("name") or "")),
        bio=html.unescape(str(user.get("description") or "")),
        location=html.unescape(str(user.get("location") or "")),
        url=str(links[0].get("expanded_url") or user.get("url") or ""),
        followers=counts.get("followers_count"),
        verified=bool(user.get("verified")),
    )


def _text(post: Mapping[str, Any]) -> str:
    """The whole text: a long post has it in `note_tweet` and only its beginning in `text`. X escapes &, < and >."""
    note = post.get("note_tweet") or {}
    return html.unescape(str(note.get("text") or post["text"]))


def _kind(references: Mapping[str, str]) -> Kind:
    if "retweeted" in references:
        return "repost"
    if "replied_to" in references:
        return "reply"
    return "quote" if "quoted" in references else "post"


def _sum(*counts: int | None) -> int | None:
    told = [count for count in counts if count is not None]
    return sum(told) if told else None


def _referenced(post: Mapping[str, Any], others: Mapping[str, Any]) -> list[Any]:
    """What it quotes or reposts, for that was read from there; what it answers is another person's own post."""
    references = post.get("referenced_tweets") or []
    return [others[r["id"]] for r in references if r["id"] in others and r["type"] != "replied_to"]


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def _raw_text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


# Queries -----------------------------------------------------------------------------------------------------------------

_WORD = re.compile(r"[^\W_][\w']*")
_TAG = re.compile(r"#\w+")
_ACCOUNT = re.compile(r"@\w{1,15}", re.ASCII)


def compile_query(query: BrandQuery, own: Sequence[str] = (), *, reposts: bool = False, limit: int = 512) -> str:
    """A brand query in X's search language; `own` are the brand's accounts (@handle or id), whose posts are heard too.

    AND binds tighter than OR there, so every OR list stands in brackets. Raises Misconfigured, naming the query, where
    the result is longer than `limit` or there is nothing to search for.
    """
    wanted = [operator for term in query.any_of if (operator := _operator(term))]
    if not wanted:
        raise Misconfigured(f"brand query '{query.id}' has no word that X can search for.")
    parts = [
        _any(wanted),
        *(operator for term in query.all_of if (operator := _operator(term))),
        *(f"-{operator}" for term in query.none_of if (operator := _operator(term))),
        *([_any([f"lang:{language}" for language in query.languages])] if query.languages else []),
    ]
    text = " ".join(parts)
    accounts = [f"from:{account.lstrip('@')}" for account in own]
    if accounts:
        text = f"({' OR '.join([f'({text})' if len(parts) > 1 else text, *accounts])})"
    if not reposts:
        text += " -is:retweet"
    if len(text) > limit:
        raise Misconfigured(
            f"brand query '{query.id}' is {len(text)} characters long in X's language, and X takes {limit}: "
            "use fewer words, or split it in two queries."
        )
    return text


def _any(operators: Sequence[str]) -> str:
    return operators[0] if len(operators) == 1 else f"({' OR '.join(operators)})"


def _operator(term: str) -> str:
    """One term: bare where X reads it as a word, a tag or an account, else quoted. Quotes inside a phrase cannot be said."""
    term = " ".join(re.sub(r'["\\\x00-\x1f\x7f]', " ", term).split())
    bare = _WORD.fullmatch(term) or _TAG.fullmatch(term) or _ACCOUNT.fullmatch(term)
    if bare and term not in ("AND", "OR", "NOT"):
        return term
    return f'"{term}"' if term else ""
