"""Cases as pure moves: whatever is pressed in whatever order, the rules hold."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core import case as moves
from core.assessment import Priority
from core.case import Case, CaseStatus, Refused
from tests.core.made import NOW, case, mention

PRESSES = st.lists(
    st.tuples(st.sampled_from(["claim", "resolve", "answer", "reopen", "raise"]), st.sampled_from(["U1", "U2"])),
    max_size=25,
)


def press(current: Case, what: str, agent: str, minute: int) -> moves.Move | None:
    at = NOW + timedelta(minutes=minute)
    match what:
        case "claim":
            return moves.claim(current, agent, at)
        case "resolve":
            return moves.resolve(current, agent, at, "sorted")
        case "answer":
            return moves.answered(current, at, agent)
        case "reopen":
            return moves.reopen(current, at, "the customer came back")
        case _:
            return moves.raise_priority(current, Priority.P1, at, "x:9")


@given(PRESSES)
def test_any_order_of_presses_keeps_the_rules(presses: list[tuple[str, str]]) -> None:
    current = case(mention(1))
    first_owner = first_answer = None
    for minute, (what, agent) in enumerate(presses):
        try:
            move = press(current, what, agent, minute)
        except Refused as refused:
            assert str(refused)
            continue
        if move is None:
            continue
        assert move.case.version == current.version + 1, "each move counts once, so that compare-and-set can tell"
        assert move.case.priority <= current.priority, "a case never gets less urgent by itself"
        current = move.case
        first_owner = first_owner or current.owner
        first_answer = first_answer or current.answered_at
        assert current.owner == first_owner, "nobody is robbed of a case"
        assert current.answered_at == first_answer, "only the first answer counts"
        assert (current.resolved_at is not None) == (current.status is CaseStatus.RESOLVED)


@given(PRESSES, st.sampled_from(["claim", "resolve", "answer"]))
def test_the_same_press_twice_changes_nothing(presses: list[tuple[str, str]], last: str) -> None:
    current = case(mention(1))
    for minute, (what, agent) in enumerate([*presses, (last, "U1")]):
        try:
            move = press(current, what, agent, minute)
        except Refused:
            move = None
        current = move.case if move else current
    try:
        assert press(current, last, "U1", 99) is None
    except Refused as refused:
        assert str(refused)
