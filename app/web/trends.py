"""What is said over time, where and when, and about what."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse
from sqlalchemy import Connection

from app import charts, insight
from app.insight import Period
from app.web.figures import Dimension, insight_page, kept_piece, look_of
from app.web.i18n import gettext as _
from app.web.scope import BrandAsked, DaysAsked, Window, window_of
from app.web.signin import Role, needs
from app.web.site import Site
from core.store import mentions, reports

MOST_TOPICS = 30


def labels() -> dict[str, str]:
    """What each dimension is called."""
    return {
        "platform": _("Platform"),
        "language": _("Language"),
        "place": _("Place"),
        "department": _("Department"),
        "intent": _("Intent"),
        "priority": _("Priority"),
        "tier": _("Customer tier"),
    }


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/trends")
    def trends(
        request: Request,
        brand: BrandAsked = "",
        days: DaysAsked = 28,
        by: Dimension = "platform",
        language: Annotated[str, Query(max_length=16)] = "",
    ) -> HTMLResponse:
        window = window_of(site.settings, brand, days)
        period = Period.ending(site.now(), window.days)
        with site.store.read() as tx:
            counted = kept_piece(
                site, tx, "trends_counted.html", window, period, lambda tx: _counted(tx, site, window, period, by), by
            )
            topics = insight.topics(tx, window.brand, period, language or None, MOST_TOPICS)
            languages = insight.daily(tx, window.brand, period.since, period.until, "language")["value"].unique()
            rows = list(topics.itertuples(index=False))
            spoken = tuple(row.topic for row in rows)
            each_day = insight.topic_days(tx, window.brand, period, spoken, language or None)
            shown = {row.topic: row.examples for row in rows if len(row.examples)}
            felt = reports.feelings(tx, window.brand, {post for posts in shown.values() for post in posts})
            telling = {row.topic: telling_post(row.examples, row.net, felt) for row in rows if row.topic in shown}
            said = mentions.get(tx, set(telling.values()))
        return insight_page(
            site,
            request,
            "trends.html",
            window,
            period,
            by=by,
            dimensions=labels(),
            counted=counted,
            topics=rows,
            each_day=each_day,
            examples={topic: said[post] for topic, post in telling.items() if post in said},
            language_of_topics=language,
            spoken_languages=sorted(value for value in languages if value not in ("", "und")),
        )

    return routes


def _counted(tx: Connection, site: Site, window: Window, period: Period, by: Dimension) -> dict[str, Any]:
    """What rests on what is counted alone."""
    look = look_of(site)
    told_apart = insight.by(tx, window.brand, period, by)
    daily = insight.daily(tx, window.brand, period.since, period.until, by)
    return {
        "by": by,
        "label": labels()[by],
        "rows": [row for row in told_apart.head(charts.MOST_ROWS).itertuples(index=False) if row.mentions],
        "over": charts.over_time(daily, by, look),
        "hours": charts.hours(insight.hours(tx, window.brand, period), look),
    }


def telling_post(posts: Sequence[str], net: float, felt: Mapping[str, str]) -> str:
    """Of a topic's newest posts the first that feels as people do about it, else the first."""
    wanted = "positive" if net > 0 else "negative"
    return next((post for post in posts if felt.get(post) == wanted), posts[0])
