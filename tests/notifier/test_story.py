"""What the thread tells, and what of it the whole channel is to hear."""

from dataclasses import replace
from typing import Any

import pytest

from core.answer import AnswerStatus
from core.case import CaseEvent, CaseStatus, EventKind
from core.store import Store, answers
from notifier.deliver import deliver
from notifier.story import is_loud, line
from tests.notifier.made import NOW, answer, case, case_file
from tests.notifier.rung import hurry, ring, the_case

ASHA, MEERA, GROUP = "U0ASHA", "U0MEERA", "S0APPROVE"
DRAFTED = CaseEvent(EventKind.DRAFTED, ASHA, NOW, {"answer": 7})


def told(stands: AnswerStatus, approvers: tuple[str, ...] = (), **changes: Any) -> tuple[str, bool]:
    file = case_file(answer=answer(status=stands), case=case(**changes))
    text = line(DRAFTED, file, approvers=approvers)
    assert text is not None
    return text["text"], is_loud(DRAFTED, file)


def test_who_may_let_an_answer_out_is_asked_aloud_while_it_waits() -> None:
    wrote = f"✍️ <@{ASHA}> wrote an answer"
    assert told(AnswerStatus.TO_APPROVE, (ASHA, MEERA, GROUP)) == (
        f"{wrote}. It waits to be let out by <@{MEERA}> <!subteam^{GROUP}>",
        True,
    )
    assert told(AnswerStatus.TO_APPROVE) == (f"{wrote}. It waits to be let out by a second person", True)
    for status in set(AnswerStatus) - {AnswerStatus.TO_APPROVE}:
        assert told(status, (MEERA,)) == (wrote, False)
    assert told(AnswerStatus.TO_APPROVE, (MEERA,), status=CaseStatus.RESOLVED) == (wrote, False)


def test_an_older_answer_asks_nobody_for_the_newer_one() -> None:
    older = replace(DRAFTED, data={"answer": 6})
    file = case_file(answer=answer(status=AnswerStatus.TO_APPROVE))
    assert not is_loud(older, file)
    assert line(older, file, approvers=(MEERA,)) == line(older, case_file())


@pytest.mark.parametrize("approval", [True, False])
def test_in_slack_the_channel_hears_it_and_the_approvers_are_named(
    store: Store, desk: Any, slack: Any, settings: Any, approval: bool
) -> None:
    settings = settings.model_copy(update={"roles": settings.roles.model_copy(update={"approvers": (MEERA,)})})
    rung = ring(store)
    deliver(store, slack, settings, NOW)
    rung = the_case(store, rung.id)
    with store.write() as tx:
        answers.propose(tx, rung.id, rung.mention_id, "We are on it.", ASHA, NOW, seen=0, approval=approval)
    for _ in range(3):
        hurry(store)
        deliver(store, slack, settings, NOW)
    (said,) = [m for m in desk.messages("#safety") if m.get("thread_ts") and m["ts"] != rung.slack_ts]
    assert (f"<@{MEERA}>" in said["text"]) is approval
    assert (said.get("subtype") == "thread_broadcast") is approval
