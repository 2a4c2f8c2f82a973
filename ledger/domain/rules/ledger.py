"""The ledger's own statements: entry 0 and its amendments, as far as the log's keys go."""

from ...core.keys import key_id
from ...core.note import ED25519, Verifier
from ...core.refusal import Refusal
from ...core.statement import Statement
from ..facts import ledger_of
from ..view import View

LOG_KEYS = "/predicate/claim/logKeys"


def check(view: View, statement: Statement) -> None:
    """Log keys are verifier keys of this log; one that was taken out of force never comes back."""
    ledger = ledger_of(view)
    in_force = () if ledger is None else ledger.log_keys
    for vkey in statement.claim.get("logKeys", ()):
        verifier = _verifier(vkey)
        if verifier.name != statement.origin or verifier.algorithm != ED25519:
            raise Refusal("bad-vkey", f"{vkey} is no Ed25519 key named {statement.origin}", LOG_KEYS)
        if vkey not in in_force and view.party_of_key(key_id(verifier.public)) is not None:
            raise Refusal("key-known", f"{vkey} was introduced before", LOG_KEYS)


def _verifier(vkey: str) -> Verifier:
    try:
        return Verifier.from_vkey(vkey)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.what, LOG_KEYS) from refusal
