"""Answers in the store: one on its way for a case, let out by somebody else, out once, gone when the post goes."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from core.answer import Answer, AnswerStatus
from core.case import Case, CaseStatus, EventKind, Refused, resolve
from core.mention import Mention
from core.store import Store, answers, cases, erasure, mentions, outbox
from core.store.schema import outbox as outbox_rows
from tests.core import made
from tests.core.made import NOW

LATER = NOW + timedelta(minutes=5)


def ask(store: Store, number: int = 1) -> tuple[Case, Mention]:
    """A post, and the case that it opened."""
    post = made.mention(number)
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", made.page(post), NOW)
        return cases.open_case(tx, made.case(post), post), post


def propose(store: Store, case: Case, text: str = "So sorry!", author: str = "U1", **more: Any) -> Answer:
    given = {"seen": 0, "approval": False, **more}
    return store.run(lambda tx: answers.propose(tx, case.id, case.mention_id, text, author, NOW, **given))


def rows(store: Store, kind: str = "reply") -> list[Any]:
    with store.read() as tx:
        return list(tx.execute(select(outbox_rows).where(outbox_rows.c.kind == kind).order_by(outbox_rows.c.id)))


def kinds(store: Store, case: Case) -> list[EventKind]:
    with store.read() as tx:
        return [event.kind for event in cases.events(tx, case.id)][1:]


def the(store: Store, answer: Answer) -> Answer:
    with store.read() as tx:
        found = answers.get(tx, answer.id)
    assert found is not None
    return found


def read(store: Store, case: Case) -> Case:
    with store.read() as tx:
        found = cases.get(tx, case.id)
    assert found is not None
    return found


def test_an_answer_goes_out_and_stops_the_clock(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case, "  So sorry!\n")
    assert (answer.status, answer.text) == (AnswerStatus.TO_SEND, "So sorry!")
    (row,) = rows(store)
    assert (row.dedupe_key, row.rank, row.case_id, row.data) == (
        f"reply:{answer.id}",
        2,
        case.id,
        {"answer": answer.id},
    )
    assert store.run(lambda tx: answers.sent(tx, answer.id, "555", "https://x.com/i/status/555", LATER))
    assert not store.run(lambda tx: answers.sent(tx, answer.id, "555", "", LATER))
    out, after = the(store, answer), read(store, case)
    assert (out.status, out.external_id, out.sent_at) == (AnswerStatus.SENT, "555", LATER)
    assert (after.status, after.answered_at, after.waiting_since) == (CaseStatus.WAITING, LATER, LATER)
    assert kinds(store, case) == [EventKind.DRAFTED, EventKind.ANSWERED]
    with store.read() as tx:
        told = cases.events(tx, case.id)[-1]
    assert (told.actor, told.data) == ("U1", {"answer": answer.id})
    assert {r.dedupe_key for r in rows(store, "slack_update")} >= {
        f"answer:{answer.id}:to_send",
        f"answer:{answer.id}:sent",
    }


def test_nothing_but_ids_reaches_events_and_the_outbox(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case, "SECRETWORDS", approval=True)
    store.run(lambda tx: answers.decide(tx, answer.id, "U2", True, LATER))
    store.run(lambda tx: answers.failed(tx, answer.id, "The post is gone.", LATER))
    with store.read() as tx:
        told = str([event.data for event in cases.events(tx, case.id)]) + str(list(tx.execute(select(outbox_rows))))
    assert "SECRETWORDS" not in told


def test_a_second_answer_waits_for_the_first(store: Store) -> None:
    case, _ = ask(store)
    first = propose(store, case, approval=True)
    with pytest.raises(Refused, match="An answer of <@U1> is waiting to be let out"):
        propose(store, case, "Another", "U2")
    with pytest.raises(Refused, match="Your answer is waiting to be let out"):
        propose(store, case, "Another", "U1")
    store.run(lambda tx: answers.decide(tx, first.id, "U3", True, LATER))
    with pytest.raises(Refused, match="is being sent"):
        propose(store, case, "Another", "U2")
    other, _ = ask(store, 2)
    assert propose(store, other, "Another", "U2").status is AnswerStatus.TO_SEND


def test_who_wrote_while_somebody_answered_reads_that_first(store: Store) -> None:
    case, _ = ask(store)
    with store.read() as tx:
        mark = answers.seen(tx, case.id)
    first = propose(store, case, seen=mark)
    store.run(lambda tx: answers.sent(tx, first.id, "555", "", LATER))
    with pytest.raises(Refused, match=r"<@U1> answered at 12:05 UTC, while you were writing"):
        propose(store, case, "Another", "U2", seen=mark)
    with store.read() as tx:
        mark = answers.seen(tx, case.id)
    assert propose(store, case, "Another", "U2", seen=mark).status is AnswerStatus.TO_SEND


def test_the_same_submission_again_is_stored_once(store: Store) -> None:
    case, _ = ask(store)
    first = propose(store, case)
    assert propose(store, case) == first
    store.run(lambda tx: answers.sent(tx, first.id, "555", "", LATER))
    assert propose(store, case).id == first.id, "Slack repeats it even after the answer is out"
    with store.read() as tx:
        mark = answers.seen(tx, case.id)
        assert len(answers.of_case(tx, case.id)) == 1
    assert propose(store, case, seen=mark).id != first.id, "said on purpose once more"
    assert len(rows(store)) == 2


def test_somebody_else_lets_an_answer_out(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case, approval=True)
    assert rows(store) == []
    with pytest.raises(Refused, match="Somebody else must decide"):
        store.run(lambda tx: answers.decide(tx, answer.id, "U1", True, LATER))
    out = store.run(lambda tx: answers.decide(tx, answer.id, "U2", True, LATER))
    assert out is not None
    assert (out.status, out.approver, out.decided_at) == (AnswerStatus.TO_SEND, "U2", LATER)
    assert store.run(lambda tx: answers.decide(tx, answer.id, "U2", True, LATER)) is None
    for who, yes in (("U2", False), ("U3", True), ("U3", False)):
        with pytest.raises(Refused, match="<@U2> let it out"):
            store.run(lambda tx, who=who, yes=yes: answers.decide(tx, answer.id, who, yes, LATER))  # type: ignore[misc]
    assert len(rows(store)) == 1
    assert kinds(store, case) == [EventKind.DRAFTED, EventKind.APPROVED]


def test_a_rejected_answer_goes_nowhere_and_another_may_be_written(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case, approval=True)
    assert store.run(lambda tx: answers.decide(tx, answer.id, "U2", False, LATER))
    assert store.run(lambda tx: answers.decide(tx, answer.id, "U2", False, LATER)) is None
    with pytest.raises(Refused, match="<@U2> rejected"):
        store.run(lambda tx: answers.decide(tx, answer.id, "U3", True, LATER))
    assert rows(store) == []
    assert propose(store, case, approval=True).id != answer.id, "the same words may be tried again"


def test_an_answer_is_withdrawn_until_it_is_being_sent(store: Store) -> None:
    case, _ = ask(store)
    waiting = propose(store, case, "One", approval=True)
    assert store.run(lambda tx: answers.withdraw(tx, waiting.id, "U1", LATER))
    assert store.run(lambda tx: answers.withdraw(tx, waiting.id, "U1", LATER)) is None
    queued = propose(store, case, "Two")
    assert store.run(lambda tx: answers.withdraw(tx, queued.id, "U1", LATER))
    assert store.run(lambda tx: outbox.claim(tx, ["reply"], 9, 60)) == []
    held = propose(store, case, "Three")
    (claimed,) = store.run(lambda tx: outbox.claim(tx, ["reply"], 9, 60))
    with pytest.raises(Refused, match="being sent at this moment"):
        store.run(lambda tx: answers.withdraw(tx, held.id, "U1", LATER))
    store.run(lambda tx: outbox.later(tx, claimed, 60, "not reached", unsent=True))
    assert store.run(lambda tx: answers.withdraw(tx, held.id, "U1", LATER))
    sent = propose(store, case, "Four")
    store.run(lambda tx: answers.sent(tx, sent.id, "555", "", LATER))
    with pytest.raises(Refused, match="This answer is out"):
        store.run(lambda tx: answers.withdraw(tx, sent.id, "U1", LATER))


def test_what_may_have_been_sent_cannot_be_withdrawn(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case)
    (claimed,) = store.run(lambda tx: outbox.claim(tx, ["reply"], 9, 60))
    store.run(lambda tx: outbox.later(tx, claimed, 60, "the answer was lost"))
    with pytest.raises(Refused, match="being sent"):
        store.run(lambda tx: answers.withdraw(tx, answer.id, "U1", LATER))


def test_an_answer_by_hand_stops_the_clock_when_its_agent_says_so(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case, way="by_hand")
    assert (answer.status, rows(store)) == (AnswerStatus.BY_HAND, [])
    assert store.run(lambda tx: answers.sent_by_hand(tx, answer.id, "U2", LATER))
    assert store.run(lambda tx: answers.sent_by_hand(tx, answer.id, "U2", LATER)) is None
    assert read(store, case).answered_at == LATER
    approved = propose(store, ask(store, 2)[0], approval=True)
    with pytest.raises(Refused, match="still waiting"):
        store.run(lambda tx: answers.sent_by_hand(tx, approved.id, "U1", LATER))
    store.run(lambda tx: answers.decide(tx, approved.id, "U2", True, LATER, way="by_hand"))
    assert the(store, approved).status is AnswerStatus.BY_HAND
    assert rows(store) == []


def test_what_a_platform_refuses_comes_back_to_the_agent(store: Store) -> None:
    case, _ = ask(store)
    answer = propose(store, case)
    assert store.run(lambda tx: answers.by_hand(tx, answer.id, "X does not take it.", LATER))
    assert not store.run(lambda tx: answers.by_hand(tx, answer.id, "X does not take it.", LATER))
    assert (the(store, answer).status, the(store, answer).error) == (AnswerStatus.BY_HAND, "X does not take it.")
    assert store.run(lambda tx: answers.withdraw(tx, answer.id, "U1", LATER))
    again = propose(store, case, "Another")
    assert store.run(lambda tx: answers.failed(tx, again.id, "The post is gone.", LATER))
    assert read(store, case).answered_at is None
    third = propose(store, case, "A third")
    assert third.status is AnswerStatus.TO_SEND, "a failed one stands in nobody's way"
    with store.read() as tx:
        events = [(e.kind, e.data.get("why")) for e in cases.events(tx, case.id) if e.kind is EventKind.NOT_SENT]
    assert events == [(EventKind.NOT_SENT, why) for why in ("by_hand", "withdrawn", "failed")]


def test_a_second_answer_is_told_though_the_case_waits_already(store: Store) -> None:
    case, _ = ask(store)
    for text in ("One", "Two"):
        with store.read() as tx:
            mark = answers.seen(tx, case.id)
        answer = propose(store, case, text, seen=mark)
        store.run(lambda tx, id=answer.id: answers.sent(tx, id, str(id), "", LATER))  # type: ignore[misc]
    assert kinds(store, case).count(EventKind.ANSWERED) == 2
    assert read(store, case).answered_at == LATER


def test_a_closed_case_is_not_answered_by_a_modal_that_was_open(store: Store) -> None:
    case, _ = ask(store)

    def close(tx: Any) -> None:
        move = resolve(case, "U2", NOW)
        assert move is not None
        assert cases.move(tx, move)

    store.run(close)
    with pytest.raises(Refused, match="already resolved; nothing was sent"):
        propose(store, case)


def test_an_erased_post_takes_its_answers_words_along(store: Store) -> None:
    case, post = ask(store)
    sent = propose(store, case, "One")
    store.run(lambda tx: answers.sent(tx, sent.id, "555", "", LATER))
    with store.read() as tx:
        mark = answers.seen(tx, case.id)
    waiting = propose(store, case, "Two", seen=mark)
    store.run(lambda tx: erasure.erase_mentions(tx, [post.id], "deleted_by_author", LATER))
    assert (the(store, sent).text, the(store, sent).status) == ("", AnswerStatus.SENT)
    assert (the(store, waiting).text, the(store, waiting).status) == ("", AnswerStatus.WITHDRAWN)
    with pytest.raises(Refused, match="This post is gone"):
        propose(store, case, "Three", seen=mark)


def test_a_forgotten_author_takes_the_answers_words_along(store: Store) -> None:
    case, post = ask(store)
    answer = propose(store, case)
    store.run(lambda tx: erasure.forget_author(tx, post.author.id, LATER))
    assert (the(store, answer).text, the(store, answer).status) == ("", AnswerStatus.WITHDRAWN)


def test_what_is_out_is_out_though_the_post_was_erased_meanwhile(store: Store) -> None:
    case, post = ask(store)
    answer = propose(store, case)
    store.run(lambda tx: outbox.claim(tx, ["reply"], 9, 60))
    store.run(lambda tx: erasure.erase_mentions(tx, [post.id], "deleted_by_author", LATER))
    assert store.run(lambda tx: answers.sent(tx, answer.id, "555", "", LATER))
    assert (the(store, answer).status, the(store, answer).text) == (AnswerStatus.SENT, "")


def test_its_sender_gets_all_it_needs(store: Store) -> None:
    own = made.mention(7, "we are on it", author=made.author(99))
    post = made.mention(8, "really?", kind="reply", parent_id="7")
    with store.write() as tx:
        mentions.save_page(tx, "second_x", "brand", made.page(own, post), NOW)
        case = cases.open_case(tx, made.case(post), post)
    answer = propose(store, case)
    with store.read() as tx:
        found = answers.question(tx, answer.id)
        assert answers.question(tx, 999) is None
    assert found is not None
    assert found.mention is not None
    assert found.parent is not None
    assert (found.answer, found.mention.id, found.parent.author.external_id) == (answer, "x:8", "99")
    assert (found.case.id, found.source) == (case.id, "second_x")
    store.run(lambda tx: erasure.erase_mentions(tx, [post.id], "deleted_by_author", LATER))
    with store.read() as tx:
        again = answers.question(tx, answer.id)
    assert again is not None
    assert again.mention is None


PEOPLE = 4
RACES = 25


def test_people_at_once_never_get_two_answers_on_their_way(store: Store) -> None:
    """Each race: people with the same old modal propose, decide, withdraw, and a sender sends, all at the same moment."""
    luck = random.Random(4)
    with ThreadPoolExecutor(PEOPLE) as pool:
        for number in range(RACES):
            case, _ = ask(store, number + 1)
            barrier = threading.Barrier(PEOPLE)
            told = list(
                pool.map(
                    lambda seed, c=case, b=barrier: _person(store, c, b, seed), [luck.random() for _ in range(PEOPLE)]
                )  # type: ignore[misc]
            )
            with store.read() as tx:
                found = answers.of_case(tx, case.id)
                queued = {r.dedupe_key for r in tx.execute(select(outbox_rows).where(outbox_rows.c.case_id == case.id))}
            out = [a for a in found if a.status is AnswerStatus.SENT]
            assert len(out) <= 1, found
            assert sum(a.status.is_on_its_way for a in found) + len(out) <= 1, found
            assert all(f"reply:{a.id}" in queued for a in out)
            events = kinds(store, case)
            assert events.count(EventKind.DRAFTED) == len(found)
            assert events.count(EventKind.ANSWERED) == len(out)
            assert all(isinstance(word, str) for words in told for word in words)


def _person(store: Store, case: Case, barrier: threading.Barrier, seed: float) -> list[str]:
    """Presses in a random order; returns the words of refusal."""
    luck, me, told = random.Random(seed), f"U{seed}", []
    barrier.wait()
    for _ in range(4):
        try:
            with store.read() as tx:
                current = answers.on_its_way(tx, case.id)
            what = luck.choice(["propose", "propose", "decide", "withdraw", "send"])
            if what == "propose" or current is None:
                propose(store, case, f"by {me}", me, approval=luck.random() < 0.5)
            elif what == "decide":
                yes = luck.random() < 0.7
                store.run(lambda tx, a=current, y=yes: answers.decide(tx, a.id, me, y, LATER))  # type: ignore[misc]
            elif what == "withdraw":
                store.run(lambda tx, a=current: answers.withdraw(tx, a.id, me, LATER))  # type: ignore[misc]
            else:
                for claimed in store.run(lambda tx: outbox.claim(tx, ["reply"], 1, 60)):
                    id = claimed.message.data["answer"]
                    store.run(
                        lambda tx, c=claimed, i=id: (answers.sent(tx, i, str(i), "", LATER), outbox.sent(tx, c, "1"))
                    )  # type: ignore[misc]
        except Refused as refused:
            told.append(str(refused))
    return told
