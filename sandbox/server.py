"""Runs the made world: X, Reddit, Mastodon, the feeds, Slack, a ticket system and a CRM, each on its own loopback port.

with running(scenario=None) as sandbox:
    sandbox.world.post("x", "asha", "my package never came @northwind")
    os.environ.update(sandbox.env())
"""

import asyncio
import json
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp, Receive, Scope, Send

from sandbox import feeds, hubspot, mastodon, reddit, tickets, x
from sandbox.faults import Faults
from sandbox.world import World

if TYPE_CHECKING:
    from sandbox.scenario import Player

HOST = "127.0.0.1"
CURTAIN_SECONDS = 0.2
"""How often a scenario that waits looks whether it may begin."""


class PortTaken(Exception):
    """A port that was asked for is in use; the message says which and what to do."""


class Sandbox:
    """The running servers and the world behind them.

    `speed` is scenario seconds a second, and after the busy hours `calm` times slower. `state` is a file that
    outlives a restart (Slack and the tickets keep theirs beside it). `ports` are x, reddit, mastodon, feeds,
    slack, tickets and hubspot; 0 picks a free one. The scenario waits until the file `curtain`, where one is named, is
    there.
    """

    def __init__(
        self,
        *,
        scenario: str | None = None,
        speed: float = 60.0,
        calm: float = 1.0,
        seed: int = 7,
        ports: dict[str, int] | None = None,
        state: Path | None = None,
        limits: dict[str, tuple[int, int]] | None = None,
        slack: Any = None,
        curtain: Path | None = None,
    ) -> None:
        from sandbox.slack import SlackState
        from sandbox.slack import create_app as slack_app

        names = ("x", "reddit", "mastodon", "feeds", "slack", "tickets", "hubspot")
        asked = {**dict.fromkeys(names, 0), **(ports or {})}
        self._sockets = {name: _listen(name, port) for name, port in asked.items()}
        self.ports = {name: made.getsockname()[1] for name, made in self._sockets.items()}
        self.world = World(limits=limits, journal=state, speed=speed)
        self.slack = slack or SlackState(state_file=state.with_name(state.name + ".slack") if state else None)
        self.slack.elsewhere = {
            "https://x.com": self.x_url,
            "https://www.reddit.com": self.reddit_url,
            "https://mastodon.example": self.mastodon_url,
        }
        self.tickets = tickets.Tickets(state.with_name(state.name + ".tickets") if state else None)
        self.hubspot = hubspot.Contacts()
        self._apps: dict[str, ASGIApp] = {
            "x": x.create_app(self.world),
            "reddit": reddit.create_app(self.world),
            "mastodon": mastodon.create_app(self.world),
            "feeds": feeds.create_app(self.world),
            "slack": slack_app(self.slack, self.world.faults),
            "tickets": tickets.create_app(self.tickets, self.world.faults),
            "hubspot": hubspot.create_app(self.hubspot, self.world.faults),
        }
        self._scenario, self._seed, self._calm, self._curtain = scenario, seed, calm, curtain
        self._stop = threading.Event()
        self._servers: list[uvicorn.Server] = []
        self._threads: list[threading.Thread] = []

    @property
    def faults(self) -> Faults:
        return self.world.faults

    def url(self, name: str) -> str:
        return f"http://{HOST}:{self.ports[name]}"

    @property
    def x_url(self) -> str:
        return self.url("x")

    @property
    def reddit_url(self) -> str:
        return self.url("reddit")

    @property
    def oauth_url(self) -> str:
        return self.url("reddit")

    @property
    def mastodon_url(self) -> str:
        return self.url("mastodon")

    @property
    def feeds_url(self) -> str:
        return self.url("feeds")

    @property
    def tickets_url(self) -> str:
        return self.url("tickets")

    @property
    def slack_url(self) -> str:
        return self.url("slack") + "/api/"

    @property
    def slack_page(self) -> str:
        return self.url("slack") + "/"

    def env(self) -> dict[str, str]:
        """The environment that points the product at this sandbox, tokens included."""
        keys = self.world.keys
        return {
            "X_API_BASE_URL": self.x_url,
            "X_BEARER_TOKEN": keys.x_bearer,
            "X_CONSUMER_KEY": keys.x_consumer_key,
            "X_CONSUMER_SECRET": keys.x_consumer_secret,
            "X_ACCESS_TOKEN": keys.x_access_token,
            "X_ACCESS_TOKEN_SECRET": keys.x_access_token_secret,
            "REDDIT_URL": self.reddit_url,
            "REDDIT_OAUTH_URL": self.oauth_url,
            "REDDIT_CLIENT_ID": keys.reddit_client_id,
            "REDDIT_CLIENT_SECRET": keys.reddit_client_secret,
            "REDDIT_USER_AGENT": keys.reddit_user_agent,
            "REDDIT_USERNAME": keys.reddit_username,
            "REDDIT_PASSWORD": keys.reddit_password,
            "MASTODON_BASE_URL": self.mastodon_url,
            "MASTODON_ACCESS_TOKEN": keys.mastodon_token,
            "SLACK_API_BASE_URL": self.slack_url,
            "SLACK_BOT_TOKEN": self.slack.bot_token,
            "SLACK_APP_TOKEN": self.slack.app_token,
            "SLACK_SIGNING_SECRET": self.slack.signing_secret,
            "SLACK_CLIENT_ID": self.slack.client_id,
            "SLACK_CLIENT_SECRET": self.slack.client_secret,
            "ZENDESK_BASE_URL": self.tickets_url,
            "ZENDESK_EMAIL": tickets.EMAIL,
            "ZENDESK_API_TOKEN": tickets.TOKEN,
            "HUBSPOT_BASE_URL": self.url("hubspot"),
            "HUBSPOT_ACCESS_TOKEN": hubspot.TOKEN,
            "TICKETS_WEBHOOK_SECRET": tickets.SECRET,
            "SANDBOX_FEEDS_URL": self.feeds_url,
        }

    def start(self) -> None:
        """Serve in the background; returns once every server answers. The scenario starts last."""
        ready = threading.Event()
        failed: list[BaseException] = []
        thread = threading.Thread(target=self._serve, args=(ready, failed), name="sandbox", daemon=True)
        thread.start()
        self._threads.append(thread)
        ready.wait(timeout=20)
        if failed:
            raise failed[0]
        if self._scenario:
            from sandbox.scenario import Player

            player = Player(self.world, self._scenario, seed=self._seed, calm=self._calm)
            thread = threading.Thread(target=self._play, args=(player,), name="scenario", daemon=True)
            thread.start()
            self._threads.append(thread)

    def stop(self) -> None:
        self._stop.set()
        for server in self._servers:
            server.should_exit = True
        for thread in self._threads:
            thread.join(timeout=10)

    def _play(self, player: "Player") -> None:
        while self._curtain is not None and not self._curtain.exists():
            if self._stop.wait(CURTAIN_SECONDS):
                return
        player.run(self._stop)

    def _serve(self, ready: threading.Event, failed: list[BaseException]) -> None:
        try:
            asyncio.run(self._serve_all(ready))
        except BaseException as wrong:
            failed.append(wrong)
        finally:
            ready.set()

    async def _serve_all(self, ready: threading.Event) -> None:
        for name, app in self._apps.items():
            config = uvicorn.Config(
                self._controls(app) if name != "slack" else app,
                log_level="critical",
                access_log=False,
                date_header=False,
                server_header=False,
                timeout_graceful_shutdown=1,
                lifespan="auto" if name == "slack" else "off",
            )
            self._servers.append(uvicorn.Server(config))
        tasks = [
            asyncio.create_task(server.serve(sockets=[self._sockets[name]]))
            for name, server in zip(self._apps, self._servers, strict=True)
        ]
        while not all(server.started for server in self._servers):
            if any(task.done() for task in tasks):
                break
            await asyncio.sleep(0.01)
        ready.set()
        await asyncio.gather(*tasks)

    def _controls(self, app: ASGIApp) -> ASGIApp:
        """Lets a test in another process post in the world (`/_sandbox/post`) and read the truth."""
        routes = [
            Route("/_sandbox/truth", self._truth),
            Route("/_sandbox/post", self._post, methods=["POST"]),
        ]
        inner = Starlette(routes=routes)

        async def either(scope: Scope, receive: Receive, send: Send) -> None:
            ours = scope["type"] == "http" and any(scope["path"] == route.path for route in routes)
            await (inner if ours else app)(scope, receive, send)

        return either

    def _truth(self, request: Request) -> JSONResponse:
        return JSONResponse(self.world.truths())

    async def _post(self, request: Request) -> JSONResponse:
        try:
            asked = json.loads(await request.body())
            if "at" in asked:
                asked["at"] = datetime.fromisoformat(asked["at"])
            made = self.world.post(**asked)
        except (KeyError, TypeError, ValueError) as wrong:
            return JSONResponse({"error": repr(wrong)}, 400)
        return JSONResponse({"id": made.id, "created_at": made.created_at.isoformat()})


@contextmanager
def running(scenario: str | None = None, **options: Any) -> Iterator[Sandbox]:
    """A sandbox that runs inside the block, on free ports unless told; options as for `Sandbox`."""
    sandbox = Sandbox(scenario=scenario, **options)
    sandbox.start()
    try:
        yield sandbox
    finally:
        sandbox.stop()


def _listen(name: str, port: int) -> socket.socket:
    made = socket.socket()
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind((HOST, port))
    except OSError as taken:
        made.close()
        raise PortTaken(f"Port {port} is taken: stop what uses it, or choose another with --{name}-port.") from taken
    made.listen(128)
    return made
