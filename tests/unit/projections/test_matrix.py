"""The matrix: everything kept apart, conflicts shown, nothing without its method."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from projections.items import Slice
from projections.matrix import IssueRow, Matrix, Reply, view
from projections.profiles import detectability
from tests.support.small_log import SmallLog

F = "factory:f"


def matrix(log: SmallLog, *names: str) -> Matrix:
    return view(names or (F,), log.slice(), "2020-12-31")


def observe(
    log: SmallLog, quantity: dict[str, str] | None = None, result: str = "present", **more: Any
) -> str:
    claim = {"issue": "osh/pre-job-training", "method": "records-review", "result": result}
    claim |= {"quantity": quantity} if quantity else {}
    return log.say("ObservationMade", F, claim, **more)


def row(log: SmallLog, issue: str = "osh/pre-job-training") -> IssueRow:
    return matrix(log).row(issue)


def test_observations_by_two_methods_stay_two_cells() -> None:
    log = SmallLog()
    one = observe(log, {"value": "3", "unit": "d"})
    claim = {"issue": "osh/pre-job-training", "method": "worker-interview", "result": "present"}
    sample = {"group": "workers", "n": "unknown", "share": "90.0"}
    hidden = {"quantity": {"low": "4", "high": "8", "unit": "h"}, "sample": sample}
    two = log.say("ObservationMade", F, claim, hidden=hidden)
    cells = [cell.to_json() for cell in row(log).observations]
    assert [(cell["id"], cell["method"]) for cell in cells] == [
        (one, "records-review"),
        (two, "worker-interview"),
    ]
    assert cells[0]["quantity"] == {"value": "3", "unit": "d"}
    assert cells[0]["sample"] == {"n": "unknown", "N": "unknown", "share": "unknown"}
    assert (cells[1]["percent"], cells[1]["quantity"]) == ("90", {"low": "4", "high": "8", "unit": "h"})
    assert [found.to_json() for found in row(log).conflicts] == [
        {
            "between": [one, two],
            "aspect": "quantity",
            "certainty": "possible",
            "reasons": ["period-unknown", "days-against-hours"],
            "links": [],
        }
    ]


def test_a_withheld_quantity_makes_no_conflict_and_is_counted_as_withheld() -> None:
    log = SmallLog()
    observe(log, {"value": "3", "unit": "h"})
    claim = {"issue": "osh/pre-job-training", "method": "hotline", "result": "present"}
    log.say("ObservationMade", F, claim, hidden={"quantity": {"value": "9", "unit": "h"}}, withheld=True)
    assert row(log).conflicts == ()
    assert row(log).observations[1].cell.shown.withheld == 1


def test_what_somebody_linked_stands_beside_the_computed_conflict() -> None:
    log = SmallLog()
    one = observe(log, {"value": "3", "unit": "h"})
    two = observe(log, {"value": "240", "unit": "min"})
    other = observe(log, {"value": "180", "unit": "min"}, occurred="2019")
    link = log.say("ConflictNoted", F, {"aspect": "quantity"}, refs=[("links", one), ("links", two)])
    denied = log.say("NoConflictNoted", F, {"aspect": "quantity"}, refs=[("links", one), ("links", two)])
    found = {(one.conflict.one, one.conflict.other): one.links for one in row(log).conflicts}
    linked = (("conflict", link, ("ngo",)), ("no-conflict", denied, ("ngo",)))
    assert found == {(one, two): linked, (two, other): ()}


def test_an_observation_withdrawn_by_all_conflicts_with_nothing_and_is_still_shown() -> None:
    log = SmallLog()
    one = observe(log, {"value": "3", "unit": "h"})
    observe(log, {"value": "9", "unit": "h"})
    log.say("StatementWithdrawn", F, refs=[("amends", one)])
    assert row(log).conflicts == ()
    assert row(log).observations[0].cell.to_json()["withdrawn"] == "withdrawn by 1 of 1"


def finding(log: SmallLog, outcome: str, within: str | None, about: str) -> None:
    refs = [("about", about)] + ([("within", within)] if within else [])
    log.say("DeterminationIssued", F, {"outcome": outcome}, by="auditor", refs=refs)


def test_a_determination_takes_its_issue_from_what_it_is_about_and_its_method_from_its_investigation() -> (
    None
):
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "harassment-gbv"})
    claim = {
        "participants": [{"party": "auditor", "role": "lead"}],
        "methods": ["records-review"],
        "notice": "announced",
        "gbvTraining": "not-disclosed",
    }
    audit = log.say("FollowUpDescribed", F, claim, by="auditor")
    finding(log, "not-evidenced", audit, allegation)
    question = log.say(
        "QuestionAsked", F, {"addressees": ["auditor"], "topic": "gbvTraining"}, refs=[("about", audit)]
    )
    cell = row(log, "harassment-gbv").determinations[0]
    assert cell.investigation == audit
    assert cell.profile["methods"].value == ["records-review"]
    assert cell.profile["notice"].value == "announced"
    assert cell.profile["competence"].value == "not-disclosed"
    told = cell.to_json()["profile"]["gbvTraining"]  # type: ignore[index]
    assert told["states"] == ["asked", "not-disclosed"]
    assert told["asked"] == [
        {
            "request": question,
            "topic": "gbvTraining",
            "outcome": "open",
            "by": [],
            "offers": [],
            "reachedBy": None,
            "words": "no answer in this ledger",
        }
    ]
    assert "ard to detect" in (cell.note or "")


def test_a_determination_without_an_investigation_says_not_disclosed_for_all_of_it() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"})
    finding(log, "not-evidenced", None, allegation)
    profile = row(log, "osh").determinations[0].profile
    assert {profile[topic].value for topic in ("methods", "notice", "competence")} == {"not-disclosed"}


@pytest.mark.parametrize(
    ("outcome", "noted"), [("not-evidenced", True), ("corroborated", False), ("risk", False)]
)
def test_how_hard_an_issue_is_to_find_stands_beside_negative_findings_only(outcome: str, noted: bool) -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "harassment-gbv"})
    finding(log, outcome, None, allegation)
    assert bool(row(log, "harassment-gbv").determinations[0].note) is noted


def test_the_note_of_level_one_holds_for_the_levels_below() -> None:
    assert detectability("osh/pre-job-training") == detectability("osh")
    assert detectability(None) is None


def test_a_scoped_statement_fills_no_cell_and_is_listed_as_about_a_set() -> None:
    log = SmallLog()
    scope = {"quantifier": "none", "of": 2}
    five = log.say("AllegationMade", [F, "factory:g"], {"issue": "osh", "scope": scope})
    found = row(log, "osh")
    assert (found.allegations, [cell.shown.id for cell in found.about_a_set]) == ((), [five])  # type: ignore[union-attr]
    assert (
        found.to_json()["aboutASet"][0]["words"]
        == "about several factories together, not about this one alone"
    )  # type: ignore[index]


def test_what_is_about_a_set_of_parties_is_worded_so() -> None:
    log = SmallLog()
    scope = {"quantifier": "none", "of": 2}
    log.say("AllegationMade", ["party:a", "party:b"], {"issue": "osh", "scope": scope})
    found = view(["party:a"], log.slice(), "2020-12-31").row("osh").to_json()
    assert found["aboutASet"][0]["words"] == "about several parties together, not about this one alone"  # type: ignore[index]


def test_criterion_clauses_stand_beside_the_cells_of_their_issue() -> None:
    log = SmallLog()
    clause = log.say(
        "CriterionPublished", "criterion:law", {"issue": "osh/pre-job-training", "comparator": "min"}
    )
    log.say("CriterionPublished", "criterion:other", {"issue": "working-time", "comparator": "max"})
    observe(log)
    assert [one.shown.id for one in row(log).criteria] == [clause]


def test_replies_stand_beside_the_claim() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"})
    own = log.say("ResponseGiven", F, by="owner", refs=[("disputes", allegation)])
    voice = {"claimants": ["brand"], "attribution": {"form": "quote"}}
    quoted = log.say("ResponseGiven", F, by="ngo", refs=[("accepts", allegation)], **voice)
    assert row(log, "osh").allegations[0].replies == (
        Reply("disputes", own, ("owner",), ("owner",), "signed"),
        Reply("accepts", quoted, ("brand",), ("ngo",), "attributed"),
    )


def test_an_overall_result_belongs_to_no_issue() -> None:
    log = SmallLog()
    log.say("OverallDetermined", F, {"outcome": "conforms"}, by="auditor")
    assert matrix(log).rows == ()
    assert [cell.cell.content["outcome"] for cell in matrix(log).overall] == ["conforms"]


def test_what_is_sealed_has_a_row_that_says_the_issue_is_withheld() -> None:
    log = SmallLog()
    log.say("AllegationMade", F, hidden={"issue": "osh"}, withheld=True)
    assert [(one.issue, one.label) for one in matrix(log).rows] == [(None, "issue withheld")]


def test_names_of_one_factory_share_a_matrix_and_its_conflicts() -> None:
    log = SmallLog()
    claim = {"issue": "osh", "method": "measurement", "result": "present", "period": "2019"}
    for name, value in ((F, "1"), ("factory:old", "2")):
        log.say("ObservationMade", name, claim | {"quantity": {"value": value, "unit": "h"}})
    assert matrix(log).row("osh").conflicts == ()
    both = matrix(log, F, "factory:old").row("osh")
    assert [one.conflict.certainty for one in both.conflicts] == ["certain"]


def test_an_allegation_has_every_state_that_holds() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh", "period": "2019"}, by="ngo")

    def states() -> set[str]:
        return {one.state.name for one in row(log, "osh").allegations[0].states}

    assert states() == {"open"}
    log.say("ResponseGiven", F, by="owner", refs=[("disputes", allegation)])
    assert states() == {"answered", "disputed"}
    finding(log, "refuted", None, allegation)
    log.say("StatementWithdrawn", F, by="ngo", refs=[("amends", allegation)])
    log.say("AllegationMade", F, {"issue": "osh", "period": "2015"}, by="ngo")
    assert states() == {"answered", "disputed", "determined", "withdrawn", "recurring"}


def test_a_certificate_has_a_state_on_the_day_looked_from() -> None:
    log = SmallLog()
    granted = {"outcome": "granted", "validity": "2020-01/2021-12"}
    first = log.say("CertificationDecided", F, granted, by="certifier", said="2020-01-01")
    assert [one.to_json() for one in matrix(log).certificates] == [
        {"saidBy": ["certifier"], "number": None, "state": "valid", "by": [first], "standing": "signed"}
    ]
    voice = {"claimants": ["certifier"], "attribution": {"form": "paraphrase"}}
    suspended = log.say(
        "CertificationDecided", F, {"outcome": "suspended"}, by="ngo", said="2020-06-01", **voice
    )
    (found,) = matrix(log).certificates
    assert (found.certificate.state, found.standing) == ("suspended", "attributed")
    log.say("ResponseGiven", F, by="certifier", refs=[("disowns", suspended)])
    (found,) = matrix(log).certificates
    assert (found.certificate.state, found.standing) == ("valid", "signed")


def test_certificates_of_different_numbers_stay_apart() -> None:
    log = SmallLog()
    for number, outcome in (("C1", "granted"), ("C2", "withdrawn")):
        claim = {"outcome": outcome, "number": number}
        log.say("CertificationDecided", F, claim, by="certifier", said="2020-01-01")
    assert [(one.number, one.certificate.state) for one in matrix(log).certificates] == [
        ("C1", "valid"),
        ("C2", "withdrawn"),
    ]


def test_an_allegation_that_was_put_to_somebody_is_notified() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"})
    log.say("CommentInvited", F, {"addressees": ["brand"]}, refs=[("basedOn", allegation)])
    assert stands(log) == {
        "notified": "put to brand",
        "open": "open: no answer and no finding in this ledger",
    }


def stands(log: SmallLog, issue: str = "osh") -> dict[str, str]:
    """Where the first allegation stands, in words, by state."""
    states = row(log, issue).allegations[0].to_json()["states"]
    return {one["name"]: one["words"] for one in states}  # type: ignore[attr-defined]


def test_where_an_allegation_stands_names_who_brought_it_there() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh", "period": "2019"}, by=["ngo", "union"])
    log.say("ResponseGiven", F, by="owner", refs=[("disputes", allegation)])
    assert stands(log) == {"disputed": "disputed by owner", "answered": ""}
    log.say("StatementWithdrawn", F, by="union", refs=[("amends", allegation)])
    log.say("ResponseGiven", F, by="brand", refs=[("partlyAccepts", allegation)])
    log.say("AllegationMade", F, {"issue": "osh", "period": "2015"}, by="other")
    assert stands(log) == {
        "withdrawn": "withdrawn by 1 of 2 signers: union",
        "disputed": "disputed by owner",
        "answered": "answered by brand",
        "recurring": "said again of another period by other",
    }


def test_a_finding_on_an_allegation_is_told_with_whose_it_is_how_it_was_reached_and_who_disputes_it() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"}, by="ngo")
    claim = {"methods": ["records-review"], "participants": [{"party": "auditor", "role": "lead"}]}
    audit = log.say("AuditDescribed", F, claim, by="auditor")
    voice = {"claimants": ["auditor"], "attribution": {"form": "paraphrase"}}
    refs = [("about", allegation), ("within", audit)]
    found = log.say("DeterminationIssued", F, {"outcome": "not-evidenced"}, by="ngo", refs=refs, **voice)
    log.say("ResponseGiven", F, by=["ngo", "union"], refs=[("disputes", found)])
    told = "auditor concludes “Not evidenced” (reported by ngo, not signed), which ngo and union dispute"
    assert stands(log) == {"determined": told}
    ((cause,),) = (one.causes for one in row(log, "osh").allegations[0].states)
    assert cause.profile is not None
    assert {topic: line.value for topic, line in cause.profile.items()} == {
        "methods": ["records-review"],
        "notice": "not-disclosed",
        "competence": "not-disclosed",
    }


def test_a_finding_whose_outcome_is_not_shown_is_told_without_one() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"}, by="ngo")
    log.say("DeterminationIssued", F, {}, by="auditor", refs=[("about", allegation)])
    assert stands(log) == {"determined": "a conclusion of auditor, which is not shown"}


def test_a_claim_whose_issue_all_issuers_corrected_stands_under_the_new_one() -> None:
    log = SmallLog()
    allegation = log.say("AllegationMade", F, {"issue": "osh"})
    change = {"set": {"issue": "discrimination"}}
    log.say("StatementCorrected", F, change, refs=[("amends", allegation)])
    assert [one.issue for one in matrix(log).rows] == ["discrimination"]


def test_a_claim_about_several_factories_whose_scope_may_be_withheld_fills_no_cell() -> None:
    log = SmallLog()
    hidden = {"scope": {"quantifier": "some", "of": 2}}
    log.say("AllegationMade", [F, "factory:g"], {"issue": "osh"}, hidden=hidden, withheld=True)
    log.say("AllegationMade", F, {"issue": "osh"}, hidden=hidden, withheld=True)
    known = Slice.of(replace(item, claim={"issue": "osh"}, withheld=1) for item in log.items())
    found = view((F,), known, "2020-12-31").row("osh")
    assert (len(found.allegations), len(found.about_a_set)) == (1, 1)
