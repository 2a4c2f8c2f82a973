"""The contract of `ports.LogRecorder`, on each PostgreSQL server."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import IntegrityError

from ledger.core.merkle import Frontier, leaf_hash
from ledger.ports import AppendRow, CommitOutcomeUnknown, Head, LogRecorder, StoreUnavailable
from ledger.store.datastore import datastore_from_url
from ledger.store.embedded import EmbeddedServer
from ledger.store.migrate import migrate
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.entries import TOPIC, append, root_of, row, texts
from tests.support.interrupting_proxy import Fault, InterruptingProxy


@pytest.fixture
def recorder(any_database_url: str) -> Iterator[PostgresLedgerRecorder]:
    with datastore_from_url(any_database_url) as datastore:
        yield PostgresLedgerRecorder(datastore)


def test_it_is_the_recorder_the_sequencer_asks_for(recorder: PostgresLedgerRecorder) -> None:
    as_port: LogRecorder = recorder
    assert as_port.head() == Head(0, Frontier().to_bytes(), "")


def test_entries_are_kept_byte_for_byte_at_dense_positions(recorder: PostgresLedgerRecorder) -> None:
    strange = ["", "\0", "é\u2028", "x" * 70_000]
    append(recorder, row(strange[0]), row(strange[1]))
    head = append(recorder, row(strange[2]), row(strange[3]), recorded_at="2026-11-23T08:00:00.000Z")
    assert list(recorder.read_entries(0)) == [(at, text.encode()) for at, text in enumerate(strange)]
    assert recorder.head() == head
    assert Frontier.from_bytes(head.frontier).root() == root_of(strange)


def test_a_rolled_back_batch_leaves_no_gap(recorder: PostgresLedgerRecorder) -> None:
    def fail_after_appending() -> None:
        with recorder.unit() as unit:
            unit.append([row("never")], [], Head(2, unit.head.frontier, ""))
            raise ZeroDivisionError

    append(recorder, row("first"))
    with pytest.raises(ZeroDivisionError):
        fail_after_appending()
    append(recorder, row("second"))
    assert texts(recorder) == ["first", "second"]
    assert [n.id for n in recorder.select_notifications(1, 10)] == [1, 2]


@pytest.mark.parametrize(
    "conflict",
    [
        row("taken"),
        row("other", originator_id="party:a", version=1),
        row("other", keys=[("key", "b")]),
        row("other", disclosures=[("digest", None)]),
    ],
    ids=["statement", "version", "key", "digest"],
)
def test_what_is_taken_is_refused_and_nothing_of_the_batch_stays(
    recorder: PostgresLedgerRecorder, conflict: AppendRow
) -> None:
    append(recorder, row("taken"), row("a", originator_id="party:a", keys=[("key", "a")]))
    append(recorder, row("disclosing", disclosures=[("digest", "text")]))
    neighbour = row("neighbour", keys=[("k2", "c")], disclosures=[("d2", "t")])
    with pytest.raises(IntegrityError):
        append(recorder, neighbour, conflict)
    assert texts(recorder) == ["taken", "a", "disclosing"]
    with recorder.unit() as unit:
        loaded = unit.load({}, [], ["k2"], ["d2"])
    assert not loaded.keys
    assert not loaded.digests


def test_a_unit_loads_all_that_a_batch_may_look_at(recorder: PostgresLedgerRecorder) -> None:
    append(
        recorder,
        row("p1", originator_id="party:a", keys=[("key a", "a")]),
        row("p2", originator_id="party:a", version=2, disclosures=[("shown", "text"), ("decoy", None)]),
        row("f1", originator_id="factory:f"),
        row("alone"),
    )
    with recorder.unit() as unit:
        loaded = unit.load(
            {"party:a": 1, "party:unknown": 0},
            [row("f1").statement_id, "unknown"],
            ["key a", "unknown"],
            ["shown", "decoy", "unknown"],
        )
    assert [(e.position, e.originator_id, e.originator_version, e.topic, e.state) for e in loaded.events] == [
        (1, "party:a", 2, TOPIC, b"p2"),
        (2, "factory:f", 1, TOPIC, b"f1"),
    ]
    assert dict(loaded.statements) == {row("f1").statement_id: (2, "factory:f")}
    assert dict(loaded.keys) == {"key a": "a"}
    assert set(loaded.digests) == {"shown", "decoy"}


def test_a_stream_asked_for_by_version_is_not_loaded_again_for_its_statements(
    recorder: PostgresLedgerRecorder,
) -> None:
    append(recorder, row("p1", originator_id="party:a"), row("p2", originator_id="party:a", version=2))
    with recorder.unit() as unit:
        loaded = unit.load({"party:a": 2}, [row("p1").statement_id, row("p2").statement_id], [], [])
    assert not loaded.events
    assert {at.position for at in loaded.statements.values()} == {0, 1}


def test_the_head_may_be_asked_for_before_or_after_loading(recorder: PostgresLedgerRecorder) -> None:
    head = append(recorder, row("a"))
    with recorder.unit() as unit:
        assert unit.head == head
        assert not unit.load({}, [], [], []).events
    with recorder.unit() as unit:
        assert not unit.load({}, [], [], []).events
        assert unit.head == head


def test_a_unit_that_looked_at_nothing_holds_nothing(recorder: PostgresLedgerRecorder) -> None:
    with recorder.unit(), ThreadPoolExecutor(1) as pool:
        pool.submit(append, recorder, row("meanwhile")).result(10)
    assert texts(recorder) == ["meanwhile"]


def test_units_wait_for_each_other_and_see_what_the_other_committed(recorder: PostgresLedgerRecorder) -> None:
    seen: list[int] = []
    inside = threading.Event()

    def second() -> None:
        inside.wait(10)
        with recorder.unit() as unit:
            loaded = unit.load({"party:a": 0}, [], [], [])
            seen.append(len(loaded.events))
            seen.append(unit.head.size)

    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(second)
        with recorder.unit() as unit:
            assert unit.head.size == 0
            inside.set()
            time.sleep(0.2)
            assert not waiting.done()
            unit.append([row("a", originator_id="party:a")], [], Head(1, unit.head.frontier, ""))
        waiting.result(10)
    assert seen == [1, 1]


def test_nodes_of_tile_levels_alone_are_stored(recorder: PostgresLedgerRecorder) -> None:
    names = [f"entry {number}" for number in range(600)]
    append(recorder, *(row(name) for name in names[:250]))
    append(recorder, *(row(name) for name in names[250:]))
    leaves = [leaf_hash(name.encode()) for name in names]
    assert recorder.read_leaf_hashes(0, 1000) == leaves
    assert recorder.read_leaf_hashes(255, 2) == leaves[255:257]
    complete = [root_of(names[start : start + 256]) for start in (0, 256)]
    assert recorder.read_nodes(8, 0, 10) == complete
    assert recorder.read_nodes(8, 1, 1) == complete[1:]
    assert recorder.read_nodes(16, 0, 10) == []


def test_entries_can_be_read_from_anywhere_in_pages(recorder: PostgresLedgerRecorder) -> None:
    names = [f"entry {number}" for number in range(2345)]
    append(recorder, *(row(name) for name in names))
    assert [at for at, _ in recorder.read_entries(0)] == list(range(2345))
    assert [state.decode() for _, state in recorder.read_entries(999, 3)] == names[999:1002]
    assert list(recorder.read_entries(2345)) == []


def test_an_entry_is_found_by_statement_and_by_position(recorder: PostgresLedgerRecorder) -> None:
    append(recorder, row("a"), row("b", originator_id="party:b"))
    found = recorder.entry_by_statement(row("b").statement_id)
    assert found == (1, "party:b", 1, TOPIC, b"b")
    assert recorder.entry_at(1) == found
    assert recorder.entry_by_statement("unknown") is None
    assert recorder.entry_at(2) is None


def test_disclosures_are_read_by_position_with_decoys_empty(recorder: PostgresLedgerRecorder) -> None:
    shown, decoy, other = ("d1", "text"), ("d2", None), ("d3", "é")
    append(recorder, row("a", disclosures=[decoy, shown]), row("b"), row("c", disclosures=[other]))
    assert recorder.disclosures_of([0, 1, 2]) == [(0, *shown), (0, *decoy), (2, *other)]
    assert recorder.disclosures_of([1]) == []


def test_events_from_the_library_are_leaves_without_statement_id(recorder: PostgresLedgerRecorder) -> None:
    append(recorder, row("a"))
    stored = recorder.select_events(row("a").originator_id)[0]
    again = type(stored)("stream", 1, stored.topic, b"by the library", 0)  # type: ignore[call-arg]
    assert recorder.insert_events([again]) == [2]
    assert Frontier.from_bytes(recorder.head().frontier).root() == root_of(["a", "by the library"])
    append(recorder, row("c"))
    assert Frontier.from_bytes(recorder.head().frontier).root() == root_of(["a", "by the library", "c"])


# --- faults -----------------------------------------------------------------------------


@pytest.mark.parametrize(("fault", "stored"), [("lost", ["before"]), ("persisted", ["before", "batch"])])
@pytest.mark.parametrize("warm", [False, True], ids=["first statement", "prepared statement"])
def test_a_connection_lost_during_commit_says_that_the_outcome_is_unknown(
    recorder: PostgresLedgerRecorder, private_dir: Path, fault: Fault, stored: list[str], warm: bool
) -> None:
    append(recorder, row("before"))
    with (
        InterruptingProxy(recorder.datastore.url, private_dir) as proxy,
        datastore_from_url(proxy.url) as datastore,
    ):
        faulty = PostgresLedgerRecorder(datastore)
        if warm:
            with faulty.unit() as unit:
                assert unit.head.size == 1
        proxy.arm(fault)
        with pytest.raises(CommitOutcomeUnknown):
            append(faulty, row("batch"))
        assert proxy.faults == 1
        # Reading back over a new connection tells what happened.
        assert texts(faulty) == stored
        append(faulty, row("after"))
    assert texts(recorder) == [*stored, "after"]


def test_a_connection_lost_before_anything_was_appended_is_no_unknown_outcome(
    recorder: PostgresLedgerRecorder,
) -> None:
    def lose_the_connection_while_loading() -> None:
        with recorder.unit() as unit:
            assert unit.head.size == 0
            _end_other_sessions(recorder.datastore.url)
            unit.load({}, [], [], [])

    with pytest.raises(StoreUnavailable) as raised:
        lose_the_connection_while_loading()
    assert not isinstance(raised.value, CommitOutcomeUnknown)
    append(recorder, row("a"))
    assert texts(recorder) == ["a"]


def test_connections_that_died_in_the_pool_are_replaced_unnoticed(recorder: PostgresLedgerRecorder) -> None:
    append(recorder, row("a"))
    _end_other_sessions(recorder.datastore.url)
    append(recorder, row("b"))
    _end_other_sessions(recorder.datastore.url)
    assert texts(recorder) == ["a", "b"]


def test_a_server_that_went_away_is_named_in_one_line(private_dir: Path) -> None:
    with EmbeddedServer(private_dir) as server:
        migrate(server.url)
        recorder = PostgresLedgerRecorder(datastore_from_url(server.url))
    recorder.datastore.pool.timeout = 0.2
    with pytest.raises(StoreUnavailable, match="The database failed while reading: ") as raised:
        recorder.head()
    assert "\n" not in str(raised.value)
    recorder.datastore.close()


def _end_other_sessions(url: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity"
            " WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


# --- taking turns -----------------------------------------------------------------------


def test_one_process_at_a_time_appends_and_signs(recorder: PostgresLedgerRecorder) -> None:
    order: list[str] = []

    def turn(name: str) -> None:
        with recorder.sequencing():
            with recorder.unit() as unit:
                unit.append([row(name)], [], Head(unit.head.size + 1, unit.head.frontier, ""))
            order.append(f"{name} committed")
            time.sleep(0.02)
            order.append(f"{name} signed")

    names = [f"turn {number}" for number in range(8)]
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(turn, names))
    pairs = list(zip(order[::2], order[1::2], strict=True))
    assert all(first.replace("committed", "signed") == second for first, second in pairs)
    assert [first.removesuffix(" committed") for first, _ in pairs] == texts(recorder)


def test_a_turn_ends_with_its_block_even_after_a_failure(recorder: PostgresLedgerRecorder) -> None:
    def fail_in_turn() -> None:
        with recorder.sequencing(), recorder.unit() as unit:
            assert unit.head.size == 0
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_in_turn()
    with recorder.sequencing(), recorder.unit() as unit:
        assert unit.head.size == 0
    with psycopg.connect(recorder.datastore.url) as connection:
        held = connection.execute(
            "SELECT count(*) FROM pg_locks JOIN pg_database ON oid = database"
            " WHERE datname = current_database() AND locktype = 'advisory'"
        ).fetchone()
    assert held == (0,)


def test_a_batch_is_one_transaction(recorder: PostgresLedgerRecorder) -> None:
    names = [f"entry {number}" for number in range(300)]
    append(recorder, row("warm"))
    append(recorder, *(row(name, disclosures=[(name, "x")], keys=[(name, "p")]) for name in names))
    tables = ["ledger_head", "tree_node", "ledger_key", "disclosure"]
    since = ["ledger_event WHERE notification_id > 1", "ledger_entry WHERE position > 0"]
    query = " UNION ".join(f"SELECT xmin FROM {rows}" for rows in tables + since)
    with psycopg.connect(recorder.datastore.url) as connection:
        assert len(connection.execute(query).fetchall()) == 1  # type: ignore[call-overload]


WRITER = """
import sys
from ledger.store.datastore import datastore_from_url
from ledger.store.embedded import EmbeddedServer
from ledger.store.migrate import migrate
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.entries import append, row

url, name, batches = sys.argv[1:]
with datastore_from_url(url) as datastore:
    recorder = PostgresLedgerRecorder(datastore)
    for batch in range(int(batches)):
        with recorder.sequencing():
            append(recorder, *(row(f"{name} {batch} {number}") for number in range(20)))
        print(batch, flush=True)
"""


def _writer(url: str, name: str, batches: int) -> subprocess.Popen[str]:
    root = Path(__file__).parents[2]
    command = [sys.executable, "-c", WRITER, url, name, str(batches)]
    return subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True)


def test_several_processes_write_one_log_without_gaps(recorder: PostgresLedgerRecorder) -> None:
    writers = [_writer(recorder.datastore.url, f"process {number}", 15) for number in range(3)]
    for writer in writers:
        output, _ = writer.communicate(timeout=60)
        assert writer.returncode == 0, output
    names = texts(recorder)
    assert len(names) == 3 * 15 * 20
    assert Frontier.from_bytes(recorder.head().frontier).root() == root_of(names)
    for start in range(0, len(names), 20):  # batches never interleave
        assert len({name.rsplit(" ", 1)[0] for name in names[start : start + 20]}) == 1


def test_a_killed_writer_loses_nothing_reported_and_blocks_nobody(recorder: PostgresLedgerRecorder) -> None:
    writer = _writer(recorder.datastore.url, "killed", 10_000)
    assert writer.stdout is not None
    reported = [int(writer.stdout.readline()) for _ in range(5)]
    writer.kill()
    reported += [int(line) for line in writer.stdout.read().split()]
    writer.wait(10)
    writer.stdout.close()
    append(recorder, row("after"))
    names = texts(recorder)
    whole, rest = divmod(len(names) - 1, 20)
    assert rest == 0
    assert whole >= len(reported)
    assert Frontier.from_bytes(recorder.head().frontier).root() == root_of(names)
