"""The views on a terminal: nothing that a statement says is left out or called by another word."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

import pytest
from rich.console import Console

from api.cli import plain, render, render_matrix
from api.web.factory import DOUBTS
from ledger.core.events import EVENTS
from ledger.core.kinds import KINDS
from projections import matrix, timeline
from projections.authority import all_proposals
from projections.names import Names
from tests.support.small_log import SmallLog

DAY = "2030-01-01"
AS_OF = {"size": 3, "recordedAt": "2024-09-03T10:00:00.000Z", "today": DAY, "clock": "system"}


def console() -> Console:
    return Console(file=io.StringIO(), width=110)


def text(shown: Console) -> str:
    """What was printed, as one line of words."""
    assert isinstance(shown.file, io.StringIO)
    return " ".join(shown.file.getvalue().split())


def headed(as_of: Mapping[str, Any]) -> str:
    shown = console()
    render.heading(shown, {"asOf": as_of}, "Commitments")
    return text(shown)


def test_the_heading_says_the_day_that_ages_are_counted_to_and_beside_it_the_last_entrys() -> None:
    assert "as of 2030-01-01 · 3 entries · last entry 2024-09-03" in headed(AS_OF)


def test_the_heading_of_an_empty_moment_says_that_nothing_is_recorded_yet() -> None:
    said = headed({"size": 0, "recordedAt": None, "today": DAY, "clock": "system"})
    assert "as of 2030-01-01 · 0 entries · nothing recorded yet" in said


def test_what_a_view_does_not_prove_stands_once_in_a_command() -> None:
    as_of = {**AS_OF, "clock": "demo", "notice": "Made up for a test."}
    shown = console()
    for again in (False, True):
        render.open_list(shown, {"asOf": as_of}, [], "Commitments", "None.", again=again)
    assert text(shown).count("Made up for a test. A signature proves who signed a statement") == 1
    assert text(shown).count("demo clock: times are those of the statements") == 2


SIGNED = {
    "saidBy": [{"party": "ngo", "standing": "signed"}],
    "signedBy": ["ngo"],
    "form": None,
    "via": [],
    "basis": None,
    "sources": [],
}


def item(event: str, content: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A statement as a view answers with it."""
    return {
        "position": 7,
        "id": "a" * 64,
        "event": event,
        "kind": EVENTS[event][0],
        "content": content,
        "provenance": SIGNED,
        "recordedAt": "2024-09-03T10:00:00.000Z",
        "said": None,
        "occurred": None,
        "refs": [],
        "subjects": ["party:buyer", "party:mill"],
        "flags": [],
        "amendments": [],
        "withheld": 0,
        **more,
    }


def lines(event: str, content: Mapping[str, Any], **more: Any) -> list[str]:
    shown = item(event, content, **more)
    return [line for line, _ in render.statement_lines(shown, plain.page_of({}, [shown]))]


def example(schema: Mapping[str, Any]) -> Any:
    """Some value of a schema; of two forms the richer one."""
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "anyOf" in schema:
        return example(schema["anyOf"][-1])
    if schema.get("type") == "array":
        return [example(schema["items"])]
    if schema.get("type") == "object":
        return {name: example(each) for name, each in schema["properties"].items()}
    return {"integer": 17, "boolean": True}.get(str(schema.get("type")), "1234")


@pytest.mark.parametrize("event", EVENTS)
def test_each_event_is_called_by_words(event: str) -> None:
    assert event not in render.event_words(event)
    assert render.event_words(event) == render.event_words(event).lower()


MEMBERS = [
    pytest.param(event, name, example(row.type.resolved.schema), id=f"{event}-{name}")
    for event, (kind, _) in EVENTS.items()
    for name, row in KINDS[kind].rows_for(event, True).items()
]


@pytest.mark.parametrize(("event", "name", "value"), MEMBERS)
def test_no_member_of_a_statement_is_left_out(event: str, name: str, value: Any) -> None:
    assert set(lines(event, {name: value})) - set(lines(event, {}))


def test_a_relation_is_named_with_those_it_is_between() -> None:
    said = lines("RelationStated", {"relation": "buys-from"})
    assert said[:2] == ["buys from", "between buyer and mill"]


def test_a_certification_shows_its_number_its_validity_and_its_reason() -> None:
    content = {
        "outcome": "withdrawn",
        "number": "C000202",
        "validity": "2019/2020",
        "reason": "no-evidence-found",
    }
    (first, *_) = lines("CertificationDecided", content)
    assert first == "Withdrawn · number C000202 · validity 2019/2020 · reason no evidence found"


def test_a_correction_shows_what_it_says_now_and_an_addition_what_it_adds() -> None:
    amount = {"value": "40", "unit": "h", "per": "week"}
    words = {"lang": "en", "text": "Gloves are missing."}
    assert "now: 40 h per week · text “Gloves are missing.”" in lines(
        "StatementCorrected", {"set": {"quantity": amount, "text": words}}
    )
    assert "adds: Personal protective equipment" in lines("StatementExtended", {"set": {"issue": "osh/ppe"}})


def test_what_was_corrected_says_by_how_many_where_and_to_what() -> None:
    amendment = {
        "type": "correction",
        "words": "corrected by 1 of 2",
        "position": 9,
        "set": {"quantity": {"value": "40", "unit": "h"}},
    }
    said = lines("AllegationMade", {"issue": "osh"}, amendments=[amendment])
    assert "corrected by 1 of 2 (entry 9): 40 h" in said


def test_a_sample_shows_women_and_independent_sources() -> None:
    sample = {"group": "workers", "n": 20, "women": 12, "independentSources": 3}
    (first, *_) = lines("ObservationMade", {"sample": sample})
    assert first == "workers, n 20, women 12, independent sources 3"


def test_a_demand_asks_for_a_remedy_and_a_commitment_promises_it() -> None:
    assert lines("DemandMade", {"remedy": ["training"]})[0] == "asks for training"
    assert lines("CommitmentMade", {"remedy": "training"})[0] == "promises training"


def log_with_a_stranger() -> SmallLog:
    log = SmallLog()
    log.say("FactoryRegistered", "factory:mill", {"level": "factory", "country": "CN"}, by="registrar")
    log.say("FactoryRegistered", "factory:shed", {"level": "factory", "country": "CN"}, by="registrar")
    log.say("FactoryAmended", "factory:mill", {"country": "VN"}, by="stranger")
    pinned = [("supersedes", log.recorded[0].statement.id)]
    log.say("FactoryMerged", ["factory:mill", "factory:shed"], by="stranger", refs=pinned)
    log.say("FactoryAmended", "factory:mill", {"identifiers": ["x:1"]}, by="registrar")
    return log


def shown_lines(log: SmallLog) -> list[list[str]]:
    """What the timeline says of each statement, as it answers with it."""
    items = log.items()
    known = log.slice().named(Names({}), proposals=all_proposals(items))
    answered = [line.to_json() for line in timeline.view(items, known)]
    page = plain.page_of({}, answered)
    return [[line for line, _ in render.statement_lines(each, page)] for each in answered]


def test_a_strangers_word_about_a_factory_is_shown_as_a_proposal_that_changes_nothing() -> None:
    told = ["a proposal; it changes nothing here" in said for said in shown_lines(log_with_a_stranger())]
    assert told == [False, False, True, True, False]


def test_the_matrix_says_by_how_many_a_claim_was_corrected() -> None:
    log = SmallLog()
    alleged = log.say("AllegationMade", "factory:mill", {"issue": "osh/ppe"}, by=["aaf", "ngo"])
    change = {"set": {"period": "2019"}}
    log.say("StatementCorrected", "factory:mill", change, by="ngo", refs=[("amends", alleged)])
    log.say("StatementWithdrawn", "factory:mill", by="aaf", refs=[("amends", alleged)])
    shown = console()
    answer = matrix.view(["factory:mill"], log.slice(), DAY).to_json()
    render_matrix.matrix(shown, {"asOf": AS_OF, **answer})
    assert "corrected by 1 of 2 (entry 1): period 2019" in text(shown)
    assert text(shown).count("withdrawn by 1 of 2") == 1


def test_the_matrix_names_whose_conclusion_an_allegation_met_with_and_how_it_was_reached() -> None:
    log = SmallLog()
    alleged = log.say("AllegationMade", "factory:mill", {"issue": "harassment-gbv"}, by="ngo")
    refs = [("about", alleged)]
    log.say("DeterminationIssued", "factory:mill", {"outcome": "not-evidenced"}, by="auditor", refs=refs)
    shown = console()
    answer = matrix.view(["factory:mill"], log.slice(), DAY).to_json()
    render_matrix.matrix(shown, {"asOf": AS_OF, **answer})
    told = text(shown)
    reached = "Methods: not disclosed; Notice: not disclosed; Competence: not disclosed"
    assert f"auditor concludes “Not evidenced” {reached}" in told
    # Only beside the finding, and as nobody's word.
    assert told.count("how hard it is to find (this software's issue list, signed by nobody)") == 1


@pytest.mark.parametrize("reason", DOUBTS)
def test_each_reason_why_a_conflict_is_only_possible_has_words(reason: str) -> None:
    assert render_matrix.REASONS[reason] != reason


def test_an_empty_list_says_what_there_is_none_of() -> None:
    shown = console()
    render.open_list(shown, {"asOf": AS_OF}, [], "Commitments", "No commitment is open at that moment.")
    assert text(shown).endswith("No commitment is open at that moment.")
