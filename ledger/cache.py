"""Facts about earlier entries that the sequencer keeps between batches, bounded and never stale.

Where a statement is logged and whose a key is never change. An aggregate does, and another process may
have changed it: each load under the head lock asks for the events after the version held here, so a cached
fold is brought up to date before it is used.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from ledger.batch import Known, fold
from ledger.domain.aggregates import Aggregate
from ledger.domain.names import LEDGER
from ledger.intake import Ticket
from ledger.ports import Loaded, StatementPosition

V = TypeVar("V")

AGGREGATES = 4_096
POSITIONS = 32_768
KEYS = 32_768


class Recent(Generic[V]):
    """The most recently used values, at most `limit` of them."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._values: dict[str, V] = {}

    def get(self, key: str) -> V | None:
        value = self._values.pop(key, None)
        if value is not None:
            self._values[key] = value
        return value

    def update(self, values: Mapping[str, V]) -> None:
        for key, value in values.items():
            self._values.pop(key, None)
            self._values[key] = value
        while len(self._values) > self._limit:
            del self._values[next(iter(self._values))]

    def clear(self) -> None:
        self._values.clear()


@dataclass(slots=True)
class Wanted:
    """What a batch must read, and in `held` what is known without reading."""

    originators: dict[str, int] = field(default_factory=dict)
    statements: set[str] = field(default_factory=set)
    keys: set[str] = field(default_factory=set)
    digests: set[str] = field(default_factory=set)
    held: Known = field(default_factory=Known)


class FactCache:
    """Aggregates, positions and keys; used by the sequencer's thread alone."""

    def __init__(self) -> None:
        self._aggregates: Recent[Aggregate] = Recent(AGGREGATES)
        self._statements: Recent[StatementPosition] = Recent(POSITIONS)
        self._keys: Recent[str] = Recent(KEYS)

    def wanted(self, tickets: Iterable[Ticket]) -> Wanted:
        """Everything the tickets need, split into what is held and what must be read."""
        wanted = Wanted()
        originators, statements, keys = {LEDGER}, set[str](), set[str]()
        for ticket in tickets:
            if ticket.failure is None:
                originators |= ticket.needs.originators
                statements |= ticket.needs.statements
                statements.add(ticket.statement.id)
                keys |= ticket.needs.keys
                wanted.digests |= ticket.needs.digests
        self._split_statements(statements, originators, wanted)
        self._split_keys(keys, wanted)
        for originator_id in originators:
            aggregate = self._aggregates.get(originator_id)
            if aggregate is not None:
                wanted.held.aggregates[originator_id] = aggregate
            wanted.originators[originator_id] = 0 if aggregate is None else aggregate.version
        return wanted

    def merge(self, wanted: Wanted, loaded: Loaded) -> Known:
        """What is held and what was read under the lock, together; the latter is remembered."""
        aggregates = fold(loaded, wanted.held.aggregates)
        self._aggregates.update(aggregates)
        self._statements.update(loaded.statements)
        self._keys.update(loaded.keys)
        statements = {**wanted.held.statements, **loaded.statements}
        return Known(aggregates, statements, {**wanted.held.keys, **loaded.keys}, set(loaded.digests))

    def keep(self, decided: Known) -> None:
        """Remember what a batch decided; only after its commit."""
        self._aggregates.update(decided.aggregates)
        self._statements.update(decided.statements)
        self._keys.update(decided.keys)

    def clear(self) -> None:
        """Forget everything, after a failure that leaves in doubt what the database holds."""
        self._aggregates.clear()
        self._statements.clear()
        self._keys.clear()

    def _split_statements(self, statements: set[str], originators: set[str], wanted: Wanted) -> None:
        for statement_id in statements:
            position = self._statements.get(statement_id)
            if position is None:
                wanted.statements.add(statement_id)
            else:
                wanted.held.statements[statement_id] = position
                originators.add(position.originator_id)

    def _split_keys(self, keys: set[str], wanted: Wanted) -> None:
        for key_id in keys:
            party = self._keys.get(key_id)
            if party is None:
                wanted.keys.add(key_id)
            else:
                wanted.held.keys[key_id] = party
