"""Another kind of made-up town, by other assumptions than `world`, so that nothing is learned that only one town knows.

Other names, and a CRM that is kept badly: nearly half of the cities and of the phone numbers and a quarter of the e-mail
addresses are missing, names are in capitals, turned round, of three words, with remarks behind them or not there,
some rows are firms, some only an address. People write from more platforms, each with its habits: Reddit shows no name and
proposes handles to its users, Bluesky's handles are domains, Mastodon's have a server, YouTube and Bluesky tell no place.
Orders are numbered in five ways. Of third parties, half are spoken of without a word that says so.

The shares of `Plan` hold here too, some of them raised. `half` says whose names are used; phrases are the same.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from typing import Any

from anyascii import anyascii

from analysis.identity.world import Plan, Post, World
from core.customer import Customer, Handle
from core.mention import Author

PLATFORMS = ("x", "x", "x", "reddit", "reddit", "instagram", "mastodon", "bluesky", "youtube", "facebook")
_MAIL = (
    *("gmail.com",) * 3,
    "yahoo.co.in",
    "hotmail.com",
    "outlook.com",
    "icloud.com",
    "yandex.com",
    "rediffmail.com",
    "proton.me",
)
_LOCAL = {"US": "USA", "GB": "United Kingdom", "CA": "Canada", "AU": "Australia", "IE": "Ireland", "IN": "India"}
_PROPOSED = (
    (
        "Ambitious",
        "Worried",
        "Puzzled",
        "Electrical",
        "Competitive",
        "Sudden",
        "Fluffy",
        "Adorable",
        "Mysterious",
        "Legal",
    ),
    (
        "Banana",
        "Panic",
        "Ranger",
        "Tangerine",
        "Cucumber",
        "Insect",
        "Dinner",
        "Bicycle",
        "Engineer",
        "Penguin",
        "Sock",
    ),
)
_IDOLS = (
    "sachin7",
    "messi",
    "dhoni",
    "gooner",
    "barca",
    "ktm",
    "fener",
    "gala",
    "kartal",
    "army",
    "otaku",
    "joker",
    "virat18",
)
_BIOS = (
    *("",) * 8,
    "it's complicated",
    "BJK 🦅 1903",
    "yazılım geliştirici",
    "UPSC aspirant",
    "Living my best life 💕",
    "gym | travel | food",
    "Tweets are personal",
    "She/They. cat mom",
    "hayat kısa kuşlar uçuyor",
    "मैं भी इंसान हूँ",
    "retired nurse, grandmother of 4",
    "news addict",
    "bot hunter",
    "Official member of the snack club",
)
_NOWHERE = (
    "",
    "",
    "",
    "she/her",
    "your mom's house",
    "India",
    "Türkiye",
    "United States",
    "127.0.0.1",
    "Dünya",
    "भारत",
)
_PLAIN = (
    "acme app is down again lol",
    "acme ne güzel kampanya yapmış",
    "अच्छी सेवा @acme",
    "acme ka delivery boy bahut rude tha",
    "waiting on hold 40 min @acme",
    "iade 15 gün oldu hâlâ yok",
    "anyone else's acme tv freezing on v2.14?",
    "bought 2 in 2024 both broke by 2026",
    "acme stock up 4.5% today",
    "@acme @acmehelp hello??",
)
_ORDERED = (
    "hey @acme, order {id} is still stuck, third email now",
    "Order {id}: refund pending since Diwali @acme",
    "{id} siparişime ne oldu?",
    "merhaba, {id} numaralı siparişim hala yolda",
    "yaar mera order {id} kab ayega @acme",
    "@acme {id} का क्या हुआ? मैंने पैसे दे दिए हैं",
    "I've been charged twice for {id}",
    "{id} - help",
)
_REACHED = (
    "reach me on {id}",
    "my number {id} call me asap",
    "iletişim: {id}",
    "mera number {id} hai call karo",
    "{id} pe contact karo",
    "registered with {id}",
)
_OF_OTHERS = (
    "my nan's order {id} never came, she is 82",
    "my flatmate ordered {id} and you sent an empty box",
    "abimin siparişi {id} nerede @acme",
    "babaannemin kargosu {id} kayıp",
    "bhabhi ka order {id} abhi tak nahi aaya",
    "नानी का पार्सल {id} खो गया",
    "a colleague of mine is waiting for {id}",
    "helping my dad with {id}",
    "{id} has not been delivered to her since monday",
    "RT @someone: order {id} still missing",
    "this thread: {id} lost, no reply. typical",
    "@acme shame on you, look at {id}",
    "@acme any update on {id}",
    "@acme {id} {id} {id}",
    "order {id} when",
    "{id} ne oldu",
)
_FIRMS = ("Tekstil Ltd", "Electronics", "Traders Pvt Ltd", "& Co", "Gıda San. Tic.", "Bakery")
_SHOPS = ("Motors", "Sweets", "Otomotiv", "Hotel", "Studio", "Kuyumculuk", "Real Estate", "Dental Clinic")


@dataclass(slots=True)
class _Person:
    culture: str
    given: str
    surname: str
    native: tuple[str, str]
    """Given name and surname in Devanagari; empty where there is none."""
    city: str
    country: str
    spellings: tuple[str, ...]
    """Other ways in which people write their city."""
    born: int
    middle: str = ""
    nick: str = ""
    email: str = ""
    phone: str = ""
    domain: str = ""


@dataclass(frozen=True, slots=True)
class _Voice:
    author: Author
    customer: int | None
    kind: str
    tells: str = ""
    """An id of somebody else that they will quote."""


@cache
def _lists(culture: str, half: int) -> tuple[list[tuple[str, str]], list[tuple[str, str]], list[tuple[str, str, str]]]:
    """Given names, surnames and cities; names are of one half."""
    lines = (files("analysis") / "data" / "elsewhere_names.tsv").read_text(encoding="utf-8").splitlines()
    rows = [row for row in (line.split("\t") for line in lines) if row[0] == culture]
    given, surnames = ([(r[2], r[3]) for r in rows if r[1] == kind][half::2] for kind in ("given", "surname"))
    return given, surnames, [(r[2], r[1][5:], r[3]) for r in rows if r[1].startswith("city:")]


def _letters(name: str) -> str:
    return "".join(c for c in anyascii(name).lower() if c.isalnum())


class _Maker:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.rng = random.Random(f"elsewhere{plan.seed}:{plan.half}")
        self.taken: set[tuple[str, str]] = set()
        """Handles by platform, and mailboxes: there is one of each."""
        self.numberings = self.rng.sample(range(5), 2)
        self._sums: dict[tuple[int, float], list[float]] = {}

    def chance(self, share: float) -> bool:
        return self.rng.random() < share

    def draw(self, of: list[Any], power: float = 0.75) -> Any:
        """By rank, the first most often."""
        sums = self._sums.get((len(of), power))
        if sums is None:
            total = 0.0
            sums = self._sums[len(of), power] = [total := total + 1 / (n + 4) ** power for n in range(len(of))]
        return self.rng.choices(of, cum_weights=sums)[0]

    def person(self) -> _Person:
        rng = self.rng
        culture = rng.choices(("en", "in", "tr"), self.plan.cultures)[0]
        given, surnames, cities = _lists(culture, self.plan.half)
        (g, gn), (s, sn), (city, country, ways) = self.draw(given), self.draw(surnames, 0.6), self.draw(cities, 0.9)
        p = _Person(
            culture, g, s, (gn, sn), city, country, tuple(filter(None, ways.split(";"))), rng.randint(1958, 2007)
        )
        if culture == "tr" and self.chance(0.15):
            p.middle = self.draw(given)[0]
        elif culture == "en" and self.chance(0.1):
            p.middle = rng.choice("ABCDEFGHJKLMNPRSTW")
        elif culture == "in" and self.chance(0.12):
            p.middle = rng.choice(("Kumar", "Kumari", "Devi", "Lal", "Chandra", "Raj"))
        codes = {"en": ("1", 2 * 10**9, 10**10), "in": ("91", 6 * 10**9, 10**10), "tr": ("90", 5 * 10**9, 6 * 10**9)}
        code, low, high = codes[culture]
        p.phone = f"{code}{rng.randrange(low, high)}"
        if self.chance(0.12):
            firm = rng.choice(("tech", "foods", "textile", "group", "labs", "yapi", "traders"))
            p.domain = f"{_letters(self.draw(surnames)[0])}{firm}.{rng.choice(('com', 'in', 'com.tr', 'io', 'co.uk'))}"
        self.rename(p)
        return p

    def rename(self, p: _Person) -> None:
        """Give a handle and an address that go with the name."""
        p.nick = self.handle(p)
        p.email = self.mailbox(p)

    def namesake(self, p: _Person, of: _Person) -> None:
        p.culture, p.given, p.surname, p.native, p.middle = of.culture, of.given, of.surname, of.native, ""
        p.city, p.country, p.spellings = of.city, of.country, of.spellings
        if self.chance(0.4):
            self.move(p)
        self.rename(p)

    def relative(self, p: _Person, of: _Person) -> None:
        given, native = self.draw(_lists(of.culture, self.plan.half)[0])
        p.culture, p.given, p.surname, p.native, p.middle = of.culture, given, of.surname, (native, of.native[1]), ""
        p.city, p.country, p.spellings = of.city, of.country, of.spellings
        self.rename(p)

    def move(self, p: _Person) -> None:
        city, country, ways = self.draw(_lists(p.culture, self.plan.half)[2], 0.9)
        p.city, p.country, p.spellings = city, country, tuple(filter(None, ways.split(";")))

    def mailbox(self, p: _Person) -> str:
        rng, g, s, year = self.rng, _letters(p.given), _letters(p.surname), str(p.born)
        made = (
            f"{g}.{s}",
            f"{g}{s}{year[2:]}",
            f"{s}.{g}",
            f"{g}{rng.randint(1, 999)}",
            f"{g[0]}.{s}",
            f"{g}_{s}{year}",
        )
        local = rng.choice((*made, f"{g}{s[0]}{year[2:]}", p.nick.lower(), p.nick.lower()))
        domain = p.domain if p.domain and self.chance(0.7) else rng.choice(_MAIL)
        while (domain, local) in self.taken:
            local += str(rng.randint(1, 99))
        self.taken.add((domain, local))
        return f"{local}@{domain}"

    def handle(self, p: _Person) -> str:
        rng, g, s, year = self.rng, _letters(p.given), _letters(p.surname), str(p.born)
        if self.chance(self.plan.pseudonyms * 1.5):
            a, b = rng.choice(_PROPOSED[0]), rng.choice(_PROPOSED[1])
            odd = "".join(rng.choices("xyzqkw", k=3))
            return rng.choice(
                (
                    self.proposed(),
                    f"{a}-{b}-{rng.randint(1000, 9999)}",
                    f"{rng.choice(_IDOLS)}{rng.randint(1, 999)}",
                    f"{g}{rng.choice(_IDOLS)}",
                    f"{rng.choice(_IDOLS)}_{b.lower()}",
                    f"{g[:3]}{odd}{rng.randint(1, 99)}",
                )
            )
        return rng.choice(
            (
                f"{g}{s}", f"{g}.{s}", f"{g}_{s}", f"{g}{s}{year[2:]}", f"{g}{year}", f"{g}_{rng.randint(1, 99)}",
                f"{g[0]}{s}{year[2:]}", f"{g[0]}_{s}", f"{s}{g[0]}", f"the{g}{s}", f"{g}{s}007", f"iam{g}", f"{s}_{g}",
                f"{g}{s}{rng.randint(100, 99999)}", f"{g.title()}{s.title()}", f"x{g}{s}x", f"{g}.{s[0]}",
                f"{g[:4]}{s[:4]}", f"{s}{year[2:]}", f"{g}{g[-1]}{g[-1]}",
            )
        )  # fmt: skip

    def proposed(self) -> str:
        """A handle as Reddit proposes it."""
        return f"{self.rng.choice(_PROPOSED[0])}_{self.rng.choice(_PROPOSED[1])}{self.rng.randint(1, 9999)}"

    def account(self, p: _Person, platform: str) -> Author:
        rng = self.rng
        handle = p.nick if self.chance(self.plan.reuse * 1.5) else self.handle(p)
        if platform == "reddit" and self.chance(0.5):
            handle = self.proposed()
        if platform == "bluesky":
            handle = handle.replace("_", "-").lower()
        while (platform, handle.lower()) in self.taken:
            handle += str(rng.randint(1, 99))
        self.taken.add((platform, handle.lower()))
        number = str(rng.randint(10**8, 2 * 10**18))
        if platform == "bluesky":
            handle, number = f"{handle}.bsky.social", f"did:plc:{rng.getrandbits(80):020x}"
        elif platform == "mastodon" and self.chance(0.7):
            handle += rng.choice(("@mastodon.social", "@mstdn.in", "@toot.io"))
        elif platform == "reddit":
            number = f"t2_{rng.getrandbits(36):x}"
        url = f"https://{p.domain}" if p.domain and self.chance(0.2) else ""
        name, place = self.display(p, handle, platform), self.location(p, platform)
        return Author(platform, number, handle, name, self.bio(p), place, url, int(rng.lognormvariate(4.5, 1.8)))

    def display(self, p: _Person, handle: str, platform: str) -> str:
        rng, g, s = self.rng, p.given, p.surname
        if platform == "reddit":
            return "" if self.chance(0.8) else handle
        if self.chance(self.plan.pseudonyms):
            odd = f"{rng.choice(_PROPOSED[0])} {rng.choice(_PROPOSED[1])}"
            return rng.choice(("", handle, "✨", ".", odd, rng.choice(_IDOLS).title(), g[0], "anonymous"))
        if all(p.native) and self.chance(0.12):
            return " ".join(p.native)
        if p.culture == "tr" and self.chance(0.35):
            g, s = anyascii(g), anyascii(s)
        elif p.culture == "in" and self.chance(0.1):
            g, s = g.replace("v", "w", 1) if "v" in g else g.replace("ee", "i"), s.replace("ary", "ry")
        full = f"{g} {s}"
        return rng.choices(
            (
                full, full.lower(), full.upper(), f"{full} {rng.choice('🌻💛⚡🏏')}", g, f"{g}.", f"{g} {s[0]}",
                f"{g[0]} {s}", f"{g} {p.middle} {s}".replace("  ", " "), f"{full} | {rng.choice(('CA', 'builder'))}",
                f"{full} (she/her)", _fancy(full), f"Dr. {full}", f"{s.upper()} {g}", f"{g}{s}", s,
            ),
            (38, 6, 4, 7, 12, 2, 5, 3, 6, 3, 2, 2, 1, 3, 3, 1),
        )[0]  # fmt: skip

    def bio(self, p: _Person) -> str:
        bio = self.rng.choice(_BIOS)
        if p.domain and self.chance(0.25):
            bio += self.rng.choice((f" @ {p.domain}", f" | {p.domain}", f" ✉ {p.email}"))
        elif self.chance(0.03):
            bio += self.rng.choice((f" 📧 {p.email}", f" biz: {p.email}", f" WhatsApp {self.spoken(p.phone)}"))
        return bio.strip()

    def spoken(self, phone: str) -> str:
        """A number as people write it."""
        code, n = phone[:-10], phone[-10:]
        ways = (f"+{phone}", n, f"0{n}", f"{n[:5]} {n[5:]}", f"{n[:3]}-{n[3:6]}-{n[6:]}")
        return self.rng.choice((*ways, f"({n[:3]}) {n[3:6]} {n[6:8]} {n[8:]}", f"+{code} {n[:3]} {n[3:6]} {n[6:]}"))

    def location(self, p: _Person, platform: str) -> str:
        rng = self.rng
        if platform in ("reddit", "youtube", "bluesky"):
            return p.city if self.chance(0.07) else ""
        if not self.chance(self.plan.located * 0.8):
            return rng.choice(_NOWHERE)
        if self.chance(self.plan.moved * 1.5):
            p = replace(p)
            self.move(p)
        ways = p.spellings or (p.city,)
        return rng.choice((p.city, p.city, f"{p.city}, {_LOCAL.get(p.country, 'Turkey')}", *ways, f"{p.city} ✈ Dubai"))

    def order(self, n: int) -> str:
        ways = (f"ORD-2026-{n:07d}", f"{30_000_000 + n}", f"TX{n:08d}IN", f"{400 + n % 9}-{1_000_000 + n % 9_000_000}-")
        way = self.rng.choice(self.numberings)
        return f"#{100_000 + n}" if way == 4 else ways[3] + f"{n * 7919 % 9_000_000:07d}" if way == 3 else ways[way]


def _fancy(text: str) -> str:
    """In the bold letters of mathematics, as some like their names."""
    return "".join(
        chr(0x1D5D4 + ord(c) - 65) if "A" <= c <= "Z" else chr(0x1D5EE + ord(c) - 97) if "a" <= c <= "z" else c
        for c in anyascii(text)
    )


def make(plan: Plan) -> World:
    """Make such a town."""
    m = _Maker(plan)
    people: list[_Person] = []
    for n in range(plan.customers):
        p = m.person()
        if n and m.chance(0.06):  # a relative, who often shares the phone, and sometimes the mailbox
            kin = people[m.rng.randrange(max(0, n - 200), n)]
            m.relative(p, kin)
            p.phone = kin.phone if m.chance(0.6) else p.phone
            p.email = kin.email if m.chance(0.15) else p.email
        people.append(p)
    rows = [_customer(m, n, p) for n, p in enumerate(people)]
    wanted = max(1, int(plan.mentions * (1 - plan.repeated) + 0.5))
    mine = m.rng.sample(range(plan.customers), min(plan.customers, int(wanted * plan.known)))
    voices = [_Voice(m.account(people[n], m.rng.choice(PLATFORMS)), n, "customer") for n in mine]
    old: dict[int, tuple[str, str]] = {}
    for voice, n in zip(voices, mine, strict=True):
        _know(m, rows, n, people[n], voice.author, old)
    heard = set(mine)
    for n in m.rng.sample(range(plan.customers), plan.customers // 3):
        for _ in range(m.rng.choice((1, 1, 2))):
            if n not in heard or m.chance(0.6):
                _know(m, rows, n, people[n], m.account(people[n], m.rng.choice(PLATFORMS)), old)
    _mistake(m, rows, voices, wanted)
    free = [n for n in old if n not in heard]
    voices += [_stranger(m, people, rows, mine, free, old) for _ in range(wanted - len(mine))]
    return World(rows, list(_posts(m, voices, people, rows)), plan)


def _customer(m: _Maker, n: int, p: _Person) -> Customer:
    rng = m.rng
    full = f"{p.given} {p.middle} {p.surname}" if p.middle and m.chance(0.6) else f"{p.given} {p.surname}"
    married = f"{p.given} {m.draw(_lists(p.culture, m.plan.half)[1], 0.6)[0]}"
    name = rng.choices(
        (
            full,
            f"{p.surname}, {p.given}",
            full.upper(),
            full.lower(),
            anyascii(full),
            " ".join(filter(None, p.native)) or full,
            f"{p.given[0]} {p.surname}",
            p.given,
            "",
            married,
            f"{full} {rng.choice(('(VIP)', '2', 'test', '- old', '*'))}",
        ),
        (70, 4, 4, 3, 3, 2, 3, 2, 4, 2, 3),
    )[0]
    if n % 40 == 0:
        name, p.domain = (
            f"{p.surname} {rng.choice(_FIRMS)}",
            p.domain or f"{_letters(p.surname)}{rng.randint(1, 999)}.com",
        )
    orders = tuple(m.order(n * 4 + k) for k in range(rng.choices((0, 1, 2, 3), (35, 40, 15, 10))[0]))
    if m.chance(0.08):
        return Customer(f"CUST-{100_000 + n}", rng.choice(("", p.email.split("@")[0])), (p.email,), order_ids=orders)
    city = p.city if m.chance(0.85) or not p.spellings else rng.choice(p.spellings)
    return Customer(
        f"CUST-{100_000 + n}",
        name,
        ((p.email,) if m.chance(0.75) else ()) + ((m.mailbox(p),) if m.chance(0.12) else ()),
        (m.spoken(p.phone),) if m.chance(0.55) else (),
        city=city if m.chance(0.55) else "",
        country=rng.choice((p.country, p.country, _LOCAL.get(p.country, "Türkiye"))) if m.chance(0.7) else "",
        company_domain=p.domain if m.chance(0.8) else "",
        order_ids=orders,
    )


def _know(m: _Maker, rows: list[Customer], n: int, p: _Person, author: Author, old: dict[int, tuple[str, str]]) -> None:
    """Put an account into a customer's row, or not: as signed in with, confirmed by an agent, or imported."""
    row, roll = rows[n], m.rng.random() / m.plan.accounts
    handle = author.handle
    if roll < 0.12:
        signed_in = (*row.handles, Handle(author.platform, handle, "oauth")) if m.chance(0.5) else row.handles
        rows[n] = replace(row, account_ids=(*row.account_ids, author.id), handles=signed_in)
    elif roll < 0.2:
        rows[n] = replace(row, handles=(*row.handles, Handle(author.platform, handle, "agent")))
    elif roll < 1.0:
        if m.chance(0.05):
            handle = m.handle(p)  # renamed since
        platform = "twitter" if author.platform == "x" and m.chance(0.3) else author.platform
        at = "@" if author.platform != "reddit" and m.chance(0.5) else ""
        rows[n] = replace(row, handles=(*row.handles, Handle(platform, at + handle, "import")))
        old[n] = (author.platform, handle)


def _mistake(m: _Maker, rows: list[Customer], voices: list[_Voice], authors: int) -> None:
    """Some imported handles are somebody else's; of some, that somebody is heard."""
    for n, row in enumerate(rows):
        at = next((k for k, h in enumerate(row.handles) if h.source == "import"), None)
        if at is None or not m.chance(m.plan.wrong_handles):
            continue
        one = m.rng.choice(voices).author if m.chance(min(1.0, authors / len(rows)) * 0.7) else None
        one = one or m.account(m.person(), m.rng.choice(PLATFORMS))
        handles = (*row.handles[:at], Handle(one.platform, one.handle, "import"), *row.handles[at + 1 :])
        rows[n] = replace(row, handles=handles)


def _stranger(
    m: _Maker,
    people: list[_Person],
    rows: list[Customer],
    mine: list[int],
    free: list[int],
    old: dict[int, tuple[str, str]],
) -> _Voice:
    plan, rng = m.plan, m.rng
    n = rng.choice(mine) if mine and m.chance(0.3) else rng.randrange(len(rows))
    q, row, p, platform = people[n], rows[n], m.person(), rng.choice(PLATFORMS)
    kinds = ("namesake", "recycled", "impersonator", "relative", "third party", "not a person")
    shares = (plan.namesakes, plan.recycled, plan.impersonators, plan.relatives, plan.third_party, plan.not_people)
    kind = rng.choices((*kinds, "stranger"), (*shares, max(0.0, 1 - sum(shares))))[0]
    if kind == "namesake":
        m.namesake(p, q)
        p.nick = f"{q.nick}{rng.randint(1, 9)}" if m.chance(0.1) else p.nick
    elif kind == "recycled" and free:
        platform, handle = old[rng.choice(free)]
        return _Voice(replace(m.account(p, platform), handle=handle), None, kind)
    elif kind == "impersonator":
        author = m.account(q, platform)
        own, dot, rest = author.handle.partition("." if platform == "bluesky" else "@")
        feigned = rng.choice((f"{own}_", own + own[-1], f"real_{own}", f"{own}2", own.replace("l", "1", 1) + "_"))
        return _Voice(replace(author, handle=feigned + dot + rest, followers=rng.randint(0, 60)), None, kind)
    elif kind == "relative":
        m.relative(p, q)
        return _Voice(m.account(p, platform), None, kind, rng.choice((q.phone[-10:], *row.order_ids[:1], "")))
    elif kind == "third party":
        told = rng.choice((*row.order_ids[:1] * 2, *row.emails[:1], q.phone[-10:]))
        return _Voice(m.account(p, platform), None, kind, told)
    elif kind == "not a person":
        return _Voice(_no_person(m, m.account(p, platform), p, q), None, kind)
    return _Voice(m.account(p, platform), None, kind)


def _no_person(m: _Maker, author: Author, p: _Person, q: _Person) -> Author:
    rng, number = m.rng, m.rng.randint(1, 9999)
    shop = f"{p.surname} {rng.choice(_SHOPS)}"
    fans = f"{q.given} {q.surname} {rng.choice(('FC', 'Fans', 'Fan Club', 'updates', 'Parody', 'Hayranları'))}"
    handle, name, bio = rng.choice(
        (
            (f"{_letters(shop)[:15]}{number}", shop, rng.choice(("Open 9-6", "since 1988", "WhatsApp sipariş hattı"))),
            (
                f"live{number}",
                rng.choice(("Gündem Haber", "Price Tracker", "StatsBot", f"{q.city} Live")),
                "automated posts",
            ),
            (
                f"{_letters(q.given)}{_letters(q.surname)}fc",
                fans,
                rng.choice((f"we love {q.given}", "fan account", "stan")),
            ),
        )
    )
    return replace(author, handle=handle, display_name=name, bio=bio)


def _posts(m: _Maker, voices: list[_Voice], people: list[_Person], rows: list[Customer]) -> Iterator[Post]:
    plan, rng = m.plan, m.rng
    often = [rng.paretovariate(2.0) for _ in voices]
    order = voices + rng.choices(voices, often, k=max(0, plan.mentions - len(voices)))
    made: list[tuple[_Voice, str]] = []
    tellers: set[int] = set()
    said: set[int] = set()
    for voice in order[: plan.mentions]:
        text = rng.choice(_PLAIN)
        if voice.tells and id(voice) not in said:
            text = rng.choice(_OF_OTHERS).format(id=voice.tells)
        elif voice.customer is not None and m.chance(plan.gives_ids):
            row = rows[voice.customer]
            contacts = [*row.emails, *((m.spoken(people[voice.customer].phone),) if row.phones else ())]
            if row.order_ids and (m.chance(0.7) or not contacts):
                text = rng.choice(_ORDERED).format(id=rng.choice(row.order_ids))
            elif contacts:
                text = rng.choice(_REACHED).format(id=rng.choice(contacts))
            if row.order_ids or contacts:
                tellers.add(id(voice))
        elif voice.customer is not None and m.chance(0.02):
            ids = rows[rng.randrange(len(rows))].order_ids
            text = rng.choice(_OF_OTHERS).format(id=ids[0]) if ids else text
        said.add(id(voice))
        made.append((voice, text))
    rng.shuffle(made)
    for n, (voice, text) in enumerate(made):
        who = rows[voice.customer].customer_id if voice.customer is not None else ""
        can = voice.customer is not None and (
            id(voice) in tellers or _traces(voice.author, people[voice.customer], rows[voice.customer])
        )
        yield Post(f"m{n}", voice.author, text, who, can, voice.kind)


def _traces(author: Author, p: _Person, row: Customer) -> bool:
    """Does the CRM hold anything of this account, or the account a full name with a city?"""
    own = _letters(author.handle.removesuffix(".bsky.social").partition("@")[0])
    if author.id in row.account_ids or any(h.handle.lstrip("@") == author.handle for h in row.handles):
        return True
    if any(e in author.bio or _letters(e.partition("@")[0]) == own for e in row.emails):
        return True
    if row.company_domain and (row.company_domain in author.bio or row.company_domain in author.url):
        return True
    shown, known = _letters(author.display_name), _letters(row.name)
    named = all(_letters(w) in shown and _letters(w) in known for w in (p.given, p.surname)) or (
        all(p.native) and author.display_name == " ".join(p.native) and _letters(p.surname) in known
    )
    return named and bool(row.city) and author.location.startswith((p.city, *p.spellings))
