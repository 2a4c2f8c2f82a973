"""Counters of several worker processes are one number; a part that fails hides no other."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily

from api import metrics

WORKER = """
from api import metrics
metrics.refused("float"); metrics.sequenced(3)
"""
READER = """
from api import metrics
print(metrics.text({}).decode())
"""


def _run(program: str, folder: Path) -> str:
    environment = os.environ | {metrics.SHARED: str(folder)}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


def test_workers_count_together(tmp_path: Path) -> None:
    for _ in range(2):
        _run(WORKER, tmp_path)
    text = _run(READER, tmp_path)
    assert 'evidence_refusals_total{code="float"} 2.0' in text
    assert "evidence_sequencer_batches_total 2.0" in text
    assert "evidence_sequencer_entries_total 6.0" in text


def test_a_new_start_counts_from_nothing(tmp_path: Path) -> None:
    _run(WORKER, tmp_path)
    program = f"from pathlib import Path\nfrom api import metrics\nmetrics.share(Path({str(tmp_path)!r}))"
    _run(program, tmp_path)
    assert "evidence_sequencer_batches_total 0.0" in _run(READER, tmp_path)


def test_a_part_that_cannot_be_asked_hides_no_other() -> None:
    def broken() -> Iterator[GaugeMetricFamily]:
        yield metrics.gauge("half", "Half of it.")
        raise ValueError("out of order")

    def well() -> Iterator[GaugeMetricFamily]:
        size = metrics.gauge("size", "How large.")
        size.add_metric([], 7)
        yield size

    text = metrics.text({"broken": broken, "well": well}).decode()
    assert "size 7.0" in text
    assert "half" not in text
    assert 'evidence_source_ok{part="broken"} 0.0' in text
    assert 'evidence_source_ok{part="well"} 1.0' in text
