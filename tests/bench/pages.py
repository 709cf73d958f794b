"""How long each page of the dashboard takes over a million mentions, for two users at once.

The pages are those that the application has, so that a new one is measured without a word here. The real server answers, in
a process of its own; each user asks for one page after the other, each with another window.
"""

import multiprocessing
import statistics
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from typing import Any
from urllib.parse import quote

from sqlalchemy import func, select

from analysis.rollup import rollup
from core.settings import Settings, parse
from core.store import open_store
from core.store.schema import cases, mentions, rollup_people
from tests.bench import million

USERS, ROUNDS = 2, 10
WARMING = 2
"""Rounds that are not counted: the first answer of a process loads what it needs."""
NOT_PAGES = (
    "/cases/events",
    "/exports/",
    "/sign-",
    "/language",
    "/views/",
    "/reports/",
    "/static/",
    "/api/openapi.json",
)
"""A stream, whole files, doors, files of ours, and what this store has none of."""
PATIENCE = 0.2
"""Seconds: what each page must stay below, 95 times in 100."""


def settings() -> Settings:
    query = [{"name": "brand", "any_of": ["northwind"]}]
    tables = {
        key: {"name": key.capitalize(), "queries": query, "competitor": key != "northwind"} for key, _ in million.BRANDS
    }
    return parse({"brands": tables})


def prepare(url: str, count: int, now: datetime) -> dict[str, float]:
    """Fill the empty database at `url`. Returns the seconds of the first count of everything, and of a day's one."""
    store = open_store(url, migrate=True)
    million.fill(store, count, now)
    took: dict[str, float] = {}
    for name in ("everything", "nothing new"):
        began = time.perf_counter()
        rollup(store, settings(), now)
        took[name] = time.perf_counter() - began
    store.close()
    return took


def measure(url: str, now: datetime) -> dict[str, list[float]]:
    """Seconds of each answer, by route."""
    ready: multiprocessing.Queue[tuple[int, list[tuple[str, str]]]] = multiprocessing.get_context("spawn").Queue()
    serving = multiprocessing.get_context("spawn").Process(target=_serve, args=(url, now, ready), daemon=True)
    serving.start()
    try:
        port, routes = ready.get(timeout=120)
        took: defaultdict[str, list[float]] = defaultdict(list)
        base = f"http://127.0.0.1:{port}"
        with ThreadPoolExecutor(USERS) as users:
            starts = [n * len(routes) // USERS for n in range(USERS)]  # so that they do not ask for the same in step
            asked = [users.submit(_ask, base, routes[start:] + routes[:start], took) for start in starts]
            for one in asked:
                one.result()
        return dict(took)
    finally:
        serving.terminate()
        serving.join()


def told(took: dict[str, list[float]]) -> Iterator[str]:
    """One line for each route, the slowest first."""
    for route, seconds in sorted(took.items(), key=lambda item: -_p95(item[1])):
        late = "" if _p95(seconds) < PATIENCE else "  over its time"
        yield f"  {route}: p50 {statistics.median(seconds) * 1000:.0f} ms, p95 {_p95(seconds) * 1000:.0f} ms{late}"


def _p95(seconds: list[float]) -> float:
    return sorted(seconds)[max(0, -(-95 * len(seconds) // 100) - 1)]


def _ask(base: str, routes: list[tuple[str, str]], took: dict[str, list[float]]) -> None:
    for turn in range(WARMING + ROUNDS):
        for route, address in routes:
            days = (7, 28, 90)[turn % 3]
            began = time.perf_counter()
            with urllib.request.urlopen(f"{base}{address}{'&' if '?' in address else '?'}days={days}") as answer:
                answer.read()
            if turn >= WARMING:
                took[route].append(time.perf_counter() - began)


def _serve(url: str, now: datetime, ready: Any) -> None:
    import asyncio
    import socket

    import uvicorn

    from app.web import create_app

    store = open_store(url)
    app = create_app(store, settings(), now=lambda: now)
    bound = socket.create_server(("127.0.0.1", 0))
    examples = _examples(store)
    routes = [(route, address) for route in sorted(app.state.paths) for address in _addresses(route, examples)]
    ready.put((bound.getsockname()[1], routes))
    server = uvicorn.Server(uvicorn.Config(app, log_level="error"))
    asyncio.run(server.serve(sockets=[bound]))


def _examples(store: Any) -> dict[str, str]:
    """What stands in a path: a mention, a case, and the author who said most."""
    with store.read() as tx:
        author = select(rollup_people.c.author_id).order_by(rollup_people.c.posts.desc()).limit(1)
        return {
            "{mention_id:path}": tx.scalar(select(func.max(mentions.c.id))),
            "{case_id}": str(tx.scalar(select(func.max(cases.c.id)))),
            "{author_id:path}": tx.scalar(author),
        }


def _addresses(route: str, examples: dict[str, str]) -> list[str]:
    from app.web.figures import CHARTS

    if route.startswith(NOT_PAGES):
        return []
    if "{kind}" in route:
        return [route.format(name=name, kind="json") + "?brand=northwind" for name in CHARTS]
    for place, example in examples.items():
        route = route.replace(place, quote(example, safe=":"))
    asked: Callable[[str], str] = lambda more: f"{route}?brand=northwind{more}"  # noqa: E731
    if route == "/api/by":
        return [asked("&dimension=platform"), asked("&dimension=place")]
    if route in ("/mentions", "/api/mentions"):
        return [asked(""), asked("&q=refund"), asked("&sentiment=negative&priority=P1")]
    return [asked("")]
