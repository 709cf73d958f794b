"""Concepts: meanings that matter to urgency, each with the words that carry it in every language that we know.

A concept is weaker than a cue: "hand" or "twice" alone says nothing. Told which concepts stand together in a text, the
learned head finds the clause that they speak of, in wording that no cue foresaw, and what it learns in one language it
knows in the others. One file a language; the concepts bear the same names in all.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from analysis.cues import CueBook
from analysis.words import Words

HERE = Path(__file__).parent


@cache
def names() -> tuple[str, ...]:
    """All concepts, in alphabetical order: the columns of `present`."""
    return tuple(sorted(_blocks()))


@cache
def _book() -> CueBook:
    return CueBook(_blocks(), {})


@cache
def _blocks() -> Mapping[str, str]:
    """Each concept's cues, of all languages together. A line `any: a b c` is a cue for each of its words, another one cue."""
    blocks: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("*.txt")):
        concept = ""
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            line = line.strip()
            if line.startswith("## "):
                concept = line[3:]
                blocks.setdefault(concept, [])
            elif line and not line.startswith("# "):
                if not concept:
                    raise ValueError(f"{path.name}:{number}: a concept's heading comes first: '## name'")
                words = line.removeprefix("any: ")
                blocks[concept] += words.split() if words != line else [line]
    return {concept: "\n".join(dict.fromkeys(cues)) for concept, cues in blocks.items()}


def present(texts: Sequence[Words]) -> NDArray[np.float32]:
    """A row for each text and a column for each concept: 0 absent, 1 present, a little more where it shows again."""
    place = _places()
    table = np.zeros((len(texts), len(place)), dtype=np.float32)
    for row, words in enumerate(texts):
        for hit in _book().find(words):
            column = place[hit.signal]
            table[row, column] = min(1.5, table[row, column] + 0.25) if table[row, column] else 1.0
    return table


@cache
def _places() -> Mapping[str, int]:
    return {name: column for column, name in enumerate(names())}
