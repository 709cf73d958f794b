"""A Mastodon server, spoken to through Mastodon.py: what it answers as JSON, what goes wrong by remedy.

Mastodon.py makes typed objects of an answer, fills in what is missing and can wait out a limit asleep. Here its requests
are used, never its sleep, and the answer is read as it came: so a broken item is seen as one, and the raw item can be kept.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import requests
from mastodon import Mastodon
from mastodon.errors import MastodonAPIError, MastodonError, MastodonNetworkError, MastodonNotFoundError

from connectors.social.source import HttpSession, raise_if_busy, server_time, unreachable
from core.errors import Misconfigured, RetryLater
from core.settings import Environment

DEFAULT_URL = "https://mastodon.social"
TOKEN = "MASTODON_ACCESS_TOKEN"  # noqa: S105 - a variable's name
EPOCH_SHIFT = 16
"""A status id is the millisecond since 1970 at which it was written, times 2 to the 16th, and a number of its own
(lib/mastodon/snowflake.rb of Mastodon)."""

logging.getLogger("mastodon").setLevel(logging.INFO)


class Refused(Exception):
    """The server does not do this very thing: 403, 404, 410 or 422. `why` is in its words, cut short."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(status)
        self.status, self.why = status, why


class _Session(HttpSession):
    """Keeps the last answer, and tells trouble on the wire by remedy before Mastodon.py sees it."""

    now = datetime.fromtimestamp(0, UTC)
    last: requests.Response | None = None

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self.last = None
        try:
            response = super().request(*args, **kwargs)
        except requests.RequestException as error:
            raise unreachable("Mastodon", error) from None
        raise_if_busy(response, "Mastodon", self.now)
        self.last = response
        return response


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: the JSON, whether the server says that more lies behind it, and its clock."""

    body: Any
    has_more: bool
    at: datetime | None


class Server:
    """One server, as one account sees it, or as everybody does where there is no token."""

    def __init__(self, address: str, token: str | None, timeout: float) -> None:
        self.has_token = token is not None
        self._session = _Session(timeout)
        self._client = Mastodon(
            access_token=token,
            api_base_url=address.rstrip("/"),
            ratelimit_method="throw",
            request_timeout=timeout,
            mastodon_version="4.3.0",  # taken at its word, or it would ask the server before some calls
            version_check_mode="created",
            session=self._session,
            user_agent="sunwai",
        )

    def ask(self, what: str, now: datetime, *args: Any, **kwargs: Any) -> Answer:
        """Call a method of Mastodon.py by its name. Raises errors by remedy; only `Refused` is the caller's to word."""
        self._session.now = now
        method: Callable[..., Any] = getattr(self._client, what)
        try:
            method(*args, **kwargs)
        except MastodonNetworkError as error:
            if isinstance(error.__context__, RetryLater):
                raise error.__context__ from None
            raise RetryLater("Mastodon cannot be reached.") from None
        except MastodonNotFoundError:
            raise Refused(404, self._why()) from None
        except MastodonAPIError:
            response = self._session.last
            if response is None or response.ok:
                raise RetryLater("Mastodon sent an answer that is not whole JSON.") from None
            raise self._remedy(response.status_code) from None
        except MastodonError as error:
            raise RetryLater(f"Mastodon sent an answer that cannot be used ({type(error).__name__}).") from None
        except (AttributeError, TypeError, ValueError, KeyError):  # it stumbles over a body of another shape
            raise RetryLater("Mastodon sent an answer that cannot be read.") from None
        response = self._session.last
        if response is None:
            raise RetryLater("Mastodon sent no answer.")
        try:
            body = response.json()
        except requests.exceptions.JSONDecodeError:
            raise RetryLater("Mastodon sent an answer that is not whole JSON.") from None
        return Answer(body, "next" in response.links, server_time(response))

    def _remedy(self, status: int) -> Exception:
        if status == 401 and self.has_token:
            return Misconfigured(f"Mastodon rejects the token: make a new one and set {TOKEN}.")
        if status == 401:
            return Misconfigured(f"This Mastodon server shows that only to who signs in: set {TOKEN}.")
        if status in (403, 404, 410, 422):
            return Refused(status, self._why())
        return RetryLater(f"Mastodon gave an answer that we did not expect ({status}).")

    def _why(self) -> str:
        try:
            return str(self._session.last.json().get("error", ""))[:200] if self._session.last is not None else ""
        except (ValueError, AttributeError):
            return ""


def connect(environment: Environment, timeout: float) -> Server:
    """The server at MASTODON_BASE_URL, with MASTODON_ACCESS_TOKEN where that is set. No call is made."""
    token = environment.secret("MASTODON_ACCESS_TOKEN")
    address = environment.get("MASTODON_BASE_URL") or DEFAULT_URL
    return Server(address, token.get_secret_value() if token is not None else None, timeout)


def snowflake(at: datetime) -> int:
    """The smallest id of a status that was written at this moment."""
    return max(0, int(at.timestamp() * 1000)) << EPOCH_SHIFT


def snowflake_time(id: int) -> datetime:
    """When the status with this id was written."""
    return datetime.fromtimestamp((id >> EPOCH_SHIFT) / 1000, UTC)
