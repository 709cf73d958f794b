"""The made world that the stand-ins show: who posts what, where and when.

One `World` holds every platform. What is posted in it is stamped with the wall clock, so the product
sees fresh posts; a scenario is only played faster (`Clock.speed`). All times are aware UTC.
"""

import json
import random
import re
import secrets
import threading
import time
from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, ClassVar

from sandbox.faults import Faults

SNOWFLAKE_EPOCH_MS = 1_288_834_974_657
"""X counts its ids' milliseconds from 2010-11-04T01:42:54.657Z."""

REDDIT_EPOCH_MS = 1_500_000_000_000
"""Made up: nothing that Reddit says ties its ids to time, but they rise with it."""

KEPT = timedelta(days=8)
"""How long a state file remembers: a day more than X's search looks back."""


class Clock:
    """Real time, and how fast a scenario's time runs against it: `speed` scenario seconds a second."""

    def __init__(self, speed: float = 1.0) -> None:
        self.speed = speed

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass
class Author:
    """A person or an account. `id` is the platform's own: digits on X and Mastodon, base 36 on Reddit."""

    platform: str
    id: str
    handle: str
    name: str
    bio: str = ""
    location: str = ""
    url: str = ""
    followers: int = 120
    verified: bool = False
    created_at: datetime = datetime(2019, 5, 4, tzinfo=UTC)


@dataclass
class Post:
    """One post, comment or feed entry, as it stands now.

    `id` is the platform's: a snowflake on X and Mastodon, a full name (`t3_...`, `t1_...`) on Reddit, the entry's
    guid in a feed. `number` sorts a platform's posts by age. `place` is the subreddit or the feed.
    `root` is the id that opened the conversation. `editions` are all ids that the post has had, oldest
    first (X gives an edit a new id). `gone` says who took it away: "author", "moderator" or nobody.
    `truth` is what the scenario's author meant it to be judged as.
    """

    platform: str
    id: str
    number: int
    author: Author
    text: str
    created_at: datetime
    visible_at: datetime
    root: str
    lang: str = "en"
    place: str = ""
    title: str = ""
    link: str = ""
    reply_to: str | None = None
    quote_of: str | None = None
    repost_of: str | None = None
    editions: list[str] = field(default_factory=list)
    superseded: bool = False
    edited_at: datetime | None = None
    gone: str = ""
    likes: int = 0
    shares: int = 0
    replies: int = 0
    views: int = 0
    truth: dict[str, Any] | None = None

    @property
    def handle(self) -> str:
        return self.author.handle


@dataclass(frozen=True)
class Keys:
    """The credentials that the stand-ins accept. Anything else is refused as the platform refuses it."""

    x_bearer: str = "sandbox-x-bearer"
    x_consumer_key: str = "sandbox-x-consumer-key"
    x_consumer_secret: str = "sandbox-x-consumer-secret"  # noqa: S105 - opens nothing but this sandbox
    x_access_token: str = "1001-sandbox-x-access-token"  # noqa: S105
    x_access_token_secret: str = "sandbox-x-access-token-secret"  # noqa: S105
    reddit_client_id: str = "sandbox-reddit-client"
    reddit_client_secret: str = "sandbox-reddit-secret"  # noqa: S105
    reddit_user_agent: str = "linux:sunwai-sandbox:0.1 (by /u/northwind_help)"
    reddit_username: str = "northwind_help"
    reddit_password: str = "sandbox-reddit-password"  # noqa: S105
    reddit_refresh_token: str = "sandbox-reddit-refresh-token"  # noqa: S105
    mastodon_token: str = "sandbox-mastodon-token"  # noqa: S105


LIMITS = {
    "x.search": (450, 900),
    "x.tweets": (3500, 900),
    "x.users": (300, 900),
    "x.users_by": (300, 900),
    "x.me": (75, 900),
    "x.timeline": (900, 900),
    "x.create": (100, 900),
    "reddit": (1000, 600),
    "mastodon": (300, 300),
}
"""Requests and seconds of a window, as the platforms publish them (X per app, Reddit 100 a minute averaged over
ten, Mastodon per account)."""


class Limits:
    """Fixed windows of requests, counted per token and route."""

    def __init__(self, table: dict[str, tuple[int, int]] | None = None) -> None:
        self.table = {**LIMITS, **(table or {})}
        self._windows: dict[tuple[str, str], tuple[float, int]] = {}
        self._lock = threading.Lock()

    def spend(self, token: str, route: str) -> tuple[int, int, int, int]:
        """Count one request: (limit, used, remaining, seconds until reset). `used` over `limit` is refused."""
        limit, seconds = self.table[route]
        now = time.time()
        with self._lock:
            # Reddit's windows begin with the clock's tens of minutes, X's with the first request.
            begin = now - now % seconds if route == "reddit" else now
            start, used = self._windows.get((token, route), (begin, 0))
            if now >= start + seconds:
                start, used = begin, 0
            used += 1
            self._windows[token, route] = (start, used)
        return limit, used, max(0, limit - used), max(1, int(start + seconds - now + 0.999))


class World:
    """Everything that was said, on every platform. Thread-safe.

    With a `journal` each change is appended to that file and read back at the next start, so that a
    restarted sandbox still knows the posts that the product looks up again.
    """

    brand_accounts: ClassVar = {
        "x": ("northwind", "northwindhelp"),
        "reddit": ("northwind_help",),
        "mastodon": ("northwind",),
    }

    def __init__(
        self,
        *,
        keys: Keys | None = None,
        limits: dict[str, tuple[int, int]] | None = None,
        journal: Path | None = None,
        speed: float = 1.0,
    ) -> None:
        self.keys = keys or Keys()
        self.limits = Limits(limits)
        self.faults = Faults()
        self.clock = Clock(speed)
        self.subreddits = {"northwind": 48_213, "gadgets": 21_400_511, "india": 3_104_882, "turkey": 402_117}
        """Names and subscribers of the subreddits that exist."""
        self.locked: set[str] = set()
        """Submissions on Reddit that moderators locked: nobody may comment there any more."""
        self.comment_seconds = 0.0
        """How long Reddit makes the brand's account wait between two comments, as it does with new accounts."""
        self._lock = threading.RLock()
        self._posts: dict[tuple[str, str], Post] = {}
        self._timeline: dict[str, list[tuple[int, str]]] = defaultdict(list)
        self._children: dict[tuple[str, str], list[str]] = defaultdict(list)
        self._authors: dict[tuple[str, str], Author] = {}
        self._authors_by_id: dict[tuple[str, str], Author] = {}
        self._worker = secrets.randbelow(1024)
        self._sequence: Counter[tuple[str, int]] = Counter()
        self._journal = None
        if journal is not None:
            self._replay(journal)
            self._journal = journal.open("a", encoding="utf-8")
        for platform, handles in self.brand_accounts.items():
            for handle in handles:
                name = "Northwind Help" if "help" in handle else "Northwind"
                self.author(platform, handle, name=name, verified=True, followers=214_000)

    # --- people -------------------------------------------------------------------------------

    def author(self, platform: str, handle: str, *, id: str | None = None, **profile: Any) -> Author:
        """The account with this handle, made on first mention. `profile` are fields of `Author`."""
        with self._lock:
            known = self._authors.get((platform, handle.lower()))
            if known is not None:
                return known
            made = Author(platform, id or self._account_id(platform), handle, profile.pop("name", handle), **profile)
            self._authors[platform, handle.lower()] = self._authors_by_id[platform, made.id] = made
            return made

    def author_by_id(self, platform: str, id: str) -> Author | None:
        return self._authors_by_id.get((platform, id))

    def find_author(self, platform: str, handle: str) -> Author | None:
        return self._authors.get((platform, handle.lower()))

    # --- what people do -----------------------------------------------------------------------

    def post(
        self,
        platform: str,
        author: Author | str,
        text: str,
        *,
        at: datetime | None = None,
        late: float = 0.0,
        reply_to: str | None = None,
        quote_of: str | None = None,
        repost_of: str | None = None,
        place: str = "",
        title: str = "",
        link: str = "",
        lang: str | None = None,
        truth: dict[str, Any] | None = None,
        likes: int = 0,
        views: int = 0,
    ) -> Post:
        """Say something. `at` backdates it; `late` seconds pass before search shows it.

        On Reddit a `reply_to` makes it a comment, else it is a submission. Raises KeyError when the
        post that it refers to does not exist.
        """
        with self._lock:
            who = self.author(platform, author) if isinstance(author, str) else author
            when = at or self.clock.now()
            parent = self._posts[platform, reply_to] if reply_to else None
            number, id = self._identify(platform, when, comment=parent is not None)
            made = Post(
                platform=platform,
                id=id,
                number=number,
                author=who,
                text=text,
                created_at=when,
                visible_at=when + timedelta(seconds=late),
                root=parent.root if parent else id,
                lang=lang or guess_language(text),
                place=place or (parent.place if parent else ""),
                title=title,
                link=link,
                reply_to=reply_to,
                quote_of=quote_of,
                repost_of=repost_of,
                editions=[id],
                truth=truth,
                likes=likes,
                views=views,
            )
            self._keep(made)
            if parent is not None:
                parent.replies += 1
                self._write(parent)
            if repost_of:
                self._posts[platform, repost_of].shares += 1
                self._write(self._posts[platform, repost_of])
            return made

    def edit(self, platform: str, id: str, text: str, *, truth: dict[str, Any] | None = None) -> Post:
        """Change a post's words, and perhaps what they should be judged as.

        X gives the new version a new id, and the old one leaves the search.
        """
        with self._lock:
            old = self._posts[platform, id]
            now, truth = self.clock.now(), truth or old.truth
            if platform != "x":
                old.text, old.edited_at, old.truth = text, now, truth
                self._write(old)
                return old
            number, new_id = self._identify(platform, now, comment=False)
            editions = [*old.editions, new_id]
            for edition in old.editions:
                self._posts[platform, edition].editions = editions
            old.superseded = True
            new = replace(old, id=new_id, number=number, text=text, truth=truth, superseded=False)
            new.editions, new.edited_at, new.created_at, new.visible_at = editions, now, now, now
            self._write(old)
            self._keep(new)
            return new

    def delete(self, platform: str, id: str, by: str = "author") -> None:
        """Take a post away (all its editions); `by` is "author" or "moderator"."""
        with self._lock:
            for edition in self._posts[platform, id].editions:
                self._posts[platform, edition].gone = by
                self._write(self._posts[platform, edition])

    def like(self, platform: str, id: str, likes: int = 1, *, shares: int = 0, views: int = 0) -> None:
        """Let a post spread: more likes, shares and views."""
        with self._lock:
            post = self._posts[platform, id]
            post.likes, post.shares, post.views = post.likes + likes, post.shares + shares, post.views + views
            self._write(post)

    # --- what the servers ask -----------------------------------------------------------------

    def get(self, platform: str, id: str) -> Post | None:
        return self._posts.get((platform, id))

    def children(self, platform: str, id: str) -> list[Post]:
        """Direct replies, oldest first."""
        with self._lock:
            found = (self._posts[platform, child] for child in self._children[platform, id])
            return [post for post in found if not post.superseded]

    def newest_first(
        self,
        platform: str,
        *,
        above: int | None = None,
        below: int | None = None,
        late: bool = False,
    ) -> Iterator[Post]:
        """Posts with `above` < number < `below`; those that search does not show yet only if `late`."""
        now = self.clock.now()
        with self._lock:
            line = self._timeline[platform]
            low = bisect_right(line, (above, "\uffff")) if above is not None else 0
            high = bisect_left(line, (below, "")) if below is not None else len(line)
            span = line[low:high]
        for _, id in reversed(span):
            post = self._posts[platform, id]
            if (late or post.visible_at <= now) and not post.superseded:
                yield post

    def truths(self) -> list[dict[str, Any]]:
        """Each labelled post with what it was meant to be; of an edited one only the newest version."""
        with self._lock:
            return [
                {"platform": p.platform, "id": p.id, "author": p.author.id, "handle": p.author.handle}
                | {"text": p.text, "created_at": p.created_at.isoformat(), "gone": p.gone, **p.truth}
                for p in self._posts.values()
                if p.truth is not None and not p.superseded
            ]

    # --- inside -------------------------------------------------------------------------------

    def _identify(self, platform: str, when: datetime, *, comment: bool) -> tuple[int, str]:
        """A number and id that no post had before, in this run or an earlier one.

        They count on within a millisecond. X's snowflakes and the feeds' guids carry a number of this
        run besides, as X's carry a machine's.
        """
        ms = int(when.timestamp() * 1000)
        sequence = self._sequence[platform, ms]
        self._sequence[platform, ms] += 1
        if platform == "x":
            number = ((ms - SNOWFLAKE_EPOCH_MS) << 22) + (self._worker << 12) + sequence
            return number, str(number)
        if platform == "mastodon":
            number = (ms << 16) + sequence
            return number, str(number)
        if platform == "reddit":
            number = (ms - REDDIT_EPOCH_MS) * 256 + sequence
            return number, ("t1_" if comment else "t3_") + base36(number)
        return ms * 4096 + sequence, f"{base36(ms)}-{self._worker:03x}-{sequence:03x}"

    def _account_id(self, platform: str) -> str:
        while True:
            id = (
                str(random.randrange(10**17, 2 * 10**18))
                if platform in ("x", "mastodon")
                else base36(random.randrange(36**6, 36**7))
            )
            if (platform, id) not in self._authors_by_id:
                return id

    def _keep(self, post: Post) -> None:
        self._posts[post.platform, post.id] = post
        insort(self._timeline[post.platform], (post.number, post.id))
        if post.reply_to:
            self._children[post.platform, post.reply_to].append(post.id)
        self._write(post)

    def _write(self, post: Post) -> None:
        if self._journal is not None:
            self._journal.write(json.dumps(asdict(post), default=datetime.isoformat, ensure_ascii=False) + "\n")
            self._journal.flush()

    def _replay(self, journal: Path) -> None:
        """Read a journal back and shorten it to one line a post; a line cut off by a crash is dropped."""
        if not journal.exists():
            return
        oldest = self.clock.now() - KEPT
        latest: dict[tuple[str, str], Post] = {}
        for line in journal.read_text(encoding="utf-8").splitlines():
            try:
                post = _from_json(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue
            if post.created_at >= oldest:
                latest[post.platform, post.id] = post
        for post in latest.values():
            post.author = self.author(**{f.name: getattr(post.author, f.name) for f in fields(Author)})
            self._keep(post)
        shortened = journal.with_suffix(journal.suffix + ".new")
        with shortened.open("w", encoding="utf-8") as file:
            for post in latest.values():
                file.write(json.dumps(asdict(post), default=datetime.isoformat, ensure_ascii=False) + "\n")
        shortened.replace(journal)


def _from_json(row: dict[str, Any]) -> Post:
    for name in ("created_at", "visible_at", "edited_at"):
        row[name] = datetime.fromisoformat(row[name]) if row[name] else None
    author = row["author"]
    author["created_at"] = datetime.fromisoformat(author["created_at"])
    return Post(**{**row, "author": Author(**author)})


def base36(number: int) -> str:
    """Reddit's way to write ids: digits 0-9a-z."""
    digits = ""
    while True:
        number, rest = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[rest] + digits
        if not number:
            return digits


def snowflake(when: datetime) -> int:
    """The smallest X id that a post of this moment can have."""
    return (int(when.timestamp() * 1000) - SNOWFLAKE_EPOCH_MS) << 22


def snowflake_time(id: int) -> datetime:
    """When X gave this id out, to the millisecond."""
    return datetime.fromtimestamp(((id >> 22) + SNOWFLAKE_EPOCH_MS) / 1000, UTC)


def guess_language(text: str) -> str:
    """A platform's rough language tag, where the scenario gives none: by script and letters."""
    if re.search(r"[\u0900-\u097f]", text):
        return "hi"
    if re.search(r"[ğşıİ]", text):
        return "tr"
    return "en"
