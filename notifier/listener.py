"""What people do in Slack reaches us here, over Socket Mode or signed HTTP: carried out, then acknowledged.

What was acknowledged is done, or promised (`notifier.timely`, `notifier.promises`): where a listener dies before, Slack
tells the agent that nothing happened, and where it dies after, the next one does. What a press means is
`notifier.interactions`'s to know.
"""

import asyncio
import logging
import os
import socket
import threading
from collections.abc import Awaitable, Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from core import case as moves
from core.case import Case
from core.errors import Misconfigured, RetryLater
from core.settings import Environment, Settings
from core.store import Store, health
from notifier import desk
from notifier.commands import COMMAND
from notifier.deliver import deliver
from notifier.interactions import ACTIONS, SUBMITTED, Interactions
from notifier.ops import LISTENER
from notifier.promises import Promises
from notifier.roles import Roles
from notifier.slack_client import Slack, connect, quiet_logger, remedies, web_client
from notifier.socket_mode import AT_ONCE, SocketMode
from notifier.timely import Timely

if TYPE_CHECKING:
    from slack_bolt import App

HTTP_PATH = "/slack/events"
"""The request URL of the Slack app ends so when `slack.mode` is "http"."""
LARGEST_REQUEST, SLOWEST_REQUEST = 5_000_000, 10.0
"""Bytes and seconds. Slack's own are far smaller and quicker; whether one is Slack's shows only once all of it is read."""
BEAT_SECONDS = 5.0
LONGEST_PAUSE_SECONDS = 30.0
T = TypeVar("T")

log = logging.getLogger("sunwai.listener")


def press(store: Store, case_id: int, action: str, agent: str, now: datetime) -> Case | None:
    """Claim or resolve a case as an agent's press does; see `notifier.desk.act`."""
    move = {"claim": moves.claim, "resolve": moves.resolve}[action]
    return desk.act(store, case_id, lambda case: move(case, agent, now), now)


def clock() -> datetime:
    """Where time enters: a press happens now."""
    return datetime.now(UTC)


def run_listener(
    store: Store,
    settings: Settings,
    environment: Environment,
    stop: threading.Event,
    *,
    promises: Path | None = None,
    now: Callable[[], datetime] = clock,
) -> None:
    """Listen until `stop` is set, over Socket Mode or signed HTTP as `slack.mode` says. `promises` is the folder in which
    listeners on this machine write down what they promise.

    Waits for Slack while it is down, and comes back by itself when a connection drops. Beats in the store
    (`listener:<host>:<pid>`) only while Slack can really reach us. Raises Misconfigured when a token or secret is missing
    or refused, naming it.
    """
    slack = connect(settings, environment)
    name = f"{LISTENER}{socket.gethostname()[:40]}:{os.getpid()}"
    redrawing = _Redrawer(store, slack, settings, now)
    does = Interactions(store, slack, settings, Roles(slack, settings.roles), redrawing.wake, now)
    with closing(Promises(promises)) as promised, closing(Timely(does, promised)) as timely:
        app = _app(settings, environment, slack, stop, timely)
        if app is None:
            return
        reached = _by_http if settings.slack.mode == "http" else _by_socket
        with redrawing.running(), reached(app, settings, environment) as is_connected:
            while not stop.is_set():
                connected = is_connected()
                if connected:
                    _try(store, lambda tx: health.beat(tx, name, now(), settings.slack.mode))
                    timely.tell_of_the_dead()
                stop.wait(BEAT_SECONDS if connected else 0.2)
    _try(store, lambda tx: health.leave(tx, name))


def _try(store: Store, work: Callable[[Connection], None]) -> None:
    """A sign of life that the database does not take is missed by `notifier.ops`; it must not stop the listening."""
    try:
        store.run(work)
    except SQLAlchemyError as error:
        log.warning("a heartbeat was not stored (%s)", type(error).__name__)


def _app(
    settings: Settings, environment: Environment, slack: Slack, stop: threading.Event, timely: Timely
) -> "App | None":
    """The Bolt app with its handlers, once Slack has confirmed the token; None when we are told to stop before.

    A handler runs in the thread that brings the request (`process_before_response`): Bolt's other way is a second thread
    for each, while the first looks a hundred times a second whether that one has acknowledged.
    """
    from slack_bolt import App

    secret = None
    if settings.slack.mode == "http":
        secret = environment.need("SLACK_SIGNING_SECRET", "it proves that a press comes from Slack").get_secret_value()

    def made() -> App:
        slack.check()
        with remedies():
            return App(
                client=slack.client, signing_secret=secret or "", logger=quiet_logger(), process_before_response=True
            )

    app = _once_slack_answers(made, stop)
    if app is not None:
        for action in ACTIONS:
            app.action(action)(timely.pressed)
        for form in SUBMITTED:
            app.view(form)(timely.submitted)
        app.command(COMMAND)(timely.typed)
        app.event("app_home_opened")(timely.home)
        app.event("message")(lambda: None)  # were it ever sent to us: what is written in Slack stays in Slack
    return app


STAY_SECONDS = 5.0
"""How long the listener stays for messages that wait for their channel's pace: a press may queue several, one a second."""


class _Redrawer:
    """Drains the outbox soon after a press, so that the card changes while the agent looks at it.

    It is the same stage as everywhere, under the same leases; what it does not get done, the next sender does.
    """

    def __init__(self, store: Store, slack: Slack, settings: Settings, now: Callable[[], datetime]) -> None:
        self._store, self._slack, self._settings, self._now = store, slack, settings, now
        self._woken, self._over = threading.Event(), threading.Event()

    def wake(self) -> None:
        self._woken.set()

    @contextmanager
    def running(self) -> Iterator[None]:
        thread = threading.Thread(target=self._run, name="redraw", daemon=True)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            self.wake()
            thread.join(self._settings.slack.timeout_seconds * 2)

    def _run(self) -> None:
        while self._woken.wait() and not self._over.is_set():
            self._woken.clear()
            try:
                now = self._now()
                deliver(self._store, self._slack, self._settings, now, limit=50, seconds=STAY_SECONDS, stop=self._over)
            except Exception as error:  # the next press, or the sweep, finishes it; a dead thread would not
                log.warning("cards could not be redrawn just now: %s", error)


@contextmanager
def _by_socket(app: "App", settings: Settings, environment: Environment) -> Iterator[Callable[[], bool]]:
    """Be reached over a WebSocket that we open. Yields a function that says whether it is alive, and that raises what is
    wrong for good: a listener that cannot listen must not look as if it did."""
    token = environment.need("SLACK_APP_TOKEN", "Slack tells us over Socket Mode what people press").get_secret_value()
    line = SocketMode(app, web_client(settings, environment, None), token)
    trouble: list[Exception] = []

    def run() -> None:
        try:
            line.run()
        except Exception as error:
            trouble.append(error)

    def is_alive() -> bool:
        if trouble:
            raise trouble[0]
        return line.is_connected

    thread = threading.Thread(target=run, name="socket-mode", daemon=True)
    thread.start()
    try:
        yield is_alive
    finally:
        line.stop()
        thread.join(10)


@contextmanager
def _by_http(app: "App", settings: Settings, environment: Environment) -> Iterator[Callable[[], bool]]:
    """Be reached by signed requests to `slack.http_host:http_port`, path `/slack/events`. Yields whether we serve.

    Each request is handled in a thread: Bolt's own adapter handles it on the event loop, where one slow press keeps all the
    others from being heard.
    """
    import uvicorn
    from slack_bolt import BoltRequest, BoltResponse
    from slack_bolt.adapter.asgi import SlackRequestHandler
    from slack_bolt.adapter.asgi.http_request import AsgiHttpRequest

    class InThreads(SlackRequestHandler):
        async def dispatch(self, request: AsgiHttpRequest) -> BoltResponse:
            try:
                body, headers = await _read_whole(request.receive), request.get_headers()
            except (ValueError, TimeoutError):
                return BoltResponse(status=400, body="")
            heard = BoltRequest(body=body, query=request.query_string, headers=headers)
            return await asyncio.get_running_loop().run_in_executor(threads, self.app.dispatch, heard)

    host, port = settings.slack.http_host, settings.slack.http_port
    try:
        listening = socket.create_server((host, port))
    except OSError as error:
        raise Misconfigured(
            f"slack.http_host and slack.http_port ({host}:{port}) cannot be listened on: {error.strerror}."
        ) from None
    threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-press")
    config = uvicorn.Config(InThreads(app, HTTP_PATH), log_config=None, access_log=False, lifespan="off")
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]}, name="slack-http", daemon=True)
    thread.start()
    try:
        yield lambda: server.started and thread.is_alive()
    finally:
        server.should_exit = True
        thread.join(10)
        threads.shutdown()
        listening.close()


async def _read_whole(receive: Callable[[], Awaitable[Mapping[str, Any]]]) -> str:
    """The body of a request. Raises ValueError or TimeoutError for what Slack never sends: too much, too slowly, no text."""
    body = bytearray()
    async with asyncio.timeout(SLOWEST_REQUEST):
        while True:
            part = await receive()
            body += part.get("body", b"")
            if part["type"] != "http.request" or len(body) > LARGEST_REQUEST:
                raise ValueError("broken off, or too long")
            if not part.get("more_body"):
                return body.decode()


def _once_slack_answers(work: Callable[[], T], stop: threading.Event) -> T | None:
    """The answer of `work`, tried again while Slack is busy or down; None when we are told to stop first."""
    pause, told = 0.5, False
    while not stop.is_set():
        try:
            return work()
        except RetryLater as error:
            if not told:
                log.warning("Waiting for Slack: %s", error)
                told = True
            stop.wait(pause)
            pause = min(pause * 2, LONGEST_PAUSE_SECONDS)
    return None
