"""The sandbox and the real world never meet."""

import pytest

from app.guard import check
from core.errors import Misconfigured
from core.settings import Environment, parse
from sandbox.server import Sandbox

REAL = {
    "X_BEARER_TOKEN": "AAAAreal",
    "REDDIT_CLIENT_ID": "realid",
    "REDDIT_CLIENT_SECRET": "realsecret",
    "SLACK_BOT_TOKEN": "xoxb-1-real",
    "SLACK_APP_TOKEN": "xapp-1-real",
    "X_ACCESS_TOKEN_SECRET": "realaccess",
    "ZENDESK_API_TOKEN": "realzendesk",
    "TICKETS_WEBHOOK_SECRET": "realwebhook",
}


def settings(*feeds: str, **more: object):  # type: ignore[no-untyped-def]
    sources = {"rss": {"feeds": [{"url": feed} for feed in feeds]}} if feeds else {}
    brand = {"name": "Northwind", "queries": [{"name": "q", "any_of": ["northwind"]}]}
    return parse({"brands": {"northwind": brand}, "sources": sources, **more})


@pytest.fixture(scope="module")
def made_up() -> dict[str, str]:
    sandbox = Sandbox()
    return sandbox.env()


def refusal(variables: dict[str, str], *feeds: str) -> str:
    with pytest.raises(Misconfigured) as refused:
        check(settings(*feeds), Environment(variables))
    assert "\n" not in str(refused.value)
    return str(refused.value)


def test_each_world_by_itself_is_fine(made_up: dict[str, str]) -> None:
    check(settings("http://127.0.0.1:8813/blog/rss.xml"), Environment(made_up))
    check(settings("https://blog.example.org/rss"), Environment(REAL))
    check(settings(), Environment({**REAL, "SLACK_API_BASE_URL": "http://127.0.0.1:9999/api/"}))  # a gateway
    check(settings(), Environment({}))


@pytest.mark.parametrize("token", list(REAL))
def test_a_real_key_beside_made_up_ones_is_refused(made_up: dict[str, str], token: str) -> None:
    said = refusal({**made_up, token: REAL[token]})
    assert token in said
    assert REAL[token] not in said


@pytest.mark.parametrize("address", ["X_API_BASE_URL", "REDDIT_OAUTH_URL", "SLACK_API_BASE_URL", "ZENDESK_BASE_URL"])
def test_a_made_up_key_never_goes_to_a_real_address(made_up: dict[str, str], address: str) -> None:
    assert address in refusal({name: value for name, value in made_up.items() if name != address})
    assert address in refusal({**made_up, address: "https://slack.com/api/"})
    assert address in refusal({**made_up, address: "http://127.0.0.1.example.org/"})
    assert address in refusal({**made_up, address: "http://sandbox@evil.example/"})


def test_a_real_feed_beside_the_sandbox_is_refused(made_up: dict[str, str]) -> None:
    assert "sources.rss.feeds" in refusal(made_up, "https://blog.example.org/rss")


def test_a_real_webhook_beside_the_sandbox_is_refused(made_up: dict[str, str]) -> None:
    there = settings(tickets={"system": "webhook", "url": "https://tickets.example.org/hook"})
    with pytest.raises(Misconfigured, match=r"tickets\.url names tickets\.example\.org"):
        check(there, Environment(made_up))
    check(settings(tickets={"system": "webhook", "url": "http://127.0.0.1:8815/hook"}), Environment(made_up))


def test_the_demo_takes_no_real_key_even_if_nothing_made_up_is_set() -> None:
    assert "SLACK_BOT_TOKEN" in refusal({**REAL, "SUNWAI_SANDBOX": "1"}).replace("X_BEARER_TOKEN", "SLACK_BOT_TOKEN")


def test_real_keys_do_not_open_the_demos_database() -> None:
    said = refusal({**REAL, "DATABASE_URL": "sqlite:////home/a/sunwai/.sunwai/demo/sunwai.db"})
    assert "DATABASE_URL" in said
