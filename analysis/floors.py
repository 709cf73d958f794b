"""The hard floors: one named rule for each clause of the P1 and P2 rows of the urgency table.

A floor fires whatever the sentiment, the score and the language. Weights may be moved by what the desk corrects; floors
are moved by a person who edits this page.
"""

from collections.abc import Callable
from dataclasses import dataclass

from analysis.cues import Hit
from analysis.facts import Facts
from analysis.hazards import HAZARDS, SERIOUS
from core.assessment import Priority, Topic


@dataclass(frozen=True, slots=True)
class Context:
    """What stands around the words: `complaint` is the probability that it is one, before floors; `vip` a linked customer's
    tier; None is not told."""

    complaint: float = 0.0
    followers: int | None = None
    views: int | None = None
    vip: bool = False


@dataclass(frozen=True, slots=True)
class Floor:
    """A clause. `shows` gives the words that it fires on. `topic` is the team's, where the clause decides it.

    `breach` says that whoever writes so is complaining of the brand, rather than warning of an outsider or asking.
    """

    name: str
    priority: Priority
    topic: Topic | None
    shows: Callable[[Facts, Context], Hit | None]
    breach: bool = True


def _any(*signals: str) -> Callable[[Facts, Context], Hit | None]:
    return lambda facts, _: facts.first(*signals)


def _with(signal: str, *others: str) -> Callable[[Facts, Context], Hit | None]:
    """`signal`, where one of `others` shows as well."""
    return lambda facts, _: facts.first(signal) if facts.has(*others) else None


WIDE_VIEWS, WIDE_FOLLOWERS, LOUD_FOLLOWERS, LONG_DAYS = 25_000, 100_000, 50_000, 30


def _discriminated_in_public(facts: Facts, context: Context) -> Hit | None:
    wide = (context.views or 0) >= WIDE_VIEWS or (context.followers or 0) >= WIDE_FOLLOWERS
    return facts.first("discrimination") if wide or facts.has("on_video") else None


def _money_held_long(facts: Facts, context: Context) -> Hit | None:
    owed = (
        facts.days >= LONG_DAYS
        and facts.has("money")
        and facts.has("billing", "locked_funds", "failure", "not_delivered")
    )
    return facts.first("billing", "money") if owed and not facts.has("praise", "lead", "suggestion") else None


def _hardship(facts: Facts, context: Context) -> Hit | None:
    lost = facts.has("money") and (facts.has("billing", "repeated_debit", "locked_funds", "failure"))
    return facts.first("hardship") if lost and context.complaint >= 0.5 else None


def _vulnerable(facts: Facts, context: Context) -> Hit | None:
    return facts.first("vulnerable") if context.complaint >= 0.45 and not facts.has("lead", "suggestion") else None


def _on_time(facts: Facts, context: Context) -> Hit | None:
    late = facts.has("not_delivered", "failure") and facts.has("delivery", "not_delivered")
    return facts.first("event_soon") if late and context.complaint >= 0.5 else None


def _loud(facts: Facts, context: Context) -> Hit | None:
    loud = context.vip or (context.followers or 0) >= LOUD_FOLLOWERS
    return (
        Hit("reach", 0, 0, "vip" if context.vip else f"{context.followers} followers")
        if loud and context.complaint >= 0.5
        else None
    )


def _business_leaves(facts: Facts, context: Context) -> Hit | None:
    return facts.first("leaving") if facts.has("business") and context.complaint >= 0.4 else None


def _phishing(facts: Facts, _: Context) -> Hit | None:
    return facts.first("phishing", "fake_account")


P1, P2 = Priority.P1, Priority.P2
SIGNALS = HAZARDS.keys() | SERIOUS.keys()
"""Without one of these, or a loud voice, no floor can fire."""

FLOORS = (
    Floor("injury", P1, "safety", _any("injury")),
    Floor("hazard_fire", P1, "safety", _any("hazard_fire")),
    Floor("hazard_shock", P1, "safety", _any("hazard_shock")),
    Floor("hazard_gas", P1, "safety", _any("hazard_gas")),
    Floor("hazard_allergen", P1, "safety", _any("hazard_allergen")),
    Floor("hazard_choking", P1, "safety", _any("hazard_choking")),
    Floor("self_harm", P1, "safety", _any("self_harm"), breach=False),
    Floor("violence_or_threat", P1, "safety", _any("violence_or_threat")),
    Floor("fraud_or_takeover", P1, "privacy_security", _any("fraud_or_takeover")),
    Floor("data_exposed", P1, "privacy_security", _any("data_exposed")),
    Floor("impersonation", P1, "privacy_security", _with("fake_account", "asks_card"), breach=False),
    Floor("outage_confirmed", P1, "outage_technical", _with("outage", "many_people")),
    Floor("discrimination_wide", P1, "legal", _discriminated_in_public),
    Floor("press_deadline", P1, "legal", _with("press", "today"), breach=False),
    Floor("money_and_hardship", P2, "billing", _hardship),
    Floor("repeated_debit", P2, "billing", _with("repeated_debit", "money", "billing")),
    Floor("money_held_30_days", P2, "billing", _money_held_long),
    Floor("three_failed_contacts", P2, None, _any("failed_contacts")),
    Floor("legal_step", P2, "legal", _any("legal_step")),
    Floor("health_critical_delivery", P2, "delivery", _with("health_item", "not_delivered", "event_soon")),
    Floor("same_day_delivery", P2, "delivery", _on_time),
    Floor("vulnerable_person", P2, None, _vulnerable),
    Floor("staff_misconduct", P2, "feedback", _any("staff_misconduct")),
    Floor("discrimination", P2, "legal", _any("discrimination")),
    Floor("locked_funds", P2, "billing", _any("locked_funds")),
    Floor(
        "growing_loss", P2, None, _with("growing_loss", "failure", "billing", "outage", "delivery", "outage_technical")
    ),
    Floor("phishing", P2, "privacy_security", _phishing, breach=False),
    Floor("loud_or_vip_complaint", P2, None, _loud),
    Floor("business_churn", P2, None, _business_leaves),
    Floor("price_error", P2, "billing", _any("price_error"), breach=False),
    Floor("recall_news", P2, "safety", _any("recall_news"), breach=False),
)
