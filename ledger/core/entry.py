"""Log entries: canonical JSON of the envelope and the ledger's time, encoded once and stored verbatim.

The same bytes are the event store's state, the tile's entry and the input of the Merkle leaf hash.
"""

import re
from binascii import a2b_base64, b2a_base64
from itertools import pairwise
from typing import Any, NamedTuple

from . import canonical
from .canonical import ENTRY_LIMIT, PAYLOAD_LIMIT, pointer
from .envelope import PAYLOAD_TYPE, SIGNATURE_LIMIT, Envelope, Signature, parse
from .grammar import base64_decode, is_digest, is_recorded_at
from .keys import SIGNATURE_BYTES
from .refusal import Refusal

_HEAD = b'{"envelope":{"payload":"'
_MIDDLE = f'","payloadType":"{PAYLOAD_TYPE}","signatures":['.encode("ascii")
_TAIL = b']},"recordedAt":"'
# {"keyid":"<64>","sig":"<88>"} and the comma between two of them.
_STEP = 174


class Entry(NamedTuple):
    """An entry: envelope, `recordedAt` (`YYYY-MM-DDThh:mm:ss.sssZ`) and the bytes they were read from."""

    envelope: Envelope
    recorded_at: str
    data: bytes


def encode_entry(envelope: Envelope, recorded_at: str) -> bytes:
    """The entry's bytes, at most 65,535; refused when longer."""
    signatures = b",".join(
        [
            b'{"keyid":"%b","sig":"%b"}' % (one.keyid.encode("ascii"), b2a_base64(one.sig, newline=False))
            for one in envelope.signatures
        ]
    )
    payload = b2a_base64(envelope.payload, newline=False)
    # Sorted keys and nothing to escape: this text is its own canonical form, and the tests compare it.
    data = b'%b%b%b%b%b%b"}' % (_HEAD, payload, _MIDDLE, signatures, _TAIL, recorded_at.encode("ascii"))
    if len(data) > ENTRY_LIMIT:
        raise Refusal("too-large", f"an entry of {len(data)} bytes, the limit is {ENTRY_LIMIT}")
    return data


def decode_entry(data: bytes) -> Entry:
    """The entry whose bytes are exactly `data`; raises `Refusal`."""
    if len(data) > ENTRY_LIMIT:
        raise Refusal("too-large", f"an entry of {len(data)} bytes, the limit is {ENTRY_LIMIT}")
    try:
        entry = decode_entry_trusted(data)
        if _is_normal(entry) and encode_entry(entry.envelope, entry.recorded_at) == data:
            return entry
    except (ValueError, Refusal):
        pass
    _refuse_entry(data)
    raise AssertionError("an entry was refused that has no defect")


def entry_time(data: bytes) -> str:
    """`recordedAt` of an entry's bytes, which are judged as by `decode_entry` but not decoded: a third of
    the time. Raises `Refusal` where `decode_entry` does.
    """
    end = data.find(b'"', len(_HEAD))
    found = _BEHIND_PAYLOAD.fullmatch(data, end) if end > 0 and data.startswith(_HEAD) else None
    if found is not None and len(data) <= ENTRY_LIMIT:
        time = found[2].decode("ascii")
        if _is_payload(data[len(_HEAD) : end]) and _ascend(found[1]) and is_recorded_at(time):
            return time
    return decode_entry(data).recorded_at


_SIGNED = rb'\{"keyid":"[0-9a-f]{64}","sig":"[A-Za-z0-9+/]{85}[AQgw]=="\}'
_BEHIND_PAYLOAD = re.compile(
    b'%b(%b(?:,%b){0,%d})%b([0-9TZ:.-]{24})"\\}'
    % (re.escape(_MIDDLE), _SIGNED, _SIGNED, SIGNATURE_LIMIT - 1, re.escape(_TAIL))
)
_ALPHABET = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
# What may stand before the padding: the bits that the last character has to spare are zero.
_BEFORE_PADDING = {b"": _ALPHABET, b"=": b"AEIMQUYcgkosw048", b"==": b"AQgw"}


def _is_payload(base64: bytes) -> bool:
    """Whether it is standard base64 in its one form, of no more bytes than a payload may have."""
    padding = base64.translate(None, _ALPHABET)
    size = len(base64) - len(padding)
    return (
        len(base64) % 4 == 0
        and len(base64) // 4 * 3 - len(padding) <= PAYLOAD_LIMIT
        and padding in _BEFORE_PADDING
        and base64.endswith(padding)
        and (size == 0 or base64[size - 1] in _BEFORE_PADDING[padding])
    )


def _ascend(signatures: bytes) -> bool:
    if len(signatures) < _STEP:
        return True
    key_ids = [signatures[at + 10 : at + 74] for at in range(0, len(signatures), _STEP)]
    return all(first < second for first, second in pairwise(key_ids))


def _is_normal(entry: Entry) -> bool:
    """Whether envelope and time keep the rules that encoding them again does not show."""
    signatures = entry.envelope.signatures
    if not 1 <= len(signatures) <= SIGNATURE_LIMIT or len(entry.envelope.payload) > PAYLOAD_LIMIT:
        return False
    previous = ""
    for signature in signatures:
        keyid = signature.keyid
        if keyid <= previous or not is_digest(keyid) or len(signature.sig) != SIGNATURE_BYTES:
            return False
        previous = keyid
    return is_recorded_at(entry.recorded_at)


# --- naming the defect ------------------------------------------------------------------


def _refuse_entry(data: bytes) -> None:
    value = canonical.decode(data, ENTRY_LIMIT)
    _require_members(value, ("envelope", "recordedAt"), "")
    if not isinstance(value["recordedAt"], str) or not is_recorded_at(value["recordedAt"]):
        raise Refusal("bad-time", "recordedAt reads YYYY-MM-DDThh:mm:ss.sssZ", "/recordedAt")
    envelope = value["envelope"]
    _require_members(envelope, ("payload", "payloadType", "signatures"), "/envelope")
    parsed = _parse_inside(envelope)
    base64_decode(envelope["payload"], "/envelope/payload")
    for i, item in enumerate(envelope["signatures"]):
        where = pointer("envelope", "signatures", i)
        _require_members(item, ("keyid", "sig"), where)
        base64_decode(item["sig"], where + "/sig")
        if item["keyid"] != parsed.signatures[i].keyid:
            raise Refusal("unsorted-signatures", "signatures stand in the order of their key ids", where)


def _parse_inside(envelope: Any) -> Envelope:
    try:
        return parse(envelope)
    except Refusal as refusal:
        raise Refusal(refusal.code, refusal.what, "/envelope" + refusal.where) from refusal


def _require_members(value: Any, names: tuple[str, ...], where: str) -> None:
    if not isinstance(value, dict):
        raise Refusal("wrong-type", "an object belongs here", where)
    for name in names:
        if name not in value:
            raise Refusal("missing-member", f"{name} is missing", where)
    for name in value:
        if name not in names:
            raise Refusal("unknown-member", f"{name} has no place here", where + pointer(name))


# --- bytes from the log -----------------------------------------------------------------

_TIME_BYTES = 24


def read_parts(data: bytes) -> tuple[bytes, tuple[str, ...], str]:
    """(payload, key ids, `recordedAt`) of bytes that `encode_entry` made: what folds read of an entry."""
    payload_end = data.index(b'"', len(_HEAD))
    signatures_end = len(data) - _TIME_BYTES - 2 - len(_TAIL)
    starts = range(payload_end + len(_MIDDLE) + 10, signatures_end, _STEP)
    key_ids = tuple([data[at : at + 64].decode("ascii") for at in starts])
    return a2b_base64(data[len(_HEAD) : payload_end]), key_ids, data[-_TIME_BYTES - 2 : -2].decode("ascii")


def decode_entry_trusted(data: bytes) -> Entry:
    """The entry in bytes that `encode_entry` made; other bytes raise ValueError or give nonsense."""
    payload_end = data.index(b'"', len(_HEAD))
    signatures_end = len(data) - _TIME_BYTES - 2 - len(_TAIL)
    signatures = tuple(
        [
            Signature(data[at + 10 : at + 74].decode("ascii"), a2b_base64(data[at + 83 : at + 171]))
            for at in range(payload_end + len(_MIDDLE), signatures_end, _STEP)
        ]
    )
    payload = a2b_base64(data[len(_HEAD) : payload_end])
    return Entry(Envelope(payload, signatures), data[-_TIME_BYTES - 2 : -2].decode("ascii"), data)
