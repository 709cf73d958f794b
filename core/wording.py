"""How the house's machine words are said to people: the same on a card in Slack and on the dashboard; and strangers' words
without what plays tricks. Pure."""

import re
import unicodedata
from functools import cache

from core.assessment import Assessment, Reason
from core.case import CaseFile

PLATFORMS = {"x": "X", "rss": "Web", "hackernews": "Hacker News", "youtube": "YouTube", "appstore": "App Store"}
TOPICS = {"outage_technical": "Outage", "privacy_security": "Privacy and security", "spam_irrelevant": "Spam"}
LANGUAGES = {
    "en": "English",
    "hi": "Hindi",
    "hi-Latn": "Hinglish",
    "tr": "Turkish",
    "ar": "Arabic",
    "bn": "Bengali",
    "de": "German",
    "es": "Spanish",
    "fr": "French",
    "it": "Italian",
    "ja": "Japanese",
    "mr": "Marathi",
    "pt": "Portuguese",
    "ru": "Russian",
    "ta": "Tamil",
    "te": "Telugu",
    "ur": "Urdu",
    "zh": "Chinese",
    "und": "Language unknown",
}
SIGNALS = {
    "hazard_fire": "fire hazard",
    "hazard_shock": "electric shock hazard",
    "hazard_gas": "gas hazard",
    "hazard_allergen": "allergen hazard",
    "hazard_choking": "choking hazard",
    "self_harm": "self-harm",
    "violence_or_threat": "violence or a threat",
    "outage_confirmed": "outage that several confirm",
    "discrimination_wide": "discrimination, seen by many",
    "press_deadline": "press with a deadline today",
    "loud_or_vip_complaint": "VIP or large audience",
    "contacts": "three or more contacts",
    "leaving": "threatens to leave",
    "money": "money at stake",
    "severity": "urgent words",
    "vip": "VIP",
    "risk": "sounds urgent",
    "calm": "sounds calm",
    "answer": "wants an answer",
}
"""Signals whose names read badly with their underscores taken out."""
OUTCOMES = {
    "solved": "Solved",
    "explained": "Explained",
    "refunded": "Refunded",
    "replaced": "Replaced or repaired",
    "compensated": "Voucher or credit given",
    "handled_elsewhere": "Dealt with in another channel",
    "duplicate": "Same as another case",
    "no_reply": "The customer does not reply",
    "no_action": "No answer needed",
    "spam": "Spam or abuse",
}
"""Why a case was resolved: what the desk reports by, and learns from."""
_COUNTED = frozenset({"money", "long_wait", "vip", "reach", "loud_or_vip_complaint", "risk", "calm"})
"""Signals whose text is our own count, not the author's words."""


def topic(name: str) -> str:
    """A topic as a heading: "Product quality"."""
    return TOPICS.get(name) or name.replace("_", " ").capitalize()


def outcome(resolution: str | None) -> str:
    """How a case ended, for people: one of ours, or the agent's own words."""
    ends = {**OUTCOMES, "not_us": "Not about us", "not_urgent": "No answer needed"}
    return ends.get(resolution or "", resolution or "")


def crowd(file: CaseFile) -> str:
    """How many posts a case holds, by how many people: "12 posts by 9 people"."""
    posts = f"{file.posts:,} post{'' if file.posts == 1 else 's'}"
    return f"{posts} by {file.authors:,} {'person' if file.authors == 1 else 'people'}"


def signal(name: str) -> str:
    """A reason's signal inside a sentence: "fire hazard"."""
    return SIGNALS.get(name) or " ".join(name.replace("_", " ").split())


def is_quote(reason: Reason) -> bool:
    """Is the reason's text the author's own words, to stand in quotation marks?"""
    return bool(reason.text) and reason.signal not in _COUNTED


def told(assessment: Assessment) -> list[Reason]:
    """The reasons worth a person's two seconds: the judge's order, those that spoke against it last; nothing that quotes
    the same words again, and no word of complaint where none was found."""
    found: list[Reason] = []
    for reason in sorted(assessment.urgency.reasons, key=lambda reason: reason.weight < 0):
        repeats = is_quote(reason) and any(reason.text == other.text for other in found)
        if not repeats and (assessment.is_complaint or reason.signal != "complaint"):
            found.append(reason)
    return found


def unheaped(text: str) -> str:
    """The words with at most two marks above and below a letter: a heap of accents ("zalgo") covers the lines around it.
    The signs of Devanagari and other scripts are no such marks."""
    return text if text.isascii() else _heaps().sub(r"\1", text)


def plain(text: str) -> str:
    """A stranger's words on one line, where nothing marks them off from ours, as in a mail: no control characters, no
    marks that turn the direction of what follows, no heaps of accents."""
    kept = (" " if letter.isspace() else letter for letter in text if not _plays_tricks(letter))
    return " ".join(unheaped("".join(kept)).split())


def _plays_tricks(letter: str) -> bool:
    turns = letter in "\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    return turns or (unicodedata.category(letter) in ("Cc", "Cs") and not letter.isspace())


@cache
def _heaps() -> re.Pattern[str]:
    """Two marks that stand above or below a letter (combining class 200 and up), and all that follow them."""
    marks = "".join(letter for letter in map(chr, range(0x300, 0x10000)) if unicodedata.combining(letter) >= 200)
    return re.compile(f"([{marks}]{{2}})[{marks}]+")
