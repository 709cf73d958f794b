"""Ticket systems on loopback: Zendesk's tickets, and a receiver of signed webhooks.

Zendesk: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ (creating, listing by external id) and
https://developer.zendesk.com/api-reference/ticketing/introduction/#idempotency. The receiver checks the signature as
docs/desk.md tells the owner of one to.
"""

import base64
import hmac
import json
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from html import escape
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from sandbox.faults import FaultMiddleware, Faults

EMAIL = "desk@northwind.example"
TOKEN = "sandbox-zendesk-token"  # noqa: S105 - opens nothing but this sandbox
SECRET = "sandbox-webhook-secret"  # noqa: S105
PRIORITIES = {"urgent", "high", "normal", "low"}
TOO_OLD_SECONDS = 300
FIRST_NUMBER = 1001


@dataclass
class Tickets:
    """All tickets, oldest first, and the keys under which they were asked for. Thread-safe.

    With a `journal` each is appended to that file and read back at the next start, so that links to them lead somewhere.
    """

    journal: Path | None = None
    made: list[dict[str, Any]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    """What came to the receiver with a right signature: {"key": ..., "body": its JSON}, each key once."""
    _keys: dict[str, tuple[str, dict[str, Any]]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        if self.journal is not None and self.journal.exists():
            for line in self.journal.read_text(encoding="utf-8").splitlines():
                with suppress(ValueError, KeyError, TypeError):  # a line cut off by a crash
                    self._keep(**json.loads(line))

    def make(self, asked: dict[str, Any], key: str, digest: str) -> tuple[dict[str, Any], str] | None:
        """(the ticket, "hit" or "miss"); None where the key was used for another request."""
        with self._lock:
            if key in self._keys:
                before, ticket = self._keys[key]
                return (ticket, "hit") if before == digest else None
            ticket = {"id": FIRST_NUMBER + len(self.made), "status": "new", **asked}
            self._write(kind="ticket", key=key, digest=digest, body=ticket)
            return ticket, "miss"

    def receive(self, body: dict[str, Any], key: str) -> int:
        """The number that a webhook's ticket has here; one that came before keeps its own."""
        with self._lock:
            numbers = {hook["key"]: place for place, hook in enumerate(self.hooks)}
            if key not in numbers:
                self._write(kind="hook", key=key, digest="", body=body)
            return FIRST_NUMBER + numbers.get(key, len(numbers))

    def _write(self, **row: Any) -> None:
        self._keep(**row)
        if self.journal is not None:
            with self.journal.open("a", encoding="utf-8") as file:
                file.write("\n" + json.dumps(row, ensure_ascii=False))  # a line that was cut off takes none along

    def _keep(self, kind: str, key: str, digest: str, body: dict[str, Any]) -> None:
        if kind == "hook":
            self.hooks.append({"key": key, "body": body})
            return
        self.made.append(body)
        if key:
            self._keys[key] = (digest, body)


def create_app(tickets: Tickets, faults: Faults | None = None) -> ASGIApp:
    """Both as one ASGI app. Routes for faults: tickets.create, tickets.list, tickets.hook."""
    api = TicketsApi(tickets)
    routes = [
        Route("/api/v2/tickets.json", api.create, methods=["POST"]),
        Route("/api/v2/tickets.json", api.find),
        Route("/agent/tickets/{id:int}", api.page),
        Route("/hook", api.hook, methods=["POST"]),
    ]
    return FaultMiddleware(Starlette(routes=routes), faults or Faults(), route_of)


def route_of(scope: Scope) -> str:
    if scope["path"] == "/hook":
        return "tickets.hook"
    return "tickets.create" if scope["method"] == "POST" else "tickets.list"


class TicketsApi:
    def __init__(self, tickets: Tickets) -> None:
        self.tickets = tickets

    async def create(self, request: Request) -> Response:
        if not _knows(request):
            return JSONResponse({"error": "Couldn't authenticate you"}, 401)
        raw = await request.body()
        try:
            asked = json.loads(raw)["ticket"]
            comment = asked["comment"]["body"]
        except (ValueError, KeyError, TypeError):
            return JSONResponse({"error": "RecordInvalid", "description": "Record validation errors"}, 422)
        wrong = not comment.strip() or len(asked.get("subject", "")) > 150
        if wrong or asked.get("priority", "normal") not in PRIORITIES:
            return JSONResponse({"error": "RecordInvalid", "description": "Record validation errors"}, 422)
        made = self.tickets.make(asked, request.headers.get("idempotency-key", ""), sha256(raw).hexdigest())
        if made is None:
            words = "Request parameters do not match the parameters of the first request with this idempotency key."
            return JSONResponse({"error": "IdempotentRequestError", "description": words}, 400)
        ticket, lookup = made
        return JSONResponse({"ticket": _shown(request, ticket)}, 201, {"x-idempotency-lookup": lookup})

    async def find(self, request: Request) -> Response:
        """The tickets with an `external_id`."""
        if not _knows(request):
            return JSONResponse({"error": "Couldn't authenticate you"}, 401)
        wanted = request.query_params.get("external_id")
        found = [t for t in self.tickets.made if wanted is None or t.get("external_id") == wanted]
        return JSONResponse({"tickets": [_shown(request, t) for t in found], "count": len(found), "next_page": None})

    async def page(self, request: Request) -> Response:
        """A ticket as an agent would open it, so that the link on a card leads somewhere."""
        number = request.path_params["id"]
        ticket = next((t for t in self.tickets.made if t["id"] == number), None)
        if ticket is None:
            return Response("There is no such ticket.", 404)
        words = f"<h1>#{number} {escape(ticket.get('subject', ''))}</h1><pre>{escape(ticket['comment']['body'])}</pre>"
        return Response(
            f"<!doctype html><meta charset=utf-8><title>Ticket {number}</title>{words}", media_type="text/html"
        )

    async def hook(self, request: Request) -> Response:
        """Take what bears a right and fresh signature, once for each key."""
        raw, stamp = await request.body(), request.headers.get("sunwai-timestamp", "")
        right = "v1=" + hmac.new(SECRET.encode(), stamp.encode() + b"." + raw, sha256).hexdigest()
        if not hmac.compare_digest(right, request.headers.get("sunwai-signature", "")):
            return JSONResponse({"error": "the signature is wrong"}, 401)
        if not stamp.isdigit() or abs(time.time() - int(stamp)) > TOO_OLD_SECONDS:
            return JSONResponse({"error": "the signature is too old"}, 401)
        number = self.tickets.receive(json.loads(raw), request.headers.get("idempotency-key", ""))
        return JSONResponse({"id": number, "url": f"{_base(request)}/agent/tickets/{number}"}, 201)


def _knows(request: Request) -> bool:
    scheme, _, given = request.headers.get("authorization", "").partition(" ")
    right = base64.b64encode(f"{EMAIL}/token:{TOKEN}".encode()).decode()
    return scheme.lower() == "basic" and given == right


def _base(request: Request) -> str:
    return str(request.base_url).rstrip("/")


def _shown(request: Request, ticket: dict[str, Any]) -> dict[str, Any]:
    """A ticket in Zendesk's fields; `url` is the API's own address of it."""
    return {
        "id": ticket["id"],
        "url": f"{_base(request)}/api/v2/tickets/{ticket['id']}.json",
        "external_id": ticket.get("external_id"),
        "subject": ticket.get("subject"),
        "description": ticket["comment"]["body"],
        "priority": ticket.get("priority"),
        "status": ticket["status"],
        "tags": ticket.get("tags", []),
    }
