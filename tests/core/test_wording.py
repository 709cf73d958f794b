"""Machine words as people read them."""

from msgspec.structs import replace

from core.assessment import Priority, Reason, Urgency
from core.wording import plain, told, unheaped
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


def test_heaps_of_accents_fall_and_every_script_keeps_its_signs() -> None:
    heap = "a" + "\u0301\u0323\u0308" * 50 + "b"
    assert unheaped(heap) == "a\u0301\u0323b"
    for words in ("क्षत्रिय श्रीमती ज़िंदगी", "İstanbul'da ığdır", "việt", "ก็ที่นี่", "بِسْمِ", "👩🏽\u200d💻", "e\u0302\u0301"):
        assert unheaped(words) == plain(words) == words


def test_a_name_on_a_plain_line_cannot_write_lines_of_ours() -> None:
    name = "Eve\r\nTo win back\u2028- \x1b[31mYour bank\x07 \u202eknab ruoy\u2066 " + "\ud800"
    assert plain(name) == "Eve To win back - [31mYour bank knab ruoy"
