"""Who is let in to the dashboard and what they may do; Slack is the stand-in, spoken to by the real slack_sdk."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urljoin, urlsplit

import pytest
import requests
from sqlalchemy import select
from starlette.routing import Mount, Route

from app.web import create_app, web_server
from app.web.sessions import LASTS, Sessions
from app.web.words import local
from core.errors import Misconfigured
from core.settings import Environment
from core.store import Store, labels, tokens
from core.store.schema import ended_sessions
from sandbox.server import Sandbox, running
from tests.app.desk import HOST, TestClient, hear, judge, post, settings
from tests.core.made import NOW

ASHA, GRACE = "U0ASHA0001", "U0GRACE001"
HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as found:
        found.slack.limits.tiers = False
        yield found


class Desk:
    """The dashboard as one browser sees it, with a clock of its own."""

    def __init__(self, store: Store, sandbox: Sandbox | None = None, peer: str = "127.0.0.1", **more: Any) -> None:
        self.now: datetime = NOW
        self.store, self.sandbox = store, sandbox
        environment = Environment(sandbox.env() if sandbox else {})
        self.app = create_app(store, settings(**more), now=lambda: self.now, environment=environment, address=HOST)
        self.peer = peer
        self.web = self.browser()

    def browser(self) -> TestClient:
        return TestClient(
            self.app, base_url=HOST, raise_server_exceptions=False, follow_redirects=False, client=(self.peer, 50_000)
        )

    def at_slack(self, web: TestClient, user: str, next: str = "/mentions") -> str:
        """Set out for Slack, and say there who one is. Returns the way back."""
        away = web.get(f"/sign-in/slack?next={next}")
        assert away.status_code == 303
        with requests.Session() as session:
            session.trust_env = False
            asked = session.get(away.headers["location"], timeout=10)
            assert "Asha Verma" in asked.text, asked.text
            agreed = session.get(f"{away.headers['location']}&as={user}", timeout=10, allow_redirects=False)
        assert agreed.status_code == 302
        return str(agreed.headers["location"])

    def sign_in(self, user: str = ASHA, web: TestClient | None = None) -> Any:
        web = web or self.web
        return web.get(self.at_slack(web, user))


def slack_desk(store: Store, sandbox: Sandbox, **roles: Any) -> Desk:
    return Desk(store, sandbox, web={"sign_in": "slack"}, roles=roles)


def form_token(web: TestClient, address: str) -> str:
    found = re.search(r'name="token" value="([^"]+)"', web.get(address, headers=HTML).text)
    assert found
    return found[1]


@pytest.fixture
def filled(store: Store) -> Store:
    hear(store, post(1))
    judge(store, post(1))
    return store


# Every route ---------------------------------------------------------------------------------------------------------


def test_every_route_says_who_may_ask_for_it(store: Store) -> None:
    routes = [route for route in Desk(store).app.routes if not isinstance(route, Mount)]
    assert len(routes) > 15
    for route in routes:
        assert isinstance(route, Route)
        dependant = getattr(route, "dependant", None)
        roles = [d.call.role for d in dependant.dependencies if hasattr(d.call, "role")] if dependant else []
        assert roles, f"{route.path} lets in whoever asks: declare needs(Role...)"


def test_strangers_get_nothing_but_the_sign_in_and_the_probes(filled: Store, sandbox: Sandbox) -> None:
    web = slack_desk(filled, sandbox).web
    for address in (
        "/mentions",
        "/mentions/x:1",
        "/cases",
        "/cases/1",
        "/sources",
        "/metrics",
        "/api/",
        "/api/mentions",
    ):
        page = web.get(address, headers=HTML)
        assert (page.status_code, page.headers["location"].split("?")[0]) == (303, "/sign-in"), address
        machine = web.get(address)
        assert machine.status_code == 401 and machine.headers["www-authenticate"].startswith("Bearer"), address
        assert "lost my parcel" not in page.text + machine.text
    for address in ("/healthz", "/readyz", "/sign-in", "/static/style.css"):
        assert web.get(address).status_code == 200, address
    assert web.post("/mentions/x:1", data={"brand": "northwind", "priority": "P1"}).status_code == 401
    assert "Sources" not in web.get("/nowhere", headers=HTML).text


# Slack ---------------------------------------------------------------------------------------------------------------


def test_who_signs_in_with_slack_comes_back_to_where_they_wanted_to_go(filled: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(filled, sandbox)
    asked = desk.web.get("/mentions?priority=P2", headers=HTML)
    way = re.search(r'href="(/sign-in/slack[^"]+)"', desk.web.get(asked.headers["location"], headers=HTML).text)
    assert way
    away = desk.web.get(way[1].replace("&amp;", "&"))
    parts = urlsplit(away.headers["location"])
    given = {key: values[0] for key, values in parse_qs(parts.query).items()}
    assert parts.path == "/openid/connect/authorize" and given["team"] == "T0SANDBOX1"
    assert given["redirect_uri"] == f"{HOST}/sign-in/slack/back"
    with requests.Session() as session:
        session.trust_env = False
        agreed = session.get(f"{away.headers['location']}&as={ASHA}", timeout=10, allow_redirects=False)
    back = desk.web.get(agreed.headers["location"])
    assert (back.status_code, back.headers["location"]) == (303, "/mentions?priority=P2")
    cookie = next(c for c in back.headers.get_list("set-cookie") if c.startswith("sunwai_session="))
    assert "HttpOnly" in cookie and "SameSite=lax" in cookie and "Max-Age=43200" in cookie and "Secure" not in cookie
    shown = desk.web.get("/mentions?priority=P2", headers=HTML).text
    assert "lost my parcel" in shown and "Asha Verma" in shown and "Sign out" in shown
    assert sandbox.slack.client_secret not in shown + cookie


def test_an_address_that_holds_an_id_is_found_again(store: Store, sandbox: Sandbox) -> None:
    odd = "/mentions/rss%3Ahttps%3A%2F%2Fblog.example%2Fb%3Fc%3Dd%26e?x=%3F"
    desk = slack_desk(store, sandbox)
    first = desk.web.get(odd, headers=HTML)
    assert parse_qs(urlsplit(first.headers["location"]).query)["next"] == [odd]
    desk.sign_in()
    assert desk.web.get(first.headers["location"], headers=HTML).headers["location"] == odd


def test_behind_https_the_cookies_are_for_https_alone(store: Store, sandbox: Sandbox) -> None:
    app = create_app(
        store,
        settings(web={"sign_in": "slack", "address": "https://desk.example"}),
        now=lambda: NOW,
        environment=Environment(sandbox.env()),
    )
    web = TestClient(app, base_url="https://desk.example", follow_redirects=False)
    away = web.get("/sign-in/slack")
    assert re.match(r"__Host-sunwai_sign_in=.*Path=/.*Secure", away.headers["set-cookie"])
    assert parse_qs(urlsplit(away.headers["location"]).query)["redirect_uri"] == [
        "https://desk.example/sign-in/slack/back"
    ]


def test_a_way_back_that_another_browser_began_signs_nobody_in(store: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(store, sandbox)
    victim = desk.browser()
    stolen = desk.at_slack(desk.web, ASHA)
    assert victim.get(stolen, headers=HTML).status_code == 400
    desk.at_slack(victim, GRACE)
    assert victim.get(stolen, headers=HTML).status_code == 400
    assert victim.get("/mentions").status_code == 401


def test_a_code_that_was_given_for_another_sign_in_signs_nobody_in(store: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(store, sandbox)
    other = parse_qs(urlsplit(desk.at_slack(desk.browser(), GRACE)).query)["code"][0]
    back = urlsplit(desk.at_slack(desk.web, ASHA))
    state = parse_qs(back.query)["state"][0]
    answer = desk.web.get(f"{back.path}?code={other}&state={state}", headers=HTML)
    assert answer.status_code == 403 and "not for this sign-in" in answer.text  # the nonce is another one's
    assert desk.web.get("/mentions").status_code == 401


@pytest.mark.parametrize(
    ("query", "code", "said"),
    [
        ("?error=access_denied&state={state}", 403, "you would rather not"),
        ("?code=guessed&state={state}", 403, "not for this sign-in"),
        ("?code=c&state=%FF", 400, "begun elsewhere"),
        ("", 400, "begun elsewhere"),
    ],
)
def test_a_sign_in_that_fails_says_so_in_a_sentence(
    store: Store, sandbox: Sandbox, query: str, code: int, said: str
) -> None:
    desk = slack_desk(store, sandbox)
    back = urlsplit(desk.at_slack(desk.web, ASHA))
    answer = desk.web.get(back.path + query.format(state=parse_qs(back.query)["state"][0]), headers=HTML)
    assert answer.status_code == code and said in answer.text
    assert sandbox.slack.client_secret not in answer.text


def test_a_wrong_client_secret_is_told_without_telling_it(store: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(store, sandbox)
    wrong = Environment(sandbox.env() | {"SLACK_CLIENT_SECRET": "sandbox-mistyped"})
    desk.app = create_app(store, settings(web={"sign_in": "slack"}), now=lambda: NOW, environment=wrong, address=HOST)
    desk.web = desk.browser()
    answer = desk.web.get(desk.at_slack(desk.web, ASHA), headers=HTML)
    assert answer.status_code == 503 and "SLACK_CLIENT_SECRET" in answer.text and "mistyped" not in answer.text


def test_people_of_another_workspace_stay_outside(store: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(store, sandbox)
    sandbox.slack.sign_in_team = "T0STRANGE1"
    try:
        answer = desk.sign_in()
    finally:
        sandbox.slack.sign_in_team = "T0SANDBOX1"
    assert answer.status_code == 403 and "another Slack workspace" in answer.text
    assert desk.web.get("/mentions").status_code == 401


def test_a_sign_in_is_over_after_twelve_hours_and_a_cookie_that_was_changed_is_none(
    store: Store, sandbox: Sandbox
) -> None:
    desk = slack_desk(store, sandbox)
    assert desk.sign_in().status_code == 303
    desk.now = NOW + timedelta(hours=11, minutes=59)
    assert desk.web.get("/mentions").status_code == 200
    good = desk.web.cookies["sunwai_session"]
    forged = Sessions("another secret").begin(GRACE, "Grace", "", NOW)
    for cookie in (forged, f"{good}x", good[1:], "", "a.b.c"):
        thief = desk.browser()
        thief.cookies.set("sunwai_session", cookie)
        assert thief.get("/mentions").status_code == 401, cookie
    desk.now = NOW + timedelta(hours=12)
    assert desk.web.get("/mentions").status_code == 401


def test_who_signs_out_is_out_with_every_copy_of_the_cookie(store: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(store, sandbox)
    desk.sign_in()
    copy = desk.browser()
    copy.cookies.set("sunwai_session", desk.web.cookies["sunwai_session"])
    assert copy.get("/mentions").status_code == 200
    answer = desk.web.post("/sign-out", data={"token": form_token(desk.web, "/mentions")})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")
    assert desk.web.get("/mentions").status_code == 401 and copy.get("/mentions").status_code == 401


def test_who_signed_out_stays_out_when_the_dashboard_starts_again_or_runs_twice(store: Store, sandbox: Sandbox) -> None:
    desk, beside = slack_desk(store, sandbox), slack_desk(store, sandbox)
    desk.sign_in()
    cookie = desk.web.cookies["sunwai_session"]
    beside.web.cookies.set("sunwai_session", cookie)
    assert beside.web.get("/mentions").status_code == 200
    desk.web.post("/sign-out", data={"token": form_token(desk.web, "/mentions")})
    started_anew = slack_desk(store, sandbox)
    started_anew.web.cookies.set("sunwai_session", cookie)
    assert beside.web.get("/mentions").status_code == started_anew.web.get("/mentions").status_code == 401
    desk.sign_in()
    assert desk.web.get("/mentions").status_code == 200, "a new session is another one"
    with store.read() as tx:
        kept = tx.execute(select(ended_sessions)).one()
    assert kept.digest not in cookie and kept.until == NOW + LASTS
    desk.now = NOW + LASTS
    desk.sign_in()
    desk.web.post("/sign-out", data={"token": form_token(desk.web, "/mentions")})
    with store.read() as tx:
        assert [row.until for row in tx.execute(select(ended_sessions))] == [NOW + 2 * LASTS], (
            "no row outlasts its cookie"
        )


def test_a_form_is_good_for_the_session_that_it_was_drawn_for_alone(filled: Store, sandbox: Sandbox) -> None:
    desk, other = slack_desk(filled, sandbox), None
    desk.sign_in()
    other = desk.browser()
    desk.sign_in(GRACE, other)
    said = {"brand": "northwind", "priority": "P1", "by": "somebody else"}
    strange = desk.web.post("/mentions/x:1", data=said | {"token": form_token(other, "/mentions/x:1")})
    assert strange.status_code == 403 and "nothing was saved" in strange.text
    own = desk.web.post("/mentions/x:1", data=said | {"token": form_token(desk.web, "/mentions/x:1")})
    assert own.status_code == 303
    with filled.read() as tx:
        found = labels.of(tx, ["x:1"])[("x:1", "northwind")]["priority"]
    assert (found.value, found.by) == ("P1", ASHA), "who signed in says it, whatever the form says"


@pytest.mark.parametrize(
    ("roles", "user", "reads", "corrects"),
    [
        ({}, ASHA, True, True),
        ({"agents": ["S0AGENTS01"]}, ASHA, True, True),
        ({"agents": ["S0LEADS001"]}, ASHA, True, False),
        ({"agents": [GRACE]}, ASHA, True, False),
        ({"leads": ["grace@northwind.example"], "agents": ["U0SAM00001"]}, GRACE, True, True),
        ({"viewers": ["S0AGENTS01"]}, ASHA, True, False),
        ({"viewers": [GRACE]}, ASHA, False, False),
        ({"viewers": [GRACE], "approvers": ["S0APPROVE1"]}, "U0MEERA001", True, True),
    ],
)
def test_what_one_may_do_is_what_the_settings_say(
    filled: Store, sandbox: Sandbox, roles: dict[str, list[str]], user: str, reads: bool, corrects: bool
) -> None:
    desk = slack_desk(filled, sandbox, **roles)
    assert desk.sign_in(user).status_code == 303
    page = desk.web.get("/mentions/x:1", headers=HTML)
    assert page.status_code == (200 if reads else 403)
    assert ("lost my parcel" in page.text) is reads
    assert ('action="/mentions/x%3A1"' in page.text) is corrects
    token = form_token(desk.web, "/mentions/x:1")  # in the language form, whoever looks
    sent = desk.web.post("/mentions/x:1", data={"token": token, "brand": "northwind", "priority": "P1"})
    assert sent.status_code == (303 if corrects else 403)
    if not reads:
        assert "Ask one of its leads" in page.text and "Ask one of its leads" in desk.web.get("/sign-in").text


def test_the_dashboard_says_at_the_start_what_the_sign_in_lacks(store: Store, sandbox: Sandbox) -> None:
    for missing in ("SLACK_CLIENT_ID", "SLACK_CLIENT_SECRET", "SLACK_BOT_TOKEN"):
        known = {name: value for name, value in sandbox.env().items() if name != missing}
        with pytest.raises(Misconfigured, match=missing):
            create_app(store, settings(web={"sign_in": "slack"}), environment=Environment(known))


# A proxy -------------------------------------------------------------------------------------------------------------


def proxied(store: Store, peer: str = "10.1.2.3", **more: Any) -> Desk:
    web = {"sign_in": "proxy", "trusted_proxies": ["10.1.0.0/16", "::1"], "proxy_header": "X-Auth-Request-Email"}
    return Desk(store, peer=peer, web=web, **more)


def test_a_proxy_says_who_asks(filled: Store) -> None:
    desk = proxied(filled, roles={"viewers": ["Asha@Northwind.example"], "leads": ["grace@northwind.example"]})
    asha, grace = (
        {"X-Auth-Request-Email": "asha@NORTHWIND.example"},
        {"X-Auth-Request-Email": "grace@northwind.example"},
    )
    shown = desk.web.get("/mentions/x:1", headers=asha | HTML)
    assert shown.status_code == 200 and "asha@northwind.example" in shown.text
    assert 'action="/mentions/x%3A1"' not in shown.text
    assert 'action="/mentions/x%3A1"' in desk.web.get("/mentions/x:1", headers=grace | HTML).text
    stranger = desk.web.get("/mentions/x:1", headers={"X-Auth-Request-Email": "eve@evil.example"} | HTML)
    assert stranger.status_code == 403 and "lost my parcel" not in stranger.text


def test_nobody_else_can_say_who_asks(filled: Store) -> None:
    asha = {"X-Auth-Request-Email": "asha@northwind.example"}
    for peer in ("127.0.0.1", "10.2.0.1", "192.168.1.1", "::2"):
        answer = proxied(filled, peer).web.get("/mentions", headers=asha | HTML)
        assert answer.status_code == 403 and "trusted_proxies" in answer.text, peer
        assert proxied(filled, peer).web.get("/healthz").status_code == 200, "who looks after it need not be a proxy"
    for peer in ("10.1.9.9", "::1", "::ffff:10.1.9.9"):
        assert proxied(filled, peer).web.get("/mentions", headers=asha).status_code == 200, peer
    desk = proxied(filled)
    assert desk.web.get("/mentions").status_code == 401
    assert desk.web.get("/mentions", headers={"X-Forwarded-Email": "asha@northwind.example"}).status_code == 401
    twice = [("X-Auth-Request-Email", "asha@northwind.example"), ("X-Auth-Request-Email", "eve@evil.example")]
    assert desk.web.get("/mentions", headers=twice).status_code == 401
    assert "company" in desk.web.get(desk.web.get("/mentions", headers=HTML).headers["location"], headers=HTML).text


def test_a_proxys_visitors_have_forms_of_their_own(filled: Store) -> None:
    desk = proxied(filled)
    asha, eve = {"X-Auth-Request-Email": "asha@northwind.example"}, {"X-Auth-Request-Email": "eve@northwind.example"}
    page = desk.web.get("/mentions/x:1", headers=eve | HTML).text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found
    said = {"token": found[1], "brand": "northwind", "priority": "P1"}
    assert desk.web.post("/mentions/x:1", data=said, headers=asha).status_code == 403
    assert desk.web.post("/mentions/x:1", data=said, headers=eve).status_code == 303


# Tokens --------------------------------------------------------------------------------------------------------------


def bearer(secret: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {secret}"}


def test_a_token_opens_the_api_until_it_is_revoked(filled: Store, sandbox: Sandbox) -> None:
    desk = slack_desk(filled, sandbox)
    with filled.write() as tx:
        secret = tokens.create(tx, "nightly export", "viewer", NOW)
    for address in ("/api/mentions", "/api/openapi.json", "/metrics"):
        assert desk.web.get(address, headers=bearer(secret)).status_code == 200, address
    with filled.read() as tx:
        (found,) = tokens.every(tx)
        assert (found.name, found.role, found.last_used_at) == ("nightly export", "viewer", NOW)
        raw = [str(value) for row in tx.exec_driver_sql("SELECT * FROM api_tokens") for value in row]
    assert not any(secret.removeprefix("sunwai_") in value for value in raw), "only its hash is kept"
    with filled.write() as tx:
        assert tokens.revoke(tx, "nightly export", NOW) and not tokens.revoke(tx, "nightly export", NOW)
    answer = desk.web.get("/api/mentions", headers=bearer(secret))
    assert answer.status_code == 401 and "revoked" in answer.json()["detail"]


def test_a_wrong_token_opens_nothing_even_where_nobody_signs_in(filled: Store) -> None:
    desk = Desk(filled)
    assert desk.web.get("/api/mentions").status_code == 200
    for wrong in ("guessed", "", "sunwai_" + "A" * 43, "ü"):
        header = {b"Authorization": f"Bearer {wrong}".encode()}
        assert desk.web.get("/api/mentions", headers=header).status_code == 401, wrong


def test_a_token_may_do_what_its_role_may_and_sends_no_forms(filled: Store) -> None:
    desk = Desk(filled)
    with filled.write() as tx:
        viewer, lead = tokens.create(tx, "viewer", "viewer", NOW), tokens.create(tx, "lead", "lead", NOW)
    said = {"token": form_token(desk.web, "/mentions/x:1"), "brand": "northwind", "priority": "P1"}
    for secret in (viewer, lead):
        assert desk.web.post("/mentions/x:1", data=said, headers=bearer(secret)).status_code == 403
    assert desk.web.post("/mentions/x:1", data=said).status_code == 303


def test_the_last_use_of_a_token_is_written_down_seldom(filled: Store) -> None:
    desk = Desk(filled)
    with filled.write() as tx:
        secret = tokens.create(tx, "export", "viewer", NOW)
    seen = []
    for minutes in (0, 1, 4, 5, 6):
        desk.now = NOW + timedelta(minutes=minutes)
        desk.web.get("/api/mentions", headers=bearer(secret))
        with filled.read() as tx:
            seen.append((tokens.every(tx)[0].last_used_at - NOW) // timedelta(minutes=1))  # type: ignore[operator]
    assert seen == [0, 0, 0, 5, 5]


# Where it may listen -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("web", "said"),
    [
        ({}, r"web\.sign_in"),
        ({"allow_remote": True}, r"web\.sign_in"),
        ({"sign_in": "proxy"}, r"web\.allow_remote"),
        ({"sign_in": "slack", "allow_remote": True}, r"web\.address"),
    ],
)
def test_others_reach_it_only_where_they_sign_in(store: Store, web: dict[str, Any], said: str) -> None:
    for host in ("0.0.0.0", "192.168.1.5", "::"):
        with pytest.raises(Misconfigured, match=said):
            web_server(store, settings(web={"host": host} | web), port=0)


def test_a_container_may_listen_beyond_itself_if_it_is_said(store: Store) -> None:
    _, bound = web_server(store, settings(web={"host": "0.0.0.0", "allow_remote": True, "sign_in": "none"}), port=0)
    bound.close()


@pytest.mark.parametrize(
    "address",
    ["http://desk.example.com", "https://", "desk.example.com", "https://desk.example.com/sunwai", "ftp://localhost"],
)
def test_an_address_that_browsers_could_not_sign_in_at_is_refused(address: str) -> None:
    with pytest.raises(Misconfigured, match="address must be https"):
        settings(web={"address": address})


# Leaving and languages -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("address", "leads_to"),
    [
        ("/mentions?priority=P1", "/mentions?priority=P1"),
        ("//evil.example", "/"),
        ("/\\evil.example", "/"),
        ("https://evil.example", "/"),
        ("/\t/evil.example", "/"),
        ("javascript:alert(1)", "/"),
        ("", "/"),
    ],
)
def test_nobody_is_sent_to_another_site(address: str, leads_to: str) -> None:
    assert local(address) == leads_to
    assert urlsplit(urljoin(HOST, local(address))).netloc == urlsplit(HOST).netloc


def test_the_language_is_the_chosen_one_else_the_browsers(store: Store) -> None:
    web = Desk(store).web

    def language(accepts: str = "") -> str:
        found = re.search(r'<html lang="(\w+)"', web.get("/sources", headers={"Accept-Language": accepts}).text)
        assert found
        return found[1]

    cases = {
        "": "en",
        "tr-TR,tr;q=0.9,en;q=0.8": "tr",
        "de,hi;q=0.4": "hi",
        "hi-Latn-IN": "hi",
        "*": "en",
        "x;q=z,,": "en",
    }
    assert {accepts: language(accepts) for accepts in cases} == cases
    said = {"token": form_token(web, "/sources"), "language": "hi", "next": "/sources?x=1"}
    answer = web.post("/language", data=said)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sources?x=1")
    assert language("tr") == "hi"
    assert web.post("/language", data=said | {"language": "xx"}).status_code == 422
    assert web.post("/language", data=said | {"token": "guessed"}).status_code == 403
