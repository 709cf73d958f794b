"""Reddit: search, new submissions and new comments of chosen subreddits, through praw.

praw's objects fetch what they lack when an attribute is touched, so listings are read as the JSON that praw gets: no call
is made that is not seen here, and the raw item can be kept. Limits: support.reddithelp.com (PLATFORMS.md).
"""

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

import praw
import prawcore
import requests
from pydantic import Field, StringConstraints

from connectors.social.match import matches
from connectors.social.source import (
    HttpSession,
    NotDone,
    SourceTable,
    raise_if_busy,
    read_table,
    seconds,
    unreachable,
)
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import Author, BrandQuery, Charge, Cursor, Gap, Heard, Mention, Metrics, Page, Rejected, Stream
from core.settings import Environment, Settings

LISTING_END = 900
"""Reddit's listings end at about 1,000 items, fewer where some were removed. One this long that ends was cut off."""

DOUBTFUL = 20
"""So many posts do not vanish together: an empty answer is a hiccup, and what is erased cannot be brought back."""

MOST_ITEMS = 2_000
"""More than a listing can have: whatever happens, an answer ends."""

_GONE = ("[deleted]", "[removed]")

Subreddit = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_]{2,21}$", to_lower=True)]


class RedditTable(SourceTable):
    """`[sources.reddit]`: which subreddits to listen to, and how.

    `search` finds submissions by words; it is indexed late and out of order, hence its own, longer overlap. `new` and
    `comments` read all that is posted and match it here. `subreddits = ["all"]` is for `search` alone: Reddit's list of
    all comments is incomplete. `about` names the subreddits where everything is about a brand, named or not:
    `about = { northwind = ["northwind"] }`. `requests_per_10_minutes` is the app's limit, shared by all streams: polls are
    spread so that it lasts.
    """

    subreddits: tuple[Subreddit, ...] = Field(min_length=1, max_length=100)
    listen: tuple[Literal["search", "new", "comments"], ...] = Field(("search", "new", "comments"), min_length=1)
    about: dict[str, tuple[Subreddit, ...]] = Field(default_factory=dict)
    poll_seconds: float = Field(10.0, ge=1, le=86_400)
    search_overlap_seconds: float = Field(3600.0, ge=0, le=7 * 86_400)
    page_size: int = Field(100, ge=1, le=100)
    requests_per_10_minutes: int = Field(1000, gt=0)
    recheck_days: float = Field(730.0, ge=0)


def build(name: str, table: Mapping[str, Any], settings: Settings, environment: Environment) -> "RedditConnector":
    """The connector of `[sources.NAME]`. Raises Misconfigured for a wrong key or a missing credential."""
    read = read_table(RedditTable, name, table)
    for brand in read.about:
        if brand not in settings.brands:
            raise Misconfigured(f"sources.{name}.about names '{brand}', and there is no brands.{brand}.")
    purpose = f"sources.{name} needs it to listen to Reddit"
    client_id = environment.need("REDDIT_CLIENT_ID", purpose)
    client_secret = environment.need("REDDIT_CLIENT_SECRET", purpose)
    agent = environment.need("REDDIT_USER_AGENT", f"{purpose}, as <platform>:<app id>:<version> (by /u/<name>)")
    reddit = praw.Reddit(
        client_id=client_id.get_secret_value(),
        client_secret=client_secret.get_secret_value(),
        user_agent=agent.get_secret_value(),
        reddit_url=(environment.get("REDDIT_URL") or "https://www.reddit.com").rstrip("/"),
        oauth_url=(environment.get("REDDIT_OAUTH_URL") or "https://oauth.reddit.com").rstrip("/") + "/",
        check_for_updates=False,
        check_for_async=False,
        requestor_class=Requestor,
        requestor_kwargs={"session": HttpSession(read.timeout_seconds), "timeout": read.timeout_seconds},
    )
    reddit.read_only = True
    return RedditConnector(name, read, reddit, settings.queries, {k: _own(settings, k) for k in settings.brands})


def _own(settings: Settings, brand: str) -> frozenset[str]:
    """A brand's own accounts on Reddit: names (any of @name, u/name) and ids (t2_...), lower case."""
    accounts = (a.removeprefix("reddit:") for a in settings.brand(brand).own_accounts if a.startswith("reddit:"))
    return frozenset(account.removeprefix("@").removeprefix("u/") for account in accounts)


class Requestor(prawcore.Requestor):  # type: ignore[misc]  # mypy sees no types in prawcore
    """Tells trouble on the wire by remedy, before prawcore sees it.

    prawcore would repeat the request at once, or sleep until the limit is over, up to ten minutes, with a worker held: so it
    is not shown the limit. The interval between polls keeps within it, and who uses it up is told to come back.
    """

    now = datetime.fromtimestamp(0, UTC)
    _until: datetime | None = None

    def request(self, *args: Any, timeout: float | None = None, **kwargs: Any) -> requests.Response:
        if self._until is not None and self.now < self._until:
            raise NotDone("Reddit's limit of requests is used up.", self._until)
        try:
            response: requests.Response = super().request(*args, timeout=self.timeout, **kwargs)
        except prawcore.RequestException as error:
            raise unreachable("Reddit", error.original_exception) from None
        raise_if_busy(response, "Reddit", self.now)
        self._until = None
        remaining = seconds(response.headers.pop("x-ratelimit-remaining", None))
        if remaining is not None and remaining < 1:
            self._until = self.now + timedelta(seconds=seconds(response.headers.get("x-ratelimit-reset")) or 60)
        return response


class RedditConnector:
    """Submissions and comments, in streams of search results, new submissions and new comments.

    Listings are newest first and cursors are Reddit's own `created_utc`, so no clock of ours decides what is heard. An
    answer is read until it is older than the floor less the overlap; the floor moves up once all of it is stored. An
    unfinished answer goes on after its oldest stored item, or from the top where that item is gone. A listing that Reddit
    cuts off before the floor is a gap.
    """

    platform = "reddit"

    def __init__(
        self,
        name: str,
        table: RedditTable,
        reddit: praw.Reddit,
        queries: Sequence[BrandQuery],
        own_accounts: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.name = name
        self._reddit = reddit
        self._queries = tuple(queries)
        self._own = own_accounts or {}
        self._about = {place: brand for brand, places in table.about.items() for place in places}
        self._places = places = "+".join(dict.fromkeys(table.subreddits))
        self._searches = {f"search:{query.id}": search_words(query) for query in queries}
        self._streams = [Stream(f"search:{query.id}", (query,)) for query in queries if "search" in table.listen]
        self._streams += [Stream(f"{kind}:{places}", self._queries) for kind in table.listen if kind != "search"]
        slowest = 600 / table.requests_per_10_minutes * len(self._streams)
        self.table = table.model_copy(update={"poll_seconds": max(table.poll_seconds, slowest)})

    def streams(self) -> Sequence[Stream]:
        return self._streams

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """See `core.mention.Connector.pull`. A page is a page of Reddit's listing, at most 100 items."""
        cursor = cursor or Cursor()
        if cursor.resume is not None:
            cursor = yield from self._answer(stream, cursor, now)
        yield from self._answer(stream, cursor, now)

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Things that Reddit does not know any more, or shows as [deleted] or [removed]. Asking costs nothing."""
        gone: list[str] = []
        for start in range(0, len(external_ids), 100):
            batch = list(external_ids[start : start + 100])
            listing = self._get("api/info", {"id": ",".join(batch), "limit": 100}, now)
            if not listing["children"] and len(batch) >= DOUBTFUL:
                raise RetryLater(f"Reddit says that it knows none of {len(batch)} posts, which is not believed.")
            there = {_name(thing) for thing in listing["children"] if not _is_gone(thing)}
            gone += [id for id in batch if id not in there]
        return gone, ()

    def _answer(self, stream: Stream, cursor: Cursor, now: datetime) -> Generator[Page, None, Cursor]:
        path, params, overlap = self._request(stream)
        stop = None if cursor.floor is None else float(cursor.floor) - overlap
        after = cursor.resume
        seen: set[str] = set()
        for _ in range(MOST_ITEMS // self.table.page_size):
            listing = self._get(path, params | ({"after": after} if after else {}), now)
            things = listing["children"]
            if not things and after is not None and after == cursor.resume and not seen:
                # The item to go on after is gone, which ends a listing: read it again from the top.
                return replace(cursor, ceiling=None, ceiling_at=None, resume=None)
            seen.update(_name(thing) for thing in things)
            page, times = self._read(things, stream)
            after = listing.get("after")
            reached = stop is not None and bool(times) and times[-1] < stop
            gaps = []
            if not after and stop is not None and not reached and len(seen) >= LISTING_END:
                oldest = min(times, default=None)
                gaps.append(
                    Gap(
                        f"Reddit's listings end at about 1,000 items ({stream.name})",
                        cursor.floor_at,
                        None if oldest is None else datetime.fromtimestamp(oldest, UTC),
                    )
                )
            finished = reached or not after
            cursor = _moved(cursor, times, None if finished else after, now)
            yield replace(page, cursor=cursor, gaps=gaps)
            if finished:
                return cursor
        raise RetryLater("Reddit's listing does not end; it is read again later.")

    def _request(self, stream: Stream) -> tuple[str, dict[str, Any], float]:
        """(path, parameters, overlap in seconds) of a stream's listing."""
        if stream.name in self._searches:
            query = {"q": self._searches[stream.name], "sort": "new", "t": "all", "type": "link", "restrict_sr": "true"}
            return (
                f"r/{self._places}/search",
                {**query, "limit": self.table.page_size},
                self.table.search_overlap_seconds,
            )
        kind = stream.name.split(":")[0]
        return f"r/{self._places}/{kind}", {"limit": self.table.page_size}, self.table.overlap_seconds

    def _get(self, path: str, params: dict[str, Any], now: datetime) -> dict[str, Any]:
        """The `data` of a listing. Raises errors by remedy."""
        self._requestor.now = now
        keys = "REDDIT_CLIENT_ID and REDDIT_CLIENT_SECRET"
        try:
            answer = self._reddit.request(method="GET", path=path, params=params)
        except (prawcore.exceptions.InvalidToken, prawcore.OAuthException):
            raise Misconfigured(f"Reddit rejects the app's credentials: check {keys}.") from None
        except (prawcore.Forbidden, prawcore.exceptions.InsufficientScope):
            raise Misconfigured(
                f"Reddit refuses r/{self._places}: one of sources.{self.name}.subreddits is private."
            ) from None
        except (prawcore.NotFound, prawcore.Redirect):
            raise Misconfigured(f"Reddit knows no r/{self._places}: correct sources.{self.name}.subreddits.") from None
        except prawcore.ResponseException as error:
            status = error.response.status_code
            if status in (400, 401) and "access_token" in (error.response.url or ""):
                raise Misconfigured(f"Reddit rejects the app's credentials: check {keys}.") from None
            if status == 402:
                raise Misconfigured(f"Reddit wants to be paid: see the plan of the app behind {keys}.") from None
            raise RetryLater(f"Reddit gave an answer that cannot be read ({status}).") from None
        except (prawcore.PrawcoreException, requests.RequestException, ValueError, KeyError, TypeError):
            raise RetryLater("Reddit sent an answer that cannot be read.") from None
        data = answer.get("data") if isinstance(answer, dict) else None
        if not isinstance(data, dict) or not isinstance(data.get("children"), list):
            raise RetryLater("Reddit sent an answer that is not a listing.")
        return data

    @property
    def _requestor(self) -> Requestor:
        return self._reddit._core.requestor  # type: ignore[no-any-return]

    def _read(self, things: Sequence[Any], stream: Stream) -> tuple[Page, list[float]]:
        """The mentions of a page, and the `created_utc` of all its readable items in the listing's order."""
        heard, rejected, deleted, times = [], [], [], []
        for thing in things:
            try:
                if _is_gone(thing):
                    deleted.append(f"reddit:{_name(thing)}")
                    continue
                mention = read_thing(thing)
            except BadRecord as broken:
                rejected.append(Rejected(str(broken), json.dumps(thing, ensure_ascii=False, default=str)))
                continue
            times.append(mention.created_at.timestamp())
            if queries := self._answered(mention, stream):
                heard.append(Heard(mention, queries, thing))
        return Page(Cursor(), heard, rejected, deleted=deleted), times

    def _answered(self, mention: Mention, stream: Stream) -> tuple[BrandQuery, ...]:
        """The queries that a mention answers: by its words, by its place, or for being the brand's own."""
        text = f"{mention.title}\n{mention.text}\n{mention.quoted_text}"
        found = [query for query in stream.queries if matches(query, text)]
        account = {mention.author.handle.lower(), mention.author.external_id}
        for query in stream.queries:
            spoken_for = self._about.get(mention.place.lower()) == query.brand or account & self._own.get(
                query.brand, set()
            )
            if spoken_for and query.brand not in {q.brand for q in found}:
                found.append(query)
        return tuple(found)


def _moved(cursor: Cursor, times: Sequence[float], after: str | None, now: datetime) -> Cursor:
    """The cursor once a page with these times is stored; `after` is where the answer goes on, None at its end."""
    newest = max([*times, *([float(cursor.ceiling)] if cursor.ceiling else [])], default=None)
    newest_at = None if newest is None else datetime.fromtimestamp(newest, UTC)
    if after is not None:
        return replace(cursor, ceiling=None if newest is None else repr(newest), ceiling_at=newest_at, resume=after)
    if newest is None or (cursor.floor is not None and float(cursor.floor) >= newest):
        return Cursor(cursor.floor, cursor.floor_at or now, extra=cursor.extra)
    return Cursor(repr(newest), newest_at, extra=cursor.extra)


def search_words(query: BrandQuery) -> str:
    """A brand query for Reddit's search, which is loose: any of its words, and the rest is matched here.

    Raises Misconfigured, naming the query, where it is longer than Reddit takes (512 characters).
    """
    terms = (" ".join(term.replace('"', " ").replace("\\", " ").split()) for term in query.any_of)
    text = " OR ".join(f'"{term}"' for term in terms if term)
    if len(text) > 512:
        raise Misconfigured(
            f"brand query '{query.id}' has more words than Reddit's search takes (512 characters): split it."
        )
    return text


def read_thing(thing: Any) -> Mention:
    """A submission (t3) or comment (t1) of Reddit's listings as a mention. Raises BadRecord."""
    try:
        data, comment = thing["data"], thing["kind"] == "t1"
        if not comment and thing["kind"] != "t3":
            raise ValueError(f"kind {thing['kind']!r}")
        name = str(data["name"])
        edited = data.get("edited")
        crossposts = data.get("crosspost_parent_list") or []
        quoted = "\n".join(f"{post.get('title', '')}\n{post.get('selftext', '')}".strip() for post in crossposts)
        return Mention(
            platform="reddit",
            external_id=name,
            author=_author(data),
            text=str(data["body"] if comment else data["selftext"]),
            created_at=datetime.fromtimestamp(float(data["created_utc"]), UTC),
            url=f"https://www.reddit.com{data['permalink']}",
            kind="comment" if comment else "post",
            title="" if comment else str(data["title"]),
            quoted_text=quoted,
            place=str(data["subreddit"]),
            conversation_id=str(data["link_id"] if comment else name),
            parent_id=str(data["parent_id"]) if comment else "",
            edited_at=datetime.fromtimestamp(float(edited), UTC) if edited and edited is not True else None,
            metrics=Metrics(data.get("score"), data.get("num_comments"), data.get("num_crossposts")),
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise BadRecord(f"an item of Reddit that cannot be read: {type(error).__name__} {error}", thing) from None


def _author(data: Mapping[str, Any]) -> Author:
    name = str(data["author"])
    return Author(
        platform="reddit",
        external_id=str(data.get("author_fullname") or name),
        handle=name,
        display_name=name,
        url=f"https://www.reddit.com/user/{name}",
    )


def _name(thing: Any) -> str:
    """A thing's full name, such as t3_1abcd; empty where it has none."""
    data = thing.get("data") if isinstance(thing, dict) else None
    return str(data.get("name") or "") if isinstance(data, dict) else ""


def _is_gone(thing: Any) -> bool:
    """Deleted by its author or removed by a moderator. Reddit wants a deleted author's posts forgotten as well."""
    data = thing.get("data") if isinstance(thing, dict) else None
    if not isinstance(data, dict) or not data.get("name"):
        return False
    words = data.get("body") if "body" in data else data.get("selftext")
    return words in _GONE or data.get("author") == "[deleted]" or bool(data.get("removed_by_category"))
