"""What is unanswered, who knew when, and criteria side by side, as pages."""

from __future__ import annotations

from tests.integration.api.conftest import Poster

from .conftest import page


def question_id(case: Poster) -> str:
    return next(one.statement.id for one in case.log.recorded if one.statement.event == "QuestionAsked")


def test_a_question_stands_under_whom_it_was_put_to_and_silence_is_worded_as_this_ledgers(
    case: Poster,
) -> None:
    shown = page(case, "/en/open")
    assert "no answer in this ledger" in shown.text
    assert f"/en/statements/{question_id(case)}" in shown.links
    assert "no date is stated" in shown.text


def test_the_askers_own_no_reply_is_worded_otherwise(case: Poster) -> None:
    case.log.say(
        "NoReplyNoted",
        "ngo",
        about=["factory:toys", "party:certifier"],
        claim={"asOf": "2026-01", "addressees": ["certifier"]},
        refs=[("on", question_id(case))],
    )
    shown = page(case, "/en/open")
    assert "no reply, as the asker states (as of January 2026)" in shown.text


def test_an_answered_question_leaves_the_board_and_can_be_asked_for(case: Poster) -> None:
    case.log.say("ResponseGiven", "certifier", refs=[("answers", question_id(case))])
    assert "Nothing is open at that moment." in page(case, "/en/open").text
    assert "answered" in page(case, "/en/open", all="true").text


def test_a_due_date_that_passed_and_its_moves_are_counted_in_days(case: Poster) -> None:
    asked = case.log.say(
        "DemandMade",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "number": 1, "issue": ["osh/ppe"], "due": "2026-02-01"},
    )
    case.log.say(
        "DueChanged",
        "ngo",
        about=["factory:toys", "party:certifier"],
        claim={"due": "2026-03-01"},
        refs=[("on", asked)],
    )
    shown = page(case, "/en/open")
    assert "1 March 2026" in shown.text
    assert "days over" in shown.text
    assert "1 February 2026 ; moved once" in shown.text or "1 February 2026; moved once" in shown.text


def test_the_board_replays_what_was_open_then(case: Poster) -> None:
    before = next(one.index for one in case.log.recorded if one.statement.id == question_id(case))
    shown = page(case, "/en/open", as_of=before)
    assert "Nothing is open at that moment." in shown.text
    assert "What was learned later is absent." in shown.text


def test_the_board_can_be_narrowed_to_one_name_and_one_addressee(case: Poster) -> None:
    assert "no answer in this ledger" in page(case, "/en/open", about="factory:toys", asked="certifier").text
    assert "Nothing is open" in page(case, "/en/open", asked="ngo").text


def test_who_knew_when_tells_signing_from_being_asked(case: Poster) -> None:
    shown = page(case, "/en/open/knowledge", about="factory:toys")
    assert "signed it" in shown.text
    assert "asked; nothing signed in this ledger" in shown.text
    alleged = next(one.statement.id for one in case.log.recorded if one.statement.event == "AllegationMade")
    assert f"/en/statements/{alleged}" in shown.links
    # The certifier's finding is about the allegation: so it knew of it.
    assert "about statement" in shown.text


def test_a_weekly_limit_beside_a_monthly_one_comes_with_its_formula(case: Poster) -> None:
    log = case.log
    common = {"nature": "law", "owner": "certifier", "clause": "1", "version": "1", "comparator": "max"}
    log.say(
        "CriterionPublished",
        "ngo",
        about=["criterion:month"],
        claim=common
        | {
            "issue": "working-time/monthly-overtime",
            "quantity": {"value": "36", "unit": "h", "per": "month"},
            "baseline": {"value": "40", "unit": "h", "per": "week"},
        },
    )
    log.say(
        "CriterionPublished",
        "ngo",
        about=["criterion:week"],
        claim=common
        | {
            "owner": "ngo",
            "issue": "working-time/weekly-hours",
            "quantity": {"value": "60", "unit": "h", "per": "week"},
        },
    )
    shown = page(case, "/en/criteria")
    assert "(60 h − 40 h) a week = 20 h a week; 20 h × 52 ÷ 12 = about 87 h a month" in shown.text
    assert "against 36 h a month" in shown.text
    assert "No criterion is in this ledger" in page(case, "/en/criteria", issue="osh/ppe").text
