"""Marketing's reports and alerts as Block Kit. Pure.

A report quotes posts, and is drawn anew when one of them is erased or somebody wants peace. Charts are images that Slack
holds (`slack_file`), so that nothing needs to reach us from outside.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from urllib.parse import urlencode

from core import report_words as words
from core.mention import Mention
from core.report import Driver, Image, Report, Voice
from core.tongue import gettext as _
from core.tongue import topic
from notifier.blocks import LONGEST_SECTION, Block, Message, button, context, header, message, moment, person, section
from notifier.words import escape, link, one_line, quote

SNOOZES = {"snooze_alert_day": timedelta(days=1), "snooze_alert_week": timedelta(days=7)}
"""The `action_id`s of an alert's buttons, and for how long each keeps alerts of its kind about its brand quiet."""
ALERT_BLOCK = "alert:"
_QUOTED = 240
_MARKS = {"volume": "📈", "sentiment": "🌡️", "take_off": "🚀", "promoter": "💛", "daily": "📊", "weekly": "📊"}
_PAGES = {"volume": "/trends", "sentiment": "/trends", "take_off": "/mentions", "promoter": "/people"}


def report_message(
    told: Report,
    report_id: int,
    said: Mapping[str, Mention],
    brand: str,
    *,
    images: Sequence[Image] = (),
    dashboard: str = "",
    snoozed: tuple[datetime, str] | None = None,
    note: str = "",
) -> Message:
    """A report or an alert as a message.

    `said` are its posts as they are now, by id; what is missing was erased. `images` are drawn where Slack has them.
    `dashboard` is the address of the pages, without which none is linked. `snoozed` is until when, and by whom. `note` is
    what its readers should know of how it came.
    """
    if told.is_alert:
        return _alert(told, report_id, said, brand, dashboard, snoozed)
    title = f"{_MARKS[told.kind]} {one_line(words.title(told, brand), 140)}"
    if told.quiet:
        quiet = f"{title}: {escape(words.quiet(told))}"
        return message(quiet, [section(quiet), *_more(told, report_id, dashboard)])
    blocks = [header(title), *_numbers(told)]
    blocks += [
        {
            "type": "image",
            "slack_file": {"id": image.file_id},
            "alt_text": f"{image.title}. {image.alt}"[:2000],
        }
        for image in images
        if image.file_id
    ]
    if told.drivers:
        blocks.append(section(_bold(_("Why"))))
        blocks += [section(_driver(driver, said)) for driver in told.drivers]
    for heading, voices in (
        ("💛 " + _bold(_("To thank")), told.thank),
        ("🩹 " + _bold(_("To win back")), told.win_back),
        ("🌤️ " + _bold(_("Came back with a good word after our answer")), told.recovered),
    ):
        shown = [line for voice in voices if (line := _voice(voice, said))]
        if shown:
            blocks += [section(heading), *map(section, shown)]
    if told.heard:
        lines = "\n".join(f"• {escape(words.heard(one))}" for one in told.heard)
        heading = _bold(_("What departments should hear"))
        blocks.append(section(f"{heading}\n{lines}"[:LONGEST_SECTION]))
    blocks += [context(escape(note))] if note else []
    return message(f"{title}: {escape(words.gist(told))}", [*blocks, *_more(told, report_id, dashboard)])


def _alert(
    told: Report,
    report_id: int,
    said: Mapping[str, Mention],
    brand: str,
    dashboard: str,
    snoozed: tuple[datetime, str] | None,
) -> Message:
    title = f"{_MARKS[told.kind]} *{one_line(words.title(told, brand), 140)}*"
    sentence = escape(words.alert(told))
    blocks = [section(f"{title}\n{sentence}")]
    blocks += [section(_driver(driver, said)) for driver in told.drivers]
    blocks += [section(line) for voice in told.thank if (line := _voice(voice, said))]
    if snoozed is not None:
        until, by = snoozed
        when = moment(until, "{date_short} {time}")
        blocks.append(context("😴 " + _("%(who)s wants no more of these until %(time)s", who=person(by), time=when)))
    else:
        labels = {"snooze_alert_day": _("Snooze a day"), "snooze_alert_week": _("Snooze a week")}
        elements = [button(action, labels[action], {"report": report_id}) for action in SNOOZES]
        blocks.append({"type": "actions", "block_id": f"{ALERT_BLOCK}{report_id}", "elements": elements})
    plain = f"{_MARKS[told.kind]} {one_line(words.title(told, brand), 140)}: {sentence}"
    return message(plain, [*blocks, *_more(told, report_id, dashboard)])


def report_of(value: str) -> int:
    """The report that a button's value belongs to. Raises ValueError for others."""
    try:
        return int(json.loads(value)["report"])
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("this button belongs to no alert") from error


def _numbers(told: Report) -> list[Block]:
    """The figures, what changed by more than chance first and bold; the rest on one line."""
    lines = []
    for number in sorted(told.numbers, key=lambda number: not number.shifted):
        if number.value is None:
            continue
        between = words.between(number)
        value = f"{words.shown(number, number.value)}{f' ({between})' if between else ''}"
        mark = "*" if number.shifted else ""
        became = (
            "" if number.before is None and told.audience != "marketing" else f": {words.changed(number, told.days)}"
        )
        lines.append(f"{mark}{escape(f'{words.name(number)} {value}')}{mark}{escape(became)}")
    return [section("\n".join(lines)[:LONGEST_SECTION])] if lines else []


def _driver(driver: Driver, said: Mapping[str, Mention]) -> str:
    """A topic with its part in the change, and the first of its posts that is still there."""
    line = f"*{one_line(topic(driver.topic), 80)}* · {escape(words.why(driver))}"
    post = next((said[post] for post in driver.posts if post in said and _words(said[post])), None)
    if post is None:
        return line
    about = " · ".join([_whose(post), *map(escape, words.about(Voice(post.id), post.platform))])
    return _within(f"{line}\n{quote(_words(post), _QUOTED, lines=3)}", f"\n{about}")


def _voice(voice: Voice, said: Mapping[str, Mention]) -> str:
    """A person by their post; nothing where that was erased."""
    post = said.get(voice.post)
    if post is None or not _words(post):
        return ""
    parts = [_whose(post), *map(escape, words.about(voice, post.platform))]
    return _within(quote(_words(post), _QUOTED, lines=3), f"\n{' · '.join(parts)}")


def _whose(post: Mention) -> str:
    """Who said it, linked to where."""
    return link(post.url, one_line(post.author.display_name or post.author.handle, 60) or _("somebody"))


def _bold(heading: str) -> str:
    return f"*{escape(heading)}*"


def _words(post: Mention) -> str:
    return post.text.strip() or post.title.strip()


def _within(quoted: str, rest: str) -> str:
    whole = quoted + rest
    return whole if len(whole) <= LONGEST_SECTION else quoted


def _more(told: Report, report_id: int, dashboard: str) -> list[Block]:
    """Where to read more."""
    if not dashboard:
        return []
    base = dashboard.rstrip("/")
    if not told.is_alert:
        return [context(link(f"{base}/reports/{report_id}", _("Read it on a page, or hand it round")))]
    query = urlencode({"brand": told.brand, "days": 28 if told.kind == "promoter" else 7})
    return [context(link(f"{base}{_PAGES[told.kind]}?{query}", _("Look at it on the dashboard")))]
