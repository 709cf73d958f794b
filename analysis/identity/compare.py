"""Which customers are worth a look for an author, and what speaks for and against each, in numbers.

All for many authors at once: `compare` looks up every key of theirs, takes the customers found in blocks small enough to
mean something, and returns a table of pairs with a column for each piece of evidence (`EVIDENCE`). One author is a table of
a few rows, a million are many such tables; there is no other way to score.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from analysis.identity import names
from analysis.identity.index import IDS, Array, Counts, Index, Kind, Names, hashed, key, name_key, platform_bit, short
from analysis.identity.person import Person, Whose

MOST = {
    Kind.ACCOUNT: 20,
    Kind.AGENT_HANDLE: 20,
    Kind.EMAIL: 50,
    Kind.PHONE: 50,
    Kind.ORDER: 20,
    Kind.NICK_OF_HANDLE: 30,
    Kind.NAME: 40,
    Kind.NAME_IN_CITY: 40,
    Kind.INITIAL_IN_CITY: 25,
    Kind.SHORT_HANDLE: 25,
    Kind.DOMAIN: 40,
    Kind.NAME_AT_DOMAIN: 40,
}
"""A key that more customers have finds none of them: it would mean less than 1 in so many of each."""

NAMESAKES = 0.03
"""Of strangers, the share that is taken to bear name and city of a customer beyond chance: families, towns of one name,
people who pose as another. It bounds what name and city can prove together."""

INITIAL = 1.2
"""What an initial that agrees tells, in log odds: letters are few, and A, M and S begin a third of all names."""

EVIDENCE = (
    # ids: how the CRM came to know them
    "account",
    "agent_handle",
    "oauth_handle",
    "imported_handle",
    "owners",
    # ids of the person, in the author's words
    "email_in_bio",
    "phone_in_bio",
    "email",
    "phone",
    "order",
    "unsaid",
    "anothers",
    "tellers",
    # against: another account is known there
    "other_account",
    "other_confirmed",
    "other_imported",
    # name
    "name",
    "name_near",
    "name_weak",
    "initial",
    "given_only",
    "surname_only",
    "other_surname",
    "other_given",
    "other_name",
    "no_name",
    "handle_is_name",
    "handle_is_short_name",
    "handle_confirms",
    # place
    "city",
    "other_city",
    "country",
    "other_country",
    # the same nickname elsewhere
    "nick",
    "nick_digits",
    "nick_name",
    "mail_nick",
    "mail_nick_digits",
    "mail_nick_name",
    "nick_owners",
    # employer
    "domain",
    "domain_and_name",
    # what kind of account
    "no_person",
    "no_person_id",
    "feigned",
    "feigned_name",
    # together
    "id_other_name",
    "id_other_given",
    "told_other_name",
    "told_other_given",
    "id_given",
    "told_given",
    "id_name",
    "told_name",
    "nick_other_name",
    "id_other_city",
    "name_city",
    # an id that the CRM has of the customer, and the name
    "handle_suits",
    "handle_of_another",
    "handle_suits_name",
    "handle_namesakes",
    "ids_agree",
    # a handle that passes itself off as one of theirs
    "near_handle",
)
AT = {name: n for n, name in enumerate(EVIDENCE)}
IDENTIFIERS = (
    "account",
    "agent_handle",
    "oauth_handle",
    "imported_handle",
    "email_in_bio",
    "phone_in_bio",
    "email",
    "phone",
    "order",
)
"""What one person alone has. On a card they are told before all else: they can be checked at a glance."""
_SAME_HANDLE = [
    AT[name]
    for name in (
        "account",
        "agent_handle",
        "oauth_handle",
        "imported_handle",
        "nick",
        "nick_name",
        "mail_nick",
        "mail_nick_name",
    )
]


@dataclass(frozen=True, slots=True)
class Pairs:
    """Candidates. `persons` and `customers` are positions, in order of the first; `table` has a column for each of
    EVIDENCE."""

    persons: Array
    customers: Array
    table: Array


def compare(people: Sequence[Person], index: Index, counts: Counts | None = None) -> Pairs:
    """The candidates of each person with the evidence. `counts` where the index holds only some of the customers."""
    hits = _look_up(people, index)
    copies = _copies(people, index)
    if not len(hits.owners):
        return Pairs(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros((0, len(EVIDENCE)), np.float32))
    both = hits.persons.astype(np.int64) * index.size + hits.owners
    pairs, at = np.unique(both, return_inverse=True)
    persons, customers = pairs // index.size, pairs % index.size
    table = _table(people, persons, customers, hits, at, index, counts or index)
    table[:, AT["near_handle"]] = np.isin(pairs, copies) & ~(table[:, _SAME_HANDLE] > 0).any(axis=1)
    return Pairs(persons, customers, table)


# Looking up ----------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Hits:
    persons: Array
    owners: Array
    kinds: Array
    whose: Array
    sizes: Array
    """How many customers have the key that found this one."""


def _look_up(people: Sequence[Person], index: Index) -> _Hits:
    asked: list[tuple[int, Kind, str, int]] = [
        (n, kind, key(kind, value), whose) for n, p in enumerate(people) for kind, value, whose in queries(p)
    ]
    most = np.array([MOST[kind] for _, kind, _, _ in asked], np.int64)
    kept, entries, size = _entries(index, [text for _, _, text, _ in asked], most)
    persons = np.fromiter((one[0] for one in asked), np.int64, len(asked))
    whose = np.fromiter((one[3] for one in asked), np.int8, len(asked))
    return _Hits(persons[kept], index.owners[entries], index.kinds[entries], whose[kept], size)


def _entries(index: Index, keys: Sequence[str], most: Array) -> tuple[Array, Array, Array]:
    """What the index has of keys that at most so many share: for each entry which key, where, and how many share it."""
    wanted = hashed(keys) if keys else np.zeros(0, np.uint64)
    first = np.searchsorted(index.keys, wanted, "left")
    size = np.searchsorted(index.keys, wanted, "right") - first
    kept = np.flatnonzero((size > 0) & (size <= most))
    first, size = first[kept], size[kept]
    rows = np.repeat(np.arange(len(kept)), size)
    within = np.arange(len(rows)) - np.repeat(np.cumsum(size) - size, size)
    return kept[rows], first[rows] + within, size[rows]


def _copies(people: Sequence[Person], index: Index) -> Array:
    """Persons and customers, as one number, where the person's handle is all but one of the customer's. It finds nobody: it
    only tells more of whom something else has found."""
    asked = [(n, copied) for n, p in enumerate(people) for copied in names.copied_from(p.plain)]
    keys = [key(Kind.NICK_OF_HANDLE, copied) for _, copied in asked]
    kept, entries, _ = _entries(index, keys, np.full(len(keys), MOST[Kind.NICK_OF_HANDLE]))
    persons = np.fromiter((n for n, _ in asked), np.int64, len(asked))
    found: Array = np.unique(persons[kept] * index.size + index.owners[entries])
    return found


IN_BIO = 8


def queries(p: Person) -> Iterator[tuple[Kind, str, int]]:
    """The keys that may find a person. The number says whose an id is (`Whose`), with IN_BIO added where the bio has it."""
    if p.author.external_id:
        yield Kind.ACCOUNT, f"{names.platform(p.author.platform)}:{p.author.external_id}", 0
    for handle in names.asked_for(p.handle) if p.handle else ():
        yield Kind.AGENT_HANDLE, f"{names.platform(p.author.platform)}:{handle}", 0
    if len(p.plain) > 3:
        yield Kind.NICK_OF_HANDLE, p.plain, 0
    for t in p.told:
        yield IDS[t.kind], t.value, int(t.whose) + (IN_BIO if t.in_bio else 0)
    keys = name_keys(p)
    for value in keys:
        yield Kind.NAME, value, 0
        for city in p.cities:
            yield Kind.NAME_IN_CITY, f"{value}@{city}", 0
    if len(p.core) > 3:
        yield Kind.SHORT_HANDLE, p.core, 0
    first, last = (p.name[0], p.name[-1]) if p.name else (None, None)
    if first and last:
        parts = {first.initial + last.skeleton, first.skeleton + last.initial} if len(p.name) > 1 else {first.skeleton}
        for city in p.cities:
            for part in parts:
                yield Kind.INITIAL_IN_CITY, f"{part}@{city}", 0
    for domain in p.domains:
        yield Kind.DOMAIN, domain, 0
        for word in dict.fromkeys(w.skeleton for w in p.name):
            yield Kind.NAME_AT_DOMAIN, f"{word}@{domain}", 0


def name_keys(p: Person) -> list[str]:
    """The names, as keys, that an author's display name and handle may mean."""
    found: dict[str, None] = {}
    if len(p.name) > 1:
        first, last = p.name[0], p.name[-1]
        found[name_key(first.skeleton, last.skeleton)] = None
        if first.nick != first.roman:
            found[name_key(names.skeleton(first.nick), last.skeleton)] = None
        if len(p.name) > 2:
            found[name_key(first.skeleton, p.name[1].skeleton)] = None
            found[name_key(p.name[1].skeleton, last.skeleton)] = None
    if len(p.core) > 5:
        found[names.skeleton(p.core)] = None
    return [value for value in found if len(value) > 1]


# Comparing -----------------------------------------------------------------------------------------------------------


def _table(
    people: Sequence[Person], persons: Array, customers: Array, hits: _Hits, at: Array, index: Index, counts: Counts
) -> Array:
    table = np.zeros((len(persons), len(EVIDENCE)), np.float32)

    def put(name: str, values: Array) -> None:
        table[:, AT[name]] = values

    def found(*kinds: Kind) -> Array:
        seen = np.zeros(len(persons), bool)
        seen[at[np.isin(hits.kinds, kinds)]] = True
        return seen

    def owners(mask: Array) -> Array:
        """The log of how many share the rarest key of these hits with the customer."""
        fewest = np.full(len(persons), np.inf)
        np.minimum.at(fewest, at[mask], hits.sizes[mask])
        return np.where(np.isfinite(fewest), np.log(np.maximum(fewest, 1)), 0.0)

    of = _Authors(people, counts)
    n = max(1, counts.size)

    # Ids
    account = found(Kind.ACCOUNT)
    handle_kinds = (Kind.AGENT_HANDLE, Kind.OAUTH_HANDLE, Kind.IMPORTED_HANDLE)
    agent, oauth, imported = (found(kind) for kind in handle_kinds)
    by_handle = agent | oauth | imported
    bit = of.platform[persons]
    signed_in = (index.signed_in[customers] & bit) != 0
    confirmed = (index.confirmed[customers] & bit) != 0
    put("account", account)
    put("agent_handle", agent & ~account)
    put("oauth_handle", oauth & ~agent & ~account)
    put("imported_handle", imported & ~oauth & ~agent & ~account)
    put("owners", owners(np.isin(hits.kinds, handle_kinds)) * ~account)
    put("other_account", signed_in & ~account)
    put("other_confirmed", confirmed & ~by_handle & ~account)
    put("other_imported", ((index.imported[customers] & bit) != 0) & ~by_handle & ~account & ~confirmed)
    sure = account | by_handle

    # What the author tells
    id_hit = np.isin(hits.kinds, (Kind.EMAIL, Kind.PHONE, Kind.ORDER))
    told = np.zeros(len(persons), bool)
    told[at[id_hit]] = True
    in_bio = np.zeros(len(persons), bool)
    in_bio[at[id_hit & (hits.whose >= IN_BIO)]] = True
    own = np.zeros(len(persons), bool)
    own[at[id_hit & (hits.whose % IN_BIO == Whose.OWN)]] = True
    unsaid = np.zeros(len(persons), bool)
    unsaid[at[id_hit & (hits.whose % IN_BIO == Whose.UNSAID)]] = True
    email = found(Kind.EMAIL)
    phone = found(Kind.PHONE)
    put("email_in_bio", email & in_bio)
    put("phone_in_bio", phone & in_bio)
    put("email", email & ~in_bio)
    put("phone", phone & ~in_bio)
    put("order", found(Kind.ORDER))
    put("unsaid", unsaid & ~own)
    anothers = told & ~own & ~unsaid
    put("anothers", anothers)
    put("tellers", owners(id_hit))

    # Name
    name = _names(of.names, index, persons, customers)
    word_count = of.words[persons]
    known = of.known[persons]
    given_share = index.given_n[customers] / n
    surname_share = np.maximum(index.surname_n[customers], 1) / n
    others = np.maximum(index.name_n[customers].astype(np.int64) - 1, 0) / n
    name_share = np.maximum(given_share * surname_share, others)
    city_share = np.maximum(index.city_n[customers], 1) / n
    theirs = index.city[customers]
    city = _meets(of.city, persons, theirs[:, 0]) | _meets(of.city, persons, theirs[:, 1])
    has_city = theirs[:, 0] != 0
    rare = -np.log(name_share * np.where(city, city_share, 1.0) + NAMESAKES / n)
    rare_without_city = -np.log(name_share + NAMESAKES / n)
    has_name = index.count[customers] > 0
    two = index.count[customers] > 1
    full = name.both & two
    near = full & ~name.exact
    weak = ~full & name.both_weak & two
    initial = ~full & ~weak & two & ((name.given_initial & name.surname) | (name.given & name.surname_initial))
    some = full | weak | initial
    one = ~some & (word_count == 1)
    given_only, surname_only = one & name.given, one & name.surname & ~name.given
    more = ~some & (word_count > 1)
    other_surname = more & name.given
    other_given = more & name.surname & ~name.given & ~name.given_initial
    no_match = has_name & ~some & ~given_only & ~surname_only & ~other_surname & ~other_given
    other_name = no_match & (known > 0)
    spelled = (of.core[persons][:, None] == index.shapes[customers][:, :2]).any(axis=1) & (of.core[persons] != 0) & two
    spelled &= ~_single(index, customers, None)  # of a name with an initial, the handle says no more either
    by_surname = (of.core[persons] == index.shapes[customers][:, 2]) & (of.core[persons] != 0) & two
    by_given = (of.core[persons] == index.shapes[customers][:, 3]) & (of.core[persons] != 0) & two
    spelled_short = by_surname | by_given
    place = np.where(city, -np.log(city_share), 0.0)
    words = index.roman[customers]
    one_word = ((words == of.core[persons][:, None]) & (words != 0)).any(axis=1)
    named = some | given_only | surname_only
    namely = spelled | spelled_short | one_word | (of.own_name[persons] & named)
    # Whoever has the handle asha.verma is called Asha Verma: of a handle that the CRM has, the name then says nothing more,
    # and the fewer namesakes there are, the surer it is that nobody else took it. Of averma, the given name does.
    suits = by_handle & ~account & (spelled | one_word)
    beyond = np.maximum(-np.log(np.maximum(np.where(by_given, surname_share, given_share), 1 / n)) - 2.0, 0.0)
    rare = np.where(by_handle & ~account & spelled_short & ~suits, np.minimum(rare, beyond), rare)
    put("handle_suits", by_handle & ~account & namely & ~named)
    put("handle_of_another", by_handle & ~account & ~namely & ~named & of.sounds_like_a_name[persons])
    put("handle_suits_name", suits & named)
    bearers = np.where(one_word & ~spelled, index.given_n[customers], index.name_n[customers])
    put("handle_namesakes", np.where(suits, np.log(np.maximum(bearers, 1)), 0.0))
    rare = np.where(suits, 0.0, rare)
    put("name", np.where(full | weak, rare, 0.0))
    put("name_near", near)
    put("name_weak", weak)
    put("initial", np.where(initial, np.minimum(-np.log(surname_share) + INITIAL + place, rare), 0.0))
    put("given_only", np.where(given_only & ~suits & ~spelled, -np.log(np.maximum(given_share, 1 / n)), 0.0))
    put("surname_only", np.where(surname_only & ~suits & ~spelled, -np.log(surname_share), 0.0))
    # Who signed in may call themselves what they like.
    put("other_surname", other_surname * np.minimum(known, 2) * ~account)
    put("other_given", other_given * np.minimum(known, 2) * ~account)
    put("other_name", other_name * np.minimum(known, 2) * ~account)
    put("no_name", no_match & (known == 0))
    # A handle that the CRM has of the customer tells nothing more by looking like their name, or like their address.
    from_handle = spelled & ~full & ~weak & ~initial & ~by_handle
    put("handle_is_name", np.where(from_handle, rare_without_city, 0.0))
    short_name = np.where(by_surname & ~surname_only, -np.log(surname_share), np.where(given_only, INITIAL, 0.0))
    short_name = np.where(by_given & ~by_surname & ~given_only, -np.log(np.maximum(given_share, 1 / n)), short_name)
    put("handle_is_short_name", np.where(spelled_short & ~some & ~by_handle, short_name, 0.0))
    put("handle_confirms", (spelled | spelled_short) & some & ~by_handle)

    # Place
    located = of.located[persons]
    put("city", np.where(city & (suits | ~some), place, 0.0))
    other_city = located & has_city & ~city
    moved = by_handle & some  # who moves keeps handle and name
    put("other_city", other_city & ~account & ~moved)
    country = _meets(of.country, persons, index.country[customers])
    put("country", country & ~city & ~other_city)
    abroad = (of.country[persons] != 0).any(axis=1) & (index.country[customers] != 0) & ~country
    put("other_country", abroad & ~account)

    # The same nickname
    nick = found(Kind.NICK_OF_HANDLE) & ~sure
    mail_nick = found(Kind.NICK_OF_EMAIL) & ~sure & ~nick  # the same nickname twice is one
    digits = of.digits[persons]
    rarity = of.rarity[persons]
    put("nick", np.where(nick & ~namely, rarity, 0.0))
    put("nick_digits", np.where(nick & namely, digits, 0.0))
    put("nick_name", nick & namely)
    put("mail_nick", np.where(mail_nick & ~namely, rarity, 0.0))
    put("mail_nick_digits", np.where(mail_nick & namely, digits, 0.0))
    put("mail_nick_name", mail_nick & namely)
    put("nick_owners", owners(np.isin(hits.kinds, (Kind.NICK_OF_HANDLE, Kind.NICK_OF_EMAIL))) * ~sure)

    # Employer
    at_work = found(Kind.DOMAIN, Kind.NAME_AT_DOMAIN) & ~email
    at_domain = np.isin(hits.kinds, (Kind.DOMAIN, Kind.NAME_AT_DOMAIN))
    put("domain", np.where(at_work, np.log(n) - owners(at_domain), 0.0))
    put("domain_and_name", at_work & (some | given_only | surname_only))

    # The kind of account, and what goes together
    no_person, feigned = of.no_person[persons], of.feigned[persons]
    any_name = some | from_handle
    put("no_person", no_person)
    put("no_person_id", no_person & (sure | told))
    put("feigned", feigned & ~sure)
    put("feigned_name", feigned & any_name & ~sure)
    put("id_other_name", by_handle & ~account & other_name)
    put("id_other_given", by_handle & ~account & other_given)
    put("id_given", by_handle & ~account & (given_only | other_surname) & ~suits)
    put("told_given", told & (given_only | other_surname))
    put("told_other_name", told & other_name)
    put("told_other_given", told & other_given)
    put("id_name", by_handle & some & ~suits)
    put("told_name", told & some)
    put("nick_other_name", (nick | mail_nick) & (other_name | other_given | other_surname))
    put("id_other_city", by_handle & other_city & ~account)
    put("name_city", full & city & ~suits)
    told_kinds = [found(kind) & ~anothers for kind in (Kind.EMAIL, Kind.PHONE, Kind.ORDER)]
    put("ids_agree", np.maximum(sum(kind.astype(np.int64) for kind in (sure, *told_kinds)) - 1, 0))
    return table


class _Authors:
    """What is compared of the authors, a row for each."""

    def __init__(self, people: Sequence[Person], counts: Counts) -> None:
        self.names = Names([p.name for p in people])
        self.core = short([p.core for p in people])
        self.digits = np.array([min(4, sum(c.isdigit() for c in p.plain)) for p in people], np.float32)
        letters = np.array([len(p.plain) for p in people], np.float32) - self.digits
        self.rarity = np.minimum(0.8 * letters + 2.0 * self.digits, 16.0)
        self.platform = np.array([platform_bit(p.author.platform) for p in people], np.uint32)
        self.no_person = np.array([p.no_person for p in people], bool)
        self.feigned = np.array([p.feigned for p in people], bool)
        self.city = _rows([p.cities for p in people])
        self.country = _rows([p.countries for p in people])
        said = [f"word:{w.roman}" for p in people for w in p.name]
        said += [f"city:{c}" for p in people for c in p.cities]
        spelt = [f"name:{names.skeleton(p.core)}" if len(p.core) > 5 else "" for p in people]
        said += [s for s in spelt if s]
        told = dict(zip(dict.fromkeys(said), counts.of(list(dict.fromkeys(said))).tolist(), strict=True))
        self.words = np.array([sum(len(w.roman) > 1 for w in p.name) for p in people], np.int64)
        self.known = np.array(
            [
                sum(
                    not w.latin or w.nick != w.roman or (len(w.roman) > 1 and told[f"word:{w.roman}"] > 0)
                    for w in p.name
                )
                for p in people
            ],
            np.int64,
        )
        self.sounds_like_a_name = np.array([bool(s) and told[s] > 0 for s in spelt], bool)
        """The handle is the name of one of the customers."""
        self.own_name = np.array([_spells(p) for p in people], bool)
        """The handle is made of the name beside it."""
        self.located = np.array([any(told[f"city:{c}"] > 0 for c in p.cities) for p in people], bool)


def _spells(p: Person) -> bool:
    """Is the handle made of the display name, of all of it or of one word and an initial?"""
    if len(p.name) < 2 or len(p.core) < 4:
        return False
    first, last = p.name[0], p.name[-1]
    if first.roman in p.core and last.roman in p.core:  # with more around it: xashavermax
        return True
    if p.core in {
        short for a, b in ((first, last), (last, first)) for short in (a.initial + b.roman, a.roman + b.initial)
    }:
        return True
    core = names.skeleton(p.core)
    return core in (name_key(first.skeleton, last.skeleton), name_key(last.skeleton, first.skeleton))


def _rows(values: Sequence[tuple[str, ...]]) -> Array:
    """Four values a row, as hashes; 0 where there are fewer."""
    flat = [v for row in values for v in (*row, "", "", "", "")[:4]]
    return short(flat).reshape(-1, 4)


def _meets(mine: Array, persons: Array, theirs: Array) -> Array:
    met: Array = ((mine[persons] == theirs[:, None]) & (theirs != 0)[:, None]).any(axis=1)
    return met


@dataclass(frozen=True, slots=True)
class _Agreement:
    given: Array
    surname: Array
    both: Array
    """By two different words of the author's."""
    exact: Array
    both_weak: Array
    given_initial: Array
    surname_initial: Array


def _names(mine: Names, index: Index, persons: Array, customers: Array) -> _Agreement:
    """How the words of the author's name meet given name and surname of the customer."""
    last = np.maximum(index.count[customers].astype(np.int64), 1) - 1
    row = np.arange(len(customers))

    def met(kind: str, which: Array | None) -> Array:
        theirs = getattr(index, kind)[customers]
        theirs = theirs[:, 0] if which is None else theirs[row, which]
        ours: Array = getattr(mine, kind)[persons]
        hit: Array = (ours == theirs[:, None]) & (theirs != 0)[:, None] & (ours != 0)
        return hit

    def agreement(which: Array | None) -> tuple[Any, ...]:
        latin = index.latin[customers]
        latin = latin[:, 0] if which is None else latin[row, which]
        whole = ~mine.single[persons]
        exact = met("roman", which) & whole
        skeleton = met("skeleton", which) & whole
        across = skeleton & (mine.latin[persons] != latin[:, None])
        near = exact | met("nick", which) & whole | met("loose", which) & whole | across
        initial = met("initial", which)
        count_single = _single(index, customers, which)
        by_initial = initial & (mine.single[persons] | count_single[:, None])
        return near, exact, skeleton | near, by_initial

    given, surname = agreement(None), agreement(last)
    if (index.count[customers] > 2).any():  # the second of three names is as good as the first, or as the last
        middle = agreement(np.where(index.count[customers] > 2, 1, 0))
        long = (index.count[customers] > 2)[:, None]
        given = tuple(a | (b & long) for a, b in zip(given, middle, strict=True))
        surname = tuple(a | (b & long) for a, b in zip(surname, middle, strict=True))

    def both(kind: int) -> Array:
        two: Array = (given[kind] | surname[kind]).sum(axis=1) > 1
        met: Array = two & given[kind].any(axis=1) & surname[kind].any(axis=1)
        return met

    return _Agreement(
        given[0].any(axis=1),
        surname[0].any(axis=1),
        both(0),
        given[1].any(axis=1) & surname[1].any(axis=1),
        both(2),
        given[3].any(axis=1),
        surname[3].any(axis=1),
    )


_LETTERS = short([chr(n) for n in range(ord("a"), ord("z") + 1)])


def _single(index: Index, customers: Array, which: Array | None) -> Array:
    """Is the customer's own word only an initial?"""
    words = index.roman[customers]
    word = words[:, 0] if which is None else words[np.arange(len(customers)), which]
    single: Array = np.isin(word, _LETTERS)
    return single
