"""From texts to assessments, in batches: language, sentiment, urgency. Pure; knows no store and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from analysis.language import UNKNOWN, language
from analysis.quoting import as_written
from analysis.sentiment import sentiment
from analysis.urgency import has_signs, verdict
from analysis.weights import SHIPPED, Weights
from analysis.words import LETTERS, read
from core.assessment import Assessment, Priority, Urgency
from core.mention import Brand, Mention

_READ = frozenset({"en", "hi", "hi-Latn", "tr"})
"""Languages whose complaints our cues know. Others meet the floors, and else go to a person."""


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


def judge(subjects: Sequence[Subject], now: datetime, weights: Weights = SHIPPED) -> list[Assessment]:
    """Judge each text, in order. Never raises for what a stranger wrote."""
    return [_judge(one, now, weights) for one in subjects]


def _judge(one: Subject, now: datetime, weights: Weights) -> Assessment:
    words = read(one.text, one.brand)
    spoken = language(one.text, one.lang, words)
    feeling = sentiment(one.text, spoken, one.brand)
    found = verdict(
        words,
        feeling,
        followers=one.followers,
        views=one.views,
        shares_per_hour=one.shares_per_hour,
        vip=one.vip,
        weights=weights,
    )
    blind = spoken not in _READ and (spoken != UNKNOWN or len(LETTERS.findall(one.text)) > 12)
    unread = feeling.label == "unsupported" and not found.judged and has_signs(words) and bool(LETTERS.search(one.text))
    return Assessment(
        mention_id=one.mention_id,
        brand=one.brand.key if one.brand else "",
        language=spoken,
        sentiment=feeling,
        is_complaint=found.is_complaint,
        intent=found.intent,
        urgency=_quoting(found.urgency, one),
        department=found.department,
        version=weights.version,
        assessed_at=now,
        needs_review=found.urgency.priority is Priority.P4 and (blind or unread),
        details={"complaint": found.complaint},
    )


def _quoting(urgency: Urgency, one: Subject) -> Urgency:
    """With the author's own spelling where a card will show it: finding it again costs as much as the judging."""
    if not urgency.priority.rings:
        return urgency
    return replace(urgency, reasons=as_written(urgency.reasons, one.text, one.brand))
