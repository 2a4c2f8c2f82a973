"""`evidence cosign`: whoever signs what somebody else wrote is shown all of it first."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from api.cli.app import run
from api.client.keyfile import public_half, write_key_file
from api.client.signed import Signed, read_signed, write_signed
from tests.support.builder import KeyPair, Log


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The command by which the second of two issuers signs what the first has written."""
    log = Log.opened()
    log.register("clw")
    log.register("aaf")
    log.factory("foshan")
    hidden = {"text": {"lang": "en", "text": "Gloves were not handed out."}}
    drafted = log.draft(
        "AllegationMade",
        ["aaf", "clw"],
        about=["factory:foshan"],
        claim={"issue": "osh/ppe"},
        hidden=hidden,
        signers=[log.keys["clw"]],
    )
    path, key = tmp_path / "a.signed.json", tmp_path / "aaf.key"
    write_signed(path, Signed(drafted.envelope, drafted.disclosures))
    seed = KeyPair("aaf").seed
    write_key_file(key, seed, public_half(seed, "root"), None)
    return ["cosign", str(path), "--key", str(key)]


def signatures(command: list[str]) -> int:
    return len(read_signed(Path(command[1])).envelope.signatures)


def test_a_cosigner_sees_what_stays_for_ever_and_what_can_be_erased_and_is_asked(
    asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run(asked) == 0
    said = capsys.readouterr()
    assert said.out.index("issue: osh/ppe") < said.out.index("text: Gloves were not handed out.")
    assert "about: factory:foshan" in said.out
    assert "does not erase yet" in said.out
    assert "Sign this? [y/N]" in said.err
    assert signatures(asked) == 2


@pytest.mark.parametrize("answer", ["", "\n", "no\n"])
def test_who_does_not_say_yes_has_not_signed(
    answer: str, asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert run(asked) == 1
    assert "nothing is signed" in capsys.readouterr().err
    assert signatures(asked) == 1


def test_a_script_says_yes_beforehand(asked: list[str]) -> None:
    assert run([*asked, "--yes"]) == 0
    assert signatures(asked) == 2
