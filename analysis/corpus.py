"""The corpus: mentions written for this project and labelled by hand, from which the learned head is trained.

`analysis/data/corpus/LANGUAGE/*.txt`, one mention a line under the heading of its scenario family:

    ## airline-lost-bag | delivery
    -c3 Third day in Lisbon without my suitcase @SkylarkAir, what are you doing about it?
    0q3 what does your tracer reference look like? is it the one with five letters

The first sign is the sentiment of the author's own words (- negative, 0 neutral, + positive), the second the intent
(c complaint, q question, r request, s suggestion, l lead, p praise, n news, o other), the third the priority, and `@billing`
after them overrides the family's department. Complaint and intent agree: c is a complaint, nothing else is.

A family is one scenario, told in many ways. Whole families go to train, dev or test, so that the test split holds scenarios
that the trainer never saw. In a family of the urgency table (urgent-CLAUSE, and calm-..., what merely looks urgent) each
line is a scenario of its own, and is split so: a clause must be learned before it can be tested.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args
from zlib import crc32

from core.assessment import Intent, Topic

HOME = Path(__file__).parent / "data" / "corpus"
LANGUAGES = ("en", "hi", "hi-Latn", "tr")

Split = Literal["train", "dev", "test"]
Genre = Literal["mention", "care", "chatter", "review"]
"""What kind of text: a mention of the urgency table, one more to a company's help desk, talk of anything, a review."""

_SENTIMENTS = {"-": "negative", "0": "neutral", "+": "positive"}
_INTENTS: dict[str, Intent] = {
    "c": "complaint",
    "q": "question",
    "r": "request",
    "s": "suggestion",
    "l": "lead",
    "p": "praise",
    "n": "news",
    "o": "other",
}
_HEADING = re.compile(r"## (?P<family>[a-z0-9-]+) \| (?P<topic>[a-z_]+)$")
_LINE = re.compile(
    r"(?P<sentiment>[-0+])(?P<intent>[cqrslpno])(?P<priority>[1-4])(?:@(?P<topic>[a-z_]+))? (?P<text>\S.*)$"
)
_TOPICS = frozenset(get_args(Topic))


@dataclass(frozen=True, slots=True)
class Example:
    """A labelled mention. `priority` is 1 to 4; `split` is that of its scenario: its family or its line; `genre` is told by
    the name of its file and family."""

    text: str
    language: str
    family: str
    scenario: str
    split: Split
    sentiment: str
    intent: Intent
    priority: int
    department: Topic
    genre: Genre = "mention"

    @property
    def is_complaint(self) -> bool:
        return self.intent == "complaint"


def split_of(scenario: str) -> Split:
    """Eight scenarios in ten train, the rest are shared by dev and test; by name, so that languages agree."""
    place = crc32(scenario.encode()) % 20
    return "train" if place < 16 else "dev" if place < 18 else "test"


def examples(*languages: str) -> Iterator[Example]:
    """The corpus of these languages, or of all. Raises ValueError that names the file and line of a slip."""
    for language in languages or LANGUAGES:
        for path in sorted((HOME / language).glob("*.txt")):
            yield from read(path, language)


def read(path: Path, language: str) -> Iterator[Example]:
    """The examples of one file."""
    family, topic, told = "", "", Counter[str]()
    for number, line in enumerate(path.read_text("utf-8").splitlines(), 1):
        line = line.rstrip()
        if not line or line.startswith("# "):
            continue
        where = f"{path.name}:{number}"
        if line.startswith("##"):
            if (heading := _HEADING.match(line)) is None:
                raise ValueError(f"{where}: a heading reads '## family-name | department', not {line!r}")
            family, topic = heading["family"], heading["topic"]
            if topic not in _TOPICS:
                raise ValueError(f"{where}: '{topic}' is no department; choose from {', '.join(sorted(_TOPICS))}")
            continue
        if (match := _LINE.match(line)) is None or not family:
            raise ValueError(f"{where}: a mention reads '-c3 text' under a heading, not {line[:60]!r}")
        department = match["topic"] or topic
        if department not in _TOPICS:
            raise ValueError(f"{where}: '{department}' is no department; choose from {', '.join(sorted(_TOPICS))}")
        told[family] += 1
        # the urgency families tell the same scenarios in all languages, in the same places
        scenario = f"{path.stem} {family} {told[family]}" if family.startswith(("urgent-", "calm-")) else family
        yield Example(
            match["text"].replace("\\n", "\n"),
            language,
            family,
            scenario,
            split_of(scenario),
            _SENTIMENTS[match["sentiment"]],
            _INTENTS[match["intent"]],
            int(match["priority"]),
            department,  # type: ignore[arg-type]  # checked above
            _genre_of(path.stem, family),
        )


def _genre_of(file: str, family: str) -> Genre:
    if file.startswith("urgent"):
        return "mention"
    if file.startswith("review") or "review" in family:
        return "review"
    return "care" if file.startswith("care") else "chatter"


if __name__ == "__main__":  # the lines of each file that break the form, and the counts of those that keep it
    for name in LANGUAGES:
        counts = Counter((e.split, e.sentiment) for e in examples(name))
        print(name, sum(counts.values()), dict(sorted(counts.items())))  # noqa: T201
