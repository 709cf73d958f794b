"""What the desk has before it: the list of cases, which says by itself when it has changed, and one case whole."""

from collections.abc import Mapping, Sequence
from typing import Annotated

from fastapi import APIRouter, HTTPException, Query, Request
from fastapi.responses import HTMLResponse, Response
from sqlalchemy import Connection

from app.status import status
from app.web import views, words
from app.web.asking import CaseQuery, Number, asked_of
from app.web.drawing import render
from app.web.i18n import gettext as _
from app.web.live import Watch
from app.web.mentions import choices_of
from app.web.signin import Role, needs, visitor_of
from app.web.site import Site
from core.case import Case, CaseEvent
from core.store import browse, cases, colleagues, customers, outbox

PAGE = 30


def router(site: Site) -> APIRouter:
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])
    names = {key: table.name for key, table in site.settings.brands.items()}
    watch = Watch(lambda: _newest(site))

    @routes.get("/cases")
    def queue(request: Request, query: Annotated[CaseQuery, Query()]) -> HTMLResponse:
        query.limit = PAGE
        now = site.now()
        with site.store.read() as tx:
            found = browse.case_list(tx, **query.wanted, now=now, names=names)
            kept = views.seen(tx, "cases", visitor_of(request))
            named = colleagues.names(tx, {file.case.owner for file in found.items if file.case.owner})
            everyone = colleagues.everyone(tx)
            cards = outbox.cards_of(tx, [file.case.id for file in found.items])
        return render(
            site,
            request,
            "queue.html",
            query=query,
            found=found,
            choices=choices_of(site) | _choices(site, query, everyone),
            at_the_desk=named,
            cards=cards,
            team_name=lambda key: _team(site, key),
            told=status(site.store, site.settings, now),
            views=kept,
            asked=asked_of(query),
            may_change=views.may_change(visitor_of(request)),
        )

    @routes.get("/cases/events")
    async def events() -> Response:
        return watch.stream()

    @routes.get("/cases/{case_id}")
    def case(request: Request, case_id: Number) -> HTMLResponse:
        with site.store.read() as tx:
            found = cases.get(tx, case_id)
            file = cases.file(tx, case_id, names.get(found.brand, found.brand)) if found else None
            history = cases.events(tx, case_id)
            named = colleagues.names(tx, _named_in(found, history)) | _on_platforms(tx, history) if found else {}
            cards = outbox.cards_of(tx, [case_id])
        if file is None:
            raise HTTPException(404, _("There is no case %(number)s.", number=case_id))
        return render(site, request, "case.html", file=file, events=history, at_the_desk=named, cards=cards)

    return routes


def _named_in(case: Case, history: Sequence[CaseEvent]) -> set[str]:
    """Whoever a case's page may name."""
    said = {event.data.get(end) for event in history for end in ("from", "to")}
    return {one for one in (case.owner, *(event.actor for event in history), *said) if isinstance(one, str)}


def _on_platforms(tx: Connection, history: Sequence[CaseEvent]) -> dict[str, str]:
    """What the brand's own accounts are called that acted on a platform, by author id."""
    actors = {event.actor for event in history if ":" in event.actor}
    known = {author.id: author.handle.lstrip("@") for author in customers.authors_of(tx, actors)}
    return {id: _account(id, words.one_line(known.get(id, ""), 40)) for id in actors}


def _account(author_id: str, handle: str) -> str:
    platform = words.platform(author_id.partition(":")[0])
    if handle:
        return _("@%(handle)s on %(platform)s", handle=handle, platform=platform)
    return _("a colleague on %(platform)s", platform=platform)


def _choices(site: Site, query: CaseQuery, people: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """What a list of cases may be narrowed to beyond what mentions may."""
    asked = {query.owner: query.owner} if query.owner else {}
    return {
        "team": {key: _team(site, key) for key in site.settings.departments},
        "owner": asked | dict(people) | {browse.NOBODY: _("Nobody")},
    }


def _newest(site: Site) -> int:
    with site.store.read() as tx:
        return cases.newest_event(tx)


def _team(site: Site, key: str) -> str:
    """A team's name: the settings call it by its key."""
    table = site.settings.departments.get(key)
    return str(getattr(table, "name", "") or key.replace("_", " ").capitalize())
