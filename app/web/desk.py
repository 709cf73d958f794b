"""How the desk does: how soon people are answered, which promises are kept, what waits, and which team carries it."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from app import charts, insight
from app.insight import Period
from app.web.figures import insight_page, look_of
from app.web.scope import BrandAsked, DaysAsked, window_of
from app.web.signin import Role, needs
from app.web.site import Site


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/desk")
    def desk(request: Request, brand: BrandAsked = "", days: DaysAsked = 28) -> HTMLResponse:
        window, look = window_of(site.settings, brand, days), look_of(site)
        period = Period.ending(site.now(), window.days)
        with site.store.read() as tx:
            figures = insight.desk(tx, site.settings, window.brand, period)
        return insight_page(
            site,
            request,
            "desk.html",
            window,
            period,
            figures=figures,
            backlog=charts.backlog(figures.backlog, look),
            by_team=list(figures.by_team.itertuples(index=False)),
            by_priority=list(figures.by_priority.itertuples(index=False)),
        )

    return routes
