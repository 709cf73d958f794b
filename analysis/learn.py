"""STAGE: learn from the desk. What people correct moves the weights of the score and the moods, and never the floors.

A lesson is tested on the newest week of labels, which it did not learn from, and is adopted only where it is better there.
What a label taught it does not teach again: the weights that it moved already know it.
"""

import json
import logging
import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, TypeVar

from sqlalchemy import Connection

from analysis.floors import FLOORS, LOUD
from analysis.refit import (
    MOODS,
    RISK,
    Feeling,
    Mood,
    Ring,
    measure_mood,
    measure_score,
    refit_mood,
    refit_score,
    should_ring,
)
from analysis.weights import SHIPPED, Weights
from core.assessment import Assessment
from core.settings import Settings
from core.store import Store, labels
from core.store import weights as versions
from core.store.labels import Labelled
from core.store.weights import Version

LEAST_LABELS = 50
LEAST_TESTED = 10
LEAST_OF_EACH = 3
"""So many mentions of the test week should have rung, and so many should not: else it could not tell which were missed."""
TEST = timedelta(days=7)
BETTER = 0.99
"""What is adopted brings the log loss of the test week to this share of what it was, or lower."""

SCORE = "score"
_FLOORS = frozenset(floor.name for floor in (*FLOORS, LOUD))
_LIFTS = frozenset({"question", "lead", "request", "answer"})
"""Reasons that only lift a score to the P3 cut, and so never ring."""
_BY_RISK = frozenset({RISK, "calm"})
"""Reasons by which the learned risk brings a score to a cut, or keeps it from one. What they add hangs on all the rest."""
_NO_MOOD: Mood = (0.0, 0.0, 0.0)

log = logging.getLogger("sunwai.learn")

Example = TypeVar("Example", Ring, Feeling)


@dataclass(frozen=True, slots=True)
class Lesson:
    """What one refit found. `name` is `score`, or `mood` and a language. `why` says why it was adopted, or was not.

    `labels` and `tested` count the labels that it learned from and was tested on; `confirmed`, cases that rang and were
    resolved, and so count too, in either. `before` and `after` are how the weights do on the test week, and `moved` the
    weights that changed, {name: [before, after]}.
    """

    name: str
    labels: int
    tested: int
    why: str
    adopted: bool = False
    confirmed: int = 0
    before: Mapping[str, float] = field(default_factory=dict)
    after: Mapping[str, float] = field(default_factory=dict)
    moved: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """What the labels say should judge from now on. `weights` are the current ones where nothing is better.

    `disputed` counts by floor the labels that say it should not have rung: no lesson moves a floor, a person does.
    """

    current: Weights
    weights: Weights
    lessons: tuple[Lesson, ...]
    disputed: Mapping[str, int]

    @property
    def is_new(self) -> bool:
        return any(lesson.adopted for lesson in self.lessons)

    def as_json(self) -> dict[str, Any]:
        return {
            "current": self.current.version,
            "proposed": self.weights.version if self.is_new else None,
            "lessons": [json.loads(json.dumps(asdict(one), default=str)) for one in self.lessons],
            "disputed_floors": dict(self.disputed),
        }


def learn(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Learn from what was labelled since the last lesson, and adopt what is better: the nightly run.

    Returns counts: `labels` learned from, `tested`, and `adopted`, the lessons that judge from now on. Does nothing where
    `judgement.learn` is off. Safe to run twice, or twice at once: of two lessons from the same weights one is adopted.
    """
    if not settings.judgement.learn:
        return {"labels": 0, "tested": 0, "adopted": 0}
    proposal = propose(store)
    for lesson in proposal.lessons:
        log.info("%s: %s", lesson.name, lesson.why)
    adopted = proposal.is_new and adopt(store, proposal, now)
    return {
        "labels": sum(one.labels for one in proposal.lessons),
        "tested": sum(one.tested for one in proposal.lessons),
        "adopted": sum(one.adopted for one in proposal.lessons) if adopted else 0,
    }


def current(tx: Connection) -> Weights:
    """The weights that judge now: the newest learned ones that stand, else those of the program."""
    found = versions.current(tx, SHIPPED.version)
    return _weights(found) if found else SHIPPED


def propose(store: Store) -> Proposal:
    """Refit everything that has labels enough, and test it. Changes nothing."""
    with store.read() as tx:
        known = {SHIPPED.version: SHIPPED} | {v.version: _weights(v) for v in versions.listed(tx, SHIPPED.version)}
        learned = versions.learned(tx, SHIPPED.version)
        now_judging, labelled, confirmed = current(tx), labels.since(tx), labels.confirmed(tx)
    said = [one for one in labelled if one.assessment.version in known]
    rings, disputed = _rings(said, known)
    sure = [_ring(judged, known[judged.version], at, True) for judged, at in confirmed if judged.version in known]
    lessons = [_score(rings, [one for one in sure if one], now_judging, learned.get(SCORE))]
    for language, examples in sorted(_feelings(said).items()):
        lessons.append(_mood(language, examples, now_judging, learned.get(f"mood {language}")))
    return Proposal(now_judging, _moved(now_judging, lessons, len(known)), tuple(lessons), disputed)


def adopt(store: Store, proposal: Proposal, now: datetime) -> bool:
    """Have the proposed weights judge what is heard from now on. False where other weights judge by now."""
    new = proposal.weights
    version = Version(
        version=new.version,
        shipped=SHIPPED.version,
        based_on=proposal.current.version,
        weights={"score": dict(new.score), "mood": {language: list(mood) for language, mood in new.mood.items()}},
        figures={lesson["name"]: lesson for lesson in proposal.as_json()["lessons"]},
        learned={one.name: one.until for one in proposal.lessons if one.adopted and one.until},
        adopted_at=now,
    )
    return store.run(lambda tx: versions.adopt(tx, version))


def _weights(found: Version) -> Weights:
    """As stored; what this program weighs beyond it is as shipped."""
    score = {name: float(found.weights.get("score", {}).get(name, weight)) for name, weight in SHIPPED.score.items()}
    moods = {language: (mood[0], mood[1], mood[2]) for language, mood in found.weights.get("mood", {}).items()}
    return Weights(found.version, score, {**SHIPPED.mood, **moods})


def _rings(said: Sequence[Labelled], known: Mapping[str, Weights]) -> tuple[list[Ring], dict[str, int]]:
    """The examples of the score; and how often people say of a floor that it should not have rung."""
    found: list[Ring] = []
    disputed: Counter[str] = Counter()
    for one in said:
        label = one.labels.get("priority")
        if label is None:
            continue
        should = should_ring(label.value)
        if not should and one.assessment.urgency.priority.rings:
            disputed.update(r.signal for r in one.assessment.urgency.reasons[:1] if r.signal in _FLOORS)
        if example := _ring(one.assessment, known[one.assessment.version], label.at, should):
            found.append(example)
    return found, dict(disputed.most_common())


def _ring(judged: Assessment, weights: Weights, at: datetime, should: bool) -> Ring | None:
    """A judgement as an example for the score; None where a rule decided, whatever the weights: a floor fired, or the
    alarm was taken away, or it is the brand's own post."""
    amounts: dict[str, float] = {}
    rest, risk = 0.0, judged.details.get("urgent")
    for reason in judged.urgency.reasons:
        if reason.signal in _BY_RISK:
            if risk is None:
                return None
        elif reason.signal in weights.score:
            amounts[reason.signal] = amounts.get(reason.signal, 0.0) + reason.weight / weights.score[reason.signal]
        elif reason.signal in _FLOORS or reason.weight < 0:
            return None
        elif reason.signal not in _LIFTS:
            rest += reason.weight
    return Ring(at, amounts, rest, should, _counts(judged), risk) if amounts else None


def _feelings(said: Sequence[Labelled]) -> dict[str, list[Feeling]]:
    """The examples of each language's mood: those whose odds were kept with the judgement."""
    found: dict[str, list[Feeling]] = {}
    for one in said:
        label, judged = one.labels.get("sentiment"), one.assessment
        odds = [judged.details.get(mood, 0.0) for mood in MOODS]
        if label is None or label.value not in MOODS or not sum(odds) > 0:
            continue
        negative, neutral, positive = (math.log(max(p, 1e-4)) for p in odds)
        example = Feeling(label.at, (negative, neutral, positive), MOODS.index(label.value), _counts(judged))
        found.setdefault(judged.language, []).append(example)
    return found


def _counts(judged: Assessment) -> float:
    """An audited mention stands for all the quiet ones that were not drawn."""
    share = judged.details.get("audit", 0.0)
    return 1.0 / share if share > 0 else 1.0


def _score(rings: Sequence[Ring], confirmed: Sequence[Ring], now_judging: Weights, after: datetime | None) -> Lesson:
    learned, tested, split, why = _split(rings, after)
    sure = [one for one in confirmed if after is None or one.at > after]
    told = Lesson(SCORE, len(learned), len(tested), why, confirmed=len(sure))
    if split is None:
        return told
    learned += [one for one in sure if one.at <= split]
    tested += [one for one in sure if one.at > split]
    ringing = sum(one.should for one in tested)
    if min(ringing, len(tested) - ringing) < LEAST_OF_EACH:
        return replace(
            told,
            why=f"the newest week has {ringing} that should have rung and {len(tested) - ringing} that should not; it takes "
            f"{LEAST_OF_EACH} of each to see what would be missed",
        )
    weights = refit_score(learned, now_judging.score)
    before, then = measure_score(tested, now_judging.score), measure_score(tested, weights)
    better = then["log_loss"] < before["log_loss"] * BETTER and then["missed"] <= before["missed"]
    moved = {name: (was, weights[name]) for name, was in now_judging.score.items() if weights[name] != was}
    return _told(told, better, before, then, moved, max(one.at for one in learned))


def _mood(language: str, examples: Sequence[Feeling], now_judging: Weights, after: datetime | None) -> Lesson:
    learned, tested, split, why = _split(examples, after)
    told = Lesson(f"mood {language}", len(learned), len(tested), why)
    if split is None:
        return told
    mood = now_judging.mood.get(language, _NO_MOOD)
    found = refit_mood(learned, mood)
    before, then = measure_mood(tested, mood), measure_mood(tested, found)
    better = then["log_loss"] < before["log_loss"] * BETTER and then["wrong"] <= before["wrong"]
    moved = {name: (was, now) for name, was, now in zip(MOODS, mood, found, strict=True) if was != now}
    return _told(told, better, before, then, moved, max(one.at for one in learned))


def _split(
    examples: Sequence[Example], after: datetime | None
) -> tuple[list[Example], list[Example], datetime | None, str]:
    """What to learn from, what to test on, and the moment between them; None with the reason where there is too little."""
    fresh = [one for one in examples if after is None or one.at > after]
    if not fresh:
        return [], [], None, "nothing new was labelled"
    split = max(one.at for one in fresh) - TEST
    learned = [one for one in fresh if one.at <= split]
    tested = [one for one in fresh if one.at > split]
    if len(fresh) < LEAST_LABELS or len(tested) < LEAST_TESTED or not learned:
        why = (
            f"{len(fresh)} new labels, {len(tested)} of them in the newest week: it takes {LEAST_LABELS}, with at least "
            f"{LEAST_TESTED} in the newest week and some before it"
        )
        return learned, tested, None, why
    return learned, tested, split, ""


def _told(
    told: Lesson,
    better: bool,
    before: Mapping[str, float],
    then: Mapping[str, float],
    moved: Mapping[str, tuple[float, float]],
    until: datetime,
) -> Lesson:
    figures = ", ".join(f"{name.replace('_', ' ')} {was} to {then[name]}" for name, was in before.items())
    why = f"{'better' if better else 'no better'} on the newest week: {figures}"
    return replace(told, why=why, adopted=better, before=before, after=then, moved=moved, until=until)


def _moved(now_judging: Weights, lessons: Sequence[Lesson], number: int) -> Weights:
    """The current weights with what was learned, under their own name."""
    adopted = {one.name: one.moved for one in lessons if one.adopted}
    if not adopted:
        return now_judging
    score = dict(now_judging.score) | {name: now for name, (_, now) in adopted.get(SCORE, {}).items()}
    mood = dict(now_judging.mood)
    for name, moved in adopted.items():
        if name != SCORE:
            language = name.removeprefix("mood ")
            was = dict(zip(MOODS, mood.get(language, _NO_MOOD), strict=True))
            new = was | {label: now for label, (_, now) in moved.items()}
            mood[language] = (new["negative"], new["neutral"], new["positive"])
    return Weights(f"{SHIPPED.version}+learned-{number}", score, mood)
