"""The views' tables: made when missing, stamped with the version of the rows they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from projections.row import Tracked, View, read_sql
from projections.statements import statements

Conn = Connection[Any]
_SQL = statements("reading")

# Tables beside those of the views: how far these have come, and the index's trie.
SHARED = ("tracking.sql", "index_trie.sql")
# Raised whenever what is kept of the words changes.
WORDS_VERSION = 1
# Any constant serves, as long as every process takes the same one.
_INSTALL_LOCK = 0x65_76_69_64


def install(conn: Conn, views: Sequence[View]) -> None:
    """Make the tracking tables and each missing view. Idempotent, and safe when several processes start at
    once.

    A view whose table is of another version is left as it is: it keeps serving until `rebuild` swaps it.
    """
    with conn.transaction(), conn.cursor(row_factory=tuple_row) as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", (_INSTALL_LOCK,))
        for name in SHARED:
            for statement in filter(str.strip, read_sql(name).split(";")):
                cursor.execute(statement)
        _track_words(conn)
        for view in views:
            if not _exists(conn, view):
                create(conn, view)


def create(conn: Conn, view: View) -> None:
    """A new, empty view at position 0, within the caller's transaction."""
    table, indexes = view.statements()
    for statement in (table, *indexes):
        conn.execute(statement)
    conn.execute("INSERT INTO projection_version VALUES (%s, %s)", (view.name, view.version))
    conn.execute("INSERT INTO notification_tracking VALUES (%s, 0)", (tracking_name(view),))


def words(conn: Conn) -> Tracked:
    """The words of the disclosures, whose table is the store's (projections/disclosed.py).

    Dictionaries differ from one major version of PostgreSQL to the next, so what an older one stemmed has to
    be read again.
    """
    return Tracked("words", WORDS_VERSION * 1000 + conn.info.server_version // 10000)


def _track_words(conn: Conn) -> None:
    """At position 0, unless they have come further."""
    given = words(conn)
    version = "INSERT INTO projection_version VALUES (%s, %s) ON CONFLICT DO NOTHING"
    conn.execute(version, (given.name, given.version))
    position = "INSERT INTO notification_tracking VALUES (%s, 0) ON CONFLICT DO NOTHING"
    conn.execute(position, (tracking_name(given),))


def tracking_name(view: Tracked) -> str:
    """The view's `application_name` in the tracking table."""
    return f"evidence:{view.name}"


def outdated(conn: Conn, views: Sequence[Tracked]) -> list[str]:
    """Names of the views whose table was made by another version of their rows: they need `rebuild`."""
    rows = conn.cursor(row_factory=tuple_row).execute(_SQL["versions"])
    versions: dict[str, int] = dict(rows.fetchall())
    return [view.name for view in views if versions.get(view.name) != view.version]


def positions(conn: Conn, views: Sequence[Tracked]) -> Mapping[str, int]:
    """How many entries each view has taken in, by view name."""
    names = {tracking_name(view): view.name for view in views}
    rows = conn.cursor(row_factory=tuple_row).execute(
        _SQL["reached"],
        (list(names),),
    )
    return {names[name]: position for name, position in rows}


def note_failure(conn: Conn, one: Tracked, position: int, error: Exception) -> int:
    """Write down the entry that stops it; how often that was tried."""
    what = f"{type(error).__name__}: {error}"
    given = (one.name, position, what)
    row = conn.cursor(row_factory=tuple_row).execute(_SQL["failed"], given).fetchone()
    return row[0] if row else 1


def _exists(conn: Conn, view: View) -> bool:
    row = conn.cursor(row_factory=tuple_row).execute("SELECT to_regclass(%s)", (view.table,)).fetchone()
    return row is not None and row[0] is not None
