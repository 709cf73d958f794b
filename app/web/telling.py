"""How measures are told on a page: numbers as the reader writes them, what changed, and where a number's posts are found.

Pure, but for the reader's language, which `core.tongue` knows. No number that is unknown is ever shown as one: it is
"too few to tell".
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Literal
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_decimal

from analysis.metrics import Figure
from app.web import words
from app.web.i18n import gettext as _
from app.web.i18n import ngettext, spoken
from app.web.scope import Window
from core import wording
from core.settings import Settings
from core.tongue import count, minutes, net, score, share, topic

Sort = Literal["count", "short", "share", "net", "score", "minutes"]


def known(value: Any) -> bool:
    """Is there a number at all? Frames say NaN where a Figure says None."""
    return value is not None and not (isinstance(value, float) and math.isnan(value))


def short(value: float) -> str:
    """A big count in a small place: 1.2K, 3.4M, as the reader's language shortens it."""
    from babel.numbers import format_compact_decimal

    return str(format_compact_decimal(round(value), fraction_digits=1 if value >= 1000 else 0, locale=spoken().locale))


def day(value: date | datetime) -> str:
    return str(format_date(value, "d MMM", locale=spoken().locale))


_WRITTEN = {"count": count, "short": short, "share": share, "net": net, "score": score, "minutes": minutes}


def written(value: float | None, sort: Sort) -> str:
    """A number of one sort, or a dash."""
    return _WRITTEN[sort](value) if known(value) and value is not None else "–"


@dataclass(frozen=True, slots=True)
class Told:
    """A figure for a page: `value`, `between` (its 95% interval) and `change` in words; `way` is which way it went beyond
    chance, and `good` whether that is good news (None where it is neither)."""

    value: str
    between: str
    change: str
    way: Literal["up", "down", ""]
    good: bool | None


def tell(figure: Figure, sort: Sort = "count", more: Literal["good", "bad", ""] = "", nothing: str = "") -> Told:
    """Tell a figure. `more` says what more of it means; `nothing` is said where there is no number."""
    if not known(figure.value) or figure.value is None:
        return Told("–", "", nothing or _("too few to tell"), "", None)
    value, between = written(figure.value, sort), ""
    if known(figure.low) and known(figure.high):
        between = _("%(low)s to %(high)s", low=written(figure.low, sort), high=written(figure.high, sort))
    if not known(figure.before) or figure.before is None:
        return Told(value, between, _("nothing to compare with yet"), "", None)
    before = written(figure.before, sort)
    if not figure.shifted:
        return Told(value, between, _("%(before)s before; may be chance", before=before), "", None)
    up = figure.value > figure.before
    change = _("up from %(before)s", before=before) if up else _("down from %(before)s", before=before)
    return Told(value, between, change, "up" if up else "down", (more == "good") == up if more else None)


def named(settings: Settings, dimension: str, value: str) -> str:
    """A value of a dimension as people call it."""
    if dimension == "brand":
        table = settings.brands.get(value)
        return table.name if table else value
    if dimension == "platform":
        return words.platform(value)
    if dimension == "language":
        return _(words.language(value)) if value else _("Language unknown")
    if dimension == "department":
        return _(wording.topic(value)) if value else _("None")
    if dimension == "topic":
        return words.one_line(topic(value), 60)
    if dimension == "intent":
        return _(value.capitalize()) if value else _("None")
    return words.one_line(value, 60) or _("None")


def posts(window: Window, since: date, until: date, **filters: str) -> str:
    """Where the posts behind a number are listed: the brands' own are not among them, for they are never counted."""
    asked = {"brand": window.brand, "since": since.isoformat(), "until": until.isoformat(), "own": "false"}
    return "/mentions?" + urlencode(asked | {name: value for name, value in filters.items() if value})


FEW = 5
"""Against fewer than so many before, a change has no size worth telling."""


def by(now: float, before: float) -> str:
    """A change of a count: "+23%"; from three times as many on as that, and new where there was next to nothing before."""
    if before < min(FEW, now):
        return _("new") if not before else _("from %(before)s", before=count(before))
    times = now / before
    if times >= 3:
        n = format_decimal(times, "#,##0.#" if times < 9.95 else "#,##0", locale=spoken().locale)
        return _("%(n)s times as many", n=n)
    return f"+{share(times - 1)}" if times > 1 else f"−{share(1 - times)}"


SPARKS = 30
"""As many points as a line the size of a word can show."""


def spark(counts: Sequence[int], width: int = 96, height: int = 20) -> str:
    """How often something was said, day by day, as the points of an SVG polyline that stands on zero and fills its place.
    Of more than SPARKS days some are added up; where they do not come out even, the oldest are left out."""
    some = -(-len(counts) // SPARKS) or 1
    odd = len(counts) % some
    sums = [sum(counts[start : start + some]) for start in range(odd, len(counts), some)]
    top, step = max(sums, default=0) or 1, width / max(1, len(sums) - 1)
    return " ".join(f"{place * step:.1f},{height - height * said / top:.1f}" for place, said in enumerate(sums))


def peak(counts: Sequence[int], since: date) -> str:
    """The day on which most was said, for whoever cannot see the line; the first day is `since`."""
    most = max(counts, default=0)
    if not most:
        return ""
    return _("Most on %(day)s: %(count)s", day=day(since + timedelta(days=counts.index(most))), count=count(most))


def kind(name: str | None) -> str:
    names = {"promoter": _("Promoter"), "passive": _("Passive"), "detractor": _("Detractor")}
    return names.get(name or "", "")


def rests_on(n: int) -> str:
    """On how many posts a figure rests."""
    return ngettext("%(num)s post", "%(num)s posts", n)
