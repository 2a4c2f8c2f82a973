"""Rows to append that are no real statements: the store looks at none of the bytes it keeps."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

from ledger.core.merkle import Frontier, leaf_hash
from ledger.ports import AppendRow, Head
from ledger.store.recorder import PostgresLedgerRecorder

TOPIC = "urn:evidence-ledger:v1:document#DocumentFiled"


def row(
    text: str,
    *,
    originator_id: str | None = None,
    version: int = 1,
    keys: Sequence[tuple[str, str]] = (),
    disclosures: Sequence[tuple[str, str | None]] = (),
) -> AppendRow:
    """A row whose bytes are `text`, in a stream of its own unless another is named."""
    state = text.encode()
    statement_id = hashlib.sha256(state).hexdigest()
    originator = originator_id or statement_id
    return AppendRow(originator, version, TOPIC, state, statement_id, leaf_hash(state), keys, disclosures)


def append(recorder: PostgresLedgerRecorder, *rows: AppendRow, recorded_at: str = "") -> Head:
    """Append a batch as the sequencer does; the new head."""
    with recorder.unit() as unit:
        extended = Frontier.from_bytes(unit.head.frontier).append([row.leaf_hash for row in rows])
        head = Head(extended.frontier.size, extended.frontier.to_bytes(), recorded_at)
        unit.append(rows, extended.tile_nodes, head)
    return head


def texts(recorder: PostgresLedgerRecorder) -> list[str]:
    """All that is logged, in order."""
    return [state.decode() for _, state in recorder.read_entries(0)]


def root_of(rows: Iterable[str]) -> bytes:
    """The root over entries with these bytes."""
    return Frontier().append([leaf_hash(text.encode()) for text in rows]).frontier.root()
