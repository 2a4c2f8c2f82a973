"""Envelopes: DSSE 1.0.2 (github.com/secure-systems-lab/dsse) with one payload type and key ids always set.

`parse` is as lenient as DSSE demands of receivers: either base64 alphabet, padded or not, unknown members
ignored, signatures in any order. What comes out is normalised, and only the normal form is ever logged.
"""

import binascii
import itertools
import json
from typing import Any, NamedTuple

from .canonical import PAYLOAD_LIMIT, pointer
from .grammar import base64_encode, is_digest
from .keys import SIGNATURE_BYTES
from .refusal import Refusal

PAYLOAD_TYPE = "application/vnd.in-toto+json"
# Sixteen issuers and the key being introduced.
SIGNATURE_LIMIT = 17

_TO_STANDARD = str.maketrans("-_", "+/")


class Signature(NamedTuple):
    """A signature (64 bytes) and the id of the key that is said to have made it."""

    keyid: str
    sig: bytes


class Envelope(NamedTuple):
    """The payload bytes and their signatures, sorted by key id and unique."""

    payload: bytes
    signatures: tuple[Signature, ...]


def pae(payload: bytes, payload_type: str = PAYLOAD_TYPE) -> bytes:
    """The bytes that are signed: DSSE's pre-authentication encoding of type and payload."""
    kind = payload_type.encode("utf-8")
    return b"DSSEv1 %d %s %d %s" % (len(kind), kind, len(payload), payload)


def normalised(payload: bytes, signatures: list[Signature]) -> Envelope:
    """An envelope of checked parts, signatures sorted; two under one key id are refused."""
    ordered = tuple(sorted(signatures, key=lambda signature: signature.keyid))
    for first, second in itertools.pairwise(ordered):
        if first.keyid == second.keyid:
            raise Refusal("duplicate-signature", f"key {first.keyid} signed twice", "/signatures")
    return Envelope(payload, ordered)


def to_json_value(envelope: Envelope) -> dict[str, Any]:
    """The envelope as DSSE JSON in its normal form."""
    return {
        "payload": base64_encode(envelope.payload),
        "payloadType": PAYLOAD_TYPE,
        "signatures": [{"keyid": s.keyid, "sig": base64_encode(s.sig)} for s in envelope.signatures],
    }


def parse(source: Any) -> Envelope:
    """The envelope in a JSON text (bytes) or a JSON value; raises `Refusal` with a pointer into it."""
    # 1 An object whose payload type is the one that statements have.
    value = _read(source) if isinstance(source, bytes) else source
    if not isinstance(value, dict):
        raise Refusal("wrong-type", "an envelope is an object")
    payload_type = _member(value, "payloadType", str, "")
    if payload_type != PAYLOAD_TYPE:
        raise Refusal("payload-type", f"{payload_type!r:.100}", "/payloadType")
    # 2 The payload's bytes.
    payload = _lenient_base64(_member(value, "payload", str, ""), "/payload")
    if len(payload) > PAYLOAD_LIMIT:
        raise Refusal("too-large", f"{len(payload)} bytes, the limit is {PAYLOAD_LIMIT}", "/payload")
    # 3 At least one signature, each under its own key id.
    items = _member(value, "signatures", list, "")
    if not items:
        raise Refusal("no-signature", "the list of signatures is empty", "/signatures")
    if len(items) > SIGNATURE_LIMIT:
        raise Refusal("too-large", f"more than {SIGNATURE_LIMIT} signatures", "/signatures")
    return normalised(payload, [_signature(item, pointer("signatures", i)) for i, item in enumerate(items)])


def _signature(item: Any, where: str) -> Signature:
    if not isinstance(item, dict):
        raise Refusal("wrong-type", "a signature is an object", where)
    keyid = _member(item, "keyid", str, where)
    if not is_digest(keyid):
        raise Refusal("bad-hex", f"the key id {keyid!r:.100}", where + "/keyid")
    sig = _lenient_base64(_member(item, "sig", str, where), where + "/sig")
    if len(sig) != SIGNATURE_BYTES:
        raise Refusal("signature-length", f"{len(sig)} bytes", where + "/sig")
    return Signature(keyid, sig)


def _member(value: dict[str, Any], name: str, kind: type, where: str) -> Any:
    if name not in value:
        raise Refusal("missing-member", f"{name} is missing", where)
    if not isinstance(value[name], kind):
        raise Refusal("wrong-type", f"{name} is no {kind.__name__}", where + pointer(name))
    return value[name]


def _lenient_base64(text: str, where: str) -> bytes:
    standard = text.rstrip("=").translate(_TO_STANDARD)
    try:
        return binascii.a2b_base64(standard + "=" * (-len(standard) % 4), strict_mode=True)
    except (binascii.Error, ValueError) as error:
        raise Refusal("bad-base64", str(error), where) from error


def _read(data: bytes) -> Any:
    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=_unique_members)
    except UnicodeDecodeError as error:
        raise Refusal("not-utf8", f"byte {error.start} is not UTF-8") from error
    except (ValueError, RecursionError) as error:
        raise Refusal("not-json", str(error)) from error


def _unique_members(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    # Readers differ in which of two members they take, so an envelope with two is read by nobody.
    value = dict(pairs)
    if len(value) != len(pairs):
        raise Refusal("duplicate-key", "a member occurs twice")
    return value
