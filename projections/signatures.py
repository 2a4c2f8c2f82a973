"""Who signed a statement with which key, and how that key stood at its place in the log.

A signature shows that whoever held the key signed these bytes (docs/protocol-rules.md, "Keys"). It shows
nothing of a claimant who is not among the signers, whatever the statement says of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from ledger.core import keys
from ledger.core.envelope import Envelope, pae
from projections import registry
from projections.items import Item
from projections.registry import Key

IN_FORCE: Final = "in-force"
INTRODUCED: Final = "introduced"
REVOKED_HERE: Final = "revoked-here"
UNKNOWN: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature of a statement: whose key made it, and how the key stood then.

    `state` is in-force; introduced, by this very statement; revoked-here, by this statement, which the key
    may still sign; or unknown, as no registration before the moment looked from holds it. `flagged`: others
    may have used the key by then. `holds`: the signature fits the bytes; None where the key is unknown.
    `introduced_by` and `revoked_by` are the ids of the statements that brought and ended the key.
    """

    key_id: str
    party: str | None = None
    key: Key | None = None
    state: str = UNKNOWN
    flagged: bool = False
    holds: bool | None = None
    introduced_by: str | None = None
    revoked_by: str | None = None


def signers(item: Item) -> list[str]:
    """The names of those whose keys may have signed: the issuers, and whose key is being introduced."""
    introduced = item.names("party:") if item.statement.kind in ("party", "key", "ledger") else []
    return list(dict.fromkeys([*(f"party:{slug}" for slug in item.statement.issuers), *introduced]))


def signatures(item: Item, envelope: Envelope, registrations: Iterable[Item]) -> list[Signature]:
    """One for each signature of `item`; `registrations` are all statements about its signers and their keys,
    oldest first.
    """
    registered = list(registrations)
    owned = {
        key.key_id: (name.removeprefix("party:"), key)
        for name in signers(item)
        for key in registry.keys(name, [one.recorded for one in registered if name in one.names("party:")])
    }
    ids = {one.position: one.id for one in registered}
    message = pae(envelope.payload)
    return [
        _signature(item.position, one.keyid, one.sig, message, owned.get(one.keyid), ids)
        for one in envelope.signatures
    ]


def _signature(
    position: int,
    key_id: str,
    sig: bytes,
    message: bytes,
    owned: tuple[str, Key] | None,
    ids: dict[int, str],
) -> Signature:
    if owned is None:
        return Signature(key_id)
    party, key = owned
    return Signature(
        key_id=key_id,
        party=party,
        key=key,
        state=_state(position, key),
        flagged=key.compromised_since is not None and position >= key.compromised_since,
        holds=keys.verify(key.public, message, sig),
        introduced_by=ids.get(key.added),
        revoked_by=None if key.revoked is None else ids.get(key.revoked),
    )


def _state(position: int, key: Key) -> str:
    if key.added == position:
        return INTRODUCED
    return REVOKED_HERE if key.revoked == position else IN_FORCE
