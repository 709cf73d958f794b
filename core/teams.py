"""Who answers, by what rules: the settings of the desk. Teams, roles, coverage, service levels, answering, tickets.

The team that a case goes to is decided here too (`route`), for it is a reading of these tables and nothing else.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import chain
from typing import Annotated, Any, Literal
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from core.assessment import Priority, Topic
from core.tongue import Language


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


def _channel(value: str) -> str:
    if not value or " " in value:
        raise ValueError("must be a Slack channel, such as '#triage' or 'C0123ABCD'")
    return value


def _person(value: str) -> str:
    if not re.fullmatch(r"[UWS][A-Z0-9]{2,}", value):
        raise ValueError(f"'{value}' is no Slack id; write a user's (U0123ABCD) or a user group's (S0123ABCD)")
    return value


def _member(value: str) -> str:
    if "@" in value[1:-1] and not re.search(r"[\s<>]", value):
        return value.lower()
    return _person(value)


def _zone(value: str) -> str:
    if value not in available_timezones():
        raise ValueError(f"'{value}' is no time zone; write one such as 'Asia/Kolkata' or 'Europe/Istanbul'")
    return value


Channel = Annotated[str, AfterValidator(_channel)]
Person = Annotated[str, AfterValidator(_person)]
Member = Annotated[str, AfterValidator(_member)]
Zone = Annotated[str, AfterValidator(_zone)]
PriorityName = Literal["P1", "P2", "P3", "P4"]


class SlaTable(_Table):
    """`[sla.P1]`: minutes until the first answer and until the resolution."""

    first_response_minutes: int = Field(gt=0)
    resolution_minutes: int = Field(gt=0)


class ClocksTable(_Table):
    """`[clocks]`: when to warn of a deadline: once this share of the time is left, but at least these minutes."""

    warn_share: float = Field(0.25, ge=0, lt=1)
    warn_minutes_at_least: int = Field(5, ge=0)


class CoverageTable(_Table):
    """`[coverage.KEY]`: when somebody is there. `hours` maps days ("mon", "mon-fri") to spans ("09:00-18:00"; one that ends
    before it begins runs past midnight) in `zone`; `also` names other coverages that join it, which follows the sun.

    `people`, Slack users and user groups, are who works these hours: what they still have at the end goes to the next
    shift. Where they are not named, that goes which they hand over.
    """

    zone: Zone = "UTC"
    hours: dict[str, tuple[str, ...]] = Field(default_factory=dict)
    holidays: tuple[date, ...] = ()
    also: tuple[str, ...] = ()
    people: tuple[Person, ...] = ()


class SavedReply(_Table):
    """`[[departments.KEY.saved_replies]]`: a text that agents start from. `{name}`, `{brand}`, `{agent}` and `{link}` in it
    are filled in; `language` is one of ours, or empty for every language."""

    name: str = Field(min_length=1, max_length=70)
    text: str = Field(min_length=1)
    language: str = ""


class EscalationTable(_Table):
    """One entry of `escalation`: who is named, and how many minutes of the team's clock after a promise was missed. An id
    alone is named at once."""

    who: Person
    after_minutes: int = Field(0, ge=0, le=7 * 24 * 60)

    @model_validator(mode="before")
    @classmethod
    def _an_id_alone(cls, value: Any) -> Any:
        return {"who": value} if isinstance(value, str) else value


class GuidelineTable(_Table):
    """`[departments.KEY.guideline]`: what may be offered, and by whom. A change takes a higher `version` and is told."""

    version: int = Field(1, ge=1)
    text: str = Field("", max_length=2500)


class RouteTable(_Table):
    """`[[departments.KEY.routes]]`: one way to this team. All that a route names must hold; the route that names most wins.

    `keywords` are looked for as whole words in the post, any of them; `min_lifetime_value` and `tiers` are those of a
    linked customer.
    """

    topics: tuple[Topic, ...] = ()
    keywords: tuple[str, ...] = ()
    languages: tuple[str, ...] = ()
    priorities: tuple[PriorityName, ...] = ()
    platforms: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()
    tiers: tuple[str, ...] = ()
    min_lifetime_value: float | None = None

    @model_validator(mode="after")
    def _names_something(self) -> "RouteTable":
        if self == type(self).model_construct():
            raise ValueError("a route must name something: topics, keywords, languages, priorities ...")
        return self


class DepartmentTable(_Table):
    """`[departments.KEY]`: a team: the judged topics that it owns, the Slack channel where its cases ring, its people and
    its rules.

    P1 and P2 get their card at once, and with `ring_p3` so does a P3, such as a sales lead.
    `escalation` is who is named when a clock runs out: at once, or in steps of minutes, up to the manager; `speakers` who
    knows a language, `markets` who knows a country or a city. What is said of `digest_topics` is told to the team in a daily
    digest, where it rings nobody; with `digest_keywords`, what says one of them alone. `language` is that of the reports in
    its channel, marketing's unless set.
    """

    channel: Channel
    topics: tuple[Topic, ...] = ()
    routes: tuple[RouteTable, ...] = ()
    coverage: str = ""
    sla: dict[Literal["P1", "P2", "P3"], SlaTable] = Field(default_factory=dict)
    escalation: tuple[EscalationTable, ...] = ()
    speakers: dict[str, tuple[Person, ...]] = Field(default_factory=dict)
    markets: dict[str, tuple[Person, ...]] = Field(default_factory=dict)
    saved_replies: tuple[SavedReply, ...] = ()
    guideline: GuidelineTable = GuidelineTable()
    approval: tuple[PriorityName, ...] = ()
    ring_p3: bool = False
    digest_topics: tuple[Topic, ...] = ()
    digest_keywords: tuple[str, ...] = ()
    language: Language | None = None

    def who_speaks(self, language: str) -> tuple[Person, ...]:
        """Who knows this language; of Hinglish (`hi-Latn`), where nobody is named for it, who knows Hindi."""
        return self.speakers.get(language) or self.speakers.get(language.partition("-")[0], ())

    def who_knows(self, recorded: Collection[str], shown: str) -> tuple[Person, ...]:
        """Who knows the place where somebody lives: one of those that the customer's record has, or one that they show
        themselves, in which a short name (IN) may be any word."""
        known = {place.casefold() for place in recorded}
        found = (
            people
            for place, people in self.markets.items()
            if place.casefold() in known or (len(place) > 3 and says_any(shown, (place,)))
        )
        return tuple(dict.fromkeys(chain.from_iterable(found)))

    @model_validator(mode="after")
    def _owns_something(self) -> "DepartmentTable":
        if not (self.topics or self.routes or self.digest_topics):
            raise ValueError("needs topics or routes: what is its business?")
        return self


class DigestTable(_Table):
    """`[digest]`: at which hour of the day, in which zone, teams are told of the day before; and at which those without a
    shift's end hear what is open."""

    hour: int = Field(9, ge=0, le=23)
    hand_over_hour: int = Field(18, ge=0, le=23)
    zone: Zone = "UTC"


class RolesTable(_Table):
    """`[roles]`: who may do what, by Slack user or user group; on the dashboard, where a proxy may sign people in, by e-mail
    address too. While `agents` is empty, whoever sees a card may act on it; `approvers` let answers out where that is asked,
    `leads` may do all of it and take cases from others. While `viewers` is empty, whoever signs in may read."""

    viewers: tuple[Member, ...] = ()
    agents: tuple[Member, ...] = ()
    approvers: tuple[Member, ...] = ()
    leads: tuple[Member, ...] = ()


class AnsweringTable(_Table):
    """`[answering]`: rules for what goes out in public. `approval_for` names agents whose answers a second person lets out;
    `apology` (by language) begins the draft when the promised time has passed, `private_line` asks for a direct message."""

    approval_for: tuple[Person, ...] = ()
    apology: dict[str, str] = Field(default_factory=dict)
    private_line: dict[str, str] = Field(default_factory=dict)


class TicketsTable(_Table):
    """`[tickets]`: where Open ticket goes: Zendesk (`subdomain`; token in the environment), or any address that takes a
    signed webhook (`url`; secret in the environment)."""

    system: Literal["", "zendesk", "webhook"] = ""
    subdomain: str = ""
    url: str = ""

    @model_validator(mode="after")
    def _has_an_address(self) -> "TicketsTable":
        if self.system == "zendesk" and not re.fullmatch(r"[a-z0-9][a-z0-9-]*", self.subdomain):
            raise ValueError("system is 'zendesk', so subdomain must name yours: the part before .zendesk.com")
        if self.system == "webhook" and not re.match(r"https?://", self.url):
            raise ValueError("system is 'webhook', so url must be a web address")
        return self


@dataclass(frozen=True, slots=True)
class Matter:
    """What a case is routed by."""

    topic: Topic
    priority: Priority
    brand: str
    language: str = ""
    platform: str = ""
    text: str = ""
    tier: str = ""
    lifetime_value: float | None = None


def route(teams: Mapping[str, DepartmentTable], matter: Matter) -> str:
    """The team that a matter goes to: the one whose route names most of what holds; "" where none does.

    A team's `topics` are its plainest route. Where two routes name as much, the team that stands first in the settings
    has it.
    """
    best, most = "", 0
    for key, team in teams.items():
        for way in _ways(team):
            named = _named(way, matter)
            if named > most:
                best, most = key, named
    return best


def _ways(team: DepartmentTable) -> tuple[RouteTable, ...]:
    plain = (RouteTable(topics=team.topics),) if team.topics else ()
    return (*plain, *team.routes)


def _named(way: RouteTable, matter: Matter) -> int:
    """How many conditions the route names, all of which hold; 0 where one does not."""
    checks: list[tuple[Any, bool]] = [
        (way.topics, matter.topic in way.topics),
        (way.keywords, says_any(matter.text, way.keywords)),
        (way.languages, matter.language in way.languages),
        (way.priorities, matter.priority.name in way.priorities),
        (way.platforms, matter.platform in way.platforms),
        (way.brands, matter.brand in way.brands),
        (way.tiers, matter.tier.lower() in {tier.lower() for tier in way.tiers}),
        (way.min_lifetime_value is not None, (matter.lifetime_value or 0.0) >= (way.min_lifetime_value or 0.0)),
    ]
    asked = [holds for named, holds in checks if named]
    return len(asked) if all(asked) else 0


def says_any(text: str, words: tuple[str, ...]) -> bool:
    """Whether one of these stands in the text as a whole word or phrase, whatever its case."""
    return bool(words) and _any_of(words).search(text) is not None


@lru_cache(maxsize=256)
def _any_of(words: tuple[str, ...]) -> re.Pattern[str]:
    """Letters with signs on them (Devanagari) are letters too."""
    either = "|".join(map(re.escape, words))
    return re.compile(rf"(?<![\w\u0900-\u097f])(?:{either})(?![\w\u0900-\u097f])", re.IGNORECASE)


__all__ = [
    "AnsweringTable",
    "Channel",
    "ClocksTable",
    "CoverageTable",
    "DepartmentTable",
    "DigestTable",
    "EscalationTable",
    "GuidelineTable",
    "Matter",
    "Member",
    "Person",
    "RolesTable",
    "RouteTable",
    "SavedReply",
    "SlaTable",
    "TicketsTable",
    "Zone",
    "route",
    "says_any",
]
