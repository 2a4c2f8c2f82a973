"""Keys: a party's root key adds and revokes them; the registrar may revoke, and recover only with a
recoverer.
"""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..aggregates import Key
from ..facts import is_registered, key_of, party_of, revocation_of
from ..names import REGISTRAR
from ..view import View
from .hands import ISSUERS, party_slug, require_issuers


def check(view: View, statement: Statement) -> None:
    """The hand of each event; that it signs with a root key is seen with the signatures."""
    slug = party_slug(statement)
    if not is_registered(view, slug):
        raise Refusal("not-registered", f"{slug} never had a key", "/subject")
    match statement.event:
        case "KeyAdded":
            require_issuers(statement, slug)
        case "KeyRevoked":
            _check_revoked(view, statement, slug)
        case _:
            _check_recovered(view, statement, slug)


def _check_revoked(view: View, statement: Statement, slug: str) -> None:
    if len(statement.issuers) != 1 or statement.issuers[0] not in (slug, REGISTRAR):
        raise Refusal("wrong-issuer", f"{slug} or the registrar revokes its keys", ISSUERS)
    key = key_of(view, slug, statement.claim["keyId"])
    if key is None:
        raise Refusal("unknown-key", f"{slug} never had this key", "/predicate/claim/keyId")
    if revocation_of(view, key) is not None:
        raise Refusal("key-revoked", "it was revoked before", "/predicate/claim/keyId")
    _check_compromised(view, statement, key)


def _check_compromised(view: View, statement: Statement, key: Key) -> None:
    """`compromisedSince` is an index in (a, r], r being the revocation's own."""
    since = statement.claim.get("compromisedSince")
    if since is not None and not key.added < since <= view.size:
        what = f"{since} is not after {key.added}, where the key was added, and at most {view.size}"
        raise Refusal("compromised-since", what, "/predicate/claim/compromisedSince")


def _check_recovered(view: View, statement: Statement, slug: str) -> None:
    """Exactly the registrar and one recoverer: the registrar alone can never take a party over."""
    party = party_of(view, slug)
    recoverers = () if party is None else party.recoverers
    others = [issuer for issuer in statement.issuers if issuer != REGISTRAR]
    if len(statement.issuers) != 2 or len(others) != 1 or others[0] not in recoverers:
        raise Refusal("wrong-issuer", "the registrar and one of the party's recoverers recover it", ISSUERS)
    if statement.claim.get("role") != "root":
        raise Refusal("root-key-needed", "a recovery adds a root key", "/predicate/claim/role")
