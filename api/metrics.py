"""Metrics in Prometheus' text format: numbers about the log and its parts, never about anybody.

Labels are refusal codes, names of views and names of witnesses. What all processes of a ledger share is read
when it is asked for; what each counts for itself is added up over worker processes (`share`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import structlog
from prometheus_client import CollectorRegistry, Counter, disable_created_metrics, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

MEDIA_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"
SHARED: Final = "PROMETHEUS_MULTIPROC_DIR"  # the library's own variable, read when it is imported

log = structlog.get_logger("metrics")
disable_created_metrics()  # type: ignore[no-untyped-call] # a second number for each counter, which nobody reads
_own = CollectorRegistry()
BATCHES: Final = Counter(
    "evidence_sequencer_batches", "Batches that the sequencer has committed.", registry=_own
)
APPENDED: Final = Counter(
    "evidence_sequencer_entries", "Entries that the sequencer has appended.", registry=_own
)
REFUSALS: Final = Counter(
    "evidence_refusals", "Answers that were problems, by their stable code.", ["code"], registry=_own
)

Source = Callable[[], Iterator[GaugeMetricFamily]]


def share(folder: Path) -> None:
    """Have the worker processes that are started from now on count into files of `folder`, emptied first."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    for old in folder.glob("*.db"):
        old.unlink()
    os.environ[SHARED] = str(folder)


def sequenced(appended: int) -> None:
    """Count a committed batch and its entries."""
    BATCHES.inc()
    APPENDED.inc(appended)


def refused(code: str) -> None:
    """Count an answer that was a problem."""
    REFUSALS.labels(code).inc()


class Gauges(Collector):
    """Asks every source at each collection; one that cannot answer leaves its numbers out."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self._sources = sources

    def collect(self) -> Iterator[GaugeMetricFamily]:
        answering = gauge("evidence_source_ok", "Whether a part could be asked for its numbers.", "part")
        for part, source in self._sources.items():
            families, ok = self._ask(part, source)
            answering.add_metric([part], ok)
            yield from families
        yield answering

    @staticmethod
    def _ask(part: str, source: Source) -> tuple[list[GaugeMetricFamily], bool]:
        try:
            return list(source()), True
        except Exception as error:  # whatever is wrong, the other numbers are wanted all the more
            log.warning("no numbers", part=part, error=type(error).__name__)
            return [], False


def gauge(name: str, about: str, *labels: str) -> GaugeMetricFamily:
    """An empty family of numbers, one for each combination of labels."""
    return GaugeMetricFamily(name, about, labels=labels)


def text(sources: dict[str, Source]) -> bytes:
    """All metrics, as Prometheus reads them."""
    registry: Any = CollectorRegistry()
    registry.register(Gauges(sources))
    counted: Any = _own
    if SHARED in os.environ:
        counted = CollectorRegistry()
        MultiProcessCollector(counted)  # type: ignore[no-untyped-call]
    return generate_latest(registry) + generate_latest(counted)
