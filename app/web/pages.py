"""How the listening goes, and what the API is."""

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, JSONResponse

from app.status import status
from app.web.drawing import render
from app.web.signin import Role, needs
from app.web.site import Site


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/sources")
    def sources(request: Request) -> HTMLResponse:
        return render(site, request, "sources.html", told=status(site.store, site.settings, site.now()))

    @routes.get("/api/")
    def api(request: Request) -> HTMLResponse:
        return render(site, request, "api.html", described=request.app.openapi())

    @routes.get("/api/openapi.json", response_class=JSONResponse)
    def described(request: Request) -> JSONResponse:
        return JSONResponse(request.app.openapi())

    return routes
