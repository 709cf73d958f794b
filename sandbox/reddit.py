"""Reddit's OAuth API on loopback: tokens, listings, search, comment trees and replying.

One server plays both www.reddit.com and oauth.reddit.com. Shapes are held against the answers
recorded in praw's own source package (tests/sandbox/test_recorded.py); limits are PLATFORMS.md's.
"""

import base64
import random
import re
import secrets
from collections.abc import Callable, Iterator
from html import escape
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from sandbox.faults import Fault, FaultMiddleware
from sandbox.pages import post_page
from sandbox.query import words
from sandbox.world import Author, Post, World, base36

LISTING_END = 1000
"""Items after which every listing of Reddit's ends."""

TREE = 200
"""Comments that a tree shows before it says "more"."""

DEFAULT_AGENTS = re.compile(r"^(python-requests|python-urllib|urllib|curl|wget|java|okhttp|go-http)\b", re.IGNORECASE)


class Refusal(Exception):
    def __init__(self, status: int, headers: dict[str, str] | None = None, **body: Any) -> None:
        super().__init__(status)
        self.status, self.headers, self.body = status, headers or {}, body


def problem(status: int) -> dict[str, Any]:
    """Reddit's body for a failed request."""
    words = {
        401: "Unauthorized",
        402: "Payment Required",
        403: "Forbidden",
        404: "Not Found",
        429: "Too Many Requests",
    }
    words |= {500: "Internal Server Error", 503: "Service Unavailable"}
    return {"message": words[status], "error": status}


def create_app(world: World) -> ASGIApp:
    """The API as an ASGI app, faults included. Its routes are the names in `_NAMES` behind "reddit."."""
    api = RedditApi(world)
    token = Route("/api/v1/access_token", api.token, methods=["POST"])
    rest = Route("/{path:path}", api.answer, methods=["GET", "POST"])
    return FaultMiddleware(Starlette(routes=[token, rest]), world.faults, route_of, problem, _reset_header)


def route_of(scope: Scope) -> str:
    """The name by which faults know a request."""
    path = _plain(scope["path"])
    for pattern, name in _NAMES:
        if re.fullmatch(pattern, path):
            return f"reddit.{name}"
    return "reddit.other"


_NAMES = (
    (r"api/v1/access_token", "token"),
    (r"r/[^/]+/new", "new"),
    (r"r/[^/]+/comments", "comments"),
    (r"r/[^/]+/search", "search"),
    (r"r/[^/]+/about", "about"),
    (r"api/info", "info"),
    (r"api/v1/me", "me"),
    (r"user/[^/]+/about", "user"),
    (r"user/[^/]+/comments", "user_comments"),
    (r"(r/[^/]+/)?comments/\w+(/.*)?", "tree"),
    (r"api/morechildren", "more"),
    (r"api/comment", "comment"),
)


def _plain(path: str) -> str:
    return path.strip("/").removesuffix(".json").rstrip("/")


def _reset_header(fault: Fault, now: float) -> dict[str, str]:
    if fault.reset_after is None:
        return {}
    return {
        "x-ratelimit-used": "1000",
        "x-ratelimit-remaining": "0.0",
        "x-ratelimit-reset": str(round(fault.reset_after)),
    }


class RedditApi:
    """The endpoints, over one world."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._tokens: dict[str, str] = {}
        """Access token -> user name, empty for an app without a user."""
        self._last_page: dict[str, Any] | None = None
        self._work: dict[str, Callable[[Request, str], Any]] = {
            "new": self._new,
            "comments": self._comments,
            "search": self._search,
            "about": self._about,
            "info": self._info,
            "me": self._me,
            "user": self._user,
            "user_comments": self._user_comments,
            "tree": self._tree,
            "more": self._more,
        }

    # --- tokens -------------------------------------------------------------------------------

    async def token(self, request: Request) -> Response:
        """Client credentials, password and refresh token, as a script app uses them."""
        if not _has_agent(request):
            return JSONResponse(problem(429), 429)
        keys = self.world.keys
        scheme, _, encoded = request.headers.get("authorization", "").partition(" ")
        try:
            given = base64.b64decode(encoded).decode() if scheme.lower() == "basic" else ""
        except ValueError:
            given = ""
        if given != f"{keys.reddit_client_id}:{keys.reddit_client_secret}":
            return JSONResponse(problem(401), 401, {"www-authenticate": 'Basic realm="reddit"'})
        form = await request.form()
        grant = form.get("grant_type")
        body: dict[str, Any] = {
            "token_type": "bearer",
            "expires_in": 86400,
            "scope": form.get("scope") or "*",
        }
        if grant == "client_credentials":
            user = ""
        elif grant == "password":
            user = keys.reddit_username
            if (form.get("username"), form.get("password")) != (keys.reddit_username, keys.reddit_password):
                return JSONResponse({"error": "invalid_grant"})
        elif grant == "refresh_token":
            user = keys.reddit_username
            if form.get("refresh_token") != keys.reddit_refresh_token:
                return JSONResponse({"message": "Bad Request", "error": 400}, 400)
            body["refresh_token"] = keys.reddit_refresh_token
        else:
            return JSONResponse({"error": "unsupported_grant_type"})
        token = secrets.token_urlsafe(24)
        self._tokens[token] = user
        return JSONResponse({"access_token": token, **body})

    # --- everything else ----------------------------------------------------------------------

    async def answer(self, request: Request) -> Response:
        """Check agent, token and limit, do the work, word the answer."""
        if not _has_agent(request):
            return JSONResponse(problem(429), 429)
        name = route_of(request.scope).removeprefix("reddit.")
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        if scheme == "" and name == "tree" and "text/html" in request.headers.get("accept", ""):
            return self._page(request)
        if scheme.lower() != "bearer" or token not in self._tokens:
            refused = {"www-authenticate": 'Bearer realm="reddit", error="invalid_token"'}
            return JSONResponse(problem(401), 401, refused)
        _, used, remaining, reset = self.world.limits.spend(self.world.keys.reddit_client_id, "reddit")
        headers = {
            "x-ratelimit-used": str(used),
            "x-ratelimit-remaining": f"{remaining:.1f}",
            "x-ratelimit-reset": str(reset),
        }
        if used > self.world.limits.table["reddit"][0]:
            return JSONResponse(problem(429), 429, headers)
        try:
            if name == "comment" and request.method == "POST":
                body = self._reply(dict(await request.form()), self._tokens[token])
            elif name == "more" and request.method == "POST":
                body = self._more(request, token, dict(await request.form()))
            elif name in self._work:
                body = self._work[name](request, token)
            else:
                raise Refusal(404, **problem(404))
        except Refusal as refused:
            return JSONResponse(refused.body, refused.status, {**headers, **refused.headers})
        fault = request.scope.get("sandbox.fault")
        if fault is not None:
            body = self._spoil(body, fault)
        elif isinstance(body, dict) and body.get("kind") == "Listing":
            self._last_page = body
        if request.query_params.get("raw_json") != "1":
            body = _escaped(body)
        return JSONResponse(body, headers=headers)

    def _page(self, request: Request) -> Response:
        """A submission as a person would open it."""
        found = re.search(r"comments/(\w+)(?:/[^/]*/(\w+))?", request.url.path)
        post = self.world.get("reddit", f"t1_{found[2]}" if found and found[2] else f"t3_{found[1] if found else ''}")
        if post is None or post.gone:
            return Response("This post is no longer here.", 404)
        replies = [reply for reply in self.world.children("reddit", post.id) if not reply.gone]
        return Response(post_page(post, replies), media_type="text/html")

    # --- listings -----------------------------------------------------------------------------

    def _new(self, request: Request, token: str) -> dict[str, Any]:
        places = self._places(request)
        return self._listing(request, (p for p in self._visible(places) if p.id.startswith("t3_")))

    def _comments(self, request: Request, token: str) -> dict[str, Any]:
        places = self._places(request)
        return self._listing(request, (p for p in self._visible(places) if p.id.startswith("t1_")))

    def _search(self, request: Request, token: str) -> dict[str, Any]:
        """Submissions whose title or text fits `q`: words (all needed), "phrases", OR, -not, author:, title:, selftext:."""
        asked = request.query_params
        query = asked.get("q", "")
        if not query.strip():
            return _listing([], None)
        if len(query) > 512:
            raise Refusal(400, message="Bad Request", error=400)
        restricted = asked.get("restrict_sr", "").lower() in ("1", "true", "on")
        places = self._places(request) if restricted else set(self.world.subreddits)
        fits = _search_query(query)
        indexed = self._visible(places, late=False)
        return self._listing(request, (p for p in indexed if p.id.startswith("t3_") and fits(p)))

    def _visible(self, places: set[str], *, late: bool = True) -> Iterator[Post]:
        """Posts that still stand; only the search waits for those that are indexed late."""
        for post in self.world.newest_first("reddit", late=late):
            if not post.gone and (post.place.lower() in places or "all" in places):
                yield post

    def _places(self, request: Request) -> set[str]:
        """The subreddits in the address. A name that does not exist leads to Reddit's search page, as there."""
        asked = request.url.path.split("/")[2].lower().split("+")
        if known := {name for name in asked if name in self.world.subreddits or name == "all"}:
            return known
        raise Refusal(302, {"location": f"https://www.reddit.com/subreddits/search.json?q={asked[0]}"})

    def _listing(self, request: Request, posts: Iterator[Post]) -> dict[str, Any]:
        """One page of at most 100, before or after a full name; nothing beyond item 1,000."""
        asked = request.query_params
        size = min(100, max(1, int(asked["limit"]))) if asked.get("limit", "").isdigit() else 25
        reachable = []
        for post in posts:
            reachable.append(post)
            if len(reachable) == LISTING_END:
                break
        ids = [post.id for post in reachable]
        after, before = asked.get("after"), asked.get("before")
        if before:
            end = ids.index(before) if before in ids else 0
            start = max(0, end - size)
            page = reachable[start:end]
        else:
            # An anchor that is gone (deleted, or behind item 1,000) ends the listing, as on Reddit.
            start = ids.index(after) + 1 if after and after in ids else (len(ids) if after else 0)
            page = reachable[start : start + size]
        more = start + size < len(reachable) and not before
        return _listing([self.thing(post) for post in page], page[-1].id if page and more else None, _kept(page, start))

    # --- things -------------------------------------------------------------------------------

    def _info(self, request: Request, token: str) -> dict[str, Any]:
        """Things by full name; those that never were are left out, deleted ones come as "[deleted]"."""
        found = []
        for name in request.query_params.get("id", "").split(",")[:100]:
            post = self.world.get("reddit", name)
            if post is not None:
                found.append(self.thing(post))
            elif name.startswith("t5_") and (place := self._place_by_id(name)):
                found.append(_subreddit(place, self.world.subreddits[place]))
        return _listing(found, None)

    def _about(self, request: Request, token: str) -> dict[str, Any]:
        name = request.url.path.split("/")[2].lower()
        if name not in self.world.subreddits:
            raise Refusal(404, **problem(404))
        return _subreddit(name, self.world.subreddits[name])

    def _user(self, request: Request, token: str) -> dict[str, Any]:
        author = self.world.find_author("reddit", request.url.path.split("/")[2])
        if author is None:
            raise Refusal(404, **problem(404))
        return {"kind": "t2", "data": _redditor(author)}

    def _user_comments(self, request: Request, token: str) -> dict[str, Any]:
        """What one account commented, newest first."""
        author = self.world.find_author("reddit", request.url.path.split("/")[2])
        if author is None:
            raise Refusal(404, **problem(404))
        posts = self.world.newest_first("reddit", late=True)
        return self._listing(
            request, (p for p in posts if p.author is author and p.id.startswith("t1_") and not p.gone)
        )

    def _me(self, request: Request, token: str) -> dict[str, Any]:
        if not self._tokens[token]:
            refused = {"www-authenticate": 'Bearer realm="reddit", error="insufficient_scope"'}
            raise Refusal(403, refused, **problem(403))
        me = _redditor(self.world.author("reddit", self._tokens[token]))
        return me | {"inbox_count": 0, "has_mail": False, "over_18": True, "is_suspended": False}

    def _tree(self, request: Request, token: str) -> list[dict[str, Any]]:
        """A submission and its comments; beyond `TREE` comments a level says "more"."""
        found = re.search(r"comments/(\w+)", request.url.path)
        post = self.world.get("reddit", f"t3_{found[1]}") if found else None
        if post is None:
            raise Refusal(404, **problem(404))
        left = [min(TREE, int(request.query_params.get("limit", TREE)))]
        return [_listing([self.thing(post)], None), self._branch(post, 0, left)]

    def _branch(self, parent: Post, depth: int, left: list[int]) -> dict[str, Any]:
        children, held_back = [], []
        for post in self.world.children("reddit", parent.id):
            if left[0] <= 0:
                held_back.append(post.id.removeprefix("t1_"))
                continue
            left[0] -= 1
            thing = self.thing(post)
            thing["data"]["depth"] = depth
            branch = self._branch(post, depth + 1, left)
            if branch["data"]["children"]:
                thing["data"]["replies"] = branch
            children.append(thing)
        if held_back:
            more = {"count": len(held_back), "name": f"t1_{held_back[0]}", "id": held_back[0]}
            children.append(
                {
                    "kind": "more",
                    "data": {**more, "parent_id": parent.id, "depth": depth, "children": held_back},
                }
            )
        return _listing(children, None)

    def _more(self, request: Request, token: str, form: dict[str, Any] | None = None) -> dict[str, Any]:
        asked = form or dict(request.query_params)
        found = (self.world.get("reddit", f"t1_{id}") for id in str(asked.get("children", "")).split(",")[:100])
        return {"json": {"errors": [], "data": {"things": [self.thing(post) for post in found if post]}}}

    def _reply(self, form: dict[str, Any], user: str) -> dict[str, Any]:
        """Answer a submission or a comment as the brand's account."""
        if not user:
            raise Refusal(403, **problem(403))
        parent = self.world.get("reddit", str(form.get("thing_id")))
        text = str(form.get("text", ""))
        if parent is None:
            raise Refusal(403, **problem(403))
        error = None
        if not text.strip():
            error = ["NO_TEXT", "we need something here", "text"]
        elif len(text) > 10_000:
            error = ["TOO_LONG", "this is too long (max: 10000)", "text"]
        elif parent.gone:
            error = ["DELETED_COMMENT", "that comment has been deleted", "parent"]
        elif parent.root in self.world.locked:
            error = ["THREAD_LOCKED", "Comments are locked.", "parent"]
        elif (left := self._pace(user)) > 0:
            error = ["RATELIMIT", f"Take a break for {left:.0f} seconds before trying again.", "ratelimit"]
            return {"json": {"ratelimit": left, "errors": [error]}}
        if error:
            return {"json": {"errors": [error]}}
        made = self.world.post("reddit", user, text, reply_to=parent.id)
        return {"json": {"errors": [], "data": {"things": [self.thing(made)]}}}

    def _pace(self, user: str) -> float:
        """Seconds until this account may comment again."""
        mine = (p for p in self.world.newest_first("reddit", late=True) if p.author.handle == user)
        last = next(mine, None)
        if last is None or not self.world.comment_seconds:
            return 0.0
        return self.world.comment_seconds - (self.world.clock.now() - last.created_at).total_seconds()

    def thing(self, post: Post) -> dict[str, Any]:
        """A submission or comment in Reddit's fields."""
        gone = {"author": "[deleted]", "moderator": "[removed]"}.get(post.gone)
        erased = post.gone == "author"
        sent = post.created_at.timestamp() // 1
        short = post.id.split("_", 1)[1]
        root = self.world.get("reddit", post.root) or post
        permalink = f"/r/{post.place}/comments/{post.root.split('_', 1)[1]}/{_slug(root.title)}/"
        common: dict[str, Any] = {
            "id": short,
            "name": post.id,
            "author": "[deleted]" if erased else post.author.handle,
            **({} if erased else {"author_fullname": f"t2_{post.author.id}"}),
            "author_flair_text": None,
            "author_flair_css_class": None,
            "subreddit": post.place,
            "subreddit_id": _subreddit_id(post.place),
            "subreddit_name_prefixed": f"r/{post.place}",
            "subreddit_type": "public",
            "created": sent,
            "created_utc": sent,
            "edited": post.edited_at.timestamp() // 1 if post.edited_at else False,
            "score": post.likes + 1,
            "ups": post.likes + 1,
            "downs": 0,
            "likes": None,
            "saved": False,
            "gilded": 0,
            "total_awards_received": 0,
            "all_awardings": [],
            "stickied": False,
            "locked": False,
            "archived": False,
            "send_replies": True,
            "distinguished": None,
            "banned_by": None,
            "approved_by": None,
            "removal_reason": None,
            "num_reports": None,
            "mod_reports": [],
            "user_reports": [],
            "report_reasons": None,
        }
        if post.id.startswith("t1_"):
            body = gone or post.text
            return {
                "kind": "t1",
                "data": common
                | {
                    "body": body,
                    "body_html": _markdown(body),
                    "link_id": post.root,
                    "link_title": root.title,
                    "link_author": "[deleted]" if root.gone == "author" else root.author.handle,
                    "link_url": root.link or f"https://www.reddit.com{permalink}",
                    "link_permalink": f"https://www.reddit.com{permalink}",
                    "parent_id": post.reply_to,
                    "permalink": f"{permalink}{short}/",
                    "replies": "",
                    "is_submitter": post.author is root.author,
                    "score_hidden": False,
                    "controversiality": 0,
                    "collapsed": False,
                    "num_comments": root.replies,
                    "over_18": False,
                    "quarantine": False,
                },
            }
        text = gone or post.text
        return {
            "kind": "t3",
            "data": common
            | {
                "title": "[deleted by user]" if erased else post.title,
                "selftext": "" if post.link and not gone else text,
                "selftext_html": None if post.link or not text else f"<!-- SC_OFF -->{_markdown(text)}<!-- SC_ON -->",
                "is_self": not post.link,
                "url": post.link or f"https://www.reddit.com{permalink}",
                "domain": post.link.split("/")[2] if post.link else f"self.{post.place}",
                "permalink": permalink,
                "num_comments": post.replies,
                "num_crossposts": 0,
                "upvote_ratio": 0.91,
                "subreddit_subscribers": self.world.subreddits.get(post.place.lower(), 0),
                "removed_by_category": {"author": "deleted", "moderator": "moderator"}.get(post.gone),
                "over_18": False,
                "spoiler": False,
                "hidden": False,
                "clicked": False,
                "visited": False,
                "quarantine": False,
                "hide_score": False,
                "is_video": False,
                "is_original_content": False,
                "is_robot_indexable": not post.gone,
                "link_flair_text": None,
                "link_flair_css_class": None,
                "thumbnail": "self" if not post.link else "default",
                "media": None,
                "media_embed": {},
                "secure_media": None,
                "secure_media_embed": {},
                "contest_mode": False,
                "suggested_sort": None,
                "view_count": None,
                "pinned": False,
            },
        }

    def _place_by_id(self, name: str) -> str | None:
        return next((place for place in self.world.subreddits if _subreddit_id(place) == name), None)

    def _spoil(self, body: Any, fault: Fault) -> Any:
        if not isinstance(body, dict) or body.get("kind") != "Listing":
            return body
        children = body["data"]["children"]
        if fault.kind == "duplicate_page" and self._last_page is not None:
            return self._last_page
        if fault.kind == "out_of_order":
            children = random.Random(0).sample(children, len(children))
        if fault.kind == "malformed_item" and children:
            middle = len(children) // 2
            kind, name = children[middle]["kind"], children[middle]["data"]["name"]
            broken = {
                "kind": kind,
                "data": {"id": name[3:], "name": name, "body": None, "selftext": None, "created_utc": "soon"},
            }
            children = [*children[:middle], broken, *children[middle:]]
        return {**body, "data": {**body["data"], "children": children}}


def _kept(page: list[Post], start: int) -> str | None:
    return page[0].id if page and start > 0 else None


def _listing(children: list[dict[str, Any]], after: str | None, before: str | None = None) -> dict[str, Any]:
    data = {
        "after": after,
        "before": before,
        "dist": len(children),
        "modhash": None,
        "geo_filter": "",
        "children": children,
    }
    return {"kind": "Listing", "data": data}


def _subreddit_id(name: str) -> str:
    return "t5_" + base36(sum(ord(letter) * 31**place for place, letter in enumerate(name.lower())) % 36**5)


def _subreddit(name: str, subscribers: int) -> dict[str, Any]:
    return {
        "kind": "t5",
        "data": {
            "id": _subreddit_id(name)[3:],
            "name": _subreddit_id(name),
            "display_name": name,
            "display_name_prefixed": f"r/{name}",
            "title": name,
            "url": f"/r/{name}/",
            "subscribers": subscribers,
            "public_description": "",
            "description": "",
            "subreddit_type": "public",
            "lang": "en",
            "over18": False,
            "quarantine": False,
            "created": 1262304000.0,
            "created_utc": 1262304000.0,
            "user_is_banned": None,
            "user_is_moderator": None,
            "user_is_subscriber": None,
            "user_is_contributor": None,
            "user_is_muted": None,
            **dict.fromkeys(_SUBREDDIT_EMPTY, ""),
            **dict.fromkeys(_SUBREDDIT_UNSET),
            **dict.fromkeys(_SUBREDDIT_OFF, False),
            "comment_score_hide_mins": 0,
            "submission_type": "any",
        },
    }


_SUBREDDIT_EMPTY = (
    *("banner_img", "header_title", "icon_img", "key_color"),
    *("submit_link_label", "submit_text", "submit_text_label"),
)
_SUBREDDIT_UNSET = (
    *("accounts_active", "banner_size", "description_html", "header_img", "header_size", "icon_size"),
    *("public_description_html", "submit_text_html", "suggested_comment_sort"),
)
_SUBREDDIT_OFF = ("collapse_deleted_comments", "hide_ads", "public_traffic", "user_sr_theme_enabled", "wiki_enabled")


def _redditor(author: Author) -> dict[str, Any]:
    made = author.created_at.timestamp() // 1
    return {
        "id": author.id,
        "name": author.handle,
        "created": made,
        "created_utc": made,
        "link_karma": author.followers,
        "comment_karma": author.followers * 2,
        "total_karma": author.followers * 3,
        "is_employee": False,
        "is_gold": False,
        "is_mod": False,
        "verified": True,
        "has_verified_email": True,
        "hide_from_robots": False,
        "has_subscribed": True,
        "is_friend": False,
        "icon_img": "",
        "pref_show_snoovatar": False,
        "subreddit": {
            "display_name": f"u_{author.handle}",
            "title": author.name,
            "public_description": author.bio,
        },
    }


def _has_agent(request: Request) -> bool:
    agent = request.headers.get("user-agent", "")
    return bool(agent) and not DEFAULT_AGENTS.match(agent)


def _slug(title: str) -> str:
    return re.sub(r"\W+", "_", title.lower()).strip("_")[:50].strip("_") or "_"


def _markdown(text: str) -> str:
    """Reddit's HTML of a plain text: paragraphs only, which is all that the scenario writes."""
    paragraphs = "".join(f"<p>{escape(part)}</p>\n" for part in re.split(r"\n\s*\n", text) if part.strip())
    return f'<div class="md">{paragraphs}</div>'


def _escaped(body: Any) -> Any:
    """Reddit escapes `&`, `<` and `>` in every string unless asked for raw JSON."""
    if isinstance(body, str):
        return escape(body, quote=False)
    if isinstance(body, list):
        return [_escaped(item) for item in body]
    return {name: _escaped(value) for name, value in body.items()} if isinstance(body, dict) else body


def _search_query(query: str) -> Callable[[Post], bool]:
    """The small part of Reddit's search that brands use; brackets only group alternatives and are dropped."""
    alternatives = [re.findall(r'-?(?:\w+:)?"[^"]*"|[^\s()]+', part) for part in re.split(r"\bOR\b", query)]

    def fits_one(post: Post, token: str) -> bool:
        if token.startswith("-"):
            return not fits_one(post, token[1:])
        field, colon, value = token.partition(":")
        if colon and field == "author":
            return post.author.handle.lower() == value.strip('"').lower()
        if colon and field in ("title", "selftext"):
            text, token = (post.title if field == "title" else post.text), value
        elif colon and field == "subreddit":
            return post.place.lower() == value.lower()
        else:
            text = f"{post.title}\n{post.text}\n{post.link}"
        wanted, have = words(token), words(text)
        return any(have[i : i + len(wanted)] == wanted for i in range(len(have) - len(wanted) + 1))

    def fits(post: Post) -> bool:
        return any(
            all(fits_one(post, t) for t in tokens if t not in ("AND", "NOT")) for tokens in alternatives if tokens
        )

    return fits
