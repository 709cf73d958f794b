"""Lists for a channel: a shift's hand-over, many clocks at once, a team's digest of a day. Pure Block Kit.

A list of cases holds numbers, topics, owners and times, and no word of the authors: so nothing in it needs to be taken back
when a post is deleted. The card, one press away, has the words. A digest quotes posts, and is drawn anew when one of them is
erased; it speaks the language of its team (`core.tongue`), as a report does.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta

from babel.dates import format_date
from babel.lists import format_list
from babel.numbers import format_decimal

from core import wording
from core.assessment import Priority
from core.case import Case, CaseStatus
from core.digest import DAYS_BEFORE, Digest, Example
from core.mention import Mention
from core.sla import Duty
from core.tongue import count, ngettext, spoken, word
from core.tongue import gettext as _
from notifier.blocks import LONGEST_SECTION, Block, Message, context, header, message, moment, person, section
from notifier.clocks import Left, lasting
from notifier.words import escape, excerpt, link, one_line, quote

SHIFT_EVENT = "sunwai_shift"
CLOCKS_EVENT = "sunwai_clocks"
DIGEST_EVENT = "sunwai_digest"
GUIDELINE_EVENT = "sunwai_guideline"
SHOWN = 20
"""More cases than a person reads at the start of a shift."""

_QUOTED = 300
_ENOUGH = 4
"""Fewer posts than this are twice as many by mere chance."""
_DOTS = {Priority.P1: "🔴", Priority.P2: "🟠", Priority.P3: "🟡", Priority.P4: "⚪"}
_LET_GO = {"handed_on": "handed it on", "shift_ended": "had it until now", "left": "is not on the desk any more"}
_MANY = {
    "answer_warned": "wait for a first answer that is due soon",
    "answer_breached": "were promised a first answer that is overdue",
    "resolve_warned": "are to be resolved soon",
    "resolve_breached": "should have been resolved by now",
}


def shift_summary(
    team: str,
    changes: tuple[Duty, Duty | None] | None,
    open_cases: Sequence[Left],
    handed_on: Mapping[int, tuple[str, str]],
    now: datetime,
    archives: str = "",
) -> Message:
    """What a shift leaves to the next: how much is open, whose it is and how long is left, most pressing first.

    `changes` are the shift that ended and the one that comes next; None where none ever ends, and the day is summed up.
    `handed_on` are the cases that became nobody's at this moment, with who had them and why (`notifier.leavers.Why`).
    `archives` is where Slack shows messages (`https://slack.com/archives/`); without it, cases are named and not linked.
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
    blocks = [
        header(f"🔁 Hand-over · {team}"),
        section(f"{_changed(changes, now)}\n{tally}"),
        *_rows(open_cases, handed_on, now, archives),
    ]
    plain = tally.replace("*", "")
    return message(f"🔁 Hand-over {one_line(team, 60)}: {plain}", blocks)


def _changed(changes: tuple[Duty, Duty | None] | None, now: datetime) -> str:
    if changes is None:
        return f"What is open at {moment(now, '{time}')}:"
    ended, then = changes
    follows = f" Next: {_whose(then)} from {_at(then.start, now)}." if then else ""
    return f"The shift {_whose(ended)} ended at {moment(ended.end, '{time}')}.{follows}"


def clock_list(what: str, pressing: Sequence[Left], ping: Sequence[str], now: datetime, archives: str = "") -> Message:
    """Many clocks of one kind at once (`what` as in `notifier.clocks.Ring`), in one message that names whom it concerns."""
    mark = "⏳" if what.endswith("_warned") else "⏰"
    told = f"{mark} *{_cases(len(pressing))}* {_many(what)}."
    named = " ".join(person(whom) for whom in ping)
    blocks = [section(f"{told} {named}".strip()), *_rows(pressing, {}, now, archives)]
    return message(told.replace("*", ""), blocks)


def _many(what: str) -> str:
    missed, escalated, minutes = what.partition("_escalated_")
    return f"{_MANY[f'{missed}_breached']}, since {lasting(60 * int(minutes))}" if escalated else _MANY[what]


def digest(told: Digest, said: Mapping[str, Mention], brands: Mapping[str, str]) -> Message:
    """What a team hears of a day: how many spoke of its topics, what is new against the week before, and the loudest of it.

    `said` are the posts of the examples as they are now, by id; one that is missing or empty was erased, and is only
    counted. `brands` are the names of the brands, by key; the brand is said where there are several. A quiet day is one
    line.
    """
    title = _("Digest · %(team)s · %(day)s", team=one_line(told.team, 60), day=_day(told.day))
    topics = sorted(told.counts, key=lambda topic: (-told.counts[topic], topic))
    some = [topic for topic in topics if told.counts[topic]]
    silent = [topic for topic in topics if not told.counts[topic]]
    if not some:
        usual = _usual(sum(told.before.values()), told.days)
        quiet = "📰 " + _(
            "%(title)s: a quiet day, nothing on %(topics)s%(usual)s.", title=title, topics=_named(silent), usual=usual
        )
        return message(quiet, [section(quiet)])
    total = sum(told.counts.values())
    new = [f"{_topic(topic)}: {words}" for topic in some if (words := _new(told, topic))]
    tally = ngettext("*%(num)s post* that rang nobody", "*%(num)s posts* that rang nobody", total)
    lines = [tally + _usual(sum(told.before.values()), told.days), *([f"🆕 {'; '.join(new)}"] if new else [])]
    if silent:
        lines.append(_("Nothing on %(topics)s.", topics=_named(silent)))
    blocks = [header(f"📰 {title}"), section("\n".join(lines))]
    gone = 0
    for topic in some:
        shown = [example for example in told.examples if example.topic == topic]
        heard = [(example, post) for example in shown if (post := said.get(example.mention_id)) and _words(post)]
        gone += len(shown) - len(heard)
        usual = _usual(told.before.get(topic, 0), told.days)
        blocks.append(section(f"*{_topic(topic)}* · {_posts(told.counts[topic])}{usual}"))
        blocks += [section(_example(example, post, brands)) for example, post in heard]
    if gone:
        blocks.append(
            context(
                ngettext("%(num)s post that stood here was erased", "%(num)s posts that stood here were erased", gone)
            )
        )
    counted = " · ".join(f"{_topic(topic)} {count(told.counts[topic])}" for topic in some)
    return message(f"📰 {title}: {_posts(total)} · {counted}", blocks)


def guideline(team: str, version: int, text: str) -> Message:
    """A team's guideline that has changed, as it now is."""
    changed = _("The guideline of %(team)s has changed: version %(version)s", team=one_line(team, 60), version=version)
    words = excerpt(text, LONGEST_SECTION) or _("_It says nothing now._")
    return message(f"📘 {changed}", [section(f"*📘 {changed}*"), section(words)])


def _example(example: Example, post: Mention, brands: Mapping[str, str]) -> str:
    """A post: its words, who says it, how many heard it, and how many say nearly the same."""
    author, views = post.author, post.metrics.views
    name = one_line(author.display_name or author.handle, 60) or _("somebody")
    parts = [escape(word(wording.PLATFORMS.get(post.platform, post.platform.capitalize())))]
    if len(brands) > 1:
        parts.append(one_line(brands.get(example.brand, example.brand), 60))
    if views:
        parts.append(ngettext("%(num)s view", "%(num)s views", views))
    elif author.followers:
        parts.append(_("%(n)s followers", n=count(author.followers)))
    if example.alike:
        parts.append(_("*%(n)s more* said nearly the same", n=count(example.alike)))
    words, rest = quote(_words(post), _QUOTED, lines=4), " · ".join(parts)
    linked = f"{words}\n{link(post.url, name)} · {rest}"
    return linked if len(linked) <= LONGEST_SECTION else f"{words}\n{name} · {rest}"


def _words(post: Mention) -> str:
    """The author's own: what they quote is somebody else's, who may take it back."""
    return post.text.strip() or post.title.strip()


def _new(told: Digest, topic: str) -> str:
    """What is new of a topic against the week before: that it is there at all, or twice as much of it; else nothing."""
    if not told.days:
        return ""
    heard, usual = told.counts[topic], told.before.get(topic, 0) / told.days
    if not usual:
        return _("none in %(before)s", before=_days_before(told.days))
    times = heard / usual
    many = times >= 2 and heard >= _ENOUGH
    return _("%(n)s times as many as usual", n=count(times)) if many else ""


def _usual(before: int, days: int) -> str:
    """How many there were a day before, to stand behind a count; nothing where that is not known."""
    if not days:
        return ""
    mean = before / days
    form = "#,##0" if mean >= 10 else "#,##0.#"
    number = _("%(n)s a day", n=format_decimal(mean, form, locale=spoken().locale)) if before else _("none")
    return f" ({_days_before(days)}: {number})"


def _days_before(days: int) -> str:
    if days == DAYS_BEFORE:
        return _("the week before")
    return ngettext("the day before", "the %(num)s days before", days)


def _day(day: date) -> str:
    """ "Saturday 21 November", as the language that is spoken has it."""
    form = {"tr": "d MMMM EEEE", "hi": "EEEE, d MMMM"}.get(spoken().code, "EEEE d MMMM")
    return str(format_date(day, form, locale=spoken().locale))


def _topic(topic: str) -> str:
    return escape(word(wording.topic(topic)))


def _named(topics: Sequence[str]) -> str:
    """One or the other of them; English writes them small inside a sentence."""
    names = [_topic(topic) for topic in sorted(topics)]
    if spoken().code == "en":
        names = [name.lower() for name in names]
    return str(format_list(names, style="or", locale=spoken().locale))


def _posts(posts: int) -> str:
    return ngettext("%(num)s post", "%(num)s posts", posts)


def _rows(some: Sequence[Left], handed_on: Mapping[int, tuple[str, str]], now: datetime, archives: str) -> list[Block]:
    """The first `SHOWN`, one a line, in as few sections as they fit in; and how many more there are."""
    sections: list[str] = []
    for row in (_row(one, handed_on.get(one.case.id), now, archives) for one in some[:SHOWN]):
        if sections and len(sections[-1]) + 1 + len(row) <= LONGEST_SECTION:
            sections[-1] += f"\n{row}"
        else:
            sections.append(row)
    more = len(some) - SHOWN
    return [*map(section, sections), *([context(f"and {_cases(more)} more, less pressing")] if more > 0 else [])]


def _row(one: Left, had_it: tuple[str, str] | None, now: datetime, archives: str) -> str:
    case = one.case
    if case.owner:
        who = person(case.owner)
    else:
        who = "*nobody has it yet*" + (f" ({person(had_it[0])} {_LET_GO[had_it[1]]})" if had_it else "")
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
    left = f", {lasting(one.seconds)} left" if one.seconds >= 60 else ""
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


def _cases(count: int) -> str:
    return f"{count} case{'' if count == 1 else 's'}"
