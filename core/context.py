"""What an agent wants to know beside the post itself: the person, the shop's shelves, what helped others."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from core.case import Case

StandingKind = Literal["promoter", "passive", "detractor"]

ENOUGH_POSTS = 2
"""Posts that a standing rests on at least: nobody warns others off with one bad day."""
LEANING = 0.5


@dataclass(frozen=True, slots=True)
class Stock:
    """How many of a product a shop has. `names` are other words for the product, in other languages too.

    `quantity` 0 is sold out; `updated_at` is when that was counted, where it is told.
    """

    shop: str
    sku: str
    product: str
    quantity: int
    city: str = ""
    country: str = ""
    names: tuple[str, ...] = ()
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Article:
    """A help article in one language; its translations have the same `id`. `language` is as in an assessment."""

    id: str
    language: str
    title: str
    text: str
    url: str = ""
    updated_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """What an agent wrote down about a person. `subject` is `customer:ID`, or `author:PLATFORM:ID` of one who is none.
    `by` is a Slack user id."""

    id: int
    subject: str
    text: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether somebody promotes the brand or warns others off, by their `posts` judged lately: see `standing`."""

    kind: StandingKind
    posts: int


@dataclass(frozen=True, slots=True)
class Context:
    """All that a card or a modal shows of a case beside its file. Everything is bounded, so that it may be drawn as it is.

    `earlier` are the newest of `earlier_count` other cases of the same person with the same brand, newest first; the
    person is the author, and where they are linked to a customer every account of that customer. `standing` is None where
    too little was said. `stock` is empty unless the post asks whether something is to be had: at most three products, the
    nearest shops first. `articles` are best first, those in the post's language before English ones. `notes` are newest
    first. `answered_by_others` counts the people, neither the author nor the brand, who have answered the post so far.
    """

    earlier: tuple[Case, ...] = ()
    earlier_count: int = 0
    standing: Standing | None = None
    stock: tuple[Stock, ...] = ()
    articles: tuple[Article, ...] = ()
    notes: tuple[Note, ...] = ()
    answered_by_others: int = 0


def standing(praising: int, complaining: int, posts: int) -> Standing | None:
    """What `posts` judged posts make of their author, of which so many praise and so many complain.

    Half of them, net, must lean one way; anything between is passive. None for fewer than `ENOUGH_POSTS`.
    """
    if posts < ENOUGH_POSTS:
        return None
    lean = (praising - complaining) / posts
    return Standing("promoter" if lean >= LEANING else "detractor" if lean <= -LEANING else "passive", posts)
