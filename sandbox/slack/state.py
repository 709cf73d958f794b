"""The app's side of the workspace: what people do that it hears of, and whether it answered.

The Web API changes it, the page shows it, and a test asks it.
"""

import secrets
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from sandbox.slack.elements import NotThere, as_stored, choice, entered, find_element
from sandbox.slack.envelopes import Attempt, Envelope, Kind
from sandbox.slack.limits import Limits
from sandbox.slack.people import APP, BOT, BOT_USER, SCOPES, TEAM, TEAM_DOMAIN, User
from sandbox.slack.workspace import Channel, Message, Workspace

BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - it opens nothing but this stand-in, as do the next two
APP_TOKEN = "xapp-sandbox-app"  # noqa: S105
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105

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
    """A `trigger_id`: good once, for `TRIGGER_SECONDS`, to open a modal for `user`."""

    user: str
    expires_at: float
    used: bool = False


class SlackState(Workspace):
    """An in-memory Slack: a workspace, and the app that lives in it.

    `channels`, `state_file` and `clock` are those of `Workspace`. `scopes` is what the bot token may do.
    `subscriptions` are the events that the app asked for. With a loopback `request_url`, interactions go
    there by HTTP, signed with `signing_secret`, and not over Socket Mode. `ack_seconds` is how long the app
    has to acknowledge, `retries` how many more times an envelope is sent when it does not.
    """

    def __init__(
        self,
        *,
        bot_token: str = BOT_TOKEN,
        app_token: str = APP_TOKEN,
        signing_secret: str = SIGNING_SECRET,
        channels: Iterable[str] = (),
        scopes: Iterable[str] = SCOPES,
        subscriptions: Iterable[str] = ("app_mention",),
        limits: Limits | None = None,
        state_file: Path | str | None = None,
        request_url: str | None = None,
        clock: Callable[[], float] = time.time,
        ack_seconds: float = 3.0,
        retries: int = 3,
    ) -> None:
        super().__init__(channels, state_file, clock)
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.scopes = set(scopes)
        self.subscriptions = set(subscriptions)
        self.limits = limits or Limits()
        self.request_url = request_url
        self.ack_seconds, self.retries = ack_seconds, retries
        self.base_url = "http://127.0.0.1"
        """Where this Slack is reached; learned from the first request."""

        self.connections: list[Any] = []
        """The open Socket Mode connections."""
        self.envelopes: dict[str, Envelope] = {}
        self.views: dict[str, dict[str, Any]] = {}
        self.violations: list[dict[str, Any]] = []
        """Requests that came faster than Slack allows: {at, what, retry_after}."""
        self.calls: dict[str, int] = {}
        """How often each Web API method was carried out or refused."""
        self.response_urls: dict[str, ResponseUrl] = {}
        self.triggers: dict[str, Trigger] = {}
        self.tickets: set[str] = set()
        self.courier: Courier | None = None

    def snapshot(self, newest: int | None = None) -> dict[str, Any]:
        """All of it as JSON, for tests, or with the `newest` messages of each channel, for the page."""

        def shown(place: Channel) -> list[Message]:
            return [self.in_thread(m, place) for m in list(place.messages.values())[-newest if newest else None :]]

        with self.lock:
            return {
                "team": {"id": TEAM, "domain": TEAM_DOMAIN},
                "users": [user.wire(with_email=True) for user in self.users.values()],
                "channels": [
                    {
                        "id": c.id,
                        "name": c.name,
                        "topic": c.topic,
                        "is_member": c.is_member,
                        "messages": shown(c),
                        "ephemeral": list(c.ephemeral.values()),
                    }
                    for c in self.channels.values()
                ],
                "views": list(self.views.values()),
                "connections": len(self.connections),
                "request_url": self.request_url,
                "pending": [e.summary() for e in self.envelopes.values() if e.status == "pending"],
                "unanswered": [e.summary() for e in self.envelopes.values() if e.status == "unanswered"],
                "violations": list(self.violations),
                "calls": dict(self.calls),
            }

    def violated(self, what: str, retry_after: int) -> None:
        with self.lock:
            self.violations.append({"at": self.clock(), "what": what, "retry_after": retry_after})
            self.tell({"type": "violations", "count": len(self.violations)})

    # What people do

    def press(
        self,
        channel: str,
        ts: str,
        action_id: str,
        user: str = "Asha Verma",
        option: str | None = None,
        block_id: str | None = None,
    ) -> Envelope:
        """Press a button, or choose `option` (its value or its text) from a menu, as `user`.

        The envelope is on its way when this returns; `envelope.wait()` waits for the app. Raises NotThere
        when the message shows no such element or option.
        """
        with self.lock:
            who, place, message = self.user(user), self.channel(channel), self.message(channel, ts)
            if message.get("visible_to", who.id) != who.id:
                raise NotThere(f"{who.real_name} does not see message {ts}")
            action = self._action(message.get("blocks", []), action_id, option, block_id)
            shown = {name: value for name, value in message.items() if name not in ("metadata", "visible_to")}
            ephemeral = "visible_to" in message
            in_thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
            payload = self._interaction("block_actions", who) | {
                "container": {
                    "type": "message",
                    "message_ts": ts,
                    "channel_id": place.id,
                    "is_ephemeral": ephemeral,
                    **in_thread,
                },
                "trigger_id": self._trigger(who),
                "channel": {"id": place.id, "name": place.name},
                "state": {"values": {}},
                "response_url": self._response_url(place, ts, who),
                "actions": [action],
            }
            if not ephemeral:  # Slack leaves an ephemeral message out of the payload.
                payload["message"] = self.in_thread(shown, place)
        return self.send("interactive", payload, {"channel": place.id, "ts": ts, "action_id": action_id})

    def press_in_view(
        self, view_id: str, action_id: str, option: str | None = None, block_id: str | None = None
    ) -> Envelope:
        """Press a button, or choose from a menu, in an open modal. Raises NotThere."""
        with self.lock:
            view = self._view(view_id)
            who = self.user(view["for_user"])
            payload = self._interaction("block_actions", who) | {
                "container": {"type": "view", "view_id": view_id},
                "trigger_id": self._trigger(who),
                "view": public_view(view),
                "actions": [self._action(view["blocks"], action_id, option, block_id)],
            }
        return self.send("interactive", payload, {"view": view_id, "action_id": action_id})

    def submit_view(self, view_id: str, values: dict[str, dict[str, Any]], user: str | None = None) -> Envelope:
        """Submit a modal. `values` is {block_id: {action_id: what was typed or chosen}}. Raises NotThere."""
        with self.lock:
            view = self._view(view_id)
            who = self.user(user or view["for_user"])
            state: dict[str, dict[str, Any]] = {}
            for block in view["blocks"]:
                element = block.get("element", {})
                if block.get("type") == "input":
                    given = values.get(block["block_id"], {}).get(element["action_id"])
                    state[block["block_id"]] = {element["action_id"]: entered(element, given)}
            view["state"] = {"values": state}
            payload = self._interaction("view_submission", who) | {
                "trigger_id": self._trigger(who),
                "view": public_view(view),
                "response_urls": [],
            }
        return self.send("interactive", payload, {"view": view_id})

    def close_view(self, view_id: str) -> None:
        """Dismiss a modal; the app hears of it if it asked to with `notify_on_close`."""
        with self.lock:
            view = self._view(view_id)
            del self.views[view_id]
            self.tell({"type": "view_closed", "view": view_id})
            if not view.get("notify_on_close"):
                return
            payload = self._interaction("view_closed", self.user(view["for_user"]))
            payload |= {"view": public_view(view), "is_cleared": False}
        self.send("interactive", payload, {"view": view_id})

    def say(self, channel: str, text: str, user: str = "Asha Verma", thread_ts: str | None = None) -> Message:
        """Write a message as a person; the app hears of it if it subscribed to such events."""
        with self.lock:
            who, place = self.user(user), self.channel(channel)
            message: Message = {"user": who.id, "text": text}
            if thread_ts:
                message["thread_ts"] = thread_ts
            posted = self.add(place, message)
        event = posted | {"channel": place.id, "event_ts": posted["ts"], "channel_type": "channel"}
        if "message.channels" in self.subscriptions:
            self.event(event)
        if "app_mention" in self.subscriptions and f"<@{BOT_USER}>" in text:
            self.event(event | {"type": "app_mention"})
        return posted

    def command(self, channel: str, command: str, text: str = "", user: str = "Asha Verma") -> Envelope:
        """Type a slash command, such as `/sunwai`."""
        with self.lock:
            who, place = self.user(user), self.channel(channel)
            payload = {
                "token": "sandbox-verification",
                "team_id": TEAM,
                "team_domain": TEAM_DOMAIN,
                "channel_id": place.id,
                "channel_name": place.name,
                "user_id": who.id,
                "user_name": who.name,
                "command": command,
                "text": text,
                "api_app_id": APP,
                "is_enterprise_install": "false",
                "response_url": self._response_url(place, None, who),
                "trigger_id": self._trigger(who),
            }
        return self.send("slash_commands", payload, {"channel": place.id, "command": command})

    def event(self, event: dict[str, Any]) -> Envelope:
        """Send the app an event of the Events API."""
        payload = {
            "token": "sandbox-verification",
            "team_id": TEAM,
            "api_app_id": APP,
            "event": event,
            "type": "event_callback",
            "event_id": "Ev" + secrets.token_hex(5).upper(),
            "event_time": int(self.clock()),
            "authorizations": [
                {
                    "enterprise_id": None,
                    "team_id": TEAM,
                    "user_id": BOT_USER,
                    "is_bot": True,
                    "is_enterprise_install": False,
                }
            ],
            "is_ext_shared_channel": False,
            "event_context": secrets.token_hex(8),
        }
        return self.send("events_api", payload, {"event": str(event.get("type"))})

    # Envelopes

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
            if not envelope.settle("acked" if acked else "unanswered", answer):
                return
            if acked and envelope.payload.get("type") == "view_submission":
                self._after_submission(envelope.subject["view"], answer or {})
            if acked and envelope.kind == "slash_commands" and answer:
                place = self.channel(envelope.subject["channel"])
                seen_by = None if answer.get("response_type") == "in_channel" else envelope.payload["user_id"]
                self.add(place, self.by_app(answer), visible_to=seen_by)
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

    def put_view(self, view: dict[str, Any], for_user: str, replacing: dict[str, Any] | None = None) -> dict[str, Any]:
        """Open or replace a view, which gets what Slack adds to it."""
        with self.lock:
            view_id = replacing["id"] if replacing else "V" + secrets.token_hex(5).upper()
            stored = {
                "private_metadata": "",
                "callback_id": "",
                "external_id": "",
                "submit": None,
                "close": None,
                "clear_on_close": False,
                "notify_on_close": False,
                **view,
                "blocks": as_stored(view["blocks"]),
                "id": view_id,
                "team_id": TEAM,
                "app_id": APP,
                "app_installed_team_id": TEAM,
                "bot_id": BOT,
                "state": {"values": {}},
                "hash": f"{int(self.clock())}.{secrets.token_hex(4)}",
                "root_view_id": view_id,
                "previous_view_id": None,
                "for_user": for_user,
            }
            self.views[view_id] = stored
            self.tell({"type": "view", "view": stored})
            return stored

    # Inside

    def _view(self, view_id: str) -> dict[str, Any]:
        if view_id not in self.views:
            raise NotThere(f"no view {view_id} is open")
        return self.views[view_id]

    def _after_submission(self, view_id: str, answer: dict[str, Any]) -> None:
        """What Slack does with the `response_action` of an acknowledged submission."""
        view = self.views.get(view_id)
        if view is None:
            return
        action = answer.get("response_action")
        if action == "errors":
            view["errors"] = answer.get("errors", {})
            self.tell({"type": "view", "view": view})
        elif action in ("update", "push"):
            replacing = view if action == "update" else None
            self.put_view(answer["view"], view["for_user"], replacing)
        else:
            del self.views[view_id]
            self.tell({"type": "view_closed", "view": view_id})

    def _interaction(self, kind: str, user: User) -> dict[str, Any]:
        return {
            "type": kind,
            "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": TEAM},
            "api_app_id": APP,
            "token": "sandbox-verification",
            "team": {"id": TEAM, "domain": TEAM_DOMAIN},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _action(
        self, blocks: list[dict[str, Any]], action_id: str, option: str | None, block_id: str | None
    ) -> dict[str, Any]:
        block, element = find_element(blocks, action_id, block_id)
        return {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block["block_id"],
            "action_ts": self.next_ts(),
            **choice(element, option),
        }

    def _trigger(self, user: User) -> str:
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self.triggers[trigger] = Trigger(user.id, self.clock() + TRIGGER_SECONDS)
        return trigger

    def _response_url(self, channel: Channel, ts: str | None, user: User) -> str:
        token = secrets.token_urlsafe(18)
        self.response_urls[token] = ResponseUrl(channel.id, ts, user.id, self.clock() + RESPONSE_URL_SECONDS)
        return f"{self.base_url}/actions/{TEAM}/{token}"


def public_view(view: dict[str, Any]) -> dict[str, Any]:
    """A view as the app gets to see it."""
    return {name: value for name, value in view.items() if name not in ("for_user", "errors")}
