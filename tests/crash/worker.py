"""A worker that dies at the step it is told: `python -m tests.crash.worker` reads one order a line and forks for each.

A step is a moment at which a process may be killed with something half done: before each SQL statement, before and after
each commit, before a request is sent, once it is sent but unanswered, and once its answer is read. The worker counts
them as it runs the real stages with the real clients, and sends itself SIGKILL at the one that was ordered.
"""

import http.client
import json
import os
import signal
import sys
import threading
import time
import traceback
from collections.abc import Callable
from datetime import datetime
from importlib import import_module
from typing import Any

from sqlalchemy import Engine, event

from core.settings import Environment, parse
from core.store import Store, assessments, open_store, outbox
from notifier import deliver

GIVE_UP_SECONDS = 60
LOADED_ONCE = (
    "analysis.assess",
    "analysis.triage",
    "app.pipeline",
    "connectors.ingest",
    "connectors.social.reddit",
    "connectors.social.x",
    "notifier.deliver",
)
"""Loaded before the forks, so that each starts at once."""


class Steps:
    """Counts the steps of this process and ends it, as nothing else can, at number `kill_at` (0: never)."""

    def __init__(self, kill_at: int) -> None:
        self._kill_at = kill_at
        self._lock = threading.Lock()
        self.count = 0

    def __call__(self, *_: Any) -> None:
        with self._lock:
            self.count += 1
            if self.count == self._kill_at:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch(self) -> None:
        for name in ("before_cursor_execute", "commit"):
            event.listen(Engine, name, self._on_event(name))
        for name in ("endheaders", "getresponse"):
            setattr(http.client.HTTPConnection, name, self._around(getattr(http.client.HTTPConnection, name)))

    def _on_event(self, name: str) -> Callable[..., None]:
        if name == "commit":
            return lambda connection: self()
        return lambda connection, cursor, statement, parameters, context, many: self()

    def _around(self, method: Callable[..., Any]) -> Callable[..., Any]:
        def stepped(*arguments: Any, **named: Any) -> Any:
            self()
            answer = method(*arguments, **named)
            self()
            return answer

        return stepped


def work(order: dict[str, Any]) -> None:
    """Run passes of all stages, or with `now` of the desk's, until nothing waits; then report how many steps it took."""
    from app import pipeline
    from app.opening import House
    from app.pipeline import Pass, run_once

    def desk(house: House) -> Pass:
        now, done = datetime.fromisoformat(order["now"]), Pass()
        done.attempt("chase", lambda: pipeline.chase(house, now))
        done.attempt("digest", lambda: pipeline.digest(house, now))
        done.attempt("deliver", lambda: pipeline.deliver(house, now=now))
        return done

    if one_pass := desk if "now" in order else None:
        deliver.SECONDS_A_MESSAGE = 0.0  # all that is told goes to one channel, and no trial is to wait for that
    steps = Steps(order["kill_at"])
    with House(parse(order["settings"]), Environment(order["environment"]), open_store(order["database"])) as house:
        steps.watch()
        end = time.monotonic() + GIVE_UP_SECONDS
        troubles: dict[str, Exception] = {}
        for passed in range(1000):
            troubles = (one_pass or run_once)(house).troubles
            if passed + 1 >= order["passes"] and not _waits(house.store, judged="now" in order):
                print(json.dumps({"steps": steps.count, "troubles": [str(t) for t in troubles.values()]}), flush=True)
                return
            if time.monotonic() > end:
                break
            time.sleep(0.02)
        print(json.dumps({"error": f"work still waits after {GIVE_UP_SECONDS} s: {troubles}"}), flush=True)


def _waits(store: Store, *, judged: bool) -> bool:
    with store.read() as tx:
        return (not judged and any(assessments.queue_sizes(tx).values())) or outbox.sizes(tx)["waiting"] > 0


def main() -> None:
    for module in LOADED_ONCE:
        import_module(module)
    print("ready", flush=True)
    for line in sys.stdin:
        child = os.fork()
        if child == 0:
            try:
                work(json.loads(line))
            except BaseException:
                traceback.print_exc()
                os._exit(3)
            os._exit(0)
        _, status = os.waitpid(child, 0)
        print(json.dumps({"exit": os.waitstatus_to_exitcode(status)}), flush=True)


if __name__ == "__main__":
    main()
