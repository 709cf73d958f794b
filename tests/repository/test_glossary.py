"""The glossary page and docs/metrics.md define the same words."""

from app.web.glossary import GLOSSARY
from tests.repository.test_documents import section, table


def test_every_word_of_the_glossary_is_in_the_document_and_the_other_way_round() -> None:
    documented = {word: cells[0] for word, cells in table(section("metrics.md", "Each figure")).items()}
    assert documented == {term.key: term.name.replace("%%", "%") for chapter in GLOSSARY for term in chapter.terms}
