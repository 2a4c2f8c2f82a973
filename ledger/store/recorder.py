"""The event-sourcing library's application recorder, on the ledger's tables.

Differs from the stock recorder where the ledger needs it: notification ids come from the head row, so that
they are dense and in commit order without a table lock (docs/decisions/0003), and everything a batch changes
is committed together.
"""

from __future__ import annotations

import threading
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg.types.numeric import Int8

from ledger.core.merkle import Frontier, leaf_hash
from ledger.ports import AppendRow, Head, StoredEntry

from .arrays import Bigints
from .datastore import LedgerDatastore
from .errors import translated
from .migrate import migrate
from .unit import Connection, PostgresUnit, execute

# Rows in one fetch: some MB of entries of the usual 1-2 KB, 64 MB at the very worst.
PAGE = 1000


@dataclass(frozen=True, eq=False)
class LoggedEvent(StoredEvent):
    """A stored event that knows its leaf index; equal to the same event without it."""

    position: int

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StoredEvent) and _values(self) == _values(other)

    def __hash__(self) -> int:
        return hash(_values(self))


def _values(event: StoredEvent) -> tuple[object, ...]:
    return event.originator_id, event.originator_version, event.topic, event.state


class PostgresLedgerRecorder(PostgresApplicationRecorder):
    """Implements `ports.LogRecorder` and passes the library's recorder suites (tests/contract).

    Methods of the ledger raise `StoreUnavailable`, `CommitOutcomeUnknown` or the library's `IntegrityError`;
    those inherited for reading keep the library's own errors and retries.
    """

    datastore: LedgerDatastore

    def __init__(self, datastore: LedgerDatastore) -> None:
        super().__init__(datastore, events_table_name="ledger_event")
        self._pinned = threading.local()

    def create_table(self) -> None:
        """Apply the store's migrations."""
        migrate(self.datastore.url)

    # --- appending ----------------------------------------------------------------------

    @contextmanager
    def sequencing(self) -> Iterator[None]:
        """Hold the session-level lock that orders commits and signatures (docs/decisions/0004).

        The lock is taken together with the first unit inside, on whose session it stands, so that a lock lost
        is a unit lost. It is released when this block ends.
        """
        assert self._session is None, "a thread takes its turn once"
        with translated("taking turns to append"), self.datastore.get_connection() as connection:
            self._pinned.session = connection
            try:
                yield
            finally:
                self._pinned.session = None
                _release(connection)

    @contextmanager
    def unit(self) -> Iterator[PostgresUnit]:
        """One transaction under the head row's lock; commits when the block ends without an exception."""
        with translated("appending"), ExitStack() as stack:
            session = self._session
            connection = session or stack.enter_context(self.datastore.get_connection())
            unit = PostgresUnit(connection, sequencing=session is not None)
            try:
                yield unit
                unit.commit()
            except BaseException:
                unit.roll_back()
                raise

    def insert_events(self, stored_events: Sequence[StoredEvent], **_: Any) -> Sequence[int] | None:
        """The library's way in: each event is a leaf, whatever its bytes, and has no statement id.

        Returns the notification ids. Never retries: after an unknown outcome that could append twice.
        """
        if not stored_events:
            return None
        with self.unit() as unit:
            first = unit.head.size + 1
            leaves = [leaf_hash(event.state) for event in stored_events]
            extended = Frontier.from_bytes(unit.head.frontier).append(leaves)
            rows = [
                AppendRow(
                    str(event.originator_id), event.originator_version, event.topic, event.state, "", leaf
                )
                for event, leaf in zip(stored_events, leaves, strict=True)
            ]
            head = Head(extended.frontier.size, extended.frontier.to_bytes(), unit.head.recorded_at)
            unit.append(rows, extended.tile_nodes, head)
        return list(range(first, first + len(stored_events)))

    # --- reading ------------------------------------------------------------------------

    def head(self) -> Head:
        """The committed head, without a lock."""
        ((size, frontier, recorded_at),) = self._fetch("head")
        return Head(size, frontier, recorded_at)

    def read_entries(self, start: int, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
        """(position, entry bytes) from `start` up to the head of now, ascending, at most `limit`.

        Read page by page: entries never change, and a long transaction would hold back VACUUM.
        """
        stop = self.head().size
        if limit is not None:
            stop = min(stop, start + limit)
        for first in range(start, stop, PAGE):
            yield from self._fetch("read_entries", start=Int8(first), stop=Int8(min(first + PAGE, stop)))

    def read_leaf_hashes(self, first: int, count: int) -> Sequence[bytes]:
        """32 bytes for each of the positions first .. first + count - 1 that exist."""
        return [
            row[0] for row in self._fetch("read_leaf_hashes", start=Int8(first), stop=Int8(first + count))
        ]

    def read_nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Hashes of complete sub-trees at a stored level (8, 16, 24...), by index from the left."""
        return [
            row[0]
            for row in self._fetch(
                "read_nodes", level=Int8(level), start=Int8(first), stop=Int8(first + count)
            )
        ]

    def entry_by_statement(self, statement_id: str) -> StoredEntry | None:
        """The entry that logged the statement, or None."""
        rows = self._fetch("entry_by_statement", statement=statement_id)
        return StoredEntry(*rows[0]) if rows else None

    def entry_at(self, position: int) -> StoredEntry | None:
        """The entry with that leaf index, or None."""
        rows = self._fetch("entry_at", position=Int8(position))
        return StoredEntry(*rows[0]) if rows else None

    def stream(self, originator_id: str, after: int = 0) -> Sequence[StoredEntry]:
        """The entries of one stream after version `after`, ascending."""
        rows = self._fetch("select_events", originator=originator_id, gt=after, lte=None, limit=None)
        return [StoredEntry(position, *row) for *row, position in rows]

    def disclosures_of(self, positions: Collection[int]) -> Sequence[tuple[int, str, str | None]]:
        """(position, digest, content) of the entries at `positions`; no content: a decoy, or erased."""
        return self._fetch("disclosures_of", positions=Bigints(positions))

    def select_events(
        self,
        originator_id: UUID | str,
        *,
        gt: int | None = None,
        lte: int | None = None,
        desc: bool = False,
        limit: int | None = None,
    ) -> Sequence[StoredEvent]:
        """The library's reading of one stream, each event with its position."""
        query = "select_events_newest_first" if desc else "select_events"
        rows = self._fetch(query, originator=str(originator_id), gt=gt, lte=lte, limit=limit)
        return [LoggedEvent(*row) for row in rows]

    def _fetch(self, name: str, **parameters: Any) -> list[tuple[Any, ...]]:
        with translated("reading"), self.datastore.get_connection() as connection:
            return execute(connection, name, parameters).fetchall()

    @property
    def _session(self) -> Connection | None:
        return getattr(self._pinned, "session", None)


def _release(session: Connection) -> None:
    try:
        # All of them: a lock taken twice on one session would need to be released twice.
        session.execute("SELECT pg_advisory_unlock_all()", prepare=True)
    except psycopg.Error:
        # Never back into the pool with the lock held: the end of the session ends the lock.
        session.close()
