"""What later statements by its own issuers did to a statement: corrected, extended or withdrawn, and by how
many.

An amendment binds only those who sign it (domain: kinds, amendment), so a joint statement may be "withdrawn
by 1 of 4" and stand for the rest. The original stays as it was signed; what it comes to is shown beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projections.items import Item, Slice
from projections.wording import ENGLISH, Wording, marked

WORDS = {"correction": "corrected", "addition": "extended", "withdrawal": "withdrawn"}


@dataclass(frozen=True, slots=True)
class Amendment:
    """One amendment in force: `by` signed it, of the target's `issuers`; `change` is its `set` member."""

    id: str
    position: int
    recorded_at: str
    type: str
    by: tuple[str, ...]
    issuers: tuple[str, ...]
    change: Mapping[str, Any]

    @property
    def by_all(self) -> bool:
        return set(self.by) >= set(self.issuers)

    @property
    def words(self) -> str:
        """As "withdrawn by 1 of 4"."""
        return f"{WORDS[self.type]} by {len(self.by)} of {len(self.issuers)}"

    def to_json(self) -> dict[str, object]:
        return {
            "id": self.id,
            "position": self.position,
            "recordedAt": self.recorded_at,
            "type": self.type,
            "by": list(self.by),
            "of": len(self.issuers),
            "set": dict(self.change),
            "words": self.words,
        }


WITHDRAWN = marked("withdrawn by {by} of {of}")


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Who has withdrawn a statement, or taken back the words in it, of its `issuers`."""

    by: frozenset[str]
    issuers: tuple[str, ...]

    @property
    def by_all(self) -> bool:
        return self.by >= set(self.issuers)

    def words(self, wording: Wording = ENGLISH) -> str:
        """As "withdrawn by 1 of 4"."""
        return wording.gettext(WITHDRAWN).format(by=len(self.by), of=len(self.issuers))


def withdrawal(item: Item, known: Slice) -> Withdrawal | None:
    """Who has withdrawn `item`; None where nobody has."""
    signers = withdrawn_by(item, known)
    return Withdrawal(frozenset(signers), item.statement.issuers) if signers else None


def amendments(item: Item, known: Slice) -> tuple[Amendment, ...]:
    """Amendments of `item` in force, oldest first; one withdrawn by all who signed it is in force no more."""
    return tuple(_amendment(item, later) for _, later in followers(item, known, "amends"))


def as_amended(item: Item, known: Slice) -> dict[str, Any]:
    """The claim with the changes that every issuer signed; what only some signed binds only them and stays
    beside. A correction replaces, an addition adds (docs/protocol-kinds.md, "Amendments").
    """
    claim = {name: value for name, value in item.claim.items() if name != "_sd"}
    for amendment in amendments(item, known):
        if amendment.by_all and amendment.type == "correction":
            claim.update(amendment.change)
        elif amendment.by_all and amendment.type == "addition":
            claim.update(_added(claim, amendment.change))
    return claim


def _added(claim: Mapping[str, Any], change: Mapping[str, Any]) -> dict[str, Any]:
    """Values of arrays beside those that stand already; other members only where none stands."""
    found = {name: value for name, value in change.items() if name not in claim}
    for name, value in change.items():
        standing = claim.get(name)
        if isinstance(standing, list) and isinstance(value, list):
            found[name] = standing + [one for one in value if one not in standing]
    return found


def wholly_withdrawn(item: Item, known: Slice) -> bool:
    """Whether every issuer of `item` has withdrawn it."""
    return withdrawn_by(item, known) >= set(item.statement.issuers)


def withdrawn_by(item: Item, known: Slice) -> set[str]:
    """The issuers who have withdrawn `item`, or retracted their own words in it, and stand by that."""
    signers: set[str] = set()
    for rel, later in followers(item, known, "amends", "retracts"):
        if rel == "retracts" or later.statement.type == "withdrawal":
            signers.update(later.statement.issuers)
    return signers & set(item.statement.issuers)


def followers(item: Item, known: Slice, *rels: str) -> list[tuple[str, Item]]:
    """(rel, statement) of what refers to `item` in one of these ways (default: any) and stands, oldest first.

    A reply that all who signed it have withdrawn answers nothing any more.
    """
    return [(rel, one) for rel, one in known.referring(item.id, *rels) if not wholly_withdrawn(one, known)]


def retractions(item: Item, known: Slice) -> list[Item]:
    """Responses by which a claimant takes its own words back."""
    return [later for _, later in followers(item, known, "retracts")]


def _amendment(item: Item, later: Item) -> Amendment:
    statement = later.statement
    change = later.claim.get("set")
    return Amendment(
        id=later.id,
        position=later.position,
        recorded_at=later.recorded.recorded_at,
        type=statement.type or "correction",
        by=tuple(slug for slug in statement.issuers if slug in item.statement.issuers),
        issuers=item.statement.issuers,
        change=change if isinstance(change, Mapping) else {},
    )
