"""Bundles with one named defect each: the step named finds it, no other does, and without it nobody would."""

from __future__ import annotations

import json
from functools import cache

import pytest

from ledger.core.receipt import Trust, parse_trust
from ledger.core.report import FAILED, Report
from ledger.verifier.archive import open_archive
from ledger.verifier.bundle import CHECKS, verify_bundle
from ledger.verifier.files import verify_file
from tests.verifier.defects import CORPUS, cases, corpus_trust

LISTED = json.loads((CORPUS / "cases.json").read_text())
DEFECTS = [(one["file"], one["step"]) for one in LISTED if one["step"]]
SOUND = [one["file"] for one in LISTED if not one["step"]]
# Reading the file comes before every judgement: whoever leaves it out has nothing to judge.
REMOVABLE = [check.name for check in CHECKS if check.name != "file"]


@cache
def trust() -> Trust:
    return parse_trust((CORPUS / "trust.json").read_text())


@cache
def verified(file: str, left_out: str = "", trusted: bool = True) -> Report:
    """The report on a file of the corpus by a verifier that lacks a step."""
    data, documents = (CORPUS / file).read_bytes(), None
    if file.endswith(".zip"):
        data, documents = open_archive(data)
    checks = [check for check in CHECKS if check.name != left_out]
    return verify_bundle(data, trust() if trusted else None, documents, checks)


def failed(report: Report) -> list[str]:
    return [step.name for step in report if step.grade == FAILED]


def test_the_corpus_is_what_its_generator_makes() -> None:
    made = {case.file: case.data for case in cases()}
    stored = {path.name: path.read_bytes() for path in CORPUS.iterdir() if path.suffix != ".json"}
    assert made.keys() == stored.keys()
    assert [name for name, data in made.items() if stored[name] != data] == []
    assert corpus_trust() == trust()


def test_every_step_has_defects_of_its_own() -> None:
    assert {step for _file, step in DEFECTS} == set(REMOVABLE)


@pytest.mark.parametrize("file", SOUND)
def test_sound_bundles_hold(file: str) -> None:
    report = verified(file)
    assert (failed(report), report.exit_code) == ([], 0)


@pytest.mark.parametrize(("file", "step"), DEFECTS)
def test_exactly_one_step_finds_the_defect(file: str, step: str) -> None:
    report = verified(file)
    assert (failed(report), report.verdict, report.exit_code) == ([step], "failed", 1)


@pytest.mark.parametrize("left_out", REMOVABLE)
def test_without_a_step_exactly_its_own_defects_pass(left_out: str) -> None:
    passed = {file for file, _step in DEFECTS if verified(file, left_out).exit_code == 0}
    assert passed == {file for file, step in DEFECTS if step == left_out}


@pytest.mark.parametrize("file", SOUND)
def test_without_a_trust_file_no_bundle_is_good(file: str) -> None:
    report = verified(file, trusted=False)
    assert (report.verdict, report.exit_code) == ("trust root: unverified", 3)


@pytest.mark.parametrize(("file", "step"), DEFECTS)
def test_files_are_judged_as_their_bytes_are(file: str, step: str) -> None:
    assert failed(verify_file(CORPUS / file, trust())) == [step]
