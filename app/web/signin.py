"""Who looks at the dashboard, and what they may do: viewers read, agents put judgements right, leads manage.

Each route declares with `needs` who may ask for it. Who asks is told by a bearer token of the API, or else by the door
(`app.web.doors`): from its own machine everybody is let in; elsewhere people sign in.
"""

import secrets
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from secrets import compare_digest
from typing import Annotated, Any

from fastapi import Depends, HTTPException, Request, Security
from fastapi.security import HTTPBearer

from app.web.asking import form
from app.web.i18n import gettext as _
from core.store import tokens
from core.teams import RolesTable


class Role(IntEnum):
    """What a visitor may do; each may do all that those before it may. ANYBODY need not even say who they are."""

    ANYBODY = 0
    VIEWER = 1
    AGENT = 2
    LEAD = 3


@dataclass(frozen=True, slots=True)
class Visitor:
    """Whoever asks: their id (a Slack user or an e-mail address, empty where nobody signs in) and name for people.

    `form_token` stands in each form that is drawn for them, and comes back with it.
    """

    id: str
    name: str
    role: Role
    form_token: str


TOKEN = Security(HTTPBearer(auto_error=False, description="`sunwai token create NAME` makes one."))
"""What the API's description says of tokens; the gate reads them."""


class SignInFirst(HTTPException):
    """Nobody known asks for what only some may see. Pages lead to the sign-in; machines are told what is missing."""

    def __init__(self, reason: str = "") -> None:
        told = reason or _("Sign in first; programs send a token as “Authorization: Bearer ...”.")
        super().__init__(401, told, {"WWW-Authenticate": 'Bearer realm="sunwai"'})


def needs(role: Role | None) -> Any:
    """What a route or a router declares among its `dependencies`: who may ask for it. None does not even look who asks."""
    return Depends(_gate(role))


def _gate(role: Role | None) -> Callable[[Request], None]:
    def gate(request: Request) -> None:
        if role is None:
            return
        visitor = _recognised(request, by_token=role > Role.ANYBODY)
        if role is Role.ANYBODY:
            return
        if visitor is None:
            raise SignInFirst()
        if visitor.role < role:
            raise HTTPException(403, _refusal(role, visitor))

    gate.role = role  # type: ignore[attr-defined]  # read by the test that walks all routes
    return gate


def visitor_of(request: Request) -> Visitor | None:
    """Who asks; None for nobody known. A page of an error is drawn for them too, though no gate has looked."""
    if "sunwai.visitor" not in request.scope:
        try:
            request.scope["sunwai.visitor"] = _at_the_door(request)
        except HTTPException:
            request.scope["sunwai.visitor"] = None
    found: Visitor | None = request.scope["sunwai.visitor"]
    return found


def role_of(table: RolesTable, is_among: Callable[[Iterable[str]], bool]) -> Role:
    """What somebody may do who signed in. Who is named gets what is written there, the highest of it. Who is not may read
    while no viewers are named, and do what agents do while no agents are named either, as in Slack."""
    if is_among(table.leads):
        return Role.LEAD
    if is_among(table.agents) or is_among(table.approvers):
        return Role.AGENT
    if is_among(table.viewers):
        return Role.VIEWER
    if table.viewers:
        return Role.ANYBODY
    return Role.VIEWER if table.agents else Role.AGENT


async def sent_form(request: Request, fields: Annotated[Mapping[str, str], Depends(form)]) -> Mapping[str, str]:
    """The fields of a form that we drew for this visitor: what every route that changes something depends on.

    Raises HTTPException for any other, for a stranger's page may send forms through the browser of somebody who may reach
    us. The route must stand behind `needs(...)`.
    """
    visitor = visitor_of(request)
    token = visitor.form_token if visitor else request.app.state.site.token
    from_elsewhere = request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none")
    if from_elsewhere or not compare_digest(fields.get("token", "").encode(), token.encode()):
        raise HTTPException(
            403, _("That form was old, or not ours, and nothing was saved. Open the page again and save anew.")
        )
    return fields


Form = Annotated[Mapping[str, str], Depends(sent_form)]


def _recognised(request: Request, *, by_token: bool) -> Visitor | None:
    """Who asks, looked up once for a request. Raises SignInFirst for a token that opens nothing."""
    if "sunwai.visitor" not in request.scope:
        scheme, _space, secret = request.headers.get("authorization", "").partition(" ")
        bears = by_token and scheme.lower() == "bearer"
        request.scope["sunwai.visitor"] = _bearer(request, secret.strip()) if bears else _at_the_door(request)
    return visitor_of(request)


def _at_the_door(request: Request) -> Visitor | None:
    found: Visitor | None = request.app.state.site.door.visitor(request)
    return found


def _bearer(request: Request, secret: str) -> Visitor:
    site = request.app.state.site
    with site.store.read() as tx:
        found = tokens.find(tx, secret)
    if found is None:
        raise SignInFirst(_("That token opens nothing: it is not ours, or was revoked."))
    now = site.now()
    if tokens.is_long_unseen(found, now):
        site.store.run(lambda tx: tokens.saw(tx, found, now))
    # It never sends a form: a page that it might be shown holds a token which nothing remembers.
    return Visitor(f"token:{found.name}", found.name, Role[found.role.upper()], secrets.token_urlsafe())


def _refusal(role: Role, visitor: Visitor) -> str:
    if visitor.role is Role.ANYBODY:
        return _("%(name)s may not look at this dashboard yet. Ask one of its leads for a role.", name=visitor.name)
    if role is Role.LEAD:
        return _("Only leads may do that.")
    return _("Your role lets you look, and change nothing. Ask one of the leads for more.")
