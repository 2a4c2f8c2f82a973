"""`evidence cosign`: whoever signs what somebody else wrote is shown all of it first."""

from __future__ import annotations

import io
import json
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from api.cli.app import run
from api.client.keyfile import public_half, write_key_file
from api.client.signed import Signed, read_signed, write_signed
from ledger.core import disclosure
from ledger.core.receipt import format_trust
from tests.support.builder import KeyPair, Log
from tests.support.public_files import trust_of


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


def test_who_does_not_issue_it_is_not_let_sign(
    asked: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    key = tmp_path / "ietp.key"
    seed = KeyPair("ietp").seed
    write_key_file(key, seed, public_half(seed, "root", party="ietp"), None)
    before = Path(asked[1]).read_bytes()
    assert run(["cosign", asked[1], "--key", str(key), "--yes"]) == 2
    said = capsys.readouterr().err
    assert f"ietp does not issue what is in {asked[1]} - sign with a key of aaf, clw" in said
    assert Path(asked[1]).read_bytes() == before


# --- `evidence sign`, which writes what is cosigned ---------------------------------------

MILL = """\
event: FactoryRegistered
issuers: [registrar]
subjects: [factory:mill]
claim: {level: factory, country: BD, names: [The mill]}
"""
PLAIN = (
    "kind: allegation, issuers: [clw], subjects: ['factory:mill'], claim: {issue: osh/ppe, text: No gloves.}"
)
JOINT = f"{{label: joint, {PLAIN.replace('[clw]', '[aaf, clw]')}}}"


@dataclass
class Desk:
    """A folder with keys, a trust file and a factory's registration, and no ledger anywhere near."""

    folder: Path

    def sign(self, draft: str, party: str) -> int:
        key, trust = self.folder / f"{party}.key", self.folder / "trust.json"
        return run(["sign", str(self.folder / draft), "--key", str(key), "--trust", str(trust), "--offline"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    found = Desk(tmp_path)
    (tmp_path / "trust.json").write_text(format_trust(trust_of(joint_log())))
    for party in ("registrar", "clw", "aaf"):
        seed = KeyPair(party).seed
        write_key_file(tmp_path / f"{party}.key", seed, public_half(seed, "root", party=party), None)
    (tmp_path / "mill.yaml").write_text(MILL)
    assert found.sign("mill.yaml", "registrar") == 0
    return found


def test_what_others_cosigned_is_not_signed_again_by_one_of_them(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    (desk.folder / "joint.yaml").write_text(JOINT)
    assert desk.sign("joint.yaml", "clw") == 0
    assert desk.sign("joint.yaml", "clw") == 0, "nobody else has signed it yet"
    signed = desk.folder / "joint.signed.json"
    assert run(["cosign", str(signed), "--key", str(desk.folder / "aaf.key"), "--yes"]) == 0
    before = signed.read_bytes()
    capsys.readouterr()
    assert desk.sign("joint.yaml", "clw") == 2
    assert "holds signatures by other keys, which would be lost" in capsys.readouterr().err
    assert signed.read_bytes() == before


def test_two_drafts_never_become_one_file(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    drafts = "".join(f"- {{label: same, {PLAIN}}}\n" for _ in range(2))
    (desk.folder / "two.yaml").write_text(drafts)
    assert desk.sign("two.yaml", "clw") == 2
    assert "two drafts would be signed to" in capsys.readouterr().err
    assert [path.name for path in desk.folder.glob("*.signed.json")] == ["mill.signed.json"]


def test_drafts_without_labels_get_the_name_of_their_file_and_their_number(desk: Desk) -> None:
    (desk.folder / "two.yaml").write_text(f"- {{{PLAIN}}}\n- {{{PLAIN}}}\n")
    assert desk.sign("two.yaml", "clw") == 0
    names = [path.name for path in sorted(desk.folder.glob("*.signed.json"))]
    assert names == ["mill.signed.json", "two-1.signed.json", "two-2.signed.json"]
