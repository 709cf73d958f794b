"""The languages that we speak to people in: what a text is called in them, and how they write numbers and dates.

Texts stand in English in the code, within `_()`; the other languages are the catalogs `core/locale/*.po`, each read
once, when it is first spoken. Which language is spoken is decided at the edge, by the visitor of a page or the settings of a
channel, and known from then on (`speaking`), so that what words a sentence deep inside needs not be told.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

from babel import Locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import NullTranslations, Translations

CATALOGS = Path(__file__).parent / "locale"
Language = Literal["en", "hi", "tr"]
LANGUAGES = {"en": "English", "hi": "हिन्दी", "tr": "Türkçe"}
"""Each by its own name, as its speakers look for it."""
_REGIONS = {"en": "en_GB"}
"""Whose dates and numbers a language is written with, where it is not its largest country."""


@dataclass(frozen=True, slots=True)
class Tongue:
    """A language with its catalog, and the locale whose dates and numbers go with it."""

    code: str
    locale: Locale
    catalog: NullTranslations


@cache
def tongue(code: str) -> Tongue:
    """One of LANGUAGES. English has no catalog: its texts are the keys."""
    locale = Locale.parse(_REGIONS.get(code, code))
    path = CATALOGS / f"{code}.po"
    if not path.exists():
        return Tongue(code, locale, NullTranslations())
    compiled = io.BytesIO()
    with path.open("rb") as source:
        write_mo(compiled, read_po(source, locale=code))
    compiled.seek(0)
    return Tongue(code, locale, Translations(compiled))


_SPOKEN: ContextVar[str] = ContextVar("spoken", default="en")


def spoken() -> Tongue:
    """The language of the answer that is being made."""
    return tongue(_SPOKEN.get())


@contextmanager
def speaking(code: str) -> Iterator[None]:
    """Make what is drawn inside in this language."""
    before = _SPOKEN.set(code)
    try:
        yield
    finally:
        _SPOKEN.reset(before)


def gettext(message: str, **values: Any) -> str:
    """A text in the language that is spoken. Placeholders are `%(name)s`; beside one, a plain per cent sign is `%%`."""
    return word(message) % values if values else word(message)


def ngettext(one: str, many: str, n: int, **values: Any) -> str:
    """As `gettext`, for so many; `%(num)s` is the number as this language writes it."""
    number = format_decimal(n, locale=spoken().locale)
    return spoken().catalog.ngettext(one, many, n) % ({"num": number} | values)


def N_(message: str) -> str:
    """Marks a text for the catalogs that is translated later, where it is drawn."""
    return message


def word(text: str) -> str:
    """A text without placeholders, such as a machine word that is known only at run time; itself where no catalog has it."""
    return spoken().catalog.gettext(text) if text else ""


def topic(name: str) -> str:
    """What a topic is called: a theme in the language that is spoken, a phrase as people say it."""
    found = str(spoken().catalog.pgettext("topic", name))
    first = "İ" if spoken().code == "tr" and found[:1] == "i" else found[:1].upper()
    return first + found[1:]


def count(value: float) -> str:
    """A whole number: 41,000."""
    return str(format_decimal(round(value), locale=spoken().locale))


def share(value: float) -> str:
    """0 to 1 as a percentage; a tenth more where it is small."""
    form = "#,##0.#%" if 0 < abs(value) < 0.1 else "#,##0%"
    if spoken().code == "tr":
        form = f"%{form[:-1]}"
    return str(format_percent(value, form, locale=spoken().locale))


def net(value: float) -> str:
    """-1 to 1, always with its sign, and a minus that is one."""
    return _signed(value, "+0.00;-0.00") if round(value, 2) else "0"


def score(value: float) -> str:
    """-100 to 100, likewise."""
    return _signed(round(value), "+0;-0") if round(value) else "0"


def minutes(value: float) -> str:
    """A length of time, its two largest units."""
    whole = round(value)
    if whole < 60:
        return gettext("%(n)s min", n=count(whole))
    if whole < 48 * 60:
        return gettext("%(h)s h %(m)s min", h=count(whole // 60), m=count(whole % 60))
    return gettext("%(d)s days %(h)s h", d=count(whole // 1440), h=count(whole % 1440 // 60))


def span(seconds: float) -> str:
    """A length of time as a person says it: 45 s, 12 min, 3 h, 9 days."""
    seconds = abs(seconds)
    if seconds >= 172_800:
        return ngettext("%(num)s day", "%(num)s days", round(seconds / 86_400))
    if seconds >= 5400:
        return gettext("%(n)s h", n=round(seconds / 3600))
    return gettext("%(n)s min", n=round(seconds / 60)) if seconds >= 90 else gettext("%(n)s s", n=round(seconds))


def _signed(value: float, form: str) -> str:
    return str(format_decimal(value, form, locale=spoken().locale)).replace("-", "−")
