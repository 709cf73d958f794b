"""How envelopes reach the app: Socket Mode, or signed HTTP as the switch.

Both give the app `state.ack_seconds` to acknowledge and try `state.retries` times more, each time over any
connection. Slack promises repeats for events alone; here interactions repeat too, because an app that must
bear the one will meet the other (a late acknowledgement looks the same). A press that nobody is connected
to hear is given up after one wait.
"""

import asyncio
import contextlib
import hashlib
import hmac
import json
import random
import secrets
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass, field
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from sandbox.faults import STATUSES, Fault, Faults
from sandbox.slack.envelopes import Envelope
from sandbox.slack.people import APP
from sandbox.slack.state import SlackState

MAX_CONNECTIONS = 10
CONNECTION_SECONDS = 3600
WARNING_SECONDS = 10
HOST = "applink-sandbox"
LOOPBACK = {"127.0.0.1", "localhost", "::1"}
"""Where this machine may be spoken to, and speaks to."""


@dataclass(eq=False)
class Connection:
    """One WebSocket of the app's. A `deaf` one no longer hears acknowledgements."""

    socket: WebSocket
    id: str = field(default_factory=lambda: f"conn-{secrets.token_hex(3)}")
    deaf: bool = False

    async def send(self, message: dict[str, Any]) -> None:
        await self.socket.send_text(json.dumps(message))

    def drop(self) -> None:
        """Vanish without a close frame, as when a host dies."""
        self.deaf = True
        self._transport.abort()

    def go_deaf(self) -> None:
        """Stay open and answer nothing, not even a ping, as when a cable is pulled."""
        self.deaf = True
        self._transport.pause_reading()

    @property
    def _transport(self) -> asyncio.Transport:
        transport: asyncio.Transport = self.socket.scope["sandbox.transport"]
        return transport


class Delivery:
    """The way from the workspace to the app. Lives in the server's event loop; `send` is for any thread.

    Faults: `slack.socket.connect` (a status, or `reset_before`) when a connection is opened, and
    `slack.socket` when an envelope is sent: `reset_before` drops the connection instead, `reset_after` once
    the app has the envelope but before it can say so, `timeout` goes deaf for the fault's seconds,
    `slow` delays, `malformed` spoils the JSON.
    """

    def __init__(self, state: SlackState, faults: Faults) -> None:
        self._state, self._faults = state, faults
        self._loop: asyncio.AbstractEventLoop | None = None
        self._tasks: set[asyncio.Task[None]] = set()
        self._acks: dict[str, asyncio.Event] = {}

    def attach(self) -> None:
        """Belong to the running loop from now on."""
        self._loop = asyncio.get_running_loop()

    async def close(self) -> None:
        """Stop delivering; what is on its way stays unanswered."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(self, envelope: Envelope) -> None:
        if self._loop is None or self._loop.is_closed():
            self._state.settle(envelope, acked=False)
        else:
            self._loop.call_soon_threadsafe(self._start, envelope)

    def _start(self, envelope: Envelope) -> None:
        task = asyncio.get_running_loop().create_task(self._deliver(envelope))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _deliver(self, envelope: Envelope) -> None:
        state = self._state
        acked = False
        try:
            for _ in range(1 + state.retries):
                if state.request_url:
                    acked = await asyncio.to_thread(self._post, state.request_url, envelope)
                else:
                    acked = await self._over_socket(envelope)
                if acked or not envelope.attempts:
                    break
        finally:
            if not acked:
                state.settle(envelope, acked=False)

    # Socket Mode

    async def serve(self, socket: WebSocket) -> None:
        """One Socket Mode connection, from the handshake to its end."""
        self.attach()
        fault = self._faults.next("slack.socket.connect")
        if fault is not None and fault.kind == "reset_before":
            socket.scope["sandbox.transport"].abort()
            return
        good = self._state.redeem_ticket(socket.query_params.get("ticket", ""))
        if not good or (fault is not None and fault.kind in STATUSES):
            await socket.close()  # Before accept: the handshake is refused.
            return
        await socket.accept()
        connection = Connection(socket)
        open_now = self._state.connections
        if len(open_now) >= MAX_CONNECTIONS:
            await connection.send(_disconnect("too_many_websockets"))
            await socket.close()
            return
        open_now.append(connection)
        self._tell_connections()
        lifetime = asyncio.create_task(self._refresh_in_time(connection))
        try:
            await connection.send(
                {
                    "type": "hello",
                    "num_connections": len(open_now),
                    "debug_info": {
                        "host": HOST,
                        "build_number": 1,
                        "approximate_connection_time": CONNECTION_SECONDS,
                    },
                    "connection_info": {"app_id": APP},
                }
            )
            while True:
                self._hear(connection, await socket.receive_text())
        except (WebSocketDisconnect, RuntimeError):
            pass  # The app hung up, or the connection was dropped while we were writing.
        finally:
            lifetime.cancel()
            open_now.remove(connection)
            self._tell_connections()

    async def refresh(self, reason: str = "refresh_requested") -> None:
        """Tell every connection to make way for a new one: `warning` ahead of time, `refresh_requested` now."""
        for connection in list(self._state.connections):
            await connection.send(_disconnect(reason))
            if reason != "warning":
                await connection.socket.close()

    def _hear(self, connection: Connection, raw: str) -> None:
        if connection.deaf:
            return
        try:
            message = json.loads(raw)
        except ValueError:
            return
        envelope = self._state.envelopes.get(str(message.get("envelope_id")))
        if envelope is not None:
            self._state.settle(envelope, acked=True, answer=message.get("payload"))
            if envelope.id in self._acks:
                self._acks[envelope.id].set()

    async def _over_socket(self, envelope: Envelope) -> bool:
        """Send it over one of the connections, any of them, and wait for its acknowledgement."""
        acked = self._acks.setdefault(envelope.id, asyncio.Event())
        give_up = asyncio.get_running_loop().time() + self._state.ack_seconds
        while not self._state.connections:
            if asyncio.get_running_loop().time() >= give_up:
                return False
            await asyncio.sleep(0.05)
        connection = random.choice(self._state.connections)
        self._state.attempt(envelope, connection.id)
        # It may go away under our hands; then this attempt is lost.
        with contextlib.suppress(WebSocketDisconnect, RuntimeError):
            await self._hand_over(connection, envelope, self._faults.next("slack.socket"))
        try:
            await asyncio.wait_for(acked.wait(), self._state.ack_seconds)
        except TimeoutError:
            return False
        return True

    async def _hand_over(self, connection: Connection, envelope: Envelope, fault: Fault | None) -> None:
        kind = fault.kind if fault else ""
        if kind == "reset_before":
            connection.drop()
        elif kind == "timeout":
            connection.go_deaf()
            asyncio.get_running_loop().call_later(fault.seconds if fault else 0, connection.drop)
        elif kind in ("malformed", "truncated"):
            await connection.socket.send_text(json.dumps(envelope.on_the_wire())[:40])
        else:
            if kind == "slow":
                await asyncio.sleep(fault.seconds if fault else 0)
            connection.deaf |= kind == "reset_after"
            await connection.send(envelope.on_the_wire())
            if kind == "reset_after":
                await asyncio.sleep(0.1)  # Let the bytes out before the line is cut.
                connection.drop()

    async def _refresh_in_time(self, connection: Connection) -> None:
        await asyncio.sleep(CONNECTION_SECONDS - WARNING_SECONDS)
        await connection.send(_disconnect("warning"))
        await asyncio.sleep(WARNING_SECONDS)
        await connection.send(_disconnect("refresh_requested"))
        await connection.socket.close()

    def _tell_connections(self) -> None:
        self._state.tell({"type": "connections", "count": len(self._state.connections)})

    # Signed HTTP

    def _post(self, url: str, envelope: Envelope) -> bool:
        """One signed delivery; True when the app answered 200 in time."""
        self._state.attempt(envelope, url)
        request = signed_request(self._state, url, envelope)
        try:
            # Never by a proxy: the stand-in speaks to this machine alone.
            opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
            with opener.open(request, timeout=self._state.ack_seconds) as response:
                body = response.read().decode()
        except (OSError, urllib.error.HTTPError):
            return False
        answer = json.loads(body) if body.startswith("{") else {"text": body} if body else None
        self._state.settle(envelope, acked=True, answer=answer)
        return True


def signed_request(state: SlackState, url: str, envelope: Envelope) -> urllib.request.Request:
    """The HTTP request for an envelope, signed as docs.slack.dev says. Raises ValueError off loopback."""
    host = urllib.parse.urlsplit(url).hostname
    if host not in LOOPBACK:
        raise ValueError(f"the sandbox delivers to this machine only, not to {host}")
    if envelope.kind == "events_api":
        body, content_type = json.dumps(envelope.payload), "application/json"
    else:
        fields = envelope.payload
        if envelope.kind == "interactive":
            fields = {"payload": json.dumps(envelope.payload)}
        body, content_type = urllib.parse.urlencode(fields), "application/x-www-form-urlencoded"
    at = str(int(state.clock()))
    signature = hmac.new(state.signing_secret.encode(), f"v0:{at}:{body}".encode(), hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": content_type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": at,
        "X-Slack-Signature": f"v0={signature}",
    }
    if len(envelope.attempts) > 1:
        headers |= {"X-Slack-Retry-Num": str(len(envelope.attempts) - 1), "X-Slack-Retry-Reason": "http_timeout"}
    return urllib.request.Request(url, body.encode(), headers, method="POST")  # noqa: S310 - loopback, see above


def _disconnect(reason: str) -> dict[str, Any]:
    return {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
