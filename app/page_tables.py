"""The figures of a page as a table to take away: the overview, the brands side by side, how the desk does.

They are small, and stand as the page shows them; `app.export` has the tables that these figures are counted from.
"""

import io
from collections.abc import Callable, Mapping
from dataclasses import fields
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, Literal, get_args

from analysis.metrics import Figure
from app import insight
from app.insight import Period
from app.writers import WRITERS, Format, Row
from core.settings import Settings
from core.store import Store

if TYPE_CHECKING:
    from sqlalchemy import Connection

Page = Literal["overview", "competitors", "desk"]
PAGES: tuple[Page, ...] = get_args(Page)

_FIGURE: dict[str, type] = {"figure": str, "value": float, "low": float, "high": float, "before": float}
_FIGURE |= {"beyond_chance": bool, "rests_on": int}
COLUMNS: Mapping[Page, Mapping[str, type]] = {
    "overview": _FIGURE,
    "competitors": {
        "brand": str,
        "mentions": int,
        **dict.fromkeys(("share", "share_low", "share_high", "before_share"), float),
        "shifted": bool,
        **dict.fromkeys(("net", "net_low", "net_high"), float),
        **dict.fromkeys(("authors", "reach"), int),
    },
    "desk": {
        "by": str,
        "value": str,
        "cases": int,
        **dict.fromkeys(("first_response", "first_response_p90", "resolution", "sla_answer", "sla_resolve"), float),
    },
}
"""Every table's columns, in order. Shares are 0 to 1, net sentiments -1 to 1, times minutes; what is not known is empty."""


def file(tx: "Connection", settings: Settings, page: Page, brand: str, period: Period, format: Format) -> bytes:
    """The figures of a page over a period, as a file."""
    out = io.BytesIO()
    made = WRITERS[format](out, dict(COLUMNS[page]))
    made.rows(
        [{name: _known(row.get(name)) for name in COLUMNS[page]} for row in _ROWS[page](tx, settings, brand, period)]
    )
    made.close()
    return out.getvalue()


def write(
    store: Store,
    settings: Settings,
    page: Page,
    format: Format,
    out: IO[bytes],
    brand: str | None,
    days: int,
    now: datetime,
) -> None:
    """Write the figures of a page over the days up to today to `out`; of the first brand that is told of where none is
    named."""
    with store.read() as tx:
        period = Period.ending(now, days)
        out.write(file(tx, settings, page, brand or settings.reported_brands[0], period, format))


def _overview(tx: "Connection", settings: Settings, brand: str, period: Period) -> list[Row]:
    found = insight.overview(tx, brand, period)
    figures = {one.name: getattr(found, one.name) for one in fields(found)}
    return [
        {
            "figure": name,
            **{end: getattr(figure, end) for end in ("value", "low", "high", "before")},
            "beyond_chance": bool(figure.shifted),
            "rests_on": int(figure.n),
        }
        for name, figure in figures.items()
        if isinstance(figure, Figure)
    ]


def _competitors(tx: "Connection", settings: Settings, brand: str, period: Period) -> list[Row]:
    return _rows(insight.competitors(tx, list(settings.brands), period))


def _desk(tx: "Connection", settings: Settings, brand: str, period: Period) -> list[Row]:
    found = insight.desk(tx, settings, brand, period)
    whole = {
        "by": "all",
        "value": "",
        "cases": found.cases.value,
        "first_response_p90": found.first_response_p90,
        **{name: getattr(found, name).value for name in ("first_response", "resolution", "sla_answer", "sla_resolve")},
    }
    return [
        whole,
        *({"by": "team"} | row for row in _rows(found.by_team)),
        *({"by": "priority"} | row for row in _rows(found.by_priority)),
    ]


_ROWS: dict[Page, Callable[["Connection", Settings, str, Period], list[Row]]] = {
    "overview": _overview,
    "competitors": _competitors,
    "desk": _desk,
}


def _rows(frame: Any) -> list[Row]:
    return [dict(row) for row in frame.to_dict("records")]


def _known(value: Any) -> Any:
    """Nothing for what is not a number, and numpy's numbers as Python's own."""
    value = value.item() if hasattr(value, "item") else value
    return None if isinstance(value, float) and value != value else value
