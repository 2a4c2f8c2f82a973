"""A ledger opened with a witness in its policy, from the command line alone."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tests.acceptance.conftest import evidence, served
from tests.outside.witness.server import WitnessServer, serving
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


def _until_witnessed(*arguments: object) -> dict[str, Any]:
    def found() -> Any:
        shown = json.loads(evidence("proof", *arguments, "--json").out)
        return shown["receipt"] and shown

    shown: dict[str, Any] = _until(found)
    return shown


def _until(found: Callable[[], Any]) -> Any:
    """What `found` gives as soon as it gives something."""
    deadline = time.monotonic() + 60
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.5)
    return value


def test_a_witness_that_died_is_replaced_while_the_ledger_serves(short_folder: Path, tmp_path: Path) -> None:
    data, trust = short_folder / "replaced", short_folder / "replaced" / "trust.json"
    stays, dies, comes = (
        Witness(f"witness.example/{n}", Ed25519PrivateKey.generate()) for n in ("stays", "dies", "comes")
    )
    lines = tmp_path / "witnesses"
    with serving(stays) as kept, serving(comes) as new:
        with serving(dies) as old:
            lines.write_text(both(stays, kept, dies, old))
            opened = evidence(
                "init", "--data", data, "--origin", ORIGIN, "--no-passphrase", "--witnesses", lines, "--json"
            ).json()
            for each in (stays, dies, comes):
                each.trust(json.loads(trust.read_text())["vkey"])
            evidence("index", "--data", data)
            assert evidence("proof", opened["genesis"], "--data", data).code == 0
        with served(data) as url:
            reached = ("--url", url, "--trust", trust, "--key", data / "keys" / "operator-root.key", "--json")
            published = httpx2.get(f"{url}/checkpoint").text
            # One of two witnesses whom everyone is to believe is gone: what comes now waits.
            faster = evidence("ledger", "amend", "--publish-delay", 30, *reached).json()
            assert faster["claim"] == {"intervals": {"index": 60, "maxPublishDelay": 30}}
            _until(lambda: failing(url) == ["w1"])
            assert httpx2.get(f"{url}/checkpoint").text == published
            # The operator's root key puts another in its place, and the same process publishes again.
            lines.write_text(both(stays, kept, comes, new))
            amended = evidence("ledger", "amend", "--witnesses", lines, *reached).json()
            receipts = ("--receipts", tmp_path / "receipts")
            found = _until_witnessed(faster["id"], "--url", url, "--trust", trust, *receipts)
            assert evidence("verify", found["receipt"], "--trust", trust).code == 0
            assert evidence("verify", found["receipt"], "--trust", amended["kept"]).code == 1
            audited = evidence("audit", url, "--trust", trust, "--state", tmp_path / "audited.json")
            assert audited.code == 0, audited.err + audited.out
    # What those hold who were witnessed before holds by the trust file that was kept.
    assert json.loads(Path(amended["kept"]).read_text())["policy"] != json.loads(trust.read_text())["policy"]


def both(first: Witness, at: WitnessServer, second: Witness, there: WitnessServer) -> str:
    """A policy that asks for two witnesses."""
    return (
        f"witness w0 {first.vkey} {at.url}\nwitness w1 {second.vkey} {there.url}\n"
        "group both all w0 w1\nquorum both\n"
    )


def failing(url: str) -> list[str]:
    """The names of the witnesses that gave no cosignature last."""
    states = httpx2.get(f"{url}/readyz").json()["checks"]["witnesses"]["witnesses"]
    return [state["name"] for state in states if state["failures"]]


def test_a_policy_file_that_cannot_be_read_opens_no_ledger(tmp_path: Path) -> None:
    lines = tmp_path / "witnesses"
    for text in ("quorum nobody\n", "witness w1 nonsense\nquorum w1\n"):
        lines.write_text(text)
        ran = evidence(
            "init", "--data", tmp_path / "data", "--origin", ORIGIN, "--no-passphrase", "--witnesses", lines
        )
        assert ran.code == 1
        assert "bad-policy" in ran.err
