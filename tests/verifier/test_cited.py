"""Citations: what a code beside a printed statement says, held against a log's public files."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from ledger.core.checkpoint import Checkpoint
from ledger.core.citation import Citation, format_citation
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.receipt import Trust, format_trust
from ledger.core.report import Report
from ledger.core.tiles import format_entry_bundle
from ledger.verifier.cited import verify_citation
from ledger.verifier.command import main
from tests.acceptance.conftest import evidence
from tests.support.builder import Log
from tests.support.dishonest import write_files
from tests.support.public_files import Files, publish, trust_of
from tests.verifier.test_audit import allege, small_log


@pytest.fixture(scope="module")
def log() -> Log:
    """More than one bundle, so that tiles of two levels are read."""
    log = small_log(0)
    allege(log, 300)
    return log


def cited(log: Log, index: int, size: int | None = None) -> Citation:
    """The citation of an entry in the tree of the log's first `size` entries."""
    entries = log.entries[:size]
    root = Frontier().append([leaf_hash(entry) for entry in entries]).frontier.root()
    return Citation(log.recorded[index].statement.id, index, Checkpoint(log.origin, len(entries), root))


def check(log: Log, citation: Citation, files: Files | None = None, trust: Trust | None = None) -> Report:
    return verify_citation(format_citation(citation), files or publish(log.entries), trust or trust_of(log))


def failed(report: Report) -> set[str]:
    return {step.name for step in report if step.grade == "failed"}


@pytest.mark.parametrize(
    ("index", "size"),
    [(0, 1), (0, 303), (2, 3), (7, 8), (7, 256), (255, 256), (255, 303), (256, 257), (302, 303)],
)
def test_an_entry_is_found_in_whatever_tree_it_was_printed_from(log: Log, index: int, size: int) -> None:
    report = check(log, cited(log, index, size))
    assert (failed(report), report.exit_code) == (set(), 0)
    assert log.recorded[index].statement.id in report.step("citation").detail
    assert [step.number for step in report] == list(range(1, 12))


def test_the_verdict_is_that_of_the_receipt_which_the_files_make(log: Log) -> None:
    assert check(log, cited(log, 7)).verdict == "logged, unwitnessed"


def test_without_a_trust_file_the_answer_is_never_yes(log: Log) -> None:
    report = verify_citation(format_citation(cited(log, 7)), publish(log.entries), None)
    assert (report.verdict, report.exit_code) == ("trust root: unverified", 3)


def test_another_statement_than_the_one_at_that_place_is_named(log: Log) -> None:
    report = check(log, replace(cited(log, 7), statement=log.recorded[8].statement.id))
    assert (failed(report), report.verdict, report.exit_code) == ({"citation"}, "failed", 1)
    assert log.recorded[7].statement.id in report.step("citation").detail


def test_another_place_than_the_statements_own_is_named(log: Log) -> None:
    assert failed(check(log, replace(cited(log, 7), index=9))) == {"citation"}


def test_a_root_that_the_log_never_had_is_named(log: Log) -> None:
    wrong = replace(cited(log, 7).checkpoint, root=b"\x01" * 32)
    assert failed(check(log, replace(cited(log, 7), checkpoint=wrong))) == {"consistency"}


def test_a_root_of_another_size_is_named(log: Log) -> None:
    one = cited(log, 7, 200)
    other = replace(one, checkpoint=replace(one.checkpoint, size=201))
    assert failed(check(log, other)) == {"consistency"}


def test_a_log_that_was_rewritten_since_is_named(log: Log) -> None:
    """The very same first entries under another seventh: the statement is there, the tree is not."""
    other = small_log(0)
    allege(other, 4)
    allege(other, 1)
    other.register("bystander")
    paper = cited(other, 3)
    rewritten = [*other.entries[:5], *other.entries[6:]]
    assert failed(check(other, paper, publish(rewritten))) == {"consistency"}


def test_paper_that_is_newer_than_the_public_files_is_not_taken_for_proven(log: Log) -> None:
    report = check(log, cited(log, 7, 303), publish(log.entries[:300]))
    assert (failed(report), report.exit_code) == ({"consistency"}, 1)
    assert "303 entries are cited, 300 are published" in report.step("consistency").detail


def test_an_entry_beyond_the_public_files_cannot_be_looked_up(log: Log) -> None:
    report = check(log, cited(log, 302), publish(log.entries[:300]))
    assert (report.verdict, report.exit_code) == ("unreadable", 2)
    assert "entry 302 is not among the 300 that are published" in report.step("code").detail


def test_files_of_another_log_are_named(log: Log) -> None:
    files = publish(log.entries, origin="elsewhere.example/1")
    assert {"checkpoint", "consistency"} <= failed(check(log, cited(log, 7), files))


def test_a_ledger_other_than_the_trusted_one_is_named(log: Log) -> None:
    trust = replace(trust_of(log), genesis="ab" * 32)
    assert failed(check(log, cited(log, 7), trust=trust)) == {"trust root"}


def test_an_entry_that_was_altered_is_named(log: Log) -> None:
    files = publish(log.entries)
    first = [*log.entries[:7], log.entries[8], *log.entries[8:256]]
    files["tile/entries/000"] = format_entry_bundle(first)
    assert failed(check(log, cited(log, 7), files)) == {"inclusion", "citation"}


@pytest.mark.parametrize("missing", ["tile/0/000", "tile/0/001.p/47", "tile/entries/000"])
def test_a_missing_tile_is_never_a_yes(log: Log, missing: str) -> None:
    files = publish(log.entries)
    del files[missing]
    report = check(log, cited(log, 7, 290), files)
    assert report.exit_code in (1, 2)
    assert any("missing-tile" in step.detail for step in report)


@pytest.mark.parametrize("content", [None, b"", b"\xff", b"no checkpoint\n"])
def test_a_place_without_a_checkpoint_is_told(log: Log, content: bytes | None) -> None:
    files = publish(log.entries)
    files.pop("checkpoint")
    if content is not None:
        files["checkpoint"] = content
    report = check(log, cited(log, 7), files)
    assert (report.verdict, report.exit_code) == ("unreadable", 2)


def test_what_is_no_citation_is_told(log: Log) -> None:
    report = verify_citation("https://example.org/7", publish(log.entries), trust_of(log))
    assert (report.verdict, report.exit_code) == ("unreadable", 2)
    assert "bad-citation" in report.step("code").detail


# --- both command lines -------------------------------------------------------------------


@pytest.fixture(scope="module")
def desk(log: Log, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the log's public files, the trust file and the text of a code."""
    folder = tmp_path_factory.mktemp("paper")
    write_files(publish(log.entries), folder / "log")
    (folder / "trust.json").write_text(format_trust(trust_of(log)))
    (folder / "code.txt").write_text(format_citation(cited(log, 7)))
    return folder


def run(capsys: pytest.CaptureFixture[str], desk: Path, *arguments: str) -> tuple[int, str]:
    options: Sequence[str] = ("--trust", str(desk / "trust.json"))
    return main(["citation", *arguments, *options]), capsys.readouterr().out


def test_the_verifier_reads_a_file(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = run(capsys, desk, str(desk / "code.txt"), str(desk / "log"))
    assert code == 0
    assert "Does the statement that was printed stand at that place?" in said


def test_the_verifier_reads_what_is_typed_in(
    desk: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(" ".join((desk / "code.txt").read_text().split())))
    code, said = run(capsys, desk, "-", str(desk / "log"), "--json")
    assert code == 0
    assert json.loads(said)["file"] == "-"


def test_a_file_that_is_not_there_is_told_in_one_line(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["citation", str(desk / "nothing.txt"), str(desk / "log")]) == 2
    assert len(capsys.readouterr().err.splitlines()) == 1


def test_both_commands_say_the_same(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = [str(desk / "code.txt"), str(desk / "log"), "--json"]
    _, said = run(capsys, desk, *arguments)
    other = evidence("citation", *arguments, "--trust", desk / "trust.json")
    assert (other.code, json.loads(other.out)) == (0, json.loads(said))


def test_the_other_command_has_words_for_people(desk: Path) -> None:
    ran = evidence("citation", desk / "code.txt", desk / "log")
    assert ran.code == 3
    assert "nobody said which ledger you trust" in " ".join(ran.out.split())
