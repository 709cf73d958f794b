"""How the desk does: how soon it answers and resolves, which promises it keeps, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.metrics import Figure, Interval, median, share, share_differs, values_differ

if TYPE_CHECKING:
    import pandas as pd

TIMES = ("first_response", "resolution")
PROMISES = {"sla_answer": ("answered_at", "answer_by"), "sla_resolve": ("resolved_at", "resolve_by")}
SHARES = ("transferred", "reopened", "dismissed")
COLUMNS = ("value", "cases", *(f"{time}{end}" for time in TIMES for end in ("", "_p90")), *PROMISES, *SHARES)
"""Of `by`."""


@dataclass(frozen=True, slots=True)
class Measured:
    """The desk's figures over the cases that were opened in a window.

    `first_response` and `resolution` are medians in minutes by the clock on the wall, nights and weekends counted;
    `..._p90` is what nine in ten stay below. `sla_answer` and `sla_resolve` are the shares of promises kept, of those that
    were kept or broken by now: they know the hours in which a team works. The others are shares of all cases.
    """

    cases: Figure
    first_response: Figure
    first_response_p90: float | None
    resolution: Figure
    resolution_p90: float | None
    sla_answer: Figure
    sla_resolve: Figure
    transferred: Figure
    reopened: Figure
    dismissed: Figure


def measure(cases: pd.DataFrame, before: pd.DataFrame | None, at: datetime) -> Measured:
    """The figures at a moment. Frames are as `core.store.rollups.cases_of` has them; `before` of the window before, None
    where there was no desk then."""
    waited = {name: _minutes(cases, name) for name in TIMES}
    found: dict[str, Any] = {}
    for name in TIMES:
        earlier = _minutes(before, name) if before is not None else []
        was = median(earlier)
        found[name] = Figure.of(median(waited[name]), was, values_differ(waited[name], earlier), len(waited[name]))
        found[f"{name}_p90"] = _p90(waited[name])
    parts = {name: _kept(cases, name, at) for name in PROMISES} | {name: _part(cases, name) for name in SHARES}
    for name, now in parts.items():
        then = (0, 0) if before is None else _kept(before, name, at) if name in PROMISES else _part(before, name)
        found[name] = Figure.of(share(*now), share(*then), share_differs(now, then), now[1])
    return Measured(cases=Figure.count(len(cases), None if before is None else len(before), 1.0, len(cases)), **found)


def by(cases: pd.DataFrame, column: str, at: datetime) -> pd.DataFrame:
    """The same by team or priority, without what was before. Columns: value, cases, first_response, first_response_p90,
    resolution, resolution_p90 (minutes), sla_answer, sla_resolve, transferred, reopened, dismissed (shares); NaN where
    there is nothing to tell."""
    import pandas as pd

    rows = []
    for value, some in cases.groupby(column):
        waited = {name: _minutes(some, name) for name in TIMES}
        row: dict[str, Any] = {"value": value, "cases": len(some)}
        for name in TIMES:
            row |= {name: _value(median(waited[name])), f"{name}_p90": _p90(waited[name])}
        row |= {name: _value(share(*_kept(some, name, at))) for name in PROMISES}
        rows.append(row | {name: _value(share(*_part(some, name))) for name in SHARES})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[2:], "float64"))


def _minutes(cases: pd.DataFrame, name: str) -> list[float]:
    """How long it took, where it came to that. A dismissed case was not resolved."""
    if name == "first_response":
        ended = cases["answered_at"]
    else:
        ended = cases["resolved_at"].where(cases["status"] == "resolved")
    found: list[float] = ((ended - cases["opened_at"]).dt.total_seconds() / 60).dropna().clip(lower=0).tolist()
    return found


def _p90(values: list[float]) -> float | None:
    """The smallest value that nine in ten do not exceed."""
    return sorted(values)[-(-9 * len(values) // 10) - 1] if values else None


def _kept(cases: pd.DataFrame, name: str, at: datetime) -> tuple[int, int]:
    """Promises kept, and those kept or broken. What was dismissed before it was due needed none; what is not due is open."""
    done, due = (cases[column] for column in PROMISES[name])
    if name == "sla_resolve":
        done = done.where(cases["status"] == "resolved")
    kept = due.notna() & done.notna() & (done <= due)
    ended = cases["resolved_at"].where(cases["status"] == "dismissed")
    let_go = done.isna() & ended.notna() & (ended <= due)
    broken = due.notna() & ~kept & ~let_go & (done.notna() | (due < at))
    return int(kept.sum()), int((kept | broken).sum())


def _part(cases: pd.DataFrame, name: str) -> tuple[int, int]:
    column = cases["transfers"] > 0 if name == "transferred" else cases[name] if name == "reopened" else None
    if column is None:
        column = cases["status"] == "dismissed"
    return int(column.sum()), len(cases)


def _value(found: Interval | None) -> float | None:
    return None if found is None else found.value
