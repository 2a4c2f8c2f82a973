"""The golden vectors of the rules, read as a second implementation would read them."""

import json
from typing import Any

import pytest

from ledger.core.entry import decode_entry
from ledger.core.merkle import leaf_hash
from ledger.core.statement import decode_statement
from ledger.domain.decide import decide
from ledger.domain.state import State
from tests.support.builder import verifier
from tests.vectors import generate_rules as vectors

FILES = ("demo.json", "index.json", "system.json")
STORED = {name: json.loads((vectors.FOLDER / name).read_text(encoding="utf-8")) for name in FILES}
REFUSED = [(name, case) for name, content in STORED.items() for case in content["refused"]]


@pytest.fixture(scope="module")
def generated() -> dict[str, dict[str, Any]]:
    return vectors.vectors()


@pytest.mark.parametrize("name", FILES)
def test_the_generator_writes_what_is_stored(name: str, generated: dict[str, dict[str, Any]]) -> None:
    assert (vectors.FOLDER / name).read_text(encoding="utf-8") == vectors.text_of(generated[name])


@pytest.mark.parametrize("name", FILES)
def test_each_entry_of_the_log_may_follow_the_ones_before_it(name: str) -> None:
    state = State()
    for index, step in enumerate(STORED[name]["log"]):
        entry = decode_entry(step["entry"].encode("ascii"))
        statement = decode_statement(entry.envelope.payload)
        decision = decide(state, statement, entry.envelope, entry.recorded_at, verifier(entry.envelope))
        assert decision.originator_id == step["stream"]
        assert decision.event == statement.event
        state.apply(vectors.recorded_of(index, step["entry"]), leaf_hash(step["entry"].encode("ascii")))


@pytest.mark.parametrize(("name", "case"), REFUSED, ids=[case["name"] for _, case in REFUSED])
def test_a_refused_entry_may_not_follow_them(name: str, case: dict[str, Any]) -> None:
    log = [step["entry"] for step in STORED[name]["log"]]
    refusal = vectors.refusal_of(log, case["after"], case["entry"])
    assert (refusal.code, refusal.where) == (case["code"], case["where"])
