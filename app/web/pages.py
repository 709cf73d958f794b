"""The pages for people, drawn on the server. A script keeps them fresh; without it they only stand still."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from app.status import span, status
from app.web import words
from app.web.asking import CaseQuery, MentionQuery, form, refuse_strangers, to_token
from app.web.site import HERE, Site
from core import wording
from core.assessment import SentimentLabel, Topic
from core.case import Case
from core.errors import BadRecord
from core.store import browse, cases, labels

PAGE = 30
A_MOMENT = timedelta(minutes=2)
"""A card that is not in Slack by then is not on its way."""


def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    named = (
        *("tidy", "cut", "one_line", "web_url", "in_path", "utc", "number"),
        *("platform", "language", "spaced", "coded"),
    )
    made.filters |= {name: getattr(words, name) for name in named} | {"span": span}
    made.filters |= {"topic": wording.topic, "signal": wording.signal, "told": wording.told, "crowd": wording.crowd}
    made.tests["quote"] = wording.is_quote
    return made


_TEMPLATES = _environment()
for _name in _TEMPLATES.list_templates():
    _TEMPLATES.get_template(_name)  # so that a broken template is found at the start, and the first page is quick


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    names = {key: table.name for key, table in site.settings.brands.items()}

    @routes.get("/")
    def queue(request: Request, query: Annotated[CaseQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        with site.store.read() as tx:
            found = browse.case_list(tx, **query.wanted, names=names)
        return _page(site, request, "queue.html", query=query, found=found, choices=_choices(site), told=_told(site))

    @routes.get("/mentions")
    def mentions(request: Request, query: Annotated[MentionQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        with site.store.read() as tx:
            found = browse.latest(tx, query.filters, after=query.key, limit=PAGE)
        return _page(site, request, "mentions.html", query=query, found=found, choices=_choices(site), scan=browse.SCAN)

    @routes.get("/mentions/{mention_id:path}")
    def mention(request: Request, mention_id: str) -> HTMLResponse:
        with site.store.read() as tx:
            file = browse.mention_file(tx, mention_id)
        if file is None:
            raise HTTPException(
                404, "There is no such mention. It may never have been heard, or its address is cut short."
            )
        return _page(site, request, "mention.html", file=file, choices=_corrections(), token=site.token)

    @routes.post("/mentions/{mention_id:path}", response_class=RedirectResponse)
    def correct(request: Request, mention_id: str, fields: Annotated[Mapping[str, str], Depends(form)]) -> Response:
        refuse_strangers(request, fields, site.token)
        said: Any = {kind: fields[kind] for kind in _corrections() if fields.get(kind)}
        by, now = words.one_line(fields.get("by", ""), 60) or "dashboard", site.now()
        try:
            site.store.run(lambda tx: labels.put(tx, mention_id, fields.get("brand", ""), said, by, now))
        except BadRecord as error:
            raise HTTPException(422, str(error)) from None
        return RedirectResponse(f"/mentions/{words.in_path(mention_id)}", 303)

    @routes.get("/cases/{case_id}")
    def case(request: Request, case_id: int) -> HTMLResponse:
        with site.store.read() as tx:
            found = cases.get(tx, case_id)
            file = cases.file(tx, case_id, names.get(found.brand, found.brand)) if found else None
            events = cases.events(tx, case_id)
        if file is None:
            raise HTTPException(404, f"There is no case {case_id}.")
        return _page(site, request, "case.html", file=file, events=events)

    @routes.get("/sources")
    def sources(request: Request) -> HTMLResponse:
        return _page(site, request, "sources.html", told=_told(site))

    @routes.get("/api/")
    def api(request: Request) -> HTMLResponse:
        return _page(site, request, "api.html", described=request.app.openapi())

    return routes


def problem_page(site: Site, request: Request, code: int, reason: str) -> HTMLResponse:
    """An error, in a sentence, with the way back."""
    page = _page(site, request, "problem.html", code=code, reason=reason)
    page.status_code = code
    return page


def _told(site: Site) -> Any:
    return status(site.store, site.settings, site.now())


def _page(site: Site, request: Request, template: str, **values: Any) -> HTMLResponse:
    now = site.now()
    names = {key: table.name for key, table in site.settings.brands.items()}
    shown = _TEMPLATES.get_template(template).render(
        now=now,
        here=_place(request),
        links=site.sandbox_links,
        is_demo=bool(site.sandbox_links),
        brand_name=lambda key: names.get(key, key),
        many_brands=len(names) > 1,
        ago=lambda at: words.ago(at, now),
        clock=lambda case: words.clock(case, now),
        slack_link=lambda case: _slack_link(site, case),
        rang_nobody=lambda case: case.priority.rings and not case.slack_ts and now - case.opened_at > A_MOMENT,
        page_after=lambda query, key: _address(query, to_token(key)),
        first_page=lambda query: _address(query, None),
        **values,
    )
    return HTMLResponse(shown)


def _place(request: Request) -> str:
    """Which entry of the navigation the page belongs to."""
    if request.url.path.startswith("/mentions") and request.query_params.get("needs_review") == "true":
        return "/mentions?needs_review=true"
    first = request.url.path.split("/")[1]
    return "/" if first == "cases" else f"/{first}"


def _address(query: MentionQuery | CaseQuery, after: str | None) -> str:
    """The same list from another place, as a relative address."""
    chosen = query.model_dump(exclude={"limit", "after"}, exclude_defaults=True, mode="json")
    return "?" + urlencode(chosen | ({"after": after} if after else {}))


def _slack_link(site: Site, case: Case) -> str:
    """Where the case's card is. Slack finds the workspace for the channel itself:
    https://docs.slack.dev/interactivity/deep-linking"""
    if not case.slack_channel or not case.slack_ts:
        return ""
    stand_in = site.sandbox_links.get("slack")
    if stand_in:
        return f"{stand_in.rstrip('/')}/archives/{case.slack_channel}/p{case.slack_ts.replace('.', '')}"
    return "https://slack.com/app_redirect?" + urlencode({"channel": case.slack_channel, "message_ts": case.slack_ts})


def _choices(site: Site) -> dict[str, dict[str, str]]:
    """What each filter may be set to: {filter: {value: label}}."""
    kinds = dict.fromkeys(str(table.get("type") or name) for name, table in site.settings.sources.items())
    return {
        "brand": {key: table.name for key, table in site.settings.brands.items()},
        "platform": {kind: words.platform(kind) for kind in kinds},
        "priority": {name: name for name in ("P1", "P2", "P3", "P4")},
        "sentiment": {label: label.capitalize() for label in get_args(SentimentLabel)},
        "department": {topic: wording.topic(topic) for topic in get_args(Topic)},
        "language": wording.LANGUAGES,
        "needs_review": {"true": "Needs review", "false": "Judged"},
    }


def _corrections() -> dict[str, dict[str, str]]:
    """What a person may say of a mention: {kind: {value: label}}."""
    named = {"not_urgent": "Not urgent"} | {topic: wording.topic(topic) for topic in get_args(Topic)}
    kinds: tuple[labels.Kind, ...] = ("priority", "department", "sentiment")
    return {
        kind: {value: named.get(value) or value[0].upper() + value[1:] for value in labels.VALUES[kind]}
        for kind in kinds
    }
