"""Answers: proposed by an agent, let out by another, sent by `connectors.reply` or by hand, and what became of them.

A case has at most one answer on its way, which a unique index holds as well. Whoever changes an answer locks its case
first, so of two presses one comes second and sees what the first one did. Each change writes the case's event, with the
answer's id and never its text, and has the card redrawn. Functions for a press take who pressed and raise `Refused` in
words for them; `None` is a press that changes nothing, for it was made before.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update

from core.answer import Answer, AnswerStatus, Way
from core.case import Case, CaseEvent, EventKind, Refused, answered
from core.mention import Mention
from core.store import cases, outbox, rows
from core.store.outbox import Message
from core.store.schema import answers, authors, case_events, mentions
from core.store.schema import cases as cases_table

REPLY = "reply"
"""The outbox's kind for an answer that is to be sent; data {"answer": id}."""


@dataclass(frozen=True, slots=True)
class Question:
    """An answer with all that its sender needs: the post that it answers, what that post answers or quotes where we hold
    it, the case, and the source that heard the post. `mention` is None once the post was erased."""

    answer: Answer
    case: Case
    mention: Mention | None
    parent: Mention | None
    source: str


def seen(tx: Connection, case_id: int) -> int:
    """A mark of the last thing that the brand said in this case, 0 for nothing. Read it when the modal opens, keep it in the
    modal, and hand it to `propose`."""
    last = select(func.max(case_events.c.id)).where(
        case_events.c.case_id == case_id, case_events.c.kind == EventKind.ANSWERED.value
    )
    return tx.scalar(last) or 0


def propose(
    tx: Connection,
    case_id: int,
    mention_id: str,
    text: str,
    author: str,
    now: datetime,
    *,
    seen: int,
    approval: bool,
    way: Way = "api",
    private_invite: bool = False,
    form: str = "",
) -> Answer:
    """Store what an agent wrote, and queue it where nobody must let it out first.

    `seen` is the mark that the agent's modal was opened with. `approval` says that a second person must let it out; `way`
    is what `core.answer.way_out` says. The text must have passed `core.answer.faults`. The same answer sent twice by its
    author (Slack repeats a submission whose acknowledgement was lost) is stored once, and returned again; so is what the
    same `form` (its id) brought before, whatever became of it since.
    Raises Refused where another answer is on its way, where the brand answered since the modal was opened, and where the
    case is closed or the post gone.
    """
    gone = tx.execute(
        select(mentions.c.deleted_at).where(mentions.c.id == mention_id).with_for_update(read=True)
    ).one_or_none()
    case = _lock(tx, case_id)
    if case is None:
        raise Refused("This case is no longer here.")
    text = text.strip()
    before = of_case(tx, case_id)
    if (known := _of_form(tx, case_id, form)) is not None:
        return next(answer for answer in before if answer.id == known)
    for other in reversed(before):
        again = (other.author, other.text, other.mention_id) == (author, text, mention_id)
        if again and (
            other.status.is_on_its_way or (other.status is AnswerStatus.SENT and _sent_since(tx, other, seen))
        ):
            return other
        if other.status.is_on_its_way:
            raise Refused(_on_its_way(other, author))
    last = _last_answered(tx, case_id)
    if last is not None and last.id > seen:
        raise Refused(f"<@{last.actor}> answered at {last.at:%H:%M} UTC, while you were writing. Read it first.")
    if case.status.is_closed:
        raise Refused(f"This case is already {case.status}; nothing was sent.")
    if gone is None or gone.deleted_at is not None:
        raise Refused("This post is gone, so there is nothing to answer any more.")
    status = AnswerStatus.TO_APPROVE if approval else _status_of(way)
    values = {
        "case_id": case_id,
        "mention_id": mention_id,
        "text": text,
        "status": status.value,
        "private_invite": private_invite,
        "author": author,
        "created_at": now,
    }
    answer_id = tx.scalar(answers.insert().values(**values).returning(answers.c.id))
    answer = Answer(answer_id or 0, case_id, mention_id, text, status, author, now, private_invite)
    _record(tx, case, EventKind.DRAFTED, answer, author, now, **({cases.FORM: form} if form else {}))
    if status is AnswerStatus.TO_SEND:
        _queue(tx, case, answer)
    return answer


def decide(
    tx: Connection, answer_id: int, approver: str, yes: bool, now: datetime, *, way: Way = "api", note: str = ""
) -> Answer | None:
    """Let an answer out, or reject it. `way` is what `core.answer.way_out` says. Whether `approver` may is the caller's to
    know, but nobody lets their own answer out. `note` tells the author why it comes back.

    Raises Refused where somebody else decided, or the answer is not waiting for that any more.
    """
    found = _locked(tx, answer_id)
    if found is None:
        raise Refused("This answer is no longer here.")
    case, answer = found
    if answer.status is AnswerStatus.TO_APPROVE:
        if answer.author == approver:
            raise Refused("Somebody else must decide on your answer; you can withdraw it.")
        status = _status_of(way) if yes else AnswerStatus.REJECTED
        answer = _change(tx, answer, status=status, approver=approver, decided_at=now)
        kind, note = (EventKind.APPROVED, "") if yes else (EventKind.REJECTED, note)
        _record(tx, case, kind, answer, approver, now, note=note)
        if status is AnswerStatus.TO_SEND:
            _queue(tx, case, answer)
        return answer
    if answer.approver == approver and (answer.status is not AnswerStatus.REJECTED) == yes:
        return None
    raise Refused(_over(answer))


def withdraw(tx: Connection, answer_id: int, agent: str, now: datetime) -> Answer | None:
    """Take an answer back before it is out. Raises Refused where it is out, or may be: what is being sent at this moment, or
    was tried and is being looked for, cannot be taken back."""
    found = _locked(tx, answer_id)
    if found is None:
        raise Refused("This answer is no longer here.")
    case, answer = found
    if answer.status is AnswerStatus.WITHDRAWN:
        return None
    if not answer.status.is_on_its_way:
        raise Refused(_over(answer))
    if answer.status is AnswerStatus.TO_SEND and not outbox.cancelled(tx, _key(answer), "withdrawn"):
        raise Refused("It is being sent at this moment, so it cannot be taken back.")
    answer = _change(tx, answer, status=AnswerStatus.WITHDRAWN)
    _record(tx, case, EventKind.NOT_SENT, answer, agent, now, why="withdrawn")
    return answer


def withdraw_with_case(tx: Connection, case: Case, agent: str, now: datetime) -> None:
    """Take back what waits to be let out, for its case was closed by `agent`: nobody would see it any more, and whoever
    opens the case again may write another one. What was let out goes its way."""
    waiting = on_its_way(tx, case.id)
    if waiting is not None and waiting.status is AnswerStatus.TO_APPROVE:
        withdraw(tx, waiting.id, agent, now)


def sent_by_hand(tx: Connection, answer_id: int, agent: str, now: datetime) -> Answer | None:
    """An agent says that they sent it on the platform: the case's clock stops. Raises Refused where there is nothing to send
    by hand."""
    found = _locked(tx, answer_id)
    if found is None:
        raise Refused("This answer is no longer here.")
    case, answer = found
    if answer.status is AnswerStatus.SENT:
        return None
    if answer.status is not AnswerStatus.BY_HAND:
        raise Refused(_over(answer))
    return _out(tx, case, answer, agent, now, status=AnswerStatus.SENT, sent_at=now)


def sent(tx: Connection, answer_id: int, external_id: str, url: str, now: datetime) -> bool:
    """The platform took it: the case's clock stops, and it waits for the customer. False where that was known.

    It is out, whatever was decided here meanwhile, so a withdrawal, as by an erasure, does not hide it.
    """
    found = _locked(tx, answer_id)
    if found is None or found[1].status is AnswerStatus.SENT:
        return False
    case, answer = found
    values = {"external_id": external_id, "url": url, "sent_at": now, "error": None}
    _out(tx, case, answer, answer.author, now, status=AnswerStatus.SENT, **values)
    return True


def heard(tx: Connection, post: Mention) -> bool:
    """The brand's own account said this in public. True where it is an answer that we sent: then its clock was stopped, and
    what the customer wrote since counts. An answer that was to be sent by hand is taken for sent."""
    if not post.parent_id:
        return False
    to_it = select(answers).where(answers.c.mention_id == f"{post.platform}:{post.parent_id}")
    given = [_answer(row) for row in tx.execute(to_it.order_by(answers.c.id)).mappings()]
    if any(answer.external_id == post.external_id for answer in given):
        return True
    for answer in given:
        found = _locked(tx, answer.id) if answer.status is AnswerStatus.BY_HAND else None
        if found is not None and found[1].status is AnswerStatus.BY_HAND:
            out = {"external_id": post.external_id, "url": post.url, "sent_at": post.created_at, "error": None}
            answer = _change(tx, found[1], status=AnswerStatus.SENT, **out)
            outbox.put(tx, [outbox.card_update(found[0], f"answer:{answer.id}:{answer.status}")])
    return False


def failed(tx: Connection, answer_id: int, why: str, now: datetime) -> bool:
    """It can never go out, for the reason that `why` gives in our own words: the agent may write another one."""
    return _stuck(tx, answer_id, AnswerStatus.FAILED, why, now)


def by_hand(tx: Connection, answer_id: int, why: str, now: datetime) -> bool:
    """It may not go out through the platform's API: a person must send it there. `why` is in our own words."""
    return _stuck(tx, answer_id, AnswerStatus.BY_HAND, why, now)


def get(tx: Connection, answer_id: int) -> Answer | None:
    row = tx.execute(select(answers).where(answers.c.id == answer_id)).mappings().one_or_none()
    return _answer(row) if row is not None else None


def of_case(tx: Connection, case_id: int) -> list[Answer]:
    """All answers of a case, oldest first."""
    query = select(answers).where(answers.c.case_id == case_id).order_by(answers.c.id)
    return [_answer(row) for row in tx.execute(query).mappings()]


def on_its_way(tx: Connection, case_id: int) -> Answer | None:
    """The answer that waits for somebody: to be let out, to be sent, or to be sent by hand."""
    return next((answer for answer in of_case(tx, case_id) if answer.status.is_on_its_way), None)


def question(tx: Connection, answer_id: int) -> Question | None:
    """What its sender needs; None where there is no such answer."""
    answer = get(tx, answer_id)
    case = cases.get(tx, answer.case_id) if answer is not None else None
    if answer is None or case is None:
        return None
    query = select(*rows.MENTION, *rows.AUTHOR, mentions.c.source).select_from(mentions.outerjoin(authors))
    row = tx.execute(query.where(mentions.c.id == answer.mention_id)).mappings().one()
    mention = rows.mention(row) if row["deleted_at"] is None else None
    parent = None
    if mention is not None and mention.parent_id:
        held = query.where(mentions.c.id == f"{mention.platform}:{mention.parent_id}", mentions.c.deleted_at.is_(None))
        found = tx.execute(held).mappings().one_or_none()
        parent = rows.mention(found) if found is not None else None
    return Question(answer, case, mention, parent, row["source"])


def erase(tx: Connection, mention_ids: Collection[str], now: datetime) -> int:
    """Blank the answers to posts that are erased; those on their way are withdrawn. Returns how many held something."""
    erased = 0
    for part in rows.chunks(sorted(mention_ids)):
        found = [
            _answer(row)
            for row in tx.execute(
                select(answers).where(rows.among(tx, answers.c.mention_id, part)).order_by(answers.c.id)
            ).mappings()
        ]
        for answer in found:
            if answer.status.is_on_its_way:
                _change(tx, answer, status=AnswerStatus.WITHDRAWN, error="The post was erased.")
                data = {"answer": answer.id, "why": "erased"}
                cases.record(tx, answer.case_id, CaseEvent(EventKind.NOT_SENT, "sunwai", now, data))
        held = [answer.id for answer in found if answer.text]
        if held:
            tx.execute(update(answers).where(answers.c.id.in_(held)).values(text=""))
        erased += len(held)
    return erased


# Inside ------------------------------------------------------------------------------------------------------------------


def _lock(tx: Connection, case_id: int) -> Case | None:
    """The case, which nobody else moves or answers until the transaction ends. SQLite has one writer anyway."""
    query = select(*rows.CASE).where(cases_table.c.id == case_id).with_for_update(key_share=True)
    row = tx.execute(query).mappings().one_or_none()
    return rows.case(row) if row is not None else None


def _locked(tx: Connection, answer_id: int) -> tuple[Case, Answer] | None:
    """The answer as it is once its case is locked, and the case."""
    case_id = tx.scalar(select(answers.c.case_id).where(answers.c.id == answer_id))
    case = _lock(tx, case_id) if case_id is not None else None
    answer = get(tx, answer_id)
    return None if case is None or answer is None else (case, answer)


def _of_form(tx: Connection, case_id: int, form: str) -> int | None:
    """The answer that this form brought before, if any."""
    told = select(case_events.c.data).where(
        case_events.c.case_id == case_id, case_events.c.kind == EventKind.DRAFTED.value
    )
    return next((data["answer"] for data in tx.scalars(told) if form and data.get(cases.FORM) == form), None)


def _stuck(tx: Connection, answer_id: int, status: AnswerStatus, why: str, now: datetime) -> bool:
    found = _locked(tx, answer_id)
    if found is None or found[1].status is not AnswerStatus.TO_SEND:
        return False
    case, answer = found
    answer = _change(tx, answer, status=status, error=why[:500])
    _record(tx, case, EventKind.NOT_SENT, answer, "sunwai", now, why=status.value)
    return True


def _out(tx: Connection, case: Case, answer: Answer, by: str, now: datetime, **values: Any) -> Answer:
    """It is out: the answer, the case's clock and the card say so."""
    answer = _change(tx, answer, **values)
    data = {"answer": answer.id}
    move, told = answered(case, now, by), None
    while move is not None and (told := cases.move(tx, replace(move, event=replace(move.event, data=data)))) is None:
        again = cases.get(tx, case.id)
        move = answered(again, now, by) if again is not None else None
    told = told or cases.record(tx, case.id, CaseEvent(EventKind.ANSWERED, by, now, data))
    update = outbox.card_update(case, f"answer:{answer.id}:{answer.status}")
    outbox.put(tx, [update, outbox.thread_line(case, told)])
    return answer


def _record(
    tx: Connection, case: Case, kind: EventKind, answer: Answer, by: str, now: datetime, note: str = "", **more: str
) -> None:
    told = cases.record(tx, case.id, CaseEvent(kind, by, now, {"answer": answer.id, **more}, note))
    update, line = outbox.card_update(case, f"answer:{answer.id}:{answer.status}"), outbox.thread_line(case, told)
    if answer.status is AnswerStatus.TO_APPROVE:  # somebody is asked for, and the clock runs on
        line = replace(line, rank=min(line.rank, int(case.priority) + 1))
    outbox.put(tx, [update, line])


def _queue(tx: Connection, case: Case, answer: Answer) -> None:
    platform = answer.mention_id.partition(":")[0]
    rank, data = int(case.priority), {"answer": answer.id}
    outbox.put(tx, [Message(REPLY, f"{REPLY}:{platform}", _key(answer), rank, case.id, data)])


def _key(answer: Answer) -> str:
    return f"{REPLY}:{answer.id}"


def _status_of(way: Way) -> AnswerStatus:
    return AnswerStatus.TO_SEND if way == "api" else AnswerStatus.BY_HAND


def _change(tx: Connection, answer: Answer, **values: Any) -> Answer:
    stored = {name: value.value if isinstance(value, AnswerStatus) else value for name, value in values.items()}
    tx.execute(update(answers).where(answers.c.id == answer.id).values(**stored))
    return replace(answer, **values)


def _last_answered(tx: Connection, case_id: int) -> Any:
    query = select(case_events.c.id, case_events.c.actor, case_events.c.at).where(
        case_events.c.case_id == case_id, case_events.c.kind == EventKind.ANSWERED.value
    )
    return tx.execute(query.order_by(case_events.c.id.desc()).limit(1)).one_or_none()


def _sent_since(tx: Connection, answer: Answer, seen: int) -> bool:
    query = select(case_events.c.data).where(
        case_events.c.case_id == answer.case_id,
        case_events.c.kind == EventKind.ANSWERED.value,
        case_events.c.id > seen,
    )
    return any(data.get("answer") == answer.id for data in tx.scalars(query))


def _on_its_way(other: Answer, agent: str) -> str:
    whose = "Your answer" if other.author == agent else f"An answer of <@{other.author}>"
    return {
        AnswerStatus.TO_APPROVE: f"{whose} is waiting to be let out.",
        AnswerStatus.TO_SEND: f"{whose} is being sent.",
        AnswerStatus.BY_HAND: f"{whose} is waiting to be sent by hand.",
    }[other.status]


def _over(answer: Answer) -> str:
    """Why a press comes too late, or too early."""
    who = f"<@{answer.approver}>" if answer.approver else "Somebody"
    return {
        AnswerStatus.TO_APPROVE: "This answer is still waiting to be let out.",
        AnswerStatus.TO_SEND: f"{who} let it out; it is being sent." if answer.approver else "It is being sent.",
        AnswerStatus.BY_HAND: "This answer is waiting to be sent by hand.",
        AnswerStatus.SENT: "This answer is out.",
        AnswerStatus.REJECTED: f"{who} rejected this answer.",
        AnswerStatus.WITHDRAWN: "This answer was withdrawn.",
        AnswerStatus.FAILED: "This answer could not be sent; write another one.",
    }[answer.status]


def _answer(row: Any) -> Answer:
    return Answer(**{**row, "status": AnswerStatus(row["status"])})
