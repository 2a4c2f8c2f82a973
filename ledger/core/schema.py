"""JSON Schema 2020-12 of each kind's payload, from the same tables as the decoder.

A schema says less than the decoder: it knows no sort order, no calendar, no digest arithmetic, no comparison
of numbers. Whatever it refuses, the decoder refuses too.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from .fields import SD, object_schema
from .form import PREDICATE_MEMBERS, PREDICATE_TYPE, SEALED_MULTIPLE, STATEMENT_TYPE, SUBJECTS
from .kinds import ATTRIBUTABLE, DUE, HIDDEN, KINDS, REQUIRED, Count, Kind, SubjectRule

Schema = dict[str, Any]


def schema(kind: str) -> Schema:
    """The JSON Schema of a payload of this kind; KeyError for an unknown one."""
    table = KINDS[kind]
    body = object_schema(
        {
            "_type": {"const": STATEMENT_TYPE},
            "predicateType": {"const": PREDICATE_TYPE + kind},
            "subject": SUBJECTS.schema,
            "predicate": _predicate(table),
        },
        ("_type", "predicateType", "subject", "predicate"),
    )
    conditions = list(_subject_conditions(table))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": PREDICATE_TYPE + kind,
        "title": kind,
        "description": table.doc,
        **body,
        **({"allOf": conditions} if conditions else {}),
    }


def _predicate(kind: Kind) -> Schema:
    members = {name: dict(member.type.schema) for name, member in PREDICATE_MEMBERS.items()}
    members["event"] = {"enum": sorted(kind.events)}
    members["visibility"] = {"enum": sorted(kind.visibilities)}
    if kind.issuers:
        members["issuers"] = {"const": list(kind.issuers)}
    if kind.name not in ATTRIBUTABLE:
        del members["claimants"], members["attribution"]
    if "sealed" not in kind.visibilities:
        del members["sealed"]
    if kind.visibilities == {"public"}:
        del members["audience"]
    required = [name for name, member in PREDICATE_MEMBERS.items() if member.required]
    conditions = [*_visibility_conditions(kind), *_claim_conditions(kind), *_ref_conditions(kind)]
    return object_schema(members, required, {"allOf": conditions})


def _if(condition: Schema, then: Schema, otherwise: Schema | None = None) -> Schema:
    return {"if": condition, "then": then} | ({} if otherwise is None else {"else": otherwise})


def _is(**values: Any) -> Schema:
    """A condition on members of the predicate: a string is compared, a list of strings is a choice."""
    return {
        "properties": {
            name: {"enum": list(value)} if isinstance(value, list) else {"const": value}
            for name, value in values.items()
        }
    }


def _absent(name: str) -> Schema:
    return {"not": {"required": [name]}}


def _visibility_conditions(kind: Kind) -> Iterable[Schema]:
    if "parties" in kind.visibilities:
        yield _if(_is(visibility="public"), _absent("audience"), {"required": ["audience"]})
    if "sealed" in kind.visibilities:
        digests = {**SD.schema, "minItems": SEALED_MULTIPLE}
        claim = object_schema({"_sd": digests}, ("_sd",))
        sealed = {"required": ["sealed"], "properties": {"claim": claim}, **_absent("occurred")}
        yield _if(_is(visibility="sealed"), sealed, _absent("sealed"))
    if kind.name == "document":
        yield _if(_is(event="DocumentSealed"), _is(visibility="sealed"))
    if kind.name in ATTRIBUTABLE:
        yield {"dependentRequired": {"attribution": ["claimants"]}}


def _claim_conditions(kind: Kind) -> Iterable[Schema]:
    """One condition for each group of events whose claims have the same members in the clear."""
    for visibility in sorted(kind.visibilities - {"sealed"}):
        groups: list[tuple[Schema, list[str]]] = []
        for event in sorted(kind.events):
            claim = _claim(kind, event, visibility == "public")
            for known, events in groups:
                if known == claim:
                    events.append(event)
                    break
            else:
                groups.append((claim, [event]))
        for claim, events in groups:
            yield _if(_is(event=events, visibility=visibility), {"properties": {"claim": claim}})


def _claim(kind: Kind, event: str, public: bool) -> Schema:
    rows = [row for row in kind.rows_for(event, public).values() if row.presence not in (HIDDEN, DUE)]
    properties: dict[str, Mapping[str, Any]] = {row.name: row.type.schema for row in rows}
    if kind.discloses:
        properties["_sd"] = SD.schema
    required = [row.name for row in rows if row.presence == REQUIRED]
    more: Schema = {}
    if event == "LedgerAmended":
        more["minProperties"] = 1
    if kind.name == "criterion":
        more["allOf"] = [_if(_is(comparator=["max", "min"]), {"required": ["quantity"]})]
    return object_schema(properties, required, more)


def _ref_conditions(kind: Kind) -> Iterable[Schema]:
    for event in sorted(kind.events):
        rels = sorted(kind.refs_for(event))
        refs: Schema = {"items": {"properties": {"rel": {"enum": rels}}}} if rels else {"maxItems": 0}
        counts = [_count(count) for count in kind.counts_for(event)]
        yield _if(
            _is(event=event), {"properties": {"refs": {**refs, **({"allOf": counts} if counts else {})}}}
        )
    if "details" in kind.refs:
        no_details = {"items": {"properties": {"rel": {"not": {"const": "details"}}}}}
        yield _if(_is(visibility="sealed"), {}, {"properties": {"refs": no_details}})


def _count(count: Count) -> Schema:
    counted = {"properties": {"rel": {"enum": sorted(count.rels)}}}
    high = {} if count.high is None else {"maxContains": count.high}
    return {"contains": counted, "minContains": count.low, **high}


def _subject_conditions(kind: Kind) -> Iterable[Schema]:
    for event in sorted(kind.events):
        for rule in kind.subject_rules:
            for public in (True, False):
                if rule.holds(event, public) and _may_be(kind, public):
                    visibility = ["public"] if public else ["parties", "sealed"]
                    condition = {"properties": {"predicate": _is(event=event, visibility=visibility)}}
                    yield _if(condition, {"properties": {"subject": _subjects(rule)}})


def _may_be(kind: Kind, public: bool) -> bool:
    return public or kind.visibilities != {"public"}


def _subjects(rule: SubjectRule) -> Schema:
    named = {"properties": {"name": {"pattern": f"^{rule.prefix}:"}}}
    found: Schema = {"contains": named, "minContains": rule.low, "maxContains": rule.high}
    return found if rule.others else {**found, "items": named}
