"""Entries as the event-sourcing library sees them: same bytes, topics by statement, an `Application`."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from eventsourcing.application import Application
from eventsourcing.persistence import InfrastructureFactory, StoredEvent
from eventsourcing.utils import Environment

from ledger.core.statement import read_recorded
from ledger.store.datastore import datastore_from_url
from ledger.store.factory import LedgerFactory
from ledger.store.mapper import EntryMapper, LoggedStatement
from ledger.store.recorder import LoggedEvent, PostgresLedgerRecorder
from tests.support.small_log import SmallLog


@pytest.fixture
def entries() -> list[bytes]:
    log = SmallLog()
    log.say("FactoryRegistered", "factory:mill")
    log.say("FactoryMerged", "factory:mill")
    return log.entries


@pytest.fixture
def recorder(database_url: str) -> Iterator[PostgresLedgerRecorder]:
    with datastore_from_url(database_url) as datastore:
        yield PostgresLedgerRecorder(datastore)


def logged(index: int, version: int, entry: bytes) -> LoggedStatement:
    return LoggedStatement("factory:mill", version, read_recorded(index, entry), entry)


def test_a_stored_event_is_the_entry_and_its_topic_names_kind_and_event(entries: list[bytes]) -> None:
    stored = EntryMapper().to_stored_event(logged(4, 1, entries[0]))
    assert stored.state == entries[0]
    assert stored.topic == "urn:evidence-ledger:v1:factory#FactoryRegistered"
    assert EntryMapper().to_domain_event(stored) == logged(4, 1, entries[0])


def test_an_event_of_unknown_position_is_no_log_entry(entries: list[bytes]) -> None:
    stored = EntryMapper().to_stored_event(logged(0, 1, entries[0]))
    plain = StoredEvent(stored.originator_id, 1, stored.topic, stored.state)
    with pytest.raises(AssertionError, match="position"):
        EntryMapper().to_domain_event(plain)


def test_an_event_that_knows_its_position_equals_the_same_event_without() -> None:
    at_0, at_1 = (LoggedEvent("party:a", 1, "topic", b"state", position) for position in (0, 1))
    assert at_0 == at_1
    assert hash(at_0) == hash(at_1)
    assert at_0 != LoggedEvent("party:a", 2, "topic", b"state", 0)


def test_the_librarys_application_reads_streams_and_notifications(
    recorder: PostgresLedgerRecorder, entries: list[bytes]
) -> None:
    class Log(Application[str]):
        def construct_factory(self, env: Environment) -> InfrastructureFactory:
            return LedgerFactory(recorder)

    log = Log()
    log.events.put([logged(index, index + 1, entry) for index, entry in enumerate(entries)])
    assert [event.entry for event in log.events.get("factory:mill")] == entries  # type: ignore[attr-defined]
    assert [event.recorded.index for event in log.events.get("factory:mill", gt=1)] == [1]  # type: ignore[attr-defined]
    notifications = log.notification_log.select(1, 10)
    assert [notification.state for notification in notifications] == entries
    assert log.mapper.to_domain_event(notifications[1]) == logged(1, 2, entries[1])
