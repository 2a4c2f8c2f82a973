"""Anchoring: outside authorities date the published checkpoints (RFC 3161).

What is stamped is the text of the note, without its signature lines: origin, size and root. A reply shows
that this tree, and with it every entry that it holds, existed at the authority's time, whatever the
ledger's own clock says. The reply is kept as it came.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence

from ledger.core.note import split_note
from ledger.core.refusal import LedgerError
from ledger.ports import Publication, TimeStamp, TimeStampAuthority, TimeStamps

log = logging.getLogger(__name__)

FIRST_PAUSE = 1.0  # seconds: what was signed is published about as soon
LONGEST_PAUSE = 3600.0


class Anchorer:
    """Has the newest published checkpoint dated by each authority."""

    def __init__(self, stamps: TimeStamps, authorities: Sequence[TimeStampAuthority], seconds: float) -> None:
        """`seconds` is the least time between two replies of one authority."""
        self._stamps = stamps
        self._authorities = authorities
        self._seconds = seconds

    def anchor(self, *, now: bool = False) -> list[TimeStamp]:
        """The replies kept now: none when nothing is due, or another process is at it.

        `now` does not wait for the interval. Every authority is asked before the first error of one is
        raised, a `LedgerError`; the next call tries again.
        """
        kept, errors = [], []
        with self._stamps.turn() as turn:
            for authority in self._authorities if turn else ():
                assert turn is not None
                due = turn.due(authority.name, 0 if now else self._seconds)
                if due is None:
                    continue
                try:
                    stamp = _stamp(authority, due)
                except LedgerError as error:
                    errors.append(error)
                    continue
                turn.keep(stamp)
                kept.append(stamp)
        if errors:
            raise errors[0]
        return kept


def stamped_text(note: str) -> bytes:
    """What is stamped of a checkpoint note: its text without signature lines, the last newline included."""
    return split_note(note)[0].encode("utf-8")


def _stamp(authority: TimeStampAuthority, due: Publication) -> TimeStamp:
    stamped_at, reply = authority.stamp(stamped_text(due.note))
    return TimeStamp(due.size, authority.name, stamped_at, reply)


class AnchoringLoop:
    """Anchors until stopped; after each failure it waits twice as long. `trouble` says what failed."""

    def __init__(self, anchorer: Anchorer, seconds: float, first: float = FIRST_PAUSE) -> None:
        self._anchorer = anchorer
        self._seconds = seconds
        self._first = first
        self._pause = first
        self.trouble: str | None = None

    def run_forever(self, stop: threading.Event) -> None:
        """Return after `stop` is set."""
        while not stop.wait(self._pause):
            self._pause = self._next_pause()

    def _next_pause(self) -> float:
        try:
            self._anchorer.anchor()
        except LedgerError as error:
            self._note(error.what)
        except Exception as error:  # a fault of ours must not end anchoring for good
            log.exception("anchoring failed")
            self._note(f"{type(error).__name__}: {error}")
        else:
            self.trouble = None
            # Looked at more often than asked: what is due is due once something is published, too.
            return max(self._first, min(self._seconds / 10, LONGEST_PAUSE))
        return min(self._pause * 2, max(self._seconds, self._first), LONGEST_PAUSE)

    def _note(self, what: str) -> None:
        if what != self.trouble:
            log.error("not dated by the time-stamping authority, trying again: %s", what)
        self.trouble = what
