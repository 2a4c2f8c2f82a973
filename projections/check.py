"""Recomputes every row of every view from the entries and compares it with what is stored.

A row is a function of one entry, so the position at which the two differ names what was changed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import Connection, sql
from psycopg.rows import tuple_row

from projections import disclosed, index, index_trie, schema, search, source
from projections.row import View, copy_lines
from projections.runner import BATCH, take_in
from projections.views import VIEWS


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows of `done` of `total` entries agree, in every view that has come that far."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class Defect:
    """The first thing wrong in a view; `position` is the entry whose rows are not what they should be."""

    view: str
    position: int
    what: str


def check(url: str, views: Sequence[View] = VIEWS, batch: int = BATCH) -> Iterator[Checked | Defect]:
    """Progress, and for each view whose rows are wrong one `Defect`, at its first wrong position.

    All is read from one snapshot, so a runner at work disturbs nothing. A view that has not come as far as
    the log is checked as far as it has come.
    """
    with psycopg.connect(url, autocommit=True, row_factory=tuple_row) as conn, conn.transaction():
        conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield from _check(conn, views, batch)


def _check(conn: Connection[Any], views: Sequence[View], batch: int) -> Iterator[Checked | Defect]:
    size, reached = source.log_size(conn), dict(schema.positions(conn, views))
    sound: list[View] = []
    for view in views:
        defect = _out_of_bounds(conn, view, reached.get(view.name), size)
        if defect:
            yield defect
        else:
            sound.append(view)
    done = 0
    while done < size and sound:
        entries = source.read_batch(conn, done, batch)
        for view, defect in _compare(conn, sound, reached, done, entries):
            yield defect
            sound.remove(view)
        done += len(entries) or batch
        yield Checked(min(done, size), size)
    if index.TABLE in sound:
        yield from _check_trie(conn)
    if search.TABLE in views and (wrong := disclosed.check(conn)):
        yield Defect("words", *wrong)


def _check_trie(conn: Connection[Any]) -> Iterator[Defect]:
    """The trie is computed from the view of its keys, so it is checked once that is found sound."""
    for event in index_trie.check(conn):
        if isinstance(event, index_trie.WrongIndex):
            yield Defect("index trie", event.size - 1, event.what)


def _out_of_bounds(conn: Connection[Any], view: View, reached: int | None, size: int) -> Defect | None:
    """A view without table or tracking row, ahead of the log, or with rows where it has not come yet."""
    if reached is None:
        return Defect(view.name, 0, "the view is not there, or has no tracking row")
    if not 0 <= reached <= size:
        return Defect(view.name, size, f"the view claims {reached} entries, the log has {size}")
    row = conn.execute(
        sql.SQL("SELECT min(position) FROM {} WHERE position < 0 OR position >= %s").format(
            sql.Identifier(view.table)
        ),
        (reached,),
    ).fetchone()
    if row is not None and row[0] is not None:
        return Defect(view.name, row[0], f"a row stands at a position outside the {reached} entries taken in")
    return None


def _compare(
    conn: Connection[Any],
    views: Sequence[View],
    reached: Mapping[str, int],
    start: int,
    entries: Sequence[tuple[int, bytes]],
) -> list[tuple[View, Defect]]:
    found: list[tuple[View, Defect]] = []
    for view, taken in zip(views, take_in(views, entries), strict=True):
        end = min(reached[view.name], start + len(entries))
        last = min(end, start + taken.count)
        whole = last == start + taken.count
        expected = copy_lines(taken.rows if whole else [row for row in taken.rows if int(row[0]) < last])
        position = first_difference(expected, _stored(conn, view, start, last))
        if position is not None:
            found.append((view, Defect(view.name, position, "its rows are not those the entry makes")))
        elif last < end:
            found.append((view, Defect(view.name, last, f"the entry makes no rows: {taken.error}")))
    return found


def _stored(conn: Connection[Any], view: View, start: int, end: int) -> list[str]:
    """Stored rows of the entries start..end-1 as COPY lines."""
    query = sql.SQL("COPY (SELECT {} FROM {} WHERE position >= {} AND position < {}) TO STDOUT").format(
        view.column_identifiers, sql.Identifier(view.table), sql.Literal(start), sql.Literal(end)
    )
    with conn.cursor() as cursor, cursor.copy(query) as copy:
        text = b"".join([bytes(block) for block in copy]).decode("utf-8", "backslashreplace")
    return text.removesuffix("\n").split("\n") if text else []


def first_difference(expected: Sequence[str], stored: Sequence[str]) -> int | None:
    """The smallest position whose rows differ between the two, in whatever order they stand; None if all
    agree.
    """
    if sorted(expected) == sorted(stored):
        return None
    wrong = _surplus(expected, stored) + _surplus(stored, expected)
    return min(int(line.partition("\t")[0]) for line in wrong)


def _surplus(these: Sequence[str], those: Sequence[str]) -> list[str]:
    """The lines of `these` that are not in `those`, counted."""
    return list((Counter(these) - Counter(those)).elements())
