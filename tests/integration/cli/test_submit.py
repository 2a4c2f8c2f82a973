"""`evidence submit`: what its author is told of a statement that was sent before."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.app import run
from api.client.signed import read_signed, write_signed
from ledger.core.receipt import format_trust, parse_trust

PARTY = """\
event: PartyListed
issuers: [registrar]
subjects: [party:clw]
claim: {entity: organisation, roles: [ngo], names: [The watch]}
"""


def test_the_author_is_told_when_somebody_sent_it_first_without_its_disclosures(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, draft = tmp_path / "ledger", tmp_path / "listing.yaml"
    where = ["--data", str(data), "--database", empty_database_url]
    assert run(["init", *where, "--no-passphrase"]) == 0
    draft.write_text(PARTY)
    assert run(["sign", str(draft), "--key", str(data / "keys" / "registrar.key"), *where]) == 0
    whole = tmp_path / "listing.signed.json"
    (tmp_path / "stripped").mkdir()
    stripped = tmp_path / "stripped" / "listing.signed.json"
    write_signed(stripped, replace(read_signed(whole), disclosures=()))
    assert run(["submit", str(stripped), *where]) == 0
    capsys.readouterr()
    assert run(["submit", str(whole), *where]) == 0
    assert "was logged before without 1 of its disclosures" in capsys.readouterr().err


def test_nothing_is_sent_with_the_trust_file_of_another_ledger(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data, draft = tmp_path / "ledger", tmp_path / "listing.yaml"
    where = ["--data", str(data), "--database", empty_database_url]
    assert run(["init", *where, "--no-passphrase"]) == 0
    draft.write_text(PARTY)
    assert run(["sign", str(draft), "--key", str(data / "keys" / "registrar.key"), *where]) == 0
    signed, own = str(tmp_path / "listing.signed.json"), parse_trust((data / "trust.json").read_text())
    wrong = tmp_path / "wrong.json"
    wrong.write_text(format_trust(replace(own, genesis="ab" * 32)))
    capsys.readouterr()
    assert run(["submit", signed, "--trust", str(wrong), *where]) != 0
    assert "nothing was sent" in capsys.readouterr().err
    assert run(["submit", signed, *where, "--json"]) == 0
    assert json.loads(capsys.readouterr().out)[0]["duplicate"] is False


REGISTRATION = """\
event: PartyRegistered
issuers: [registrar]
subjects: [party:ngo]
claim: {entity: organisation, roles: [ngo], firstKey: {file: ngo.key}, checked: in-person, names: [An NGO]}
"""
FACTORY = """\
kind: factory
event: FactoryRegistered
issuers: [registrar]
subjects: [factory:mill]
claim: {level: factory, country: BD, names: [The mill]}
"""
ALLEGATION = """\
kind: allegation
issuers: [ngo]
subjects: [factory:mill]
claim: {issue: osh/ppe, text: No gloves.}
"""


def test_who_signs_with_a_key_that_the_ledger_does_not_have_learns_of_it_before_submitting(
    tmp_path: Path, empty_database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    data = tmp_path / "ledger"
    where = ["--data", str(data), "--database", empty_database_url]
    registrar = ["--key", str(data / "keys" / "registrar.key")]
    assert run(["init", *where, "--no-passphrase"]) == 0
    for name, text in (("ngo", REGISTRATION), ("mill", FACTORY), ("allegation", ALLEGATION)):
        (tmp_path / f"{name}.yaml").write_text(text)
    for folder in (tmp_path, tmp_path / "other"):
        assert run(["key", "new", str(folder / "ngo.key"), "--party", "ngo", "--no-passphrase"]) == 0
    own, other = (["--key", str(folder / "ngo.key")] for folder in (tmp_path, tmp_path / "other"))

    def warned(name: str, *keys: str) -> str:
        capsys.readouterr()
        assert run(["sign", str(tmp_path / f"{name}.yaml"), *keys, *where]) == 0
        return capsys.readouterr().err

    assert warned("mill", *registrar) == ""
    assert warned("ngo", *registrar, *own) == "", "the statement brings the key with it"
    assert warned("allegation", *own) == "", "its registration is signed and lies here"
    assert "the ledger has no key" in warned("allegation", *other)
    for name in ("mill", "ngo"):
        assert run(["submit", str(tmp_path / f"{name}.signed.json"), *where]) == 0
        (tmp_path / f"{name}.signed.json").unlink()
    assert warned("allegation", *own) == "", "the ledger has it"
    assert "it will refuse what that key signs" in warned("allegation", *other)
