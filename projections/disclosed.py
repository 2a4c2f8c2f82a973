"""What the disclosures say, read into words for search: behind the appends, and apart from the views.

Views are functions of the entries. What a disclosure says is in none of them: it may come later, and may be
erased. Its words lie in a table of the store beside it (ledger/store/sql/schema.sql), go with it in the same
transaction, and are read here. Stemming takes longer than all views together, so nobody waits for it but who
searches (docs/decisions/0011).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg import Connection
from psycopg.rows import tuple_row

from ledger.core.disclosure import parse
from ledger.core.refusal import Refusal
from projections import schema, source
from projections.statements import statements
from projections.words import composed, configuration, lexemes, mirror, texts

log = logging.getLogger("projections.disclosed")

Conn = Connection[Any]
Held = tuple[str, int, str]
"""(digest, position, content) of a disclosure."""

BATCH: Final = 1_000  # entries
MOST_BYTES: Final = 4_000_000  # of contents in one batch
IDLE_SECONDS: Final = 0.5  # until the next look for contents that came late
REST: Final = 9.0  # times as long as it worked, while others append
LONGEST_REST: Final = 5.0
_SQL = statements("disclosed")


@dataclass(frozen=True, slots=True)
class Kept:
    """One row: all that a disclosure says in one language, as PostgreSQL takes it in."""

    digest: str
    lang: str
    position: int
    member: str
    configuration: str
    words: str
    lexemes: str


def kept(held: Iterable[Held]) -> list[Kept]:
    """The rows of these disclosures. What cannot be read says nothing (`evidence check` names it)."""
    return [row for digest, position, content in held for row in _kept(digest, position, content)]


def _kept(digest: str, position: int, content: str) -> Iterator[Kept]:
    try:
        disclosure = parse(content)
    except Refusal:
        return
    said: dict[str, list[str]] = {}
    for one in texts(disclosure.name, disclosure.value):
        said.setdefault(one.lang, []).append(composed(one.text))
    for lang, parts in said.items():
        whole = "\n".join(parts)
        form = (configuration(lang), mirror(whole), lexemes(whole))
        yield Kept(digest, lang, position, disclosure.name, *form)


def take_in(conn: Conn, limit: int = BATCH) -> int:
    """Read the disclosures of the next `limit` entries, and as many that came late, in the caller's
    transaction; how many of both.

    Nothing is read while another process does so, or where another version has.
    """
    words = schema.words(conn)
    conn.execute(_SQL["hold"])
    claimed = _rows(conn, "claim", {"name": schema.tracking_name(words)})
    if not claimed or schema.outdated(conn, [words]):
        return 0
    start: int = claimed[0][0]
    stop = _stop(conn, start, start + limit)
    late = _rows(conn, "late", {"start": start, "limit": limit})
    _keep(conn, start, stop, late)
    return stop - start + len(late)


def _stop(conn: Conn, start: int, end: int) -> int:
    """Where a batch ends that begins at `start`: at the latest at `end` or with the log."""
    end = min(end, source.log_size(conn))
    if start >= end:
        return start
    found: int = _rows(conn, "stop", {"start": start, "end": end, "bytes": MOST_BYTES})[0][0]
    return found


def _keep(conn: Conn, start: int, stop: int, late: Sequence[Held] = ()) -> None:
    """Keep the words of the entries start..stop-1, and of `late`, in the place of what was kept of them."""
    words = schema.words(conn)
    held = [*_rows(conn, "contents", {"start": start, "stop": stop}), *late]
    conn.execute(_SQL["forget"], {"start": start, "stop": stop, "late": [one[0] for one in late]})
    if rows := kept(held):
        conn.execute(_SQL["keep"], _columns(rows))
    conn.execute(_SQL["moved"], {"view": words.name, "name": schema.tracking_name(words), "to": stop})


def _columns(rows: Sequence[Kept]) -> dict[str, list[Any]]:
    return {
        "digests": [row.digest for row in rows],
        "langs": [row.lang for row in rows],
        "positions": [row.position for row in rows],
        "members": [row.member for row in rows],
        "configurations": [row.configuration for row in rows],
        "words": [row.words for row in rows],
        "lexemes": [row.lexemes for row in rows],
    }


def _rows(conn: Conn, query: str, given: Mapping[str, object]) -> list[tuple[Any, ...]]:
    return conn.cursor(row_factory=tuple_row).execute(_SQL[query], given).fetchall()


class Keeper:
    """Keeps the words up with the log in the turns that a runner gives it.

    While others append it rests nine times as long as it worked, since what stemming takes is taken from
    them. When nothing is appended it goes on until all is read.
    """

    def __init__(self) -> None:
        self._limit = BATCH
        self._due = 0.0
        self._idle = True
        self._size = -1

    def turn(self, conn: Conn, news: bool, woken: bool) -> float:
        """One batch if it is time, if `news` came while there was nothing to do, or if somebody waits for it;
        seconds until the next one.
        """
        started = time.monotonic()
        if started < self._due and not (woken or (news and self._idle)):
            return self._due - started
        self._idle = not self.run_once(conn)
        rest = IDLE_SECONDS if self._idle else self._rest(conn, time.monotonic() - started)
        self._due = time.monotonic() + rest
        return rest

    def _rest(self, conn: Conn, worked: float) -> float:
        before, self._size = self._size, source.log_size(conn)
        return 0.0 if self._size == before else min(REST * worked, LONGEST_REST)

    def run_once(self, conn: Conn) -> int:
        """One batch; entries and late disclosures read.

        An entry that PostgreSQL does not take stops the words alone: it is written down with its position,
        and tried again.
        """
        name = schema.tracking_name(schema.words(conn))
        if _rows(conn, "behind", {"name": name}) != [(True,)]:
            return 0
        try:
            with conn.transaction():
                read = take_in(conn, self._limit)
        except psycopg.OperationalError:
            raise
        except psycopg.Error as refused:
            return self._stopped(conn, refused)
        self._limit = min(self._limit * 2, BATCH)
        return read

    def _stopped(self, conn: Conn, refused: psycopg.Error) -> int:
        """Halve until the one entry is found that is refused."""
        if self._limit > 1:
            self._limit //= 2
            return self.run_once(conn)
        words = schema.words(conn)
        position = schema.positions(conn, [words])[words.name]
        schema.note_failure(conn, words, position, refused)
        log.error("the disclosures of entry %s cannot be read into words: %s", position, refused)
        return 0


def check(conn: Conn, batch: int = BATCH) -> tuple[int, str] | None:
    """(position, what is wrong) of the first words that are not what their disclosures say, as far as they
    were read; every content is read again and compared.
    """
    words = schema.words(conn)
    if schema.outdated(conn, [words]):
        return 0, "they were read by another version, or another PostgreSQL: run `evidence rebuild words`"
    start, reached = 0, schema.positions(conn, [words])[words.name]
    while start < reached:
        stop = _stop(conn, start, min(start + batch, reached))
        rows = kept(_rows(conn, "contents", {"start": start, "stop": stop}))
        wrong = _rows(conn, "wrong", {"start": start, "stop": stop, **_columns(rows)})[0][0]
        if wrong is not None:
            return int(wrong), "they are not what its disclosures say"
        start = stop
    return None


def rebuild(conn: Conn, progress: Callable[[int, int], None] = lambda _done, _total: None) -> int:
    """Read every disclosure again, each batch in the place of what was kept of it, so that readers find all
    the time what was there or what is there now. `progress` takes entries read, and all; returns how many.
    """
    words = schema.words(conn)
    start, size = 0, source.log_size(conn)
    while start < size:
        with conn.transaction():
            conn.execute(_SQL["hold"])
            conn.execute(_SQL["hold_others_off"], {"name": schema.tracking_name(words)})
            stop = _stop(conn, start, start + BATCH)
            _keep(conn, start, stop)
        start = stop
        progress(start, size)
    conn.execute(_SQL["renewed"], {"name": words.name, "version": words.version})
    return start
