"""Requests and commitments: what is still owed, since when, and how anybody knows."""

from __future__ import annotations

from typing import Any

import pytest

from projections.open_items import OpenItem, view
from tests.support.small_log import SmallLog

ADDRESSEES = ["buyer", "certifier"]


def asked(**claim: Any) -> tuple[SmallLog, str]:
    log = SmallLog()
    claim = {"addressees": ADDRESSEES, **claim}
    return log, log.say("QuestionAsked", "factory:f", claim, by="asker", at="2020-01-10")


def item(log: SmallLog, statement: str, today: str = "2020-03-01") -> OpenItem:
    known = log.slice()
    found = known.get(statement)
    assert found is not None
    return view(found, known, today)


def words(log: SmallLog, statement: str, today: str = "2020-03-01") -> dict[str, str]:
    return {one.standing.addressee: one.words for one in item(log, statement, today).addressees}


def test_silence_in_the_ledger_is_not_called_no_reply() -> None:
    log, question = asked()
    assert words(log, question)["buyer"] == "no answer in this ledger"
    log.say("NoReplyNoted", "factory:f", {"asOf": "2020-02"}, by="asker", refs=[("on", question)])
    assert words(log, question)["buyer"] == "no reply, as the asker states (as of 2020-02)"


def test_only_the_asker_can_state_that_nothing_came_and_only_for_whom_it_names() -> None:
    log, question = asked()
    claim = {"asOf": "2020-02", "addressees": ["buyer"]}
    log.say("NoReplyNoted", "factory:f", claim, by="somebody", refs=[("on", question)])
    assert words(log, question)["buyer"] == "no answer in this ledger"
    log.say("NoReplyNoted", "factory:f", claim, by="asker", refs=[("on", question)])
    assert words(log, question)["buyer"].startswith("no reply, as the asker states")
    assert words(log, question)["certifier"] == "no answer in this ledger"


@pytest.mark.parametrize(
    ("rel", "expected", "still_open"),
    [
        ("answers", "answered", False),
        ("partlyAnswers", "partly answered", True),
        ("refuses", "refused to answer", False),
        ("acknowledges", "acknowledged; no answer in this ledger", True),
        ("offers", "offered something else; no answer in this ledger", True),
    ],
)
def test_each_addressee_stands_for_itself(rel: str, expected: str, still_open: bool) -> None:
    log, question = asked()
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[(rel, question)])
    assert words(log, question) == {"buyer": expected, "certifier": "no answer in this ledger"}
    assert item(log, question).open
    log.say("ResponseGiven", "factory:f", by="certifier", refs=[(rel, question)])
    assert item(log, question).open is still_open


def test_an_answer_by_somebody_else_is_no_answer_of_the_addressee() -> None:
    log, question = asked()
    log.say("ResponseGiven", "factory:f", by="other", refs=[("answers", question)])
    assert words(log, question)["buyer"] == "no answer in this ledger"
    assert [rel for rel, _ in item(log, question).followed_by] == ["answers"]


@pytest.mark.parametrize(("event", "heirs"), [("PartyMerged", ["heir"]), ("PartySplit", ["heir", "other"])])
def test_what_a_party_became_answers_for_it_once_the_ledger_knows(event: str, heirs: list[str]) -> None:
    log, question = asked(addressees=["buyer"])
    log.say("ResponseGiven", "factory:f", by="heir", refs=[("answers", question)])
    assert words(log, question)["buyer"] == "no answer in this ledger"
    follow(log, event, "buyer", *heirs)
    assert words(log, question)["buyer"] == "answered"
    assert not item(log, question).open


def test_successors_of_successors_answer_and_nobody_answers_for_what_it_became() -> None:
    log, question = asked(addressees=["buyer"])
    follow(log, "PartyMerged", "buyer", "heir")
    follow(log, "PartyMerged", "heir", "last")
    follow(log, "PartyMerged", "aside", "last")
    log.say("ResponseGiven", "factory:f", by="aside", refs=[("answers", question)])
    assert words(log, question)["buyer"] == "no answer in this ledger"
    log.say("ResponseGiven", "factory:f", by="last", refs=[("partlyAnswers", question)])
    assert words(log, question)["buyer"] == "partly answered"
    later = log.say("QuestionAsked", "factory:f", {"addressees": ["last"]}, by="asker")
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("answers", later)])
    assert words(log, later)["last"] == "no answer in this ledger"


def test_a_merger_that_the_registrar_did_not_sign_lets_nobody_answer() -> None:
    log, question = asked(addressees=["buyer"])
    log.say("ResponseGiven", "factory:f", by="heir", refs=[("answers", question)])
    follow(log, "PartyMerged", "buyer", "heir", by="heir")
    assert words(log, question)["buyer"] == "no answer in this ledger"


def follow(log: SmallLog, event: str, old: str, *heirs: str, by: str = "registrar") -> None:
    """`old` becomes the `heirs`; who was not named before is listed."""
    names = [f"party:{one}" for one in (old, *heirs)]
    for name in names:
        if name not in log.made:
            log.say("PartyListed", name, by="registrar")
    log.say(event, names, by=by, refs=[("supersedes", log.made[names[0]])])


def test_an_answer_is_not_undone_by_a_later_acknowledgement() -> None:
    log, question = asked()
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("answers", question)])
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("acknowledges", question)])
    assert words(log, question)["buyer"] == "answered"


def test_a_status_reached_by_attribution_says_so() -> None:
    log, question = asked()
    refs = [("answers", question)]
    quote = {"form": "quote"}
    log.say("ResponseGiven", "factory:f", by="asker", refs=refs, claimants=["buyer"], attribution=quote)
    line = item(log, question).addressees[0]
    assert (line.words, line.reached_by) == ("answered (reported by asker, not signed)", "attributed")


def test_what_was_offered_instead_is_whose_word_it_is_and_the_silence_is_nobodys() -> None:
    log, question = asked(addressees=["buyer"], due="2020-01-31")
    refs, voice = [("offers", question)], {"claimants": ["buyer"], "attribution": {"form": "paraphrase"}}
    offer = {"offer": "meeting"}
    log.say("ResponseGiven", "factory:f", offer, by=["asker", "ngo", "union"], refs=refs, **voice)
    told = "offered instead: Meeting (reported by asker and 2 others, not signed); no answer in this ledger"
    assert words(log, question)["buyer"] == f"{told}, overdue"


def test_an_answer_that_only_a_third_hand_reports_leaves_the_question_open() -> None:
    log, question = asked(addressees=["buyer"], due="2020-01-31")
    refs, voice = [("answers", question)], {"claimants": ["buyer"], "attribution": {"form": "paraphrase"}}
    said = log.say("ResponseGiven", "factory:f", by="somebody", refs=refs, **voice)
    found = item(log, question, "2020-02-10")
    assert found.addressees[0].words == "answered (reported by somebody, not signed)"
    assert (found.open, found.overdue_days, found.addressees[0].settled) == (True, 10, False)
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("adopts", said)])
    assert (item(log, question).open, words(log, question)["buyer"]) == (False, "answered (adopted)")


@pytest.mark.parametrize("hand", ["asker", "buyer", "heir"])
def test_an_answer_reported_by_who_asked_or_signed_by_who_was_asked_ends_it(hand: str) -> None:
    log, question = asked(addressees=["buyer"])
    follow(log, "PartyMerged", "buyer", "heir")
    voice = {"claimants": ["buyer"], "attribution": {"form": "quote"}} if hand != "buyer" else {}
    log.say("ResponseGiven", "factory:f", by=hand, refs=[("refuses", question)], **voice)
    assert not item(log, question).open


@pytest.mark.parametrize("voice", ["asker", "buyer"])
def test_nobody_concludes_by_putting_it_into_the_mouth_of_either_side(voice: str) -> None:
    log, question = asked(addressees=["buyer"])
    said = {"claimants": [voice], "attribution": {"form": "on-behalf"}}
    mandate = log.say("DocumentReferenced", "factory:f", by="somebody")
    refs = [("concludes", question), ("mandate", mandate)]
    log.say("ResponseGiven", "factory:f", by="somebody", refs=refs, **said)
    assert item(log, question).open
    log.say("ResponseGiven", "factory:f", by="asker", refs=[("concludes", question)])
    assert not item(log, question).open


def test_its_own_refusal_ends_it_beside_an_answer_that_others_report() -> None:
    log, question = asked(addressees=["buyer"])
    voice = {"claimants": ["buyer"], "attribution": {"form": "paraphrase"}}
    log.say("ResponseGiven", "factory:f", by="somebody", refs=[("answers", question)], **voice)
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("refuses", question)])
    assert not item(log, question).open


@pytest.mark.parametrize("addressee", ["group:buyers", "factory:f"])
def test_a_party_called_like_a_group_or_factory_answers_for_neither(addressee: str) -> None:
    log, question = asked(addressees=[addressee])
    slug = addressee.partition(":")[2]
    for rel in ("answers", "refuses", "concludes"):
        log.say("ResponseGiven", "factory:f", by=slug, refs=[(rel, question)])
    assert words(log, question)[addressee] == "no answer in this ledger"
    assert item(log, question).open
    log.say("ResponseGiven", "factory:f", by="asker", refs=[("concludes", question)])
    assert (item(log, question).open, words(log, question)[addressee]) == (False, "concluded")


def test_words_that_the_addressee_disowns_are_no_answer() -> None:
    log, question = asked()
    voice = {"claimants": ["buyer"], "attribution": {"form": "quote"}}
    answer = log.say("ResponseGiven", "factory:f", by="asker", refs=[("refuses", question)], **voice)
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("disowns", answer)])
    assert words(log, question)["buyer"] == "no answer in this ledger"


def test_due_dates_move_and_every_move_stays_visible() -> None:
    log, question = asked(due="2020-01-31")
    found = item(log, question, "2020-02-10")
    assert (found.due.first, found.overdue_days) == ("2020-01-31", 10)
    assert found.addressees[0].words == "no answer in this ledger, overdue"
    for due in ("2020-02-15", "2020-03-15"):
        log.say("DueChanged", "factory:f", {"due": due}, by="asker", refs=[("on", question)])
    found = item(log, question, "2020-03-01")
    assert (found.due.first, found.due.now, len(found.due.changes)) == ("2020-01-31", "2020-03-15", 2)
    assert (found.overdue_days, found.addressees[0].standing.overdue) == (0, False)
    assert item(log, question, "2020-03-16").overdue_days == 1


def test_a_date_moved_by_an_amendment_shows_the_first_one_and_counts_as_moved() -> None:
    log = SmallLog()
    promise = log.say("CommitmentMade", "factory:f", {"actor": "buyer", "due": "2020-02"}, by="buyer")
    log.say(
        "StatementCorrected", "factory:f", {"set": {"due": "2030"}}, by="buyer", refs=[("amends", promise)]
    )
    found = item(log, promise)
    assert (found.due.first, found.due.now, len(found.due.changes)) == ("2020-02", "2030", 1)


def test_a_date_moved_in_the_askers_name_by_somebody_else_says_so() -> None:
    log, question = asked(due="2020-01-31")
    voice = {"claimants": ["asker"], "attribution": {"form": "paraphrase"}}
    log.say("DueChanged", "factory:f", {"due": "2099"}, by="buyer", refs=[("on", question)], **voice)
    (move,) = item(log, question).moves
    assert (move.claimants, move.hands, move.standing) == (("asker",), ("buyer",), "attributed")


def test_an_answer_that_was_taken_back_answers_nothing() -> None:
    log, question = asked()
    answer = log.say("ResponseGiven", "factory:f", by="buyer", refs=[("answers", question)])
    assert words(log, question)["buyer"] == "answered"
    log.say("ResponseGiven", "factory:f", by="buyer", refs=[("retracts", answer)])
    assert words(log, question)["buyer"] == "no answer in this ledger"


def test_a_due_month_has_passed_when_its_last_day_has() -> None:
    log, question = asked(due="2020-02")
    assert item(log, question, "2020-02-29").overdue_days == 0
    assert item(log, question, "2020-03-02").overdue_days == 2


def test_an_unknown_due_date_is_never_overdue() -> None:
    log, question = asked(due="unknown")
    found = item(log, question, "2030-01-01")
    assert (found.due.now, found.overdue_days, found.open) == (None, 0, True)


def test_age_is_counted_from_when_it_was_said_and_never_overstated() -> None:
    log, question = asked()
    assert (item(log, question).age.days, item(log, question).age.at_least) == (51, False)
    claim = {"addressees": ADDRESSEES}
    coarse = log.say("DemandMade", "factory:f", claim, by="asker", said="2019", at="2020-01-10")
    assert item(log, coarse).age.to_json() == {"days": 61, "atLeast": True}


def test_a_request_withdrawn_by_one_of_two_stays_open() -> None:
    log = SmallLog()
    demand = log.say("DemandMade", "factory:f", {"addressees": ["buyer"]}, by=["a", "b"])

    def shown() -> tuple[object, object]:
        found = item(log, demand).to_json()
        return found["withdrawn"], found["open"]

    log.say("StatementWithdrawn", "factory:f", by="a", refs=[("amends", demand)])
    assert shown() == ("withdrawn by 1 of 2", True)
    log.say("StatementWithdrawn", "factory:f", by="b", refs=[("amends", demand)])
    assert shown() == ("withdrawn by 2 of 2", False)


def test_a_commitment_goes_through_its_states_and_keeps_who_said_so() -> None:
    log = SmallLog()
    claim = {"actor": "buyer", "due": "2020-02-01"}
    commitment = log.say("CommitmentMade", "factory:f", claim, by="buyer", at="2020-01-01")
    assert (item(log, commitment, "2020-01-15").state, item(log, commitment).behind) == ("planned", True)
    steps = [
        ("ProgressReported", "buyer", "under-way"),
        ("CompletionClaimed", "buyer", "claimed"),
        ("CompletionDisputed", "union", "contested"),
        ("CommitmentReopened", "buyer", "reopened"),
        ("CompletionVerified", "union", "verified"),
    ]
    for event, by, state in steps:
        log.say(event, "factory:f", by=by, refs=[("on", commitment)], at="2020-02-10")
        assert item(log, commitment).state == state
    found = item(log, commitment)
    assert [(step.state, step.claimants[0]) for step in found.steps] == [
        (state, by) for _, by, state in steps
    ]
    assert (found.open, found.behind) == (False, False)
