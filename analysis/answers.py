"""What the learned head answers to each question, out of what it answers as a whole.

A priority, an intent and a department hang together: a hazard is P1 and for safety, praise is nobody's. So the second layer
chooses among whole answers ("mention P1 complaint safety"), and how likely a complaint is, is how likely all those with a
complaint are together. Each also says of which genre of text it is, for the genres differ in what is common: most chatter
wants nothing, most who write to a brand want something. So the odds of a genre can be set right by where texts come from.
"""

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from analysis.head import Floats, Stack
from analysis.sentiment import LABELS as SENTIMENTS
from analysis.urgency import INTENTS, TOPICS

QUESTIONS: Mapping[str, tuple[str, ...]] = {
    "sentiment": SENTIMENTS,
    "complaint": ("no", "yes"),
    "priority": ("P1", "P2", "later"),
    "intent": INTENTS,
    "department": TOPICS,
}
"""Each question with its answers."""

MOOD, CASE = "mood", "case"
"""The two wholes: "GENRE SENTIMENT", and "GENRE PRIORITY INTENT DEPARTMENT"."""

MENTION = "mention"
"""The genre of what is written to or about a brand, as the urgency table has it."""

CHATTER_OF_BRAND, CHATTER = 0.1, 0.7
"""How common other genres are beside what they are in the corpus, when a case is judged: among texts that were found because
they name a brand, and in any file of texts."""

MENTIONS_MOOD = 0.15
"""How common the genre of mentions is beside what it is in the corpus, when a mood is judged: half of the corpus tells of
dangers and damage, which is more than anybody hears."""


def whole_of(question: str) -> str:
    """The whole that answers a question."""
    return MOOD if question == "sentiment" else CASE


def weighed(stack: Stack, table: Floats, of_brand: NDArray[np.bool_]) -> dict[str, Floats]:
    """The probabilities of the whole answers, a row for each row of inputs; `of_brand` tells of each whether it was found
    because it names a brand."""
    found = stack.logits(table)
    for whole, odds in found.items():
        odds += _how_common(stack.labels[whole], whole).take(of_brand, axis=0)
        odds -= odds.max(axis=1, keepdims=True)
        np.exp(odds, out=odds)
        odds /= odds.sum(axis=1, keepdims=True)
    return found


def answered(stack: Stack, table: Floats, of_brand: NDArray[np.bool_]) -> dict[str, Floats]:
    """The probabilities of each question's answers, a row for each row of inputs."""
    wholes = weighed(stack, table, of_brand)
    return {
        question: wholes[whole] @ members(stack.labels[whole], question)
        for question in QUESTIONS
        if (whole := whole_of(question))
    }


@cache
def members(labels: tuple[str, ...], question: str) -> Floats:
    """Which whole answers (rows) give which answer to a question (columns): 1 or 0."""
    answers = QUESTIONS[question]
    told = [answers.index(_part(label, question)) for label in labels]
    return np.eye(len(answers), dtype=np.float32)[told]


def _part(label: str, question: str) -> str:
    _, *parts = label.split(" ")
    if question == "complaint":
        return "yes" if parts[1] == "complaint" else "no"
    return parts[("priority", "intent", "department").index(question)] if question != "sentiment" else parts[0]


@cache
def _how_common(labels: Sequence[str], whole: str) -> Floats:
    """What is added to the logit of each whole answer, in a text that names no brand (first row) and in one that does."""
    mention = np.array([label.split(" ")[0] == MENTION for label in labels])
    if whole == MOOD:
        shares = np.where(mention, MENTIONS_MOOD, 1.0)[None, :].repeat(2, axis=0)
    else:
        shares = np.where(mention, 1.0, [[CHATTER], [CHATTER_OF_BRAND]])
    return np.log(shares).astype(np.float32)
