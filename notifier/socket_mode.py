"""Socket Mode: Slack reaches us over a WebSocket that we opened, so no port of ours is open to the world.

Measured against a stand-in (slack_sdk 3.47): after a connection broke without a goodbye the SDK's built-in client took
17 s to come back, spinning on one core, and its websocket-client variant never notices a line that merely goes silent.
This one is back within a second of a break, within ten of silence, and makes way as Slack asks (about
once an hour) without a moment in which nobody listens: https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import json
import logging
import random
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from core.errors import Misconfigured, RetryLater
from notifier.slack_client import Unanswered, remedies

if TYPE_CHECKING:
    from slack_bolt import App
    from slack_sdk import WebClient
    from websockets.sync.client import ClientConnection

PING_SECONDS = 3.0
PING_TIMEOUT_SECONDS = 3.0
"""A line that goes silent is noticed after both and a second to close it, and replaced within ten."""
LONGEST_PAUSE_SECONDS = 30.0
SETTLED_SECONDS = 5.0
"""A line that ended sooner may end so again: the next one is not opened at once."""
AT_ONCE = 64
"""How many envelopes are on their way through Bolt at once. Each mostly waits for a press to be carried out, half a second
at the longest: enough for a hundred a second."""

log = logging.getLogger("sunwai.listener")


class SocketMode:
    """Keeps a connection open until `stop`, and hands what arrives to a Bolt app.

    `run` raises Misconfigured when Slack does not take the app token; while Slack is down it tries again, less and less
    often.
    """

    def __init__(self, app: "App", client: "WebClient", app_token: str) -> None:
        self._app, self._client, self._token = app, client, app_token
        self._stop = threading.Event()
        self._line: _Line | None = None
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-press")

    @property
    def is_connected(self) -> bool:
        """Is there a line whose far end answers our pings?"""
        return self._line is not None and not self._line.ending.is_set()

    def stop(self) -> None:
        self._stop.set()

    def run(self) -> None:
        pause, told = 0.0, False
        try:
            while not self._stop.wait(pause * random.uniform(0.7, 1.0)):
                try:
                    lasted = self._hold_a_line()
                except RetryLater as error:
                    lasted = 0.0
                    if not told:
                        log.warning("Slack cannot reach us; trying again: %s", error)
                pause = 0.0 if lasted >= SETTLED_SECONDS else min(max(pause * 2, 0.5), LONGEST_PAUSE_SECONDS)
                told = lasted == 0.0
        finally:
            if self._line is not None:
                self._line.close()
            self._pool.shutdown(wait=True)

    def _hold_a_line(self) -> float:
        """Open a line and stay until it needs a successor. Returns the seconds that it lasted."""
        self._line = self._open()
        opened = time.monotonic()
        while not self._line.ending.wait(0.2) and not self._stop.is_set():
            pass
        return time.monotonic() - opened

    def _open(self) -> "_Line":
        """A fresh line. Raises RetryLater or Misconfigured."""
        from websockets.exceptions import InvalidProxy, WebSocketException
        from websockets.sync.client import connect

        with remedies(token="SLACK_APP_TOKEN"):  # noqa: S106 - the name of a variable
            url = str(self._client.apps_connections_open(app_token=self._token)["url"])
        held = ExitStack()
        try:
            opening = connect(
                url,
                open_timeout=self._client.timeout,
                ping_interval=PING_SECONDS,
                ping_timeout=PING_TIMEOUT_SECONDS,
                close_timeout=1,
                max_size=16 * 2**20,
            )
            return _Line(held.enter_context(opening), held, self._hear)
        except InvalidProxy as error:
            raise Misconfigured(f"HTTPS_PROXY is not a proxy that can be used: {error}.") from None
        except (OSError, WebSocketException) as error:
            raise Unanswered(f"Slack's WebSocket cannot be opened ({type(error).__name__}).") from None

    def _hear(self, line: "_Line", envelope: dict[str, Any]) -> None:
        self._pool.submit(self._answer, line, envelope)

    def _answer(self, line: "_Line", envelope: dict[str, Any]) -> None:
        """Let Bolt handle one envelope and acknowledge it. One that is not acknowledged Slack sends again."""
        from slack_bolt import BoltRequest

        try:
            answer = self._app.dispatch(BoltRequest(mode="socket_mode", body=envelope.get("payload") or {}))
            if answer.status == 200:
                said = {"payload": json.loads(answer.body)} if (answer.body or "").startswith("{") else {}
                line.say({"envelope_id": envelope["envelope_id"], **said})
        except Exception:  # a thread's error is seen by nobody else
            log.exception("what Slack sent could not be handled")


class _Line:
    """One WebSocket, read by a thread of its own. `ending` is set when a successor is wanted: the line broke, or Slack
    asked us to leave; in that case it is read on until Slack closes it, so that nothing falls between the two."""

    def __init__(
        self, wire: "ClientConnection", held: ExitStack, hear: Callable[["_Line", dict[str, Any]], None]
    ) -> None:
        self._wire, self._held, self._hear = wire, held, hear
        self.ending = threading.Event()
        threading.Thread(target=self._read, name="slack-line", daemon=True).start()

    def say(self, message: dict[str, Any]) -> None:
        from websockets.exceptions import WebSocketException

        try:
            self._wire.send(json.dumps(message))
        except (OSError, WebSocketException):
            self.ending.set()

    def close(self) -> None:
        self.ending.set()
        self._wire.close()

    def _read(self) -> None:
        from websockets.exceptions import WebSocketException

        try:
            for frame in self._wire:
                try:
                    message = json.loads(frame)
                except ValueError:
                    continue
                if message.get("type") == "disconnect":
                    self.ending.set()
                elif "envelope_id" in message:
                    self._hear(self, message)
        except (OSError, WebSocketException, RuntimeError):
            pass  # it broke, or we are closing down
        finally:
            self.ending.set()
            self._held.close()
