"""Which language a visitor is answered in: what they chose, or else their browser's wish. See `core.tongue`."""

from babel import Locale, UnknownLocaleError, negotiate_locale
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from core.tongue import LANGUAGES, gettext, ngettext, speaking, spoken, tongue, word

COOKIE = "sunwai_language"


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


__all__ = ["COOKIE", "LANGUAGES", "Speaking", "gettext", "ngettext", "speaking", "spoken", "tongue", "wish", "word"]
