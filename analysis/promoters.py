"""Who promotes the brand and who warns others off: a measure of people over time, not of single posts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analysis.metrics import Interval, net
from core.context import ENOUGH_POSTS, LEANING

if TYPE_CHECKING:
    import pandas as pd

COUNTS = ("posts", "judged", "positive", "negative", "complaints")


def by_author(facts: pd.DataFrame) -> pd.DataFrame:
    """What each author said on each day.

    `facts` are as `core.store.rollups.facts` has them; posts whose platform tells no author are left out. Columns:
    author_id, day, posts (all), judged (own words whose sentiment is judged), positive (no complaint), negative (or a
    complaint), complaints, followers, last_at. What speaks for and against us is told as `core.context.standing` and Slack's
    cards have it: a polite complaint is still one.
    """
    import pandas as pd

    known = facts[facts["author_id"] != ""]
    judged = ~known["repost"] & (known["sentiment"] != "unsupported")
    against = judged & (known["complaint"] | (known["sentiment"] == "negative"))
    counted = pd.DataFrame(
        {
            "author_id": known["author_id"],
            "day": known["day"],
            "posts": 1,
            "judged": judged.astype(int),
            "positive": (judged & ~against & (known["sentiment"] == "positive")).astype(int),
            "negative": against.astype(int),
            "complaints": (judged & known["complaint"]).astype(int),
            "followers": known["followers"],
            "last_at": known["said_at"],
        }
    )
    grouped = counted.groupby(["author_id", "day"], as_index=False)
    return grouped.agg(dict.fromkeys(COUNTS, "sum") | {"followers": "max", "last_at": "max"})


def over(days: pd.DataFrame) -> pd.DataFrame:
    """What each author said over several days, of which `days` holds the rows of `by_author`, in any order.

    Columns: author_id, first_day, `COUNTS`, followers (as on the latest day), last_at, kind.
    """
    ordered = days.sort_values("day", kind="stable")
    grouped = ordered.groupby("author_id", as_index=False)
    how = {"first_day": ("day", "first"), **{name: (name, "sum") for name in COUNTS}}
    found = grouped.agg(**how, followers=("followers", "last"), last_at=("last_at", "max"))
    found["kind"] = kinds(found)
    return found


def kinds(people: pd.DataFrame) -> pd.Series:
    """promoter, passive or detractor by the balance of the judged posts; empty where they are too few to tell.

    The same rule as `core.context.standing`, for many at once.
    """
    import pandas as pd

    lean = (people["positive"] - people["negative"]) / people["judged"].clip(lower=1)
    found = pd.Series("passive", people.index, dtype="object")
    found[lean >= LEANING] = "promoter"
    found[lean <= -LEANING] = "detractor"
    found[people["judged"] < ENOUGH_POSTS] = ""
    return found


def score(promoters: int, detractors: int, judged: int) -> Interval | None:
    """The social promoter score, from -100 to 100: the share of promoters less that of detractors among judged authors.

    It rests on what people chose to say in public, so it is no NPS, which asks a sample how probably they would recommend.
    """
    found = net(promoters, detractors, judged)
    return None if found is None else Interval(*(100 * end for end in found))
