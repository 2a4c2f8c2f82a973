"""`evidence init` on a database of one's own: whole, or as if it had never been tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.app import run
from api.client.keyfile import read_key_file

NOBODY = "postgresql://nobody@127.0.0.1:1/nothing"


def init(data: Path, database: str) -> int:
    return run(["init", "--data", str(data), "--database", database, "--no-passphrase"])


def test_a_new_database_gets_its_tables_and_its_ledger_by_one_command(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "a", empty_database_url) == 0
    assert run(["party", "--data", str(tmp_path / "a"), "--database", empty_database_url]) == 0
    assert "registrar" in capsys.readouterr().out
    where = ["--data", str(tmp_path / "a"), "--database", empty_database_url]
    assert run(["matrix", "party:registrar", *where]) == 0
    assert "Nothing is claimed about it at that moment." in capsys.readouterr().out


def test_the_founder_is_told_which_keys_stay_unlocked_and_why(
    tmp_path: Path,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("EVIDENCE_PASSPHRASE", "correct horse battery staple")
    assert run(["init", "--data", str(tmp_path), "--database", empty_database_url]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert (
        "operator-device.key and log.key are not locked, as they sign while nobody is there to type" in said
    )
    locked = {path.name: read_key_file(path).locked for path in (tmp_path / "keys").glob("*.key")}
    assert locked == {
        "operator-root.key": True,
        "registrar.key": True,
        "operator-device.key": False,
        "log.key": False,
    }


def test_a_database_in_use_is_left_alone_and_nothing_is_made(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "a", empty_database_url) == 0
    assert init(tmp_path / "b", empty_database_url) == 1
    assert "the database already holds a ledger" in capsys.readouterr().err
    assert not (tmp_path / "b").exists()


def test_a_failed_attempt_leaves_no_keys_and_can_be_repeated(
    tmp_path: Path,
    empty_database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    with monkeypatch.context() as broken:
        broken.setenv("EVIDENCE_BLOBS", str(tmp_path / "not-a-folder"))
        (tmp_path / "not-a-folder").write_text("a file")
        assert init(tmp_path / "a", empty_database_url) == 1
    assert not list((tmp_path / "a" / "keys").glob("*.key"))
    assert init(tmp_path / "a", empty_database_url) == 0


@pytest.mark.parametrize("command", [["timeline", "works"], ["matrix", "works"], ["open"], ["party"]])
def test_a_ledger_that_cannot_be_opened_is_told_in_one_line(
    command: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--data", str(tmp_path), "--database", NOBODY]) == 1
    said = capsys.readouterr().err
    assert said.startswith("evidence: ")
    assert len(said.splitlines()) == 1
