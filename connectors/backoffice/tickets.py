"""Opening a ticket in Zendesk, or in anything else that takes a signed webhook.

Zendesk: https://developer.zendesk.com/api-reference/ticketing/tickets/tickets/ and its idempotency keys, which it keeps for
two hours; after that the ticket is looked for by its external id. The webhook's contract is in docs/desk.md.
"""

import hmac
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any, Protocol

import requests

from connectors.social.source import HttpSession, raise_if_busy, unreachable
from core import wording
from core.answer import Answer, AnswerStatus
from core.case import Candidate, CaseEvent, CaseFile, EventKind
from core.errors import BadRecord, Misconfigured, RetryLater
from core.settings import Environment
from core.teams import TicketsTable

TIMEOUT_SECONDS = 10.0
PRIORITIES = {"P1": "urgent", "P2": "high", "P3": "normal", "P4": "low"}
LONGEST_SUBJECT = 150
LONGEST_TEXT = 60_000
"""Zendesk takes 65,536 characters."""
EVENTS = {
    EventKind.OPENED: "opened",
    EventKind.JOINED: "another post joined",
    EventKind.RAISED: "made more urgent",
    EventKind.LOWERED: "made less urgent",
    EventKind.RANG: "rang in Slack",
    EventKind.CLAIMED: "taken",
    EventKind.RELEASED: "let go",
    EventKind.OFFERED: "offered to others",
    EventKind.ACCEPTED: "taken over",
    EventKind.DECLINED: "stays where it is",
    EventKind.SNOOZED: "put to rest for a while",
    EventKind.WOKEN: "came up again",
    EventKind.DRAFTED: "answer written",
    EventKind.APPROVED: "answer let out",
    EventKind.REJECTED: "answer rejected",
    EventKind.ANSWERED: "answered in public",
    EventKind.NOT_SENT: "answer not sent",
    EventKind.CAME_BACK: "the customer wrote again",
    EventKind.RESOLVED: "resolved",
    EventKind.DISMISSED: "dismissed",
    EventKind.REOPENED: "opened again",
    EventKind.CONFIRMED_CUSTOMER: "customer confirmed",
    EventKind.WRONG_CUSTOMER: "found to be another customer",
    EventKind.NOTED: "note written",
    EventKind.TICKETED: "ticket opened",
    EventKind.WARNED: "warned of a deadline",
    EventKind.BREACHED: "deadline missed",
    EventKind.ESCALATED: "told further up",
    EventKind.RETIMED: "new deadlines, as the settings changed",
    EventKind.ERASED: "post erased",
}


@dataclass(frozen=True, slots=True)
class Story:
    """A case as another system is told it. `key` is the same for the same case whenever it is told, and no other's."""

    key: str
    case: int
    brand: str
    priority: str
    topic: str
    platform: str
    link: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Opened:
    """A ticket as its system calls it, and where people read it; "" for what it does not say."""

    external_id: str
    url: str


class TicketSystem(Protocol):
    name: str

    def open(self, story: Story, now: datetime) -> Opened:
        """Raises RetryLater (`NotDone` where surely nothing was done), Misconfigured, BadRecord."""
        ...

    def find(self, story: Story, now: datetime) -> Opened | None:
        """The ticket of this story, if it is there and can be asked for."""
        ...


def connect(table: TicketsTable, environment: Environment, timeout: float = TIMEOUT_SECONDS) -> TicketSystem:
    """The system of `[tickets]`. Raises Misconfigured where there is none or its secret is missing."""
    session = HttpSession(timeout)
    if table.system == "zendesk":
        purpose = "tickets.system is 'zendesk'"
        email = environment.need("ZENDESK_EMAIL", purpose).get_secret_value()
        token = environment.need("ZENDESK_API_TOKEN", purpose).get_secret_value()
        address = environment.get("ZENDESK_BASE_URL") or f"https://{table.subdomain}.zendesk.com"
        return Zendesk(session, address.rstrip("/"), email, token)
    if table.system == "webhook":
        secret = environment.need("TICKETS_WEBHOOK_SECRET", "tickets.system is 'webhook', and it signs what is sent")
        return Webhook(session, table.url, secret.get_secret_value())
    raise Misconfigured("tickets.system is empty, so no ticket can be opened: set it to 'zendesk' or 'webhook'.")


class Zendesk:
    """Tickets whose first comment is an internal note: Zendesk writes to nobody because of them."""

    name = "zendesk"

    def __init__(self, session: HttpSession, address: str, email: str, token: str) -> None:
        self._session, self._address = session, address
        self._auth = (f"{email}/token", token)

    def open(self, story: Story, now: datetime) -> Opened:
        ticket = {
            "subject": story.subject,
            "comment": {"body": story.text, "public": False},
            "priority": PRIORITIES[story.priority],
            "external_id": story.key,
            "tags": ["sunwai", story.platform, story.topic, story.priority.lower()],
        }
        key = sha256(story.key.encode()).hexdigest()
        body, status = self._ask("POST", now, json={"ticket": ticket}, headers={"Idempotency-Key": key})
        if status == 400 and body.get("error") == "IdempotentRequestError":  # asked before, in other words
            found = self.find(story, now)
            if found is None:
                raise RetryLater("Zendesk is still busy with this ticket.")
            return found
        if status not in (200, 201):
            raise BadRecord(f"Zendesk does not take this ticket ({status}).")
        return self._opened(body.get("ticket"))

    def find(self, story: Story, now: datetime) -> Opened | None:
        body, status = self._ask("GET", now, params={"external_id": story.key})
        if status != 200:
            raise RetryLater(f"Zendesk does not let us look for the ticket ({status}).")
        found = [ticket for ticket in body.get("tickets") or [] if ticket.get("external_id") == story.key]
        return self._opened(found[0]) if found else None

    def _ask(self, method: str, now: datetime, **more: Any) -> tuple[dict[str, Any], int]:
        address = f"{self._address}/api/v2/tickets.json"
        response = _request(self._session, method, address, "Zendesk", now, auth=self._auth, **more)
        if response.status_code in (401, 403):
            raise Misconfigured("Zendesk rejects the login: check ZENDESK_EMAIL and ZENDESK_API_TOKEN.")
        if response.status_code == 404:
            raise Misconfigured("Zendesk is not at this address: check tickets.subdomain.")
        body = _object(response)
        if body is None:
            raise RetryLater("Zendesk sent an answer that is not whole JSON.")
        return body, response.status_code

    def _opened(self, ticket: Any) -> Opened:
        try:
            id = str(int(ticket["id"]))
        except (KeyError, TypeError, ValueError):
            raise RetryLater("Zendesk sent an answer that does not name the ticket.") from None
        return Opened(id, f"{self._address}/agent/tickets/{id}")


class Webhook:
    """A POST of JSON, signed with HMAC-SHA256 over the timestamp, a full stop and the body."""

    name = "webhook"

    def __init__(self, session: HttpSession, address: str, secret: str) -> None:
        self._session, self._address, self._secret = session, address, secret.encode()

    def open(self, story: Story, now: datetime) -> Opened:
        body = json.dumps({name: getattr(story, name) for name in story.__slots__}, ensure_ascii=False).encode()
        stamp = str(int(now.timestamp()))
        signed = hmac.new(self._secret, stamp.encode() + b"." + body, sha256).hexdigest()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            "Idempotency-Key": story.key,
            "Sunwai-Timestamp": stamp,
            "Sunwai-Signature": f"v1={signed}",
        }
        response = _request(self._session, "POST", self._address, "The ticket webhook", now, data=body, headers=headers)
        if response.status_code in (401, 403):
            raise Misconfigured("The ticket webhook rejects our signature: check TICKETS_WEBHOOK_SECRET.")
        if response.status_code in (404, 405, 410):
            raise Misconfigured(f"Nothing takes tickets at tickets.url ({response.status_code}): correct it.")
        if not 200 <= response.status_code < 300:
            raise BadRecord(f"The ticket webhook does not take this ticket ({response.status_code}).")
        told = _object(response) or {}
        url = str(told.get("url") or "")
        return Opened(str(told.get("id") or "")[:64], url[:500] if re.match(r"https?://\S+$", url) else "")

    def find(self, story: Story, now: datetime) -> None:
        """It cannot be asked; the receiver knows a story that it was told before by its `Idempotency-Key`."""


def _request(
    session: HttpSession, method: str, address: str, who: str, now: datetime, **more: Any
) -> requests.Response:
    try:
        response = session.request(method, address, allow_redirects=False, **more)
    except requests.RequestException as error:
        raise unreachable(who, error) from None
    raise_if_busy(response, who, now)
    if response.is_redirect:
        raise Misconfigured(f"{who} has moved to another address; what is signed and secret does not follow it there.")
    return response


def _object(response: requests.Response) -> dict[str, Any] | None:
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


# The story ---------------------------------------------------------------------------------------------------------------


def story(file: CaseFile, events: Sequence[CaseEvent], answers: Sequence[Answer]) -> Story:
    """All that the case is: the post, who wrote it, why it is urgent, which customer, what happened, what we said."""
    case, mention = file.case, file.mention
    platform = wording.PLATFORMS.get(mention.platform, mention.platform.capitalize())
    topic = wording.topic(case.department)
    who = f"@{mention.author.handle}" if mention.author.handle else mention.author.display_name or "somebody"
    parts = [
        f"{file.brand_name} · {case.priority.name} · {topic}",
        "The post was erased." if file.erased else _post(file, who, platform),
        _section("Why", (_reason(r.signal, r.text) for r in wording.told(file.assessment))),
        _section("Customer", (_customer(candidate) for candidate in file.candidates)),
        _section("What happened", (_event(event) for event in events)),
        _section("What we answered", (_answer(answer) for answer in answers)),
    ]
    subject = f"[{case.priority.name}] {topic}: {'a post that was erased' if file.erased else f'{who} on {platform}'}"
    return Story(
        key=f"sunwai:{case.brand}:{case.mention_id}",
        case=case.id,
        brand=case.brand,
        priority=case.priority.name,
        topic=case.department,
        platform=mention.platform,
        link=mention.url,
        subject=_plain(subject)[:LONGEST_SUBJECT],
        text=_plain("\n\n".join(part for part in parts if part))[:LONGEST_TEXT],
    )


def _post(file: CaseFile, who: str, platform: str) -> str:
    mention = file.mention
    more = f" and {file.posts - 1} more" if file.posts > 1 else ""
    said = "\n".join(part for part in (mention.title, mention.text) if part)
    quoted = "\n".join(f"> {line}" for line in said.splitlines())
    return f"{who} on {platform}, {_time(mention.created_at)}{more}:\n{quoted}\n{mention.url}".strip()


def _reason(signal: str, text: str) -> str:
    return f"{wording.signal(signal)}: {text}" if text else wording.signal(signal)


def _customer(candidate: Candidate) -> str:
    customer, link = candidate.customer, candidate.link
    sure = "linked" if link.status == "linked" else f"possibly ({link.probability:.0%})"
    known = ", ".join(part for part in (customer.name, customer.tier, customer.city) if part)
    orders = "".join(f"; order {o.order_id} {o.status}".rstrip() for o in candidate.orders[:3])
    return f"{customer.customer_id} {known} - {sure}{orders}"


def _event(event: CaseEvent) -> str:
    return f"{_time(event.at)} {EVENTS[event.kind]}, {event.actor}"


def _answer(answer: Answer) -> str:
    if not answer.text:
        return f"{_time(answer.created_at)} (erased)"
    where = f" {answer.url}" if answer.url else ""
    done = "" if answer.status is AnswerStatus.SENT else f" ({answer.status.value.replace('_', ' ')})"
    return f"{_time(answer.sent_at or answer.created_at)} {answer.author}{done}: {answer.text}{where}"


def _section(title: str, lines: Any) -> str:
    found = [f"- {line}" for line in lines]
    return "\n".join([f"{title}:", *found]) if found else ""


def _time(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"


def _plain(text: str) -> str:
    """Without control characters, which a stranger's words may hold."""
    return re.sub(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", "", text)
