"""The settings file, `sunwai.toml`, as typed models; and the environment for what is secret.

Each `[sources.*]` table stays opaque here: its connector reads and checks it. Every mistake is told in one sentence that
names the key and the remedy, as `Misconfigured`.
"""

import difflib
import hashlib
import json
import os
import tomllib
import unicodedata
from collections.abc import Mapping
from datetime import timedelta
from functools import cached_property
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from core.assessment import Priority
from core.errors import Misconfigured
from core.marketing import MarketingTable
from core.mention import Brand, BrandQuery
from core.places import config_path
from core.sla import DEFAULT_TARGETS, Coverage, Target, clock_coverage, coverage_from
from core.teams import (
    AnsweringTable,
    Channel,
    ClocksTable,
    CoverageTable,
    DepartmentTable,
    DigestTable,
    RolesTable,
    SlaTable,
    TicketsTable,
)
from core.tongue import Language

LONGEST_NAME = 64
"""Characters of a name or a key, as the store keeps it."""


def _words(value: str) -> str:
    """Words on one line: an empty one would mean everything, and a line break would end a mail's subject."""
    if not value.strip() or any(unicodedata.category(letter) in ("Cc", "Cs", "Zl", "Zp") for letter in value):
        raise ValueError("it must be words, on one line")
    return value


def _name(value: str) -> str:
    if len(_words(value)) > LONGEST_NAME:
        raise ValueError(f"it may have {LONGEST_NAME} characters at most, and has {len(value)}")
    return value


Words = Annotated[str, AfterValidator(_words)]
Name = Annotated[str, AfterValidator(_name)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QueryTable(_Table):
    """`[[brands.KEY.queries]]`: what to look for. See `core.mention.BrandQuery`."""

    name: Name
    any_of: tuple[Words, ...] = Field(min_length=1)
    all_of: tuple[Words, ...] = ()
    none_of: tuple[Words, ...] = ()
    languages: tuple[str, ...] = ()


class BrandTable(_Table):
    """`[brands.KEY]`: a brand, the words that mean it, its own accounts (`x:@northwind`) and its queries.

    What is said of a `competitor` is judged and counted, to be compared with; it opens no case and rings nobody.
    """

    name: Name
    names: tuple[Name, ...] = ()
    own_accounts: tuple[str, ...] = ()
    competitor: bool = False
    queries: tuple[QueryTable, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _accounts_name_their_platform(self) -> "BrandTable":
        for account in self.own_accounts:
            if ":" not in account:
                raise ValueError(
                    f"own_accounts entry '{account}' must name its platform, such as 'x:@{account.lstrip('@')}'"
                )
        return self


class SlackTable(_Table):
    """`[slack]`: where cards go when no department claims the topic, and where trouble with the pipeline is told."""

    triage_channel: Channel = "#triage"
    ops_channel: Channel = "#ops"
    mode: Literal["socket", "http"] = "socket"
    http_port: int = Field(8810, ge=1, le=65535)
    http_host: str = "127.0.0.1"
    timeout_seconds: float = Field(10.0, gt=0, le=60)


class HubspotTable(_Table):
    """`[customers.hubspot_properties]`: which property of a contact each column is read from, by HubSpot's internal names;
    "" where there is none. Of `handles` and `account_ids`, one for each platform."""

    id: str = Field("hs_object_id", min_length=1)
    name: tuple[str, ...] = ("firstname", "lastname")
    emails: tuple[str, ...] = ("email", "hs_additional_emails")
    phones: tuple[str, ...] = ("phone", "mobilephone")
    handles: dict[str, str] = {"x": "twitterhandle"}
    account_ids: dict[str, str] = {}
    city: str = "city"
    country: str = "country"
    company_domain: str = ""
    order_ids: tuple[str, ...] = ()
    tier: str = ""
    lifetime_value: str = "total_revenue"


class CustomersTable(_Table):
    """`[customers]`: the CRM's rows, from a file, a read-only SQL query (its address in `CUSTOMERS_DATABASE_URL`) or HubSpot
    (its token in `HUBSPOT_ACCESS_TOKEN`)."""

    csv: Path | None = None
    parquet: Path | None = None
    orders_csv: Path | None = None
    sql: str | None = None
    orders_sql: str | None = None
    hubspot: bool = False
    hubspot_full_hours: float = Field(24.0, gt=0)
    hubspot_properties: HubspotTable = HubspotTable()
    refresh_minutes: int = Field(60, gt=0)


class StockTable(_Table):
    """`[stock]`: what the shops have, from a CSV file or a read-only SQL query (its address in `STOCK_DATABASE_URL`)."""

    csv: Path | None = None
    sql: str | None = None
    refresh_minutes: int = Field(10, gt=0)


class ArticlesTable(_Table):
    """`[articles]`: the help centre's articles, from a file or a read-only SQL query (its address in
    `ARTICLES_DATABASE_URL`)."""

    csv: Path | None = None
    jsonl: Path | None = None
    sql: str | None = None
    refresh_minutes: int = Field(60, gt=0)


class RetentionTable(_Table):
    """`[retention]`: days after which stored text goes. Raw payloads are kept shorter than what they were read from."""

    mentions_days: int = Field(730, gt=0)
    raw_days: int = Field(30, gt=0)


class WebTable(_Table):
    """`[web]`: where the dashboard listens, and how people sign in to it. See docs/dashboard.md.

    Anything but loopback needs `allow_remote` and a `sign_in`: "slack", or "proxy", whose `proxy_header` names the visitor
    and is believed from `trusted_proxies` alone; "none" says that nobody else reaches the port, as in a container that is
    published on loopback. `address` is where browsers find it. `hosts` are further names, beside localhost and bare
    addresses, by which they may ask for it.
    """

    host: str = "127.0.0.1"
    port: int = Field(8800, ge=1, le=65535)
    allow_remote: bool = False
    hosts: tuple[str, ...] = ()
    address: str = ""
    sign_in: Literal["", "slack", "proxy", "none"] = ""
    proxy_header: str = Field("X-Forwarded-Email", pattern=r"^[A-Za-z][A-Za-z0-9-]*$")
    trusted_proxies: tuple[str, ...] = ("127.0.0.1", "::1")

    @model_validator(mode="after")
    def _addresses_are_addresses(self) -> "WebTable":
        parts = urlsplit(self.address)
        at_home = parts.hostname in ("127.0.0.1", "localhost", "::1")
        plain = not (parts.path.strip("/") or parts.query or parts.fragment or parts.username)
        secure = parts.scheme == "https" or (parts.scheme == "http" and at_home)
        if self.address and not (parts.hostname and plain and secure):
            raise ValueError("address must be https://, and a host and no more, such as 'https://desk.example.com'")
        for network in self.trusted_proxies:
            try:
                ip_network(network)
            except ValueError:
                raise ValueError(
                    f"trusted_proxies entry '{network}' is no IP address or network, such as '10.0.0.0/8'"
                ) from None
        return self


class OpsTable(_Table):
    """`[ops]`: when the pipeline itself rings: minutes without a good pull, and without a listener's heartbeat."""

    stale_source_minutes: int = Field(15, gt=0)
    dead_listener_minutes: int = Field(2, gt=0)


class JudgementTable(_Table):
    """`[judgement]`: learning from what the desk corrects, the share of P3 and P4 that a person is asked to look at, and how
    long nearly the same words join one case.

    With `engine` "transformers", the classifier `model` says how texts in `languages` feel; empty is all that ours do
    not judge. See `analysis.transformers_engine`.
    """

    learn: bool = True
    audit_share: float = Field(0.015, ge=0, le=0.1)
    group_within_hours: float = Field(48.0, ge=0, le=720)
    engine: Literal["sunwai", "transformers"] = "sunwai"
    model: str = "cardiffnlp/twitter-xlm-roberta-base-sentiment"
    languages: tuple[str, ...] = ()


class LinkingTable(_Table):
    """`[linking]`: how sure we must be before an author is called linked to a customer, or possible: probabilities. Neither
    cut can be so low that a stranger's orders would be shown for a guess."""

    linked: float = Field(0.98, ge=0.9, le=0.999)
    possible: float = Field(0.15, ge=0.02, le=0.9)


class Settings(_Table):
    """Everything that a team decides. Load it with `load()`."""

    brands: dict[str, BrandTable] = Field(min_length=1)
    sources: dict[str, dict[str, Any]] = Field(default_factory=dict)
    departments: dict[str, DepartmentTable] = Field(default_factory=dict)
    roles: RolesTable = RolesTable()
    answering: AnsweringTable = AnsweringTable()
    tickets: TicketsTable = TicketsTable()
    clocks: ClocksTable = ClocksTable()
    digest: DigestTable = DigestTable()
    coverage: dict[str, CoverageTable] = Field(default_factory=dict)
    slack: SlackTable = SlackTable()
    sla: dict[Literal["P1", "P2", "P3"], SlaTable] = Field(default_factory=dict)
    customers: CustomersTable = CustomersTable()
    stock: StockTable = StockTable()
    articles: ArticlesTable = ArticlesTable()
    retention: RetentionTable = RetentionTable()
    web: WebTable = WebTable()
    ops: OpsTable = OpsTable()
    judgement: JudgementTable = JudgementTable()
    marketing: MarketingTable = MarketingTable()
    linking: LinkingTable = LinkingTable()
    ring_max_age_hours: float = Field(6.0, gt=0)
    home: Path = Path(".sunwai")

    @model_validator(mode="after")
    def _keys_can_be_kept(self) -> "Settings":
        for table in ("brands", "sources", "departments", "coverage"):
            for key in getattr(self, table):
                try:
                    _name(key)
                except ValueError as wrong:
                    raise ValueError(f"the key '{key}' in [{table}.KEY] cannot be kept: {wrong}") from None
        return self

    @model_validator(mode="after")
    def _coverage_is_there(self) -> "Settings":
        _ = self.coverages  # each must be one that clocks can run on
        for key, team in self.departments.items():
            if team.coverage and team.coverage not in self.coverage:
                raise ValueError(f"departments.{key}.coverage names '{team.coverage}': add [coverage.{team.coverage}]")
        return self

    @model_validator(mode="after")
    def _one_team_per_topic(self) -> "Settings":
        owner: dict[str, str] = {}
        for key, table in self.departments.items():
            for topic in table.topics:
                if topic in owner:
                    raise ValueError(
                        f"topic '{topic}' belongs to both departments.{owner[topic]} and departments.{key}; keep one"
                    )
                owner[topic] = key
        return self

    @model_validator(mode="after")
    def _marketing_knows_its_brands(self) -> "Settings":
        for key in self.marketing.brands:
            if key not in self.brands:
                raise ValueError(f"marketing.brands names '{key}': add [brands.{key}], or take it out")
        return self

    @model_validator(mode="after")
    def _some_brand_is_ours(self) -> "Settings":
        if not self.desk_brands:
            raise ValueError(
                "every brand is a competitor, so no case would ever open: take `competitor = true` from your own"
            )
        return self

    def need_brand(self, key: str) -> None:
        """Raises Misconfigured, naming the brands that there are, where this is none of them."""
        if key not in self.brands:
            raise Misconfigured(f"There is no brand '{key}': the settings have {', '.join(self.brands)}.")

    def brand(self, key: str) -> Brand:
        table = self.brands[key]
        return Brand(
            key=key,
            name=table.name,
            names=tuple(dict.fromkeys((table.name, *table.names))),
            own_accounts=frozenset(account.lower() for account in table.own_accounts),
        )

    @property
    def desk_brands(self) -> tuple[str, ...]:
        """The brands that the desk answers for: those that are no competitors, in the file's order."""
        return tuple(key for key, table in self.brands.items() if not table.competitor)

    @property
    def reported_brands(self) -> tuple[str, ...]:
        """The brands that marketing is told of."""
        return self.marketing.brands or self.desk_brands

    @property
    def dashboard_address(self) -> str:
        """Where people open the dashboard: `web.address`, or where it listens."""
        host = f"[{self.web.host}]" if ":" in self.web.host else self.web.host
        return self.web.address or f"http://{host}:{self.web.port}"

    def language_of(self, audience: str) -> Language:
        """The language of what is reported to marketing, or to a department."""
        table = self.departments.get(audience)
        return (table.language if table else None) or self.marketing.language

    def is_competitor(self, brand: str) -> bool:
        """Is this brand only listened to? One that left the settings is not."""
        table = self.brands.get(brand)
        return table is not None and table.competitor

    @cached_property
    def competitor_accounts(self) -> frozenset[str]:
        """The competitors' own accounts: what they say is nobody's opinion, but no answer of ours either."""
        return frozenset[str]().union(*(self.brand(key).own_accounts for key in self.brands if self.is_competitor(key)))

    @property
    def enabled_sources(self) -> list[str]:
        """The names of the sources that are not switched off."""
        return [name for name, table in self.sources.items() if table.get("enabled", True) is not False]

    @property
    def queries(self) -> tuple[BrandQuery, ...]:
        return tuple(
            BrandQuery(key, q.name, q.any_of, q.all_of, q.none_of, q.languages)
            for key, table in self.brands.items()
            for q in table.queries
        )

    def channel_of(self, team: str) -> str:
        """The Slack channel of a team, or the triage channel for a case that none has, or whose team is no more."""
        table = self.departments.get(team)
        return table.channel if table else self.slack.triage_channel

    def escalation_of(self, team: str, minutes: int = 0) -> tuple[str, ...]:
        """Whom to name so many minutes after a team's clock ran out: Slack users and user groups."""
        return self.escalation_steps(team).get(minutes, ())

    def escalation_steps(self, team: str) -> dict[int, tuple[str, ...]]:
        """Whom to name once a team's clock has run out, by the minutes that have passed since then, in order."""
        table = self.departments.get(team)
        steps: dict[int, tuple[str, ...]] = {}
        for entry in sorted(table.escalation if table else (), key=lambda entry: entry.after_minutes):
            steps[entry.after_minutes] = (*steps.get(entry.after_minutes, ()), entry.who)
        return steps

    @cached_property
    def coverages(self) -> dict[str, Coverage]:
        """The calendars of `[coverage.KEY]`, by key. Raises ValueError for one that is none."""
        tables = {key: table.model_dump() for key, table in self.coverage.items()}
        return {key: coverage_from(key, tables) for key in tables}

    def coverage_of(self, team: str) -> Coverage | None:
        """When a team is there; None for one that keeps no hours, or is no more."""
        table = self.departments.get(team)
        return self.coverages.get(table.coverage) if table else None

    @cached_property
    def clocks_version(self) -> str:
        """A digest of all that the cases' clocks rest on: it changes when one of those settings does."""
        teams = {key: (team.coverage, team.sla, team.escalation) for key, team in self.departments.items()}
        parts = (self.sla, self.clocks, self.coverage, teams, self.ring_max_age_hours)
        told = json.dumps(TypeAdapter(Any).dump_python(parts, mode="json"), sort_keys=True)
        return hashlib.sha256(told.encode()).hexdigest()[:32]

    def clock_of(self, priority: Priority, team: str) -> Coverage:
        """What the clocks of a team's cases run on: P1 day and night, the others while the team is there."""
        return clock_coverage(priority, self.coverage_of(team))

    def patience_with(self, source: str) -> timedelta:
        """How long a source may go without a good pull before it counts as silent: `ops.stale_source_minutes`, but three
        polls of one that polls more seldom."""
        poll = self.sources.get(source, {}).get("poll_seconds")
        polls = timedelta(seconds=3 * poll) if isinstance(poll, int | float) else timedelta()
        return max(timedelta(minutes=self.ops.stale_source_minutes), polls)

    def target_for(self, priority: Priority, team: str = "") -> Target | None:
        """The SLA for a priority, as the team has it or else all teams; None for P4, which waits for nobody."""
        name, own = priority.name, self.departments.get(team)
        table = (own.sla.get(name) if own else None) or self.sla.get(name)  # type: ignore[call-overload]
        if table is not None:
            return Target(table.first_response_minutes, table.resolution_minutes)
        return DEFAULT_TARGETS.get(priority)


class Environment:
    """What comes from the environment, never from the file: secrets and addresses. `.env.example` explains each variable.

    Airflow connections are turned into the same names by `dags/`, so the rest of the house has one way to ask.
    """

    def __init__(self, variables: Mapping[str, str] | None = None) -> None:
        self._variables = dict(os.environ if variables is None else variables)

    def get(self, name: str) -> str | None:
        """An address or another value that may be shown. An empty variable counts as unset."""
        return self._variables.get(name) or None

    def secret(self, name: str) -> SecretStr | None:
        """A secret, or None where it is not set."""
        value = self.get(name)
        return SecretStr(value) if value else None

    def need(self, name: str, what_for: str) -> SecretStr:
        """A secret that must be there. Raises Misconfigured, naming the variable and what it is for, where it is not."""
        value = self.secret(name)
        if value is None:
            raise Misconfigured(f"{name} is not set: {what_for}. Set it in the environment (see .env.example).")
        return value

    def __repr__(self) -> str:
        return "Environment(...)"


def load(path: Path | None = None) -> Settings:
    """Read and check the settings file. Raises Misconfigured with one sentence that names the key and the remedy."""
    path = path or config_path()
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        raise Misconfigured(
            f"There is no settings file {path}: copy sunwai.example.toml to it, or name yours in SUNWAI_CONFIG."
        ) from None
    except (OSError, UnicodeDecodeError) as error:
        raise Misconfigured(f"The settings file {path} cannot be read: {error}.") from None
    try:
        table = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise Misconfigured(f"{path} is not valid TOML: {error}.") from None
    return parse(table, where=str(path))


def parse(table: Mapping[str, Any], where: str = "the settings") -> Settings:
    """Check a settings table. Raises Misconfigured as `load` does."""
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise Misconfigured(explain(error, Settings, where)) from None


def explain(error: ValidationError, model: type[BaseModel], where: str) -> str:
    """The first mistake in one sentence: the key, what is wrong, and the nearest right key for a mistyped one."""
    mistakes = error.errors(include_url=False)
    first = min(mistakes, key=lambda mistake: mistake["type"] != "extra_forbidden")  # a typo explains what is missing
    key = ".".join(str(part) for part in first["loc"]) or "the file"
    kind, context = first["type"], first.get("ctx", {})
    more = f" ({error.error_count() - 1} more after it)" if error.error_count() > 1 else ""
    if kind == "extra_forbidden":
        allowed = _keys_at(model, first["loc"][:-1])
        near = difflib.get_close_matches(str(first["loc"][-1]), allowed, n=1)
        hint = f"did you mean '{near[0]}'?" if near else f"it may be one of: {', '.join(sorted(allowed))}."
        return f"{where}: there is no setting '{key}'; {hint}{more}"
    if kind == "missing":
        return f"{where}: '{key}' is missing; add it (sunwai.example.toml shows how).{more}"
    if kind == "value_error":
        return f"{where}: '{key}' is wrong: {context['error']}.{more}"
    shown = first.get("input")
    value = f" (it is {shown!r})" if isinstance(shown, str | int | float | bool) and len(str(shown)) < 60 else ""
    return f"{where}: '{key}' is wrong: {first['msg'].lower()}{value}.{more}"


def _keys_at(model: type[BaseModel], path: tuple[int | str, ...]) -> list[str]:
    """The keys that a settings table at `path` may have, found by walking the models' fields."""
    current: Any = model
    for part in path:
        if isinstance(current, type) and issubclass(current, BaseModel) and part in current.model_fields:
            current = current.model_fields[str(part)].annotation
        else:  # a key of a dict or an index of a tuple: step into the type of its values
            tables = [a for a in get_args(current) if isinstance(a, type) and issubclass(a, BaseModel)]
            current = tables[0] if tables else current
    if isinstance(current, type) and issubclass(current, BaseModel):
        return list(current.model_fields)
    tables = [a for a in get_args(current) if isinstance(a, type) and issubclass(a, BaseModel)]
    return list(tables[0].model_fields) if tables else []
