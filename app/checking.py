"""What `sunwai config check` finds: every mistake of the settings and the environment, one sentence each."""

from collections.abc import Callable, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

from app.opening import clock, database_url
from core import sla
from core.errors import Misconfigured, RetryLater, SunwaiError
from core.settings import Environment, Settings
from core.wording import PLATFORMS


class Mistake(SunwaiError):
    """One thing that is wrong. A `harmless` one is only worth knowing."""

    def __init__(self, message: str, harmless: bool = False) -> None:
        super().__init__(message)
        self.harmless = harmless


def mistakes(settings: Settings, environment: Environment, online: bool | None = None) -> Iterator[Mistake]:
    """All that is wrong, in the order of the file. `online` also asks Slack whether its channels exist; unless it is
    given, that happens where Slack's token is set, and then a Slack that does not answer is harmless."""
    yield from _sources(settings, environment)
    yield from _coverage(settings, clock())
    yield from _backoffice(settings, environment)
    yield from _tokens(settings, environment)
    yield from _dashboard(settings)
    yield from _answering(settings, environment)
    yield from _database(settings, environment)
    if online or (online is None and environment.get("SLACK_BOT_TOKEN")):
        yield from _channels(settings, environment, sure=bool(online))


def summary(settings: Settings) -> str:
    """What the settings say, when nothing is wrong with them."""
    sources = settings.enabled_sources
    count = f"{len(settings.brands)} brand(s), {len(sources)} source(s), {len(settings.departments)} department(s)"
    return f"The settings are right: {count}."


def _sources(settings: Settings, environment: Environment) -> Iterator[Mistake]:
    from connectors.social import build

    if not settings.enabled_sources:
        yield Mistake("sources: there is none, so nothing would be heard; add a [sources.NAME] table.")
    for name in settings.sources:
        try:
            build(settings, environment, [name])
        except Misconfigured as error:
            yield Mistake(str(error))


def _coverage(settings: Settings, now: datetime) -> Iterator[Mistake]:
    """A calendar on which nobody comes, and one whose holidays are all over."""
    for name, coverage in settings.coverages.items():
        if sla.first_cover(coverage, now) - now > timedelta(days=366):
            yield Mistake(f"coverage.{name}: nobody is there for more than a year to come; look at its holidays.")
        elif (days := settings.coverage[name].holidays) and max(days) < now.date():
            yield Mistake(f"coverage.{name}.holidays: all of them are over; add this year's.", harmless=True)


def _backoffice(settings: Settings, environment: Environment) -> Iterator[Mistake]:
    from connectors.backoffice.articles import articles_from_csv, articles_from_jsonl
    from connectors.backoffice.customers import customers_from_csv, customers_from_parquet
    from connectors.backoffice.orders import orders_from_csv
    from connectors.backoffice.stock import stock_from_csv

    customers, stock, articles = settings.customers, settings.stock, settings.articles
    files: tuple[tuple[str, Path | None, Callable[[Path], Iterable[object]]], ...] = (
        ("customers.csv", customers.csv, customers_from_csv),
        ("customers.parquet", customers.parquet, customers_from_parquet),
        ("customers.orders_csv", customers.orders_csv, orders_from_csv),
        ("stock.csv", stock.csv, stock_from_csv),
        ("articles.csv", articles.csv, articles_from_csv),
        ("articles.jsonl", articles.jsonl, articles_from_jsonl),
    )
    for key, path, read in files:
        if path is None:
            continue
        try:
            rows = sum(1 for row in read(path) if not isinstance(row, Exception))
            if not rows:
                yield Mistake(f"{key}: no row of {path} can be read.")
        except SunwaiError as error:
            yield Mistake(f"{key}: {error}")
    queries = (
        ("CUSTOMERS_DATABASE_URL", "customers.sql", customers.sql),
        ("CUSTOMERS_DATABASE_URL", "customers.orders_sql", customers.orders_sql),
        ("STOCK_DATABASE_URL", "stock.sql", stock.sql),
        ("ARTICLES_DATABASE_URL", "articles.sql", articles.sql),
    )
    for variable, key, query in queries:
        if query and not environment.get(variable):
            yield Mistake(f"{variable} is not set: {key} asks the database at that address.")
    if customers.hubspot and not environment.get("HUBSPOT_ACCESS_TOKEN"):
        yield Mistake("HUBSPOT_ACCESS_TOKEN is not set: customers.hubspot copies HubSpot's contacts with it.")


def _tokens(settings: Settings, environment: Environment) -> Iterator[Mistake]:
    needed = {"SLACK_BOT_TOKEN": "Sunwai posts its cards with it"}
    if settings.slack.mode == "socket":
        needed["SLACK_APP_TOKEN"] = "slack.mode is 'socket', and buttons answer through it"  # noqa: S105 - a reason
    else:
        needed["SLACK_SIGNING_SECRET"] = "slack.mode is 'http', and it proves that a press came from Slack"  # noqa: S105
    if settings.web.sign_in == "slack":
        people = 'web.sign_in is "slack", and people sign in with the Slack app'
        needed |= {"SLACK_CLIENT_ID": people, "SLACK_CLIENT_SECRET": people}
    for name, reason in needed.items():
        try:
            environment.need(name, reason)
        except Misconfigured as error:
            yield Mistake(str(error))


def _dashboard(settings: Settings) -> Iterator[Mistake]:
    from app.web.site import refuse_strangers_at

    try:
        refuse_strangers_at(settings.web.host, settings)
    except Misconfigured as error:
        yield Mistake(str(error))


def _answering(settings: Settings, environment: Environment) -> Iterator[Mistake]:
    """Half an account to answer with, and a ticket system without its secret. No account at all is a choice: answers are
    then sent by hand."""
    from connectors.backoffice import tickets
    from connectors.social.posting import POSTERS, poster

    listened = {str(settings.sources[name].get("type", name)) for name in settings.enabled_sources}
    for platform in POSTERS:
        try:
            if poster(platform, environment) is None and platform in listened:
                told = f"No account is set up to answer on {PLATFORMS.get(platform, platform.capitalize())}"
                yield Mistake(f"{told}: agents send their answers there by hand.", harmless=True)
        except Misconfigured as error:
            yield Mistake(str(error))
    if settings.tickets.system:
        try:
            tickets.connect(settings.tickets, environment)
        except Misconfigured as error:
            yield Mistake(str(error))


def _database(settings: Settings, environment: Environment) -> Iterator[Mistake]:
    from core.store import open_store

    url = database_url(settings, environment)
    if url.startswith("sqlite"):
        return  # it is made when it is first needed
    try:
        open_store(url).close()
    except Misconfigured as error:
        yield Mistake(str(error))


def _channels(settings: Settings, environment: Environment, sure: bool) -> Iterator[Mistake]:
    from notifier.slack_client import connect

    named = {
        "slack.triage_channel": settings.slack.triage_channel,
        "slack.ops_channel": settings.slack.ops_channel,
        **{f"departments.{key}.channel": table.channel for key, table in settings.departments.items()},
    }
    try:
        slack = connect(settings, environment)
        slack.check()
        for key, channel in named.items():
            try:
                slack.channel_id(channel)
            except Misconfigured as error:
                yield Mistake(f"{key}: {error}")
    except Misconfigured as error:
        if environment.get("SLACK_BOT_TOKEN"):  # else it is told already
            yield Mistake(str(error))
    except RetryLater as error:
        yield Mistake(f"Slack's channels could not be checked: {error}", harmless=not sure)
