"""Reads the log's tables for the auditor, from one snapshot, as they are stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8

from ledger.ports import AuditPage, BytesPage, EntryRow, Head, StoredEntry, TreeNode

from .errors import translated
from .statements import named_statements

QUERIES = named_statements(Path(__file__).parent / "sql" / "audit.sql")


class PostgresAuditSource:
    """`AuditSource` on one connection; made by `audit_source`."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def head(self) -> Head:
        return Head(*self._read("head")[0])

    def bytes_page(self, start: int, stop: int) -> BytesPage:
        bounds = {"start": Int8(start), "stop": Int8(stop)}
        return BytesPage(self._read("states", bounds), self._read("leaves", bounds))

    def page(self, start: int, stop: int) -> AuditPage:
        bounds = {"start": Int8(start), "stop": Int8(stop)}
        events = [StoredEntry._make(row) for row in self._read("events", bounds)]
        entries = [EntryRow._make(row) for row in self._read("entries", bounds)]
        return AuditPage(events, entries)

    def disclosures(self, start: int, stop: int) -> list[tuple[int, str, str | None]]:
        return self._read("disclosures", {"start": Int8(start), "stop": Int8(stop)})

    def keys(self) -> list[tuple[int, str, str]]:
        return self._read("keys")

    def nodes(self) -> list[TreeNode]:
        return self._read("nodes")

    def beyond(self, size: int) -> str | None:
        rows = self._read("beyond", {"size": Int8(size)})
        return rows[0][0] if rows else None

    def _read(self, name: str, parameters: dict[str, Any] | None = None) -> list[Any]:
        with translated("reading the log"):
            return self._connection.execute(QUERIES[name], parameters, binary=True).fetchall()


@contextmanager
def audit_source(url: str) -> Iterator[PostgresAuditSource]:
    """All tables as of one moment, whatever is appended meanwhile. Raises `StoreUnavailable`."""
    with translated("reading the log"), psycopg.connect(url, row_factory=tuple_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield PostgresAuditSource(connection)
