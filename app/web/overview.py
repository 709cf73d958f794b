"""The front page: how we are doing, what changed and why, whom to thank and whom to win back."""

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from app import charts, insight
from app.insight import Overview, Period
from app.web.figures import insight_page, kept_piece, look_of
from app.web.i18n import gettext as _
from app.web.i18n import ngettext
from app.web.scope import BrandAsked, DaysAsked, Window, window_of
from app.web.signin import Role, needs
from app.web.site import Site
from core.store import rollups
from core.tongue import net as in_words
from core.tongue import topic

if TYPE_CHECKING:
    from pandas import DataFrame

FEW = 5
"""As many people of each sort as can be written to before lunch."""
MOST_MOVED = 8
USUAL_WAIT = timedelta(minutes=15)
"""Something always waits to be counted where people talk; only what waits for longer is worth a word."""


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/")
    def overview(request: Request, brand: BrandAsked = "", days: DaysAsked = 28) -> HTMLResponse:
        window = window_of(site.settings, brand, days)
        period = Period.ending(site.now(), window.days)
        with site.store.read() as tx:
            counted = kept_piece(
                site, tx, "overview_counted.html", window, period, lambda tx: _counted(tx, site, window, period)
            )
            until = rollups.counted_until(tx, window.brand)
            to_thank = insight.to_thank(tx, window.brand, period, FEW)
            to_win_back = insight.people(tx, window.brand, period, "detractor", "reach", limit=FEW).items
            at_risk = insight.at_risk(tx, window.brand, period, FEW)
            recovered = insight.recovered(tx, window.brand, period, FEW)
        return insight_page(
            site,
            request,
            "overview.html",
            window,
            period,
            counted=counted,
            counted_until=until if until is not None and until < site.now() - USUAL_WAIT else None,
            to_thank=to_thank,
            to_win_back=to_win_back,
            at_risk=at_risk,
            recovered=recovered,
        )

    return routes


def _counted(tx: Connection, site: Site, window: Window, period: Period) -> dict[str, Any]:
    """What rests on what is counted alone."""
    look = look_of(site)
    figures = insight.overview(tx, window.brand, period)
    daily = insight.daily(tx, window.brand, period.since, period.until)
    topics = insight.topics(tx, window.brand, period)
    moved = topics[topics["shifted"]].head(MOST_MOVED)
    return {
        "figures": figures,
        "story": story(site.settings.brands[window.brand].name, window.days, figures, moved),
        "volume": charts.volume(daily, look),
        "sentiment": charts.sentiment(daily, look),
        "moved": list(moved.itertuples(index=False)),
        "each_day": insight.topic_days(tx, window.brand, period, tuple(moved["topic"])),
    }


def story(brand: str, days: int, figures: Overview, moved: "DataFrame") -> str:
    """How we are doing, in two or three sentences. Nothing is called a change that may be chance."""
    said = [_volume(brand, days, figures), _opinion(figures)]
    louder = [row.topic for row in moved.itertuples() if row.mentions > row.before]
    if louder:
        said.append(_("More was said than before about %(topics)s.", topics=_listed(louder[:3])))
    return " ".join(sentence for sentence in said if sentence)


def _volume(brand: str, days: int, figures: Overview) -> str:
    mentions = figures.mentions
    if not mentions.value:
        return _("Nothing was heard of %(brand)s in these days.", brand=brand)
    said = ngettext(
        "%(brand)s was mentioned once in %(days)s days",
        "%(brand)s was mentioned %(num)s times in %(days)s days",
        int(mentions.value),
        brand=brand,
        days=days,
    )
    if mentions.before is None:
        return f"{said}."
    if not mentions.shifted:
        return _("%(said)s, about as often as in the %(days)s days before.", said=said, days=days)
    if mentions.value > mentions.before:
        return _("%(said)s, more than in the %(days)s days before.", said=said, days=days)
    return _("%(said)s, less than in the %(days)s days before.", said=said, days=days)


def _opinion(figures: Overview) -> str:
    net = figures.net_sentiment
    if net.value is None or net.low is None or net.high is None:
        return ""
    leaning = (
        _("On balance people spoke well of it")
        if net.low > 0
        else _("On balance people spoke ill of it")
        if net.high < 0
        else _("Good and bad words about balance")
    )
    if not net.shifted or net.before is None:
        return _("%(leaning)s (net sentiment %(net)s).", leaning=leaning, net=in_words(net.value))
    values = {"leaning": leaning, "net": in_words(net.value), "before": in_words(net.before)}
    if net.value > net.before:
        return _("%(leaning)s (net sentiment %(net)s), better than before (%(before)s).", **values)
    return _("%(leaning)s (net sentiment %(net)s), worse than before (%(before)s).", **values)


def _listed(names: list[str]) -> str:
    from babel.lists import format_list

    from app.web.i18n import spoken

    return str(format_list([f"“{charts.apart(topic(name))}”" for name in names], locale=spoken().locale))
