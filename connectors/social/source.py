"""What every source has in common: its settings, its HTTP session, and how an answer asks us to wait."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Protocol, TypeVar

import requests
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from urllib3.exceptions import MaxRetryError, NewConnectionError

from core.errors import Misconfigured, RetryLater
from core.mention import Connector
from core.settings import explain

LONGEST_WAIT = timedelta(days=1)
"""No answer makes us wait longer than this, whatever it says."""


class SourceTable(BaseModel):
    """`[sources.NAME]`: what all sources can be told. A connector adds its own keys in a subclass.

    `type` names the connector (the table's own name unless set). A budget stops the source until the next UTC day or
    month. `overlap_seconds` is how far each poll looks back past its cursor, for posts that were indexed late.
    A stored post is asked for again every `recheck_hours` until it is `recheck_days` old, to learn whether it was deleted.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    type: str = ""
    enabled: bool = True
    poll_seconds: float = Field(10.0, ge=1, le=86_400)
    overlap_seconds: float = Field(120.0, ge=0, le=86_400)
    timeout_seconds: float = Field(10.0, gt=0, le=120)
    budget_usd_per_day: float | None = Field(None, gt=0)
    budget_usd_per_month: float | None = Field(None, gt=0)
    recheck_hours: float = Field(24.0, gt=0)
    recheck_days: float = Field(7.0, ge=0)


class Source(Connector, Protocol):
    """A connector with the settings that the stages need: how often to poll, and what it may cost."""

    table: SourceTable


Table = TypeVar("Table", bound=SourceTable)


def read_table(model: type[Table], name: str, table: Mapping[str, Any]) -> Table:
    """Check `[sources.NAME]`. Raises Misconfigured with one sentence that names `sources.NAME.key`."""
    file = create_model("file", sources=(dict[str, model], ...))  # type: ignore[valid-type]
    try:
        return file.model_validate({"sources": {name: dict(table)}}).sources[name]  # type: ignore[attr-defined, no-any-return]
    except ValidationError as error:
        raise Misconfigured(explain(error, file, "the settings")) from None


class HttpSession(requests.Session):
    """A requests session that always times out, and can send an SDK's hard-coded address elsewhere.

    `timeout` is seconds for each wait on the wire. `addresses` maps the start of an address to what stands in for it, path
    prefix and all; it is changed before requests looks for a proxy, so NO_PROXY means the real target.
    """

    def __init__(self, timeout: float, addresses: Mapping[str, str] | None = None, user_agent: str = "") -> None:
        super().__init__()
        self._timeout = timeout
        self._addresses = {old.rstrip("/"): new.rstrip("/") for old, new in (addresses or {}).items()}
        if user_agent:
            self.headers["User-Agent"] = user_agent

    def request(self, method: Any, url: Any, *args: Any, **kwargs: Any) -> requests.Response:
        for old, new in self._addresses.items():
            if url.startswith(old + "/"):
                url = new + url[len(old) :]
        kwargs["timeout"] = kwargs.get("timeout") or self._timeout
        return super().request(method, url, *args, **kwargs)


class NotDone(RetryLater):
    """Surely nothing was done there: the other side was not reached, or refused for being asked too often. After any other
    `RetryLater` a request may have taken effect, though its answer was lost."""


def unreachable(who: str, error: Exception) -> RetryLater:
    """A failed connection in words of ours: an exception's own text can hold addresses with passwords in them."""
    if isinstance(error, requests.exceptions.ProxyError):
        return NotDone(f"{who} cannot be reached: the proxy (HTTPS_PROXY) does not answer.")
    if isinstance(error, requests.exceptions.SSLError):
        return NotDone(f"{who} cannot be reached: its certificate is not trusted (REQUESTS_CA_BUNDLE).")
    if isinstance(error, requests.exceptions.Timeout):
        kind = NotDone if isinstance(error, requests.exceptions.ConnectTimeout) else RetryLater
        return kind(f"{who} did not answer in time.")
    kind = NotDone if _was_never_connected(error) else RetryLater
    return kind(f"{who} cannot be reached: the connection failed ({type(error).__name__}).")


def _was_never_connected(error: Exception) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def raise_if_busy(response: requests.Response, who: str, now: datetime) -> None:
    """Raise RetryLater for an answer that says 'not now': 408, 429 and every 5xx."""
    status = response.status_code
    if status == 429:
        raise NotDone(f"{who} says that we ask too often (429).", retry_at(response, now))
    if status == 408 or status >= 500:
        raise RetryLater(f"{who} is in trouble ({status}).", retry_at(response, now))


def retry_at(response: requests.Response, now: datetime) -> datetime | None:
    """When an answer welcomes the next try, by our clock; None where it does not say.

    Absolute times are measured against the answer's own `Date`, for the other side's clock may be an hour off. Read are
    `Retry-After` (seconds or a date), X's `x-rate-limit-reset` (epoch seconds) and `x-ratelimit-reset` (Reddit: seconds;
    Mastodon: ISO 8601).
    """
    headers = response.headers
    their_now = _http_date(headers.get("date")) or now
    wait = None
    if "retry-after" in headers:
        wait = seconds(headers["retry-after"])
        if wait is None and (then := _http_date(headers["retry-after"])):
            wait = (then - their_now).total_seconds()
    if wait is None and response.status_code == 429:
        if (epoch := seconds(headers.get("x-rate-limit-reset"))) is not None:
            wait = epoch - their_now.timestamp()
        else:
            reset = headers.get("x-ratelimit-reset")
            wait = seconds(reset)
            if wait is None and (then := _iso_time(reset)):
                wait = (then - their_now).total_seconds()
    return None if wait is None else now + min(timedelta(seconds=max(0.0, wait)), LONGEST_WAIT)


def server_time(response: requests.Response) -> datetime | None:
    """What the other side's clock says."""
    return _http_date(response.headers.get("date"))


def _http_date(value: str | None) -> datetime | None:
    try:
        found = parsedate_to_datetime(value) if value else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def _iso_time(value: str | None) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if value else None
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None


def seconds(value: str | None) -> float | None:
    """A header's number, or None where it holds none that a clock could be moved by: no `inf` and no 1e300."""
    try:
        number = float(value) if value else None
    except ValueError:
        return None
    return number if number is not None and abs(number) < 1e10 else None
