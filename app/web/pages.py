"""The pages for people, drawn on the server. A script keeps them fresh; without it they only stand still."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from app.status import status
from app.web import words
from app.web.asking import CaseQuery, MentionQuery
from app.web.drawing import render
from app.web.signin import Form, Role, needs, visitor_of
from app.web.site import Site
from core import wording
from core.assessment import SentimentLabel, Topic
from core.errors import BadRecord
from core.store import browse, cases, labels

PAGE = 30


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])
    names = {key: table.name for key, table in site.settings.brands.items()}

    @routes.get("/cases")
    def queue(request: Request, query: Annotated[CaseQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        with site.store.read() as tx:
            found = browse.case_list(tx, **query.wanted, names=names)
        return render(site, request, "queue.html", query=query, found=found, choices=_choices(site), told=_told(site))

    @routes.get("/mentions")
    def mentions(request: Request, query: Annotated[MentionQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        with site.store.read() as tx:
            found = browse.latest(tx, query.filters, after=query.key, limit=PAGE)
        return render(
            site, request, "mentions.html", query=query, found=found, choices=_choices(site), scan=browse.SCAN
        )

    @routes.get("/mentions/{mention_id:path}")
    def mention(request: Request, mention_id: str) -> HTMLResponse:
        with site.store.read() as tx:
            file = browse.mention_file(tx, mention_id)
        if file is None:
            raise HTTPException(
                404, "There is no such mention. It may never have been heard, or its address is cut short."
            )
        return render(site, request, "mention.html", file=file, choices=_corrections())

    @routes.post("/mentions/{mention_id:path}", response_class=RedirectResponse, dependencies=[needs(Role.AGENT)])
    def correct(request: Request, mention_id: str, fields: Form) -> Response:
        said: Any = {kind: fields[kind] for kind in _corrections() if fields.get(kind)}
        visitor, now = visitor_of(request), site.now()
        by = (visitor.id if visitor else "") or words.one_line(fields.get("by", ""), 60) or "dashboard"
        try:
            site.store.run(lambda tx: labels.put(tx, mention_id, fields.get("brand", ""), said, by, now))
        except BadRecord as error:
            raise HTTPException(422, str(error)) from None
        return RedirectResponse(f"/mentions/{words.in_path(mention_id)}", 303)

    @routes.get("/cases/{case_id}")
    def case(request: Request, case_id: int) -> HTMLResponse:
        with site.store.read() as tx:
            found = cases.get(tx, case_id)
            file = cases.file(tx, case_id, names.get(found.brand, found.brand)) if found else None
            events = cases.events(tx, case_id)
        if file is None:
            raise HTTPException(404, f"There is no case {case_id}.")
        return render(site, request, "case.html", file=file, events=events)

    @routes.get("/sources")
    def sources(request: Request) -> HTMLResponse:
        return render(site, request, "sources.html", told=_told(site))

    @routes.get("/api/")
    def api(request: Request) -> HTMLResponse:
        return render(site, request, "api.html", described=request.app.openapi())

    @routes.get("/api/openapi.json", response_class=JSONResponse)
    def described(request: Request) -> JSONResponse:
        return JSONResponse(request.app.openapi())

    return routes


def _told(site: Site) -> Any:
    return status(site.store, site.settings, site.now())


def _choices(site: Site) -> dict[str, dict[str, str]]:
    """What each filter may be set to: {filter: {value: label}}."""
    kinds = dict.fromkeys(str(table.get("type") or name) for name, table in site.settings.sources.items())
    return {
        "brand": {key: table.name for key, table in site.settings.brands.items()},
        "platform": {kind: words.platform(kind) for kind in kinds},
        "priority": {name: name for name in ("P1", "P2", "P3", "P4")},
        "sentiment": {label: label.capitalize() for label in get_args(SentimentLabel)},
        "department": {topic: wording.topic(topic) for topic in get_args(Topic)},
        "language": wording.LANGUAGES,
        "needs_review": {"true": "Needs review", "false": "Judged"},
    }


def _corrections() -> dict[str, dict[str, str]]:
    """What a person may say of a mention: {kind: {value: label}}."""
    named = {"not_urgent": "Not urgent"} | {topic: wording.topic(topic) for topic in get_args(Topic)}
    kinds: tuple[labels.Kind, ...] = ("priority", "department", "sentiment")
    return {
        kind: {value: named.get(value) or value[0].upper() + value[1:] for value in labels.VALUES[kind]}
        for kind in kinds
    }
