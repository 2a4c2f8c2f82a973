"""One transaction under the head row's lock: read what a batch needs, append it, move the head.

As few round trips as a safe append allows: BEGIN with the lock, the load, and all inserts with COMMIT, each one
pipeline. Errors of the driver are let through; the recorder translates them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row

from ledger.core.merkle import TILE_LEVELS
from ledger.ports import (
    AppendRow,
    CommitOutcomeUnknown,
    Head,
    Loaded,
    StatementPosition,
    StoredEntry,
    TreeNode,
)

from .errors import is_lost
from .statements import named_statements

QUERIES = named_statements(Path(__file__).parent / "sql" / "queries.sql")

Connection = psycopg.Connection[Any]


class PostgresUnit:
    """The unit of work of `ports.Unit` on one connection in autocommit mode."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._head: Head | None = None
        self._appended: list[tuple[str, dict[str, Any]]] = []

    @property
    def head(self) -> Head:
        """The head as it is in this transaction."""
        assert self._head is not None, "the unit has begun"
        return self._head

    def begin(self) -> None:
        """Open the transaction and lock the head row; waits for the transaction that holds it."""
        with self._connection.pipeline():
            self._connection.execute("BEGIN")
            cursor = self._execute("lock_head")
            row = cursor.fetchone()
        assert row is not None, "every ledger has its head row"
        self._head = Head(*row)

    def load(
        self,
        originators: Mapping[str, int],
        statements: Collection[str],
        keys: Collection[str],
        digests: Collection[str],
    ) -> Loaded:
        """See `ports.Unit.load`. Entries appended in this unit are not in it: the caller has them."""
        asked = {"statements": list(statements)}
        streams = {"originators": list(originators), "versions": list(originators.values())}
        with self._connection.pipeline():
            events = self._execute("load_events", streams | asked)
            positions = self._execute("load_statements", asked)
            parties = self._execute("load_keys", {"keys": list(keys)})
            taken = self._execute("load_digests", {"digests": list(digests)})
            return Loaded(
                events=[StoredEntry(*row) for row in events],
                statements={row[0]: StatementPosition(row[1], row[2]) for row in positions},
                keys=dict(parties.fetchall()),
                digests={row[0] for row in taken},
            )

    def append(self, rows: Sequence[AppendRow], nodes: Sequence[TreeNode], head: Head) -> None:
        """See `ports.Unit.append`. Sent with COMMIT at the end of the unit; conflicts are raised there."""
        assert head.size == self.head.size + len(rows), "the head moves by as many entries as are appended"
        self._append_entries(rows)
        self._append_side_rows(rows, nodes)
        self._appended.append(("move_head", head._asdict()))
        self._head = head

    def _append_entries(self, rows: Sequence[AppendRow]) -> None:
        if not rows:
            return
        originators = [row.originator_id for row in rows]
        common = {
            "first": self.head.size,
            "originators": originators,
            "versions": [row.originator_version for row in rows],
        }
        events = {"topics": [row.topic for row in rows], "states": [row.state for row in rows]}
        # "" stands for an event that is no statement; see `PostgresLedgerRecorder.insert_events`.
        entries = {
            "statements": [row.statement_id or None for row in rows],
            "leaves": [row.leaf_hash for row in rows],
        }
        self._appended += [("append_events", common | events), ("append_entries", common | entries)]

    def _append_side_rows(self, rows: Sequence[AppendRow], nodes: Sequence[TreeNode]) -> None:
        placed = list(enumerate(rows, self.head.size))
        self._insert(
            "append_keys",
            ("keys", "parties", "positions"),
            [(key, party, position) for position, row in placed for key, party in row.keys],
        )
        self._insert(
            "append_disclosures",
            ("digests", "contents", "positions"),
            [(digest, content, position) for position, row in placed for digest, content in row.disclosures],
        )
        stored = [node for node in nodes if node[0] and node[0] % TILE_LEVELS == 0]
        self._insert("append_nodes", ("levels", "indexes", "hashes"), stored)

    def _insert(self, name: str, columns: tuple[str, ...], rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            values = (list(column) for column in zip(*rows, strict=True))
            self._appended.append((name, dict(zip(columns, values, strict=True))))

    def commit(self) -> None:
        """Send what was appended, and COMMIT, and return once it is durable.

        Raises `CommitOutcomeUnknown` when the connection was lost with the answer outstanding.
        """
        try:
            with self._connection.pipeline():
                for name, parameters in self._appended:
                    self._execute(name, parameters)
                if self._appended:
                    self._execute("notify")
                committed = self._connection.execute("COMMIT")
        except psycopg.OperationalError as error:
            if self._appended and is_lost(self._connection):
                raise CommitOutcomeUnknown(
                    "The connection to the database was lost while a batch was being committed.",
                    "read its statement ids back before answering or signing anything",
                ) from error
            raise
        assert committed.statusmessage == "COMMIT", "a failed transaction raises before its COMMIT"

    def roll_back(self) -> None:
        """Undo everything; a lost connection has already done so."""
        with contextlib.suppress(psycopg.Error):
            self._connection.execute("ROLLBACK")

    def _execute(
        self, name: str, parameters: dict[str, Any] | None = None
    ) -> psycopg.Cursor[tuple[Any, ...]]:
        cursor = self._connection.cursor(row_factory=tuple_row, binary=True)
        return cursor.execute(QUERIES[name], parameters, prepare=name != "notify")
