"""A day in the life of Northwind, a made retailer, and the player that lets it happen.

| file | what a row is |
|---|---|
| day.jsonl | a post that stands alone; the player spreads them over the day |
| stories.jsonl | things that happen in an order: conversations, an outage, a repost storm, edits, deletions |
| authors.jsonl | the cast that is no customer; `key` is what `by` names |
| customers.csv, orders.csv | Northwind's own CRM, as `sunwai import` reads it |
| stock.csv | what its six shops have of thirty products, likewise |
| articles.jsonl | its help centre, in English, Hindi and Turkish, likewise |
| desk.toml | its teams, roles, hours and saved replies, as Sunwai's settings |
| names.json | what people who are nobody in particular are called, by language |

A row of day.jsonl: `on` (x, reddit, feed), `place` (subreddit or feed), `by` (a customer's id, a key of
the cast, `@key` for the author of another row; nobody: a new person each time), `title`, `text`
(`{order}` and `{author}` are filled in), `opener`, and `truth`: what its author meant it to be judged
as: `priority` (P1 to P4), `intent`, `department` (URGENCY.md's words) and `language` (en, hi, hi-Latn, tr).

A row of stories.jsonl has besides: `at` (minutes into the day) or `after` (minutes after the row it
refers to), `key`, and what it does: `reply_to`, `quote_of`, `edit`, `delete`, `remove` (by a moderator),
`like`, or `storm` (`count` people repost it within `minutes`) name the `key` they do it to. `late`
scenario seconds pass before search shows the post.
"""

import csv
import json
import random
import re
import threading
import time
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from sandbox.query import MENTION
from sandbox.world import Author, Post, World

HERE = Path(__file__).parent
CUSTOMERS, ORDERS = HERE / "customers.csv", HERE / "orders.csv"

DAY = 24 * 60
"""Scenario minutes in a day; then the next begins, with other people and in another order."""

BUSY = 300
"""The first minutes of a day are denser, for whoever has just started to watch."""

RINGING = ("P1", "P2")

BRAND_TERMS = ("northwind", "नॉर्थविंड", "@northwind", "@northwindhelp", "#northwind")
"""What to search for to hear every post of the day that should ring."""


@dataclass
class Move:
    """Something that happens `at` scenario minutes into the day."""

    at: float
    row: dict[str, Any]
    name: str = field(default="", compare=False)


class Player:
    """Plays day after day into a world. The seed fixes the order; who the strangers are is new each time.

    Once the busy minutes are over, everything takes `calm` times as long: whoever has just come sees much, and what runs
    for hours does not drown the weeks before in one day.
    """

    def __init__(self, world: World, scenario: str = "day", *, seed: int = 7, calm: float = 1.0) -> None:
        if scenario != "day":
            raise ValueError(f"no scenario is called {scenario!r}; there is 'day'")
        self.world, self.seed, self.calm = world, seed, calm
        self._random = random.Random(seed)
        self._customers = {row["customer_id"]: row for row in read_csv(CUSTOMERS)}
        self._cast = {(row["key"], row["platform"]): row for row in read_jsonl("authors.jsonl")}
        self._names = json.loads((HERE / "names.json").read_text(encoding="utf-8"))
        self._posted: dict[str, Post] = {}

    def run(self, stop: threading.Event) -> None:
        """Play until told to stop, at the world's speed."""
        began = time.monotonic()
        for day in count():
            for move in self.moves(day):
                due = began + self.after(day * DAY + move.at) * 60 / self.world.clock.speed
                if stop.wait(max(0.0, due - time.monotonic())):
                    return
                self.play(move)

    def after(self, minutes: float) -> float:
        """When what happens so many scenario minutes after the start is played, in minutes of the busy pace."""
        return minutes if minutes <= BUSY else BUSY + (minutes - BUSY) * self.calm

    def play_day(self, day: int = 0) -> None:
        """Let a whole day happen at once."""
        for move in self.moves(day):
            self.play(move)

    def moves(self, day: int) -> list[Move]:
        """What happens on a day (0 is the first), in order of time."""
        shuffled = random.Random(f"{self.seed} {day}")
        singles = [Move(0, row, f"day:{line}") for line, row in enumerate(read_jsonl("day.jsonl"), 1)]
        shuffled.shuffle(singles)
        # Openers by strangers come first: each start then opens a new case, not one that is open already.
        singles.sort(key=lambda m: (not m.row.get("opener"), "by" in m.row, m.row["truth"]["language"] != "en"))
        ringing = [move for move in singles if move.row["truth"]["priority"] in RINGING]
        quiet = [move for move in singles if move.row["truth"]["priority"] not in RINGING]
        _spread(ringing, 0.2, shuffled)
        _spread(quiet, 1.1, shuffled)
        return sorted([*singles, *self._story_moves(shuffled)], key=lambda move: move.at)

    def _story_moves(self, shuffled: random.Random) -> Iterator[Move]:
        when: dict[str, float] = {}
        for line, row in enumerate(read_jsonl("stories.jsonl"), 1):
            at = row["at"] if "at" in row else when[_subject(row)] + row["after"]
            if "key" in row:
                when[row["key"]] = at
            if "storm" in row:
                for _ in range(row["count"]):
                    yield Move(at + shuffled.uniform(0, row["minutes"]), {"repost_of": row["storm"]})
            else:
                yield Move(at, row, f"stories:{line}")

    def play(self, move: Move) -> Post | None:
        """Let one thing happen now; the post that it made, if it made one."""
        row, world = move.row, self.world
        for verb, by in (("delete", "author"), ("remove", "moderator")):
            if verb in row:
                gone = self._posted[row[verb]]
                world.delete(gone.platform, gone.id, by)
                return None
        if "like" in row:
            liked = self._posted[row["like"]]
            world.like(liked.platform, liked.id, row["likes"], shares=row["shares"], views=row["views"])
            return None
        if "edit" in row:
            old = self._posted[row["edit"]]
            text, truth = self._fill(row["text"], old.author, None), row["truth"] | {"row": move.name}
            new = world.edit(old.platform, old.id, text, truth=truth)
            self._posted[row["edit"]] = new
            return new
        if "repost_of" in row:
            original = self._posted[row["repost_of"]]
            return world.post("x", self._stranger("x", "en"), "", repost_of=original.id, lang=original.lang)
        parent = self._posted[row["reply_to"]] if "reply_to" in row else None
        quoted = self._posted[row["quote_of"]] if "quote_of" in row else None
        truth = row.get("truth")
        language = truth["language"] if truth else row.get("language", "en")
        author = self._author(row, language)
        text = self._fill(row["text"], author, parent)
        if row["on"] == "x" and parent:
            text = _addressed(text, parent, author)
        made = world.post(
            row["on"],
            author,
            text,
            title=row.get("title", ""),
            place=row.get("place", ""),
            reply_to=parent.id if parent else None,
            quote_of=quoted.id if quoted else None,
            late=row.get("late", 0.0) / world.clock.speed,
            lang=language,
            truth=truth | {"row": move.name} if truth else None,
            likes=self._random.randrange(6),
            views=self._random.randrange(20, 900),
        )
        if "key" in row:
            self._posted[row["key"]] = made
        return made

    def _fill(self, text: str, author: Author, parent: Post | None) -> str:
        order = f"NW-{self._random.randrange(38000, 41000)}"
        for customer in self._customers.values():
            if customer["name"] == author.name:
                order = customer["order_ids"].split(";")[-1]
        return text.replace("{order}", order).replace("{author}", parent.author.handle if parent else "")

    def _author(self, row: dict[str, Any], language: str) -> Author:
        by, platform = row.get("by", ""), row["on"]
        if by.startswith("@"):
            return self._posted[by[1:]].author
        if by in self._customers:
            return self._customer(self._customers[by], platform)
        if by:
            cast = self._cast[by, platform]
            return self.world.author(platform, cast["handle"], **_profile(cast))
        return self._stranger(platform, language)

    def _customer(self, row: dict[str, str], platform: str) -> Author:
        """A customer as they appear on a platform: under the account that the CRM knows, if it knows one."""
        ids = dict(pair.split(":", 1) for pair in row["account_ids"].split(";") if pair)
        handles = {h.split(":")[0]: h.split(":")[1] for h in row["handles"].split(";") if h}
        handle = handles.get(platform) or _handle(row["name"], self._names["latin"]) + row["customer_id"][2:]
        followers = 60 + 13 * int(row["customer_id"][1:])
        profile = {"name": row["name"], "location": row["city"], "followers": followers}
        return self.world.author(platform, handle, id=ids.get(platform), **profile)

    def _stranger(self, platform: str, language: str) -> Author:
        names, pick = self._names[language], self._random.choice
        name = f"{pick(names['first'])} {pick(names['last'])}"
        while True:
            handle = f"{_handle(name, self._names['latin'])[:10]}{random.randrange(10_000)}"
            if self.world.find_author(platform, handle) is None:
                break
        followers = min(20_000, int(self._random.lognormvariate(5.2, 1.3)))
        return self.world.author(platform, handle, name=name, followers=followers, location=pick(names["places"]))


def _spread(moves: list[Move], first: float, shuffled: random.Random) -> None:
    """Give each move its minute: evenly with some jitter, two fifths of them in the busy minutes."""
    early = len(moves) * 2 // 5
    for index, move in enumerate(moves):
        if index < early:
            step, start, place = BUSY / early, first, index
        else:
            step, start, place = (DAY - BUSY) / (len(moves) - early), BUSY, index - early
        move.at = start + step * place + (shuffled.uniform(0, step * 0.4) if index else 0.0)


def _addressed(text: str, parent: Post, author: Author) -> str:
    """X puts those whom one answers in front: the parent's author and whom that post named."""
    named = dict.fromkeys([parent.author.handle, *MENTION.findall(parent.text)])
    return "".join(f"@{handle} " for handle in named if handle != author.handle and f"@{handle}" not in text) + text


def _subject(row: dict[str, Any]) -> str:
    """The key of the row that this one follows."""
    verbs = ("reply_to", "quote_of", "edit", "delete", "remove", "like", "storm")
    return str(next(row[verb] for verb in verbs if verb in row))


def _profile(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in ("name", "bio", "location", "followers", "verified")}


def _handle(name: str, latin: dict[str, str]) -> str:
    """A handle that fits a name: ASCII letters, Devanagari first names in Latin ones."""
    first = name.split()[0]
    plain = latin.get(first) or name.replace("ı", "i").replace("ø", "o")
    plain = unicodedata.normalize("NFKD", plain).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z]+", "", plain) or "someone"


@cache
def read_jsonl(name: str) -> list[dict[str, Any]]:
    """The rows of a file beside this one."""
    return [json.loads(line) for line in (HERE / name).read_text(encoding="utf-8").splitlines() if line]


def read_csv(path: Path) -> list[dict[str, str]]:
    """The rows of customers.csv or orders.csv."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
