"""STAGE: judge what was heard, and link its authors to customers."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from hashlib import sha256

from msgspec.structs import replace
from sqlalchemy import Connection

from analysis import identity, learn
from analysis.identity import keep
from analysis.identity.calibrate import Calibration
from analysis.identity.index import Index
from analysis.judge import OtherEngine, judge, subject
from core.assessment import Assessment, Priority, Reason, Urgency
from core.customer import Customer, Link
from core.mention import Author, Brand
from core.settings import Settings
from core.store import Store, assessments, customers, erasure, pins
from core.store.assessments import Waiting

Judged = tuple[list[tuple[Waiting, Assessment]], dict[str, list[Link]], int]
"""Judgements, links by author, and the last erasure before any words were read."""


def assess(store: Store, settings: Settings, now: datetime, limit: int = 500) -> dict[str, int]:
    """Judge up to `limit` (mention, brand) pairs that wait, with their authors' links, in one transaction.

    Returns counts: `judged`, and `linked`, the authors whose links changed. An edited mention waits again, and is judged
    again. Safe to run twice at once: on PostgreSQL workers take different rows; on SQLite two may judge the same ones, but
    the work is done outside the write lock and the store keeps one judgement.
    """
    with store.read() as tx:
        if not assessments.waits(tx, "to_assess"):
            return {"judged": 0, "linked": 0}
    index = keep.current(store, now)
    taught = keep.calibration(store, index)
    if not store.is_sqlite:
        return store.run(lambda tx: _save(tx, _judge(tx, settings, now, limit, index, taught), now))
    with store.read() as tx:
        judged = _judge(tx, settings, now, limit, index, taught)
    return store.run(lambda tx: _save(tx, judged, now)) if judged[0] else {"judged": 0, "linked": 0}


def _judge(tx: Connection, settings: Settings, now: datetime, limit: int, index: Index, taught: Calibration) -> Judged:
    erased = erasure.last(tx)
    waiting = assessments.to_assess(tx, limit)
    links, known = _link(tx, waiting, settings, index, taught)
    brands: dict[str, Brand] = {
        key: settings.brand(key) for key in {w.brand for w in waiting} if key in settings.brands
    }
    subjects = [
        subject(
            w.mention,
            brands.get(w.brand) or Brand(w.brand, w.brand),  # a brand that left the settings is still judged
            now,
            identity.is_vip(links.get(w.mention.author.id, ()), known),
        )
        for w in waiting
    ]
    judged = zip(waiting, judge(subjects, now, learn.current(tx), _other_engine(settings)), strict=True)
    share = settings.judgement.audit_share
    return [(w, _as_own(a) if w.own else _reviewed(a, settings, share)) for w, a in judged], links, erased


def _other_engine(settings: Settings) -> OtherEngine | None:
    if settings.judgement.engine != "transformers":
        return None
    from analysis.transformers_engine import engine

    return engine(settings.judgement.model, settings.judgement.languages)


def _as_own(assessment: Assessment) -> Assessment:
    """What the brand itself says needs nobody's answer, however alarming it sounds."""
    urgency = Urgency(Priority.P4, 0.0, (Reason("own account", 0.0),))
    return replace(assessment, is_complaint=False, intent="other", urgency=urgency, needs_review=False)


def _reviewed(assessment: Assessment, settings: Settings, share: float) -> Assessment:
    """Nobody at the desk is asked to look at what is said of a competitor."""
    if settings.is_competitor(assessment.brand):
        return replace(assessment, needs_review=False)
    return _audited(assessment, share)


def _audited(assessment: Assessment, share: float) -> Assessment:
    """Of what does not ring, `share` goes to a person: drawn by the mention's id, so that judging again draws the same."""
    if assessment.urgency.priority.rings or not _drawn(assessment.mention_id, share):
        return assessment
    return replace(assessment, needs_review=True, details=assessment.details | {"audit": share})


def _drawn(mention_id: str, share: float) -> bool:
    return int.from_bytes(sha256(f"audit:{mention_id}".encode()).digest()[:8]) < share * 2**64


def _link(
    tx: Connection, waiting: Sequence[Waiting], settings: Settings, index: Index, taught: Calibration
) -> tuple[dict[str, list[Link]], Mapping[str, Customer]]:
    """The links of those who wait. The brand's own accounts are nobody's."""
    authors = {w.mention.author.id: w.mention.author for w in waiting if not w.own and w.mention.author.external_id}
    return link(tx, authors.values(), settings, index, taught) if authors else ({}, {})


def link(
    tx: Connection, found: Iterable[Author], settings: Settings, index: Index, taught: Calibration
) -> tuple[dict[str, list[Link]], Mapping[str, Customer]]:
    """The links of these authors as they now should be, by all that they lately said, and the customers in them. Left out is
    who has none, and had none."""
    authors = {one.id: one for one in found}
    before, said = customers.links_of(tx, authors.keys()), customers.words_of(tx, authors.keys())
    pinned = pins.of(tx, authors.keys())
    people = (identity.read(author, said.get(who, ())) for who, author in authors.items())
    judged: dict[str, list[Link]] = {}
    if index.size:
        cuts, share = identity.Cuts(settings.linking.linked, settings.linking.possible), keep.share(tx)
        judged = {person.author.id: found for person, found in identity.links(people, index, taught, share, cuts)}
    links = {
        who: pins.hold(who, judged.get(who, []), pinned.get(who, {}))
        for who in authors
        if judged.get(who) or who in before or who in pinned
    }
    ids = {link.customer_id for found in links.values() for link in found}
    known = customers.get(tx, ids) if ids else {}  # of a large CRM, the index may still hold some who are gone
    return {who: [link for link in found if link.customer_id in known] for who, found in links.items()}, known


def _save(tx: Connection, judged: Judged, now: datetime) -> dict[str, int]:
    pairs, links, erased = judged
    stored = assessments.save(tx, pairs)
    still = erasure.still_told(tx, links, erased) if stored else {}
    return {"judged": stored, "linked": customers.save_links(tx, still, now)}
