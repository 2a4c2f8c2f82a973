"""The runner on a real database: exactly once, several at a time, past errors, never silently dead."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import psycopg
import pytest

from ledger.core.statement import Recorded
from projections import schema
from projections.check import Checked, Defect, check
from projections.row import Row, View
from projections.runner import LEADING, Runner, health, wait
from projections.views import BY_NAME, VIEWS
from tests.support.small_log import SmallLog


def a_log(count: int = 30) -> SmallLog:
    log = SmallLog()
    founders = ["ledger:main", "party:operator", "party:registrar"]
    log.say("LedgerOpened", founders, {"clock": "demo"}, by="operator")
    for number in range(count - 1):
        claim, signers = {"size": number}, ["a", "b"]
        document = log.say(
            "DocumentCaptured", "factory:f", claim, by=signers, at="2020-01-02", occurred="2019"
        )
        if number % 3 == 0:
            refs = [("statedIn", document)]
            log.say("AllegationMade", "factory:f", {"issue": "osh"}, refs=refs, at="2020-01-03")
    return log


def stored_rows(url: str) -> dict[str, list[tuple[Any, ...]]]:
    with psycopg.connect(url) as conn:
        return {view.name: sorted(conn.execute(f"SELECT * FROM {view.table}").fetchall()) for view in VIEWS}


def defects(url: str) -> list[Defect]:
    return [found for found in check(url) if isinstance(found, Defect)]


@pytest.fixture
def runner(database_url: str) -> Iterator[Runner]:
    with Runner(database_url, VIEWS, batch=7) as runner:
        yield runner


def project_all(url: str, views: Sequence[View] = VIEWS, batch: int = 7) -> None:
    with Runner(url, views, batch=batch) as runner:
        run_all(runner)


def run_all(runner: Runner) -> None:
    while runner.run_once():
        pass


def test_batches_leave_the_rows_that_one_pass_makes(database_url: str, runner: Runner) -> None:
    log = a_log()
    log.store(database_url)
    run_all(runner)
    for view in VIEWS:
        made = [row for recorded in log.recorded for row in view.rows(recorded)]
        assert len(stored_rows(database_url)[view.name]) == len(made)
    assert defects(database_url) == []


def test_an_entry_is_projected_once_however_often_and_by_however_many_it_is_tried(database_url: str) -> None:
    log = a_log(60)
    log.store(database_url)
    runners = [Runner(database_url, VIEWS, batch=5) for _ in range(3)]
    threads = [threading.Thread(target=run_until, args=(runner, len(log.entries))) for runner in runners]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=20)
        assert not thread.is_alive()
    assert defects(database_url) == []


def run_until(runner: Runner, size: int) -> None:
    """Project in turn with others until every view has taken in `size` entries."""
    with runner, psycopg.connect(runner.url, autocommit=True) as conn:
        schema.install(conn, VIEWS)
        while not wait(conn, VIEWS, size - 1, timeout=0):
            runner.run_once()


def test_one_of_several_runners_projects_and_another_one_when_it_is_gone(database_url: str) -> None:
    log = a_log(60)
    log.store(database_url, 10)
    runners = [Runner(database_url, VIEWS, idle=0.001) for _ in range(2)]
    stops = [threading.Event() for _ in runners]
    threads = [
        threading.Thread(target=runner.run_forever, args=(stop,))
        for runner, stop in zip(runners, stops, strict=True)
    ]
    with psycopg.connect(database_url, autocommit=True) as conn:
        schema.install(conn, VIEWS)
        for thread in threads:
            thread.start()
        assert wait(conn, VIEWS, 9, timeout=20)
        leading = [runner.leads for runner in runners]
        assert sorted(leading) == [False, True]
        first = leading.index(True)
        stops[first].set()
        threads[first].join(timeout=10)
        log.store(database_url)
        assert wait(conn, VIEWS, len(log.entries) - 1, timeout=20)
        assert runners[1 - first].leads
    stops[1 - first].set()
    threads[1 - first].join(timeout=10)
    assert [runner.trouble for runner in runners] == [None, None]
    assert defects(database_url) == []


def test_a_runner_that_stands_by_projects_when_it_is_woken(database_url: str) -> None:
    log = a_log()
    log.store(database_url)
    with psycopg.connect(database_url, autocommit=True) as other:
        schema.install(other, VIEWS)
        other.execute("SELECT pg_advisory_lock(%s)", (LEADING,))
        runner, stop = Runner(database_url, VIEWS), threading.Event()
        thread = threading.Thread(target=runner.run_forever, args=(stop,))
        thread.start()
        assert not wait(other, VIEWS, 0, timeout=0.3)
        runner.wake()
        assert wait(other, VIEWS, len(log.entries) - 1, timeout=20)
        assert not runner.leads
        stop.set()
        runner.wake()
        thread.join(timeout=10)


def test_a_poisoned_entry_stops_its_view_alone_and_is_named_with_its_position(database_url: str) -> None:
    log = a_log()
    log.store(database_url)
    timeline = BY_NAME["timeline"]

    def rows(recorded: Recorded) -> list[Row]:
        if recorded.index == 11:
            raise ValueError("cannot take this in")
        return list(timeline.rows(recorded))

    views = [replace(timeline, rows=rows), BY_NAME["registry"]]
    project_all(database_url, views)
    with psycopg.connect(database_url, autocommit=True) as conn:
        stopped, running = health(conn, views)
        assert (stopped.ok, stopped.stopped_at, stopped.position) == (False, 11, 11)
        assert "cannot take this in" in (stopped.error or "")
        assert (running.ok, running.behind) == (True, 0)
        # A runner that can read it takes the view further from there, and the report is withdrawn.
        project_all(database_url, [timeline])
        assert [one.ok for one in health(conn, views)] == [True, True]
    assert not [one for one in defects(database_url) if one.view in ("timeline", "registry")]


def test_an_unreadable_entry_stops_every_view_and_is_tried_again(database_url: str, runner: Runner) -> None:
    log = a_log()
    log.store(database_url)
    with psycopg.connect(database_url, autocommit=True) as conn:
        conn.execute("UPDATE ledger_event SET state = 'no entry' WHERE notification_id = 10")
        run_all(runner)
        assert {one.stopped_at for one in health(conn, VIEWS)} == {9}
        conn.execute("UPDATE ledger_event SET state = %s WHERE notification_id = 10", (log.entries[9],))
        stop = threading.Event()
        thread = threading.Thread(target=runner.run_forever, args=(stop,))
        thread.start()
        assert wait(conn, VIEWS, len(log.entries) - 1, timeout=20)
        stop.set()
        thread.join(timeout=10)
        assert all(one.ok for one in health(conn, VIEWS))


def test_what_the_database_refuses_stops_one_view_at_the_entry_concerned(database_url: str) -> None:
    log = a_log()
    log.store(database_url)
    timeline = BY_NAME["timeline"]

    def rows(recorded: Recorded) -> list[Row]:
        made = list(timeline.rows(recorded))
        return made if recorded.index != 12 else [(-1, "\\N", *made[0][2:])]

    views = [replace(timeline, rows=rows), BY_NAME["registry"]]
    project_all(database_url, views, batch=20)
    with psycopg.connect(database_url, autocommit=True) as conn:
        stopped, running = health(conn, views)
        assert (stopped.stopped_at, stopped.position) == (12, 12)
        assert running.behind == 0


def test_a_runner_lives_through_the_loss_of_its_connection(database_url: str) -> None:
    log = a_log(40)
    log.store(database_url, 10)
    runner, stop = Runner(database_url, VIEWS, idle=0.001), threading.Event()
    thread = threading.Thread(target=runner.run_forever, args=(stop,))
    thread.start()
    with psycopg.connect(database_url, autocommit=True) as conn:
        schema.install(conn, VIEWS)
        assert wait(conn, VIEWS, 9, timeout=20)
        conn.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        log.store(database_url)
        runner.wake()
        assert wait(conn, VIEWS, len(log.entries) - 1, timeout=20)
    stop.set()
    thread.join(timeout=10)
    assert defects(database_url) == []


def test_waiting_for_an_entry_ends_at_the_timeout(database_url: str, runner: Runner) -> None:
    a_log().store(database_url, 5)
    run_all(runner)
    with psycopg.connect(database_url, autocommit=True) as conn:
        assert wait(conn, VIEWS, 4, timeout=0)
        assert not wait(conn, VIEWS, 5, timeout=0.05)


def test_the_librarys_tracking_recorder_reads_our_tracking_table(database_url: str, runner: Runner) -> None:
    from eventsourcing.postgres import PostgresTrackingRecorder

    from ledger.store.datastore import datastore_from_url

    a_log().store(database_url, 5)
    run_all(runner)
    with datastore_from_url(database_url) as datastore:
        datastore.single_row_tracking = True
        recorder = PostgresTrackingRecorder(datastore)
        assert recorder.max_tracking_id(schema.tracking_name(BY_NAME["timeline"])) == 5
        recorder.wait(schema.tracking_name(BY_NAME["timeline"]), 5, timeout=0.1)


@pytest.mark.parametrize("view", VIEWS, ids=lambda view: view.name)
def test_one_changed_byte_of_any_row_is_found_at_its_position(database_url: str, view: Any) -> None:
    log = a_log()
    log.say("CriterionPublished", "criterion:c", {"issue": "osh", "comparator": "max"})
    request = log.say("QuestionAsked", "factory:f", {"addressees": ["b"]})
    log.say("ResponseGiven", "factory:f", refs=[("answers", request)])
    audit = log.say("AuditDescribed", "factory:f")
    seen = {"issue": "osh", "method": "records-review", "result": "present"}
    log.say("ObservationMade", "factory:f", seen, refs=[("within", audit)])
    log.say("QuestionAsked", "factory:f", {"addressees": ["b"]}, refs=[("about", audit)])
    log.say("DocumentCaptured", "factory:f")
    log.store(database_url)
    project_all(database_url)
    for column in view.columns:
        with psycopg.connect(database_url) as conn:
            value = f"{column} + 1" if column == "position" else f"overlay({column} PLACING '~' FROM 2 FOR 1)"
            row = conn.execute(
                f"UPDATE {view.table} SET {column} = {value} WHERE ctid = (SELECT ctid FROM {view.table}"
                f" WHERE {column} IS NOT NULL AND position < %s ORDER BY position DESC LIMIT 1)"
                f" RETURNING position",
                (len(log.entries) - 1,),
            ).fetchone()
            assert row is not None
            conn.commit()
            changed = row[0] - (column == "position")
            assert [(one.view, one.position) for one in defects(database_url)] == [(view.name, changed)]
            conn.execute(f"DROP TABLE {view.table}")
            conn.execute(
                "DELETE FROM notification_tracking WHERE application_name = %s", (schema.tracking_name(view),)
            )
            conn.execute("DELETE FROM projection_version WHERE view = %s", (view.name,))
            conn.commit()
        project_all(database_url)


def test_missing_doubled_and_surplus_rows_are_found(database_url: str, runner: Runner) -> None:
    log = a_log()
    log.store(database_url)
    run_all(runner)
    changes = {
        4: "DELETE FROM view_timeline WHERE position = 4",
        3: "INSERT INTO view_timeline SELECT * FROM view_timeline WHERE position = 3",
        -2: "UPDATE view_timeline SET position = -2 WHERE position = 2",
    }
    with psycopg.connect(database_url, autocommit=True) as conn:
        for position, change in changes.items():
            conn.execute(change)
            assert [one.position for one in defects(database_url)] == [position]


def test_a_sound_view_is_checked_to_its_end(database_url: str, runner: Runner) -> None:
    log = a_log()
    log.store(database_url)
    run_all(runner)
    size = len(log.entries)
    assert list(check(database_url, batch=10))[-1] == Checked(size, size)
