"""For machines that look after machines: is it alive, can it work, how is it doing."""

from collections.abc import Iterator

from fastapi import APIRouter, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector
from sqlalchemy.exc import SQLAlchemyError

from app.status import MICROS, Status, status
from app.web.signin import TOKEN, Role, needs
from app.web.site import Site
from core.errors import Misconfigured
from core.store import migrations


def router(site: Site) -> APIRouter:
    routes = APIRouter(tags=["probes"])
    registry = CollectorRegistry()
    registry.register(_Pipeline(site))

    @routes.head("/healthz", include_in_schema=False, dependencies=[needs(None)])
    @routes.get("/healthz", summary="The process is alive", dependencies=[needs(None)])
    def healthz() -> dict[str, str]:
        return {"status": "ok"}

    @routes.head("/readyz", include_in_schema=False, dependencies=[needs(None)])
    @routes.get(
        "/readyz",
        summary="The database answers and has this program's schema; 503 with the reason if not",
        dependencies=[needs(None)],
    )
    def readyz() -> Response:
        try:
            migrations.check(site.store)
        except Misconfigured as error:
            return JSONResponse({"status": "not ready", "reason": str(error)}, 503)
        except SQLAlchemyError as error:
            reason = f"The database of DATABASE_URL does not answer ({type(error).__name__})."
            return JSONResponse({"status": "not ready", "reason": reason}, 503)
        return JSONResponse({"status": "ready"})

    @routes.get(
        "/metrics", summary="Prometheus metrics", response_class=Response, dependencies=[needs(Role.VIEWER), TOKEN]
    )
    def metrics() -> Response:
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    return routes


class _Pipeline(Collector):
    """The status as metrics, read anew for each scrape: it holds for all processes, not only for this one."""

    def __init__(self, site: Site) -> None:
        self._site = site

    def describe(self) -> list[Metric]:
        return []  # so that registering it reads nothing

    def collect(self) -> Iterator[Metric]:
        told = status(self._site.store, self._site.settings, self._site.now())
        yield from _source_metrics(told)
        queues, desk = told.queues, told.desk
        yield _gauge(
            "sunwai_queue_size",
            "Mentions that wait for a stage.",
            "queue",
            {"to_assess": queues.to_assess, "to_triage": queues.to_triage},
        )
        yield _gauge(
            "sunwai_outbox_messages",
            "Messages that wait to go out, and those that never could.",
            "state",
            {"waiting": queues.outbox_waiting, "failed": queues.outbox_failed},
        )
        yield _gauge(
            "sunwai_cases",
            "Cases that wait for the desk; of these, those nobody has, and those past their first-response time.",
            "state",
            {"open": desk.open, "unowned": desk.unowned, "late": desk.late},
        )
        yield _gauge("sunwai_open_cases", "Cases that wait, by priority.", "priority", desk.by_priority)
        yield _gauge(
            "sunwai_heartbeat_age_seconds",
            "Time since a listener or worker gave a sign of life.",
            "name",
            {beat.name: beat.age_seconds for beat in told.beats},
        )
        yield _gauge(
            "sunwai_alarms", "Troubles that people were told of and that are not over.", None, len(told.alarms)
        )
        yield _gauge("sunwai_healthy", "1 while nothing is wrong.", None, int(told.healthy))


def _source_metrics(told: Status) -> Iterator[Metric]:
    sources = told.sources
    yield _counter("sunwai_mentions_heard", "Mentions stored, by source.", {s.name: s.heard for s in sources})
    yield _counter("sunwai_rejected_items", "Broken items set aside.", {s.name: s.rejected for s in sources})
    yield _counter(
        "sunwai_gaps", "Stretches of time that a source could not show us.", {s.name: s.gaps for s in sources}
    )
    lags = {s.name: s.lag_seconds for s in sources if s.lag_seconds is not None}
    yield _gauge("sunwai_source_lag_seconds", "Time since the last good pull.", "source", lags)
    failures = {s.name: s.failures for s in sources}
    yield _gauge("sunwai_source_failures", "Failed pulls in a row.", "source", failures)
    spend = GaugeMetricFamily(
        "sunwai_spend_micros",
        "Cost in millionths of a US dollar, of the current UTC day and month.",
        labels=["source", "period"],
    )
    state = GaugeMetricFamily("sunwai_source_state", "1 for the state that a source is in.", labels=["source", "state"])
    for source in sources:
        spend.add_metric([source.name, "day"], round(source.spent_today * MICROS))
        spend.add_metric([source.name, "month"], round(source.spent_this_month * MICROS))
        state.add_metric([source.name, source.state], 1)
    yield spend
    yield state


def _counter(name: str, help_text: str, values: dict[str, int]) -> Metric:
    family = CounterMetricFamily(name, help_text, labels=["source"])
    for source, value in values.items():
        family.add_metric([source], value)
    return family


def _gauge(name: str, help_text: str, label: str | None, values: dict[str, float] | dict[str, int] | float) -> Metric:
    if not isinstance(values, dict):
        return GaugeMetricFamily(name, help_text, value=values)
    family = GaugeMetricFamily(name, help_text, labels=[label or "name"])
    for key, value in values.items():
        family.add_metric([key], value)
    return family
