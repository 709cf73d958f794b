"""What agents write to each other with a move: out of the append-only log, gone with the post; and where acts came in."""

import pytest
from alembic import command
from sqlalchemy import func, select, text

from core import case as moves
from core.case import Case, EventKind
from core.store import Store, cases, erasure, mentions, migrations, notes, outbox, schema
from tests.core import made
from tests.core.made import NOW

WORDS = "Voucher for Zerrin promised"


def opened(store: Store, number: int = 1) -> Case:
    post = made.mention(number)
    with store.write() as tx:
        mentions.save_page(tx, "x", "brand", made.page(post), NOW)
        return cases.open_case(tx, made.case(post), post)


def resolve(store: Store, case: Case, note: str = WORDS) -> int:
    move = moves.resolve(case, "U1", NOW, "refunded", note)
    assert move is not None
    told = store.run(lambda tx: cases.move(tx, move))
    assert told is not None
    store.run(lambda tx: outbox.put(tx, [outbox.thread_line(move.case, told)]))
    return told


def events(store: Store, case: Case) -> list[moves.CaseEvent]:
    with store.read() as tx:
        return cases.events(tx, case.id)


def logged(store: Store) -> str:
    with store.read() as tx:
        return str(list(tx.execute(select(schema.case_events))))


def test_the_log_holds_the_id_of_a_note_and_whoever_reads_it_gets_the_words(store: Store) -> None:
    case = opened(store)
    told = resolve(store, case)
    assert WORDS not in logged(store)
    last = events(store, case)[-1]
    assert (last.kind, last.note, last.data["reason"]) == (EventKind.RESOLVED, WORDS, "refunded")
    with store.read() as tx:
        assert cases.event(tx, told) == last


@pytest.mark.parametrize("forget", [True, False])
def test_it_goes_with_the_post_and_its_line_is_taken_back(store: Store, forget: bool) -> None:
    case, other = opened(store), opened(store, 2)
    told = resolve(store, case)
    resolve(store, other, "Nothing about anybody")
    if forget:
        store.run(lambda tx: erasure.forget_author(tx, made.mention(1).author.id, NOW))
    else:
        store.run(lambda tx: erasure.erase_mentions(tx, [case.mention_id], "deleted_by_author", NOW))
    assert [event.note for event in events(store, case) if event.kind is EventKind.RESOLVED] == [""]
    assert events(store, other)[-1].note == "Nothing about anybody"
    with store.read() as tx:
        left = list(tx.scalars(select(schema.notes.c.text)))
        unsaid = tx.scalars(select(schema.outbox.c.data).where(schema.outbox.c.kind == "slack_unsay")).all()
    assert left == ["Nothing about anybody"]
    assert {"key": f"thread:{told}"} in unsaid


def test_the_id_of_a_note_that_is_gone_is_never_given_again(store: Store) -> None:
    case = opened(store)
    resolve(store, case)
    store.run(lambda tx: notes.drop(tx, [notes.of_case(case.id)]))
    store.run(lambda tx: notes.add(tx, notes.of_customer("C1"), "Somebody else's", "U2", NOW))
    assert events(store, case)[-1].note == ""


def test_an_act_says_where_it_came_in(store: Store) -> None:
    case = opened(store)
    move = moves.claim(case, "U1", NOW)
    assert move is not None
    slack = store.coming_from("slack:T0SUN:C0CARE")
    slack.run(lambda tx: cases.move(tx, move))
    assert [event.data.get("via") for event in events(store, case)] == ["platform:x", "slack:T0SUN:C0CARE"]
    assert (store.via, slack.engine) == ("", store.engine)


def test_a_migration_moves_the_words_that_are_in_the_log(store: Store) -> None:
    """An older program wrote them there; and a way back to it stays open."""
    case = opened(store)
    resolve(store, case)
    config = migrations._config()

    def to(revision: str, step: object) -> None:
        with store.write() as tx:
            config.attributes["connection"] = tx
            step(config, revision)  # type: ignore[operator]

    to("0009", command.downgrade)
    assert WORDS in logged(store)
    with store.read() as tx:
        assert tx.scalar(select(func.count()).select_from(schema.notes)) == 0
    to("0010", command.upgrade)
    assert WORDS not in logged(store)
    assert events(store, case)[-1].note == WORDS
    with pytest.raises(Exception, match="append-only"), store.write() as tx:
        tx.execute(text("UPDATE case_events SET actor = 'U9'"))
