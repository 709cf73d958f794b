"""How soon a person must look, whether it is a complaint, what is wanted, and whose desk it is.

Hard floors first (`analysis.floors`), then a sum of named weights. The learned head, which knows far more wordings than the
rules, speaks through three of them: how likely it is a complaint, how likely a lead would ring the desk (`risk`), and how
sure it is that nobody would (`calm`). Every weight that lifts or lowers a priority is a reason, so a score always agrees
with its priority by the cuts.
"""

import re
from collections.abc import Mapping, Sequence
from math import exp, floor, log10
from typing import Final, get_args

import numpy as np
from numpy.typing import NDArray

from analysis.facts import NOT_OURS, Facts, not_ours, shown, stake
from analysis.floors import Context, Floor, fired
from analysis.ngrams import MAX_CHARACTERS
from analysis.weights import SHIPPED, Weights
from analysis.words import EMOJI, Words
from core.assessment import Intent, Priority, Reason, Sentiment, Topic, Urgency

P1: Final = Priority.P1
P2: Final = Priority.P2
P3: Final = Priority.P3
P4: Final = Priority.P4
CUTS = {P1: 4.5, P2: 3.0, P3: 1.2}
"""A score from here on has this priority; below the last it is P4."""

_P1_CUT: Final = CUTS[P1]
_P2_CUT: Final = CUTS[P2]
_P3_CUT: Final = CUTS[P3]

_WORDED: Final[tuple[Topic, ...]] = (
    "privacy_security",
    "outage_technical",
    "billing",
    "delivery",
    "product_quality",
    "feedback",
)
_TIES: Final[tuple[Topic, ...]] = ("safety", "privacy_security", "legal", "outage_technical")


INTENTS: tuple[Intent, ...] = get_args(Intent)
TOPICS: tuple[Topic, ...] = get_args(Topic)
UNOWNED: tuple[Topic, ...] = ("praise", "spam_irrelevant")
"""What no desk works on."""
DESKS: tuple[Topic, ...] = tuple(topic for topic in TOPICS if topic not in UNOWNED)

RISK_OF_P1: Final = 0.3
RISK_OF_P2: Final = 0.4
"""From this learned probability of P1 (of P1 or P2) on, the risk is enough for that priority. A missed P1 costs more than a
false ring, so the first is low."""

SHARE_OF_P1: Final = 0.33
"""Where the risk is enough for P2 it is enough for P1 if so much of it is of P1: a P1 that rings as a P2 waits an hour."""

CALM: Final = 0.3
"""Below this learned probability of ringing, ordinary signs that add up do not ring."""

DOUBTED: Final = 0.3
DOUBTED_COMPLAINT: Final = 0.15
"""Below the first of these learned probabilities of ringing a floor is doubted, and below the second where the head hears a
complaint: it opens a case at P3, where a person reads it, and does not ring. That somebody wants to die is never doubted."""

PLAIN_PRAISE: Final = 0.05
"""Below this learned probability of ringing, and of a complaint, praise in the words of a danger does not open a case."""

FEW_WORDS: Final = 5
"""In fewer words than this, or among more emoji than words, the head has too little to doubt a floor by."""

MUCH_MARKUP: Final = 4
"""From so many signs of markup or code on, a text is not of the kind that the head has learned to doubt a floor by."""

DOUBTED_BREACH: Final = 0.3
"""Below this learned probability that it complains, a floor that fires does not make a complaint of it: who asks whether a
tingling tap is normal, or tells of a film, blames nobody."""

SURELY_BLAMED: Final = 0.9
"""Below this probability of a complaint, who warns of somebody that poses as the brand does not complain of it."""

PLAINLY_URGENT: Final = 0.75
"""From this learned probability of ringing on, what seems resolved or hearsay is not passed over."""

MIXED_PRAISE: Final = 0.2
"""From this probability of a complaint on, praise is filed by what it is about."""


class Learned:
    """What the learned head makes of a text: the probabilities that it complains, that a lead would put it at P1 or at P2
    (`rings` is both); what is likeliest wanted if it does not complain; whose desk answers it, and where it is filed if none
    has to; how likely each of the sentiments is. `told` is what `analysis.learn` must know of it, before weights and moods
    move it: how likely a ring and each of the sentiments is, rounded."""

    def __init__(
        self,
        complaint: float,
        p1: float,
        p2: float,
        intent: Intent,
        topic: Topic,
        filed: Topic,
        moods: list[float],
        told: list[float],
    ) -> None:
        self.complaint, self.p1, self.p2, self.rings = complaint, p1, p2, p1 + p2
        self.intent, self.topic, self.filed = intent, topic, filed
        self.moods, self.told = moods, told


def likeliest_intents(odds: NDArray[np.float64]) -> list[Intent]:
    """The likeliest of each row of `INTENTS`, were it no complaint."""
    return [_WANTED[i] for i in odds[:, [INTENTS.index(intent) for intent in _WANTED]].argmax(axis=1).tolist()]


def likeliest_topics(odds: NDArray[np.float64], among: Sequence[Topic] = TOPICS) -> list[Topic]:
    """The likeliest of each row of `TOPICS`, of those `among` which to choose."""
    return [among[i] for i in odds[:, [TOPICS.index(topic) for topic in among]].argmax(axis=1).tolist()]


_WANTED: Final = tuple(intent for intent in INTENTS if intent != "complaint")


class Verdict:
    """All that the words and their context say. `complaint` is the probability, 0 to 1."""

    def __init__(
        self, urgency: Urgency, complaint: float, is_complaint: bool, intent: Intent, department: Topic
    ) -> None:
        self.urgency, self.complaint, self.is_complaint = urgency, complaint, is_complaint
        self.intent, self.department = intent, department


def verdict(
    found: Facts,
    sentiment: Sentiment,
    learned: Learned | None = None,
    *,
    followers: int | None = None,
    views: int | None = None,
    shares_per_hour: float = 0.0,
    vip: bool = False,
    weights: Weights = SHIPPED,
) -> Verdict:
    """Judge one text by the facts `found` in its words and what the head has `learned`, where it knows the language.

    `vip` only of linked customers; `shares_per_hour` is how fast it spreads.
    """
    quiet = _quiet(found)
    ours = quiet not in NOT_OURS
    if quiet and learned is not None and _outvoted(quiet, learned, weights):
        quiet = ""
    probability = complaint_probability(found, sentiment, quiet) if learned is None else learned.complaint
    context = Context(probability, followers, views, vip)
    rung = fired(found, context)
    if quiet and rung:
        rung = [(floor, text) for floor, text in rung if not floor.business and (ours or floor.certain)]
    sure = _undoubted(rung, found, learned, weights) if rung else []
    if sure:
        probability = _blamed(probability, sure, learned)
    probability = rounded(probability)  # as it is told, so that what is told agrees with what is decided
    complains = probability >= 0.5
    intent = _intent(found, sentiment, learned, complains, quiet)
    reasons, score = _weigh(found, context, probability, intent, shares_per_hour, quiet, weights.score)
    if rung:
        lowest = sure[0].priority if sure else P4 if _praised(learned, weights) else P3
        lift = max(0.0, CUTS.get(lowest, score) - score)
        reasons = [
            *(Reason(f.name, rounded(lift) if i == 0 else 0.0, text) for i, (f, text) in enumerate(rung)),
            *reasons,
        ]
        score += lift
    if learned is not None and not (quiet or found.dropped):
        reason = _risk(learned, score, weights.score)
        if reason is not None and (reason.weight > 0 or not sure):
            reasons.insert(0, reason)
            score += reason.weight
    priority = _priority(score)
    return Verdict(
        Urgency(priority, rounded(score), tuple(reasons)),
        probability,
        complains,
        intent,
        _department(found, sure, learned, intent, probability, quiet, priority),
    )


def _urgent(learned: Learned, weights: Weights) -> float:
    """The probability of ringing, as what the desk has taught moves it."""
    return min(1.0, weights.score["risk"] * learned.rings)


def _outvoted(quiet: str, learned: Learned, weights: Weights) -> bool:
    """Is the head so sure of a ring that what seems over or hearsay is not passed over? It knows no names, so it cannot tell
    what is about others; but "that shop is not Northwind" is no comparison where somebody poses as the brand."""
    if quiet in NOT_OURS or _urgent(learned, weights) < PLAINLY_URGENT:
        return False
    return quiet != "competitor" or learned.topic == "privacy_security"


def _undoubted(
    rung: Sequence[tuple[Floor, str]], found: Facts, learned: Learned | None, weights: Weights
) -> list[Floor]:
    """The floors that stand: all, unless the head finds a ring unlikely and may say so."""
    doubted = (
        learned is not None
        and _urgent(learned, weights) < (DOUBTED if learned.complaint < 0.5 else DOUBTED_COMPLAINT)
        and not _beyond_doubt(found)
    )
    return [floor for floor, _ in rung if floor.certain or not doubted]


def _blamed(probability: float, sure: Sequence[Floor], learned: Learned | None) -> float:
    """The probability of a complaint, as the floors that stand move it."""
    outsider = any(floor.name in ("phishing", "impersonation") for floor in sure)  # it is not the brand that robs them
    blamed = learned is None or learned.complaint >= DOUBTED_BREACH
    if blamed and any(floor.breach and not (outsider and floor.name == "fraud_or_takeover") for floor in sure):
        return max(probability, 0.85)
    return min(probability, 0.45) if outsider and probability < SURELY_BLAMED else probability


def _beyond_doubt(found: Facts) -> bool:
    """Does a floor stand whatever the head makes of the text: it is longer than the head reads, or has too few words to tell
    by, or markup among them, or it is said to be meant ("not a joke", "..., but mine caught fire")."""
    words = found.words
    return (
        len(words.line) > MAX_CHARACTERS
        or len(words.tokens) < FEW_WORDS
        or 2 * sum([EMOJI.match(word) is not None for word in words.tokens]) > len(words.tokens)
        or len(_MARKUP.findall(words.written)) >= MUCH_MARKUP
        or found.has("hearsay", "retracted")
        or re.search(_MEANT, words.line) is not None
    )


def _praised(learned: Learned | None, weights: Weights) -> bool:
    """Is it plainly praise, in the words of a danger ("set the town on fire with this sale")?"""
    if learned is None or learned.intent != "praise":
        return False
    return max(_urgent(learned, weights), learned.complaint) < PLAIN_PRAISE


_MARKUP: Final = re.compile(r"[<>{}|\\^~`]")
_MEANT: Final = (
    " (?:not|isnt|no|nor) (?:an? )?(?:joke|film|movie|drill|prank|rumou?r|exaggeration) "
    "| (?:ma[zj]aa?k|film|movie|afwah) (?:nahi|nhi|nahin) "
    "| (?:मजाक|फिल्म|अफवाह) (?:नहीं|नही) "
    "| (?:saka|film|dedikodu|abarti) degil "
    "| (?:but|yet|though|however) (?:my|mine|our|ours) "
    "| (?:lekin|magar|par|pr) (?:brand )?(?:mer[aeiy]+|hamar[aei]+|apn[aei]+) "
    "| (?:लेकिन|मगर|पर) (?:brand )?(?:मेर[ाेी]|हमार[ाेी]|अपन[ाेी]) "
    "| (?:ama|fakat|ancak) (?:benim|bizim|bende|bizde|benimki|bizimki) "
)
"""Compiled when it is first asked for."""


def _risk(learned: Learned, score: float, weigh: Mapping[str, float]) -> Reason | None:
    """What the head adds where no danger was denied: enough for P1 or P2 where it is sure of it, and, where no floor fires,
    never a ring where it is sure of the contrary."""
    rings = learned.rings
    weight = weigh["risk"]
    enough = weight * rings / RISK_OF_P2 >= 1.0
    first = weight * learned.p1 / RISK_OF_P1 >= 1.0 or (enough and learned.p1 >= SHARE_OF_P1 * rings)
    level = _P1_CUT if first else _P2_CUT if enough else 0.0
    if level:
        return Reason("risk", rounded(level - score), f"{rings:.0%} likely to be urgent") if level > score else None
    if score >= _P2_CUT and weight * rings < CALM:
        return Reason("calm", rounded(_P2_CUT - 0.01 - score), f"{rings:.0%} likely to be urgent")
    return None


def complaint_probability(found: Facts, sentiment: Sentiment, quiet: str = "") -> float:
    """How likely it is that the author says the brand let them down, 0 to 1, by the logistic of named cues: where no head
    knows the language.

    A starting judgement, like all weights here: bias -2.0; something failed +2.8, and +0.8 for the next; a demand +1.2;
    scorn +1.8, mild +0.8; sarcasm +2.6; the mood up to 1.5 either way; praise -1.5; a suggestion, lead or warning -1.2;
    addressed to the help desk +1.6; and -4 once it is resolved, withdrawn, hearsay or about another company.
    """
    hits, logit = found.hits, -2.0
    failures = found.times("failure") + found.has("repeated_debit", "locked_funds", "failed_contacts", "outage")
    logit += (2.8 if failures else 0.0) + (0.8 if failures > 1 else 0.0)
    logit += 1.2 * ("demand" in hits)
    scorn = "grumble" in hits
    logit += 1.8 * scorn + 0.8 * (("mild_grumble" in hits) and not scorn)
    sarcasm = "sarcasm" in hits
    logit += 2.6 * sarcasm
    if sentiment.label != "unsupported":
        mood = -1.5 * sentiment.score
        logit += mood if mood > 0 or not (sarcasm or failures) else 0.0 if sarcasm else mood / 3
    else:
        logit += 0.9 * scorn
    logit -= 1.5 * (("praise" in hits) and not sarcasm)
    logit -= 1.2 * (found.has("suggestion", "lead", "warning") and not failures)
    logit += 0.8 * ("leaving" in hits)
    if found.words.helpdesk and not found.has("praise", "suggestion", "lead"):
        logit += 0.8 if ("question" in hits) else 1.6
    if quiet:
        logit -= 4.0
    return 1.0 / (1.0 + exp(-logit))


QUIET: Final = ("retracted", "competitor", *NOT_OURS, "resolved", "giveaway", "hearsay", "figurative")
"""The signals that take the alarm away."""
_QUIET: Final = frozenset(QUIET)
_SPAM: Final = ("giveaway", *NOT_OURS)


_NOT_SOLVED: Final = frozenset(["before", "since", "until", "supposedly", "apparently", "allegedly"])
"""Not "as before you fixed it", nor "since it was replaced": what is told comes after."""


def _quiet(found: Facts) -> str:
    """The signal that takes the alarm away, if one does: the complaint is over, withdrawn, or not about the brand."""
    hits = found.hits
    if _QUIET.isdisjoint(hits):
        return ""
    for signal in ("retracted", "competitor"):
        if signal in hits:
            return signal
    if others := not_ours(found.words, hits):
        return others
    if "resolved" in hits:
        solved, still = found.hits["resolved"][-1], found.hits.get("failure", ())
        again = still and still[-1].start > solved.end and still[-1].text.startswith(("still", "but", "hala", "abhi"))
        since = not _NOT_SOLVED.isdisjoint(found.words.tokens[max(0, solved.start - 2) : solved.start])
        return "" if again or since else "resolved"
    if found.times("giveaway") >= 2:
        return "giveaway"
    if (hearsay := found.first("hearsay")) is not None and "demand" not in hits:
        first_failure = found.first("failure", "grumble")
        if first_failure is None or hearsay.start <= first_failure.start:
            return "hearsay"
    if "figurative" in hits and not found.has("failure", "demand"):
        return "figurative"
    return ""


def _weigh(
    found: Facts,
    context: Context,
    probability: float,
    intent: Intent,
    shares_per_hour: float,
    quiet: str,
    weigh: Mapping[str, float],
) -> tuple[list[Reason], float]:
    """The additive score of the urgency table, each part a reason."""
    hits = found.hits
    told = shown(hits.get("failure", ()) or hits.get("grumble", ()))
    reasons = [_reason("complaint", probability, told, weigh)]
    if probability >= 0.3:
        if "severity" in hits:
            reasons.append(_reason("severity", 1.0, shown(hits["severity"]), weigh))
        if "failed_contacts" in hits:
            reasons.append(_reason("contacts", 1.0, shown(hits["failed_contacts"]), weigh))
        elif found.days > 14 and found.has("failure", "not_delivered"):
            reasons.append(_reason("long_wait", 1.0, f"{found.days:.0f} days", weigh))
        if "event_soon" in hits:
            reasons.append(_reason("deadline", 1.0, shown(hits["event_soon"]), weigh))
        if found.dollars > 1:
            reasons.append(_reason("money", stake(found.dollars), f"about {found.dollars:,.0f} USD", weigh))
        if "leaving" in hits:
            reasons.append(_reason("leaving", 1.0, shown(hits["leaving"]), weigh))
        if context.vip:
            reasons.append(_reason("vip", 1.0, "linked customer of a high tier", weigh))
        reach = 0.35 * (log10(context.followers) - 3) if context.followers and context.followers > 1000 else 0.0
        speed = 0.35 * log10(shares_per_hour) if shares_per_hour > 1 else 0.0
        if heard := reach + speed:
            reasons.append(_reason("reach", min(1.2, heard), f"{context.followers or 0:,} followers", weigh))
    said = [reason for reason in reasons if reason.weight >= 0.05]  # what is less says nothing
    score = sum([reason.weight for reason in said])
    if quiet:
        down = min(-2.5, _P3_CUT - 0.01 - score)
        said.append(Reason(quiet, rounded(down), shown(hits[quiet])))
    elif score < _P3_CUT:
        if intent in ("question", "lead", "request"):
            asked = hits.get("lead" if intent == "lead" else "question", ())
            said.append(Reason(intent, rounded(_P3_CUT - score), shown(asked)))
        elif intent == "complaint":
            said.append(Reason("answer", rounded(_P3_CUT - score)))  # even one that we are not sure of
    said = said or reasons[:1]
    return said, sum([reason.weight for reason in said])


def _reason(signal: str, amount: float, text: str, weigh: Mapping[str, float]) -> Reason:
    return Reason(signal, rounded(weigh[signal] * amount), text)


def rounded(number: float, digits: int = 3) -> float:
    """As `round` does, which writes down all digits of a number and reads a few again: a quarter of the time of a verdict.
    That is needed where it is halfway between two, or may be -0."""
    if number > 0:
        parts = _PARTS[digits]
        times = number * parts
        near = float(floor(times + 0.5))
        if abs(times - near) < 0.499:
            return near / parts
    return round(number, digits) if number else number


_PARTS: Final = (1.0, 10.0, 100.0, 1_000.0, 10_000.0)


def _priority(score: float) -> Priority:
    if score < _P3_CUT - 1e-6:
        return P4
    return P1 if score >= _P1_CUT - 1e-6 else P2 if score >= _P2_CUT - 1e-6 else P3


def _intent(found: Facts, sentiment: Sentiment, learned: Learned | None, complains: bool, quiet: str) -> Intent:
    """What the author wants."""
    if complains:
        return "complaint"
    if learned is not None:
        return "lead" if learned.intent == "question" and "lead" in found.hits else learned.intent
    return _intent_by_rule(found, sentiment, quiet)


def _intent_by_rule(found: Facts, sentiment: Sentiment, quiet: str) -> Intent:
    """Where no head knows the language: in the order in which the signs outweigh each other."""
    hits = found.hits
    if quiet == "figurative" or quiet in _SPAM:
        return "other"
    glad = ("praise" in hits) or sentiment.label == "positive"
    if quiet:
        return "praise" if glad else "other"
    for signal, intent in _SAYS.items():
        if signal in hits:
            return intent
    return "praise" if glad else "other"


_SAYS: Final[Mapping[str, Intent]] = {
    "lead": "lead",
    "suggestion": "suggestion",
    "answerable": "question",
    "praise": "praise",
    "request": "request",
    "demand": "request",
    "news": "news",
}


def _department(
    found: Facts,
    floors: Sequence[Floor],
    learned: Learned | None,
    intent: Intent,
    complaint: float,
    quiet: str,
    priority: Priority,
) -> Topic:
    """Whose team would own the next step: a floor's own topic, else the intent's, else what the head or the words say. Where
    the head finds a ring likely by itself, it also knows better than a floor whose it is."""
    if floors and (learned is None or learned.rings < RISK_OF_P2):
        worst = floors[0].priority
        claimed = [floor.topic for floor in floors if floor.topic is not None and floor.priority == worst]
        for topic in _TIES:
            if topic in claimed:
                return topic
        if claimed:
            return claimed[0]
    if (ruled := filed_by_rule(priority, intent, quiet, complaint)) is not None:
        return ruled[0]
    if learned is not None:
        return learned.filed if priority is P4 else learned.topic
    if complaint < 0.5 and (quiet in _SPAM or intent == "other"):
        return "spam_irrelevant"
    counts = {topic: found.times(topic) for topic in _WORDED if topic in found.hits}
    if found.has("outage"):
        counts["outage_technical"] = counts.get("outage_technical", 0) + 1
    return max(counts, key=lambda topic: counts[topic]) if counts else "feedback"


def filed_by_rule(priority: Priority, intent: Intent, quiet: str, complaint: float) -> tuple[Topic, str] | None:
    """Whose it is for what is wanted, not for what it is about, and why; None where what it is about decides.

    What is over, withdrawn or hearsay is filed with whoever would own it, were it open. So is praise that may be meant as a
    `complaint`, which is its probability.
    """
    if intent == "lead" and priority > P2:
        return "sales_lead", "it asks to buy"
    if priority is not P4 or quiet in ("resolved", "retracted", "hearsay"):
        return None
    mixed = intent == "praise" and complaint >= MIXED_PRAISE
    return _FILED_QUIET.get(quiet) or (None if mixed else _FILED.get(intent))


_FILED_QUIET: Final[Mapping[str, tuple[Topic, str]]] = {
    "competitor": ("spam_irrelevant", "it is about another company"),
    "other_company": ("spam_irrelevant", "it is about another company"),
    "other_meaning": ("spam_irrelevant", "it is about another sense of the brand's name"),
    "giveaway": ("spam_irrelevant", "it is a giveaway"),
}
_FILED: Final[Mapping[Intent, tuple[Topic, str]]] = {
    "praise": ("praise", "it praises, and nothing is to be done"),
    "suggestion": ("feedback", "it suggests something, and nothing is to be done"),
}


def has_signs(words: Words) -> bool:
    """Is there anything to judge: a word or an emoji."""
    return any(word[0].isalnum() or EMOJI.match(word) for word in words.tokens if word != "url")
