"""`evidence ledger amend`: what it changes, what it leaves, and what it refuses in one line."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run
from ledger.core.keys import public_key
from ledger.core.note import COSIGNATURE, Verifier
from ledger.core.receipt import parse_trust
from tests.vectors.common import seed

WITNESS = Verifier("north.example/w", COSIGNATURE, public_key(seed("north"))).vkey
LINES = f"witness north {WITNESS}\nquorum north\n"


class Desk:
    """A ledger on a database of its own, and the commands of its operator."""

    def __init__(self, data: Path, database: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.data, self.trust = data, data / "trust.json"
        self.options = ["--data", str(data), "--database", database]
        self._capsys = capsys
        assert run(["init", *self.options, "--no-passphrase", "--policy", "We judge nothing."]) == 0
        self._capsys.readouterr()

    def run(self, *arguments: object) -> Any:
        """What a command gives programs."""
        assert run([*map(str, arguments), *self.options, "--json"]) == 0
        return json.loads(self._capsys.readouterr().out)

    def amend(self, *arguments: object) -> Any:
        return self.run("ledger", "amend", *arguments)

    def refused(self, *arguments: object) -> str:
        """The one line of complaint."""
        code = run(["ledger", "amend", *self.options, *map(str, arguments)])
        said = self._capsys.readouterr()
        assert (code in (1, 2), said.out, len(said.err.splitlines())) == (True, "", 1)
        return said.err

    def kept(self) -> list[Path]:
        return sorted(self.data.glob("trust-*.json"))


@pytest.fixture
def desk(tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]) -> Desk:
    return Desk(tmp_path / "ledger", empty_database_url, capsys)


def test_intervals_change_and_the_trust_file_stays(desk: Desk) -> None:
    before = desk.trust.read_bytes()
    shown = desk.amend("--index-interval", 30)
    assert shown["claim"] == {"intervals": {"index": 30, "maxPublishDelay": 60}}
    assert desk.amend("--publish-delay", 20)["claim"] == {"intervals": {"index": 30, "maxPublishDelay": 20}}
    assert (desk.trust.read_bytes(), desk.kept()) == (before, [])
    assert (desk.data / "receipts" / f"{shown['index']}.entry").exists()


def test_every_trust_file_that_ever_was_is_kept(desk: Desk, tmp_path: Path) -> None:
    first = desk.trust.read_text()
    lines = tmp_path / "witnesses"
    lines.write_text(LINES)
    shown = desk.amend("--witnesses", lines)
    second = desk.trust.read_text()
    key = parse_trust(first).vkey
    assert shown["claim"]["policy"] == f"# We judge nothing.\nlog {key}\n{LINES}"
    assert parse_trust(second).policy == f"log {key}\n{LINES}"
    lines.write_text(f"witness north {WITNESS} https://north.example\nquorum none\n")
    desk.amend("--witnesses", lines, "--policy", "We record.")
    assert sorted(path.read_text() for path in desk.kept()) == sorted([first, second])
    assert desk.amend("--policy", "Other words.")["claim"]["policy"].startswith("# Other words.\nlog ")
    assert len(desk.kept()) == 2


def test_what_cannot_be_amended_is_told_and_nothing_is_changed(desk: Desk, tmp_path: Path) -> None:
    before = desk.trust.read_bytes()
    lines, missing = tmp_path / "witnesses", tmp_path / "missing"
    lines.write_text("quorum nobody\n")
    assert "nothing is to be amended" in desk.refused()
    assert "bad-policy" in desk.refused("--witnesses", lines)
    assert "missing" in desk.refused("--witnesses", missing)
    assert "/predicate/claim/intervals" in desk.refused("--publish-delay", 0)
    assert "root-key-needed" in desk.refused(
        "--policy", "Mine.", "--key", desk.data / "keys" / "operator-device.key"
    )
    assert "one of them" in desk.refused("--policy", "Mine.", "--url", "http://127.0.0.1:1")
    assert (desk.trust.read_bytes(), desk.kept()) == (before, [])


def test_a_trust_file_whose_key_is_retired_signs_for_nothing(desk: Desk) -> None:
    old = desk.data / "old.json"
    old.write_bytes(desk.trust.read_bytes())
    for more in ([], ["--retire"]):
        desk.run("key", "rotate-log", *more)
    assert "newest trust file" in desk.refused("--policy", "Mine.", "--trust", old)
