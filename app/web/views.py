"""Saved views: keeping, renaming and deleting them. Each list shows its own."""

from typing import Any
from urllib.parse import parse_qsl

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import ValidationError
from sqlalchemy import Connection

from app.web import words
from app.web.asking import CaseQuery, MentionQuery, Number, asked_of
from app.web.i18n import gettext as _
from app.web.signin import Form, Role, Visitor, needs, visitor_of
from app.web.site import Site
from core.errors import BadRecord
from core.store import views
from core.store.views import EVERYONE, View

LISTS: dict[str, type[MentionQuery] | type[CaseQuery]] = {"mentions": MentionQuery, "cases": CaseQuery}
"""The pages that have views, each with what it may be asked for."""


def router(site: Site) -> APIRouter:
    routes = APIRouter(
        prefix="/views",
        include_in_schema=False,
        default_response_class=RedirectResponse,
        dependencies=[needs(Role.VIEWER)],
    )

    @routes.post("/{page}")
    def save(request: Request, page: str, fields: Form) -> Response:
        if page not in LISTS:
            raise HTTPException(404, _("There are no views of that page."))
        owner = EVERYONE if fields.get("everyone") else _owner(visitor_of(request))
        if owner not in may_change(visitor_of(request)):
            raise HTTPException(403, _("Only leads keep views for everyone."))
        asked = _asked(page, fields.get("query", ""))
        name = words.one_line(fields.get("name", ""), 2 * views.LONGEST_NAME)
        _do(site, lambda tx: views.save(tx, page, owner, name, asked, site.now()))
        return _back(page, asked)

    @routes.post("/{page}/{view_id}")
    def change(request: Request, page: str, view_id: Number, fields: Form) -> Response:
        if page not in LISTS:
            raise HTTPException(404, _("There are no views of that page."))
        mine = may_change(visitor_of(request))
        name = words.one_line(fields.get("name", ""), 2 * views.LONGEST_NAME)
        if fields.get("do") == "delete":
            _do(site, lambda tx: views.drop(tx, view_id, mine))
        else:
            _do(site, lambda tx: views.rename(tx, view_id, name, mine))
        return _back(page, _asked(page, fields.get("query", "")))

    return routes


def may_change(visitor: Visitor | None) -> tuple[str, ...]:
    """The owners whose views somebody may rename and delete: their own, and a lead everyone's."""
    if visitor is None:
        return ()
    own = (visitor.id,) if visitor.id else ()
    return (*own, EVERYONE) if visitor.role >= Role.LEAD else own


def seen(tx: Connection, page: str, visitor: Visitor | None) -> list[View]:
    """The views of a page that somebody sees."""
    return views.of(tx, page, _owner(visitor))


def _owner(visitor: Visitor | None) -> str:
    return visitor.id if visitor else EVERYONE


def _asked(page: str, given: str) -> str:
    """The query of a form, if the page understands it."""
    try:
        return asked_of(LISTS[page].model_validate({k: v for k, v in parse_qsl(given) if k != "after"}))
    except ValidationError:
        raise HTTPException(422, _("That is no view of this page.")) from None


def _do(site: Site, work: Any) -> None:
    try:
        site.store.run(work)
    except BadRecord as error:
        raise HTTPException(422, str(error)) from None


def _back(page: str, asked: str) -> Response:
    return RedirectResponse(f"/{page}" + (f"?{asked}" if asked else ""), 303)
