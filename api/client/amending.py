"""Other terms for a ledger that is open: `LedgerAmended`, signed by the operator's root key.

An amendment replaces the members that it names, from the entry after it on (docs/protocol.md, "Checkpoints").
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from api.client.signed import Signed, sign_payload
from ledger.core import canonical
from ledger.core.policy import is_prose, parse_policy
from ledger.core.receipt import Trust
from ledger.core.statement import PREDICATE_TYPE, STATEMENT_TYPE, decode_statement
from ledger.domain.names import LEDGER, OPERATOR


def amend(trust: Trust, claim: Mapping[str, Any], issued_at: str, operator_root: bytes, label: str) -> Signed:
    """The amendment of the trusted ledger with this claim; `operator_root` is a seed of 32 bytes.

    Raises Refusal.
    """
    payload = canonical.encode(_statement(trust, claim, issued_at))
    decode_statement(payload)
    return Signed(sign_payload(payload, [operator_root]), (), label)


def _statement(trust: Trust, claim: Mapping[str, Any], issued_at: str) -> dict[str, Any]:
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
            "claim": dict(claim),
        },
    }


# --- the policy's text --------------------------------------------------------------------
#
# What the operator says stands in comments at its top; then come the log's keys, then the witnesses.


def policy_with_keys(policy: str, log_keys: Iterable[str]) -> str:
    """The policy with exactly these keys in its `log` lines; a text without such lines stays as it is."""
    lines = policy.split("\n")
    listed = [at for at, line in enumerate(lines) if line.split()[:1] == ["log"]]
    if not listed:
        return policy
    kept = [line for at, line in enumerate(lines) if at not in listed]
    kept[listed[0] : listed[0]] = _log_lines(lines, log_keys)
    return "\n".join(kept)


def policy_with_witnesses(policy: str, witnesses: str, log_keys: Iterable[str]) -> str:
    """The policy with these lines `witness`, `group` and `quorum` instead of its own, after the log's keys.

    What the operator says goes on being said. Raises Refusal for lines that cannot be read.
    """
    said, rest = _parts(policy)
    lines = [*said, *_log_lines(rest, log_keys), *witnesses.rstrip().split("\n")]
    amended = "".join(f"{line}\n" for line in lines)
    parse_policy(amended)
    return amended


def policy_saying(policy: str, prose: str) -> str:
    """The policy with `prose` as what the operator says; keys and witnesses stay."""
    _, rest = _parts(policy)
    return "\n".join([*commented(prose), *rest]) if rest else prose


def commented(prose: str) -> list[str]:
    """Prose as the comments of a policy, a line each."""
    return [f"# {line}" for line in prose.splitlines()]


def _parts(policy: str) -> tuple[list[str], list[str]]:
    """What the operator says, as comments, and the policy's own lines; none of these where all is prose."""
    if is_prose(policy):
        return commented(policy), []
    lines = policy.split("\n")
    own = next(at for at, line in enumerate(lines) if line.strip() and not line.lstrip().startswith("#"))
    return lines[:own], lines[own:]


def _log_lines(lines: Iterable[str], log_keys: Iterable[str]) -> list[str]:
    """A `log` line for each key, in their order; one that is among `lines` keeps its address."""
    listed = {words[1]: line for line in lines if (words := line.split())[:1] == ["log"] and len(words) > 1}
    return [listed.get(key, f"log {key}") for key in sorted(log_keys)]
