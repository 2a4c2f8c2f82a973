"""Entry 0: the statement that opens a ledger and names its operator, its registrar and its log key."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import Any

from api.client.amending import policy_with_witnesses
from api.client.keyfile import PublicKey, public_half
from api.client.signed import Signed, sign_payload
from ledger.core import canonical
from ledger.core.receipt import NO_GENESIS, Trust, unwitnessed_policy
from ledger.core.statement import PREDICATE_TYPE, STATEMENT_TYPE, decode_statement, first_digest
from ledger.domain.names import LEDGER, OPERATOR, REGISTRAR, party_name

PROTOCOL_VERSION = 1
INDEX_INTERVAL = 60  # seconds between index statements (protocol section 7)
MAX_PUBLISH_DELAY = 60  # seconds until a checkpoint covers an entry
LIMITS = {"document": 64 << 20, "entry": 65_535, "payload": 32_768}  # bytes
USUAL_POLICY = "Statements are signed by their authors. The operator records them and judges none of them."


@dataclass(frozen=True, slots=True)
class FounderSeeds:
    """The three seeds (32 bytes each) that sign entry 0; the operator's root key then goes offline."""

    operator_root: bytes
    operator_device: bytes
    registrar_root: bytes

    def public(self) -> tuple[PublicKey, PublicKey, PublicKey]:
        """Their public halves, in the order in which entry 0 lists them."""
        return (
            public_half(self.operator_root, "root", ("any",), OPERATOR),
            public_half(self.operator_device, "device", ("index",), OPERATOR),
            public_half(self.registrar_root, "root", ("any",), REGISTRAR),
        )


def open_ledger(
    origin: str,
    vkey: str,
    clock: str,
    issued_at: str,
    seeds: FounderSeeds,
    policy: str = USUAL_POLICY,
    witnesses: str = "",
) -> tuple[Signed, Trust]:
    """Entry 0 and the trust root that follows from it. `clock` is `system` or `demo`. Raises Refusal.

    With `witnesses`, the lines `witness`, `group` and `quorum` of a tlog-policy, entry 0 publishes that whole
    policy, with `policy` as its comment; without them none is asked for.
    """
    trusted = unwitnessed_policy(vkey)
    if witnesses:
        trusted = policy_with_witnesses(trusted, witnesses, [vkey])
        policy = policy_with_witnesses(policy, witnesses, [vkey])
    payload = canonical.encode(_statement(origin, vkey, clock, issued_at, seeds, policy))
    statement = decode_statement(payload)
    trust = Trust(origin, statement.id, vkey, trusted)
    founders = (seeds.operator_root, seeds.operator_device, seeds.registrar_root)
    return Signed(sign_payload(payload, founders), (), "genesis"), trust


def _statement(
    origin: str, vkey: str, clock: str, issued_at: str, seeds: FounderSeeds, policy: str
) -> dict[str, Any]:
    names = sorted([LEDGER, party_name(OPERATOR), party_name(REGISTRAR)])
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": name, "digest": {"sha256": first_digest(NO_GENESIS, name)}} for name in names],
        "predicateType": f"{PREDICATE_TYPE}ledger",
        "predicate": {
            "ledger": {"genesis": NO_GENESIS, "origin": origin},
            "event": "LedgerOpened",
            "visibility": "public",
            "issuers": [OPERATOR],
            "issuedAt": issued_at,
            "refs": [],
            "claim": {
                "clock": clock,
                "intervals": {"index": INDEX_INTERVAL, "maxPublishDelay": MAX_PUBLISH_DELAY},
                "keys": [_founder(key) for key in seeds.public()],
                "limits": LIMITS,
                "logKeys": [vkey],
                "policy": policy,
                "version": PROTOCOL_VERSION,
            },
        },
    }


def _founder(key: PublicKey) -> dict[str, Any]:
    return {
        "alg": "ed25519",
        "party": key.party,
        "publicKey": base64.b64encode(key.public).decode(),
        "role": key.role,
        "scope": sorted(key.scope),
    }
