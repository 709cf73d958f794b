"""The whole house in front of a whole sandbox, and what people can see of it: cards, rows, files."""

import json
import zlib
from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import LargeBinary, select, update

from app.opening import House
from core.settings import Environment, parse
from core.store import Store, open_store, schema
from core.store.engine import database_now
from sandbox.server import Sandbox

LIMITS = {
    "reddit": (1_000_000, 600),
    "x.search": (1_000_000, 900),
    "x.tweets": (1_000_000, 900),
    "mastodon": (1_000_000, 300),
}
"""So many requests that no test meets a limit that it did not ask for."""
SECRETS = ("sandbox-x-", "1001-sandbox", "sandbox-reddit-client", "sandbox-reddit-secret", "sandbox-reddit-password")
P1 = "my northwind power bank is swollen and smoking, what do I do?"
P2 = "northwind debited me twice for one order and I can't pay my rent now"
PRAISE = "northwind shipped it in a day, lovely people, thank you"


def settings_for(sandbox: Sandbox, folder: Path, **more: Any) -> dict[str, Any]:
    """A team's settings: one brand, three platforms, three teams. Nothing is grouped: all say the same words here, and each
    of them is to ring."""
    sources: dict[str, dict[str, Any]] = {
        "x": {"page_size": 10, "poll_seconds": 1, "searches_per_15_minutes": 100_000},
        "reddit": {"subreddits": ["northwind"], "listen": ["new", "comments"], "poll_seconds": 1},
        "rss": {"poll_seconds": 1, "feeds": [f"{sandbox.feeds_url}/blog/rss.xml"]},
    }
    return {
        "home": str(folder / "home"),
        "brands": {
            "northwind": {
                "name": "Northwind",
                "own_accounts": ["x:@northwindhelp"],
                "queries": [{"name": "brand", "any_of": ["northwind"]}],
            }
        },
        "sources": sources,
        "departments": {
            "safety": {"channel": "#safety", "topics": ["safety"]},
            "privacy": {"channel": "#privacy", "topics": ["privacy_security"]},
            "billing": {"channel": "#care-billing", "topics": ["billing"]},
        },
        "slack": {"timeout_seconds": 1.0},
        "judgement": {"group_within_hours": 0},
    } | more


@dataclass
class Town:
    """A house, its sandbox and short ways to look at both."""

    house: House
    sandbox: Sandbox
    settings: dict[str, Any]
    database_url: str

    @property
    def store(self) -> Store:
        return self.house.store

    def again(self, **changes: Any) -> "Town":
        """The same house after its settings changed and it was started again, on the same database."""
        made = self.settings | changes
        house = House(parse(made), Environment(self.sandbox.env()), open_store(self.database_url))
        return Town(house, self.sandbox, made, self.database_url)

    def cards(self) -> Counter[str]:
        """How many cards Slack shows of each mention."""
        return Counter(
            m["metadata"]["event_payload"]["mention"]
            for m in self.messages()
            if (m.get("metadata") or {}).get("event_type") == "sunwai_case"
        )

    def messages(self) -> list[dict[str, Any]]:
        channels = self.sandbox.slack.snapshot()["channels"]
        return [message for channel in channels for message in self.sandbox.slack.messages(channel["name"])]

    def hurry(self) -> None:
        """Let every wait of Slack's outbox and of the sources be over, as if the time had passed."""
        with self.store.write() as tx:
            past = database_now(tx) - timedelta(seconds=1)
            waiting = schema.outbox.c.status == "waiting"
            tx.execute(update(schema.outbox).where(waiting).values(due_at=past))
            tx.execute(update(schema.outbox).where(schema.outbox.c.leased_until.isnot(None)).values(leased_until=past))
            tx.execute(update(schema.channel_paces).values(free_at=past))

    def hurry_paces(self) -> None:
        """Let Slack's pace be over; leases and waits stay."""
        with self.store.write() as tx:
            tx.execute(update(schema.channel_paces).values(free_at=database_now(tx) - timedelta(seconds=1)))

    def everything_stored(self) -> str:
        """Every value of every table as text, compressed ones unpacked."""
        return dump(self.store)


def dump(store: Store) -> str:
    found: list[str] = []
    with store.read() as tx:
        for table in schema.metadata.sorted_tables:
            packed = [c.name for c in table.columns if isinstance(c.type, LargeBinary)]
            for row in tx.execute(select(table)).mappings():
                values = {k: _unpacked(v) if k in packed else v for k, v in row.items()}
                found.append(f"{table.name}: {json.dumps(values, ensure_ascii=False, default=str)}")
    return "\n".join(found)


def _unpacked(value: bytes) -> str:
    """Compressed text as text; of a bitmap or a picture, the letters that stand in it as they are."""
    try:
        return zlib.decompress(value).decode()
    except zlib.error:
        return value.decode("latin-1")
