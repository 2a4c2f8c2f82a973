"""What encoding refuses, and how a refusal names its place."""

import math
from typing import Any

import pytest

from ledger.core import canonical
from ledger.core.refusal import Refusal


class Text(str):
    """A string that is not quite a string."""


def nested(levels: int) -> list[Any]:
    value: list[Any] = []
    for _ in range(levels - 1):
        value = [value]
    return value


UNENCODABLE: list[tuple[str, Any, str, str]] = [
    ("none", {"a": [None]}, "null", "/a/0"),
    ("float", {"a": 1.0}, "float", "/a"),
    ("nan", [math.nan], "not-a-number", "/0"),
    ("infinity", [-math.inf], "not-a-number", "/0"),
    ("2^53", [2**53], "integer-range", "/0"),
    ("bytes", {"a": b"x"}, "not-encodable", "/a"),
    ("set", {"a": {1}}, "not-encodable", "/a"),
    ("subclass of str", [Text("x")], "not-encodable", "/0"),
    ("number as a key", {1: "a"}, "key-grammar", ""),
    ("bad key", {"a": {"b-c": 1}}, "key-grammar", "/a"),
    ("__proto__", {"__proto__": 1}, "key-grammar", ""),
    ("lone surrogate", {"a": "\ud800"}, "lone-surrogate", "/a"),
    ("lone surrogate in a key", {"\udfff": 1}, "lone-surrogate", ""),
    ("seventeen levels", nested(17), "too-deep", "/0" * 16),
]


@pytest.mark.parametrize(
    ("value", "code", "where"), [row[1:] for row in UNENCODABLE], ids=[row[0] for row in UNENCODABLE]
)
def test_a_value_outside_the_profile_is_not_encoded(value: Any, code: str, where: str) -> None:
    with pytest.raises(Refusal) as refusal:
        canonical.encode(value)
    assert (refusal.value.code, refusal.value.where) == (code, where)


def test_a_value_that_holds_itself_is_too_deep() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(Refusal, match="too-deep"):
        canonical.encode(value)


def test_a_tuple_is_an_array() -> None:
    assert canonical.encode({"a": (1, "b")}) == b'{"a":[1,"b"]}'


def test_a_pointer_escapes_tilde_and_solidus() -> None:
    assert canonical.pointer("a/b", 0, "c~d") == "/a~1b/0/c~0d"


def test_the_limit_is_the_callers() -> None:
    data = b'"' + b"a" * 40_000 + b'"'
    with pytest.raises(Refusal, match="too-large"):
        canonical.decode(data)
    assert canonical.decode(data, canonical.ENTRY_LIMIT) == "a" * 40_000
    assert canonical.decode_trusted(data) == "a" * 40_000


def test_many_different_keys_do_not_fill_the_memory() -> None:
    for start in range(0, 20_000, 1_000):
        value = {f"key_{n}": 1 for n in range(start, start + 1_000)}
        assert canonical.decode(canonical.encode(value)) == value
    assert len(canonical._good_keys) <= canonical._GOOD_KEYS_LIMIT


def test_the_first_defect_in_the_text_is_named() -> None:
    with pytest.raises(Refusal) as refusal:
        canonical.decode(b'{"a":[1,{"b":null}],"c":1.5}')
    assert (refusal.value.code, refusal.value.where) == ("null", "/a/1/b")
