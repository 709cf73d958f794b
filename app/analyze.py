"""`sunwai analyze`: a file of any length through every core, in order and in constant memory.

The first lines are judged in this process: a short file is done before a second process would have started. If there are
more, workers take batches in turn. A worker lives as long as the pipe to this process does, so none is left behind
however this process ends.
"""

import gc
import os
import signal
import stat
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from types import FrameType
from typing import IO, TYPE_CHECKING, Any, NamedTuple

import click

from core.brand import Brand
from core.errors import Misconfigured, SunwaiError

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnProcess

ALONE = 2_000
"""Lines that this process judges before it asks for help: about what it can do while a worker starts."""

_CHUNK = 1 << 18  # bytes: some two thousand posts, for many are judged faster together; of a pipe less comes at a time
_COLLECTED = 1 << 15  # lines: some two seconds of judging
_HANDED = 2  # batches in a worker's hands: one to judge, one to go on with
_AHEAD = 4  # batches a worker that may wait for their turn to be written


class Batch(NamedTuple):
    """Whole lines; `first` is the number of the first, `size` what of the file has been read for them, in bytes."""

    first: int
    lines: list[bytes]
    size: int


class Judged(NamedTuple):
    """A batch as it is written: JSON lines, how many, how many of them are errors, and the bytes of the file behind them."""

    rows: bytes
    lines: int
    wrong: int
    size: int


class Source:
    """A file or a pipe, read in batches of whole lines: of a pipe what has come, so that its first lines need not wait for
    more."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._begun: list[bytes] = []  # a line of which the end has not come
        self._line = 1
        self._size = 0
        self._slow: int | None = None
        self.head = b""
        """The first line."""
        self.total: int | None = None
        """Bytes to come, where that can be known."""
        with suppress(OSError, ValueError):
            about = os.fstat(file.fileno())
            if stat.S_ISREG(about.st_mode):
                self.total = about.st_size - file.tell()
            else:
                self._slow = file.fileno()

    def read(self) -> Batch | None:
        """The next lines, none where only a part of one has come; None at the end."""
        chunk: bytes = self._file.read1(_CHUNK)  # type: ignore[attr-defined]  # every buffered reader has it
        if not chunk:
            if not self._begun:
                return None
            lines, self._begun = [b"".join(self._begun)], []
        else:
            *lines, rest = chunk.split(b"\n")
            if lines:
                lines[0] = b"".join((*self._begun, lines[0]))
                self._begun = []
            if rest:
                self._begun.append(rest)
        self._size += len(chunk)
        if lines and self._line == 1:
            self.head = lines[0]
        batch = Batch(self._line, lines, self._size if lines else 0)
        self._line += len(lines)
        self._size -= batch.size
        return batch

    @property
    def waits_on(self) -> int | None:
        """The pipe that has nothing to read yet; None where reading would not wait."""
        from multiprocessing.connection import wait

        return None if self._slow is None or wait([self._slow], 0) else self._slow


def judged(source: Source, brands: Sequence[Brand], jobs: int) -> Iterator[Judged]:
    """Judge every batch of a source, in order. Raises SunwaiError where a worker ends before its work is done."""
    with collecting_seldom() as after:
        while (batch := source.read()) is not None:
            told = _judge(batch, brands)
            after(told.lines)
            yield told
            if jobs > 1 and batch.first + len(batch.lines) > ALONE:
                break
        else:
            return
    with _crew(brands, jobs) as crew:
        yield from crew.judge(source)


def _judge(batch: Batch, brands: Sequence[Brand]) -> Judged:
    from analysis.analyze import analyze, as_lines

    return Judged(*as_lines(analyze(batch.lines, brands, batch.first)), batch.size)


@contextmanager
def collecting_seldom() -> Iterator[Callable[[int], None]]:
    """The garbage collector sleeps for as long as texts are judged. What a batch leaves behind are words, which are
    remembered, and to go through these takes a twentieth of the time of judging it. Gives what to call after each batch with
    its number of lines. What the first batch loads stays, too; after every `_COLLECTED` lines what goes round in circles is
    collected, and what is left is not gone through again."""
    gc.disable()
    first, since = True, 0

    def after(lines: int) -> None:
        nonlocal first, since
        since += lines
        if since >= _COLLECTED:
            gc.collect()
            since = 0
        if first or not since:
            gc.freeze()
        first = False

    try:
        yield after
    finally:
        gc.freeze()
        gc.enable()


# Workers -------------------------------------------------------------------------------------------------------------


def work(pipe: "Connection", brands: Sequence[Brand]) -> None:
    """A worker's life: judge what comes down the pipe, until whoever gave it work is done or gone."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that reads and writes
    given: SimpleQueue[Batch] = SimpleQueue()

    def listen() -> None:  # takes work in at once, so that neither end ever waits for the other to read
        try:
            while True:
                given.put(pipe.recv())
        except (EOFError, OSError):
            os._exit(0)

    threading.Thread(target=listen, daemon=True).start()
    with collecting_seldom() as after:
        while True:
            batch = given.get()
            try:
                answer: Judged | str = _judge(batch, brands)
            except Exception as error:
                answer = f"{type(error).__name__}: {error}"
            after(len(batch.lines))
            try:
                pipe.send(answer)
            except OSError:
                os._exit(0)


class _Worker:
    def __init__(self, brands: Sequence[Brand]) -> None:
        from multiprocessing import get_context

        context = get_context("spawn")
        self.pipe, theirs = context.Pipe()
        self.process: SpawnProcess = context.Process(target=work, args=(theirs, tuple(brands)), daemon=True)
        self.process.start()
        theirs.close()
        self.holds: list[int] = []
        """The batches in its hands, in the order in which it will answer."""

    def give(self, number: int, batch: Batch) -> None:
        try:
            self.pipe.send(batch)
        except OSError:
            raise self._ended() from None
        self.holds.append(number)

    def take(self) -> tuple[int, Judged]:
        try:
            answer: Judged | str = self.pipe.recv()
        except (EOFError, OSError):
            raise self._ended() from None
        if isinstance(answer, str):
            raise SunwaiError(f"A worker failed: {answer} (SUNWAI_DEBUG=1 --jobs 1 shows where).")
        return self.holds.pop(0), answer

    def _ended(self) -> SunwaiError:
        self.process.join(2)
        code = self.process.exitcode or 0
        how = f"was ended by signal {-code}" if code < 0 else f"ended with code {code}"
        return SunwaiError(
            f"A worker process {how} before its work was done; if memory is short, try again with fewer (--jobs 1)."
        )


class _Crew:
    def __init__(self, workers: Sequence[_Worker]) -> None:
        self._workers = workers

    def judge(self, source: Source) -> Iterator[Judged]:
        """Judge all that is left of a source. What is done is told before more is waited for."""
        done: dict[int, Judged] = {}
        batch: Batch | None = None
        given = written = 0
        ended = False
        while not ended or batch is not None or given > written:
            while written in done:
                yield done.pop(written)
                written += 1
            if batch is None and not ended and (given == written or source.waits_on is None):
                batch = source.read()
                ended = batch is None
            if batch is not None:
                free = min(self._workers, key=lambda worker: len(worker.holds))
                if not batch.lines:
                    batch = None
                elif len(free.holds) < _HANDED and given - written < _AHEAD * len(self._workers):
                    free.give(given, batch)
                    given += 1
                    batch = None
                else:
                    done |= self._gather(None)
            elif given > written:
                done |= self._gather(None if ended else source.waits_on)

    def _gather(self, pipe: int | None) -> dict[int, Judged]:
        """What the workers have finished, once there is something, or something to read from `pipe`."""
        from multiprocessing.connection import wait

        asked: dict[Any, _Worker] = {worker.pipe: worker for worker in self._workers if worker.holds}
        ready = wait([*asked, pipe] if pipe is not None else list(asked))
        return dict(asked[one].take() for one in ready if one in asked)


@contextmanager
def _crew(brands: Sequence[Brand], jobs: int) -> Iterator[_Crew]:
    workers: list[_Worker] = []
    try:
        with _deaf_to_ctrl_c():
            workers += [_Worker(brands) for _ in range(jobs)]
        yield _Crew(workers)
    finally:
        for worker in workers:
            worker.pipe.close()
        for worker in workers:
            worker.process.join(2)
            if worker.process.is_alive():
                worker.process.kill()


@contextmanager
def _deaf_to_ctrl_c() -> Iterator[None]:
    """A process that is started in here does not hear Ctrl-C, not even before it can say so itself."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


def cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if sys.platform == "linux" else os.cpu_count() or 1


# Writing -------------------------------------------------------------------------------------------------------------


class Output:
    """Where rows go, whole batches at a time. A file gets its name when it is complete; until then it is `NAME.part`, and
    stays so where the work is broken off, ending with a whole line. Standard output and pipes are written as rows come."""

    def __init__(self, name: str, *read: str | Path) -> None:
        """`read` are the files that the rows are made of. Raises Misconfigured where one would be lost while it is read."""
        self.partial: Path | None = None
        self.lines = 0
        self._size = 0
        self._aim = Path(os.path.realpath(name))
        unfinished = self._aim.with_name(f"{self._aim.name}.part")
        if name != "-" and unfinished in {Path(os.path.realpath(source)) for source in read}:
            raise Misconfigured(
                f"{unfinished.name} is read, and {name} is written there until it is complete: rename one."
            )
        self._file: IO[bytes]
        if name == "-":
            self._file = sys.stdout.buffer
        elif self._aim.exists() and not self._aim.is_file():  # a pipe or a device
            self._file = self._aim.open("wb", buffering=0)
        else:
            self.partial = unfinished
            self._file = self.partial.open("wb", buffering=0)

    def write(self, batch: Judged) -> None:
        rest = memoryview(batch.rows)
        while rest:
            rest = rest[self._file.write(rest) :]
        self._file.flush()
        self.lines += batch.lines
        self._size += len(batch.rows)

    def finish(self) -> None:
        if self.partial is not None:
            if self._aim.exists():
                self.partial.chmod(stat.S_IMODE(self._aim.stat().st_mode))
            self.partial.replace(self._aim)
            self.partial = None

    def close(self) -> None:
        if self.partial is not None:
            with suppress(OSError):
                self._file.truncate(self._size)
        if self._file is not sys.stdout.buffer:
            self._file.close()


class Patience:
    """Ctrl-C and SIGTERM wait while a batch is written, so that the output ends with a whole line; a second one does not."""

    def __init__(self) -> None:
        self._busy = False
        self._asked: int | None = None

    def __enter__(self) -> "Patience":
        self._before: dict[int, Any] = {}
        if threading.current_thread() is threading.main_thread():
            self._before = {number: signal.signal(number, self._hear) for number in (signal.SIGINT, signal.SIGTERM)}
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _hear(self, number: int, _: FrameType | None) -> None:
        if self._busy and self._asked is None:
            self._asked = number
        else:
            self._stop(number)

    @staticmethod
    def _stop(number: int) -> None:
        raise KeyboardInterrupt if number == signal.SIGINT else SystemExit(128 + number)

    @contextmanager
    def writing(self) -> Iterator[None]:
        self._busy = True
        try:
            yield
        finally:
            self._busy = False
        if self._asked is not None:
            self._stop(self._asked)


def run(source: str, output: str, brands: Sequence[Brand], jobs: int | None) -> int:
    """Judge a file; the number of lines that could not be judged. Says on stderr what a person may not have meant: a file
    without a line, or one that is no JSON Lines at all."""
    from app.terminal import one_line, progress

    try:
        file: IO[bytes] = sys.stdin.buffer if source == "-" else Path(source).open("rb")  # noqa: SIM115
    except OSError as error:
        raise Misconfigured(f"{source} cannot be read: {error.strerror}.") from None
    wrong = 0
    lines = Source(file)
    out = Output(output, source)
    try:
        with (
            Patience() as patience,
            progress("Judged", "lines", lines.total, to_terminal=output == "-") as show,
        ):
            for batch in judged(lines, brands, jobs or cores()):
                with patience.writing():
                    out.write(batch)
                wrong += batch.wrong
                show(batch.lines, batch.size)
            with patience.writing():
                out.finish()
    finally:
        out.close()
        if source != "-":
            file.close()
        if out.partial is not None and out.lines:
            click.echo(f"Broken off: {out.lines:,} lines are judged, in {out.partial.name}.", err=True)
        elif out.partial is not None:
            out.partial.unlink(missing_ok=True)
    name = "standard input" if source == "-" else one_line(source)
    if not out.lines:
        click.echo(f"Nothing was judged: {name} is empty.", err=True)
    elif wrong:
        from analysis.analyze import JSON_LINES, looks_like_csv

        if looks_like_csv(lines.head):
            click.echo(f"{name}: it looks like CSV; {JSON_LINES}.", err=True)
    return wrong
