"""`/sunwai` and its words. Answers are for the one who typed, and for nobody else."""

import logging
import re
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection

from core import case as moves
from core.case import CaseEvent, Refused
from core.store import answers, cases, mutes, outbox, queue
from notifier import desk
from notifier.blocks import Block, Message, context, header, message, moment, person, section
from notifier.home import row_line
from notifier.interactions import Interactions
from notifier.rules import COMMANDS
from notifier.words import one_line

COMMAND = "/sunwai"
REST_EVENT = "sunwai_rest"
SHOWN = 15
MUTED_FOR = timedelta(hours=1)
LONGEST_MUTE = timedelta(hours=24)

HELP = {
    "mine": "my cases, the one with the least time left first",
    "queue": "what nobody has yet",
    "case N": "one case, and the way to its card",
    "find TEXT": "cases whose post says that",
    "take N": "leads: take a case from its owner",
    "off [2h]": "leads: during an incident, let this channel rest for an hour, or so long; P1 still rings",
    "on": "leads: end that rest; what waited rings now, if it is still open",
    "help": "this list",
}

log = logging.getLogger("sunwai.listener")


def typed(does: Interactions, command: Mapping[str, Any]) -> Message:
    """The answer to what somebody typed after `/sunwai`."""
    workspace, organisation = str(command.get("team_id") or ""), str(command.get("enterprise_id") or "")
    does = does.coming_from(workspace, str(command.get("channel_id", "")), organisation)
    words = str(command.get("text", "")).strip()
    name, _, rest = words.partition(" ")
    ways = {"mine": _mine, "queue": _queue, "case": _case, "find": _find, "take": _take, "off": _off, "on": _on}
    name, agent = name.lower(), str(command["user_id"])
    try:
        if name not in ways:
            return _help(name)
        does.need(agent, COMMANDS.get(name))
        return ways[name](does, agent, rest.strip(), command)
    except Refused as refused:
        return _line(str(refused))
    except Exception:  # a command is the edge, as a press is
        log.exception("/sunwai %s could not be carried out", name[:20])
        return _line("Sunwai could not do that just now. Please try again in a moment.")


def _help(name: str) -> Message:
    unknown = f"There is no `/sunwai {one_line(name, 20)}`. " if name not in ("", "help") else ""
    lines = "\n".join(f"`/sunwai {what}`: {does}" for what, does in HELP.items())
    return _line(f"{unknown}What there is:\n{lines}")


def _mine(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    return _list(does, "Your cases", lambda tx: queue.of_owner(tx, agent), "You have no case.")


def _queue(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    return _list(does, "The queue", queue.unowned, "Nothing waits. 🎉")


def _find(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    if len(rest) < 3:
        raise Refused("Say what to look for, at least three letters: `/sunwai find charger`.")
    title = f"Cases that say “{one_line(rest, 60)}”"
    return _list(does, title, lambda tx: queue.find(tx, rest[:200]), "No case says that.")


def _list(does: Interactions, title: str, read: Callable[[Any], list[queue.Waiting]], empty: str) -> Message:
    with does.store.read() as tx:
        found = does.rows(read(tx))
    if not found:
        return _line(empty)
    blocks: list[Block] = [section(f"*{title}*")]
    blocks += [section(row_line(row, does.now())) for row in found[:SHOWN]]
    if len(found) > SHOWN:
        blocks.append(context(f"and {len(found) - SHOWN} more"))
    return message(f"{title}: {len(found)}", blocks)


def _case(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    case_id = _number(rest, "case")
    with does.store.read() as tx:
        case = cases.get(tx, case_id)
        if case is None:
            raise Refused(f"There is no case {case_id}.")
        file = cases.file(tx, case_id, case.brand)
        story = cases.events(tx, case_id)
        waits = answers.on_its_way(tx, case_id)
    assert file is not None  # noqa: S101 - it was there a line ago
    words = file.mention.text or file.mention.title
    (row,) = does.rows([queue.Waiting(case, words)])
    told = "\n".join(_event(event) for event in story[-10:])
    blocks = [header(f"Case {case_id}"), section(row_line(row, does.now())), section(told)]
    if waits is not None:
        blocks.append(context("An answer is on its way; see the card."))
    return message(f"Case {case_id}", blocks)


def _event(event: CaseEvent) -> str:
    by = f" by {person(event.actor)}" if event.actor[:1] in "UW" else ""
    return f"• {_at(event.at)}: {event.kind.value.replace('_', ' ')}{by}"


def _take(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    case_id, now = _number(rest, "take"), does.now()
    moved = desk.act(does.store, case_id, lambda case: moves.take(case, agent, now), now)
    does.redraw()
    return _line(f"Case {case_id} is yours." if moved else f"Case {case_id} was yours already.")


def _off(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    until, channel = does.now() + _span(rest), _channel(does, command)

    def mute(tx: Connection) -> None:
        mutes.mute(tx, channel, until, agent)
        told = f"🔕 {person(agent)} lets this channel rest until {_at(until)}. P1 still rings."
        outbox.put(tx, [_told(channel, told, until)])

    does.store.run(mute)
    does.redraw()
    return _line(f"{channel} rests until {_at(until)}. P1 still rings; the rest waits, and rings then if still open.")


def _on(does: Interactions, agent: str, rest: str, command: Mapping[str, Any]) -> Message:
    channel, now = _channel(does, command), does.now()

    def unmute(tx: Connection) -> bool:
        over = mutes.unmute(tx, channel, now)
        outbox.put(tx, [_told(channel, f"🔔 {person(agent)} ended this channel's rest.", now)] if over else [])
        return over

    ended = does.store.run(unmute)
    does.redraw()
    return _line(f"{channel} rings again." if ended else f"{channel} did not rest.")


def _told(channel: str, text: str, at: datetime) -> outbox.Message:
    """What the whole channel is to know: that it hears nothing may look like a quiet day."""
    data = {**_line(text), "event_type": REST_EVENT}
    return outbox.Message("slack_post", channel, f"rest:{channel}:{at.isoformat()}", 2, data=data)


def _channel(does: Interactions, command: Mapping[str, Any]) -> str:
    """The channel as the settings name it: a case's card waits under that name."""
    here = {str(command.get("channel_id", "")), f"#{command.get('channel_name', '')}"}
    known = {does.settings.slack.triage_channel, *(team.channel for team in does.settings.departments.values())}
    for channel in known:
        if channel in here or f"#{channel}" in here:
            return channel
    raise Refused("No cases ring in this channel. Type this where they do.")


def _span(rest: str) -> timedelta:
    if not rest:
        return MUTED_FOR
    found = re.fullmatch(r"(\d{1,3})\s*(m|min|h)", rest.lower())
    if not found:
        raise Refused("Say for how long as `30m` or `2h`.")
    span = timedelta(hours=int(found[1])) if found[2] == "h" else timedelta(minutes=int(found[1]))
    if not timedelta(0) < span <= LONGEST_MUTE:
        raise Refused("A channel can rest for 24 hours at most.")
    return span


def _number(rest: str, what: str) -> int:
    if not re.fullmatch(r"#?\d{1,12}", rest):
        raise Refused(f"Say which case: `/sunwai {what} 42`.")
    return int(rest.lstrip("#"))


def _line(text: str) -> Message:
    return message(text, [section(text)])


def _at(at: datetime) -> str:
    return moment(at, "{date_short_pretty} at {time}")
