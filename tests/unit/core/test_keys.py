"""Keys and signatures, next to another implementation (OpenSSL, through the package cryptography)."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from ledger.core import keys
from tests.vectors import signed

# RFC 8032 section 7.1, test 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
SIGNATURE = bytes.fromhex(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)


def openssl_accepts(public: bytes, message: bytes, signature: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, message)
    except (InvalidSignature, ValueError):
        return False
    return True


def refused_signatures() -> dict[str, tuple[bytes, bytes, bytes]]:
    content = signed.signature_vectors()["refused"]
    parts = ("publicKey", "messageBase64", "signature")
    return {vector["name"]: tuple(base64.b64decode(vector[part]) for part in parts) for vector in content}


def test_the_published_signature_comes_out_and_verifies() -> None:
    assert keys.public_key(SEED) == PUBLIC
    assert keys.sign(SEED, b"\x72") == SIGNATURE
    assert keys.verify(PUBLIC, b"\x72", SIGNATURE)


def test_signatures_are_those_of_openssl() -> None:
    other = Ed25519PrivateKey.from_private_bytes(SEED)
    for length in (0, 1, 100, 40_000):
        assert keys.sign(SEED, bytes(length)) == other.sign(bytes(length))


# OpenSSL accepts these: it does not check the key, and libsodium alone refuses the neutral element as R.
OURS_ALONE = {
    "weak key 01 00..00",
    "weak key encoded non-canonically",
    "R the neutral element",
}


def test_openssl_agrees_on_every_other_refused_signature() -> None:
    accepted = {name for name, parts in refused_signatures().items() if openssl_accepts(*parts)}
    assert accepted == OURS_ALONE


def test_a_key_that_verifies_everything_is_weak() -> None:
    forged = signed.NEUTRAL + bytes(32)
    assert openssl_accepts(signed.NEUTRAL, b"any message at all", forged)
    assert not keys.verify(signed.NEUTRAL, b"any message at all", forged)


@pytest.mark.parametrize("length", [0, 31, 33])
def test_a_key_of_another_length_verifies_nothing(length: int) -> None:
    assert not keys.verify(PUBLIC[:length].ljust(length, b"\0"), b"\x72", SIGNATURE)


def test_a_seed_of_another_length_is_a_broken_invariant() -> None:
    with pytest.raises(AssertionError):
        keys.sign(SEED[:31], b"")
    with pytest.raises(AssertionError):
        keys.public_key(SEED + b"\0")
