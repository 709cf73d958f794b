"""The hard floors: one named rule for each clause of the P1 and P2 rows of the urgency table.

A floor fires whatever the sentiment, the score and the language. Weights may be moved by what the desk corrects; floors
are moved by a person who edits this page.
"""

from collections.abc import Callable
from typing import Final, NamedTuple

from analysis.facts import Facts
from core.assessment import Priority, Topic


class Context:
    """What stands around the words: `complaint` is the probability that it is one, before floors; `vip` a linked customer's
    tier; None is not told."""

    def __init__(self, complaint: float, followers: int | None, views: int | None, vip: bool) -> None:
        self.complaint, self.followers, self.views, self.vip = complaint, followers, views, vip


class Floor(NamedTuple):
    """A clause. It fires on the words of one of the signals `on`, if `when` holds.

    `topic` is the team's, where the clause decides it. `breach` says that whoever writes so is complaining of the brand,
    rather than warning of an outsider or asking. One of ordinary `business` is over once the complaint is resolved or
    withdrawn. What is `certain` is never doubted; it alone, if no business, stands even where it is not about the brand:
    somebody wants to die.
    """

    name: str
    priority: Priority
    topic: Topic | None
    on: tuple[str, ...]
    when: Callable[[Facts, Context], bool] = lambda facts, context: True
    breach: bool = True
    business: bool = False
    certain: bool = False


def _with(*signals: str) -> Callable[[Facts, Context], bool]:
    """Where one of these shows as well."""
    return lambda facts, _: facts.has(*signals)


def _complains(least: float) -> Callable[[Facts, Context], bool]:
    return lambda _, context: context.complaint >= least


WIDE_VIEWS, WIDE_FOLLOWERS, LOUD_FOLLOWERS, LONG_DAYS = 25_000, 100_000, 50_000, 30


def _in_public(facts: Facts, context: Context) -> bool:
    wide = (context.views or 0) >= WIDE_VIEWS or (context.followers or 0) >= WIDE_FOLLOWERS
    return wide or facts.has("on_video")


def _held_long(facts: Facts, _: Context) -> bool:
    owed = facts.has("money") and facts.has("billing", "locked_funds", "failure", "not_delivered")
    return facts.days >= LONG_DAYS and owed and not facts.has("praise", "lead", "suggestion")


def _lost_money(facts: Facts, context: Context) -> bool:
    lost = facts.has("money") and facts.has("billing", "repeated_debit", "locked_funds", "failure")
    return lost and context.complaint >= 0.5


def _let_down(facts: Facts, context: Context) -> bool:
    about_us = context.complaint >= 0.45 or facts.has(
        "failure", "delivery", "not_delivered", "billing", "product_quality"
    )
    return about_us and not facts.has("praise", "lead", "suggestion", "news")


def _late(facts: Facts, context: Context) -> bool:
    late = facts.has("not_delivered", "failure") and facts.has("delivery", "not_delivered")
    return late and context.complaint >= 0.5


def _business_leaves(facts: Facts, context: Context) -> bool:
    return facts.has("business") and context.complaint >= 0.4


P1, P2 = Priority.P1, Priority.P2

FLOORS = (
    Floor("injury", P1, "safety", ("injury",)),
    Floor("hazard_fire", P1, "safety", ("hazard_fire",)),
    Floor("hazard_shock", P1, "safety", ("hazard_shock",)),
    Floor("hazard_gas", P1, "safety", ("hazard_gas",)),
    Floor("hazard_allergen", P1, "safety", ("hazard_allergen",)),
    Floor("hazard_choking", P1, "safety", ("hazard_choking",)),
    Floor("self_harm", P1, "safety", ("self_harm",), breach=False, certain=True),
    Floor("violence_or_threat", P1, "safety", ("violence_or_threat",)),
    Floor("fraud_or_takeover", P1, "privacy_security", ("fraud_or_takeover",)),
    Floor("data_exposed", P1, "privacy_security", ("data_exposed",)),
    Floor("impersonation", P1, "privacy_security", ("fake_account",), _with("asks_card"), breach=False),
    Floor("outage_confirmed", P1, "outage_technical", ("outage",), _with("many_people")),
    Floor("discrimination_wide", P1, "legal", ("discrimination",), _in_public),
    Floor("press_deadline", P1, "legal", ("press",), _with("today"), breach=False),
    Floor("money_and_hardship", P2, "billing", ("hardship",), _lost_money, business=True),
    Floor("repeated_debit", P2, "billing", ("repeated_debit",), _with("money", "billing"), business=True),
    Floor("money_held_30_days", P2, "billing", ("billing", "money"), _held_long, business=True),
    Floor("three_failed_contacts", P2, None, ("failed_contacts",), business=True),
    Floor("legal_step", P2, "legal", ("legal_step",)),
    Floor(
        "health_critical_delivery",
        P2,
        "delivery",
        ("health_item",),
        _with("not_delivered", "event_soon"),
        business=True,
    ),
    Floor("same_day_delivery", P2, "delivery", ("event_soon",), _late, business=True),
    Floor("vulnerable_person", P2, None, ("vulnerable",), _let_down, business=True),
    Floor("staff_misconduct", P2, "feedback", ("staff_misconduct",)),
    Floor("discrimination", P2, "legal", ("discrimination",)),
    Floor("locked_funds", P2, "billing", ("locked_funds",), business=True),
    Floor(
        "growing_loss",
        P2,
        None,
        ("growing_loss",),
        _with("failure", "billing", "outage", "delivery", "outage_technical"),
        business=True,
    ),
    Floor("phishing", P2, "privacy_security", ("phishing", "fake_account"), breach=False),
    Floor("business_churn", P2, None, ("leaving",), _business_leaves, business=True),
    Floor("price_error", P2, "outage_technical", ("price_error",), breach=False),
    Floor("recall_news", P2, "safety", ("recall_news",), breach=False),
)
LOUD = Floor("loud_or_vip_complaint", P2, None, (), _complains(0.5), breach=False, business=True, certain=True)
"""The one floor without words of its own: who says it is enough."""

_ON: Final = {signal: tuple(floor for floor in FLOORS if signal in floor.on) for floor in FLOORS for signal in floor.on}
_SIGNALS: Final = frozenset(_ON)
_ORDER: Final = {floor.name: place for place, floor in enumerate((*FLOORS, LOUD))}


def fired(facts: Facts, context: Context) -> list[tuple[Floor, str]]:
    """The floors that fire, most urgent first, each with the words that it fires on."""
    shown: list[tuple[Floor, str]] = []
    if not _SIGNALS.isdisjoint(facts.hits):
        found = {
            floor.name: floor for signal in facts.hits for floor in _ON.get(signal, ()) if floor.when(facts, context)
        }
        shown = [(floor, hit.text) for floor in found.values() if (hit := facts.first(*floor.on)) is not None]
    if (context.vip or (context.followers or 0) >= LOUD_FOLLOWERS) and LOUD.when(facts, context):
        shown.append((LOUD, "a linked customer of a high tier" if context.vip else f"{context.followers:,} followers"))
    if len(shown) > 1:
        shown.sort(key=lambda pair: (pair[0].priority, _ORDER[pair[0].name]))
    return shown
