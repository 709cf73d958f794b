"""What Slack was told that we have, while it is not done yet: should the listener die, whoever asked for it is told.

One file a listener, locked while it lives: a line for each promise, another once it is kept. It names people, channels and
cases by their ids, and holds no words of anybody. Not in the database, for it is the database that promises are made for.
"""

import fcntl
import json
import logging
import threading
import uuid
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

log = logging.getLogger("sunwai.listener")


@dataclass(frozen=True, slots=True)
class Promise:
    """Who asked for what, where: ids of a user and of a channel (empty in forms and on the Home tab), an `action_id`, a
    `callback_id` or a command, and the case, 0 where it is about none."""

    user: str
    channel: str
    what: str
    case: int = 0


class Promises:
    """This listener's promises, and the eye on those of the dead."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._path = folder / f"{uuid.uuid4()}.jsonl" if folder is not None else None
        self._file: IO[str] | None = None
        self._open: set[int] = set()
        self._given = 0
        self._lock = threading.Lock()

    def give(self, promise: Promise) -> int | None:
        """Write a promise down. Returns its number, or None where it cannot be written: then nothing is promised."""
        with self._lock:
            number = self._given + 1
            if not self._write({"number": number, **asdict(promise)}):
                return None
            self._given = number
            self._open.add(number)
            return number

    def kept(self, number: int) -> None:
        """It is done, whatever came of it."""
        with self._lock:
            self._open.discard(number)
            if self._file is not None and not self._open:
                self._file.truncate(0)
            else:
                self._write({"kept": number})

    def close(self) -> None:
        """Leave nothing behind, unless something is not done."""
        with self._lock:
            if self._file is not None and self._path is not None:
                if not self._open:
                    self._path.unlink(missing_ok=True)
                self._file.close()
                self._file = None

    def tell_of_the_dead(self, tell: Callable[[Promise], bool]) -> None:
        """Hand what dead listeners left to `tell`, which says whether the person heard; what they did not hear is kept for
        the next time."""
        for path in sorted(self._folder.glob("*.jsonl")) if self._folder is not None else ():
            try:
                with path.open("r+", encoding="utf-8") as file:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    left = [promise for promise in _left(file.read()) if not tell(promise)]
                    file.seek(0)
                    file.truncate()
                    file.writelines(
                        json.dumps({"number": n, **asdict(promise)}) + "\n" for n, promise in enumerate(left)
                    )
                    if not left:
                        path.unlink()
            except OSError:  # it lives, or another listener tells
                continue

    def _write(self, line: dict[str, object]) -> bool:
        try:
            if self._file is None:
                self._file = self._mine()
            self._file.write(json.dumps(line) + "\n")
            self._file.flush()
        except OSError as error:
            log.warning("what is promised to those who press cannot be written down: %s", error.strerror)
            return False
        return True

    def _mine(self) -> IO[str]:
        if self._path is None:
            raise OSError(0, "no folder is named for it")
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = self._path.open("a", encoding="utf-8")
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return file


def _left(text: str) -> list[Promise]:
    """The promises of a file that were not kept. A line that was cut off was never acknowledged."""
    found: dict[int, Promise] = {}
    for line in text.splitlines():
        try:
            told = json.loads(line)
            if "kept" in told:
                found.pop(told["kept"], None)
            else:
                number = told.pop("number")
                found[number] = Promise(**told)
        except (ValueError, TypeError, KeyError, AttributeError):
            continue
    return list(found.values())
