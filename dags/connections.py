"""Airflow connections as the environment variables that the rest of the house knows. Only `dags/` asks Airflow.

- `sunwai_x`: password X_BEARER_TOKEN, host X_API_BASE_URL; extra `consumer_key`, `consumer_secret`, `access_token`,
  `access_token_secret`.
- `sunwai_reddit`: login REDDIT_CLIENT_ID, password REDDIT_CLIENT_SECRET, host REDDIT_OAUTH_URL; extra `url` (REDDIT_URL),
  `user_agent`, `username`, `password`, `refresh_token`.
- `sunwai_mastodon`: password MASTODON_ACCESS_TOKEN, host MASTODON_BASE_URL.
- `sunwai_tickets`: login ZENDESK_EMAIL, password ZENDESK_API_TOKEN, host ZENDESK_BASE_URL; extra `webhook_secret`
  (TICKETS_WEBHOOK_SECRET).
- `sunwai_hubspot`: password HUBSPOT_ACCESS_TOKEN, host HUBSPOT_BASE_URL.
- `sunwai_slack`: password SLACK_BOT_TOKEN, host SLACK_API_BASE_URL; extra `app_token`, `signing_secret`.

`host` may be left empty: then it is the platform's own address. It is a whole address (`https://gateway.example/slack/api/`),
or, for one without a path, a host with the connection's `schema` (https unless set) and `port`. A variable that the
environment sets wins, and a connection is not asked for at all where its first secret is set there.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

CONNECTIONS: dict[str, dict[str, str]] = {
    "sunwai_x": {
        "password": "X_BEARER_TOKEN",
        "host": "X_API_BASE_URL",
        "extra.consumer_key": "X_CONSUMER_KEY",
        "extra.consumer_secret": "X_CONSUMER_SECRET",
        "extra.access_token": "X_ACCESS_TOKEN",
        "extra.access_token_secret": "X_ACCESS_TOKEN_SECRET",
    },
    "sunwai_reddit": {
        "password": "REDDIT_CLIENT_SECRET",
        "login": "REDDIT_CLIENT_ID",
        "host": "REDDIT_OAUTH_URL",
        "extra.url": "REDDIT_URL",
        "extra.user_agent": "REDDIT_USER_AGENT",
        "extra.username": "REDDIT_USERNAME",
        "extra.password": "REDDIT_PASSWORD",
        "extra.refresh_token": "REDDIT_REFRESH_TOKEN",
    },
    "sunwai_mastodon": {"password": "MASTODON_ACCESS_TOKEN", "host": "MASTODON_BASE_URL"},
    "sunwai_tickets": {
        "password": "ZENDESK_API_TOKEN",
        "login": "ZENDESK_EMAIL",
        "host": "ZENDESK_BASE_URL",
        "extra.webhook_secret": "TICKETS_WEBHOOK_SECRET",
    },
    "sunwai_hubspot": {"password": "HUBSPOT_ACCESS_TOKEN", "host": "HUBSPOT_BASE_URL"},
    "sunwai_slack": {
        "password": "SLACK_BOT_TOKEN",
        "host": "SLACK_API_BASE_URL",
        "extra.app_token": "SLACK_APP_TOKEN",
        "extra.signing_secret": "SLACK_SIGNING_SECRET",
    },
}


@contextmanager
def house() -> Iterator[Any]:
    """The open house of a task. What a person must mend fails the task at once, for trying again is no use."""
    from airflow.sdk.exceptions import AirflowFailException

    from app.opening import enter
    from core.errors import Misconfigured
    from core.settings import Environment

    given = {name: value for name, value in os.environ.items() if value}
    try:
        with enter(Environment({**variables(), **given}), via="airflow") as opened:
            yield opened
    except Misconfigured as error:
        raise AirflowFailException(str(error)) from None


def variables() -> dict[str, str]:
    """What the connections set, by the names of environment variables."""
    found = {}
    for conn_id, fields in CONNECTIONS.items():
        if not os.environ.get(fields["password"]):
            found |= _read(conn_id, fields)
    return found


def _read(conn_id: str, fields: dict[str, str]) -> dict[str, str]:
    from airflow.sdk import BaseHook
    from airflow.sdk.exceptions import AirflowNotFoundException

    try:
        connection = BaseHook.get_connection(conn_id)
    except AirflowNotFoundException:
        return {}
    extra = connection.extra_dejson
    values = {
        name: _address(connection) if key == "host" else _field(connection, extra, key) for key, name in fields.items()
    }
    return {name: value for name, value in values.items() if value}


def _field(connection: Any, extra: dict[str, Any], key: str) -> str | None:
    name = key.removeprefix("extra.")
    return extra.get(name) if name != key else getattr(connection, name)


def _address(connection: Any) -> str | None:
    if not connection.host or "://" in connection.host:
        return connection.host or None
    port = f":{connection.port}" if connection.port else ""
    return f"{connection.schema or 'https'}://{connection.host}{port}"
