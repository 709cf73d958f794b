"""How fast texts are judged, in turns with vaderSentiment: each figure of a new process, for new words cost most."""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.analyze import BATCH, analyze, as_lines
from analysis.corpus import examples
from analysis.lexicons.vader import scores
from app.analyze import collecting_seldom

_TURN = BATCH
_GREETINGS = ("hello there", "kya hua bhai", "çok güzel", "नमस्ते भाई")


def _processor_time(work: Callable[..., object], *given: object) -> float:
    started = time.process_time()
    work(*given)
    return time.process_time() - started


def start() -> float:
    """Processor seconds of `sunwai analyze` where there is next to nothing to judge; the best of five."""
    lines = _as_lines(_GREETINGS)
    return min([_processor_time_of_command(lines) for _ in range(5)])


def posts(count: int) -> list[str]:
    """So many English posts of the corpus, or all there are."""
    return _texts("en")[:count]


def read(file: Path) -> list[str]:
    """The texts of a file as `analyze` reads it."""
    return [json.loads(line)["text"] for line in file.read_text("utf-8").splitlines()]


def command(said: Sequence[str]) -> str:
    """Texts a second through the whole command in a new process, its start included, on one core. Beside vaderSentiment,
    which has started already; the best of three, in turns."""
    lines, reference = _as_lines(said), SentimentIntensityAnalyzer()
    spent = []
    for _ in range(3):
        spent.append(
            (
                _processor_time_of_command(lines),
                _processor_time(lambda: list(map(reference.polarity_scores, said))),
            )
        )
    ours, alone = map(min, zip(*spent, strict=True))
    return f"{len(said) / ours:,.0f} texts/s of {len(said):,}, {alone / ours:.2f} of vaderSentiment"


def _processor_time_of_command(lines: bytes) -> float:
    with NamedTemporaryFile(suffix=".jsonl") as file:  # of a pipe less is read, and judged, at once
        file.write(lines)
        file.flush()
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        told = [sys.executable, "-m", "app.cli", "analyze", file.name, "--jobs", "1"]
        subprocess.run(told, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _as_lines(said: Iterable[str]) -> bytes:
    return "".join(
        [json.dumps({"id": i, "text": text, "brand": "Northwind"}) + "\n" for i, text in enumerate(said)]
    ).encode()


def _texts(*languages: str) -> list[str]:
    """A third of the corpus, or of these `languages` all but the families that tell of urgent cases, in any order."""
    told = [example for example in examples(*languages) if example.split == "train"]
    plain = [example for example in told if not example.family.startswith(("urgent", "calm"))]
    said = [example.text for example in (plain if languages else told[::3])]
    random.Random(1).shuffle(said)
    return said


def measure(*languages: str) -> str:
    """Texts a second through `sunwai analyze`, everything on, beside vaderSentiment and our exact VADER on the same texts;
    see `_texts`.

    They take turns every `_TURN` texts, for other work on the machine slows whatever runs. In the first pass most words are
    new; of the next three the best counts. As in the command, the matrices keep to one core and the garbage collector sleeps
    (`app.analyze`).
    """
    said = _texts(*languages)
    lines, reference, passes = _as_lines(said).splitlines(), SentimentIntensityAnalyzer(), []
    with collecting_seldom() as after:

        def as_the_command(some: list[bytes]) -> None:
            as_lines(analyze(some))
            after(len(some))

        as_the_command(_as_lines(_GREETINGS).splitlines())
        for _ in range(4):
            spent = dict.fromkeys(("analyze", "vaderSentiment", "our VADER"), 0.0)
            for at in range(0, len(said), _TURN):
                part = slice(at, at + _TURN)
                spent["analyze"] += _processor_time(as_the_command, lines[part])
                spent["vaderSentiment"] += _processor_time(
                    lambda some: list(map(reference.polarity_scores, some)), said[part]
                )
                spent["our VADER"] += _processor_time(scores, said[part])
            passes.append(spent)
    new, again = passes[0], min(passes[1:], key=lambda spent: spent["analyze"] / spent["vaderSentiment"])
    rates = ", ".join(f"{name} {len(said) / seconds:,.0f} texts/s" for name, seconds in again.items())
    rate, first = (spent["vaderSentiment"] / spent["analyze"] for spent in (again, new))
    ours = again["vaderSentiment"] / again["our VADER"]
    return (
        f"{rates} ({len(said):,} texts); analyze is {rate:.2f} times as fast as vaderSentiment, {first:.2f} times where "
        f"most words are new, and our VADER {ours:.1f} times"
    )
