"""Write the golden vectors of the formats: `python -m tests.vectors.generate_formats`.

Each file holds what an implementation must accept, with the values it must arrive at, and what it must
refuse, each refused vector named after its defect and carrying the code of the refusal. Bytes are base64
under names that end in `Base64`, or plain text. Everything follows from fixed seeds, so the files only
change when a format does, and a format that has been used must not change.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from nacl import bindings

from ledger.core import (
    canonical,
    checkpoint,
    disclosure,
    entry,
    envelope,
    grammar,
    keys,
    merkle,
    note,
    policy,
    receipt,
)
from ledger.core.refusal import Refusal

FOLDER = Path(__file__).parent / "formats"
ORIGIN = "ledger.example.org/2026"
RECORDED_AT = "2019-11-20T09:00:00.250Z"
GROUP_ORDER = 2**252 + 27742317777372353535851937790883648493
FIELD_PRIME = 2**255 - 19
NEUTRAL = b"\x01" + bytes(31)
ORDER_EIGHT = bytes.fromhex("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")


def seed(label: str) -> bytes:
    return hashlib.sha256(b"evidence ledger vectors: " + label.encode()).digest()


def b64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def accepted(name: str, **values: Any) -> dict[str, Any]:
    return {"name": name, **values}


def refused(name: str, attempt: Callable[[], object], **values: Any) -> dict[str, Any]:
    """A vector whose code is what this implementation says; tests pin the codes through the stored files."""
    try:
        attempt()
    except Refusal as refusal:
        return {"name": name, **values, "code": refusal.code, "where": refusal.where}
    raise AssertionError(f"the vector {name} is not refused")


# --- canonical JSON ---------------------------------------------------------------------

CANONICAL_ACCEPTED: list[tuple[str, bytes]] = [
    ("empty object", b"{}"),
    ("empty array", b"[]"),
    ("scalars", b'{"a":true,"b":false,"c":0,"d":-1,"e":""}'),
    ("upper case sorts before the underscore and lower case", b'{"A":1,"B":2,"_":3,"a":4}'),
    ("a key that begins another", b'{"a":1,"aa":2,"b":3}'),
    ("largest integers", b"[9007199254740991,-9007199254740991]"),
    ("control characters escaped as JCS does", b'"\\b\\t\\n\\f\\r\\u0000\\u001f\\"\\\\"'),
    ("solidus and DEL stand as they are", b'"/\x7f"'),
    ("characters of two, three and four bytes", '["é","佛山","𝌆"]'.encode()),
    ("line separators stand as they are", '"\u2028\u2029"'.encode()),
    ("noncharacters stand as they are", '"\uffff\ufdd0"'.encode()),
    ("no normalisation of combining characters", '["é","e\u0301"]'.encode()),
    ("sixteen levels", b"[" * 16 + b"]" * 16),
    ("key of 64 characters", b'{"' + b"k" * 64 + b'":1}'),
    ("32,768 bytes", b'"' + b"a" * 32_766 + b'"'),
]

CANONICAL_REFUSED: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("duplicate key", b'{"a":1,"a":1}'),
    ("duplicate key, deeper", b'{"a":[{"b":1,"c":2,"b":3}]}'),
    ("duplicate key, one escaped", b'{"a":1,"\\u0061":1}'),
    ("float", b'{"a":1.5}'),
    ("float that is whole", b"[1.0]"),
    ("exponent", b"[1e3]"),
    ("float -0.0", b"[-0.0]"),
    ("NaN", b'{"a":NaN}'),
    ("Infinity", b"[Infinity]"),
    ("minus Infinity", b"[-Infinity]"),
    ("null", b'{"a":null}'),
    ("minus zero", b"[-0]"),
    ("2^53", b"[9007199254740992]"),
    ("minus 2^53", b"[-9007199254740992]"),
    ("an integer of 5,000 digits", b"[" + b"9" * 5_000 + b"]"),
    ("lone surrogate, escaped", b'"\\ud800"'),
    ("lone low surrogate, escaped", b'"a\\udc00"'),
    ("lone surrogate in a key", b'{"\\ud800":1}'),
    ("surrogate encoded in UTF-8", b'"\xed\xa0\x80"'),
    ("overlong UTF-8", b'"\xc0\xaf"'),
    ("Latin-1", b'"\xe9"'),
    ("cut UTF-8", b'"\xe4\xbd'),
    ("UTF-16", '{"a":1}'.encode("utf-16-le")),
    ("byte order mark", b"\xef\xbb\xbf{}"),
    ("DEL escaped", b'"\\u007f"'),
    ("letter escaped", b'"\\u0061"'),
    ("surrogate pair escaped", b'"\\ud834\\udf06"'),
    ("solidus escaped", b'"\\/"'),
    ("newline as u000a", b'"\\u000a"'),
    ("escape in upper case", b'"\\u001F"'),
    ("raw control character", b'"\n"'),
    ("unsorted keys", b'{"b":1,"a":2}'),
    ("white space between tokens", b'{"a": 1}'),
    ("white space before", b" {}"),
    ("trailing newline", b"{}\n"),
    ("trailing byte", b"{}x"),
    ("a second value", b"{}{}"),
    ("trailing NUL", b"{}\x00"),
    ("empty key", b'{"":1}'),
    ("key with a hyphen", b'{"a-b":1}'),
    ("key that begins with a digit", b'{"1":1}'),
    ("key that is not ASCII", '{"é":1}'.encode()),
    ("key of 65 characters", b'{"' + b"k" * 65 + b'":1}'),
    ("key __proto__", b'{"__proto__":1}'),
    ("key with a newline", b'{"a\\n":1}'),
    ("seventeen levels", b"[" * 17 + b"]" * 17),
    ("seventeen levels of objects", b'{"a":' * 17 + b"1" + b"}" * 17),
    ("ten thousand levels", b"[" * 10_000 + b"]" * 10_000),
    ("leading zero", b"[01]"),
    ("leading plus", b"[+1]"),
    ("trailing comma", b"[1,]"),
    ("single quotes", b"{'a':1}"),
    ("comment", b"{}/**/"),
    ("unclosed", b'{"a":1'),
    ("32,769 bytes", b'"' + b"a" * 32_767 + b'"'),
]


def canonical_vectors() -> dict[str, Any]:
    return {
        "about": "Payloads. `dataBase64` is the input; accepted ones decode and encode to the same bytes.",
        "accepted": [
            accepted(name, dataBase64=b64(data), sha256=hashlib.sha256(data).hexdigest())
            for name, data in CANONICAL_ACCEPTED
        ],
        "refused": [
            refused(name, lambda data=data: canonical.decode(data), dataBase64=b64(data))
            for name, data in CANONICAL_REFUSED
        ],
    }


# --- grammars ---------------------------------------------------------------------------

GRAMMARS: dict[str, tuple[Callable[[str], bool], list[str], list[str]]] = {
    "slug": (
        grammar.is_slug,
        ["a", "0", "china-labor-watch", "p-0123456789abcdef", "a.b_c-d", "a" * 128],
        ["", "A", "-a", ".a", "_a", "a b", "é", "a" * 129, "a\n", "a/b", "a:b"],
    ),
    "token": (
        grammar.is_token,
        ["osh/pre-job-training", "en-GB", ".x", "-x", "a@b", "a+b", "SA8000:2014", "a" * 128],
        ["", "a b", "_a", "/a", "é", "a" * 129, "a\n", "a,b", "(a)"],
    ),
    "digest": (
        grammar.is_digest,
        ["0" * 64, "0123456789abcdef" * 4],
        ["", "0" * 63, "0" * 65, "A" * 64, "g" * 64, "0" * 64 + "\n"],
    ),
    "decimal": (
        grammar.is_decimal,
        ["0", "-0", "1", "-1.5", "24", "0.000000001", "9" * 18, "72.50"],
        ["", "+1", "01", "1.", ".5", "1e3", "1,5", "9" * 19, "0.0000000001", "1 ", "NaN", "--1"],
    ),
    "issuedAt": (
        grammar.is_issued_at,
        ["2019-11-20T09:00:00Z", "2020-02-29T23:59:59Z", "0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"],
        [
            "2019-02-29T00:00:00Z",
            "2019-11-20T24:00:00Z",
            "2019-11-20T23:59:60Z",
            "2019-11-20T09:60:00Z",
            "2019-13-01T00:00:00Z",
            "2019-00-01T00:00:00Z",
            "2019-01-00T00:00:00Z",
            "0000-01-01T00:00:00Z",
            "2019-11-20T09:00:00.000Z",
            "2019-11-20T09:00:00+00:00",
            "2019-11-20t09:00:00z",
            "2019-11-20 09:00:00Z",
            "2019-11-20",
            "٢019-11-20T09:00:00Z",
            "2019-11-20T09:00:00Z\n",
        ],
    ),
    "recordedAt": (
        grammar.is_recorded_at,
        ["2019-11-20T09:00:00.000Z", "2019-11-20T09:00:00.999Z"],
        [
            "2019-11-20T09:00:00Z",
            "2019-11-20T09:00:00.00Z",
            "2019-11-20T09:00:00.0000Z",
            "2019-11-31T09:00:00.000Z",
        ],
    ),
    "date": (
        grammar.is_date,
        [
            "2019",
            "2019-06",
            "2019-06-30",
            "2020-02-29",
            "2019/2020",
            "2019-06/2019",
            "2019-06-01/2019-06-01",
            "2019/2019-06",
            "../2019",
            "2019-06/..",
            "0001",
        ],
        [
            "",
            "19",
            "2019-6",
            "2019-13",
            "2019-00",
            "2019-02-29",
            "1900-02-29",
            "2019-06-31",
            "2019-06-00",
            "0000",
            "2020/2019",
            "2019-06-02/2019-06-01",
            "../..",
            "/2019",
            "2019/",
            "2019/2020/2021",
            "2019?",
            "2019~",
            "201X",
            "-2019",
            "2019-06-30T00:00:00Z",
            "2019 ",
            "2019-06-",
        ],
    ),
    "coarseDate": (
        grammar.is_coarse_date,
        ["2019", "2019-06", "2019-06/2019-10", "../2019-06", "2019/.."],
        ["2019-06-30", "2019-06-01/2019", "2019/2019-06-30", "../..", "2020/2019"],
    ),
    "host": (
        grammar.is_host,
        ["business-humanrights.org", "a.b", "xn--fiqs8s.example"],
        ["", "localhost", "Example.org", "a..b", "-a.b", "a-.b", "a.b.", "a_b.c", "a/b.c", "a b.c"],
    ),
    "origin": (
        grammar.is_origin,
        ["ledger.example.org/2026", "example.com", "localhost/x", "a"],
        ["", "a b", "a+b", "https://a", "a/", "/a", "a//b", "a\n", "é", "a" * 256],
    ),
    "name": (
        lambda text: grammar.split_name(text) is not None,
        [
            "ledger:main",
            "party:clw",
            "factory:foshan",
            "criterion:iso.1",
            "document:" + "0" * 64,
            "statement:" + "f" * 64,
        ],
        [
            "ledger:other",
            "party:",
            "party:A",
            "group:x",
            "host:a.b",
            "document:0",
            "clw",
            "Party:clw",
            ":x",
            "",
        ],
    ),
}


def grammar_vectors() -> dict[str, Any]:
    for name, (decide, good, bad) in GRAMMARS.items():
        assert all(decide(text) for text in good), name
        assert not any(decide(text) for text in bad), name
    bounds = ["2019", "2020-02", "2019-06-30", "2019-06/2019", "../2019", "2019-06/.."]
    return {
        "about": "Grammars of single values, and the first and last day that a date or interval spans.",
        "accepted": [accepted(name, texts=good) for name, (_, good, _) in GRAMMARS.items()],
        "refused": [{"name": name, "texts": bad} for name, (_, _, bad) in GRAMMARS.items()],
        "bounds": [{"text": text, "days": list(grammar.date_bounds(text) or ())} for text in bounds],
    }


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


# --- the tree ---------------------------------------------------------------------------

PUBLISHED_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
SIZES = (1, 2, 3, 5, 7, 8)


def reader(leaves: list[bytes]) -> merkle.HashReader:
    def read(level: int, index: int) -> bytes:
        if level == 0:
            return leaves[index]
        return merkle.node_hash(read(level - 1, 2 * index), read(level - 1, 2 * index + 1))

    return read


def merkle_vectors() -> dict[str, Any]:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    read = reader(leaves)
    inclusion, consistency = [], []
    for size in SIZES:
        for index in range(size):
            path = merkle.inclusion_proof(index, size, read)
            inclusion.append({"index": index, "size": size, "proof": [node.hex() for node in path]})
        for first in range(1, size):
            path = merkle.consistency_proof(first, size, read)
            consistency.append({"first": first, "second": size, "proof": [node.hex() for node in path]})
    return {
        "about": "RFC 6962 trees over the leaves of Certificate Transparency's own test data.",
        "leaves": list(PUBLISHED_LEAVES),
        "leafHashes": [leaf.hex() for leaf in leaves],
        "roots": [merkle.root_at(size, read).hex() for size in range(len(leaves) + 1)],
        "frontiers": [merkle.frontier_at(size, read).to_bytes().hex() for size in range(len(leaves) + 1)],
        "inclusion": inclusion,
        "consistency": consistency,
    }


# --- notes, checkpoints, policies, proofs, trust ----------------------------------------


def log_signer() -> note.Signer:
    return note.Signer(ORIGIN, seed("log"))


def cosign(text: str, name: str, secret: bytes, seconds: int) -> str:
    witness = note.Verifier(name, note.COSIGNATURE, keys.public_key(secret))
    message = f"cosignature/v1\ntime {seconds}\n{text}".encode()
    body = seconds.to_bytes(8, "big") + keys.sign(secret, message)
    return note.NoteSignature(name, witness.key_hash, body).line


def witness_vkey(name: str, secret: bytes) -> str:
    return note.Verifier(name, note.COSIGNATURE, keys.public_key(secret)).vkey


def tampered(signed: str) -> str:
    """The same note with one bit of its last signature flipped."""
    text, signatures = note.split_note(signed)
    last = signatures[-1]
    bad = note.NoteSignature(last.name, last.key_hash, last.signature[:-1] + bytes([last.signature[-1] ^ 1]))
    return text + "\n" + "".join(s.line for s in [*signatures[:-1], bad])


def note_vectors() -> dict[str, Any]:
    signer, stranger = log_signer(), note.Signer("stranger.example", seed("stranger"))
    text = "first line\n\nafter an empty line: 佛山\n"
    good = note.sign_note(text, [signer])
    both = note.sign_note(text, [stranger, signer])
    vkey = signer.verifier.vkey
    same_name = note.Signer(ORIGIN, seed("stranger"))
    bad = {
        "text changed": good.replace("first", "First"),
        "bad signature of the known key": tampered(good),
        "bad signature of the known key beside a stranger's": tampered(both),
        "a stranger's signature only": note.sign_note(text, [stranger]),
        "the same name, another key": note.sign_note(text, [same_name]),
        "no signatures": text + "\n",
        "no empty line": "text\n" + good.rpartition("\n\n")[2],
        "no newline at the end": good[:-1],
        "control character": note_with(good, "first\tline"),
        "carriage return": note_with(good, "first line\r"),
        "hyphen instead of a dash": good.replace("— ", "- "),
        "signature that is not base64": good.rpartition(" ")[0] + " !!!!\n",
        "signature without a key hash": good.rpartition(" ")[0] + " AAAA\n",
        "101 signatures": text + "\n" + good.rpartition("\n\n")[2] * 101,
    }
    return {
        "about": "Signed notes. `vkeys` are the known keys; `names` those whose signature verified.",
        "seedBase64": b64(seed("log")),
        "vkeys": [vkey],
        "accepted": [
            accepted(name, note=signed, text=text, names=[ORIGIN])
            for name, signed in (("one signature", good), ("an unknown signature is ignored", both))
        ],
        "refused": [
            refused(name, lambda n=signed: note.open_note(n, [signer.verifier]), note=signed)
            for name, signed in bad.items()
        ],
    }


def note_with(signed: str, first_line: str) -> str:
    return signed.replace("first line", first_line)


def vkey_vectors() -> dict[str, Any]:
    vkey = log_signer().verifier.vkey
    name, key_hash, material = vkey.split("+", 2)
    weak = note.Verifier(name, note.ED25519, NEUTRAL).vkey
    bad = {
        "empty": "",
        "two parts": f"{name}+{key_hash}",
        "empty name": f"+{key_hash}+{material}",
        "space in the name": f"a b+{key_hash}+{material}",
        "another hash": f"{name}+00000000+{material}",
        "hash in upper case": f"{name}+{key_hash.upper()}+{material}",
        "another name": f"x{name}+{key_hash}+{material}",
        "unknown signature type": f"{name}+{key_hash}+{b64(bytes([2]) + keys.public_key(seed('log')))}",
        "key of 31 bytes": f"{name}+{key_hash}+{b64(bytes([1]) + bytes(31))}",
        "weak key": weak,
        "not base64": f"{name}+{key_hash}+!",
    }
    witness = witness_vkey("witness.example", seed("witness"))
    return {
        "about": "Verifier keys.",
        "accepted": [
            accepted(label, vkey=text, keyName=v.name, type=v.algorithm, publicKey=b64(v.public))
            for label, text in (("log", vkey), ("witness", witness))
            for v in [note.Verifier.from_vkey(text)]
        ],
        "refused": [
            refused(label, lambda text=text: note.Verifier.from_vkey(text), vkey=text)
            for label, text in bad.items()
        ],
    }


def checkpoint_vectors() -> dict[str, Any]:
    root = seed("root")
    heads = [
        checkpoint.Checkpoint(ORIGIN, 0, merkle.EMPTY_ROOT),
        checkpoint.Checkpoint(ORIGIN, 20852163, root),
    ]
    good = heads[1].text()
    bad = {
        "empty": "",
        "two lines": "\n".join(good.split("\n")[:2]) + "\n",
        "extension line": good + "extension\n",
        "no newline at the end": good[:-1],
        "empty origin": good.removeprefix(ORIGIN),
        "leading zero": good.replace("20852163", "020852163"),
        "negative size": good.replace("20852163", "-1"),
        "size of 2^63": good.replace("20852163", str(2**63)),
        "size with a space": good.replace("20852163", "20852163 "),
        "root of 31 bytes": checkpoint.Checkpoint(ORIGIN, 1, root[:31]).text(),
        "root in hexadecimal": f"{ORIGIN}\n1\n{root.hex()}\n",
        "root not padded": good.replace("=", ""),
        "empty tree with another root": checkpoint.Checkpoint(ORIGIN, 0, root).text(),
    }
    signed = checkpoint.sign_checkpoint(heads[1], log_signer())
    return {
        "about": "Checkpoints: the text, and one signed by the log.",
        "signed": {"vkey": log_signer().verifier.vkey, "note": signed},
        "accepted": [accepted(f"size {h.size}", text=h.text(), size=h.size, root=b64(h.root)) for h in heads],
        "refused": [
            refused(label, lambda text=text: checkpoint.parse(text), text=text) for label, text in bad.items()
        ],
    }


def policy_vectors() -> dict[str, Any]:
    log = log_signer().verifier.vkey
    one, two, three = (witness_vkey(f"w{n}.example", seed(f"witness {n}")) for n in (1, 2, 3))
    listed = f"witness A {one}\nwitness B {two}\nwitness C {three}\n"
    two_of_three = f"# two of three\nlog {log}\n\n{listed}group ABC 2 A B C\nquorum ABC\n"
    nested = f"log {log} https://a.example/\n{listed}group AB any A B\ngroup both all AB C\nquorum both\n"
    good: dict[str, tuple[str, list[list[str]], list[list[str]]]] = {
        "no witnesses": (f"log {log}\nquorum none\n", [[], ["A"]], []),
        "one witness": (
            f"log\t{log}\n  witness A {one} https://w1.example/ \nquorum A\n",
            [["A"]],
            [[], ["B"]],
        ),
        "two of three": (two_of_three, [["A", "B"], ["A", "B", "C"]], [["A"], []]),
        "groups of groups": (nested, [["A", "C"], ["B", "C"]], [["A", "B"], ["C"]]),
        "without a final newline": (f"log {log}\nquorum none", [[]], []),
    }
    bad = {
        "empty": "",
        "no quorum": f"log {log}\n",
        "two quorums": "quorum none\nquorum none\n",
        "unknown line": "logs x\nquorum none\n",
        "quorum of an unknown name": "quorum A\n",
        "quorum before its witness": f"quorum A\nwitness A {one}\n",
        "malformed verifier key": "log ledger.example.org/2026+0+x\nquorum none\n",
        "witness key for a log": f"log {one}\nquorum none\n",
        "log key for a witness": f"witness A {log}\nquorum A\n",
        "a log twice": f"log {log}\nlog {log}\nquorum none\n",
        "a witness's key twice": f"witness A {one}\nwitness B {one}\nquorum none\n",
        "a name twice": f"witness A {one}\nwitness A {two}\nquorum none\n",
        "the name none": f"witness none {one}\nquorum none\n",
        "threshold zero": f"{listed}group G 0 A B\nquorum G\n",
        "threshold above the members": f"{listed}group G 3 A B\nquorum G\n",
        "threshold with a leading zero": f"{listed}group G 02 A B\nquorum G\n",
        "a member twice": f"{listed}group G 1 A A\nquorum G\n",
        "a member of two groups": f"{listed}group G any A B\ngroup H any A C\nquorum H\n",
        "member none": f"{listed}group G any none\nquorum G\n",
        "group without members": f"{listed}group G any\nquorum none\n",
        "carriage return": f"log {log}\r\nquorum none\r\n",
    }
    for label, (text, enough, too_few) in good.items():
        parsed = policy.parse_policy(text)
        assert all(parsed.is_satisfied_by(set(names)) for names in enough), label
        assert not any(parsed.is_satisfied_by(set(names)) for names in too_few), label
    return {
        "about": "Trust policies. `enough` and `tooFew` list sets of witnesses that have cosigned.",
        "accepted": [
            accepted(label, policy=text, enough=enough, tooFew=too_few)
            for label, (text, enough, too_few) in good.items()
        ],
        "refused": [
            refused(label, lambda text=text: policy.parse_policy(text), policy=text)
            for label, text in bad.items()
        ],
    }


def proof_vectors() -> dict[str, Any]:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    read = reader(leaves)
    head = checkpoint.Checkpoint(ORIGIN, 7, merkle.root_at(7, read))
    signed = checkpoint.sign_checkpoint(head, log_signer())
    good = receipt.format_proof(6, merkle.inclusion_proof(6, 7, read), signed)
    one = checkpoint.sign_checkpoint(checkpoint.Checkpoint(ORIGIN, 1, leaves[0]), log_signer())
    lines = good.split("\n")
    bad = {
        "empty": "",
        "another version": good.replace("@v1", "@v2"),
        "no index": "\n".join([lines[0], *lines[2:]]),
        "index with a leading zero": good.replace("index 6", "index 06"),
        "negative index": good.replace("index 6", "index -6"),
        "index before extra": good.replace("index 6", "index 6\nextra AAAA"),
        "hash of 31 bytes": good.replace(lines[2], b64(bytes(31))),
        "hash that is not base64": good.replace(lines[2], "?" + lines[2][1:]),
        "hash not padded": good.replace(lines[2], lines[2].rstrip("=")),
        "64 hashes": good.replace(lines[2], "\n".join([lines[2]] * 63)),
        "no checkpoint": good.partition("\n\n")[0] + "\n",
        "carriage returns": good.replace("\n", "\r\n"),
    }
    return {
        "about": "Proofs (c2sp.org/tlog-proof@v1); `entryHex` is the logged entry.",
        "vkey": log_signer().verifier.vkey,
        "accepted": [
            accepted(label, proof=text, index=index, hashes=count, entryHex=PUBLISHED_LEAVES[index])
            for label, text, index, count in (
                ("leaf 6 of 7", good, 6, 2),
                ("leaf 0 of 1", receipt.format_proof(0, [], one), 0, 0),
                ("with extra data", good.replace("index 6", "extra AAAA\nindex 6"), 6, 2),
            )
        ],
        "refused": [
            refused(label, lambda text=text: receipt.parse_proof(text), proof=text)
            for label, text in bad.items()
        ],
    }


def trust_vectors() -> dict[str, Any]:
    vkey = log_signer().verifier.vkey
    trust = receipt.Trust(ORIGIN, seed("genesis").hex(), vkey, receipt.unwitnessed_policy(vkey))
    good = receipt.format_trust(trust)
    value = json.loads(good)

    def written(**members: Any) -> str:
        return json.dumps({**value, **members}, indent=2) + "\n"

    bad = {
        "not JSON": "trust",
        "an array": "[]",
        "no policy": json.dumps({k: v for k, v in value.items() if k != "policy"}),
        "unknown member": written(witness="x"),
        "genesis of zeros": written(genesis="0" * 64),
        "genesis in upper case": written(genesis=value["genesis"].upper()),
        "origin that is not the key's name": written(origin="other.example"),
        "malformed origin": written(origin="https://ledger.example.org"),
        "vkey with a typing error": written(vkey=vkey.replace("+", "+0", 1)),
        "a witness's key as the log's": written(vkey=witness_vkey(ORIGIN, seed("log"))),
        "policy that does not list the log": written(policy="quorum none\n"),
        "policy that is no policy": written(policy="trust everyone\n"),
        "policy that is no string": written(policy=[]),
    }
    return {
        "about": "Trust files: JSON, any white space, exactly these four members.",
        "accepted": [accepted("as printed", file=good), accepted("compact", file=json.dumps(value))],
        "refused": [
            refused(label, lambda text=text: receipt.parse_trust(text), file=text)
            for label, text in bad.items()
        ],
    }


FILES: dict[str, Callable[[], dict[str, Any]]] = {
    "canonical.json": canonical_vectors,
    "grammar.json": grammar_vectors,
    "keys.json": key_vectors,
    "signatures.json": signature_vectors,
    "envelope.json": envelope_vectors,
    "entry.json": entry_vectors,
    "disclosure.json": disclosure_vectors,
    "merkle.json": merkle_vectors,
    "note.json": note_vectors,
    "vkey.json": vkey_vectors,
    "checkpoint.json": checkpoint_vectors,
    "policy.json": policy_vectors,
    "proof.json": proof_vectors,
    "trust.json": trust_vectors,
}


def render(make: Callable[[], dict[str, Any]]) -> bytes:
    return json.dumps(make(), ensure_ascii=True, indent=1).encode("ascii") + b"\n"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for name, make in FILES.items():
        (FOLDER / name).write_bytes(render(make))


if __name__ == "__main__":
    main()
