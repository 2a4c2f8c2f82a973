"""Keys by log position: a key added at index a and revoked at index r signs entries a < i < r
(docs/protocol.md, 1).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from ...core.grammar import base64_decode
from ...core.keys import key_id
from ...core.statement import Statement

# Kinds that change who may sign what: root keys alone sign them.
ROOT_KINDS = frozenset({"party", "key", "ledger"})
# Signed by a machine, minute by minute: the root key stays off it.
DEVICE_KINDS = frozenset({"index"})


class Key(NamedTuple):
    """A party's key. `public` has 32 bytes; `scope` holds kinds or "any"; `added` is the index that
    introduced it.
    """

    id: str
    party: str
    public: bytes
    role: str
    scope: frozenset[str]
    expires: str | None
    added: int

    def covers(self, kind: str) -> bool:
        """Whether this key may sign statements of `kind` at all."""
        if kind in ROOT_KINDS:
            return self.role == "root"
        if kind in DEVICE_KINDS and self.role != "device":
            return False
        return kind in self.scope or "any" in self.scope

    def expired(self, recorded_at: str) -> bool:
        """Whether the ledger's clock is past `expires`."""
        return self.expires is not None and recorded_at > f"{self.expires[:-1]}.000Z"


@dataclass(frozen=True, slots=True)
class Revocation:
    """The index that revoked a key, and the index since which its signatures are flagged, if any was
    named.
    """

    index: int
    compromised_since: int | None = None


def key_of(claim: Mapping[str, Any], party: str, added: int) -> Key:
    """The key that a `key` claim, `firstKey` or a member of entry 0's `keys` describes."""
    public = base64_decode(claim["publicKey"])
    scope = frozenset(claim["scope"])
    return Key(key_id(public), party, public, claim["role"], scope, claim.get("expires"), added)


def new_keys(statement: Statement, added: int) -> list[Key]:
    """The signing keys that `statement` introduces, each of which has to sign it as proof of possession."""
    claim = statement.claim
    if statement.event == "LedgerOpened":
        return [key_of(one, one["party"], added) for one in claim["keys"]]
    if statement.event == "PartyRegistered":
        return [key_of(claim["firstKey"], _party(statement), added)]
    if statement.event in ("KeyAdded", "KeyRecovered"):
        return [key_of(claim, _party(statement), added)]
    return []


def _party(statement: Statement) -> str:
    """The slug of the one party that a party or key statement is about."""
    return next(one.name[6:] for one in statement.subjects if one.name.startswith("party:"))


# `<name>+<8 hex>+<base64 of an algorithm byte and 32 key bytes>` (C2SP signed-note), alone or in a policy.
_VERIFIER_KEY = re.compile(r"[^+\s]+\+[0-9a-f]{8}\+([A-Za-z0-9+/]{44})(?!\S)")


def log_key_ids(statement: Statement) -> list[str]:
    """Ids of the log's and witnesses' keys in a ledger statement; nobody may sign statements with them."""
    if statement.kind != "ledger":
        return []
    claim = statement.claim
    text = "\n".join([*claim.get("logKeys", ()), claim.get("policy", "")])
    return list(dict.fromkeys(key_id(base64_decode(found[1])[1:]) for found in _VERIFIER_KEY.finditer(text)))
