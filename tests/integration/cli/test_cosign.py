"""`evidence cosign`: whoever signs what somebody else wrote is shown all of it first."""

from __future__ import annotations

import io
import json
import sys
from pathlib import Path

import pytest

from api.cli.app import run
from api.client.keyfile import public_half, write_key_file
from api.client.signed import Signed, read_signed, write_signed
from ledger.core import disclosure
from tests.support.builder import KeyPair, Log


@pytest.fixture
def asked(tmp_path: Path) -> list[str]:
    """The command by which the second of two issuers signs what the first has written."""
    log = joint_log()
    hidden = {"text": {"lang": "en", "text": "Gloves were not handed out."}}
    drafted = log.draft(
        "AllegationMade",
        ["aaf", "clw"],
        about=["factory:foshan"],
        claim={"issue": "osh/ppe"},
        hidden=hidden,
        signers=[log.keys["clw"]],
    )
    return command(tmp_path, Signed(drafted.envelope, drafted.disclosures))


def joint_log() -> Log:
    log = Log.opened()
    log.register("clw")
    log.register("aaf")
    log.factory("foshan")
    return log


def command(folder: Path, signed: Signed) -> list[str]:
    path, key = folder / "a.signed.json", folder / "aaf.key"
    write_signed(path, signed)
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


def without_words(asked: list[str]) -> list[str]:
    """The same command, once its author has taken the words out of the file."""
    signed = read_signed(Path(asked[1]))
    write_signed(Path(asked[1]), Signed(signed.envelope, ()))
    return asked


@pytest.mark.parametrize("more", [["--yes"], ["--yes", "--json"], []])
def test_words_that_a_file_commits_to_and_does_not_show_are_not_signed(
    more: list[str], asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run([*without_words(asked), *more]) == 2
    said = capsys.readouterr()
    assert "does not show 1 part of what it commits to" in said.err
    assert "--unseen" in said.err
    assert "nothing in it can be erased" not in said.out
    assert signatures(asked) == 1


def test_who_signs_unseen_words_on_purpose_is_told_what_others_can_do_with_them(
    asked: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run([*without_words(asked), "--unseen"]) == 0
    said = capsys.readouterr()
    assert "hidden from you: 1 part." in said.out
    assert "can publish them under your signature" in said.out
    assert "nothing in it can be erased" not in said.out
    assert signatures(asked) == 2


def test_a_program_that_signs_unseen_words_learns_how_many_parts_were_hidden(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*without_words(asked), "--unseen", "--yes", "--json"]) == 0
    (told,) = json.loads(capsys.readouterr().out)
    assert told["hidden"] == 1


def test_one_disclosure_given_twice_does_not_stand_for_another_that_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = {"lang": "en", "text": "Gloves were not handed out."}
    log = joint_log()
    drafted = log.draft(
        "AllegationMade",
        ["aaf", "clw"],
        about=["factory:foshan"],
        claim={"issue": "osh/ppe"},
        hidden={"text": text, "quantity": {"value": 3, "unit": "persons"}},
    )
    shown = next(one for one in drafted.disclosures if disclosure.parse(one).name == "text")
    asked = command(tmp_path, Signed(drafted.envelope, (shown, shown)))
    assert run([*asked, "--yes"]) == 2
    assert "does not show 1 part" in capsys.readouterr().err


def test_words_hidden_inside_what_an_amendment_sets_are_not_signed_unseen(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = joint_log()
    said = log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh/ppe"})
    text = disclosure.make(bytes(16), "text", {"lang": "en", "text": "Nobody was paid."})
    drafted = log.draft(
        "StatementExtended",
        ["aaf", "clw"],
        refs=[("amends", said)],
        claim={"set": {"_sd": [disclosure.digest(text)]}},
        signers=[log.keys["clw"]],
    )
    asked = command(tmp_path, Signed(drafted.envelope, ()))
    assert run([*asked, "--yes"]) == 2
    told = capsys.readouterr()
    assert "does not show 1 part" in told.err
    assert "digests of what can be erased: 1" in told.out


@pytest.mark.parametrize("filler", ["\n", " " * 300], ids=["line feeds", "spaces that wrap"])
def test_words_of_a_statement_cannot_pass_for_another_member_or_for_the_command(
    filler: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = filler.join(["Gloves were not handed out.", "about: factory:other", "nothing is hidden."])
    log = joint_log()
    drafted = log.draft(
        "AllegationMade",
        ["aaf", "clw"],
        about=["factory:foshan"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": text}},
        signers=[log.keys["clw"]],
    )
    assert run([*command(tmp_path, Signed(drafted.envelope, drafted.disclosures)), "--yes"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert "    about: factory:foshan" in [line.rstrip() for line in lines]
    forged = [line for line in lines if "factory:other" in line or "nothing is hidden" in line]
    assert forged
    assert all(line.startswith((" " * 10, "    text: ")) for line in forged)


def test_a_cosigner_sees_in_whose_voice_and_by_whose_way_it_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    log = joint_log()
    drafted = log.draft(
        "AllegationMade",
        ["aaf", "clw"],
        about=["factory:foshan"],
        claim={"issue": "osh/ppe"},
        claimants=["smith"],
        attribution={"form": "conduct", "via": ["clw"]},
        signers=[log.keys["clw"]],
    )
    assert run([*command(tmp_path, Signed(drafted.envelope, ())), "--yes"]) == 0
    shown = capsys.readouterr().out
    assert "said by: smith" in shown
    assert "given as: conduct, by way of clw" in shown
