"""Which brand and which days an insight page is about. Both stand in the address, so that a page can be sent on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Literal
from urllib.parse import urlencode

from fastapi import HTTPException, Query
from pydantic import BeforeValidator

from app.web.i18n import gettext as _
from core.settings import Settings

Days = Literal[7, 28, 90]
DAYS: tuple[Days, ...] = (7, 28, 90)


@dataclass(frozen=True, slots=True)
class Window:
    """The brand that is looked at, by key, and the days up to today."""

    brand: str
    days: Days

    @property
    def query(self) -> str:
        """As the address says it: "brand=northwind&days=28"."""
        return urlencode({"brand": self.brand, "days": self.days})


BrandAsked = Annotated[
    str, Query(alias="brand", max_length=64, description="a brand's key; the first brand unless given")
]
DaysAsked = Annotated[
    Annotated[Days, BeforeValidator(lambda value: int(value) if str(value).isdecimal() else value)],
    Query(alias="days", description="the length of the window in days; it ends today"),
]


def window_of(settings: Settings, brand: str = "", days: Days = 28) -> Window:
    """The window that was asked for, of the first brand that is our own where none is named.

    Raises HTTPException for a brand that the settings do not know.
    """
    own = [key for key, table in settings.brands.items() if not getattr(table, "competitor", False)]
    if brand and brand not in settings.brands:
        raise HTTPException(404, _("There is no brand %(brand)s in the settings.", brand=brand[:64]))
    return Window(brand or (own or list(settings.brands))[0], days)


def window_in(settings: Settings, asked: Mapping[str, str]) -> Window | None:
    """The window that an address names, where it names one that exists; what the navigation keeps from page to page."""
    brand, days = asked.get("brand", ""), asked.get("days", "")
    if brand not in settings.brands and not days:
        return None
    chosen: Days = next((known for known in DAYS if str(known) == days), 28)
    return window_of(settings, brand if brand in settings.brands else "", chosen)
