"""The workspace: channels, messages, people, and what the app has been sent.

It is what the Web API changes, what the page shows, and what a test asks. Messages are kept as Slack
words them on the wire. Everything here may be called from any thread.
"""

import copy
import json
import secrets
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from sandbox.slack.envelopes import Attempt, Envelope, Kind
from sandbox.slack.limits import Limits
from sandbox.slack.people import (
    APP,
    BOT,
    BOT_USER,
    CHANNELS,
    SCOPES,
    TEAM,
    TEAM_DOMAIN,
    USERS,
    User,
    channel_id,
)

Message = dict[str, Any]

BOT_TOKEN = "xoxb-sandbox-bot"  # noqa: S105 - it opens nothing but this stand-in, as do the next two
APP_TOKEN = "xapp-sandbox-app"  # noqa: S105
SIGNING_SECRET = "sandbox-signing-secret"  # noqa: S105

RESPONSE_URL_USES = 5
RESPONSE_URL_SECONDS = 30 * 60
TRIGGER_SECONDS = 3.0


class NotThere(LookupError):
    """No such channel, user, message, button or view: the message names it."""


class Courier(Protocol):
    """How an envelope reaches the app: over Socket Mode, or by signed HTTP."""

    def send(self, envelope: Envelope) -> None: ...


@dataclass
class Channel:
    """A conversation. `messages` is keyed by `ts`, oldest first; `ephemeral` has those only one person sees."""

    id: str
    name: str
    topic: str = ""
    created: int = 0
    is_member: bool = True
    messages: dict[str, Message] = field(default_factory=dict)
    ephemeral: dict[str, Message] = field(default_factory=dict)
    replies: dict[str, list[str]] = field(default_factory=dict)
    """Thread parent's ts to the ts of each reply, oldest first."""


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


class SlackState:
    """An in-memory Slack workspace.

    `state_file` is a journal, one JSON change a line, from which a restart takes up the channels and
    their messages. `clock` gives epoch seconds. `scopes` is what the bot token may do. `subscriptions`
    are the events that the app asked for. With a loopback `request_url`, interactions go there by HTTP,
    signed with `signing_secret`, and not over Socket Mode. `ack_seconds` is how long the app has to
    acknowledge, `retries` how many more times an envelope is sent when it does not.
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
        self.bot_token, self.app_token, self.signing_secret = bot_token, app_token, signing_secret
        self.scopes = set(scopes)
        self.subscriptions = set(subscriptions)
        self.limits = limits or Limits()
        self.request_url = request_url
        self.clock = clock
        self.ack_seconds, self.retries = ack_seconds, retries
        self.base_url = "http://127.0.0.1"
        """Where this Slack is reached; learned from the first request."""

        self.lock = threading.RLock()
        self.users: dict[str, User] = {user.id: user for user in USERS}
        self.channels: dict[str, Channel] = {}
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
        self._watchers: list[Callable[[dict[str, Any]], None]] = []
        self._last_ts = 0
        self._journal: Path | None = None

        for name in (*CHANNELS, *channels):
            self._add_channel(name, CHANNELS.get(name, ""))
        if state_file is not None:
            self._take_up(Path(state_file))

    # Looking

    def channel(self, name_or_id: str) -> Channel:
        """The channel called `triage`, `#triage` or by its id. Raises NotThere."""
        with self.lock:
            found = self.channels.get(name_or_id)
            if found is None:
                name = name_or_id.removeprefix("#")
                found = next((c for c in self.channels.values() if c.name == name), None)
            if found is None:
                raise NotThere(f"no channel is called {name_or_id}")
            return found

    def user(self, name_or_id: str) -> User:
        """The user of this id, handle or full name. Raises NotThere."""
        for user in self.users.values():
            if name_or_id in (user.id, user.name, user.real_name):
                return user
        raise NotThere(f"no user is called {name_or_id}")

    def messages(self, channel: str) -> list[Message]:
        """Every message of `channel` that everybody sees, replies too, oldest first, with its metadata."""
        with self.lock:
            return [copy.deepcopy(m) for m in self.channel(channel).messages.values()]

    def ephemeral(self, channel: str, user: str | None = None) -> list[Message]:
        """What only one person sees in `channel`, oldest first; of `user` alone if named."""
        with self.lock:
            seen_by = self.user(user).id if user else None
            notes = self.channel(channel).ephemeral.values()
            return [copy.deepcopy(m) for m in notes if seen_by in (None, m["visible_to"])]

    def message(self, channel: str, ts: str) -> Message:
        """One message, ephemeral ones included. Raises NotThere."""
        with self.lock:
            place = self.channel(channel)
            found = place.messages.get(ts) or place.ephemeral.get(ts)
            if found is None:
                raise NotThere(f"no message {ts} in #{place.name}")
            return copy.deepcopy(found)

    def in_thread(self, message: Message, channel: Channel) -> Message:
        """The message with the thread fields that Slack adds to a parent."""
        replies = channel.replies.get(message["ts"], [])
        if not replies:
            return message
        people = list(dict.fromkeys(channel.messages[ts]["user"] for ts in replies))
        return message | {
            "thread_ts": message["ts"],
            "reply_count": len(replies),
            "reply_users": people,
            "reply_users_count": len(people),
            "latest_reply": replies[-1],
            "is_locked": False,
            "subscribed": False,
        }

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

    def watch(self, watcher: Callable[[dict[str, Any]], None]) -> Callable[[], None]:
        """Call `watcher` with every change, under the lock, so it must only hand it on; returns how to stop."""
        with self.lock:
            self._watchers.append(watcher)

        def stop() -> None:
            with self.lock:
                self._watchers.remove(watcher)

        return stop

    def tell(self, change: dict[str, Any]) -> None:
        """Hand a change to everyone who watches."""
        with self.lock:
            for watcher in list(self._watchers):
                watcher(change)

    # Changing

    def create_channel(self, name: str) -> Channel:
        """Make a channel with the app in it. Raises ValueError when the name is taken."""
        with self.lock:
            if any(c.name == name for c in self.channels.values()):
                raise ValueError(name)
            made = self._add_channel(name, "")
            self._note({"new_channel": name})
            self.tell({"type": "channel", "channel": made.id})
            return made

    def next_ts(self) -> str:
        """A message timestamp that no message of this workspace had before; they only rise."""
        with self.lock:
            self._last_ts = max(self._last_ts + 1, int(self.clock() * 1_000_000))
            return f"{self._last_ts // 1_000_000}.{self._last_ts % 1_000_000:06d}"

    def add(self, channel: Channel, message: Message, visible_to: str | None = None) -> Message:
        """Post `message`, which gets its `ts`; with `visible_to` it is ephemeral and kept apart."""
        with self.lock:
            posted: Message = {"type": "message", "ts": self.next_ts(), "team": TEAM} | message
            if "blocks" in posted:
                posted["blocks"] = as_stored(posted["blocks"])
            if visible_to is not None:
                posted |= {"visible_to": visible_to, "is_ephemeral": True}
                channel.ephemeral[posted["ts"]] = posted
            else:
                self._keep(channel, posted)
                self._note({"channel": channel.name, "message": posted})
            self._changed(channel, posted)
            return posted

    def amend(self, channel: Channel, ts: str, changes: Message) -> Message:
        """Change a message; a change to None takes the field away. Raises NotThere."""
        with self.lock:
            place = channel.messages if ts in channel.messages else channel.ephemeral
            if ts not in place:
                raise NotThere(f"no message {ts} in #{channel.name}")
            if changes.get("blocks"):
                changes = changes | {"blocks": as_stored(changes["blocks"])}
            merged = place[ts] | changes
            place[ts] = {name: value for name, value in merged.items() if value is not None}
            if place is channel.messages:
                self._note({"channel": channel.name, "message": place[ts]})
            self._changed(channel, place[ts])
            return place[ts]

    def remove(self, channel: Channel, ts: str) -> None:
        """Delete a message; one that has replies leaves a tombstone, as in Slack. Raises NotThere."""
        with self.lock:
            if ts in channel.ephemeral:
                del channel.ephemeral[ts]
            elif ts not in channel.messages:
                raise NotThere(f"no message {ts} in #{channel.name}")
            elif channel.replies.get(ts):
                tombstone = {
                    "type": "message",
                    "subtype": "tombstone",
                    "hidden": True,
                    "user": "USLACKBOT",
                    "text": "This message was deleted.",
                    "ts": ts,
                }
                channel.messages[ts] = tombstone
                self._note({"channel": channel.name, "message": tombstone})
                self._changed(channel, tombstone)
                return
            else:
                self._forget(channel, ts)
                self._note({"channel": channel.name, "deleted": ts})
            self.tell({"type": "deleted", "channel": channel.id, "ts": ts})

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
            block, element = _find_element(message.get("blocks", []), action_id, block_id)
            action = {
                "type": element["type"],
                "action_id": action_id,
                "block_id": block["block_id"],
                "action_ts": self.next_ts(),
                **_choice(element, option),
            }
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

    def submit_view(self, view_id: str, values: dict[str, dict[str, Any]], user: str | None = None) -> Envelope:
        """Submit a modal. `values` is {block_id: {action_id: what was typed or chosen}}. Raises NotThere."""
        with self.lock:
            view = self._view(view_id)
            who = self.user(user or view["for_user"])
            entered: dict[str, dict[str, Any]] = {}
            for block in view["blocks"]:
                element = block.get("element", {})
                if block.get("type") == "input":
                    given = values.get(block["block_id"], {}).get(element["action_id"])
                    entered[block["block_id"]] = {element["action_id"]: _entered(element, given)}
            view["state"] = {"values": entered}
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

    def _trigger(self, user: User) -> str:
        trigger = f"{secrets.randbelow(10**12)}.{secrets.randbelow(10**11)}.{secrets.token_hex(16)}"
        self.triggers[trigger] = Trigger(user.id, self.clock() + TRIGGER_SECONDS)
        return trigger

    def _response_url(self, channel: Channel, ts: str | None, user: User) -> str:
        token = secrets.token_urlsafe(18)
        self.response_urls[token] = ResponseUrl(channel.id, ts, user.id, self.clock() + RESPONSE_URL_SECONDS)
        return f"{self.base_url}/actions/{TEAM}/{token}"

    def _add_channel(self, name: str, topic: str) -> Channel:
        made = Channel(channel_id(name), name, topic, created=int(self.clock()))
        self.channels.setdefault(made.id, made)
        return self.channels[made.id]

    def _keep(self, channel: Channel, message: Message) -> None:
        ts, parent = message["ts"], message.get("thread_ts")
        if ts not in channel.messages and parent and parent != ts:
            channel.replies.setdefault(parent, []).append(ts)
        channel.messages[ts] = message

    def _forget(self, channel: Channel, ts: str) -> None:
        gone = channel.messages.pop(ts, {})
        siblings = channel.replies.get(gone.get("thread_ts", ""), [])
        if ts in siblings:
            siblings.remove(ts)

    def _changed(self, channel: Channel, message: Message) -> None:
        self.tell({"type": "message", "channel": channel.id, "message": self.in_thread(message, channel)})
        parent = channel.messages.get(message.get("thread_ts", ""))
        if parent is not None and parent is not message:
            self.tell({"type": "message", "channel": channel.id, "message": self.in_thread(parent, channel)})

    def _note(self, change: dict[str, Any]) -> None:
        if self._journal is not None:
            with self._journal.open("a", encoding="utf-8") as journal:
                journal.write(json.dumps(change, ensure_ascii=False) + "\n")

    def _take_up(self, path: Path) -> None:
        """Replay the journal, then write it anew with only what is left."""
        path.parent.mkdir(parents=True, exist_ok=True)
        for line in path.read_text(encoding="utf-8").split("\n") if path.exists() else []:
            try:
                change = json.loads(line)
            except ValueError:  # The last line of a journal whose writer was killed.
                continue
            if "new_channel" in change:
                self._add_channel(change["new_channel"], "")
                continue
            place = self._add_channel(change["channel"], "")
            if "deleted" in change:
                self._forget(place, change["deleted"])
            else:
                self._keep(place, change["message"])
                seconds, micros = change["message"]["ts"].split(".")
                self._last_ts = max(self._last_ts, int(seconds) * 1_000_000 + int(micros))
        fresh = path.with_suffix(path.suffix + ".new")
        with fresh.open("w", encoding="utf-8") as journal:
            for place in self.channels.values():
                journal.write(json.dumps({"new_channel": place.name}) + "\n")
                for message in place.messages.values():
                    journal.write(json.dumps({"channel": place.name, "message": message}, ensure_ascii=False) + "\n")
        fresh.replace(path)
        self._journal = path


def as_stored(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The blocks as Slack keeps them: with ids where none were given, and texts' defaults spelt out."""
    named: list[dict[str, Any]] = [_spelt_out(block) for block in blocks]
    for block in named:
        if not block.get("block_id"):
            block["block_id"] = secrets.token_urlsafe(4)
        inside = [*block.get("elements", []), block.get("accessory"), block.get("element")]
        for element in inside if block["type"] in ("actions", "section", "input") else []:
            if element and element["type"] != "image":
                element.setdefault("action_id", secrets.token_urlsafe(4))
    return named


def _spelt_out(value: Any) -> Any:
    if isinstance(value, list):
        return [_spelt_out(item) for item in value]
    if not isinstance(value, dict):
        return value
    default = {"plain_text": {"emoji": True}, "mrkdwn": {"verbatim": False}}.get(str(value.get("type")), {})
    return {name: _spelt_out(item) for name, item in value.items()} | {
        name: item for name, item in default.items() if name not in value
    }


def public_view(view: dict[str, Any]) -> dict[str, Any]:
    """A view as the app gets to see it."""
    return {name: value for name, value in view.items() if name not in ("for_user", "errors")}


def _find_element(
    blocks: list[dict[str, Any]], action_id: str, block_id: str | None
) -> tuple[dict[str, Any], dict[str, Any]]:
    for block in blocks:
        if block_id not in (None, block["block_id"]):
            continue
        for element in (*block.get("elements", []), block.get("accessory") or {}):
            if element.get("action_id") == action_id:
                return block, element
    raise NotThere(f"the message shows no {action_id}")


def _choice(element: dict[str, Any], option: str | None) -> dict[str, Any]:
    """What a press of this element tells the app."""
    kind = element["type"]
    if kind == "button":
        return {name: element[name] for name in ("text", "value", "style", "url") if name in element}
    return _entered(element, option)


def _entered(element: dict[str, Any], given: Any) -> dict[str, Any]:
    """The state of a menu or an input after `given` was chosen or typed; None leaves it empty."""
    kind = element["type"]
    if kind in ("static_select", "overflow", "radio_buttons", "external_select"):
        return {"type": kind, "selected_option": None if given is None else _option(element, given)}
    if kind in ("checkboxes", "multi_static_select"):
        return {"type": kind, "selected_options": [_option(element, one) for one in given or []]}
    field_of = {
        "users_select": "selected_user",
        "channels_select": "selected_channel",
        "conversations_select": "selected_conversation",
        "multi_users_select": "selected_users",
        "datepicker": "selected_date",
        "timepicker": "selected_time",
        "datetimepicker": "selected_date_time",
    }
    return {"type": kind, field_of.get(kind, "value"): given}


def _option(element: dict[str, Any], wanted: str) -> dict[str, Any]:
    groups = element.get("option_groups") or [element]
    for option in (option for group in groups for option in group.get("options", [])):
        if wanted in (option["value"], option["text"]["text"]):
            return dict(option)
    raise NotThere(f"{element.get('action_id')} has no option {wanted}")
