"""Lists of cases for a channel: a shift's hand-over, and many clocks at once. Pure Block Kit.

A list holds case numbers, topics, owners and times, and no word of the authors: so nothing in it needs to be taken back when
a post is deleted. The card, one press away, has the words.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from core import wording
from core.assessment import Priority
from core.case import Case, CaseStatus
from core.sla import Duty
from notifier.blocks import LONGEST_SECTION, Block, Message, context, header, message, moment, person, section
from notifier.clocks import Left
from notifier.words import escape, link, one_line

SHIFT_EVENT = "sunwai_shift"
CLOCKS_EVENT = "sunwai_clocks"
SHOWN = 20
"""More cases than a person reads at the start of a shift."""

_DOTS = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🟡", Priority.P4: "⚪"}
_MANY = {
    "answer_warned": "wait for a first answer that is due soon",
    "answer_breached": "were promised a first answer that is overdue",
    "resolve_warned": "are to be resolved soon",
    "resolve_breached": "should have been resolved by now",
}


def shift_summary(
    team: str,
    ended: Duty,
    then: Duty | None,
    open_cases: Sequence[Left],
    handed_on: Mapping[int, str],
    now: datetime,
    archives: str = "",
) -> Message:
    """What a shift leaves to the next: how much is open, whose it is and how long is left, most pressing first.

    `handed_on` are the cases that became nobody's at this moment, with who had them. `archives` is where Slack shows
    messages (`https://slack.com/archives/`); without it, cases are named and not linked.
    """
    if not open_cases:
        tally = "✅ Nothing is open."
    else:
        late = sum(1 for one in open_cases if one.late)
        unowned = sum(1 for one in open_cases if one.case.owner is None)
        waiting = sum(1 for one in open_cases if one.case.status is CaseStatus.WAITING)
        parts = [f"*{_cases(len(open_cases))} open*"]
        parts += [f"⏰ *{late} overdue*"] if late else []
        parts += [f"{unowned} that nobody has"] if unowned else []
        parts += [f"{waiting} waiting for the customer"] if waiting else []
        tally = " · ".join(parts)
    ends = f"The shift {_whose(ended)} ended at {moment(ended.end, '{time}')}."
    follows = f" Next: {_whose(then)} from {_at(then.start, now)}." if then else ""
    blocks = [
        header(f"🔁 Hand-over · {team}"),
        section(f"{ends}{follows}\n{tally}"),
        *_rows(open_cases, handed_on, now, archives),
    ]
    plain = tally.replace("*", "")
    return message(f"🔁 Hand-over {one_line(team, 60)}: {plain}", blocks)


def clock_list(what: str, pressing: Sequence[Left], ping: Sequence[str], now: datetime, archives: str = "") -> Message:
    """Many clocks of one kind at once (`what` as in `notifier.clocks.Ring`), in one message that names whom it concerns."""
    mark = "⏰" if what.endswith("_breached") else "⏳"
    told = f"{mark} *{_cases(len(pressing))}* {_MANY[what]}."
    named = " ".join(person(whom) for whom in ping)
    blocks = [section(f"{told} {named}".strip()), *_rows(pressing, {}, now, archives)]
    return message(told.replace("*", ""), blocks)


def _rows(some: Sequence[Left], handed_on: Mapping[int, str], now: datetime, archives: str) -> list[Block]:
    """The first `SHOWN`, one a line, in as few sections as they fit in; and how many more there are."""
    sections: list[str] = []
    for row in (_row(one, handed_on.get(one.case.id, ""), now, archives) for one in some[:SHOWN]):
        if sections and len(sections[-1]) + 1 + len(row) <= LONGEST_SECTION:
            sections[-1] += f"\n{row}"
        else:
            sections.append(row)
    more = len(some) - SHOWN
    return [*map(section, sections), *([context(f"and {_cases(more)} more, less pressing")] if more > 0 else [])]


def _row(one: Left, had_it: str, now: datetime, archives: str) -> str:
    case = one.case
    if case.owner:
        who = person(case.owner)
    else:
        who = "*nobody has it yet*" + (f" ({person(had_it)} handed it on)" if had_it else "")
    parts = [f"{_DOTS[case.priority]} *{_link(case, archives)}*", case.priority.name]
    return " · ".join([*parts, escape(wording.topic(case.department)), who, _left(one, now)])


def _left(one: Left, now: datetime) -> str:
    if one.case.status is CaseStatus.WAITING:
        return "waiting for the customer"
    if one.due is None:
        return "no clock"
    if one.late:
        return f"⏰ *{'answer' if one.what == 'answer' else 'resolution'} was due {_at(one.due, now)}*"
    rest = f", rests until {_at(one.case.snoozed_until, now)}" if one.case.snoozed_until else ""
    left = f", {_span(one.seconds)} left" if one.seconds >= 60 else ""
    return f"{one.what} by {_at(one.due, now)}{left}{rest}"


def _link(case: Case, archives: str) -> str:
    label = f"case {case.id}"
    if not (archives and case.slack_channel and case.slack_ts):
        return label
    return link(f"{archives}{case.slack_channel}/p{case.slack_ts.replace('.', '')}", label)


def _whose(duty: Duty) -> str:
    """A shift by the coverage that it was written in."""
    return f"“{one_line(duty.shift.team or duty.shift.zone, 60)}”"


def _at(at: datetime, now: datetime) -> str:
    return moment(at, "{time}" if abs(at - now) < timedelta(hours=12) else "{time}, {date_short}")


def _span(seconds: float) -> str:
    """Time on a clock: `45 min`, `3 h`, `26 h 10 min`. No days, for a team's day has fewer hours than the sun's."""
    hours, minutes = divmod(int(seconds // 60), 60)
    if not hours:
        return f"{minutes} min"
    return f"{hours} h {minutes} min" if minutes and hours < 10 else f"{hours} h"


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"
