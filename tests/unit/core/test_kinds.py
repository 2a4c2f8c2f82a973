"""The tables of the kinds hold together: events, references, vocabularies, docs."""

import importlib.util
import json
from collections.abc import Mapping
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from ledger.core import canonical, values
from ledger.core.events import EVENTS
from ledger.core.kinds import ATTRIBUTABLE, DUE, HIDDEN, KINDS, STANCES
from ledger.core.schema import schema
from ledger.core.vocabulary import VOCABULARIES, label, terms

DOCS = Path(__file__).parents[3] / "docs"
LEVEL_ONE = """
child-labour forced-labour discrimination freedom-of-association compensation contracts osh working-time
harassment-gbv housing-canteen grievance-mechanism environment audit-integrity purchasing-practices
evidence-integrity retaliation profile incident
"""


def test_every_event_belongs_to_a_kind_and_every_kind_has_events() -> None:
    assert {kind for kind, _ in EVENTS.values()} == set(KINDS)
    assert sum(len(kind.events) for kind in KINDS.values()) == len(EVENTS) == 64


def test_types_tell_the_events_of_a_kind_apart_but_for_two_erasures() -> None:
    for kind in KINDS.values():
        types = [type_ for event, type_ in kind.events.items() if event != "EvidenceErased"]
        assert len(types) == len(set(types)), kind.name


def test_a_key_may_be_scoped_to_every_kind_and_to_nothing_else() -> None:
    assert set(values.SCOPES) == {"any", *KINDS}


def test_references_lead_to_kinds_that_exist() -> None:
    for kind in KINDS.values():
        for targets in kind.refs.values():
            assert targets <= set(KINDS)


def test_the_form_admits_nothing_that_the_canonical_profile_lacks() -> None:
    # So that a statement that keeps its form need not be looked through once more.
    for kind in KINDS.values():
        rows = {row.name: row.type.schema for row in kind.rows}
        outer = schema(kind.name)["properties"]
        for name, one in {**rows, **outer, **outer["predicate"]["properties"]}.items():
            assert canonical.is_key(name)
            assert_within_profile(one, name)
        assert max(map(levels, rows.values())) + len(("statement", "predicate", "claim", "set")) <= 16


def assert_within_profile(one: Mapping[str, Any], where: str) -> None:
    """Every object of this schema is closed, its names are keys, and every number is an exact integer."""
    parts = one.get("anyOf", [])
    assert one.keys() & {"type", "enum", "const", "anyOf"} or where in ("_type", "predicateType"), where
    assert one.get("type", "string") in ("object", "array", "string", "integer", "boolean"), where
    if one.get("type") == "integer":
        assert -canonical.INTEGER_LIMIT <= one["minimum"] <= one["maximum"] <= canonical.INTEGER_LIMIT, where
    if one.get("type") == "object" and where not in ("predicate", "claim"):
        assert one["additionalProperties"] is False, where
        for name, part in one["properties"].items():
            assert canonical.is_key(name)
            assert_within_profile(part, f"{where}/{name}")
    for part in [*parts, *([one["items"]] if one.get("type") == "array" else [])]:
        assert_within_profile(part, where)


def levels(one: Mapping[str, Any]) -> int:
    """How many containers a value of this schema may consist of, one in the other."""
    inner = [*one.get("anyOf", []), *one.get("properties", {}).values()]
    inner += [one["items"]] if one.get("type") == "array" else []
    return max(map(levels, inner), default=0) + (one.get("type") in ("object", "array"))


def test_no_event_has_two_rows_for_one_member() -> None:
    for kind in KINDS.values():
        for event in kind.events:
            for public in (True, False):
                rows = [row.name for row in kind.rows if row.holds(event, public)]
                assert len(rows) == len(set(rows)), (event, public)


def test_only_attributable_kinds_carry_mandates() -> None:
    assert {kind.name for kind in KINDS.values() if "mandate" in kind.refs} == ATTRIBUTABLE


def test_a_response_may_take_every_stance() -> None:
    assert set(KINDS["response"].refs) == STANCES | {"statedIn", "mandate"}


def test_kinds_without_disclosures_have_no_hidden_members() -> None:
    for kind in KINDS.values():
        if not kind.discloses:
            assert not [row for row in kind.rows if row.presence in (HIDDEN, DUE)]


@pytest.mark.parametrize("kind", KINDS)
def test_a_schema_is_a_json_schema(kind: str) -> None:
    jsonschema.Draft202012Validator.check_schema(schema(kind))


def test_issues_have_the_agreed_first_level_each_with_its_detectability() -> None:
    first = [term for term in VOCABULARIES["issues"].values() if term.broader is None]
    assert {term.code for term in first} == set(LEVEL_ONE.split())
    assert all(term.detectability for term in first)


def test_a_narrower_term_names_its_broader_one() -> None:
    assert VOCABULARIES["issues"]["osh/pre-job-training"].broader == "osh"
    for vocabulary in VOCABULARIES.values():
        for term in vocabulary.values():
            assert term.broader is None or term.broader in vocabulary, term.code


def test_every_term_has_a_source_and_an_english_label() -> None:
    for vocabulary in VOCABULARIES.values():
        for term in vocabulary.values():
            assert term.source
            assert term.labels["en"]


def test_the_data_files_are_named_after_their_vocabularies_and_name_no_term_twice() -> None:
    for file in resources.files("ledger.core").joinpath("vocabularies").iterdir():
        value = json.loads(file.read_text("utf-8"))
        codes = [term["code"] for term in value["terms"]]
        assert file.name == f"{value['name']}.json"
        assert len(codes) == len(set(codes))


def test_hours_and_minutes_share_a_dimension_that_days_do_not() -> None:
    units = VOCABULARIES["units"]
    assert units["h"].dimension == units["min"].dimension == "time"
    assert units["d"].dimension != "time"


def test_labels_fall_back_to_english() -> None:
    assert label("issues", "osh", "xx") == "Occupational safety and health"
    assert "osh" in terms("issues")


def test_the_page_of_the_kinds_is_what_its_generator_writes() -> None:
    spec = importlib.util.spec_from_file_location("generate_kinds", DOCS / "generate_kinds.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    page = (DOCS / "protocol-kinds.md").read_text("utf-8")
    assert module.render(page) == page
