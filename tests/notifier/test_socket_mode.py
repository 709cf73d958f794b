"""The line to Slack: back soon after a break or a silence, and no gap where Slack asks to make way."""

import contextlib
import socket
import threading
import time
import urllib.request
from collections.abc import Iterator

import pytest
import websockets.sync.client
from slack_bolt import App

from notifier import socket_mode
from notifier.socket_mode import SocketMode
from tests.notifier.conftest import environment
from tests.sandbox.slack_desk import Desk, card, until


@contextlib.contextmanager
def line(desk: Desk, settings) -> Iterator[tuple[SocketMode, list[str]]]:
    from notifier.slack_client import web_client

    pressed: list[str] = []
    app = App(client=desk.client())

    @app.action("claim")
    def claimed(ack, action):
        ack()
        pressed.append(action["action_ts"])

    made = SocketMode(app, web_client(settings, environment(desk), None), desk.state.app_token)
    thread = threading.Thread(target=made.run)
    thread.start()
    try:
        until(lambda: made.is_connected)
        yield made, pressed
    finally:
        made.stop()
        thread.join(10)
        assert not thread.is_alive()


def press(desk: Desk):
    ts = desk.client().chat_postMessage(channel="#triage", text="A case", blocks=card())["ts"]
    return desk.state.press("#triage", ts, "claim")


def test_a_press_is_acknowledged_and_handled(desk, settings):
    with line(desk, settings) as (_, pressed):
        assert press(desk).wait(3)
        until(lambda: len(pressed) == 1)


def test_a_line_that_breaks_is_replaced_within_two_seconds(desk, settings):
    with line(desk, settings) as (made, _):
        first = desk.state.connections[0]
        first.drop()
        until(lambda: any(c is not first for c in desk.state.connections), 2)
        until(lambda: made.is_connected)
        assert press(desk).wait(3)


def test_a_line_that_goes_silent_is_noticed(desk, settings, monkeypatch):
    monkeypatch.setattr(socket_mode, "PING_SECONDS", 0.3)
    monkeypatch.setattr(socket_mode, "PING_TIMEOUT_SECONDS", 0.3)
    with line(desk, settings) as (made, _):
        first = desk.state.connections[0]
        first.go_deaf()
        until(lambda: any(c is not first for c in desk.state.connections), 5)
        until(lambda: made.is_connected)


class Cable:
    """A TCP relay to Slack that can be cut in the middle: both ends believe that they are connected, and nothing comes."""

    def __init__(self, port: int) -> None:
        self._far, self._is_cut = port, threading.Event()
        self._ends: list[socket.socket] = []
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        threading.Thread(target=self._take, daemon=True).start()

    def cut(self) -> None:
        self._is_cut.set()

    def close(self) -> None:
        for end in (self._door, *self._ends):
            end.close()

    def _take(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                near, _ = self._door.accept()
                far = socket.create_connection(("127.0.0.1", self._far))
                self._ends += [near, far]
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._carry, args=pair, daemon=True).start()

    def _carry(self, one: socket.socket, other: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while heard := one.recv(65536):
                if not self._is_cut.is_set():
                    other.sendall(heard)


def test_a_line_that_dies_without_a_close_frame_is_replaced_within_ten_seconds(desk, settings, monkeypatch):
    """With the pings as they are: the bytes of the old line vanish on the way, in both directions."""
    cable, connect = Cable(desk.port), websockets.sync.client.connect
    monkeypatch.setattr(  # the first line goes through the cable, its successor does not
        "websockets.sync.client.connect",
        lambda url, **options: connect(
            url.replace(f":{desk.port}", f":{cable.port}") if not desk.state.connections else url, **options
        ),
    )
    with line(desk, settings) as (made, pressed):
        first = desk.state.connections[0]
        assert press(desk).wait(5)
        time.sleep(socket_mode.PING_SECONDS + 0.5)  # a ping was answered: the next one is as far away as can be
        cable.cut()
        cut = time.monotonic()
        until(lambda: any(c is not first for c in desk.state.connections), 12)
        assert time.monotonic() - cut < 10
        until(lambda: made.is_connected)
        assert len(pressed) == 1
        first.drop()
        assert press(desk).wait(5), "and is heard"
    cable.close()


@pytest.mark.parametrize("reason", ["warning", "refresh_requested"])
def test_slack_may_ask_for_a_new_line(desk, settings, reason):
    with line(desk, settings) as (_, pressed):
        first = desk.state.connections[0]
        ask = urllib.request.Request(
            f"{desk.url}/_sandbox/refresh",
            data=f'{{"reason": "{reason}"}}'.encode(),
            headers={"Content-Type": "application/json"},
        )
        urllib.request.urlopen(ask, timeout=5).close()
        until(lambda: any(c is not first for c in desk.state.connections), 3)
        assert (first in desk.state.connections) == (reason == "warning"), "the old line stays until Slack closes it"
        for _ in range(4):
            assert press(desk).wait(3)
        until(lambda: len(pressed) == 4)


def test_spoilt_frames_and_lost_acknowledgements_do_not_end_it(desk, settings):
    with line(desk, settings) as (_, pressed):
        desk.faults.add("slack.socket", "malformed")
        assert press(desk).wait(5)
        desk.faults.add("slack.socket", "reset_after")
        assert press(desk).wait(8)
        until(lambda: len(pressed) >= 2)


def test_a_slack_that_hangs_up_at_once_is_not_hammered(desk, settings):
    with line(desk, settings):
        desk.faults.add("slack.socket.connect", "unavailable", times=1000)
        desk.state.connections[0].drop()
        before = desk.state.calls["apps.connections.open"]
        time.sleep(2)
        assert desk.state.calls["apps.connections.open"] - before <= 4
