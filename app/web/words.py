"""How times, numbers and strangers' words are written on a page. Pure; Jinja escapes what comes out."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from urllib.parse import quote, urlsplit

from markupsafe import Markup, escape
from starlette.datastructures import URL

from app.status import span
from core.case import Case
from core.wording import LANGUAGES, PLATFORMS

_LONGEST = 40_000
_SIZES = ((1_000_000_000, "B"), (1_000_000, "M"), (1000, "k"))


def tidy(text: str) -> str:
    """The words without control characters and lone surrogates, which no font can show and no encoder likes."""
    return "".join(c for c in text[:_LONGEST] if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs")).strip()


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


def place(url: URL) -> str:
    """The address of a page within the dashboard, to come back to."""
    return url.path + (f"?{url.query}" if url.query else "")


def ago(at: datetime, now: datetime) -> str:
    """How long before or after now: "12 min ago", "in 3 h", "just now"."""
    seconds = (now - at).total_seconds()
    if abs(seconds) < 1.5:
        return "just now"
    return f"{span(seconds)} ago" if seconds > 0 else f"in {span(seconds)}"


def utc(at: datetime) -> str:
    return f"{at:%d %b %Y, %H:%M:%S} UTC"


def number(value: int) -> str:
    """999, 1.2k, 12k, 3.4M."""
    for size, unit in _SIZES:
        if value >= size:
            short = value / size
            return f"{short:.1f}".removesuffix(".0") + unit if short < 10 else f"{int(short)}{unit}"
    return str(value)


def platform(name: str) -> str:
    return PLATFORMS.get(name) or name.replace("_", " ").capitalize()


def language(code: str) -> str:
    return LANGUAGES.get(code) or code


def spaced(name: str) -> str:
    """A machine word as words: `lost_money` is "lost money"."""
    return re.sub(r"[_\s]+", " ", name).strip()


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
    """How much is left of the time to answer, or by how much it is late; once answered, of the time to resolve."""
    if case.status.is_closed:
        return Clock(
            "closed",
            f"{case.status.value.capitalize()} {ago(case.resolved_at, now) if case.resolved_at else ''}".strip(),
        )
    if case.answered_at is None and case.answer_by is not None:
        return _running(case.opened_at, case.answer_by, now, "to answer")
    if case.answered_at is not None and case.resolve_by is not None:
        late = now > case.resolve_by
        text = (
            f"Answered; {span((case.resolve_by - now).total_seconds())} {'late to resolve' if late else 'to resolve'}"
        )
        return Clock("late" if late else "answered", text, case.resolve_by)
    return Clock("answered", "Answered") if case.answered_at else Clock("none", "No deadline")


def _running(since: datetime, due: datetime, now: datetime, what: str) -> Clock:
    left = (due - now).total_seconds()
    if left < 0:
        return Clock("late", f"{span(left)} late {what}", due)
    soon = left < max(300.0, (due - since).total_seconds() / 4)
    return Clock("soon" if soon else "running", f"{span(left)} left {what}", due)
