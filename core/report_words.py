"""How a report reads: the same sentences in Slack, in a mail and on the page, in the language that is spoken
(`core.tongue`). Plain text; who draws it escapes it. Pure."""

from datetime import date

from babel.dates import format_date

from core import wording
from core.report import MARKETING, Driver, Heard, Number, Report, Voice
from core.tongue import N_, count, minutes, net, ngettext, score, share, spoken, word
from core.tongue import gettext as _

MOST_PARTS = 3
_NAMES = {
    "mentions": N_("Mentions"),
    "authors": N_("People who spoke"),
    "net_sentiment": N_("Net sentiment"),
    "promoter_score": N_("Promoter score (social, not survey, NPS)"),
    "complaints": N_("Complaints"),
    "reach": N_("Potential reach"),
    "recovered": N_("Recovered detractors"),
    "first_response": N_("First response"),
    "sla_answer": N_("Answered in time"),
}
_TITLES = {
    "daily": N_("Daily report"),
    "weekly": N_("Weekly report"),
    "volume": N_("Much more is said than usual"),
    "take_off": N_("A post is taking off"),
    "promoter": N_("A promoter with reach, to thank"),
}
_WRITTEN = {
    "net_sentiment": net,
    "promoter_score": score,
    "complaints": share,
    "sla_answer": share,
    "first_response": minutes,
}


def title(report: Report, brand: str) -> str:
    """What the report or alert is called, with the brand's name and its days."""
    if report.is_alert:
        return f"{alert_title(report)} · {brand}"
    team = "" if report.audience == MARKETING else f" · {report.audience}"
    return f"{word(_TITLES[report.kind])}{team} · {brand} · {span(report)}"


def alert_title(report: Report) -> str:
    if report.kind == "sentiment":
        number = report.numbers[0]
        better = (number.value or 0) > (number.before or 0)
        return _("The mood is better than usual") if better else _("The mood has turned")
    return word(_TITLES[report.kind])


def span(report: Report) -> str:
    """The days of a report: "Friday 20 November", "14 to 20 November"."""
    if report.days == 1:
        return _day(report.until, "EEEE d MMMM")
    first = _day(report.since, "d" if report.since.month == report.until.month else "d MMMM")
    return _("%(first)s to %(last)s", first=first, last=_day(report.until, "d MMMM"))


def quiet(report: Report) -> str:
    """A quiet day or week in one line."""
    mentions = report.number("mentions")
    said = _mentions(mentions.value or 0) if mentions else _("nothing new")
    if report.days == 1:
        return _("A quiet day: %(said)s, and nothing changed by more than chance.", said=said)
    return _("A quiet week: %(said)s, and nothing changed by more than chance.", said=said)


def gist(report: Report) -> str:
    """A report in a line."""
    if report.is_alert:
        return alert(report)
    if report.quiet:
        return quiet(report)
    parts = [f"{name(one)} {changed(one, report.days)}" for one in report.numbers if one.shifted]
    parts += [heard(one) for one in report.heard if one.shifted or report.audience != MARKETING]
    return "; ".join(parts[:MOST_PARTS]) or _("no clear change in the figures")


def name(number: Number) -> str:
    return word(_NAMES.get(number.name, number.name))


def shown(number: Number, value: float | None) -> str:
    """A value of a number as people read it; a dash where there is none."""
    return "–" if value is None else _WRITTEN.get(number.name, count)(value)


def between(number: Number) -> str:
    """The 95% interval; nothing where there is none."""
    if number.low is None or number.high is None:
        return ""
    return _("%(low)s to %(high)s", low=shown(number, number.low), high=shown(number, number.high))


def changed(number: Number, days: int) -> str:
    """What became of a number: that it rose or fell where that is more than chance, else what it was."""
    if number.value is None:
        return _("too few to tell")
    if number.before is None:
        return _("nothing to compare with yet")
    was = shown(number, number.before)
    if days == 1:
        was = _("%(value)s on a usual day", value=was)
    elif days == 7:
        was = _("%(value)s the week before", value=was)
    else:
        was = _("%(value)s the %(days)s days before", value=was, days=days)
    if not number.shifted:
        return _("no clear change (%(before)s)", before=was)
    if number.value > number.before:
        return _("up from %(before)s", before=was)
    return _("down from %(before)s", before=was)


def why(driver: Driver) -> str:
    """How a topic had its part in the change."""
    parts = [_mentions(driver.mentions)]
    if driver.more > 0:
        parts.append(_("%(n)s more than before", n=count(driver.more)))
    elif driver.more:
        parts.append(_("%(n)s fewer than before", n=count(-driver.more)))
    if abs(driver.moved) >= 0.005:
        parts.append(_("moved the net sentiment by %(net)s", net=net(driver.moved)))
    elif driver.net is not None:
        parts.append(_("net sentiment %(net)s", net=net(driver.net)))
    return " · ".join(parts)


def about(voice: Voice, platform: str) -> list[str]:
    """What is to be known of a person beside what they said: where, to how many, by how many posts, answered or not."""
    parts = [word(wording.PLATFORMS.get(platform, platform.capitalize()))]
    if voice.followers:
        parts.append(ngettext("%(num)s follower", "%(num)s followers", voice.followers))
    if voice.posts > 1:
        parts.append(ngettext("by %(num)s post", "by %(num)s posts", voice.posts))
    if voice.answered is not None:
        parts.append(_("answered") if voice.answered else _("not answered yet"))
    if voice.case is not None:
        parts.append(_("case %(number)s", number=voice.case))
    return parts


def heard(one: Heard) -> str:
    """What a department should hear, in a line."""
    said = _mentions(one.mentions)
    if one.shifted and one.mentions > one.before:
        said = _("%(said)s, up from %(before)s", said=said, before=count(one.before))
    elif one.shifted:
        said = _("%(said)s, down from %(before)s", said=said, before=count(one.before))
    parts = [said]
    if one.net is not None:
        parts.append(_("net sentiment %(net)s", net=net(one.net)))
    if one.topics:
        parts.append(_("mostly about %(topics)s", topics=", ".join(one.topics)))
    return f"{word(wording.topic(one.department))}: {' · '.join(parts)}"


def alert(report: Report) -> str:
    """What an alert says, in a sentence or two."""
    number, facts = report.numbers[0], report.facts
    value, before = shown(number, number.value), shown(number, number.before)
    hours = count(facts.get("hours", 24))
    match report.kind:
        case "volume":
            return _(
                "%(n)s mentions in the last %(hours)s hours; %(usual)s would be usual, up to %(most)s mere chance.",
                n=value,
                hours=hours,
                usual=before,
                most=shown(number, number.high),
            )
        case "sentiment":
            return _(
                "Net sentiment of the last %(hours)s hours is %(net)s (%(n)s posts judged); usual: %(usual)s, by chance "
                "from %(low)s to %(high)s.",
                hours=hours,
                net=value,
                n=count(number.n),
                usual=before,
                low=shown(number, number.low),
                high=shown(number, number.high),
            )
        case "take_off":
            return _(
                "It gains %(pace)s likes, answers and shares an hour (%(n)s so far); 99 of 100 posts there gain fewer than "
                "%(usual)s.",
                pace=value,
                n=count(facts.get("interest", 0)),
                usual=before,
            )
        case _:
            good = count(facts.get("positive", 0))
            return _("%(followers)s followers, and %(n)s good words in four weeks.", followers=value, n=good)


def _mentions(n: float) -> str:
    return ngettext("%(num)s mention", "%(num)s mentions", round(n))


def _day(day: date, form: str) -> str:
    return str(format_date(day, form, locale=spoken().locale))
