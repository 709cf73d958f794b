"""A running stand-in, the real clients to speak to it, and agents who work in it without a browser.

with running() as desk, desk.listen(app):
    ts = desk.client().chat_postMessage(channel="triage", text="A case", blocks=card())["ts"]
    desk.press("asha", "triage", ts, "reply")              # waits until the app has acknowledged
    desk.modal("asha", "Reply")                            # waits until it is open
    assert desk.submit_view("asha", {"words": "Sorry!"}) == {}
    assert "Sent" in words_of(desk.thread("triage", ts)[-1])

`Agents` has what they do; `Desk` is one, and `Agents(sandbox.slack)` is one for a whole running sandbox.
People are called by handle (asha, deniz, grace, meera, sam), full name or id, channels by name or id.
"""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, cast

import pytest
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.faults import Faults
from sandbox.slack import NotSent, SlackState, create_app
from sandbox.slack.envelopes import Envelope
from sandbox.slack.limits import Limits
from sandbox.slack.workspace import Message

ACK_SECONDS = 5.0
"""How long an agent waits for the app; a press that it leaves unanswered fails the test."""


class Agents:
    """People at the desk. Each deed waits for the app's acknowledgement, and fails when none comes.

    `state.press(...)` and its like are the same deeds without the wait, for races.
    """

    def __init__(self, state: SlackState) -> None:
        self.state = state

    # Messages

    def press(
        self, user: str, channel: str, ts: str, action_id: str, option: Any = None, *, block_id: str | None = None
    ) -> Envelope:
        """Press a button of a message, or choose `option` (its value or its text) from a menu.

        Raises NotThere when the message shows no such thing to this person.
        """
        return self._acked(self.state.press(channel, ts, action_id, user, option, block_id), f"{user}: {action_id}")

    def say(self, user: str, channel: str, text: str, thread_ts: str | None = None) -> str:
        """Write a message, and return its ts. `text` is as Slack sends it: `<@U...>`, `&lt;`."""
        return str(self.state.say(channel, text, user, thread_ts)["ts"])

    def slash(self, user: str, text: str = "", channel: str = "triage", command: str = "/sunwai") -> Envelope:
        """Type `/sunwai TEXT` into a channel's message box. `answer` of the envelope is what came with the ack."""
        return self._acked(self.state.command(channel, command, text, user), f"{user}: {command} {text}")

    def messages(self, channel: str) -> list[Message]:
        """What everybody sees in a channel, replies too, oldest first."""
        return self.state.messages(channel)

    def thread(self, channel: str, ts: str) -> list[Message]:
        """The parent, then its replies, oldest first."""
        return [m for m in self.state.messages(channel) if ts in (m["ts"], m.get("thread_ts"))]

    def ephemerals(self, user: str, channel: str | None = None) -> list[Message]:
        """What only this person sees, oldest first; in all channels unless one is named."""
        channels = [channel] if channel else list(self.state.channels)
        return [message for name in channels for message in self.state.ephemeral(name, user)]

    def directs(self, user: str) -> list[Message]:
        """The messages between the app and this person alone."""
        return self.state.messages(self.state.direct(self.state.user(user)).id)

    # Modals

    def modals(self, user: str) -> list[dict[str, Any]]:
        """The views that this person has open, as the app gets them, with their `state`; the top one last."""
        with self.state.lock:
            return [view.public() for view in self.state.views.modals(self.state.user(user).id)]

    def modal(self, user: str, called: str | None = None, seconds: float = ACK_SECONDS) -> dict[str, Any]:
        """Wait for a modal and return the top one; with `called`, for one of that title or callback_id."""

        def on_top() -> dict[str, Any] | None:
            for view in self.modals(user)[-1:]:
                if called in (None, view["title"]["text"], view["callback_id"]):
                    return view
            return None

        return cast("dict[str, Any]", until(on_top, seconds))

    def submit_view(self, user: str, values: Mapping[str, Any] | None = None) -> dict[str, str]:
        """Fill in the top modal and submit it; returns the words under its fields, {} when all was taken.

        `values` is {block_id: what was typed or chosen}: a string, an option's value or text, a list of
        those for a multi-select or checkboxes, a date, time or epoch second, a person or a channel. What it
        does not name keeps what it has. A field that Slack's own window would refuse (empty, too long, no
        e-mail address) is answered in the same way, and the app hears nothing.
        """
        view_id = self.modal(user)["id"]
        try:
            envelope = self.state.submit_view(view_id, dict(values or {}))
        except NotSent as refused:
            return refused.errors
        self._acked(envelope, f"{user}: submit")
        view = self.state.views.find(view_id)
        assert view is None or not view.trouble, self.state.mistakes[-1]
        return dict(view.errors) if view else {}

    def press_in_view(
        self,
        user: str,
        action_id: str,
        option: Any = None,
        *,
        values: Mapping[str, Any] | None = None,
        block_id: str | None = None,
    ) -> Envelope:
        """Press a button of the top modal, or choose from a menu, with `values` typed elsewhere in it."""
        view_id = self.modal(user)["id"]
        envelope = self.state.press_in_view(view_id, action_id, option, block_id, dict(values or {}))
        return self._acked(envelope, f"{user}: {action_id}")

    def suggestions(self, user: str, action_id: str, query: str) -> list[str]:
        """Type into an external select of the top modal; returns the values that the app offers."""
        envelope = self.state.suggest(query, action_id, view_id=self.modal(user)["id"])
        self._acked(envelope, f"{user}: {action_id}")
        offered = self.state.suggested(envelope).get((envelope.payload["block_id"], action_id), [])
        return [str(option["value"]) for option in offered]

    def close_view(self, user: str, clear: bool = False) -> None:
        """Close the top modal's view, or with `clear` all that lie beneath it too."""
        self.state.close_view(self.modal(user)["id"], clear)

    # Home

    def open_home(self, user: str) -> dict[str, Any]:
        """Open the app's Home tab, and return what the app then publishes there."""
        user_id = self.state.user(user).id
        before = self.state.views.home(user_id)
        seen = before.wire["hash"] if before else None
        envelope = self.state.open_home(user)
        assert envelope is not None, "the app is not subscribed to app_home_opened"
        self._acked(envelope, f"{user}: app_home_opened")
        until(lambda: (now := self.state.views.home(user_id)) and now.wire["hash"] != seen)
        return cast("dict[str, Any]", self.home(user))

    def home(self, user: str) -> dict[str, Any] | None:
        """What this person's Home tab shows now; None before the app has published anything."""
        view = self.state.views.home(self.state.user(user).id)
        return view.public() if view else None

    def press_home(self, user: str, action_id: str, option: Any = None, *, block_id: str | None = None) -> Envelope:
        """Press a button of the Home tab, or choose from a menu there."""
        view = self.home(user)
        assert view is not None, f"{user}'s Home tab is empty"
        return self._acked(self.state.press_in_view(view["id"], action_id, option, block_id), f"{user}: {action_id}")

    def _acked(self, envelope: Envelope, what: str) -> Envelope:
        assert envelope.wait(ACK_SECONDS), f"{what}: the app did not acknowledge"
        return envelope


def words_of(shown: Any) -> str:
    """Every text in a message, a view or its blocks, top to bottom, one a line, for `in` to look through."""
    if isinstance(shown, list):
        return "\n".join(filter(None, map(words_of, shown)))
    if not isinstance(shown, dict):
        return ""
    if shown.get("blocks"):  # A view, or a message, whose `text` is then only for notifications.
        return words_of([shown.get("title"), *shown["blocks"], shown.get("close"), shown.get("submit")])
    own = [shown["text"]] if isinstance(shown.get("text"), str) else []
    inside = [value for name, value in shown.items() if not name.startswith("initial_")]
    return "\n".join([*own, *filter(None, map(words_of, inside))])


class Desk(Agents):
    """One Slack on a free port. `client` and `listen` give slack_sdk's and slack_bolt's own objects."""

    def __init__(self, state: SlackState) -> None:
        super().__init__(state)
        self.faults = Faults()
        config = uvicorn.Config(
            create_app(state, self.faults), host="127.0.0.1", port=0, log_level="error", date_header=False
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        until(lambda: self._server.started)
        self.port = self._server.servers[0].sockets[0].getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"

    def client(self, token: str | None = None, **options: Any) -> WebClient:
        return WebClient(token or self.state.bot_token, base_url=f"{self.url}/api/", **options)

    @contextlib.contextmanager
    def listen(self, app: App) -> Iterator[SocketModeHandler]:
        """Connect `app` by Socket Mode for as long as the block lasts."""
        before = len(self.state.connections)
        handler = SocketModeHandler(app, self.state.app_token, ping_interval=0.2)
        handler.connect()
        try:
            until(lambda: len(self.state.connections) > before)
            yield handler
        finally:
            # Its receiver notices only after its 3 s socket timeout, for which no test need wait.
            threading.Thread(target=handler.close, daemon=True).start()

    def app(self) -> App:
        return App(client=self.client())

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join(10)


def until(true: Callable[[], Any], seconds: float = 8.0) -> Any:
    """Wait until `true()` is, and return it; fails after `seconds`."""
    end = time.monotonic() + seconds
    while not (found := true()):
        assert time.monotonic() < end, f"still not true after {seconds} s"
        time.sleep(0.02)
    return found


@contextlib.contextmanager
def running(**settings: Any) -> Iterator[Desk]:
    desk = Desk(SlackState(**{"limits": Limits(burst=1000, tiers=False), "ack_seconds": 0.5, **settings}))
    try:
        yield desk
    finally:
        desk.stop()


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running() as made:
        yield made


def button(action_id: str, words: str = "Claim", **more: Any) -> dict[str, Any]:
    return {"type": "button", "action_id": action_id, "text": {"type": "plain_text", "text": words}, **more}


def section(words: str, **more: Any) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": words}, **more}


def card(*elements: dict[str, Any], words: str = "A case") -> list[dict[str, Any]]:
    return [section(words), {"type": "actions", "elements": list(elements or [button("claim", value="case-1")])}]
