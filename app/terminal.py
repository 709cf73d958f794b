"""What the commands share: opening the house, stopping cleanly, and saying what was done to a person or to a machine."""

import json
import os
import re
import stat
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from threading import Event

    from app.opening import House
    from app.pipeline import Pass


def one_line(said: object) -> str:
    """Words on one line, without what could steer a terminal. An error without words is told by its kind."""
    words = "".join(c if c.isprintable() else " " for c in str(said).strip())
    return words or (type(said).__name__ if isinstance(said, BaseException) else "")


def standard_input() -> str:
    """All of it, as text. Raises BadRecord where it is not UTF-8."""
    from core.errors import BadRecord

    try:
        return sys.stdin.buffer.read().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadRecord("Standard input is not UTF-8.") from None


class NewFile(click.Path):
    """The name of a file to write, or - for standard output. Its folder must be there."""

    def __init__(self) -> None:
        super().__init__(allow_dash=True, dir_okay=False)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        name = str(super().convert(value, param, ctx))
        folder = Path(name).parent
        if name != "-" and not folder.is_dir():
            self.fail(f"There is no folder '{one_line(folder)}' to write into.", param, ctx)
        return name


def not_over(output: str, *read: str | Path) -> None:
    """Raises UsageError where the file to write is one of those that are read, by whatever name; - is a standard stream."""
    aim = _about(output, sys.stdout)
    for source in read:
        found = _about(str(source), sys.stdin)
        if aim and found and stat.S_ISREG(found.st_mode) and os.path.samestat(aim, found):
            name = next((name for name in (output, str(source)) if name != "-"), "standard input")
            raise click.UsageError(
                f"{one_line(name)} is read, and would be lost by writing over it: name another file with -o."
            )


def _about(name: str, stream: IO[str]) -> os.stat_result | None:
    """What the system knows of a file; None where there is none."""
    with suppress(OSError, ValueError):
        return os.fstat(stream.fileno()) if name == "-" else Path(name).stat()
    return None


@contextmanager
def new_file(name: str) -> Iterator[IO[bytes]]:
    """A file to write. It bears its name once it is whole: until then, and where the work fails, the one of before stays."""
    aim = Path(os.path.realpath(name))
    if aim.exists() and not aim.is_file():  # a pipe or a device
        with aim.open("wb") as file:
            yield file
        return
    part = aim.with_name(f"{aim.name}.part")
    try:
        with part.open("wb") as file:
            if aim.exists():
                part.chmod(stat.S_IMODE(aim.stat().st_mode))
            yield file
        part.replace(aim)
    finally:
        part.unlink(missing_ok=True)


def failure(error: Exception) -> str:
    """An error that nobody foresaw, on one line: what the machine or the database says of it, else its kind too."""
    if isinstance(error, OSError) and error.strerror:
        return one_line(f"{error.filename}: {error.strerror}" if error.filename else error.strerror)
    said = getattr(error, "orig", None)  # what the database itself said
    return (
        f"The database failed: {one_line(said)}" if said is not None else f"{type(error).__name__}: {one_line(error)}"
    )


@contextmanager
def opened(migrate: bool | None = None) -> Iterator["House"]:
    """The house, for the length of a command."""
    from app.opening import enter

    log_to_stderr()
    with enter(migrate=migrate) as house:
        yield house


def one_stage(doing: str, stage: Callable[["House"], Mapping[str, int]], as_json: bool) -> None:
    with opened() as house:
        with working(doing):
            counts = stage(house)
        tell(counts, as_json)


def log_to_stderr(running: bool = False) -> None:
    """Errors as plain lines; for what runs on, also warnings and notes, each with its time. (A command that ends says by
    itself what went wrong.)"""
    import logging

    times = logging.Formatter()

    class OneLine(logging.Handler):
        """A log line stays one line, whatever a stranger wrote into it."""

        def emit(self, record: logging.LogRecord) -> None:
            lead = f"{times.formatTime(record)} {record.levelname[0]} {record.name}: " if running else ""
            trace = f"\n{times.formatException(record.exc_info)}" if running and record.exc_info else ""
            click.echo(f"{lead}{one_line(record.getMessage())}{trace}", err=True)

    logging.basicConfig(handlers=[OneLine()], level=logging.WARNING if running else logging.ERROR)
    if running:
        for name in ("sunwai", "app", "connectors", "analysis", "notifier"):
            logging.getLogger(name).setLevel(logging.INFO)


@contextmanager
def stop_on_signals() -> Iterator["Event"]:
    """An event that Ctrl-C and SIGTERM set. A second Ctrl-C ends the process at once."""
    import signal
    import threading

    stop = threading.Event()

    def ask(number: int, _: object) -> None:
        if stop.is_set() and number == signal.SIGINT:
            raise KeyboardInterrupt
        stop.set()

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def working(doing: str) -> AbstractContextManager[object]:
    """A sign of life on a terminal; nothing elsewhere."""
    if not sys.stderr.isatty():
        return nullcontext()
    from rich.console import Console

    return Console(stderr=True).status(f"{doing} …")


class Count:
    """Shows on a terminal how many are done."""

    def __init__(self, show: Callable[[int], None] | None) -> None:
        self.done = 0
        self._show = show

    def __call__(self, more: int) -> None:
        self.total(self.done + more)

    def total(self, done: int) -> None:
        self.done = done
        if self._show is not None and done % 100 == 0:
            self._show(done)


@contextmanager
def counter(word: str) -> Iterator[Count]:
    if not sys.stderr.isatty():
        yield Count(None)
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{word} 0 …") as shown:
        yield Count(lambda done: shown.update(f"{word} {done:,} …"))


@contextmanager
def progress(
    word: str, things: str, total: int | None, to_terminal: bool = False
) -> Iterator[Callable[[int, int], None]]:
    """Shows on a terminal how many things are done, how fast, and how long the rest of `total` bytes will take; without a
    total, how many and how fast. Takes how many more are done and the bytes behind them. Nothing elsewhere, nor where
    the rows themselves go to the terminal."""
    if not sys.stderr.isatty() or (to_terminal and sys.stdout.isatty()):
        yield lambda more, size: None
        return
    import time

    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, SpinnerColumn, TextColumn, TimeRemainingColumn

    columns = (SpinnerColumn(), TextColumn("{task.description}")) + (
        (BarColumn(), DownloadColumn(), TimeRemainingColumn()) if total is not None else ()
    )
    begun = time.monotonic()
    done = 0
    with Progress(*columns, console=Console(stderr=True), transient=True, redirect_stdout=False) as shown:
        task = shown.add_task(f"{word} …", total=total)

        def show(more: int, size: int) -> None:
            nonlocal done
            done += more
            rate = done / max(time.monotonic() - begun, 1e-3)
            shown.update(task, advance=size, description=f"{word} {done:,} {things}, {rate:,.0f} a second")

        yield show


def tell(counts: Mapping[str, int], as_json: bool) -> None:
    click.echo(json.dumps(dict(counts)) if as_json else in_words(counts))


def tell_pass(done: "Pass", as_json: bool) -> None:
    """What each stage did; what went wrong is under `errors` in JSON, and on stderr for people."""
    if as_json:
        errors = {stage: one_line(error) for stage, error in done.troubles.items()}
        click.echo(json.dumps({**done.as_dict(), **({"errors": errors} if errors else {})}, ensure_ascii=False))
        return
    for stage, counts in done.counts.items():
        click.echo(f"{stage + ':':10} {in_words(counts)}")


def in_words(counts: Mapping[str, int]) -> str:
    said = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in counts.items() if number)
    return said or "nothing to do"


def tell_import(imported: Any, file: Path, as_json: bool) -> None:
    for reason in imported.reasons:
        click.echo(f"{file}: {one_line(reason)}", err=True)
    tell({"saved": imported.saved, "rejected": imported.rejected}, as_json)


def tell_dry_run(rows: list[dict[str, Any]], as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False, default=str))
        return
    for row in rows:
        click.echo("  ".join(one_line(value) for value in row.values()))
    click.echo(f"{len(rows)} would ring.", err=True)


def tell_digests(rows: list[dict[str, Any]], as_json: bool) -> None:
    """Messages for Slack as they read there, without its markup."""
    import html

    if as_json:
        click.echo(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        click.echo(f"{one_line(row['channel'])}:")
        for block in row["message"]["blocks"]:
            text = (block.get("text") or block["elements"][0])["text"]
            linked = re.sub(r"<(https?://[^|>]*)\|([^>]*)>", r"\2 (\1)", text)
            for line in html.unescape(linked.replace("*", "")).splitlines():
                click.echo(f"  {one_line(line)}")
        click.echo("")
    click.echo(f"{len(rows)} {'digest' if len(rows) == 1 else 'digests'} would be told.", err=True)


def note_sources(house: "House") -> None:
    """Say which sources wait for a platform that is busy or down. They try again by themselves, so it is no failure."""
    from core.store import cursors

    with house.store.read() as tx:
        waiting = [state for state in cursors.states(tx) if state.error_kind == "retry_later"]
    for state in waiting:
        click.echo(f"{state.source}: {one_line(state.last_error or '')}", err=True)


def complain_of_channels(house: "House") -> None:
    """Raise Misconfigured where a channel of the settings could not be posted to."""
    from core.errors import Misconfigured
    from core.store import health

    used = {house.settings.slack.triage_channel, house.settings.slack.ops_channel}
    used |= {table.channel for table in house.settings.departments.values()}
    with house.store.read() as tx:
        raised = [alarm for alarm in health.raised(tx) if alarm["name"].removeprefix("channel:") in used]
    if raised:
        raise Misconfigured(f"{raised[0]['detail']}: correct its name in the settings, or invite the bot to it.")
