"""What the second layer is told of the look of a text."""

from pathlib import Path

import numpy as np
import pytest

from analysis import concepts
from analysis.evidence import gather, inputs, names
from analysis.sentiment import mask
from analysis.words import read
from core.mention import Brand

NORTHWIND = Brand("northwind", "Northwind", ("Northwind",))


def told(signal: str, *texts: str) -> list[float]:
    """One column of the second layer's table, a row for each text."""
    evidence = [gather(text, "en", read(text, NORTHWIND), mask(text, NORTHWIND)) for text in texts]
    table = inputs(evidence, np.zeros((len(texts), 0), dtype=np.float32))
    found: list[float] = table[:, names(()).index(signal)].tolist()
    return found


def test_names_of_others_are_counted_and_the_brands_is_not() -> None:
    texts = [
        "",
        "I blame Voltaro, Zip Basket and them",
        "bought it at Northwind",
        "NO CAPITALS COUNT",
        "Voltaro. Never again",
    ]
    assert told("names", *texts) == [0, 0.75, 0, 0, 0]


def test_a_name_joined_of_two_is_seen_anywhere() -> None:
    assert told("joined names", "ZipBasket kept my money", "zipbasket kept it", "a", "no ZipBasket or VoltaroShop") == [
        1,
        0,
        0,
        1,
    ]


def test_a_text_tells_the_same_alone_and_among_others() -> None:
    texts = ["Ask Priya at ZipBasket's desk", "", "🔥", "call 1800 NOW, Dan"]
    for signal in ("names", "joined names", "apostrophes", "shouts", "digits"):
        assert told(signal, *texts) == [value for text in texts for value in told(signal, text)]


def test_a_remark_among_concepts_is_refused_for_it_may_be_meant_as_a_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "en.txt").write_text("# Concepts.\n\n## everyone\n# houses|people\n", "utf-8")
    monkeypatch.setattr(concepts, "HERE", tmp_path)
    with pytest.raises(ValueError, match=r"en[.]txt:4: .*'#1'"):
        concepts.blocks.__wrapped__()
