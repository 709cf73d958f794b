"""The dashboard speaks each of its languages wholly: every text is translated, with the same placeholders."""

import re

import pytest

from core.tongue import CATALOGS, LANGUAGES, speaking, tongue
from tests.repository.messages import catalog, extracted

OTHERS = [language for language in LANGUAGES if language != "en"]
PLACEHOLDER = re.compile(r"%\((\w+)\)s|%%")


def forms(text: object) -> tuple[str, ...]:
    """The plural forms of a text, or the one it has."""
    return tuple(map(str, text)) if isinstance(text, tuple) else (str(text),)


def test_every_language_has_a_catalog_and_every_catalog_a_language() -> None:
    assert {path.stem for path in CATALOGS.glob("*.po")} == set(OTHERS)


@pytest.mark.parametrize("language", OTHERS)
def test_every_text_is_translated_and_no_other(language: str) -> None:
    found, wanted = catalog(language), extracted()
    held = {message.id for message in found if message.id}
    assert held == {message.id for message in wanted if message.id}, "run `make messages`"
    assert not found.obsolete, "run `make messages`"
    for message in found:
        assert not (message.id and message.fuzzy), f"{message.id} is only guessed"
        assert not message.id or all(form.strip() for form in forms(message.string)), f"{message.id} is not translated"


@pytest.mark.parametrize("language", OTHERS)
def test_every_translation_fills_the_same_places(language: str) -> None:
    for message in catalog(language):
        if not message.id:
            continue
        known = [set(PLACEHOLDER.findall(form)) for form in forms(message.id)]
        for place, form in enumerate(forms(message.string)):
            places = set(PLACEHOLDER.findall(form))
            # The last form is for every larger number; in a language that has one form, for one too.
            is_last = place == len(forms(message.string)) - 1
            assert places == known[-1] if is_last else places >= known[0], f"{message.id}: {form}"
            if places:
                form % dict.fromkeys(places, "x")  # a stray per cent sign would not survive this


@pytest.mark.parametrize("language", OTHERS)
def test_every_language_has_words_of_its_own(language: str) -> None:
    """A catalog that was filled with English by mistake would pass the other tests."""
    texts = [message for message in catalog(language) if message.id and not isinstance(message.id, tuple)]
    same = [message.id for message in texts if message.id == message.string]
    assert len(same) < len(texts) / 20, same


def test_dates_numbers_and_shares_are_written_as_the_reader_writes_them() -> None:
    from app.web import telling, words
    from tests.core.made import NOW

    def shown(language: str) -> tuple[str, ...]:
        with speaking(language):
            return words.count(1234567), telling.share(0.32), words.utc(NOW), words.ago(NOW, NOW), words.signed(-0.5)

    assert shown("hi")[0] == "12,34,567" and shown("tr")[0] == "1.234.567" and shown("en")[0] == "1,234,567"
    assert (shown("en")[1], shown("tr")[1]) == ("32%", "%32")
    assert (shown("en")[4], shown("tr")[4]) == ("−0.50", "−0,50")
    assert len({shown(language)[2] for language in LANGUAGES}) == 3
    assert tongue("tr").locale.language == "tr"
