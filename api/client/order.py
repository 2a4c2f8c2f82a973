"""The order in which signed files can be entered: whatever is pinned comes before what pins it."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter

from api.client.signed import Signed
from ledger.core.refusal import LedgerError


def in_order(batch: Sequence[Signed]) -> list[Signed]:
    """The same statements, each after those of the batch that it refers to; otherwise in the order given.

    Raises LedgerError for a circle, which honest files cannot form: an id is the digest of what refers.
    """
    statements = [signed.statement() for signed in batch]
    place = {statement.id: number for number, statement in enumerate(statements)}
    sorter: TopologicalSorter[int] = TopologicalSorter()
    for number, statement in enumerate(statements):
        pinned = [ref.id for ref in statement.refs] + [subject.digest for subject in statement.subjects]
        sorter.add(number, *sorted(place[one] for one in pinned if one in place and place[one] != number))
    try:
        sorter.prepare()
    except CycleError as error:
        raise LedgerError("the files refer to each other in a circle", "sign one of them again") from error
    ordered: list[Signed] = []
    while sorter.is_active():
        for number in sorted(sorter.get_ready()):
            ordered.append(batch[number])
            sorter.done(number)
    return ordered
