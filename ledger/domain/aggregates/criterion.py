"""A criterion: one clause of a law or standard in one version, with what amends or controls it."""

from dataclasses import dataclass, replace

from ...core.statement import Recorded
from ..record_map import RecordMap
from .base import Aggregate
from .records import record_of


@dataclass(frozen=True, slots=True)
class Criterion(Aggregate):
    """Fold of `criterion:<slug>`; a later version of the clause is another criterion that `supersedes`
    this one.
    """

    creation: str


def evolve_criterion(criterion: Criterion | None, recorded: Recorded) -> Criterion:
    """Fold CriterionPublished, or an amendment of it."""
    record = record_of(recorded)
    if criterion is None:
        return Criterion(1, RecordMap.of(record.id, record), record.id)
    return replace(
        criterion, version=criterion.version + 1, records=criterion.records.adding(record.id, record)
    )
