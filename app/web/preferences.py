"""What a visitor chooses for themselves: the language."""

from fastapi import APIRouter, HTTPException
from fastapi.responses import RedirectResponse, Response

from app.web import i18n
from app.web.i18n import gettext as _
from app.web.signin import Form
from app.web.site import Site

A_YEAR = 365 * 24 * 3600


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.post("/language")
    def language(fields: Form) -> Response:
        chosen = fields.get("language", "")
        if chosen not in i18n.LANGUAGES:
            raise HTTPException(
                422, _("Choose one of these languages: %(names)s.", names=", ".join(i18n.LANGUAGES.values()))
            )
        answer = RedirectResponse(local(fields.get("next", "")), 303)
        answer.set_cookie(i18n.COOKIE, chosen, max_age=A_YEAR, httponly=True, samesite="lax")
        return answer

    return routes


def local(address: str) -> str:
    """The address if it is one of this dashboard's own pages, else the front page: no form sends a visitor elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"
