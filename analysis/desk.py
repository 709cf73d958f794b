"""How the desk does: how soon it answers and resolves, which promises it keeps, what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from analysis.metrics import Figure, Interval, median, share, share_differs, values_differ

if TYPE_CHECKING:
    import pandas as pd

TIMES = ("first_response", "resolution")
PROMISES = {"sla_answer": "answer_by", "sla_resolve": "resolve_by"}
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


def told(cases: pd.DataFrame, at: datetime) -> pd.DataFrame:
    """What each case tells at a moment, from which all figures are: made once for many windows, teams and priorities.

    `cases` is as `core.store.facts.cases_of` has it. Columns: brand, team, priority, opened_at, and as numbers
    first_response and resolution (minutes; NaN where it did not come to that), sla_answer and sla_resolve (1 kept, 0 broken,
    NaN neither), transferred, reopened and dismissed (1 or 0).
    """
    dismissed = cases["status"] == "dismissed"
    found = cases[["brand", "team", "priority", "opened_at"]].copy()
    ended = {"first_response": cases["answered_at"], "resolution": _resolved(cases)}
    for name in TIMES:
        found[name] = ((ended[name] - cases["opened_at"]).dt.total_seconds() / 60).clip(lower=0)
    for name in PROMISES:
        found[name] = _kept(cases, name, at)
    found["transferred"] = (cases["transfers"] > 0).astype("float64")
    found["reopened"], found["dismissed"] = cases["reopened"].astype("float64"), dismissed.astype("float64")
    return found


def measure(now: pd.DataFrame, before: pd.DataFrame | None) -> Measured:
    """The figures of cases, as `told` has them, beside those of the window before, which is None where there was no desk
    then."""
    found: dict[str, Any] = {}
    for name in TIMES:
        waited, earlier = (_known(cases, name) for cases in (now, before))
        was = median(earlier)
        found[name] = Figure.of(median(waited), was, values_differ(waited, earlier), len(waited))
        found[f"{name}_p90"] = _p90(waited)
    for name in (*PROMISES, *SHARES):
        part, then = _part(now, name), _part(before, name)
        found[name] = Figure.of(share(*part), share(*then), share_differs(part, then), part[1])
    return Measured(cases=Figure.count(len(now), None if before is None else len(before), 1.0, len(now)), **found)


def by(cases: pd.DataFrame, column: str) -> pd.DataFrame:
    """The same by team or priority, without what was before. Columns: value, cases, first_response, first_response_p90,
    resolution, resolution_p90 (minutes), sla_answer, sla_resolve, transferred, reopened, dismissed (shares); NaN where
    there is nothing to tell."""
    import pandas as pd

    rows = []
    for value, some in cases.groupby(column):
        row: dict[str, Any] = {"value": value, "cases": len(some)}
        for name in TIMES:
            waited = _known(some, name)
            row |= {name: _value(median(waited)), f"{name}_p90": _p90(waited)}
        rows.append(row | {name: _value(share(*_part(some, name))) for name in (*PROMISES, *SHARES)})
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(dict.fromkeys(COLUMNS[2:], "float64"))


def _resolved(cases: pd.DataFrame) -> pd.Series[Any]:
    """When each was resolved. A dismissed case was not."""
    return cases["resolved_at"].where(cases["status"] == "resolved")


def _kept(cases: pd.DataFrame, name: str, at: datetime) -> pd.Series[Any]:
    """Which promises were kept. What was dismissed before it was due needed none; what is not due is open."""
    due = cases[PROMISES[name]]
    done = _resolved(cases) if name == "sla_resolve" else cases["answered_at"]
    kept = due.notna() & done.notna() & (done <= due)
    ended = cases["resolved_at"].where(cases["status"] == "dismissed")
    let_go = done.isna() & ended.notna() & (ended <= due)
    broken = due.notna() & ~kept & ~let_go & (done.notna() | (due < at))
    return kept.astype("float64").where(kept | broken)


def _known(cases: pd.DataFrame | None, name: str) -> list[float]:
    """The numbers that there are, in their order."""
    if cases is None:
        return []
    found: list[float] = cases[name].dropna().sort_values().tolist()
    return found


def _p90(ordered: list[float]) -> float | None:
    """The smallest value that nine in ten do not exceed."""
    return ordered[-(-9 * len(ordered) // 10) - 1] if ordered else None


def _part(cases: pd.DataFrame | None, name: str) -> tuple[int, int]:
    """Of so many that could be told, how many were."""
    if cases is None:
        return 0, 0
    return int(cases[name].sum()), int(cases[name].count())


def _value(found: Interval | None) -> float | None:
    return None if found is None else found.value
