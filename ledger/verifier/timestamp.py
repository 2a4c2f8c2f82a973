"""RFC 3161 time-stamp replies, as far as they can be read without certificates: what was stamped, and when.

Whether an authority signed the reply is for a tool that knows certificates, such as `openssl ts -verify`.
"""

import hashlib
from collections.abc import Iterator
from typing import NamedTuple

from ..core.refusal import Refusal

# Object identifiers, in DER.
_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_TST_INFO = bytes.fromhex("060b2a864886f70d0109100104")
_HASHES = {
    bytes.fromhex("0609608648016503040201"): hashlib.sha256,
    bytes.fromhex("0609608648016503040202"): hashlib.sha384,
    bytes.fromhex("0609608648016503040203"): hashlib.sha512,
}
INTEGER, OCTETS, TIME, SEQUENCE, EXPLICIT = 0x02, 0x04, 0x18, 0x30, 0xA0
_GRANTED = (0, 1)


class Stamp(NamedTuple):
    """What a reply says: `imprint`, the hash by `algorithm` of what was stamped; `time`, YYYYMMDDhhmmssZ."""

    algorithm: bytes
    imprint: bytes
    time: str

    def is_of(self, data: bytes) -> bool:
        """Whether the imprint is that of `data`."""
        return _HASHES[self.algorithm](data).digest() == self.imprint


class _Element(NamedTuple):
    tag: int
    content: bytes
    data: bytes  # with tag and length


def read_reply(reply: bytes) -> Stamp:
    """The stamp in a TimeStampResp (RFC 3161 section 2.4.2) in DER; raises `Refusal`."""
    try:
        return _read(reply)
    except (ValueError, StopIteration, IndexError) as error:
        raise Refusal("bad-timestamp", f"it is no time-stamp reply: {error}") from error


def _read(reply: bytes) -> Stamp:
    # 1 The reply: a status of granted, and the token.
    status, token = _children(_only(reply))
    if int.from_bytes(next(_elements(status.content)).content, "big") not in _GRANTED:
        raise ValueError("the authority refused")
    # 2 The token: CMS signed data around a TSTInfo.
    kind, wrapped = _children(token)
    signed = next(_elements(wrapped.content))
    _version, _digests, inner = list(_elements(signed.content))[:3]
    inner_kind, inner_wrapped = _children(inner)
    if kind.data != _SIGNED_DATA or inner_kind.data != _TST_INFO:
        raise ValueError("it holds something else than a time-stamp")
    # 3 The TSTInfo: version, policy, imprint, serial number, time.
    info = _only(next(_elements(inner_wrapped.content)).content)
    _version, _policy, imprint, _serial, time = list(_elements(info.content))[:5]
    algorithm, hashed = _children(imprint)
    named = next(_elements(algorithm.content)).data
    if named not in _HASHES or time.tag != TIME:
        raise ValueError("its imprint is by a hash that is not known here, or it has no time")
    return Stamp(named, hashed.content, time.content.decode("ascii"))


def _children(element: _Element) -> tuple[_Element, _Element]:
    first, second = list(_elements(element.content))[:2]
    return first, second


def _only(data: bytes) -> _Element:
    (element,) = _elements(data)
    if element.tag != SEQUENCE:
        raise ValueError(f"a sequence belongs where the tag is {element.tag:02x}")
    return element


def _elements(data: bytes) -> Iterator[_Element]:
    """The elements that `data` is made of (X.690, definite lengths)."""
    at = 0
    while at < len(data):
        length, start = data[at + 1], at + 2
        if length & 0x80:
            start += length & 0x7F
            if not at + 2 < start <= len(data):
                raise ValueError("a length that is not definite")
            length = int.from_bytes(data[at + 2 : start], "big")
        if start + length > len(data):
            raise ValueError("it ends too early")
        yield _Element(data[at], data[start : start + length], data[at : start + length])
        at = start + length
