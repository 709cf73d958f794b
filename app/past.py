"""How far the demo's past is told (`app.demo_history`), as files of its home: the first start shows it on every page."""

from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

TOLD = "history.done"
"""The past came to its end, so later starts tell none."""
_FAR = "history.day"


class Far(NamedTuple):
    """So many days of how many are told."""

    done: int
    days: int


def tell(home: Path, done: int, days: int) -> None:
    """Write down how far it is. Readers see this or what was before, never half of it."""
    half = home / f"{_FAR}.part"
    half.write_text(f"{done} {days}", encoding="ascii")
    half.replace(home / _FAR)


def end(home: Path) -> None:
    """Write down that all of it is told."""
    (home / TOLD).touch()
    (home / _FAR).unlink(missing_ok=True)


def is_told(home: Path) -> bool:
    return (home / TOLD).exists()


def how_far(home: Path) -> Far | None:
    """None where no past is being told: before it begins, and once it has ended."""
    with suppress(OSError, ValueError):
        done, days = (home / _FAR).read_text(encoding="ascii").split()
        return None if is_told(home) else Far(int(done), int(days))
    return None
