"""The event-sourcing library's own recorder suites, with text originator ids, on each PostgreSQL server."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests.persistence import (
    AggregateRecorderTestCase,
    ApplicationRecorderTestCase,
    NonInterleavingNotificationIDsBaseCase,
    RecorderTestCase,
)

from ledger.store.datastore import datastore_from_url
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.databases import TestServer


class WithoutIds(PostgresLedgerRecorder):
    """The aggregate suite wants a recorder that gives no notification ids; in all else it is the same."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class OnPostgres(RecorderTestCase):
    """Text ids and a fresh database for each test; subclasses name the server."""

    __test__ = False
    url: ClassVar[str]

    @pytest.fixture(autouse=True)
    def fresh_database(self, request: pytest.FixtureRequest) -> Iterator[None]:
        server: TestServer = request.getfixturevalue(self.server_fixture)
        with server.database("template1") as url:
            type(self).url = url
            yield

    server_fixture: ClassVar[str]
    recorder_class: ClassVar[type[PostgresLedgerRecorder]] = PostgresLedgerRecorder

    def new_originator_id(self) -> str:
        return f"party:{uuid4()}"

    def create_recorder(self) -> PostgresLedgerRecorder:
        datastore = datastore_from_url(self.url, pool_size=12)
        self.addCleanup(datastore.close)
        recorder = self.recorder_class(datastore)
        recorder.create_table()
        return recorder


class ApplicationSuite(OnPostgres, ApplicationRecorderTestCase[PostgresLedgerRecorder]):
    """Every test of the library's application suite, the optional subscription test included."""

    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class AggregateSuite(OnPostgres, AggregateRecorderTestCase):
    recorder_class = WithoutIds


class GapSuite(OnPostgres, NonInterleavingNotificationIDsBaseCase):
    """Two writers at once: neither may be given ids among the other's."""


class TestApplicationRecorderOnEmbedded(ApplicationSuite):
    __test__ = True
    server_fixture = "embedded_server"


class TestApplicationRecorderOnSystem(ApplicationSuite):
    __test__ = True
    server_fixture = "system_server"


class TestAggregateRecorderOnEmbedded(AggregateSuite):
    __test__ = True
    server_fixture = "embedded_server"


class TestAggregateRecorderOnSystem(AggregateSuite):
    __test__ = True
    server_fixture = "system_server"


class TestNotificationIdsOnEmbedded(GapSuite):
    __test__ = True
    server_fixture = "embedded_server"


class TestNotificationIdsOnSystem(GapSuite):
    __test__ = True
    server_fixture = "system_server"
