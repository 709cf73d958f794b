"""Seconds from a post becoming visible to its card in Slack, under `sunwai serve` or under Airflow (`sunwai up`).

The real program, in processes of its own, against the sandbox on loopback; posts appear at random moments.
"""

import json
import os
import random
import signal
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sandbox.server import Sandbox, running

POLL_SECONDS = 1
SAID = [
    "northwind power bank {n} is swollen and smoking, what do I do",
    "somebody hacked my northwind account and spent {n} dollars just now",
    "third time I write to northwind about order {n}, nobody answers, going to consumer court",
    "northwind debited me twice again for order {n} and I cannot pay my rent",
]
TOML = """
home = "{home}"
[brands.northwind]
name = "Northwind"
[[brands.northwind.queries]]
name = "brand"
any_of = ["northwind"]
[sources.x]
poll_seconds = {poll}
searches_per_15_minutes = 100000
[departments.safety]
channel = "#safety"
topics = ["safety"]
[departments.privacy]
channel = "#privacy"
topics = ["privacy_security"]
[departments.billing]
channel = "#care-billing"
topics = ["billing"]
[slack]
triage_channel = "#triage"
ops_channel = "#ops"
[web]
port = {port}
"""


@dataclass(frozen=True)
class Result:
    """`p50`, `p95` and `worst` in seconds; `missing` cards that never came."""

    way: str
    posts: int
    missing: int
    p50: float
    p95: float
    worst: float


def measure(way: str, folder: Path, posts: int, minutes: float) -> Result:
    """`posts` at random moments within `minutes`; `way` is the command, `serve` or `up`."""
    command = [str(Path(sys.executable).with_name("sunwai")), way]
    with running(limits={"x.search": (1_000_000, 900)}) as sandbox:
        config = folder / "sunwai.toml"
        config.write_text(TOML.format(home=folder / "home", poll=POLL_SECONDS, port=_free_port()), encoding="utf-8")
        shown: dict[str, float] = {}
        sandbox.slack.watch(lambda change: _note(sandbox, shown))
        environment = {**os.environ, **sandbox.env(), "SUNWAI_CONFIG": str(config)}
        with (folder / f"{way}.log").open("wb") as log:
            process = subprocess.Popen(
                command, cwd=folder, env=environment, stdout=log, stderr=log, start_new_session=True
            )
        try:
            _warm_up(sandbox, shown, process)
            visible = _speak(sandbox, posts, minutes)
            deadline = time.monotonic() + 60
            while time.monotonic() < deadline and not visible.keys() <= shown.keys():
                time.sleep(0.1)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(timeout=60)
    waits = sorted(shown[mention] - at for mention, at in visible.items() if mention in shown)
    cuts = statistics.quantiles(waits, n=100)
    return Result(way, posts, posts - len(waits), cuts[49], cuts[94], waits[-1])


def _note(sandbox: Sandbox, shown: dict[str, float]) -> None:
    """Note when each case's card was first seen. Called under the workspace's lock, so it looks at what is there."""
    for channel in sandbox.slack.channels.values():
        for message in reversed(channel.messages.values()):
            metadata: dict[str, Any] = message.get("metadata") or {}
            mention = metadata.get("event_payload", {}).get("mention")
            if mention in shown:
                break
            if mention:
                shown[mention] = time.time()


def _warm_up(sandbox: Sandbox, shown: dict[str, float], process: "subprocess.Popen[bytes]") -> None:
    """Speak until the first card comes: the first pull of a stream never rings."""
    deadline = time.monotonic() + 180
    while not shown:
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(f"no card within 180 s (exit code {process.poll()})")
        sandbox.world.post("x", f"warm{time.time_ns()}", SAID[0].format(n=time.time_ns()))
        time.sleep(3)
    time.sleep(15)  # let the warm-up's cards drain from the channel's pace


def _speak(sandbox: Sandbox, posts: int, minutes: float) -> dict[str, float]:
    moments = sorted(random.uniform(0, minutes * 60) for _ in range(posts))
    visible: dict[str, float] = {}
    start = time.monotonic()
    for number, moment in enumerate(moments):
        time.sleep(max(0.0, start + moment - time.monotonic()))
        post = sandbox.world.post("x", f"author{number}", SAID[number % len(SAID)].format(n=number))
        visible[f"x:{post.id}"] = time.time()
    return visible


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def as_json(result: Result) -> str:
    return json.dumps(result.__dict__)
