"""The Home tab: my cases, the queue by the time that is left, the team's numbers of today. Pure.

A view holds at most 100 blocks (https://docs.slack.dev/reference/views), so each list is cut and says by how much.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core import wording
from core.case import Case
from notifier.blocks import CASE_BLOCK, Block, button, context, divider, header, menu, moment, person, section
from notifier.words import link, one_line

SHOWN = 12
DOES = {"reply": "Reply", "resolve": "Resolve", "snooze": "Snooze", "hand_over": "Hand over", "not_us": "Not about us"}
"""What can be done with a case of one's own from here, for one that never rang (P3) has no card."""
OFFERED = {"accept": "Accept", "decline": "Decline", "reply": "Reply", "resolve": "Resolve", "snooze": "Snooze"}
"""And with one that is offered to oneself."""
_DOTS = {1: "🔴", 2: "🟠", 3: "🟡", 4: "⚪"}


@dataclass(frozen=True, slots=True)
class Row:
    """One case in a list: what it is about and where its card is. `due` is the clock that runs, whichever ends first."""

    case: Case
    words: str
    brand: str
    due: datetime | None
    card: str = ""


def home_view(
    mine: Sequence[Row], queue: Sequence[Row], numbers: Mapping[str, int], now: datetime, me: str = ""
) -> dict[str, Any]:
    """Draw the tab of `me`. `mine` are their cases, and those that they are offered; `queue` are the cases that nobody has,
    the one with the least time left first; `numbers` are of today: open, unowned, late, answered, resolved."""
    told = (
        f"*{numbers['open']:,}* open · *{numbers['unowned']:,}* unclaimed · *{numbers['late']:,}* late\n"
        f"Today: *{numbers['answered']:,}* answered · *{numbers['resolved']:,}* closed"
    )
    blocks: list[Block] = [header("The desk"), section(told, _refresh()), divider(), header("My cases")]
    blocks += _list(mine, now, "You have no case. The queue is below.", me=me)
    blocks += [divider(), header("The queue")]
    blocks += _list(queue, now, "Nothing waits. 🎉", claimable=True)
    blocks.append(context(f"Drawn at {moment(now, '{time}')} · `/sunwai help` says what else there is"))
    return {"type": "home", "blocks": blocks}


def refused_view(why: str) -> dict[str, Any]:
    """The tab of somebody who may not look at the desk."""
    return {"type": "home", "blocks": [header("The desk"), section(why, _refresh())]}


def _refresh() -> Block:
    return button("refresh_home", "Refresh", {"case": 0})


def _list(rows: Sequence[Row], now: datetime, empty: str, *, claimable: bool = False, me: str = "") -> list[Block]:
    if not rows:
        return [section(f"_{empty}_")]
    blocks = []
    for row in rows[:SHOWN]:
        does = OFFERED if me and row.case.handed_to == me else DOES
        beside = button("claim", "Claim", {"case": row.case.id}) if claimable else menu(does)
        blocks.append(section(row_line(row, now, me), beside, f"{CASE_BLOCK}{row.case.id}"))
    if len(rows) > SHOWN:
        blocks.append(context(f"and {len(rows) - SHOWN:,} more: `/sunwai queue`"))
    return blocks


def row_line(row: Row, now: datetime, me: str = "") -> str:
    """A case in two lines: how urgent and what about, the clock, who has it unless that is `me`, the way to its card; and
    the words."""
    case = row.case
    head = (
        f"{_DOTS[case.priority]} *{case.priority.name} · {wording.topic(case.department)}* · {one_line(row.brand, 40)}"
    )
    parts = [head, _due(row, now)]
    if case.owner and case.owner != me:
        parts.append(person(case.owner))
    if me and case.handed_to == me:
        parts.append("🤝 *offered to you*")
    if case.status.value == "waiting_for_customer":
        parts.append("waiting for the customer")
    if case.snoozed_until and case.snoozed_until > now:
        parts.append(f"💤 until {moment(case.snoozed_until, '{date_short_pretty} at {time}')}")
    card = link(row.card, f"case {case.id}")
    parts.append(card)
    words = one_line(row.words, 180) or "_the post was deleted_"
    return " · ".join(part for part in parts if part) + f"\n{words}"


def _due(row: Row, now: datetime) -> str:
    if row.due is None:
        return ""
    what = "answer" if row.case.answered_at is None else "resolve"
    if row.due < now:
        return f"⏰ *{what}: {_span(now - row.due)} late*"
    return f"*{what} in {_span(row.due - now)}*"


def _span(left: Any) -> str:
    minutes = int(left.total_seconds() // 60)
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h" if minutes < 48 * 60 else f"{minutes // (24 * 60)} days"
