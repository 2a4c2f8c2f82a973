"""The claim of a draft: which members stay in the log for ever, which can be erased, and the shape of each.

A person writes `names: [A, B]`, `low: 4` or `text: Words`; the tables of `ledger.core.kinds` say that names
are texts with a language, that measured values are decimal strings, and which lists are sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from api.drafts.draft import Draft
from api.drafts.resolver import Resolver
from api.drafts.yaml_text import DraftError
from ledger.core.kinds import HIDDEN, KINDS, Row

DUE_ONLY = frozenset({"plaintext"})


@dataclass(frozen=True, slots=True)
class Disclosed:
    """A member that leaves the clear: its name and value, and the object it stands in (a path of names)."""

    name: str
    value: Any
    place: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Split:
    """A claim in two parts."""

    clear: Mapping[str, Any]
    disclosed: tuple[Disclosed, ...]

    def with_digests(self, digests: Iterable[tuple[tuple[str, ...], str]]) -> dict[str, Any]:
        """The clear members with `_sd` in every object that something was taken from."""
        claim: dict[str, Any] = _copied(self.clear)
        for place, digest in digests:
            holder = claim
            for name in place:
                holder = holder.setdefault(name, {})
            holder["_sd"] = sorted([*holder.get("_sd", []), digest])
        return claim


def split_claim(draft: Draft, members: Mapping[str, Any], resolver: Resolver, public: bool) -> Split:
    """Split and shape the claim; `members` are those that follow from a captured file.

    Raises DraftError for a member that this kind does not have.
    """
    rows = KINDS[draft.kind].rows_for(draft.event, public)
    values = _keys_put_in(draft, {**draft.claim, **members}, resolver)
    clear: dict[str, Any] = {}
    disclosed: list[Disclosed] = []
    for name, value in values.items():
        if name == "occurred":
            # The clear says a month or a year; a finer date is a disclosure of that name.
            disclosed.append(Disclosed(name, str(value)))
            continue
        row = _row(draft, rows, name)
        shaped = shape(value, row.type.resolved.schema, draft.lang)
        if name in draft.disclose or row.presence == HIDDEN or name in DUE_ONLY:
            disclosed.append(Disclosed(name, shaped))
        elif name == "set":
            kept, taken = _split_set(draft, shaped)
            clear |= {name: kept} if kept or not taken else {}
            disclosed += taken
        else:
            clear[name] = shaped
    _check_disclose(draft, values)
    return Split(clear, tuple(disclosed))


def _split_set(draft: Draft, value: Mapping[str, Any]) -> tuple[dict[str, Any], list[Disclosed]]:
    """The new values in an amendment: those that a kind only discloses are disclosures inside `set`."""
    hidden = {row.name for kind in KINDS.values() for row in kind.rows if row.name in kind.disclosures_only}
    taken = [Disclosed(name, item, ("set",)) for name, item in value.items() if _leaves(draft, name, hidden)]
    gone = {item.name for item in taken}
    return {name: item for name, item in value.items() if name not in gone}, taken


def _leaves(draft: Draft, name: str, hidden: set[str]) -> bool:
    return name in hidden or f"set.{name}" in draft.disclose


def _row(draft: Draft, rows: Mapping[str, Row], name: str) -> Row:
    if name not in rows:
        known = ", ".join(sorted(rows))
        raise DraftError(f"{draft.where}: {draft.event} has no member {name} in its claim", f"it has {known}")
    return rows[name]


def _check_disclose(draft: Draft, values: Mapping[str, Any]) -> None:
    missing = sorted(name for name in draft.disclose if not name.startswith("set.") and name not in values)
    if missing:
        raise DraftError(f"{draft.where}: disclose names {missing[0]}, which the claim does not have")


def _keys_put_in(draft: Draft, values: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    """Replace `{file: NAME}` by the public half of that key file, in `firstKey` or as the whole claim."""
    if draft.kind == "key" and "file" in values:
        return _with_key(draft, values, resolver)
    return {
        name: _with_key(draft, value, resolver) if isinstance(value, Mapping) and "file" in value else value
        for name, value in values.items()
    }


def _with_key(draft: Draft, value: Mapping[str, Any], resolver: Resolver) -> dict[str, Any]:
    name = str(value["file"])
    key = resolver.public_key(name)
    if key is None:
        raise DraftError(f"{draft.where}: there is no key file {name}", "make it with `evidence key new`")
    own = {member: item for member, item in value.items() if member != "file"}
    return {"keyId": key["keyId"], **own} if draft.event == "KeyRevoked" else {**key, **own}


# --- shaping by JSON Schema --------------------------------------------------------------------


def shape(value: Any, schema: Mapping[str, Any], lang: str) -> Any:
    """The value in the form its schema wants: texts, decimal strings, sorted lists.

    What fits nowhere stays.
    """
    if "anyOf" in schema:
        return _shape_any(value, schema["anyOf"], lang)
    if schema.get("type") == "array":
        return _shape_array(value, schema, lang)
    if schema.get("type") == "object":
        return _shape_object(value, schema, lang)
    if isinstance(value, int) and not isinstance(value, bool) and _is_string(schema):
        return str(value)
    return value


def _shape_any(value: Any, options: Iterable[Mapping[str, Any]], lang: str) -> Any:
    for option in options:
        shaped = shape(value, option, lang)
        if _fits(shaped, option):
            return shaped
    return value


def _shape_array(value: Any, schema: Mapping[str, Any], lang: str) -> Any:
    if isinstance(value, str | int) and not isinstance(value, bool):
        value = [value]
    if not isinstance(value, list):
        return value
    shaped = [shape(item, schema["items"], lang) for item in value]
    if schema.get("uniqueItems") and all(isinstance(item, str) for item in shaped):
        return sorted(set(shaped))
    return shaped


def _shape_object(value: Any, schema: Mapping[str, Any], lang: str) -> Any:
    members = schema.get("properties", {})
    if isinstance(value, str | int) and {"lang", "text"} <= members.keys():
        return {"lang": lang, "text": str(value)}
    if not isinstance(value, Mapping):
        return value
    return {name: shape(item, members.get(name, {}), lang) for name, item in value.items()}


def _is_string(schema: Mapping[str, Any]) -> bool:
    if schema.get("type") == "string" or "pattern" in schema:
        return True
    return all(isinstance(item, str) for item in schema.get("enum", [0]))


def _fits(value: Any, schema: Mapping[str, Any]) -> bool:
    """Whether the value has the outer form that a schema asks for; the decoder checks the rest."""
    if "const" in schema:
        return bool(value == schema["const"])
    if "enum" in schema:
        return value in schema["enum"]
    types = {"array": list, "object": dict, "string": str, "integer": int, "boolean": bool}
    expected = types.get(str(schema.get("type")))
    if expected is None or type(value) is not expected:
        return False
    if isinstance(value, list):
        return all(_fits(item, schema["items"]) for item in value)
    if isinstance(value, dict):
        return set(value) <= set(schema.get("properties", {}))
    return True


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copied(item) for name, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value
