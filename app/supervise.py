"""Keeps a set of programs running: starts them, restarts what dies, and leaves nothing behind.

Each program leads a session of its own, and which sessions are ours is written down in `processes.json`. They are ended when
the supervisor stops; by its undertaker, a small process that waits for nothing but its death, when it is killed; and by the
next start, should both have been killed. It works alike on Linux and macOS.
"""

import fcntl
import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

import psutil  # type: ignore[import-untyped]

from core.errors import SunwaiError

GRACE_SECONDS = 8.0
"""How long a program may take to stop before it is killed."""
LONGEST_BACKOFF = 30.0
STEADY_SECONDS = 60.0
"""A program that ran so long is well again: its next death starts the backoff anew."""
LOG_BYTES = 10_000_000


class AlreadyRunning(SunwaiError):
    """Another supervisor works in the same home."""


@dataclass(frozen=True, slots=True)
class Program:
    """Something to keep running. It is up when `ready` says so, or at once where there is nothing to ask. What runs `once`
    is not started again when it ends."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    ready: Callable[[], bool] | None = None
    stops_first: bool = False
    nice: int = 0
    once: bool = False


@dataclass(slots=True)
class _Running:
    program: Program
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    again_at: float = 0.0


class Lock:
    """Only one supervisor at a time works in a home. The kernel lets go of it with our process, however that ends."""

    def __init__(self, home: Path) -> None:
        self._path = home / "lock"
        self._file: IO[str] | None = None

    def __enter__(self) -> "Lock":
        self._path.parent.mkdir(parents=True, exist_ok=True)
        while True:
            file = self._path.open("a+")
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                file.seek(0)
                holder = file.read().strip()
                file.close()
                raise AlreadyRunning(
                    f"It is running already{f' (process {holder})' if holder else ''}: stop that one first, with Ctrl-C."
                ) from None
            with suppress(FileNotFoundError):  # the last holder may have removed it between our open and our lock
                if os.fstat(file.fileno()).st_ino == self._path.stat().st_ino:
                    break
            file.close()
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        self._file = file
        return self

    def __exit__(self, *_: object) -> None:
        self._path.unlink(missing_ok=True)
        if self._file is not None:
            self._file.close()


class Supervisor:
    """Runs programs until it is stopped. Use it in a `with` block, inside `Lock`, from the main thread.

    `home` holds `logs/NAME.log`, one file a program with one older one beside it, and `processes.json`.
    """

    def __init__(self, home: Path, environment: Mapping[str, str], folder: Path) -> None:
        self._home, self._environment, self._folder = home, environment, folder
        self._running: dict[str, _Running] = {}
        self._ended: dict[str, int] = {}
        self._record = home / "processes.json"
        self._undertaker: subprocess.Popen[bytes] | None = None
        self.stop = threading.Event()

    def __enter__(self) -> "Supervisor":
        (self._home / "logs").mkdir(parents=True, exist_ok=True)
        end_recorded(self._record)
        self._signals = {
            number: signal.signal(number, lambda *_: self.stop.set())
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
        }
        self._undertaker = subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-m", "app.undertaker", str(self._record)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=Path(__file__).parent.parent,
            start_new_session=True,
        )
        return self

    def __exit__(self, *_: object) -> None:
        for number in self._signals:  # a second Ctrl-C must not stop us half-way
            signal.signal(number, signal.SIG_IGN)
        try:
            self._end_all()
        finally:
            if self._undertaker is not None:
                self._undertaker.kill()
                self._undertaker.wait()
            for number, handler in self._signals.items():
                signal.signal(number, handler)

    def start(self, program: Program) -> None:
        """Start a program; it is kept running from now on."""
        self._running[program.name] = _Running(program)
        self._launch(self._running[program.name])

    def runs(self, name: str) -> bool:
        """Is this program one that is kept running?"""
        return name in self._running

    def finish(self, program: Program) -> bool:
        """Run a program that ends by itself. False where it failed, or we are to stop before it ended."""
        self.start(program)
        return self.wait_for(program.name)

    def wait_for(self, name: str, meanwhile: Callable[[], object] = lambda: None) -> bool:
        """Wait for a program that was started and ends by itself. False where it failed, or we are to stop before."""
        while name in self._running and not self.stop.wait(0.1):
            self.look()
            meanwhile()
        return self._ended.get(name) == 0

    def wait_until_ready(self, names: Iterable[str], seconds: float) -> bool:
        """Wait, restarting what dies, until these are up. False when the time is up or we are to stop."""
        end = time.monotonic() + seconds
        left = [self._running[name].program for name in names]
        while not self.stop.is_set() and time.monotonic() < end:
            self.look()
            left = [program for program in left if program.ready is not None and not program.ready()]
            if not left:
                return True
            self.stop.wait(0.1)
        return False

    def run(self, every_second: Callable[[], object] = lambda: None) -> None:
        """Look after the programs until told to stop."""
        while not self.stop.is_set():
            self.look()
            every_second()
            self.stop.wait(1.0)

    def look(self) -> None:
        """Restart what has died, each after its own backoff, and keep the logs short."""
        moment = time.monotonic()
        for running in list(self._running.values()):
            if running.process is None:
                if moment >= running.again_at:
                    self._launch(running)
            elif running.process.poll() is not None:
                if running.program.once:
                    self._ended[running.program.name] = running.process.returncode
                    del self._running[running.program.name]
                else:
                    self._died(running, moment)
            self._shorten(running.program.name)

    def log_of(self, name: str) -> Path:
        return self._home / "logs" / f"{name}.log"

    def _died(self, running: _Running, moment: float) -> None:
        assert running.process is not None  # noqa: S101 - the caller looked
        end_sessions([_entry(running.process.pid, running.started)], GRACE_SECONDS)  # what it left behind
        lived = time.time() - running.started
        running.failures = 1 if lived > STEADY_SECONDS else running.failures + 1
        running.again_at = moment + min(LONGEST_BACKOFF, 2.0 ** (running.failures - 1))
        with self.log_of(running.program.name).open("a") as log:
            log.write(f"--- ended with {running.process.returncode} after {lived:.0f} s; starting again soon\n")
        running.process = None

    def _launch(self, running: _Running) -> None:
        program = running.program
        with self.log_of(program.name).open("ab") as log:
            running.process = subprocess.Popen(  # noqa: S603 - our own commands
                list(program.command),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env={**self._environment, **program.environment},
                cwd=self._folder,
                start_new_session=True,
            )
        running.started = time.time()
        if program.nice:
            with suppress(OSError):
                os.setpriority(os.PRIO_PROCESS, running.process.pid, program.nice)
        self._write_down()

    def _write_down(self) -> None:
        entries = [_entry(r.process.pid, r.started) for r in self._running.values() if r.process is not None]
        fresh = self._record.with_suffix(".new")
        fresh.write_text(json.dumps(entries))
        fresh.replace(self._record)

    def _end_all(self) -> None:
        first = [r for r in self._running.values() if r.process is not None and r.program.stops_first]
        rest = [r for r in self._running.values() if r.process is not None and not r.program.stops_first]
        for group in (first, rest):
            end_sessions([_entry(r.process.pid, r.started) for r in group if r.process], GRACE_SECONDS / 2)
        for running in (*first, *rest):
            if running.process is not None:
                running.process.wait()
        self._record.unlink(missing_ok=True)

    def _shorten(self, name: str) -> None:
        """Keep a log's last part: its program appends, so the file may be emptied under it."""
        path = self.log_of(name)
        with suppress(FileNotFoundError):
            if path.stat().st_size > LOG_BYTES:
                shutil.copyfile(path, path.with_suffix(".log.1"))
                os.truncate(path, 0)


def _entry(pid: int, started: float) -> dict[str, float]:
    return {"session": pid, "started": started}


def end_recorded(record: Path) -> int:
    """End what an earlier supervisor left running. Returns how many processes that were."""
    try:
        entries = json.loads(record.read_text())
    except (FileNotFoundError, ValueError):
        return 0
    count = end_sessions(entries, GRACE_SECONDS)
    record.unlink(missing_ok=True)
    return count


def end_sessions(entries: Sequence[Mapping[str, float]], grace: float) -> int:
    """Ask every process of these sessions to end, then make it. Returns how many were asked."""
    found = _members(entries)
    for process in found:
        with suppress(psutil.Error):
            process.terminate()
    end = time.monotonic() + grace
    left = found
    while left and time.monotonic() < end:
        _, left = psutil.wait_procs(left, timeout=0.1)
        left = [process for process in left if _alive(process)]
    for process in _members(entries):  # with those that were started meanwhile
        with suppress(psutil.Error):
            process.kill()
    return len(found)


def _members(entries: Sequence[Mapping[str, float]]) -> list[psutil.Process]:
    """The living processes of these sessions. A number that was given to somebody else since is known by its age."""
    started = {int(entry["session"]): entry["started"] for entry in entries}
    found = []
    for process in psutil.process_iter() if started else ():
        with suppress(psutil.Error, OSError):
            session = os.getsid(process.pid)
            if session not in started or not _alive(process):
                continue
            same_leader = process.pid != session or abs(process.create_time() - started[session]) < 5
            if same_leader and process.create_time() > started[session] - 5:
                found.append(process)
    return found


def _alive(process: psutil.Process) -> bool:
    try:
        return bool(process.is_running() and process.status() != psutil.STATUS_ZOMBIE)
    except psutil.Error:
        return False
