"""Who signed: exactly one good signature of each issuer and one of each key being introduced, no other.

The issuer follows from the key that verified; an envelope's `keyid` only finds that key
(docs/protocol.md, "Keys").
"""

from collections.abc import Callable

from ..core.envelope import Envelope, Signature
from ..core.refusal import Refusal
from ..core.statement import Statement
from .aggregates import Key
from .aggregates.keys import ROOT_KINDS, log_key_ids, new_keys
from .facts import key_of, revocation_of
from .names import LEDGER
from .view import View

Verify = Callable[[bytes, Signature], bool]


def check_new_keys(view: View, statement: Statement) -> None:
    """A key id that was ever logged, the log's and witnesses' keys included, is never introduced again."""
    if statement.kind not in ROOT_KINDS:
        return
    fresh = [key.id for key in new_keys(statement, view.size)]
    for key_id in fresh:
        if view.party_of_key(key_id) is not None:
            raise Refusal("key-known", f"the key {key_id} was introduced before", "/predicate/claim")
    for key_id in log_key_ids(statement):
        if key_id in fresh or view.party_of_key(key_id) not in (None, LEDGER):
            raise Refusal("key-known", f"the log's key {key_id} is a party's key", "/predicate/claim")


def check_signatures(
    view: View, statement: Statement, envelope: Envelope, verify: Verify, recorded_at: str | None = None
) -> None:
    """Refuse a missing, surplus or bad signature, and keys that may not sign this statement at `recorded_at`.

    Without a time, as of the newest entry: for an envelope that repeats a logged payload.
    """
    recorded_at = view.recorded_at if recorded_at is None else recorded_at
    introduced = {key.id: key for key in new_keys(statement, view.size)}
    proofs, signed = set[str](), dict[str, Key]()
    for i, signature in enumerate(envelope.signatures):
        where = f"/signatures/{i}"
        key = introduced.get(signature.keyid)
        if key is not None:
            proofs.add(key.id)
        else:
            key = _issuers_key(view, statement, signature, where)
            if key.party in signed:
                raise Refusal("surplus-signature", f"{key.party} signed twice", where)
            signed[key.party] = key
            _check_standing(view, statement, key, recorded_at, where)
        if not verify(key.public, signature):
            raise Refusal("bad-signature", f"the signature under key {key.id} does not verify", where)
    _check_complete(statement, introduced, proofs, signed)


def _issuers_key(view: View, statement: Statement, signature: Signature, where: str) -> Key:
    slug = view.party_of_key(signature.keyid)
    if slug is None:
        raise Refusal("unknown-key", f"no party has the key {signature.keyid}", where)
    if slug not in statement.issuers:
        raise Refusal("surplus-signature", f"{slug} signed and is no issuer", where)
    key = key_of(view, slug, signature.keyid)
    assert key is not None, f"the key {signature.keyid} is not in the stream of {slug}"
    return key


def _check_standing(view: View, statement: Statement, key: Key, recorded_at: str, where: str) -> None:
    """Valid for a < i < r: added before, not revoked before; not expired; of a role and scope for this
    kind.
    """
    if revocation_of(view, key) is not None:
        raise Refusal("key-revoked", f"the key {key.id} was revoked", where)
    if key.expired(recorded_at):
        raise Refusal("key-expired", f"the key {key.id} expired at {key.expires}", where)
    if not key.covers(statement.kind):
        code = "root-key-needed" if statement.kind in ROOT_KINDS else "key-scope-exceeded"
        raise Refusal(code, f"the key {key.id} does not sign {statement.kind} statements", where)


def _check_complete(
    statement: Statement, introduced: dict[str, Key], proofs: set[str], signed: dict[str, Key]
) -> None:
    for key_id in introduced:
        if key_id not in proofs:
            raise Refusal("proof-of-possession", f"the new key {key_id} did not sign", "/signatures")
    if statement.event == "LedgerOpened":
        return  # its three keys are introduced here: their proofs of possession are all the signatures it has
    for slug in statement.issuers:
        if slug not in signed:
            raise Refusal("missing-signature", f"{slug} did not sign", "/signatures")
