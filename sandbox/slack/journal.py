"""What a restart needs to know, as a file with one JSON change a line."""

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any


class Journal:
    """An append-only file of changes. Each is about a `channel`, which it makes if need be, and may carry
    a `message` as it now is or the ts of one that was `deleted`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)

    def changes(self) -> Iterator[dict[str, Any]]:
        """Every change, oldest first, but for a last line whose writer was killed."""
        if not self._path.exists():
            return
        with self._path.open(encoding="utf-8", newline="\n") as lines:
            for line in lines:
                try:
                    yield json.loads(line)
                except ValueError:
                    continue

    def note(self, change: dict[str, Any]) -> None:
        with self._path.open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(change) + "\n")

    def rewrite(self, changes: Iterable[dict[str, Any]]) -> None:
        """Replace all of it at once, so that a crash leaves the old file or the new."""
        fresh = self._path.with_suffix(self._path.suffix + ".new")
        with fresh.open("w", encoding="utf-8") as journal:
            journal.writelines(json.dumps(change) + "\n" for change in changes)
        fresh.replace(self._path)
