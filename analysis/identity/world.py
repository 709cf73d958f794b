"""Made-up towns with known truth: customers, and what customers and strangers post.

What makes linking hard is put in on purpose: namesakes in one city, handles that changed hands, imported handles that are
wrong, relatives who share a phone, impersonators, orders of third parties, accounts of fans, parodies, news and bots. How
much of each is drawn anew for every town (`Plan.drawn`), so that weights learned from many towns lean on no one mixture.

`half` says whose names and phrasings are used: 0 to learn, 1 to test. They share no name, template or city district.
"""

import csv
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from anyascii import anyascii

from analysis.identity.names import NICKNAMES
from core.customer import Customer, Handle
from core.mention import Author

PLATFORMS = ("x", "reddit", "mastodon", "bluesky")
COLUMNS = """
    customer_id name emails phones handles account_ids city country company_domain order_ids tier lifetime_value
""".split()  # noqa: SIM905 (words read better as words)


@dataclass(frozen=True, slots=True)
class Plan:
    """How a town is made. Shares run from 0 to 1."""

    customers: int = 10_000
    mentions: int = 5_000
    known: float = 0.3
    """Of the authors, who are customers."""
    seed: int = 1
    half: int = 1
    accounts: float = 0.35
    """Of a customer's accounts, those that the CRM has."""
    wrong_handles: float = 0.02
    recycled: float = 0.01
    """Of the authors, those who now use a handle that the CRM has of somebody else."""
    namesakes: float = 0.05
    impersonators: float = 0.02
    relatives: float = 0.02
    third_party: float = 0.02
    not_people: float = 0.06
    gives_ids: float = 0.2
    """Of a customer's posts, those that hold an order number, an address or a phone number."""
    pseudonyms: float = 0.2
    reuse: float = 0.3
    """Of the accounts, those that bear a person's one handle of all platforms."""
    located: float = 0.65
    moved: float = 0.06
    repeated: float = 0.4
    cultures: tuple[float, float, float] = (0.35, 0.4, 0.25)

    @classmethod
    def drawn(cls, seed: int, **fixed: Any) -> "Plan":
        """A plan with everything that is not fixed drawn at random between a third and about twice its usual value."""
        rng = random.Random(f"plan{seed}")
        free = [f.name for f in fields(cls) if isinstance(f.default, float)]
        drawn = {name: min(0.9, getattr(cls(), name) * rng.uniform(0.35, 1.9)) for name in free}
        mix = [rng.uniform(0.1, 1) for _ in range(3)]
        return cls(**{**drawn, "seed": seed, "cultures": tuple(m / sum(mix) for m in mix), **fixed})


@dataclass(slots=True)
class Person:
    culture: str
    given: str
    surname: str
    city: str
    country: str
    native: tuple[str, str, str]
    """Given name, surname and city in Devanagari; empty where there is none."""
    nick: str
    """The handle that they use wherever they can."""
    digits: str
    phone: str
    email: str
    domain: str


@dataclass(slots=True)
class Account:
    author: Author
    person: Person | None


@dataclass(frozen=True, slots=True)
class Post:
    id: str
    author: Author
    text: str
    customer_id: str
    """Who the author is; empty for a stranger."""
    linkable: bool
    """Is there anything that could tell?"""
    kind: str = ""


@dataclass(slots=True)
class World:
    customers: list[Customer]
    posts: list[Post]
    plan: Plan = field(default_factory=Plan)

    def write(self, folder: Path) -> None:
        """As `customers.csv`, `mentions.jsonl` and `truth.csv`."""
        folder.mkdir(parents=True, exist_ok=True)
        with (folder / "customers.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(COLUMNS)
            out.writerows(_row(c) for c in self.customers)
        with (folder / "mentions.jsonl").open("w", encoding="utf-8") as file:
            for post in self.posts:
                file.write(json.dumps(_mention(post), ensure_ascii=False) + "\n")
        with (folder / "truth.csv").open("w", encoding="utf-8", newline="") as file:
            out = csv.writer(file)
            out.writerow(["mention_id", "customer_id", "linkable", "kind"])
            out.writerows([p.id, p.customer_id, int(p.linkable), p.kind] for p in self.posts)


def _row(c: Customer) -> list[Any]:
    handles = ";".join(f"{h.platform}:{h.handle}:{h.source}" for h in c.handles)
    lists = [";".join(c.emails), ";".join(c.phones), handles, ";".join(c.account_ids)]
    worth = "" if c.lifetime_value is None else c.lifetime_value
    return [c.customer_id, c.name, *lists, c.city, c.country, c.company_domain, ";".join(c.order_ids), c.tier, worth]


def _mention(p: Post) -> dict[str, Any]:
    a = p.author
    author = {
        "id": a.external_id,
        "handle": a.handle,
        "display_name": a.display_name,
        "bio": a.bio,
        "location": a.location,
        "url": a.url,
        "followers": a.followers,
        "verified": a.verified,
    }
    return {"id": p.id, "platform": a.platform, "created_at": "2026-11-01T10:00:00Z", "text": p.text, "author": author}


# Names ---------------------------------------------------------------------------------------------------------------

Choice = tuple[str, str]


@cache
def _lists(culture: str, half: int) -> tuple[list[Choice], list[Choice], list[tuple[str, str, str]]]:
    """Given names, surnames and cities (with country) of a half, each with its Devanagari."""
    rows = [
        line.split("\t")
        for line in (files("analysis") / "data" / "world_names.tsv").read_text(encoding="utf-8").splitlines()
        if line.startswith(culture + "\t")
    ]

    def kind(name: str) -> list[Choice]:
        return [(r[2], r[3]) for r in rows if r[1] == name]

    mine = slice(half, None, 2)
    endings = kind("ending")
    made = [(a + b, "") for a, _ in kind("stem")[mine] for b, _ in endings]
    random.Random(culture).shuffle(made)
    cities = [(r[2], r[3], r[1][5:]) for r in rows if r[1].startswith("city:")]
    return kind("given")[mine], kind("surname")[mine] + made, cities


@cache
def _nicknames_of() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for nick, name in NICKNAMES.items():
        if nick != name:
            found.setdefault(name, []).append(nick)
    return found


class _Draw:
    """Draws from a list by rank, the first most often: names and cities are Zipf-like."""

    def __init__(self, rng: random.Random, power: float = 0.8) -> None:
        self._rng = rng
        self._power = power
        self._sums: dict[int, list[float]] = {}

    def __call__(self, of: Sequence[Any]) -> Any:
        if len(of) not in self._sums:
            total = 0.0
            self._sums[len(of)] = [total := total + 1 / (n + 2) ** self._power for n in range(len(of))]
        return self._rng.choices(of, cum_weights=self._sums[len(of)])[0]


# Phrases: one tuple for each half ------------------------------------------------------------------------------------

_PLAIN = (
    (
        "Still waiting for an answer from @northwind",
        "northwind app crashes again",
        "ürün çok kötü çıktı @northwind",
        "northwind ka naya phone kaisa hai?",
        "@northwind आपकी सेवा बहुत खराब है",
        "love the new colour, @northwind",
        "does anyone know when the sale ends? ordered 2 of 15",
        "2 gündür kargo bekliyorum",
    ),
    (
        "why is @northwind so slow today",
        "great service from northwind, five stars",
        "@northwind kargom nerede kaldı?",
        "northwind walo ne phir se late kar diya",
        "@northwind रिफंड कब मिलेगा",
        "been on hold for 45 minutes, since 10.30",
        "the blue one broke after 3 weeks",
        "northwind'den memnunum, teşekkürler",
    ),
)
_OWN = (
    (
        "my order {id} has not arrived @northwind",
        "@northwind where is {id}?",
        "order no {id} please check",
        "siparişim {id} hâlâ gelmedi",
        "mera order {id} kahan hai",
        "मेरा ऑर्डर {id} नहीं आया",
        "you can reach me at {id}",
        "{id}",
    ),
    (
        "I ordered two weeks ago, number {id}, nothing yet",
        "any news on {id} @northwind?",
        "{id} numaralı siparişim kayıp",
        "bhai mera {id} deliver kyu nahi hua",
        "{id} का पैसा वापस करो, मेरा है",
        "please help, ref {id}",
        "contact me: {id}",
        "@northwind bana ulaşın {id}",
    ),
)
_OTHERS = (
    (
        "my mum's order {id} is late again",
        "asking for a friend: {id} still not shipped",
        "annemin siparişi {id} gelmedi",
        "dost ka order {id} atak gaya",
        "this person posted {id} and nobody answered them",
        "@northwind {id} any update",
    ),
    (
        "my husband's parcel {id} got lost",
        "on behalf of my neighbour, order {id}",
        "arkadaşımın {id} nolu kargosu nerede",
        "papa ka order {id} kab aayega",
        "look at how they treated her: {id}",
        "what about {id} @northwind?",
    ),
)
_BIOS = (
    (
        "coffee, books and long walks",
        "engineer | cricket | chai",
        "dad of two. opinions mine",
        "fan of good food",
        "news junkie and bot tinkerer",
        "öğrenci",
        "घुमक्कड़",
        "photography",
        "she/her",
        "views are my own",
        "",
        "",
        "",
    ),
    (
        "runner. reader. repeat.",
        "software dev, Arsenal fan",
        "mom, wife, dreamer",
        "love travelling",
        "I read the news so you need not",
        "Beşiktaş",
        "विद्यार्थी",
        "gamer",
        "marketing @ somewhere",
        "RTs are not endorsements",
        "",
        "",
        "",
    ),
)
_NOT_PEOPLE = (
    (
        ("{n} Fan Club", "fan page of {n}, not affiliated"),
        ("Not {n}", "parody account"),
        ("{c} Daily News", "breaking news and headlines from {c}"),
        ("{c} weather bot", "automated account"),
        ("{s} Electronics", "official store. We ship everywhere"),
    ),
    (
        ("{n} fans", "unofficial fan account for {n}"),
        ("{n} (parody)", "satire, obviously"),
        ("{c} Haber", "son dakika haberleri"),
        ("Deals Bot", "I am a bot. Posts every hour"),
        ("{s} & Sons", "family business since 1974, customer service Mon-Fri"),
    ),
)
_NICKS = (
    ("night", "blue", "pixel", "mango", "turbo", "silent", "cosmic", "desi", "kara", "lost", "happy", "rusty", "ghost"),
    ("storm", "red", "byte", "chai", "nitro", "lazy", "lunar", "urban", "deli", "wild", "lucky", "foggy", "raven"),
)
_THINGS = (
    ("owl", "rider", "wolf", "coder", "chef", "panda", "fox", "gamer", "lion", "soul", "star", "moon", "tiger"),
    ("hawk", "walker", "bear", "hacker", "baker", "koala", "lynx", "player", "eagle", "mind", "comet", "sun", "shark"),
)
_MAIL = ("gmail.com", "yahoo.com", "hotmail.com", "outlook.com", "icloud.com")


def _letters(name: str) -> str:
    return "".join(c for c in anyascii(name).lower() if c.isalnum())


class _Maker:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rng = random.Random(f"{plan.seed}:{plan.half}")
        self.draw = _Draw(self.rng)
        self.number = 0
        self.taken: set[tuple[str, str]] = set()
        """Handles by platform, and mailboxes: there is one of each."""

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def person(self) -> Person:
        culture = self.rng.choices(("en", "in", "tr"), self.plan.cultures)[0]
        given, surnames, cities = _lists(culture, self.plan.half)
        (g, gn), (s, sn), (city, cn, country) = self.draw(given), self.draw(surnames), self.draw(cities)
        digits = self.rng.choice(("", "", str(self.rng.randint(1, 99)), str(self.rng.randint(1970, 2006))))
        domain = ""
        if self.chance(0.15):
            firms = max(2, self.plan.customers // 300)
            a, b = self.rng.choice(_NICKS[self.plan.half]), self.rng.choice(_THINGS[self.plan.half])
            domain = f"{a}{b}{self.rng.randint(1, firms)}.com"
        person = Person(culture, g, s, city, country, (gn, sn, cn), "", digits, self._phone(culture), "", domain)
        person.nick = self.handle(person)
        mail = domain if domain and self.chance(0.6) else self.rng.choice(_MAIL)
        person.email = self.mailbox(person, mail)
        return person

    def mailbox(self, p: Person, domain: str) -> str:
        local = self._local(p)
        while (domain, local) in self.taken:
            local = f"{local}{self.rng.randint(1, 99)}"
        self.taken.add((domain, local))
        return f"{local}@{domain}"

    def _phone(self, culture: str) -> str:
        code = {"in": "+91 9", "tr": "+90 5", "en": "+44 7"}[culture]
        n = f"{self.rng.randint(0, 10**9 - 1):09d}"
        return f"{code}{n[:4]} {n[4:]}"

    def _local(self, p: Person) -> str:
        g, s = _letters(p.given), _letters(p.surname)
        return self.rng.choice(
            (
                f"{g}.{s}",
                f"{g}{s}{p.digits}",
                f"{g}.{s}{p.digits}",
                f"{g[0]}{s}{p.digits}",
                p.nick,
                p.nick,
                f"{g}{p.digits}",
            )
        )

    def handle(self, p: Person) -> str:
        g, s = _letters(p.given), _letters(p.surname)
        if self.chance(self.plan.pseudonyms):
            return self.pseudonym(_letters(p.given))
        digits = p.digits if self.chance(0.7) else str(self.rng.randint(1, 999))
        made = self.rng.choice(
            (
                f"{g}{s}",
                f"{g}_{s}",
                f"{g}{s}{digits}",
                f"{g}{s}{digits}",
                f"{g}.{s}",
                f"{s}{g}",
                f"{g[0]}{s}{digits}",
                f"{g}{s[0]}{digits}",
                f"{g}_{digits or 'x'}",
            )
        )
        return made if self.chance(0.95) else made.replace("a", "4", 1).replace("i", "1", 1)

    def account(self, p: Person, platform: str) -> Author:
        self.number += 1
        handle = p.nick if self.chance(self.plan.reuse) else self.handle(p)
        while (platform, handle) in self.taken:
            handle = f"{handle}{self.rng.randint(1, 99)}"
        self.taken.add((platform, handle))
        return Author(
            platform,
            str(10**9 + self.number * 7919),
            handle,
            self.display(p, handle),
            self.bio(p),
            self.location(p),
            f"https://{p.domain}/team" if p.domain and self.chance(0.15) else "",
            self.rng.randint(0, 3000),
        )

    def pseudonym(self, given: str) -> str:
        a, b = self.rng.choice(_NICKS[self.plan.half]), self.rng.choice(_THINGS[self.plan.half])
        c = "".join(
            self.rng.choice("bcdfghklmnprstvz") + self.rng.choice("aeiou") for _ in range(self.rng.choice((1, 2, 2)))
        )
        return self.rng.choice(
            (
                f"{a}{b}{self.rng.randint(1, 9999)}",
                f"{c}_{b}{self.rng.randint(1, 999)}",
                f"the_{b}_{given}",
                f"{a}{c}{b}",
                f"{c}{c}{b}",
            )
        )

    def display(self, p: Person, handle: str) -> str:
        g, s = p.given, p.surname
        roll = self.rng.random()
        if self.chance(self.plan.pseudonyms * 0.8):
            a, b = self.rng.choice(_NICKS[self.plan.half]), self.rng.choice(_THINGS[self.plan.half])
            return self.rng.choice((f"{a} {b}", a, "🌸", "", handle, f"{a.title()} {b.title()}"))
        if p.native[0] and p.native[1] and roll < 0.18:
            return f"{p.native[0]} {p.native[1]}"
        if p.culture == "tr" and self.chance(0.3):
            g, s = anyascii(g), anyascii(s)
        if p.culture == "in" and self.chance(0.12):
            g, s = _respelt(g), _respelt(s)
        nick = self.rng.choice(_nicknames_of().get(_letters(g), [g])).title()
        return self.rng.choices(
            (
                f"{g} {s}",
                f"{g} {s} {self.rng.choice('🌸🔥🇹🇷🏏✨')}",
                g,
                f"{g[0]}. {s}",
                f"{nick} {s}",
                f"{g} {s[0]}.",
                f"{s} {g}",
                f"{g.upper()} {s.upper()}",
                f"{g} K. {s}",
                nick,
            ),
            (50, 9, 13, 5, 6, 5, 2, 4, 2, 4),
        )[0]

    def bio(self, p: Person) -> str:
        bio: str = self.rng.choice(_BIOS[self.plan.half])
        if p.domain and self.chance(0.2):
            bio += self.rng.choice((f" | work at {p.domain}", f" {_letters(p.given)}@{p.domain}", f" | {p.email}"))
        elif self.chance(0.03):
            bio += f" contact: {p.email}"
        return bio.strip()

    def location(self, p: Person) -> str:
        if not self.chance(self.plan.located):
            return self.rng.choice(("", "", "", "everywhere", "Earth 🌍", p.country))
        city = p.city
        if self.chance(self.plan.moved):
            city = self.draw(_lists(p.culture, self.plan.half)[2])[0]
        if p.native[2] and self.chance(0.12):
            return p.native[2]
        name = {"IN": "India", "TR": "Türkiye", "GB": "UK", "US": "USA"}.get(p.country, p.country)
        return self.rng.choice((city, city, f"{city}, {name}", f"{city} {name}", anyascii(city), f"{city} / {name}"))


def _respelt(name: str) -> str:
    for a, b in (("ee", "i"), ("oo", "u"), ("sh", "s"), ("au", "ou"), ("w", "v"), ("v", "w"), ("th", "t"), ("i", "ee")):
        if a in name:
            return name.replace(a, b, 1)
    return name


def make(plan: Plan) -> World:
    """Make a town."""
    m = _Maker(plan)
    rng = m.rng
    people: list[Person] = []
    rows: list[Customer] = []
    owned: dict[int, dict[str, Author]] = {}
    by_handle: dict[str, int] = {}
    for n in range(plan.customers):
        p = m.person()
        if n and m.chance(0.05):  # a relative: the same surname, city and phone
            kin = people[rng.randrange(max(0, n - 50), n)]
            p.surname, p.city, p.country, p.culture = kin.surname, kin.city, kin.country, kin.culture
            given = m.draw(_lists(p.culture, plan.half)[0])
            p.given, p.native = given[0], (given[1], kin.native[1], kin.native[2])
            p.nick = m.handle(p)
            p.email = m.mailbox(p, rng.choice(_MAIL))
            if m.chance(0.7):
                p.phone = kin.phone
        people.append(p)
        rows.append(_customer(m, n, p))
    authors_wanted = max(1, int(plan.mentions * (1 - plan.repeated) + 0.5))
    mine = rng.sample(range(plan.customers), min(plan.customers, int(authors_wanted * plan.known)))
    voices: list[_Voice] = []
    for n in mine:
        author = m.account(people[n], rng.choice(PLATFORMS))
        owned[n] = {author.platform: author}
        voices.append(_Voice(author, n, "customer"))
    for n in set(mine) | set(rng.sample(range(plan.customers), plan.customers // 3)):
        _know_accounts(m, rows, n, people[n], owned.get(n, {}), by_handle)
    _wrong_handles(m, rows, voices, authors_wanted)
    strangers = authors_wanted - len(mine)
    known = [n for n in by_handle.values() if n not in owned]
    for _ in range(strangers):
        voices.append(_stranger(m, people, rows, known, mine))
    return World(rows, list(_posts(m, voices, people, rows)), plan)


@dataclass(slots=True)
class _Voice:
    author: Author
    customer: int | None
    kind: str
    tells: list[str] = field(default_factory=list)
    """Ids of somebody else that they will quote."""


def _customer(m: _Maker, n: int, p: Person) -> Customer:
    rng = m.rng
    name = f"{p.given} {p.surname}"
    if p.native[0] and p.native[1] and m.chance(0.06):
        name = f"{p.native[0]} {p.native[1]}"
    emails: tuple[str, ...] = (p.email,) if m.chance(0.8) else ()
    if m.chance(0.1):
        emails += (m.mailbox(p, rng.choice(_MAIL)),)
    return Customer(
        f"C{n:07d}",
        name if m.chance(0.99) else "",
        emails,
        (p.phone,) if m.chance(0.7) else (),
        city=p.city if m.chance(0.9) else "",
        country=p.country if m.chance(0.9) else "",
        company_domain=p.domain,
        order_ids=tuple(f"NW-{m.plan.seed % 9 + 1}{n * 3 + k:07d}" for k in range(rng.choice((0, 1, 1, 2, 3)))),
        tier=rng.choice(("", "", "silver", "gold")),
        lifetime_value=round(rng.expovariate(1 / 300), 2),
    )


def _know_accounts(
    m: _Maker, rows: list[Customer], n: int, p: Person, own: dict[str, Author], by_handle: dict[str, int]
) -> None:
    """Put some of a customer's accounts into their row, as signed in with, confirmed by an agent, or imported."""
    handles, ids = list(rows[n].handles), list(rows[n].account_ids)
    for platform in PLATFORMS:
        author = own.get(platform)
        if author is None and not m.chance(0.25):
            continue
        if not m.chance(m.plan.accounts):
            continue
        author = author or m.account(p, platform)
        source = m.rng.choices(("import", "oauth", "agent"), (75, 15, 10))[0]
        if source == "oauth":
            ids.append(author.id)
        handle = author.handle
        if source != "agent" and m.chance(0.03):
            handle = m.handle(p)  # renamed since
        handles.append(Handle(platform, handle, source))  # type: ignore[arg-type]
        by_handle[f"{platform}:{handle}"] = n
    rows[n] = replace(rows[n], handles=tuple(handles), account_ids=tuple(ids))


def _wrong_handles(m: _Maker, rows: list[Customer], voices: list[_Voice], authors: int) -> None:
    """Two in a hundred imported handles are somebody else's; of some, that somebody is heard."""
    having = [n for n, row in enumerate(rows) if any(h.source == "import" for h in row.handles)]
    for n in having:
        if not m.chance(m.plan.wrong_handles):
            continue
        handles = list(rows[n].handles)
        k = next(i for i, h in enumerate(handles) if h.source == "import")
        if voices and m.chance(min(1.0, authors / len(rows)) * 0.7):
            other = m.rng.choice(voices).author
            handles[k] = Handle(other.platform, other.handle, "import")
        else:
            handles[k] = Handle(handles[k].platform, m.handle(m.person()), "import")
        rows[n] = replace(rows[n], handles=tuple(handles))


def _stranger(m: _Maker, people: list[Person], rows: list[Customer], known: list[int], mine: list[int]) -> _Voice:
    plan, rng = m.plan, m.rng
    roll = rng.random()
    n = rng.choice(mine) if mine and m.chance(0.3) else rng.randrange(len(rows))
    row, other = rows[n], people[n]
    platform = rng.choice(PLATFORMS)
    p = m.person()
    if roll < plan.namesakes:
        p = replace(
            p,
            culture=other.culture,
            given=other.given,
            surname=other.surname,
            native=other.native,
            city=other.city,
            country=other.country,
        )
        p.nick = m.handle(p)
        return _Voice(m.account(p, platform), None, "namesake")
    roll -= plan.namesakes
    if roll < plan.recycled and known:
        n = rng.choice(known)
        old = next((h for h in rows[n].handles if h.source != "agent"), None)
        if old is not None:
            author = m.account(p, old.platform)
            return _Voice(replace(author, handle=old.handle), None, "recycled")
    roll -= plan.recycled
    if roll < plan.impersonators:
        author = m.account(other, platform)
        base = row.handles[0].handle if row.handles and m.chance(0.6) else other.nick
        fake = rng.choice((f"{base}_", f"real{base}", f"{base}1", base.replace("l", "I", 1) + "x", f"{base}_official"))
        bio = author.bio if m.chance(0.4) else rng.choice(_BIOS[plan.half])
        return _Voice(replace(author, handle=fake, bio=bio, followers=rng.randint(0, 40)), None, "impersonator")
    roll -= plan.impersonators
    if roll < plan.relatives:
        p = replace(
            p,
            culture=other.culture,
            surname=other.surname,
            city=other.city,
            country=other.country,
            native=(p.native[0] if p.culture == other.culture else "", other.native[1], other.native[2]),
        )
        given = m.draw(_lists(other.culture, plan.half)[0])
        p.given, p.native = given[0], (given[1], other.native[1], other.native[2])
        p.nick = m.handle(p)
        tells = [other.phone] if m.chance(0.5) else list(row.order_ids[:1])
        return _Voice(m.account(p, platform), None, "relative", tells)
    roll -= plan.relatives
    if roll < plan.third_party:
        ids = [*row.order_ids[:1], *row.emails[:1]]
        return _Voice(m.account(p, platform), None, "third party", ids[:1])
    roll -= plan.third_party
    if roll < plan.not_people:
        name, bio = rng.choice(_NOT_PEOPLE[plan.half])
        named = {"n": f"{other.given} {other.surname}", "c": other.city, "s": other.surname}
        author = m.account(other, platform)
        handle = _letters(name.format(**named))[:20] + str(rng.choice(("", rng.randint(1, 99))))
        if m.chance(0.15):
            handle = other.nick
        return _Voice(
            replace(author, handle=handle, display_name=name.format(**named), bio=bio.format(**named)),
            None,
            "not a person",
        )
    return _Voice(m.account(p, platform), None, "stranger")


def _posts(m: _Maker, voices: list[_Voice], people: list[Person], rows: list[Customer]) -> Iterator[Post]:
    plan, rng = m.plan, m.rng
    made: list[tuple[_Voice, str, bool]] = []
    order = voices + rng.choices(voices, k=max(0, plan.mentions - len(voices)))
    said: set[int] = set()
    for voice in order[: plan.mentions]:
        text, told = rng.choice(_PLAIN[plan.half]), False
        if voice.tells and id(voice) not in said:
            text = rng.choice(_OTHERS[plan.half]).format(id=voice.tells[0])
        elif voice.customer is not None:
            row = rows[voice.customer]
            if m.chance(plan.gives_ids):
                ids = [*row.order_ids[:1] * 3, *row.emails[:1], *row.phones[:1]]
                if ids:
                    text, told = rng.choice(_OWN[plan.half]).format(id=rng.choice(ids)), True
            if not told and m.chance(0.02):
                other = rows[rng.randrange(len(rows))]
                if other.order_ids:
                    text = rng.choice(_OTHERS[plan.half]).format(id=other.order_ids[0])
        said.add(id(voice))
        made.append((voice, text, told))
    tellers = {id(voice) for voice, _, told in made if told}
    rng.shuffle(made)
    for n, (voice, text, _) in enumerate(made):
        who = rows[voice.customer].customer_id if voice.customer is not None else ""
        linkable = voice.customer is not None and (
            id(voice) in tellers or _traces(voice.author, people[voice.customer], rows[voice.customer])
        )
        yield Post(f"m{n}", voice.author, text, who, linkable, voice.kind)


def _traces(author: Author, p: Person, row: Customer) -> bool:
    """Does the CRM hold anything of this account, or the account a full name with a city?"""
    if author.id in row.account_ids or any(h.handle == author.handle for h in row.handles):
        return True
    if any(e.split("@")[0] == author.handle or e in author.bio for e in row.emails):
        return True
    if row.company_domain and (row.company_domain in author.bio or row.company_domain in author.url):
        return True
    named = author.display_name in (row.name, f"{p.given} {p.surname}", f"{p.native[0]} {p.native[1]}")
    return named and bool(row.city) and (p.city in author.location or (p.native[2] or "-") in author.location)
