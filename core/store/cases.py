"""Cases: opened and joined by triage, moved by people, drawn by the notifier."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, case, func, literal_column, select, text, update

from core.answer import Answer
from core.assessment import Assessment
from core.case import Candidate, Case, CaseEvent, CaseFile, CaseStatus, EventKind, Move
from core.mention import Mention
from core.store import customers as customer_rows
from core.store import notes, rows, search
from core.store.engine import insert, insert_returning
from core.store.schema import answers, assessments, authors, case_events, case_mentions, cases, mentions, tickets
from core.ticket import Ticket

FORM, NOTE, VIA = "form", "note", "via"
"""Where an event's data holds the id of the form that it came from, the id of its note, and where the act came in."""
OPEN = (CaseStatus.OPEN.value, CaseStatus.WAITING.value)
CONVERSATION_SHOWN = 10
AT_ONCE = datetime(1970, 1, 1, tzinfo=UTC)
"""The `chase_at` of a case that was just opened or moved. The moment itself would do if no machine's clock were ever ahead:
its clocks would then be looked at only once the others had caught up."""


def conversation_key(mention: Mention) -> str:
    """`platform:conversation`; a post that stands alone is its own conversation."""
    return f"{mention.platform}:{mention.conversation_id or mention.external_id}"


def open_cases(tx: Connection, new: Sequence[tuple[Case, Mention]]) -> list[Case]:
    """Store new cases, each with the mention that opens it and its OPENED event. Returns them with their ids, in order.

    Where (mention, brand) already has a case, that one is returned, and nothing is stored. Search knows of them once their
    mentions are marked as triaged.
    """
    values = [
        _columns(case) | {"conversation": conversation_key(mention), "chase_at": AT_ONCE} for case, mention in new
    ]
    for row in values:
        del row["id"]
    given: dict[tuple[str, str], int] = {}
    for part in rows.chunks(values):
        statement, parameters = insert_returning(tx, cases, part)
        statement = statement.on_conflict_do_nothing(index_elements=["mention_id", "brand"])
        for case_id, *pair in tx.execute(
            statement.returning(cases.c.id, cases.c.mention_id, cases.c.brand), parameters
        ):
            given[pair[0], pair[1]] = case_id
    opened = [replace(case, id=given[key]) for case, mention in new if (key := (mention.id, case.brand)) in given]
    if opened:
        record_all(
            tx, [(c.id, CaseEvent(EventKind.OPENED, "sunwai", c.opened_at, {"mention": c.mention_id})) for c in opened]
        )
        members = [{"mention_id": c.mention_id, "brand": c.brand, "case_id": c.id} for c in opened]
        tx.execute(insert(tx, case_mentions).on_conflict_do_nothing(), members)
    found = {(c.mention_id, c.brand): c for c in opened}
    known = {(m.id, c.brand) for c, m in new} - found.keys()
    if known:
        found |= of_mentions(tx, known)
    return [found[mention.id, case.brand] for case, mention in new]


def open_case(tx: Connection, case: Case, mention: Mention) -> Case:
    """Store one new case, which search then knows of; see `open_cases`."""
    opened = open_cases(tx, [(case, mention)])[0]
    search.put(tx, [(mention.id, case.brand)])
    return opened


def join(tx: Connection, case: Case, mention: Mention, now: datetime) -> int | None:
    """Add a mention to a case, with a JOINED event, whose id is returned. None where it already belongs to one."""
    statement = insert(tx, case_mentions).values(mention_id=mention.id, brand=case.brand, case_id=case.id)
    if tx.scalar(statement.on_conflict_do_nothing().returning(case_mentions.c.case_id)) is None:
        return None
    return record(tx, case.id, CaseEvent(EventKind.JOINED, "sunwai", now, {"mention": mention.id}))


def move(tx: Connection, move: Move) -> int | None:
    """Compare-and-set: store the moved case and its event, whose id is returned; None where somebody moved the case since
    it was read. Its clocks are looked at anew by the next chase."""
    case = move.case
    values = _columns(case) | {"chase_at": AT_ONCE}
    for fixed in ("id", "mention_id", "brand", "opened_at", "slack_channel", "slack_ts"):
        del values[fixed]
    statement = update(cases).where(cases.c.id == case.id, cases.c.version == case.version - 1).values(**values)
    if tx.execute(statement).rowcount != 1:
        return None
    return record(tx, case.id, move.event)


def record(tx: Connection, case_id: int, event: CaseEvent) -> int:
    """Append to the case's history. Returns the event's id."""
    told: int = tx.execute(
        insert(tx, case_events).values(_event(tx, case_id, event)).returning(case_events.c.id)
    ).scalar_one()
    return told


def record_all(tx: Connection, found: Sequence[tuple[int, CaseEvent]]) -> None:
    """Append to the histories of several cases: (case id, event)."""
    tx.execute(case_events.insert(), [_event(tx, case_id, event) for case_id, event in found])


def _event(tx: Connection, case_id: int, event: CaseEvent) -> dict[str, Any]:
    via = _via(tx, event)
    data = ({VIA: via} if via else {}) | event.data
    if event.note:
        data[NOTE] = notes.on_case(tx, case_id, event.note, event.actor, event.at)
    return {"case_id": case_id, "kind": event.kind.value, "actor": event.actor, "at": event.at, "data": data}


def _via(tx: Connection, event: CaseEvent) -> str:
    """What a post brought about, or an account of the brand did there, came in on its platform, whoever writes it down."""
    post_or_account = str(event.data.get("mention") or event.actor)
    platform, there, _ = post_or_account.partition(":")
    return f"platform:{platform}" if there else str(tx.get_execution_options().get(VIA) or "")


def event(tx: Connection, event_id: int) -> CaseEvent | None:
    """One entry of a case's history."""
    row = tx.execute(select(case_events).where(case_events.c.id == event_id)).one_or_none()
    return _read_event(row, notes.texts(tx, _note_ids([row]))) if row is not None else None


def _note_ids(found: Iterable[Any]) -> list[int]:
    return [row.data[NOTE] for row in found if NOTE in row.data]


def _read_event(row: Any, texts: Mapping[int, str]) -> CaseEvent:
    return CaseEvent(EventKind(row.kind), row.actor, row.at, row.data, texts.get(row.data.get(NOTE), ""))


def form_done(tx: Connection, case_id: int, form: str) -> bool:
    """Was this form carried out before? One may be sent twice: Slack, or the agent, did not hear that we had it. Where the
    case is not moved with it, which would tell, call `lock` first."""
    if not form:
        return False
    told = select(case_events.c.data).where(case_events.c.case_id == case_id)
    return any(data.get(FORM) == form for data in tx.scalars(told))


def lock(tx: Connection, case_id: int) -> None:
    """Keep everybody else from moving the case until the transaction ends. SQLite has one writer anyway."""
    tx.execute(select(cases.c.id).where(cases.c.id == case_id).with_for_update(key_share=True))


def card_posted(tx: Connection, case_id: int, channel: str, ts: str, now: datetime) -> None:
    """Remember where a case's card is. Posting is no move: it does not touch the version that agents' presses compare."""
    tx.execute(update(cases).where(cases.c.id == case_id).values(slack_channel=channel, slack_ts=ts))
    record(tx, case_id, CaseEvent(EventKind.RANG, "sunwai", now, {"channel": channel, "ts": ts}))


def get(tx: Connection, case_id: int) -> Case | None:
    row = tx.execute(select(*rows.CASE).where(cases.c.id == case_id)).mappings().one_or_none()
    return rows.case(row) if row is not None else None


def lock_conversations(tx: Connection, conversations: Collection[str]) -> None:
    """Let one worker at a time open cases in these conversations, until the transaction ends, so that an author's two posts
    that two workers triage together become one case. SQLite has one writer anyway."""
    if tx.dialect.name != "sqlite" and conversations:
        tx.execute(
            text(
                "SELECT pg_advisory_xact_lock(key) FROM (SELECT DISTINCT hashtextextended(conversation, 0) AS key "
                "FROM unnest(CAST(:conversations AS text[])) AS conversation ORDER BY key) AS keys"
            ),
            {"conversations": sorted(conversations)},
        )


def in_conversations(
    tx: Connection, conversations: Collection[str]
) -> dict[tuple[str, str], list[tuple[Case, str | None]]]:
    """The cases of these conversations, oldest first: {(conversation, brand): [(case, author id of its mention), ...]}."""
    found: dict[tuple[str, str], list[tuple[Case, str | None]]] = {}
    for part in rows.chunks(sorted(conversations)):
        query = (
            select(*rows.CASE, mentions.c.author_id)
            .select_from(cases.join(mentions, mentions.c.id == cases.c.mention_id))
            .where(rows.among(tx, cases.c.conversation, part))
            .order_by(cases.c.id)
        )
        for row in tx.execute(query).mappings():
            key = (row["case_conversation"], row["case_brand"])
            found.setdefault(key, []).append((rows.case(row), row["author_id"]))
    return found


def of_mentions(tx: Connection, pairs: Iterable[tuple[str, str]]) -> dict[tuple[str, str], Case]:
    """The case that each (mention id, brand) belongs to, by opening it or by joining it."""
    wanted = set(pairs)
    found: dict[tuple[str, str], Case] = {}
    for part in rows.chunks(sorted({mention_id for mention_id, _ in wanted})):
        query = (
            select(*rows.CASE, case_mentions.c.mention_id.label("member"))
            .select_from(case_mentions.join(cases, cases.c.id == case_mentions.c.case_id))
            .where(rows.among(tx, case_mentions.c.mention_id, part))
        )
        for row in tx.execute(query).mappings():
            key = (row["member"], row["case_brand"])
            if key in wanted:
                found[key] = rows.case(row)
    return found


def events(tx: Connection, case_id: int) -> list[CaseEvent]:
    """A case's history, oldest first."""
    found = tx.execute(select(case_events).where(case_events.c.case_id == case_id).order_by(case_events.c.id)).all()
    texts = notes.texts(tx, _note_ids(found))
    return [_read_event(row, texts) for row in found]


def newest_event(tx: Connection) -> int:
    """The number of the last entry of any case's history: it changes whenever a case does."""
    return tx.scalar(select(func.max(case_events.c.id))) or 0


def events_with_notes(tx: Connection, case_ids: Collection[int]) -> list[int]:
    """The ids of these cases' events that agents wrote a note with."""
    query = select(case_events.c.id, case_events.c.data)
    return [
        row.id
        for part in rows.chunks(sorted(case_ids))
        for row in tx.execute(query.where(rows.among(tx, case_events.c.case_id, part)))
        if NOTE in row.data
    ]


def file(tx: Connection, case_id: int, brand_name: str) -> CaseFile | None:
    """All that a card shows of a case."""
    query = (
        select(*rows.CASE, *rows.MENTION, *rows.AUTHOR, *rows.ASSESSMENT, mentions.c.author_id)
        .select_from(
            cases.join(mentions, mentions.c.id == cases.c.mention_id)
            .outerjoin(authors, authors.c.id == mentions.c.author_id)
            .outerjoin(
                assessments,
                (assessments.c.mention_id == cases.c.mention_id) & (assessments.c.brand == cases.c.brand),
            )
        )
        .where(cases.c.id == case_id)
    )
    row = tx.execute(query).mappings().one_or_none()
    if row is None:
        return None
    case, mention, assessment = rows.case(row), rows.mention(row), rows.assessment(row)
    erased = row["deleted_at"] is not None
    held = sizes(tx, [case_id]).get(case_id, Size(0, 0))
    return CaseFile(
        case=case,
        brand_name=brand_name,
        mention=mention,
        assessment=assessment,
        candidates=_candidates(tx, row["author_id"]),
        conversation=conversation(tx, mention),
        joined=max(0, held.posts - (not erased)),
        authors=held.authors,
        erased=erased,
        answer=_latest_answer(tx, case_id),
        ticket=_ticket(tx, case_id),
        raised_by=raised_by(tx, [(case, assessment)]).get(case_id),
    )


def raised_by(tx: Connection, found: Iterable[tuple[Case, Assessment]]) -> dict[int, Assessment]:
    """Of these cases, each with what was thought of its own post: what was thought of the later post that raised it, where
    that still says so and was not erased."""
    raised = {case.id: case for case, own in found if case.priority < own.urgency.priority}
    events = (
        select(case_events.c.case_id, case_events.c.data)
        .where(case_events.c.case_id.in_(raised), case_events.c.kind == EventKind.RAISED.value)
        .order_by(case_events.c.id)
    )
    by = {row.case_id: str(row.data["mention"]) for row in (tx.execute(events) if raised else ())}
    query = (
        select(*rows.ASSESSMENT)
        .select_from(assessments.join(mentions, mentions.c.id == assessments.c.mention_id))
        .where(assessments.c.mention_id.in_(set(by.values())), mentions.c.deleted_at.is_(None))
    )
    judged = [rows.assessment(row) for row in (tx.execute(query).mappings() if by else ())]
    thought = {(one.mention_id, one.brand): one for one in judged}
    told = {case_id: thought.get((mention_id, raised[case_id].brand)) for case_id, mention_id in by.items()}
    return {id: one for id, one in told.items() if one and one.urgency.priority <= raised[id].priority}


def _ticket(tx: Connection, case_id: int) -> Ticket | None:
    row = tx.execute(select(tickets).where(tickets.c.case_id == case_id)).mappings().one_or_none()
    return Ticket(**row) if row is not None else None


def _latest_answer(tx: Connection, case_id: int) -> Answer | None:
    query = select(answers).where(answers.c.case_id == case_id).order_by(answers.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().one_or_none()
    return rows.answer(row) if row is not None else None


class Size(NamedTuple):
    """How many posts of a case are still there, by how many different people."""

    posts: int
    authors: int


def sizes(tx: Connection, case_ids: Collection[int]) -> dict[int, Size]:
    """The sizes of these cases. Posts whose platform tells no author are by different people. A case all of whose posts
    were erased is left out."""
    author = case((mentions.c.author_id.endswith(":"), mentions.c.id), else_=mentions.c.author_id)
    found: dict[int, Size] = {}
    for part in rows.chunks(sorted(case_ids)):
        query = (
            select(case_mentions.c.case_id, func.count(), func.count(author.distinct()))
            .select_from(case_mentions.join(mentions, mentions.c.id == case_mentions.c.mention_id))
            .where(rows.among(tx, case_mentions.c.case_id, part), mentions.c.deleted_at.is_(None))
            .group_by(case_mentions.c.case_id)
        )
        found |= {case_id: Size(posts, authors) for case_id, posts, authors in tx.execute(query)}
    return found


def _candidates(tx: Connection, author_id: str | None) -> tuple[Candidate, ...]:
    if author_id is None:
        return ()
    links = customer_rows.links_of(tx, [author_id]).get(author_id, [])
    known = customer_rows.get(tx, [link.customer_id for link in links])
    return tuple(
        Candidate(
            link,
            known[link.customer_id],
            customer_rows.orders_of(tx, link.customer_id) if link.status == "linked" else (),
        )
        for link in links
        if link.customer_id in known
    )


def conversation(tx: Connection, mention: Mention) -> tuple[Mention, ...]:
    """What else was said where the mention was, oldest first, at most `CONVERSATION_SHOWN` of the latest posts."""
    if not mention.conversation_id:
        return ()
    query = (
        select(*rows.MENTION, *rows.AUTHOR)
        .select_from(mentions.outerjoin(authors))
        .where(
            mentions.c.platform == mention.platform,
            mentions.c.conversation_id == mention.conversation_id,
            mentions.c.id != mention.id,
            mentions.c.deleted_at.is_(None),
        )
        .order_by(mentions.c.created_at.desc())
        .limit(CONVERSATION_SHOWN)
    )
    return tuple(rows.mention(row) for row in reversed(tx.execute(query).mappings().all()))


def counts(tx: Connection, now: datetime) -> dict[str, int]:
    """Open cases, those nobody owns, and those past their first-response time: open, unowned, late."""
    waiting = cases.c.status.in_([_quoted(s) for s in OPEN])
    late = (cases.c.answer_by < now) & cases.c.answered_at.is_(None)
    query = select(
        func.count(),
        func.count().filter(cases.c.owner.is_(None)),
        func.count().filter(late),
    ).where(waiting)
    total, unowned, overdue = tx.execute(query).one()
    return {"open": total, "unowned": unowned, "late": overdue}


def _quoted(status: str) -> ColumnElement[str]:
    """The status spelled out in the SQL, so that the planner sees that the partial index fits."""
    return literal_column(f"'{status}'")


def _columns(case: Case) -> dict[str, Any]:
    return {name: getattr(case, name) for name in case.__slots__} | {
        "status": case.status.value,
        "priority": int(case.priority),
    }
