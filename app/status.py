"""How the pipeline is doing, for people (`sunwai status`, the dashboard) and machines (`--json`, metrics) alike.

Its sentences are in the language that is spoken (`core.tongue`): English but on a page."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from sqlalchemy import Connection

from core.settings import Settings
from core.store import Store, assessments, browse, cases, cursors, health, outbox
from core.store.cursors import SourceState
from core.tongue import gettext as _
from core.tongue import ngettext, span

if TYPE_CHECKING:
    from rich.console import RenderableType

LISTENER = "listener:"
"""Heartbeats of Slack listeners begin so."""
GAPS_SHOWN = 20
MICROS = 1_000_000

State = Literal["ok", "retrying", "budget_spent", "new", "stale", "misconfigured", "off"]
"""How a source is. `retrying`: the platform is busy or down. `new`: never pulled. `stale`: no good pull for too long."""


@dataclass(frozen=True, slots=True)
class StreamStatus:
    """How far one stream is heard: everything up to `floor` (said at `floor_at`) is stored.

    While an answer is `unfinished`, what lies between `floor` and `resume` is still missing, and `ceiling` is its newest
    item. `heard` counts the mentions that were new when this stream brought them.
    """

    name: str
    floor: str | None
    floor_at: datetime | None
    ceiling: str | None
    ceiling_at: datetime | None
    resume: str | None
    moved_at: datetime
    heard: int
    unfinished: bool


@dataclass(frozen=True, slots=True)
class Budget:
    """What a source may cost in a `period`, and what it has cost so far, in US dollars. Periods are UTC."""

    period: Literal["day", "month"]
    limit: float
    spent: float


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """How a source is doing. `lag_seconds` is the time since its last good pull, None before the first.

    `failures` counts those in a row; `remedy` says what a person can do, or that nothing is needed; `rejected` counts
    broken items set aside, `gaps` stretches that could not be heard; `spent_today` and `spent_this_month` are US dollars.
    """

    name: str
    type: str
    state: State
    last_ok_at: datetime | None
    lag_seconds: float | None
    failures: int
    last_error: str | None
    last_error_at: datetime | None
    not_before: datetime | None
    remedy: str
    heard: int
    rejected: int
    gaps: int
    spent_today: float
    spent_this_month: float
    budgets: tuple[Budget, ...]
    streams: tuple[StreamStatus, ...]


@dataclass(frozen=True, slots=True)
class GapStatus:
    """A stretch of time that a source could not show us."""

    source: str
    stream: str
    reason: str
    since: datetime | None
    until: datetime | None
    found_at: datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """When a listener or worker last gave a sign of life. `missing` is a listener that has been silent for too long."""

    name: str
    at: datetime
    age_seconds: float
    missing: bool


@dataclass(frozen=True, slots=True)
class Alarm:
    """Something that the ops channel was told of and that is not over."""

    name: str
    detail: str
    raised_at: datetime


@dataclass(frozen=True, slots=True)
class Desk:
    """The cases that wait: how many, how many nobody has, how many are past their first-response time."""

    open: int
    unowned: int
    late: int
    by_priority: dict[str, int]


@dataclass(frozen=True, slots=True)
class Queues:
    """How much waits between the stages, and how many messages could not be sent at all."""

    to_assess: int
    to_triage: int
    outbox_waiting: int
    outbox_failed: int


@dataclass(frozen=True, slots=True)
class Status:
    """Everything at one moment. `problems` says in sentences why it is not `healthy`; late cases are work, no problem."""

    at: datetime
    healthy: bool
    problems: tuple[str, ...]
    sources: tuple[SourceStatus, ...]
    desk: Desk
    queues: Queues
    alarms: tuple[Alarm, ...]
    beats: tuple[Beat, ...]
    gaps: tuple[GapStatus, ...]

    def as_json(self) -> dict[str, Any]:
        """The same as JSON values; times in ISO 8601, UTC."""
        from pydantic import TypeAdapter

        told: dict[str, Any] = TypeAdapter(Status).dump_python(self, mode="json")
        return told


def status(store: Store, settings: Settings, now: datetime) -> Status:
    """Read how everything is, in one consistent view. The cost does not grow with the number of mentions."""
    with store.read() as tx:
        sources = _sources(tx, settings, now)
        waiting, messages = assessments.queue_sizes(tx), outbox.sizes(tx)
        queues = Queues(waiting["to_assess"], waiting["to_triage"], messages["waiting"], messages["failed"])
        by_priority = {p.name: n for p, n in sorted(browse.open_by_priority(tx).items())}
        desk = Desk(**cases.counts(tx, now), by_priority=by_priority)
        alarms = tuple(Alarm(a["name"], a["detail"], a["raised_at"]) for a in health.raised(tx))
        beats = _beats(health.beats(tx), settings, now)
        gaps = tuple(
            GapStatus(g["source"], g["stream"], g["reason"], g["since"], g["until"], g["found_at"])
            for g in cursors.latest_gaps(tx, GAPS_SHOWN)
        )
    problems = tuple(_problems(sources, queues, beats, alarms))
    return Status(now, not problems, problems, sources, desk, queues, alarms, beats, gaps)


def _sources(tx: Connection, settings: Settings, now: datetime) -> tuple[SourceStatus, ...]:
    """The sources of the settings in their order, then those that were heard once and are in the settings no more."""
    today = now.astimezone(UTC).date()
    states = {state.source: state for state in cursors.states(tx)}
    spent_today = browse.spend_by_source(tx, today.isoformat())
    spent_month = browse.spend_by_source(tx, today.replace(day=1).isoformat())
    rejected, gaps = browse.rejected(tx), browse.gaps_by_source(tx)
    streams: dict[str, list[StreamStatus]] = {}
    for row in cursors.positions(tx):
        source, name = row.pop("source"), row.pop("stream")
        streams.setdefault(source, []).append(StreamStatus(name, **row, unfinished=row["resume"] is not None))
    found = []
    for name in dict.fromkeys((*settings.sources, *states)):
        table = settings.sources.get(name)
        state = states.get(name, SourceState(name))
        today_usd, month_usd = spent_today.get(name, 0) / MICROS, spent_month.get(name, 0) / MICROS
        budgets = tuple(_budgets(table or {}, today_usd, month_usd))
        how = _state(table, state, budgets, settings, now)
        still_tries = bool(
            state.error_kind and state.last_error_at and now - state.last_error_at <= settings.patience_with(name)
        )
        found.append(
            SourceStatus(
                name=name,
                type=str((table or {}).get("type") or name),
                state=how,
                last_ok_at=state.last_ok_at,
                lag_seconds=(now - state.last_ok_at).total_seconds() if state.last_ok_at else None,
                failures=state.failures,
                last_error=state.last_error,
                last_error_at=state.last_error_at,
                not_before=state.not_before,
                remedy=_remedy(how, name, budgets, still_tries),
                heard=sum(stream.heard for stream in streams.get(name, ())),
                rejected=rejected.get(name, 0),
                gaps=gaps.get(name, 0),
                spent_today=today_usd,
                spent_this_month=month_usd,
                budgets=budgets,
                streams=tuple(streams.get(name, ())),
            )
        )
    return tuple(found)


def _budgets(table: dict[str, Any], today: float, month: float) -> Iterator[Budget]:
    periods: tuple[tuple[Literal["day", "month"], float], ...] = (("day", today), ("month", month))
    for period, spent in periods:
        limit = table.get(f"budget_usd_per_{period}")
        if isinstance(limit, int | float) and limit > 0:
            yield Budget(period, float(limit), spent)


def _state(
    table: dict[str, Any] | None, state: SourceState, budgets: tuple[Budget, ...], settings: Settings, now: datetime
) -> State:
    if table is None or table.get("enabled", True) is False:
        return "off"
    if state.error_kind == "misconfigured":
        return "misconfigured"
    if any(budget.spent >= budget.limit for budget in budgets):
        return "budget_spent"
    if state.last_ok_at is None:
        return "retrying" if state.error_kind else "new"
    if now - state.last_ok_at > settings.patience_with(state.source):
        return "stale"
    return "retrying" if state.error_kind else "ok"


def _remedy(how: State, name: str, budgets: tuple[Budget, ...], still_tries: bool) -> str:
    if how == "misconfigured":
        return _(
            "Correct what the message names. The source starts again by itself, where it stopped; the others carry on."
        )
    if how == "budget_spent":
        spent = next(budget for budget in budgets if budget.spent >= budget.limit)
        key = f"sources.{name}.budget_usd_per_{spent.period}"
        if spent.period == "day":
            return _("Raise %(key)s, or wait for the next day (UTC).", key=key)
        return _("Raise %(key)s, or wait for the next month (UTC).", key=key)
    if how == "new":
        return _(
            "Start `sunwai serve`, or unpause the DAG listen_%(name)s; `sunwai pull %(name)s` hears it once.", name=name
        )
    if how in ("stale", "retrying") and not still_tries:
        return _(
            "See that `sunwai serve` or the DAG listen_%(name)s is running. Nothing is lost: its cursor waits.",
            name=name,
        )
    if how in ("stale", "retrying"):
        return _("Nothing to do: it tries again by itself, and its cursor waits, so nothing is lost.")
    return ""


def _beats(found: dict[str, datetime], settings: Settings, now: datetime) -> tuple[Beat, ...]:
    """A listener counts as missing only where no other one is alive."""
    patience = timedelta(minutes=settings.ops.dead_listener_minutes)
    alive = any(now - at <= patience for name, at in found.items() if name.startswith(LISTENER))
    return tuple(
        Beat(name, at, (now - at).total_seconds(), name.startswith(LISTENER) and not alive)
        for name, at in sorted(found.items())
    )


def _problems(
    sources: tuple[SourceStatus, ...], queues: Queues, beats: tuple[Beat, ...], alarms: tuple[Alarm, ...]
) -> Iterator[str]:
    """Each thing that is wrong, once: an alarm that only repeats what is told already is left out."""
    told: set[str] = set()
    for source in sources:
        if source.state == "misconfigured":
            why = (source.last_error or _("its settings are wrong")).removeprefix(f"{source.name}: ")
            yield _("Source %(name)s has stopped: %(why)s", name=source.name, why=why)
        elif source.state == "stale":
            silent = span(source.lag_seconds or 0)
            yield _("Source %(name)s is silent: no good pull for %(time)s.", name=source.name, time=silent)
        elif source.state == "budget_spent":
            yield _("Source %(name)s has spent its budget.", name=source.name)
            told.update({f"budget:{source.name}:day", f"budget:{source.name}:month"})
        elif source.state == "new":
            yield _("Source %(name)s has never been pulled.", name=source.name)
        told.add(f"source:{source.name}:{source.state}")
    if queues.outbox_failed:
        yield ngettext(
            "%(num)s message to Slack could not be sent.",
            "%(num)s messages to Slack could not be sent.",
            queues.outbox_failed,
        )
        told.update(alarm.name for alarm in alarms if alarm.name.startswith("outbox:failed"))
    if missing := [beat for beat in beats if beat.missing]:
        silent = span(min(beat.age_seconds for beat in missing))
        yield _("No Slack listener is alive: the last sign came %(time)s ago.", time=silent)
        told.add("listener")
    for alarm in alarms:
        if alarm.name not in told:
            yield alarm.detail if alarm.detail.endswith((".", "!", "?")) else f"{alarm.detail or alarm.name}."


_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_STYLES = {"ok": "green", "retrying": "yellow", "off": "dim", "new": "yellow"}


def render(told: Status) -> "RenderableType":
    """The status for a terminal. What a platform or a stranger wrote is shown as it is, never as markup."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    def text(words: str, style: str = "") -> Text:
        return Text(_CONTROLS.sub(" ", words), style=style)

    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in ("Source", "State", "Last good pull", "Heard", "Set aside", "Spent this month", "Heard up to"):
        table.add_column(heading, justify="right" if heading in ("Heard", "Set aside", "Spent this month") else "left")
    for source in told.sources:
        floors = [stream.floor_at for stream in source.streams if stream.floor_at]
        limit = next((f" of ${b.limit:,.2f}" for b in source.budgets if b.period == "month"), "")
        unfinished = any(stream.unfinished for stream in source.streams)
        table.add_row(
            text(source.name),
            text(source.state.replace("_", " "), style=_STYLES.get(source.state, "bold red")),
            f"{span(source.lag_seconds)} ago" if source.lag_seconds is not None else "never",
            f"{source.heard:,}",
            f"{source.rejected:,}",
            f"${source.spent_this_month:,.2f}{limit}",
            (f"{min(floors):%d %b %H:%M} UTC" if floors else "-") + (" (reading back)" if unfinished else ""),
        )
    desk, queues = told.desk, told.queues
    by_priority = ", ".join(f"{count} {name}" for name, count in desk.by_priority.items())
    lines = [
        text("Healthy" if told.healthy else "Not healthy", style="bold green" if told.healthy else "bold red"),
        *(text(f"  {problem}", style="red") for problem in told.problems),
        text(""),
        table if told.sources else text("No sources: add a [sources.NAME] table to the settings."),
        text(""),
        text(
            f"Desk    {desk.open} open{f' ({by_priority})' if by_priority else ''}, {desk.unowned} unowned, {desk.late} late"
        ),
        text(f"Queues  {queues.to_assess} to assess, {queues.to_triage} to triage"),
        text(f"Outbox  {queues.outbox_waiting} waiting, {queues.outbox_failed} failed"),
        *(text(f"Alive   {beat.name}, {span(beat.age_seconds)} ago", style="dim") for beat in told.beats),
        *(
            text(f"Gap     {gap.source}: {gap.reason} (found {gap.found_at:%d %b %H:%M} UTC)", style="yellow")
            for gap in told.gaps[:5]
        ),
    ]
    return Group(*lines)
