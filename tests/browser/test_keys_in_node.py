"""Device keys: the command line understands what a page asks for, and the root key adds it to the ledger."""

from __future__ import annotations

import base64
import io
import json
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pytest

from api.cli.app import run
from api.client.keyfile import public_half, write_key_file
from api.client.keyrequest import KeyRequestError, read_request, spoken
from api.client.signed import holds, read_signed
from api.drafts.build import LedgerIdentity
from api.drafts.tables import tables_of
from ledger.core.envelope import Envelope, Signature, parse, to_json_value
from ledger.core.keys import key_id
from ledger.core.receipt import format_trust
from ledger.core.statement import decode_statement
from tests.browser.scripts import Scripts
from tests.support.builder import KeyPair, Log, Signed
from tests.support.bundles import trust


@dataclass
class Asked:
    """A log with one party, and the request of a device that wants a key of it."""

    log: Log
    answer: dict[str, Any]
    payload: bytes

    @property
    def text(self) -> str:
        return str(self.answer["text"])

    @property
    def public(self) -> bytes:
        return base64.b64decode(self.answer["publicKey"])


@pytest.fixture
def asked(scripts: Scripts) -> Asked:
    log = Log.opened()
    named = log.register("clw").statement.id
    log.factory("mill")
    payload = log.draft(
        "AllegationMade", "clw", about=["factory:mill"], claim={"issue": "osh"}
    ).statement.payload
    answer = scripts.ask(
        "device",
        party="clw",
        label="Newsroom laptop",
        expires="2027-01-05T09:00:00Z",
        scope=["allegation", "document"],
        tables=tables_of("key"),
        ledger=asdict(LedgerIdentity(log.origin, log.genesis_id)),
        issuedAt=log.today,
        named=named,
        payload=base64.b64encode(payload).decode(),
    )
    return Asked(log, answer, payload)


def test_a_request_says_what_the_key_may_sign_and_proves_that_the_device_has_it(asked: Asked) -> None:
    request = read_request(asked.text)
    assert (request.party, request.key.role, request.key.scope) == (
        "clw",
        "device",
        ("allegation", "document"),
    )
    assert request.key.key_id == key_id(asked.public) == asked.answer["keyId"]
    introduced = request.statement(asked.log.genesis_id)
    (proof,) = introduced.envelope.signatures
    assert holds(proof, asked.public, introduced.envelope.payload)
    assert introduced.statement().claim["expires"] == "2027-01-05T09:00:00Z"


def test_the_label_of_a_device_stays_in_the_browser(asked: Asked) -> None:
    assert "laptop" not in asked.text


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("party: clw", "party: ietp"),
        ("scope: allegation,document", "scope: any"),
        ("expires: 2027", "expires: 2037"),
        ("origin: ledger.example.org", "origin: ledger.example.com"),
    ],
)
def test_an_altered_request_is_refused(asked: Asked, was: str, becomes: str) -> None:
    altered = read_request(asked.text.replace(was, becomes))
    with pytest.raises(KeyRequestError, match="the new key has not signed this statement"):
        altered.statement(asked.log.genesis_id)


def test_a_request_for_a_ledger_with_another_entry_0_is_refused(asked: Asked) -> None:
    with pytest.raises(KeyRequestError, match="has not signed"):
        read_request(asked.text).statement("0" * 63 + "1")


@pytest.mark.parametrize(
    "change",
    [
        lambda text: "",
        lambda text: text.replace("evidence-key-request: 1", "evidence-key-request: 2"),
        lambda text: text + "role: root\n",
        lambda text: text + "party: clw\n",
        lambda text: text.replace("party: clw", "party: C L W"),
        lambda text: text.replace("scope: allegation,document", "scope: document,allegation"),
        lambda text: text.replace("key: ", "key: AAAA"),
        lambda text: text.replace("issued: 2026", "issued: 20260"),
        lambda text: text + "\n" * 5000,
    ],
)
def test_what_has_not_the_form_of_a_request_is_refused(asked: Asked, change: Any) -> None:
    with pytest.raises(KeyRequestError, match="no request for a key"):
        read_request(change(asked.text))


@pytest.fixture
def root_machine(asked: Asked, tmp_path: Path) -> list[str]:
    """The options of `evidence key add-device` where the organisation's root key lies."""
    (tmp_path / "request.txt").write_text(asked.text)
    (tmp_path / "trust.json").write_text(format_trust(trust(asked.log)))
    seed = KeyPair("clw").seed
    write_key_file(tmp_path / "clw.key", seed, public_half(seed, "root", party="clw"), None)
    keys = ["--key", str(tmp_path / "clw.key"), "--trust", str(tmp_path / "trust.json")]
    return ["key", "add-device", str(tmp_path / "request.txt"), *keys, "--offline"]


def test_the_root_key_adds_the_device_and_the_device_then_signs(
    asked: Asked, root_machine: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*root_machine, "--yes"]) == 0
    said = capsys.readouterr().out
    assert spoken(key_id(asked.public)) in said
    assert "allegation, document, and never keys or parties" in said
    (written,) = tmp_path.glob("clw-*.signed.json")
    added = read_signed(written)
    asked.log.append(Signed(added.statement(), added.envelope))
    envelope = parse(json.loads(asked.answer["file"])["envelope"])
    recorded = asked.log.append(Signed(decode_statement(asked.payload), envelope))
    assert (recorded.statement.event, recorded.key_ids) == ("AllegationMade", (key_id(asked.public),))


@pytest.mark.parametrize(
    ("answer", "says"), [("", "nobody said yes"), ("\n", "not confirmed"), ("n\n", "not confirmed")]
)
def test_a_device_that_nobody_compared_is_not_added(
    answer: str,
    says: str,
    root_machine: list[str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO(answer))
    assert run(root_machine) == 1
    said = capsys.readouterr()
    assert "Does the device show this very key" in said.err
    assert says in said.err
    assert list(tmp_path.glob("*.signed.json")) == []


def test_a_device_that_was_compared_is_added(
    root_machine: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("y\n"))
    assert run(root_machine) == 0
    assert len(list(tmp_path.glob("*.signed.json"))) == 1


def test_a_program_says_yes_by_the_option_alone(
    root_machine: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*root_machine, "--json"]) == 1
    assert "give --yes" in capsys.readouterr().err


def test_anothers_root_key_adds_nothing(
    asked: Asked, root_machine: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    seed = KeyPair("ietp").seed
    write_key_file(tmp_path / "ietp.key", seed, public_half(seed, "root", party="ietp"), None)
    at = root_machine.index("--key")
    assert run([*root_machine[: at + 1], str(tmp_path / "ietp.key"), *root_machine[at + 2 :]]) == 2
    assert "that is a key of ietp, not of clw" in capsys.readouterr().err
    assert list(tmp_path.glob("*.signed.json")) == []


def test_a_request_for_another_ledger_is_not_signed(
    asked: Asked, root_machine: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = Log.opened(origin="ledger.example.org/other")
    (tmp_path / "trust.json").write_text(format_trust(trust(other)))
    assert run(root_machine) == 1
    assert "this request is for ledger.example.org/test" in capsys.readouterr().err


def test_an_envelope_of_the_scripts_is_in_the_form_that_entries_have(scripts: Scripts, asked: Asked) -> None:
    signatures = tuple(Signature(digit * 64, b"s" * 64) for digit in "ab")
    value = to_json_value(Envelope(asked.payload, signatures))
    answer = scripts.ask("envelope", payload=value["payload"], signatures=list(reversed(value["signatures"])))
    assert answer == value
    assert asked.answer["same"]
