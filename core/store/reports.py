"""What marketing was told: reports and alerts with the posts that they show, so that a post's erasure draws them anew."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, RowMapping, func, select, update

from core.report import Image, Report, Voice
from core.store import outbox, rows
from core.store.digests import still_there
from core.store.engine import insert
from core.store.outbox import Message
from core.store.schema import assessments, mentions, metric_snapshots, report_images, report_mentions, reports
from core.store.schema import outbox as outbox_rows

EVENT = "sunwai_report"
MAIL = "mail"
"""The kind of a report's message that `app.marketing.mail` sends."""
RANK, ALERT_RANK, REDRAW_RANK = 7, 5, 7
"""After all that somebody waits for; an alert before the reports."""
_INTEREST = tuple(func.coalesce(column, 0) for column in (mentions.c.likes, mentions.c.replies, mentions.c.shares))


@dataclass(frozen=True, slots=True)
class Told:
    """A report with what became of it."""

    id: int
    report: Report
    made_at: datetime
    snoozed_until: datetime | None = None
    snoozed_by: str = ""


@dataclass(frozen=True, slots=True)
class Seen:
    """How much interest (likes, answers and shares together) a post had when it was looked at."""

    mention_id: str
    author_id: str
    platform: str
    created_at: datetime
    seen_at: datetime
    interest: int


def put(
    tx: Connection, made: Report, channel: str, now: datetime, images: Sequence[Image] = (), *, by_mail: bool = False
) -> int | None:
    """Keep a report and queue it for `channel`, and for the mail, without what was erased meanwhile. Returns its id; None
    where it was told before."""
    made = without(made, made.posts - still_there(tx, made.posts))
    values = {
        "key": made.key,
        "kind": made.kind,
        "audience": made.audience,
        "brand": made.brand,
        "subject": made.subject,
        "made_at": now,
        "data": made.as_data(),
    }
    statement = insert(tx, reports).values(values).on_conflict_do_nothing(index_elements=["key"])
    report_id = tx.execute(statement.returning(reports.c.id)).scalar()
    if report_id is None:
        return None
    for post in sorted(made.posts):
        tx.execute(report_mentions.insert().values(report_id=report_id, mention_id=post))
    for place, image in enumerate(images):
        row = {"name": image.name, "title": image.title, "alt": image.alt, "png": image.png, "place": place}
        tx.execute(report_images.insert().values(report_id=report_id, **row))
    queued: list[Message] = []
    if channel:
        data = {"what": "report", "report": report_id, "event_type": EVENT}
        rank = ALERT_RANK if made.is_alert else RANK
        queued.append(Message("slack_post", channel, made.key, rank, data=data))
    if by_mail:
        queued.append(Message(MAIL, MAIL, f"{MAIL}:{made.key}", RANK, data={"report": report_id}))
    outbox.put(tx, queued)
    return int(report_id)


def without(made: Report, gone: Collection[str]) -> Report:
    """A report that shows none of these posts."""
    if not gone:
        return made

    def kept(voices: tuple[Voice, ...]) -> tuple[Voice, ...]:
        return tuple(voice for voice in voices if voice.post not in gone)

    drivers = tuple(replace(one, posts=tuple(post for post in one.posts if post not in gone)) for one in made.drivers)
    thank, win_back, recovered = map(kept, (made.thank, made.win_back, made.recovered))
    return replace(made, drivers=drivers, thank=thank, win_back=win_back, recovered=recovered)


def get(tx: Connection, report_id: int) -> Told | None:
    """A report by its id."""
    row = tx.execute(select(reports).where(reports.c.id == report_id)).mappings().one_or_none()
    return _told(row) if row is not None else None


def latest(tx: Connection, limit: int = 30, before: int | None = None) -> list[Told]:
    """The newest reports and alerts first, those with an id below `before`."""
    query = select(reports).order_by(reports.c.id.desc()).limit(limit)
    if before is not None:
        query = query.where(reports.c.id < before)
    return [_told(row) for row in tx.execute(query).mappings()]


def known(tx: Connection, keys: Collection[str]) -> set[str]:
    """Which of these keys were told."""
    return {
        key
        for part in rows.chunks(sorted(keys))
        for key in tx.scalars(select(reports.c.key).where(rows.among(tx, reports.c.key, part)))
    }


def told_since(tx: Connection, brand: str, kinds: Collection[str], since: datetime) -> list[Told]:
    """What was told of a brand since then, of these kinds, newest first."""
    query = select(reports).where(
        reports.c.brand == brand, reports.c.kind.in_(sorted(kinds)), reports.c.made_at >= since
    )
    return [_told(row) for row in tx.execute(query.order_by(reports.c.made_at.desc(), reports.c.id.desc())).mappings()]


def snoozed(tx: Connection, brand: str, kind: str, now: datetime) -> bool:
    """Whether somebody asked for peace of this kind of alert about this brand."""
    query = select(reports.c.id).where(reports.c.brand == brand, reports.c.kind == kind, reports.c.snoozed_until > now)
    return tx.scalar(query.limit(1)) is not None


def snooze(tx: Connection, report_id: int, until: datetime, by: str) -> Told | None:
    """Keep all alerts of this one's kind about its brand quiet until then, and queue its message to be drawn anew."""
    tx.execute(update(reports).where(reports.c.id == report_id).values(snoozed_until=until, snoozed_by=by))
    told = get(tx, report_id)
    if told is not None:
        _redraw(tx, [report_id], f"snoozed:{until.isoformat()}")
    return told


def images(tx: Connection, report_id: int) -> list[Image]:
    """The charts of a report, in their order."""
    query = select(report_images).where(report_images.c.report_id == report_id).order_by(report_images.c.place)
    return [Image(row.name, row.title, row.alt, row.png, row.file_id) for row in tx.execute(query)]


def uploaded(tx: Connection, report_id: int, name: str, file_id: str) -> None:
    """Slack has this chart now, so that nobody uploads it again."""
    this = (report_images.c.report_id == report_id) & (report_images.c.name == name)
    tx.execute(update(report_images).where(this).values(file_id=file_id))


def redraw(tx: Connection, mention_ids: Collection[str], which: str) -> int:
    """Queue a new drawing of each report that shows one of these posts, which are being erased, and forget that it did;
    `which` names this erasure. Returns how many there are."""
    found = {
        report_id
        for part in rows.chunks(sorted(mention_ids))
        for report_id in tx.scalars(
            select(report_mentions.c.report_id).where(rows.among(tx, report_mentions.c.mention_id, part))
        )
    }
    for report_id in sorted(found):
        kept = get(tx, report_id)
        if kept is not None:
            data = without(kept.report, set(mention_ids)).as_data()
            tx.execute(update(reports).where(reports.c.id == report_id).values(data=data))
    for part in rows.chunks(sorted(mention_ids)):
        tx.execute(report_mentions.delete().where(rows.among(tx, report_mentions.c.mention_id, part)))
    return _redraw(tx, sorted(found), which)


def latest_posts(
    tx: Connection, brand: str, author_ids: Collection[str], feeling: str, since: datetime
) -> dict[str, str]:
    """By author the id of their newest post about a brand that felt so, said since then."""
    query = select(mentions.c.author_id, mentions.c.created_at, mentions.c.id).where(
        mentions.c.created_at >= since, mentions.c.deleted_at.is_(None), mentions.c.kind != "repost"
    )
    said = [
        row
        for part in rows.chunks(sorted(author_ids))
        for row in tx.execute(query.where(rows.among(tx, mentions.c.author_id, part)))
    ]
    felt = feelings(tx, brand, {row.id for row in said})
    newest = sorted((row for row in said if felt.get(row.id) == feeling), key=lambda row: (row.created_at, row.id))
    return {row.author_id: row.id for row in newest}


def feelings(tx: Connection, brand: str, mention_ids: Collection[str]) -> dict[str, str]:
    """By post how it feels about a brand, where that is judged."""
    query = select(assessments.c.mention_id, assessments.c.sentiment).where(
        assessments.c.brand == brand, assessments.c.sentiment.is_not(None)
    )
    return {
        mention_id: feeling
        for part in rows.chunks(sorted(mention_ids))
        for mention_id, feeling in tx.execute(query.where(rows.among(tx, assessments.c.mention_id, part)))
    }


def seen(tx: Connection, brand: str, since: datetime, limit: int = 20_000) -> list[Seen]:
    """How the interest in a brand's posts grew, among the newest `limit` looks at posts of any brand said since then."""
    likes, replies, shares = (func.coalesce(metric_snapshots.c[name], 0) for name in ("likes", "replies", "shares"))
    query = (
        select(
            mentions.c.id,
            mentions.c.author_id,
            mentions.c.platform,
            mentions.c.created_at,
            metric_snapshots.c.seen_at,
            (likes + replies + shares).label("interest"),
        )
        .join(metric_snapshots, metric_snapshots.c.mention_id == mentions.c.id)
        .where(mentions.c.created_at >= since, mentions.c.deleted_at.is_(None), mentions.c.own.is_(False))
        .where(mentions.c.kind != "repost")
        .order_by(mentions.c.created_at.desc(), mentions.c.id, metric_snapshots.c.seen_at)
        .limit(limit)
    )
    looks = [Seen(*row) for row in tx.execute(query)]
    judged = feelings(tx, brand, {look.mention_id for look in looks})
    return [look for look in looks if look.mention_id in judged]


def usual_interest(tx: Connection, author_ids: Collection[str], before: datetime) -> dict[str, float]:
    """By author the mean interest in their posts, of any brand, that were said before then."""
    found: dict[str, float] = {}
    mean = func.avg(_INTEREST[0] + _INTEREST[1] + _INTEREST[2])
    query = select(mentions.c.author_id, mean).where(mentions.c.created_at < before, mentions.c.deleted_at.is_(None))
    for part in rows.chunks(sorted(author_ids)):
        told = query.where(rows.among(tx, mentions.c.author_id, part)).group_by(mentions.c.author_id)
        found |= {author_id: float(value) for author_id, value in tx.execute(told)}
    return found


def drop(tx: Connection, before: datetime) -> int:
    """Let go of reports made before then, with their charts. Returns how many there were."""
    old = list(tx.scalars(select(reports.c.id).where(reports.c.made_at < before)))
    for part in rows.chunks(old):
        for table in (report_images, report_mentions):
            tx.execute(table.delete().where(table.c.report_id.in_(part)))
        tx.execute(reports.delete().where(reports.c.id.in_(part)))
    return len(old)


def _redraw(tx: Connection, report_ids: Sequence[int], which: str) -> int:
    query = (
        select(reports.c.id, reports.c.key, outbox_rows.c.channel)
        .join(outbox_rows, outbox_rows.c.dedupe_key == reports.c.key)
        .where(reports.c.id.in_(report_ids))
    )
    return outbox.put(
        tx,
        [
            Message(
                "slack_unsay",
                row.channel,
                f"un{row.key}:{which}",
                REDRAW_RANK,
                data={"what": "report", "key": row.key, "report": row.id},
            )
            for row in tx.execute(query)
        ],
    )


def _told(row: RowMapping) -> Told:
    return Told(row["id"], Report.of_data(row["data"]), row["made_at"], row["snoozed_until"], row["snoozed_by"] or "")
