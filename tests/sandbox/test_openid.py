"""Sign in with Slack at the stand-in, with the real client: what Slack would refuse is refused."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.oauth import OpenIDConnectAuthorizeUrlGenerator

from sandbox.server import Sandbox, running

BACK = "http://127.0.0.1:8800/back"


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    with running() as found:
        yield found


def authorize(sandbox: Sandbox, user: str = "U0ASHA0001", **changes: Any) -> requests.Response:
    values = {"client_id": sandbox.slack.client_id, "redirect_uri": BACK, "scopes": ["openid", "email"]} | changes
    made = OpenIDConnectAuthorizeUrlGenerator(
        **values, authorization_url=sandbox.slack_url.removesuffix("/api/") + "/openid/connect/authorize"
    )
    with requests.Session() as session:
        session.trust_env = False
        return session.get(made.generate("s", "n") + f"&as={user}", timeout=10, allow_redirects=False)


def code(sandbox: Sandbox) -> str:
    return parse_qs(urlsplit(authorize(sandbox).headers["location"]).query)["code"][0]


def change(sandbox: Sandbox, given: str, **changes: Any) -> Any:
    known = {"client_id": sandbox.slack.client_id, "client_secret": sandbox.slack.client_secret, "redirect_uri": BACK}
    return WebClient(base_url=sandbox.slack_url).openid_connect_token(**known | changes, code=given)


def test_a_code_is_changed_for_who_it_is_with_what_was_asked_for_and_no_more(sandbox: Sandbox) -> None:
    answer = change(sandbox, code(sandbox))
    said = WebClient(answer["access_token"], base_url=sandbox.slack_url).openid_connect_userInfo()
    assert said["sub"] == said["https://slack.com/user_id"] == "U0ASHA0001"
    assert said["email"] == "asha@northwind.example" and said["email_verified"] is True
    assert "name" not in said.data, "the profile was not asked for"


@pytest.mark.parametrize(
    "changes",
    [
        {"client_id": "another"},
        {"redirect_uri": "https://evil.example/back"},
        {"scopes": ["email"]},
        {"scopes": ["openid", "chat:write"]},
    ],
)
def test_a_wrong_app_place_or_scope_sends_nobody_anywhere(sandbox: Sandbox, changes: dict[str, Any]) -> None:
    answer = authorize(sandbox, **changes)
    assert answer.status_code == 400 and "location" not in answer.headers


def test_a_code_is_good_once_and_for_its_own_app_and_place(sandbox: Sandbox) -> None:
    for wrong, error in (
        ({"client_secret": "guessed"}, "bad_client_secret"),
        ({"client_id": "another"}, "invalid_client_id"),
        ({"redirect_uri": f"{BACK}/elsewhere"}, "bad_redirect_uri"),
    ):
        with pytest.raises(SlackApiError, match=error):
            change(sandbox, code(sandbox), **wrong)
    used = code(sandbox)
    change(sandbox, used)
    with pytest.raises(SlackApiError, match="invalid_code"):
        change(sandbox, used)
    with pytest.raises(SlackApiError, match="invalid_auth"):
        WebClient("xoxp-guessed", base_url=sandbox.slack_url).openid_connect_userInfo()
