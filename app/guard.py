"""Keeps the sandbox and the real world apart: what is made up never reaches real people, nor a real key a stand-in.

The sandbox's tokens have "sandbox" in them. Where one is in use, or `SUNWAI_SANDBOX` is set, everything must be the
sandbox's: every token that is set, and every address on this machine's loopback.
"""

from collections.abc import Iterator
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from core.errors import Misconfigured

if TYPE_CHECKING:
    from core.settings import Environment, Settings

MARK = "SUNWAI_SANDBOX"
TOKENS: dict[str, tuple[str, ...]] = {
    "X_API_BASE_URL": (
        "X_BEARER_TOKEN",
        "X_CONSUMER_KEY",
        "X_CONSUMER_SECRET",
        "X_ACCESS_TOKEN",
        "X_ACCESS_TOKEN_SECRET",
    ),
    "REDDIT_OAUTH_URL": ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "REDDIT_PASSWORD", "REDDIT_REFRESH_TOKEN"),
    "REDDIT_URL": ("REDDIT_CLIENT_ID", "REDDIT_CLIENT_SECRET", "REDDIT_PASSWORD", "REDDIT_REFRESH_TOKEN"),
    "ZENDESK_BASE_URL": ("ZENDESK_API_TOKEN",),
    "HUBSPOT_BASE_URL": ("HUBSPOT_ACCESS_TOKEN",),
    "SLACK_API_BASE_URL": (
        "SLACK_BOT_TOKEN",
        "SLACK_APP_TOKEN",
        "SLACK_SIGNING_SECRET",
        "SLACK_CLIENT_ID",
        "SLACK_CLIENT_SECRET",
    ),
    "MASTODON_BASE_URL": ("MASTODON_ACCESS_TOKEN",),
    "BLUESKY_BASE_URL": ("BLUESKY_APP_PASSWORD",),
}
"""Each address variable, and the secrets that go there."""
ADDRESSES = (*TOKENS, "HN_BASE_URL")
ALL_TOKENS = (*dict.fromkeys(token for tokens in TOKENS.values() for token in tokens), "TICKETS_WEBHOOK_SECRET")
"""The last one signs what goes to an address of the settings."""


def check(settings: "Settings", environment: "Environment") -> None:
    """Raises Misconfigured with one sentence where the sandbox and the real world would meet."""
    made_up = [token for token in ALL_TOKENS if is_made_up(environment, token)]
    if environment.get(MARK) or made_up:
        _all_made_up(settings, environment, made_up[0] if made_up else MARK)
    elif "/demo/" in (environment.get("DATABASE_URL") or "") and ".sunwai" in (environment.get("DATABASE_URL") or ""):
        raise Misconfigured(
            "DATABASE_URL is the demo's database, but the tokens are not the sandbox's: give it another."
        )


def is_made_up(environment: "Environment", token: str) -> bool:
    """Is this secret one of the sandbox's?"""
    return "sandbox" in (environment.get(token) or "").lower()


def is_loopback(address: str) -> bool:
    """Does this web address lead to this machine alone?"""
    host = urlsplit(address).hostname or ""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _all_made_up(settings: "Settings", environment: "Environment", sign: str) -> None:
    for token in ALL_TOKENS:
        if environment.get(token) and not is_made_up(environment, token):
            raise Misconfigured(
                f"{token} is a real key while {sign} is the sandbox's: the two are never mixed; unset one of them."
            )
    for address, tokens in TOKENS.items():
        for token in tokens:
            if environment.get(token) and not environment.get(address):
                raise Misconfigured(
                    f"{token} is the sandbox's, but {address} is not set, so it would go to a real address."
                )
    for address in ADDRESSES:
        value = environment.get(address)
        if value and not is_loopback(value):
            raise Misconfigured(
                f"{address} names {urlsplit(value).hostname or 'no host'}, a real address, while {sign} is the sandbox's: "
                "the two are never mixed."
            )
    told = {"sources": settings.sources, "tickets": {"url": settings.tickets.url}}
    for key, value in (found for name, table in told.items() for found in _addresses(table, name)):
        if not is_loopback(value):
            raise Misconfigured(
                f"{key} names {urlsplit(value).hostname or 'no host'}, a real address, while {sign} is the sandbox's: "
                "the two are never mixed."
            )


def _addresses(value: Any, key: str) -> Iterator[tuple[str, str]]:
    """Every web address in a settings table, with its key."""
    if isinstance(value, str) and value.startswith(("http://", "https://")):
        yield key, value
    elif isinstance(value, dict):
        for name, inner in value.items():
            yield from _addresses(inner, f"{key}.{name}")
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _addresses(inner, key)
