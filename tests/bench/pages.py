"""How long each page of the dashboard takes over many mentions, for two users at once while new ones come in.

The pages are those that the application has, so that a new one is measured without a word here. The real server answers, in
a process of its own; each user asks for one page after the other, each with another window. Meanwhile two mentions a second
are heard and judged, and all is counted again and again, as `sunwai serve` does. Another round, by one user alone, tells the
processor time of each page when nothing is kept of it, as at the first visit after a count: no other work on the machine
changes that.
"""

import multiprocessing
import statistics
import time
import urllib.request
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
"""Rounds of which only the first answer of each page is told: a process then loads what it needs."""
HEARD_PER_SECOND = 2
COUNT_SECONDS = 60
"""As often as `sunwai serve`, first some seconds after the start, so that a short run has pages right after it too."""
FIRST_COUNT_SECONDS = 5
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
FORGET, PROCESSOR = "X-Bench-Forget", "X-Bench-Processor"


@dataclass
class Took:
    """Seconds that a route took: its first answer, all later ones, and those of the processor with nothing kept."""

    first: float = 0.0
    answers: list[float] = field(default_factory=list)
    processor: list[float] = field(default_factory=list)

    @property
    def p95(self) -> float:
        return sorted(self.answers)[max(0, -(-95 * len(self.answers) // 100) - 1)]


def settings() -> Settings:
    query = [{"name": "brand", "any_of": ["northwind"]}]
    tables = {
        key: {"name": key.capitalize(), "queries": query, "competitor": key != "northwind"} for key, _ in million.BRANDS
    }
    return parse({"brands": tables})


def prepare(url: str, count: int, now: datetime) -> dict[str, float]:
    """Fill the empty database at `url`. Returns the processor's seconds, of this process, for the first count of everything,
    and for one without news."""
    store = open_store(url, migrate=True)
    million.fill(store, count, now)
    took: dict[str, float] = {}
    for name in ("everything", "nothing new"):
        began = time.process_time()
        rollup(store, settings(), now)
        took[name] = time.process_time() - began
    store.close()
    return took


def measure(url: str, now: datetime) -> dict[str, Took]:
    """What each route took."""
    context = multiprocessing.get_context("spawn")
    ready: multiprocessing.Queue[tuple[int, list[tuple[str, str]]]] = context.Queue()
    serving = context.Process(target=_serve, args=(url, now, ready), daemon=True)
    hearing = context.Process(target=_hear, args=(url, now), daemon=True)
    serving.start()
    try:
        port, routes = ready.get(timeout=120)
        hearing.start()
        took: defaultdict[str, Took] = defaultdict(Took)
        base = f"http://127.0.0.1:{port}"
        with ThreadPoolExecutor(USERS) as users:
            starts = [n * len(routes) // USERS for n in range(USERS)]  # so that they do not ask for the same in step
            asked = [users.submit(_ask, base, routes[start:] + routes[:start], took) for start in starts]
            for one in asked:
                one.result()
        for route, address in routes:
            for days in (7, 28, 90):
                with _open(base, address, days, {FORGET: "yes"}) as answer:
                    took[route].processor.append(float(answer.headers[PROCESSOR]))
        return dict(took)
    finally:
        for process in (serving, hearing):
            if process.is_alive():
                process.terminate()
                process.join()


def told(took: dict[str, Took]) -> Iterator[str]:
    """A table in Markdown, in milliseconds, the slowest first."""
    yield "| Page | p50 | p95 | first answer | processor, nothing kept |"
    yield "| --- | ---: | ---: | ---: | ---: |"
    for route, one in sorted(took.items(), key=lambda item: -item[1].p95):
        times = (statistics.median(one.answers), one.p95, one.first, max(one.processor))
        late = "" if one.p95 < PATIENCE else " **over its time**"
        yield f"| `{route}`{late} | " + " | ".join(f"{seconds * 1000:.0f}" for seconds in times) + " |"


def _ask(base: str, routes: list[tuple[str, str]], took: dict[str, Took]) -> None:
    for turn in range(WARMING + ROUNDS):
        for route, address in routes:
            began = time.perf_counter()
            with _open(base, address, (7, 28, 90)[turn % 3]) as answer:
                answer.read()
            seconds = time.perf_counter() - began
            if turn >= WARMING:
                took[route].answers.append(seconds)
            elif turn == 0:
                took[route].first = max(took[route].first, seconds)


def _open(base: str, address: str, days: int, headers: dict[str, str] | None = None) -> Any:
    asked = f"{base}{address}{'&' if '?' in address else '?'}days={days}"
    return urllib.request.urlopen(urllib.request.Request(asked, headers=headers or {}))


def _serve(url: str, now: datetime, ready: Any) -> None:
    import asyncio
    import socket

    import uvicorn

    from app.kept import renew_behind
    from app.web import create_app, warming

    store = open_store(url)
    renew_behind(store.engine)
    app = create_app(store, settings(), now=lambda: now)
    bound = socket.create_server(("127.0.0.1", 0))
    examples = _examples(store)
    routes = [(route, address) for route in sorted(app.state.paths) for address in _addresses(route, examples)]
    warming.warm().join()
    ready.put((bound.getsockname()[1], routes))
    server = uvicorn.Server(uvicorn.Config(_timed(app), log_level="error", lifespan="off"))
    asyncio.run(server.serve(sockets=[bound]))


def _timed(app: Any) -> Any:
    """The same, saying how long the processor took over an answer; it forgets what is kept where it is asked to."""
    from app import kept

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] == "http" and FORGET.lower().encode() in dict(scope["headers"]):
            kept.forget()
        began = time.process_time()

        async def told(message: Any) -> None:
            if message["type"] == "http.response.start":
                spent = f"{time.process_time() - began:.6f}"
                message["headers"] = [*message["headers"], (PROCESSOR.lower().encode(), spent.encode())]
            await send(message)

        await app(scope, receive, told)

    return answer


def _hear(url: str, now: datetime) -> None:
    """New mentions, judged as they come, and a count every so often."""
    store = open_store(url)
    began, heard, counted = time.monotonic(), 0, 0
    while True:
        million.hear(store, heard, now + timedelta(microseconds=heard))
        heard += 1
        if time.monotonic() - began > FIRST_COUNT_SECONDS + counted * COUNT_SECONDS:
            counted += 1
            rollup(store, settings(), now)
        time.sleep(max(0.0, began + heard / HEARD_PER_SECOND - time.monotonic()))


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
