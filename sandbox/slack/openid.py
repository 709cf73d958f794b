"""Sign in with Slack: OpenID Connect as Slack does it (docs.slack.dev/authentication/sign-in-with-slack).

A page of the stand-in asks who one is, and sends the browser back with a code; the app changes the code for a token, and the
token for who they are. The id token is signed with nothing: an app takes it over TLS from Slack itself, and need not check a
signature (OpenID Connect Core 3.1.3.7).
"""

import base64
import json
import secrets
from collections.abc import Mapping
from html import escape
from typing import Any
from urllib.parse import urlencode, urlsplit

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from sandbox.pages import page
from sandbox.slack.installation import Grant
from sandbox.slack.people import TEAM_DOMAIN, TEAM_NAME
from sandbox.slack.state import SlackState
from sandbox.slack.web_api import Answer, Refused

SCOPES = frozenset({"openid", "email", "profile"})
LOOPBACK = ("127.0.0.1", "localhost", "::1")
CODE_SECONDS = 10 * 60
TOKEN_SECONDS = 12 * 3600
CLAIM = "https://slack.com/"
"""What Slack's own claims begin with."""


def authorize(state: SlackState, request: Request) -> Response:
    """The page where somebody says who they are, and the way back once they have."""
    asked = request.query_params
    problem = _problem(state, asked)
    if problem:
        return HTMLResponse(page("Sign in · sandbox", f"<h1>{escape(problem)}</h1>"), 400)
    back = asked["redirect_uri"]
    if asked.get("deny"):
        return _sent_back(back, {"error": "access_denied", "state": asked.get("state", "")})
    user = state.users.get(asked.get("as", ""))
    if user is None or user.is_bot:
        return HTMLResponse(page("Sign in · sandbox", _choice(state, asked)))
    code = secrets.token_urlsafe(24)
    scopes = frozenset(asked["scope"].replace(",", " ").split())
    with state.lock:
        state.codes[code] = Grant(user, back, scopes, asked.get("nonce", ""), state.clock() + CODE_SECONDS)
    return _sent_back(back, {"code": code, "state": asked.get("state", "")})


def _problem(state: SlackState, asked: Mapping[str, str]) -> str:
    scopes = set(asked.get("scope", "").replace(",", " ").split())
    if asked.get("response_type") != "code":
        return "response_type must be code."
    if asked.get("client_id") != state.client_id:
        return "invalid_client_id: no app has this client_id."
    if "openid" not in scopes or scopes - SCOPES:
        return "invalid_scope: ask for openid, and at most email and profile beside it."
    if urlsplit(asked.get("redirect_uri", "")).hostname not in LOOPBACK:
        return "bad_redirect_uri: the stand-in sends people back to this machine alone."
    return ""


def _choice(state: SlackState, asked: Mapping[str, str]) -> str:
    people = "".join(
        f'<p><a href="?{escape(urlencode({**asked, "as": user.id}))}">{escape(user.real_name)}</a>'
        f' <span class="who">{escape(user.title)}</span></p>'
        for user in state.users.values()
        if not user.is_bot
    )
    no = f'<p><a href="?{escape(urlencode({**asked, "deny": "1"}))}">Cancel</a></p>'
    return f"<article><h1>Sign in to Sunwai with {escape(TEAM_NAME)}'s Slack as</h1>{people}{no}</article>"


def _sent_back(to: str, values: dict[str, str]) -> Response:
    return RedirectResponse(f"{to}{'&' if '?' in to else '?'}{urlencode(values)}", 302)


def token(state: SlackState, args: Mapping[str, Any], authorization: str) -> Answer:
    """openid.connect.token: the token for a code, once. Raises Refused."""
    client = (str(args.get("client_id", "")), str(args.get("client_secret", "")))
    if authorization.startswith("Basic "):
        try:
            user, _, secret = base64.b64decode(authorization[6:], validate=True).decode().partition(":")
        except ValueError:
            raise Refused("invalid_client_id") from None
        client = (user, secret)
    if client[0] != state.client_id:
        raise Refused("invalid_client_id")
    if client[1] != state.client_secret:
        raise Refused("bad_client_secret")
    with state.lock:
        grant = state.codes.pop(str(args.get("code", "")), None)
        if grant is None or state.clock() > grant.expires_at:
            raise Refused("invalid_code")
        if args.get("redirect_uri") != grant.redirect_uri:
            raise Refused("bad_redirect_uri")
        access = f"xoxp-sandbox-{secrets.token_urlsafe(24)}"
        state.grants[access] = grant
        return {"ok": True, "access_token": access, "token_type": "Bearer", "id_token": _id_token(state, grant)}


def user_info(state: SlackState, access: str) -> Answer:
    """openid.connect.userInfo: who the token's person is. Raises Refused."""
    grant = state.grants.get(access)
    if not access:
        raise Refused("not_authed")
    if grant is None:
        raise Refused("invalid_auth")
    return {"ok": True, **_claims(state, grant)}


def _claims(state: SlackState, grant: Grant) -> dict[str, Any]:
    user = grant.user
    claims: dict[str, Any] = {
        "sub": user.id,
        f"{CLAIM}user_id": user.id,
        f"{CLAIM}team_id": state.sign_in_team,
    }
    if "email" in grant.scopes:
        claims |= {"email": user.email, "email_verified": True, "date_email_verified": 1_700_000_000}
    if "profile" in grant.scopes:
        given, _, family = user.real_name.partition(" ")
        claims |= {"name": user.real_name, "given_name": given, "family_name": family, "locale": "en-US"}
        claims |= {f"{CLAIM}team_name": TEAM_NAME, f"{CLAIM}team_domain": TEAM_DOMAIN}
    return claims


def _id_token(state: SlackState, grant: Grant) -> str:
    now = int(state.clock())
    times = {"iat": now, "auth_time": now, "exp": now + TOKEN_SECONDS}
    claims = {
        "iss": "https://slack.com",
        "aud": state.client_id,
        "nonce": grant.nonce,
        **times,
        **_claims(state, grant),
    }
    parts = ({"alg": "none", "typ": "JWT"}, claims)
    return ".".join(base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts) + "."
