"""Canonical JSON: RFC 8785 (JCS) in a profile where compact JSON with sorted keys *is* JCS.

UTF-8; only the quotation mark, the backslash and U+0000 to U+001F are escaped; objects, arrays, strings,
booleans and integers up to 2^53-1; no floats, no null, no lone surrogates; keys are plain ASCII names, so
that every order of code units is the same order; at most 16 levels, the outermost container being level
1.

Decoding parses, checks, re-encodes and compares. The C scanner of the standard library does the common case,
or a faster reader and writer if one was given; only input that fails is read again, slowly, to name its
defect and place.
"""

import json
import re
from collections.abc import Callable, Iterator
from json import encoder
from typing import Any, Final, NamedTuple, NoReturn

from .refusal import Refusal

PAYLOAD_LIMIT = 32_768  # bytes
ENTRY_LIMIT = 65_535  # bytes
DEPTH_LIMIT = 16  # levels
INTEGER_LIMIT = 2**53 - 1

_KEY = re.compile(r"(?!__proto__\Z)[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_SURROGATE = re.compile("[\ud800-\udfff]")


def _no_default(value: object) -> NoReturn:
    raise TypeError(f"no JSON for {type(value).__name__}")


# What `JSONEncoder.encode` makes anew for each value: without escapes beyond the necessary, sorted, no NaN.
_chunks = getattr(encoder, "c_make_encoder")(  # noqa: B009 -- the type stubs leave it out
    None, _no_default, encoder.encode_basestring, None, ":", ",", True, False, False
)


def _write(value: Any) -> str:
    return "".join(_chunks(value, 0))


def encode(value: Any) -> bytes:
    """Canonical bytes of `value`: dict, list or tuple, str, int and bool; anything else is refused."""
    if not _holds(value, 1):
        _refuse_value(value)
    try:
        return _write(value).encode("utf-8")
    except UnicodeEncodeError:
        _refuse_value(value)


def decode(data: bytes, limit: int = PAYLOAD_LIMIT) -> Any:
    """The value whose canonical encoding is exactly `data`; `Refusal` names the defect and its place."""
    if len(data) > limit:
        raise Refusal("too-large", f"{len(data)} bytes, the limit is {limit}")
    value = decode_same(data)
    if value is NOTHING or not _holds(value, 1):
        _refuse_bytes(data)
    return value


def decode_same(data: bytes) -> Any:
    """The value that gives exactly `data` when it is encoded; `NOTHING` when there is none.

    For those who check its members one by one: keys, numbers and levels may be others than the profile has.
    """
    if _given is not None and (found := _given.decode_same(data)) is not NOTHING:
        return found
    try:
        value, _ = _read(data.decode("utf-8"))  # what follows the value, the comparison shows
        return value if _write(value).encode("utf-8") == data else NOTHING
    except (ValueError, RecursionError):
        return NOTHING


def decode_trusted(data: bytes) -> Any:
    """The value of bytes that `decode` has accepted before, such as those of the log."""
    if _given is not None:
        return _given.read(data)
    return _read_any(data.decode("utf-8"))[0]


def is_key(text: str) -> bool:
    """Whether `text` may be the key of a member."""
    return _KEY.match(text) is not None


def pointer(*steps: str | int) -> str:
    """The JSON pointer (RFC 6901) of a path of keys and array positions."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


# --- the fast path ----------------------------------------------------------------------


def _no_float(text: str) -> NoReturn:
    raise ValueError(text)


_read = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float).raw_decode
_read_any = json.JSONDecoder().raw_decode
# Keys seen and found good. The kinds use about a hundred, so the bound is met only by an attacker's keys.
_good_keys: set[str] = set()
_GOOD_KEYS_LIMIT = 2_048


class Codec(NamedTuple):
    """A faster JSON reader and writer than the standard library's; `errors` is what either raises.

    `write` sorts members and adds no space. What they do not agree on is decided by the standard library's,
    so they can refuse nothing; that they accept nothing more is for the tests (tests/property).
    """

    read: Callable[[bytes], Any]
    write: Callable[[Any], bytes]
    errors: tuple[type[Exception], ...]

    def decode_same(self, data: bytes) -> Any:
        """The value that gives `data` when it is encoded; `NOTHING` when that is not certain."""
        try:
            value = self.read(data)
            return value if self.write(value) == data else NOTHING
        except self.errors:
            return NOTHING


NOTHING: Final = object()
_given: Codec | None = None


def use(codec: Codec | None) -> None:
    """Let `codec` do the common case from now on, in the whole process."""
    global _given
    _given = codec


def used() -> Codec | None:
    """The codec that does the common case, None for the standard library's."""
    return _given


def _holds(value: Any, depth: int) -> bool:
    """Whether `value`, at container level `depth`, keeps the profile, as far as encoding does not show it."""
    kind = type(value)
    if kind is dict:
        if depth > DEPTH_LIMIT or not (_good_keys.issuperset(value) or _are_good_keys(value)):
            return False
        return _hold(value.values(), depth + 1)
    if kind is list or kind is tuple:
        return depth <= DEPTH_LIMIT and _hold(value, depth + 1)
    return kind is str or kind is bool or (kind is int and -INTEGER_LIMIT <= value <= INTEGER_LIMIT)


def _hold(values: Any, depth: int) -> bool:
    # A plain loop, as `all` over a generator takes twice as long.
    for value in values:
        kind = type(value)
        # Most members are strings: they need no call, the encoder refuses what is wrong with them.
        if kind is str:
            continue
        if kind is int:
            if not -INTEGER_LIMIT <= value <= INTEGER_LIMIT:
                return False
        elif not _holds(value, depth):
            return False
    return True


def _are_good_keys(keys: Any) -> bool:
    for key in keys:
        if type(key) is not str or not _KEY.match(key):
            return False
    if len(_good_keys) + len(keys) <= _GOOD_KEYS_LIMIT:
        _good_keys.update(keys)
    return True


# --- naming the defect ------------------------------------------------------------------


class _Pairs(list[tuple[str, Any]]):
    """An object's members as they stand, duplicates included."""


class _Text(str):
    """A number as it stands."""

    __slots__ = ()


class _Integer(_Text):
    __slots__ = ()


class _Float(_Text):
    __slots__ = ()


class _Constant(_Text):
    __slots__ = ()


_parse = json.JSONDecoder(
    object_pairs_hook=_Pairs, parse_int=_Integer, parse_float=_Float, parse_constant=_Constant
).raw_decode


def _refuse_bytes(data: bytes) -> NoReturn:
    if data.startswith(b"\xef\xbb\xbf"):
        raise Refusal("byte-order-mark", "the bytes start with EF BB BF")
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Refusal("not-utf8", f"byte {error.start} is not UTF-8") from error
    value, end = _parse_slowly(text)
    _refuse_parsed(value)
    if end != len(text):
        raise Refusal("trailing-bytes", f"the value ends at character {end} of {len(text)}")
    raise Refusal("not-canonical", "decoded and encoded again, it gives other bytes")


def _parse_slowly(text: str) -> tuple[Any, int]:
    start = len(text) - len(text.lstrip(" \t\n\r"))
    try:
        return _parse(text, start)
    except RecursionError as error:
        raise Refusal("too-deep", f"more than {DEPTH_LIMIT} levels") from error
    except ValueError as error:
        raise Refusal("not-json", str(error)) from error


def _refuse_parsed(value: Any) -> None:
    for path, item in _walk(value):
        where = pointer(*path)
        if isinstance(item, _Pairs):
            _refuse_keys([key for key, _ in item], path)
        if isinstance(item, list) and len(path) >= DEPTH_LIMIT:
            raise Refusal("too-deep", f"more than {DEPTH_LIMIT} levels", where)
        defect = _defect_of_text(item) if isinstance(item, str) else "null" if item is None else ""
        if defect:
            raise Refusal(defect, f"{'null' if item is None else repr(str(item)[:60])} stands here", where)


def _defect_of_text(item: str) -> str:
    if isinstance(item, _Float):
        return "float"
    if isinstance(item, _Constant):
        return "not-a-number"
    if isinstance(item, _Integer):
        digits = item.lstrip("-")
        large = len(digits) > 16 or int(digits) > INTEGER_LIMIT
        return "negative-zero" if item == "-0" else "integer-range" if large else ""
    return "lone-surrogate" if _SURROGATE.search(item) else ""


def _refuse_keys(keys: list[str], path: tuple[str | int, ...]) -> None:
    seen: set[str] = set()
    for key in keys:
        if _SURROGATE.search(key):
            raise Refusal("lone-surrogate", f"the key {key!r}", pointer(*path))
        if key in seen:
            raise Refusal("duplicate-key", f"{key!r} occurs twice", pointer(*path, key))
        if not _KEY.match(key):
            raise Refusal("key-grammar", f"the key {key!r}", pointer(*path))
        seen.add(key)


def _refuse_value(value: Any) -> NoReturn:
    """Name why a Python value cannot be encoded."""
    for path, item in _walk(value):
        where = pointer(*path)
        if isinstance(item, dict):
            if not all(type(key) is str for key in item):
                raise Refusal("key-grammar", "a key that is no string", where)
            _refuse_keys(list(item), path)
        if isinstance(item, dict | list | tuple) and len(path) >= DEPTH_LIMIT:
            raise Refusal("too-deep", f"more than {DEPTH_LIMIT} levels", where)
        code = _defect_of_value(item)
        if code:
            raise Refusal(code, f"{item!r:.100} stands here", where)
    raise AssertionError("a value was refused that has no defect")


def _defect_of_value(item: Any) -> str:
    if item is None:
        return "null"
    if type(item) is float:
        return "float" if item - item == 0 else "not-a-number"
    if type(item) is int:
        return "" if -INTEGER_LIMIT <= item <= INTEGER_LIMIT else "integer-range"
    if type(item) is str:
        return "lone-surrogate" if _SURROGATE.search(item) else ""
    return "" if type(item) in (dict, list, tuple, bool) else "not-encodable"


def _walk(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    """Every value with its path, in the order of the text; readers stop it at the depth limit."""
    yield path, value
    members: Any = ()
    if isinstance(value, _Pairs):
        members = value
    elif isinstance(value, dict):
        members = value.items()
    elif isinstance(value, list | tuple):
        members = enumerate(value)
    for step, item in members:
        yield from _walk(item, (*path, step))
