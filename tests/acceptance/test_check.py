"""`evidence check` passes on the demo, and names the position after any one byte in the database is
changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from psycopg import Connection, sql

from ledger.store.embedded import EmbeddedServer
from projections.views import VIEWS
from tests.acceptance.conftest import Demo, Ran, evidence

pytestmark = pytest.mark.xdist_group("acceptance")


def checked(demo: Demo) -> Ran:
    return evidence("check", "--data", demo.data, "--json")


@contextmanager
def connected(demo: Demo) -> Iterator[Connection[Any]]:
    with (
        EmbeddedServer(demo.data / "postgres") as server,
        psycopg.connect(server.url, autocommit=True) as conn,
    ):
        yield conn


@contextmanager
def changed(conn: Connection[Any], table: str, column: str, where: str, value: object) -> Iterator[None]:
    """Set one value behind the ledger's back, and put it back afterwards."""
    names = {"table": sql.Identifier(table), "column": sql.Identifier(column), "where": sql.SQL(where)}
    read = sql.SQL("SELECT {column} FROM {table} WHERE {where}").format(**names)
    write = sql.SQL("UPDATE {table} SET {column} = %s WHERE {where}").format(**names)
    (before,) = conn.execute(read).fetchone() or (None,)
    assert before is not None
    assert before != value
    conn.execute(write, [value])
    try:
        yield
    finally:
        conn.execute(write, [before])


def test_the_demo_is_sound(demo: Demo) -> None:
    report = checked(demo).json()
    assert report["ok"]
    assert report["entries"] == demo.shown["entries"]
    assert {"bytes", "positions", "signatures", "rules", "root", "disclosures", "views", "documents"} <= set(
        report["checked"]
    )


def test_bytes_and_tree_can_be_checked_alone(demo: Demo) -> None:
    quick = ("check", "--quick", "--data", demo.data)
    assert evidence(*quick, "--json").json()["checked"] == ["bytes", "positions", "root", "journal"]
    with connected(demo) as conn:
        row = conn.execute("SELECT state FROM ledger_event WHERE notification_id = 31").fetchone()
        assert row is not None
        with changed(conn, "ledger_event", "state", "notification_id = 31", flipped(row[0], 200)):
            ran = evidence(*quick)
    assert ran.code == 1
    assert "entry 30: bytes" in ran.err


def assert_named(demo: Demo, position: int, step: str) -> None:
    ran = checked(demo)
    assert ran.code == 1
    report = json.loads(ran.out)
    assert (report["step"], report["position"]) == (step, position)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


@pytest.mark.parametrize(("position", "part"), [(0, 0.01), (20, 0.5), (52, 0.9), (91, 0.99)])
def test_one_changed_byte_of_an_entry_names_its_position(demo: Demo, position: int, part: float) -> None:
    with connected(demo) as conn:
        table = "ledger_event"
        where = f"notification_id = {position + 1}"
        row = conn.execute(
            sql.SQL("SELECT state FROM {} WHERE " + where).format(sql.Identifier(table))
        ).fetchone()
        assert row is not None
        state = bytes(row[0])
        with changed(conn, table, "state", where, flipped(state, int(len(state) * part))):
            assert_named(demo, position, "bytes")


def test_people_are_told_in_one_line(demo: Demo) -> None:
    where = "notification_id = 11"
    with connected(demo) as conn, changed(conn, "ledger_event", "topic", where, "x"):
        ran = evidence("check", "--data", demo.data)
    assert ran.code == 1
    assert "entry 10" in ran.err
    assert len(ran.err.splitlines()) == 1
    assert checked(demo).code == 0, "what this and the tests before it changed is as it was"


def test_one_changed_byte_of_a_disclosure_names_its_position(demo: Demo) -> None:
    with connected(demo) as conn:
        query = (
            "SELECT digest, position, content FROM disclosure WHERE content IS NOT NULL"
            " ORDER BY position OFFSET 30 LIMIT 1"
        )
        digest, position, content = conn.execute(query).fetchone() or ("", 0, "")
        other = ("B" if content[5] == "A" else "A").join([content[:5], content[6:]])
        with changed(conn, "disclosure", "content", f"digest = '{digest}'", other):
            assert_named(demo, position, "disclosures")


@pytest.mark.parametrize("view", [view.name for view in VIEWS])
def test_one_changed_byte_of_a_view_names_its_position(demo: Demo, view: str) -> None:
    table = next(each.table for each in VIEWS if each.name == view)
    with connected(demo) as conn:
        names = {"table": sql.Identifier(table)}
        last = sql.SQL("SELECT position, key FROM {table} ORDER BY position DESC LIMIT 1").format(**names)
        position, value = conn.execute(last).fetchone() or (0, "")
        other = value[:-1] + ("x" if value[-1] != "x" else "y")
        update = sql.SQL("UPDATE {table} SET key = %s WHERE position = %s AND key = %s").format(**names)
        conn.execute(update, [other, position, value])
        try:
            assert_named(demo, position, "views")
        finally:
            conn.execute(update, [value, position, other])


def test_a_changed_document_names_the_statement_that_captured_it(demo: Demo) -> None:
    (document,) = [
        path for path in (demo.data / "blobs").rglob("*") if path.is_file() and path.stat().st_size > 1000
    ]
    before = document.read_bytes()
    document.write_bytes(flipped(before, 100))
    try:
        (captured,) = [
            item for item in demo.shown["timeline"]["items"] if item["event"] == "DocumentCaptured"
        ]
        assert_named(demo, captured["position"], "documents")
    finally:
        document.write_bytes(before)
    assert checked(demo).code == 0
