"""The supervisor restarts what dies and leaves nothing behind, however it ends."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from app.supervise import end_recorded

ROOT = Path(__file__).parents[2]
PATIENCE = 30.0


def until(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end, "it did not come about in time"
        time.sleep(0.05)


def alive(pid: int) -> bool:
    return psutil.pid_exists(pid) and psutil.Process(pid).status() != psutil.STATUS_ZOMBIE


class Run:
    """A supervisor in a process of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home
        for name in ("parent", "stubborn"):
            (home / name).unlink(missing_ok=True)
        command = [sys.executable, "-m", "tests.app.supervised", str(home)]
        self.process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline().strip()

    def pids(self) -> list[int]:
        """The programs and their child, once all of them run."""
        until(lambda: all((self.home / n).exists() and (self.home / n).read_text() for n in ("parent", "stubborn")))
        return [int(pid) for name in ("parent", "stubborn") for pid in (self.home / name).read_text().split()]


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    end_recorded(tmp_path / "processes.json")


def test_what_dies_is_started_again_without_what_it_left_behind(home: Path) -> None:
    run = Run(home)
    parent, child, _ = run.pids()
    (home / "parent").unlink()
    os.kill(parent, signal.SIGKILL)
    until(lambda: not alive(child))
    again, *_ = run.pids()
    assert again != parent
    assert "starting again" in (home / "logs" / "parent.log").read_text()
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(PATIENCE) == 0


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_everything_even_the_stubborn(home: Path, number: signal.Signals) -> None:
    run = Run(home)
    pids = run.pids()
    run.process.send_signal(number)
    assert run.process.wait(PATIENCE) == 0
    assert not any(alive(pid) for pid in pids)
    assert not (home / "lock").exists()
    assert not (home / "processes.json").exists()


def test_a_killed_supervisor_takes_everything_with_it(home: Path) -> None:
    run = Run(home)
    pids = run.pids()
    run.process.kill()
    run.process.wait()
    until(lambda: not any(alive(pid) for pid in pids))
    until(lambda: not (home / "processes.json").exists())


def test_the_next_start_recovers_even_when_the_undertaker_was_killed(home: Path) -> None:
    run = Run(home)
    pids = run.pids()
    undertakers = [p for p in psutil.Process(run.process.pid).children() if "app.undertaker" in " ".join(p.cmdline())]
    assert len(undertakers) == 1
    undertakers[0].kill()
    run.process.kill()
    run.process.wait()
    assert all(alive(pid) for pid in pids)
    second = Run(home)
    assert second.said == "running"
    assert not any(alive(pid) for pid in pids)
    fresh = second.pids()
    second.process.send_signal(signal.SIGTERM)
    assert second.process.wait(PATIENCE) == 0
    assert not any(alive(pid) for pid in fresh)


def test_a_second_start_says_so_and_disturbs_nothing(home: Path) -> None:
    run = Run(home)
    pids = run.pids()
    command = [sys.executable, "-m", "tests.app.supervised", str(home)]
    second = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert second.returncode == 1
    assert (
        second.stdout.strip() == f"It is running already (process {run.process.pid}): stop that one first, with Ctrl-C."
    )
    assert all(alive(pid) for pid in pids)
    run.process.send_signal(signal.SIGTERM)
    assert run.process.wait(PATIENCE) == 0


def test_a_number_that_was_given_to_somebody_else_is_left_alone(tmp_path: Path) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], start_new_session=True)
    record = tmp_path / "processes.json"
    record.write_text(f'[{{"session": {stranger.pid}, "started": {time.time() - 3600}}}]')
    try:
        assert end_recorded(record) == 0
        assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()
