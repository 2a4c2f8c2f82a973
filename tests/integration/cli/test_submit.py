"""`evidence submit`: what its author is told of a statement that was sent before."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from api.cli.app import run
from api.client.signed import read_signed, write_signed

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
