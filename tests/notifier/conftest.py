"""A real Slack to speak to, a store with rung cases in it, and ways to hurry the database's clock along."""

from collections.abc import Iterator

import pytest

from core.settings import Environment, Settings, parse
from notifier import timely
from notifier.slack_client import Slack, connect
from sandbox.slack.limits import Limits
from tests.sandbox.slack_desk import Desk, running


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """What a form or a command comes to is in its acknowledgement, also where the machine is slow."""
    monkeypatch.setattr(timely, "ANSWER_WITHIN_SECONDS", 10.0)


@pytest.fixture
def desk() -> Iterator[Desk]:
    with running(limits=Limits(burst=1000, tiers=False)) as made:
        yield made


@pytest.fixture
def settings() -> Settings:
    return parse(
        {
            "brands": {
                "northwind": {
                    "name": "Northwind",
                    "own_accounts": ["x:@northwind"],
                    "queries": [{"name": "brand", "any_of": ["northwind"]}],
                }
            },
            "sources": {"x": {"budget_usd_per_day": 5.0}},
            "departments": {"safety": {"channel": "#safety", "topics": ["safety"]}},
            "slack": {"timeout_seconds": 1.0},
        }
    )


def environment(desk: Desk, **changes: str) -> Environment:
    return Environment(
        {
            "SLACK_API_BASE_URL": f"{desk.url}/api/",
            "SLACK_BOT_TOKEN": desk.state.bot_token,
            "SLACK_APP_TOKEN": desk.state.app_token,
            "SLACK_SIGNING_SECRET": desk.state.signing_secret,
            **changes,
        }
    )


@pytest.fixture
def slack(desk: Desk, settings: Settings) -> Slack:
    return connect(settings, environment(desk))
