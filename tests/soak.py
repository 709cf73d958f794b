"""`make soak`: hundreds of crashes, on both databases. Prints what was lost, missing or shown twice, if anything was."""

import argparse
import random
import shutil
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import track

from core.store import open_store
from tests.bench.__main__ import database
from tests.conftest import Postgres
from tests.crash.world import Worker, trial


def main() -> int:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    parser.add_argument("--trials", type=int, default=200, help="crashes on each database (default %(default)s)")
    parser.add_argument("--seed", type=int, default=random.randrange(10**6), help="repeats a run")
    parser.add_argument("databases", nargs="*", default=["sqlite", "postgresql"], help="(default: %(default)s)")
    options = parser.parse_args()
    console = Console()
    pick = random.Random(options.seed)
    console.print(f"seed {options.seed}")
    worker, broken = Worker(), 0
    with tempfile.TemporaryDirectory(prefix="sunwai-soak-") as made, database("postgresql", Path(made)) as server:
        template = Path(made) / "template.db"
        open_store(f"sqlite:///{template}", migrate=True).close()
        postgres = Postgres(server)
        for name in options.databases:
            steps = 300
            for number in track(range(options.trials), description=name, console=console):
                if name == "sqlite":
                    path = Path(made) / f"{number}.db"
                    shutil.copy(template, path)
                    url = f"sqlite:///{path}"
                else:
                    url = postgres.new()
                # the first run is not killed: it tells how many steps there are
                kill_at = pick.randint(1, steps) if number else 0
                outcome = trial(worker, url, kill_at)
                if not number:
                    steps = outcome.steps
                    console.print(f"{name}: a whole run takes {steps} steps")
                if not outcome.kept:
                    broken += 1
                    console.print(f"[red]{name}, killed at step {kill_at}: {outcome}")
                if name == "postgresql":
                    postgres.drop(url)
        postgres.close()
    worker.close()
    console.print(f"{len(options.databases) * options.trials} trials, {broken} broken promises")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
