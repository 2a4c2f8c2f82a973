"""What `evidence check` re-reads: the log and its side tables, the documents, every row of every view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from api import documents
from api.composition import database, demand_tables, open_blobs
from api.settings import Settings
from ledger import audit
from ledger.store.auditing import audit_source
from ledger.store.datastore import LedgerDatastore
from ledger.store.journal import FileSignJournal
from ledger.store.recorder import PostgresLedgerRecorder
from projections import check as views

Advance = Callable[..., None]


@dataclass(frozen=True, slots=True)
class Inspected:
    """How many entries hold, in which respects, or the first thing wrong and its position."""

    entries: int
    checked: tuple[str, ...]
    defect: str | None = None
    step: str | None = None
    position: int | None = None

    def to_json(self) -> dict[str, object]:
        found: dict[str, object] = {"entries": self.entries, "checked": list(self.checked)}
        if self.defect is None:
            return {"ok": True, **found}
        return {"ok": False, **found, "step": self.step, "position": self.position, "what": self.defect}


def inspect(settings: Settings, advance: Advance, *, quick: bool = False) -> Inspected:
    """Check everything that the settings name; stops at the first thing wrong. `quick` looks at the log's
    bytes, positions and tree alone.
    """
    signed = FileSignJournal(settings.journal_file).last()
    with database(settings) as url, audit_source(demand_tables(url)) as source:
        last = Inspected(0, ())
        views_check = None if quick else lambda: _views(url)
        for event in audit.check(source, signed=signed, rules=not quick, views=views_check):
            last = _step(event, last, advance)
        if last.defect is None and not quick:
            last = _documents(settings, url, last)
    return last


def _step(event: audit.Event, last: Inspected, advance: Advance) -> Inspected:
    if isinstance(event, audit.Progress):
        advance(event.done - last.entries, total=event.total)
        return Inspected(event.done, ())
    if isinstance(event, audit.Sound):
        return Inspected(event.entries, event.steps)
    return _wrong(last.entries, event.step, event.position, event.what)


def _wrong(entries: int, step: str, position: int, what: str) -> Inspected:
    return Inspected(entries, (), f"entry {position}: {step}: {what}", step, position)


def _views(url: str) -> Iterator[audit.Progress | audit.Defect]:
    """The views' own check in the auditor's words; of several views the earliest position is named first."""
    defects = []
    for event in views.check(url):
        if isinstance(event, views.Defect):
            defects.append(event)
        else:
            yield audit.Progress("views", event.done, event.total)
    for defect in sorted(defects, key=lambda defect: defect.position):
        yield audit.Defect("views", defect.position, f"view {defect.view}: {defect.what}")


def _documents(settings: Settings, url: str, sound: Inspected) -> Inspected:
    """Every captured document's bytes are held, and are the ones that were signed."""
    datastore = LedgerDatastore(url)
    try:
        recorder = PostgresLedgerRecorder(datastore)

        def held(position: int) -> list[str]:
            return [text for _, _, text in recorder.disclosures_of([position]) if text is not None]

        for _, defect in documents.check(open_blobs(settings), recorder.read_entries(0), held):
            if defect is not None:
                return _wrong(sound.entries, "documents", defect.position, defect.what)
    finally:
        datastore.close()
    return Inspected(sound.entries, (*sound.checked, "documents"))
