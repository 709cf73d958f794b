"""How fast texts are judged, in turns with vaderSentiment: each figure of a new process, for new words cost most."""

import json
import random
import resource
import subprocess
import sys
import time
from collections.abc import Callable

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from analysis.analyze import analyze, as_lines
from analysis.corpus import examples
from analysis.lexicons.vader import scores
from app.analyze import loading, remembering

_TURN = 512
_GREETINGS = ("hello there", "kya hua bhai", "çok güzel", "नमस्ते भाई")


def _processor_time(work: Callable[..., object], *given: object) -> float:
    started = time.process_time()
    work(*given)
    return time.process_time() - started


def _as_the_command(lines: list[bytes]) -> None:
    with remembering():
        as_lines(analyze(lines))


def start() -> float:
    """Processor seconds of `sunwai analyze` where there is next to nothing to judge; the best of five."""
    lines = "".join([json.dumps({"id": 1, "text": text}) + "\n" for text in _GREETINGS]).encode()
    command = [sys.executable, "-m", "app.cli", "analyze", "-"]
    spent = []
    for _ in range(5):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run(command, input=lines, stdout=subprocess.DEVNULL, check=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        spent.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return min(spent)


def measure(*languages: str) -> str:
    """Texts a second through `sunwai analyze`, everything on, beside vaderSentiment and our exact VADER on the same texts:
    a third of the corpus, or of these `languages` all but the families that tell of urgent cases.

    They take turns every `_TURN` texts, for other work on the machine slows whatever runs. In the first pass most words are
    new; of the next three the best counts. As in the command, the matrices keep to one core and the garbage collector passes
    over what is loaded and remembered (`app.analyze`).
    """
    told = [example for example in examples(*languages) if example.split == "train"]
    plain = [example for example in told if not example.family.startswith(("urgent", "calm"))]
    said = [example.text for example in (plain if languages else told[::3])]
    random.Random(1).shuffle(said)
    lines = [json.dumps({"id": i, "text": text, "brand": "Northwind"}).encode() for i, text in enumerate(said)]
    reference = SentimentIntensityAnalyzer()
    with loading():
        list(
            analyze(
                [
                    json.dumps({"id": 1, "text": text})
                    for text in ("hello there", "kya hua bhai", "çok güzel", "नमस्ते भाई")
                ]
            )
        )
    passes = []
    for _ in range(4):
        spent = dict.fromkeys(("analyze", "vaderSentiment", "our VADER"), 0.0)
        for at in range(0, len(said), _TURN):
            part = slice(at, at + _TURN)
            spent["analyze"] += _processor_time(_as_the_command, lines[part])
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
