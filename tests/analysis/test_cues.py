"""How a line of cues is read."""

import pytest

from analysis.cues import CueBook, filing
from analysis.words import fold, read
from core.mention import Brand


def found(cue: str, text: str, **lists: str) -> list[str]:
    return [hit.text for hit in CueBook(filing({"it": cue}, lists)).find(read(text))]


@pytest.mark.parametrize(
    ("cue", "text", "wanted"),
    [
        ("smok*", "It SMOKED, smoking!", ["smoked", "smoking"]),
        ("caught|on fire", "it caught fire", ["caught fire"]),
        ("caught really? fire", "it caught fire", ["caught fire"]),
        ("charger ... hot", "the charger is getting very hot", ["charger is getting very hot"]),
        ("charger ... hot", "the charger. It is hot", []),
        ("# times", "called 12 times", ["12 times"]),
        ("#3 times", "2 times or 3 times or 12 times", ["3 times", "12 times"]),
        ("#70 years", "9 years, 69 years, 70 years, 101 years", ["70 years", "101 years"]),
        ("<gear> burns", "my kettle burns", ["kettle burns"]),
        ("dont", "I don't, I don’t, I DONT", ["dont"] * 3),
        ("şarj", "sarj ŞARJ", ["sarj", "sarj"]),
        ("help", "heeeelp", ["help"]),
        ("आग लग*", "आग लगी", ["आग लगी"]),
        ("fire", "fires", []),
        ("hot plate\nhot", "a hot plate, hot", ["hot plate", "hot"]),
        ("hot plate\nhot* so? very? plate", "hot very plate", ["hot very plate"]),
        ("hot plate so?", "hot plate so, hot plate", ["hot plate so", "hot plate"]),
        ("smok* ... sock*|be*", "smoke in the socket, smoke on the bed", ["smoke in the socket", "smoke on the bed"]),
        ("smok* ... # days", "smoke for 3 days", ["smoke for 3 days"]),
        ("really ?", "really? really!", ["really ?"]),
        ("# बार", "३ बार", ["३ बार"]),
    ],
)
def test_a_cue_finds_its_words(cue: str, text: str, wanted: list[str]) -> None:
    assert found(cue, text, gear="kettle iron") == wanted


@pytest.mark.parametrize("cue", ["ab* fire", "... fire", "fire ...", "really? fire"])
def test_a_cue_that_cannot_be_filed_is_refused(cue: str) -> None:
    with pytest.raises(ValueError, match="cue"):
        filing({"it": cue}, {})


def test_the_brand_is_one_word_whatever_its_case_ending_or_handle() -> None:
    brand = Brand("n", "North Wind", ("north wind", "northwind"))
    for text in ("North  Wind", "@NorthwindHelp", "#northwind", "Northwind'den"):
        assert read(text, brand).tokens == ("brand",)
    assert read("northwindy", brand).tokens == ("northwindy",)
    assert read("@northwindhelp hi", brand).helpdesk
    assert not read("@northwind hi", brand).helpdesk


def test_folding_levels_what_writers_vary() -> None:
    assert fold("İSTANBUL’da ŞİŞTİ") == "istanbulda sisti"
    assert fold("धुआँ") == fold("धुआं")
    assert fold("1000") == "1000"


def test_texts_together_show_what_each_shows_alone() -> None:
    """The last words of one and the first of the next are no cue, though each begins and ends one."""
    cues = {"near": "hot plate", "far": "charger ... burns", "bare": "smok*", "maybe": "off so? plate"}
    book = CueBook(filing(cues, {}), counted=("bare",))
    said = ["a hot", "plate burns", "", "the charger", "smoke. charger that burns", "smoked charger", "off", "plate"]
    said += ["hot plate", "hot plate burns", "it burns", "off plate, off so plate", "charger"]
    texts = [read(text) for text in said]
    together = book.read(texts)
    for (hits, counted, _), words in zip(together, texts, strict=True):
        [(alone, counted_alone, _)] = book.read([words])
        assert [(hit.signal, hit.start, hit.end) for hit in hits] == [(hit.signal, hit.start, hit.end) for hit in alone]
        assert counted == counted_alone
    assert [[hit.text for hit in hits] for hits, _, _ in together] == [
        *([], [], [], []),
        ["charger that burns"],
        *([], [], []),
        ["hot plate"],
        ["hot plate"],
        [],
        ["off plate", "off so plate"],
        [],
    ]
    assert [counted for _, counted, _ in together] == [[], [], [], [], [0], [0], *([[]] * 7)]
