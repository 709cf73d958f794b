"""From texts to assessments, in batches: language, sentiment, urgency. Pure; knows no store and no clock."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import repeat
from typing import TYPE_CHECKING, NamedTuple, Protocol

import numpy as np

from analysis import head
from analysis.answers import QUESTIONS, answered
from analysis.evidence import Evidence, gather, inputs
from analysis.facts import Facts, facts_of
from analysis.language import UNKNOWN, languages
from analysis.quoting import as_written
from analysis.sentiment import LABELS, feel_of_emoji, felt, mask
from analysis.tongues import TONGUES, tongue
from analysis.urgency import DESKS, P2, P4, Learned, has_signs, likeliest_intents, likeliest_topics, verdict
from analysis.weights import SHIPPED, Weights
from analysis.words import LETTERS, Words, read
from core.assessment import Assessment, Sentiment, Urgency
from core.brand import Brand

if TYPE_CHECKING:
    from core.mention import Mention


class Subject(NamedTuple):
    """A text to judge for one brand, and what is known of its reach. `lang` is the platform's guess; None is not told."""

    mention_id: str
    text: str
    brand: Brand | None = None
    lang: str = ""
    followers: int | None = None
    views: int | None = None
    shares_per_hour: float = 0.0
    vip: bool = False


def subject(mention: "Mention", brand: Brand, now: datetime, vip: bool = False) -> Subject:
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


class _Read(NamedTuple):
    """A subject as read: what the learned head makes of it where we judge its language, and `odds`, what `analysis.learn`
    must know of that: how likely the head finds a ring and each of `LABELS`, before weights and moods move it."""

    subject: Subject
    words: Words
    language: str
    facts: Facts
    sentiment: Sentiment
    learned: Learned | None = None
    odds: Sequence[float] = ()


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
        found[i] = found[i]._replace(sentiment=feeling)
    return found


def _read(subjects: Sequence[Subject], weights: Weights) -> list[_Read]:
    """Read all texts, those of a language family together: the learned head reads many as fast as one."""
    words = [read(one.text, one.brand) for one in subjects]
    spoken = languages([one.text for one in subjects], [one.lang for one in subjects], words)
    found = facts_of(words)
    evidence = [
        gather(one.text, code, seen, mask(one.text, one.brand), stands)
        for one, code, seen, stands in zip(subjects, spoken, words, found, strict=True)
        if code in TONGUES
    ]
    of_brand = [one.brand is not None for one, code in zip(subjects, spoken, strict=True) if code in TONGUES]
    learned = _learned(evidence, of_brand, weights) if evidence else iter(())
    return [
        _Read(one, seen, code, stands, *(next(learned) if code in TONGUES else (feel_of_emoji(one.text),)))
        for one, code, seen, stands in zip(subjects, spoken, words, found, strict=True)
    ]


def _learned(
    evidence: Sequence[Evidence], of_brand: Sequence[bool], weights: Weights
) -> Iterator[tuple[Sentiment, Learned, Sequence[float]]]:
    """The sentiment of each text, the learned head's other answers, and its odds."""
    odds = answered(head.stack(), inputs(evidence, _logits(evidence)), np.array(of_brand))
    moods, complaints, priorities, intents, topics = (odds[question].astype(np.float64) for question in QUESTIONS)
    urgent = priorities[:, 0] + priorities[:, 1]
    return zip(
        map(felt, moods.tolist(), [one.language for one in evidence], repeat(weights)),
        map(
            Learned,
            complaints[:, 1].tolist(),
            priorities[:, 0].tolist(),
            priorities[:, 1].tolist(),
            likeliest_intents(intents),
            likeliest_topics(topics, DESKS),
            likeliest_topics(topics),
        ),
        np.round(np.column_stack((urgent, moods)), 4).tolist(),
        strict=True,
    )


def _logits(evidence: Sequence[Evidence]) -> head.Floats:
    """What the n-grams say of each text, each language family read by its own reader."""
    families: dict[str, list[int]] = {}
    for i, one in enumerate(evidence):
        families.setdefault(tongue(one.language).family, []).append(i)
    parts = [head.reader(name).logits([evidence[i].spelled for i in places]) for name, places in families.items()]
    logits = np.empty((len(evidence), parts[0].shape[1]), dtype=np.float32)
    logits[[i for places in families.values() for i in places]] = np.concatenate(parts)
    return logits


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
        needs_review=blind and found.urgency.priority is P4 and has_signs(one.words),
        details=dict(zip(_DETAILS, (found.complaint, *one.odds), strict=False)),
    )


_DETAILS = ("complaint", "urgent", *LABELS)


def _quoting(urgency: Urgency, one: Subject) -> Urgency:
    """With the author's own spelling where a card will show it: finding it again costs as much as the judging."""
    if urgency.priority > P2:
        return urgency
    return Urgency(urgency.priority, urgency.score, as_written(urgency.reasons, one.text, one.brand))
