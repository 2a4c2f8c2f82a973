"""A factory: its registration, amendments, mergers and splits; claims about it live in streams of their own."""

from dataclasses import dataclass, replace

from ...core.statement import Recorded
from ..names import REGISTRAR
from ..record_map import RecordMap
from .base import Aggregate
from .party import continuing
from .records import Record, record_of


@dataclass(frozen=True, slots=True)
class Factory(Aggregate):
    """Fold of `factory:<slug>`.

    `proposed` is whether somebody other than the registrar registered it; `merged_into` the factory that goes on
    under the registrar's word. A merger that others propose changes nothing here.
    """

    creation: str
    proposed: bool
    merged_into: str | None = None


def evolve_factory(factory: Factory | None, recorded: Recorded) -> Factory:
    """Fold one factory event."""
    record = record_of(recorded)
    by_registrar = REGISTRAR in record.issuers
    if factory is None:
        return Factory(1, RecordMap[Record]().adding(record.id, record), record.id, not by_registrar)
    factory = replace(factory, version=factory.version + 1, records=factory.records.adding(record.id, record))
    if recorded.statement.event == "FactoryMerged" and by_registrar:
        return replace(factory, merged_into=continuing(recorded.statement))
    return factory
