"""Our recorder and mapper as the infrastructure of the event-sourcing library's `Application`."""

from __future__ import annotations

from typing import NoReturn

from eventsourcing.persistence import InfrastructureFactory, TrackingRecorder
from eventsourcing.utils import get_topic

from .mapper import EntryMapper
from .recorder import PostgresLedgerRecorder


class LedgerFactory(InfrastructureFactory[TrackingRecorder]):
    """Hands one recorder to an application: `Application.construct_factory` returns this.

    There are no snapshots and no process recorder: a stream is folded from its entries, and views track their
    own positions.
    """

    def __init__(self, recorder: PostgresLedgerRecorder) -> None:
        super().__init__({"MAPPER_TOPIC": get_topic(EntryMapper)})
        self._recorder = recorder

    def application_recorder(self) -> PostgresLedgerRecorder:
        return self._recorder

    def aggregate_recorder(self, purpose: str = "events") -> NoReturn:
        raise NotImplementedError(f"the ledger keeps no {purpose} beside its log")

    def tracking_recorder(self, tracking_recorder_class: type[TrackingRecorder] | None = None) -> NoReturn:
        raise NotImplementedError("views track their own positions")

    def process_recorder(self) -> NoReturn:
        raise NotImplementedError("views track their own positions")
