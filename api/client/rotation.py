"""Another key for the log: the `LedgerAmended` statements that bring it into force and retire the old one.

In between both sign every checkpoint, so that whoever trusts the old key learns of the new one from the log
itself, in an entry that the operator's root key has signed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from api.client.amending import amend, policy_with_keys
from api.client.signed import Signed
from ledger.core.receipt import Trust


def amend_log_keys(
    trust: Trust, log_keys: Sequence[str], policy: str, issued_at: str, operator_root: bytes
) -> Signed:
    """The amendment that puts exactly these verifier keys in force, in the policy as well if it lists the
    log's keys; signed by the operator's root key (seed of 32 bytes). Raises Refusal.
    """
    claim: dict[str, Any] = {"logKeys": sorted(log_keys)}
    amended = policy_with_keys(policy, log_keys)
    if amended != policy:
        claim["policy"] = amended
    return amend(trust, claim, issued_at, operator_root, "log keys")


def trust_in(trust: Trust, vkey: str, log_keys: Sequence[str]) -> Trust:
    """The trust root of the same ledger by the log key `vkey`; its policy lists all keys that it accepts."""
    return Trust(trust.origin, trust.genesis, vkey, policy_with_keys(trust.policy, log_keys))
