"""Every step from a text to its judgement, for `sunwai explain`: what was read, what it weighed, and what it came to.

Near a text the learned head is nearly linear: its hidden units are rectified, so each is either off there or a plain sum,
and an answer's odds are those of the whole answers that give it, each counted by how likely it is there. So the log odds of
an answer against the next likely come apart into what each word, sign and concept adds by the head's slope at that text. A
sign counts as far as it differs from what is usual. A word's share is that of the n-grams that touch it, each divided evenly
among the words that it touches.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import msgspec
import numpy as np

from analysis import concepts, head
from analysis import language as tell
from analysis.analyze import NO_TIME, subject_of
from analysis.answers import QUESTIONS, members, weighed, whole_of
from analysis.evidence import Evidence, gather, inputs
from analysis.facts import Facts, facts, shown
from analysis.floors import FLOORS
from analysis.judge import judge
from analysis.lexicons.scoring import Charged
from analysis.ngrams import CHARACTERS, PAIRS, STEM, TAIL, WHOLE, ngrams, read_of
from analysis.sentiment import mask
from analysis.tongues import TONGUES, tongue
from analysis.urgency import CUTS, QUIET, UNOWNED, filed_by_rule
from analysis.words import Words, read
from core.assessment import Assessment, Priority
from core.mention import Brand

MOST_NGRAMS = 20


@dataclass(frozen=True, slots=True)
class Weighed:
    """What something adds to an answer, in log odds: over 0 it speaks for it, under 0 against."""

    name: str
    weight: float


@dataclass(frozen=True, slots=True)
class Answer:
    """The learned head's answer to one question, `task`. `words`, `signs` and `rest` sum to the log odds of `label` against
    `runner_up`; `ngrams` are what `words` is made of."""

    task: str
    label: str
    runner_up: str
    odds: dict[str, float]
    words: tuple[Weighed, ...]
    ngrams: tuple[Weighed, ...]
    signs: tuple[Weighed, ...]
    rest: float


@dataclass(frozen=True, slots=True)
class Lexical:
    """A charged word: its valence as listed and as it counts where it stands, and what made the difference."""

    text: str
    valence: float
    counts: float
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What `explain` tells, in the order in which it comes about."""

    text: str
    masked: str
    language: str
    why_language: str
    tokens: tuple[str, ...]
    lexicon: tuple[Lexical, ...]
    lexicon_score: float
    cues: dict[str, str]
    dropped: tuple[str, ...]
    days: float
    dollars: float
    concepts: dict[str, str]
    answers: tuple[Answer, ...]
    complaint: float
    floors: tuple[str, ...]
    cuts: dict[str, float]
    why_department: str
    judged: Assessment

    def as_json(self) -> dict[str, Any]:
        """Plain values for machines, with the heaviest n-grams alone."""
        told = asdict(self)
        for answer in told["answers"]:
            answer["ngrams"] = answer["ngrams"][:MOST_NGRAMS]
        one = self.judged
        told["judged"] = {
            "sentiment": msgspec.structs.asdict(one.sentiment),
            "is_complaint": one.is_complaint,
            "intent": one.intent,
            "urgency": {
                "priority": one.urgency.priority.name,
                "score": one.urgency.score,
                "reasons": [msgspec.structs.asdict(reason) for reason in one.urgency.reasons],
            },
            "department": one.department,
            "needs_review": one.needs_review,
            "version": one.version,
        }
        return told


def explain(
    text: str, brands: Sequence[Brand] = (), brand: str | None = None, followers: int | None = None, hint: str = ""
) -> Reading:
    """Judge one text as `sunwai analyze` does, and tell every step. `hint` is a platform's guess of the language."""
    asked = subject_of({"id": "", "text": text, "brand": brand, "author_followers": followers, "lang": hint}, brands)
    [judged] = judge([asked], NO_TIME)
    words, masked = read(text, asked.brand), mask(text, asked.brand)
    found, score = facts(words), 0.0
    lexicon: tuple[Lexical, ...] = ()
    answers: tuple[Answer, ...] = ()
    if judged.language in TONGUES:
        evidence = gather(text, judged.language, words, masked)
        found, score = evidence.facts, evidence.feeling.score
        lexicon = tuple(_lexical(one) for one in evidence.feeling.charged)
        answers = _answers(evidence, asked.brand is not None)
    floors = _floors(judged)
    return Reading(
        text,
        masked,
        judged.language,
        _why_language(text, hint, words, judged.language),
        words.tokens,
        lexicon,
        score,
        {signal: shown(hits) for signal, hits in sorted(found.hits.items())},
        tuple(sorted(found.dropped)),
        found.days,
        found.dollars,
        _concepts(words),
        answers,
        judged.details.get("complaint", 0.0),
        floors,
        {priority.name: cut for priority, cut in CUTS.items()},
        _why_department(judged, floors, answers, found),
        judged,
    )


# The learned head ----------------------------------------------------------------------------------------------------


def _answers(evidence: Evidence, of_brand: bool) -> tuple[Answer, ...]:
    stack, reader = head.stack(), head.reader(tongue(evidence.language).family)
    table = inputs([evidence], reader.logits([evidence.spelled]))
    wholes = weighed(stack, table, np.array([of_brand]))
    parts = list(ngram_logits(reader, evidence.spelled))
    return tuple(
        _answer(question, stack, table[0], wholes[whole_of(question)][0], reader, parts) for question in QUESTIONS
    )


def _answer(
    question: str,
    stack: head.Stack,
    table: head.Floats,
    wholes: head.Floats,
    reader: head.Reader,
    parts: Sequence[tuple[str, tuple[str, ...], head.Floats]],
) -> Answer:
    """Of one question, from the probabilities of the `wholes` that answer it."""
    labels = QUESTIONS[question]
    shares = wholes[:, None] * members(stack.labels[whole_of(question)], question)
    odds = shares.sum(axis=0)
    best, second = (int(i) for i in np.argsort(-odds, kind="stable")[:2])
    counts = shares / np.maximum(odds, 1e-30)
    contrast = slope(stack, whole_of(question), table) @ (counts[:, best] - counts[:, second])
    width = len(reader.bias)  # the readers' logits are the first columns of the table
    words: dict[str, float] = defaultdict(float)
    runs: dict[str, float] = defaultdict(float)
    for run, touched, logits in parts:
        weight = float(logits @ contrast[:width])
        runs[run] += weight
        for word in touched:
            words[word] += weight / len(touched)
    unusual = (table - stack.usual) * contrast
    signs = {stack.inputs[i]: float(unusual[i]) for i in range(width, len(table)) if table[i]}
    total = float(np.log(max(odds[best], 1e-30)) - np.log(max(odds[second], 1e-30)))
    return Answer(
        question,
        labels[best],
        labels[second],
        {label: round(float(p), 4) for label, p in zip(labels, odds, strict=True)},
        _heaviest(words),
        _heaviest(runs),
        _heaviest(signs),
        total - sum(words.values()) - sum(signs.values()),
    )


def slope(stack: head.Stack, whole: str, row: head.Floats) -> head.Floats:
    """What each input adds a unit to each whole answer's logit near this row (inputs x answers)."""
    on = row @ stack.hidden + stack.hidden_bias > 0
    found: head.Floats = stack.hidden[:, on] @ stack.weights[whole][on]
    return found


def _heaviest(found: dict[str, float]) -> tuple[Weighed, ...]:
    told = [Weighed(name, weight) for name, weight in found.items()]
    return tuple(sorted(told, key=lambda one: (-abs(one.weight), one.name)))


def ngram_logits(reader: head.Reader, words: Sequence[str]) -> Iterator[tuple[str, tuple[str, ...], head.Floats]]:
    """Each n-gram of a text's words that a reader knows, the words that it touches, and what it adds to the reader's logits:
    they sum to `reader.logits([words])` less its bias."""
    hashes, _ = ngrams([words], reader.paired)
    slots = reader.slots(hashes)
    rows = reader.rows[slots]
    length = np.sqrt(max(float(rows[:, -1].sum()), 1e-6))
    for (run, touched), slot, row in zip(_named(read_of(words), reader.paired), slots, rows, strict=True):
        if slot:
            yield run, touched, (row[:-1] / length).astype(np.float32)


def _named(said: Sequence[str], paired: bool = True) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The n-grams of `analysis.ngrams` as people can read them, in its order, with the words that each touches: "_" is where
    a word begins or ends, "*" any letters, and "..." a word between."""
    for n in CHARACTERS:
        for word in said:
            for i in range(len(word) + 3 - n):
                yield f"_{word}_"[i : i + n], (word,)
    yield from ((word, (word,)) for word in said if word)
    for i, word in enumerate(said if paired else ()):
        for first, second, by in PAIRS:
            if i + by < len(said):
                between = " ... " if by > 1 else " "
                yield f"{_told_by(word, first)}{between}{_told_by(said[i + by], second)}", (word, said[i + by])


def _told_by(word: str, part: int) -> str:
    """What of a word a pair has; see `analysis.ngrams`."""
    if part == WHOLE:
        return word
    if part == TAIL:
        return f"*{f'_{word}'[-2:]}"
    return f"{f'{word}__'[: 3 if part == STEM else 2]}*"


# The rest ------------------------------------------------------------------------------------------------------------


def _lexical(one: Charged) -> Lexical:
    ratio = one.counts / one.valence if one.valence else 1.0
    why = "turned round" if ratio < 0 else "stronger" if ratio > 1.005 else "weaker" if ratio < 0.995 else ""
    return Lexical(one.text, one.valence, one.counts, why)


def _concepts(words: Words) -> dict[str, str]:
    found: dict[str, list[str]] = defaultdict(list)
    for hit in concepts.book().find(words):
        found[hit.signal].append(hit.text)
    return {name: "; ".join(dict.fromkeys(texts)) for name, texts in sorted(found.items())}


def _floors(judged: Assessment) -> tuple[str, ...]:
    names = {floor.name for floor in FLOORS}
    return tuple(reason.signal for reason in judged.urgency.reasons if reason.signal in names)


def _why_language(text: str, hint: str, words: Words, code: str) -> str:
    """What decided the language, in a sentence."""
    said = tell.telling(words)
    told = f"; the platform's hint is {hint}" if hint else ""
    if not said:
        return "there is no word to tell it by"
    if tell._DEVANAGARI.search(text) and code in tell._SMALL_WORDS:
        small = dict.fromkeys(word for word in words.tokens if word in tell._SMALL_WORDS[code])
        return "it is written in Devanagari" + (f", and says {', '.join(small)}" if small else "")
    label, sure = tell._ask_model(tell._plain(text))
    general = f"fastText says {label}, {sure:.0%} sure"
    if not any("a" <= word[0] <= "z" for word in said):
        return general + told
    reader = head.reader("language")
    odds = tell._odds([words])[0][0]
    answers = ", ".join(
        f"{name} {p:.0%}" for p, name in sorted(zip(odds, tell.DETECTED, strict=True), reverse=True) if p >= 0.01
    )
    because = ""
    if code in tell.DETECTED:
        column = tell.DETECTED.index(code)
        weights: dict[str, float] = defaultdict(float)
        for _, touched, logits in ngram_logits(reader, said):
            for word in touched:
                weights[word] += float(logits[column] - np.delete(logits, column).max()) / len(touched)
        best = [one.name for one in _heaviest(weights) if one.weight > 0][:5]
        because = f", mostly for {', '.join(best)}" if best else ""
    return f"our detector says {answers}{because}; {general}{told}"


def _why_department(judged: Assessment, floors: Sequence[str], answers: Sequence[Answer], found: Facts) -> str:
    owner = next((floor.name for floor in FLOORS if floor.name in floors and floor.topic == judged.department), None)
    if owner is not None:
        return f"the floor {owner} is theirs"
    priority = judged.urgency.priority
    quiet = next((reason.signal for reason in judged.urgency.reasons if reason.signal in QUIET), "")
    if (ruled := filed_by_rule(priority, judged.intent, quiet, judged.details["complaint"])) is not None:
        return ruled[1]
    odds = next((answer.odds for answer in answers if answer.task == "department"), None)
    if odds is not None:
        able = [(topic, p) for topic, p in odds.items() if priority is Priority.P4 or topic not in UNOWNED]
        likely = sorted(able, key=lambda one: -one[1])[:3]
        return "the learned head says " + ", ".join(f"{topic} {p:.0%}" for topic, p in likely)
    return f"of the words: {shown(found.hits.get(judged.department, ())) or 'none speaks of another'}"
