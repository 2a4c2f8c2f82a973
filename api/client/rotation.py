"""Another key for the log: the `LedgerAmended` statements that bring it into force and retire the old one.

In between both sign every checkpoint, so that whoever trusts the old key learns of the new one from the log
itself, in an entry that the operator's root key has signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.client.signed import Signed, sign_payload
from ledger.core import canonical
from ledger.core.receipt import Trust
from ledger.core.statement import PREDICATE_TYPE, STATEMENT_TYPE, decode_statement
from ledger.domain.names import LEDGER, OPERATOR


def amend_log_keys(
    trust: Trust, log_keys: Sequence[str], policy: str, issued_at: str, operator_root: bytes
) -> Signed:
    """The amendment that puts exactly these verifier keys in force, in the policy as well if it lists the
    log's keys; signed by the operator's root key (seed of 32 bytes). Raises Refusal.
    """
    claim: dict[str, Any] = {"logKeys": sorted(log_keys)}
    amended = policy_with(policy, log_keys)
    if amended != policy:
        claim["policy"] = amended
    payload = canonical.encode(_statement(trust, claim, issued_at))
    decode_statement(payload)
    return Signed(sign_payload(payload, [operator_root]), (), "log keys")


def policy_with(policy: str, log_keys: Sequence[str]) -> str:
    """The policy with exactly these keys in its `log` lines; a text without such lines stays as it is."""
    lines = policy.split("\n")
    listed = [at for at, line in enumerate(lines) if line.split()[:1] == ["log"]]
    if not listed:
        return policy
    addresses = {
        words[1]: line for line in lines if (words := line.split())[:1] == ["log"] and len(words) > 1
    }
    kept = [line for at, line in enumerate(lines) if at not in listed]
    kept[listed[0] : listed[0]] = [addresses.get(key, f"log {key}") for key in sorted(log_keys)]
    return "\n".join(kept)


def trust_in(trust: Trust, vkey: str, log_keys: Sequence[str]) -> Trust:
    """The trust root of the same ledger by the log key `vkey`; its policy lists all keys that it accepts."""
    return Trust(trust.origin, trust.genesis, vkey, policy_with(trust.policy, log_keys))


def _statement(trust: Trust, claim: dict[str, Any], issued_at: str) -> dict[str, Any]:
    return {
        "_type": STATEMENT_TYPE,
        "subject": [{"name": LEDGER, "digest": {"sha256": trust.genesis}}],
        "predicateType": f"{PREDICATE_TYPE}ledger",
        "predicate": {
            "ledger": {"genesis": trust.genesis, "origin": trust.origin},
            "event": "LedgerAmended",
            "visibility": "public",
            "issuers": [OPERATOR],
            "issuedAt": issued_at,
            "refs": [],
            "claim": claim,
        },
    }
