"""Mastodon: hashtags, mentions of the brand's account, its own posts, and search, through Mastodon.py.

Statuses are named by snowflakes, as on X: the id tells when a status was written, also where another server sent it on, so
cursors are compared and moved by ids. What is sent on late gets an old id, hence the overlap; and as a server that could not
be reached is tried again for days, an answer reaches `late_hours` back every `LOOK_BACK_EVERY`. Limits:
docs.joinmastodon.org (API, rate limits: 300 requests in 5 minutes).
"""

import json
import re
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from connectors.social.markup import read_html
from connectors.social.mastodon_server import (
    EPOCH_SHIFT,
    TOKEN,
    Answer,
    Refused,
    Server,
    connect,
    snowflake,
    snowflake_time,
)
from connectors.social.match import matches
from connectors.social.source import SourceTable, read_table
from core.errors import BadRecord, Misconfigured, RetryLater
from core.mention import Author, BrandQuery, Charge, Cursor, Heard, Kind, Mention, Metrics, Page, Rejected, Stream
from core.settings import Environment, Settings

PAGE = 40
"""The most that a timeline gives at once."""
LOOKED_UP = 20
"""So many statuses can be asked for by their ids at once."""
DOUBTFUL = LOOKED_UP
"""So many posts do not vanish together: an empty answer is a hiccup, and what is erased cannot be brought back."""
MOST_PAGES = 500
TOMORROW = timedelta(days=1)
"""An id from the future is broken: its post is kept, but it must not carry the floor past what is still to be said."""
MOST_ROOTS = 5_000
LOOK_BACK_EVERY = timedelta(minutes=30)
LOOKED_BACK = "looked_back"
"""Where a cursor's `extra` holds when an answer last reached `late_hours` back."""

Tag = Annotated[str, StringConstraints(pattern=r"^#?[\w\u0900-\u097f]{2,100}$")]


class MastodonTable(SourceTable):
    """`[sources.mastodon]`: what to listen to on one server.

    `hashtags` are tags by brand, where everything is about the brand, named or not:
    `hashtags = { northwind = ["northwind", "northwindhelp"] }`. Where none is named, the words of the brands' queries are
    listened to as tags, and what is said there is matched like anything else. `mentions` are posts that name the account
    behind the token, `own` is what that account says itself, which stops clocks; `search` finds public posts whose authors
    let them be found, on servers that can. All three need a token. `requests_per_5_minutes` is the server's limit, shared by
    all streams: polls are spread so that it lasts. `backfill_hours` is how far back a first pull looks. `late_hours` is how
    late another server may deliver what is still found under a tag or by search, within half an hour; 0 looks for none.
    """

    hashtags: dict[str, tuple[Tag, ...]] = Field(default_factory=dict)
    listen: tuple[Literal["hashtags", "mentions", "own", "search"], ...] = ()
    poll_seconds: float = Field(15.0, ge=1, le=86_400)
    overlap_seconds: float = Field(900.0, ge=0, le=86_400)
    late_hours: float = Field(48.0, ge=0, le=168)
    page_size: int = Field(PAGE, ge=5, le=PAGE)
    requests_per_5_minutes: int = Field(300, gt=0)
    backfill_hours: float = Field(168.0, gt=0)
    recheck_days: float = Field(30.0, ge=0)


def build(name: str, table: Mapping[str, Any], settings: Settings, environment: Environment) -> "MastodonConnector":
    """The connector of `[sources.NAME]`. Raises Misconfigured for a wrong key or a missing token."""
    read = read_table(MastodonTable, name, table)
    for brand in read.hashtags:
        if brand not in settings.brands:
            raise Misconfigured(f"sources.{name}.hashtags names '{brand}', and there is no brands.{brand}.")
    server = connect(environment, read.timeout_seconds)
    kinds = read.listen or (("hashtags", "mentions", "own") if server.has_token else ("hashtags",))
    for kind in kinds:
        if kind != "hashtags" and not server.has_token:
            environment.need(TOKEN, f'sources.{name} needs it to listen to "{kind}" on Mastodon')
    own = {key: _own(settings, key) for key in settings.brands}
    return MastodonConnector(name, read.model_copy(update={"listen": kinds}), server, settings.queries, own)


def _own(settings: Settings, brand: str) -> frozenset[str]:
    """A brand's own accounts on Mastodon: `name` or `name@server`, and ids, lower case."""
    accounts = (a.removeprefix("mastodon:") for a in settings.brand(brand).own_accounts if a.startswith("mastodon:"))
    return frozenset(account.removeprefix("@") for account in accounts)


@dataclass(frozen=True, slots=True)
class _Way:
    """How a stream is asked for. Notifications are numbered in the order in which they come, so that they need no overlap;
    `status_of` finds the status in an item. Nobody delivers late what is ours."""

    ask: Callable[[datetime, dict[str, Any]], Answer]
    items: Callable[[Any], Any] = lambda body: body
    status_of: Callable[[Any], Any] = lambda item: item
    is_timed: bool = True
    is_ours: bool = False


class MastodonConnector:
    """One stream a hashtag or search word, one for mentions, one for the brand's own posts.

    Answers are newest first. An unfinished one goes on below its oldest stored item (`max_id`); the floor moves up once the
    whole answer is stored. What is not public is passed over, though the account may read it.
    """

    platform = "mastodon"

    def __init__(
        self,
        name: str,
        table: MastodonTable,
        server: Server,
        queries: Sequence[BrandQuery],
        own_accounts: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        self.name = name
        self._server = server
        self._queries = tuple(queries)
        self._own = own_accounts or {}
        self._about = {_tag(tag): brand for brand, tags in table.hashtags.items() for tag in tags}
        self._me = ""
        self._roots: dict[str, str] = {}
        self._streams = [Stream(name, self._queries) for name in self._stream_names(table)]
        slowest = 300 / table.requests_per_5_minutes * 2 * len(self._streams)  # an answer and its empty end
        self._table = table
        self.table: SourceTable = table.model_copy(update={"poll_seconds": max(table.poll_seconds, slowest)})

    def _stream_names(self, table: MastodonTable) -> Iterator[str]:
        words = dict.fromkeys(term for query in self._queries for term in query.any_of)
        for kind in table.listen:
            if kind == "hashtags":
                tags = self._about or dict.fromkeys(filter(None, map(_tag, words)))
                yield from (f"tag:{tag}" for tag in tags)
            elif kind == "search":
                yield from (f"search:{word}" for word in words)
            else:
                yield kind

    def streams(self) -> Sequence[Stream]:
        return self._streams

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        """See `core.mention.Connector.pull`. A page is a page of the server's answer, at most 40 statuses."""
        way = self._way(stream, now)
        if cursor is None or (cursor.floor_at is None and cursor.resume is None):
            first = str(snowflake(now - timedelta(hours=self._table.backfill_hours))) if way.is_timed else None
            cursor = Cursor(floor=first, extra=cursor.extra if cursor else {})
        if cursor.resume is not None:
            cursor = yield from self._answer(stream, way, cursor, now)
        if back := self._looks_back(way, cursor, now):
            cursor = replace(cursor, extra={**cursor.extra, LOOKED_BACK: now.isoformat()})
        yield from self._answer(stream, way, cursor, now, back)

    def find_deleted(self, external_ids: Sequence[str], now: datetime) -> tuple[Sequence[str], Sequence[Charge]]:
        """Statuses that the server does not show any more: deleted, or not public any more. Asking costs nothing."""
        gone: list[str] = []
        for start in range(0, len(external_ids), LOOKED_UP):
            batch = list(external_ids[start : start + LOOKED_UP])
            there = self._still_there(batch, now)
            if not there and len(batch) >= DOUBTFUL:
                raise RetryLater(f"Mastodon says that it knows none of {len(batch)} posts, which is not believed.")
            gone += [id for id in batch if id not in there]
        return gone, ()

    # Asking

    def _way(self, stream: Stream, now: datetime) -> _Way:
        kind, _, what = stream.name.partition(":")
        ask = self._server.ask
        if kind == "tag":
            return _Way(lambda now, span: ask("timeline_hashtag", now, what, **span))
        if kind == "mentions":
            return _Way(
                lambda now, span: ask("notifications", now, types=["mention"], **span),
                status_of=lambda item: item.get("status"),
                is_timed=False,
            )
        if kind == "own":
            me = self._account(now)
            return _Way(lambda now, span: ask("account_statuses", now, me, exclude_reblogs=True, **span), is_ours=True)
        return _Way(lambda now, span: self._search(what, now, span), lambda body: body["statuses"])

    def _search(self, word: str, now: datetime, span: dict[str, Any]) -> Answer:
        """The search knows no `since_id`, and its answer does not say whether there is more: a full page may not be the
        last one."""
        span = {("min_id" if name == "since_id" else name): value for name, value in span.items()}
        phrase = f'"{" ".join(word.replace(chr(34), " ").split())}"'
        options = {"result_type": "statuses", "resolve": False, "exclude_unreviewed": False}
        answer = self._server.ask("search_v2", now, phrase, **options, **span)
        found = answer.body.get("statuses") if isinstance(answer.body, dict) else None
        if not isinstance(found, list):
            raise RetryLater("Mastodon sent an answer that is no search result.")
        return replace(answer, has_more=len(found) >= self._table.page_size)

    def _account(self, now: datetime) -> str:
        """The id of the account behind the token. Asked once."""
        if not self._me:
            body = self._told(lambda: self._server.ask("account_verify_credentials", now)).body
            self._me = str(body.get("id") or "") if isinstance(body, dict) else ""
            if not self._me:
                raise RetryLater("Mastodon does not say whose token it is.")
        return self._me

    def _told(self, ask: Callable[[], Answer]) -> Answer:
        """What the server refuses here is a setting of ours."""
        try:
            return ask()
        except Refused as refused:
            if refused.status == 403:
                raise Misconfigured(f"Mastodon does not let us read that: give {TOKEN} the scope read.") from None
            if refused.status == 422:
                raise Misconfigured(
                    f"This Mastodon server does not answer sources.{self.name}: {refused.why or 'it says not why'}."
                ) from None
            raise Misconfigured(
                "There is no Mastodon at MASTODON_BASE_URL: write it as https://mastodon.example."
            ) from None

    def _still_there(self, ids: Sequence[str], now: datetime) -> set[str]:
        try:
            body = self._server.ask("statuses", now, list(ids)).body
        except Refused:  # servers before 4.3 tell them one by one
            return {id for id in ids if self._is_there(id, now)}
        if not isinstance(body, list):
            raise RetryLater("Mastodon sent an answer that is no list of posts.")
        return {str(status.get("id")) for status in body if isinstance(status, dict) and _is_public(status)}

    def _is_there(self, id: str, now: datetime) -> bool:
        try:
            return _is_public(self._server.ask("status", now, id).body)
        except Refused:
            return False

    def _looks_back(self, way: _Way, cursor: Cursor, now: datetime) -> timedelta | None:
        """How far below its floor the next answer is to reach for what was delivered late, if it is time for that."""
        late = timedelta(hours=self._table.late_hours)
        if not late or not way.is_timed or way.is_ours:
            return None
        last = cursor.extra.get(LOOKED_BACK)
        return None if last and now - datetime.fromisoformat(str(last)) < LOOK_BACK_EVERY else late

    def _answer(
        self, stream: Stream, way: _Way, cursor: Cursor, now: datetime, back: timedelta | None = None
    ) -> Generator[Page, None, Cursor]:
        """Read one answer to its end, starting below `cursor.resume` if it was begun before; it reaches `back` below the
        floor, or the overlap. Returns the last cursor."""
        since = None if cursor.floor is None else self._since(int(cursor.floor), way, back)
        for _ in range(MOST_PAGES):
            span = {"since_id": since, "max_id": cursor.resume, "limit": self._table.page_size}
            answer = self._told(lambda: way.ask(now, {k: v for k, v in span.items() if v is not None}))  # noqa: B023
            items = way.items(answer.body)
            if not isinstance(items, list):
                raise RetryLater("Mastodon sent an answer that is no list of posts.")
            page, ids = self._read(items, way, stream, now)
            if ids and cursor.resume is not None and max(ids) >= int(cursor.resume):
                raise RetryLater("Mastodon sent the same page again instead of the next one.")
            finished = not items or not answer.has_more or not ids
            cursor = _moved(cursor, ids, answer.at or now, now, way, finished)
            yield replace(page, cursor=cursor)
            if finished:
                return cursor
        raise RetryLater("Mastodon's answer does not end; it is read again later.")

    def _since(self, floor: int, way: _Way, back: timedelta | None) -> int:
        if not way.is_timed:
            return floor
        overlap = max(timedelta(seconds=self._table.overlap_seconds), back or timedelta())
        return max(0, floor - (int(overlap.total_seconds() * 1000) << EPOCH_SHIFT))

    # Reading

    def _read(self, items: Sequence[Any], way: _Way, stream: Stream, now: datetime) -> tuple[Page, list[int]]:
        """The mentions of a page, and the ids of all its readable items."""
        heard, rejected, ids = [], [], []
        for item in items:
            try:
                id = _id(item)
                status = way.status_of(item)
                ids.append(id)
                if status is None or not _is_public(status):
                    continue  # for the account's eyes alone
                mention = read_status(status)
            except BadRecord as broken:
                rejected.append(Rejected(str(broken), json.dumps(item, ensure_ascii=False, default=str)))
                continue
            if queries := self._answered(mention, status, stream):
                heard.append(Heard(self._placed(mention, now), queries, status))
        return Page(Cursor(), heard, rejected), ids

    def _answered(self, mention: Mention, status: Mapping[str, Any], stream: Stream) -> tuple[BrandQuery, ...]:
        """The queries that a status answers: by its words and tags, by the tag that it is under, for naming the brand's
        account, or for being the brand's own."""
        tags = [str(tag.get("name", "")) for tag in _dicts(status.get("tags"))]
        text = "\n".join((mention.title, mention.text, mention.quoted_text, *(f"#{tag}" for tag in tags)))
        found = [query for query in stream.queries if matches(query, text)]
        named = {str(one.get("acct", "")).lower() for one in _dicts(status.get("mentions"))}
        named |= {mention.author.handle.lower(), mention.author.external_id}
        about = {self._about[tag] for tag in map(_tag, tags) if tag in self._about}
        for query in stream.queries:
            spoken_for = query.brand in about or named & self._own.get(query.brand, set())
            if spoken_for and query.brand not in {q.brand for q in found}:
                found.append(query)
        return tuple(found)

    def _placed(self, mention: Mention, now: datetime) -> Mention:
        """The mention with its conversation: the status that began it, which Mastodon tells only when asked."""
        if mention.kind != "reply":
            return mention
        known = self._roots.get(mention.parent_id)
        root = known or self._root(mention.external_id, mention.parent_id, now)
        if len(self._roots) >= MOST_ROOTS:
            self._roots.clear()
        self._roots[mention.external_id] = self._roots[mention.parent_id] = root
        return replace(mention, conversation_id=root)

    def _root(self, id: str, parent: str, now: datetime) -> str:
        """Where that is not told, at least an answer stands with what it answers."""
        try:
            body = self._server.ask("status_context", now, id).body
        except Refused:
            return parent
        before = _dicts(body.get("ancestors")) if isinstance(body, dict) else []
        return str(before[0].get("id") or parent) if before else parent


def _moved(cursor: Cursor, ids: Sequence[int], at: datetime, now: datetime, way: _Way, finished: bool) -> Cursor:
    """The cursor once a page with these ids is stored; `at` is the server's clock."""
    resume = min([*ids, *([int(cursor.resume)] if cursor.resume else [])], default=None)
    if way.is_timed:
        ids = [id for id in ids if id < snowflake(at + TOMORROW)]
    ceiling = max([*ids, *([int(cursor.ceiling)] if cursor.ceiling else [])], default=None)
    ceiling_at = snowflake_time(ceiling) if ceiling is not None and way.is_timed else None
    if not finished:
        return replace(
            cursor,
            ceiling=None if ceiling is None else str(ceiling),
            ceiling_at=ceiling_at,
            resume=None if resume is None else str(resume),
        )
    floor = max(
        [*([int(cursor.floor)] if cursor.floor else []), *([ceiling] if ceiling is not None else [])], default=None
    )
    floor_at = ceiling_at or (cursor.floor_at if ceiling is None else None) or now
    return Cursor(None if floor is None else str(floor), floor_at, extra=cursor.extra)


def read_status(status: Any) -> Mention:
    """A status of Mastodon's API as a mention. Raises BadRecord."""
    try:
        text, quoted = read_html(str(status["content"]))
        quote = status.get("quote") or {}
        quoted_status = quote.get("quoted_status") if isinstance(quote, dict) else None
        kind: Kind = "reply" if status.get("in_reply_to_id") else "quote" if quoted_status else "post"
        said = read_html(str(quoted_status["content"]))[0] if quoted_status else ""
        edited = status.get("edited_at")
        id = str(int(status["id"]))
        return Mention(
            platform="mastodon",
            external_id=id,
            author=_author(status["account"]),
            text=re.sub(r"^RE: \S+\s*", "", text) if quoted_status else text,
            created_at=_time(status["created_at"]),
            url=str(status.get("url") or status.get("uri") or ""),
            kind=kind,
            title=str(status.get("spoiler_text") or ""),
            quoted_text="\n".join(filter(None, (quoted, said))),
            lang=str(status.get("language") or ""),
            conversation_id=id,
            parent_id=str(status.get("in_reply_to_id") or (quoted_status["id"] if quoted_status else "")),
            edited_at=_time(edited) if edited else None,
            metrics=Metrics(status.get("favourites_count"), status.get("replies_count"), status.get("reblogs_count")),
            quoted_author=f"mastodon:{quoted_status['account']['id']}" if quoted_status else "",
        )
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError, OSError) as error:
        raise BadRecord(f"an item of Mastodon that cannot be read: {type(error).__name__} {error}", status) from None


def _author(account: Mapping[str, Any]) -> Author:
    fields = (f"{field.get('name', '')}: {field.get('value', '')}" for field in _dicts(account.get("fields")))
    bio = "\n".join(filter(None, (read_html(str(part))[0] for part in (account.get("note") or "", *fields))))
    followers = account.get("followers_count")
    return Author(
        platform="mastodon",
        external_id=str(account["id"]),
        handle=str(account["acct"]),
        display_name=str(account.get("display_name") or account["acct"]),
        bio=bio,
        url=str(account.get("url") or ""),
        followers=followers if isinstance(followers, int) and followers >= 0 else None,
    )


def _time(value: Any) -> datetime:
    found = datetime.fromisoformat(str(value))
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _id(item: Any) -> int:
    try:
        return int(item["id"])
    except (KeyError, TypeError, ValueError):
        raise BadRecord("an item of Mastodon without a number for an id", item) from None


def _is_public(status: Any) -> bool:
    return isinstance(status, dict) and status.get("visibility", "public") in ("public", "unlisted")


def _tag(word: str) -> str:
    """A word, phrase or tag as Mastodon names a tag: without #, written together, lower case. Empty where it cannot be."""
    tag = re.sub(r"[\s#@._-]+", "", word).lower()
    return tag if re.fullmatch(r"[\w\u0900-\u097f]{2,100}", tag) and not tag.isdigit() else ""


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
