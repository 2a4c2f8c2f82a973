"""Python sequences reach PostgreSQL as the arrays they say they are."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.store import arrays
from ledger.store.arrays import Bigints, Byteas, Smallints, Texts
from tests.support.databases import TestServer

Connection = psycopg.Connection[tuple[object, ...]]
text = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
same_connection = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60)


@pytest.fixture(scope="module")
def connection(embedded_server: TestServer) -> Iterator[Connection]:
    with embedded_server.database() as url, psycopg.connect(url, autocommit=True) as opened:
        arrays.register(opened.adapters)
        yield opened


def echo(connection: Connection, values: object) -> tuple[object, ...]:
    cursor = connection.execute("SELECT %(v)b, pg_typeof(%(v)b)::text", {"v": values})
    row = cursor.fetchone()
    assert row is not None
    return row


@same_connection
@given(values=st.lists(st.none() | text))
def test_texts_come_back_with_their_nulls(connection: Connection, values: list[str | None]) -> None:
    assert echo(connection, Texts(values)) == (values, "text[]")


@same_connection
@given(values=st.lists(st.binary(max_size=50)))
def test_bytes_come_back_whatever_they_are(connection: Connection, values: list[bytes]) -> None:
    assert echo(connection, Byteas(values)) == (values, "bytea[]")


@same_connection
@given(values=st.lists(st.integers(-(2**63), 2**63 - 1)))
def test_big_integers_keep_their_type_even_when_small(connection: Connection, values: list[int]) -> None:
    assert echo(connection, Bigints(values)) == (values, "bigint[]")


@same_connection
@given(values=st.lists(st.integers(-(2**15), 2**15 - 1)))
def test_small_integers_keep_theirs(connection: Connection, values: list[int]) -> None:
    assert echo(connection, Smallints(values)) == (values, "smallint[]")
