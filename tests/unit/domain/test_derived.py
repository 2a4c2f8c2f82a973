"""Derived statuses: never logged, computed from what is."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from ledger.core.statement import Recorded
from ledger.domain.derived.allegations import State, states
from ledger.domain.derived.certificates import CertificateDecision, certificate_on, decision_of
from ledger.domain.derived.comparison import Clause, readings
from ledger.domain.derived.conflicts import Observed, conflict
from ledger.domain.derived.quantities import decimal, disjoint, measure
from ledger.domain.derived.recurrence import Claimed, recurring
from ledger.domain.derived.requests import due, progress, standings
from tests.support.builder import Log

ISSUE = {"issue": "osh/ppe"}


def followers(log: Log, target: Recorded) -> list[tuple[str, Recorded]]:
    """What refers to the statement, oldest first."""
    return [
        (ref.rel, one) for one in log.recorded for ref in one.statement.refs if ref.id == target.statement.id
    ]


# --- allegations ---------------------------------------------------------------


@pytest.fixture
def alleged(log: Log) -> Recorded:
    log.register("ietp", ["certifier"])
    return log.say("AllegationMade", ["aaf", "clw"], about=["factory:foshan"], claim=ISSUE)


def state_names(log: Log, alleged: Recorded) -> list[str]:
    return [state.name for state in states(alleged.statement, followers(log, alleged))]


def test_an_allegation_that_nobody_reacts_to_is_open(log: Log, alleged: Recorded) -> None:
    assert state_names(log, alleged) == ["open"]


def test_its_own_authors_do_not_answer_it(log: Log, alleged: Recorded) -> None:
    log.say("ResponseGiven", "clw", refs=[("respondsTo", alleged)])
    assert state_names(log, alleged) == ["open"]


def test_a_request_based_on_it_notifies_and_leaves_it_open(log: Log, alleged: Recorded) -> None:
    log.say("CommentInvited", "clw", claim={"addressees": ["ietp"]}, refs=[("basedOn", alleged)])
    assert state_names(log, alleged) == ["notified", "open"]


def test_disputed_and_determined_hold_side_by_side(log: Log, alleged: Recorded) -> None:
    log.say("ResponseGiven", "ietp", refs=[("disputes", alleged)])
    log.say(
        "DeterminationIssued",
        "ietp",
        about=["factory:foshan"],
        claim={"outcome": "not-evidenced"},
        refs=[("about", alleged)],
    )
    assert state_names(log, alleged) == ["determined", "disputed", "answered"]


def test_withdrawn_by_one_of_two_it_stays_open_for_the_other(log: Log, alleged: Recorded) -> None:
    one = log.say("StatementWithdrawn", "clw", refs=[("amends", alleged)])
    found = states(alleged.statement, followers(log, alleged))
    assert found == [State("withdrawn", (one.statement.id,), False, ("clw",), 2), State("open", ())]
    log.say("ResponseGiven", "aaf", refs=[("retracts", alleged)])
    assert state_names(log, alleged) == ["withdrawn"]


def test_a_state_reached_by_attribution_says_so(log: Log, alleged: Recorded) -> None:
    report = log.document("clw")
    log.say(
        "ResponseGiven",
        "clw",
        refs=[("disputes", alleged), ("statedIn", report)],
        claimants=["ietp"],
        attribution={"form": "paraphrase"},
    )
    disputed = states(alleged.statement, followers(log, alleged))[0]
    assert (disputed.name, disputed.attributed) == ("disputed", True)
    log.say("ResponseGiven", "ietp", refs=[("disputes", alleged)])
    assert not states(alleged.statement, followers(log, alleged))[0].attributed


def test_what_recurs_is_shown_as_recurring(alleged: Recorded) -> None:
    assert states(alleged.statement, [], ["earlier"])[0] == State("recurring", ("earlier",))


# --- requests and commitments ----------------------------------------------------


def ask(log: Log, *addressees: str, **claim: str) -> Recorded:
    return log.say("QuestionAsked", "clw", claim={"addressees": sorted(addressees), **claim})


def outcomes(log: Log, question: Recorded, today: str = "2026-06-01") -> dict[str, tuple[str, ...]]:
    found = standings(question.statement, followers(log, question), today)
    return {one.addressee: one.states for one in found}


def test_a_request_stands_with_each_addressee_for_itself(log: Log) -> None:
    question = ask(log, "aaf", "ietp")
    log.say("ResponseGiven", "aaf", refs=[("partlyAnswers", question)])
    assert outcomes(log, question) == {"aaf": ("partly",), "ietp": ("open",)}


def test_nobody_answers_for_somebody_else(log: Log) -> None:
    question = ask(log, "ietp")
    log.say("ResponseGiven", "aaf", refs=[("answers", question)])
    assert outcomes(log, question) == {"ietp": ("open",)}


def test_the_asker_or_the_addressee_concludes_and_no_third_party_does(log: Log) -> None:
    question = ask(log, "aaf", "ietp")
    log.say("ResponseGiven", "registrar", refs=[("concludes", question)])
    assert outcomes(log, question) == {"aaf": ("open",), "ietp": ("open",)}
    log.say("ResponseGiven", "aaf", refs=[("concludes", question)])
    assert outcomes(log, question) == {"aaf": ("concluded",), "ietp": ("open",)}
    log.say("ResponseGiven", "clw", refs=[("concludes", question)])
    assert outcomes(log, question) == {"aaf": ("concluded",), "ietp": ("concluded",)}


def test_silence_is_no_reply_only_when_the_asker_says_so(log: Log) -> None:
    question = ask(log, "ietp", due="2026-02")
    assert outcomes(log, question, "2026-02-28") == {"ietp": ("open",)}
    assert outcomes(log, question, "2026-03-01") == {"ietp": ("open", "overdue")}
    log.say("NoReplyNoted", "clw", claim={"asOf": "2026-03"}, refs=[("on", question)])
    assert outcomes(log, question, "2026-03-01") == {"ietp": ("no-reply-stated", "overdue")}


def test_a_moved_date_stays_visible(log: Log) -> None:
    question = ask(log, "ietp", due="2026-02")
    moved = log.say("DueChanged", "clw", claim={"due": "2026-04"}, refs=[("on", question)])
    when = due(question.statement, followers(log, question))
    assert (when.first, when.now, when.changes) == ("2026-02", "2026-04", (moved.statement.id,))


def test_a_date_moved_by_an_amendment_stays_visible_too(log: Log) -> None:
    promise = log.say("CommitmentMade", ["aaf", "clw"], claim={"actor": "aaf", "due": "2026-02"})

    def amended(by: list[str], to: str) -> str:
        claim = {"set": {"due": to}}
        return log.say("StatementCorrected", by, claim=claim, refs=[("amends", promise)]).statement.id

    amended(["aaf"], "2029")  # binds only its signer
    moved = amended(["aaf", "clw"], "2026-04")
    when = due(promise.statement, followers(log, promise))
    assert (when.first, when.now, when.changes) == ("2026-02", "2026-04", (moved,))


def test_a_commitment_goes_through_what_is_stated_about_it(log: Log) -> None:
    promise = log.say("CommitmentMade", "aaf", claim={"actor": "aaf", "due": "2026-02"})

    def stands(today: str) -> tuple[str, bool]:
        found = progress(promise.statement, followers(log, promise), today)
        return found.state, found.behind

    assert stands("2026-02-01") == ("planned", False)
    assert stands("2026-03-01") == ("planned", True)
    for event, by, state, behind in (
        ("CompletionClaimed", "aaf", "claimed", False),
        ("CompletionDisputed", "clw", "contested", True),
        ("CommitmentReopened", "clw", "reopened", True),
        ("CompletionVerified", "clw", "verified", False),
    ):
        log.say(event, by, refs=[("on", promise)])
        assert stands("2026-03-01") == (state, behind)


# --- certificates -------------------------------------------------------------------

GRANTED = CertificateDecision("1", "granted", "2019-03-01", "2020-02-29")
PROBATION = CertificateDecision("2", "probation", "2019-06")


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2019-02-28", "unknown"),
        ("2019-03-01", "valid"),
        ("2019-05-31", "valid"),
        ("2019-06-15", "unknown"),
        ("2019-06-30", "probation"),
        ("2021-01-01", "probation"),
    ],
)
def test_a_certificate_is_in_the_state_of_its_last_decision(day: str, state: str) -> None:
    assert certificate_on(day, [GRANTED, PROBATION]).state == state


def test_a_validity_that_is_over_has_expired() -> None:
    assert certificate_on("2020-02-29", [GRANTED]).state == "valid"
    assert certificate_on("2020-03-01", [GRANTED]).state == "expired"
    later = CertificateDecision("3", "granted", "2019-01-01", "2019-06/2019-12")
    assert [certificate_on(f"2019-{month}-15", [later]).state for month in ("05", "06", "07")] == [
        "unknown",
        "unknown",
        "valid",
    ]


def test_a_coarse_date_that_changes_nothing_leaves_the_state_known() -> None:
    again = CertificateDecision("2", "granted", "2019-06")
    assert certificate_on("2019-06-15", [GRANTED, again]).state == "valid"


def test_a_factory_without_decisions_has_an_unknown_certificate() -> None:
    assert certificate_on("2019-06-15", []).state == "unknown"


def test_a_decision_takes_effect_when_it_occurred_or_else_was_said(log: Log) -> None:
    log.register("body", ["certifier"])
    claim = {"outcome": "suspended", "validity": "2027"}
    one = log.say("CertificationDecided", "body", about=["factory:foshan"], claim=claim, said="2019-05-02")
    decision = decision_of(one.statement, one.recorded_at)
    assert decision == CertificateDecision(one.statement.id, "suspended", "2019-05-02", "2027")


# --- recurrence, conflicts, comparison ----------------------------------------------


def claimed(name: str, when: str | None, issue: str = "osh/ppe", *factories: str) -> Claimed:
    return Claimed(name, frozenset(factories or ("factory:foshan",)), issue, when)


def test_the_same_issue_at_the_same_factory_in_another_period_recurs() -> None:
    claims = [claimed("later", "2019-06/2019-10"), claimed("earlier", "2018-04/2018-09")]
    assert recurring(claims, {"earlier", "later"}) == {"earlier": ("later",), "later": ("earlier",)}
    assert recurring(claims, {"later"}) == {"later": ("earlier",)}


@pytest.mark.parametrize(
    "other",
    [
        claimed("other", "2019"),
        claimed("other", None),
        claimed("other", "2018", "osh/heat"),
        claimed("other", "2018", "osh/ppe", "factory:wah-tung"),
        claimed("other", "../2019-07"),
    ],
)
def test_nothing_else_recurs(other: Claimed) -> None:
    assert recurring([claimed("one", "2019-06/2019-10"), other], {"one", "other"}) == {}


def observed(name: str, when: str | None = "2019-12", **claim: Any) -> Observed:
    return Observed(name, frozenset({"factory:foshan"}), {"issue": "osh/pre-job-training", **claim}, when)


def quantity(value: str, unit: str, **more: str) -> dict[str, str]:
    return {"value": value, "unit": unit, **more}


@pytest.mark.parametrize(
    ("one", "other", "certainty"),
    [
        (quantity("24", "h"), quantity("8", "h"), "certain"),
        (quantity("90", "min"), quantity("1.5", "h"), None),
        (quantity("90", "min"), quantity("2", "h"), "certain"),
        (quantity("3", "d"), {"low": "4", "high": "8", "unit": "h"}, "possible"),
        (quantity("24", "h", bound="at-least"), quantity("30", "h"), None),
        (quantity("24", "h", per="month"), quantity("24", "h", per="week"), None),
        (quantity("24", "h"), quantity("24", "%"), None),
    ],
)
def test_quantities_conflict_when_no_value_fits_both(
    one: dict[str, str], other: dict[str, str], certainty: str | None
) -> None:
    found = conflict(observed("1", quantity=one), observed("2", quantity=other))
    assert (found.certainty if found else None) == certainty


def test_a_conflict_is_possible_only_when_a_period_is_unknown() -> None:
    one, other = quantity("24", "h"), quantity("8", "h")
    found = conflict(observed("1", None, quantity=one), observed("2", quantity=other))
    assert found is not None
    assert (found.certainty, found.reasons) == ("possible", ("period-unknown",))
    assert conflict(observed("1", "2018", quantity=one), observed("2", quantity=other)) is None


def test_present_and_absent_conflict() -> None:
    assert conflict(observed("1", result="present"), observed("2", result="absent")) is not None
    assert conflict(observed("1", result="present"), observed("2", result="unclear")) is None


def test_equal_quantities_in_other_units_measure_the_same() -> None:
    one, other = measure(quantity("90", "min")), measure(quantity("1.5", "h"))
    assert one is not None
    assert other is not None
    assert not disjoint(one, other)
    assert (one.low, one.dimension) == (other.low, other.dimension)


def monthly_limit(baseline: str) -> Clause:
    claim = {
        "comparator": "max",
        "issue": "working-time/monthly-overtime",
        "quantity": quantity("36", "h", per="month"),
        "baseline": quantity(baseline, "h", per="week"),
        "owner": "state",
    }
    return Clause(f"law {baseline}", f"criterion:law-{baseline}", claim)


def test_a_weekly_limit_against_monthly_overtime_has_a_reading_for_each_baseline() -> None:
    week = Clause(
        "standard",
        "criterion:standard",
        {
            "comparator": "max",
            "issue": "working-time/weekly-hours",
            "quantity": quantity("72", "h", per="week"),
            "owner": "programme",
        },
    )
    found = readings([week, monthly_limit("40"), monthly_limit("44")])
    assert [(one.overtime_a_week, decimal(one.allows, 0)) for one in found] == [
        (Fraction(32), "139"),
        (Fraction(28), "121"),
    ]
    assert all(str(one.baseline) in one.formula and "52 / 12" in one.formula for one in found)


def test_other_numbers_give_other_readings() -> None:
    """Nothing of one case is built in."""
    limit = {"comparator": "max", "quantity": quantity("60", "h", per="week"), "owner": "programme"}
    week = Clause("w", "criterion:w", limit)
    (found,) = readings([week, monthly_limit("48")])
    assert (found.overtime_a_week, found.allows) == (Fraction(12), Fraction(52))
