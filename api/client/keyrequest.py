"""Requests for a key: what a device asks of its organisation, as text for a file or a code to photograph.

A browser makes a device key that never leaves it and the `KeyAdded` statement that would add it, signs that
statement (its proof of possession) and writes the request. Whoever has the organisation's root key makes the
same statement of it, byte for byte, and adds the other signature:

    evidence-key-request: 1
    origin: ledger.example.org/2026
    party: clw
    named: <64 hex: the statement that created party:clw>
    key: <32 bytes of the public key in base64>
    issued: 2026-11-27T09:00:00Z
    expires: 2027-11-27T09:00:00Z      (may be absent)
    scope: any                         (or kinds, separated by commas)
    signature: <64 bytes in base64, over the statement>
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from api.client.keyfile import PublicKey
from api.client.signed import Signed, holds
from api.drafts.build import LedgerIdentity, build
from api.drafts.draft import Draft
from api.drafts.resolver import Target
from ledger.core.envelope import Signature, normalised
from ledger.core.grammar import base64_decode, is_digest, is_issued_at, is_origin, is_slug
from ledger.core.refusal import LedgerError, Refusal
from ledger.core.values import SCOPES

MEMBERS = (
    "evidence-key-request",
    "origin",
    "party",
    "named",
    "key",
    "issued",
    "expires",
    "scope",
    "signature",
)
VERSION = "1"
LIMIT = 2048  # characters; a request has about 400
_LINE = re.compile(r"([a-z-]+): (\S+)")


class KeyRequestError(LedgerError):
    """A text that is no request for a key, or one that was altered or made for another ledger."""


@dataclass(frozen=True, slots=True)
class KeyRequest:
    """A request as read; `named` is the id of the statement that created the party."""

    origin: str
    party: str
    named: str
    key: PublicKey
    issued: str
    signature: bytes

    def statement(self, genesis: str) -> Signed:
        """The statement asked for, signed by the new key alone.

        Raises KeyRequestError when the signature is not of this statement: the request was altered, or made
        for a ledger with another entry 0.
        """
        draft = Draft(
            f"key of {self.party}",
            None,
            "key",
            "KeyAdded",
            (self.party,),
            (f"party:{self.party}",),
            (),
            self.key.claim(),
        )
        ledger = LedgerIdentity(self.origin, genesis)
        built = build(draft, _Named(f"party:{self.party}", self.named), ledger, self.issued, _no_salt)
        proof = Signature(self.key.key_id, self.signature)
        if not holds(proof, self.key.public, built.statement.payload):
            raise KeyRequestError(
                "the new key has not signed this statement",
                "make the request again on the device, and check which ledger it names",
            )
        return Signed(normalised(built.statement.payload, [proof]), ())


def read_request(text: str) -> KeyRequest:
    """The request in a text. Raises KeyRequestError."""
    values = _members(text)
    if values.get(MEMBERS[0]) != VERSION or values.keys() | {"expires"} != set(MEMBERS):
        raise _no_request("it has not the members of a request")
    try:
        public, signature = base64_decode(values["key"]), base64_decode(values["signature"])
    except Refusal as refusal:
        raise _no_request("its key or signature is not base64") from refusal
    scope = tuple(values["scope"].split(","))
    expires = values.get("expires")
    if not _is_sound(values, public, signature, scope):
        raise _no_request("a member has not the form that it must have")
    key = PublicKey(public, "device", scope, values["party"], expires)
    return KeyRequest(values["origin"], values["party"], values["named"], key, values["issued"], signature)


def _members(text: str) -> dict[str, str]:
    lines = [line for line in text.splitlines() if line.strip()] if len(text) <= LIMIT else []
    found = [_LINE.fullmatch(line.strip()) for line in lines]
    pairs = [(match[1], match[2]) for match in found if match is not None]
    if len(pairs) != len(lines) or len(dict(pairs)) != len(pairs):
        raise _no_request("a line is not `member: value`, or a member stands twice")
    return dict(pairs)


def _is_sound(values: Mapping[str, str], public: bytes, signature: bytes, scope: tuple[str, ...]) -> bool:
    return (
        is_origin(values["origin"])
        and is_slug(values["party"])
        and is_digest(values["named"])
        and is_issued_at(values["issued"])
        and ("expires" not in values or is_issued_at(values["expires"]))
        and (len(public), len(signature)) == (32, 64)
        and list(scope) == sorted(set(scope) & set(SCOPES))
    )


def _no_request(what: str) -> KeyRequestError:
    return KeyRequestError(
        f"this is no request for a key: {what}", "save it again from the page that made it"
    )


def spoken(digest: str) -> str:
    """A key id for two people to compare: its first 32 digits in groups of four."""
    return " ".join(digest[at : at + 4] for at in range(0, 32, 4))


@dataclass(frozen=True, slots=True)
class _Named:
    """A resolver that knows the one name in a request."""

    name: str
    id: str

    def named(self, name: str) -> str | None:
        return self.id if name == self.name else None

    def target(self, label_or_id: str) -> Target | None:  # noqa: ARG002
        return None

    def public_key(self, name: str) -> Mapping[str, object] | None:  # noqa: ARG002
        return None


def _no_salt() -> bytes:
    raise AssertionError("a key statement discloses nothing")
