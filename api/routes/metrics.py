"""Metrics for operators (Prometheus)."""

from __future__ import annotations

from collections.abc import Iterator

from fastapi import APIRouter, Request
from prometheus_client.core import GaugeMetricFamily
from starlette.responses import Response

from api import metrics
from api.answers import service_of
from api.composition import Service
from api.metrics import gauge

router = APIRouter(tags=["operation"])


@router.get(
    "/metrics",
    responses={
        200: {
            "description": "Numbers in Prometheus' text format.",
            "content": {"text/plain": {"schema": {"type": "string"}}},
        }
    },
    response_class=Response,
)
def read(request: Request) -> Response:
    """Size of the log and of its published part, batches, refusals by code, the views' lag, witnesses."""
    service = service_of(request)
    sources = {
        "log": lambda: _log(service),
        "views": lambda: _views(service),
        "publication": lambda: _publication(service),
        "witnesses": lambda: _witnesses(service),
    }
    return Response(
        metrics.text(sources), headers={"cache-control": "no-store", "content-type": metrics.MEDIA_TYPE}
    )


def _log(service: Service) -> Iterator[GaugeMetricFamily]:
    size = gauge("evidence_log_entries", "Entries in the log.")
    size.add_metric([], service.recorder.head().size)
    ready = gauge("evidence_sequencer_ready", "Whether this process may append.")
    ready.add_metric([], service.sequencer.problem is None)
    yield from (size, ready)


def _views(service: Service) -> Iterator[GaugeMetricFamily]:
    behind = gauge("evidence_view_behind_entries", "Entries that a view has not taken in yet.", "view")
    well = gauge("evidence_view_ok", "Whether a view has not stopped at an entry.", "view")
    for view in (*service.health(), service.search_health()):
        behind.add_metric([view.view], view.behind)
        well.add_metric([view.view], view.ok)
    yield from (behind, well)


def _publication(service: Service) -> Iterator[GaugeMetricFamily]:
    found = service.publication()
    published = gauge("evidence_published_entries", "Entries of the published checkpoint.")
    published.add_metric([], found["published"])
    waiting = gauge("evidence_publication_waiting_seconds", "Age of the oldest entry that is not published.")
    waiting.add_metric([], found["waiting"])
    yield from (published, waiting)


def _witnesses(service: Service) -> Iterator[GaugeMetricFamily]:
    size = gauge("evidence_witness_entries", "Entries of the newest tree that a witness cosigned.", "witness")
    time = gauge("evidence_witness_cosigned_seconds", "When it cosigned last, since 1970.", "witness")
    failures = gauge("evidence_witness_failures", "Failed requests since then.", "witness")
    alarm = gauge("evidence_witness_alarm", "1: it contradicts this log, nothing is published.", "witness")
    for state in service.witness_states():
        name, standing = [state.witness.name], state.standing
        size.add_metric(name, standing.size)
        time.add_metric(name, standing.since)
        failures.add_metric(name, standing.failures)
        alarm.add_metric(name, bool(standing.alarm))
    yield from (size, time, failures, alarm)
