"""X, spoken to through tweepy: what it answers as JSON, what goes wrong by remedy."""

import logging
from datetime import datetime
from typing import Any

import requests
import tweepy

from connectors.social.source import raise_if_busy, server_time, unreachable
from core.errors import Misconfigured, RetryLater

# These log what is signed and sent at DEBUG, keys and texts among it.
for _name in ("tweepy.client", "requests_oauthlib", "oauthlib"):
    logging.getLogger(_name).setLevel(logging.INFO)


def call(method: Any, now: datetime, keys: str, *args: Any, **kwargs: Any) -> tuple[dict[str, Any], datetime | None]:
    """Call a method of tweepy: the answer's body and the server's clock.

    `keys` are the variables that a person must mend where X does not take them. Raises errors by remedy; only refusals of
    this very request pass: tweepy's BadRequest, Forbidden and NotFound (400, 403, 404).
    """
    try:
        response = method(*args, **kwargs)
        body = response.json()
    except (tweepy.BadRequest, tweepy.Forbidden, tweepy.NotFound):
        raise
    except tweepy.HTTPException as error:
        raise _by_remedy(error.response, now, keys) from None
    except requests.exceptions.JSONDecodeError:
        raise RetryLater("X sent an answer that is not whole JSON.") from None
    except requests.RequestException as error:
        raise unreachable("X", error) from None
    except (AttributeError, TypeError, ValueError):  # tweepy stumbles over an error body that is no JSON object
        raise RetryLater("X sent an answer that cannot be read.") from None
    if not isinstance(body, dict):
        raise RetryLater("X sent an answer that is not a JSON object.")
    return body, server_time(response)


def _by_remedy(response: requests.Response, now: datetime, keys: str) -> Exception:
    if response.status_code == 401:
        return Misconfigured(f"X rejects the key: check {keys}; what was revoked must be made anew.")
    if response.status_code == 402:
        return Misconfigured(f"X's credits are spent: the account behind {keys} must buy more.")
    try:
        raise_if_busy(response, "X", now)
    except RetryLater as busy:
        return busy
    return RetryLater(f"X gave an answer that we did not expect ({response.status_code}).")
