"""Ed25519 keys (RFC 8032) and their ids.

A signature R || S of message M under key A is good if A encodes, canonically, a point of the prime-order
subgroup, S < L, and encode([S]B - [k]A) equals the bytes of R with k = SHA-512(R || A || M) mod L. The
check has no cofactor and compares bytes, so an R with a component of small order is refused; so is R = 01
00..00, the neutral element, which only a signer who gives its key away can produce and which libsodium
refuses.
"""

import hashlib
from functools import lru_cache

from nacl import bindings
from nacl.exceptions import CryptoError

from .refusal import Refusal

PUBLIC_KEY_BYTES = 32
SIGNATURE_BYTES = 64
SEED_BYTES = 32


def key_id(public: bytes) -> str:
    """Lower-case hexadecimal SHA-256 of the 32 raw bytes."""
    return hashlib.sha256(public).hexdigest()


def check_public_key(public: bytes, where: str = "") -> None:
    """Refuse what is not the canonical encoding of a point of the prime-order subgroup.

    WebCrypto, Node and OpenSSL accept the key 01 00..00 with the signature 01 00..00 for every message;
    libraries differ, so each verifier makes this check itself.
    """
    if len(public) != PUBLIC_KEY_BYTES:
        raise Refusal("bad-key", f"{len(public)} bytes instead of {PUBLIC_KEY_BYTES}", where)
    if not _is_valid_point(public):
        raise Refusal("weak-key", f"{public.hex()} is no point of the prime-order subgroup", where)


@lru_cache(maxsize=4_096)
def _is_valid_point(public: bytes) -> bool:
    # The check multiplies by the group order, about as costly as a signature; the same keys come again
    # and again.
    return bool(bindings.crypto_core_ed25519_is_valid_point(public))


def verify(public: bytes, message: bytes, signature: bytes) -> bool:
    """Whether `signature` (64 bytes) is good for `message` under `public` (32 bytes); never raises."""
    if len(public) != PUBLIC_KEY_BYTES or len(signature) != SIGNATURE_BYTES or not _is_valid_point(public):
        return False
    try:
        bindings.crypto_sign_open(signature + message, public)
    except CryptoError:
        return False
    return True


def public_key(seed: bytes) -> bytes:
    """The public key (32 bytes) of a seed (32 bytes)."""
    assert len(seed) == SEED_BYTES, "an Ed25519 seed has 32 bytes"
    return _pair(seed)[0]


def sign(seed: bytes, message: bytes) -> bytes:
    """The signature (64 bytes) of `message` by the key of `seed`."""
    assert len(seed) == SEED_BYTES, "an Ed25519 seed has 32 bytes"
    return bindings.crypto_sign(message, _pair(seed)[1])[:SIGNATURE_BYTES]


# A log signs each batch with the same key; deriving it costs as much as the signature.
@lru_cache(maxsize=16)
def _pair(seed: bytes) -> tuple[bytes, bytes]:
    return bindings.crypto_sign_seed_keypair(seed)
