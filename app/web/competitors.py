"""How we stand beside the others: share of voice, net sentiment, and the topics on which either is spoken of better."""

from collections.abc import Mapping
from dataclasses import dataclass

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from analysis.metrics import Interval
from app import charts, insight
from app.insight import Period
from app.web.figures import insight_page, look_of
from app.web.scope import BrandAsked, DaysAsked, window_of
from app.web.signin import Role, needs
from app.web.site import Site

Opinions = Mapping[str, tuple[int, Interval]]
"""By topic, as `insight.opinions` has them."""
FEWEST = 5
"""A topic that fewer posts raise is not one to compare by."""
MOST = 12


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
            opinions = {key: insight.opinions(tx, key, period) for key in site.settings.brands}
        ours = opinions.pop(window.brand)
        return insight_page(
            site,
            request,
            "competitors.html",
            window,
            period,
            rows=list(brands.itertuples(index=False)),
            voice=charts.voice(brands, window.brand, look),
            standing=charts.standing(brands, window.brand, look),
            against={brand: found for brand, theirs in opinions.items() if (found := contests(ours, theirs))},
        )

    return routes


def contests(ours: Opinions, theirs: Opinions) -> list[Contest]:
    """The topics that both are spoken of with, and on which one clearly stands better; most spoken of first."""
    found = []
    for topic in ours.keys() & theirs.keys():
        (our_mentions, we), (their_mentions, they) = ours[topic], theirs[topic]
        if min(our_mentions, their_mentions) >= FEWEST and (we.low > they.high or we.high < they.low):
            found.append(Contest(topic, we.value, they.value, our_mentions, their_mentions))
    return sorted(found, key=lambda one: (-one.our_mentions - one.their_mentions, one.topic))[:MOST]
