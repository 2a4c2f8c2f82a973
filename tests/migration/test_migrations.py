"""Migrations bring an empty database to exactly the tables of schema.sql, once, whoever starts first."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest

from ledger.core.merkle import Frontier
from ledger.store.migrate import SQL, STORE, MigrationError, migrate, migrations, pending
from tests.support.databases import TestServer
from tests.support.schema import description


def test_every_migration_in_order_gives_the_schema_file(any_server: TestServer) -> None:
    with any_server.database("template1") as migrated, any_server.database("template1") as direct:
        migrate(migrated)
        with psycopg.connect(direct, autocommit=True) as connection:
            connection.execute((SQL / "schema.sql").read_text())  # type: ignore[call-overload]
        found = description(migrated)
        assert found == description(direct)
        assert {name for name, _ in found["columns"]} >= {"ledger_event.state", "ledger_head.frontier"}


def test_the_head_starts_as_the_empty_tree(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        head = connection.execute("SELECT size, frontier, recorded_at FROM ledger_head").fetchall()
    assert head == [(0, Frontier().to_bytes(), "")]


def test_a_second_head_is_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection, pytest.raises(psycopg.errors.UniqueViolation):
        connection.execute("INSERT INTO ledger_head (size, frontier, recorded_at) VALUES (0, '', '')")


def test_migrating_again_applies_nothing(empty_database_url: str) -> None:
    assert migrate(empty_database_url) == [
        "store 001 ledger",
        "store 002 index_statements",
        "store 003 publication",
        "store 004 time_stamps",
        "store 005 words",
    ]
    assert migrate(empty_database_url) == []


def test_pending_migrations_are_named_until_applied(empty_database_url: str) -> None:
    assert pending(empty_database_url) == [migration.label for migration in migrations(*STORE)]
    migrate(empty_database_url)
    assert pending(empty_database_url) == []


def test_processes_that_start_at_once_migrate_once(empty_database_url: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        applied = list(pool.map(migrate, [empty_database_url] * 8))
    assert sorted(len(labels) for labels in applied) == [0] * 7 + [len(migrations(*STORE))]


def test_a_failing_migration_leaves_nothing_behind(empty_database_url: str, tmp_path: Path) -> None:
    (tmp_path / "001_good.sql").write_text("CREATE TABLE good (n integer);")
    (tmp_path / "002_bad.sql").write_text("CREATE TABLE bad (n nonsense);")
    with pytest.raises(Exception, match="nonsense"):
        migrate(empty_database_url, ("trial", tmp_path))
    with psycopg.connect(empty_database_url) as connection:
        assert connection.execute("SELECT to_regclass('good')").fetchone() == (None,)
    assert len(pending(empty_database_url, ("trial", tmp_path))) == 2


def test_components_count_their_own_migrations(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "001_view.sql").write_text("CREATE TABLE view_row (position bigint);")
    assert migrate(database_url, STORE, ("projections", tmp_path)) == ["projections 001 view"]


def test_tables_of_a_later_version_are_refused(database_url: str) -> None:
    with psycopg.connect(database_url) as connection:
        connection.execute(
            "INSERT INTO ledger_migration (component, number, name) VALUES ('store', 999, 'later')"
        )
    with pytest.raises(MigrationError, match="later version"):
        migrate(database_url)


def test_a_gap_in_the_numbers_is_refused(tmp_path: Path) -> None:
    (tmp_path / "002_second.sql").write_text("SELECT 1;")
    with pytest.raises(MigrationError, match="next number"):
        migrations("trial", tmp_path)
