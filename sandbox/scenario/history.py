"""What was said in the weeks before: of Northwind, and of the two shops that it is compared with.

`past(now)` is a list of rows as a replayed file has them (docs/connect.md), oldest first, each with `scene`, the kind of
thing that it is, and `shop`, whom it is about; some with `gone_at`, when their author took them back. The same seed tells
the same story, moved to `now`.

Sentences lie in said/LANGUAGE.toml, put together from what opens a post (`said`), what may follow (`more`) and how people of
that mood end. Who speaks is fixed for the whole time: people of four countries, each with a temper that a good or bad turn
may change, posting in the rhythm of their weeks and days. On top of the everyday lie four episodes:

| days ago | what happens |
|---|---|
| 38 | Brew 2, a coffee machine, is launched, and people love it |
| 24 | Northwind Plus gets 40 % dearer, and members object |
| 14 | the depot in Turkey moves, and for a week hardly a parcel arrives |
| 7 | it works again; whoever waited is apologised to, and some come round |
"""

import random
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import accumulate
from pathlib import Path
from typing import Any, NamedTuple

from sandbox.scenario import CUSTOMERS, _handle, read_csv
from sandbox.world import REDDIT_EPOCH_MS, SNOWFLAKE_EPOCH_MS

SAID = Path(__file__).parent / "said"
DAYS = 60
LAST_MINUTES = 10
"""The past ends so long before now: from here on the day of the sandbox speaks."""

Row = dict[str, Any]

NORTHWIND, LARKFIELD, OAKMERE = "Northwind", "Larkfield", "Oakmere"
HELP = "northwindhelp"
OTHERS = (LARKFIELD, OAKMERE)

A_DAY = {NORTHWIND: 29.0, LARKFIELD: 9.5, OAKMERE: 5.0}
"""Posts of an average day that nothing happens on."""
COUNTRIES = {"IN": 0.36, "TR": 0.27, "GB": 0.22, "US": 0.15}
PEOPLE = {"IN": 540, "TR": 430, "GB": 330, "US": 220}
HOURS_FROM_UTC = {"IN": 5.5, "TR": 3.0, "GB": 0.0, "US": -5.0}
OF_THE_WEEK = (1.02, 0.96, 0.97, 1.0, 1.06, 1.16, 0.9)
OF_THE_DAY = (
    1,
    0.5,
    0.3,
    0.2,
    0.2,
    0.4,
    1.2,
    2.6,
    3.8,
    4.2,
    4.4,
    4.2,
    4.8,
    4.6,
    4.0,
    3.8,
    4.0,
    4.6,
    5.2,
    6.0,
    6.6,
    6.4,
    4.8,
    2.4,
)
TONGUES = {
    "IN": {"hi-Latn": 0.42, "en": 0.36, "hi": 0.22},
    "TR": {"tr": 0.93, "en": 0.07},
    "GB": {"en": 1.0},
    "US": {"en": 1.0},
}
PLATFORMS = {"x": 0.62, "reddit": 0.2, "rss": 0.13, "mastodon": 0.05}
PLACES = {"IN": "india", "TR": "turkey", "GB": "gadgets", "US": "gadgets"}

MOODS: dict[str, dict[str, float]] = {
    "fan": {
        "product_love": 30,
        "delivery_good": 14,
        "service_good": 10,
        "question": 9,
        "passing": 9,
        "idea": 8,
        "switch": 4,
        "product_bad": 2,
        "delivery_bad": 3,
        "app_bad": 2,
        "launch_doubt": 1,
    },
    "plain": {
        "question": 18,
        "passing": 18,
        "product_love": 14,
        "delivery_good": 8,
        "service_good": 4,
        "idea": 8,
        "product_bad": 7,
        "delivery_bad": 9,
        "refund": 3,
        "app_bad": 5,
        "service_bad": 3,
        "switch": 5,
        "sarcasm": 1,
    },
    "critic": {
        "delivery_bad": 20,
        "product_bad": 17,
        "service_bad": 13,
        "refund": 11,
        "app_bad": 7,
        "sarcasm": 9,
        "question": 6,
        "idea": 4,
        "switch": 4,
        "product_love": 3,
        "passing": 4,
    },
}
"""What people of a temper speak of, by weight."""
GLAD = frozenset({"product_love", "delivery_good", "service_good", "launch", "crisis_over", "thanks"})
CROSS = frozenset(
    {"product_bad", "delivery_bad", "service_bad", "refund", "app_bad", "price", "sarcasm", "crisis", "still"}
)
PRESSING = frozenset({"danger", "account"})
TAGS = {"glad": (" #home", " #review", " #happycustomer"), "cross": (" #customerservice", " #fail", " #help")}
ALARM_A_DAY = {"danger": 0.25, "account": 0.35, "spam": 1.2, "hostile": 0.12}


class Episode(NamedTuple):
    """So many posts a day from `since` days ago on, of `scenes` by weight, in these countries."""

    since: int
    a_day: tuple[int, ...]
    scenes: dict[str, float]
    countries: dict[str, float]


EPISODES = (
    Episode(38, (30, 27, 21, 16, 13, 11, 9, 8, 7, 6, 5, 4, 3), {"launch": 0.86, "launch_doubt": 0.14}, COUNTRIES),
    Episode(24, (22, 30, 23, 15, 10, 6, 4), {"price": 1.0}, {"GB": 0.4, "IN": 0.3, "US": 0.16, "TR": 0.14}),
    Episode(14, (8, 18, 33, 42, 45, 40, 30, 20, 10, 4), {"crisis": 0.93, "sarcasm": 0.07}, {"TR": 0.95, "GB": 0.05}),
    Episode(7, (5, 13, 22, 21, 15, 11, 8), {"crisis_over": 0.92, "delivery_good": 0.08}, {"TR": 0.96, "GB": 0.04}),
)
HEADLINES = {38: "Brew 2", 24: "Plus", 12: "depo", 6: "normal", 46: "shop", 18: "air fryers", 30: "mağaza"}
"""Days ago, and a word of the headline that the papers have on that day."""
NEWS = {38: "Brew 2", 13: "depomuz taşınıyor", 6: "tam kapasite", 52: "open until", 33: "hiring"}
"""Days ago, and words of what the brand itself announces."""


@dataclass(slots=True)
class Person:
    """One account. `temper` is how they begin; from `turns_at` (days ago) on they are `then`."""

    platform: str
    id: str
    handle: str
    name: str
    country: str
    tongue: str
    city: str
    bio: str = ""
    followers: int = 100
    verified: bool = False
    weight: float = 1.0
    temper: str = "plain"
    turns_at: float = -1.0
    then: str = ""
    order: str = ""

    def mood(self, ago: float) -> str:
        return self.then if self.then and ago <= self.turns_at else self.temper

    def as_row(self) -> Row:
        return {
            "id": self.id,
            "handle": self.handle,
            "display_name": self.name,
            "bio": self.bio,
            "location": self.city,
            "followers": self.followers if self.platform in ("x", "mastodon") else None,
            "verified": self.verified,
        }


def past(now: datetime, seed: int = 7, days: int = DAYS) -> list[Row]:
    """The rows of `days` days up to `now` (aware UTC), oldest first."""
    return _Past(now, seed, days).rows()


@cache
def said(tongue: str) -> dict[str, Any]:
    """The sentences of a language, by scene."""
    return tomllib.loads((SAID / f"{tongue}.toml").read_text(encoding="utf-8"))


@dataclass
class _Past:
    now: datetime
    seed: int
    days: int
    found: list[Row] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = random.Random(f"past {self.seed}")
        self.people = _people(self.random)
        self.by_country = {
            country: (some, list(accumulate(one.weight for one in some)))
            for country in COUNTRIES
            if (some := [one for one in self.people if one.country == country])
        }
        self.reposters = [one for one in self.people if one.platform == "x"]
        self.help = {
            "x": Person("x", "990001", HELP, "Northwind Help", "GB", "en", "", followers=214_000, verified=True),
            "reddit": Person("reddit", "t2_nwhelp", "northwind_help", "northwind_help", "GB", "en", ""),
        }
        self.used: set[str] = set()

    def rows(self) -> list[Row]:
        for ago in range(self.days, -1, -1):
            self._everyday(ago)
            self._rare(ago)
            for episode in EPISODES:
                if 0 <= (nth := episode.since - ago) < len(episode.a_day):
                    for _ in range(self._about(episode.a_day[nth])):
                        self._say(NORTHWIND, ago, self._pick(episode.countries), self._pick(episode.scenes))
            self._press(ago)
        ends = self.now - timedelta(minutes=LAST_MINUTES)
        begins = self.now - timedelta(days=self.days)
        rows = [row for row in self.found if begins <= row["created_at"] <= ends]
        there = {row["id"] for row in rows}
        rows = [row for row in rows if not row.get("parent_id") or row["parent_id"] in there]
        rows.sort(key=lambda row: (row["created_at"], row["id"]))
        return [_as_json(row, ends) for row in rows]

    # --- what happens on a day ----------------------------------------------------------------

    def _everyday(self, ago: int) -> None:
        weekday = (self.now - timedelta(days=ago)).weekday()
        for brand, posts in A_DAY.items():
            for _ in range(self._about(posts * OF_THE_WEEK[weekday])):
                self._say(brand, ago, self._pick(COUNTRIES))

    def _rare(self, ago: int) -> None:
        for scene, posts in ALARM_A_DAY.items():
            if self.random.random() < posts:
                self._say(NORTHWIND, ago, self._pick(COUNTRIES), scene)

    def _press(self, ago: int) -> None:
        if word := HEADLINES.get(ago):
            for tongue, site, name in (
                ("en", "dailyledger.example", "The Daily Ledger"),
                ("tr", "haber.example", "Haber Masası"),
            ):
                if line := next((s for s in said(tongue)["press"]["said"] if word in s), ""):
                    paper = Person("rss", site, "", name, "GB", tongue, "")
                    more = " ".join(self.random.sample(said(tongue)["press"]["more"], 2))
                    at = self._moment(ago, "GB")
                    texts = (self._filled(line, paper, NORTHWIND), self._filled(more, paper, NORTHWIND))
                    self._put(paper, at, "press", texts[1], title=texts[0], place=name, kind="article")
        if words := NEWS.get(ago):
            tongue = "tr" if words not in str(said("en")["brand"]["news"]) else "en"
            line = next(s for s in said(tongue)["brand"]["news"] if words in s)
            brand = Person("x", "990000", "northwind", NORTHWIND, "GB", tongue, "", followers=498_000, verified=True)
            told = self._put(
                brand, self._moment(ago, "GB"), "news", f"{self._filled(line, brand, NORTHWIND)} #northwind"
            )
            self._repost(told, self.random.randrange(8, 20))

    # --- one post, and what follows from it ---------------------------------------------------

    def _say(self, brand: str, ago: float, country: str, scene: str = "") -> None:
        person = self._person(country, scene, ago)
        if not scene:
            scene = self._pick(MOODS[person.mood(ago)])
        if scene not in said(person.tongue):
            person = self._person("GB", scene, ago)
            if scene not in said(person.tongue):
                return
        at = self._moment(ago, person.country)
        row = self._post(person, at, scene, brand)
        row["shop"] = brand
        if brand == NORTHWIND:
            self._thread(row, person, scene, ago)
        if person.followers > 50_000:
            self._repost(row, self.random.randrange(3, 15))
        elif scene in ("launch", "crisis", "price", "sarcasm") and self.random.random() < 0.07:
            self._repost(row, self.random.randrange(2, 9))

    def _thread(self, row: Row, person: Person, scene: str, ago: float) -> None:
        """Northwind answers some, and some of them come back: glad, or still waiting."""
        voice = self.help.get(person.platform)
        if voice is None or row["kind"] == "repost":
            return
        slow = 4.0 if person.country == "TR" and 5 < ago < 14 else 1.0
        if scene in CROSS or scene in PRESSING:
            asked, answered = "ask", self.random.random() < (0.62 if slow > 1 else 0.78)
        elif scene in ("question", "launch_doubt"):
            asked, answered = "answer", self.random.random() < 0.45
        else:
            asked, answered = "glad", scene in GLAD and self.random.random() < 0.08
        if not answered or asked not in said(person.tongue).get("brand", {}):
            return
        wait = self.random.lognormvariate(1.9 if scene in PRESSING else 2.9, 0.75) * slow
        told = self._answer(row, voice, person.tongue, asked, row["created_at"] + timedelta(minutes=wait))
        if asked == "ask" and self.random.random() < 0.55:
            self._come_back(row, told, person, voice)

    def _come_back(self, row: Row, told: Row, person: Person, voice: Person) -> None:
        at = told["created_at"] + timedelta(hours=self.random.lognormvariate(1.6, 0.9))
        glad = self.random.random() < 0.6
        back = self._reply(told, row, person, at, "thanks" if glad else "still")
        if not glad:
            again = self._answer(back, voice, person.tongue, "ask", at + timedelta(minutes=self.random.uniform(9, 150)))
            if self.random.random() < 0.5:
                back = self._reply(again, row, person, at + timedelta(hours=self.random.uniform(4, 40)), "thanks")
                glad = True
        if glad and self.random.random() < 0.5:
            person.turns_at, person.then = self._ago(at), "fan"
            later = back["created_at"] + timedelta(hours=self.random.uniform(20, 130))
            scenes = {"product_love": 0.4, "service_good": 0.4, "delivery_good": 0.2}
            self._post(person, later, self._pick(scenes), NORTHWIND)

    def _post(self, person: Person, at: datetime, scene: str, brand: str) -> Row:
        text = self._text(person, scene, brand)
        if person.platform == "reddit":
            first, _, rest = text.partition(". ")
            title = first if len(first) < 200 else first[:200]
            about = brand == NORTHWIND and self.random.random() < 0.45
            place = "northwind" if about else PLACES[person.country]
            row = self._put(person, at, scene, rest, title=title, place=place)
            if about:
                row["brand"] = "northwind"
            return row
        row = self._put(person, at, scene, text, place="forum" if person.platform == "rss" else "")
        if person.platform == "rss" and brand == NORTHWIND:
            row["brand"] = "northwind"
        return row

    def _text(self, person: Person, scene: str, brand: str) -> str:
        """What somebody says, in different words each time as far as there are any."""
        words = said(person.tongue)
        for _ in range(6):
            parts = [self.random.choice(words[scene]["said"])]
            if words[scene].get("more") and (person.platform == "reddit" or self.random.random() < 0.55):
                parts.append(self.random.choice(words[scene]["more"]))
            mood = "glad" if scene in GLAD else "cross" if scene in CROSS else "plain"
            if self.random.random() < (0.4 if mood != "plain" else 0.2) and scene not in ("spam", "hostile", *PRESSING):
                parts.append(self.random.choice(words["ends"][mood]))
            text = _joined([self._filled(part, person, brand) for part in parts], person.tongue)
            if text not in self.used:
                break
        self.used.add(text)
        return self._typed(text, person, mood)

    def _typed(self, text: str, person: Person, mood: str) -> str:
        """As thumbs leave it: some without capitals, some with a tag."""
        if person.tongue in ("en", "hi-Latn") and self.random.random() < 0.3:
            text = text[:1].lower() + text[1:] if self.random.random() < 0.6 else text.lower()
        if person.platform == "x" and mood != "plain" and self.random.random() < 0.08:
            text += self.random.choice(TAGS[mood])
        return text

    def _filled(self, text: str, person: Person, brand: str) -> str:
        slots, draw = said(person.tongue).get("slots", said("en")["slots"]), self.random.choice
        for name in ("p", "w", "n"):
            text = text.replace(f"{{{name}}}", draw(slots[name]), 1)
            text = text.replace(f"{{{name}}}", draw(slots[name]))
        text = text.replace("{order}", person.order or f"NW-{self.random.randrange(38_000, 41_000)}")
        text = text.replace("{o}", self._other(brand)).replace("{c}", self._city(person))
        text = text.replace("{i}", draw(("Mo", "Jo", "Ra", "El", "As", "De")))
        text = text.replace("{b}'", f"{brand}'")  # a Turkish ending hangs on the name, not on an account
        return text.replace("{b}", self._called(brand, person)) if "{b}" in text else text

    def _called(self, brand: str, person: Person) -> str:
        if brand != NORTHWIND:
            return brand
        if person.tongue == "hi" and self.random.random() < 0.6:
            return "नॉर्थविंड"
        if person.platform == "x" and self.random.random() < 0.25:
            return self.random.choice((f"@{HELP}", "@northwind"))
        return brand

    def _other(self, brand: str) -> str:
        return self.random.choice(OTHERS) if brand == NORTHWIND else NORTHWIND

    def _city(self, person: Person) -> str:
        names = _names()[person.country]
        here = names.get("cities_hi") if person.tongue == "hi" else None
        return str(self.random.choice(here or names["cities"]))

    # --- rows ---------------------------------------------------------------------------------

    def _put(self, person: Person, at: datetime, scene: str, text: str, **more: Any) -> Row:
        id = self._id(person.platform, at, more.get("kind", "post"))
        reach = max(person.followers, 60)
        row: Row = {
            "platform": person.platform,
            "id": id,
            "created_at": at,
            "author": person.as_row(),
            "text": text,
            "kind": "post",
            "url": _url(person, id, more.get("place", "")),
            "lang": person.tongue.split("-")[0],
            "conversation_id": id if person.platform != "rss" else "",
            "metrics": self._metrics(person.platform, reach, loud=scene in ("launch", "price", "crisis", "sarcasm")),
            "scene": scene,
            "shop": NORTHWIND,
            **more,
        }
        if self.random.random() < 0.012 and scene not in ("press", "news", "answer"):
            row["gone_at"] = at + timedelta(hours=self.random.uniform(1, 60))
        self.found.append(row)
        return row

    def _reply(self, to: Row, root: Row, person: Person, at: datetime, scene: str) -> Row:
        text = self._text(person, scene, NORTHWIND)
        if person.platform == "x":
            text = f"@{HELP} {text}"
        return self._under(to, root, person, at, scene, text)

    def _answer(self, to: Row, voice: Person, tongue: str, which: str, at: datetime) -> Row:
        speaker = replace(voice, tongue=tongue)
        text = self._filled(self.random.choice(said(tongue)["brand"][which]), speaker, NORTHWIND)
        if voice.platform == "x":
            text = f"@{to['author']['handle']} {text}"
        return self._under(to, to, speaker, at, "answer", text)

    def _under(self, to: Row, root: Row, person: Person, at: datetime, scene: str, text: str) -> Row:
        kind = "comment" if person.platform == "reddit" else "reply"
        row = self._put(person, at, scene, text, kind=kind, place=to.get("place", ""), parent_id=to["id"])
        row["conversation_id"] = root["conversation_id"]
        row["brand"] = "northwind"
        return row

    def _repost(self, row: Row, count: int) -> None:
        if row["platform"] != "x":
            return
        at = row["created_at"]
        for person in self.random.sample(self.reposters, count):
            at += timedelta(minutes=self.random.expovariate(1 / 25))
            again = self._put(person, at, "repost", "", kind="repost", quoted_text=row["text"], parent_id=row["id"])
            again["metrics"] = {}
            again.pop("gone_at", None)
        row["metrics"]["shares"] = max(count, row["metrics"].get("shares") or 0)

    def _metrics(self, platform: str, followers: int, *, loud: bool) -> dict[str, int]:
        if platform == "rss":
            return {}
        views = int(followers**0.82 * self.random.lognormvariate(0.4 if loud else 0.0, 0.9)) + 8
        likes = int(views * self.random.uniform(0.004, 0.05))
        told = {"likes": likes, "replies": int(likes * self.random.uniform(0, 0.3))}
        if platform == "reddit":
            return told
        return (
            told | {"shares": int(likes * self.random.uniform(0, 0.2))} | ({"views": views} if platform == "x" else {})
        )

    def _id(self, platform: str, at: datetime, kind: str) -> str:
        ms = int(at.timestamp() * 1000)
        if platform == "x":
            return str((ms - SNOWFLAKE_EPOCH_MS) << 22 | self.random.getrandbits(22))
        if platform == "reddit":
            prefix = "t1_" if kind in ("comment", "reply") else "t3_"
            return prefix + _base36((ms - REDDIT_EPOCH_MS) << 6 | self.random.getrandbits(6))
        if platform == "mastodon":
            return str(ms << 16 | self.random.getrandbits(16))
        return f"https://forum.northwind.example/t/{_base36(ms << 4 | self.random.getrandbits(4))}"

    # --- drawing ------------------------------------------------------------------------------

    def _person(self, country: str, scene: str, ago: float) -> Person:
        """Somebody of that country whom the scene suits: a fan does not curse a launch, as a rule."""
        some, weights = self.by_country[country]
        wanted = "fan" if scene in GLAD else "critic" if scene in CROSS else ""
        person = self.random.choices(some, cum_weights=weights)[0]
        for _ in range(2):
            if not wanted or person.mood(ago) in (wanted, "plain"):
                break
            person = self.random.choices(some, cum_weights=weights)[0]
        return person

    def _moment(self, ago: float, country: str) -> datetime:
        """A time on that day, as that country is awake."""
        hour = self.random.choices(range(24), OF_THE_DAY)[0] + self.random.random()
        midnight = (self.now - timedelta(days=ago)).replace(hour=0, minute=0, second=0, microsecond=0)
        return midnight + timedelta(hours=hour - HOURS_FROM_UTC[country], milliseconds=self.random.randrange(1000))

    def _ago(self, at: datetime) -> float:
        return (self.now - at) / timedelta(days=1)

    def _about(self, mean: float) -> int:
        return max(0, round(self.random.gauss(mean, mean**0.5)))

    def _pick(self, weights: dict[str, float]) -> str:
        return self.random.choices(list(weights), list(weights.values()))[0]


def _people(draw: random.Random) -> list[Person]:
    """Everybody who ever speaks: strangers, the loud ones, and Northwind's customers under the accounts that its CRM
    knows."""
    taken: set[str] = {HELP, "northwind"}
    found = [_stranger(draw, country, taken) for country, count in PEOPLE.items() for _ in range(count)]
    for nth, row in enumerate(_names()["loud"]):
        tongue = {"TR": "tr", "GB": "en", "US": "en", "IN": "hi" if row["name"][0] > "z" else "hi-Latn"}[row["country"]]
        profile = {name: row[name] for name in ("handle", "name", "country", "bio", "followers")}
        found.append(
            Person("x", f"77{nth:04}", tongue=tongue, city="", verified=True, weight=5.0, temper=row["mood"], **profile)
        )
    return found + [_customer(draw, row, taken) for row in read_csv(CUSTOMERS)]


def _stranger(draw: random.Random, country: str, taken: set[str]) -> Person:
    names = _names()[country]
    tongue = draw.choices(list(TONGUES[country]), list(TONGUES[country].values()))[0]
    script = "_hi" if tongue == "hi" and draw.random() < 0.7 else ""
    first, last = draw.choice(names[f"first{script}"]), draw.choice(names[f"last{script}"])
    platform = draw.choices(list(PLATFORMS), list(PLATFORMS.values()))[0]
    handle = _new_handle(draw, first, last, taken)
    city = draw.choice(names[f"cities{script}"]) if draw.random() < 0.6 else ""
    number = str(draw.getrandbits(59))
    id = {"x": number, "reddit": f"t2_{_base36(int(number) >> 20)}", "mastodon": number}.get(
        platform, f"forum.northwind.example/{handle}"
    )
    mood = draw.choices(("fan", "plain", "critic"), (0.3, 0.48, 0.22))[0]
    person = Person(
        platform,
        id,
        handle,
        handle
        if platform == "reddit"
        else f"{first} {last}"
        if draw.random() < 0.8
        else f"{first} {draw.choice('🌿☕🎧🐈✨🚲')}",
        country,
        tongue,
        city,
        followers=min(38_000, int(draw.lognormvariate(5.3, 1.4))),
        weight=draw.paretovariate(1.3),
        temper=mood,
    )
    if draw.random() < 0.14:
        person.turns_at, person.then = draw.uniform(2, 50), draw.choice(("fan", "critic"))
    return person


def _customer(draw: random.Random, row: dict[str, str], taken: set[str]) -> Person:
    ids = dict(pair.split(":", 1) for pair in row["account_ids"].split(";") if pair)
    handles = {h.split(":")[0]: h.split(":")[1] for h in row["handles"].split(";") if h}
    handle = handles.get("x") or _new_handle(draw, row["name"].split()[0], row["name"].split()[-1], taken)
    country = row["country"] if row["country"] in COUNTRIES else "GB"
    tongue = {"TR": "tr", "IN": "hi-Latn"}.get(country, "en")
    person = Person(
        "x",
        ids.get("x") or str(draw.getrandbits(59)),
        handle,
        row["name"],
        country,
        "hi" if row["name"][0] > "\u0900" and country == "IN" else tongue,
        row["city"],
        followers=60 + 13 * int(row["customer_id"][1:]),
        weight=draw.uniform(3, 8),
        temper=draw.choices(("fan", "plain", "critic"), (0.35, 0.3, 0.35))[0],
        order=row["order_ids"].split(";")[-1],
    )
    if draw.random() < 0.4:
        person.turns_at, person.then = draw.uniform(2, 24), draw.choice(("fan", "critic"))
    return person


def _new_handle(draw: random.Random, first: str, last: str, taken: set[str]) -> str:
    latin, words = _handle(first, {}), _names()["handles"]
    while True:
        handle = draw.choice(
            (
                f"{latin}{draw.randrange(10, 9999)}",
                f"{latin}_{_handle(last, {})}"[:15],
                f"{draw.choice(words['first'])}_{draw.choice(words['last'])}",
                f"{draw.choice(words['first'])}{draw.choice(words['last'])}{draw.randrange(100)}",
            )
        )[:15]
        if handle not in taken and not handle.startswith("someone"):
            taken.add(handle)
            return handle


@cache
def _names() -> dict[str, Any]:
    return tomllib.loads((SAID / "people.toml").read_text(encoding="utf-8"))


def _joined(parts: Sequence[str], tongue: str) -> str:
    """Sentences one after the other; what ends in a word or a quotation gets its stop."""
    stop = "।" if tongue == "hi" else "."
    *before, last = parts
    return " ".join([*(part + stop if _is_open(part) else part for part in before), last])


def _is_open(part: str) -> bool:
    return part[-1] in "'\")" or unicodedata.category(part[-1])[0] in "LMN"


def _url(person: Person, id: str, place: str) -> str:
    if person.platform == "x":
        return f"https://x.com/{person.handle}/status/{id}"
    if person.platform == "reddit":
        return f"https://www.reddit.com/r/{place or 'northwind'}/comments/{id.split('_')[1]}"
    if person.platform == "mastodon":
        return f"https://mastodon.example/@{person.handle}/{id}"
    return id


def _as_json(row: Row, ends: datetime) -> Row:
    gone = row.pop("gone_at", None)
    told = row | {"created_at": row["created_at"].isoformat()}
    return told | ({"gone_at": gone.isoformat()} if gone is not None and gone < ends else {})


def _base36(number: int) -> str:
    digits = ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits or "0"
