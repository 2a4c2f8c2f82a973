"""The golden vectors of statements: the files are what the generator writes, the decoder keeps to them."""

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from ledger.core import canonical
from ledger.core.disclosure import parse
from ledger.core.events import EVENTS
from ledger.core.kinds import KINDS
from ledger.core.refusal import CODES, Refusal
from ledger.core.schema import schema
from ledger.core.statement import check_resolved, decode_statement, read_statement, resolve
from tests.vectors import generate_statements as generator

VALIDATORS = {kind: Draft202012Validator(schema(kind)) for kind in KINDS}


def stored(folder: str) -> list[Any]:
    paths = sorted((generator.FOLDER / folder).iterdir())
    return [pytest.param(json.loads(path.read_bytes()), id=path.stem) for path in paths]


DISCLOSED = json.loads((generator.FOLDER / "disclosed.json").read_bytes())


def test_the_stored_vectors_are_what_the_generator_writes() -> None:
    written = generator.files()
    found = {
        path.relative_to(generator.FOLDER).as_posix(): path.read_bytes()
        for path in Path(generator.FOLDER).rglob("*.json")
    }
    assert found == written


def test_every_event_has_an_accepted_vector() -> None:
    topics = {vector.values[0]["topic"].partition("#")[2] for vector in stored("accepted")}
    assert topics == set(EVENTS)


@pytest.mark.parametrize("vector", stored("accepted"))
def test_an_accepted_vector_is_accepted(vector: dict[str, Any]) -> None:
    statement = decode_statement(vector["payload"].encode())
    assert (statement.id, statement.topic) == (vector["id"], vector["topic"])


@pytest.mark.parametrize("vector", stored("accepted"))
def test_the_fast_reader_sees_what_the_strict_decoder_saw(vector: dict[str, Any]) -> None:
    payload = vector["payload"].encode()
    assert read_statement(payload) == decode_statement(payload)


@pytest.mark.parametrize("vector", stored("accepted"))
def test_the_schema_allows_an_accepted_vector(vector: dict[str, Any]) -> None:
    value = json.loads(vector["payload"])
    kind = value["predicateType"].rpartition(":")[2]
    assert [error.message for error in VALIDATORS[kind].iter_errors(value)] == []


@pytest.mark.parametrize("vector", stored("refused"))
def test_a_refused_vector_is_refused_with_its_code_at_its_place(vector: dict[str, Any]) -> None:
    with pytest.raises(Refusal) as caught:
        decode_statement(vector["payload"].encode())
    assert (caught.value.code, caught.value.where) == (vector["code"], vector["where"])
    assert caught.value.code in CODES


@pytest.mark.parametrize("vector", stored("refused"))
def test_a_refused_vector_is_canonical_but_for_its_named_defect(vector: dict[str, Any]) -> None:
    payload = vector["payload"].encode()
    assert canonical.encode(canonical.decode(payload)) == payload


def named(vectors: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(vector, id=vector["name"]) for vector in vectors]


@pytest.mark.parametrize("vector", named(DISCLOSED["accepted"]))
def test_disclosures_put_back_make_the_claim_of_the_vector(vector: dict[str, Any]) -> None:
    statement = decode_statement(vector["payload"].encode())
    given = [parse(text) for text in vector["disclosures"]]
    check_resolved(statement, given)
    resolved = resolve(statement.claim, given)
    assert (resolved.claim, resolved.withheld) == (vector["claim"], vector["withheld"])


@pytest.mark.parametrize("vector", named(DISCLOSED["refused"]))
def test_a_statement_is_refused_for_what_came_with_it_alone(vector: dict[str, Any]) -> None:
    statement = decode_statement(vector["payload"].encode())
    given = [parse(text) for text in vector["disclosures"]]
    with pytest.raises(Refusal) as caught:
        check_resolved(statement, given)
    assert (caught.value.code, caught.value.where) == (vector["code"], vector["where"])
