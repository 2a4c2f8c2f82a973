"""One transaction under the head row's lock: read what a batch needs, append it, move the head.

A round trip costs more than most statements, so there are two: BEGIN, lock and load in one pipeline, then one
statement that inserts everything with COMMIT behind it. Errors of the driver are let through; the recorder
translates them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path
from typing import Any

import psycopg
from psycopg.pq import TransactionStatus
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8

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

from .arrays import Bigints, Byteas, Smallints, Texts
from .errors import is_lost
from .statements import named_statements

QUERIES = named_statements(Path(__file__).parent / "sql" / "queries.sql")
# Any number will do, as long as no other advisory lock of the ledger has it ("sequ" in ASCII).
SEQUENCING_LOCK = Int8(0x73657175)

Connection = psycopg.Connection[Any]
Cursor = psycopg.Cursor[tuple[Any, ...]]


def execute(connection: Connection, name: str, parameters: Mapping[str, Any] | None = None) -> Cursor:
    """Run a statement of queries.sql, prepared, with binary results in tuples."""
    cursor = connection.cursor(row_factory=tuple_row, binary=True)
    return cursor.execute(QUERIES[name], parameters, prepare=True)


class PostgresUnit:
    """The unit of work of `ports.Unit` on one connection in autocommit mode.

    Begins with the first thing asked of it: `load` before `head` saves a round trip. `sequencing` takes the
    session's lock on the way.
    """

    def __init__(self, connection: Connection, *, sequencing: bool = False) -> None:
        self._connection = connection
        self._sequencing = sequencing
        self._head: Head | None = None
        self._batch: dict[str, Any] | None = None

    @property
    def has_begun(self) -> bool:
        """Whether the transaction is open and the head row locked."""
        return self._head is not None

    @property
    def head(self) -> Head:
        """The head as it is in this transaction, after `append` the new one."""
        if self._head is None:
            with self._connection.pipeline():
                begun = self._send_begin()
            self._head = _one_head(begun)
        return self._head

    def load(
        self,
        originators: Mapping[str, int],
        statements: Collection[str],
        keys: Collection[str],
        digests: Collection[str],
    ) -> Loaded:
        """See `ports.Unit.load`. Entries appended in this unit are not in it: the caller has them."""
        with self._connection.pipeline():
            begun = None if self.has_begun else self._send_begin()
            parameters = {
                "originators": Texts(originators),
                "versions": Bigints(originators.values()),
                "statements": Texts(statements),
                "keys": Texts(keys),
                "digests": Texts(digests),
            }
            cursor = execute(self._connection, "load", parameters)
        # Behind the pipeline's end, where all answers are there: within it each is waited for.
        if begun is not None:
            self._head = _one_head(begun)
        return _loaded(cursor.fetchall())

    def newest_index(self) -> bytes | None:
        """See `ports.Unit.newest_index`."""
        assert self.has_begun, "read under the head lock"
        rows = execute(self._connection, "newest_index").fetchall()
        return rows[0][0] if rows else None

    def _send_begin(self) -> Cursor:
        if self._sequencing:
            execute(self._connection, "lock_sequencing", {"key": SEQUENCING_LOCK})
        execute(self._connection, "begin")
        return execute(self._connection, "lock_head")

    def append(self, rows: Sequence[AppendRow], nodes: Sequence[TreeNode], head: Head) -> None:
        """See `ports.Unit.append`; once in a unit. Sent with COMMIT, so conflicts are raised at its end."""
        before = self.head
        assert self._batch is None, "a batch is appended as a whole"
        assert head.size == before.size + len(rows), "the head moves by as many entries as are appended"
        placed = list(enumerate(rows, before.size))
        self._batch = {
            "first": Int8(before.size),
            "size": Int8(head.size),
            "frontier": head.frontier,
            "recorded_at": head.recorded_at,
            **_entry_columns(rows),
            **_node_columns(nodes),
            **_key_columns([(key, party, at) for at, row in placed for key, party in row.keys]),
            **_disclosure_columns(
                [(digest, text, at) for at, row in placed for digest, text in row.disclosures]
            ),
        }
        self._head = head

    def commit(self) -> None:
        """Send what was appended, and COMMIT, and return once it is durable.

        Raises `CommitOutcomeUnknown` when the connection was lost with the answer outstanding.
        """
        if not self.has_begun:
            return
        try:
            with self._connection.pipeline():
                if self._batch is not None:
                    execute(self._connection, "append", self._batch)
                committed = execute(self._connection, "commit")
        except psycopg.OperationalError as error:
            if self._batch is not None and is_lost(self._connection):
                raise CommitOutcomeUnknown(
                    "The connection to the database was lost while a batch was being committed.",
                    "read its statement ids back before answering or signing anything",
                ) from error
            raise
        assert committed.statusmessage == "COMMIT", "a failed transaction raises before its COMMIT"

    def roll_back(self) -> None:
        """Undo everything; a lost connection has already done so."""
        if self._connection.info.transaction_status == TransactionStatus.IDLE:
            return
        with contextlib.suppress(psycopg.Error):
            self._connection.execute("ROLLBACK")


def _one_head(cursor: Cursor) -> Head:
    ((size, frontier, recorded_at),) = cursor.fetchall()
    return Head(size, frontier, recorded_at)


def _loaded(rows: list[tuple[Any, ...]]) -> Loaded:
    events, statements, keys, digests = [], {}, {}, set()
    for what, position, originator_id, version, name, state in rows:
        if what == "e":
            events.append(StoredEntry(position, originator_id, version, name, state))
        elif what == "s":
            statements[name] = StatementPosition(position, originator_id)
        elif what == "k":
            keys[name] = originator_id
        else:
            digests.add(name)
    return Loaded(events, statements, keys, digests)


def _entry_columns(rows: Sequence[AppendRow]) -> dict[str, object]:
    return {
        "originators": Texts(row.originator_id for row in rows),
        "versions": Bigints(row.originator_version for row in rows),
        "topics": Texts(row.topic for row in rows),
        "states": Byteas(row.state for row in rows),
        # "" stands for an event that is no statement; see `PostgresLedgerRecorder.insert_events`.
        "statements": Texts(row.statement_id or None for row in rows),
        "leaves": Byteas(row.leaf_hash for row in rows),
    }


def _node_columns(nodes: Sequence[TreeNode]) -> dict[str, object]:
    stored = [node for node in nodes if node[0] and node[0] % TILE_LEVELS == 0]
    return {
        "levels": Smallints(level for level, _, _ in stored),
        "indexes": Bigints(index for _, index, _ in stored),
        "hashes": Byteas(node for _, _, node in stored),
    }


def _key_columns(keys: Sequence[tuple[str, str, int]]) -> dict[str, object]:
    return {
        "keys": Texts(key for key, _, _ in keys),
        "parties": Texts(party for _, party, _ in keys),
        "key_positions": Bigints(position for _, _, position in keys),
    }


def _disclosure_columns(disclosures: Sequence[tuple[str, str | None, int]]) -> dict[str, object]:
    return {
        "digests": Texts(digest for digest, _, _ in disclosures),
        "contents": Texts(content for _, content, _ in disclosures),
        "digest_positions": Bigints(position for _, _, position in disclosures),
    }
