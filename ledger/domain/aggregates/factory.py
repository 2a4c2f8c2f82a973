"""A factory: its registration, amendments, mergers and splits; claims about it live in streams of their
own.
"""

from dataclasses import dataclass, replace

from ...core.statement import Recorded
from ..names import REGISTRAR
from ..record_map import RecordMap
from .base import Aggregate
from .records import record_of


@dataclass(frozen=True, slots=True)
class Factory(Aggregate):
    """Fold of `factory:<slug>`; `proposed` is whether somebody other than the registrar registered it."""

    creation: str
    proposed: bool


def evolve_factory(factory: Factory | None, recorded: Recorded) -> Factory:
    """Fold one factory event."""
    record = record_of(recorded)
    if factory is None:
        proposed = REGISTRAR not in record.issuers
        return Factory(1, RecordMap.of(record.id, record), record.id, proposed)
    return replace(factory, version=factory.version + 1, records=factory.records.adding(record.id, record))
