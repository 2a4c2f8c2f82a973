"""The faster JSON reader and writer that servers give to the core takes and refuses the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from api.codec import CODEC
from ledger.core import canonical
from ledger.core.refusal import Refusal
from tests.property.test_formats import LOOSE, VALUES

SURROGATES = range(0xD800, 0xE000)


@contextmanager
def codec(given: canonical.Codec | None) -> Iterator[None]:
    """Decode with this codec, and with the one from before afterwards."""
    before = canonical.used()
    canonical.use(given)
    try:
        yield
    finally:
        canonical.use(before)


def outcome(data: bytes) -> Any:
    """The value with its types, or the refusal's code and place."""
    try:
        return repr(canonical.decode(data))
    except Refusal as refusal:
        return refusal.code, refusal.where


def assert_same(data: bytes) -> None:
    with codec(CODEC):
        fast = outcome(data)
    with codec(None):
        assert fast == outcome(data)


@given(VALUES)
def test_a_canonical_value_is_read_the_same(value: Any) -> None:
    data = canonical.encode(value)
    assert CODEC.decode_same(data) == value
    assert_same(data)
    with codec(CODEC):
        assert canonical.decode_trusted(data) == value


@given(LOOSE, st.booleans(), st.booleans())
def test_any_other_json_is_refused_for_the_same_reason(value: Any, ascii_only: bool, sort: bool) -> None:
    text = json.dumps(value, ensure_ascii=ascii_only, sort_keys=sort, separators=(",", ":"))
    assert_same(text.encode("utf-8", "surrogatepass"))


@given(VALUES, st.integers(0), st.integers(0, 255))
def test_a_changed_byte_has_the_same_consequence(value: Any, place: int, byte: int) -> None:
    data = bytearray(canonical.encode(value))
    data[place % len(data)] = byte
    assert_same(bytes(data))


@given(st.binary(max_size=40))
@example(b"")
@example(b"-0")
@example(b"1.0")
@example(b"9007199254740992")
@example(b"123456789012345678901234567890")
@example(b'{"a":1,"a":2}')
@example(b'{"b":1,"a":2}')
@example(b'"\\ud800"')
@example(b'"\\u007f"')
@example(b'"\\/"')
@example(b"\xef\xbb\xbf1")
@example(b"[" * 5_000)
@example(b"[" * 16 + b"]" * 16)
@example(b"[" * 17 + b"]" * 17)
def test_arbitrary_bytes_have_the_same_consequence(data: bytes) -> None:
    assert_same(data)


def test_every_character_is_written_the_same() -> None:
    for start in range(0, 0x110000, 0x100):
        text = "".join(chr(point) for point in range(start, start + 0x100) if point not in SURROGATES)
        assert CODEC.write(text) == canonical.encode(text)
