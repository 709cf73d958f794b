"""Concepts: meanings that matter to urgency, each with the words that carry it in every language that we know.

A concept is weaker than a cue: "hand" or "twice" alone says nothing. Told which concepts stand together in a text, the
learned head finds the clause that they speak of, in wording that no cue foresaw, and what it learns in one language it
knows in the others. One file a language; the concepts bear the same names in all.
"""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

from analysis.cues import CueBook, filing
from analysis.kept import kept

HERE = Path(__file__).parent


@cache
def book() -> CueBook:
    """The concepts alone, with the words that show them; `analysis.facts` has them in one book with the cues, and counts."""
    return CueBook(filing(blocks(), {}))


@cache
def names() -> tuple[str, ...]:
    """All concepts, in alphabetical order."""
    return tuple(kept("concepts", lambda: sorted(blocks())))


def filed(name: str) -> str:
    """What a concept is called beside cues, for some have the same name."""
    return f"concept {name}"


@cache
def blocks() -> Mapping[str, str]:
    """Each concept's cues, of all languages together. A line `any: a b` is a cue for each of its words, another one cue."""
    blocks: dict[str, list[str]] = {}
    for path in sorted(HERE.glob("*.txt")):
        concept = ""
        for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
            line = line.strip()
            if line.startswith("## "):
                concept = line[3:]
                blocks.setdefault(concept, [])
            elif line.startswith("# ") and concept:
                raise ValueError(f"{path.name}:{number}: a remark stands above all concepts; a cue's number is '#1'")
            elif line and not line.startswith("# "):
                if not concept:
                    raise ValueError(f"{path.name}:{number}: a concept's heading comes first: '## name'")
                words = line.removeprefix("any: ")
                blocks[concept] += words.split() if words != line else [line]
    return {concept: "\n".join(dict.fromkeys(cues)) for concept, cues in blocks.items()}
