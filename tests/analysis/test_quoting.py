"""Reasons quote what was written, not what the cues read."""

import pytest

from analysis.quoting import as_written
from core.assessment import Reason
from core.mention import Brand

NORTHWIND = Brand("northwind", "Northwind", ("Northwind", "नॉर्थविंड"), frozenset())


@pytest.mark.parametrize(
    ("shown", "text", "quoted"),
    [
        ("brand is down", "Hey, Northwind is down for everyone", "Northwind is down"),
        ("brand cokmus", "Ne oldu? Northwind çökmüş, ofiste altı kişi denedik", "Northwind çökmüş"),
        ("dont want to be here", "I honestly don't want to be here anymore", "don't want to be here"),
        ("धुआं", "पावर बैंक से धुआँ निकल रहा है", "धुआँ"),
        ("double charged", "Double charged AGAIN", "Double charged"),
        ("double charged; hung up", "Double-charged, then they hung up!", "Double-charged; hung up"),
        ("34 days", "nothing about it here", "34 days"),
        ("", "nothing", ""),
        ("istanbulda", "İSTANBUL'da", "İSTANBUL'da"),
    ],
)
def test_a_reason_quotes_its_author(shown: str, text: str, quoted: str) -> None:
    assert as_written((Reason("x", 1.0, shown),), text, NORTHWIND)[0].text == quoted
