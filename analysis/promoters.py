"""Who promotes the brand and who warns others off: a measure of people over time, not of single posts."""

from collections.abc import Iterable

from analysis.metrics import Interval, net
from core.context import standing
from core.fact import AuthorDay, AuthorWindow, Fact


def by_author(facts: Iterable[Fact]) -> dict[str, AuthorDay]:
    """What each author said on one day, whose facts these are. Posts whose platform tells no author are left out.

    What speaks for and against us is told as `core.context.standing` and Slack's cards have it: a polite complaint is still
    one.
    """
    found: dict[str, AuthorDay] = {}
    for fact in facts:
        if not fact.author_id:
            continue
        judged = not fact.repost and fact.sentiment != "unsupported"
        against = judged and (fact.complaint or fact.sentiment == "negative")
        praise = judged and not against and fact.sentiment == "positive"
        day = fact.said_at.date()
        was = found.get(fact.author_id) or AuthorDay(fact.author_id, day, 0, 0, 0, 0, 0, 0, fact.said_at)
        found[fact.author_id] = AuthorDay(
            fact.author_id,
            day,
            was.posts + 1,
            was.judged + judged,
            was.positive + praise,
            was.negative + against,
            was.complaints + (judged and fact.complaint),
            max(was.followers, fact.followers),
            max(was.last_at, fact.said_at),
        )
    return found


def over(days: Iterable[AuthorDay]) -> dict[str, AuthorWindow]:
    """What each author said over all these days."""
    held: dict[str, list[AuthorDay]] = {}
    for day in days:
        held.setdefault(day.author_id, []).append(day)
    return {author: _over(author, theirs) for author, theirs in held.items()}


def _over(author: str, days: list[AuthorDay]) -> AuthorWindow:
    judged = sum(day.judged for day in days)
    positive, negative = sum(day.positive for day in days), sum(day.negative for day in days)
    found = standing(positive, negative, judged)
    return AuthorWindow(
        author,
        min(day.day for day in days),
        found.kind if found is not None else "",
        sum(day.posts for day in days),
        judged,
        positive,
        negative,
        sum(day.complaints for day in days),
        max(day.followers for day in days),
        max(day.last_at for day in days),
    )


def score(promoters: int, detractors: int, judged: int) -> Interval | None:
    """The social promoter score, from -100 to 100: the share of promoters less that of detractors among judged authors.

    It rests on what people chose to say in public, so it is no NPS, which asks a sample how probably they would recommend.
    """
    found = net(promoters, detractors, judged)
    return None if found is None else Interval(*(100 * end for end in found))
