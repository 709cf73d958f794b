"""How a visitor is known: the door that the settings choose. From its own machine everybody is let in; elsewhere Slack
vouches for people (`app.web.slack_door`), or a proxy that has signed them in."""

import hashlib
import hmac
import secrets
from ipaddress import ip_address, ip_network
from typing import TYPE_CHECKING, Protocol

from fastapi import APIRouter, HTTPException, Request, Response

from app.web.i18n import gettext as _
from app.web.signin import Role, Visitor, role_of
from core.settings import Environment, Settings

if TYPE_CHECKING:
    from app.web.site import Site


class Door(Protocol):
    """What every door can do. `entrance` is where people sign in, empty where they cannot do it here."""

    entrance: str

    def visitor(self, request: Request) -> Visitor | None:
        """Who asks; None for nobody known. Raises HTTPException for who came the wrong way."""

    def router(self, site: "Site") -> APIRouter:
        """What the door itself answers."""

    def leave(self, request: Request, answer: Response) -> None:
        """Sign the visitor out, with this answer."""


def door_for(settings: Settings, environment: Environment, address: str, form_token: str) -> Door:
    """The door of `web.sign_in`; `address` is where browsers find the dashboard.

    Raises Misconfigured where a secret is missing that it needs.
    """
    if settings.web.sign_in == "slack":
        from app.web.slack_door import SlackDoor

        return SlackDoor(settings, environment, address)
    if settings.web.sign_in == "proxy":
        return ProxyDoor(settings)
    return OpenDoor(form_token)


class OpenDoor:
    """Nobody signs in: whoever reaches the dashboard sits at its machine, and is a lead."""

    entrance = ""

    def __init__(self, form_token: str) -> None:
        self._visitor = Visitor("", "", Role.LEAD, form_token)

    def visitor(self, request: Request) -> Visitor | None:
        return self._visitor

    def router(self, site: "Site") -> APIRouter:
        return APIRouter()

    def leave(self, request: Request, answer: Response) -> None:
        pass


class ProxyDoor:
    """A proxy signs people in and names them in a header, which counts only on a connection of that proxy's own: anybody
    else could write it too."""

    entrance = ""

    def __init__(self, settings: Settings) -> None:
        self._header = settings.web.proxy_header
        self._networks = tuple(ip_network(network) for network in settings.web.trusted_proxies)
        self._roles = settings.roles
        self._key = secrets.token_bytes(32)

    def visitor(self, request: Request) -> Visitor | None:
        if not self._is_trusted(request):
            raise HTTPException(
                403, _("Nobody is let in but through the proxy that signs people in (web.trusted_proxies).")
            )
        named = request.headers.getlist(self._header)
        if len(named) != 1 or not 0 < len(named[0].strip()) <= 320:
            return None
        name = named[0].strip().lower()
        token = hmac.new(self._key, name.encode(), hashlib.sha256).hexdigest()
        role = role_of(self._roles, lambda people: name in {one.lower() for one in people})
        return Visitor(_short(name), name, role, token)

    def router(self, site: "Site") -> APIRouter:
        return APIRouter()

    def leave(self, request: Request, answer: Response) -> None:
        pass

    def _is_trusted(self, request: Request) -> bool:
        try:
            peer = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        mapped = getattr(peer, "ipv4_mapped", None)
        return any((mapped or peer) in network for network in self._networks)


def _short(name: str) -> str:
    """The name as the store can keep it, at most 64 characters; two long ones that begin alike stay two."""
    return name if len(name) <= 64 else f"{name[:47]}~{hashlib.sha256(name.encode()).hexdigest()[:16]}"
