"""A ticket: a case as it was handed to another system, where other people work on it."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Ticket:
    """`system` is "zendesk" or "webhook", `external_id` what it calls the ticket there ("" where it does not say), `url`
    where people read it ("" likewise)."""

    case_id: int
    system: str
    external_id: str
    url: str
    opened_by: str
    opened_at: datetime
