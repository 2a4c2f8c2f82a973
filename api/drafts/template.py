"""Commented templates, made from the tables of `ledger.core.kinds`: what they say of a kind is what is
checked.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from api.drafts.build import CLOSED_KINDS
from api.drafts.terms import vocabularies_in
from api.drafts.yaml_text import DraftError
from ledger.core.fields import MOMENT, Type
from ledger.core.kinds import ATTRIBUTABLE, HIDDEN, KINDS, REQUIRED, Count, Kind, RefRule, Row
from ledger.core.values import KEY_MEMBERS, TEXT, TEXTS

WIDTH = 100
CREATED_BY_DRAFT = frozenset({"media", "size", "plaintext"})
# The rule that a limit has a quantity stands in no table (ledger.core.form).
NEEDED_BESIDE = {("criterion", "quantity"): "needed where comparator is max or min"}
# Names that a reference may point to as they are; all else has a label or an id.
NAMED = frozenset({"party", "factory", "criterion"})
# Only sealed statements have it, and those cannot be entered yet.
SEALED_REL = "details"
EXAMPLE_DATE = "2020-02"
NOT_DRAFTED = {"ledger": "`evidence ledger amend`", "index": "`evidence index`"}
EXAMPLE_MOMENT = "2030-01-01T00:00:00Z"
MOST_TERMS = 40  # issues are more; `evidence terms` lists them


def template(name: str) -> str:
    """A template for a kind (`request`) or one of its events (`DemandMade`). Raises DraftError."""
    if name == "DocumentSealed":
        raise DraftError(
            "sealed documents cannot be entered yet", "use DocumentCaptured or DocumentReferenced"
        )
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
    yield from _comment("Replace what stands in CAPITALS. Lines that begin with # are optional.")
    yield from _comment("A LABEL is the label of a draft, the name of a signed file, or a statement's id.")
    yield f"kind: {kind.name}"
    yield from _event(kind, event)
    yield "issuers: [YOUR-SLUG]"
    if kind.name in ATTRIBUTABLE:
        yield from _whose()
    yield from _subjects(kind, event)
    yield from _refs(kind, event)
    yield "# said: 2020-02-07          # when it was first said; 2020, 2020-02, or from/to"
    yield "# occurred: 2020-01         # when it was done; a month or a year, for it stays public for ever"
    yield from _visibility(kind, event)
    if event == "DocumentCaptured":
        yield "file: {path: YOUR-FILE.pdf, media: application/pdf}   # its bytes"
    yield from _claim(kind, event)


def _event(kind: Kind, event: str) -> Iterator[str]:
    others = [each for each in kind.events if each not in (event, "DocumentSealed")]
    if others:
        yield from _comment(f"For another event: evidence draft {', '.join(others)}")
    yield f"event: {event}"


def _whose() -> Iterator[str]:
    yield "# claimants: [THEIR-SLUG]   # whose claim it is, if not yours; then add a statedIn below, and:"
    yield "# attribution: {form: quote}   # quote, paraphrase, translation, on-behalf or conduct"


def _subjects(kind: Kind, event: str) -> Iterator[str]:
    """As many as the event must name; a captured document's own name follows from its bytes."""
    rules = kind.subject_rules_for(event, public=True)
    named = [rule for rule in rules if rule.low and rule.prefix != "document"]
    slugs = [f"{rule.prefix}:{'OTHER-' * i}SLUG" for rule in named for i in range(rule.low)]
    if slugs:
        yield f"subjects: [{', '.join(slugs)}]"
    elif kind.name in CLOSED_KINDS and any(count.low for count in kind.counts_for(event)):
        yield "# subjects: [factory:SLUG]   # those of what it refers to are added by themselves"
    else:
        yield "subjects: [factory:SLUG]"


def _refs(kind: Kind, event: str) -> Iterator[str]:
    rules = kind.refs_for(event)
    if not rules:
        return
    needed = [count for count in kind.counts_for(event) if count.low]
    yield "refs:"
    for count in needed:
        yield from _needed(count, rules)
    for rel in sorted(rules.keys() - {SEALED_REL} - {rel for count in needed for rel in count.rels}):
        yield from _points([rel], rules)
        yield f"  # - {rel}: {_example_target(rules[rel])}"
    if "statedIn" in rules:
        yield "  # A place in a document: - statedIn: LABEL#p4"


def _needed(count: Count, rules: Mapping[str, RefRule]) -> Iterator[str]:
    """The references that the event must have; of several stances only the author knows which."""
    yield from _points(sorted(count.rels), rules)
    if len(count.rels) > 1:
        yield from _comment("Needed: STANCE is one of these.", "  ")
        yield from ["  - STANCE: LABEL"] * count.low
        return
    (rel,) = count.rels
    if rel == "supersedes":
        yield from _comment("The subject that ends or divides.", "  ")
    target = _example_target(rules[rel])
    yield f"  - {rel}: {target}"
    yield from [f"  - {rel}: OTHER-{target}"] * (count.low - 1)


def _points(rels: Iterable[str], rules: Mapping[str, RefRule]) -> Iterator[str]:
    """What these may point to; those that may point to the same are named together."""
    together: dict[frozenset[str], list[str]] = {}
    for rel in rels:
        together.setdefault(rules[rel].targets, []).append(rel)
    for targets, alike in together.items():
        yield from _comment(f"{', '.join(alike)}: to {', '.join(sorted(targets))}", "  ")


def _example_target(rule: RefRule) -> str:
    """Parties, factories and criteria have names; all else is known by a label."""
    return f"{min(rule.targets)}:SLUG" if rule.targets <= NAMED else "LABEL"


def _visibility(kind: Kind, event: str) -> Iterator[str]:
    if "parties" in kind.visibilities:
        yield "# visibility: parties       # for the parties of `audience` alone; otherwise it is public"
        yield "# audience: [THEIR-SLUG]"
    if kind.rows_for(event, public=True).keys() & {"issue", "set"}:
        yield from _comment("About harassment-gbv nothing is public by mistake: write visibility: public.")


def _claim(kind: Kind, event: str) -> Iterator[str]:
    rows = kind.rows_for(event, public=True).values()
    shown = [row for row in rows if row.name not in CREATED_BY_DRAFT and not _from_file(kind, row)]
    yield "claim:"
    if kind.name == "key":
        yield from _key_file(event)
    for presence, words in (
        (REQUIRED, "Needed, and public for ever."),
        (None, f"Optional, and public for ever{_ERASABLE if kind.discloses else ''}."),
        (HIDDEN, f"Never in the log itself: these can be erased later. {NOT_YET}"),
    ):
        chosen = [row for row in shown if _presence(kind, row) == presence]
        if chosen:
            yield from _comment(words, "  ")
        for row in chosen:
            yield from _member(kind, row, commented=presence != REQUIRED)
    optional = [row.name for row in shown if _presence(kind, row) is None]
    if optional and kind.discloses:
        yield f"# disclose: [{optional[0]}]"


_ERASABLE = "; what is listed under `disclose` can be erased later"
NOT_YET = "This version of the ledger does not erase yet."


def _from_file(kind: Kind, row: Row) -> bool:
    """What the key file says, of a key that is added, recovered or revoked."""
    return kind.name == "key" and row.name in KEY_MEMBERS and row.presence == REQUIRED


def _key_file(event: str) -> Iterator[str]:
    """The key file's public half is put in by the draft; nobody types it."""
    if event == "KeyRevoked":
        yield from _comment("The key's file, or where it is lost: keyId: DIGEST", "  ")
    else:
        yield from _comment("The key's file: its public half, role, scope and expiry are put in.", "  ")
    yield "  file: YOUR.key"


def _presence(kind: Kind, row: Row) -> str | None:
    if (kind.name, row.name) in NEEDED_BESIDE:
        return REQUIRED
    return row.presence if row.presence in (REQUIRED, HIDDEN) else None


def _member(kind: Kind, row: Row, commented: bool) -> Iterator[str]:
    terms = _terms(row.type.resolved.schema)
    choice = f": {', '.join(terms)}" if 0 < len(terms) <= MOST_TERMS else _listed_elsewhere(row, terms)
    beside = NEEDED_BESIDE.get((kind.name, row.name))
    yield from _comment(f"{row.name}: {row.type.doc}{choice}{f'; {beside}' if beside else ''}", "  ")
    start = "  # " if commented else "  "
    yield f"{start}{row.name}: {_example(row.type, row.name)}"


def _listed_elsewhere(row: Row, terms: list[str]) -> str:
    names = vocabularies_in(row.type.doc)
    return f" (`evidence terms {' '.join(names)}` lists them)" if terms and names else ""


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
    if type_ == MOMENT:
        return EXAMPLE_MOMENT
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
    for line in textwrap.wrap(text, WIDTH - len(indent) - 2, break_on_hyphens=False):
        yield f"{indent}# {line}"
