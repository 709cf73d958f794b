"""STAGE: tell marketing, and each department once a week, what changed; and at once what must not wait.

What is told is kept in `reports` and queued for Slack in one transaction, under a key that makes it be said once: whoever
runs it twice, or twice at once, tells nothing twice.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from analysis import shifts
from analysis.shifts import Hour, Look, Shift
from app import insight, report
from app.insight import Period
from core.errors import Misconfigured, SunwaiError
from core.mention import Mention
from core.report import ALERTS, MARKETING, Image, Kind, Number, Report, Voice, day_due, week_due
from core.settings import Settings
from core.store import Store, erasure, mentions, outbox, reports
from core.store.outbox import Claimed
from core.store.reports import Told
from core.tongue import speaking

HISTORY_DAYS = 28
SAID_AGAIN_AFTER = timedelta(days=3)
"""A shift that stays is told again only then: it is news once, and every look would find it."""
MOST_OF_A_KIND = 2
"""Posts that take off, and promoters to thank, that are alerts within a day: the rest stand in the report."""
THANKED_AGAIN_AFTER = timedelta(days=90)
SETTLED = timedelta(minutes=10)
"""An hour is looked at once it is over and its posts have been heard and counted."""

LEASE_SECONDS = 300.0
"""Longer than a slow mail server takes, with its twenty seconds for each of our words."""
AGAIN_SECONDS = 60.0
OLD_NEWS = timedelta(days=3)

Mailer = Callable[[Told, Sequence[Image], Mapping[str, Mention]], None]
Charts = Callable[[Connection, str, Period], Sequence[Image]]


def tell(store: Store, settings: Settings, now: datetime, charts: Charts = report.charts) -> dict[str, int]:
    """Queue the reports that are due and were not told yet, and the alerts. Nothing where `[marketing]` names nobody.

    Returns counts: `reports`, `alerts`.
    """
    if not settings.marketing.on:
        return {"reports": 0, "alerts": 0}
    counts: Counter[str] = Counter(reports=0, alerts=0)
    for brand in settings.reported_brands:
        counts["reports"] += _reports(store, settings, brand, now, charts)
        if settings.marketing.alerts and settings.marketing.channel:
            counts["alerts"] += _alerts(store, settings, brand, now)
    return dict(counts)


def would_tell(
    store: Store, settings: Settings, brand: str, now: datetime, *, weekly: bool, charts: Charts = report.charts
) -> tuple[Report, Sequence[Image]]:
    """The report of the last full day or week as it would be told, and its charts; nothing is changed."""
    until = now.date() - timedelta(days=1)
    with store.read() as tx:
        made = report.weekly(tx, brand, until) if weekly else report.daily(tx, brand, until)
        with speaking(settings.language_of(MARKETING)):
            return made, charts(tx, brand, Period(made.days, until))


# Reports ---------------------------------------------------------------------------------------------------------------


def _reports(store: Store, settings: Settings, brand: str, now: datetime, charts: Charts) -> int:
    table = settings.marketing
    told = 0
    if table.weekly:
        week = week_due(now, table.zone, table.day_of_week, table.hour)
        due = Report("weekly", MARKETING, brand, week)
        told += _tell(store, settings, due, now, lambda tx: report.weekly(tx, brand, week), charts)
        for team in settings.departments if table.departments else ():
            told += _tell_team(store, settings, team, brand, week, now)
    is_its_day = now.astimezone(ZoneInfo(table.zone)).weekday() == table.day_of_week
    day = day_due(now, table.zone, table.hour)
    if table.daily and day is not None and not (table.weekly and is_its_day):  # on its day, the week says it all
        due = Report("daily", MARKETING, brand, day)
        told += _tell(store, settings, due, now, lambda tx: report.daily(tx, brand, day), charts)
    return told


def _tell(
    store: Store,
    settings: Settings,
    due: Report,
    now: datetime,
    make: Callable[[Connection], Report],
    charts: Charts,
) -> int:
    """Queue one report, unless it was told, or nothing has been heard of the brand yet. Returns how many were."""
    with store.read() as tx:
        if reports.known(tx, {due.key}) or not _heard(tx, due.brand, due.until):
            return 0
        made = make(tx)
        with speaking(settings.language_of(made.audience)):
            images = [] if made.quiet else charts(tx, made.brand, Period(made.days, made.until))
    by_mail = bool(settings.marketing.mail_to) and made.audience == MARKETING
    channel = settings.marketing.channel or ""
    return int(store.run(lambda tx: reports.put(tx, made, channel, now, images, by_mail=by_mail)) is not None)


def _tell_team(store: Store, settings: Settings, team: str, brand: str, week: date, now: datetime) -> int:
    """Queue a department's week, unless nothing was said of its topics."""
    with store.read() as tx:
        if reports.known(tx, {Report("weekly", team, brand, week).key}):
            return 0
        made = report.of_department(tx, settings, team, brand, week)
    if not made.heard:
        return 0
    return int(store.run(lambda tx: reports.put(tx, made, settings.channel_of(team), now)) is not None)


def _heard(tx: Connection, brand: str, until: date) -> bool:
    frame = insight.daily(tx, brand, until - timedelta(days=HISTORY_DAYS), until)
    return bool(frame["mentions"].sum())


# Alerts ----------------------------------------------------------------------------------------------------------------


def _alerts(store: Store, settings: Settings, brand: str, now: datetime) -> int:
    """Queue what must not wait, at most `alerts_a_day` about a brand, what was told or is snoozed left out."""
    with store.read() as tx:
        told = reports.told_since(tx, brand, ALERTS, now - timedelta(days=1))
        room = settings.marketing.alerts_a_day - len(told)
        awake = [kind for kind in ALERTS if not reports.snoozed(tx, brand, kind, now)] if room > 0 else []
        found = [
            alert
            for kind, find in (("volume", _shifts), ("take_off", _taking_off), ("promoter", _to_thank))
            if kind in awake or (find is _shifts and "sentiment" in awake)
            for alert in find(tx, settings, brand, now)
            if alert.kind in awake
        ]
    channel = settings.marketing.channel or ""
    queued, of_kind = 0, Counter(one.report.kind for one in told)
    for alert in found:
        if queued >= room or of_kind[alert.kind] >= MOST_OF_A_KIND:
            continue
        of_kind[alert.kind] += 1
        queued += store.run(lambda tx, alert=alert: reports.put(tx, alert, channel, now)) is not None  # type: ignore[misc]
    return queued


def _shifts(tx: Connection, settings: Settings, brand: str, now: datetime) -> list[Report]:
    """A shift of volume or mood that the last hours show."""
    past = hours(tx, brand, now)
    found = shifts.shifts(past, settings.marketing.false_alarms_a_month)
    told = reports.told_since(tx, brand, ("volume", "sentiment"), now - SAID_AGAIN_AFTER)
    said = {one.report.subject for one in told}
    return [_of_shift(tx, brand, shift, now) for shift in found if _subject(shift) not in said]


def hours(tx: Connection, brand: str, now: datetime) -> list[Hour]:
    """What was said of a brand in each of the hours that are over, of the last four weeks or since it was first heard of,
    the oldest first."""
    last = (now - SETTLED).replace(minute=0, second=0, microsecond=0)  # the hour before this is the last one over
    since = (last - timedelta(days=HISTORY_DAYS)).date()
    frame = insight.daily(tx, brand, since, last.date(), "hour")
    by_hour = {
        (row.day, int(row.value)): Hour(int(row.mentions), int(row.positive), int(row.neutral), int(row.negative))
        for row in frame.itertuples()
    }
    if not by_hour:
        return []
    at = datetime.combine(min(by_hour)[0], datetime.min.time(), last.tzinfo)
    found = []
    while at < last:
        found.append(by_hour.get((at.date(), at.hour), Hour()))
        at += timedelta(hours=1)
    return found


def _subject(shift: Shift) -> str:
    return f"{shift.what} {'up' if shift.up else 'down'}"


def _of_shift(tx: Connection, brand: str, shift: Shift, now: datetime) -> Report:
    name = "mentions" if shift.what == "volume" else "net_sentiment"
    number = Number(name, shift.value, shift.usual, shift.low, shift.high, shifted=True, n=shift.n)
    return Report(
        shift.what,
        MARKETING,
        brand,
        now.date(),
        subject=_subject(shift),
        numbers=(number,),
        drivers=report.why(tx, brand, now.date(), {name}),
        facts={"hours": shift.hours, "p": shift.p},
    )


def _taking_off(tx: Connection, settings: Settings, brand: str, now: datetime) -> list[Report]:
    """Posts that spread faster than is usual there, each once. The desk's own urgent cases ring elsewhere."""
    del settings
    looks = [
        Look(one.mention_id, one.author_id, one.platform, one.created_at, one.seen_at, one.interest)
        for one in reports.seen(tx, brand, now - timedelta(days=7))
    ]
    fresh = {look.author_id for look in looks if look.created_at >= now - shifts.FRESH}
    usual = reports.usual_interest(tx, fresh, now - shifts.FRESH)
    found = [
        Report(
            "take_off",
            MARKETING,
            brand,
            now.date(),
            subject=_nameless(pace.mention_id),
            numbers=(Number("interest", pace.an_hour, pace.usual, shifted=True, n=pace.interest),),
            thank=(Voice(pace.mention_id),),
            facts={"interest": pace.interest},
        )
        for pace in shifts.taking_off(looks, usual, now)
    ]
    return _new(tx, brand, "take_off", found, now - timedelta(days=7))


def _to_thank(tx: Connection, settings: Settings, brand: str, now: datetime) -> list[Report]:
    """Promoters with reach who spoke since yesterday, each once in three months."""
    since = now - timedelta(days=1)
    people = [
        one
        for one in insight.to_thank(tx, brand, Period.ending(now, HISTORY_DAYS), limit=30)
        if one.reach >= settings.marketing.thank_reach and one.last_at >= since
    ]
    posts = reports.latest_posts(tx, brand, {one.author_id for one in people}, "positive", since)
    found = [
        Report(
            "promoter",
            MARKETING,
            brand,
            now.date(),
            subject=_nameless(one.author_id),
            numbers=(Number("followers", one.reach, n=one.judged),),
            thank=(Voice(posts[one.author_id], one.reach, one.judged),),
            facts={"positive": one.positive},
        )
        for one in people
        if one.author_id in posts
    ]
    return _new(tx, brand, "promoter", found, now - THANKED_AGAIN_AFTER)


def _new(tx: Connection, brand: str, kind: Kind, found: Sequence[Report], since: datetime) -> list[Report]:
    """Those of which nothing was said since then."""
    said = {one.report.subject for one in reports.told_since(tx, brand, (kind,), since)}
    return [one for one in found if one.subject not in said]


def _nameless(subject: str) -> str:
    """Who or what an alert is about, recognisable and not readable."""
    return erasure.digest(subject)[:16]


# Mail ------------------------------------------------------------------------------------------------------------------


def mail(
    store: Store, settings: Settings, send: Mailer, now: datetime, *, again_after: float = AGAIN_SECONDS
) -> dict[str, int]:
    """Mail the reports that wait in the outbox for it, each under a lease, as all is sent. What is older than three days
    when its turn comes is news no more.

    A mail cannot be looked up as a message in Slack can. Whoever dies between the server's yes and our commit leaves it to
    be sent once more, under the same Message-ID, by which mail servers and programs know it again; whoever dies before
    leaves it to be sent. Returns counts: `mailed`. Raises what the server refused; it waits `again_after` seconds then.
    """
    mailed = 0
    while settings.marketing.mail_to and (claimed := _mail_waiting(store)) is not None:
        mailed += _mail_one(store, claimed, send, now, again_after)
    return {"mailed": mailed}


def _mail_one(store: Store, claimed: Claimed, send: Mailer, now: datetime, again_after: float) -> bool:
    with store.read() as tx:
        told = reports.get(tx, int(claimed.message.data["report"]))
        images = reports.images(tx, told.id) if told is not None else []
        said = mentions.get(tx, told.report.posts) if told is not None else {}
    is_news = told is not None and told.made_at >= now - OLD_NEWS
    try:
        if told is not None and is_news:
            send(told, images, said)
    except SunwaiError as trouble:
        why, unsent = str(trouble), isinstance(trouble, Misconfigured)
        store.run(lambda tx: outbox.later(tx, claimed, again_after, why, unsent=unsent))
        raise
    store.run(lambda tx: outbox.sent(tx, claimed, "mailed" if is_news else "old news"))
    return is_news


def _mail_waiting(store: Store) -> Claimed | None:
    """The next mail, if any. Looks first, for most of the time none waits, and taking locks."""
    with store.read() as tx:
        if outbox.seconds_to_next(tx, (reports.MAIL,)) != 0:
            return None
    found = store.run(lambda tx: outbox.claim(tx, (reports.MAIL,), 1, LEASE_SECONDS))
    return found[0] if found else None
