"""Decisions as links: with the evidence in words, and with why we may hold them."""

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from analysis.identity.bulk import Linked, link_all
from analysis.identity.calibrate import SHIPPED, Calibration
from analysis.identity.compare import EVIDENCE, IDENTIFIERS
from analysis.identity.decide import USUAL, Cuts
from analysis.identity.index import Array, Index
from analysis.identity.person import Person
from analysis.identity.score import PRIOR, shipped
from core.customer import Basis, Customer, Evidence, Link

LEAST = 0.25
"""Log odds: what weighs less is not told."""

WORDS = {
    "account": "signed in with this account",
    "agent_handle": "a handle that an agent confirmed",
    "oauth_handle": "the handle of an account that signed in",
    "imported_handle": "an imported handle",
    "owners": "several customers have this handle",
    "email_in_bio": "their e-mail address in the bio",
    "phone_in_bio": "their phone number in the bio",
    "email": "gave the e-mail address",
    "phone": "gave the phone number",
    "order": "gave the order number",
    "unsaid": "did not say whose it is",
    "anothers": "seems to speak for somebody else",
    "tellers": "several customers share what was given",
    "other_account": "the customer signed in with another account",
    "other_confirmed": "another handle of the customer is confirmed there",
    "other_imported": "another handle of the customer is known there",
    "name": "the same name",
    "name_near": "the name in another script or spelling",
    "name_weak": "the name only sounds alike",
    "initial": "the surname and an initial",
    "given_only": "the given name",
    "id_given": "the given name",
    "told_given": "the given name",
    "surname_only": "the surname",
    "other_surname": "another surname",
    "other_given": "another given name",
    "other_name": "another name",
    "handle_is_name": "the handle is the name",
    "handle_is_short_name": "the handle is the name in short",
    "handle_confirms": "the handle, too, is the name",
    "city": "the same city",
    "other_city": "another city",
    "country": "the same country",
    "other_country": "another country",
    "nick": "the handle that they use elsewhere",
    "nick_digits": "a handle of theirs with the same number",
    "nick_name": "a handle of theirs elsewhere",
    "mail_nick": "the handle is that of their e-mail address",
    "mail_nick_digits": "the handle is that of their e-mail address, number and all",
    "mail_nick_name": "the handle is that of their e-mail address",
    "nick_owners": "several customers use this nickname",
    "domain": "the company of the bio",
    "domain_and_name": "a colleague's name and company",
    "no_person": "a page, a bot or a parody by its own words",
    "no_person_id": "a page, a bot or a parody by its own words",
    "feigned": "the handle insists on being somebody",
    "feigned_name": "the handle insists on being somebody",
    "id_other_name": "the handle now bears another name",
    "id_other_given": "the handle now bears another name",
    "told_other_name": "what was given is of somebody of another name",
    "told_other_given": "what was given is of somebody of another name",
    "near_handle": "a handle that is all but one of theirs",
    "nick_other_name": "the nickname is used under another name",
    "id_other_city": "the handle is now in another city",
    "handle_suits": "the handle looks like the name",
    "handle_of_another": "the handle is somebody else's name",
    "handle_suits_name": "the same name",
    "handle_namesakes": "several customers bear the name of the handle",
    "ids_agree": "more than one of these says the same",
}
"""What each piece of evidence is called on a card."""

_OPT_IN = ("account", "oauth_handle")
_GIVEN = ("agent_handle", "order")


def links(
    people: Iterable[Person],
    index: Index,
    calibration: Calibration = SHIPPED,
    prior: float = PRIOR,
    cuts: Cuts = USUAL,
) -> Iterator[tuple[Person, list[Link]]]:
    """Each person with the customers whom they may be, best first, at most five; none where nothing speaks for any."""
    for batch in link_all(people, index, prior, calibration, cuts):
        for n, person in enumerate(batch.people):
            yield person, [_link(batch, person, index, n, k) for k in range(len(batch.decisions.get(n, ())))]


def _link(batch: Linked, person: Person, index: Index, n: int, k: int) -> Link:
    decision = batch.decisions[n][k]
    row = batch.pairs.table[decision.pair]
    present = {EVIDENCE[n] for n in np.flatnonzero(row > 0).tolist()}
    return Link(
        author_id=person.author.id,
        customer_id=index.id(decision.customer),
        status="linked" if decision.linked else "possible",
        probability=round(min(decision.probability, 0.999), 3),
        basis=_basis(present),
        evidence=evidence(row),
        version=shipped().version,
    )


def evidence(row: Array) -> tuple[Evidence, ...]:
    """What speaks for and against, ids first, then the weightiest, each once. Weights are natural log odds."""
    weights = row * shipped().values
    weighed = [(EVIDENCE[n], float(weights[n])) for n in np.flatnonzero(np.abs(weights) >= LEAST).tolist()]
    told: dict[str, Evidence] = {}
    for name, weight in sorted(weighed, key=lambda one: (one[0] not in IDENTIFIERS, -abs(one[1]))):
        if name in WORDS:
            told.setdefault(WORDS[name], Evidence(name, round(weight, 2), WORDS[name]))
    return tuple(told.values())


def _basis(present: set[str]) -> Basis:
    if present & set(_OPT_IN):
        return "opt_in"
    return "given_directly" if present & set(_GIVEN) else "public_data"


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
