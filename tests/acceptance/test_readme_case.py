"""A case that is not the demo's, entered by the README's own commands: keys, drafts, sign, cosign, submit."""

from __future__ import annotations

import re
from typing import Any

import pytest

from tests.acceptance.conftest import Desk, evidence

pytestmark = pytest.mark.xdist_group("acceptance")

HOURS = "working-time/weekly-hours"


def timeline(desk: Desk, day: str) -> list[str]:
    return [item["event"] for item in desk.ask("timeline", "river-mill", "--as-of", day)["items"]]


def test_the_timeline_grows_by_each_statement_on_its_day(desk: Desk) -> None:
    days = [
        ("2024-01-09", "2024-01-10", ["FactoryRegistered"]),
        ("2024-01-31", "2024-02-01", ["UndercoverInvestigationDescribed", "AllegationMade"]),
        (
            "2024-02-29",
            "2024-03-01",
            ["DocumentCaptured", "AuditDescribed", "DeterminationIssued", "ObservationMade"],
        ),
        ("2024-03-09", "2024-03-10", ["ObservationMade"]),
        ("2024-03-19", "2024-03-20", ["ResponseGiven"]),
        ("2024-03-31", "2024-04-01", ["QuestionAsked"]),
        ("2024-05-14", "2024-05-15", ["ResponseGiven"]),
        ("2024-05-31", "2024-06-01", ["StatementWithdrawn"]),
    ]
    seen: list[str] = []
    for before, after, new in days[1:]:
        assert timeline(desk, before) == ["FactoryRegistered", *seen]
        seen += sorted(new, key=new.index)
        assert sorted(timeline(desk, after)) == sorted(["FactoryRegistered", *seen])
        seen = timeline(desk, after)[1:]


def hours(desk: Desk, day: str) -> dict[str, Any]:
    matrix = desk.ask("matrix", "factory:river-mill", "--as-of", day)
    (found,) = [each for each in matrix["rows"] if each["issue"] == HOURS]
    return found  # type: ignore[no-any-return]


def test_the_matrix_keeps_both_observations_and_computes_their_conflict_from_the_day_of_the_second(
    desk: Desk,
) -> None:
    before, after = hours(desk, "2024-03-09"), hours(desk, "2024-03-10")
    assert [cell["method"] for cell in before["observations"]] == ["records-review"]
    assert not before["conflicts"]
    assert {cell["method"] for cell in after["observations"]} == {"records-review", "offsite-interview"}
    assert len(after["conflicts"]) == 1


def test_an_attributed_finding_is_its_authors_own_from_the_day_it_adopts_it(desk: Desk) -> None:
    for day, standing in (("2024-05-14", "attributed"), ("2024-05-15", "adopted")):
        (finding,) = hours(desk, day)["determinations"]
        assert [voice["standing"] for voice in finding["provenance"]["saidBy"]] == [standing]
        assert finding["provenance"]["signedBy"] == ["harbour-watch"]
        assert finding["profile"]["notice"]["value"] == "announced"
        assert finding["profile"]["competence"]["value"] == "not-disclosed"


def test_the_factorys_own_reply_stands_beside_the_allegation_from_its_day(desk: Desk) -> None:
    for day, replies in (("2024-03-19", []), ("2024-03-20", ["disputes"])):
        (allegation,) = hours(desk, day)["allegations"]
        assert [reply["rel"] for reply in allegation["replies"]] == replies


def test_a_withdrawal_binds_only_the_issuer_who_signed_it(desk: Desk) -> None:
    for day, words in (("2024-05-31", None), ("2024-06-01", "withdrawn by 1 of 2")):
        (allegation,) = hours(desk, day)["allegations"]
        assert allegation["withdrawn"] == words


def test_the_question_is_open_from_its_day_and_overdue_after_its_due_date(desk: Desk) -> None:
    assert not desk.ask("open", "--as-of", "2024-03-31")["requests"]["items"]
    for day, overdue in (("2024-04-01", False), ("2024-04-30", False), ("2024-05-01", True)):
        (question,) = desk.ask("open", "--as-of", day)["requests"]["items"]
        assert question["event"] == "QuestionAsked"
        assert [one["overdue"] for one in question["addressees"]] == [overdue]
        assert (question["overdueDays"] > 0) == overdue
    shown = evidence("open", "--as-of", "2024-05-03", "--url", desk.url).out
    assert re.search(r"due 2024-04-30, 3 days overdue", shown)


def test_every_receipt_was_verified_and_kept_beside_the_files(desk: Desk) -> None:
    receipts = desk.folder / "receipts"
    entries = sorted(receipts.glob("*.entry"), key=lambda path: int(path.stem))
    assert len(entries) == 17
    ran = evidence("verify", entries[-1], "--trust", desk.trust)
    assert ran.code == 0, ran.out


def test_submitting_again_returns_the_first_receipt(desk: Desk) -> None:
    again = ("submit", "question.signed.json", "--trust", desk.trust, "--url", desk.url, "--json")
    ran = evidence(*again, cwd=desk.folder)
    (result,) = ran.json()
    assert result["duplicate"]
    assert len(timeline(desk, "2030-01-01")) == 12


def test_a_refusal_is_one_line_with_a_code_and_a_way_out(desk: Desk) -> None:
    ran = evidence(
        "sign",
        "09-withdrawal.yaml",
        "--key",
        "harbour-watch.key",
        "--trust",
        desk.trust,
        cwd=desk.folder,
    )
    assert ran.code != 0
    assert ran.err.startswith("evidence: ")
    assert len(ran.err.splitlines()) == 1
    assert "Traceback" not in ran.err


def test_the_reader_is_shown_what_stays_public_and_what_can_be_erased(desk: Desk) -> None:
    assert "public for ever, in every copy of the log" in desk.said
    assert "can be erased later" in desk.said
    assert "This version of the ledger does not erase yet." in desk.said


def test_a_case_of_ones_own_with_a_demo_clock_is_not_told_that_its_parties_signed_nothing(desk: Desk) -> None:
    assert "demo clock: times are those of the statements" in " ".join(desk.said.split())
    assert "signed nothing" not in desk.said
    assert "Statements are signed by their authors." in " ".join(desk.said.split())
