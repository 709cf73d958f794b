"""The customers as arrays, and an inverted index from keys to those who have them.

A key is a kind and a value (`Kind`), hashed to 64 bits; keys stand sorted, so that a look-up is a binary search. All that is
compared of a customer stands beside it as numbers. Saved, it is a folder of NumPy files that are mapped, not read: opening
a million customers takes no time, and processes share the memory.
"""

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from enum import IntEnum
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from analysis.identity import names
from analysis.identity.names import Word
from analysis.identity.person import FREE_MAIL, normal_order, normal_phone
from core.customer import Customer

FORMAT = 3
"""Raised whenever a saved index would be read wrongly, or names are folded in another way."""
BATCH = 10_000
"""Customers read at once; in between, only arrays are held."""
WORDS = names.MOST_WORDS

Array = npt.NDArray[Any]


class Kind(IntEnum):
    """What a key is of. The ids come first: they name one customer, the rest only narrows down."""

    ACCOUNT = 1
    AGENT_HANDLE = 2
    OAUTH_HANDLE = 3
    IMPORTED_HANDLE = 4
    EMAIL = 5
    PHONE = 6
    ORDER = 7
    NICK_OF_HANDLE = 8
    NICK_OF_EMAIL = 9
    NAME = 10
    """The skeletons of given name and surname, in either order."""
    NAME_IN_CITY = 11
    INITIAL_IN_CITY = 12
    """The initial of one name with the other one, and a city."""
    SHORT_HANDLE = 13
    """What people make of their name for a handle: averma, ashav."""
    DOMAIN = 14
    NAME_AT_DOMAIN = 15


HANDLES = {"agent": Kind.AGENT_HANDLE, "oauth": Kind.OAUTH_HANDLE, "import": Kind.IMPORTED_HANDLE}
IDS = {"email": Kind.EMAIL, "phone": Kind.PHONE, "order_id": Kind.ORDER}


class Counts(Protocol):
    """How common things are among the customers."""

    @property
    def size(self) -> int:
        """How many customers there are."""

    def of(self, values: Sequence[str]) -> npt.NDArray[np.int64]:
        """How many customers have each value: `given:`, `surname:`, `name:` or `word:` and a skeleton, `city:` and a key."""


LONGEST_VALUE = 96
_MIX = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))


def hashed(values: Sequence[str]) -> npt.NDArray[np.uint64]:
    """64 bits of each value: the same on every machine and in every run. (MurmurHash3's mixing, over columns of 8 bytes.)"""
    plain = [value.encode("utf-8", "replace") for value in values]
    plain = [v if len(v) <= LONGEST_VALUE else blake2b(v, digest_size=LONGEST_VALUE // 2).digest() for v in plain]
    width = -(-max(map(len, plain), default=1) // 8) * 8
    columns = np.array(plain, dtype=f"S{max(width, 8)}").view("<u8").reshape(len(plain), max(width, 8) // 8)
    found = np.full(len(plain), 0x9E3779B97F4A7C15, np.uint64)
    for column in columns.T:
        some = column != 0
        found[some] = _mixed(found[some] ^ _mixed(column[some]))
    return found


def _mixed(bits: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    for factor in _MIX:
        bits = (bits ^ (bits >> np.uint64(33))) * factor
    return bits ^ (bits >> np.uint64(33))


def key(kind: Kind, value: str) -> str:
    return f"{_PREFIX[kind]}{value}"


_PREFIX = {kind: f"{kind.name.lower()}:" for kind in Kind} | dict.fromkeys(HANDLES.values(), "handle:")
_PREFIX |= {Kind.NICK_OF_HANDLE: "nick:", Kind.NICK_OF_EMAIL: "nick:"}


@dataclass(frozen=True, slots=True)
class Index:
    """Customers by position. Words are 32-bit hashes, 0 where there is none; a customer's first word is the given name."""

    ids: Array
    """Customer ids, as bytes."""
    roman: Array
    loose: Array
    skeleton: Array
    nick: Array
    initial: Array
    latin: Array
    count: Array
    """How many words the name has."""
    shapes: Array
    """Hashes of what a handle made of the name would be: given+surname, surname+given, initial+surname, given+initial."""
    given_n: Array
    surname_n: Array
    name_n: Array
    """How many customers share the given name, the surname, both (by skeleton)."""
    city: Array
    """Two of each customer."""
    city_n: Array
    """How many customers share the commoner of the two."""
    country: Array
    domain: Array
    signed_in: Array
    """Bits of the platforms (`platform_bit`) on which an account is known from signing in."""
    confirmed: Array
    imported: Array
    """Bits of the platforms on which a handle is known."""
    keys: Array
    """Sorted; the same length as `owners` and `kinds`."""
    owners: Array
    kinds: Array
    counted: Array
    """Sorted hashes of what `Counts.of` is asked, and how many have it."""
    numbers: Array

    @property
    def size(self) -> int:
        return len(self.ids)

    def of(self, values: Sequence[str]) -> npt.NDArray[np.int64]:
        if not values or not len(self.counted):
            return np.zeros(len(values), np.int64)
        wanted = hashed(values)
        at = np.minimum(np.searchsorted(self.counted, wanted), len(self.counted) - 1)
        return np.where(self.counted[at] == wanted, self.numbers[at], 0).astype(np.int64)

    def id(self, position: int) -> str:
        found: bytes = self.ids[position]
        return found.decode()

    def save(self, folder: Path, note: dict[str, Any]) -> None:
        """Write it, whole or not at all. `note` is what tells whether it is still the right one."""
        folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = folder.with_name(f"{folder.name}.part{os.getpid()}")
        shutil.rmtree(fresh, ignore_errors=True)
        fresh.mkdir()
        for field in fields(self):
            np.save(fresh / f"{field.name}.npy", getattr(self, field.name), allow_pickle=False)
        (fresh / "index.json").write_text(json.dumps({"format": FORMAT, **note}), encoding="utf-8")
        if folder.exists():
            old = folder.with_name(f"{folder.name}.old{os.getpid()}")
            folder.replace(old)
            fresh.replace(folder)
            shutil.rmtree(old, ignore_errors=True)
        else:
            fresh.replace(folder)

    @classmethod
    def load(cls, folder: Path, note: dict[str, Any]) -> "Index | None":
        """The saved index, or None where there is none, or not of this note and format."""
        try:
            if json.loads((folder / "index.json").read_text(encoding="utf-8")) != {"format": FORMAT, **note}:
                return None
            return cls(*(np.load(folder / f"{f.name}.npy", mmap_mode="r") for f in fields(cls)))
        except (OSError, ValueError):
            return None


def platform_bit(platform: str) -> int:
    """A platform as one of 32 bits. Two platforms that share one only weaken a piece of evidence."""
    known = (
        "x",
        "reddit",
        "mastodon",
        "bluesky",
        "instagram",
        "facebook",
        "youtube",
        "tiktok",
        "linkedin",
        "hackernews",
    )
    at = known.index(platform) if platform in known else 10 + sum(platform.encode()) % 22
    return 1 << at


def name_key(first: str, last: str) -> str:
    """Two skeletons as the skeleton of both words written as one, which is all that a handle shows."""
    if last and last[0] in "aiuyh":
        last = last[1:]
    return first + (last[1:] if last and first.endswith(last[0]) else last)


def shapes(first: str, last: str) -> tuple[str, str, str, str]:
    return first + last, last + first, first[:1] + last, first + last[:1]


def keys_of(customer: Customer) -> Iterator[tuple[Kind, str]]:
    """Every key that finds a customer."""
    for account in customer.account_ids:
        where, _, number = account.partition(":")
        yield Kind.ACCOUNT, f"{names.platform(where)}:{number}"
    for h in customer.handles:
        where = names.platform(h.platform)
        handle = names.handle(where, h.handle)
        for asked in names.kept_for(handle):
            yield HANDLES[h.source], f"{where}:{asked}"
        if len(plain := names.plain_handle(names.own_part(where, handle))) > 3:
            yield Kind.NICK_OF_HANDLE, plain
    domains = {customer.company_domain.removeprefix("www.")} if customer.company_domain else set()
    for email in customer.emails:
        email = email.lower()
        yield Kind.EMAIL, email
        local, _, domain = email.partition("@")
        if len(plain := names.plain_handle(local.partition("+")[0])) > 3:
            yield Kind.NICK_OF_EMAIL, plain
        if domain and domain not in FREE_MAIL:
            domains.add(domain)
    for phone in customer.phones:
        if value := normal_phone(phone):
            yield Kind.PHONE, value
    for order in customer.order_ids:
        yield Kind.ORDER, normal_order(order)
    words = names.words(customer.name)
    cities = names.towns(customer.city)
    for domain in domains:
        yield Kind.DOMAIN, domain
        for w in {words[0], words[-1]} if words else ():
            yield Kind.NAME_AT_DOMAIN, f"{w.skeleton}@{domain}"
    if len(words) < 2:
        for city in cities if words else ():
            yield Kind.INITIAL_IN_CITY, f"{words[0].skeleton}@{city}"
        return
    first, last = words[0], words[-1]
    pairs = {(first, last), (last, first)}
    if len(words) > 2:  # a person of three names goes by any two of them
        pairs |= {(first, words[1]), (words[1], last)}
    for name in {name_key(a.skeleton, b.skeleton) for a, b in pairs}:
        yield Kind.NAME, name
        for city in cities:
            yield Kind.NAME_IN_CITY, f"{name}@{city}"
    if first.nick != first.roman:
        yield Kind.NAME, name_key(names.skeleton(first.nick), last.skeleton)
    for part in {first.initial + last.skeleton, first.skeleton + last.initial}:
        for city in cities:
            yield Kind.INITIAL_IN_CITY, f"{part}@{city}"
    for shape in shapes(first.roman, last.roman)[2:]:
        yield Kind.SHORT_HANDLE, shape


def build(customers: Iterable[Customer], counts: Counts | None = None) -> Index:
    """Index customers. How common their names and cities are is counted among themselves, or told by `counts` where they
    are only some of all."""
    parts: list[_Part] = []
    stream = iter(customers)
    while batch := list(islice(stream, BATCH)):
        parts.append(_part(batch, sum(len(p.ids) for p in parts), counts))
    if not parts:
        parts.append(_part([], 0, counts))

    def joined(name: str) -> Array:
        return np.concatenate([getattr(p, name) for p in parts])

    keys, owners, kinds = joined("keys"), joined("owners"), joined("kinds")
    for p in parts:
        p.keys = p.owners = p.kinds = np.zeros(0, np.uint64)
    order = np.argsort(keys, kind="stable")
    keys, owners, kinds = keys[order], owners[order], kinds[order]
    marks = {name: joined(name) for name in ("given", "surname", "name", "town")}
    words = joined("words")
    counted, numbers = np.unique(np.concatenate([*marks.values(), words]), return_counts=True)
    counted, numbers = counted[counted != 0], numbers[counted != 0]
    given_n, surname_n, name_n, town_n = (
        _numbers(counted, numbers, marks[n]) for n in ("given", "surname", "name", "town")
    )
    city_n = town_n.reshape(-1, 2).max(axis=1)
    if counts is not None:
        told = np.maximum(joined("told"), 1).astype(np.int32)
        given_n, surname_n, name_n, city_n = (*told[:, :3].T, told[:, 3:].max(axis=1))
    return Index(
        joined("ids"), joined("roman"), joined("loose"), joined("skeleton"), joined("nick"), joined("initial"),
        joined("latin"), joined("count"), joined("shapes"), given_n, surname_n, name_n, joined("city"), city_n,
        joined("country"), joined("domain"), joined("signed_in"), joined("confirmed"), joined("imported"),
        keys, owners, kinds, counted, numbers.astype(np.int32),
    )  # fmt: skip


def _numbers(counted: Array, numbers: Array, wanted: Array) -> Array:
    if not len(counted):
        return np.zeros(len(wanted), np.int32)
    at = np.minimum(np.searchsorted(counted, wanted), len(counted) - 1)
    return np.where(counted[at] == wanted, numbers[at], 0).astype(np.int32)


@dataclass(slots=True)
class _Part:
    ids: Array
    roman: Array
    loose: Array
    skeleton: Array
    nick: Array
    initial: Array
    latin: Array
    count: Array
    shapes: Array
    city: Array
    country: Array
    domain: Array
    signed_in: Array
    confirmed: Array
    imported: Array
    keys: Array
    owners: Array
    kinds: Array
    given: Array
    surname: Array
    name: Array
    town: Array
    words: Array
    told: Array
    """What `Counts` says of given name, surname, both and the two cities, where it was asked."""


def short(values: Sequence[str]) -> npt.NDArray[np.uint32]:
    """32 bits of each value, 0 for an empty one."""
    found = hashed(values) if values else np.zeros(0, np.uint64)
    empty = np.fromiter((not v for v in values), bool, len(values))
    return np.where(empty, 0, (found >> np.uint64(32)) | np.uint64(1)).astype(np.uint32)


class Names:
    """Words of many names as rows of four, and what was read of each."""

    def __init__(self, rows: Sequence[Sequence[Word]]) -> None:
        vocabulary: dict[Word, int] = {}
        at = np.zeros((len(rows), WORDS), np.int64)
        for n, row in enumerate(rows):
            for k, w in enumerate(row):
                at[n, k] = vocabulary.setdefault(w, len(vocabulary) + 1)
        known = list(vocabulary)

        def spread(values: Array) -> Array:
            return np.concatenate([np.zeros(1, values.dtype), values])[at]

        self.roman = spread(short([w.roman for w in known]))
        self.loose = spread(short([w.loose for w in known]))
        self.skeleton = spread(short([w.skeleton for w in known]))
        self.nick = spread(short([w.nick for w in known]))
        self.initial = spread(np.array([ord(w.initial) for w in known], np.uint8))
        self.latin = spread(np.array([w.latin for w in known], bool))
        self.count = np.array([len(row) for row in rows], np.uint8)
        self.single = spread(np.array([len(w.roman) == 1 for w in known], bool))


def _part(batch: list[Customer], start: int, counts: Counts | None) -> _Part:
    rows = [names.words(c.name) for c in batch]
    table = Names(rows)
    values: list[str] = []
    owners: list[int] = []
    kinds: list[int] = []
    for n, customer in enumerate(batch):
        for kind, value in keys_of(customer):
            values.append(_PREFIX[kind] + value)
            owners.append(start + n)
            kinds.append(kind)
    cities = [(*names.towns(c.city), "", "")[:2] for c in batch]
    texts = [
        (
            f"given:{r[0].skeleton}" if r else "",
            f"surname:{r[-1].skeleton}" if len(r) > 1 else "",
            f"name:{name_key(r[0].skeleton, r[-1].skeleton)}" if len(r) > 1 else "",
            *(f"city:{c}" if c else "" for c in two),
        )
        for r, two in zip(rows, cities, strict=True)
    ]
    given, surname, name = (_marks([five[n] for five in texts]) for n in range(3))
    town = _marks([city for five in texts for city in five[3:]])
    told = counts.of([text for five in texts for text in five]) if counts is not None else np.zeros(0, np.int64)
    spoken = [f"word:{w.roman}" for r in rows if r for w in {r[0], r[-1]}]
    shape = [s for r in rows for s in (shapes(r[0].roman, r[-1].roman) if len(r) > 1 else ("",) * 4)]
    signed_in = [_bits(a.partition(":")[0] for a in c.account_ids) for c in batch]
    confirmed = [_bits(h.platform for h in c.handles if h.source != "import") for c in batch]
    imported = [_bits(h.platform for h in c.handles if h.source == "import") for c in batch]
    return _Part(
        np.array([c.customer_id.encode() for c in batch], dtype=bytes) if batch else np.zeros(0, "S1"),
        table.roman, table.loose, table.skeleton, table.nick, table.initial, table.latin, table.count,
        short(shape).reshape(-1, 4),
        short([city for two in cities for city in two]).reshape(-1, 2),
        short([names.country(c.country) for c in batch]),
        short([c.company_domain.removeprefix("www.") for c in batch]),
        np.array(signed_in, np.uint32), np.array(confirmed, np.uint32), np.array(imported, np.uint32),
        hashed(values) if values else np.zeros(0, np.uint64),
        np.array(owners, np.uint32), np.array(kinds, np.uint8),
        given, surname, name, town, _marks(spoken), told.reshape(-1, 5),
    )  # fmt: skip


def _marks(values: list[str]) -> Array:
    if not values:
        return np.zeros(0, np.uint64)
    empty = np.fromiter((not v for v in values), bool, len(values))
    return np.where(empty, np.uint64(0), hashed(values))


def _bits(platforms: Iterable[str]) -> int:
    bits = 0
    for platform in platforms:
        bits |= platform_bit(platform)
    return bits
