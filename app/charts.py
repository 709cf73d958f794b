"""Charts: frames of `app.insight` as Vega-Lite, one definition for the dashboard and for the images in digests and decks.

Each function takes a frame and a `Look` and returns a `Chart`: its title, what it shows in a sentence, its numbers as a
table, and `spec()`, the drawing. Nothing is drawn before it is asked for, so a page that lists a chart's numbers does not
pay for Altair.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from gettext import NullTranslations
from typing import TYPE_CHECKING, Any

from babel import Locale
from babel.dates import format_date
from babel.numbers import format_decimal, format_percent

from app import chart_style as style
from app.chart_style import DARK, LIGHT, Palette, Spec

if TYPE_CHECKING:
    from pandas import DataFrame

IMAGE_WIDTH = 720
MOST_LINES = 5
"""More lines than that cannot be told apart; what is left over is one line, "Others"."""
MOST_ROWS = 12


@dataclass(frozen=True)
class Look:
    """In which words and numbers a chart is written."""

    translations: NullTranslations = field(default_factory=NullTranslations)
    locale: Locale = field(default_factory=lambda: Locale("en"))
    named: Callable[[str, str], str] = lambda dimension, value: value
    """A value of a dimension as people call it: `named("platform", "hackernews")` is "Hacker News"."""

    @property
    def gettext(self) -> Callable[[str], str]:
        return self.translations.gettext

    def count(self, value: float) -> str:
        return _decimal(round(value), None, self.locale)

    def share(self, value: float) -> str:
        """0.318 as "32%"."""
        return _percent(value, self.locale)

    def net(self, value: float) -> str:
        """A net sentiment, -1 to 1, always with its sign."""
        told = _decimal(round(value, 2), "+0.00;-0.00", self.locale) if round(value, 2) else "0"
        return told.replace("-", "−")

    def day(self, value: date) -> str:
        return _day(value, self.locale)


@lru_cache(10_000)  # a page writes hundreds of numbers, mostly the same ones, and Babel takes its time over each
def _decimal(value: float, form: str | None, locale: Locale) -> str:
    return str(format_decimal(value, form, locale=locale))


@lru_cache(10_000)
def _percent(value: float, locale: Locale) -> str:
    return str(format_percent(value, locale=locale))


@lru_cache(10_000)
def _day(value: date, locale: Locale) -> str:
    return str(format_date(value, "d MMM", locale=locale))


@dataclass(frozen=True)
class Chart:
    """`table` holds what is drawn, its columns headed in the reader's words. It is empty when there is nothing to show."""

    name: str
    title: str
    summary: str
    table: "DataFrame"
    look: Look
    draw: Callable[[Palette], Any] = field(repr=False)
    percent: bool = False
    """Are the table's fractions shares? Else they are net sentiments."""

    @property
    def empty(self) -> bool:
        return not len(self.table)

    def cells(self) -> list[list[str]]:
        """The table as the reader writes it; what is not known is a dash."""
        return [[self._cell(value) for value in row] for row in self.table.itertuples(index=False, name=None)]

    def _cell(self, value: Any) -> str:
        if isinstance(value, str):
            return value
        if isinstance(value, date):
            return self.look.day(value)
        if value is None or value != value:
            return "–"
        if isinstance(value, float):
            return self.look.share(value) if self.percent else self.look.net(value)
        return self.look.count(value)

    def spec(self, *, dark: bool = False, image: bool = False) -> Spec:
        """The drawing as Vega-Lite.

        On a page it is as wide as its place and stands on the page's own ground; `image` gives it a width, a ground and its
        title, so that it can travel alone.
        """
        palette = DARK if dark else LIGHT
        size = {"width": IMAGE_WIDTH if image else "container", "description": self.summary}
        made = style.drawn(lambda: self.draw(palette).properties(**size))
        made["config"] = style.config(palette, self.look.locale, image)
        if image:
            made["title"] = {"text": self.title, "subtitle": self.summary}
        else:
            made["autosize"] = {"type": "fit-x", "contains": "padding"}
        return made

    def png(self, *, dark: bool = False) -> bytes:
        return png(self, dark)

    def svg(self, *, dark: bool = False) -> str:
        return svg(self, dark)


def png(chart: Chart, dark: bool = False) -> bytes:
    """The chart as an image, twice as fine as its points, so that it is sharp on any screen and in print."""
    import vl_convert

    made: bytes = vl_convert.vegalite_to_png(chart.spec(dark=dark, image=True), scale=2, allowed_base_urls=[])
    return made


def svg(chart: Chart, dark: bool = False) -> str:
    import vl_convert

    made: str = vl_convert.vegalite_to_svg(chart.spec(dark=dark, image=True), allowed_base_urls=[])
    return made


# Over time -----------------------------------------------------------------------------------------------------------


def volume(daily: "DataFrame", look: Look) -> Chart:
    """How many mentions a day, and how many of them are negative. `daily` is `insight.daily`'s frame for "all"."""
    _ = look.gettext
    feelings = {
        "negative": _("Negative"),
        "positive": _("Positive"),
        "neutral": _("Neutral"),
        "unjudged": _("Not judged"),
    }
    counts = daily.assign(unjudged=daily["mentions"] - daily["positive"] - daily["neutral"] - daily["negative"])
    table = _table(daily, {"day": _("Day"), "mentions": _("Mentions")}).join(
        counts[list(feelings)].rename(columns=feelings)
    )
    total = int(daily["mentions"].sum()) if len(daily) else 0
    if total:
        top = daily.loc[daily["mentions"].idxmax()]
        summary = _("Mentions in this window: %(total)s. Most on %(day)s: %(most)s.") % {
            "total": look.count(total),
            "day": look.day(top["day"]),
            "most": look.count(top["mentions"]),
        }
    else:
        summary = _("Nothing was heard in this window.")

    def draw(palette: Palette) -> Any:
        import altair as alt

        order = {feeling: place for place, feeling in enumerate(feelings)}
        rows = [
            {
                "day": f"{row.day:%Y-%m-%d}",
                "count": int(getattr(row, feeling)),
                "feeling": text,
                "order": order[feeling],
            }
            for row in counts.itertuples()
            for feeling, text in feelings.items()
        ]
        return (
            style.chart(rows, height=200)
            .mark_bar(binSpacing=1 if len(daily) < 40 else 0.5)
            .encode(
                x=style.days(alt, daily["day"]),
                y=alt.Y("count:Q", title=None, axis=alt.Axis(format="~s", tickCount=4, tickMinStep=1)),
                color=style.feelings(alt, feelings, palette),
                order=alt.Order("order:Q"),
                tooltip=[
                    alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%-d %b %Y", title=_("Day")),
                    alt.Tooltip("feeling:N", title=_("Sentiment")),
                    alt.Tooltip("count:Q", format=",", title=_("Mentions")),
                ],
            )
        )

    return Chart("volume", _("Mentions a day"), summary, table if total else table.iloc[:0], look, draw)


def sentiment(daily: "DataFrame", look: Look) -> Chart:
    """Net sentiment a day with its 95% interval. A day on which nothing was judged is a gap in the line, not a zero."""
    _ = look.gettext
    heads = {"day": _("Day"), "net": _("Net sentiment"), "net_low": _("From"), "net_high": _("To")}
    known = daily[daily["net"].notna()]
    table = _table(known, heads)
    if len(known):
        best, worst = known.loc[known["net"].idxmax()], known.loc[known["net"].idxmin()]
        summary = _("Between %(worst)s on %(worst_day)s and %(best)s on %(best_day)s, on a scale from −1 to 1.") % {
            "worst": look.net(worst["net"]),
            "worst_day": look.day(worst["day"]),
            "best": look.net(best["net"]),
            "best_day": look.day(best["day"]),
        }
    else:
        summary = _("Nothing could be judged in this window.")

    def draw(palette: Palette) -> Any:
        import altair as alt

        rows = [
            {"day": f"{row.day:%Y-%m-%d}"}
            | {name: _number(getattr(row, name)) for name in ("net", "net_low", "net_high")}
            for row in daily.itertuples()
        ]
        base = style.chart(rows, height=200).encode(x=style.days(alt, daily["day"]))
        ends = [abs(end) for row in rows for end in (row["net_low"], row["net_high"]) if isinstance(end, float)]
        scale, axis = style.net_scale(alt, max(ends, default=0))
        y = alt.Y("net:Q", title=None, scale=scale, axis=axis)
        band = base.mark_area(color=palette.main, opacity=0.18).encode(
            y=alt.Y("net_low:Q", title=None, scale=scale, axis=axis), y2="net_high:Q"
        )
        zero = style.chart([{"zero": 0}]).mark_rule(color=palette.soft, opacity=0.6).encode(y="zero:Q")
        dot = 30 if len(daily) < 40 else 8
        line = base.mark_line(color=palette.main, strokeWidth=2, point=alt.OverlayMarkDef(size=dot, color=palette.main))
        line = line.encode(
            y=y,
            tooltip=[
                alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%-d %b %Y", title=_("Day")),
                alt.Tooltip("net:Q", format="+.2f", title=_("Net sentiment")),
                alt.Tooltip("net_low:Q", format="+.2f", title=_("From")),
                alt.Tooltip("net_high:Q", format="+.2f", title=_("To")),
            ],
        )
        return alt.layer(band, zero, line)

    return Chart("sentiment", _("Net sentiment a day, with its 95% interval"), summary, table, look, draw)


def over_time(daily: "DataFrame", dimension: str, look: Look) -> Chart:
    """Mentions a day for each value of a dimension; all but the five most frequent ones are one line.

    `daily` is `insight.daily`'s frame for that dimension; a day that it leaves out is a zero.
    """
    import pandas as pd

    _ = look.gettext
    wide = daily.pivot_table(index="day", columns="value", values="mentions", aggfunc="sum", fill_value=0)
    if len(wide):
        whole = pd.date_range(min(wide.index), max(wide.index), freq="D").date
        wide = wide.reindex(whole, fill_value=0)
    ranked = wide.sum().sort_values(ascending=False, kind="stable").index
    shown = wide[list(ranked[:MOST_LINES])].rename(columns=lambda value: look.named(dimension, str(value)))
    if len(ranked) > MOST_LINES:
        shown = shown.assign(**{_("Others"): wide[list(ranked[MOST_LINES:])].sum(axis=1)})
    names = [str(name) for name in shown.columns]
    table = shown.reset_index(names=_("Day"))
    if names:
        total = shown.to_numpy().sum() or 1
        summary = _("Most come from %(name)s: %(share)s.") % {
            "name": apart(names[0]),
            "share": look.share(float(shown.iloc[:, 0].sum()) / float(total)),
        }
    else:
        summary = _("Nothing was heard in this window.")

    def draw(palette: Palette) -> Any:
        import altair as alt

        rows = [
            {"day": f"{day:%Y-%m-%d}", "name": name, "count": int(count)}
            for name in names
            for day, count in zip(shown.index, shown[name], strict=True)
        ]
        colours = [*palette.lines[: min(len(names), MOST_LINES)], *palette.lines[-1:]][: len(names)]
        return (
            style.chart(rows, height=220)
            .mark_line(strokeWidth=2)
            .encode(
                x=style.days(alt, shown.index),
                y=alt.Y("count:Q", title=None, axis=alt.Axis(format="~s", tickCount=4, tickMinStep=1)),
                color=alt.Color(
                    "name:N",
                    title=None,
                    sort=names,
                    scale=alt.Scale(domain=names, range=colours),
                    legend=style.strokes(alt),
                ),
                tooltip=[
                    alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%-d %b %Y", title=_("Day")),
                    alt.Tooltip("name:N", title=_("Which")),
                    alt.Tooltip("count:Q", format=",", title=_("Mentions")),
                ],
            )
        )

    return Chart(f"over-{dimension}", _("Mentions a day"), summary, table, look, draw)


def backlog(daily: "DataFrame", look: Look) -> Chart:
    """How many cases were open at the end of each day: columns `day` and `open`."""
    _ = look.gettext
    table = _table(daily, {"day": _("Day"), "open": _("Open cases")})
    if len(daily):
        first, last = daily.iloc[0], daily.iloc[-1]
        summary = _("From %(first)s open cases on %(since)s to %(last)s on %(until)s.") % {
            "first": look.count(first["open"]),
            "since": look.day(first["day"]),
            "last": look.count(last["open"]),
            "until": look.day(last["day"]),
        }
    else:
        summary = _("No case was open in this window.")

    def draw(palette: Palette) -> Any:
        import altair as alt

        rows = [{"day": f"{row.day:%Y-%m-%d}", "open": int(row.open)} for row in daily.itertuples()]
        line = {"color": palette.main, "strokeWidth": 2}
        return (
            style.chart(rows, height=180)
            .mark_area(color=palette.main, opacity=0.18, line=line)
            .encode(
                x=style.days(alt, daily["day"]),
                y=alt.Y("open:Q", title=None, axis=alt.Axis(format="~s", tickCount=4, tickMinStep=1)),
                tooltip=[
                    alt.Tooltip("day:T", timeUnit="utcyearmonthdate", format="%-d %b %Y", title=_("Day")),
                    alt.Tooltip("open:Q", format=",", title=_("Open cases")),
                ],
            )
        )

    return Chart("backlog", _("Open cases at the end of each day"), summary, table, look, draw)


# Side by side --------------------------------------------------------------------------------------------------------


def breakdown(by: "DataFrame", dimension: str, look: Look) -> Chart:
    """Mentions by the values of a dimension, the most frequent first, each bar parted by sentiment: `insight.by`'s frame."""
    _ = look.gettext
    feelings = {"negative": _("Negative"), "positive": _("Positive"), "other": _("Neutral or not judged")}
    top = by.nlargest(MOST_ROWS, "mentions", keep="first")
    top = top.assign(
        name=[look.named(dimension, str(value)) for value in top["value"]],
        other=top["mentions"] - top["positive"] - top["negative"],
    )
    heads = {"name": _("Which"), "mentions": _("Mentions"), "negative": _("Negative"), "positive": _("Positive")}
    table = _table(top, heads | {"net": _("Net sentiment"), "net_low": _("From"), "net_high": _("To")})
    summary = _most(top, look)

    def draw(palette: Palette) -> Any:
        import altair as alt

        rows = [
            {"name": row.name, "feeling": text, "count": int(getattr(row, feeling)), "order": place}
            for row in top.itertuples(index=False)
            for place, (feeling, text) in enumerate(feelings.items())
        ]
        return (
            style.chart(rows, height=26 * len(top))
            .mark_bar(height=14)
            .encode(
                x=alt.X("count:Q", title=None, axis=alt.Axis(format="~s", tickCount=4, tickMinStep=1, domain=False)),
                y=style.names(alt, list(top["name"])),
                color=style.feelings(alt, feelings, palette),
                order=alt.Order("order:Q"),
                tooltip=[
                    alt.Tooltip("name:N", title=_("Which")),
                    alt.Tooltip("feeling:N", title=_("Sentiment")),
                    alt.Tooltip("count:Q", format=",", title=_("Mentions")),
                ],
            )
        )

    return Chart(f"by-{dimension}", _("Mentions"), summary, table, look, draw)


def topics(frame: "DataFrame", look: Look) -> Chart:
    """The topics most spoken of. A bar is blue or orange only where the net sentiment is beyond chance: its interval does
    not hold zero. `frame` is that of `insight.topics`."""
    _ = look.gettext
    heads = {"topic": _("Topic"), "mentions": _("Mentions"), "net": _("Net sentiment")}
    top = frame.nlargest(MOST_ROWS, "mentions", keep="first")
    top = top.assign(topic=[look.named("topic", str(name)) for name in top["topic"]])
    table = _table(top, heads | {"net_low": _("From"), "net_high": _("To")})
    summary = _most(top.rename(columns={"topic": "name"}), look)

    def draw(palette: Palette) -> Any:
        import altair as alt

        leanings = {
            "negative": _("Negative beyond chance"),
            "positive": _("Positive beyond chance"),
            "mixed": _("Mixed, or too few to tell"),
        }
        rows = [
            {
                "name": row.topic,
                "count": int(row.mentions),
                "feeling": leanings[_leaning(row.net_low, row.net_high)],
                "net": _number(row.net),
            }
            for row in top.itertuples(index=False)
        ]
        colours = {"negative": palette.negative, "positive": palette.positive, "mixed": palette.neutral}
        return (
            style.chart(rows, height=26 * len(top))
            .mark_bar(height=14)
            .encode(
                x=alt.X("count:Q", title=None, axis=alt.Axis(format="~s", tickCount=4, tickMinStep=1, domain=False)),
                y=style.names(alt, list(top["topic"])),
                color=alt.Color(
                    "feeling:N",
                    title=None,
                    scale=alt.Scale(domain=list(leanings.values()), range=[colours[key] for key in leanings]),
                    legend=style.legend(alt),
                ),
                tooltip=[
                    alt.Tooltip("name:N", title=_("Topic")),
                    alt.Tooltip("count:Q", format=",", title=_("Mentions")),
                    alt.Tooltip("net:Q", format="+.2f", title=_("Net sentiment")),
                ],
            )
        )

    return Chart("topics", _("What people talk about"), summary, table, look, draw)


def hours(frame: "DataFrame", look: Look) -> Chart:
    """When people talk: mentions by weekday and hour, UTC. `frame` is that of `insight.hours`."""
    _ = look.gettext
    weekdays = [look.locale.days["stand-alone"]["abbreviated"][day] for day in range(7)]
    names = {day: str(name) for day, name in enumerate(weekdays)}
    heard = frame[frame["mentions"] > 0]
    table = _table(
        heard.assign(day=heard["weekday"].map(names)),
        {"day": _("Weekday"), "hour": _("Hour (UTC)"), "mentions": _("Mentions"), "net": _("Net sentiment")},
    )
    if len(heard):
        top = heard.loc[heard["mentions"].idxmax()]
        long = str(look.locale.days["stand-alone"]["wide"][int(top["weekday"])])
        summary = _("Most is said on %(day)s between %(from)s:00 and %(to)s:00 UTC.") % {
            "day": long,
            "from": int(top["hour"]),
            "to": (int(top["hour"]) + 1) % 24,
        }
    else:
        summary = _("Nothing was heard in this window.")

    def draw(palette: Palette) -> Any:
        import altair as alt

        counts = {(int(row.weekday), int(row.hour)): row for row in frame.itertuples(index=False)}
        rows = [
            {
                "name": names[day],
                "hour": hour,
                "count": int(counts[day, hour].mentions) if (day, hour) in counts else 0,
                "net": _number(counts[day, hour].net) if (day, hour) in counts else None,
            }
            for day in range(7)
            for hour in range(24)
        ]
        return (
            style.chart(rows, height=24 * 7)
            .mark_rect(cornerRadius=2, stroke=palette.surface, strokeWidth=2)
            .encode(
                x=alt.X(
                    "hour:O",
                    title=None,
                    axis=alt.Axis(values=list(range(0, 24, 3)), labelAngle=0, domain=False, ticks=False, grid=False),
                ),
                y=style.names(alt, list(names.values())),
                color=alt.Color(
                    "count:Q",
                    title=_("Mentions"),
                    scale=alt.Scale(domainMin=0, range=list(palette.heat)),
                    legend=style.ramp(alt),
                ),
                tooltip=[
                    alt.Tooltip("name:N", title=_("Weekday")),
                    alt.Tooltip("hour:O", title=_("Hour (UTC)")),
                    alt.Tooltip("count:Q", format=",", title=_("Mentions")),
                    alt.Tooltip("net:Q", format="+.2f", title=_("Net sentiment")),
                ],
            )
        )

    return Chart("hours", _("When people talk"), summary, table, look, draw)


def voice(brands: "DataFrame", ours: str, look: Look) -> Chart:
    """Share of voice with its 95% interval, ours in colour. `brands` is the frame of `insight.competitors`."""
    _ = look.gettext
    heads = {"name": _("Brand"), "mentions": _("Mentions"), "share": _("Share of voice")}
    ranked = _ranked(brands, "share", look)
    table = _table(ranked, heads | {"share_low": _("From"), "share_high": _("To")})
    summary = _("Nothing was heard of any of these brands.")
    if len(ranked) and ranked["mentions"].sum():
        place = next((row for row in ranked.itertuples() if row.brand == ours), ranked.iloc[0])
        summary = _("%(brand)s has %(share)s of what is said about these brands.") % {
            "brand": place.name if hasattr(place, "Index") else place["name"],
            "share": look.share(place.share),
        }
    return Chart(
        "voice",
        _("Share of voice, with its 95% interval"),
        summary,
        table,
        look,
        lambda palette: _ranges(ranked, "share", ours, palette, look, percent=True),
        percent=True,
    )


def standing(brands: "DataFrame", ours: str, look: Look) -> Chart:
    """Net sentiment of each brand with its 95% interval, ours in colour. `brands` is the frame of `insight.competitors`."""
    _ = look.gettext
    heads = {"name": _("Brand"), "net": _("Net sentiment"), "net_low": _("From"), "net_high": _("To")}
    ranked = _ranked(brands[brands["net"].notna()], "net", look)
    table = _table(ranked, heads)
    summary = _("Nothing could be judged in this window.")
    if len(ranked):
        best = ranked.iloc[0]
        summary = _("%(brand)s stands best, at %(net)s.") % {"brand": best["name"], "net": look.net(best["net"])}
        clear = len(ranked) > 1 and best["net_low"] > ranked["net_high"].iloc[1:].max()
        if len(ranked) > 1 and not clear:
            summary = _("%(brand)s stands highest, at %(net)s, but the intervals overlap: it may be chance.") % {
                "brand": best["name"],
                "net": look.net(best["net"]),
            }
    return Chart(
        "standing",
        _("Net sentiment, with its 95% interval"),
        summary,
        table,
        look,
        lambda palette: _ranges(ranked, "net", ours, palette, look, percent=False),
    )


# Pieces --------------------------------------------------------------------------------------------------------------


def _ranges(ranked: "DataFrame", value: str, ours: str, palette: Palette, look: Look, *, percent: bool) -> Any:
    """A point and its interval for each brand."""
    import altair as alt

    _ = look.gettext
    rows = [
        {
            "name": row["name"],
            "value": _number(row[value]),
            "low": _number(row[f"{value}_low"]),
            "high": _number(row[f"{value}_high"]),
            "ours": row["brand"] == ours,
        }
        for _place, row in ranked.iterrows()
    ]
    form = ".0%" if percent else "+.2f"
    if percent:
        scale, axis = alt.Scale(domainMin=0, nice=True), alt.Axis(format="%", tickCount=5, domain=False)
    else:
        scale, axis = style.net_scale(
            alt, max((abs(row[end]) for row in rows for end in ("low", "high") if row[end]), default=0)
        )
    x = alt.X("value:Q", title=None, scale=scale, axis=axis)
    colour = alt.condition("datum.ours", alt.value(palette.main), alt.value(palette.soft))
    base = style.chart(rows, height=34 * len(rows)).encode(
        y=style.names(alt, list(ranked["name"])),
        color=colour,
        tooltip=[
            alt.Tooltip("name:N", title=_("Brand")),
            alt.Tooltip("value:Q", format=form, title=_("Share of voice") if percent else _("Net sentiment")),
            alt.Tooltip("low:Q", format=form, title=_("From")),
            alt.Tooltip("high:Q", format=form, title=_("To")),
        ],
    )
    whisker = base.mark_rule(strokeWidth=6, opacity=0.3, strokeCap="round").encode(
        x=alt.X("low:Q", title=None, scale=scale, axis=axis), x2="high:Q"
    )
    point = base.mark_point(filled=True, size=110, opacity=1).encode(x=x)
    if percent:
        return alt.layer(whisker, point)
    zero = style.chart([{"zero": 0}]).mark_rule(color=palette.soft, opacity=0.6).encode(x="zero:Q")
    return alt.layer(zero, whisker, point)


def _ranked(brands: "DataFrame", by: str, look: Look) -> "DataFrame":
    named = brands.assign(name=[look.named("brand", str(key)) for key in brands["brand"]])
    return named.sort_values(by, ascending=False, kind="stable", na_position="last")


def _most(top: "DataFrame", look: Look) -> str:
    """Which one is spoken of most, in a sentence; `top` has `name` and `mentions`, the most frequent first."""
    _ = look.gettext
    if not len(top):
        return _("Nothing was heard in this window.")
    first = top.iloc[0]
    return _("Most: %(name)s, with %(mentions)s mentions.") % {
        "name": apart(str(first["name"])),
        "mentions": look.count(first["mentions"]),
    }


def _leaning(low: float, high: float) -> str:
    """Whether an interval lies wholly on one side of zero. Unknown ends (NaN) compare as false: "mixed"."""
    return "positive" if low > 0 else "negative" if high < 0 else "mixed"


def apart(name: str) -> str:
    """A stranger's word inside our sentence, isolated (Unicode's FSI and PDI), so that it cannot turn the rest around."""
    return f"\u2068{name}\u2069"


def _table(frame: "DataFrame", heads: dict[str, str]) -> "DataFrame":
    return frame[list(heads)].rename(columns=heads).reset_index(drop=True)


def _number(value: float) -> float | None:
    """NaN is no JSON, and no number: null."""
    return None if value is None or value != value else round(float(value), 4)
