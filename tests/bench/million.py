"""A store that holds a million judged mentions, to measure what the dashboard costs over it.

Written straight into the tables, for judging them all would take an hour. What is said, by whom and how often is drawn so
that it is as uneven as the world is: few authors say much, most say one thing; few accounts are big; evenings are busy.
"""

import json
import math
import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table

from core.store import Store, search, stale
from core.store.engine import insert
from core.store.schema import (
    assessments,
    authors,
    case_events,
    case_mentions,
    cases,
    customers,
    links,
    mentions,
    rollup_stale,
)
from tests.bench import texts

BRANDS = (("northwind", 0.8), ("contoso", 0.14), ("zenith", 0.06))
PLATFORMS = ("x", "x", "x", "x", "x", "x", "reddit", "reddit", "mastodon", "rss")
SIDES = (("negative", 0.3), ("neutral", 0.33), ("positive", 0.33), ("unsupported", 0.04))
DEPARTMENTS = ("billing", "delivery", "product_quality", "outage_technical", "sales_lead", "feedback", "praise")
BATCH = 20_000
CASE_SHARE = 0.1
WORDS = 20_000
"""Different texts: as many as are told apart by a search, and quickly made."""

Row = tuple[Any, ...]


def fill(store: Store, count: int, now: datetime, days: int = 90, *, indexed: bool = True, seed: int = 7) -> None:
    """Write `count` mentions of three brands said over the last `days`, their authors, links and cases; every tenth has a
    case. With `indexed` they can be searched. The days are marked, and counted by the first `rollup`."""
    pick = random.Random(seed)
    people = max(10, count // 4)
    _write(store, authors, _authors(people, now, pick))
    known = people // 20
    _write(store, customers, _customers(known, now, pick))
    _write(store, links, _links(known, people, now, pick))
    said = [" ".join(post["text"].split()[:-4]) for post in texts.posts(WORDS, now)]  # without the made-up names
    for start in range(0, count, BATCH):
        batch = [_mention(n, people, said, now, days, pick) for n in range(start, min(count, start + BATCH))]
        _write(store, mentions, (m for m, _, _ in batch))
        _write(store, assessments, (a for _, a, _ in batch))
        opened = [c for _, _, c in batch if c is not None]
        _write(store, cases, (case for case, _ in opened))
        _write(store, case_mentions, (_member(case) for case, _ in opened))
        _write(store, case_events, (event for _, events in opened for event in events))
        if indexed:
            pairs = [(a["mention_id"], a["brand"]) for _, a, _ in batch]
            store.run(lambda tx, pairs=pairs: search.put(tx, pairs))  # type: ignore[misc]
    days_said = [now.date() - timedelta(days=n) for n in range(days + 1)]
    _write(store, rollup_stale, ({"brand": b, "day": d, "marked_at": now} for b, _ in BRANDS for d in days_said))
    with store.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")


def hear(store: Store, number: int, now: datetime) -> None:
    """Store one more mention of now, judged, where it is found and counted: the `number`th after the first ones."""
    pick = random.Random(number)
    said = ["northwind refund took too long"]
    mention, judged, _ = _mention(number, 10, said, now, 0, pick)
    mention |= {"id": f"{mention['platform']}:new{number}", "external_id": f"new{number}", "created_at": now}
    judged |= {"mention_id": mention["id"], "assessed_at": now}

    def keep(tx: Connection) -> None:
        tx.execute(insert(tx, mentions).on_conflict_do_nothing(), [mention])
        tx.execute(insert(tx, assessments).on_conflict_do_nothing(), [{**judged, "reasons": [], "details": {}}])
        search.put(tx, [(mention["id"], judged["brand"])])
        stale.mark(tx, [(judged["brand"], now.date())])

    store.run(keep)


def _authors(count: int, now: datetime, pick: random.Random) -> Iterator[dict[str, Any]]:
    for number in range(count):
        yield {
            "id": _author(number),
            "platform": _platform(number),
            "external_id": f"{number}",
            "handle": f"user{number}",
            "display_name": f"User {number}",
            "bio": "",
            "location": "",
            "url": "",
            "followers": int(math.exp(pick.gauss(5, 2))),
            "verified": False,
            "heard_at": now,
        }


def _platform(author: int) -> str:
    return PLATFORMS[author % len(PLATFORMS)]


def _author(number: int) -> str:
    return f"{_platform(number)}:{number}"


def _customers(count: int, now: datetime, pick: random.Random) -> Iterator[dict[str, Any]]:
    nothing: dict[str, list[str]] = {"emails": [], "phones": [], "handles": [], "account_ids": [], "order_ids": []}
    for number in range(count):
        yield {
            "customer_id": f"C{number}",
            "name": f"Customer {number}",
            "city": "Pune",
            "country": "IN",
            "company_domain": "",
            "tier": pick.choice(["", "silver", "gold"]),
            "lifetime_value": round(pick.expovariate(1 / 600), 2),
            "contacts": json.dumps(nothing),
            "imported_at": now,
        }


def _links(count: int, people: int, now: datetime, pick: random.Random) -> Iterator[dict[str, Any]]:
    for number, author in enumerate(pick.sample(range(people), count)):
        yield {
            "author_id": _author(author),
            "customer_id": f"C{number}",
            "status": "linked",
            "probability": 0.99,
            "basis": "given_directly",
            "evidence": json.dumps([["account", 9.0, "signed in"]]),
            "version": "bench",
            "decided_at": now,
        }


Case = tuple[dict[str, Any], list[dict[str, Any]]]


def _mention(
    number: int, people: int, said: list[str], now: datetime, days: int, pick: random.Random
) -> tuple[dict[str, Any], dict[str, Any], Case | None]:
    at = now - timedelta(days=pick.random() * days, hours=pick.gauss(0, 3))
    at = min(now, at)
    side, brand = _one(SIDES, pick), _one(BRANDS, pick)
    author = int(people * pick.random() ** 2.5)
    platform = _platform(author)
    mention = {
        "id": f"{platform}:m{number}",
        "platform": platform,
        "external_id": f"m{number}",
        "source": platform,
        "author_id": _author(author),
        "kind": "repost" if pick.random() < 0.08 else "post",
        "text": said[number % len(said)],
        "title": "",
        "quoted_text": "",
        "url": f"https://example.com/{number}",
        "place": f"place{int(80 * pick.random() ** 2)}" if platform in ("reddit", "rss") else "",
        "lang": "",
        "conversation_id": "",
        "parent_id": "",
        "own": False,
        "created_at": at,
        "heard_at": at,
        "likes": int(math.exp(pick.gauss(1, 1.5))),
    }
    complaint = side == "negative" and pick.random() < 0.7
    priority = pick.choice([1, 2, 3, 3, 3]) if complaint else 4
    assessment = {
        "mention_id": mention["id"],
        "brand": brand,
        "stage": 2,
        "revision": 0,
        "heard_at": at,
        "may_ring": True,
        "language": pick.choice(["en", "en", "en", "hi-Latn", "tr", "hi"]),
        "sentiment": side,
        "sentiment_score": {"negative": -0.5, "positive": 0.5}.get(side, 0.0),
        "engine": "bench",
        "is_complaint": complaint,
        "intent": "complaint" if complaint else "other",
        "priority": priority,
        "urgency_score": 1.0,
        "reasons": "[]",
        "department": pick.choice(DEPARTMENTS),
        "needs_review": False,
        "version": "bench",
        "assessed_at": at,
        "details": "{}",
    }
    opens = complaint and brand == "northwind" and pick.random() < CASE_SHARE / 0.17
    return mention, assessment, _case(number + 1, mention, assessment, now, pick) if opens else None


def _case(number: int, mention: dict[str, Any], judged: dict[str, Any], now: datetime, pick: random.Random) -> Case:
    opened = mention["created_at"]
    answered = opened + timedelta(minutes=pick.expovariate(1 / 40))
    resolved = answered + timedelta(minutes=pick.expovariate(1 / 600))
    is_answered, is_resolved = answered < now and pick.random() < 0.95, resolved < now and pick.random() < 0.97
    case = {
        "id": number,
        "mention_id": mention["id"],
        "brand": judged["brand"],
        "status": "resolved" if is_answered and is_resolved else "open",
        "priority": judged["priority"],
        "department": judged["department"],
        "team": judged["department"],
        "owner": "U1" if is_answered else None,
        "opened_at": opened,
        "answer_by": opened + timedelta(minutes=60),
        "resolve_by": opened + timedelta(minutes=1440),
        "answered_at": answered if is_answered else None,
        "resolved_at": resolved if is_answered and is_resolved else None,
        "transfers": int(pick.random() < 0.1),
        "conversation": mention["id"],
        "version": 3,
    }
    kinds = ["opened", *(["answered"] if is_answered else []), *(["reopened"] if pick.random() < 0.02 else [])]
    events = [{"case_id": number, "kind": kind, "actor": "U1", "at": opened, "data": "{}"} for kind in kinds]
    return case, events


def _member(case: dict[str, Any]) -> dict[str, Any]:
    return {"mention_id": case["mention_id"], "brand": case["brand"], "case_id": case["id"]}


def _one(shares: tuple[tuple[str, float], ...], pick: random.Random) -> str:
    names, weights = zip(*shares, strict=True)
    found: str = pick.choices(names, weights)[0]
    return found


def _write(store: Store, table: Table, found: Iterable[dict[str, Any]]) -> None:
    """The rows, as fast as the database takes them."""
    rows = list(found)
    if not rows:
        return
    names = list(rows[0])
    with store.engine.connect() as connection:
        raw = connection.connection.dbapi_connection
        assert raw is not None
        columns = ", ".join(names)
        if store.is_sqlite:
            raw.execute("PRAGMA synchronous = OFF")
            raw.execute("BEGIN IMMEDIATE")
            places = ", ".join("?" * len(names))
            values = ([_as_text(row[name]) for name in names] for row in rows)
            raw.executemany(f"INSERT INTO {table.name} ({columns}) VALUES ({places})", values)
            raw.execute("COMMIT")
            raw.execute("PRAGMA synchronous = FULL")
        else:
            with raw.cursor().copy(f"COPY {table.name} ({columns}) FROM STDIN") as copy:
                for row in rows:
                    copy.write_row([row[name] for name in names])
            raw.commit()


def _as_text(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f")
    return value.isoformat() if hasattr(value, "isoformat") else value
