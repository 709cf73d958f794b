"""What can go wrong on the wire, asked for by a test or a person, on any route of any stand-in.

A route is a dotted name that each server gives its endpoints, `x.search` or `slack.chat.postMessage`;
a fault may name a pattern, `x.*`. Faults of the transport (statuses, resets, delays, spoilt JSON, a
wrong clock) are carried out here by `FaultMiddleware`. Faults of the content (`CONTENT`) are handed
to the endpoint in `scope["sandbox.fault"]`, because only it knows what a page is.
"""

import asyncio
import fnmatch
import json
import socket
import struct
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from email.utils import formatdate
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Scope, Send

STATUSES = {
    "rate_limited": 429,
    "credits_depleted": 402,
    "unauthorized": 401,
    "forbidden": 403,
    "not_found": 404,
    "server_error": 500,
    "unavailable": 503,
}
"""Faults that are an HTTP status; the server words the body."""

WIRE = {"reset_before", "reset_after", "slow", "timeout", "truncated", "cut", "malformed"}
"""`reset_before` never runs the request, `reset_after` carries it out and loses the answer; `slow`
answers after `seconds`; `timeout` holds the connection for `seconds`, then drops it unhandled;
`truncated` ends in the middle of the JSON, `cut` drops the connection there; `malformed` is HTML."""

CONTENT = {"malformed_item", "duplicate_page", "out_of_order"}
"""One broken item in a page; the page before once more; a page in shuffled order."""

CLOCK = "clock_off"
"""Every clock of the server (Date, rate-limit reset) is `seconds` off until cleared; never used up."""

KINDS = {*STATUSES, *WIRE, *CONTENT, CLOCK}


@dataclass
class Fault:
    """One thing to go wrong `times` times on `route`, after `after` requests that go well.

    `retry_after` and `reset_after` are seconds: the first becomes `Retry-After`, the second the
    platform's own reset header; a `rate_limited` fault with neither gives no hint at all.
    """

    route: str
    kind: str
    times: int | None = 1
    after: int = 0
    retry_after: float | None = None
    reset_after: float | None = None
    seconds: float = 30.0

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"no fault is called {self.kind!r}; there are {', '.join(sorted(KINDS))}")


class Faults:
    """The faults still to happen, first asked first served. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._pending: list[Fault] = []
        self.happened: list[tuple[str, str]] = []
        """(route, kind) of each fault that was served, oldest first."""

    def add(self, route: str, kind: str, **details: Any) -> Fault:
        """Ask for a fault; `details` are the fields of `Fault`. Raises ValueError for an unknown kind."""
        fault = Fault(route, kind, **details)
        with self._lock:
            self._pending.append(fault)
        return fault

    def next(self, route: str) -> Fault | None:
        """The fault that this request meets, used up by asking, or None when it goes well."""
        with self._lock:
            for fault in self._pending:
                if fault.kind == CLOCK or not fnmatch.fnmatchcase(route, fault.route):
                    continue
                if fault.after > 0:
                    fault.after -= 1
                    continue
                if fault.times is not None:
                    fault.times -= 1
                    if fault.times <= 0:
                        self._pending.remove(fault)
                self.happened.append((route, fault.kind))
                return fault
        return None

    def skew(self, route: str) -> float:
        """Seconds by which the server's clock is wrong on this route."""
        with self._lock:
            return sum(f.seconds for f in self._pending if f.kind == CLOCK and fnmatch.fnmatchcase(route, f.route))

    def pending(self) -> list[dict[str, Any]]:
        with self._lock:
            return [asdict(fault) for fault in self._pending]

    def clear(self) -> None:
        with self._lock:
            self._pending.clear()


def plain_body(status: int) -> dict[str, Any]:
    """The body of a failed answer where a server has no wording of its own."""
    return {"error": status}


def no_headers(fault: Fault, now: float) -> dict[str, str]:
    """No header beside `Retry-After`, for servers that have no reset header of their own."""
    return {}


class FaultMiddleware:
    """Carries out transport faults, keeps the server's (perhaps wrong) clock, serves `/_sandbox/faults`.

    Must be the outermost layer, for a connection can only be reset through uvicorn's own `send`;
    run uvicorn with `date_header=False`. `route` names a request, `body` words a refusal, and
    `headers` gives a platform's reset headers from the fault and the server's clock (epoch seconds).
    """

    def __init__(
        self,
        app: ASGIApp,
        faults: Faults,
        route: Callable[[Scope], str],
        body: Callable[[int], dict[str, Any]] = plain_body,
        headers: Callable[[Fault, float], dict[str, str]] = no_headers,
    ) -> None:
        self.app, self.faults = app, faults
        self._route, self._body, self._headers = route, body, headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        if scope["path"] == "/_sandbox/faults":
            await self._control(scope, receive, send)
            return
        route = self._route(scope)
        clock = time.time() + self.faults.skew(route)
        scope["sandbox.clock"] = clock
        fault = self.faults.next(route)
        dated = _dated(send, clock)
        if fault is None:
            await self.app(scope, receive, dated)
            return
        if fault.kind in CONTENT:
            scope["sandbox.fault"] = fault
            await self.app(scope, receive, dated)
            return
        if fault.kind in STATUSES:
            status = STATUSES[fault.kind]
            headers = self._headers(fault, clock)
            if fault.retry_after is not None:
                headers["retry-after"] = f"{fault.retry_after:g}"
            await _answer(dated, status, self._body(status), headers)
            return
        if fault.kind == "reset_before":
            await _reset(send)
            return
        if fault.kind == "reset_after":
            await _captured(self.app, scope, receive)
            await _reset(send)
            return
        if fault.kind == "timeout":
            await asyncio.sleep(fault.seconds)
            await _reset(send)
            return
        if fault.kind == "slow":
            await asyncio.sleep(fault.seconds)
            await self.app(scope, receive, dated)
            return
        start, body = await _captured(self.app, scope, receive)
        half = body[: max(1, len(body) // 2)]
        if fault.kind == "cut":
            await dated(start)
            await dated({"type": "http.response.body", "body": half, "more_body": True})
            await _reset(send)
            return
        spoilt = half if fault.kind == "truncated" else b"<!DOCTYPE html><html><body>Be right back</body></html>"
        start["headers"] = [h for h in start["headers"] if h[0] != b"content-length"]
        start["headers"].append((b"content-length", str(len(spoilt)).encode()))
        await dated(start)
        await dated({"type": "http.response.body", "body": spoilt})

    async def _control(self, scope: Scope, receive: Receive, send: Send) -> None:
        """GET lists what is pending and what happened, POST adds a fault, DELETE clears; loopback only."""
        if scope["client"] is not None and scope["client"][0] not in ("127.0.0.1", "::1"):
            await _answer(send, 403, {"error": "loopback only"})
            return
        if scope["method"] == "POST":
            try:
                self.faults.add(**json.loads(await _body(receive)))
            except (TypeError, ValueError) as wrong:
                await _answer(send, 400, {"error": str(wrong)})
                return
        elif scope["method"] == "DELETE":
            self.faults.clear()
        await _answer(send, 200, {"pending": self.faults.pending(), "happened": self.faults.happened})


def _dated(send: Send, clock: float) -> Send:
    async def stamped(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [h for h in message.get("headers", []) if h[0] != b"date"]
            message = {**message, "headers": [*headers, (b"date", formatdate(clock, usegmt=True).encode())]}
        await send(message)

    return stamped


async def _reset(send: Send) -> None:
    """Drop the connection with a TCP reset, as a dying load balancer does.

    uvicorn's `send` is bound to the request's cycle, which is the only way to the socket.
    """
    transport = send.__self__.transport  # type: ignore[attr-defined]
    raw = transport.get_extra_info("socket")
    if raw is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await asyncio.sleep(0.01)  # lets uvicorn see the lost connection, or it logs an unfinished answer


async def _captured(app: ASGIApp, scope: Scope, receive: Receive) -> tuple[Message, bytes]:
    """Run the request to its end and keep the answer instead of sending it."""
    start: Message = {}
    body = b""

    async def keep(message: Message) -> None:
        nonlocal start, body
        if message["type"] == "http.response.start":
            start = {**message, "headers": list(message.get("headers", []))}
        elif message["type"] == "http.response.body":
            body += message.get("body", b"")

    await app(scope, receive, keep)
    return start, body


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return body


async def _answer(send: Send, status: int, body: Any, headers: dict[str, str] | None = None) -> None:
    raw = json.dumps(body).encode()
    pairs = {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(raw)),
        **(headers or {}),
    }
    await send(
        {
            "type": "http.response.start",
            "status": status,
            "headers": [(name.encode(), value.encode()) for name, value in pairs.items()],
        }
    )
    await send({"type": "http.response.body", "body": raw})
