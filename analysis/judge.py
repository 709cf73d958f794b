"""From texts to assessments, in batches: language, sentiment, urgency. Pure; knows no store and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from analysis import head
from analysis.evidence import Evidence, gather, inputs
from analysis.facts import Facts, facts
from analysis.language import UNKNOWN, languages
from analysis.quoting import as_written
from analysis.sentiment import LABELS, feel_of_emoji, felt, mask
from analysis.tongues import TONGUES, tongue
from analysis.urgency import Learned, has_signs, verdict
from analysis.weights import SHIPPED, Weights
from analysis.words import LETTERS, Words, read
from core.assessment import Assessment, Priority, Sentiment, Urgency
from core.mention import Brand, Mention


@dataclass(frozen=True, slots=True)
class Subject:
    """A text to judge for one brand, and what is known of its reach. `lang` is the platform's guess; None is not told."""

    mention_id: str
    text: str
    brand: Brand | None = None
    lang: str = ""
    followers: int | None = None
    views: int | None = None
    shares_per_hour: float = 0.0
    vip: bool = False


def subject(mention: Mention, brand: Brand, now: datetime, vip: bool = False) -> Subject:
    """What a stored mention gives to judge: its title and own words, never what it quotes."""
    hours = max(1.0, (now - mention.created_at).total_seconds() / 3600)
    return Subject(
        mention.id,
        f"{mention.title}\n{mention.text}" if mention.title else mention.text,
        brand,
        mention.lang,
        mention.author.followers,
        mention.metrics.views,
        (mention.metrics.shares or 0) / hours,
        vip,
    )


@dataclass(frozen=True, slots=True)
class _Read:
    """A subject as read: `evidence` where we judge its language, and what the learned head makes of it."""

    subject: Subject
    words: Words
    language: str
    facts: Facts
    sentiment: Sentiment
    learned: Learned | None
    moods: Sequence[float] = ()


class OtherEngine(Protocol):
    """Says how texts feel in the languages that it covers, in place of ours; see `analysis.transformers_engine`."""

    def covers(self, language: str) -> bool: ...

    def feel(self, texts: Sequence[str]) -> list[Sentiment]: ...


def judge(
    subjects: Sequence[Subject], now: datetime, weights: Weights = SHIPPED, other: OtherEngine | None = None
) -> list[Assessment]:
    """Judge each text, in order. Never raises for what a stranger wrote. `other` is an optional engine of sentiment."""
    found = _read(subjects, weights)
    if other is not None:
        found = _felt_by(other, found)
    return [_assess(one, now, weights) for one in found]


def _felt_by(other: OtherEngine, found: list[_Read]) -> list[_Read]:
    """The same, with the other engine's sentiment where it covers the language and there is something to read."""
    places = [i for i, one in enumerate(found) if other.covers(one.language) and has_signs(one.words)]
    feelings = other.feel([mask(found[i].subject.text, found[i].subject.brand) for i in places]) if places else []
    for i, feeling in zip(places, feelings, strict=True):
        found[i] = replace(found[i], sentiment=feeling)
    return found


def _read(subjects: Sequence[Subject], weights: Weights) -> list[_Read]:
    """Read all texts, those of a language family together: the learned head reads many as fast as one."""
    words = [read(one.text, one.brand) for one in subjects]
    spoken = languages([one.text for one in subjects], [one.lang for one in subjects], words)
    families: dict[str, list[int]] = {}
    for i, code in enumerate(spoken):
        families.setdefault(tongue(code).family if code in TONGUES else "", []).append(i)
    found: list[_Read | None] = [None] * len(subjects)
    for family, places in families.items():
        if not family:
            for i in places:
                feeling = feel_of_emoji(subjects[i].text)
                found[i] = _Read(subjects[i], words[i], spoken[i], facts(words[i]), feeling, None)
            continue
        evidence = [
            gather(one.text, spoken[i], words[i], mask(one.text, one.brand)) for i in places if (one := subjects[i])
        ]
        for i, seen, told in zip(places, evidence, _learned(family, evidence, weights), strict=True):
            found[i] = _Read(subjects[i], words[i], spoken[i], seen.facts, *told)
    return [one for one in found if one is not None]


def _learned(
    family: str, evidence: Sequence[Evidence], weights: Weights
) -> list[tuple[Sentiment, Learned, Sequence[float]]]:
    """The sentiment of each text, the learned head's other answers, and its moods before the desk's lessons move them."""
    stack = head.stack()
    table = inputs(evidence, head.reader(family).logits([one.spelled for one in evidence]))
    answers = [stack.odds(task, table) for task in ("sentiment", "complaint", "priority", "intent", "department")]
    return [
        (
            felt(mood, one.language, weights),
            Learned(float(complaint[1]), float(priority[0]), float(priority[1]), intent, department),
            mood,
        )
        for one, mood, complaint, priority, intent, department in zip(
            evidence, *(task.tolist() for task in answers), strict=True
        )
    ]


def _assess(one: _Read, now: datetime, weights: Weights) -> Assessment:
    told = one.subject
    found = verdict(
        one.words,
        one.facts,
        one.sentiment,
        one.learned,
        followers=told.followers,
        views=told.views,
        shares_per_hour=told.shares_per_hour,
        vip=told.vip,
        weights=weights,
    )
    blind = one.language not in TONGUES and (one.language != UNKNOWN or len(LETTERS.findall(told.text)) > 12)
    return Assessment(
        mention_id=told.mention_id,
        brand=told.brand.key if told.brand else "",
        language=one.language,
        sentiment=one.sentiment,
        is_complaint=found.is_complaint,
        intent=found.intent,
        urgency=_quoting(found.urgency, told),
        department=found.department,
        version=weights.version,
        assessed_at=now,
        needs_review=found.urgency.priority is Priority.P4 and blind and has_signs(one.words),
        details={"complaint": found.complaint} | _lessons(one),
    )


def _lessons(one: _Read) -> dict[str, float]:
    """What `analysis.learn` must know of a judgement: what the head said, before weights and moods moved it."""
    if one.learned is None:
        return {}
    odds = {"urgent": one.learned.p1 + one.learned.p2}
    odds.update(zip(LABELS, one.moods, strict=True))
    return {name: round(p, 4) for name, p in odds.items()}


def _quoting(urgency: Urgency, one: Subject) -> Urgency:
    """With the author's own spelling where a card will show it: finding it again costs as much as the judging."""
    if not urgency.priority.rings:
        return urgency
    return replace(urgency, reasons=as_written(urgency.reasons, one.text, one.brand))
