"""Who knew when: for each statement the day from which each organisation had, by its own signature, seen it.

Whoever signs a statement knows it, and so does whoever signs one that refers to it. What others report an
organisation to have said shows less, and stands apart: nobody is bound by words that somebody else signed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from projections.items import Item, Slice
from projections.shown import Shown, show

KINDS = ("allegation", "request", "document", "investigation", "determination", "observation", "commitment")
"""What somebody may be asked to have known of."""


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """The first statement by which a party shows that it knew of another.

    `rel` is how it refers to that one, None where the party signed the statement itself. `signed` is False
    where somebody else reports it as the party's words.
    """

    party: str
    by: str
    position: int
    recorded_at: str
    issued_at: str
    rel: str | None
    signed: bool

    def to_json(self) -> dict[str, object]:
        return {
            "party": self.party,
            "by": self.by,
            "position": self.position,
            "recordedAt": self.recorded_at,
            "issuedAt": self.issued_at,
            "rel": self.rel,
            "signed": self.signed,
        }


@dataclass(frozen=True, slots=True)
class Known:
    """One statement and, by party, the first acknowledgement of it; a signed one before a reported one."""

    shown: Shown
    addressees: tuple[str, ...]
    by_party: Mapping[str, Acknowledged]

    def to_json(self) -> dict[str, object]:
        return {
            **self.shown.to_json(),
            "addressees": list(self.addressees),
            "acknowledged": [one.to_json() for _, one in sorted(self.by_party.items())],
        }


def view(wanted: Iterable[Item], known: Slice) -> list[Known]:
    """One row for each of `wanted`, in their order."""
    return [_row(item, known) for item in wanted]


def parties(rows: Sequence[Known]) -> list[str]:
    """Every party that the rows concern: who acknowledged or was asked, who signed most first."""
    counts: dict[str, int] = {}
    for row in rows:
        asked = [one for one in row.addressees if ":" not in one]
        for party in {*row.by_party, *asked}:
            signed = party in row.by_party and row.by_party[party].signed
            counts[party] = counts.get(party, 0) + signed
    return sorted(counts, key=lambda party: (-counts[party], party))


def _row(item: Item, known: Slice) -> Known:
    found: dict[str, Acknowledged] = {}
    for one in (*_own(item), *_of_others(item, known)):
        earlier = found.get(one.party)
        if earlier is None or (one.signed and not earlier.signed):
            found[one.party] = one
    addressees = item.claim.get("addressees", ())
    return Known(show(item, known), tuple(addressees), found)


def _own(item: Item) -> list[Acknowledged]:
    return _by(item, None)


def _of_others(item: Item, known: Slice) -> list[Acknowledged]:
    """From what refers to it, oldest first."""
    return [one for rel, later in known.referring(item.id) for one in _by(later, rel)]


def _by(item: Item, rel: str | None) -> list[Acknowledged]:
    statement, at = item.statement, item.recorded.recorded_at
    reported = [slug for slug in statement.claimants if slug not in statement.issuers]
    signers = [(slug, True) for slug in statement.issuers] + [(slug, False) for slug in reported]
    return [
        Acknowledged(slug, item.id, item.position, at, statement.issued_at, rel, signed)
        for slug, signed in signers
    ]
