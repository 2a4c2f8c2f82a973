"""Whose word the registry takes: anybody may propose a factory, change or merger; few bind.

The rules let any party sign `FactoryAmended`, `FactoryMerged` and `FactorySplit` (domain: kinds, factory), so
a view that took them all for facts would let anybody rename a factory or fold its history into another's.
What others propose stays in the history, under their names, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Final

from ledger.core.statement import Statement

if TYPE_CHECKING:
    from projections.items import Item

REGISTRAR: Final = "registrar"
SUCCESSIONS: Final = frozenset({"PartyMerged", "PartySplit", "FactoryMerged", "FactorySplit"})


def binds(statement: Statement) -> bool:
    """Whether a merger or split leads from one name to another: only what the registrar has signed."""
    return REGISTRAR in statement.issuers


def in_force(own: Sequence[Item]) -> list[Item]:
    """Of all statements that make or change one name, oldest first, those that bind.

    Until the registrar signs one of them, who proposed a factory describes it; afterwards the registrar does.
    The rules have seen to the same for parties, keys, criteria and the ledger.
    """
    found: list[Item] = []
    authors = frozenset[str]()
    for item in own:
        issuers = frozenset(item.statement.issuers)
        if REGISTRAR in issuers:
            authors = frozenset({REGISTRAR})
        elif not found:
            authors = issuers
        if item.statement.kind != "factory" or authors & issuers:
            found.append(item)
    return found


def proposals(own: Sequence[Item]) -> list[str]:
    """Of all statements that make or change one name, oldest first, the ids of those that change nothing."""
    effective = {one.id for one in in_force(own) if not _is_idle(one.statement)}
    return [one.id for one in own if one.id not in effective]


def all_proposals(registrations: Iterable[Item]) -> frozenset[str]:
    """The same, of all names that these statements make or change, in any order."""
    by_name: dict[str, list[Item]] = {}
    for item in sorted(registrations, key=lambda one: one.position):
        for subject in item.statement.subjects:
            by_name.setdefault(subject.name, []).append(item)
    return frozenset(id_ for own in by_name.values() for id_ in proposals(own))


def _is_idle(statement: Statement) -> bool:
    return statement.event in SUCCESSIONS and not binds(statement)


def is_proposed(own: Sequence[Item]) -> bool:
    """Whether the registrar has signed nothing that makes or changes this name."""
    return not any(REGISTRAR in item.statement.issuers for item in own)
