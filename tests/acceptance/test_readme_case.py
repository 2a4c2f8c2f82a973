"""A case that is not the demo's, entered as a user does it: keys, drafts, sign, cosign, submit, read."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.acceptance.conftest import Ran, evidence, served

pytestmark = pytest.mark.xdist_group("acceptance")

DRAFTS = Path(__file__).parent / "river-mill"
PARTIES = ("harbour-watch", "textile-union", "river-mill-company", "certmark")
HOURS = "working-time/weekly-hours"


@dataclass(frozen=True)
class Desk:
    """A user's folder with drafts and keys, the ledger's trust file, and the address it serves at."""

    folder: Path
    trust: Path
    url: str
    registrar: Path

    def run(self, *arguments: object) -> Ran:
        ran = evidence(*arguments, cwd=self.folder)
        assert ran.code == 0, ran.err
        return ran

    def sign(self, draft: str, *parties: str) -> None:
        keys = [part for party in parties for part in ("--key", self.key(party))]
        self.run("sign", draft, *keys, "--trust", self.trust, "--url", self.url)

    def key(self, party: str) -> Path:
        return self.registrar if party == "registrar" else self.folder / f"{party}.key"

    def submit(self, *labels: str) -> None:
        files = [f"{label}.signed.json" for label in labels]
        self.run("submit", *files, "--trust", self.trust, "--url", self.url)

    def ask(self, *arguments: object) -> Any:
        return evidence(*arguments, "--url", self.url, "--json").json()


@pytest.fixture(scope="module")
def desk(short_folder: Path) -> Iterator[Desk]:
    data, folder = short_folder / "river", short_folder / "desk"
    shutil.copytree(DRAFTS, folder)
    opened = ["--clock", "demo", "--opened", "2024-01-01T00:00:00Z"]
    made = evidence("init", "--data", data, "--origin", "ledger.test/2024", *opened, "--no-passphrase")
    assert made.code == 0, made.err
    with served(data) as url:
        desk = Desk(folder, data / "trust.json", url, data / "keys" / "registrar.key")
        enter(desk)
        yield desk


def enter(desk: Desk) -> None:
    """The whole case, by its parties, in the order in which it happened."""
    for party in PARTIES:
        desk.run("key", "new", f"{party}.key", "--party", party, "--no-passphrase")
    desk.sign("01-parties.yaml", "registrar", "harbour-watch", "textile-union", "river-mill-company")
    desk.submit("harbour-watch", "textile-union", "river-mill-company", "certmark", "river-mill")
    desk.sign("02-investigation.yaml", "harbour-watch")
    desk.sign("03-allegation.yaml", "harbour-watch")
    desk.run("cosign", "allegation.signed.json", "--key", desk.key("textile-union"))
    desk.sign("04-audit.yaml", "harbour-watch")
    desk.sign("05-observation.yaml", "harbour-watch")
    desk.submit("finding", "records", "audit", "audit-report", "allegation", "undercover", "interviews")
    desk.sign("06-factory-response.yaml", "river-mill-company")
    desk.sign("07-question.yaml", "harbour-watch")
    desk.submit("factory-response", "question")
    desk.sign("08-adoption.yaml", "registrar", "certmark")
    desk.submit("certmark-registered", "adoption")
    desk.sign("09-withdrawal.yaml", "textile-union")
    desk.submit("withdrawal")


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
    ran = desk.run("submit", "question.signed.json", "--trust", desk.trust, "--url", desk.url, "--json")
    (result,) = ran.json()
    assert result["duplicate"]
    assert len(timeline(desk, "2030-01-01")) == 12


def test_a_refusal_is_one_line_with_a_code_and_a_way_out(desk: Desk) -> None:
    ran = evidence(
        "sign",
        "09-withdrawal.yaml",
        "--key",
        desk.key("harbour-watch"),
        "--trust",
        desk.trust,
        cwd=desk.folder,
    )
    assert ran.code != 0
    assert ran.err.startswith("evidence: ")
    assert len(ran.err.splitlines()) == 1
    assert "Traceback" not in ran.err
