"""Whom we know, and how sure we are that an author is one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

LinkStatus = Literal["linked", "possible"]
Basis = Literal["opt_in", "given_directly", "public_data"]


@dataclass(frozen=True, slots=True)
class Handle:
    """A customer's account name on a platform, and how we came to know it."""

    platform: str
    handle: str
    source: Literal["oauth", "agent", "import"]


@dataclass(frozen=True, slots=True)
class Order:
    """A purchase. `status` is the shop's own word (placed, shipped, delivered, delayed, returned ...)."""

    order_id: str
    customer_id: str
    status: str = ""
    placed_at: datetime | None = None
    total: str = ""
    items: str = ""


@dataclass(frozen=True, slots=True)
class Customer:
    """A row of the CRM. `account_ids` are author ids (`platform:id`) that the person proved by signing in (OAuth)."""

    customer_id: str
    name: str = ""
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    handles: tuple[Handle, ...] = ()
    account_ids: tuple[str, ...] = ()
    city: str = ""
    country: str = ""
    company_domain: str = ""
    order_ids: tuple[str, ...] = ()
    tier: str = ""
    lifetime_value: float | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One fact that speaks for (or, with a negative weight, against) an author being a customer."""

    kind: str
    weight: float
    text: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """That an author is probably a customer.

    `probability` runs from 0 to 1. Only `linked` may show orders to an agent; nothing is ever shown in public.
    `basis` is why we may hold the link under the platforms' rules on matching people to records.
    """

    author_id: str
    customer_id: str
    status: LinkStatus
    probability: float
    basis: Basis
    evidence: tuple[Evidence, ...]
    version: str
