"""Service-level agreements: how long a case may wait. Minutes on the wall clock; coverage calendars come later."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from core.assessment import Priority


@dataclass(frozen=True, slots=True)
class Target:
    """How many minutes a case of one priority may wait for its first answer, and for its resolution."""

    first_response: int
    resolution: int


DEFAULT_TARGETS = {
    Priority.P1: Target(first_response=15, resolution=4 * 60),
    Priority.P2: Target(first_response=60, resolution=24 * 60),
    Priority.P3: Target(first_response=8 * 60, resolution=3 * 24 * 60),
}


def deadlines(said_at: datetime, target: Target) -> tuple[datetime, datetime]:
    """(answer by, resolve by). The clock starts when the customer said it, not when we heard it."""
    return said_at + timedelta(minutes=target.first_response), said_at + timedelta(minutes=target.resolution)
