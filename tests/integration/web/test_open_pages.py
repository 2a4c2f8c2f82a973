"""What is unanswered, who knew when, and criteria side by side, as pages."""

from __future__ import annotations

import re

from tests.integration.api.conftest import Poster

from .conftest import page


def question_id(case: Poster) -> str:
    return next(one.statement.id for one in case.log.recorded if one.statement.event == "QuestionAsked")


def test_a_question_stands_under_whom_it_was_put_to_and_silence_is_worded_as_this_ledgers(
    case: Poster,
) -> None:
    shown = page(case, "/en/open")
    assert "certifier 1 Question · Notice About toys" in shown.text
    assert "No answer in this ledger Age" in shown.text
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
    assert "No reply, as the asker states (as of January 2026)" in shown.text


def test_an_answered_question_leaves_the_board_and_can_be_asked_for(case: Poster) -> None:
    case.log.say("ResponseGiven", "certifier", refs=[("answers", question_id(case))])
    assert "Nothing is open at that moment." in page(case, "/en/open").text
    assert "answered" in page(case, "/en/open", all="true").text


def test_an_answer_that_a_third_party_reports_stays_on_the_board_and_says_so(case: Poster) -> None:
    case.log.register("somebody")
    document = case.log.document("somebody", about=["factory:toys"])
    case.log.say(
        "ResponseGiven",
        "somebody",
        claimants=["certifier"],
        attribution={"form": "paraphrase"},
        refs=[("answers", question_id(case)), ("statedIn", document)],
    )
    shown = page(case, "/en/open")
    assert f"/en/statements/{question_id(case)}" in shown.links
    assert "Answered (reported by somebody, not signed)" in shown.text
    (listed,) = case.read("/v1/requests", open="true")["items"]
    assert (listed["addressees"][0]["reachedBy"], listed["addressees"][0]["settled"]) == ("attributed", False)


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
    narrowed = page(case, "/en/open", about="factory:toys", asked="certifier")
    assert "No answer in this ledger" in narrowed.text
    assert "Nothing is open" in page(case, "/en/open", asked="ngo").text


def invited(case: Poster) -> str:
    """A comment that three are invited to, of whom one has answered."""
    for slug in ("brand", "buyer", "shop"):
        case.log.register(slug, roles=("buyer",))
    asked = case.log.say(
        "CommentInvited",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["brand", "buyer", "shop"], "topic": "selection"},
    )
    case.log.say("ResponseGiven", "shop", about=["factory:toys"], refs=[("answers", asked)])
    return asked.statement.id


def test_a_request_to_several_is_one_card_that_tells_how_each_of_them_stands(case: Poster) -> None:
    link = f"/en/statements/{invited(case)}"
    shown = page(case, "/en/open")
    assert shown.links.count(link) == 1
    card = shown.text.partition("Comment invited · ")[2].partition("Right to reply")[0]
    assert card.startswith("Selection About toys")
    assert "No answer in this ledger brand , buyer Answered shop see the statement" in card


def test_those_who_owe_the_very_same_share_a_line_and_who_owes_most_stands_first(case: Poster) -> None:
    invited(case)
    case.log.say(
        "DemandMade", "ngo", about=["factory:toys"], claim={"addressees": ["certifier"], "number": 7}
    )
    shown = page(case, "/en/open")
    table = shown.text.partition("By whom an answer is owed")[2].partition("Questions, demands")[0]
    assert re.search(r"certifier 2 \d+ brand , buyer 2, each asked the same 1 \d+ $", table)
    assert "/en/open?asked=brand" in shown.links
    assert shown.text.index("Demand 7") < shown.text.index("Comment invited")


def test_narrowed_to_one_of_several_only_its_own_standing_is_shown(case: Poster) -> None:
    link = f"/en/statements/{invited(case)}"
    one = page(case, "/en/open", asked="brand")
    assert one.links.count(link) == 1
    assert "Put to 2 others, too." in one.text
    assert "buyer" not in one.text
    assert "Nothing is open" in page(case, "/en/open", asked="shop").text
    assert "Answered" in page(case, "/en/open", asked="shop", all="true").text


def test_who_knew_when_tells_signing_from_being_asked(case: Poster) -> None:
    shown = page(case, "/en/open/knowledge", about="factory:toys")
    assert "Signed it" in shown.text
    assert "Asked; nothing signed in this ledger" in shown.text
    alleged = next(one.statement.id for one in case.log.recorded if one.statement.event == "AllegationMade")
    assert f"/en/statements/{alleged}" in shown.links
    # The certifier's finding is about the allegation: so it knew of it.
    assert "About statement" in shown.text


def test_who_was_only_asked_has_no_column_and_is_named_above_the_table(case: Poster) -> None:
    case.log.list_party("silent")
    claim = {"addressees": ["certifier", "silent"], "topic": "selection"}
    case.log.say("QuestionAsked", "ngo", about=["factory:toys"], claim=claim)
    shown = page(case, "/en/open/knowledge", about="factory:toys")
    assert "nothing of them stands in this ledger as signed or reported: silent" in shown.text
    assert "/en/parties/silent" not in re.findall(r'<th scope="col"><a href="([^"]+)"', shown.html)
    assert "/en/parties/certifier" in re.findall(r'<th scope="col"><a href="([^"]+)"', shown.html)


def test_punctuation_is_that_of_the_language(case: Poster) -> None:
    asked = next(one.statement.id for one in case.log.recorded if one.statement.event == "QuestionAsked")
    told = {code: page(case, f"/{code}/statements/{asked}").text for code in ("en", "fr", "de", "zh")}
    assert "certifier : no answer" in told["en"]
    assert "certifier : aucune réponse" in told["fr"]
    assert "certifier : keine Antwort" in told["de"]
    assert re.search("certifier ?： ?本账本中没有答复", told["zh"])


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
