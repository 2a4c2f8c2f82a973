"""Commented templates, made from the tables of `ledger.core.kinds`: what they say of a kind is what is
checked.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Mapping
from typing import Any

from api.drafts.yaml_text import DraftError
from ledger.core.fields import Type
from ledger.core.kinds import ATTRIBUTABLE, HIDDEN, KINDS, REQUIRED, Kind, Row
from ledger.core.values import TEXT, TEXTS

WIDTH = 100
CREATED_BY_DRAFT = frozenset({"media", "size", "plaintext"})
EXAMPLE_DATE = "2020-02"
NOT_DRAFTED = {"ledger": "`evidence ledger amend`", "index": "`evidence index`"}
MOST_TERMS = 40  # issues are more; docs/protocol-kinds.md lists them


def template(name: str) -> str:
    """A template for a kind (`request`) or one of its events (`DemandMade`). Raises DraftError."""
    for kind in KINDS.values():
        if name == kind.name or name in kind.events:
            if kind.name in NOT_DRAFTED:
                raise DraftError(
                    f"{name} is not drafted", f"the operator's command is {NOT_DRAFTED[kind.name]}"
                )
            return "\n".join(_lines(kind, name if name in kind.events else next(iter(kind.events)))) + "\n"
    known = ", ".join(kind for kind in KINDS if kind not in NOT_DRAFTED)
    raise DraftError(f"{name} is not a kind that is drafted", f"use one of {known}")


def _lines(kind: Kind, event: str) -> Iterator[str]:
    yield from _comment(kind.doc)
    yield from _comment("Lines that begin with # are optional. Labels and names stand where digests will be.")
    yield f"kind: {kind.name}"
    yield from _event(kind, event)
    yield "issuers: [YOUR-SLUG]"
    if kind.name in ATTRIBUTABLE:
        yield from _whose()
    yield f"subjects: [{_example_subject(kind)}]"
    yield from _refs(kind, event)
    yield "# said: 2020-02-07          # when it was first said; 2020, 2020-02, or from/to"
    yield "# occurred: 2020-01         # when it was done; a month or a year, for it stays public for ever"
    yield "# visibility: public        # public or parties; about harassment-gbv say so explicitly"
    if kind.name == "document":
        yield "# file: {path: scan.pdf, media: application/pdf}   # for DocumentCaptured: its bytes"
    yield from _claim(kind, event)


def _event(kind: Kind, event: str) -> Iterator[str]:
    others = [each for each in kind.events if each != event]
    if others:
        yield from _comment(f"For another event: evidence draft {', '.join(others)}")
    yield f"event: {event}"


def _whose() -> Iterator[str]:
    yield "# claimants: [THEIR-SLUG]   # whose claim it is, if not yours; then add:"
    yield "# attribution: {form: quote, via: []}   # quote, paraphrase, translation, on-behalf or conduct"


def _example_subject(kind: Kind) -> str:
    prefixes = {rule.prefix for rule in kind.subject_rules}
    return f"{min(prefixes) if prefixes else 'factory'}:SLUG"


def _refs(kind: Kind, event: str) -> Iterator[str]:
    rules = kind.refs_for(event)
    if not rules:
        return
    yield "refs:"
    for rel in sorted(rules):
        yield f"  # - {rel}: LABEL          # {', '.join(sorted(rules[rel].targets))}"
    yield "  # A place in a document: - statedIn: LABEL#p4"


def _claim(kind: Kind, event: str) -> Iterator[str]:
    rows = [row for row in kind.rows if row.name not in CREATED_BY_DRAFT and _holds(row, event)]
    names: set[str] = set()
    yield "claim:"
    for presence, words in (
        (REQUIRED, "Needed, and public for ever."),
        (None, "Optional, and public for ever; list a name under `disclose` to be able to erase it."),
        (HIDDEN, "Never in the log itself: these can be erased."),
    ):
        chosen = [row for row in rows if _presence(row) == presence and row.name not in names]
        if chosen:
            yield from _comment(words, "  ")
        for row in chosen:
            names.add(row.name)
            yield from _member(row, commented=presence != REQUIRED)
    if any(_presence(row) is None for row in rows):
        yield "# disclose: [quantity]"


def _holds(row: Row, event: str) -> bool:
    return row.holds(event, public=True)


def _presence(row: Row) -> str | None:
    return row.presence if row.presence in (REQUIRED, HIDDEN) else None


def _member(row: Row, commented: bool) -> Iterator[str]:
    terms = _terms(row.type.resolved.schema)
    choice = f": {', '.join(terms)}" if 0 < len(terms) <= MOST_TERMS else ""
    yield from _comment(f"{row.name}: {row.type.doc}{choice}", "  ")
    start = "  # " if commented else "  "
    yield f"{start}{row.name}: {_example(row.type, row.name)}"


def _terms(schema: Any) -> list[str]:
    """The terms of a closed list, also of one inside an array or beside a word."""
    if not isinstance(schema, Mapping):
        return []
    if "enum" in schema:
        return [str(each) for each in schema["enum"]]
    inner = [*schema.get("anyOf", []), schema.get("items")]
    return [term for each in inner for term in _terms(each)]


def _example(type_: Type, name: str) -> str:
    """A value of the right shape; what only the author knows is written in capitals."""
    if type_ == TEXT:
        return "Plain words."
    if type_ == TEXTS:
        return "[A name, Another name]"
    if name == "firstKey":
        return "{file: YOUR.key}"
    schema = type_.resolved.schema
    for known, example in (
        ("quantity", "{value: 36, unit: h, per: week}"),
        ("sample", "{group: workers, n: 20}"),
    ):
        if name in (known, "baseline") and known in (name, "quantity"):
            return example
    return _by_schema(schema, name)


def _by_schema(schema: Any, name: str) -> str:
    if not isinstance(schema, Mapping):
        return name.upper()
    if "enum" in schema:
        return str(schema["enum"][0])
    if "anyOf" in schema:
        return _by_schema(schema["anyOf"][-1], name)
    simple = {"integer": "1", "boolean": "true"}
    if schema.get("type") == "array":
        return f"[{_by_schema(schema['items'], name)}]"
    if schema.get("type") == "object":
        needed = schema.get("required") or list(schema.get("properties", {}))[:1]
        inner = (f"{each}: {_by_schema(schema['properties'][each], each)}" for each in needed)
        return "{" + ", ".join(inner) + "}"
    if "[0-9]{4}" in str(schema.get("pattern", "")):
        return EXAMPLE_DATE
    return simple.get(str(schema.get("type")), name.upper())


def _comment(text: str, indent: str = "") -> Iterator[str]:
    for line in textwrap.wrap(text, WIDTH - len(indent) - 2):
        yield f"{indent}# {line}"
