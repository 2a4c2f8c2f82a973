"""Drafts of every event, as a person could write them, drawn at random from the tables of the kinds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from hypothesis import strategies as st

from api.drafts.resolver import Target
from ledger.core.kinds import ATTRIBUTABLE, KINDS, REQUIRED

SLUGS = ("clw", "ietp", "mill", "solidar", "x-1")
NAMES = {
    f"{kind}:{slug}": f"{at:02x}" * 32
    for at, (kind, slug) in enumerate((k, s) for k in ("party", "factory", "criterion") for s in SLUGS)
}
TARGETS = {
    kind: Target(f"{at + 100:02x}" * 32, kind, ("criterion:clw", f"factory:{SLUGS[at % 5]}", "party:ietp"))
    for at, kind in enumerate(sorted(KINDS))
}
DRAFTED = sorted(
    (kind.name, event)
    for kind in KINDS.values()
    if kind.name not in ("ledger", "index")
    for event in kind.events
)
_WORDS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
_DATES = st.sampled_from(["2019", "2019-11", "2019-06/2019-10", "2020-02/..", "../2021"])


def values(schema: Mapping[str, Any], name: str = "") -> st.SearchStrategy[Any]:
    """Values of a schema in any form that a draft may give them: texts bare, numbers bare, one for a list."""
    if "const" in schema:
        return st.just(schema["const"])
    if "enum" in schema:
        return st.sampled_from(schema["enum"])
    if "anyOf" in schema:
        return st.one_of([values(each, name) for each in schema["anyOf"]])
    if schema.get("type") == "array":
        items = values(schema["items"], name)
        return st.one_of(st.lists(items, min_size=1, max_size=4), items.filter(lambda one: type(one) is str))
    if schema.get("type") == "object":
        return _objects(schema)
    if schema.get("type") == "integer":
        return st.integers(schema.get("minimum", 0), min(schema.get("maximum", 10**6), 10**6))
    if schema.get("type") == "boolean":
        return st.booleans()
    return _strings(schema)


def _objects(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    members = {name: values(each, name) for name, each in schema["properties"].items()}
    needed = schema.get("required", [])
    optional = {name: each for name, each in members.items() if name not in needed}
    whole = st.fixed_dictionaries({name: members[name] for name in needed}, optional=optional)
    return st.one_of(_WORDS, whole) if {"lang", "text"} <= members.keys() else whole


def _strings(schema: Mapping[str, Any]) -> st.SearchStrategy[Any]:
    pattern = str(schema.get("pattern", ""))
    if not pattern:
        return _WORDS
    if "[0-9]{4}" in pattern:
        return _DATES
    if pattern.startswith("^(-?(0|"):
        return st.one_of(st.integers(-100, 10_000), st.sampled_from(["36", "1.50", "-0.25"]))
    if "factory:" in pattern or "a-z0-9._-" in pattern:
        return st.sampled_from(SLUGS)
    return st.from_regex(pattern.replace("$", r"\Z"))


@st.composite
def drafts(draw: st.DrawFn) -> dict[str, Any]:
    """A draft that names and refers to what `NAMES` and `TARGETS` hold; not each can become a statement."""
    kind, event = draw(st.sampled_from(DRAFTED))
    rows = KINDS[kind].rows_for(event, True)
    chosen = [row for row in rows.values() if row.presence == REQUIRED or draw(st.booleans())]
    draft: dict[str, Any] = {
        "kind": kind,
        "event": event,
        "issuers": draw(st.lists(st.sampled_from(SLUGS), min_size=1, max_size=3)),
        "subjects": draw(st.lists(st.sampled_from(sorted(NAMES)), max_size=3)),
        "refs": [{rel: draw(_target(targets))} for rel, targets in draw(_rels(kind, event))],
        "claim": {row.name: draw(values(row.type.resolved.schema, row.name)) for row in chosen},
        "disclose": sorted(draw(st.sets(st.sampled_from(sorted(rows))))) if draw(st.booleans()) else [],
        "visibility": draw(st.sampled_from(["", "public", "parties"])),
        "lang": draw(st.sampled_from(["en", "zh-Hans"])),
    }
    return draft | draw(_voice(kind)) | draw(_times())


def _rels(kind: str, event: str) -> st.SearchStrategy[list[tuple[str, frozenset[str]]]]:
    rules = KINDS[kind].refs_for(event)
    every = sorted((rel, rule.targets) for rel, rule in rules.items())
    return st.lists(st.sampled_from(every), max_size=3) if every else st.just([])


@st.composite
def _target(draw: st.DrawFn, kinds: frozenset[str]) -> str:
    target = TARGETS[draw(st.sampled_from(sorted(kinds)))].id
    named = draw(st.sampled_from(sorted(NAMES)))
    return draw(st.sampled_from([target, f"{target}#p4", f"statement:{target}", named]))


@st.composite
def _voice(draw: st.DrawFn, kind: str) -> dict[str, Any]:
    if kind not in ATTRIBUTABLE or draw(st.booleans()):
        return {}
    form = draw(st.sampled_from(["quote", "paraphrase", "conduct"]))
    via = draw(st.lists(st.sampled_from([*SLUGS, "host:example.org"]), max_size=2))
    claimants = draw(st.lists(st.sampled_from(SLUGS), min_size=1, max_size=3))
    return {"claimants": claimants, "attribution": {"form": form, "via": via}}


def _times() -> st.SearchStrategy[dict[str, Any]]:
    return st.fixed_dictionaries(
        {}, optional={"said": _DATES, "occurred": _DATES, "issuedAt": st.just("2020-02-07T09:00:00Z")}
    )
