"""The whole stand-in as one object: the workspace, the app in it, and what people do there.

A deed puts its envelope on the way to the app and returns it; `envelope.wait()` waits for the app.
"""

import copy
import uuid
from typing import Any

from sandbox.slack import payloads
from sandbox.slack.elements import (
    ENTRY_FIELD,
    Entries,
    NotSent,
    NotThere,
    choice,
    entered,
    find_element,
    kept_entries,
    unfinished,
)
from sandbox.slack.envelopes import Envelope
from sandbox.slack.installation import Installation
from sandbox.slack.people import BOT_USER, User
from sandbox.slack.views import View
from sandbox.slack.workspace import Channel, Message

Options = dict[tuple[str, str], list[dict[str, Any]]]
"""What external selects were given, by (block_id, action_id)."""


class SlackState(Installation):
    """An in-memory Slack, and the hands of the people in it. Its settings are those of `Installation`."""

    # What people do in messages

    def press(
        self,
        channel: str,
        ts: str,
        action_id: str,
        user: str = "Asha Verma",
        option: Any = None,
        block_id: str | None = None,
    ) -> Envelope:
        """Press a button, or choose `option` (its value or its text) from a menu, as `user`.

        The envelope is on its way when this returns; `envelope.wait()` waits for the app. Raises NotThere
        when the message shows no such element or option.
        """
        with self.lock:
            who, place, message = self.user(user), self.channel(channel), self._seen(channel, ts, user)
            blocks = message.get("blocks", [])
            held = self.held_in(who, ts)
            held.entries = kept_entries(blocks, held.entries)
            action = self._action(blocks, action_id, option, block_id, held.entries, held.suggested)
            ephemeral = "visible_to" in message
            payload = self._in_message("block_actions", who, place, message) | {
                "trigger_id": self.new_trigger(who),
                "state": {"values": copy.deepcopy(held.entries)},
                "response_url": self.response_url(place, ts, who),
                "actions": [action],
            }
            if not ephemeral:  # Slack leaves an ephemeral message out of the payload.
                shown = {name: value for name, value in message.items() if name not in ("metadata", "visible_to")}
                payload["message"] = self.in_thread(shown, place)
        return self.send("interactive", payload, {"channel": place.id, "ts": ts, "action_id": action_id})

    def say(self, channel: str, text: str, user: str = "Asha Verma", thread_ts: str | None = None) -> Message:
        """Write a message as a person; the app hears of it if it subscribed to such events."""
        with self.lock:
            who, place = self.user(user), self.channel(channel)
            message: Message = {"user": who.id, "text": text, "client_msg_id": str(uuid.uuid4())}
            if thread_ts:
                parent = self.message(channel, thread_ts)
                message |= {"thread_ts": thread_ts, "parent_user_id": parent.get("user", "")}
            posted = self.add(place, message)
        kind = "im" if place.with_user else "channel"
        event = posted | {"channel": place.id, "event_ts": posted["ts"], "channel_type": kind}
        if f"message.{kind if kind == 'im' else 'channels'}" in self.subscriptions:
            self.event(event)
        if "app_mention" in self.subscriptions and f"<@{BOT_USER}>" in text and kind == "channel":
            self.event(event | {"type": "app_mention"})
        return posted

    def command(self, channel: str, command: str, text: str = "", user: str = "Asha Verma") -> Envelope:
        """Type a slash command, such as `/sunwai`. Raises NotThere for one that the app does not have."""
        if command not in self.commands:
            raise NotThere(f"{command} is not a valid command")
        with self.lock:
            who, place = self.user(user), self.channel(channel)
            payload = payloads.slash_command(who, {"id": place.id, "name": place.name}, command, text) | {
                "response_url": self.response_url(place, None, who),
                "trigger_id": self.new_trigger(who),
            }
        return self.send("slash_commands", payload, {"channel": place.id, "command": command})

    # What people do in modals and in the Home tab

    def open_home(self, user: str = "Asha Verma", tab: str = "home") -> Envelope | None:
        """Open the app's Home; the app hears of it if it subscribed to `app_home_opened`, else None."""
        with self.lock:
            who = self.user(user)
            event: dict[str, Any] = {
                "type": "app_home_opened",
                "user": who.id,
                "channel": self.direct(who).id,
                "tab": tab,
                "event_ts": self.next_ts(),
            }
            view = self.views.home(who.id)
            if view is not None and tab == "home":
                event["view"] = view.public()
        return self.event(event) if "app_home_opened" in self.subscriptions else None

    def press_in_view(
        self,
        view_id: str,
        action_id: str,
        option: Any = None,
        block_id: str | None = None,
        values: dict[str, Any] | None = None,
    ) -> Envelope:
        """Press a button, or choose from a menu, in an open modal or Home tab. Raises NotThere.

        `values` is what was typed so far, as for `submit_view`: the app gets it as the view's state.
        """
        with self.lock:
            view = self.views.get(view_id)
            who = self.user(view.user)
            self._enter(view, values or {})
            action = self._action(view.blocks, action_id, option, block_id, view.entries, view.suggested)
            payload = payloads.interaction("block_actions", who) | {
                "container": {"type": "view", "view_id": view_id},
                "trigger_id": self.new_trigger(who, view),
                "view": view.public(),
                "actions": [action],
            }
        return self.send("interactive", payload, {"view": view_id, "action_id": action_id})

    def submit_view(self, view_id: str, values: dict[str, Any], user: str | None = None) -> Envelope:
        """Submit a modal. `values` is {block_id: what was typed or chosen}, or {block_id: {action_id: ...}}.

        What it does not name stays as it is. Raises NotThere, and NotSent when a field is empty that may not
        be, or does not hold what it must: Slack's own window says so, and the app hears nothing.
        """
        with self.lock:
            view = self.views.get(view_id)
            who = self.user(user or view.user)
            if who.id != view.user:
                raise NotThere(f"{who.real_name} does not see view {view_id}")
            if not view.wire["submit"]:
                raise NotThere(f"view {view_id} has no submit button")
            self._enter(view, values)
            errors = unfinished(view.blocks, view.entries)
            if errors:
                view.errors = errors
                self.views.changed(view)
                raise NotSent(errors)
            payload = payloads.interaction("view_submission", who) | {
                "trigger_id": self.new_trigger(who, view),
                "view": view.public(),
                "response_urls": self._response_urls(view, who),
            }
        return self.send("interactive", payload, {"view": view_id})

    def close_view(self, view_id: str, clear: bool = False) -> None:
        """Close a modal's view, so that the one beneath shows again; with `clear`, or `clear_on_close`, all of it.

        The app hears of each view that asked for it with `notify_on_close`.
        """
        with self.lock:
            view = self.views.get(view_id)
            clear = clear or view.wire["clear_on_close"]
            if clear:
                closed = self.views.clear(view)
            else:
                closed = [view]
                self.views.close(view)
            told = [
                payloads.interaction("view_closed", self.user(one.user)) | {"view": one.public(), "is_cleared": clear}
                for one in closed
                if one.wire["notify_on_close"]
            ]
        for payload in told:
            self.send("interactive", payload, {"view": payload["view"]["id"]})

    def suggest(
        self,
        query: str,
        action_id: str,
        block_id: str | None = None,
        *,
        view_id: str | None = None,
        channel: str = "",
        ts: str = "",
        user: str = "Asha Verma",
    ) -> Envelope:
        """Type `query` into an external select of a view or a message; the app answers with options.

        Raises NotThere. Once the envelope is settled, `suggested(envelope)` has them.
        """
        with self.lock:
            view = self.views.get(view_id) if view_id else None
            who = self.user(view.user if view else user)
            if view:
                where = {"container": {"type": "view", "view_id": view.id}, "view": view.public()}
                where = payloads.interaction("block_suggestion", who) | where
                blocks, subject = view.blocks, {"view": view.id}
            else:
                message = self._seen(channel, ts, user)
                where = self._in_message("block_suggestion", who, self.channel(channel), message)
                blocks, subject = message.get("blocks", []), {"channel": channel, "ts": ts}
            block, element = find_element(blocks, action_id, block_id)
            if not element["type"].endswith("external_select"):
                raise NotThere(f"{action_id} is a {element['type']}, which asks the app for nothing")
            payload = where | {"block_id": block["block_id"], "action_id": action_id, "value": query}
        return self.send("interactive", payload, subject | {"action_id": action_id})

    # Inside

    def _seen(self, channel: str, ts: str, user: str) -> Message:
        message, who = self.message(channel, ts), self.user(user)
        if message.get("visible_to", who.id) != who.id:
            raise NotThere(f"{who.real_name} does not see message {ts}")
        return message

    def _in_message(self, kind: str, who: User, place: Channel, message: Message) -> dict[str, Any]:
        in_thread = {"thread_ts": message["thread_ts"]} if "thread_ts" in message else {}
        return payloads.interaction(kind, who) | {
            "container": {
                "type": "message",
                "message_ts": message["ts"],
                "channel_id": place.id,
                "is_ephemeral": "visible_to" in message,
                **in_thread,
            },
            "channel": {"id": place.id, "name": "directmessage" if place.with_user else place.name},
        }

    def _action(
        self,
        blocks: list[dict[str, Any]],
        action_id: str,
        option: Any,
        block_id: str | None,
        entries: Entries,
        suggested: Options,
    ) -> dict[str, Any]:
        """What was done with an element; what it now holds is put into `entries`."""
        block, element = find_element(blocks, action_id, block_id)
        if block["type"] == "input" and not block.get("dispatch_action"):
            raise NotThere(f"{action_id} tells the app nothing until the form is submitted")
        made = choice(self._offering(block, element, suggested), self._known(element, option))
        if element["type"] in ENTRY_FIELD and element["type"] != "overflow":
            entries[block["block_id"]][action_id] = made
        return {
            "type": element["type"],
            "action_id": action_id,
            "block_id": block["block_id"],
            "action_ts": self.next_ts(),
            **made,
        }

    def _enter(self, view: View, values: dict[str, Any]) -> None:
        """Fill in the inputs of a view. Raises NotThere for a block that it does not have."""
        by_block: dict[str, dict[str, Any]] = {}
        for block_id, given in values.items():
            if block_id not in view.entries:
                raise NotThere(f"the view has no input {block_id}; it has {', '.join(view.entries) or 'none'}")
            by_block[block_id] = given if isinstance(given, dict) else {next(iter(view.entries[block_id])): given}
        for block_id, fields in by_block.items():
            for action_id, value in fields.items():
                block, element = find_element(view.blocks, action_id, block_id)
                offering = self._offering(block, element, view.suggested)
                view.entries[block_id][action_id] = entered(offering, self._known(element, value))

    @staticmethod
    def _offering(block: dict[str, Any], element: dict[str, Any], suggested: Options) -> dict[str, Any]:
        """The element with its options: an external select has those that it started with or was given."""
        if not element["type"].endswith("external_select"):
            return element
        began = [*element.get("initial_options", []), *filter(None, [element.get("initial_option")])]
        return element | {"options": [*began, *suggested.get((block["block_id"], element["action_id"]), [])]}

    def _known(self, element: dict[str, Any], given: Any) -> Any:
        """People and channels by their ids, whatever they were called."""
        if given in (None, "", []):
            return given
        for kind, known in (("users", self.user), ("conversations", self.channel), ("channels", self.channel)):
            if element["type"] == f"{kind}_select":
                return known(given).id
            if element["type"] == f"multi_{kind}_select":
                return [known(one).id for one in given]
        return given

    def _response_urls(self, view: View, who: User) -> list[dict[str, str]]:
        """A response URL for each conversation that was chosen in an input which asks for one."""
        found = []
        for block in view.blocks:
            element = block.get("element", {})
            if element.get("response_url_enabled"):
                entry = view.entries[block["block_id"]][element["action_id"]]
                place = self.channels.get(entry[ENTRY_FIELD[element["type"]]] or "")
                if place is not None:
                    ids = {"block_id": block["block_id"], "action_id": element["action_id"], "channel_id": place.id}
                    found.append(ids | {"response_url": self.response_url(place, None, who)})
        return found
