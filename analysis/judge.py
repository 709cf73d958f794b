"""From texts to assessments, in batches: language, sentiment, urgency. Pure; knows no store and no clock."""

from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

import numpy as np

from analysis import head
from analysis.answers import QUESTIONS, answered
from analysis.evidence import Evidence, gather, inputs
from analysis.facts import Facts, facts_of
from analysis.language import UNKNOWN, languages
from analysis.quoting import as_written
from analysis.sentiment import feel_of_emoji, felt, mask
from analysis.tongues import TONGUES, tongue
from analysis.urgency import DESKS, P2, P4, Learned, has_signs, likeliest_intents, likeliest_topics, verdict
from analysis.weights import SHIPPED, Weights
from analysis.words import LETTERS, Words, read
from core.assessment import Assessment, Sentiment, Urgency
from core.brand import Brand

if TYPE_CHECKING:
    from core.mention import Mention


class Subject:
    """A text to judge for one brand, and what is known of its reach. `lang` is the platform's guess; None is not told."""

    def __init__(
        self,
        mention_id: str,
        text: str,
        brand: Brand | None = None,
        lang: str = "",
        followers: int | None = None,
        views: int | None = None,
        shares_per_hour: float = 0.0,
        vip: bool = False,
    ) -> None:
        self.mention_id, self.text, self.brand, self.lang = mention_id, text, brand, lang
        self.followers, self.views, self.shares_per_hour, self.vip = followers, views, shares_per_hour, vip


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


class OtherEngine(Protocol):
    """Says how texts feel in the languages that it covers, in place of ours; see `analysis.transformers_engine`."""

    def covers(self, language: str) -> bool: ...

    def feel(self, texts: Sequence[str]) -> list[Sentiment]: ...


def judge(
    subjects: Sequence[Subject], now: datetime, weights: Weights = SHIPPED, other: OtherEngine | None = None
) -> list[Assessment]:
    """Judge each text, in order. Never raises for what a stranger wrote. `other` is an optional engine of sentiment."""
    words = [read(one.text, one.brand) for one in subjects]
    spoken = languages([one.text for one in subjects], [one.lang for one in subjects], words)
    found = facts_of(words)
    evidence = [
        gather(one.text, code, seen, mask(one.text, one.brand), stands)
        for one, code, seen, stands in zip(subjects, spoken, words, found, strict=True)
        if code in TONGUES
    ]
    of_brand = [one.brand is not None for one, code in zip(subjects, spoken, strict=True) if code in TONGUES]
    answers = iter(_learned(evidence, of_brand) if evidence else ())
    learned = [next(answers) if code in TONGUES else None for code in spoken]
    moods = [
        feel_of_emoji(one.text) if told is None else felt(told.moods, code, weights)
        for one, code, told in zip(subjects, spoken, learned, strict=True)
    ]
    if other is not None:
        _feel_by(other, subjects, words, spoken, moods)
    return [
        _assess(one, seen, code, stands, mood, told, now, weights)
        for one, seen, code, stands, mood, told in zip(subjects, words, spoken, found, moods, learned, strict=True)
    ]


def _feel_by(
    other: OtherEngine,
    subjects: Sequence[Subject],
    words: Sequence[Words],
    spoken: Sequence[str],
    moods: list[Sentiment],
) -> None:
    """Put the other engine's sentiment among `moods` where it covers the language and there is something to read."""
    places = [i for i, code in enumerate(spoken) if other.covers(code) and has_signs(words[i])]
    feelings = other.feel([mask(subjects[i].text, subjects[i].brand) for i in places]) if places else []
    for i, feeling in zip(places, feelings, strict=True):
        moods[i] = feeling


def _learned(evidence: Sequence[Evidence], of_brand: Sequence[bool]) -> list[Learned]:
    """What the learned head makes of all texts together: it reads many as fast as one."""
    odds = answered(head.stack(), inputs(evidence, _logits(evidence)), np.array(of_brand))
    moods, complaints, priorities, intents, topics = (odds[question].astype(np.float64) for question in QUESTIONS)
    urgent = priorities[:, 0] + priorities[:, 1]
    return [
        Learned(complaint, p1, p2, intent, topic, filed, mood, told)
        for complaint, p1, p2, intent, topic, filed, mood, told in zip(
            complaints[:, 1].tolist(),
            priorities[:, 0].tolist(),
            priorities[:, 1].tolist(),
            likeliest_intents(intents),
            likeliest_topics(topics, DESKS),
            likeliest_topics(topics),
            moods.tolist(),
            np.round(np.column_stack((urgent, moods)), 4).tolist(),
            strict=True,
        )
    ]


def _logits(evidence: Sequence[Evidence]) -> head.Floats:
    """What the n-grams say of each text, each language family read by its own reader."""
    families: dict[str, list[int]] = {}
    for i, one in enumerate(evidence):
        families.setdefault(tongue(one.language).family, []).append(i)
    parts = [head.reader(name).logits([evidence[i].spelled for i in places]) for name, places in families.items()]
    logits = np.empty((len(evidence), parts[0].shape[1]), dtype=np.float32)
    logits[[i for places in families.values() for i in places]] = np.concatenate(parts)
    return logits


def _assess(
    one: Subject,
    words: Words,
    language: str,
    facts: Facts,
    mood: Sentiment,
    learned: Learned | None,
    now: datetime,
    weights: Weights,
) -> Assessment:
    found = verdict(
        facts,
        mood,
        learned,
        followers=one.followers,
        views=one.views,
        shares_per_hour=one.shares_per_hour,
        vip=one.vip,
        weights=weights,
    )
    blind = learned is None and (language != UNKNOWN or len(LETTERS.findall(one.text)) > 12)
    return Assessment(
        mention_id=one.mention_id,
        brand=one.brand.key if one.brand else "",
        language=language,
        sentiment=mood,
        is_complaint=found.is_complaint,
        intent=found.intent,
        urgency=_quoting(found.urgency, one),
        department=found.department,
        version=weights.version,
        assessed_at=now,
        needs_review=blind and found.urgency.priority is P4 and has_signs(words),
        details=_details(found.complaint, learned),
    )


def _details(complaint: float, learned: Learned | None) -> dict[str, float]:
    if learned is None:
        return {"complaint": complaint}
    urgent, negative, neutral, positive = learned.told
    return {"complaint": complaint, "urgent": urgent, "negative": negative, "neutral": neutral, "positive": positive}


def _quoting(urgency: Urgency, one: Subject) -> Urgency:
    """With the author's own spelling where a card will show it: finding it again costs as much as the judging."""
    if urgency.priority > P2:
        return urgency
    return Urgency(urgency.priority, urgency.score, as_written(urgency.reasons, one.text, one.brand))
