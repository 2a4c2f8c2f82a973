"""Parties as pages: who they are, their keys, what they said, and what they were asked and answered."""

from __future__ import annotations

from typing import Any

import pytest

from ledger.core.statement import Recorded
from ledger.core.vocabulary import label
from tests.integration.api.conftest import Poster

from .conftest import Read, page
from .test_bounded_queries import MOST, counted
from .test_statement_page import of, reported


def ask(case: Poster, **claim: Any) -> Recorded:
    """The NGO asks the certifier."""
    return case.log.say(
        "QuestionAsked",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "topic": "selection"} | claim,
    )


def party(case: Poster, slug: str, **parameters: Any) -> Read:
    return page(case, f"/en/parties/{slug}", **parameters)


def test_the_list_tells_who_is_registered_and_who_is_only_named(case: Poster) -> None:
    case.log.list_party("mill-owner")
    case.log.list_party("somebody", by="ngo")
    shown = page(case, "/en/parties")
    assert "/en/parties/ngo" in shown.links
    assert "mill-owner Listed: only named here" in shown.text
    assert "somebody Proposed" in shown.text
    assert "ngo Registered" in shown.text
    assert "No party is in this ledger at that moment." in page(case, "/en/parties", as_of="2020-01").text


def test_a_registered_party_shows_how_its_identity_was_checked(case: Poster) -> None:
    shown = party(case, "ngo")
    assert "Registered" in shown.text
    assert f"checked: {label('identity-checks', 'demo')}" in shown.text
    assert case.log.keys["ngo"].id[:16] in shown.text
    case.log.list_party("mill-owner")
    assert "It has no key here, so it has signed nothing in this ledger." in party(case, "mill-owner").text


def test_a_revoked_key_stays_in_the_history(case: Poster) -> None:
    claim = {"keyId": case.log.keys["ngo"].id, "compromisedSince": of(case, "AllegationMade").index}
    revoked = case.log.say("KeyRevoked", "registrar", about=["party:ngo"], claim=claim)
    shown = party(case, "ngo")
    assert f"Revoked by entry {revoked.index}" in shown.text
    assert f"others may have used it since entry {claim['compromisedSince']}" in shown.text
    assert "Revoked by" not in party(case, "ngo", as_of=revoked.index).text


def test_its_own_words_and_those_that_others_report_are_two_lists(case: Poster) -> None:
    statement = reported(case)
    certifier = party(case, "certifier", list="attributed")
    assert f"/en/statements/{statement.statement.id}" in certifier.links
    assert "not signed by certifier" in certifier.text
    own = party(case, "certifier", list="signed")
    assert f"/en/statements/{statement.statement.id}" not in own.links
    assert f"/en/statements/{of(case, 'AuditDescribed').statement.id}" in own.links
    hand = party(case, "ngo", list="captured")
    assert f"/en/statements/{statement.statement.id}" in hand.links
    assert f"/en/statements/{statement.statement.id}" not in party(case, "ngo", list="signed").links


def test_adopted_words_say_so(case: Poster) -> None:
    statement = reported(case)
    case.log.say("ResponseGiven", "certifier", refs=[("adopts", statement)])
    assert "since adopted by certifier" in party(case, "certifier", list="attributed").text


def test_no_outcome_stands_on_a_partys_page_without_its_method(case: Poster) -> None:
    shown = party(case, "certifier")
    reached = "Methods Not disclosed Notice Not disclosed Competence Not disclosed"
    assert f"Outcome Not evidenced {reached}" in shown.text
    assert shown.text.count("Not evidenced") == 1


def test_one_more_than_a_list_shows_is_shown_too(case: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.party_queries.FEW", 1)
    ask(case)
    assert "/en/parties/certifier?list=asked" not in party(case, "certifier").links
    ask(case)
    assert "/en/parties/certifier?list=asked" in party(case, "certifier").links


def test_the_list_of_parties_says_its_order(case: Poster) -> None:
    shown = page(case, "/en/parties").text
    assert "In the order of their short names" in shown
    assert shown.index("certifier certifier Registered") < shown.index("ngo ngo Registered")


def test_requests_stand_with_their_outcome_and_silence_is_worded_as_this_ledgers(case: Poster) -> None:
    shown = party(case, "certifier")
    assert f"/en/statements/{of(case, 'QuestionAsked').statement.id}" in shown.links
    assert "No answer in this ledger: 1" in shown.text
    assert "It has answered none of these in this ledger. It may have answered elsewhere." in shown.text


def test_a_demand_stands_with_its_number_its_issue_its_words_and_its_remedy(case: Poster) -> None:
    case.log.say(
        "DemandMade",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "number": 5, "issue": ["osh/ppe"], "remedy": ["training"]},
        hidden={"text": {"lang": "en", "text": "Give out gloves."}},
    )
    shown = party(case, "certifier")
    told = shown.text.partition("Demand 5 · ")[2]
    assert told.startswith(label("issues", "osh/ppe"))
    assert "Text Give out gloves. Remedy Training ngo" in told


def test_an_answer_of_the_same_day_took_no_days(case: Poster) -> None:
    case.log.say("ResponseGiven", "certifier", refs=[("answers", ask(case))])
    shown = party(case, "certifier", list="asked")
    assert "Answered: 1" in shown.text
    assert "that took 0 days in the middle" in shown.text


def test_a_reported_answer_counts_by_when_it_was_said(case: Poster) -> None:
    asked = ask(case)
    document = case.log.document("ngo", about=["factory:toys"])
    case.log.say(
        "ResponseGiven",
        "ngo",
        claimants=["certifier"],
        attribution={"form": "quote"},
        said="2026-01",
        refs=[("refuses", asked), ("statedIn", document)],
    )
    shown = party(case, "certifier", list="asked")
    assert "Refused to answer (reported by ngo, not signed)" in shown.text
    assert "0 to 26" in shown.text


def test_an_addressee_whom_an_amendment_left_out_is_asked_no_more(case: Poster) -> None:
    asked = of(case, "QuestionAsked")
    case.log.say(
        "StatementCorrected",
        "ngo",
        about=["party:operator"],
        claim={"set": {"addressees": ["operator"]}},
        refs=[("amends", asked)],
    )
    assert f"/en/statements/{asked.statement.id}" not in party(case, "certifier", list="asked").links


def test_a_long_list_is_shown_in_pages_the_newest_first(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("projections.party_queries.FEW", 1)
    monkeypatch.setattr("projections.party_queries.MANY", 2)
    asked = [of(case, "QuestionAsked"), *(ask(case) for _ in range(4))]
    few = party(case, "certifier")
    assert "/en/parties/certifier?list=asked" in few.links
    seen: list[int] = []
    path: str | None = "/en/parties/certifier?list=asked"
    while path is not None:
        shown = page(case, path)
        on_page = [one for one in asked if f"/en/statements/{one.statement.id}" in shown.links]
        assert len(on_page) <= 2
        seen += sorted((one.index for one in on_page), reverse=True)
        path = next((str(one["href"]) for one in shown.all("a") if one.get("rel") == "next"), None)
    assert seen == sorted((one.index for one in asked), reverse=True)


def test_an_older_name_leads_to_what_it_became(case: Poster) -> None:
    old = case.log.register("old-certifier", roles=("certifier",))
    case.log.say(
        "PartyMerged",
        ["registrar", "old-certifier", "certifier"],
        about=["party:old-certifier", "party:certifier"],
        refs=[("supersedes", old)],
    )
    shown = party(case, "old-certifier")
    assert "old-certifier is an older name of it." in shown.text
    assert "Earlier name" in shown.text
    keys = {slug: one.id[:16] for slug, one in case.log.keys.items()}
    assert f"{keys['old-certifier']}… (Earlier name: old-certifier)" in shown.text
    assert f"{keys['certifier']}… Root" in shown.text


def test_a_party_that_is_not_there_or_a_list_that_is_none_is_told(case: Poster) -> None:
    page(case, "/en/parties/nobody", 404)
    page(case, "/en/parties/ngo", 400, list="friends")
    page(case, "/en/parties/ngo", 400, list="signed", after="x")


def test_a_partys_page_costs_the_same_few_queries_however_long_its_record(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost(path: str) -> int:
        page(case, path)
        with counted(monkeypatch) as sent:
            page(case, path)
        return len(sent)

    def grow(rounds: int) -> None:
        for _ in range(rounds):
            asked = ask(case)
            case.log.say("ResponseGiven", "certifier", refs=[("answers", asked)])
            reported(case)

    paths = ["/en/parties/certifier", "/en/parties/ngo", "/en/parties/certifier?list=asked"]
    monkeypatch.setattr("projections.party_queries.FEW", 5)
    grow(10)  # more than a list shows
    few = [cost(path) for path in paths]
    grow(20)
    assert [cost(path) for path in paths] == few
    assert max(few) <= MOST
