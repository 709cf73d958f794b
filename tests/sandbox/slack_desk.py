"""A running stand-in, and the real clients to speak to it."""

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import uvicorn
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_sdk import WebClient

from sandbox.faults import Faults
from sandbox.slack import SlackState, create_app
from sandbox.slack.limits import Limits


class Desk:
    """One Slack on a free port. `client` and `listen` give slack_sdk's and slack_bolt's own objects."""

    def __init__(self, state: SlackState) -> None:
        self.state, self.faults = state, Faults()
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
