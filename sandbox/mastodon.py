"""A Mastodon server's API on loopback: hashtags, search, notifications, statuses and replying.

Shapes are held against the answers recorded in Mastodon.py's own source package (tests/sandbox/test_recorded.py). Everybody
is of this one server. A post's `place` is a hashtag that it carries beside those in its words, as other software sends them.
"""

import random
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from sandbox.faults import Fault, FaultMiddleware
from sandbox.pages import post_page
from sandbox.query import HASHTAG, LINK, MENTION, words
from sandbox.world import Author, Post, World

LONGEST = 500
KEPT = timedelta(hours=1)
"""How long an idempotency key is remembered."""
LOOKED_UP = 20


class Refusal(Exception):
    def __init__(self, status: int, error: str) -> None:
        super().__init__(status)
        self.status, self.error = status, error


def problem(status: int) -> dict[str, Any]:
    """Mastodon's body for a failed request."""
    words = {401: "The access token is invalid", 403: "This action is not allowed", 404: "Record not found"}
    return {"error": words.get(status, "Too many requests" if status == 429 else "Something went wrong on our end!")}


def create_app(world: World) -> ASGIApp:
    """The API as an ASGI app, faults included. Its routes are the names in `_NAMES` behind "mastodon."."""
    api = MastodonApi(world)
    routes = [
        Route("/@{handle}/{id}", api.shown),
        Route("/{path:path}", api.answer, methods=["GET", "POST"]),
    ]
    return FaultMiddleware(Starlette(routes=routes), world.faults, route_of, problem, _reset_header)


def route_of(scope: Scope) -> str:
    """The name by which faults know a request."""
    path = scope["path"].rstrip("/")
    if scope["method"] == "POST" and path == "/api/v1/statuses":
        return "mastodon.create"
    return next((f"mastodon.{name}" for pattern, name in _NAMES if re.fullmatch(pattern, path)), "mastodon.other")


_NAMES = (
    (r"/api/v2/instance", "instance"),
    (r"/api/v1/timelines/tag/[^/]+", "tag"),
    (r"/api/v1/notifications", "notifications"),
    (r"/api/v2/search", "search"),
    (r"/api/v1/statuses", "statuses"),
    (r"/api/v1/statuses/\d+", "status"),
    (r"/api/v1/statuses/\d+/context", "context"),
    (r"/api/v1/accounts/verify_credentials", "me"),
    (r"/api/v1/accounts/\d+/statuses", "own"),
)


def _reset_header(fault: Fault, now: float) -> dict[str, str]:
    if fault.reset_after is None:
        return {}
    return {
        "x-ratelimit-limit": "300",
        "x-ratelimit-remaining": "0",
        "x-ratelimit-reset": _iso(datetime.fromtimestamp(now + fault.reset_after, UTC)),
    }


class MastodonApi:
    """The endpoints, over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._last_page: Any = None
        self._keys: dict[str, tuple[datetime, str]] = {}
        """Idempotency key -> when it was used, and for which status."""

    @property
    def me(self) -> Author:
        return self.world.author("mastodon", self.world.brand_accounts["mastodon"][0])

    async def answer(self, request: Request) -> Response:
        """Check the token and the limit, do the work, word the answer."""
        name = route_of(request.scope).removeprefix("mastodon.")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        signed_in = scheme.lower() == "bearer" and token == self.world.keys.mastodon_token
        if scheme and not signed_in:
            return JSONResponse(problem(401), 401)
        if name in ("notifications", "search", "me", "create") and not signed_in:
            return JSONResponse({"error": "This method requires an authenticated user"}, 401)
        limit, used, remaining, reset = self.world.limits.spend(token or "anybody", "mastodon")
        ends = datetime.fromtimestamp(request.scope["sandbox.clock"] + reset, UTC)
        headers = {
            "x-ratelimit-limit": str(limit),
            "x-ratelimit-remaining": str(remaining),
            "x-ratelimit-reset": _iso(ends),
        }
        if used > limit:
            return JSONResponse(problem(429), 429, headers)
        try:
            body, more = await self._work(name, request)
        except Refusal as refused:
            return JSONResponse({"error": refused.error}, refused.status, headers)
        fault = request.scope.get("sandbox.fault")
        if fault is not None:
            body = self._spoil(body, fault)
        elif name in ("tag", "notifications", "own", "search"):
            self._last_page = body
        return JSONResponse(body, headers=headers | more)

    async def _work(self, name: str, request: Request) -> tuple[Any, dict[str, str]]:
        parts = request.url.path.rstrip("/").split("/")
        match name:
            case "instance":
                return self._instance(request), {}
            case "tag":
                tag = parts[-1].lower()
                return self._page(request, (p for p in self._public() if tag in self._tags(p)))
            case "own":
                return self._page(request, (p for p in self._public() if p.author.id == parts[4]))
            case "notifications":
                return self._notifications(request)
            case "search":
                return self._search(request), {}
            case "statuses":
                return self._several(request), {}
            case "status":
                return self.status(self._the(parts[-1])), {}
            case "context":
                return self._context(self._the(parts[-2])), {}
            case "me":
                return self.account(self.me) | {"source": _SOURCE, "role": _ROLE}, {}
            case "create":
                return self._create(request, dict(await request.form())), {}
        raise Refusal(404, "Not Found")

    async def shown(self, request: Request) -> Response:
        """A status as a person would open it."""
        post = self.world.get("mastodon", request.path_params["id"])
        if post is None or post.gone:
            return Response("This post is no longer here.", 404)
        replies = [reply for reply in self.world.children("mastodon", post.id) if not reply.gone]
        return Response(post_page(post, replies), media_type="text/html")

    # --- lists --------------------------------------------------------------------------------

    def _public(self) -> Iterator[Post]:
        return (post for post in self.world.newest_first("mastodon") if not post.gone and not post.repost_of)

    def _page(self, request: Request, posts: Iterator[Post]) -> tuple[Any, dict[str, str]]:
        """Newest first, at most 40; the Link header says that there may be more wherever the page is full."""
        size = self._size(request)
        below, above = _number(request, "max_id"), _number(request, "since_id") or _number(request, "min_id")
        fits = [p for p in posts if (below is None or p.number < below) and (above is None or p.number > above)][:size]
        return [self.status(post) for post in fits], _link(request, [post.id for post in fits], len(fits) == size)

    def _size(self, request: Request) -> int:
        asked = request.query_params.get("limit", "")
        return min(40, max(1, int(asked))) if asked.isdigit() else 20

    def _notifications(self, request: Request) -> tuple[Any, dict[str, str]]:
        """Mentions of the account, newest first. They are numbered in the order in which they came."""
        mine = [p for p in self._public() if p.author is not self.me and self.me in self._named(p)]
        number = {post.id: place + 1 for place, post in enumerate(reversed(mine))}
        below, above = _number(request, "max_id"), _number(request, "since_id")
        fits = [p for p in mine if (below is None or number[p.id] < below) and (above is None or number[p.id] > above)][
            : (size := self._size(request))
        ]
        found: list[dict[str, Any]] = [
            {
                "id": str(number[post.id]),
                "type": "mention",
                "created_at": _iso(post.created_at),
                "group_key": f"ungrouped-{number[post.id]}",
                "account": self.account(post.author),
                "status": self.status(post),
            }
            for post in fits
        ]
        return found, _link(request, [str(one["id"]) for one in found], len(fits) == size)

    def _search(self, request: Request) -> dict[str, Any]:
        """Public statuses that hold the quoted phrase."""
        wanted = words(request.query_params.get("q", ""))
        posts = (p for p in self._public() if _holds(words(p.text), wanted)) if wanted else iter(())
        found, _ = self._page(request, posts)
        return {"accounts": [], "statuses": found, "hashtags": [], "collections": []}

    def _several(self, request: Request) -> list[dict[str, Any]]:
        ids = request.query_params.getlist("id[]")
        if len(ids) > LOOKED_UP:
            raise Refusal(422, "Too many statuses requested")
        found = (self.world.get("mastodon", id) for id in ids)
        return [self.status(post) for post in found if post is not None and not post.gone]

    def _context(self, post: Post) -> dict[str, Any]:
        before: list[Post] = []
        above = post
        while above.reply_to and (parent := self.world.get("mastodon", above.reply_to)) is not None:
            above = parent
            before.insert(0, parent)
        after = [reply for reply in self.world.children("mastodon", post.id) if not reply.gone]
        return {
            "ancestors": [self.status(p) for p in before if not p.gone],
            "descendants": [self.status(p) for p in after],
        }

    def _the(self, id: str) -> Post:
        post = self.world.get("mastodon", id)
        if post is None or post.gone:
            raise Refusal(404, "Record not found")
        return post

    # --- replying -----------------------------------------------------------------------------

    def _create(self, request: Request, form: dict[str, Any]) -> dict[str, Any]:
        """A status of the account's own. The same idempotency key within the hour gives the same one."""
        text, parent = str(form.get("status", "")), form.get("in_reply_to_id")
        key, now = request.headers.get("idempotency-key", ""), self.world.clock.now()
        if key in self._keys and now - self._keys[key][0] < KEPT:
            return self.status(self._the(self._keys[key][1]))
        if parent:
            above = self.world.get("mastodon", str(parent))
            if above is None or above.gone:
                raise Refusal(404, "The post you are trying to reply to does not appear to exist.")
        if not text.strip():
            raise Refusal(422, "Validation failed: Text can't be blank")
        if len(text) > LONGEST:
            raise Refusal(422, f"Validation failed: Text character limit of {LONGEST} exceeded")
        made = self.world.post("mastodon", self.me, text, reply_to=str(parent) if parent else None)
        if key:
            self._keys[key] = (now, made.id)
        return self.status(made)

    # --- shapes -------------------------------------------------------------------------------

    def status(self, post: Post) -> dict[str, Any]:
        """A status as the API answers it to who is signed in."""
        above = self.world.get("mastodon", post.reply_to) if post.reply_to else None
        quoted = self.world.get("mastodon", post.quote_of) if post.quote_of else None
        return {
            "id": post.id,
            "created_at": _iso(post.created_at),
            "in_reply_to_id": post.reply_to,
            "in_reply_to_account_id": above.author.id if above else None,
            "sensitive": bool(post.title),
            "spoiler_text": post.title,
            "visibility": "public",
            "language": post.lang,
            "uri": f"https://mastodon.example/users/{post.handle}/statuses/{post.id}",
            "url": f"https://mastodon.example/@{post.handle}/{post.id}",
            "replies_count": post.replies,
            "reblogs_count": post.shares,
            "favourites_count": post.likes,
            "quotes_count": 0,
            "edited_at": _iso(post.edited_at) if post.edited_at else None,
            "favourited": False,
            "reblogged": False,
            "muted": False,
            "bookmarked": False,
            "pinned": False,
            "content": _html(post.text),
            "filtered": [],
            "reblog": None,
            "application": {"name": "Web", "website": None},
            "account": self.account(post.author),
            "media_attachments": [],
            "mentions": [self._mention(author) for author in self._named(post)],
            "tags": [{"name": tag, "url": f"https://mastodon.example/tags/{tag}"} for tag in self._tags(post)],
            "emojis": [],
            "tagged_collections": [],
            "quote": {"state": "accepted", "quoted_status": self.status(quoted)} if quoted else None,
            "card": None,
            "poll": None,
            "quote_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
        }

    def account(self, author: Author) -> dict[str, Any]:
        url = f"https://mastodon.example/@{author.handle}"
        pictures = {
            f"{kind}{suffix}": f"{url}/{kind}.png" for kind in ("avatar", "header") for suffix in ("", "_static")
        }
        return {
            "id": author.id,
            "username": author.handle,
            "acct": author.handle,
            "display_name": author.name,
            "locked": False,
            "bot": False,
            "discoverable": True,
            "indexable": True,
            "group": False,
            "created_at": _iso(author.created_at.replace(hour=0, minute=0, second=0, microsecond=0)),
            "note": _html(author.bio) if author.bio else "",
            "url": url,
            "uri": f"https://mastodon.example/users/{author.handle}",
            **pictures,
            "avatar_description": "",
            "header_description": "",
            "followers_count": author.followers,
            "following_count": 80,
            "statuses_count": 12,
            "last_status_at": f"{self.world.clock.now():%Y-%m-%d}",
            "hide_collections": None,
            "show_media": True,
            "show_media_replies": True,
            "show_featured": True,
            "noindex": False,
            "feature_approval": {"automatic": ["public"], "manual": [], "current_user": "automatic"},
            "emojis": [],
            "roles": [],
            "fields": [{"name": "Home", "value": _html(author.url)[3:-4], "verified_at": None}] if author.url else [],
        }

    def _mention(self, author: Author) -> dict[str, str]:
        url = f"https://mastodon.example/@{author.handle}"
        return {"id": author.id, "username": author.handle, "url": url, "acct": author.handle}

    def _named(self, post: Post) -> list[Author]:
        """Whom it names, and whom it answers: other software does not put that into the words."""
        found = [self.world.find_author("mastodon", handle) for handle in MENTION.findall(post.text)]
        above = self.world.get("mastodon", post.reply_to) if post.reply_to else None
        named = [*found, above.author if above is not None and above.author is not post.author else None]
        return list({author.id: author for author in named if author is not None}.values())

    def _tags(self, post: Post) -> list[str]:
        return list(dict.fromkeys(tag.lower() for tag in (*HASHTAG.findall(post.text), *post.place.split())))

    def _instance(self, request: Request) -> dict[str, Any]:
        access = {"local": "public", "remote": "public"}
        return {
            "domain": "mastodon.example",
            "title": "The sandbox's Mastodon",
            "version": "4.7.3",
            "source_url": "https://github.com/mastodon/mastodon",
            "description": "Made up, on this machine only.",
            "languages": ["en", "hi", "tr"],
            "configuration": {
                "urls": {},
                "statuses": {"max_characters": LONGEST, "characters_reserved_per_url": 23},
                "timelines_access": dict.fromkeys(("live_feeds", "hashtag_feeds", "trending_link_feeds"), access),
            },
            "api_versions": {"mastodon": 8},
        }

    def _spoil(self, body: Any, fault: Fault) -> Any:
        inside = isinstance(body, dict) and isinstance(body.get("statuses"), list)
        page = body["statuses"] if inside else body
        if not isinstance(page, list):
            return body
        if fault.kind == "duplicate_page" and self._last_page is not None:
            return self._last_page
        if fault.kind == "out_of_order":
            page = random.Random(0).sample(page, len(page))
        if fault.kind == "malformed_item" and page:
            middle = len(page) // 2
            page = [*page[:middle], {"id": page[middle]["id"], "content": None, "created_at": "soon"}, *page[middle:]]
        return body | {"statuses": page} if inside else page


_SOURCE = {"privacy": "public", "sensitive": False, "language": None, "note": "", "fields": []}
_ROLE = {"id": "-99", "name": "", "permissions": "65536", "color": "", "highlighted": False}


def _link(request: Request, ids: list[str], full: bool) -> dict[str, str]:
    """The Link header: `next` below the last item, `prev` above the first."""
    if not ids:
        return {}
    here = request.url.remove_query_params(["max_id", "since_id", "min_id"])
    parts = [f'<{here.include_query_params(max_id=ids[-1])}>; rel="next"'] if full else []
    return {"link": ", ".join([*parts, f'<{here.include_query_params(min_id=ids[0])}>; rel="prev"'])}


def _number(request: Request, name: str) -> int | None:
    value = request.query_params.get(name, "")
    return int(value) if value.isdigit() else None


def _iso(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def _holds(have: list[str], wanted: list[str]) -> bool:
    return any(have[i : i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))


def _html(text: str) -> str:
    """Mastodon's HTML of a plain text: paragraphs, line breaks, links, tags and names."""
    written = escape(text, quote=False)
    written = LINK.sub(lambda found: f'<a href="{found[0]}" rel="nofollow noopener">{found[0]}</a>', written)
    written = re.sub(
        r"(?<![\w/@])@(\w{1,30})",
        r'<span class="h-card"><a href="https://mastodon.example/@\1" class="u-url mention">@<span>\1</span></a></span>',
        written,
    )
    written = re.sub(
        r"(?<![\w/&])#([\w\u0900-\u097f]+)",
        r'<a href="https://mastodon.example/tags/\1" class="mention hashtag" rel="tag">#<span>\1</span></a>',
        written,
    )
    paragraphs = (part.replace("\n", "<br />") for part in re.split(r"\n\s*\n", written) if part.strip())
    return "".join(f"<p>{part}</p>" for part in paragraphs)
