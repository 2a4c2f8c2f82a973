"""Aggregates: immutable folds of one stream each.

A stream belongs to the ledger, a party, a factory, a criterion or to a statement with whatever amends
it. Growing an aggregate by one entry costs the same however long its stream is.
"""

from dataclasses import replace
from typing import Protocol

from ...core.statement import Recorded, Statement
from ..names import LEDGER
from ..record_map import RecordMap
from .base import Aggregate, Thread
from .criterion import Criterion, evolve_criterion
from .factory import Factory, evolve_factory
from .keys import ROOT_KINDS, Key, Revocation, log_key_ids, new_keys
from .ledger import LedgerMain, evolve_ledger
from .party import Party, evolve_party
from .records import Record, record_of

__all__ = [
    "Aggregate",
    "Criterion",
    "Factory",
    "Key",
    "LedgerMain",
    "Party",
    "Record",
    "Revocation",
    "Thread",
    "evolve",
    "introduced_keys",
]


class KeyView(Protocol):
    """The part of a view that knows keys."""

    def party_of_key(self, key_id: str) -> str | None: ...


def evolve(aggregate: Aggregate | None, recorded: Recorded) -> Aggregate:
    """The aggregate after one more entry of its stream; None stands for a stream without entries."""
    match recorded.statement.kind:
        case "ledger":
            assert aggregate is None or isinstance(aggregate, LedgerMain)
            return evolve_ledger(aggregate, recorded)
        case "party" | "key":
            assert aggregate is None or isinstance(aggregate, Party)
            return evolve_party(aggregate, recorded)
        case "factory":
            assert aggregate is None or isinstance(aggregate, Factory)
            return evolve_factory(aggregate, recorded)
        case "criterion":
            assert aggregate is None or isinstance(aggregate, Criterion)
            return evolve_criterion(aggregate, recorded)
        case _:
            return _evolve_thread(aggregate, recorded)


def _evolve_thread(aggregate: Aggregate | None, recorded: Recorded) -> Aggregate:
    """A statement that opens a stream, or an amendment or control in the stream of its target, a
    criterion's too.
    """
    record = record_of(recorded)
    if aggregate is None:
        return Thread(1, RecordMap.of(record.id, record))
    return replace(
        aggregate, version=aggregate.version + 1, records=aggregate.records.adding(record.id, record)
    )


def introduced_keys(statement: Statement, view: KeyView | None = None) -> list[tuple[str, str]]:
    """(key id, party slug) of every key that `statement` introduces.

    With a `view`, only of those that it does not know yet.

    Keys of the log and of witnesses stand for `ledger:main`, which is no slug: they sign no statements,
    and nobody may introduce them again. A later policy may well list them again.
    """
    if statement.kind not in ROOT_KINDS:
        return []
    keys = [(key.id, key.party) for key in new_keys(statement, 0)]
    keys += [(key_id, LEDGER) for key_id in log_key_ids(statement)]
    return keys if view is None else [one for one in keys if view.party_of_key(one[0]) is None]
