"""HubSpot's contacts on loopback: listing and searching, paged as theirs.

https://developers.hubspot.com/docs/api-reference/crm-contacts-v3/guide and
https://developers.hubspot.com/docs/api-reference/search/guide: pages of 100 (200 in a search), five searches a second, and
no search beyond 10,000 contacts.
"""

import json
import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Scope

from sandbox.faults import FaultMiddleware, Faults

TOKEN = "pat-sandbox-hubspot"  # noqa: S105 - opens nothing but this sandbox
MOST_FOUND = 10_000
SEARCHES_A_SECOND = 5
FIRST_NUMBER = 101
_ALWAYS = ("createdate", "email", "firstname", "hs_object_id", "lastmodifieddate", "lastname")
"""What is told of a contact when nothing is asked for."""


@dataclass
class Contacts:
    """All contacts by their number. Thread-safe for one writer."""

    by_id: dict[int, dict[str, str]] = field(default_factory=dict)
    searches: int = 0
    listings: int = 0
    limited: bool = True
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, number: int | None = None, at: datetime | None = None, **properties: str) -> int:
        """Make a contact, or change one; `at` is when. Returns its number."""
        moment = _iso(at or datetime.now(UTC))
        with self._lock:
            number = number or FIRST_NUMBER + len(self.by_id)
            known = self.by_id.setdefault(number, {"hs_object_id": str(number), "createdate": moment})
            known.update(properties, lastmodifieddate=moment)
        return number

    def delete(self, number: int) -> None:
        with self._lock:
            del self.by_id[number]


def create_app(contacts: Contacts, faults: Faults | None = None) -> ASGIApp:
    """The API as an ASGI app. Routes for faults: hubspot.list, hubspot.search."""
    api = HubspotApi(contacts)
    routes = [
        Route("/crm/v3/objects/contacts", api.list),
        Route("/crm/v3/objects/contacts/search", api.search, methods=["POST"]),
    ]
    return FaultMiddleware(Starlette(routes=routes), faults or Faults(), route_of, _body)


def route_of(scope: Scope) -> str:
    return "hubspot.search" if scope["path"].endswith("/search") else "hubspot.list"


class HubspotApi:
    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        self._asked: deque[float] = deque(maxlen=SEARCHES_A_SECOND)

    async def list(self, request: Request) -> Response:
        """Contacts in order of their numbers; `after` is the number to begin with."""
        if not _knows(request):
            return JSONResponse(_body(401), 401)
        asked = request.query_params
        limit = int(asked.get("limit", "10"))
        if not 1 <= limit <= 100:
            return JSONResponse(_wrong(f"limit must be between 1 and 100, but was {limit}"), 400)
        self.contacts.listings += 1
        numbers = [n for n in sorted(self.contacts.by_id) if n >= int(asked.get("after", "0"))]
        wanted = [name for names in asked.getlist("properties") for name in names.split(",")]
        more = str(numbers[limit]) if len(numbers) > limit else None
        return JSONResponse({"results": [self._shown(n, wanted) for n in numbers[:limit]], **_paging(more)})

    async def search(self, request: Request) -> Response:
        """Contacts for which one group of filters holds; `after` counts those to pass over."""
        if not _knows(request):
            return JSONResponse(_body(401), 401)
        if self.contacts.limited and self._too_fast():
            return JSONResponse(_body(429), 429)
        self.contacts.searches += 1
        try:
            asked = json.loads(await request.body())
            limit, after = int(asked.get("limit") or 10), int(asked.get("after") or 0)
            groups = [[_filter(one) for one in group["filters"]] for group in asked.get("filterGroups", ())]
        except (ValueError, KeyError, TypeError, AttributeError):
            return JSONResponse(_wrong("Invalid input JSON"), 400)
        if not 1 <= limit <= 200:
            return JSONResponse(_wrong(f"limit must be between 1 and 200, but was {limit}"), 400)
        if after + limit > MOST_FOUND:
            return JSONResponse(_wrong("The search results exceed the paging limit of 10000"), 400)
        found = [
            n
            for n, contact in sorted(self.contacts.by_id.items())
            if not groups or any(all(holds(contact) for holds in group) for group in groups)
        ]
        for order in reversed(asked.get("sorts") or ()):
            name = order["propertyName"]
            found.sort(
                key=lambda n: _number(self.contacts.by_id[n].get(name)), reverse=order.get("direction") == "DESCENDING"
            )
        shown = [self._shown(n, asked.get("properties") or ()) for n in found[after : after + limit]]
        more = str(after + limit) if len(found) > after + limit else None
        return JSONResponse({"total": len(found), "results": shown, **_paging(more)})

    def _too_fast(self) -> bool:
        now = time.monotonic()
        full = len(self._asked) == SEARCHES_A_SECOND and now - self._asked[0] < 1
        if not full:
            self._asked.append(now)
        return full

    def _shown(self, number: int, wanted: Any) -> dict[str, Any]:
        contact = self.contacts.by_id[number]
        names = {"createdate", "hs_object_id", "lastmodifieddate", *(wanted or _ALWAYS)}
        return {
            "id": str(number),
            "properties": {name: contact.get(name) for name in sorted(names)},
            "createdAt": contact["createdate"],
            "updatedAt": contact["lastmodifieddate"],
            "archived": False,
        }


def _filter(asked: dict[str, Any]) -> Callable[[dict[str, str]], bool]:
    name, value = asked["propertyName"], float(asked["value"])
    compare: Callable[[float], bool] = {"GT": value.__lt__, "GTE": value.__le__, "EQ": value.__eq__}[asked["operator"]]
    return lambda contact: compare(_number(contact.get(name)))


def _number(value: str | None) -> float:
    """A number, or a time in milliseconds."""
    if value and "T" in value:
        return datetime.fromisoformat(value).timestamp() * 1000
    return float(value or "nan")


def _iso(at: datetime) -> str:
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _paging(after: str | None) -> dict[str, Any]:
    return {"paging": {"next": {"after": after, "link": f"?after={after}"}}} if after else {}


def _knows(request: Request) -> bool:
    return request.headers.get("authorization") == f"Bearer {TOKEN}"


def _wrong(message: str) -> dict[str, Any]:
    return {"status": "error", "message": message, "correlationId": "sandbox", "category": "VALIDATION_ERROR"}


def _body(status: int) -> dict[str, Any]:
    """A refusal in HubSpot's words."""
    if status == 429:
        return {
            "status": "error",
            "message": "You have reached your secondly limit.",
            "errorType": "RATE_LIMIT",
            "correlationId": "sandbox",
            "policyName": "SECONDLY",
        }
    category = {401: "INVALID_AUTHENTICATION", 403: "MISSING_SCOPES"}.get(status, "INTERNAL_ERROR")
    message = "Authentication credentials not found." if status == 401 else "This request was not carried out."
    return {"status": "error", "message": message, "correlationId": "sandbox", "category": category}
