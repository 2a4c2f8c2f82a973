"""Bad input is one line on standard error and an exit code, and nothing is made of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.app import run
from ledger.core.receipt import Trust, format_trust, unwitnessed_policy
from tests.support.builder import ORIGIN, log_vkey

DEEP = "[" * 50_000 + "]" * 50_000


def refused(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """The one line that the command complains with."""
    assert run([str(one) for one in arguments]) in (1, 2)
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("evidence: ")
    assert len(said.err.splitlines()) == 1
    assert "report this as a defect" not in said.err
    return said.err


@pytest.mark.parametrize(
    "command",
    [
        ["check"],
        ["rebuild"],
        ["migrate"],
        ["serve"],
        ["project"],
        ["party"],
        ["timeline", "works"],
        ["open"],
        ["witness", "status"],
        ["witness", "forget", "somebody"],
        ["index"],
        ["anchor"],
    ],
)
def test_a_folder_without_a_ledger_is_left_as_it_is(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert "there is no ledger" in refused(capsys, *command, "--data", tmp_path / "nothing")
    assert not (tmp_path / "nothing").exists()


def test_a_database_without_tables_is_told_the_command_that_makes_them(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    said = refused(capsys, "check", "--data", tmp_path, "--database", empty_database_url)
    assert "evidence migrate" in said


@pytest.mark.parametrize(
    "options",
    [
        ["--scope", "nonsense"],
        ["--expires", "tomorrow"],
        ["--party", "Bad Slug"],
        ["--role", "chief"],
    ],
)
def test_no_key_is_made_that_no_ledger_takes(
    options: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    refused(capsys, "key", "new", tmp_path / "a.key", "--no-passphrase", *options)
    assert not (tmp_path / "a.key").exists()


@pytest.mark.parametrize(
    ("name", "text", "command"),
    [
        ("a.signed.json", '{"envelope":' + DEEP + "}", ["cosign", "FILE"]),
        ("a.key", '{"a":' * 50_000, ["key", "show", "FILE"]),
        ("a.yaml", "a: " + DEEP, ["sign", "FILE"]),
    ],
)
def test_files_nested_beyond_reason_are_refused(
    name: str, text: str, command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, key = tmp_path / name, tmp_path / "ngo.key"
    path.write_text(text)
    path.chmod(0o600)
    assert run(["key", "new", str(key), "--no-passphrase"]) == 0
    capsys.readouterr()
    more = [] if command[0] == "key" else ["--key", key]
    if command[0] == "sign":
        trust = tmp_path / "trust.json"
        trust.write_text(format_trust(Trust(ORIGIN, "ab" * 32, log_vkey(), unwitnessed_policy(log_vkey()))))
        more += ["--trust", trust, "--offline"]
    refused(capsys, *[path if one == "FILE" else one for one in command], *more)


@pytest.mark.parametrize("name", ["factory:../../etc", "factory:x?y", "criterion:law", "factory:"])
def test_a_name_that_is_none_is_not_sent(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert "is no factory or party" in refused(capsys, "timeline", name, "--url", "http://127.0.0.1:1")


def test_an_empty_folder_is_nothing_to_submit(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "ledger"
    options = ["--data", str(data), "--database", empty_database_url]
    assert run(["init", *options, "--no-passphrase"]) == 0
    capsys.readouterr()
    (tmp_path / "empty").mkdir()
    assert "no signed file" in refused(capsys, "submit", tmp_path / "empty", *options)


@pytest.mark.parametrize("command", [["verify", "8.entry"], ["audit", "log"], ["sign", "a.yaml"]])
def test_a_file_that_is_no_trust_file_is_named_with_where_to_get_one(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    wrong = tmp_path / "letter.txt"
    for text in ("Dear Sir or Madam", '{"origin": "ledger.example.org"}'):
        wrong.write_text(text)
        said = refused(capsys, *command, "--trust", wrong)
        assert str(wrong) in said
        assert "get trust.json from" in said
        assert "key show" not in said
