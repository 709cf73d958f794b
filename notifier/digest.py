"""STAGE: once a day, tell each team what was said of its digest's topics; and tell it when its guideline has changed."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core.digest import DAYS_BEFORE, Digest, pick, span, told_on
from core.settings import Settings
from core.store import Store, digests, mentions, outbox
from core.store.digests import Wanted
from core.store.outbox import Message
from core.teams import DepartmentTable
from core.tongue import speaking
from notifier.digests import DIGEST_EVENT, GUIDELINE_EVENT
from notifier.digests import digest as drawn
from notifier.digests import guideline as guideline_told

RANK = 7
"""After all that somebody waits for."""


def digest(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Queue the digests that are due and were not told yet, and what changed of the guidelines.

    A digest is of a day in `digest.zone` and due from `digest.hour` of the next one on; but a day that ended before anything
    was heard has none. Where nothing ran for a while, the days of the last week that were missed are told too. Safe to
    run twice, or twice at once. Returns counts: `told` digests, `announced` guidelines.
    """
    last = told_on(now, settings.digest.zone, settings.digest.hour)
    missed = [
        (team, day)
        for team, table in settings.departments.items()
        if table.digest_topics
        for day in _missed(store, team, last)
    ]
    since = _since(store, settings) if missed else None
    due = [(team, day) for team, day in missed if since is not None and since < span(day, settings.digest.zone)[1]]
    told = sum(_tell(store, settings, team, day) for team, day in due)
    return {"told": told, "announced": _announce(store, settings)}


def would_tell(store: Store, settings: Settings, now: datetime) -> list[dict[str, Any]]:
    """Each team's digest of yesterday as it would be told, whether it was or not: rows of `team`, `channel`, `day`,
    `message`. Nothing is changed."""
    day = told_on(now, settings.digest.zone, 0)
    found = []
    for team, table in settings.departments.items():
        if not table.digest_topics:
            continue
        with store.read() as tx:
            made = _made(tx, settings, team, table, day)
            said = mentions.get(tx, {example.mention_id for example in made.examples})
        with speaking(settings.language_of(team)):
            shown = drawn(made, said, {key: brand.name for key, brand in settings.brands.items()})
        found.append({"team": team, "channel": table.channel, "day": day.isoformat(), "message": shown})
    return found


def _since(store: Store, settings: Settings) -> datetime | None:
    with store.read() as tx:
        return digests.heard_since(tx, settings.desk_brands)


def _missed(store: Store, team: str, last: date) -> list[date]:
    """The days up to `last` that this team was not told of, the earliest first. A new team hears of the last alone."""
    days = [last - timedelta(days=n) for n in range(DAYS_BEFORE)]
    with store.read() as tx:
        known = outbox.known(tx, {Digest(team, day, {}).key for day in days})
    missed: list[date] = []
    for day in days:
        if Digest(team, day, {}).key in known:
            return missed[::-1]
        missed.append(day)
    return [last]


def _tell(store: Store, settings: Settings, team: str, day: date) -> int:
    """Queue a team's digest of a day. Returns 1, or 0 where somebody else has."""
    with store.read() as tx:
        made = _made(tx, settings, team, settings.departments[team], day)

    def queue(tx: Connection) -> int:
        there = digests.still_there(tx, {example.mention_id for example in made.examples})
        kept = replace(made, examples=tuple(one for one in made.examples if one.mention_id in there))
        data = {**kept.as_data(), "event_type": DIGEST_EVENT}
        return outbox.put(tx, [Message("slack_post", settings.channel_of(team), made.key, RANK, data=data)])

    return store.run(queue)


def _made(tx: Connection, settings: Settings, team: str, table: DepartmentTable, day: date) -> Digest:
    wanted = Wanted(settings.desk_brands, table.digest_topics, table.digest_keywords)
    zone = settings.digest.zone
    start, end = span(day, zone)
    counts = digests.count(tx, wanted, start, end)
    since = digests.heard_since(tx, wanted.brands)
    week = [span(day - timedelta(days=n), zone) for n in range(1, DAYS_BEFORE + 1)]
    listened = [(begun, ended) for begun, ended in week if since is not None and since < ended]
    before = sum((digests.count(tx, wanted, *one) for one in listened), Counter[str]())
    loudest = digests.loudest(tx, wanted, start, end)
    examples = tuple(one for topic in table.digest_topics for one in pick(loudest.get(topic, ())))
    return Digest(team, day, _all(table, counts), _all(table, before), len(listened), examples)


def _all(table: DepartmentTable, counts: Mapping[str, int]) -> dict[str, int]:
    return {topic: counts.get(topic, 0) for topic in table.digest_topics}


def _announce(store: Store, settings: Settings) -> int:
    """Queue what changed of the guidelines: each version once, but for the one that a team had when we first met it."""
    versions = {team: table.guideline.version for team, table in settings.departments.items()}
    with store.read() as tx:
        first = {team: data["version"] for team, data in _first_met(tx, versions).items()}
        told = outbox.known(tx, {_key(team, version) for team, version in versions.items()})
    announced = 0
    for team, version in versions.items():
        if team not in first:
            store.run(lambda tx, team=team, version=version: _meet(tx, settings, team, version))  # type: ignore[misc]
        elif version > first[team] and _key(team, version) not in told:
            text = settings.departments[team].guideline.text
            with speaking(settings.language_of(team)):
                data = {**guideline_told(team, version, text), "event_type": GUIDELINE_EVENT}
            changed = Message("slack_post", settings.channel_of(team), _key(team, version), RANK, data=data)
            announced += store.run(lambda tx, changed=changed: outbox.put(tx, [changed]))  # type: ignore[misc]
    return announced


def _first_met(tx: Connection, teams: Mapping[str, int]) -> dict[str, dict[str, Any]]:
    found = outbox.contents(tx, {_met(team) for team in teams})
    return {team: found[_met(team)] for team in teams if _met(team) in found}


def _meet(tx: Connection, settings: Settings, team: str, version: int) -> None:
    """Remember the version that a team's guideline has at first: a message that is not sent."""
    data = {"what": "guideline_met", "version": version}
    if outbox.put(tx, [Message("slack_post", settings.channel_of(team), _met(team), RANK, data=data)]):
        outbox.cancelled(tx, _met(team), "nothing to tell yet")


def _met(team: str) -> str:
    return f"guideline_met:{team}"


def _key(team: str, version: int) -> str:
    return f"guideline:{team}:{version}"
