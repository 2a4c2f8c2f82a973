"""Disclosures: RFC 9901's format for object members, the only part of it that statements use.

A disclosure is unpadded base64url of canonical JSON `[salt, name, value]`; its digest, base64url of the
SHA-256 of that text, stands in `_sd` in the place of the member. The salt is 22 canonical base64url
characters (128 bits).
"""

import hashlib
from typing import Any, NamedTuple

from . import canonical
from .grammar import base64url_decode, base64url_encode
from .refusal import Refusal

SALT_BYTES = 16
DISCLOSURE_LIMIT = 32_768  # bytes of canonical JSON
FORBIDDEN_NAMES = frozenset({"_sd", "_sd_alg", "..."})


class Disclosure(NamedTuple):
    """A member that can be withheld or erased; `salt` has 16 bytes, `digest` is what stands in `_sd`."""

    text: str
    salt: bytes
    name: str
    value: Any
    digest: str


def digest(text: str) -> str:
    """base64url(SHA-256(text)), 43 characters: what stands in `_sd`."""
    return base64url_encode(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest())


def make(salt: bytes, name: str, value: Any) -> str:
    """The text of the disclosure of one member; `salt` is 16 fresh random bytes."""
    assert len(salt) == SALT_BYTES, "a salt has 16 bytes"
    _check_name(name)
    _check_value(value)
    return base64url_encode(canonical.encode([base64url_encode(salt), name, value]))


def parse(text: str) -> Disclosure:
    """The disclosure whose text is exactly `text`; raises `Refusal`."""
    # 1 Canonical base64url of canonical JSON.
    parts = canonical.decode(base64url_decode(text), DISCLOSURE_LIMIT)
    # 2 Three elements. Two would be RFC 9901's disclosure of an array element, which statements do not use.
    if not isinstance(parts, list) or len(parts) != 3:
        raise Refusal("disclosure-form", "it is not an array of salt, name and value")
    salt_text, name, value = parts
    # 3 The salt, then the name, then no disclosures inside the value.
    salt = _salt(salt_text)
    if not isinstance(name, str):
        raise Refusal("disclosure-form", "its name is not a string", "/1")
    _check_name(name)
    _check_value(value)
    return Disclosure(text, salt, name, value, digest(text))


def _salt(text: Any) -> bytes:
    if not isinstance(text, str):
        raise Refusal("disclosure-salt", "its salt is not a string", "/0")
    try:
        salt = base64url_decode(text)
    except Refusal as refusal:
        raise Refusal("disclosure-salt", refusal.what, "/0") from refusal
    if len(salt) != SALT_BYTES:
        raise Refusal("disclosure-salt", f"its salt has {len(salt)} bytes", "/0")
    return salt


def _check_name(name: str) -> None:
    if name in FORBIDDEN_NAMES:
        raise Refusal("disclosure-name", f"{name!r} may not be disclosed", "/1")
    if not canonical.is_key(name):
        raise Refusal("key-grammar", f"the name {name!r:.100}", "/1")


def _check_value(value: Any) -> None:
    """Recursive disclosures are refused: no `_sd` inside a disclosed value."""
    if isinstance(value, dict):
        if not FORBIDDEN_NAMES.isdisjoint(value):
            raise Refusal("disclosure-form", "a disclosed value holds digests of further disclosures", "/2")
        for member in value.values():
            _check_value(member)
    elif isinstance(value, list | tuple):
        for member in value:
            _check_value(member)
