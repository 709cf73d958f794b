"""`sunwai up`: Airflow, the Slack listener and the dashboard with the team's own settings; and what the demo shares."""

import math
import os
import socket
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from app.engine import Airflow, answers
from app.opening import clock
from app.supervise import Lock, Program, Supervisor
from core.errors import Misconfigured, SunwaiError

AIRFLOW_PORT = 8808
START_SECONDS = 180.0
TRIGGERER_AFTER = 45.0
CLEAN_AFTER, CLEAN_EVERY = 3600.0, 86_400.0


def up() -> int:
    """Run everything until Ctrl-C. Returns the exit code. Raises SunwaiError for what a person must mend first."""
    from app.checking import mistakes
    from app.opening import database_url, enter, home, read
    from core.places import config_path

    settings, environment = read()
    for mistake in mistakes(settings, environment, online=False):
        raise mistake
    steps = Steps("Sunwai, with your settings")
    base = home(settings) / "up"
    with Lock(base):
        web = settings.web.port
        wanted = {"web": web, "airflow": AIRFLOW_PORT}
        ports = free_ports(wanted, fixed={"web"})
        for sentence in moved(wanted, ports):
            steps.say(f"  {sentence}")
        airflow = Airflow(base / "airflow", ports["airflow"], len(settings.sources))
        os.environ.update(airflow.environment())
        os.environ["SUNWAI_CONFIG"] = str(config_path().absolute())
        os.environ["DATABASE_URL"] = database_url(settings, environment)
        with steps("The store"), enter():
            pass
        place = f"http://{settings.web.host}:{web}"
        programs = [
            Program("web", sunwai("web"), ready=partial(answers, f"{place}/healthz")),
            Program("listener", sunwai("listen-slack")),
        ]
        return run_stack(base, airflow, programs, steps, f"{place}/")


def run_stack(
    home: Path,
    airflow: Airflow,
    programs: Sequence[Program],
    steps: "Steps",
    address: str,
    every_second: Callable[[], object] = lambda: None,
    preparation: "Preparation | None" = None,
) -> int:
    """Start the programs, the dashboard first, and Airflow, tell the address to open, and look after all of it until told
    to stop."""
    with Supervisor(home, os.environ, Path.cwd()) as supervisor:
        with suppress(_Stopped):
            if preparation is not None:
                _prepare(supervisor, airflow, programs[0], steps, preparation, address)
            _start(supervisor, airflow, programs, steps)
            steps.say(f"\n  Open {address}    Ctrl-C ends everything.\n")
            triggerer_at = time.monotonic() + TRIGGERER_AFTER
            clean_at = time.monotonic() + CLEAN_AFTER

            def look() -> None:
                nonlocal triggerer_at, clean_at
                every_second()
                if time.monotonic() > triggerer_at:
                    triggerer_at = math.inf
                    supervisor.start(airflow.triggerer())
                if time.monotonic() > clean_at:
                    clean_at += CLEAN_EVERY
                    supervisor.start(airflow.clean(clock()))

            supervisor.run(look)
        steps.say("\n  Stopping …")
    steps.say("  Everything has stopped.")
    return 0


def _start(supervisor: Supervisor, airflow: Airflow, programs: Sequence[Program], steps: "Steps") -> None:
    """Start all, and wait until there is something to see. Raises _Stopped, or SunwaiError where it takes too long."""
    for program in programs:
        if not supervisor.runs(program.name):
            supervisor.start(program)
    if airflow.must_migrate():
        with steps("Airflow's database"):
            _migrate(airflow, supervisor)
    airflow.take_up()
    parts = airflow.programs()
    with steps("Pages"):
        for program in parts:
            supervisor.start(program)
        _wait(supervisor, [p.name for p in programs if p.ready])
    with steps("Airflow"):
        _wait(supervisor, [p.name for p in parts if p.ready])


@dataclass(frozen=True, slots=True)
class Preparation:
    """Work that must be done once before Airflow runs: a program that ends, what it does, and how far it is."""

    program: Program
    what: str
    progress: Callable[[], str]


def _prepare(
    supervisor: Supervisor,
    airflow: Airflow,
    dashboard: Program,
    steps: "Steps",
    preparation: Preparation,
    address: str,
) -> None:
    """Do it beside what else takes long at a first start, while the dashboard can be looked at already."""
    supervisor.start(dashboard)
    supervisor.start(preparation.program)
    _wait(supervisor, [dashboard.name])
    steps.done("Pages", address)
    if airflow.must_migrate():
        with steps("Airflow's database"):
            _migrate(airflow, supervisor)
    name = preparation.program.name
    with steps(preparation.what) as show:
        if not supervisor.wait_for(name, lambda: show(preparation.progress())):
            if supervisor.stop.is_set():
                raise _Stopped
            raise SunwaiError(f"{preparation.what}: it failed; see {supervisor.log_of(name)}.")


class _Stopped(Exception):
    """We were asked to stop while still starting."""


def sunwai(*words: str) -> list[str]:
    return [sys.executable, "-m", "app.cli", *words]


def free_ports(wanted: Mapping[str, int], fixed: Collection[str]) -> dict[str, int]:
    """These ports, or the next free ones; those in `fixed` may not be others. Raises Misconfigured where one is taken."""
    found: dict[str, int] = {}
    for name, port in wanted.items():
        if name in fixed:
            if not _is_free(port):
                raise Misconfigured(
                    f"Port {port} is taken: stop what uses it, or choose another one for the dashboard."
                )
            found[name] = port
        else:
            spoken_for = ({*wanted.values()} - {port}) | {*found.values()}
            free = (p for p in range(port, port + 200) if p not in spoken_for and _is_free(p))
            found[name] = next(free, 0) or _none(port)
    return found


def moved(wanted: Mapping[str, int], found: Mapping[str, int]) -> Iterator[str]:
    """A sentence for each port that is not the wanted one, and why."""
    names = {"web": "the dashboard", "airflow": "Airflow"}
    for name, port in wanted.items():
        if found[name] != port:
            who = names.get(name, f"the stand-in for {name}")
            yield f"Port {port} is taken, so {who} listens on {found[name]}."


class Steps:
    """A calm list of what is done and how long it took."""

    def __init__(self, title: str) -> None:
        self._terminal = sys.stdout.isatty()
        self._began = time.monotonic()
        self.say(f"\n  {title}\n")

    @contextmanager
    def __call__(self, what: str) -> Iterator[Callable[[str], None]]:
        """A step; call what you are given with how far it is, and a terminal shows it."""
        began = time.monotonic()
        if self._terminal:
            from rich.console import Console

            with Console().status(f" {what} …") as status:
                yield lambda how_far: status.update(f" {what} … {how_far}")
        else:
            yield lambda how_far: None
        self.say(f"  ✓ {what:<45} {time.monotonic() - began:5.1f} s")

    def done(self, what: str, where: str = "") -> None:
        """Something happened by itself, so many seconds after the start."""
        self.say(f"  ✓ {what}, {time.monotonic() - self._began:.0f} s after the start{f': {where}' if where else ''}")

    def say(self, line: str) -> None:
        try:
            print(line, flush=True)  # noqa: T201 - this is what the command shows
        except OSError:
            sys.stdout = open(os.devnull, "w")  # noqa: PTH123, SIM115 - the terminal is gone; go on without it


def _wait(supervisor: Supervisor, names: Sequence[str]) -> None:
    ready = supervisor.wait_until_ready(names, START_SECONDS)
    if supervisor.stop.is_set():
        raise _Stopped
    if not ready:
        logs = ", ".join(str(supervisor.log_of(name)) for name in names)
        raise SunwaiError(f"It did not come up within {START_SECONDS:.0f} s: see {logs}.")


def _migrate(airflow: Airflow, supervisor: Supervisor) -> None:
    """Make or bring up to date Airflow's own database. Raises SunwaiError naming the log where that fails."""
    program = airflow.migrate()
    done = supervisor.finish(program)
    if supervisor.stop.is_set():
        raise _Stopped
    if not done:
        raise SunwaiError(f"Airflow's database could not be made: see {supervisor.log_of(program.name)}.")
    airflow.migrated()


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


def _none(port: int) -> int:
    raise Misconfigured(f"No port from {port} to {port + 199} is free on this machine.")
