"""Who speaks of a brand: promoters, passives and detractors, and the file of each."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse

from app import insight
from app.insight import Kind, Order, Period
from app.web.asking import to_key, to_token
from app.web.figures import insight_page
from app.web.i18n import gettext as _
from app.web.scope import BrandAsked, DaysAsked, Window, window_of
from app.web.signin import Role, needs
from app.web.site import Site
from core.store.browse import Key

PAGE = 30


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/people")
    def people(
        request: Request,
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        kind: Kind | None = None,
        order: Order = "reach",
        after: Annotated[str, Query(max_length=400)] = "",
    ) -> HTMLResponse:
        window = window_of(site.settings, brand, days)
        period = Period.ending(site.now(), window.days)
        try:
            key = to_key(after, (datetime if order == "latest" else int, str)) if after else None
        except ValueError as error:
            raise HTTPException(422, f"after: {error}.") from None
        with site.store.read() as tx:
            found = insight.people(tx, window.brand, period, kind, order, key, PAGE)
            figures = insight.overview(tx, window.brand, period)

        def listed(kind: str | None, order: str, after: str = "") -> str:
            return _address(window, kind=kind or "", order="" if order == "reach" else order, after=after)

        return insight_page(
            site,
            request,
            "people.html",
            window,
            period,
            persons=found.items,
            figures=figures,
            kind=kind,
            order=order,
            listed=listed,
            first=listed(kind, order) if key else "",
            next=listed(kind, order, to_token(_plain(found.next))) if found.next else "",
        )

    @routes.get("/people/{author_id:path}")
    def person(request: Request, author_id: str, brand: BrandAsked = "", days: DaysAsked = 28) -> HTMLResponse:
        window = window_of(site.settings, brand, days)
        now = site.now()
        with site.store.read() as tx:
            file = insight.person(tx, window.brand, author_id, now)
        if file is None:
            raise HTTPException(
                404, _("Nobody is known by this address. They may have been erased, or it is cut short.")
            )
        return insight_page(site, request, "person.html", window, Period.ending(now, window.days), file=file)

    return routes


def _address(window: Window, **chosen: Any) -> str:
    return f"/people?{window.query}&" + urlencode({name: value for name, value in chosen.items() if value})


def _plain(key: Key) -> Key:
    """Numbers of a frame as Python's own, which an address can hold."""
    return tuple(part.item() if hasattr(part, "item") else part for part in key)
