"""Investigations as pages: how each was done, what is disclosed of that, and what was found within it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from ledger.core.statement import Recorded
from tests.integration.api.conftest import Poster

from .conftest import Read, page
from .test_bounded_queries import MOST, counted
from .test_statement_page import of


def show(case: Poster, investigation: Recorded, **parameters: Any) -> Read:
    return page(case, f"/en/investigations/{investigation.statement.id}", **parameters)


def point(shown: Read, topic: str) -> str:
    """The text of one line of the checklist."""
    found = re.search(rf'<tr id="{topic}">(.*?)</tr>', shown.html, re.S)
    assert found, f"there is no line {topic}"
    return " ".join(re.sub(r"<[^>]+>", " ", found[1]).split())


def described(case: Poster, by: str, **claim: Any) -> Recorded:
    """The audit as `by` describes it."""
    return case.log.investigation(
        by, ["factory:toys"], ["certifier"], claim=claim, refs=[("sameAs", of(case, "AuditDescribed"))]
    )


def ask(case: Poster, topic: str) -> Recorded:
    return case.log.say(
        "QuestionAsked",
        "ngo",
        about=["factory:toys"],
        claim={"addressees": ["certifier"], "topic": topic},
        refs=[("about", of(case, "AuditDescribed"))],
    )


def test_the_list_names_every_description_with_whose_word_it_is(case: Poster) -> None:
    shown = page(case, "/en/investigations")
    assert f"/en/investigations/{of(case, 'AuditDescribed').statement.id}" in shown.links
    assert "certifier says, signed" in shown.text
    assert "Nobody states when" in shown.text
    before = of(case, "AuditDescribed").index
    earlier = page(case, "/en/investigations", as_of=before)
    assert "No investigation is described in this ledger at that moment." in earlier.text


def test_an_investigation_is_found_by_the_number_of_its_entry(case: Poster) -> None:
    described = of(case, "AuditDescribed")
    sent = case.client.get(f"/en/investigations/{described.index}?as_of=50", follow_redirects=False)
    assert sent.status_code == 307
    assert sent.headers["location"] == f"/en/investigations/{described.statement.id}?as_of=50"


def test_a_point_that_was_asked_about_says_that_no_answer_is_in_this_ledger(case: Poster) -> None:
    shown = show(case, of(case, "AuditDescribed"))
    assert "Asked, no answer in this ledger" in point(shown, "notice")
    assert f"/en/statements/{of(case, 'QuestionAsked').statement.id}" in shown.links


def test_a_point_that_nobody_told_or_asked_about_says_so(case: Poster) -> None:
    assert "Nobody has told or asked" in point(show(case, of(case, "AuditDescribed")), "payer")


def test_what_its_conductor_tells_fills_a_point_with_the_statement_that_tells_it(case: Poster) -> None:
    told = described(case, "certifier", notice="announced", competence="not-disclosed")
    shown = show(case, of(case, "AuditDescribed"))
    notice = point(shown, "notice")
    assert notice.startswith("Notice Disclosed Asked, no answer in this ledger Announced (signed) certifier")
    assert f"/en/statements/{told.statement.id}" in shown.links
    assert "Said to be not disclosed" in point(shown, "competence")


def test_what_others_tell_stands_beside_a_point_under_their_name(case: Poster) -> None:
    described(case, "ngo", days="2")
    days = point(show(case, of(case, "AuditDescribed")), "days")
    assert "Told by others only" in days
    assert "ngo: 2" in days


@pytest.mark.parametrize(
    ("rel", "words", "outcome"),
    [
        ("answers", "Disclosed", "answered"),
        ("partlyAnswers", "Asked, and partly answered", "partly answered"),
        ("refuses", "Asked, and refused", "refused to answer"),
    ],
)
def test_a_reply_to_a_question_moves_its_point(case: Poster, rel: str, words: str, outcome: str) -> None:
    asked = ask(case, "selection")
    case.log.say("ResponseGiven", "certifier", refs=[(rel, asked)])
    selection = point(show(case, of(case, "AuditDescribed")), "selection")
    assert words in selection
    assert outcome in selection


def test_an_answer_that_is_only_reported_says_so(case: Poster) -> None:
    asked = ask(case, "selection")
    document = case.log.document("ngo", about=["factory:toys"])
    case.log.say(
        "ResponseGiven",
        "ngo",
        claimants=["certifier"],
        attribution={"form": "quote"},
        refs=[("refuses", asked), ("statedIn", document)],
    )
    selection = point(show(case, of(case, "AuditDescribed")), "selection")
    assert "refused to answer (reported by ngo, not signed)" in selection


def test_what_was_found_within_it_stands_below_its_checklist(case: Poster) -> None:
    shown = show(case, of(case, "AuditDescribed"))
    assert f"/en/statements/{of(case, 'DeterminationIssued').statement.id}" in shown.links
    assert "Not evidenced" in shown.text
    assert "Reached as the checklist above tells." in shown.text
    observed = case.log.say(
        "ObservationMade",
        "certifier",
        about=["factory:toys"],
        claim={"issue": "osh/ppe", "method": "records-review", "result": "present"},
        refs=[("within", described(case, "certifier"))],
    )
    shown = show(case, of(case, "AuditDescribed"))
    assert f"/en/statements/{observed.statement.id}" in shown.links


def test_what_only_speaks_of_it_was_not_found_within_it(case: Poster) -> None:
    own = case.log.investigation("ngo", ["factory:toys"], ["ngo"])
    found = case.log.say(
        "OverallDetermined",
        "ngo",
        about=["factory:toys"],
        claim={"outcome": "conforms"},
        refs=[("basedOn", of(case, "AuditDescribed")), ("within", own)],
    )
    assert f"/en/statements/{found.statement.id}" not in show(case, of(case, "AuditDescribed")).links
    assert f"/en/statements/{found.statement.id}" in show(case, own).links


def test_another_description_of_the_same_investigation_is_named(case: Poster) -> None:
    other = described(case, "ngo")
    shown = show(case, of(case, "AuditDescribed"))
    assert "Other descriptions of it" in shown.text
    assert f"/en/investigations/{other.statement.id}" in shown.links
    assert f"/en/investigations/{of(case, 'AuditDescribed').statement.id}" in show(case, other).links


def test_findings_come_in_pages(case: Poster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("projections.investigation_queries.WITHIN", 2)
    for _ in range(3):
        case.log.say(
            "OverallDetermined",
            "certifier",
            about=["factory:toys"],
            claim={"outcome": "conforms"},
            refs=[("within", of(case, "AuditDescribed"))],
        )
    wanted = {one.statement.id for one in case.log.recorded if one.statement.kind == "determination"}
    seen: set[str] = set()
    path: str | None = f"/en/investigations/{of(case, 'AuditDescribed').statement.id}"
    while path is not None:
        shown = page(case, path)
        on_page = {one for one in wanted if f"/en/statements/{one}" in shown.links}
        assert len(on_page) <= 2
        seen |= on_page
        path = next((str(one["href"]) for one in shown.all("a") if one.get("rel") == "next"), None)
    assert seen == wanted


def test_what_is_no_investigation_has_no_such_page(case: Poster) -> None:
    page(case, f"/en/investigations/{of(case, 'AllegationMade').statement.id}", 404)


def test_the_page_costs_the_same_few_queries_however_much_was_found_and_asked(
    case: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cost() -> int:
        show(case, of(case, "AuditDescribed"))
        with counted(monkeypatch) as sent:
            show(case, of(case, "AuditDescribed"))
        return len(sent)

    def grow(rounds: int) -> None:
        for _ in range(rounds):
            asked = ask(case, "notice")
            case.log.say("ResponseGiven", "certifier", refs=[("answers", asked)])
            described(case, "ngo", days="2")
            case.log.say(
                "OverallDetermined",
                "certifier",
                about=["factory:toys"],
                claim={"outcome": "conforms"},
                refs=[("within", of(case, "AuditDescribed"))],
            )

    grow(2)
    few = cost()
    grow(10)
    assert cost() == few
    assert few <= MOST
