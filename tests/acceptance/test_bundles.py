"""Everything about a factory of the 2019 case in one file, and what a stranger makes of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from ledger.core.report import Report
from ledger.verifier.files import read_trust, verify_file
from tests.acceptance.conftest import ROOT, Demo, evidence

pytestmark = pytest.mark.xdist_group("acceptance")

FOSHAN = "factory:foshan-nanhai-mattel"


def verify(demo: Demo, file: Path) -> Report:
    """What `evidence verify` says, without starting a process for each file."""
    return verify_file(file, read_trust(demo.data / "trust.json"))


def grades(report: Report) -> dict[str, str]:
    return {step.name: step.grade for step in report}


@pytest.fixture(scope="module")
def bundle(demo: Demo, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("bundles") / "foshan.jsonl"
    assert demo.run("bundle", FOSHAN, "-o", file).code == 0
    return file


def test_a_stranger_with_the_trust_file_finds_everything_held(demo: Demo, bundle: Path) -> None:
    ran = evidence("verify", bundle, "--trust", demo.data / "trust.json", "--json")
    assert ran.code == 0, ran.err
    found = {step["name"]: step["grade"] for step in json.loads(ran.out)["steps"]}
    assert found["completeness"] == found["signatures"] == found["inclusion"] == "held"
    assert set(found.values()) <= {"held", "unchecked"}


def test_without_a_trust_file_it_is_nobodys_word(bundle: Path) -> None:
    assert verify_file(bundle, None).exit_code == 3


def test_asked_again_it_is_the_same_file(demo: Demo, bundle: Path, tmp_path: Path) -> None:
    again = tmp_path / "again.jsonl"
    assert demo.run("bundle", FOSHAN.partition(":")[2], "-o", again).code == 0
    assert again.read_bytes() == bundle.read_bytes()


def test_with_documents_it_is_a_zip_whose_documents_match(demo: Demo, bundle: Path, tmp_path: Path) -> None:
    file = tmp_path / "foshan.zip"
    assert demo.run("bundle", FOSHAN, "--documents", "-o", file).code == 0
    with zipfile.ZipFile(file) as folder:
        assert folder.read("bundle.jsonl") == bundle.read_bytes()
        assert any(name.startswith("documents/") for name in folder.namelist())
    report = verify(demo, file)
    assert (report.exit_code, grades(report)["documents"]) == (0, "held")


@pytest.mark.parametrize("name", ["party:ietp", "everfront"])
def test_other_names_have_theirs(demo: Demo, tmp_path: Path, name: str) -> None:
    file = tmp_path / "other.jsonl"
    assert demo.run("bundle", name, "-o", file).code == 0
    report = verify(demo, file)
    assert (report.exit_code, grades(report)["completeness"]) == (0, "held")


def test_a_statement_has_its_own(demo: Demo, tmp_path: Path) -> None:
    own = demo.shown["timeline"]["items"][-1]["id"]
    file = tmp_path / "statement.jsonl"
    assert demo.run("bundle", own, "-o", file).code == 0
    assert verify(demo, file).exit_code == 0


def test_a_dossier_holds_the_same_bundle(demo: Demo, bundle: Path, tmp_path: Path) -> None:
    page = tmp_path / "foshan.html"
    assert demo.run("dossier", FOSHAN, "-o", page).code == 0
    text = page.read_text()
    assert "no organisation" in text or "signed nothing here" in text
    assert "http:" not in text.partition("<style>")[0]
    *own, printed = verify(demo, page)
    assert own == list(verify(demo, bundle))
    assert (printed.name, printed.grade) == ("page text", "unchecked")


def test_a_page_that_prints_something_else_is_found_out(demo: Demo, tmp_path: Path) -> None:
    page, trust = tmp_path / "foshan.html", demo.data / "trust.json"
    assert demo.run("dossier", FOSHAN, "-o", page).code == 0
    honest = page.read_text()
    said = {
        "held": honest,
        "failed": re.sub('(<article .*?<dd dir="auto">)[^<]*', r"\1Child labour", honest, count=1),
        # Whatever computes the page is not what it is here.
        "unchecked": honest.replace("<style>", "<style>/* earlier */"),
    }
    for grade, text in said.items():
        page.write_text(text)
        ran = evidence("verify", page, "--trust", trust, "--json")
        assert {one["name"]: one["grade"] for one in json.loads(ran.out)["steps"]}["page text"] == grade
        assert ran.code == (1 if grade == "failed" else 0)


def test_programs_are_told_what_was_written(demo: Demo, tmp_path: Path) -> None:
    bundled, page = tmp_path / "foshan.jsonl", tmp_path / "foshan.html"
    told = demo.ask("bundle", FOSHAN, "-o", bundled)
    assert told == {"file": str(bundled), "bytes": bundled.stat().st_size}
    told = demo.ask("dossier", FOSHAN, "-o", page)
    entries = sum(b'"entry"' in line for line in bundled.read_bytes().splitlines())
    assert told == {"file": str(page), "bytes": page.stat().st_size, "entries": entries}


def test_names_that_are_not_there_are_told_in_one_line(demo: Demo, tmp_path: Path) -> None:
    file = tmp_path / "nothing.jsonl"
    for name, code in (("factory:nowhere", 1), ("ledger:main", 2)):
        ran = demo.run("bundle", name, "-o", file)
        assert ran.code == code
        assert len(ran.err.splitlines()) == 1
    assert list(tmp_path.iterdir()) == []


def test_the_command_says_how_to_check_what_it_wrote_and_what_would_let_more_be_checked(
    demo: Demo, tmp_path: Path
) -> None:
    file = tmp_path / "foshan.jsonl"
    trust = demo.data / "trust.json"
    said = evidence("bundle", FOSHAN, "-o", file, "--data", demo.data, columns=400).out
    assert f"check it with `evidence verify {file} --trust {trust}`" in " ".join(said.split())
    said = " ".join(demo.run("bundle", FOSHAN, "-o", file).out.split())
    assert "--trust trust.json`" in said
    assert f"{demo.url}/verify/trust.json" in said
    shown = evidence("verify", file, "--trust", trust).out
    assert "`evidence bundle NAME --documents` makes a zip" in " ".join(shown.split())


def test_both_programs_ask_the_same_questions_and_see_the_same(demo: Demo, bundle: Path) -> None:
    trust = demo.data / "trust.json"
    other = [sys.executable, "-m", "ledger.verifier.command", str(bundle), "--trust", str(trust)]
    standalone = subprocess.run(other, capture_output=True, text=True, check=True, cwd=ROOT).stdout
    ours = evidence("verify", bundle, "--trust", trust, columns=120).out
    assert ours.split() == standalone.split()[1:], "but for the file's name"
