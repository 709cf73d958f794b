"""How we stand beside the others: share of voice, net sentiment, and the topics on which either is spoken of better."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import charts, insight
from app.insight import Period
from app.web.figures import insight_page, look_of
from app.web.scope import BrandAsked, DaysAsked, window_of
from app.web.signin import Role, needs
from app.web.site import Site

if TYPE_CHECKING:
    from pandas import DataFrame


@dataclass(frozen=True, slots=True)
class Contest:
    """A topic on which people think better of one brand than of the other, beyond chance: the intervals do not meet."""

    topic: str
    ours: float
    theirs: float
    our_mentions: int
    their_mentions: int

    @property
    def won(self) -> bool:
        return self.ours > self.theirs


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/competitors")
    def competitors(request: Request, brand: BrandAsked = "", days: DaysAsked = 28) -> HTMLResponse:
        window, look = window_of(site.settings, brand, days), look_of(site)
        period = Period.ending(site.now(), window.days)
        with site.store.read() as tx:
            brands = insight.competitors(tx, list(site.settings.brands), period)
            topics = {key: insight.topics(tx, key, period) for key in site.settings.brands}
        ours = topics.pop(window.brand)
        return insight_page(
            site,
            request,
            "competitors.html",
            window,
            period,
            rows=list(brands.itertuples(index=False)),
            voice=charts.voice(brands, window.brand, look),
            standing=charts.standing(brands, window.brand, look),
            against=_against(ours, topics),
        )

    return routes


def _against(ours: "DataFrame", theirs: "Mapping[str, DataFrame]") -> dict[str, list[Contest]]:
    return {brand: found for brand, topics in theirs.items() if (found := contests(ours, topics))}


def contests(ours: "DataFrame", theirs: "DataFrame") -> list[Contest]:
    """The topics that both are spoken of with, and on which one clearly stands better; most spoken of first."""
    both = ours.merge(theirs, on="topic", suffixes=("", "_theirs"))
    apart = both[(both["net_low"] > both["net_high_theirs"]) | (both["net_high"] < both["net_low_theirs"])]
    apart = apart.assign(said=apart["mentions"] + apart["mentions_theirs"]).sort_values("said", ascending=False)
    return [
        Contest(row.topic, row.net, row.net_theirs, int(row.mentions), int(row.mentions_theirs))
        for row in apart.itertuples()
    ]
