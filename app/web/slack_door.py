"""Sign in with Slack, by OpenID Connect: https://docs.slack.dev/authentication/sign-in-with-slack

Slack says who somebody is, and of which workspace; their name is kept, nothing of its tokens. Only people of the bot's own
workspace are let in, and what they may do is looked up in the settings' roles at each request, so that it does not wait for
a new sign-in.
"""

import base64
import json
import secrets
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import RedirectResponse, Response

from app.web.i18n import gettext as _
from app.web.sessions import LASTS, SIGN_IN_LASTS, Session, Sessions
from app.web.signin import Role, Visitor, needs, role_of
from app.web.words import local, one_line
from core.errors import BadRecord, Misconfigured, SunwaiError
from core.settings import Environment, Settings
from core.store import colleagues, signed_out

if TYPE_CHECKING:
    from app.web.site import Site

CALLBACK = "/sign-in/slack/back"
"""Where Slack sends people back; the app's settings at Slack must name it, under `web.address`."""
SCOPES = ("openid", "email", "profile")
CLAIM = "https://slack.com/"
_OUR_FAULT = ("invalid_client_id", "bad_client_secret", "bad_redirect_uri")
_OUR_FAULT_TOLD = "Slack does not know SLACK_CLIENT_ID with SLACK_CLIENT_SECRET and web.address; see docs/dashboard.md."


class SlackDoor:
    """Signs people in through Slack, with the app's own client id and secret, which also signs the session cookies."""

    entrance = "/sign-in/slack"

    def __init__(self, settings: Settings, environment: Environment, address: str) -> None:
        what_for = 'web.sign_in is "slack", and people sign in with the Slack app'
        self._settings, self._environment = settings, environment
        self._client_id = environment.need("SLACK_CLIENT_ID", what_for).get_secret_value()
        self._client_secret = environment.need("SLACK_CLIENT_SECRET", what_for)
        environment.need("SLACK_BOT_TOKEN", "it says whose workspace the dashboard is for")
        self._sessions = Sessions(self._client_secret.get_secret_value())
        self._back = address.rstrip("/") + CALLBACK
        self._secure = urlsplit(address).scheme == "https"
        self._cookie = ("__Host-" if self._secure else "") + "sunwai_session"
        self._sign_in_cookie = ("__Host-" if self._secure else "") + "sunwai_sign_in"
        self._team = ""
        self._roles: Any = None

    def visitor(self, request: Request) -> Visitor | None:
        session = self._session(request)
        if session is None:
            return None
        emails = {session.email} if session.email else set()
        role = role_of(
            self._settings.roles,
            lambda people: not emails.isdisjoint(people) or self._known().is_among(session.id, people),
        )
        return Visitor(session.id, session.name, role, self._sessions.form_token(session))

    def leave(self, request: Request, answer: Response) -> None:
        session, site = self._session(request), request.app.state.site
        if session is not None:
            now = site.now()
            site.store.run(lambda tx: signed_out.end(tx, session.key, now + LASTS, now))
        self._set(answer, self._cookie, "", 0)

    def _session(self, request: Request) -> Session | None:
        site = request.app.state.site
        session = self._sessions.read(request.cookies.get(self._cookie, ""), site.now())
        if session is None:
            return None
        with site.store.read() as tx:
            return None if signed_out.ended(tx, session.key) else session

    def router(self, site: "Site") -> APIRouter:
        routes = APIRouter(include_in_schema=False, dependencies=[needs(Role.ANYBODY)])

        @routes.get(self.entrance)
        def to_slack(next: str = "/") -> Response:
            values = {"state": secrets.token_urlsafe(24), "nonce": secrets.token_urlsafe(24), "next": local(next)}
            answer = RedirectResponse(self._slack_address(values["state"], values["nonce"]), 303)
            self._set(
                answer, self._sign_in_cookie, self._sessions.begin_sign_in(values, site.now()), SIGN_IN_LASTS.seconds
            )
            return answer

        @routes.get(CALLBACK)
        def back(request: Request, code: str = "", state: str = "", error: str = "") -> Response:
            now = site.now()
            begun = self._sessions.read_sign_in(request.cookies.get(self._sign_in_cookie, ""), now)
            if begun is None or not secrets.compare_digest(begun["state"].encode(), state.encode()):
                raise HTTPException(400, _("That sign-in was begun elsewhere, or too long ago. Sign in again."))
            if error or not code:
                raise HTTPException(403, _("Slack did not sign you in, or you would rather not. You can try again."))
            who = self._ask(code, begun["nonce"], now)
            site.store.run(lambda tx: colleagues.keep(tx, who[0], who[1], now))
            answer = RedirectResponse(begun["next"], 303)
            self._set(answer, self._cookie, self._sessions.begin(*who, now), int(LASTS.total_seconds()))
            self._set(answer, self._sign_in_cookie, "", 0)
            return answer

        return routes

    def _slack_address(self, state: str, nonce: str) -> str:
        from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator

        from notifier.slack_client import DEFAULT_URL

        api = self._environment.get("SLACK_API_BASE_URL") or DEFAULT_URL
        made = OpenIDConnectAuthorizeUrlGenerator(
            client_id=quote(self._client_id, safe=""),
            redirect_uri=quote(self._back, safe=""),
            scopes=SCOPES,
            authorization_url=api.rstrip("/").removesuffix("/api") + "/openid/connect/authorize",
        )
        # slack_sdk parts the scopes with commas, OpenID Connect with spaces; Slack takes both.
        return made.generate(state=state, nonce=nonce, team=quote(self._own_team(), safe=""))

    def _ask(self, code: str, nonce: str, now: datetime) -> tuple[str, str, str]:
        """Change Slack's code for who it is: user id, name, verified e-mail address or "". Raises HTTPException."""
        from notifier.slack_client import remedies, web_client

        said: dict[str, Any] = {}
        claims: dict[str, Any] = {}
        try:
            client = web_client(self._settings, self._environment, None)
            with remedies(token="SLACK_CLIENT_SECRET"):  # noqa: S106 - the variable's name
                given = client.openid_connect_token(
                    client_id=self._client_id,
                    client_secret=self._client_secret.get_secret_value(),
                    code=code,
                    redirect_uri=self._back,
                )
                claims = _claims(str(given["id_token"]))
                client.token = str(given["access_token"])
                said = dict(client.openid_connect_userInfo().data)  # type: ignore[arg-type]
        except BadRecord as refusal:
            code_is_bad = not any(word in str(refusal) for word in _OUR_FAULT)
            if code_is_bad:  # it was used already, or guessed
                raise HTTPException(403, _("Slack's answer was not for this sign-in. Sign in again.")) from None
            raise HTTPException(
                503, _("This dashboard is not set up for sign-in: %(why)s", why=_OUR_FAULT_TOLD)
            ) from None
        except SunwaiError as trouble:
            raise _not_now(trouble) from None
        user = str(said.get(f"{CLAIM}user_id") or "")
        fresh = isinstance(claims.get("exp"), int) and claims["exp"] > now.timestamp()
        ours = (
            claims.get("aud") == self._client_id
            and claims.get("nonce") == nonce
            and claims.get("sub") == said.get("sub")
        )
        if not (user and fresh and ours):
            raise HTTPException(403, _("Slack's answer was not for this sign-in. Sign in again."))
        if said.get(f"{CLAIM}team_id") != self._own_team():
            raise HTTPException(
                403, _("You are signed in to another Slack workspace than this dashboard's. Switch to it there.")
            )
        email = str(said.get("email") or "").lower() if said.get("email_verified") is True else ""
        return user, one_line(str(said.get("name") or user), 80), email

    def _own_team(self) -> str:
        """The workspace of the bot, asked once. Raises HTTPException while Slack does not say."""
        from notifier.slack_client import remedies

        if not self._team:
            try:
                with remedies():
                    self._team = str(self._slack().client.auth_test()["team_id"])
            except SunwaiError as trouble:
                raise _not_now(trouble) from None
        return self._team

    def _slack(self) -> Any:
        from notifier.slack_client import connect

        return connect(self._settings, self._environment)

    def _known(self) -> Any:
        """Who is in which user group, as the desk's buttons know it."""
        from notifier.roles import Roles

        if self._roles is None:
            self._roles = Roles(self._slack(), self._settings.roles)
        return self._roles

    def _set(self, answer: Response, name: str, value: str, seconds: int) -> None:
        # Lax: the way back from Slack is a link of another site, and must bring the cookie.
        answer.set_cookie(name, value, max_age=seconds, httponly=True, secure=self._secure, samesite="lax")


def _claims(id_token: str) -> dict[str, Any]:
    """What an id token says. It came straight from Slack over TLS, which vouches for it as a signature would (OpenID Connect
    Core 3.1.3.7, 6). Empty where it is none."""
    try:
        body = id_token.split(".")[1]
        found = json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))
    except (IndexError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _not_now(trouble: SunwaiError) -> HTTPException:
    if isinstance(trouble, Misconfigured):
        return HTTPException(503, _("Slack refused the sign-in: %(why)s", why=str(trouble)))
    return HTTPException(503, _("Slack does not answer just now, so nobody can sign in. Try again in a moment."))
