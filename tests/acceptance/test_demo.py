"""The demo shows the 2019 exchange: acceptance (a) to (f) of the domain, and its facts are data alone."""

from __future__ import annotations

import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from api.client.http import Client
from api.demo.case import packaged_case
from tests.acceptance.conftest import ROOT, Demo, evidence

pytestmark = pytest.mark.xdist_group("acceptance")

FOSHAN = "factory:foshan-nanhai-mattel"


def row(matrix: dict[str, Any], issue: str) -> dict[str, Any]:
    (found,) = [each for each in matrix["rows"] if each["issue"] == issue]
    return found


def test_the_training_row_shows_two_conflicting_observations_with_their_methods_beside_the_law(
    demo: Demo,
) -> None:
    # (a)
    training = row(demo.shown["matrix"], "osh/pre-job-training")
    shown = {cell["method"]: cell for cell in training["observations"]}
    assert shown.keys() == {"records-review", "worker-interview"}
    assert shown["records-review"]["quantity"] == {"value": "3", "unit": "d"}
    assert shown["worker-interview"]["quantity"] == {"low": "4", "high": "8", "unit": "h"}
    assert (shown["worker-interview"]["sample"]["n"], shown["worker-interview"]["percent"]) == (
        "unknown",
        "90",
    )
    (conflict,) = training["conflicts"]
    assert set(conflict["between"]) == {cell["id"] for cell in shown.values()}
    assert conflict["certainty"] == "possible"
    assert {"value": "24", "unit": "h"} in [each["content"].get("quantity") for each in training["criteria"]]


def test_the_negative_finding_stands_beside_the_open_question_on_the_teams_training(demo: Demo) -> None:
    # (b)
    harassment = row(demo.shown["matrix"], "harassment-gbv")
    (finding,) = harassment["determinations"]
    assert finding["outcome"] == "not-evidenced"
    assert finding["profile"]["gbvTraining"]["value"] == "not-disclosed"
    (question,) = finding["profile"]["gbvTraining"]["asked"]
    assert question["outcome"] not in ("answered", "partly")
    assert finding["note"].startswith("Hard to detect")


def test_the_hours_are_compared_with_both_baselines_and_the_formula(demo: Demo) -> None:
    # (c)
    with Client(demo.url) as client:
        answer = client.get("/v1/criteria")
    readings = [reading for item in answer["items"] for reading in item["readings"]]
    assert {(each["baseline"], each["overtimeAWeek"], each["allowsAMonth"]) for each in readings} >= {
        ("40", "32", "139"),
        ("44", "28", "121"),
    }
    assert all("52" in each["formula"] and "12" in each["formula"] for each in readings)


def open_items(demo: Demo, as_of: str | None = None) -> dict[str, Any]:
    moment = ["--as-of", as_of] if as_of else []
    return demo.ask("open", "--all", *moment)


def test_there_are_five_demands_one_amended_by_append_and_two_added(demo: Demo) -> None:
    # (d)
    demands = [item for item in open_items(demo)["requests"]["items"] if item["event"] == "DemandMade"]
    numbered = {item["content"]["number"]: item for item in demands if "number" in item["content"]}
    assert sorted(numbered) == [1, 2, 3, 4, 5]
    assert len(demands) == 7
    assert [number for number, item in numbered.items() if item["amendments"]] == [3]
    assert "harassment-gbv" in numbered[3]["asAmended"]["issue"]
    assert numbered[3]["content"]["issue"] == ["osh"], "what was said first stays as it was"


def test_ten_questions_and_five_disclosure_requests_are_unanswered(demo: Demo) -> None:
    # (e)
    items = open_items(demo)["requests"]["items"]
    for event, count in (("QuestionAsked", 10), ("DisclosureRequested", 5)):
        asked = [item for item in items if item["event"] == event]
        assert len(asked) == count
        assert all(item["open"] for item in asked)
        assert {one["outcome"] for item in asked for one in item["addressees"]}.isdisjoint(
            {"answered", "partly"}
        )


def test_as_of_the_day_before_the_letter_it_and_all_that_hangs_on_it_is_absent(demo: Demo) -> None:
    # (f)
    line = demo.ask("timeline", FOSHAN, "--as-of", "2020-02-06")
    assert max(item["recordedAt"][:10] for item in line["items"]) == "2020-02-04"
    assert "ResponseGiven" in {item["event"] for item in line["items"]}, "ActionAid's reply is there"
    assert not open_items(demo, "2020-02-06")["requests"]["items"]
    matrix = demo.ask("matrix", FOSHAN, "--as-of", "2020-02-06")
    assert all(not each["observations"] and not each["determinations"] for each in matrix["rows"])
    later = demo.ask("timeline", FOSHAN, "--as-of", "2020-02-07")
    assert len(later["items"]) > len(line["items"])


def test_the_receipt_is_verified_offline(demo: Demo) -> None:
    receipt = demo.shown["receipt"]
    assert receipt["verdict"] == "logged, unwitnessed"
    ran = evidence("verify", receipt["file"], "--trust", demo.data / "trust.json", "--json")
    grades = {step["name"]: step["grade"] for step in ran.json()["steps"]}
    assert len(grades) == 8
    assert grades.pop("witnesses") == "unchecked", "the demo asks for none"
    assert set(grades.values()) == {"held"}


def test_a_receipt_without_a_trust_root_never_ends_with_zero(demo: Demo) -> None:
    ran = evidence("verify", demo.shown["receipt"]["file"])
    assert ran.code == 3
    assert "trust root: unverified" in ran.out


def test_every_view_says_that_the_clock_is_a_demo_and_that_nobody_named_signed_here(demo: Demo) -> None:
    for command in (["timeline", FOSHAN], ["matrix", FOSHAN], ["open"], ["party"], ["factory"]):
        shown = demo.run(*command).out
        assert "demo clock" in shown, command
        words = " ".join(shown.split())
        assert words.count("No organisation named in it signed anything here") == 1, command
        assert words.count("A signature proves who signed a statement, not that it is true") == 1, command


def test_people_read_words_where_programs_read_codes(demo: Demo) -> None:
    shown = demo.run("timeline", FOSHAN).out + demo.run("matrix", FOSHAN).out
    words = " ".join(shown.split())
    assert "ActionAid France: responds to it" in words
    assert "notice not disclosed" in words
    for code in (
        "respondsTo",
        "partlyAccepts",
        "basedOn",
        "not-disclosed",
        "not-evidenced",
        "records-review",
    ):
        assert code not in words


@pytest.mark.parametrize("columns", [50, 80, 200])
def test_no_line_is_wider_than_the_terminal(demo: Demo, columns: int) -> None:
    for command in (["timeline", FOSHAN], ["matrix", FOSHAN], ["open"]):
        shown = demo.run(*command, columns=columns)
        assert shown.code == 0, shown.err
        assert max(map(len, shown.out.splitlines())) <= min(columns, 120)
        assert "\x1b" not in shown.out, "no colour when it is not a terminal"


def test_the_demo_may_be_shown_again_from_its_folder(demo: Demo) -> None:
    again = evidence("demo", "--no-serve", "--data", demo.data, "--json").json()
    assert again["timeline"] == demo.shown["timeline"]


def changed_case(folder: Path) -> Path:
    """A copy of the case with 90 % changed to 80 % and one factory's name changed."""
    shutil.copytree(packaged_case(), folder)
    changes = (
        ("90 %", "80 %"),
        ("share: 90", "share: 80"),
        ("Foshan Nanhai Mattel Precision Diecasting", "Shunde Toys"),
    )
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8")
        for before, after in changes:
            text = text.replace(before, after)
        path.write_text(text, encoding="utf-8")
    return folder


def test_the_program_holds_no_fact_of_the_case(short_folder: Path) -> None:
    case, data = changed_case(short_folder / "case"), short_folder / "changed"
    printed = evidence("demo", "--no-serve", "--data", data, "--case", case)
    assert printed.code == 0, printed.err
    listed = [
        evidence(*command, "--data", data).out for command in (["factory"], ["open"], ["timeline", FOSHAN])
    ]
    for shown in (printed.out, listed[2]):
        assert "80 %" in shown
        assert "90 %" not in shown
    for shown in (printed.out, listed[0], listed[2], evidence("matrix", FOSHAN, "--data", data).out):
        assert "Shunde Toys" in shown
    for shown in (printed.out, *listed):
        assert "Precision" not in shown
    training = row(evidence("matrix", FOSHAN, "--data", data, "--json").json(), "osh/pre-job-training")
    assert {cell["percent"] for cell in training["observations"]} == {None, "80"}


def test_the_demo_ends_with_where_its_keys_are_and_what_becomes_of_them(demo: Demo) -> None:
    kept = evidence("demo", "--no-serve", "--data", demo.data, columns=200).out.splitlines()[-2:]
    assert kept == [f"Keys of its parties: {demo.data}/keys", f"Trust file: {demo.data}/trust.json"]


def test_a_demo_in_a_folder_of_its_own_says_that_it_deletes_it_and_does() -> None:
    command = [sys.executable, "-c", "from api.cli import main; main()", "demo", "--port", "0"]
    environment = {"PATH": "/usr/bin:/bin", "COLUMNS": "200", "PYTHONPATH": str(ROOT)}
    said: list[str] = []
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as process:
        assert process.stdout is not None
        for line in process.stdout:
            said.append(line.rstrip("\n"))
            if line.startswith("Serving on"):
                process.send_signal(signal.SIGINT)
    folder = Path(said[-5].removeprefix("Keys of its parties: ")).parent
    assert said[-3] == "All of it is deleted at the end; `evidence demo --data DIR` keeps it in DIR."
    assert said[-1] == f"Deleting {folder} with all that was entered."
    assert process.returncode == 130
    assert not folder.exists()
