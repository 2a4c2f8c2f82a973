"""Keeps the views up with the log: batches, rows by COPY and the tracking row in one transaction, so exactly
once.

The library's `ProjectionRunner` takes one transaction an event and ends at the first error. This one keeps
its tracking table and its meaning (docs/decisions/0005), decodes each entry once for all views that stand at
the same position, and never ends by itself: an entry that a view cannot take in stops that view alone, is
written down with its position, and is tried again with growing pauses, as is everything the database refuses.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import tuple_row

from ledger.core.refusal import LedgerError
from projections import disclosed, schema, search, source
from projections.row import Row, Tracked, View, copy_lines
from projections.statements import statements

log = logging.getLogger("projections.runner")

Stored = tuple[int, bytes]
"""(position, entry bytes)."""

BATCH = 5_000
IDLE_SECONDS = 0.025
# What projecting takes is taken from appending on the same machine. After a batch it rests nine times as long
# as it worked, so that under load a few large batches are made, and readers are this far behind at most.
REST = 9.0
LONGEST_REST = 0.25  # seconds
STANDBY_SECONDS = 0.5  # until the next look whether the runner that projects is gone
FIRST_PAUSE = 0.1
LONGEST_PAUSE = 10.0

# Any number will do, as long as no other advisory lock of the ledger has it ("proj" in ASCII).
LEADING = 0x70_72_6F_6A
_SQL = statements("runner")


class Poisoned(LedgerError):
    """A view could not take in the entry at `position`."""

    def __init__(self, view: str, position: int, error: Exception) -> None:
        super().__init__(
            f"view {view} cannot take in entry {position}: {type(error).__name__}: {error}",
            "report this as a defect with the entry; the view goes on by itself once it can read it",
        )
        self.view, self.position = view, position


class Runner:
    """Projects the log of one database into `views`. One thread uses it; any number of runners share a
    database: one of those that run for ever projects, the others stand by and do so when they are woken.
    """

    def __init__(
        self, url: str, views: Sequence[View], *, batch: int = BATCH, idle: float = IDLE_SECONDS
    ) -> None:
        """With the view that is searched, the words of the disclosures are kept up, too."""
        self.url, self._views, self._batch, self._idle = url, tuple(views), batch, idle
        self._names = {schema.tracking_name(view): view for view in self._views}
        self._words = disclosed.Keeper() if search.TABLE in self._views else None
        self._conn: Connection[Any] | None = None
        self._resting: dict[str, float] = {}
        self._woken = threading.Event()
        self.leads = False  # whether it projects unasked; until its session ends
        self._full = False
        self.trouble: str | None = None

    def run_forever(self, stop: threading.Event) -> None:
        """Project until `stop` is set. Any error is logged, kept in `trouble` and followed by a growing
        pause.
        """
        pause = FIRST_PAUSE
        while not stop.is_set():
            try:
                rest = self._turn()
            except Exception as error:
                self._note(error)
                stop.wait(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            self.trouble, pause = None, FIRST_PAUSE
            self._woken.wait(rest)
        self.close()

    def _turn(self) -> float:
        """One batch, if it is ours to make; seconds until the next one, unless woken."""
        woken = self._woken.is_set()
        self._woken.clear()
        if not (woken or self._is_leader()):
            return STANDBY_SECONDS
        started = time.monotonic()
        taken = self._take_in_views()
        worked = time.monotonic() - started
        pause = self._words_turn(bool(taken), woken)
        if self._full:
            return 0.0
        return min(pause, max(self._idle, min(REST * worked, LONGEST_REST)) if taken else self._idle)

    def _words_turn(self, news: bool, woken: bool) -> float:
        """Seconds until there is more to do for the words."""
        return self._words.turn(self._connection(), news, woken) if self._words else LONGEST_REST

    def _is_leader(self) -> bool:
        """Whether this runner projects unasked: the first one asked, until its session ends."""
        conn = self._connection()
        if not self.leads:
            row = conn.cursor(row_factory=tuple_row).execute("SELECT pg_try_advisory_lock(%s)", (LEADING,))
            self.leads = row.fetchone() == (True,)
        return self.leads

    def wake(self) -> None:
        """Look for new entries now; may be called from any thread."""
        self._woken.set()

    def run_once(self) -> int:
        """One batch for every view that is behind and not held by another runner, and one of words; entries
        taken in, over all views.

        Raises psycopg.Error when the database is away; the next call connects again.
        """
        return self._take_in_views() + (self._words.run_once(self._connection()) if self._words else 0)

    def _take_in_views(self) -> int:
        conn = self._connection()
        self._full = False
        if not self._is_behind(conn):
            return 0
        with conn.transaction():
            starts = self._claim(conn)
            return sum(self._project(conn, group, start) for start, group in _by_position(starts))

    def __enter__(self) -> Runner:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def close(self) -> None:
        if self._conn is not None:
            self._conn.close()
            self._conn = None

    def _connection(self) -> Connection[Any]:
        if self._conn is None or self._conn.closed:
            conn = psycopg.connect(self.url, autocommit=True)
            # Rows can be made again from the log; waiting for the disk would slow the sequencer beside us.
            conn.execute("SET synchronous_commit = off")
            schema.install(conn, self._views)
            self._conn, self.leads = conn, False
        return self._conn

    def _is_behind(self, conn: Connection[Any]) -> bool:
        """Whether the log is longer than some view that is not at rest."""
        now = time.monotonic()
        names = [name for name, view in self._names.items() if self._resting.get(view.name, 0.0) <= now]
        return conn.cursor(row_factory=tuple_row).execute(_SQL["behind"], (names,)).fetchone() == (True,)

    def _claim(self, conn: Connection[Any]) -> list[tuple[int, View]]:
        """(position, view) of each view that is ours for this transaction and able to move."""
        now = time.monotonic()
        behind = set(schema.outdated(conn, self._views))
        behind.update(name for name, until in self._resting.items() if until > now)
        wanted = [name for name, view in self._names.items() if view.name not in behind]
        rows = conn.cursor(row_factory=tuple_row).execute(_SQL["claim"], (wanted,)).fetchall()
        return [(position, self._names[name]) for name, position in rows]

    def _project(self, conn: Connection[Any], views: Sequence[View], start: int) -> int:
        """Write what the views take in: all together, and one by one when something is wrong with any."""
        entries = source.read_batch(conn, start, self._batch)
        if not entries:
            return 0
        self._full = self._full or len(entries) == self._batch
        taken = take_in(views, entries)
        if all(one.error is None for one in taken) and _write_together(conn, views, taken, start):
            for view in views:
                self._resting.pop(view.name, None)
            return len(views) * len(entries)
        pairs = zip(views, taken, strict=True)
        return sum(self._advance(conn, view, start, entries, one) for view, one in pairs)

    def _advance(
        self, conn: Connection[Any], view: View, start: int, entries: Sequence[Stored], taken: Taken
    ) -> int:
        """Write what `view` took in, up to the entry that stops it, and note that entry."""
        try:
            # A savepoint: what the database refuses for one view leaves the others' rows in place.
            with conn.transaction():
                write(conn, [view], [taken.rows], start + taken.count)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as refused:
            if taken.count > 1:
                # Halve until the one entry is found that the database does not take.
                fewer = entries[: taken.count // 2]
                return self._advance(conn, view, start, fewer, take_in([view], fewer)[0])
            taken = Taken([], 0, refused)
        self._settle(conn, view, start + taken.count, taken.error)
        return taken.count

    def _settle(self, conn: Connection[Any], view: View, position: int, error: Exception | None) -> None:
        """Write down what stops `view`; moving on has cleared what stopped it before."""
        if error is None:
            self._resting.pop(view.name, None)
            return
        attempts = schema.note_failure(conn, view, position, error)
        self._resting[view.name] = time.monotonic() + min(
            FIRST_PAUSE * 2.0 ** min(attempts, 10), LONGEST_PAUSE
        )
        log.error("%s", Poisoned(view.name, position, error))

    def _note(self, error: Exception) -> None:
        self.trouble = f"{type(error).__name__}: {error}"
        log.error("projecting failed, trying again: %s", self.trouble)
        try:
            self.close()
        except psycopg.Error:
            self._conn = None


@dataclass(slots=True)
class Taken:
    """What one view made of a batch: the rows of its first `count` entries, and why the next stopped it."""

    rows: list[Row]
    count: int = 0
    error: Exception | None = None


def take_in(views: Sequence[View], entries: Sequence[Stored]) -> list[Taken]:
    """What each view makes of these entries, each decoded once; one view's error stops no other.

    An entry is let go of before the next is read, which keeps the garbage collector out of the way.
    """
    found = [Taken([]) for _ in views]
    active = list(zip(found, views, strict=True))
    for position, entry in entries:
        try:
            recorded = source.read_entry(position, entry)
        except Exception as error:
            for taken, _ in active:
                taken.error = error
            break
        for taken, view in active:
            try:
                taken.rows += view.rows(recorded)
                taken.count += 1
            except Exception as error:
                taken.error = error
        active = [pair for pair in active if pair[0].error is None]
    return found


def write(conn: Connection[Any], views: Sequence[View], rows: Sequence[Sequence[Row]], to: int) -> None:
    """Each view's rows and the tracking rows, in the caller's transaction."""
    for view, its in zip(views, rows, strict=True):
        copy_rows(conn, view, its)
    names = [schema.tracking_name(view) for view in views]
    conn.execute(_SQL["move"], {"views": [view.name for view in views], "names": names, "to": to})


def _write_together(conn: Connection[Any], views: Sequence[View], taken: Sequence[Taken], start: int) -> bool:
    """Whether the database took every view's rows; if not, none is written."""
    try:
        with conn.transaction():
            write(conn, views, [one.rows for one in taken], start + taken[0].count)
    except psycopg.OperationalError:
        raise
    except psycopg.Error:
        return False
    return True


def copy_rows(conn: Connection[Any], view: View, rows: Sequence[Row], beside: str | None = None) -> None:
    """COPY rows into the view's table, or into its namesake in the schema `beside`."""
    lines = copy_lines(rows)
    if not lines:
        return
    table = sql.Identifier(beside, view.table) if beside else sql.Identifier(view.table)
    statement = sql.SQL("COPY {} ({}) FROM STDIN").format(table, view.column_identifiers)
    with conn.cursor() as cursor, cursor.copy(statement) as copy:
        copy.write("\n".join(lines) + "\n")


def _by_position(starts: list[tuple[int, View]]) -> Iterator[tuple[int, list[View]]]:
    for start, group in groupby(sorted(starts, key=lambda pair: pair[0]), key=lambda pair: pair[0]):
        yield start, [view for _, view in group]


def wait(
    conn: Connection[Any], views: Sequence[Tracked], position: int, timeout: float, poll: float = 0.005
) -> bool:
    """Whether every view has taken in the entry at `position` within `timeout` seconds (read your writes)."""
    deadline = time.monotonic() + timeout
    while True:
        reached = schema.positions(conn, views)
        if len(reached) == len(views) and min(reached.values()) > position:
            return True
        remaining = deadline - time.monotonic()
        if remaining <= 0:
            return False
        time.sleep(min(poll, remaining))
        poll = min(poll * 2, 0.05)


@dataclass(frozen=True, slots=True)
class ViewHealth:
    """How one view stands: entries taken in, entries to come, and the entry that stops it, if any."""

    view: str
    position: int
    behind: int
    outdated: bool
    stopped_at: int | None
    error: str | None
    attempts: int

    @property
    def ok(self) -> bool:
        return not self.outdated and self.stopped_at is None

    def to_json(self) -> dict[str, object]:
        shown: dict[str, object] = {"view": self.view, "position": self.position, "behind": self.behind}
        if self.outdated:
            shown["needs"] = "rebuild"
        if self.stopped_at is not None:
            shown |= {"stoppedAt": self.stopped_at, "error": self.error, "attempts": self.attempts}
        return shown


def health(conn: Connection[Any], views: Sequence[Tracked]) -> list[ViewHealth]:
    """How every view stands, whichever process projects; for /readyz."""
    reached, old, size = schema.positions(conn, views), schema.outdated(conn, views), source.log_size(conn)
    rows = conn.cursor(row_factory=tuple_row).execute(
        "SELECT view, position, error, attempts FROM projection_failure"
    )
    failures = {row[0]: row[1:] for row in rows}
    return [_health(view.name, reached.get(view.name, 0), size, view.name in old, failures) for view in views]


def _health(name: str, position: int, size: int, old: bool, failures: dict[str, Any]) -> ViewHealth:
    stopped_at, error, attempts = failures.get(name, (None, None, 0))
    return ViewHealth(name, position, max(size - position, 0), old, stopped_at, error, attempts)
