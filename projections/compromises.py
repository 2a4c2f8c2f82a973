"""Keys that their owner or the registrar says others may have used, and what was signed with them since.

Nothing is deleted for it: a statement signed at or after `compromisedSince` is flagged wherever it is shown,
until its author endorses it with a key that is sound (docs/protocol-rules.md, "Keys").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from projections.amendments import followers

if TYPE_CHECKING:
    from projections.items import Item, Slice


@dataclass(frozen=True, slots=True)
class Compromise:
    """A key of `party`, in other hands since the position `since`, as `said_by` states in the revocation
    `by`: the party itself or the registrar.
    """

    key_id: str
    party: str
    since: int
    by: str
    said_by: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Flag:
    """A statement was signed with a compromised key; `reasserted` is the response by which its author stands
    by it, None while there is none.
    """

    key: Compromise
    reasserted: str | None

    def to_json(self) -> dict[str, object]:
        shown: dict[str, object] = {
            "keyId": self.key.key_id,
            "party": self.key.party,
            "since": self.key.since,
            "by": self.key.by,
            "saidBy": list(self.key.said_by),
        }
        return shown | ({"reassertedBy": self.reasserted} if self.reasserted else {})


def compromises(registrations: Iterable[Item]) -> dict[str, Compromise]:
    """By key id, from the statements about parties and their keys."""
    found = {}
    for item in registrations:
        claim = item.statement.claim
        if item.statement.event == "KeyRevoked" and "compromisedSince" in claim:
            party = item.names("party:")[0].removeprefix("party:")
            since = claim["compromisedSince"]
            found[claim["keyId"]] = Compromise(claim["keyId"], party, since, item.id, item.statement.issuers)
    return found


def flags(item: Item, known: Slice) -> tuple[Flag, ...]:
    """One for each compromised key that signed `item`."""
    keys = _compromised(item, known.compromised)
    return tuple(Flag(key, _reassertion(item, key.party, known)) for key in keys)


def _compromised(item: Item, keys: Mapping[str, Compromise]) -> list[Compromise]:
    found = (keys.get(key_id) for key_id in item.recorded.key_ids)
    return [key for key in found if key is not None and item.position >= key.since]


def _reassertion(item: Item, party: str, known: Slice) -> str | None:
    for _, response in followers(item, known, "endorses"):
        if party in response.statement.issuers and not _compromised(response, known.compromised):
            return response.id
    return None
