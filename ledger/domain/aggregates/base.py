"""The part that all aggregates share: a stream's version and the records of its entries."""

from dataclasses import dataclass

from ..record_map import RecordMap
from .records import Record


@dataclass(frozen=True, slots=True)
class Aggregate:
    """Fold of one stream. `version` counts its entries from 1; `records` finds them by statement id."""

    version: int
    records: RecordMap[Record]


@dataclass(frozen=True, slots=True)
class Thread(Aggregate):
    """A statement with whatever amends or controls it: every kind without a lifecycle of its own."""
