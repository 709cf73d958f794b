"""A dashboard over a store that holds a little of everything, for the tests of the web pages."""

import warnings
from datetime import timedelta
from typing import Any

from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.customer import Customer, Evidence, Link, Order
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page
from core.settings import Settings, parse
from core.sla import DEFAULT_TARGETS, deadlines
from core.store import Store, assessments, cases, customers, mentions
from tests.core.made import NOW, case

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # Starlette would rather have httpx2, which Airflow's pins do not know yet
    from starlette.testclient import TestClient

HOST = "http://127.0.0.1:8800"
QUERIES = {key: BrandQuery(key, "brand", (key,)) for key in ("northwind", "contoso")}
HOSTILE = '<script>alert(1)</script> <!channel> " onmouseover="x \u202etxet desrever " {{ 7*7 }} \x07 ' + "A" * 10_000


def settings(**more: Any) -> Settings:
    brands = {
        key: {"name": key.capitalize(), "queries": [{"name": "brand", "any_of": [key]}]}
        for key in ("northwind", "contoso")
    }
    return parse({"brands": brands, "sources": {"x": {}, "blogs": {"type": "rss"}}} | more)


def client(store: Store, *, demo: bool = False, **more: Any) -> TestClient:
    from app.web import create_app

    links = {"slack": "http://127.0.0.1:8814", "airflow": "http://127.0.0.1:8808"} if demo else None
    app = create_app(store, settings(**more), sandbox_links=links, now=lambda: NOW)
    return TestClient(app, base_url=HOST, raise_server_exceptions=False)


def post(number: int, text: str = "northwind lost my parcel", minutes_ago: float = 5, **more: Any) -> Mention:
    values: dict[str, Any] = {
        "platform": "x",
        "author": Author("x", f"u{number}", f"user{number}", f"User {number}", followers=120),
        "created_at": NOW - timedelta(minutes=minutes_ago),
        "url": f"https://x.example/{number}",
    }
    return Mention(external_id=str(number), text=text, **(values | more))


def hear(store: Store, *posts: Mention, brands: tuple[str, ...] = ("northwind",), source: str = "x") -> None:
    heard = [Heard(p, tuple(QUERIES[b] for b in brands), {"id": p.external_id}) for p in posts]
    with store.write() as tx:
        mentions.save_page(tx, source, "brand", Page(Cursor("1", NOW), heard), NOW)


def judge(store: Store, p: Mention, priority: Priority = Priority.P2, brand: str = "northwind", **more: Any) -> None:
    """Judge and triage a mention; P1 to P3 open a case."""
    values: dict[str, Any] = {
        "language": "en",
        "sentiment": Sentiment("negative", -0.61, "vader 3.3.2"),
        "is_complaint": True,
        "intent": "complaint",
        "urgency": Urgency(priority, 3.2, (Reason("money_held", 0.0, "34 days ago"), Reason("complaint", 1.9, "lost"))),
        "department": "delivery",
        "version": "rules-1",
        "assessed_at": NOW,
    }
    with store.write() as tx:
        waiting = [w for w in assessments.to_assess(tx, 1000) if (w.mention.id, w.brand) == (p.id, brand)]
        assessments.save(tx, [(waiting[0], Assessment(p.id, brand, **(values | more)))])
        assessments.mark_triaged(tx, [w for w in assessments.to_triage(tx, 1000) if w.mention.id == p.id])
        if priority.opens_case:
            answer_by, resolve_by = deadlines(p.created_at, DEFAULT_TARGETS[priority])
            times = {"opened_at": p.created_at, "answer_by": answer_by, "resolve_by": resolve_by}
            department = (values | more)["department"]
            cases.open_case(tx, case(p, brand=brand, priority=priority, department=department, **times), p)


def link(store: Store, author_id: str, status: str = "linked") -> None:
    found = Link(author_id, "C-1", status, 0.89, "given_directly", (Evidence("handle", 3.0, "imported handle"),), "1")  # type: ignore[arg-type]
    with store.write() as tx:
        customers.save(tx, [Customer("C-1", "Priya Sharma", tier="gold")], NOW)
        customers.save_orders(tx, [Order("NW-5521", "C-1", "shipped", NOW)])
        customers.save_links(tx, {author_id: [found]}, NOW)
