"""A ledger opened with a witness in its policy, from the command line alone."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import evidence
from tests.outside.witness.server import serving
from tests.outside.witness.witness import Head, Witness

pytestmark = pytest.mark.xdist_group("acceptance")
ORIGIN = "ledger.example.org/witnessed"


def test_a_witnessed_ledger_from_the_command_line(short_folder: Path, tmp_path: Path) -> None:
    data, receipts = short_folder / "witnessed", tmp_path / "receipts"
    witness = Witness("witness.example/w", Ed25519PrivateKey.generate())
    with serving(witness) as server:
        # The operator writes down whom everyone is to believe, and opens the ledger.
        lines = tmp_path / "witnesses"
        lines.write_text(f"witness first {witness.vkey} {server.url}\nquorum first\n")
        opened = evidence(
            "init", "--data", data, "--origin", ORIGIN, "--no-passphrase", "--witnesses", lines, "--json"
        ).json()
        trust = json.loads(Path(opened["trust"]).read_text())
        # The witness does not know this log yet: the receipt stays unwitnessed, and that is no alarm yet.
        early = evidence("proof", opened["genesis"], "--data", data, "--json").json()
        assert (early["receipt"], early["alarms"]) == (None, [])
        assert early["verdict"] == "logged, unwitnessed"
        # Who runs it adds the log, and the receipt becomes a witnessed one that stands on its own.
        witness.trust(trust["vkey"])
        witnessed = _until_witnessed(opened["genesis"], "--data", data, "--receipts", receipts)
        assert witnessed["verdict"] == "logged, witnessed"
        verified = evidence("verify", witnessed["receipt"], "--trust", opened["trust"], "--json")
        assert verified.code == 0, verified.out
        # The witness claims another history: publication stops until a human has looked.
        witness.heads[ORIGIN] = Head(witness.heads[ORIGIN].size, bytes(32))
        evidence("index", "--data", data)
        (state,) = evidence("witness", "status", "--data", data, "--json").json()
        assert "does not continue" in state["alarm"]
        forgotten = evidence("witness", "forget", "first", "--data", data, "--json").json()
        assert "does not continue" in Path(forgotten["kept"]).read_text()
    assert evidence("witness", "forget", "nobody", "--data", data).code == 1


def _until_witnessed(*arguments: object) -> dict[str, object]:
    deadline = time.monotonic() + 60
    while True:
        found: dict[str, object] = evidence("proof", *arguments, "--json").json()
        if found["receipt"] is not None:
            return found
        assert time.monotonic() < deadline, found
        time.sleep(0.5)


def test_a_policy_file_that_cannot_be_read_opens_no_ledger(tmp_path: Path) -> None:
    lines = tmp_path / "witnesses"
    for text in ("quorum nobody\n", "witness w1 nonsense\nquorum w1\n"):
        lines.write_text(text)
        ran = evidence(
            "init", "--data", tmp_path / "data", "--origin", ORIGIN, "--no-passphrase", "--witnesses", lines
        )
        assert ran.code == 1
        assert "bad-policy" in ran.err
