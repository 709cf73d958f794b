"""What visitors do about themselves: sign in, sign out, choose the language."""

from urllib.parse import quote

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.web import i18n
from app.web.drawing import render
from app.web.i18n import gettext as _
from app.web.signin import Form, Role, needs, visitor_of
from app.web.site import Site
from app.web.words import local

A_YEAR = 365 * 24 * 3600


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, dependencies=[needs(Role.ANYBODY)])

    @routes.get("/sign-in", response_class=HTMLResponse)
    def sign_in(request: Request, next: str = "/") -> Response:
        visitor = visitor_of(request)
        if visitor is not None and visitor.role > Role.ANYBODY:
            return RedirectResponse(local(next), 303)
        way = f"{site.door.entrance}?next={quote(local(next), safe='')}" if site.door.entrance else ""
        return render(site, request, "signin.html", way=way)

    @routes.post("/sign-out")
    def sign_out(request: Request, fields: Form) -> Response:
        answer = RedirectResponse("/sign-in", 303)
        site.door.leave(request, answer)
        return answer

    @routes.post("/language")
    def language(fields: Form) -> Response:
        chosen = fields.get("language", "")
        if chosen not in i18n.LANGUAGES:
            names = ", ".join(i18n.LANGUAGES.values())
            raise HTTPException(422, _("Choose one of these languages: %(names)s.", names=names))
        answer = RedirectResponse(local(fields.get("next", "")), 303)
        answer.set_cookie(i18n.COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="lax")
        return answer

    return routes
