"""Which keys sign for this log, and since when: entry 0's, as each `LedgerAmended` replaced them."""

from __future__ import annotations

import threading

from ledger.core.statement import read_recorded
from ledger.domain.names import LEDGER
from ledger.domain.terms import Change, Terms, changes, terms_at
from ledger.ports import LogRecorder


class LogTerms:
    """The ledger's terms by tree size, read from its own stream when a larger tree is asked about.

    May be used by any thread. Entries never change, so what was read once stays.
    """

    def __init__(self, recorder: LogRecorder) -> None:
        self._recorder = recorder
        self._lock = threading.Lock()
        self._known = 0  # size of the tree up to which the stream was read
        self._version = 0
        self._changes: list[Change] = []

    def at(self, size: int, version: int | None = None) -> Terms | None:
        """The terms that the first `size` entries leave in force; None for an empty tree.

        Whoever knows how many entries of that tree are the ledger's own says so by `version`: where they are
        as many as were read before, nothing is asked.
        """
        with self._lock:
            if size > self._known:
                if version is not None and version == self._version:
                    self._known = size
                else:
                    self._read(size)
            return terms_at(size, self._changes)

    def log_keys_ever(self, size: int) -> list[str]:
        """Every verifier key that signed for the log up to a tree of `size`, sorted."""
        self.at(size)
        with self._lock:
            return sorted({key for first, terms in self._changes if first <= size for key in terms.log_keys})

    def _read(self, size: int) -> None:
        entries = self._recorder.stream(LEDGER, self._version)
        recorded = (read_recorded(entry.position, entry.state) for entry in entries)
        self._changes = changes(recorded, self._changes)
        self._version = entries[-1].originator_version if entries else self._version
        self._known = size
