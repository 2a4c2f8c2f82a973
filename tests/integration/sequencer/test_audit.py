"""The audit names the position after any change of what is stored."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from ledger import audit
from ledger.core import merkle
from ledger.core.entry import decode_entry, encode_entry
from ledger.core.envelope import Envelope, Signature
from ledger.ports import Signed
from ledger.store.auditing import audit_source
from ledger.store.journal import FileSignJournal
from tests.support.databases import TestServer
from tests.support.writing import Author, writing

ENTRIES = 303  # one complete node of level 8, and a rest


@pytest.fixture(scope="module")
def log_template(
    embedded_server: TestServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[str, Signed]]:
    """The name of a database with a log, to be copied by each test, and its signed head."""
    author, journal = Author(), tmp_path_factory.mktemp("audit") / "journal"
    with embedded_server.database() as url:
        with writing(url, journal) as process:
            process.submit(*author.setup)
            process.submit(*author.allegations(ENTRIES - 3))
        signed = FileSignJournal(journal).last()
        assert signed is not None
        yield psycopg.conninfo.conninfo_to_dict(url)["dbname"], signed


@pytest.fixture
def log(log_template: tuple[str, Signed], embedded_server: TestServer) -> Iterator[tuple[str, Signed]]:
    name, signed = log_template
    with embedded_server.database(name) as url:
        yield url, signed


def verdict(url: str, signed: Signed | None = None, *, rules: bool = True) -> audit.Event:
    with audit_source(url) as source:
        return list(audit.check(source, signed=signed, rules=rules, page=100))[-1]


@contextmanager
def changing(url: str) -> Iterator[psycopg.Connection[tuple[object, ...]]]:
    with psycopg.connect(url) as connection:
        yield connection


def change(url: str, statement: str, *parameters: object) -> None:
    with changing(url) as connection:
        assert connection.execute(statement, parameters).rowcount > 0, "the test changed nothing"  # type: ignore[arg-type]


def assert_defect(event: audit.Event, step: str, position: int) -> None:
    assert isinstance(event, audit.Defect), event
    assert (event.step, event.position) == (step, position), event


def test_an_untouched_log_is_sound_in_every_step(log: tuple[str, Signed]) -> None:
    url, signed = log
    event = verdict(url, signed)
    assert isinstance(event, audit.Sound)
    assert event.entries == ENTRIES
    assert event.steps == tuple(step for step in audit.ALL if step != "views")


def test_an_empty_log_is_sound(database_url: str) -> None:
    assert verdict(database_url) == audit.Sound(
        0, tuple(s for s in audit.ALL if s not in ("journal", "views"))
    )


def test_progress_counts_to_the_end(log: tuple[str, Signed]) -> None:
    with audit_source(log[0]) as source:
        *steps, _ = audit.check(source, page=100)
    assert [step.done for step in steps if isinstance(step, audit.Progress)] == [100, 200, 300, 303]


@pytest.mark.parametrize("rules", [True, False])
@pytest.mark.parametrize("at", [0, 40, 500, -30, -1])
@pytest.mark.parametrize("position", [0, 150, ENTRIES - 1])
def test_a_changed_byte_of_an_entry_is_named(
    log: tuple[str, Signed], position: int, at: int, rules: bool
) -> None:
    url, signed = log
    change(
        url,
        """
        UPDATE ledger_event SET state = set_byte(state, place, get_byte(state, place) # 1)
        FROM (SELECT mod(%s + length(state), length(state)) AS place FROM ledger_event
              WHERE notification_id = %s) AS wanted
        WHERE notification_id = %s
        """,
        at,
        position + 1,
        position + 1,
    )
    assert_defect(verdict(url, signed, rules=rules), "bytes", position)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        (b'{"envelope":', b'{"Envelope":'),
        (b"+json", b"+JSON"),
        (b'"keyid":', b'"keyId":'),
        (b'","sig":"', b'","sIg":"'),
        (b'=="}', b'= "}'),
        (b']},"recordedAt"', b']},"recordedat"'),
        (b'"}', b'"]'),
        (b"Z", b"z"),
    ],
    ids=str,
)
def test_bytes_that_fast_readers_pass_over_are_checked_all_the_same(
    log: tuple[str, Signed], was: bytes, becomes: bytes
) -> None:
    """`read_recorded` slices entries of the log at known places; what stands between them is judged here."""
    url, signed = log
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT state FROM ledger_event WHERE notification_id = 41").fetchone()
        assert row is not None
        before, found, after = row[0].rpartition(was)
        state = before + becomes + after
        assert found
        assert len(state) == len(row[0])
        connection.execute("UPDATE ledger_event SET state = %s WHERE notification_id = 41", [state])
        leaf = merkle.leaf_hash(state)
        connection.execute("UPDATE ledger_entry SET leaf_hash = %s WHERE position = 40", [leaf])
    assert_defect(verdict(url, signed, rules=False), "bytes", 40)


def test_a_changed_leaf_hash_is_named(log: tuple[str, Signed]) -> None:
    change(log[0], "UPDATE ledger_entry SET leaf_hash = sha256('x') WHERE position = 77")
    assert_defect(verdict(log[0], rules=False), "bytes", 77)


def test_an_entry_changed_with_its_leaf_is_betrayed_by_the_tree(log: tuple[str, Signed]) -> None:
    """Signature bytes that still decode, and a leaf hash to fit: in the fast steps the tree node is wrong."""
    url, signed = log
    _forge(url, 40)
    assert_defect(verdict(url, signed, rules=False), "root", 255)
    assert_defect(verdict(url, signed), "signatures", 40)


def test_a_changed_entry_in_the_last_partial_tile_contradicts_the_head(log: tuple[str, Signed]) -> None:
    url, _ = log
    _forge(url, 300)
    assert_defect(verdict(url, rules=False), "root", ENTRIES)


def test_a_whole_consistent_rewrite_contradicts_the_journal(
    database_url: str, tmp_path: Path, log: tuple[str, Signed]
) -> None:
    """Another log of the same length, sound in itself, is not the one that was signed."""
    author = Author()
    with writing(database_url, tmp_path / "journal") as process:
        process.submit(*author.setup)
        process.submit(*author.allegations(ENTRIES - 3))
    assert isinstance(verdict(database_url), audit.Sound)
    assert_defect(verdict(database_url, log[1]), "journal", ENTRIES)


def test_a_log_shorter_than_what_was_signed_is_named(log: tuple[str, Signed]) -> None:
    assert_defect(verdict(log[0], Signed(ENTRIES + 1, bytes(32))), "journal", ENTRIES)


@pytest.mark.parametrize(
    ("statement", "step", "position"),
    [
        ("DELETE FROM ledger_event WHERE notification_id = 51", "positions", 50),
        ("DELETE FROM ledger_entry WHERE position = 50", "positions", 50),
        ("UPDATE ledger_head SET size = 302", "positions", 302),
        ("UPDATE ledger_head SET size = 304", "positions", 303),
        ("UPDATE ledger_head SET frontier = set_byte(frontier, 9, 255 - get_byte(frontier, 9))", "root", 303),
        ("UPDATE ledger_head SET recorded_at = '2030-01-01T00:00:00.000Z'", "positions", 303),
        ("UPDATE tree_node SET hash = sha256('x')", "root", 255),
        ("DELETE FROM tree_node", "root", 255),
        ("INSERT INTO tree_node VALUES (8, 1, sha256('x'))", "root", 303),
        ("UPDATE ledger_entry SET statement_id = repeat('0', 64) WHERE position = 60", "index", 60),
        ("UPDATE ledger_entry SET originator_id = 'party:ngo' WHERE position = 61", "index", 61),
        ("UPDATE ledger_event SET originator_version = 2 WHERE notification_id = 63", "index", 62),
        ("UPDATE ledger_event SET topic = topic || 'x' WHERE notification_id = 64", "index", 63),
        ("UPDATE ledger_key SET party = 'nobody' WHERE position = 1", "index", 1),
        ("DELETE FROM ledger_key WHERE position = 1", "index", 1),
        ("INSERT INTO ledger_key VALUES ('00', 'ngo', 70)", "index", 70),
        ("UPDATE disclosure SET content = reverse(content) WHERE position = 80", "disclosures", 80),
        ("UPDATE disclosure SET digest = 'x' WHERE position = 81", "disclosures", 81),
        ("DELETE FROM disclosure WHERE position = 82", "disclosures", 82),
        ("INSERT INTO disclosure VALUES ('x', 83, NULL)", "disclosures", 83),
    ],
)  # fmt: skip
def test_a_changed_row_beside_the_entries_is_named(
    log: tuple[str, Signed], statement: str, step: str, position: int
) -> None:
    change(log[0], statement)
    assert_defect(verdict(log[0]), step, position)


def test_a_statement_that_breaks_a_rule_is_named(log: tuple[str, Signed]) -> None:
    """An operator who writes into the tables what `decide` refuses: the same statement a second time."""
    url, _ = log
    with changing(url) as connection:
        rows = connection.execute("SELECT state FROM ledger_event WHERE notification_id = 10").fetchall()
        entry = decode_entry(bytes(rows[0][0]))  # type: ignore[call-overload]
        (latest,) = connection.execute("SELECT recorded_at FROM ledger_head").fetchall()[0]
        _append_raw(connection, encode_entry(entry.envelope, str(latest)))
    event = verdict(url)
    assert_defect(event, "rules", ENTRIES)
    assert isinstance(event, audit.Defect)
    assert "statement-known" in event.what or "digest-repeated" in event.what


def test_a_defect_of_a_view_ends_the_audit(log: tuple[str, Signed]) -> None:
    events = [audit.Progress("views", 10, 20), audit.Defect("views", 12, "timeline: a row differs")]
    with audit_source(log[0]) as source:
        assert list(audit.check(source, rules=False, views=lambda: events))[-2:] == events


def _forge(url: str, position: int) -> None:
    """Replace an entry's signature and its leaf hash."""
    with changing(url) as connection:
        row = connection.execute(
            "SELECT state FROM ledger_event WHERE notification_id = %s", [position + 1]
        ).fetchone()
        assert row is not None
        entry = decode_entry(bytes(row[0]))  # type: ignore[call-overload]
        forged = Envelope(entry.envelope.payload, (Signature(entry.envelope.signatures[0].keyid, bytes(64)),))
        state = encode_entry(forged, entry.recorded_at)
        connection.execute(
            "UPDATE ledger_event SET state = %s WHERE notification_id = %s", [state, position + 1]
        )
        connection.execute(
            "UPDATE ledger_entry SET leaf_hash = %s WHERE position = %s", [merkle.leaf_hash(state), position]
        )


def _append_raw(connection: psycopg.Connection[tuple[object, ...]], state: bytes) -> None:
    """One more entry, with a head to fit; all consistent but the rules."""
    row = connection.execute("SELECT size, frontier FROM ledger_head").fetchone()
    assert row is not None
    size, leaf = int(row[0]), merkle.leaf_hash(state)  # type: ignore[call-overload]
    frontier = merkle.Frontier.from_bytes(bytes(row[1])).append([leaf]).frontier  # type: ignore[call-overload]
    connection.execute("INSERT INTO ledger_event VALUES ('again', 1, 'again', %s, %s)", [state, size + 1])
    connection.execute("INSERT INTO ledger_entry VALUES (%s, NULL, 'again', 1, %s)", [size, leaf])
    connection.execute("UPDATE ledger_head SET size = %s, frontier = %s", [size + 1, frontier.to_bytes()])
