"""What marketing was told: the list of reports and alerts, each on a page, and the page that can be handed round."""

from fastapi import APIRouter, HTTPException, Request, Response
from fastapi.responses import HTMLResponse

from app import report_page
from app.web.asking import Number
from app.web.drawing import render
from app.web.i18n import gettext as _
from app.web.signin import Role, needs
from app.web.site import Site
from core import report_words
from core.mention import Mention
from core.report import Image
from core.store import mentions, reports
from core.store.reports import Told

PAGE = 30


def router(site: Site) -> APIRouter:
    """Mounts the reports' pages."""
    routes = APIRouter(include_in_schema=False, default_response_class=HTMLResponse, dependencies=[needs(Role.VIEWER)])

    @routes.get("/reports")
    def listed(request: Request, before: Number | None = None) -> HTMLResponse:
        with site.store.read() as tx:
            found = reports.latest(tx, PAGE + 1, before)
        rows = [
            (told, report_words.title(told.report, _brand(site, told)), report_words.gist(told.report))
            for told in found[:PAGE]
        ]
        more = found[PAGE - 1].id if len(found) > PAGE else None
        return render(site, request, "reports.html", rows=rows, more=more, on=site.settings.marketing.on)

    @routes.get("/reports/{report_id}")
    def shown(request: Request, report_id: Number) -> HTMLResponse:
        told, said, images = _read(site, report_id)
        drawn = report_page.told(told.report, _brand(site, told), said)
        return render(site, request, "report.html", told=told, images=images, **drawn)

    @routes.get("/reports/{report_id}/page")
    def page(report_id: Number) -> Response:
        """The same as one file. It is sent to be kept, for its styles stand in it, which our own pages may not."""
        told, said, images = _read(site, report_id)
        name = f"{told.report.kind}-{told.report.brand}-{told.report.until:%Y-%m-%d}.html"
        safe = "".join(letter if letter.isascii() and (letter.isalnum() or letter in "-._") else "-" for letter in name)
        body = report_page.html(told.report, _brand(site, told), said, images)
        return Response(body, media_type="text/html", headers={"Content-Disposition": f'attachment; filename="{safe}"'})

    @routes.get("/reports/{report_id}/{chart}.png")
    def picture(report_id: Number, chart: str) -> Response:
        found = [image for image in _read(site, report_id)[2] if image.name == chart]
        if not found:
            raise HTTPException(404, _("This report has no such chart."))
        return Response(found[0].png, media_type="image/png", headers={"Cache-Control": "private, max-age=86400"})

    return routes


def _read(site: Site, report_id: int) -> tuple[Told, dict[str, Mention], list[Image]]:
    """A report, its posts as they are now, and its charts."""
    with site.store.read() as tx:
        told = reports.get(tx, report_id)
        if told is None:
            raise HTTPException(404, _("There is no report of this number."))
        return told, dict(mentions.get(tx, told.report.posts)), reports.images(tx, report_id)


def _brand(site: Site, told: Told) -> str:
    table = site.settings.brands.get(told.report.brand)
    return table.name if table else told.report.brand
