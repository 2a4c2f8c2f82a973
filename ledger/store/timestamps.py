"""Replies of time-stamping authorities, in the database: `ports.TimeStamps`, and how bundles read them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, overload

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.numeric import Float8, Int8

from ledger.bundles import TimeStamped
from ledger.ports import Publication, TimeStamp

from .errors import translated
from .statements import named_statements
from .turns import end_turn

QUERIES = named_statements(Path(__file__).parent / "sql" / "time_stamps.sql")
# Any number will do, as long as no other advisory lock of the ledger has it ("stam" in ASCII).
STAMPING_LOCK = Int8(0x7374616D)

Connection = psycopg.Connection[tuple[Any, ...]]


class Dated(NamedTuple):
    """A kept reply, and the checkpoint note that it dates."""

    stamp: TimeStamp
    note: str


class PostgresStampingTurn:
    """`ports.StampingTurn` on the session that holds the lock: when it is lost, so is the turn."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def due(self, authority: str, seconds: float) -> Publication | None:
        """The newest publication, if this authority has not dated it, nor any for so many seconds."""
        row = self._run("due", {"authority": authority, "seconds": Float8(seconds)}).fetchone()
        return None if row is None else Publication._make(row)

    def keep(self, stamp: TimeStamp) -> None:
        """Keep a reply; durable on return."""
        self._run("keep", stamp._asdict() | {"size": Int8(stamp.size)})

    def lock(self) -> bool:
        """Take the turn if nobody has it; it ends with the session."""
        row = self._run("lock", {"key": STAMPING_LOCK}).fetchone()
        return bool(row and row[0])

    def _run(self, name: str, parameters: dict[str, Any]) -> psycopg.Cursor[tuple[Any, ...]]:
        with translated("keeping time-stamps"):
            return self._connection.execute(QUERIES[name], parameters, binary=True)


class PostgresTimeStamps:
    """`ports.TimeStamps` in the database at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def turn(self) -> Iterator[PostgresStampingTurn | None]:
        """This process's turn, held on a session of its own; None while another process has it."""
        with translated("keeping time-stamps"):
            connection = psycopg.connect(self._url, autocommit=True, row_factory=tuple_row)
        try:
            turn = PostgresStampingTurn(connection)
            yield turn if turn.lock() else None
        finally:
            end_turn(connection)


class _Replies(Sequence[bytes]):
    """The replies over one checkpoint, read when they are asked for: a bundle needs few of many."""

    def __init__(self, conn: Connection, size: int) -> None:
        self._conn = conn
        self._size = size

    @overload
    def __getitem__(self, at: int) -> bytes: ...
    @overload
    def __getitem__(self, at: slice) -> Sequence[bytes]: ...
    def __getitem__(self, at: int | slice) -> bytes | Sequence[bytes]:
        rows = self._conn.execute(QUERIES["replies"], {"size": Int8(self._size)}, binary=True).fetchall()
        return [bytes(reply) for (reply,) in rows][at]

    def __len__(self) -> int:
        return len(self[:])


def stamped(conn: Connection) -> Iterable[TimeStamped]:
    """Every dated checkpoint, ascending; valid while the snapshot of `conn` is."""
    rows = conn.execute(QUERIES["notes"]).fetchall()
    return [TimeStamped(note, _Replies(conn, size)) for note, size in rows]


def covering(conn: Connection, index: int, limit: int) -> list[Dated]:
    """The first `limit` replies over trees that hold the entry at `index`, the smallest trees first."""
    parameters = {"index": Int8(index), "limit": Int8(limit)}
    rows = conn.execute(QUERIES["covering"], parameters, binary=True).fetchall()
    return [Dated(TimeStamp(*row[:4]), row[4]) for row in rows]
