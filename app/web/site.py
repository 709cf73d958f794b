"""The application: its pages, the headers on every answer, and where it may be reached."""

import errno
import ipaddress
import secrets
import socket
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.web.i18n import Speaking
from core.errors import Misconfigured
from core.settings import Environment, Settings
from core.store import Store

if TYPE_CHECKING:
    import uvicorn

    from app.web.doors import Door

HERE = Path(__file__).parent
SECURITY_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; "
    "object-src 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def utc_now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Site:
    """What the pages are made from. `sandbox_links` maps the demo's other pages to their addresses (`slack`, `airflow`);
    it is empty for real accounts.

    `door` says who asks. `token` stands in every form of those who have not signed in: only a page that we drew holds it, so
    a stranger's page cannot send our forms through its visitor's browser. `itself` tells this application's kept pieces of
    pages from another's over the same store."""

    store: Store
    settings: Settings
    door: "Door"
    now: Callable[[], datetime] = utc_now
    sandbox_links: Mapping[str, str] = field(default_factory=dict)
    token: str = field(default_factory=secrets.token_urlsafe, repr=False)
    itself: object = field(default_factory=object, repr=False)


def create_app(
    store: Store,
    settings: Settings,
    *,
    sandbox_links: Mapping[str, str] | None = None,
    now: Callable[[], datetime] = utc_now,
    environment: Environment | None = None,
    address: str = "",
) -> FastAPI:
    """The dashboard over an open store. It reads, and takes down what people say of a mention.

    `sandbox_links` says that this is the demo, and where its other pages are: {"slack": address, "airflow": address}.
    `address` is where browsers find it: `web.address`, unless told. Raises Misconfigured where a secret is missing that the
    sign-in needs.
    """
    from app.web import (
        api,
        api_insight,
        cases,
        competitors,
        desk,
        doors,
        exports,
        figures,
        glossary,
        mentions,
        overview,
        pages,
        people,
        probes,
        reports,
        trends,
        views,
        visiting,
    )

    token, links = secrets.token_urlsafe(), dict(sandbox_links or {})
    door = doors.door_for(settings, environment or Environment(), address or _address(settings), token)
    site = Site(store.coming_from("dashboard"), settings, door, now, links, token)
    app = FastAPI(
        title="Sunwai",
        summary="What people say about your brands, how urgent it is and why, and how the listening goes.",
        description="Lists are paged by key: give the `next` of one page as `after` of the following one, until it is null. "
        "A page of a filtered list may hold few items, or none, and still have a `next`.",
        version="1",
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
    )
    app.include_router(probes.router(site))
    app.include_router(api.router(site))
    app.include_router(api_insight.router(site))
    app.state.site = site
    app.include_router(door.router(site))
    for page in (
        figures,
        overview,
        people,
        trends,
        competitors,
        desk,
        reports,
        glossary,
        mentions,
        cases,
        views,
        exports,
        pages,
        visiting,
    ):
        app.include_router(page.router(site))
    app.state.paths = frozenset(route.path for route in app.routes if isinstance(route, Route))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    _explain_errors(app, site)
    app.add_middleware(Speaking)
    names = ("localhost", urlsplit(settings.web.address).hostname or "localhost", *settings.web.hosts)
    app.add_middleware(_KnownNames, names=names)
    app.add_middleware(_NoZeroBytes)
    app.add_middleware(_SecurityHeaders)
    return app


class _SecurityHeaders:
    """The same headers on every answer, whoever gives it."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SECURITY_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class _KnownNames:
    """Answers only to its own names and to bare addresses.

    Else any web page could point a name of its own at 127.0.0.1 and read the desk through its visitor's browser (DNS
    rebinding). An address cannot be pointed anywhere, so it is always good.
    """

    def __init__(self, app: ASGIApp, names: tuple[str, ...]) -> None:
        self._app = app
        self._names = frozenset(name.lower().rstrip(".") for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        asked = Headers(scope=scope).get("host", "")
        name = _name_in(asked)
        if scope["type"] != "http" or name in self._names or _is_address(name):
            return await self._app(scope, receive, send)
        reason = "This dashboard does not answer to that name. If it is yours, add it to web.hosts in the settings.\n"
        return await PlainTextResponse(reason, 421)(scope, receive, send)


class _NoZeroBytes:
    """Refuses addresses with a zero byte: no text of PostgreSQL holds one, so nothing is there."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if "\0" not in scope.get("path", "") and b"%00" not in scope.get("query_string", b""):
            return await self._app(scope, receive, send)
        return await PlainTextResponse("No address of this dashboard holds a zero byte.\n", 400)(scope, receive, send)


def _name_in(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").rstrip(".")
    except ValueError:
        return ""


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _explain_errors(app: FastAPI, site: Site) -> None:
    """Errors as a page for people and as JSON for machines, with no more than a sentence of what went wrong."""
    from app.web import words
    from app.web.drawing import problem_page
    from app.web.signin import SignInFirst

    def answer(request: Request, status: int, reason: str) -> Response:
        if request.url.path.startswith("/api/") and request.url.path != "/api/":
            return JSONResponse({"detail": reason}, status)
        return problem_page(site, request, status, reason)

    @app.exception_handler(SignInFirst)
    def unknown(request: Request, error: SignInFirst) -> Response:
        if request.method == "GET" and "text/html" in request.headers.get("accept", ""):
            return RedirectResponse(f"/sign-in?next={quote(words.place(request), safe='')}", 303)
        return JSONResponse({"detail": error.detail}, error.status_code, error.headers)

    @app.exception_handler(HTTPException)
    def refused(request: Request, error: HTTPException) -> Response:
        told = answer(request, error.status_code, str(error.detail))
        told.headers.update(error.headers or {})
        return told

    @app.exception_handler(RequestValidationError)
    def misasked(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"][1:])
        reason = str(first["msg"]).removeprefix("Value error, ")
        return answer(request, 422, f"{key}: {reason}." if key else f"{reason}.")

    @app.exception_handler(SQLAlchemyError)
    def no_database(request: Request, error: SQLAlchemyError) -> Response:
        return answer(request, 503, "The database does not answer just now. /readyz says more.")


def web_server(
    store: Store,
    settings: Settings,
    *,
    sandbox_links: Mapping[str, str] | None = None,
    environment: Environment | None = None,
    host: str | None = None,
    port: int | None = None,
) -> tuple["uvicorn.Server", socket.socket]:
    """A server and the socket that it is to run on, bound already: `server.run(sockets=[bound])` blocks until
    `server.should_exit` is set, or a signal comes where it runs in the main thread.

    Raises Misconfigured where it may not listen there, or cannot.
    """
    import uvicorn

    from app.kept import renew_behind
    from app.web import warming

    told = {name for name, value in (("host", host), ("port", port)) if value is not None}
    host, port = host or settings.web.host, settings.web.port if port is None else port
    refuse_strangers_at(host, settings)
    bound = _bind(host, port, told)
    try:
        address = settings.web.address or _address(settings, host, bound.getsockname()[1])
        app = create_app(store, settings, sandbox_links=sandbox_links, environment=environment, address=address)
    except BaseException:
        bound.close()
        raise
    warming.warm()
    renew_behind(store.engine)
    config = uvicorn.Config(
        app,
        log_level="warning",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        lifespan="off",
        timeout_graceful_shutdown=3,
    )
    return uvicorn.Server(config), bound


def refuse_strangers_at(host: str, settings: Settings) -> None:
    """Raises Misconfigured where others could reach a dashboard that they need not sign in to."""
    web = settings.web
    if _is_loopback(host):
        return
    if not web.sign_in:
        raise Misconfigured(
            f"web.host is {host}, which others can reach, and nobody signs in: it would show customers to whoever asks. Set "
            'web.sign_in = "slack" or "proxy" and web.allow_remote = true, or keep 127.0.0.1. (web.sign_in = "none" says '
            "that nobody else reaches this port, as in a container that is published on loopback.)"
        )
    if not web.allow_remote:
        raise Misconfigured(f"web.host is {host}, which others can reach: set web.allow_remote = true if they shall.")
    if web.sign_in == "slack" and not web.address:
        raise Misconfigured(
            "web.address is not set: Slack sends people back to it when they sign in. Write it as https://desk.example.com."
        )


def _address(settings: Settings, host: str = "", port: int = 0) -> str:
    """Where browsers find the dashboard."""
    name = (host or settings.web.host).strip("[]")
    return settings.web.address or f"http://{f'[{name}]' if ':' in name else name}:{port or settings.web.port}"


def run_web(
    store: Store,
    settings: Settings,
    *,
    sandbox_links: Mapping[str, str] | None = None,
    environment: Environment | None = None,
    host: str | None = None,
    port: int | None = None,
) -> None:
    """Serve the dashboard until told to stop (SIGINT or SIGTERM). Raises Misconfigured as `web_server` does."""
    server, bound = web_server(
        store, settings, sandbox_links=sandbox_links, environment=environment, host=host, port=port
    )
    with bound:
        server.run(sockets=[bound])


def _is_loopback(host: str) -> bool:
    bare = host.strip("[]")
    return host == "localhost" or (_is_address(bare) and ipaddress.ip_address(bare).is_loopback)


def _bind(host: str, port: int, told: Collection[str] = ()) -> socket.socket:
    """A socket that is bound. Raises Misconfigured, with the option to change where that was `told`, else the setting."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind((host.strip("[]"), port))
    except OSError as error:
        bound.close()
        wrong = "host" if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL else "port"
        remedy = f"Choose another --{wrong}." if wrong in told else f"Set web.{wrong} to another one."
        raise Misconfigured(
            f"The dashboard cannot listen on {host}:{port}: {error.strerror or error}. {remedy}"
        ) from None
    return bound
