"""Every command of docs/verify.md as it stands there, in what the README's case has left."""

from __future__ import annotations

import json
import re
import socket
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


@dataclass(frozen=True)
class Read:
    folder: Path
    said: dict[str, str]  # by reader

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.folder / "report.json").read_text())
        return found


@pytest.fixture(scope="module")
def read(desk: Desk) -> Read:
    """Each reader follows along in a shell of its own, beginning in the checkout."""
    program = desk.checkout / ".venv-verifier" / "bin" / "evidence-verify"
    program.parent.mkdir(parents=True)
    program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m ledger.verifier.command "$@"\n')
    program.chmod(0o755)
    return Read(desk.folder, {reader: run(desk.checkout, blocks(reader)) for reader in READERS})


def blocks(reader: str) -> list[str]:
    """The commands of one reader's chapter, behind those for whoever follows along."""
    chapters = re.split(r"^## ", GUIDE.read_text(), flags=re.M)
    (text,) = [chapter for chapter in chapters if re.match(rf"For an? {reader}\n", chapter)]
    (follow,) = re.findall(r"^```sh follow\n(.*?)^```$", GUIDE.read_text(), re.M | re.S)
    return [follow, *re.findall(r"^```sh verify\n(.*?)^```$", text, re.M | re.S)]


def run(checkout: Path, commands: list[str]) -> str:
    """One shell for a chapter; what it prints. Its server listens on a port that is free here."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    text = "".join(commands)
    assert text.count("8000") == 1
    done = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "trap 'kill %1; wait' EXIT\n" + text.replace("8000", port)],
        cwd=checkout,
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(checkout),
            "EVIDENCE_PORT": port,
            "PYTHONPATH": str(ROOT),
        },
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_each_reader_has_commands_and_no_other_command_stands_there() -> None:
    assert all(len(blocks(reader)) >= 4 for reader in READERS)
    assert sum(len(blocks(reader)) - 1 for reader in READERS) == GUIDE.read_text().count("```sh verify")
    # Besides how to follow along there is how to get the program, tried in tests/verifier/test_getting_it.py.
    assert GUIDE.read_text().count("```") == 2 * (GUIDE.read_text().count("```sh verify") + 2)


def test_the_journalist_reads_that_the_page_is_complete_and_that_a_changed_one_is_refused(read: Read) -> None:
    said = read.said["journalist"]
    assert re.search(r"complete up to entry \d+", said)
    assert "a bundle about statement:" in " ".join(said.split())
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
