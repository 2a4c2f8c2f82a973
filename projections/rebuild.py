"""Makes a view anew beside the one that serves, then swaps: readers see the old rows until the new are
complete.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import tuple_row

from ledger.core.refusal import LedgerError
from projections import schema, source
from projections.row import View
from projections.runner import BATCH, Poisoned, Taken, copy_rows, take_in
from projections.statements import statements

# Tables are made under their own names in this schema, so the same SQL file serves, and moved over at the
# end.
BESIDE = "evidence_rebuild"
_SQL = statements("reading")
_LOCK = 0x72_65_62_64


class RebuildRunning(LedgerError):
    """Another process is rebuilding views of this database."""

    def __init__(self) -> None:
        super().__init__("another rebuild is running on this database", "wait for it to end, then try again")


@dataclass(frozen=True, slots=True)
class Progress:
    """`done` of `total` entries are in the new tables; `seconds` since the start."""

    done: int
    total: int
    seconds: float

    @property
    def rate(self) -> float:
        """Entries a second."""
        return self.done / self.seconds if self.seconds else 0.0


def rebuild(
    url: str, views: Sequence[View], progress: Callable[[Progress], None] = lambda _: None, batch: int = BATCH
) -> Progress:
    """Rebuild `views` from the log, each entry decoded once for all of them; the last progress is returned.

    Raises `Poisoned` at an entry a view cannot take in and `RebuildRunning`; in both cases, as when the
    process is killed, what serves stays as it was.
    """
    with _connection(url) as conn, psycopg.connect(url, autocommit=True) as log:
        schema.install(conn, views)
        _make_beside(conn, views)
        try:
            return _Rebuild(conn, log, views, progress, batch).run()
        finally:
            conn.execute(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE")


class _Rebuild:
    def __init__(
        self,
        conn: Connection[Any],
        log: Connection[Any],
        views: Sequence[View],
        progress: Callable[[Progress], None],
        batch: int,
    ) -> None:
        self._conn, self._log, self._views = conn, log, views
        self._progress, self._batch = progress, batch
        self._started, self._done = time.monotonic(), 0

    def run(self) -> Progress:
        self._take_in(source.log_size(self._conn))
        for view in self._views:
            self._make_indexes(view)
        with self._conn.transaction():
            self._swap()
        return self._report(self._done)

    def _take_in(self, end: int) -> None:
        """Copy the entries up to `end`; while the server takes in one batch, the next is read and decoded."""
        with ThreadPoolExecutor(1) as writer:
            written: Future[None] | None = None
            for entries in source.read_batches(self._log, self._done, end, self._batch):
                taken = take_in(self._views, entries)
                if written:
                    written.result()
                written = writer.submit(self._write, self._done, taken)
                self._done += len(entries)
                self._progress(self._report(end))
            if written:
                written.result()

    def _write(self, start: int, taken: Sequence[Taken]) -> None:
        with self._conn.transaction():
            for view, one in zip(self._views, taken, strict=True):
                if one.error:
                    raise Poisoned(view.name, start + one.count, one.error)
                copy_rows(self._conn, view, one.rows, BESIDE)

    def _make_indexes(self, view: View) -> None:
        with self._conn.transaction():
            self._conn.execute(f"SET LOCAL search_path = {BESIDE}")
            for statement in view.statements()[1]:
                self._conn.execute(statement)

    def _swap(self) -> None:
        """Hold the runners off, take in what came meanwhile, put the new tables in the place of the old."""
        names = [schema.tracking_name(view) for view in self._views]
        self._conn.execute(_SQL["hold"], (names,))
        self._take_in(source.log_size(self._conn))
        for view in self._views:
            self._conn.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(view.table)))
            self._conn.execute(_move(self._conn, view))
            self._conn.execute("DELETE FROM projection_failure WHERE view = %s", (view.name,))
            self._conn.execute(
                "UPDATE projection_version SET version = %s WHERE view = %s", (view.version, view.name)
            )
        self._conn.execute(
            "UPDATE notification_tracking SET notification_id = %s WHERE application_name = ANY(%s)",
            (self._done, names),
        )

    def _report(self, total: int) -> Progress:
        return Progress(self._done, total, time.monotonic() - self._started)


@contextmanager
def _connection(url: str) -> Iterator[Connection[Any]]:
    with psycopg.connect(url, autocommit=True, row_factory=tuple_row) as conn:
        # Whatever a crash loses here is made again from the log.
        conn.execute("SET synchronous_commit = off")
        conn.execute("SET maintenance_work_mem = '128MB'")
        row = conn.execute("SELECT pg_try_advisory_lock(%s)", (_LOCK,)).fetchone()
        if row is None or not row[0]:
            raise RebuildRunning
        try:
            yield conn
        finally:
            # By itself the server notices some time later that the session has ended.
            with suppress(psycopg.Error):
                conn.execute("SELECT pg_advisory_unlock(%s)", (_LOCK,))


def _move(conn: Connection[Any], view: View) -> sql.Composed:
    """The statement that brings the finished table, with its indexes, to where the old one was."""
    row = conn.execute("SELECT current_schema()").fetchone()
    assert row is not None
    names = (sql.Identifier(BESIDE, view.table), sql.Identifier(row[0]))
    return sql.SQL("ALTER TABLE {} SET SCHEMA {}").format(*names)


def _make_beside(conn: Connection[Any], views: Sequence[View]) -> None:
    """Empty tables without indexes; leftovers of a killed rebuild go first."""
    with conn.transaction():
        conn.execute(f"DROP SCHEMA IF EXISTS {BESIDE} CASCADE")
        conn.execute(f"CREATE SCHEMA {BESIDE}")
        conn.execute(f"SET LOCAL search_path = {BESIDE}")
        for view in views:
            conn.execute(view.statements()[0])
