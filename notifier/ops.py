"""STAGE: tell the ops channel when the pipeline itself is in trouble, once, and once more when it is over.

How one change of state is one message, however often and wherever this runs: `core.store.alarms`.
"""

from collections.abc import Collection, Iterator
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, select

from core.settings import Settings
from core.store import Store, alarms, cursors, health, outbox, spend
from core.store.alarms import Trouble
from core.store.schema import outbox as outbox_rows

LISTENER = "listener:"
"""Heartbeats of Slack listeners begin so: `listener:<host>:<pid>`."""
WATCHED = ("source:", "budget:", "outbox:", "listener")
"""Alarms that `watch` raises and clears begin so; `deliver` looks after its own."""
CHANNEL = "channel:"
"""Alarms that `deliver` raises begin so, and end with the channel's name."""
FAILED = "outbox:failed:"
"""The alarm of failed messages begins so, and ends with the number of the one that it told of."""
NEVER_ANSWERED = 5
"""Failures in a row, and not one good pull before them, after which a new source counts as silent."""
FORGET_LISTENER = timedelta(hours=1)


def watch(store: Store, settings: Settings, now: datetime) -> dict[str, int]:
    """Compare what is wrong with what has been told. Safe to run twice, or twice at once.

    Returns counts: raised, recovered, wrong (all that is wrong now).
    """
    return store.run(lambda tx: _watch(tx, settings, now))


def _watch(tx: Connection, settings: Settings, now: datetime) -> dict[str, int]:
    broke = list(_budgets(tx, settings, now))
    excused = {trouble.name.split(":")[1] for trouble in broke}
    troubles = [
        *broke,
        *_sources(tx, settings, excused, now),
        *_outbox(tx),
        *_listeners(tx, settings, now),
    ]
    wrong = {trouble.name for trouble in troubles}
    raised = sum(alarms.tell(tx, settings, trouble, now) for trouble in troubles)
    told = [alarm["name"] for alarm in health.raised(tx) if alarm["name"].startswith(WATCHED)]
    if any(name.startswith(FAILED) for name in wrong):  # what was told of an earlier one is not over, but outdated
        outdated = [name for name in told if name.startswith(FAILED) and name not in wrong]
        told = [name for name in told if name not in outdated]
        for name in outdated:
            health.clear_alarm(tx, name)
    told += [CHANNEL + name for name in _told_channels(tx) - channels(settings)]  # nothing goes there any more
    recovered = sum(alarms.over(tx, settings, name, now) for name in told if name not in wrong)
    return {"raised": raised, "recovered": recovered, "wrong": len(wrong)}


def channels(settings: Settings) -> set[str]:
    """The channels that the settings name."""
    teams = (team.channel for team in settings.departments.values())
    return {settings.slack.triage_channel, settings.slack.ops_channel, *teams}


def _told_channels(tx: Connection) -> set[str]:
    names = (alarm["name"] for alarm in health.raised(tx))
    return {name.removeprefix(CHANNEL) for name in names if name.startswith(CHANNEL)}


def _sources(tx: Connection, settings: Settings, excused: Collection[str], now: datetime) -> Iterator[Trouble]:
    """Sources that a wrong key stopped, and those that have been silent for too long. A source that was never pulled yet
    is not late, nor is one that is `excused`."""
    for state in cursors.states(tx):
        if not settings.sources.get(state.source, {}).get("enabled", state.source in settings.sources):
            continue
        if state.error_kind == "misconfigured":
            yield Trouble(
                f"source:{state.source}:misconfigured",
                f"Source {state.source} has stopped: something in its settings is wrong",
                state.last_error or "",
                "Correct what the message names. The source starts again by itself, where it stopped; the others carry on.",
            )
        elif state.source in excused:
            continue
        elif (
            now - state.last_ok_at > settings.patience_with(state.source)
            if state.last_ok_at
            else state.failures >= NEVER_ANSWERED
        ):
            since = f"since {state.last_ok_at:%d %b %H:%M} UTC" if state.last_ok_at else "ever"
            yield Trouble(
                f"source:{state.source}:stale",
                f"Source {state.source} is silent",
                f"No good pull {since}. {state.last_error or ''}".strip(),
                "See “sunwai status”, and whether its DAG or “sunwai serve” is running. Nothing is lost: its cursor waits.",
            )


def _budgets(tx: Connection, settings: Settings, now: datetime) -> Iterator[Trouble]:
    today = now.astimezone(UTC).date()
    for source, table in settings.sources.items():
        for key, since, period in (
            ("budget_usd_per_day", today, "day"),
            ("budget_usd_per_month", today.replace(day=1), "month"),
        ):
            budget = table.get(key)
            if not isinstance(budget, int | float):
                continue
            dollars = spend.spent(tx, source, since.isoformat(), today.isoformat()) / 1_000_000
            if dollars >= budget:
                yield Trouble(
                    f"budget:{source}:{period}",
                    f"Source {source} has spent its budget of this {period}",
                    f"${dollars:.2f} of ${budget:.2f} is spent, so it listens no more until the next {period} (UTC).",
                    f"Raise sources.{source}.{key} to go on at once.",
                )


def _outbox(tx: Connection) -> Iterator[Trouble]:
    """The message that failed last, so that each that fails after the first is told too. One for this very channel is left
    out: to tell of it might fail again."""
    failed = (outbox_rows.c.status == "failed") & (outbox_rows.c.kind != "slack_ops")
    latest = select(outbox_rows.c.id, outbox_rows.c.kind, outbox_rows.c.case_id, outbox_rows.c.error)
    row = tx.execute(latest.where(failed).order_by(outbox_rows.c.id.desc()).limit(1)).one_or_none()
    if row is not None:
        about = f" about case {row.case_id}" if row.case_id else ""
        yield Trouble(
            f"{FAILED}{row.id}",
            "Messages could not be sent",
            f"{outbox.sizes(tx)['failed']} so far. The latest is a {row.kind}{about}: {row.error or 'no reason is known'}",
            "Look at the case on the dashboard, for nobody was told of it here. Once the cause is mended: sunwai deliver "
            "--retry-failed.",
        )


def _listeners(tx: Connection, settings: Settings, now: datetime) -> Iterator[Trouble]:
    """A listener is missed once one has ever been heard and none is now. Traces of old ones are swept up."""
    beats = health.beats(tx, LISTENER)
    if not beats:
        return
    newest = max(beats.values())
    for name, at in beats.items():
        if at != newest and now - at > FORGET_LISTENER:
            health.leave(tx, name)
    if now - newest > timedelta(minutes=settings.ops.dead_listener_minutes):
        yield Trouble(
            "listener",
            "No Slack listener is running: buttons do nothing",
            f"The last sign of life came at {newest:%d %b %H:%M} UTC.",
            "Start “sunwai listen-slack”, or look at why it stopped.",
        )
