"""The ledger as an event-sourced application: what is appended goes through the sequencer, streams are
folded from the store by the library's own repository.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from typing import Any, Protocol

from eventsourcing.application import AggregateNotFoundError, Application
from eventsourcing.persistence import InfrastructureFactory
from eventsourcing.utils import Environment, EnvType

from ledger.core.statement import Recorded, read_recorded
from ledger.domain.aggregates import Aggregate, evolve
from ledger.heads import SignedHead
from ledger.intake import Submission
from ledger.ports import LogRecorder
from ledger.receipts import Receipt, ReceiptDesk
from ledger.sequencer import Sequencer


class LoggedStatement(Protocol):
    """A domain event as the store's mapper gives it."""

    @property
    def recorded(self) -> Recorded: ...


class Ledger(Application[str]):
    """Submit, prove and read. The caller starts and stops the sequencer."""

    name = "ledger"

    def __init__(
        self,
        factory: InfrastructureFactory[Any],
        recorder: LogRecorder,
        sequencer: Sequencer,
        desk: ReceiptDesk,
    ) -> None:
        """`factory` hands out `recorder`, which is both the library's recorder and ours."""
        self._given_factory = factory
        self._log = recorder
        self._sequencer = sequencer
        self._desk = desk
        super().__init__()

    def construct_env(self, name: str, env: EnvType | None = None) -> Environment:
        """Nothing from the process environment: only the composition root reads that."""
        return Environment(name, dict(env or {}))

    def construct_factory(self, env: Environment) -> InfrastructureFactory[Any]:
        del env
        return self._given_factory

    def submit(self, submissions: Sequence[Submission]) -> list[Future[Receipt]]:
        """See `Sequencer.submit`."""
        return self._sequencer.submit(submissions)

    def get(self, originator_id: str, version: int | None = None) -> Aggregate | None:
        """The fold of a stream, as of a version if one is given; None when it has no entries."""
        try:
            return self.repository.get(  # type: ignore[type-var]
                originator_id, version=version, projector_func=project, deepcopy_from_cache=False
            )
        except AggregateNotFoundError:
            return None

    def receipt(self, statement_id: str, head: SignedHead | None = None) -> Receipt:
        """A receipt with a fresh proof, in `head` or in the newest signed tree. Raises `NotLogged`."""
        return self._desk.receipt(statement_id, head)

    def proof(self, statement_id: str) -> str:
        """The inclusion proof in the newest signed tree. Raises `NotLogged`."""
        return self._desk.prove(self._desk.entry(statement_id).position)

    def statement(self, statement_id: str) -> Recorded:
        """The recorded statement. Raises `NotLogged`."""
        stored = self._desk.entry(statement_id)
        return read_recorded(stored.position, stored.state)

    def checkpoint(self) -> SignedHead:
        """The newest signed head. Raises `NothingSigned`."""
        return self._desk.checkpoint()

    def entries(self, start: int = 0, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
        """(position, entry bytes), ascending."""
        return self._log.read_entries(start, limit)


def project(aggregate: Aggregate | None, events: Iterable[LoggedStatement]) -> Aggregate | None:
    """The library's projector function over the domain's fold."""
    for event in events:
        aggregate = evolve(aggregate, event.recorded)
    return aggregate
