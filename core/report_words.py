"""How a report reads: the same sentences in Slack, in a mail and on the page. Plain text; who draws it escapes it. Pure."""

from datetime import date

from core import wording
from core.report import MARKETING, Driver, Heard, Number, Report

MOST_PARTS = 3
_NAMES = {
    "mentions": "Mentions",
    "authors": "People who spoke",
    "net_sentiment": "Net sentiment",
    "promoter_score": "Promoter score (social, not survey, NPS)",
    "complaints": "Complaints",
    "reach": "Potential reach",
    "recovered": "Recovered detractors",
    "first_response": "First response",
    "sla_answer": "Answered in time",
}
_SHARES = ("complaints", "sla_answer")
_TITLES = {
    "daily": "Daily report",
    "weekly": "Weekly report",
    "volume": "Much more is said than usual",
    "take_off": "A post is taking off",
    "promoter": "A promoter with reach, to thank",
}


def title(report: Report, brand: str) -> str:
    """What the report or alert is called, with the brand's name and its days."""
    if report.is_alert:
        return f"{alert_title(report)} · {brand}"
    team = "" if report.audience == MARKETING else f" · {report.audience}"
    return f"{_TITLES[report.kind]}{team} · {brand} · {span(report)}"


def alert_title(report: Report) -> str:
    if report.kind == "sentiment":
        number = report.numbers[0]
        return "The mood is better than usual" if (number.value or 0) > (number.before or 0) else "The mood has turned"
    return _TITLES[report.kind]


def span(report: Report) -> str:
    """The days of a report: "20 November", "14 to 20 November"."""
    if report.days == 1:
        return f"{report.until:%A} {_day(report.until)}"
    same = report.since.month == report.until.month
    first = str(report.since.day) if same else _day(report.since)
    return f"{first} to {_day(report.until)}"


def quiet(report: Report) -> str:
    """A quiet day or week in one line."""
    mentions = report.number("mentions")
    said = f"{count(mentions.value or 0)} mentions" if mentions else "nothing new"
    whole = "day" if report.days == 1 else "week"
    return f"A quiet {whole}: {said}, and nothing changed by more than chance."


def gist(report: Report) -> str:
    """A report in a line."""
    if report.is_alert:
        return alert(report)
    if report.quiet:
        return quiet(report)
    parts = [f"{name(one)} {changed(one, report.days)}" for one in report.numbers if one.shifted]
    parts += [heard(one) for one in report.heard if one.shifted or report.audience != MARKETING]
    return "; ".join(parts[:MOST_PARTS]) or "no clear change in the figures"


def name(number: Number) -> str:
    return _NAMES.get(number.name, number.name)


def shown(number: Number, value: float | None) -> str:
    """A value of a number as people read it; a dash where there is none."""
    if value is None:
        return "–"
    if number.name == "net_sentiment":
        return _signed(value, "+.2f")
    if number.name == "promoter_score":
        return _signed(value, "+.0f")
    if number.name in _SHARES:
        return f"{value:.0%}" if value >= 0.095 else f"{value:.1%}"
    if number.name == "first_response":
        return f"{value:.0f} min" if value < 120 else f"{value / 60:.0f} h"
    return count(value)


def between(number: Number) -> str:
    """The 95% interval; nothing where there is none."""
    if number.low is None or number.high is None:
        return ""
    return f"{shown(number, number.low)} to {shown(number, number.high)}"


def changed(number: Number, days: int) -> str:
    """What became of a number: that it rose or fell where that is more than chance, else what it was."""
    if number.value is None:
        return "too few to tell"
    if number.before is None:
        return "nothing to compare with yet"
    usual = "on a usual day" if days == 1 else "the week before" if days == 7 else f"the {days} days before"
    was = f"{shown(number, number.before)} {usual}"
    if not number.shifted:
        return f"no clear change ({was})"
    return f"{'up' if number.value > number.before else 'down'} from {was}"


def why(driver: Driver) -> str:
    """How a topic had its part in the change."""
    parts = [f"{count(driver.mentions)} mentions"]
    if driver.more:
        parts.append(f"{count(abs(driver.more))} {'more' if driver.more > 0 else 'fewer'} than before")
    if abs(driver.moved) >= 0.005:
        parts.append(f"moved the net sentiment by {_signed(driver.moved, '+.2f')}")
    elif driver.net is not None:
        parts.append(f"net sentiment {_signed(driver.net, '+.2f')}")
    return " · ".join(parts)


def heard(one: Heard) -> str:
    """What a department should hear, in a line."""
    parts = [f"{count(one.mentions)} mentions"]
    if one.shifted:
        parts[0] += f", {'up' if one.mentions > one.before else 'down'} from {count(one.before)}"
    if one.net is not None:
        parts.append(f"net sentiment {_signed(one.net, '+.2f')}")
    if one.topics:
        parts.append(f"mostly about {', '.join(one.topics)}")
    return f"{wording.topic(one.department)}: {' · '.join(parts)}"


def alert(report: Report) -> str:
    """What an alert says, in a sentence or two."""
    number = report.numbers[0]
    facts = report.facts
    hours = facts.get("hours", 24)
    match report.kind:
        case "volume":
            return (
                f"{count(number.value or 0)} mentions in the last {hours:.0f} hours; "
                f"{count(number.before or 0)} would be usual, up to {count(number.high or 0)} mere chance."
            )
        case "sentiment":
            return (
                f"Net sentiment of the last {hours:.0f} hours is {_signed(number.value or 0, '+.2f')} "
                f"({count(number.n)} posts judged); usual: {_signed(number.before or 0, '+.2f')}, by chance from "
                f"{_signed(number.low or 0, '+.2f')} to {_signed(number.high or 0, '+.2f')}."
            )
        case "take_off":
            return (
                f"It gains {count(number.value or 0)} likes, answers and shares an hour ({count(facts.get('interest', 0))} "
                f"so far); 99 of 100 posts there gain fewer than {count(number.before or 0)}."
            )
        case _:
            return (
                f"{count(number.value or 0)} followers, and {count(facts.get('positive', 0))} good words in four weeks."
            )


def count(value: float) -> str:
    return f"{round(value):,}"


def _signed(value: float, form: str) -> str:
    """A minus that is one, and no sign before nought."""
    text = format(value, form)
    return text[1:] if not float(text) else text.replace("-", "−")


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"
