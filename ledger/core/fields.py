"""Field types: each knows how to check a value, how to say so in JSON Schema, and how to say so in words.

A `Type` is compiled once into a closure (`check`), which raises `Refusal` with a JSON pointer relative to the
value; the objects and arrays around it prepend their part while the exception passes through, so accepted
values pay nothing for good messages. `schema` is JSON Schema 2020-12 and says as much of the rule as it can.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

from . import grammar
from .refusal import Refusal
from .vocabulary import terms

Check = Callable[[Any], None]


@dataclass(frozen=True, slots=True)
class Type:
    """One type of value: its words for the docs, its JSON Schema and its compiled check.

    `full` is its type in the resolved form (disclosures put back) where that is wider than in the clear;
    `members` are the words for each member of an object. `fits`, of strings, says whether a string passes
    `check`: objects and arrays ask it first and are spared a call for nearly every member.
    """

    doc: str
    schema: Mapping[str, Any]
    check: Check
    full: "Type | None" = None
    members: Mapping[str, str] = field(default_factory=dict)
    fits: Callable[[str], object] | None = None

    @property
    def resolved(self) -> "Type":
        return self.full or self


class Member(NamedTuple):
    """A member of an object."""

    type: Type
    required: bool = False


def wrong_type(expected: str, value: object) -> Refusal:
    return Refusal("wrong-type", f"expected {expected}, found {_json_name(value)}")


def _json_name(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", int: "an integer", bool: "a boolean"}
    return names.get(type(value), type(value).__name__)


# --- strings ---------------------------------------------------------------


def string(doc: str, code: str, fits: Callable[[str], object], schema: Mapping[str, Any]) -> Type:
    """A string that `fits`; any other is refused with `code`."""

    def check(value: Any) -> None:
        if type(value) is not str:
            raise wrong_type("a string", value)
        if not fits(value):
            raise Refusal(code, f"{_short(value)} is not {doc}")

    return Type(doc, {"type": "string", **schema}, check, fits=fits)


def matching(doc: str, code: str, pattern: str) -> Type:
    """A string that matches the whole of `pattern`, which means the same in Python and in ECMA 262."""
    fits = re.compile(pattern, re.ASCII).fullmatch
    return string(doc, code, fits, {"pattern": f"^({pattern})$"})


def _short(value: str) -> str:
    return repr(value if len(value) <= 80 else value[:77] + "...")


def enum(doc: str, values: Iterable[str], code: str = "unknown-term") -> Type:
    """One of a closed list of strings."""
    allowed = frozenset(values)

    def check(value: Any) -> None:
        if type(value) is not str:
            raise wrong_type("a string", value)
        if value not in allowed:
            raise Refusal(code, f"{_short(value)} is not {doc}")

    return Type(doc, {"enum": sorted(allowed)}, check, fits=allowed.__contains__)


def term(*vocabularies: str) -> Type:
    """A term of one of the vocabularies."""
    codes = frozenset[str]().union(*(terms(name) for name in vocabularies))
    return enum("a term of " + " or ".join(f"`{name}`" for name in vocabularies), codes)


def coded(doc: str, *values: str) -> Type:
    """One of a few strings that are named on the spot."""
    return enum(f"{doc} ({', '.join(f'`{value}`' for value in values)})", values)


SLUG_PATTERN = "[a-z0-9][a-z0-9._-]{0,127}"
DIGEST_PATTERN = "[0-9a-f]{64}"
# 32 bytes leave two spare bits in the last character, which canonical base64 sets to zero.
_LAST_OF_32 = "[AEIMQUYcgkosw048]"
SD_PATTERN = f"[A-Za-z0-9_-]{{42}}{_LAST_OF_32}"
BASE64_OF_32_PATTERN = f"[A-Za-z0-9+/]{{42}}{_LAST_OF_32}="
_MONTH = "[0-9]{4}(-(0[1-9]|1[0-2]))?"
_DAY = "[0-9]{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?)?"


def _dates(side: str) -> dict[str, str]:
    return {"pattern": f"^({side}|{side}/{side}|{side}/\\.\\.|\\.\\./{side})$"}


SLUG = matching("a slug", "bad-slug", SLUG_PATTERN)
DIGEST = matching("a SHA-256 in 64 hexadecimal digits", "bad-hex", DIGEST_PATTERN)
TOKEN = matching("a token", "free-text-in-clear", "[A-Za-z0-9.-][A-Za-z0-9._:/@+-]{0,127}")
DECIMAL = matching("a decimal string", "bad-decimal", "-?(0|[1-9][0-9]{0,17})(\\.[0-9]{1,9})?")
DATE = string("a date or interval of years, months or days", "bad-date", grammar.is_date, _dates(_DAY))
COARSE_DATE = string(
    "a date or interval of years or months", "bad-date", grammar.is_coarse_date, _dates(_MONTH)
)
# The clear stays coarse, for it is kept for ever; a disclosure may say the day.
PERIOD = replace(COARSE_DATE, full=DATE)
MOMENT = string(
    "a moment `YYYY-MM-DDThh:mm:ssZ`",
    "bad-time",
    grammar.is_issued_at,
    {"pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$"},
)
SD_DIGEST = matching("a disclosure's digest", "bad-base64url", SD_PATTERN)

# --- numbers, booleans, choices ---------------------------------------------


def integer(doc: str, low: int = 0, high: int = 2**53 - 1) -> Type:
    """An integer between `low` and `high`, both included."""

    def check(value: Any) -> None:
        if type(value) is not int:
            raise wrong_type("an integer", value)
        if not low <= value <= high:
            raise Refusal("out-of-range", f"{value} is not between {low} and {high}")

    return Type(doc, {"type": "integer", "minimum": low, "maximum": high}, check)


def _check_boolean(value: Any) -> None:
    if type(value) is not bool:
        raise wrong_type("a boolean", value)


BOOLEAN = Type("true or false", {"type": "boolean"}, _check_boolean)


def or_word(word: str, other: Type) -> Type:
    """The literal `word`, or a value of the other type."""
    check_other = other.check

    def check(value: Any) -> None:
        if value != word:
            check_other(value)

    full = None if other.full is None else or_word(word, other.full)
    return Type(f"{other.doc}, or `{word}`", {"anyOf": [{"const": word}, other.schema]}, check, full)


def any_of(types: Sequence[Type]) -> Type:
    """A value that fits one of the types; what fits none is refused as the last one refuses it."""
    if len(types) == 1:
        return types[0]

    def check(value: Any) -> None:
        for type_ in types[:-1]:
            try:
                return type_.check(value)
            except Refusal:
                continue
        return types[-1].check(value)

    full = any_of([type_.resolved for type_ in types]) if any(type_.full for type_ in types) else None
    doc = ", or ".join(type_.doc for type_ in types)
    return Type(doc, {"anyOf": [type_.schema for type_ in types]}, check, full)


# --- arrays ----------------------------------------------------------------


def array(item: Type, low: int = 1, high: int = 64) -> Type:
    """An array of `low` to `high` items in the author's order."""
    full = None if item.full is None else array(item.full, low, high)
    check_item, fits = item.check, item.fits

    def check(value: Any) -> None:
        if type(value) is not list:
            raise wrong_type("an array", value)
        if not low <= len(value) <= high:
            raise wrong_length(value, low, high)
        i = 0
        try:
            for i, member in enumerate(value):  # noqa: B007 -- the handler below names the item
                if fits is None or type(member) is not str or not fits(member):
                    check_item(member)
        except Refusal as refusal:
            raise inside(refusal, i) from None

    schema = {"type": "array", "items": item.schema, "minItems": low, "maxItems": high}
    return Type(f"an array of {low} to {high}: {item.doc}", schema, check, full)


def sorted_set(item: Type, low: int = 1, high: int = 64) -> Type:
    """An array of strings, sorted by code point, none twice."""
    plain = array(item, low, high)

    def check(value: Any) -> None:
        plain.check(value)
        check_ascending(value)

    doc = f"a sorted array of {low} to {high}, none twice: {item.doc}"
    return Type(doc, {**plain.schema, "uniqueItems": True}, check)


def wrong_length(value: list[Any], low: int, high: int) -> Refusal:
    if len(value) < low:
        return Refusal("too-few", f"{len(value)} items where at least {low} are needed")
    return Refusal("too-many", f"{len(value)} items where at most {high} are allowed")


def check_ascending(keys: list[Any]) -> None:
    """Refuses keys that are not strictly ascending: `not-unique` for equal neighbours, else `unsorted`."""
    for i in range(1, len(keys)):
        if keys[i - 1] >= keys[i]:
            code = "not-unique" if keys[i - 1] == keys[i] else "unsorted"
            raise Refusal(code, f"item {i} does not follow item {i - 1}", f"/{i}")


# --- objects ---------------------------------------------------------------


def inside(refusal: Refusal, step: str | int) -> Refusal:
    """The same refusal, seen from one level further out."""
    refusal.where = f"/{step}{refusal.where}"
    return refusal


def object_check(
    members: Mapping[str, Type], required: Iterable[str], unknown: Callable[[str], Refusal] | None = None
) -> Check:
    """Compiles an object's check: no other members, all required ones."""
    find = {name: type_.check for name, type_ in members.items()}.get
    find_fits = {name: type_.fits for name, type_ in members.items() if type_.fits is not None}.get
    needed = frozenset(required)
    refuse = unknown or unknown_member

    def check(value: Any) -> None:
        if type(value) is not dict:
            raise wrong_type("an object", value)
        if not needed <= value.keys():
            name = min(needed - value.keys())
            raise Refusal("missing-member", f"`{name}` is missing", f"/{name}")
        name = ""
        try:
            for name, member in value.items():
                if type(member) is str:
                    fits = find_fits(name)
                    if fits is not None and fits(member):
                        continue
                check_member = find(name)
                if check_member is None:
                    raise refuse(name)
                check_member(member)
        except Refusal as refusal:
            raise inside(refusal, name) from None

    if len(members) == 1 and needed and find_fits(min(needed)) is not None:
        return _only(min(needed), members, check)
    return check


def _only(name: str, members: Mapping[str, Type], check: Check) -> Check:
    """The check of an object with this one string, which in most of them `fits`."""
    fits = members[name].fits
    assert fits is not None, "a string of this type can be asked about"

    def check_only(value: Any) -> None:
        if type(value) is dict and len(value) == 1:
            member = value.get(name)
            if type(member) is str and fits(member):
                return
        check(value)

    return check_only


def remembering(type_: Type) -> Type:
    """The same type, of an object of strings that most values have alike: the last good one is known."""
    last: Any = None

    def check(value: Any) -> None:
        nonlocal last
        if value != last:
            type_.check(value)
            last = dict(value)

    return replace(type_, check=check)


def both(first: Check, second: Check) -> Check:
    def check(value: Any) -> None:
        first(value)
        second(value)

    return check


def unknown_member(name: str) -> Refusal:
    return Refusal("unknown-member", f"there is no member `{name}` here")


# More do not fit into a payload.
SD = sorted_set(SD_DIGEST, 1, 712)


def record(
    doc: str,
    members: Mapping[str, Member],
    rule: Check | None = None,
    sd: bool = False,
    schema: Mapping[str, Any] | None = None,
    full: Type | None = None,
) -> Type:
    """An object with exactly these members; `rule` sees it afterwards; with `sd` digests may stand in it.

    `schema` adds keywords that state what `rule` demands, as far as they can. `full` is derived unless given.
    """
    if full is None and (sd or any(member.type.full for member in members.values())):
        whole = {name: Member(member.type.resolved, member.required) for name, member in members.items()}
        full = record(doc, whole, rule, schema=schema)
    types = {name: member.type for name, member in members.items()}
    properties = {name: member.type.schema for name, member in members.items()}
    required = [name for name, member in members.items() if member.required]
    if sd:
        types["_sd"] = SD
        properties["_sd"] = SD.schema
    check_members = object_check(types, required)

    check = check_members if rule is None else both(check_members, rule)
    words = {name: member.type.doc for name, member in members.items()}
    return Type(doc, object_schema(properties, required, schema), check, full, words)


def object_schema(
    properties: Mapping[str, Any], required: Iterable[str], more: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """JSON Schema of an object without other members."""
    return {
        "type": "object",
        "properties": dict(properties),
        "required": sorted(required),
        "additionalProperties": False,
        **(more or {}),
    }
