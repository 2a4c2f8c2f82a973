"""Rebuilding beside what serves, then swapping."""

from __future__ import annotations

from dataclasses import replace

import psycopg
import pytest

from ledger.core.statement import Recorded
from projections import schema
from projections.check import Defect, check
from projections.rebuild import BESIDE, RebuildRunning, rebuild
from projections.row import Row
from projections.runner import Poisoned, Runner, health
from projections.views import BY_NAME, VIEWS
from tests.support.small_log import SmallLog


def a_log(count: int = 40) -> SmallLog:
    log = SmallLog()
    log.say("LedgerOpened", ["ledger:main", "party:operator"], {"clock": "demo"}, by="operator")
    for number in range(count - 1):
        log.say("DocumentCaptured", f"factory:f{number % 3}", {"size": number})
    return log


def rows_of(url: str) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(url) as conn:
        return {view.name: sorted(conn.execute(f"SELECT * FROM {view.table}").fetchall()) for view in VIEWS}


def indexes_of(url: str) -> list[tuple[str, str]]:
    query = "SELECT indexname, indexdef FROM pg_indexes WHERE tablename LIKE 'view_%' ORDER BY 1"
    with psycopg.connect(url) as conn:
        return conn.execute(query).fetchall()


def project_all(url: str) -> None:
    with Runner(url, VIEWS) as runner:
        while runner.run_once():
            pass


def test_a_rebuilt_view_has_the_rows_and_indexes_of_the_one_it_replaces(database_url: str) -> None:
    log = a_log()
    log.store(database_url)
    project_all(database_url)
    before, indexes = rows_of(database_url), indexes_of(database_url)
    seen = []
    last = rebuild(database_url, VIEWS, lambda one: seen.append((one.done, one.total)), batch=15)
    assert rows_of(database_url) == before
    assert indexes_of(database_url) == indexes
    assert seen == [(15, 40), (30, 40), (40, 40)]
    assert last.done == 40
    with psycopg.connect(database_url) as conn:
        left = conn.execute("SELECT 1 FROM pg_namespace WHERE nspname = %s", (BESIDE,)).fetchone()
        assert left is None


def test_a_changed_row_is_mended_by_a_rebuild_and_the_runner_goes_on_from_there(database_url: str) -> None:
    log = a_log()
    log.store(database_url, 30)
    project_all(database_url)
    with psycopg.connect(database_url) as conn:
        conn.execute("UPDATE view_timeline SET kind = 'x' WHERE position = 7")
    assert [one.position for one in check(database_url) if isinstance(one, Defect)] == [7]
    rebuild(database_url, [BY_NAME["timeline"]])
    log.store(database_url)
    project_all(database_url)
    assert not [one for one in check(database_url) if isinstance(one, Defect)]


def test_entries_that_come_while_a_view_is_rebuilt_are_in_it(database_url: str) -> None:
    log = a_log()
    log.store(database_url, 20)
    project_all(database_url)

    def meanwhile(_: object) -> None:
        log.store(database_url)
        project_all(database_url)

    first = [meanwhile]
    rebuild(database_url, VIEWS, lambda one: first.pop()(one) if first else None, batch=10)
    with psycopg.connect(database_url) as conn:
        assert set(schema.positions(conn, VIEWS).values()) == {40}
    assert not [one for one in check(database_url) if isinstance(one, Defect)]


def test_a_view_of_another_version_serves_on_until_it_is_rebuilt(database_url: str) -> None:
    log = a_log()
    log.store(database_url, 20)
    project_all(database_url)
    newer = replace(BY_NAME["timeline"], version=99)
    log.store(database_url)
    with Runner(database_url, [newer]) as runner:
        assert runner.run_once() == 0
    with psycopg.connect(database_url, autocommit=True) as conn:
        assert [one.outdated for one in health(conn, [newer])] == [True]
        rebuild(database_url, [newer])
        assert [one.ok for one in health(conn, [newer])] == [True]


def test_a_poisoned_entry_ends_the_rebuild_with_its_position_and_leaves_the_old_rows(
    database_url: str,
) -> None:
    a_log().store(database_url)
    project_all(database_url)
    before = rows_of(database_url)

    def rows(recorded: Recorded) -> list[Row]:
        if recorded.index == 23:
            raise ValueError("no")
        return list(BY_NAME["timeline"].rows(recorded))

    with pytest.raises(Poisoned, match="view timeline cannot take in entry 23"):
        rebuild(database_url, [replace(BY_NAME["timeline"], rows=rows)], batch=10)
    assert rows_of(database_url) == before


def test_two_rebuilds_of_one_database_do_not_run_at_once(database_url: str) -> None:
    a_log().store(database_url)

    def again(_: object) -> None:
        with pytest.raises(RebuildRunning):
            rebuild(database_url, VIEWS)

    rebuild(database_url, VIEWS, again)
    assert not [one for one in check(database_url) if isinstance(one, Defect)]
