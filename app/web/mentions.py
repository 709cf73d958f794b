"""What was heard: the list with its search, the whole file of one mention, and the corrections that people make."""

from typing import Annotated, Any, get_args

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.web import views, words
from app.web.asking import MentionQuery, asked_of
from app.web.drawing import render
from app.web.i18n import gettext as _
from app.web.signin import Form, Role, needs, visitor_of
from app.web.site import Site
from core import wording
from core.assessment import Intent, SentimentLabel, Topic
from core.errors import BadRecord
from core.store import assessments, browse, colleagues, labels, search

PAGE = 30


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/mentions")
    def mentions(request: Request, query: Annotated[MentionQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        with site.store.read() as tx:
            found = browse.latest(tx, query.filters, after=query.key, limit=PAGE)
            some_wait = bool(query.filters) and assessments.waits(tx, "to_assess")
            kept = views.seen(tx, "mentions", visitor_of(request))
        choices = choices_of(site)
        return render(
            site,
            request,
            "mentions.html",
            query=query,
            found=found,
            choices=choices,
            narrowed=_narrowed(query, choices),
            some_wait=some_wait,
            too_common=bool(query.q) and not search.of_words(query.q or ""),
            scan=browse.SCAN,
            views=kept,
            asked=asked_of(query),
            may_change=views.may_change(visitor_of(request)),
        )

    @routes.get("/mentions/{mention_id:path}")
    def mention(request: Request, mention_id: str) -> HTMLResponse:
        with site.store.read() as tx:
            file = browse.mention_file(tx, mention_id)
            named = (
                colleagues.names(tx, {one.by for judged in file.judged for one in judged.labels.values()})
                if file is not None
                else {}
            )
        if file is None:
            raise HTTPException(
                404, _("There is no such mention. It may never have been heard, or its address is cut short.")
            )
        return render(site, request, "mention.html", file=file, choices=_corrections(), at_the_desk=named)

    @routes.post("/mentions/{mention_id:path}", response_class=RedirectResponse, dependencies=[needs(Role.AGENT)])
    def correct(request: Request, mention_id: str, fields: Form) -> Response:
        said: Any = {kind: fields[kind] for kind in _corrections() if fields.get(kind)}
        visitor, now = visitor_of(request), site.now()
        by = (visitor.id if visitor else "") or words.one_line(fields.get("by", ""), 60) or "dashboard"
        try:
            site.store.run(lambda tx: labels.put(tx, mention_id, fields.get("brand", ""), said, by, now))
        except BadRecord as error:
            raise HTTPException(422, str(error)) from None
        return RedirectResponse(f"/mentions/{words.in_path(mention_id)}", 303)

    return routes


def choices_of(site: Site) -> dict[str, dict[str, str]]:
    """What each filter may be set to: {filter: {value: label}}."""
    kinds = dict.fromkeys(str(table.get("type") or name) for name, table in site.settings.sources.items())
    return {
        "brand": {key: table.name for key, table in site.settings.brands.items()},
        "platform": {kind: words.platform(kind) for kind in kinds},
        "priority": {name: name for name in ("P1", "P2", "P3", "P4")},
        "sentiment": {label: _(label.capitalize()) for label in get_args(SentimentLabel)},
        "department": {topic: _(wording.topic(topic)) for topic in get_args(Topic)},
        "language": {code: _(name) for code, name in wording.LANGUAGES.items()},
        "intent": {intent: _(intent.capitalize()) for intent in get_args(Intent)},
        "complaint": {"true": _("Complaints"), "false": _("Other than complaints")},
        "person": {"promoter": _("Promoters"), "passive": _("Passives"), "detractor": _("Detractors")},
        "needs_review": {"true": _("Needs review"), "false": _("Judged")},
        "labelled": {"true": _("Looked at"), "false": _("Not looked at")},
        "own": {"true": _("Our own accounts"), "false": _("Everybody else")},
    }


def _names() -> dict[str, str]:
    """What each filter is called."""
    return {
        "q": _("Words"),
        "brand": _("Brand"),
        "platform": _("Platform"),
        "place": _("Place"),
        "language": _("Language"),
        "sentiment": _("Sentiment"),
        "priority": _("Priority"),
        "department": _("Department"),
        "intent": _("Intent"),
        "complaint": _("Complaint"),
        "tier": _("Customer tier"),
        "person": _("Author"),
        "author": _("Author"),
        "needs_review": _("Review"),
        "labelled": _("Correction"),
        "own": _("Written by"),
        "since": _("From"),
        "until": _("To"),
    }


def _narrowed(query: MentionQuery, choices: dict[str, dict[str, str]]) -> list[tuple[str, str, str]]:
    """What the list is narrowed to, for people: (filter, value, the query without it)."""
    given = query.model_dump(exclude={"limit", "after"}, exclude_none=True, mode="json")
    found = []
    for name, label in _names().items():
        if name in given:
            value = str(given[name]).lower() if isinstance(given[name], bool) else str(given[name])
            without = asked_of(query.model_copy(update={name: None}))
            found.append((label, choices.get(name, {}).get(value, value), without))
    return found


def _corrections() -> dict[str, dict[str, str]]:
    """What a person may say of a mention: {kind: {value: label}}."""
    named = {"not_urgent": _("Not urgent")} | {topic: _(wording.topic(topic)) for topic in get_args(Topic)}
    kinds: tuple[labels.Kind, ...] = ("priority", "department", "sentiment")
    return {
        kind: {value: named.get(value) or _(value[0].upper() + value[1:]) for value in labels.VALUES[kind]}
        for kind in kinds
    }
