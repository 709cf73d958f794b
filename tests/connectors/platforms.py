"""Each kind of stream that we listen to, as the contract suite needs it: a made platform that people post on."""

import json
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.ingest import ingest
from connectors.social import build
from connectors.social.source import Source
from core.mention import Cursor, Mention, Page, Stream
from core.settings import Environment, Settings, parse
from core.store import Store, browse, cursors
from sandbox.server import Sandbox

PAGE = 10


class Platform:
    """One source with one stream, in front of a sandbox. `route` names its requests for `sandbox.faults`."""

    name = ""
    route = ""
    pages = True
    """Whether an answer can have several pages."""

    def __init__(self, sandbox: Sandbox, folder: Path) -> None:
        self.sandbox, self.folder = sandbox, folder

    def settings(self, **table: Any) -> Settings:
        return parse(
            {
                "brands": {
                    "northwind": {
                        "name": "Northwind",
                        "own_accounts": [
                            *("x:@northwindhelp", "reddit:@northwind_help", "rss:@Northwind Help"),
                            "mastodon:@northwind",
                        ],
                        "queries": [{"name": "main", "any_of": ["northwind", "@northwind"]}],
                    }
                },
                "sources": {self.name: {**self.table(), "timeout_seconds": 1, **table}},
            }
        )

    def source(self, environment: dict[str, str] | None = None, **table: Any) -> Source:
        env = {**self.sandbox.env(), **(environment or {})}
        return build(self.settings(**table), Environment(env))[0]

    def table(self) -> dict[str, Any]:
        """The source's own settings."""
        raise NotImplementedError

    def without_overlap(self) -> dict[str, Any]:
        return {"overlap_seconds": 0}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        """Post `text` in public; `at` backdates it."""
        raise NotImplementedError


class X(Platform):
    name, route = "x", "x.search"

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        return self.sandbox.world.post("x", author, text, at=at)


class RedditNew(Platform):
    name, route = "reddit", "reddit.new"

    def without_overlap(self) -> dict[str, Any]:
        return {"overlap_seconds": 0, "search_overlap_seconds": 0}

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE, "subreddits": ["gadgets", "india"], "listen": ["new"]}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        return self.sandbox.world.post("reddit", author, text, at=at, place="gadgets", title="A post")


class RedditComments(RedditNew):
    route = "reddit.comments"

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE, "subreddits": ["gadgets", "india"], "listen": ["comments"]}

    _thread: Any = None

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        world = self.sandbox.world
        self._thread = self._thread or world.post("reddit", "op", "a thread", place="gadgets", title="A thread")
        return world.post("reddit", author, text, at=at, reply_to=self._thread.id)


class RedditSearch(RedditNew):
    route = "reddit.search"

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE, "subreddits": ["gadgets", "india"], "listen": ["search"]}


class MastodonTag(Platform):
    """Posts that carry the tag beside their words, as other software sends them."""

    name, route = "mastodon", "mastodon.tag"

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE, "listen": ["hashtags"], "hashtags": {"northwind": ["northwind"]}}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        return self.sandbox.world.post(
            "mastodon", author, text, at=at, place="northwind" if "northwind" in text else ""
        )


class MastodonSearch(MastodonTag):
    route = "mastodon.search"

    def settings(self, **table: Any) -> Settings:
        found = super().settings(**table)
        query = found.brands["northwind"].queries[0].model_copy(update={"any_of": ("northwind",)})  # one search a word
        brand = found.brands["northwind"].model_copy(update={"queries": (query,)})
        return found.model_copy(update={"brands": {"northwind": brand}})

    def table(self) -> dict[str, Any]:
        return {"page_size": PAGE, "listen": ["search"]}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        return self.sandbox.world.post("mastodon", author, text, at=at)


class Rss(Platform):
    name, route = "rss", "feeds.blog"
    pages = False

    def table(self) -> dict[str, Any]:
        return {"feeds": [f"{self.sandbox.feeds_url}/blog/rss.xml"]}

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        return self.sandbox.world.post("feed", author, text, at=at, place="blog", title="An article")


class Replay(Platform):
    name, route = "replay", ""
    _said = 0

    def table(self) -> dict[str, Any]:
        return {"path": str(self.path), "page_size": PAGE}

    @property
    def path(self) -> Path:
        path = self.folder / "mentions.jsonl"
        path.touch()
        return path

    def say(self, text: str, at: datetime | None = None, author: str = "asha") -> Any:
        self._said += 1
        row = {"id": f"r{self._said}", "text": text, "author": {"id": author, "handle": author}}
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(row | ({"created_at": at.isoformat()} if at else {}), ensure_ascii=False) + "\n")
        return row


PLATFORMS: list[type[Platform]] = [
    *(X, RedditNew, RedditComments, RedditSearch, MastodonTag, MastodonSearch, Rss, Replay),
]
ONLINE = [platform for platform in PLATFORMS if platform.route]


class Crash(BaseException):
    """The process dies here."""


@dataclass
class Dying:
    """A source whose process dies once `pages` pages were handed over and stored."""

    inner: Source
    pages: int

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def pull(self, stream: Stream, cursor: Cursor | None, now: datetime) -> Iterator[Page]:
        left = self.pages
        for page in self.inner.pull(stream, cursor, now):
            if left == 0:
                raise Crash
            left -= 1
            yield page
        raise Crash


def heard(store: Store) -> dict[str, Mention]:
    """Every stored mention, by its text."""
    with store.read() as tx:
        found = [one.mention for one in browse.latest(tx, limit=10_000).items]
    by_text = {mention.text: mention for mention in found}
    assert len(by_text) == len(found), "a mention was stored twice"
    return by_text


def keep_listening(
    store: Store,
    source: Source,
    settings: Settings,
    now: datetime,
    until: Callable[[], bool],
    rounds: int = 12,
) -> datetime:
    """Poll again and again, an ever longer while apart, until `until()`; fails if it never comes true."""
    for round in range(rounds):
        ingest(store, [source], settings, now)
        if until():
            return now
        now += timedelta(seconds=2**round)
    with store.read() as tx:
        raise AssertionError(f"never recovered: {cursors.state(tx, source.name)}")


def holds(store: Store, texts: Collection[str]) -> Callable[[], bool]:
    return lambda: set(texts) <= heard(store).keys()


def lines(prefix: str, count: int) -> Sequence[str]:
    return [f"northwind {prefix} {number}: मेरा ऑर्डर नहीं आया 😡" for number in range(count)]
