"""Whose word the registry takes: anybody may propose a factory, change or merger; few bind.

The rules let any party sign `FactoryAmended`, `FactoryMerged` and `FactorySplit` (domain: kinds, factory), so
a view that took them all for facts would let anybody rename a factory or fold its history into another's.
What others propose stays in the history, under their names, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
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


def is_proposed(own: Sequence[Item]) -> bool:
    """Whether the registrar has signed nothing that makes or changes this name."""
    return not any(REGISTRAR in item.statement.issuers for item in own)
