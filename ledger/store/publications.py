"""The record of what was published, in the database: `ports.Publications`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg.rows import tuple_row
from psycopg.types.numeric import Int8

from ledger.ports import Publication

from .errors import translated
from .statements import named_statements
from .turns import end_turn

QUERIES = named_statements(Path(__file__).parent / "sql" / "publication.sql")
# Any number will do, as long as no other advisory lock of the ledger has it ("publ" in ASCII).
PUBLISHING_LOCK = Int8(0x7075626C)
PAGE = 1000


class PostgresTurn:
    """`ports.PublishingTurn` on the session that holds the lock: when it is lost, so is the turn."""

    def __init__(self, connection: psycopg.Connection[tuple[Any, ...]]) -> None:
        self._connection = connection

    def newest(self) -> Publication | None:
        """The largest tree whose checkpoint was put."""
        return self._one("newest")

    def unfinished(self) -> Publication | None:
        """The one that was begun and not finished."""
        return self._one("unfinished")

    def begin(self, publication: Publication) -> None:
        """Record what is published next; durable on return."""
        size, root, note = publication
        self._run("begin", {"size": Int8(size), "root": root, "note": note})

    def finish(self, size: int) -> None:
        """Record that its checkpoint was put."""
        done = self._run("finish", {"size": Int8(size)})
        assert done.rowcount == 1, f"publication {size} was begun before it is finished"

    def all(self) -> Iterator[Publication]:
        """Every finished one, ascending."""
        last = 0
        while page := self._run("after", {"size": Int8(last), "limit": Int8(PAGE)}).fetchall():
            yield from (Publication._make(row) for row in page)
            last = page[-1][0]

    def lock(self) -> bool:
        """Take the turn if nobody has it; it ends with the session."""
        row = self._run("lock", {"key": PUBLISHING_LOCK}).fetchone()
        return bool(row and row[0])

    def _one(self, name: str) -> Publication | None:
        row = self._run(name).fetchone()
        return None if row is None else Publication._make(row)

    def _run(self, name: str, parameters: dict[str, Any] | None = None) -> psycopg.Cursor[tuple[Any, ...]]:
        with translated("publishing"):
            return self._connection.execute(QUERIES[name], parameters, binary=True)


class PostgresPublications:
    """`ports.Publications` in the database at `url`."""

    def __init__(self, url: str) -> None:
        self._url = url

    @contextmanager
    def turn(self) -> Iterator[PostgresTurn | None]:
        """This process's turn, held on a session of its own; None while another process has it."""
        with self._session() as session:
            yield session if session.lock() else None

    def newest(self) -> Publication | None:
        """The largest tree whose checkpoint was put."""
        with self._session() as session:
            return session.newest()

    @contextmanager
    def _session(self) -> Iterator[PostgresTurn]:
        with translated("publishing"):
            connection = psycopg.connect(self._url, autocommit=True, row_factory=tuple_row)
        try:
            yield PostgresTurn(connection)
        finally:
            end_turn(connection)


def first_covering(conn: psycopg.Connection[Any], index: int) -> Publication | None:
    """The smallest published tree that holds the entry at `index`."""
    cursor = conn.cursor(row_factory=tuple_row, binary=True)
    row = cursor.execute(QUERIES["covering"], {"index": Int8(index)}).fetchone()
    return None if row is None else Publication._make(row)
