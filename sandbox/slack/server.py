"""The HTTP face of the workspace: Web API, Socket Mode, response URLs, the page, and what tests ask.

Only this machine may drive it: a request with a foreign `Origin` or `Host` is refused, so that no web page
elsewhere can press a button here.
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, quote, urlsplit

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, HTTPConnection, Request
from starlette.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket

from sandbox.faults import FaultMiddleware, Faults
from sandbox.slack import api_files, api_people, api_views, openid, web_api
from sandbox.slack.blocks import message_problems
from sandbox.slack.delivery import LOOPBACK, Delivery
from sandbox.slack.elements import NotSent, NotThere
from sandbox.slack.envelopes import Envelope
from sandbox.slack.state import SlackState

METHOD_MODULES = (web_api, api_people, api_views, api_files)
"""Importing these is what makes their methods known."""

STATIC = Path(__file__).parent / "static"
PAGE_MESSAGES = 500
"""How many messages of each channel the page is given; the rest only tests need."""

FAULT_ERRORS = {401: "invalid_auth", 403: "access_denied", 429: "ratelimited", 503: "service_unavailable"}
"""What the body says beside the status of a fault; for any other status, `fatal_error`."""

PAGE_HEADERS = {
    # Belt to the page's braces: even text that became markup could load or run nothing.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self' ws:; "
    "img-src 'self' data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-cache",
}


def create_app(state: SlackState, faults: Faults) -> ASGIApp:
    """Serve `state`, with `faults` on the routes `slack.<method>`, `slack.response_url` and `slack.socket`."""
    delivery = Delivery(state, faults)
    state.courier = delivery

    @contextlib.asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        delivery.attach()
        yield
        await delivery.close()

    async def api(request: Request) -> Response:
        name = request.path_params["method"]
        try:
            try:
                args = await _arguments(request)
            except ClientDisconnect:  # it hung up, as a killed process does
                return Response(status_code=400)
            authorization = request.headers.get("authorization", "")
            bearer = authorization.removeprefix("Bearer ").strip()
            if name == "openid.connect.token":
                return JSONResponse(openid.token(state, args, authorization))
            if name == "openid.connect.userInfo":
                return JSONResponse(openid.user_info(state, bearer))
            token = bearer or args.pop("token", None)
            body = web_api.answer(state, name, token, args)
        except web_api.Refused as refusal:
            if refusal.retry_after is not None:
                wait = {"Retry-After": str(refusal.retry_after)}
                return JSONResponse(refusal.answer, status_code=429, headers=wait)
            return JSONResponse(refusal.answer)
        return JSONResponse(body, headers={"x-oauth-scopes": ",".join(sorted(state.scopes))})

    async def response_url(request: Request) -> Response:
        return _respond(state, request.path_params["token"], await request.body())

    async def refresh(request: Request) -> Response:
        await delivery.refresh((await request.json()).get("reason", "refresh_requested"))
        return JSONResponse({"ok": True})

    async def act(request: Request) -> Response:
        """What a person does in the page, or a test in their place."""
        try:
            deed, given = request.path_params["deed"], await request.json()
            return JSONResponse(await asyncio.to_thread(_act, state, deed, given))
        except NotSent as refused:
            return JSONResponse({"ok": False, "error": str(refused), "errors": refused.errors})
        except (NotThere, KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"ok": False, "error": str(wrong).strip("'\"")}, status_code=400)

    async def upload(request: Request) -> Response:
        """The one-time address that takes a file's content, as raw bytes or as a form's field."""
        content = await request.body()
        if request.headers.get("content-type", "").startswith("multipart/form-data"):
            sent = [value for value in (await request.form()).values() if not isinstance(value, str)]
            content = await sent[0].read() if sent else b""
        if not state.files.receive(request.path_params["token"], content):
            return Response("failed", status_code=400)
        return Response(f"OK - {len(content)}")

    async def download(request: Request) -> Response:
        file = state.files.known.get(request.path_params["file"])
        if file is None or file.content is None:
            return Response("not found", status_code=404)
        # Never shown in place: what somebody uploaded must not become a page of this address.
        headers = {"Content-Disposition": f"attachment; filename*=UTF-8''{quote(file.name)}"}
        return Response(file.content, media_type=file.mimetype, headers=headers | PAGE_HEADERS)

    async def permalink(request: Request) -> Response:
        place, stamp = request.path_params["channel"], request.path_params["stamp"].removeprefix("p")
        return RedirectResponse(f"/#/{place}/{stamp[:-6]}.{stamp[-6:]}")

    app = Starlette(
        routes=[
            Route("/openid/connect/authorize", lambda request: openid.authorize(state, request)),
            Route("/api/{method}", api, methods=["GET", "POST"]),
            WebSocketRoute("/link/", delivery.serve),
            Route("/actions/{team}/{token}", response_url, methods=["POST"]),
            Route("/upload/v1/{token}", upload, methods=["POST"]),
            Route("/files-pri/{file}", download),
            Route("/_sandbox/state", lambda _request: JSONResponse(state.snapshot())),
            WebSocketRoute("/_sandbox/stream", lambda socket: _changes(state, socket)),
            Route("/_sandbox/refresh", refresh, methods=["POST"]),
            Route("/_sandbox/{deed}", act, methods=["POST"]),
            Route("/archives/{channel}/{stamp}", permalink),
            Route("/", lambda _request: FileResponse(STATIC / "index.html", headers=PAGE_HEADERS)),
            Mount("/static", StaticFiles(directory=STATIC)),
        ],
        lifespan=lifespan,
    )

    async def guarded(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "websocket":  # uvicorn's `receive` is the only way to the socket, to drop it.
            scope["sandbox.transport"] = getattr(getattr(receive, "__self__", None), "transport", None)
        if scope["type"] == "http":
            request = HTTPConnection(scope)
            if not _from_here(request):
                refusal = {"ok": False, "error": "the sandbox answers its own machine only"}
                await JSONResponse(refusal, status_code=403)(scope, receive, send)
                return
            state.base_url = f"http://{request.headers['host']}"
        await app(scope, receive, send)

    return FaultMiddleware(guarded, faults, _fault_route, _fault_body)


def _fault_route(scope: Scope) -> str:
    path: str = scope["path"]
    if path.startswith("/api/"):
        return f"slack.{path.removeprefix('/api/')}"
    return "slack.response_url" if path.startswith("/actions/") else "page"


def _fault_body(status: int) -> dict[str, Any]:
    return {"ok": False, "error": FAULT_ERRORS.get(status, "fatal_error")}


def _from_here(request: HTTPConnection) -> bool:
    """Whether this machine sent it of its own accord, and not because another site made a browser do so."""
    host = request.headers.get("host", "")
    origin = request.headers.get("origin")
    return urlsplit(f"//{host}").hostname in LOOPBACK and origin in (None, f"http://{host}")


async def _arguments(request: Request) -> dict[str, Any]:
    """The arguments of a call, from the query, a form or a JSON body."""
    args: dict[str, Any] = dict(request.query_params)
    body = await request.body()
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "application/json":
        try:
            given = json.loads(body or b"{}")
        except ValueError:
            raise web_api.Refused("invalid_json") from None
        if not isinstance(given, dict):
            raise web_api.Refused("json_not_object")
        return args | given
    if kind == "multipart/form-data":
        return args | {name: value for name, value in (await request.form()).items() if isinstance(value, str)}
    try:
        return args | dict(parse_qsl(body.decode(), keep_blank_values=True))
    except UnicodeDecodeError:
        raise web_api.Refused("invalid_charset") from None


def _respond(state: SlackState, token: str, body: bytes) -> Response:
    """Answer a `response_url`: five times within half an hour."""
    with state.lock:
        url = state.response_urls.get(token)
        if url is None or state.clock() > url.expires_at:
            return JSONResponse({"ok": False, "error": "expired_url"}, status_code=404)
        if url.uses_left <= 0:
            return JSONResponse({"ok": False, "error": "used_url"}, status_code=404)
        try:
            wanted = json.loads(body)
        except ValueError:
            return JSONResponse({"ok": False, "error": "invalid_payload"}, status_code=400)
        if message_problems(wanted.get("blocks") or []):
            return JSONResponse({"ok": False, "error": "invalid_blocks"}, status_code=400)
        url.uses_left -= 1
        place = state.channels[url.channel]
        if wanted.get("delete_original") and url.ts:
            state.remove(place, url.ts)
        elif wanted.get("replace_original") and url.ts:
            edited = {"user": state.user("sunwai").id, "ts": state.next_ts()}
            changes = {"text": wanted.get("text", ""), "blocks": wanted.get("blocks"), "edited": edited}
            state.amend(place, url.ts, changes)
        else:
            seen_by = None if wanted.get("response_type") == "in_channel" else url.user
            state.add(place, state.by_app(wanted), visible_to=seen_by)
        return JSONResponse({"ok": True})


def _act(state: SlackState, deed: str, given: dict[str, Any]) -> dict[str, Any]:
    """Carry out a deed of a person: one of those below, with the arguments of `SlackState`'s method of that name."""
    if deed == "close_view":
        state.close_view(**given)
        return {"ok": True}
    if deed == "say":
        return {"ok": True, "ts": state.say(**given)["ts"]}
    if deed == "suggest":
        envelope = state.suggest(**given)
        envelope.wait(state.ack_seconds)
        place = (envelope.payload["block_id"], envelope.payload["action_id"])
        return {"ok": envelope.status == "acked", "options": state.suggested(envelope).get(place, [])}
    deeds: dict[str, Callable[..., Envelope | None]] = {
        "press": state.press,
        "press_in_view": state.press_in_view,
        "submit_view": state.submit_view,
        "open_home": state.open_home,
        "command": state.command,
    }
    if deed not in deeds:
        raise NotThere(f"the sandbox has no {deed}")
    sent = deeds[deed](**given)
    return {"ok": True, "envelope": sent.summary() if sent else None}


async def _changes(state: SlackState, socket: WebSocket) -> None:
    """The page's WebSocket: a snapshot first, then each change."""
    if not _from_here(socket):
        await socket.close()
        return
    await socket.accept()
    loop = asyncio.get_running_loop()
    queue: asyncio.Queue[str] = asyncio.Queue()

    def hand_on(change: dict[str, Any]) -> None:
        # Worded now, under the state's lock, as it is at this moment.
        loop.call_soon_threadsafe(queue.put_nowait, json.dumps(change))

    stop = state.watch(hand_on)

    async def hang_up() -> None:
        await socket.receive()  # The page says nothing: the first that comes is its end.

    async def follow() -> None:
        await socket.send_text(json.dumps({"type": "snapshot", "state": state.snapshot(PAGE_MESSAGES)}))
        while True:
            await socket.send_text(await queue.get())

    tasks = [asyncio.create_task(hang_up()), asyncio.create_task(follow())]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
