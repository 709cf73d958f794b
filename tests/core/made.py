"""Short ways to make the words of the field for tests of the store."""

from datetime import UTC, datetime
from typing import Any

from core.assessment import Assessment, Priority, Reason, Sentiment, Urgency
from core.case import Case, CaseStatus
from core.mention import Author, BrandQuery, Cursor, Heard, Mention, Page

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
QUERY = BrandQuery("northwind", "brand", ("northwind",))


def author(number: int = 1, **more: Any) -> Author:
    return Author("x", str(number), f"user{number}", f"User {number}", **more)


def mention(number: int = 1, text: str = "northwind lost my parcel", **more: Any) -> Mention:
    values: dict[str, Any] = {"platform": "x", "author": author(number), "created_at": NOW, "kind": "post"}
    return Mention(external_id=str(number), text=text, **(values | more))


def page(*mentions: Mention, floor: str = "1", **more: Any) -> Page:
    heard = tuple(Heard(m, (QUERY,), {"id": m.external_id, "text": m.text}) for m in mentions)
    return Page(Cursor(floor=floor, floor_at=NOW), heard, **more)


def assessment(m: Mention, priority: Priority = Priority.P2, brand: str = "northwind") -> Assessment:
    return Assessment(
        m.id,
        brand,
        "en",
        Sentiment("negative", -0.5, "test"),
        True,
        "complaint",
        Urgency(priority, 3.2, (Reason("lost money", 1.5, "charged twice"),)),
        "billing",
        "test-1",
        NOW,
    )


def case(m: Mention, **more: Any) -> Case:
    values: dict[str, Any] = {
        "id": 0,
        "mention_id": m.id,
        "brand": "northwind",
        "status": CaseStatus.OPEN,
        "priority": Priority.P2,
        "department": "billing",
        "opened_at": NOW,
    }
    return Case(**(values | more))
