"""Bring a database to the tables this version needs.

Migrations are the files `NNN_name.sql` of a folder, applied once each and in order, all in one transaction
under a lock, so that several processes may start at once. A component (the store, the projections) has its
own folder and its own numbers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import psycopg

from ledger.core.refusal import LedgerError

from .errors import translated

SQL = Path(__file__).parent / "sql"
OLDEST_SERVER = 150000
# Any number will do, as long as no other advisory lock of the ledger has it ("migr" in ASCII).
MIGRATION_LOCK = 0x6D696772

BOOKKEEPING = (SQL / "bookkeeping.sql").read_text(encoding="utf-8")


class MigrationError(LedgerError):
    """The database cannot be brought to this version's tables."""


@dataclass(frozen=True)
class Migration:
    """One file: `number` counts from 1 within its component."""

    component: str
    number: int
    name: str
    path: Path

    @property
    def label(self) -> str:
        return f"{self.component} {self.number:03} {self.name}"


STORE = ("store", SQL / "migrations")


def migrations(component: str, folder: Path) -> list[Migration]:
    """The migrations in `folder`, in order. Raises `MigrationError` unless they are numbered 1, 2, 3..."""
    found: list[Migration] = []
    for path in sorted(folder.glob("*.sql")):
        match = re.fullmatch(r"(\d{3})_([a-z0-9_]+)", path.stem)
        if match is None or int(match[1]) != len(found) + 1:
            raise MigrationError(f"{path} is not named NNN_name.sql with the next number")
        found.append(Migration(component, int(match[1]), match[2], path))
    return found


def pending(url: str, *components: tuple[str, Path]) -> list[str]:
    """Labels of the migrations `migrate` would apply; [] when the database is up to date."""
    with _connected(url) as connection:
        return [migration.label for migration in _pending(connection, components or (STORE,))]


def migrate(url: str, *components: tuple[str, Path]) -> list[str]:
    """Apply what is pending (the store's, unless components are named) and return the labels applied.

    Raises `MigrationError` for a server or a database this version cannot use, `StoreUnavailable` for one
    that cannot be reached. Nothing is applied unless everything is.
    """
    with _connected(url) as connection:
        return migrate_connection(connection, *components)


def migrate_connection(
    connection: psycopg.Connection[tuple[object, ...]], *components: tuple[str, Path]
) -> list[str]:
    """The same over an open connection, in one transaction."""
    if connection.info.server_version < OLDEST_SERVER:
        raise MigrationError(
            f"The server is PostgreSQL {connection.info.server_version // 10000}.", "use version 15 or later"
        )
    with connection.transaction():
        connection.execute("SELECT pg_advisory_xact_lock(%s)", [MIGRATION_LOCK])
        connection.execute("SET LOCAL client_min_messages = warning")
        connection.execute(BOOKKEEPING)
        todo = _pending(connection, components or (STORE,))
        for migration in todo:
            _apply(connection, migration)
    return [migration.label for migration in todo]


def _pending(
    connection: psycopg.Connection[tuple[object, ...]], components: tuple[tuple[str, Path], ...]
) -> list[Migration]:
    applied = _applied(connection)
    todo: list[Migration] = []
    for component, folder in components:
        known = migrations(component, folder)
        newest = max((number for name, number in applied if name == component), default=0)
        if newest > len(known):
            raise MigrationError(
                f"The database has the {component} tables of a later version (migration {newest}).",
                "run the later version",
            )
        todo += [migration for migration in known if (component, migration.number) not in applied]
    return todo


def _applied(connection: psycopg.Connection[tuple[object, ...]]) -> set[tuple[object, int]]:
    found = connection.execute("SELECT to_regclass('ledger_migration') IS NOT NULL").fetchone()
    if found is None or not found[0]:
        return set()
    rows = connection.execute("SELECT component, number FROM ledger_migration").fetchall()
    return {(component, cast(int, number)) for component, number in rows}


def _apply(connection: psycopg.Connection[tuple[object, ...]], migration: Migration) -> None:
    # A file of this package, not input: several statements, no parameters.
    connection.execute(migration.path.read_text(encoding="utf-8"))
    connection.execute(
        "INSERT INTO ledger_migration (component, number, name) VALUES (%s, %s, %s)",
        [migration.component, migration.number, migration.name],
    )


@contextmanager
def _connected(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with translated("migrating"), psycopg.connect(url, autocommit=True) as connection:
        yield connection
