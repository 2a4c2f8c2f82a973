"""`evidence cosign`: whoever signs what somebody else wrote is shown all of it first."""

from __future__ import annotations

from pathlib import Path

import pytest

from api.cli.app import run
from api.client.keyfile import public_half, write_key_file
from api.client.signed import Signed, read_signed, write_signed
from tests.support.builder import KeyPair, Log


def test_a_cosigner_sees_what_stays_for_ever_and_what_can_be_erased(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
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
    assert run(["cosign", str(path), "--key", str(key)]) == 0
    said = capsys.readouterr().out
    assert said.index("issue: osh/ppe") < said.index("text: Gloves were not handed out.")
    assert "about: factory:foshan" in said
    assert len(read_signed(path).envelope.signatures) == 2
