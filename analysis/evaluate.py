"""How far our judgement agrees with what people say of the same texts: the figures of `sunwai evaluate`.

All figures come from tables of counts, what a person said by what we said. A plain share of texts has Wilson's 95% interval
(1927), which has a width even where the share is 0 or 1. That of macro figures and F1 holds 95 of 100 bootstrap samples over
texts (Efron 1979); to draw texts anew is to draw such a table from a multinomial, so it costs no second judging. Where all
samples agree, as when nothing is wrong, it too is Wilson's, on as many texts.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.analyze import JSON_LINES, NO_TIME, looks_like_csv, read_row, subject_of
from analysis.judge import Subject, judge
from analysis.metrics import share
from core.assessment import Assessment, Intent, Topic
from core.errors import BadRecord
from core.mention import Brand

BATCH = 256
SAMPLES = 2_000
SEED = 2026
SENTIMENTS = ("negative", "neutral", "positive")
PRIORITIES = ("P1", "P2", "P3", "P4")
CORPUS_BRAND = Brand("northwind", "Northwind", ("Northwind", "नॉर्थविंड", "नार्थविंड"))
"""The brand that the mentions of the corpus speak of."""

Counts = NDArray[np.float64]  # (..., what is right, what we said)
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Gold:
    """A text and what a person says of it. A task that `right` does not name was not judged by that person; its keys are
    those of `TASKS`."""

    id: str
    subject: Subject
    right: Mapping[str, str]


# Reading -------------------------------------------------------------------------------------------------------------


def read_gold(lines: Iterable[bytes | str], brands: Sequence[Brand] = ()) -> list[Gold]:
    """Texts with their labels, a JSON object a line: what `sunwai analyze` takes, and any of the labels.

    `label` or `sentiment`, `language` or `lang_gold`, `is_complaint`, `priority`, `department`, `intent`. Raises BadRecord,
    naming the line, for what cannot be read: a figure over some of the lines would pass for one over all.
    """
    found = []
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        row = read_row(line, number)
        if "error" in row and number == 1 and looks_like_csv(line if isinstance(line, bytes) else line.encode()):
            raise BadRecord(f"it looks like CSV; {JSON_LINES}")
        if "error" in row:
            raise BadRecord(row["error"] if row["id"] is None else f"line {number}: {row['error']}")
        try:
            right = {task: label for task, read in _LABELS.items() if (label := read(row)) is not None}
        except ValueError as error:
            raise BadRecord(f"line {number}: {error}") from None
        found.append(Gold(str(row["id"]), subject_of(row, brands), right))
    return found


def corpus_gold(split: str, languages: Sequence[str] = ()) -> list[Gold]:
    """A split of the project's own corpus: the mentions of the urgency table as those of `CORPUS_BRAND`, all other talk as
    of no brand. Its department counts where a team has something to do, from P1 to P3."""
    from analysis.corpus import examples

    found = []
    for number, one in enumerate(examples(*languages), 1):
        if one.split == split:
            id = f"{one.language}/{one.scenario}/{number}"
            right = {
                "sentiment": one.sentiment,
                "language": one.language,
                "complaint": "yes" if one.is_complaint else "no",
                "priority": f"P{one.priority}",
                "intent": one.intent,
            }
            if one.priority <= 3:
                right["department"] = one.department
            brand = CORPUS_BRAND if one.genre == "mention" else None
            found.append(Gold(id, Subject(id, one.text, brand), right))
    return found


def _one_of(names: Sequence[str], allowed: Sequence[str]) -> Callable[[Mapping[str, Any]], str | None]:
    def label(row: Mapping[str, Any]) -> str | None:
        name = next((name for name in names if row.get(name) is not None), None)
        if name is None:
            return None
        told = row[name]
        # a row that `sunwai analyze` wrote, corrected by hand, is read as well
        told = told.get("label") if name == "sentiment" and isinstance(told, dict) else told
        if not isinstance(told, str) or told.strip().lower() not in allowed:
            raise ValueError(f"'{name}' is one of {', '.join(allowed)}; it is {json.dumps(told)[:60]}")
        return told.strip().lower()

    return label


def _language(row: Mapping[str, Any]) -> str | None:
    told = next((row[name] for name in ("language", "lang_gold") if row.get(name) is not None), None)
    if told is None:
        return None
    if not isinstance(told, str) or not told.strip():
        raise ValueError(f"'language' is a code such as en, hi, hi-Latn or tr; it is {json.dumps(told)[:60]}")
    return "hi-Latn" if told.strip().lower() == "hi-latn" else told.strip().lower()


def _complaint(row: Mapping[str, Any]) -> str | None:
    told = row.get("is_complaint")
    if told is None:
        return None
    if told not in (True, False, 0, 1):
        raise ValueError(f"'is_complaint' is true or false; it is {json.dumps(told)[:60]}")
    return "yes" if told else "no"


def _priority(row: Mapping[str, Any]) -> str | None:
    told = row.get("priority")
    if told is None and isinstance(urgency := row.get("urgency"), dict):
        told = urgency.get("priority")
    if told is None:
        return None
    name = f"P{told}" if isinstance(told, int) and not isinstance(told, bool) else str(told).strip().upper()
    if name not in PRIORITIES:
        raise ValueError(f"'priority' is one of {', '.join(PRIORITIES)}; it is {json.dumps(told)[:60]}")
    return name


_LABELS: Mapping[str, Callable[[Mapping[str, Any]], str | None]] = {
    "sentiment": _one_of(("label", "sentiment"), SENTIMENTS),
    "language": _language,
    "complaint": _complaint,
    "priority": _priority,
    "department": _one_of(("department",), get_args(Topic)),
    "intent": _one_of(("intent",), get_args(Intent)),
}


# Judging -------------------------------------------------------------------------------------------------------------


def judgements(golds: Sequence[Gold]) -> Iterator[Assessment]:
    """What we say of each text, in order."""
    for start in range(0, len(golds), BATCH):
        yield from judge([gold.subject for gold in golds[start : start + BATCH]], NO_TIME)


_SAID: Mapping[str, Callable[[Assessment], str]] = {
    "sentiment": lambda one: one.sentiment.label,
    "language": lambda one: one.language,
    "complaint": lambda one: "yes" if one.is_complaint else "no",
    "priority": lambda one: one.urgency.priority.name,
    "department": lambda one: one.department,
    "intent": lambda one: one.intent,
}


# Figures -------------------------------------------------------------------------------------------------------------


def table(right: Sequence[str], said: Sequence[str], labels: Sequence[str]) -> Counts:
    """Counts of what was right (rows, `labels`) by what we said (columns, `labels` and one more for anything else)."""
    place = {label: i for i, label in enumerate(labels)}
    counts = np.zeros((len(labels), len(labels) + 1))
    for truth, guess in zip(right, said, strict=True):
        counts[place[truth], place.get(guess, len(labels))] += 1
    return counts


def macro_recall(counts: Counts) -> Values:
    """The mean recall of the labels that people gave: each label counts alike, however many bear it."""
    return _mean_where_given(counts, _diagonal(counts), counts.sum(axis=-1))


def macro_f1(counts: Counts) -> Values:
    """The mean F1 of the labels that people gave."""
    said = counts.sum(axis=-2)[..., : counts.shape[-2]]
    return _mean_where_given(counts, 2 * _diagonal(counts), counts.sum(axis=-1) + said)


@dataclass(frozen=True, slots=True)
class Proportion:
    """A plain share of texts: `parts` are those that count, and those that they are counted among."""

    parts: Callable[[Counts], tuple[Values, Values]]

    def __call__(self, counts: Counts) -> Values:
        return _share(*self.parts(counts))


accuracy = Proportion(lambda counts: (_diagonal(counts).sum(axis=-1), counts.sum(axis=(-2, -1))))


def recall(row: int, upto: int | None = None) -> Proportion:
    """Of the texts of one label, those that we gave it; with `upto`, any label from the first up to that one."""

    def parts(counts: Counts) -> tuple[Values, Values]:
        hits = counts[..., row, row] if upto is None else counts[..., row, : upto + 1].sum(axis=-1)
        return hits, counts[..., row, :].sum(axis=-1)

    return Proportion(parts)


def precision(upto: int, start: int = 0) -> Proportion:
    """Of the texts that we gave one of the labels `start` to `upto`, those that bear one of them."""

    def parts(counts: Counts) -> tuple[Values, Values]:
        said = counts[..., :, start : upto + 1]
        return said[..., start : upto + 1, :].sum(axis=(-2, -1)), said.sum(axis=(-2, -1))

    return Proportion(parts)


@dataclass(frozen=True, slots=True)
class F1:
    """The harmonic mean of a label's recall and precision."""

    label: int

    def __call__(self, counts: Counts) -> Values:
        right = counts[..., self.label, self.label]
        return _share(2 * right, self.texts(counts) + right)

    def texts(self, counts: Counts) -> Values:
        """Those that bear the label, or were given it: all others say nothing of it."""
        bear, given = counts[..., self.label, :].sum(axis=-1), counts[..., :, self.label].sum(axis=-1)
        return np.asarray(bear + given - counts[..., self.label, self.label], dtype=np.float64)


def _diagonal(counts: Counts) -> Values:
    found: Values = np.diagonal(counts[..., : counts.shape[-2]], axis1=-2, axis2=-1)
    return found


def _share(part: Values, whole: Values) -> Values:
    """NaN where there is no whole to have a part of."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(part / whole, dtype=np.float64)


def _mean_where_given(counts: Counts, part: Values, whole: Values) -> Values:
    given = counts.sum(axis=-1) > 0
    shares = np.where(given, part / np.maximum(whole, 1), 0.0)
    return _share(shares.sum(axis=-1), given.sum(axis=-1))


TASKS: Mapping[str, Mapping[str, Callable[[Counts], Values]]] = {
    "sentiment": {"macro-recall": macro_recall, "macro-F1": macro_f1, "accuracy": accuracy},
    "complaint": {"complaint F1": F1(1), "complaint precision": precision(1, 1), "complaint recall": recall(1)},
    "priority": {
        "P1 recall": recall(0),
        "P1 rung": recall(0, 1),
        "P2 rung": recall(1, 1),
        "ringing precision": precision(1),
        "P4 raised": recall(3, 1),
    },
    "department": {"department": accuracy},
    "intent": {"intent": accuracy},
    "language": {"language": accuracy},
}
"""The figures of each task. To ring is P1 or P2; "P4 raised" is the share of P4 that rang, the less the better, all
others the more the better."""


@dataclass(frozen=True, slots=True)
class Figure:
    """A share from 0 to 1, with the bounds of its 95% interval; `texts` are those that its task was told of."""

    name: str
    value: float
    low: float
    high: float
    texts: int


@dataclass(frozen=True, slots=True)
class Mistake:
    """A text that we judged otherwise than a person did. `confidence`, 0 to 1, is how sure we were: of a mood, of what we
    said; of a priority, that it rings (P1 or P2), None where only rules had a say."""

    id: str
    text: str
    language: str
    task: str
    right: str
    said: str
    confidence: float | None
    why: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """All that `sunwai evaluate` tells. `tables` are counts by task: what is right (rows) by what we said (columns)."""

    texts: int
    figures: Sequence[Figure]
    languages: Mapping[str, tuple[int, Sequence[Figure]]]
    tables: Mapping[str, tuple[Sequence[str], Sequence[str], Counts]]
    worst: Mapping[str, Sequence[Mistake]] = field(default_factory=dict)

    def as_json(self) -> dict[str, Any]:
        """Plain values for machines; a figure that cannot be told (nothing to count) is null."""
        return {
            "texts": self.texts,
            "figures": _plain(self.figures),
            "languages": {
                code: {"texts": n, "figures": _plain(figures)} for code, (n, figures) in self.languages.items()
            },
            "tables": {
                task: {"right": list(rows), "said": list(columns), "counts": counts.astype(int).tolist()}
                for task, (rows, columns, counts) in self.tables.items()
            },
            "worst": {
                task: [{name: getattr(one, name) for name in Mistake.__slots__ if name != "task"} for one in mistakes]
                for task, mistakes in self.worst.items()
            },
        }


def _plain(figures: Sequence[Figure]) -> dict[str, Any]:
    def number(value: float) -> float | None:
        return None if np.isnan(value) else round(value, 4)

    return {
        one.name: {"value": number(one.value), "low": number(one.low), "high": number(one.high), "texts": one.texts}
        for one in figures
    }


def report(golds: Sequence[Gold], judged: Sequence[Assessment], worst: int = 10) -> Report:
    """The figures for all texts and for each language (the one that a person told, else the one that we heard)."""
    spoken: dict[str, list[int]] = {}
    for i, (gold, one) in enumerate(zip(golds, judged, strict=True)):
        spoken.setdefault(gold.right.get("language", one.language), []).append(i)
    return Report(
        len(golds),
        figures(golds, judged),
        {
            code: (len(rows), figures([golds[i] for i in rows], [judged[i] for i in rows]))
            for code, rows in sorted(spoken.items(), key=lambda one: -len(one[1]))
        },
        {task: _counts(task, golds, judged) for task in TASKS if any(task in gold.right for gold in golds)},
        {task: list(_worst(task, golds, judged))[:worst] for task in ("sentiment", "priority")} if worst else {},
    )


def figures(golds: Sequence[Gold], judged: Sequence[Assessment]) -> list[Figure]:
    """Every figure of the tasks that people told of, each with its interval."""
    found = []
    for task, measures in TASKS.items():
        if not any(task in gold.right for gold in golds):
            continue
        *_, counts = _counts(task, golds, judged)
        samples = resampled(counts)
        for name, measure in measures.items():
            value = float(measure(counts))
            if not np.isnan(value):
                found.append(Figure(name, value, *_interval(measure, counts, samples), int(counts.sum())))
    return found


def resampled(counts: Counts, samples: int = SAMPLES, seed: int = SEED) -> Counts:
    """Bootstrap samples of a table: as many tables of as many texts, drawn with replacement from its own."""
    texts = int(counts.sum())
    drawn = np.random.default_rng(seed).multinomial(texts, counts.ravel() / texts, size=samples)
    return drawn.reshape(samples, *counts.shape).astype(np.float64)


def _interval(measure: Callable[[Counts], Values], counts: Counts, samples: Counts) -> tuple[float, float]:
    """The ends of a figure's 95% interval, in whose sample there is something to count."""
    if isinstance(measure, Proportion):
        part, whole = measure.parts(counts)
        return _wilson(float(part), float(whole))
    values = measure(samples)
    low, high = map(float, np.percentile(values[~np.isnan(values)], (2.5, 97.5)))
    if low < high:
        return low, high
    texts = float(measure.texts(counts) if isinstance(measure, F1) else counts.sum())
    return _wilson(low * texts, texts)


def _wilson(part: float, whole: float) -> tuple[float, float]:
    found = share(part, whole)
    assert found is not None  # noqa: S101  # for mypy: the figure could be told
    return found.low, found.high


def _counts(
    task: str, golds: Sequence[Gold], judged: Sequence[Assessment]
) -> tuple[Sequence[str], Sequence[str], Counts]:
    """Rows, columns and counts of a task, over the texts for which a person told it."""
    told = [(gold.right[task], _SAID[task](one)) for gold, one in zip(golds, judged, strict=True) if task in gold.right]
    labels = _labels(task, told)
    counts = table([right for right, _ in told], [said for _, said in told], labels)
    return labels, (*labels, "unsupported" if task == "sentiment" else "other"), counts


def _labels(task: str, told: Iterable[tuple[str, str]]) -> Sequence[str]:
    known: Mapping[str, Sequence[str]] = {
        "sentiment": SENTIMENTS,
        "complaint": ("no", "yes"),
        "priority": PRIORITIES,
        "department": get_args(Topic),
        "intent": get_args(Intent),
    }
    return known.get(task) or sorted({label for pair in told for label in pair})


# Mistakes ------------------------------------------------------------------------------------------------------------


def _worst(task: str, golds: Sequence[Gold], judged: Sequence[Assessment]) -> list[Mistake]:
    """The mistakes of a task: of sentiment the surest first; of priority the farthest off, who was not heard first, and of
    those who are as far off the ones whose ring, or quiet, we were surest of."""
    found = []
    for gold, one in zip(golds, judged, strict=True):
        right, said = gold.right.get(task), _SAID[task](one)
        if right is None or right == said:
            continue
        sure = _sure_of_mood(one) if task == "sentiment" else one.details.get("urgent")
        why = "; ".join(f"{r.signal} {r.weight:+.2f}" for r in one.urgency.reasons[:3]) if task == "priority" else ""
        found.append(Mistake(gold.id, gold.subject.text, one.language, task, right, said, sure and round(sure, 3), why))
    return sorted(found, key=lambda mistake: (-_severity(mistake), -_sureness(mistake), mistake.id))


def _sureness(mistake: Mistake) -> float:
    """How sure we were of what we said, and of a priority that it was to ring, or to be quiet; -1 where nothing told."""
    if mistake.confidence is None:
        return -1.0
    too_quiet = mistake.task == "priority" and mistake.said > mistake.right
    return 1 - mistake.confidence if too_quiet else mistake.confidence


def _severity(mistake: Mistake) -> float:
    """How many steps a priority is off; half a step more where a person waits unheard. All moods weigh alike."""
    if mistake.task != "priority":
        return 0.0
    off = PRIORITIES.index(mistake.said) - PRIORITIES.index(mistake.right)
    return abs(off) + (0.5 if off > 0 else 0.0)


def _sure_of_mood(one: Assessment) -> float:
    label, score = one.sentiment.label, one.sentiment.score
    if label == "unsupported":
        return 0.0
    return one.details.get(label, 1 - abs(score) if label == "neutral" else abs(score))
