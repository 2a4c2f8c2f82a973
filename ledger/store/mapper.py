"""Between log entries and the event-sourcing library's stored events.

A stored event's state is the entry, byte for byte, and its topic is predicate type + `#` + event: nothing is
encoded here, so nothing that was hashed or signed can change, and code can be renamed under a log.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from eventsourcing.persistence import JSONTranscoder, Mapper, Notification, StoredEvent

from ledger.core.statement import Recorded, read_recorded

from .recorder import LoggedEvent


@dataclass(frozen=True, slots=True)
class LoggedStatement:
    """A domain event of the library: a recorded statement with its place in its originator's stream.

    `entry` holds the bytes it was read from; `originator_version` counts from 1.
    """

    originator_id: str
    originator_version: int
    recorded: Recorded
    entry: bytes


class EntryMapper(Mapper[str]):
    """The library's mapper for entries. Its transcoder, compressor and cipher are never used."""

    def __init__(self, **_: Any) -> None:
        super().__init__(JSONTranscoder())

    def to_stored_event(self, domain_event: Any) -> StoredEvent:
        """The stored event of a `LoggedStatement`."""
        assert isinstance(domain_event, LoggedStatement)
        return LoggedEvent(
            domain_event.originator_id,
            domain_event.originator_version,
            domain_event.recorded.statement.topic,
            domain_event.entry,
            domain_event.recorded.index,
        )

    def to_domain_event(self, stored_event: StoredEvent) -> LoggedStatement:
        """The statement of an event that came from the log, read by our recorder or as a notification."""
        position = stored_event.id - 1 if isinstance(stored_event, Notification) else _position(stored_event)
        return LoggedStatement(
            str(stored_event.originator_id),
            stored_event.originator_version,
            read_recorded(position, stored_event.state),
            stored_event.state,
        )


def _position(event: StoredEvent) -> int:
    assert isinstance(event, LoggedEvent), "only our recorder knows an event's position"
    return event.position
