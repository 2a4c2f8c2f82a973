"""Reading the log and its side tables for the views: positions, entries, statement ids, disclosures.

The tables are those of the store (ledger/store/sql); only SELECTs here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.core.statement import Recorded, read_recorded

Conn = Connection[Any]

_BATCH = """
    SELECT notification_id - 1, state FROM ledger_event
    WHERE notification_id > %s AND notification_id <= %s ORDER BY notification_id
"""
_AT = """
    SELECT notification_id - 1, state FROM ledger_event
    WHERE notification_id = ANY(%s) ORDER BY notification_id
"""
_POSITIONS = "SELECT position FROM ledger_entry WHERE statement_id = ANY(%s) AND position < %s"
_DISCLOSURES = "SELECT position, content FROM disclosure WHERE position = ANY(%s) AND content IS NOT NULL"


def log_size(conn: Conn) -> int:
    """Number of entries in the log."""
    row = conn.cursor(row_factory=tuple_row).execute("SELECT size FROM ledger_head").fetchone()
    return row[0] if row else 0


def read_batch(conn: Conn, start: int, limit: int) -> list[tuple[int, bytes]]:
    """(position, entry bytes) of the entries start..start+limit-1 that exist; positions are dense."""
    return conn.cursor(row_factory=tuple_row, binary=True).execute(_BATCH, (start, start + limit)).fetchall()


def read_batches(conn: Conn, start: int, end: int, limit: int) -> Iterator[list[tuple[int, bytes]]]:
    """The entries start..end-1 in batches."""
    while start < end:
        batch = read_batch(conn, start, min(limit, end - start))
        if not batch:
            return
        yield batch
        start += len(batch)


def recorded_at_positions(conn: Conn, positions: Collection[int]) -> list[Recorded]:
    """The statements at these positions, ascending; one query."""
    if not positions:
        return []
    ids = [position + 1 for position in positions]
    entries = conn.cursor(row_factory=tuple_row, binary=True).execute(_AT, (ids,))
    return [read_recorded(position, bytes(state)) for position, state in entries]


def positions_of(conn: Conn, statement_ids: Iterable[str], size: int) -> list[int]:
    """Positions before `size` of these statements; unknown and later ones are left out."""
    ids = list(statement_ids)
    if not ids:
        return []
    rows = conn.cursor(row_factory=tuple_row).execute(_POSITIONS, (ids, size))
    return [row[0] for row in rows]


def disclosures_at(conn: Conn, positions: Collection[int]) -> dict[int, list[str]]:
    """Held disclosure texts by position; decoys and erased ones have no content and are left out."""
    held: dict[int, list[str]] = {}
    if positions:
        rows = conn.cursor(row_factory=tuple_row).execute(_DISCLOSURES, (list(positions),))
        for position, content in rows:
            held.setdefault(position, []).append(content)
    return held
