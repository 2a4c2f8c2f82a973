"""From a name or a label to the statement that it pins."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from ledger.core.statement import Statement, read_statement

STATEMENT_ID = re.compile(r"[0-9a-f]{64}")

# Events after which a name exists (protocol section 2).
CREATING = frozenset({"PartyListed", "PartyRegistered", "FactoryRegistered", "CriterionPublished"})


@dataclass(frozen=True, slots=True)
class Target:
    """What a draft needs to know of a statement it refers to: its id, kind, and the names of its subjects."""

    id: str
    kind: str
    subjects: tuple[str, ...]


class Resolver(Protocol):
    """Looks up what is logged already, or signed and about to be; None when unknown."""

    def named(self, name: str) -> str | None:
        """The id of the statement that created `factory:x`, `party:x` or `criterion:x`."""
        ...

    def target(self, label_or_id: str) -> Target | None:
        """The statement under a label of the author's own, or under its id."""
        ...

    def public_key(self, name: str) -> Mapping[str, object] | None:
        """The `firstKey` or key claim of the key file of that name."""
        ...


@dataclass(slots=True)
class Shelf:
    """A resolver over statements held here; what it does not hold it asks `behind`."""

    behind: Resolver | None = None
    _targets: dict[str, Target] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)
    _keys: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def put(self, payload: bytes, label: str | None = None) -> Target:
        """Hold a signed statement, under its id, its label, and the names it creates."""
        statement = read_statement(payload)
        target = target_of(statement)
        self._targets[statement.id] = target
        if label is not None:
            self._targets[label] = target
        for name in created_names(statement):
            self._names.setdefault(name, statement.id)
        return target

    def put_key(self, name: str, claim: Mapping[str, object]) -> None:
        """Hold the public half of a key file under a name."""
        self._keys[name] = claim

    def named(self, name: str) -> str | None:
        found = self._names.get(name)
        return found if found or self.behind is None else self.behind.named(name)

    def target(self, label_or_id: str) -> Target | None:
        found = self._targets.get(label_or_id)
        return found if found or self.behind is None else self.behind.target(label_or_id)

    def public_key(self, name: str) -> Mapping[str, object] | None:
        found = self._keys.get(name)
        return found if found or self.behind is None else self.behind.public_key(name)


def target_of(statement: Statement) -> Target:
    """What others need to know of a statement in order to refer to it."""
    return Target(statement.id, statement.kind, tuple(subject.name for subject in statement.subjects))


def created_names(statement: Statement) -> list[str]:
    """The names whose existence begins with this statement."""
    if statement.event == "LedgerOpened":
        return [subject.name for subject in statement.subjects]
    if statement.event not in CREATING:
        return []
    return [subject.name for subject in statement.subjects if subject.name.startswith(f"{statement.kind}:")]
