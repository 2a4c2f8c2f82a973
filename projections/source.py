"""Reading the log for the views, and decoding it fast.

The tables are those of the store (ledger/store/sql); only SELECTs here.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import msgspec
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.core.statement import Recorded, build_statement
from projections.statements import statements

Conn = Connection[Any]
_SQL = statements("reading")


class _Signature(msgspec.Struct):
    keyid: str


class _Envelope(msgspec.Struct):
    payload: bytes
    signatures: list[_Signature]


class _Entry(msgspec.Struct):
    envelope: _Envelope
    recordedAt: str  # noqa: N815 (the entry's own member)


_entry = msgspec.json.Decoder(_Entry)
_payload = msgspec.json.Decoder()


def read_entry(position: int, data: bytes) -> Recorded:
    """`ledger.core.statement.read_recorded`, the same values in half the time: the core has only the standard
    library.

    For entries of the log, which have been judged before; raises ValueError for bytes that are none.
    """
    entry = _entry.decode(data)
    payload = entry.envelope.payload
    statement = build_statement(payload, _payload.decode(payload))
    return Recorded(
        position, entry.recordedAt, statement, tuple([one.keyid for one in entry.envelope.signatures])
    )


def log_size(conn: Conn) -> int:
    """Number of entries in the log."""
    row = conn.cursor(row_factory=tuple_row).execute(_SQL["head"]).fetchone()
    return row[0] if row else 0


def read_batch(conn: Conn, start: int, limit: int) -> list[tuple[int, bytes]]:
    """(position, entry bytes) of the entries start..start+limit-1 that exist; positions are dense."""
    return (
        conn.cursor(row_factory=tuple_row, binary=True)
        .execute(_SQL["batch"], (start, start + limit))
        .fetchall()
    )


def read_batches(conn: Conn, start: int, end: int, limit: int) -> Iterator[list[tuple[int, bytes]]]:
    """The entries start..end-1 in batches, each read while the caller works on the one before it; `conn` is
    not used by anybody else meanwhile.
    """
    with ThreadPoolExecutor(1) as reader:

        def ask() -> Future[list[tuple[int, bytes]]]:
            return reader.submit(read_batch, conn, start, min(limit, end - start))

        coming = ask() if start < end else None
        while coming is not None and (batch := coming.result()):
            start += len(batch)
            coming = ask() if start < end else None
            yield batch
