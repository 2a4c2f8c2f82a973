"""Vectors of keys, signatures, envelopes, entries and disclosures."""

import hashlib
import json
from typing import Any

from nacl import bindings

from ledger.core import canonical, disclosure, entry, envelope, grammar, keys, merkle
from tests.vectors.common import RECORDED_AT, accepted, b64, refused, seed

GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD_PRIME = 2**255 - 19
NEUTRAL = b"\x01" + bytes(31)
ORDER_EIGHT = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


# --- keys -------------------------------------------------------------------------------


def scalar(secret: bytes) -> int:
    """The secret scalar of a seed (RFC 8032 section 5.1.5), reduced."""
    number = int.from_bytes(hashlib.sha512(secret).digest()[:32], "little")
    return (number & ~7 & ((1 << 254) - 1) | 1 << 254) % GROUP_ORDER


def challenge(commitment: bytes, public: bytes, message: bytes) -> int:
    return int.from_bytes(hashlib.sha512(commitment + public + message).digest(), "little") % GROUP_ORDER


def base_times(number: int) -> bytes:
    return bindings.crypto_scalarmult_ed25519_base_noclamp(number.to_bytes(32, "little"))


def crafted(secret: bytes, message: bytes, commitment: bytes, nonce: int) -> bytes:
    """A signature with a chosen R whose S makes the equation hold up to R's component of small order."""
    response = nonce + challenge(commitment, keys.public_key(secret), message) * scalar(secret)
    return commitment + (response % GROUP_ORDER).to_bytes(32, "little")


def signature_vectors() -> dict[str, Any]:
    secret, message = seed("key"), b"what was claimed"
    public, nonce = keys.public_key(secret), 20191120
    good = keys.sign(secret, message)
    mixed = bindings.crypto_core_ed25519_add(base_times(nonce), ORDER_EIGHT)
    big_s = int.from_bytes(good[32:], "little") + GROUP_ORDER
    mixed_key = bindings.crypto_core_ed25519_add(public, ORDER_EIGHT)
    chosen = crafted(secret, message, base_times(nonce), nonce)
    non_canonical_neutral = (FIELD_PRIME + 1).to_bytes(32, "little")
    cases: list[tuple[str, bytes, bytes, bytes]] = [
        ("another message", public, message + b"!", good),
        ("one bit of R", public, message, bytes([good[0] ^ 1]) + good[1:]),
        ("one bit of S", public, message, good[:63] + bytes([good[63] ^ 1])),
        ("S not below the group order", public, message, good[:32] + big_s.to_bytes(32, "little")),
        ("R of mixed order", public, message, crafted(secret, message, mixed, nonce)),
        ("R the neutral element", public, message, crafted(secret, message, NEUTRAL, 0)),
        ("R of order eight", public, message, crafted(secret, message, ORDER_EIGHT, 0)),
        ("R encoded non-canonically", public, message, crafted(secret, message, non_canonical_neutral, 0)),
        ("weak key 01 00..00", NEUTRAL, message, NEUTRAL + bytes(32)),
        ("weak key of order eight", ORDER_EIGHT, message, NEUTRAL + bytes(32)),
        ("weak key encoded non-canonically", non_canonical_neutral, message, NEUTRAL + bytes(32)),
        ("key of mixed order", mixed_key, message, good),
        ("another key", keys.public_key(seed("other key")), message, good),
        ("signature of 63 bytes", public, message, good[:63]),
        ("signature of 65 bytes", public, message, good + b"\0"),
    ]
    for name, key, text, signature in cases:
        assert not keys.verify(key, text, signature), name
    assert keys.verify(public, message, chosen)
    return {
        "about": "Ed25519: no cofactor, the bytes of R compared, keys of prime order only.",
        "accepted": [
            signature_vector("signed", public, message, good),
            signature_vector("another nonce", public, message, chosen),
            signature_vector("empty message", public, b"", keys.sign(secret, b"")),
        ],
        "refused": [signature_vector(*case) for case in cases],
    }


def signature_vector(name: str, public: bytes, message: bytes, signature: bytes) -> dict[str, Any]:
    return {
        "name": name,
        "publicKey": b64(public),
        "keyId": keys.key_id(public),
        "messageBase64": b64(message),
        "signature": b64(signature),
    }


def key_vectors() -> dict[str, Any]:
    good = [keys.public_key(seed(label)) for label in ("key", "other key")]
    bad = [
        ("weak key 01 00..00", NEUTRAL),
        ("weak key 00..00", bytes(32)),
        ("weak key of order two", (FIELD_PRIME - 1).to_bytes(32, "little")),
        ("weak key of order eight", ORDER_EIGHT),
        ("weak key encoded non-canonically", (FIELD_PRIME + 1).to_bytes(32, "little")),
        ("y not below the field prime", b"\xff" * 31 + b"\x7f"),
        ("sign bit on x = 0", b"\x01" + bytes(30) + b"\x80"),
        ("not on the curve", b"\x02" + bytes(31)),
        ("key of mixed order", bindings.crypto_core_ed25519_add(good[0], ORDER_EIGHT)),
        ("31 bytes", good[0][:31]),
        ("33 bytes", good[0] + b"\0"),
    ]
    return {
        "about": "Public keys: 32 bytes, the canonical encoding of a point of the prime-order subgroup.",
        "accepted": [
            accepted(f"key {n}", publicKey=b64(key), keyId=keys.key_id(key)) for n, key in enumerate(good)
        ],
        "refused": [
            refused(name, lambda key=key: keys.check_public_key(key), publicKey=b64(key)) for name, key in bad
        ],
    }


# --- envelopes and entries --------------------------------------------------------------

PAYLOAD = canonical.encode(
    {"_type": "https://in-toto.io/Statement/v1", "note": "vectors test bytes, not rules"}
)


def sample_envelope() -> envelope.Envelope:
    signatures = [
        envelope.Signature(keys.key_id(keys.public_key(secret)), keys.sign(secret, envelope.pae(PAYLOAD)))
        for secret in (seed("key"), seed("other key"))
    ]
    return envelope.normalised(PAYLOAD, signatures)


def changed(value: dict[str, Any], **members: Any) -> dict[str, Any]:
    return {**value, **members}


def envelope_vectors() -> dict[str, Any]:
    normal = envelope.to_json_value(sample_envelope())
    first, second = normal["signatures"]
    url_safe = str.maketrans("+/", "-_")
    url = [changed(s, sig=s["sig"].translate(url_safe).rstrip("=")) for s in (first, second)]
    lenient = {
        "normal form": normal,
        "URL-safe alphabet without padding": changed(normal, signatures=url),
        "signatures in another order": changed(normal, signatures=[second, first]),
        "unknown members": changed(normal, extra=1, signatures=[changed(first, cert="x"), second]),
    }
    bad: dict[str, Any] = {
        "another payload type": changed(normal, payloadType="application/json"),
        "no payload type": {k: v for k, v in normal.items() if k != "payloadType"},
        "no payload": {k: v for k, v in normal.items() if k != "payload"},
        "payload that is no string": changed(normal, payload=1),
        "payload that is not base64": changed(normal, payload="{}"),
        "padding inside": changed(normal, payload="YQ==YQ=="),
        "no signatures": changed(normal, signatures=[]),
        "signatures that are no array": changed(normal, signatures=first),
        "a signature that is no object": changed(normal, signatures=["sig"]),
        "no key id": changed(normal, signatures=[{"sig": first["sig"]}]),
        "key id in upper case": changed(normal, signatures=[changed(first, keyid=first["keyid"].upper())]),
        "one key twice": changed(normal, signatures=[first, first]),
        "signature of 63 bytes": changed(normal, signatures=[changed(first, sig=b64(bytes(63)))]),
        "eighteen signatures": changed(
            normal, signatures=[changed(first, keyid=f"{n:064x}") for n in range(18)]
        ),
        "payload of 32,769 bytes": changed(normal, payload=b64(b"a" * 32_769)),
    }
    texts = {
        "payload twice": b'{"payload":"e30=","payload":"e30="}',
        "not an object": b"[]",
        "not JSON": b"envelope",
        "not UTF-8": b'{"payload":"\xff"}',
    }
    return {
        "about": "DSSE envelopes as they arrive. `paeBase64` is what is signed, `normal` what is kept.",
        "accepted": [
            accepted(name, envelope=value, normal=normal, paeBase64=b64(envelope.pae(PAYLOAD)))
            for name, value in lenient.items()
        ],
        "refused": [
            refused(name, lambda value=value: envelope.parse(value), envelope=value)
            for name, value in bad.items()
        ]
        + [
            refused(name, lambda data=data: envelope.parse(data), dataBase64=b64(data))
            for name, data in texts.items()
        ],
    }


def largest_entry() -> bytes:
    signature = envelope.Signature
    signed = [signature(f"{n:064x}", bytes(64)) for n in range(envelope.SIGNATURE_LIMIT)]
    return entry.encode_entry(envelope.normalised(b"a" * 32_768, signed), RECORDED_AT)


def entry_vectors() -> dict[str, Any]:
    good = entry.encode_entry(sample_envelope(), RECORDED_AT)
    value = json.loads(good)
    inner = value["envelope"]
    first, second = inner["signatures"]

    def with_envelope(**members: Any) -> bytes:
        return canonical.encode({**value, "envelope": {**inner, **members}})

    sig = first["sig"]
    spare = sig[:-3] + chr(ord(sig[-3]) + 1) + "=="
    bad = {
        "trailing newline": good + b"\n",
        "white space": good.replace(b":", b": ", 1),
        "time without milliseconds": canonical.encode({**value, "recordedAt": "2019-11-20T09:00:00Z"}),
        "a day that does not exist": canonical.encode({**value, "recordedAt": "2019-02-29T09:00:00.000Z"}),
        "no time": canonical.encode({"envelope": inner}),
        "unknown member": canonical.encode({**value, "index": 1}),
        "unknown member of the envelope": with_envelope(extra="x"),
        "unknown member of a signature": with_envelope(signatures=[{**first, "cert": "x"}]),
        "another payload type": with_envelope(payloadType="text/plain"),
        "URL-safe alphabet": with_envelope(payload=b64(b"\xff\xff\xff").replace("/", "_")),
        "payload without padding": with_envelope(
            payload=inner["payload"].rstrip("=") if "=" in inner["payload"] else "YQ"
        ),
        "spare bits set": with_envelope(signatures=[{**first, "sig": spare}]),
        "signatures unsorted": with_envelope(signatures=[second, first]),
        "one key twice": with_envelope(signatures=[first, first]),
        "no signatures": with_envelope(signatures=[]),
        "signature of 63 bytes": with_envelope(signatures=[{**first, "sig": b64(bytes(63))}]),
        "key id in upper case": with_envelope(signatures=[{**first, "keyid": "A" * 64}]),
        "an array": b"[]",
        "65,536 bytes": b'{"a":"' + b"a" * (65_536 - 8) + b'"}',
    }
    return {
        "about": "Log entries. `leafHash` is SHA-256(0x00 || entry).",
        "accepted": [
            accepted(
                name, dataBase64=b64(data), recordedAt=RECORDED_AT, leafHash=merkle.leaf_hash(data).hex()
            )
            for name, data in (
                ("two signatures", good),
                ("the largest payload, seventeen signatures", largest_entry()),
            )
        ],
        "refused": [
            refused(name, lambda data=data: entry.decode_entry(data), dataBase64=b64(data))
            for name, data in bad.items()
        ],
    }


# --- disclosures ------------------------------------------------------------------------


def disclosure_vectors() -> dict[str, Any]:
    salt = seed("salt")[:16]
    salt_text = grammar.base64url_encode(salt)
    values: dict[str, tuple[str, Any]] = {
        "text": ("text", {"lang": "fr", "text": "pas de preuve n'est pas une réfutation"}),
        "Chinese": ("title", {"lang": "zh", "text": "职业病防治法"}),
        "date": ("occurred", "2019-11-20"),
        "integer": ("n", 0),
        "array": ("issue", ["a", "b"]),
    }

    def wrapped(value: Any) -> str:
        return grammar.base64url_encode(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())

    good = disclosure.make(salt, "text", "a")
    bad = {
        "padded": good + "=" * (-len(good) % 4 or 4),
        "standard alphabet": wrapped([salt_text, "text", "???>>>"]).replace("_", "/").replace("-", "+"),
        "spare bits set": wrapped([12])[:-1] + "R",
        "white space": grammar.base64url_encode(b'["' + salt_text.encode() + b'", "text", 1]'),
        "array element": wrapped([salt_text, "a"]),
        "four elements": wrapped([salt_text, "text", 1, 2]),
        "an object": wrapped({"salt": salt_text}),
        "salt of 15 bytes": wrapped([grammar.base64url_encode(salt[:15]), "text", 1]),
        "salt of 17 bytes": wrapped([grammar.base64url_encode(salt + b"x"), "text", 1]),
        "salt with spare bits set": wrapped(
            [salt_text[:-1] + "B" if salt_text[-1] != "B" else salt_text[:-1] + "C", "text", 1]
        ),
        "salt that is a number": wrapped([1, "text", 1]),
        "name _sd": wrapped([salt_text, "_sd", ["x"]]),
        "name ...": wrapped([salt_text, "...", "x"]),
        "name _sd_alg": wrapped([salt_text, "_sd_alg", "sha-256"]),
        "name that is no key": wrapped([salt_text, "a b", "x"]),
        "name __proto__": wrapped([salt_text, "__proto__", "x"]),
        "name that is a number": wrapped([salt_text, 1, "x"]),
        "recursive": wrapped([salt_text, "text", {"_sd": ["x"]}]),
        "recursive, deeper": wrapped([salt_text, "text", [{"a": {"_sd": ["x"]}}]]),
        "null": wrapped([salt_text, "text", None]),
        "float": wrapped([salt_text, "text", 1.5]),
        "not JSON": grammar.base64url_encode(b"text"),
    }
    return {
        "about": "Disclosures of object members. `digest` is what stands in `_sd`.",
        "accepted": [
            disclosure_vector(label, disclosure.make(salt, *pair)) for label, pair in values.items()
        ],
        "refused": [
            refused(label, lambda text=text: disclosure.parse(text), disclosure=text)
            for label, text in bad.items()
        ],
    }


def disclosure_vector(label: str, text: str) -> dict[str, Any]:
    parsed = disclosure.parse(text)
    salt = grammar.base64url_encode(parsed.salt)
    members = {"salt": salt, "member": parsed.name, "value": parsed.value, "digest": parsed.digest}
    return accepted(label, disclosure=text, **members)
