"""How every chart looks: colours for light and dark, quiet axes, the reader's names of months and marks of numbers.

Positive is blue and negative orange, which colour-blind readers tell apart (Okabe and Ito, https://jfly.uni-koeln.de/color/);
where a colour carries meaning, a legend, a position or a table says the same.
"""

from collections.abc import Callable, Iterable
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from typing import Any

from babel import Locale

Spec = dict[str, Any]
FONT = "Noto Sans, Noto Sans Devanagari, Segoe UI, Helvetica Neue, Arial, sans-serif"


@dataclass(frozen=True, slots=True)
class Palette:
    surface: str
    ink: str
    soft: str
    line: str
    main: str
    positive: str
    neutral: str
    negative: str
    unjudged: str
    lines: tuple[str, ...]
    """One for each of `MOST_LINES`, then one for the others."""
    heat: tuple[str, ...]


LIGHT = Palette(
    surface="#ffffff",
    ink="#1e2530",
    soft="#596273",
    line="#e2dfd7",
    main="#0f766e",
    positive="#2f72b8",
    neutral="#c3c7cd",
    negative="#d9762b",
    unjudged="#e6e4de",
    lines=("#0f766e", "#d9762b", "#2f72b8", "#8d5fa8", "#b08a00", "#9aa1ab"),
    heat=("#f1efe9", "#b5dad3", "#5fb0a5", "#0f766e", "#08443f"),
)
DARK = Palette(
    surface="#1c2327",
    ink="#e7ebea",
    soft="#a3b0b6",
    line="#303a40",
    main="#3cc4b2",
    positive="#6cabea",
    neutral="#56636b",
    negative="#efa05c",
    unjudged="#343f45",
    lines=("#3cc4b2", "#efa05c", "#6cabea", "#c49ade", "#d9bd4a", "#78858c"),
    heat=("#242d32", "#1f4f4c", "#25857b", "#3cc4b2", "#b3f0e6"),
)


def chart(rows: list[dict[str, Any]], height: int | None = None) -> Any:
    """A chart over rows of our own, to be drawn by `drawn`; `height` is in pixels."""
    import altair as alt

    held = _rows.get()
    name = f"rows{len(held)}"
    held[name] = rows
    made = alt.Chart(alt.NamedData(name))
    return made if height is None else made.properties(height=height)


_rows: ContextVar[dict[str, list[dict[str, Any]]]] = ContextVar("rows of the chart that is drawn")


def drawn(draw: Callable[[], Any]) -> Spec:
    """What is drawn, as Vega-Lite. The rows are put in at the end: Altair would look into each of them, again and again."""
    held: dict[str, list[dict[str, Any]]] = {}
    token = _rows.set(held)
    try:
        made: Spec = draw().to_dict(validate=False)  # the tests validate each; here it would only cost the reader time
    finally:
        _rows.reset(token)
    for part in (made, *made.get("layer", ())):
        if "data" in part:
            part["data"] = {"values": held[part["data"]["name"]]}
    return made


def net_scale(alt: Any, farthest: float) -> tuple[Any, Any]:
    """The scale of a net sentiment: the whole of it, or its inner half where that holds everything. Zero is its middle."""
    end = 0.5 if farthest <= 0.5 else 1.0
    axis = alt.Axis(
        format="+.2~f",
        values=[-end, -end / 2, 0, end / 2, end],
        labelExpr="datum.value ? datum.label : '0'",
        domain=False,
    )
    return alt.Scale(domain=[-end, end], nice=False), axis


FEW_DAYS = 8
"""So many or fewer are all named: an axis of a week that chooses for itself would name the day after it too."""


def days(alt: Any, shown: Iterable[date]) -> Any:
    """A day as what it is everywhere: UTC, whatever clock the reader's machine has."""
    some = list(shown)
    named = {"values": [{"year": d.year, "month": d.month, "date": d.day, "utc": True} for d in some]}
    axis = alt.Axis(
        format="%-d %b",
        tickCount=6,
        grid=False,
        labelOverlap=True,
        labelFlush=True,
        **(named if len(some) <= FEW_DAYS else {}),
    )
    return alt.X("day:T", timeUnit="utcyearmonthdate", title=None, axis=axis)


def names(alt: Any, names: Iterable[str]) -> Any:
    axis = alt.Axis(domain=False, ticks=False, labelPadding=10, labelLimit=150, grid=False)
    return alt.Y("name:N", title=None, sort=list(names), axis=axis)


def legend(alt: Any) -> Any:
    return alt.Legend(orient="top", direction="horizontal", symbolType="circle")


def strokes(alt: Any) -> Any:
    return alt.Legend(orient="top", direction="horizontal", symbolType="stroke", symbolStrokeWidth=3)


def ramp(alt: Any) -> Any:
    return alt.Legend(orient="top", direction="horizontal", gradientLength=140, gradientThickness=8, format="~s")


def feelings(alt: Any, feelings: dict[str, str], palette: Palette) -> Any:
    colours = {
        "negative": palette.negative,
        "positive": palette.positive,
        "neutral": palette.neutral,
        "other": palette.neutral,
        "unjudged": palette.unjudged,
    }
    scale = alt.Scale(domain=list(feelings.values()), range=[colours[key] for key in feelings])
    return alt.Color("feeling:N", title=None, scale=scale, legend=legend(alt))


def config(palette: Palette, locale: Locale, image: bool) -> Spec:
    """Quiet axes, no frame, the reader's names of months and marks of numbers."""
    label = {"labelColor": palette.soft, "labelFont": FONT, "titleColor": palette.soft, "titleFont": FONT}
    return {
        "background": palette.surface if image else "transparent",
        "font": FONT,
        "padding": 24 if image else {"left": 0, "right": 6, "top": 4, "bottom": 0},
        "view": {"stroke": None},
        "axis": label
        | {
            "gridColor": palette.line,
            "domainColor": palette.line,
            "tickColor": palette.line,
            "labelFontSize": 12,
            "labelPadding": 6,
            "tickSize": 4,
        },
        "axisY": {"domain": False, "ticks": False},
        "legend": label
        | {
            "labelFontSize": 12,
            "titleFontSize": 12,
            "titleFontWeight": "normal",
            "symbolSize": 80,
            "offset": 10,
            "columns": 4,
        },
        "title": {
            "anchor": "start",
            "color": palette.ink,
            "font": FONT,
            "fontSize": 17,
            "subtitleColor": palette.soft,
            "subtitleFont": FONT,
            "subtitleFontSize": 13,
            "subtitlePadding": 6,
            "offset": 16,
        },
        "locale": {"number": _numbers(locale), "time": _times(locale)},
    }


def _numbers(locale: Locale) -> Spec:
    """How a locale writes numbers, in the words of https://d3js.org/d3-format#formatLocale."""
    symbols = locale.number_symbols["latn"]
    grouping = [3, 2, 2, 2, 2] if locale.language == "hi" else [3]
    return {
        "decimal": symbols["decimal"],
        "thousands": symbols["group"],
        "grouping": grouping,
        "currency": ["", ""],
        "minus": "−",
    }


def _times(locale: Locale) -> Spec:
    """How a locale names days and months, in the words of https://d3js.org/d3-time-format#timeFormatLocale."""
    days, months = locale.days["format"], locale.months["format"]
    sunday_first = (6, 0, 1, 2, 3, 4, 5)
    return {
        "dateTime": "%x, %X",
        "date": "%-d.%-m.%Y",
        "time": "%H:%M:%S",
        "periods": ["AM", "PM"],
        "days": [days["wide"][day] for day in sunday_first],
        "shortDays": [days["abbreviated"][day] for day in sunday_first],
        "months": [months["wide"][month] for month in range(1, 13)],
        "shortMonths": [months["abbreviated"][month] for month in range(1, 13)],
    }
