"""Time-stamps by an outside authority: asked for beside publication, and verified with their certificates."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from api.settings import Settings, SettingsError
from ledger.anchoring import Anchorer, AnchoringLoop, stamped_text
from ledger.core.bundle import parse_bundle
from ledger.core.refusal import LedgerError, Refusal
from ledger.core.report import FAILED, HELD, UNCHECKED, Report, Step
from ledger.store.timestamps import PostgresTimeStamps
from ledger.store.tsa import HttpAuthority, Roots
from ledger.verifier.files import Unreadable, read_bundle

STEP = "time-stamps"


def open_anchorer(settings: Settings, url: str) -> Anchorer | None:
    """What anchors the ledger in the database at `url`, None when no authority is named.

    Raises `LedgerError` when the settings do not do, or the extra `anchoring` is not installed.
    """
    if not settings.tsa_url:
        return None
    if settings.tsa_roots is None:
        raise SettingsError(
            "EVIDENCE_TSA_URL is set without EVIDENCE_TSA_ROOTS",
            "name the PEM file of the authority's root certificate: unverified replies are not kept",
        )
    authority = HttpAuthority(settings.tsa_url, Roots(settings.tsa_roots))
    return Anchorer(PostgresTimeStamps(url), [authority], settings.tsa_seconds)


@contextmanager
def anchoring(settings: Settings, url: str) -> Iterator[AnchoringLoop | None]:
    """Anchor in a thread of its own while the block runs, if the settings name an authority."""
    anchorer = open_anchorer(settings, url)
    if anchorer is None:
        yield None
        return
    stop, loop = threading.Event(), AnchoringLoop(anchorer, settings.tsa_seconds)
    thread = threading.Thread(target=loop.run_forever, args=(stop,), name="anchorer", daemon=True)
    thread.start()
    try:
        yield loop
    finally:
        stop.set()
        thread.join()


def with_certificates(path: Path, report: Report, roots: Path) -> Report:
    """The report on a file, its time-stamps judged with the root certificates that the reader trusts.

    Raises `LedgerError` when these cannot be used.
    """
    trusted = Roots(roots)
    step = next((step for step in report if step.name == STEP), None)
    if step is None or step.grade != UNCHECKED or not step.counts:
        return report
    judged = _judged(path, step, trusted)
    verdict = report.verdict if judged.grade == HELD else FAILED
    return replace(report, steps=tuple(judged if each is step else each for each in report), verdict=verdict)


def _judged(path: Path, step: Step, trusted: Roots) -> Step:
    try:
        data, _documents = read_bundle(path)
        signers = {
            trusted.verify(reply, stamped_text(anchor.note))
            for anchor in parse_bundle(data).anchors
            for reply in anchor.replies
        }
    except Unreadable as error:
        return replace(step, grade=FAILED, detail=error.what)
    except (Refusal, LedgerError) as error:
        return replace(step, grade=FAILED, detail=error.what)
    told = step.detail.replace("signature unchecked", f"signed by {'; '.join(sorted(signers))}")
    return replace(step, grade=HELD, detail=told)
