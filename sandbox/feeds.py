"""A blog, a forum, two news sites and a comment feed, as feeds in the wild are: none quite like another.

| feed | form | what is odd about it |
|---|---|---|
| /blog/rss.xml | RSS 2.0 | content:encoded in CDATA with HTML |
| /forum/atom.xml | Atom 1.0 | HTML content, author elements, `updated` moves with edits |
| /forum/comments.xml | RSS 2.0 | replies only, `dc:creator`, each linked to its thread by `thr:in-reply-to` |
| /news/rss.xml | RSS 2.0 | no guid, so the link is all there is to know an item by |
| /haber/rss.xml | RSS 2.0 | ISO-8859-9, no time zone name but an offset |

Each answers conditional requests (ETag, Last-Modified) with 304 and shows its newest 40 items only.
`?malformed=1` (or the fault `malformed_item`) spoils one item: an unclosed tag and a bare ampersand.
"""

import hashlib
import random
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime, parsedate_to_datetime
from html import escape
from xml.sax.saxutils import escape as xml
from xml.sax.saxutils import quoteattr

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from sandbox.faults import FaultMiddleware
from sandbox.pages import page, post_page
from sandbox.world import Post, World

SHOWN = 40
"""Items in a feed; what is older has fallen off its end."""

TITLES = {
    "blog": "Kitchen & Circuit",
    "forum": "Deal Hunters Forum",
    "news": "The Daily Ledger: Consumer",
    "haber": "Tüketici Gündemi",
}
PATHS = ("/blog/rss.xml", "/forum/atom.xml", "/forum/comments.xml", "/news/rss.xml", "/haber/rss.xml")


def create_app(world: World) -> ASGIApp:
    """The sites as an ASGI app, faults included. Routes: feeds.blog, forum, comments, news, haber."""
    sites = Feeds(world)
    routes = [
        Route("/", sites.index),
        Route("/blog/rss.xml", sites.serving("blog", _rss(cdata=True))),
        Route("/forum/atom.xml", sites.serving("forum", _atom)),
        Route("/forum/comments.xml", sites.serving("forum", _rss(comments=True), comments=True)),
        Route("/news/rss.xml", sites.serving("news", _rss(guid=False))),
        Route("/haber/rss.xml", sites.serving("haber", _rss(), encoding="iso-8859-9")),
        Route("/{place}/{id}", sites.article),
    ]
    return FaultMiddleware(Starlette(routes=routes), world.faults, route_of)


def route_of(scope: Scope) -> str:
    """The name by which faults know a request."""
    parts = scope["path"].strip("/").split("/")
    return "feeds.comments" if parts[-1] == "comments.xml" else f"feeds.{parts[0] or 'index'}"


class Feeds:
    """The sites, over one world. A feed's posts have its name as their `place`."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._last: dict[str, bytes] = {}

    def serving(
        self,
        place: str,
        write: Callable[[str, str, list[Post]], str],
        *,
        comments: bool = False,
        encoding: str = "utf-8",
    ) -> Callable[[Request], Response]:
        """An endpoint that writes the newest posts of `place` with `write`, or answers 304."""

        def endpoint(request: Request) -> Response:
            posts = [
                post
                for post in self.world.newest_first("feed")
                if post.place == place and not post.gone and (post.reply_to is not None) == comments
            ][:SHOWN]
            fault = request.scope.get("sandbox.fault")
            shown = posts
            if fault is not None and fault.kind == "out_of_order":
                shown = random.Random(0).sample(posts, len(posts))
            text = f'<?xml version="1.0" encoding="{encoding}"?>\n' + write(str(request.base_url), place, shown)
            if request.query_params.get("malformed") or (fault is not None and fault.kind == "malformed_item"):
                text = text.replace("</title>", "<b> & more</title>", 2).replace("<b> & more</title>", "</title>", 1)
            raw = text.encode(encoding, "xmlcharrefreplace")
            if fault is not None and fault.kind == "duplicate_page":
                raw = self._last.get(request.url.path, raw)
            self._last[request.url.path] = raw
            etag = f'"{hashlib.sha256(raw).hexdigest()[:20]}"'
            changed = max((post.edited_at or post.created_at for post in posts), default=self.world.clock.now())
            headers = {
                "etag": etag,
                "last-modified": format_datetime(changed.replace(microsecond=0), usegmt=True),
            }
            if _unchanged(request, etag, changed):
                return Response(status_code=304, headers=headers)
            kind = "application/atom+xml" if write is _atom else "application/rss+xml"
            return Response(raw, headers=headers | {"content-type": f"{kind}; charset={encoding}"})

        return endpoint

    def index(self, request: Request) -> Response:
        links = "".join(f'<article><a href="{path}">{path}</a></article>' for path in PATHS)
        return Response(page("Feeds · sandbox", f"<h1>Feeds</h1>{links}"), media_type="text/html")

    def article(self, request: Request) -> Response:
        post = self.world.get("feed", request.path_params["id"])
        if post is None or post.gone or post.place != request.path_params["place"]:
            return Response("This page is no longer here.", 404)
        replies = [reply for reply in self.world.children("feed", post.id) if not reply.gone]
        return Response(post_page(post, replies), media_type="text/html")


def _unchanged(request: Request, etag: str, changed: datetime) -> bool:
    """An ETag decides alone when the client sends one, as RFC 9110 wants (13.1.3)."""
    if seen := request.headers.get("if-none-match"):
        return etag in [tag.strip().removeprefix("W/") for tag in seen.split(",")]
    since = request.headers.get("if-modified-since")
    try:
        return bool(since) and changed.replace(microsecond=0) <= parsedate_to_datetime(since or "")
    except ValueError:
        return False


def _html(text: str) -> str:
    """A post's text as the HTML that its site would publish."""
    return "".join(f"<p>{escape(part, quote=False)}</p>" for part in text.split("\n\n"))


def _rss(*, cdata: bool = False, guid: bool = True, comments: bool = False) -> Callable[[str, str, list[Post]], str]:
    def write(base: str, place: str, posts: list[Post]) -> str:
        items = "".join(item(base, post) for post in posts)
        title = TITLES[place] + (": comments" if comments else "")
        spaces = (
            'xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
            'xmlns:thr="http://purl.org/syndication/thread/1.0"'
        )
        return (
            f'<rss version="2.0" {spaces}><channel><title>{xml(title)}</title><link>{base}{place}/</link>'
            f"<description>{xml(title)}</description>{items}</channel></rss>\n"
        )

    def item(base: str, post: Post) -> str:
        link = f"{base}{post.place}/{post.id}"
        title = post.title or ("Re: a thread" if comments else " ".join(post.text.split()[:8]))
        if cdata:
            words = " ".join(post.text.split()[:30])
            whole = _html(post.text).replace("]]>", "]]]]><![CDATA[>")
            body = f"<description>{xml(escape(words, quote=False))}</description>"
            body += f"<content:encoded><![CDATA[{whole}]]></content:encoded>"
        else:
            body = f"<description>{xml(_html(post.text))}</description>"
        return (
            f"<item><title>{xml(title)}</title><link>{link}</link>"
            + (f'<guid isPermaLink="false">{post.id}</guid>' if guid else "")
            + (f"<thr:in-reply-to ref={quoteattr(post.reply_to or '')}/>" if comments else "")
            + f"<dc:creator>{xml(post.author.name)}</dc:creator>"
            + f"<pubDate>{format_datetime(post.created_at)}</pubDate>{body}</item>\n"
        )

    return write


def _atom(base: str, place: str, posts: list[Post]) -> str:
    updated = max((post.edited_at or post.created_at for post in posts), default=None)
    entries = "".join(
        f"<entry><id>tag:sandbox,2026:{place}/{post.id}</id><title>{xml(post.title or post.text[:60])}</title>"
        f'<link rel="alternate" href="{base}{place}/{post.id}"/><author><name>{xml(post.author.name)}</name>'
        f"<uri>{base}members/{xml(post.author.handle)}</uri></author><published>{post.created_at.isoformat()}</published>"
        f"<updated>{(post.edited_at or post.created_at).isoformat()}</updated>"
        f'<content type="html">{xml(_html(post.text))}</content></entry>\n'
        for post in posts
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>{xml(TITLES[place])}</title><id>tag:sandbox,2026:{place}</id>'
        f'<link href="{base}{place}/"/><updated>{updated.isoformat() if updated else "2026-01-01T00:00:00+00:00"}</updated>'
        f"{entries}</feed>\n"
    )
