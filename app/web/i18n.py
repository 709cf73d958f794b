"""The languages that the dashboard speaks: what a text is called in them, and how they write dates, numbers and shares.

Texts stand in English in the code, within `_()`; the other languages are the catalogs `locale/*.po`, read once at the start.
Which language an answer is in is decided once for each request, from the visitor's cookie or else the browser's wish, and
known from then on (`speaking`), so that a filter or an error deep inside needs not be told.
"""

import io
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale, UnknownLocaleError, negotiate_locale
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

CATALOGS = Path(__file__).parent / "locale"
LANGUAGES = {"en": "English", "hi": "हिन्दी", "tr": "Türkçe"}
"""Each by its own name, as its speakers look for it."""
COOKIE = "sunwai_language"
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


def word(text: str) -> str:
    """A text without placeholders, such as a machine word that is known only at run time; itself where no catalog has it."""
    return spoken().catalog.gettext(text) if text else ""


def wish(cookie: str | None, accept_language: str) -> str:
    """The language for a visitor: the chosen one, else the first of the browser's that we speak, else English."""
    if cookie in LANGUAGES:
        return cookie
    asked = []
    for part in accept_language[:500].split(","):
        name, _, quality = part.partition(";q=")
        try:
            asked.append((-float(quality or 1), str(Locale.parse(name.strip(), sep="-"))))
        except (ValueError, UnknownLocaleError):
            continue
    asked.sort(key=lambda item: item[0])
    return negotiate_locale([name for _, name in asked], list(LANGUAGES)) or "en"


class Speaking:
    """Middleware: each answer in its visitor's language."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        asked = HTTPConnection(scope)
        with speaking(wish(asked.cookies.get(COOKIE), asked.headers.get("accept-language", ""))):
            await self._app(scope, receive, send)
        return None
