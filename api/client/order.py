"""The order in which signed files can be entered: whatever is pinned comes before what pins it."""

from __future__ import annotations

from collections.abc import Sequence
from graphlib import CycleError, TopologicalSorter
from heapq import heappop, heappush

from api.client.signed import Signed
from ledger.core.refusal import LedgerError


def in_order(batch: Sequence[Signed]) -> list[Signed]:
    """The same statements, each after those of the batch that it refers to; otherwise the earliest issued
    first.

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
    ready: list[tuple[str, int]] = []
    while sorter.is_active():
        for number in sorter.get_ready():
            heappush(ready, (statements[number].issued_at, number))
        _, number = heappop(ready)
        ordered.append(batch[number])
        sorter.done(number)
    return ordered
