"""Taking a list away as a file: what the page shows, all of it, sent as it is read."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from threading import BoundedSemaphore
from typing import Any, Literal, get_args

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, Field, ValidationError, field_validator

from app.export import WHOLE_AT_END, Format, Table, Wanted, stream, whole
from app.insight import Period
from app.page_tables import PAGES, Page, file
from app.web.asking import CaseQuery, Day, MentionQuery
from app.web.i18n import gettext as _
from app.web.scope import window_of
from app.web.signin import Role, needs
from app.web.site import Site

TYPES: dict[Format, str] = {
    "csv": "text/csv; charset=utf-8",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


MOST_AT_ONCE = 2
"""Files of a kind that is whole only at its end, which keep a processor busy and grow on the disk until then."""


class CountQuery(BaseModel):
    """What people, days, topics and answers may be narrowed to, as the pages about a window of days are."""

    brand: str | None = Field(None, max_length=64)
    days: Literal[7, 28, 90] | None = None
    until: Day | None = None
    kind: Literal["promoter", "passive", "detractor"] | None = None
    dimension: str | None = Field(None, max_length=16)

    @field_validator("*", mode="before")
    @classmethod
    def _as_sent_by_a_form(cls, given: Any) -> Any:
        if given == "":
            return None
        return int(given) if isinstance(given, str) and given.isdecimal() and len(given) < 3 else given


def router(site: Site) -> APIRouter:
    routes = APIRouter(prefix="/exports", include_in_schema=False, dependencies=[needs(Role.VIEWER)])

    places = BoundedSemaphore(MOST_AT_ONCE)

    def made(table: Table, format: Format, wanted: Wanted, now: datetime) -> Iterator[bytes]:
        if format not in WHOLE_AT_END:
            return stream(site.store, table, format, wanted, now)
        if not places.acquire(blocking=False):
            busy = _(
                "Other large files are being made just now. Try again in a minute, or take CSV, which begins at once."
            )
            raise HTTPException(503, busy, {"Retry-After": "60"})
        try:
            return whole(site.store, table, format, wanted, now)
        finally:
            places.release()

    @routes.get("/{name}")
    def take(request: Request, name: str) -> Response:
        table, _dot, format = name.partition(".")
        if table in PAGES and format in get_args(Format):
            return _page(site, table, format, dict(request.query_params))  # type: ignore[arg-type]  # looked at
        if table not in get_args(Table) or format not in get_args(Format):
            raise HTTPException(404, _("There is no such file to take away. The pages link to those that there are."))
        now = site.now()
        wanted = _wanted(table, dict(request.query_params), now.date())
        parts = made(table, format, wanted, now)  # type: ignore[arg-type]  # looked at above
        return StreamingResponse(parts, media_type=TYPES[format], headers=_saved(table, format, now))  # type: ignore[index]

    return routes


def _page(site: Site, page: Page, format: Format, asked: dict[str, str]) -> Response:
    """The figures that a page shows for the same query."""
    narrowed, now = _narrowed(asked), site.now()
    window = window_of(site.settings, narrowed.brand or "", narrowed.days or 28)
    with site.store.read() as tx:
        made = file(tx, site.settings, page, window.brand, Period.ending(now, window.days), format)
    return Response(made, media_type=TYPES[format], headers=_saved(page, format, now))


def _saved(table: str, format: str, now: datetime) -> dict[str, str]:
    return {"Content-Disposition": f'attachment; filename="sunwai-{table}-{now:%Y-%m-%d}.{format}"'}


def _narrowed(asked: dict[str, str]) -> CountQuery:
    with _understood():
        return CountQuery.model_validate(asked)


@contextmanager
def _understood() -> Iterator[None]:
    """Raises HTTPException for a query that says what nobody understands."""
    try:
        yield
    except ValidationError as error:
        first = error.errors()[0]
        raise HTTPException(422, f"{'.'.join(map(str, first['loc']))}: {first['msg']}.") from None


def _wanted(table: str, asked: dict[str, str], today: date) -> Wanted:
    """What the page of the table shows, for the same query. Raises HTTPException for what it would not understand."""
    with _understood():
        if table == "mentions":
            return Wanted(mentions=MentionQuery.model_validate(asked).filters)
        if table == "cases":
            query = CaseQuery.model_validate(asked)
            return Wanted(cases=query.wanted["filters"], closed=query.status == "closed")
    narrowed = _narrowed(asked)
    until = narrowed.until or (today if narrowed.days else None)
    return Wanted(
        brand=narrowed.brand, until=until, days=narrowed.days, kind=narrowed.kind, dimension=narrowed.dimension
    )
