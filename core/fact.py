"""What is counted: one judged mention, or one author's day, as plain values."""

from datetime import date, datetime
from typing import NamedTuple


class Fact(NamedTuple):
    """What is counted of a judged mention on a brand's behalf, with what people said of the judgement.

    `author_id` is empty where the platform tells none; `hour` is "00" to "23", UTC; `place` may be empty. `tier` is that of
    the customer who the author is linked to, empty for none. `followers` is 0 where it is not told.
    """

    mention_id: str
    author_id: str
    said_at: datetime
    hour: str
    platform: str
    place: str
    repost: bool
    language: str
    sentiment: str
    complaint: bool
    intent: str
    department: str
    priority: str
    tier: str
    followers: int
    text: str = ""


class AuthorDay(NamedTuple):
    """What one author said on one UTC day.

    `posts` are all; `judged` are their own words, no repost, in a language that we judge; of these, `negative` are negative
    or a complaint, and `positive` are positive and no complaint. `followers` are those known when this was counted.
    """

    author_id: str
    day: date
    posts: int
    judged: int
    positive: int
    negative: int
    complaints: int
    followers: int
    last_at: datetime


class AuthorWindow(NamedTuple):
    """What one author said over several days, and what that makes of them: promoter, passive, detractor, or empty where too
    little is judged to tell. `followers` are the most that were known."""

    author_id: str
    first_day: date
    kind: str
    posts: int
    judged: int
    positive: int
    negative: int
    complaints: int
    followers: int
    last_at: datetime
