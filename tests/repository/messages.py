"""All texts that the dashboard shows, as a catalog: what the templates and the code mark, and the machine words that are
known only at run time. `make messages` brings `core/locale/*.po` up to date, and says what waits to be translated."""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

from babel import Locale
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from analysis.floors import FLOORS, LOUD
from analysis.topics import themes
from analysis.weights import SCORE
from core import wording
from core.assessment import Intent, SentimentLabel, Topic
from core.case import CaseStatus, EventKind
from core.customer import Basis, LinkStatus
from core.store.labels import VALUES
from core.tongue import CATALOGS, LANGUAGES

ROOT = Path(__file__).parents[2]
METHODS = {
    "app": [
        ("web/**.py", "python"),
        ("charts.py", "python"),
        ("status.py", "python"),
        ("report_page.py", "python"),
        ("web/templates/**.html", "jinja2"),
    ],
    "core": [("tongue.py", "python"), ("report_words.py", "python")],
    "notifier": [("report.py", "python"), ("digests.py", "python")],
}
OPTIONS = {"web/templates/**.html": {"newstyle_gettext": "true", "trim_blocks": "true", "lstrip_blocks": "true"}}
KEYWORDS = {"_": None, "gettext": None, "N_": None, "ngettext": (1, 2)}
SINCE = datetime(2026, 11, 22, tzinfo=UTC)
"""Stands in the catalogs for the date of each run, which would only make them differ."""
QUIET = (
    *("retracted", "competitor", "other_company", "other_meaning", "resolved", "giveaway", "hearsay", "figurative"),
    *("answer", "calm", "own account"),
)
"""Signals that are named where they are found, in analysis/urgency.py."""


def machine_words() -> Iterator[str]:
    """What is translated without standing in `_()`: the words of the field, as `app.web.words` says them."""
    yield from (wording.topic(name) for name in get_args(Topic))
    yield from (str(name)[0].upper() + str(name)[1:] for name in (*get_args(SentimentLabel), *get_args(Intent)))
    yield from (*get_args(SentimentLabel), *get_args(Intent))
    yield from (code for code in wording.LANGUAGES.values())
    yield "Web"
    signals = (*(floor.name for floor in (*FLOORS, LOUD)), *SCORE, *QUIET, *wording.SIGNALS, *get_args(Intent))
    yield from (wording.signal(name) for name in signals)
    yield from wording.OUTCOMES.values()
    spaced = (*CaseStatus, *EventKind, *get_args(Basis), *get_args(LinkStatus), *VALUES)
    yield from (str(name).replace("_", " ") for name in spaced)
    yield from (str(name).replace("_", " ").capitalize() for name in (*CaseStatus, *VALUES))
    yield from (str(value).replace("_", " ") for values in VALUES.values() for value in values if value[:1] != "P")


def extracted() -> Catalog:
    """Every text, with nothing translated."""
    found = Catalog(project="sunwai", charset="utf-8", creation_date=SINCE)
    for room, methods in METHODS.items():
        messages = extract_from_dir(
            str(ROOT / room), methods, OPTIONS, keywords=KEYWORDS, directory_filter=lambda path: "static" not in path
        )
        for _file, _line, message, _comments, context in messages:
            found.add(message, context=context)
    for word in machine_words():
        found.add(word)
    for theme in themes():
        found.add(theme, context="topic")
    return found


def catalog(language: str) -> Catalog:
    """The catalog of a language, as it is committed."""
    path = CATALOGS / f"{language}.po"
    if not path.exists():
        return Catalog(locale=language, project="sunwai", charset="utf-8", creation_date=SINCE)
    with path.open("rb") as file:
        return read_po(file, locale=language)


def update(language: str) -> list[str]:
    """Add what is new to a catalog, and take out what is gone. Returns what is still to be translated."""
    held = catalog(language)
    held.update(extracted(), no_fuzzy_matching=True)
    held.obsolete.clear()
    write(language, held)
    return [str(message.id) for message in held if message.id and not _is_translated(message.string)]


def write(language: str, held: Catalog) -> None:
    """Write a catalog so that a change of one text is a change of one entry: sorted, without places and dates."""
    held.fuzzy, held.revision_date = False, SINCE
    held.last_translator, held.language_team, held.msgid_bugs_address = "the project", language, ""
    held.header_comment = f"# The dashboard in {Locale.parse(language).english_name}. `make messages` keeps the texts."
    with (CATALOGS / f"{language}.po").open("wb") as file:
        write_po(file, held, width=120, no_location=True, sort_output=True)


def _is_translated(text: object) -> bool:
    return all(text) if isinstance(text, tuple) else bool(text)


if __name__ == "__main__":
    waiting = {language: update(language) for language in LANGUAGES if language != "en"}
    for language, texts in waiting.items():
        print(f"{language}.po: {len(texts)} to translate", *texts, sep="\n  ")
    sys.exit(any(waiting.values()))
