"""What an agent wants to know beside a case's file, read in a handful of indexed queries."""

from collections.abc import Collection
from datetime import datetime, timedelta

from sqlalchemy import Connection, case, func, or_, select

from core.case import Case, CaseFile
from core.context import Context, Standing, standing
from core.mention import Mention
from core.store import articles, notes, rows, stock
from core.store.schema import ASSESSED, assessments, case_mentions, cases, links, mentions

LATELY = timedelta(days=90)
EARLIER_SHOWN = 3
MOST_ACCOUNTS = 20
MOST_POSTS = 200
"""Of one person's posts, so many of the newest are looked at: a news bot has more than anyone needs."""


def of_case(tx: Connection, file: CaseFile, now: datetime) -> Context:
    """The context of a case, as it stands. An erased post has none but what does not hang on its author."""
    mention = file.mention
    if file.erased:
        return Context()
    people = _people(tx, file)
    earlier, count = _earlier(tx, file.case, people)
    linked = next((c.customer for c in file.candidates if c.link.status == "linked"), None)
    said = f"{mention.title}\n{mention.text}" if mention.title else mention.text
    city, country = (linked.city, linked.country) if linked is not None else (mention.author.location, "")
    subjects = {notes.of_author(author) for author in people} | ({notes.subject_of(file)} - {""})
    language = file.assessment.language
    return Context(
        earlier=earlier,
        earlier_count=count,
        standing=_standing(tx, file.case, people, now),
        stock=stock.nearest(tx, said, city, country, language, file.brand_name),
        articles=articles.find(tx, said, language, file.brand_name),
        notes=notes.of(tx, subjects) if subjects else (),
        answered_by_others=_others(tx, mention),
    )


def _people(tx: Connection, file: CaseFile) -> list[str]:
    """The accounts of the person: the author's, and all others that are linked to the same customer."""
    author = file.mention.author
    known = {author.id} if author.external_id else set()
    linked = next((c.link.customer_id for c in file.candidates if c.link.status == "linked"), None)
    if linked is not None:
        same = select(links.c.author_id).where(links.c.customer_id == linked, links.c.status == "linked")
        known |= set(tx.scalars(same.limit(MOST_ACCOUNTS)))
    return sorted(known)


def _earlier(tx: Connection, this: Case, people: Collection[str]) -> tuple[tuple[Case, ...], int]:
    """The newest other cases that these accounts opened or joined before this one, and how many there are."""
    if not people:
        return (), 0
    said = (
        select(mentions.c.id)
        .where(rows.among(tx, mentions.c.author_id, sorted(people)))
        .order_by(mentions.c.created_at.desc())
        .limit(MOST_POSTS)
    )
    theirs = select(case_mentions.c.case_id).where(
        case_mentions.c.mention_id.in_(said), case_mentions.c.brand == this.brand
    )
    query = (
        select(*rows.CASE, func.count().over().label("total"))
        .where(cases.c.id.in_(theirs), cases.c.id < this.id)
        .order_by(cases.c.id.desc())
        .limit(EARLIER_SHOWN)
    )
    found = tx.execute(query).mappings().all()
    return tuple(rows.case(row) for row in found), found[0]["total"] if found else 0


def _standing(tx: Connection, this: Case, people: Collection[str], now: datetime) -> Standing | None:
    """How these accounts spoke of the brand lately, this case's posts left out: it is news only before it is known."""
    if not people:
        return None
    here = select(case_mentions.c.mention_id).where(case_mentions.c.case_id == this.id)
    said = (
        select(mentions.c.id)
        .where(
            rows.among(tx, mentions.c.author_id, sorted(people)),
            mentions.c.created_at > now - LATELY,
            mentions.c.own.is_(False),
        )
        .order_by(mentions.c.created_at.desc())
        .limit(MOST_POSTS)  # before their judgements are looked up: else those of all their posts would be
        .subquery("latest_said")
    )
    latest = (
        select(assessments.c.sentiment, assessments.c.is_complaint)
        .select_from(
            said.join(assessments, (assessments.c.mention_id == said.c.id) & (assessments.c.brand == this.brand))
        )
        .where(
            said.c.id.not_in(here),
            assessments.c.stage >= ASSESSED,
            assessments.c.sentiment.in_(["negative", "neutral", "positive"]),
        )
        .subquery("latest")
    )
    against = or_(latest.c.is_complaint, latest.c.sentiment == "negative")
    query = select(
        func.coalesce(func.sum(case((against, 0), (latest.c.sentiment == "positive", 1), else_=0)), 0),
        func.coalesce(func.sum(case((against, 1), else_=0)), 0),
        func.count(),
    ).select_from(latest)
    praising, complaining, posts = tx.execute(query).one()
    return standing(int(praising), int(complaining), int(posts))


def _others(tx: Connection, mention: Mention) -> int:
    """How many people, neither the author nor the brand, answered this post: in its whole thread where it began one, else
    directly. One whose platform tells no name counts for each answer."""
    began = mention.conversation_id in ("", mention.external_id)
    thread = mentions.c.conversation_id if began else mentions.c.parent_id
    person = case((mentions.c.author_id.endswith(":"), mentions.c.id), else_=mentions.c.author_id)
    query = select(func.count(person.distinct())).where(
        mentions.c.platform == mention.platform,
        thread == mention.external_id,
        mentions.c.kind.in_(["reply", "comment"]),
        mentions.c.id != mention.id,
        mentions.c.author_id != mention.author.id,
        mentions.c.own.is_(False),
        mentions.c.deleted_at.is_(None),
    )
    if not began:
        query = query.where(mentions.c.parent_id != "")
    return tx.scalar(query) or 0
