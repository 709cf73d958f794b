"""`python -m sandbox`: the made world on this machine, until SIGTERM or Ctrl-C."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from sandbox.server import PortTaken, Sandbox

PORTS = {"x": 8811, "reddit": 8812, "mastodon": 0, "feeds": 8813, "slack": 8810, "tickets": 8815}


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m sandbox", description=__doc__)
    for name, port in PORTS.items():
        parser.add_argument(f"--{name}-port", type=int, default=port, help="default %(default)s; 0 picks a free one")
    parser.add_argument("--scenario", default="day", help="a day in sandbox/scenario, or 'none' (default %(default)s)")
    parser.add_argument("--speed", type=float, default=60.0, help="scenario seconds a second (default %(default)s)")
    parser.add_argument(
        "--calm", type=float, default=1.0, help="so many times slower once the first five hours are over"
    )
    parser.add_argument("--curtain", type=Path, help="the scenario begins once this file is there")
    parser.add_argument("--seed", type=int, default=7, help="another seed, another order of the day")
    parser.add_argument("--state", type=Path, help="file that keeps the world over a restart")
    parser.add_argument("--roomy", action="store_true", help="rate limits a hundred times the platforms' own")
    asked = parser.parse_args()

    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        sandbox = Sandbox(
            scenario=None if asked.scenario == "none" else asked.scenario,
            speed=asked.speed,
            calm=asked.calm,
            seed=asked.seed,
            curtain=asked.curtain,
            state=asked.state,
            ports={name: getattr(asked, f"{name}_port") for name in PORTS},
            limits=roomy() if asked.roomy else None,
        )
    except PortTaken as taken:
        sys.stderr.write(f"{taken}\n")
        return 1
    sandbox.start()
    places = {
        "slack": sandbox.slack_page,
        "x": sandbox.x_url,
        "reddit": sandbox.reddit_url,
        "mastodon": sandbox.mastodon_url,
        "feeds": sandbox.feeds_url,
        "tickets": sandbox.tickets_url,
    }
    sys.stdout.write("".join(f"{name}: {url}\n" for name, url in places.items()))
    sys.stdout.flush()
    stop.wait()
    sandbox.stop()
    return 0


def roomy() -> dict[str, tuple[int, int]]:
    """Limits that a demo polling every second never meets."""
    from sandbox.world import LIMITS

    return {route: (limit * 100, seconds) for route, (limit, seconds) in LIMITS.items()}


if __name__ == "__main__":
    sys.exit(main())
