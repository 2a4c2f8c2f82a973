"""Every command of docs/verify.md, in a folder as its readers have it: a trust file and what came by mail."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ledger.core.entry import decode_entry
from ledger.core.statement import read_statement
from tests.acceptance.conftest import ROOT, Desk

pytestmark = pytest.mark.xdist_group("acceptance")

GUIDE = ROOT / "docs" / "verify.md"
READERS = ("journalist", "lawyer", "engineer")
ENVIRONMENT = f"{Path(sys.executable).parent}:/usr/bin:/bin"


@dataclass(frozen=True)
class Read:
    folder: Path
    said: dict[str, str]  # by reader

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found


@pytest.fixture(scope="module")
def read(desk: Desk, short_folder: Path) -> Read:
    folder = short_folder / "guide"
    folder.mkdir()
    shutil.copy(desk.trust, folder / "trust.json")
    shutil.copytree(desk.folder / "receipts", folder / "receipts")
    shutil.copytree(desk.trust.parent / "log", folder / "mirror")
    for name in ("river-mill.html", "river-mill.bundle"):
        shutil.copy(desk.folder / name, folder / name)
    (folder / "question.payload").write_bytes(payload_of(folder / "receipts", "QuestionAsked"))
    return Read(folder, {reader: run(folder, desk.url, blocks(reader)) for reader in READERS})


def payload_of(receipts: Path, event: str) -> bytes:
    payloads = (decode_entry(path.read_bytes()).envelope.payload for path in receipts.glob("*.entry"))
    return next(payload for payload in payloads if read_statement(payload).event == event)


def blocks(reader: str) -> list[str]:
    """The commands of one reader's chapter."""
    chapters = re.split(r"^## ", GUIDE.read_text(), flags=re.M)
    (text,) = [chapter for chapter in chapters if re.match(rf"For an? {reader}\n", chapter)]
    return re.findall(r"^```sh verify\n(.*?)^```$", text, re.M | re.S)


def run(folder: Path, url: str, commands: list[str]) -> str:
    """One shell for a chapter, with `evidence-verify` as its package installs it; what it prints."""
    verifier = f'evidence-verify() {{ "{sys.executable}" -m ledger.verifier.command "$@"; }}\n'
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", verifier + "".join(commands)],
        cwd=folder,
        env={"PATH": ENVIRONMENT, "HOME": str(folder), "EVIDENCE_URL": url, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_reader_has_commands_and_no_other_command_stands_there() -> None:
    assert all(len(blocks(reader)) >= 3 for reader in READERS)
    assert sum(len(blocks(reader)) for reader in READERS) == GUIDE.read_text().count("```sh verify")
    # How to get the program is tried in tests/verifier/test_getting_it.py.
    assert GUIDE.read_text().count("```") == 2 * (GUIDE.read_text().count("```sh verify") + 1)


def test_the_journalist_reads_that_the_page_is_complete_and_that_a_changed_one_is_refused(read: Read) -> None:
    said = read.said["journalist"]
    assert re.search(r"complete up to entry \d+", said)
    assert "refused, as it should be" in said
    assert "accepted" not in said
    # It could be read, and is not what was signed.
    assert "verdict: failed" in said
    assert "unreadable" not in said


def test_the_lawyer_sees_each_step_of_the_report_and_proofs_of_absence(read: Read) -> None:
    said = read.said["lawyer"]
    for step in (
        "signatures",
        "key status",
        "inclusion",
        "completeness",
        "rules",
        "documents",
        "time-stamps",
    ):
        assert step in said
    assert (read.folder / "silence.json").exists()
    assert (read.folder / "nothing.json").exists()


def test_the_grades_that_the_lawyer_is_told_about_are_steps_of_the_report(read: Read) -> None:
    names = {step["name"] for step in read.report()["steps"]}
    table = re.findall(r"^\| ([a-z ,-]+) \|", GUIDE.read_text(), re.M)
    told = {name for row in table for name in row.split(", ")} - {"step"}
    assert told <= names


def test_the_engineer_gets_a_report_for_programs_and_the_flipped_bit_is_found(read: Read) -> None:
    assert read.report()["exitCode"] == 0
    said = read.said["engineer"]
    assert "inclusion: held" in said
    assert "found out" in said
    assert "accepted" not in said


def test_the_standard_tools_name_the_statement_that_the_ledger_names(read: Read) -> None:
    (id_,) = re.findall(r"^statement ([0-9a-f]{64})$", read.said["engineer"], re.M)
    assert id_ == read_statement(entry(read.folder)).id


def entry(folder: Path) -> bytes:
    return decode_entry((folder / "receipts" / "8.entry").read_bytes()).envelope.payload
