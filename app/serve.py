"""`sunwai serve`: everything continuously in one process, without Airflow; and the dashboard by itself."""

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from app import pipeline
from app.opening import House, clock, promises
from app.pipeline import BREATH_SECONDS, Once, Pass
from core.errors import Misconfigured, SunwaiError

if TYPE_CHECKING:
    import socket

    import uvicorn

ANSWER_SECONDS = 0.5
WATCH_SECONDS = 30.0
UPKEEP_SECONDS = 15 * 60.0
COUNT_SECONDS = 60.0
RELINK_SECONDS = 3600.0
LESSON_SECONDS = 24 * 3600.0
LONGEST_BACKOFF = 30.0
STOP_SECONDS = 10.0
LINKS = "SUNWAI_SANDBOX_LINKS"
"""Set by the demo: where its other pages are, as JSON, for the dashboard to say."""

log = logging.getLogger("sunwai.serve")


def serve(house: House, stop: threading.Event, *, web: bool = True, listener: bool = True) -> None:
    """Hear, judge, ring and answer until `stop` is set. Raises Misconfigured at once for what can never work.

    A thread for each source, so that a slow one holds up nobody; one that judges and rings, woken by whoever heard
    something; one for each duty that comes round. A thread that dies is started again, with backoff.
    """
    names = house.settings.enabled_sources
    slack = Once(partial(pipeline.connect_slack, house))
    slack()  # a missing token is told now, not in a minute
    bell = threading.Event()
    jobs: dict[str, Callable[[], None]] = {f"hear {n}": partial(_hear, house, n, bell, stop) for n in names}
    jobs["judge and ring"] = partial(_judge_and_ring, house, slack, bell, stop)
    jobs["answer"] = partial(_every, ANSWER_SECONDS, {"reply": pipeline.reply}, house, stop)
    jobs["watch"] = partial(_every, WATCH_SECONDS, {"chase": pipeline.chase, "watch": pipeline.watch}, house, stop)
    upkeep = {"sync": pipeline.sync, "refresh": pipeline.refresh, "housekeeping": pipeline.housekeeping}
    jobs["upkeep"] = partial(_every, UPKEEP_SECONDS, upkeep, house, stop)
    jobs["digest"] = partial(
        _every, UPKEEP_SECONDS, {"digest": pipeline.digest, "report": pipeline.report}, house, stop
    )
    jobs["count"] = partial(_every, COUNT_SECONDS, {"rollup": pipeline.rollup}, house, stop)
    jobs["relink"] = partial(_every, RELINK_SECONDS, {"relink": pipeline.relink}, house, stop)
    jobs["learn"] = partial(_every, LESSON_SECONDS, {"learn": pipeline.learn}, house, stop)
    if listener:
        jobs["listen to Slack"] = partial(_listen, house, stop)
    if web:
        jobs["dashboard"] = _dashboard(house, stop)
    threads = [threading.Thread(target=keep, args=(n, job, stop), name=n, daemon=True) for n, job in jobs.items()]
    for thread in threads:
        thread.start()
    log.info("Listening to %s.", ", ".join(names) or "no source")
    stop.wait()
    log.info("Stopping: what is half done is being finished.")
    bell.set()
    end = time.monotonic() + STOP_SECONDS
    for thread in threads:
        thread.join(max(0.0, end - time.monotonic()))


def run_dashboard(house: House, host: str | None = None, port: int | None = None) -> None:
    """Serve the dashboard until SIGINT or SIGTERM. Raises Misconfigured where it may not, or cannot, listen there."""
    from app.web import run_web

    links = sandbox_links()
    run_web(house.store, house.settings, sandbox_links=links, environment=house.environment, host=host, port=port)


def sandbox_links() -> Mapping[str, str] | None:
    """Where the demo's other pages are; None outside the demo."""
    found: Mapping[str, str] | None = json.loads(os.environ.get(LINKS) or "null")
    return found


def keep(name: str, job: Callable[[], None], stop: threading.Event) -> None:
    """Run a job until it ends by itself or we stop; start it again when it fails, later each time."""
    failures = 0
    while not stop.is_set():
        began = time.monotonic()
        try:
            return job()
        except SunwaiError as error:
            log.error("%s: %s", name, error)
        except Exception:
            log.exception("%s failed", name)
        failures = 1 if time.monotonic() - began > 2 * LONGEST_BACKOFF else failures + 1
        stop.wait(min(LONGEST_BACKOFF, 2.0 ** (failures - 1)))
    return None


def _hear(house: House, name: str, bell: threading.Event, stop: threading.Event) -> None:
    """Pull one source at its own pace, and ring the bell when it brought something."""
    source = pipeline.build(house, name)
    done = Pass()
    while not stop.is_set():
        began = time.monotonic()
        counts = done.attempt(name, partial(pipeline.ingest_one, house, source, clock()))
        if counts.get("new") or counts.get("changed") or counts.get("deleted"):
            bell.set()
        stop.wait(max(0.0, began + source.table.poll_seconds - time.monotonic()))


def _judge_and_ring(house: House, slack: Once, bell: threading.Event, stop: threading.Event) -> None:
    done = Pass()
    while not stop.is_set():
        pipeline.judge_and_ring(house, done, slack, clock)
        bell.wait(BREATH_SECONDS)
        bell.clear()


def _every(
    seconds: float, stages: Mapping[str, Callable[[House], pipeline.Counts]], house: House, stop: threading.Event
) -> None:
    done = Pass()
    while not stop.is_set():
        for name, stage in stages.items():
            done.attempt(name, partial(stage, house))
        stop.wait(seconds)


def _listen(house: House, stop: threading.Event) -> None:
    from notifier.listener import run_listener

    run_listener(house.store, house.settings, house.environment, stop, promises=promises(house.settings))


def _dashboard(house: House, stop: threading.Event) -> Callable[[], None]:
    """Takes its port now, so that a taken one is told at the start."""
    from app.web import web_server

    def made() -> "tuple[uvicorn.Server, socket.socket]":
        return web_server(house.store, house.settings, sandbox_links=sandbox_links(), environment=house.environment)

    ready = [made()]

    def run() -> None:
        server, bound = ready.pop() if ready else made()

        def end() -> None:
            stop.wait()
            server.should_exit = True

        threading.Thread(target=end, name="dashboard's end", daemon=True).start()
        with bound:
            server.run(sockets=[bound])
        if not stop.is_set():
            raise Misconfigured("The dashboard ended by itself.")

    return run
