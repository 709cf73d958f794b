"""The charts of the insight pages: which there are, where their drawing is fetched, and what stands around them.

A page shows a chart's title, its sentence and its table; the drawing is fetched by a script of ours from `/charts/NAME.json`
(Vega-Lite), or stands there as an image where scripts are off. The same address gives `.png`, `.svg` and `.csv`.
"""

import csv
import hashlib
import io
import json
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from fastapi import APIRouter, Header, HTTPException, Request
from fastapi.responses import HTMLResponse, Response
from markupsafe import Markup
from sqlalchemy import Connection

from app import charts, insight, kept
from app.charts import Chart, Look
from app.export import defused
from app.insight import Period
from app.web import telling
from app.web.drawing import piece, render
from app.web.i18n import gettext as _
from app.web.i18n import spoken
from app.web.scope import BrandAsked, DaysAsked, Window, window_of
from app.web.signin import Role, needs
from app.web.site import Site

if TYPE_CHECKING:
    from core.settings import Settings

Make = Callable[[Connection, Site, Window, Period, Look], Chart]

Dimension = Literal["platform", "language", "place", "department", "intent", "priority", "tier"]
DIMENSIONS: tuple[Dimension, ...] = get_args(Dimension)
"""What mentions are told apart by on the Trends page, in its order."""
Kind = Literal["json", "png", "svg", "csv"]
_MEDIA: dict[Kind, str] = {
    "json": "application/json",
    "png": "image/png",
    "svg": "image/svg+xml",
    "csv": "text/csv; charset=utf-8",
}
_OF_ALL_BRANDS = ("voice", "standing")
_LIVE = ("backlog",)
"""Charts of the desk, which is not counted with what was said."""
_A_YEAR = "public, max-age=31536000, immutable"


def _over(dimension: str) -> Make:
    return lambda tx, site, window, period, look: charts.over_time(
        insight.daily(tx, window.brand, period.since, period.until, dimension), dimension, look
    )


def _by(dimension: str) -> Make:
    return lambda tx, site, window, period, look: charts.breakdown(
        insight.by(tx, window.brand, period, dimension), dimension, look
    )


CHARTS: dict[str, Make] = {
    "volume": lambda tx, site, window, period, look: charts.volume(
        insight.daily(tx, window.brand, period.since, period.until), look
    ),
    "sentiment": lambda tx, site, window, period, look: charts.sentiment(
        insight.daily(tx, window.brand, period.since, period.until), look
    ),
    "topics": lambda tx, site, window, period, look: charts.topics(insight.topics(tx, window.brand, period), look),
    "hours": lambda tx, site, window, period, look: charts.hours(insight.hours(tx, window.brand, period), look),
    "voice": lambda tx, site, window, period, look: charts.voice(
        insight.competitors(tx, list(site.settings.brands), period), window.brand, look
    ),
    "standing": lambda tx, site, window, period, look: charts.standing(
        insight.competitors(tx, list(site.settings.brands), period), window.brand, look
    ),
    "backlog": lambda tx, site, window, period, look: charts.backlog(
        insight.desk(tx, site.settings, window.brand, period).backlog, look
    ),
    **{f"over-{dimension}": _over(dimension) for dimension in DIMENSIONS},
    **{f"by-{dimension}": _by(dimension) for dimension in DIMENSIONS},
}


def look_of(site: Site) -> Look:
    """Charts in the language of the page."""
    settings = site.settings
    return Look(spoken().catalog, spoken().locale, lambda dimension, value: telling.named(settings, dimension, value))


def insight_page(
    site: Site, request: Request, template: str, window: Window, period: Period, **values: Any
) -> HTMLResponse:
    """Draw an insight page: `render`, with the words for measures and the address of the chart script."""
    words = _words(site, window, period)
    return render(site, request, template, chart_script=SCRIPT.address, **words, **values)


def kept_piece(
    site: Site,
    tx: Connection,
    template: str,
    window: Window,
    period: Period,
    find: Callable[[Connection], dict[str, Any]],
    *asked: str,
) -> Markup:
    """Draw a piece of an insight page, or have it as it was drawn before in this language: see `app.kept`.

    `find` looks up what the template needs; it must rest on nothing but what is counted of the window's brand, in its period
    and the one before, and on what was `asked`.
    """

    def draw(tx: Connection) -> Markup:
        return piece(template, **_words(site, window, period), **find(tx))

    key = (site.itself, template, window, period, spoken().code, *asked)
    return kept.keep(tx, [window.brand], period.before().since, key, draw)


def _words(site: Site, window: Window, period: Period) -> dict[str, Any]:
    """The words for measures, and where the posts behind a number are."""

    def posts(**filters: str) -> str:
        return telling.posts(window, period.since, period.until, **filters)

    def named(dimension: str, value: str) -> str:
        return telling.named(site.settings, dimension, value)

    return {"window": window, "period": period, "told": telling, "posts": posts, "named": named}


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, dependencies=[needs(Role.VIEWER)])

    @routes.get("/charts/{name}.{kind}")
    def chart(
        name: str,
        kind: Kind,
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        dark: bool = False,
    ) -> Response:
        make = CHARTS.get(name)
        if make is None:
            raise HTTPException(404, _("There is no such chart."))
        window = window_of(site.settings, brand, days)
        period = Period.ending(site.now(), window.days)
        brands = list(site.settings.brands) if name in _OF_ALL_BRANDS else [window.brand]

        def draw(tx: Connection) -> bytes:
            return drawn(make(tx, site, window, period, look_of(site)), kind, dark)

        with site.store.read() as tx:
            if name in _LIVE:
                body = draw(tx)
            else:
                key = (site.itself, name, kind, dark, window, period, spoken().code)
                body = kept.keep(tx, brands, period.before().since, key, draw)
        saved = {"Content-Disposition": f'attachment; filename="{name}-{window.days}.csv"'} if kind == "csv" else None
        return Response(body, media_type=_MEDIA[kind], headers=saved)

    @routes.get(SCRIPT.address)
    def script(accept_encoding: Annotated[str, Header()] = "") -> Response:
        headers = {"Cache-Control": _A_YEAR, "Vary": "Accept-Encoding"}
        packed = SCRIPT.packed(site.settings)
        if "gzip" not in accept_encoding:
            import gzip

            return Response(gzip.decompress(packed), media_type="text/javascript", headers=headers)
        return Response(packed, media_type="text/javascript", headers=headers | {"Content-Encoding": "gzip"})

    return routes


def drawn(chart: Chart, kind: Kind, dark: bool) -> bytes:
    """The chart as a file of this kind."""
    if kind == "json":
        return json.dumps(chart.spec(dark=dark), ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()
    if kind == "png":
        return charts.png(chart, dark)
    return charts.svg(chart, dark).encode() if kind == "svg" else as_csv(chart)


def as_csv(chart: Chart) -> bytes:
    """The chart's table for a spreadsheet. Topics and places are strangers' words: none of them becomes a formula."""
    out = io.StringIO()
    out.write("\ufeff")  # else Excel reads Devanagari as Latin letters
    writer = csv.writer(out)
    writer.writerow(chart.table.columns)
    for row in chart.table.itertuples(index=False, name=None):
        writer.writerow([("" if not telling.known(v) else defused(v) if isinstance(v, str) else v) for v in row])
    return out.getvalue().encode()


class _ChartScript:
    """Vega, Vega-Lite and Vega-Embed as one script, out of the Python package that also draws our images.

    It takes seconds to put together and is the same for each release of the package: it is made once, when it is first asked
    for, and kept in the house's own folder.
    """

    SNIPPET = "window.vegaEmbed = vegaEmbed;"

    def __init__(self) -> None:
        self._lock = Lock()
        self._packed: bytes | None = None

    @property
    def address(self) -> str:
        """Names the release, so that a browser may keep it for good."""
        from importlib.metadata import version

        release = f"{version('vl-convert-python')} {self.SNIPPET}"
        return f"/static/vega-{hashlib.sha256(release.encode()).hexdigest()[:12]}.js"

    def packed(self, settings: "Settings") -> bytes:
        """The script, gzipped."""
        with self._lock:
            if self._packed is None:
                kept = Path(settings.home) / "cache" / f"{Path(self.address).name}.gz"
                self._packed = self._read(kept) or self._make(kept)
            return self._packed

    def _read(self, kept: Path) -> bytes:
        try:
            return kept.read_bytes()
        except OSError:
            return b""

    def _make(self, kept: Path) -> bytes:
        import gzip

        import vl_convert

        made = gzip.compress(vl_convert.javascript_bundle(self.SNIPPET).encode(), mtime=0)
        with suppress(OSError):  # where nothing may be written it is made anew at each start
            kept.parent.mkdir(parents=True, exist_ok=True)
            half = kept.with_suffix(".part")
            half.write_bytes(made)
            half.replace(kept)
        return made


SCRIPT = _ChartScript()
