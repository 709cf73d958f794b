"""How times, numbers, machine words and strangers' words are written on a page, in the reader's language (`app.web.i18n`).
Jinja escapes what comes out."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

from babel.dates import format_datetime
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent
from markupsafe import Markup, escape
from starlette.requests import HTTPConnection

from app.web.i18n import gettext as _
from app.web.i18n import ngettext, spoken, word
from core import wording
from core.case import Case, CaseFile, CaseStatus
from core.tongue import N_, span

_LONGEST = 40_000
_SIZES = ((1_000_000_000, "B"), (1_000_000, "M"), (1000, "k"))


def tidy(text: str) -> str:
    """The words without control characters and lone surrogates, which no font can show and no encoder likes, and without
    heaps of accents."""
    kept = "".join(c for c in text[:_LONGEST] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return wording.unheaped(kept).strip()


def cut(text: str, limit: int) -> str:
    """At most `limit` characters of the words, cut between two of them where there is a space to cut at."""
    text = tidy(text)
    if len(text) <= limit:
        return text
    head = text[:limit]
    space = max(head.rfind(" "), head.rfind("\n"))
    return head[: space if space > limit // 2 else limit].rstrip(" \n.,;:") + "…"


def one_line(text: str, limit: int = 80) -> str:
    """A name or a title: one line, cut."""
    return cut(" ".join(text[:_LONGEST].split()), limit)


def web_url(url: str) -> str:
    """The address if a browser may be sent there, else nothing: a stranger's `javascript:` is no link."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return ""
    return url if parts.scheme in ("http", "https") and parts.netloc else ""


def in_path(identifier: str) -> str:
    """An id as one segment of a path; the ids of feeds hold slashes and question marks."""
    return quote(identifier, safe="")


def local(address: str) -> str:
    """The address if it is one of the dashboard's own pages, else the front page: no link of ours sends people elsewhere.

    Browsers read a backslash as a slash, and two slashes as another host.
    """
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"


def place(request: HTTPConnection) -> str:
    """The address of a page within the dashboard, to come back to, as it was asked for: an id may hold a question mark."""
    path = bytes(request.scope.get("raw_path") or quote(request.url.path).encode()).decode("ascii", "replace")
    return path + (f"?{request.url.query}" if request.url.query else "")


def ago(at: datetime, now: datetime) -> str:
    """How long before or after now: "12 min ago", "in 3 h", "just now"."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < 1.5:
        return _("just now")
    return _("%(time)s ago", time=span(seconds)) if seconds > 0 else _("in %(time)s", time=span(seconds))


def utc(at: datetime) -> str:
    return f"{format_datetime(at, 'dd MMM yyyy, HH:mm:ss', locale=spoken().locale)} UTC"


def day(at: datetime) -> str:
    """22 Nov 2026."""
    return str(format_datetime(at, "dd MMM yyyy", locale=spoken().locale))


def number(value: int) -> str:
    """A big count in a small place: 999, 1.2k, 12k, 3.4M; as the language shortens it."""
    if spoken().code != "en":
        digits = 1 if 1000 <= value < 10_000 else 0
        return str(format_compact_decimal(value, locale=spoken().locale, fraction_digits=digits))
    for size, unit in _SIZES:
        if value >= size:
            short = value / size
            return f"{short:.1f}".removesuffix(".0") + unit if short < 10 else f"{int(short)}{unit}"
    return str(value)


def count(value: int) -> str:
    """A count, whole: 41,000."""
    return str(format_decimal(value, locale=spoken().locale))


def signed(value: float) -> str:
    """−0.61, always with its sign."""
    return str(format_decimal(value, "+0.00;-0.00", locale=spoken().locale)).replace("-", "−")


def decimal(value: float) -> str:
    """3.20."""
    return str(format_decimal(value, "#,##0.00", locale=spoken().locale))


def share(value: float) -> str:
    """0 to 1 as a percentage: 32%."""
    return str(format_percent(value, locale=spoken().locale))


def dollars(value: float) -> str:
    """US dollars, to the cent."""
    return str(format_currency(value, "USD", locale=spoken().locale))


def counted(text: str) -> str:
    """What a judgement counted, which is stored in English, in the reader's language; anything else as it is."""
    for shape, told in _COUNTED:
        if found := shape.fullmatch(text):
            return told(int(found[1].replace(",", "")))
    return word(text)


_COUNTED: tuple[tuple[re.Pattern[str], Callable[[int], str]], ...] = (
    (re.compile(r"(\d+)% likely to be urgent"), lambda n: _("%(share)s likely to be urgent", share=share(n / 100))),
    (re.compile(r"(\d+) days"), lambda n: ngettext("%(num)s day", "%(num)s days", n)),
    (re.compile(r"about ([\d,]+) USD"), lambda n: _("about %(n)s USD", n=count(n))),
    (re.compile(r"([\d,]+) followers"), lambda n: _("%(n)s followers", n=count(n))),
)
"""As `analysis.urgency` and `analysis.floors` write them."""
HIGH_TIER = N_("linked customer of a high tier"), N_("a linked customer of a high tier")


def platform(name: str) -> str:
    return word(wording.PLATFORMS.get(name) or name.replace("_", " ").capitalize())


def language(code: str) -> str:
    return word(wording.LANGUAGES.get(code) or code)


def topic(name: str) -> str:
    return word(wording.topic(name))


def signal(name: str) -> str:
    return word(wording.signal(name))


def spaced(name: str) -> str:
    """A machine word as words: `lost_money` is "lost money"."""
    return word(re.sub(r"[_\s]+", " ", name).strip())


def crowd(file: CaseFile) -> str:
    """How many posts a case holds, by how many people: "12 posts by 9 people"."""
    people = ngettext("%(num)s person", "%(num)s people", file.authors)
    return ngettext("%(num)s post by %(people)s", "%(num)s posts by %(people)s", file.posts, people=people)


def coded(text: str) -> Markup:
    """Our own sentences, in which a command stands between backticks, with those commands set as code."""
    return Markup(re.sub(r"`([^`]{1,120})`", r"<code>\1</code>", str(escape(tidy(text)))))  # noqa: S704 - escaped first


@dataclass(frozen=True, slots=True)
class Clock:
    """What a case's SLA clock shows. `soon` is the last quarter of the time, at least the last five minutes."""

    state: Literal["late", "soon", "running", "answered", "closed", "none"]
    text: str
    due: datetime | None = None


def clock(case: Case, now: datetime) -> Clock:
    """How much is left of the time to answer, or by how much it is late. Once we answered it is the customer's turn, and the
    clock stands still; when they write back it runs on, to the resolution."""
    if case.status.is_closed:
        how = spaced(case.status.value.capitalize())
        return Clock("closed", f"{how} {ago(case.resolved_at, now) if case.resolved_at else ''}".strip())
    if case.answered_at is None and case.answer_by is not None:
        return _running(case.opened_at, case.answer_by, now)
    if case.status is CaseStatus.WAITING:
        return Clock("answered", _("Answered; the customer’s turn"))
    if case.answered_at is not None and case.resolve_by is not None:
        left = (case.resolve_by - now).total_seconds()
        if left < 0:
            return Clock("late", _("Our turn again; %(time)s late to resolve", time=span(left)), case.resolve_by)
        return Clock("running", _("Our turn again; %(time)s to resolve", time=span(left)), case.resolve_by)
    return Clock("answered", _("Answered")) if case.answered_at else Clock("none", _("No deadline"))


def _running(since: datetime, due: datetime, now: datetime) -> Clock:
    left = (due - now).total_seconds()
    if left < 0:
        return Clock("late", _("%(time)s late to answer", time=span(left)), due)
    soon = left < max(300.0, (due - since).total_seconds() / 4)
    return Clock("soon" if soon else "running", _("%(time)s left to answer", time=span(left)), due)
