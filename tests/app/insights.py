"""Four weeks of two brands, for the tests of the insight pages: people for and against, a customer, a case, a stranger who
means harm."""

from datetime import timedelta

from analysis.rollup import rollup
from core.assessment import Priority, Sentiment
from core.mention import Author, Mention
from core.store import Store
from tests.app.desk import HOSTILE, hear, judge, link, post, settings
from tests.core.made import NOW

SAID = {
    "positive": (
        "I love the battery of my northwind phone",
        "नॉर्थविंड की डिलीवरी बहुत तेज़ थी 🌻",
        "northwind servisi harika",
    ),
    "negative": (
        "northwind refund nahi mila 😡",
        "northwind kargom gelmedi, şikâyetçiyim",
        "my northwind charger died",
    ),
    "neutral": ("northwind opens a shop in Pune",),
}
PLATFORMS = ("x", "reddit", "mastodon")


def people() -> dict[str, Author]:
    """By what they are: who is for us, who is against us, and who cannot be told."""
    return {
        "for": Author("x", "fan", "priya", "Priya 🌻 शर्मा", followers=52_000, url="https://x.example/priya"),
        "against": Author("reddit", "foe", "ayse", "Ayşe Yıldırım", followers=900),
        "hostile": Author("mastodon", "bad", HOSTILE, HOSTILE, bio=HOSTILE, url="javascript:alert(1)", followers=12),
        "once": Author("x", "u1", "ravi", "Ravi", followers=40),
    }


def fill(store: Store, days: int = 28) -> list[Mention]:
    """What was said: each day somebody for us and somebody against us, in four languages; the rest once."""
    who = people()
    told: list[tuple[Mention, str, str]] = []
    for day in range(days):
        for place, (label, author) in enumerate((("positive", "for"), ("negative", "against"))):
            words = SAID[label][day % 3]
            told.append((_said(2 * day + place + 100, words, who[author], day), label, ("en", "hi", "tr")[day % 3]))
    told.append((_said(1, HOSTILE, who["hostile"], 1, place=HOSTILE), "negative", "en"))
    told.append((_said(2, HOSTILE + "again", who["hostile"], 2), "negative", "en"))
    told.append((_said(3, "northwind opens a shop in Pune", who["once"], 0), "neutral", "en"))
    hear(store, *(mention for mention, _, _ in told))
    for mention, label, language in told:
        _judge(store, mention, label, language)
    rival = [_said(n, "contoso refund refused", Author("x", f"c{n}", f"c{n}"), n % 20) for n in range(200, 230)]
    hear(store, *rival, brands=("contoso",))
    for mention in rival:
        _judge(store, mention, "negative", "en", brand="contoso", priority=Priority.P4)
    link(store, "x:fan")
    count(store)
    return [mention for mention, _, _ in told]


def complain(store: Store) -> None:
    """One complaint more about each brand, counted."""
    for number, brand in ((300, "northwind"), (301, "contoso")):
        mention = _said(number, f"{brand} refund refused", people()["once"], 1)
        hear(store, mention, brands=(brand,))
        _judge(store, mention, "negative", "en", brand=brand)
    count(store)


def count(store: Store) -> None:
    """What the pages show is counted by a stage, some minutes after it was judged."""
    rollup(store, settings(), NOW)


def _said(number: int, text: str, author: Author, day: int, **more: str) -> Mention:
    at = NOW - timedelta(days=day, hours=2)
    return post(number, text, platform=author.platform, author=author, created_at=at, **more)


def _judge(
    store: Store, mention: Mention, label: str, language: str, brand: str = "northwind", **more: Priority
) -> None:
    score = {"positive": 0.7, "negative": -0.7}.get(label, 0.0)
    priority = more.get("priority", Priority.P3 if label == "negative" else Priority.P4)
    judge(
        store,
        mention,
        priority,
        brand,
        language=language,
        sentiment=Sentiment(label, score, "test"),  # type: ignore[arg-type]
        is_complaint=label == "negative",
        intent={"positive": "praise", "negative": "complaint"}.get(label, "news"),
    )
