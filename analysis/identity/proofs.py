"""Who an author probably is among our customers, how sure we are, on what basis, and why.

Pure: the caller looks keys up and hands in what they found. Only proof makes a link: an account that the customer signed
in with (OAuth), or a handle that an agent confirmed. A handle that was imported is right 89 times in 100, and what a post
says of itself (an order number, an e-mail address, a phone number) may be somebody else's: those are only `possible`.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from core.customer import Basis, Customer, Evidence, Link
from core.mention import Author

VERSION = "identity-1"
MAX_CANDIDATES = 5
MAX_KEYS = 20
"""Keys looked up of one author: a post that lists a thousand numbers is no evidence of anything."""

OAUTH, AGENT, IMPORTED, ORDER, CONTACT = 0.99, 0.98, 0.89, 0.75, 0.70
"""How often each kind of evidence alone is right. The first two prove; an imported handle was measured, the rest judged."""

_LEAST = 0.2
_MOST_WITHOUT_PROOF = 0.96
_OTHERS_WORDS = 0.5  # what evidence in the text keeps where the author seems to speak for somebody else

_ORDER = re.compile(r"(?<![\w@/])#?([A-Za-z]{0,6}[-_]?\d[\w-]{3,24})(?!\w)")
_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}")
_PHONE = re.compile(r"(?<!\w)\+?\d[\d\s().-]{8,18}\d(?!\w)")
_THIRD_PERSON = re.compile(
    r"\b(?:my|our) (?:friend|mother|mom|mum|father|dad|sister|brother|wife|husband|aunt|uncle|neighbou?r|colleague|"
    r"boss|grand\w+|cousin|partner|roommate|flatmate)\b|\bon behalf\b|"
    r"\b(?:his|her|their|someone'?s|customer'?s) (?:order|account|refund|parcel)\b|"
    r"\b(?:dost|behen|bhai|mummy|papa) (?:ka|ki|ke)\b|\b(?:arkada[sş]ım|annem|babam|kardeşim|kardesim|eşim|esim)\w*|"
    r"(?:दोस्त|मां|माँ|पिता|बहन|भाई) (?:का|की|के)",
    re.IGNORECASE,
)

Key = tuple[str, str]
"""What finds a customer: (kind, value); kinds are account_id, handle, email, phone and order_id, as the store has them."""


@dataclass(frozen=True, slots=True)
class Claims:
    """What an author and their own words say of who they are. `own` is the keys of the account; `told` those of the text."""

    author: Author
    own: tuple[Key, ...]
    told: tuple[Key, ...] = ()
    for_another: bool = False

    @property
    def keys(self) -> tuple[Key, ...]:
        return self.own + self.told


@dataclass(slots=True)
class _Candidate:
    doubt: float = 1.0
    proven: bool = False
    basis: Basis = "public_data"
    evidence: list[Evidence] = field(default_factory=list)

    def add(self, kind: str, probability: float, text: str, basis: Basis, proves: bool = False) -> None:
        self.doubt *= 1.0 - probability
        self.evidence.append(Evidence(kind, round(probability, 3), text))
        order = ("public_data", "given_directly", "opt_in")
        self.basis = max(self.basis, basis, key=order.index)
        self.proven = self.proven or proves


def claims(author: Author, texts: Iterable[str] = ()) -> Claims:
    """What to look up for an author; `texts` are their own posts, never what they quote."""
    own: list[Key] = [("account_id", author.id)]
    if author.handle:
        own.append(("handle", f"{author.platform}:{author.handle.lstrip('@').lower()}"))
    told: dict[Key, None] = {}
    another = False
    for text in texts:
        if not any(c.isdigit() for c in text) and "@" not in text:
            continue
        text = text[:4000]
        found = dict.fromkeys(
            [("email", e.lower()) for e in _EMAIL.findall(text)]
            + [("order_id", o.upper()) for o in _ORDER.findall(text)]
            + [("phone", digits[-10:]) for p in _PHONE.findall(text) if len(digits := re.sub(r"\D", "", p)) >= 10]
        )
        if found:
            told |= found
            another = another or _THIRD_PERSON.search(text) is not None
    return Claims(author, tuple(own), tuple(told)[:MAX_KEYS], another)


def link(
    claim: Claims,
    found: Mapping[Key, Sequence[tuple[str, str]]],
    customers: Mapping[str, Customer],
    before: Sequence[Link] = (),
) -> list[Link]:
    """The customers that the author may be, best first, at most five; nothing where nothing speaks for any.

    `found` gives for each known key the (customer id, source) pairs that have it. `before` are the author's stored links:
    what an earlier post said of itself still counts.
    """
    candidates: dict[str, _Candidate] = {}
    for key in claim.keys:
        owners = [(who, source) for who, source in found.get(key, ()) if who in customers]
        for who, source in owners:
            _weigh(candidates.setdefault(who, _Candidate()), key, source, len(owners), claim, customers[who])
    for old in before:
        if old.customer_id in customers and old.customer_id not in candidates:
            told = [e for e in old.evidence if e.kind in ("order_id", "email", "phone")]
            for e in told:
                candidates.setdefault(old.customer_id, _Candidate()).add(e.kind, e.weight, e.text, old.basis)
    if any(e.kind == "account_id" for c in candidates.values() for e in c.evidence):  # a signed-in account is decisive
        candidates = {who: c for who, c in candidates.items() if any(e.kind == "account_id" for e in c.evidence)}
    proven = [who for who, c in candidates.items() if c.proven]
    links = [
        Link(
            author_id=claim.author.id,
            customer_id=who,
            status="linked" if c.proven and len(proven) == 1 else "possible",
            probability=round(
                min(1 - c.doubt, 0.999 if c.proven else _MOST_WITHOUT_PROOF) / (len(proven) if c.proven else 1), 3
            ),
            basis=c.basis,
            evidence=tuple(c.evidence),
            version=VERSION,
        )
        for who, c in candidates.items()
    ]
    kept = [one for one in links if one.probability >= _LEAST]
    return sorted(kept, key=lambda one: (-one.probability, one.customer_id))[:MAX_CANDIDATES]


def _weigh(candidate: _Candidate, key: Key, source: str, owners: int, claim: Claims, customer: Customer) -> None:
    """Add what one shared key says. A key that several customers have says the less of each."""
    kind, value = key
    if kind == "account_id":
        candidate.add("account_id", OAUTH, "signed in with this account", "opt_in", proves=True)
    elif kind == "handle" and source in ("oauth", "agent"):
        how = "confirmed by an agent" if source == "agent" else "the handle of an account that signed in"
        candidate.add("handle", AGENT, how, "given_directly" if source == "agent" else "opt_in", proves=True)
    elif kind == "handle":
        signed_in_elsewhere = any(
            account.startswith(f"{claim.author.platform}:") and account != claim.author.id
            for account in customer.account_ids
        )
        if signed_in_elsewhere:  # we know this customer's account there, and it is another one
            candidate.add(
                "handle", 0.1, "an imported handle, but the customer signed in with another account", "public_data"
            )
        else:
            candidate.add("handle", IMPORTED / owners, "an imported handle", "public_data")
    else:
        probability = (
            (ORDER if kind == "order_id" else CONTACT) / owners * (_OTHERS_WORDS if claim.for_another else 1.0)
        )
        what = {"order_id": "order number", "email": "e-mail address", "phone": "phone number"}[kind]
        whose = ", perhaps somebody else's" if claim.for_another else ""
        shown = f" {value}" if kind == "order_id" else ""
        candidate.add(
            kind,
            probability,
            f"gave the {what}{shown}{whose}",
            "given_directly" if kind == "order_id" else "public_data",
        )


VIP_TIERS = frozenset({"vip", "platinum", "diamond", "black", "elite"})
HIGH_VALUE = 10_000.0


def is_vip(links: Iterable[Link], customers: Mapping[str, Customer]) -> bool:
    """Is the author a linked customer of a high tier or lifetime value? A possible one is not treated as one."""
    return any(
        one.status == "linked"
        and one.customer_id in customers
        and (
            customers[one.customer_id].tier.strip().lower() in VIP_TIERS
            or (customers[one.customer_id].lifetime_value or 0.0) >= HIGH_VALUE
        )
        for one in links
    )
