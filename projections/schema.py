"""The views' tables: made when missing, stamped with the version of the rows they hold."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from psycopg import Connection
from psycopg.rows import tuple_row

from projections.row import View, read_sql
from projections.statements import statements

Conn = Connection[Any]
_SQL = statements("reading")

# Tables beside those of the views: how far these have come, and the index's trie.
SHARED = ("tracking.sql", "index_trie.sql")
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


def tracking_name(view: View) -> str:
    """The view's `application_name` in the tracking table."""
    return f"evidence:{view.name}"


def outdated(conn: Conn, views: Sequence[View]) -> list[str]:
    """Names of the views whose table was made by another version of their rows: they need `rebuild`."""
    rows = conn.cursor(row_factory=tuple_row).execute(_SQL["versions"])
    versions: dict[str, int] = dict(rows.fetchall())
    return [view.name for view in views if versions.get(view.name) != view.version]


def positions(conn: Conn, views: Sequence[View]) -> Mapping[str, int]:
    """How many entries each view has taken in, by view name."""
    names = {tracking_name(view): view.name for view in views}
    rows = conn.cursor(row_factory=tuple_row).execute(
        _SQL["reached"],
        (list(names),),
    )
    return {names[name]: position for name, position in rows}


def _exists(conn: Conn, view: View) -> bool:
    row = conn.cursor(row_factory=tuple_row).execute("SELECT to_regclass(%s)", (view.table,)).fetchone()
    return row is not None and row[0] is not None
