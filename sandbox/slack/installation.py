"""The app in the workspace: what it may do, how it is reached, and what it was told.

The Web API and the deliveries change it, the page shows it, and a test asks it.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandbox.slack import answers, payloads
from sandbox.slack.elements import Entries
from sandbox.slack.envelopes import Attempt, Envelope, Kind
from sandbox.slack.files import Files
from sandbox.slack.limits import Limits
from sandbox.slack.people import APP, BOT, BOT_USER, COMMANDS, SCOPES, SUBSCRIPTIONS, TEAM, TEAM_DOMAIN, User
from sandbox.slack.views import View, Views
from sandbox.slack.workspace import Channel, Message, Workspace

BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - it opens nothing but this stand-in, as do those below
APP_TOKEN = "xapp-sandbox-app"  # noqa: S105
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105
CLIENT_ID = "1000.sandbox"
CLIENT_SECRET = "sandbox-client-secret"  # noqa: S105

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
TRIGGER_SECONDS = 3.0


class Courier(Protocol):
    """How an envelope reaches the app: over Socket Mode, or by signed HTTP."""

    def send(self, envelope: Envelope) -> None: ...


@dataclass
class ResponseUrl:
    """A `response_url`: where it answers, and how much of it is left."""

    channel: str
    ts: str | None
    user: str
    expires_at: float
    uses_left: int = RESPONSE_URL_USES


@dataclass
class Trigger:
    """A `trigger_id`: good once, for `TRIGGER_SECONDS`, to show `user` a modal, on top of `view` if it came from one."""

    user: str
    expires_at: float
    view: str | None = None
    used: bool = False


@dataclass
class Grant:
    """What a person agreed to when they signed in to the app: good once as a code, then as a token."""

    user: User
    redirect_uri: str
    scopes: frozenset[str]
    nonce: str
    expires_at: float


@dataclass
class Held:
    """What one person has chosen in one message, and what the app offered in its external selects."""

    entries: Entries = field(default_factory=dict)
    suggested: dict[tuple[str, str], list[dict[str, Any]]] = field(default_factory=dict)


class Installation(Workspace):
    """A workspace, and the app that lives in it.

    `channels`, `state_file` and `clock` are those of `Workspace`. `scopes` is what the bot token may do.
    `subscriptions` are the events that the app asked for, `commands` the slash commands that it has. With a
    loopback `request_url`, interactions go there by HTTP, signed with `signing_secret`, and not over Socket
    Mode. `ack_seconds` is how long the app has to acknowledge, `retries` how many more times an envelope is
    sent when it does not.
    """

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        client_id: str = CLIENT_ID,
        client_secret: str = CLIENT_SECRET,
        channels: Iterable[str] = (),
        scopes: Iterable[str] = SCOPES,
        subscriptions: Iterable[str] = SUBSCRIPTIONS,
        commands: Iterable[str] = COMMANDS,
        limits: Limits | None = None,
        state_file: Path | str | None = None,
        request_url: str | None = None,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
        retries: int = 3,
    ) -> None:
        super().__init__(channels, state_file, clock)
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.client_id, self.client_secret = client_id, client_secret
        self.scopes = set(scopes)
        self.subscriptions = set(subscriptions)
        self.commands = set(commands)
        self.limits = limits or Limits()
        self.request_url = request_url
        self.ack_seconds, self.retries = ack_seconds, retries
        self.base_url = "http://127.0.0.1"
        """Where this Slack is reached; learned from the first request."""
        self.elsewhere: dict[str, str] = {}
        """Real sites, and the stand-ins to which the page's links to them lead instead: nobody answers a stranger by
        trying a button."""

        self.codes: dict[str, Grant] = {}
        self.grants: dict[str, Grant] = {}
        """Sign in with Slack: the codes that are out, and what they were changed for, by access token."""
        self.sign_in_team = TEAM
        """The workspace that those who sign in are of; a test makes it a stranger's."""

        self.connections: list[Any] = []
        """The open Socket Mode connections."""
        self.envelopes: dict[str, Envelope] = {}
        self.views = Views(clock, self.tell)
        self.files = Files()
        self.violations: list[dict[str, Any]] = []
        """Requests that came faster than Slack allows: {at, what, retry_after}."""
        self.mistakes: list[str] = []
        """Answers of the app that Slack would not have taken, each with the reason."""
        self.calls: dict[str, int] = {}
        """How often each Web API method was carried out or refused."""
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, Trigger] = {}
        self.tickets: set[str] = set()
        self.courier: Courier | None = None
        self._held: dict[tuple[str, str], Held] = {}

    def snapshot(self, newest: int | None = None) -> dict[str, Any]:
        """All of it as JSON, for tests, or with the `newest` messages of each channel, for the page."""

        def shown(place: Channel) -> list[Message]:
            return [self.in_thread(m, place) for m in list(place.messages.values())[-newest if newest else None :]]

        with self.lock:
            now = self.clock()
            return {
                "team": {"id": TEAM, "domain": TEAM_DOMAIN},
                "users": [user.wire(now, with_email=True) for user in self.users.values()],
                "groups": [group.wire(with_users=True) for group in self.groups.values()],
                "commands": sorted(self.commands),
                "channels": [self.shown_channel(c) | {"messages": shown(c)} for c in self.channels.values()],
                "views": [view.shown() for view in self.views],
                "connections": len(self.connections),
                "request_url": self.request_url,
                "elsewhere": dict(self.elsewhere),
                "pending": [e.summary() for e in self.envelopes.values() if e.status == "pending"],
                "unanswered": [e.summary() for e in self.envelopes.values() if e.status == "unanswered"],
                "violations": list(self.violations),
                "mistakes": list(self.mistakes),
                "calls": dict(self.calls),
            }

    def violated(self, what: str, retry_after: int) -> None:
        with self.lock:
            self.violations.append({"at": self.clock(), "what": what, "retry_after": retry_after})
            self.tell({"type": "violations", "count": len(self.violations)})

    def mistaken(self, what: str) -> None:
        with self.lock:
            self.mistakes.append(what)
            self.tell({"type": "mistakes", "mistakes": list(self.mistakes)})

    # Envelopes

    def event(self, event: dict[str, Any]) -> Envelope:
        """Send the app an event of the Events API."""
        payload = payloads.event_callback(event, int(self.clock()))
        return self.send("events_api", payload, {"event": str(event.get("type"))})

    def open_ticket(self) -> str:
        """The address of a new Socket Mode connection; its ticket opens one and no more."""
        with self.lock:
            ticket = secrets.token_urlsafe(16)
            self.tickets.add(ticket)
            return f"{self.base_url.replace('http', 'ws', 1)}/link/?ticket={ticket}&app_id={APP}"

    def redeem_ticket(self, ticket: str) -> bool:
        with self.lock:
            known = ticket in self.tickets
            self.tickets.discard(ticket)
            return known

    def send(self, kind: Kind, payload: dict[str, Any], subject: dict[str, str]) -> Envelope:
        """Put an envelope on its way to the app."""
        envelope = Envelope(kind, payload, subject)
        with self.lock:
            self.envelopes[envelope.id] = envelope
            self.tell({"type": "envelope", "envelope": envelope.summary()})
        if self.courier is None:
            self.settle(envelope, acked=False)
        else:
            self.courier.send(envelope)
        return envelope

    def attempt(self, envelope: Envelope, to: str) -> None:
        with self.lock:
            envelope.attempts.append(Attempt(self.clock(), to))

    def settle(self, envelope: Envelope, acked: bool, answer: dict[str, Any] | None = None) -> None:
        """Record that the app acknowledged an envelope, or never did, and act on its answer."""
        with self.lock:
            if envelope.status != "pending":
                return  # A second acknowledgement is ignored.
            if acked:
                answers.act_on(self, envelope, answer or {})
            else:
                answers.act_on_silence(self, envelope)
            envelope.settle("acked" if acked else "unanswered", answer)
            self.tell({"type": "envelope", "envelope": envelope.summary()})

    def by_app(self, fields: dict[str, Any]) -> Message:
        """A message of the app's with these texts and blocks."""
        bot = self.users[BOT_USER]
        message: Message = {
            "user": BOT_USER,
            "bot_id": BOT,
            "app_id": APP,
            "text": fields.get("text") or "",
            "bot_profile": {
                "id": BOT,
                "app_id": APP,
                "name": bot.real_name,
                "deleted": False,
                "updated": 0,
                "team_id": TEAM,
            },
        }
        return message | {name: fields[name] for name in ("blocks", "attachments", "thread_ts") if fields.get(name)}

    def response_url(self, channel: Channel, ts: str | None, user: User) -> str:
        token = secrets.token_urlsafe(18)
        self.response_urls[token] = ResponseUrl(channel.id, ts, user.id, self.clock() + RESPONSE_URL_SECONDS)
        return f"{self.base_url}/actions/{TEAM}/{token}"

    def new_trigger(self, user: User, view: View | None = None) -> str:
        """A trigger_id for `user`; on top of `view`, if it came from one."""
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self.triggers[trigger] = Trigger(user.id, self.clock() + TRIGGER_SECONDS, view.id if view else None)
        return trigger

    def held_in(self, who: User, ts: str) -> Held:
        """What this person has chosen in the message of this ts."""
        return self._held.setdefault((who.id, ts), Held())

    def suggested(self, envelope: Envelope) -> dict[tuple[str, str], list[dict[str, Any]]]:
        """The options that external selects were given where this suggestion was asked for."""
        container = envelope.payload["container"]
        if container["type"] == "view":
            view = self.views.find(container["view_id"])
            return view.suggested if view else {}
        return self.held_in(self.user(envelope.payload["user"]["id"]), container["message_ts"]).suggested
