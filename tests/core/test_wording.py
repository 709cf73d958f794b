"""Machine words as people read them."""

from dataclasses import replace

from core.assessment import Priority, Reason, Urgency
from core.wording import told
from tests.notifier.made import assessment


def test_the_same_words_are_quoted_once() -> None:
    reasons = (
        Reason("discrimination_wide", 2.0, "only i was asked"),
        Reason("discrimination", 0.0, "only i was asked"),
        Reason("hearsay", -1.0, "a friend said"),
        Reason("reach", 0.4, "90,000 followers"),
        Reason("loud_or_vip_complaint", 0.0, "90,000 followers"),
    )
    found = told(assessment(urgency=Urgency(Priority.P1, 5.0, reasons)))
    assert [r.signal for r in found] == ["discrimination_wide", "reach", "loud_or_vip_complaint", "hearsay"]


def test_what_is_no_complaint_is_not_explained_by_one() -> None:
    praise = assessment(urgency=Urgency(Priority.P4, 0.06, (Reason("complaint", 0.06, ""),)))
    assert told(replace(praise, is_complaint=False)) == []
    assert told(replace(praise, is_complaint=True)) != []
