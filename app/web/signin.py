"""Who looks at the dashboard, and what they may do: viewers read, agents put judgements right, leads manage.

Nobody signs in where the dashboard is reached from its own machine alone: whoever sits there is a lead.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from secrets import compare_digest
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request

from app.web.asking import form
from app.web.i18n import gettext as _


class Role(IntEnum):
    """What a visitor may do; each may do all that those before it may."""

    VIEWER = 1
    AGENT = 2
    LEAD = 3


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks. `token` stands in each form that is drawn for them, and comes back with it."""

    id: str
    name: str
    role: Role
    token: str


def needs(role: Role) -> Any:
    """What a route or a router declares among its `dependencies`: who may ask for it."""
    return Depends(_gate(role))


def _gate(role: Role) -> Callable[[Request], Visitor]:
    def gate(request: Request) -> Visitor:
        site = request.app.state.site
        visitor: Visitor = request.scope.setdefault("sunwai.visitor", Visitor("", "", Role.LEAD, site.token))
        if visitor.role < role:
            raise HTTPException(403, _("Your role does not allow that. Ask a lead."))
        return visitor

    gate.role = role  # type: ignore[attr-defined]  # read by the test that walks all routes
    return gate


def visitor_of(request: Request) -> Visitor | None:
    """Who asks, once the route's gate has let them in."""
    found: Visitor | None = request.scope.get("sunwai.visitor")
    return found


async def sent_form(request: Request, fields: Annotated[Mapping[str, str], Depends(form)]) -> Mapping[str, str]:
    """The fields of a form that we drew for this visitor: what every route that changes something depends on.

    Raises HTTPException for any other, for a stranger's page may send forms through the browser of somebody who may reach
    us. The route must stand behind `needs(...)`.
    """
    visitor = visitor_of(request)
    token = visitor.token if visitor else request.app.state.site.token
    from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if from_elsewhere or not compare_digest(fields.get("token", "").encode(), token.encode()):
        raise HTTPException(
            403, _("That form was old, or not ours, and nothing was saved. Open the page again and save anew.")
        )
    return fields


Form = Annotated[Mapping[str, str], Depends(sent_form)]
