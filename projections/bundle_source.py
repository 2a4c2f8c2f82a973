"""What bundles are made of, read from one database within one snapshot (`ledger.bundles.BundleSource`)."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.bundles import Indexed
from ledger.core.index import KeyProof
from ledger.domain.names import LEDGER
from projections import index_trie
from projections.statements import statements

_SQL = statements("bundle_source")
_POSITIONS = "SELECT position FROM view_index WHERE key = %s AND position < %s ORDER BY position"
_FIND = "SELECT statement_id, position FROM ledger_entry WHERE statement_id = ANY(%s)"
_TERMS = "SELECT position FROM ledger_entry WHERE originator_id = %s AND position < %s ORDER BY position"
_DISCLOSURES = "SELECT position, content FROM disclosure WHERE position = ANY(%s) AND content IS NOT NULL"
_LEAVES = "SELECT leaf_hash FROM ledger_entry WHERE position >= %s AND position < %s ORDER BY position"


class Snapshot:
    """A `BundleSource` over a connection whose transaction sees one state of the log throughout."""

    def __init__(self, conn: Connection[Any]) -> None:
        self._conn = conn

    def published_index(self, size: int) -> Indexed | None:
        found = index_trie.newest_published(self._conn, size)
        return None if found is None else Indexed(found.position, found.head.size)

    def positions(self, key: str, size: int) -> Sequence[int]:
        return [row[0] for row in self._rows(_POSITIONS, key, size)]

    def prove(self, keys: Sequence[str], size: int) -> Sequence[KeyProof]:
        tree = index_trie.load(self._conn, size, keys) if keys else None
        return [] if tree is None else [tree.prove(key) for key in keys]

    def find(self, statements: Collection[str]) -> Mapping[str, int]:
        return dict(self._rows(_FIND, list(statements)))

    def terms(self, size: int) -> Sequence[int]:
        return [row[0] for row in self._rows(_TERMS, LEDGER, size)]

    def changes(self, statements: Collection[str], size: int) -> Sequence[int]:
        return [
            row[0] for row in self._rows(_SQL["changes"], [f"statement:{one}" for one in statements], size)
        ]

    def entries(self, positions: Sequence[int]) -> Iterator[tuple[int, bytes]]:
        yield from self._rows(_SQL["entries"], [position + 1 for position in positions])

    def disclosures(self, positions: Sequence[int]) -> Mapping[int, Sequence[str]]:
        found: dict[int, list[str]] = {}
        for position, content in self._rows(_DISCLOSURES, list(positions)):
            found.setdefault(position, []).append(content)
        return found

    def node(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return [row[0] for row in self._rows(_LEAVES, first, first + count)]
        return [row[0] for row in self._rows(_SQL["nodes"], level, first, first + count)]

    def _rows(self, query: str, *parameters: object) -> list[Any]:
        return self._conn.cursor(row_factory=tuple_row, binary=True).execute(query, parameters).fetchall()
