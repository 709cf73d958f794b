"""How every page is drawn: the templates, what they may call upon, the navigation around them, and errors as a page."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment
from markupsafe import Markup
from pydantic import BaseModel

from app import past
from app.housekeeping import FAILED_DAYS
from app.templates import environment
from app.web import i18n, scope, words
from app.web.asking import asked_of, to_token
from app.web.i18n import gettext as _
from app.web.signin import Role, visitor_of
from app.web.site import Site
from core import wording
from core.case import Case
from core.tongue import N_

A_MOMENT = timedelta(minutes=2)
"""A card that is not in Slack by then is not on its way."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page that the navigation leads to. One that is about a window takes the brand and the days along."""

    path: str
    label: str
    key: str
    windowed: bool = False


ENTRIES = (
    Entry("/", N_("Overview"), "o", windowed=True),
    Entry("/mentions", N_("Mentions"), "m"),
    Entry("/cases", N_("Cases"), "c"),
    Entry("/people", N_("People"), "p", windowed=True),
    Entry("/trends", N_("Trends"), "t", windowed=True),
    Entry("/competitors", N_("Competitors"), "v", windowed=True),
    Entry("/desk", N_("Desk"), "d", windowed=True),
    Entry("/reports", N_("Reports"), "r"),
    Entry("/sources", N_("Sources"), "s"),
)
"""In the order of the navigation; one whose page is not there is left out. `key` is pressed after `g` to go there."""


def _environment() -> Environment:
    made = environment()
    named = (
        *("tidy", "cut", "one_line", "web_url", "in_path", "utc", "day", "number", "count", "signed", "span"),
        *("decimal", "share", "dollars"),
        *("platform", "language", "topic", "signal", "spaced", "crowd", "coded", "counted"),
    )
    made.filters |= {name: getattr(words, name) for name in named}
    made.filters |= {"word": i18n.word, "told": wording.told}
    made.tests["quote"] = wording.is_quote
    return made


_TEMPLATES = _environment()
for _name in _TEMPLATES.list_templates():
    _TEMPLATES.get_template(_name)  # so that a broken template is found at the start, and the first page is quick


def render(site: Site, request: Request, template: str, *, status: int = 200, **values: Any) -> HTMLResponse:
    """Draw a page from its template and what it says of itself.

    Every template may call upon what is named here: the time, who looks and what they may (`token` stands in each form), the
    navigation, which only those see who may look at something, the window of an insight page (None elsewhere), and the words
    for times, brands, clocks, and the people of the desk, by id (`at_the_desk`). `past` is how far the demo's is told, while
    it is.
    """
    now = site.now()
    names = {key: table.name for key, table in site.settings.brands.items()}
    visitor, window = visitor_of(request), values.pop("window", None)
    at_the_desk, cards = values.pop("at_the_desk", {}), values.pop("cards", {})
    known = visitor is not None and visitor.role > Role.ANYBODY
    kept = window or scope.window_in(site.settings, request.query_params)
    shown = _TEMPLATES.get_template(template).render(
        now=now,
        language=i18n.spoken().code,
        languages=i18n.LANGUAGES,
        here=request.url.path,
        entries=[(entry, _address_of(entry, kept)) for entry in _entries(request)] if known else [],
        current=_entry_of(request),
        window=window,
        days=scope.DAYS,
        brands=names,
        visitor=visitor,
        may_correct=visitor is not None and visitor.role >= Role.AGENT,
        may_lead=visitor is not None and visitor.role >= Role.LEAD,
        token=visitor.form_token if visitor else site.token,
        place=words.place(request),
        links=site.sandbox_links,
        is_demo=bool(site.sandbox_links),
        past=past.how_far(Path(site.settings.home)) if site.sandbox_links else None,
        brand_name=lambda key: names.get(key, key),
        many_brands=len(names) > 1,
        ago=lambda at: words.ago(at, now),
        clock=lambda case: words.clock(case, now),
        page_after=lambda query, key: _same_list(query, to_token(key)),
        first_page=lambda query: _same_list(query, None),
        slack_link=lambda case: slack_link(site, case),
        called=lambda id: words.one_line(at_the_desk.get(id) or id, 60),
        rang_nobody=lambda case: _rang_nobody(case, cards.get(case.id, ""), now),
        **values,
    )
    return HTMLResponse(shown, status)


def piece(template: str, **values: Any) -> Markup:
    """Draw a piece of a page, the same for all who look at it in one language."""
    return Markup(_TEMPLATES.get_template(template).render(**values))  # noqa: S704 - the template escapes


def problem_page(site: Site, request: Request, code: int, reason: str) -> HTMLResponse:
    """An error, in a sentence, with the way back."""
    return render(site, request, "problem.html", status=code, code=code, reason=reason)


def _rang_nobody(case: Case, card: str, now: datetime) -> str:
    """Why an urgent case has no card in Slack, where it has none. `card` is what became of the order for one."""
    age = now - case.opened_at
    if not case.priority.rings or case.slack_ts or age <= A_MOMENT:
        return ""
    if card == "failed":
        return _("rang nobody: its card could not be sent to Slack")
    if card == "waiting":
        return _("rings nobody yet: its card waits to be sent to Slack")
    if not card and age < timedelta(days=FAILED_DAYS):
        return _("rang nobody: it was history when it was heard")
    return _("rang nobody: it was history when it was heard, or could not be sent")


def slack_link(site: Site, case: Case) -> str:
    """Where the case's card is. Slack finds the workspace for the channel itself:
    https://docs.slack.dev/interactivity/deep-linking"""
    if not case.slack_channel or not case.slack_ts:
        return ""
    stand_in = site.sandbox_links.get("slack")
    if stand_in:
        return f"{stand_in.rstrip('/')}/archives/{case.slack_channel}/p{case.slack_ts.replace('.', '')}"
    return "https://slack.com/app_redirect?" + urlencode({"channel": case.slack_channel, "message_ts": case.slack_ts})


def _same_list(query: BaseModel, after: str | None) -> str:
    """The same list from another place, as a relative address."""
    asked = asked_of(query)
    return "?" + (f"{asked}&{urlencode({'after': after})}" if after else asked)


def _entries(request: Request) -> Iterable[Entry]:
    """What the navigation shows: the pages that this application has."""
    return (entry for entry in ENTRIES if entry.path in request.app.state.paths)


def _entry_of(request: Request) -> str:
    """Which entry of the navigation the page belongs to."""
    first = request.url.path.strip("/").split("/")[0]
    return f"/{first}"


def _address_of(entry: Entry, window: scope.Window | None) -> str:
    return f"{entry.path}?{window.query}" if entry.windowed and window else entry.path
