"""How soon a person must look, whether it is a complaint, what is wanted, and whose desk it is.

Hard floors first (`analysis.floors`), then a sum of named weights, not a model: whatever rings the desk can say why it
rang. Every weight that lifts or lowers a priority is a reason, so a score always agrees with its priority by the cuts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import exp, log10

from analysis.facts import Facts, facts, shown, stake
from analysis.floors import Context, Floor, fired
from analysis.weights import SHIPPED, Weights
from analysis.words import EMOJI, Words
from core.assessment import Intent, Priority, Reason, Sentiment, Topic, Urgency

CUTS = {Priority.P1: 4.5, Priority.P2: 3.0, Priority.P3: 1.2}
"""A score from here on has this priority; below the last it is P4."""

_QUIET = ("resolved", "retracted", "hearsay", "competitor", "figurative", "giveaway")
_TOPICS: tuple[Topic, ...] = (
    "privacy_security",
    "outage_technical",
    "billing",
    "delivery",
    "product_quality",
    "feedback",
)
_TIES: tuple[Topic, ...] = ("safety", "privacy_security", "legal", "outage_technical")


@dataclass(frozen=True, slots=True)
class Verdict:
    """All that the words and their context say. `complaint` is the probability, 0 to 1. `judged` is False where nothing in
    the text was understood, so that its silence says nothing."""

    urgency: Urgency
    complaint: float
    is_complaint: bool
    intent: Intent
    department: Topic
    judged: bool


def verdict(
    words: Words,
    sentiment: Sentiment,
    *,
    followers: int | None = None,
    views: int | None = None,
    shares_per_hour: float = 0.0,
    vip: bool = False,
    weights: Weights = SHIPPED,
) -> Verdict:
    """Judge one text. `vip` only of linked customers; `shares_per_hour` is how fast it spreads."""
    found = facts(words)
    quiet = _quiet(found)
    probability = complaint_probability(found, sentiment, quiet)
    context = Context(probability, followers, views, vip)
    rung = [(floor, text) for floor, text in fired(found, context) if not (quiet and floor.name in _SOFT)]
    if any(floor.breach for floor, _ in rung):
        probability = max(probability, 0.85)
    complains = probability >= 0.5
    intent = _intent(found, sentiment, complains, quiet)
    reasons = _weigh(found, context, probability, intent, shares_per_hour, quiet, weights.score)
    score = sum(reason.weight for reason in reasons)
    if rung:
        lowest = rung[0][0].priority
        lift = max(0.0, CUTS[lowest] - score)
        reasons = [
            *(Reason(f.name, round(lift, 3) if i == 0 else 0.0, text) for i, (f, text) in enumerate(rung)),
            *reasons,
        ]
        score += lift
    return Verdict(
        Urgency(_priority(score), round(score, 3), tuple(reasons)),
        round(probability, 3),
        complains,
        intent,
        _department(found, [floor for floor, _ in rung], intent, complains, quiet),
        bool(found.hits.keys() - _SAYS_NOTHING),
    )


_SOFT = frozenset(
    {
        "three_failed_contacts",
        "same_day_delivery",
        "money_held_30_days",
        "repeated_debit",
        "vulnerable_person",
        "health_critical_delivery",
        "locked_funds",
        "growing_loss",
        "money_and_hardship",
        "business_churn",
        "loud_or_vip_complaint",
    }
)
"""Floors of ordinary business: over once the complaint is resolved, withdrawn, or about another company."""

_SAYS_NOTHING = frozenset(
    {"negation", "negation_after", "hypothetical", "today", "many_people", "question", "money", "business", "on_video"}
)


def complaint_probability(found: Facts, sentiment: Sentiment, quiet: str = "") -> float:
    """How likely it is that the author says the brand let them down, 0 to 1: the logistic of named cues.

    A starting judgement, like all weights here: bias -2.0; something failed +2.8, and +0.8 for the next; a demand +1.2;
    scorn +1.8, mild +0.8; sarcasm +2.6; the mood up to 1.5 either way; praise -1.5; a suggestion, lead or warning -1.2;
    addressed to the help desk +1.6; and -4 once it is resolved, withdrawn, hearsay or about another company.
    """
    hits, logit = found.hits, -2.0
    failures = found.count("failure") + found.has("repeated_debit", "locked_funds", "failed_contacts", "outage")
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


def _quiet(found: Facts) -> str:
    """The signal that takes the alarm away, if one does: the complaint is over, withdrawn, or not about the brand."""
    hits = found.hits
    for signal in ("retracted", "competitor"):
        if signal in hits:
            return signal
    if "other_company" in hits and " brand " not in found.words.line:
        return "other_company"
    if "resolved" in hits:
        solved, still = found.hits["resolved"][-1], found.hits.get("failure", ())
        return (
            ""
            if still and still[-1].start > solved.end and still[-1].text.startswith(("still", "but", "hala", "abhi"))
            else "resolved"
        )
    if found.count("giveaway") >= 2:
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
) -> list[Reason]:
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
        reasons.append(_reason("reach", min(1.2, reach + speed), f"{context.followers or 0:,} followers", weigh))
    score = sum(reason.weight for reason in reasons)
    if quiet:
        down = min(-2.5, CUTS[Priority.P3] - 0.01 - score)
        reasons.append(Reason(quiet, round(down, 3), shown(hits[quiet])))
    elif intent in ("question", "lead", "request") and score < CUTS[Priority.P3]:
        asked = hits.get("lead" if intent == "lead" else "question", ())
        reasons.append(Reason(intent, round(CUTS[Priority.P3] - score, 3), shown(asked)))
    return [reason for reason in reasons if abs(reason.weight) >= 0.05] or reasons[:1]


def _reason(signal: str, amount: float, text: str, weigh: Mapping[str, float]) -> Reason:
    return Reason(signal, round(weigh[signal] * amount, 3), text)


def _priority(score: float) -> Priority:
    return next((priority for priority, cut in CUTS.items() if score >= cut - 1e-6), Priority.P4)


def _intent(found: Facts, sentiment: Sentiment, complains: bool, quiet: str) -> Intent:
    """What the author wants, in the order in which the signs outweigh each other."""
    hits = found.hits
    if complains:
        return "complaint"
    if quiet in ("giveaway", "figurative", "other_company"):
        return "other"
    if quiet in ("hearsay",):
        return "question" if "question" in hits and found.words.tokens[-1:] == ("?",) else "other"
    glad = ("praise" in hits) or sentiment.label == "positive"
    asks = ("answerable" in hits) and not (("rhetorical" in hits) and "lead" not in hits)
    if quiet in ("resolved", "retracted", "competitor"):
        return "praise" if glad else "other"
    if "lead" in hits and (asks or not found.has("praise", "suggestion")):
        return "lead"
    if "suggestion" in hits and "failure" not in hits:
        return "suggestion"
    if asks and ("?" in found.words.tokens or not found.has("praise", "news")):
        return "question"
    if "praise" in hits:
        return "praise"
    if found.has("request", "demand"):
        return "request"
    if "news" in hits:
        return "news"
    return "praise" if glad and sentiment.score >= 0.4 else "other"


def _department(found: Facts, floors: list[Floor], intent: Intent, complains: bool, quiet: str) -> Topic:
    """Whose team would own the next step: a floor's own topic, else the topic that most words speak of."""
    worst = min((floor.priority for floor in floors), default=None)
    claimed = [floor.topic for floor in floors if floor.topic is not None and floor.priority == worst]
    named = found.words.helpdesk or "brand" in found.words.tokens
    for topic in _TIES:
        if topic in claimed:
            return topic
    if claimed:
        return claimed[0]
    if not complains and (
        quiet in ("giveaway", "other_company") or (intent == "other" and (not named or found.has("fiction")))
    ):
        return "spam_irrelevant"
    if intent == "praise":
        return "praise"
    if intent == "lead":
        return "sales_lead"
    if intent == "suggestion":
        return "feedback"
    if intent in ("news", "other"):
        return "outage_technical" if found.has("outage") else "feedback"
    counts = {topic: found.count(topic) for topic in _TOPICS if topic in found.hits}
    if found.has("outage"):
        counts["outage_technical"] = counts.get("outage_technical", 0) + 1
    return max(counts, key=lambda topic: counts[topic]) if counts else "feedback"


def has_signs(words: Words) -> bool:
    """Is there anything to judge: a word or an emoji."""
    return any(word[0].isalnum() or EMOJI.match(word) for word in words.tokens if word != "url")
