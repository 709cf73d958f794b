"""Something wrong with the pipeline itself is told in the ops channel: once when it begins, and once when it is over.

The alarm is a row while it lasts, written with its message's outbox row, so however often and wherever it is noticed, one
change of state is one message.
"""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from core.settings import Settings
from core.store import health, outbox
from core.store.outbox import Message


@dataclass(frozen=True, slots=True)
class Trouble:
    """Something wrong at this moment. `name` is stable while it lasts; the rest is for people, in our own words."""

    name: str
    title: str
    detail: str
    remedy: str


def tell(tx: Connection, settings: Settings, trouble: Trouble, now: datetime) -> bool:
    """Raise an alarm and queue its message. False, and no message, where it was raised before."""
    if not health.raise_alarm(tx, trouble.name, trouble.title, now):
        return False
    words = {"title": trouble.title, "detail": trouble.detail, "remedy": trouble.remedy}
    _queue(tx, settings, trouble.name, {"state": "raised", **words}, now)
    return True


def over(tx: Connection, settings: Settings, name: str, now: datetime, title: str = "") -> bool:
    """Take an alarm back and say so, as `title` or else as it was raised. False where it was not raised."""
    raised = next((alarm["detail"] for alarm in health.raised(tx) if alarm["name"] == name), None)
    if raised is None or not health.clear_alarm(tx, name):
        return False
    _queue(tx, settings, name, {"state": "recovered", "title": title or raised}, now)
    return True


def _queue(tx: Connection, settings: Settings, name: str, words: dict[str, str], now: datetime) -> None:
    key = f"ops:{name}:{words['state']}:{now.isoformat()}"
    data = {**words, "at": now.isoformat()}
    outbox.put(tx, [Message("slack_ops", settings.slack.ops_channel, key, rank=3, data=data)])
