"""A ledger that an outside authority dates, from the command line to a bundle that carries the reply."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import load
from tests.acceptance.conftest import Ran, evidence
from tests.support import authority as authorities
from tests.support.authority import Authority

pytestmark = pytest.mark.xdist_group("acceptance")


@dataclass(frozen=True)
class Dated:
    folder: Path
    authority: Authority
    shown: list[dict[str, Any]]

    @property
    def data(self) -> Path:
        return self.folder / "ledger"

    @property
    def bundle(self) -> Path:
        return self.folder / "operator.bundle"

    def verify(self, roots: Path) -> Ran:
        return evidence(
            "verify", self.bundle, "--trust", self.data / "trust.json", "--tsa-roots", roots, "--json"
        )


def anchor(data: Path, authority: Authority) -> list[dict[str, Any]]:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("EVIDENCE_")}
    environment |= {"EVIDENCE_TSA_URL": authority.url, "EVIDENCE_TSA_ROOTS": str(authority.root)}
    command = [sys.executable, "-c", "from api.cli import main; main()", "anchor"]
    done = subprocess.run(
        [*command, "--data", str(data), "--json"],
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    shown: list[dict[str, Any]] = json.loads(done.stdout)
    return shown


@pytest.fixture(scope="module")
def dated(short_folder: Path) -> Iterator[Dated]:
    folder = short_folder / "dated"
    folder.mkdir()
    folder.chmod(0o711)
    data = folder / "ledger"
    opened = evidence("init", "--data", data, "--origin", "ledger.example.org/dated", "--no-passphrase")
    assert opened.code == 0, opened.err
    evidence("index", "--data", data, "--json").json()
    with authorities.serving(folder / "tsa") as authority:
        shown = anchor(data, authority)
        made = evidence("bundle", "party:operator", "--data", data, "-o", folder / "operator.bundle")
        assert made.code == 0, made.err
        yield Dated(folder, authority, shown)


def test_what_is_published_is_dated(dated: Dated) -> None:
    (stamp,) = dated.shown
    assert stamp["authority"] == dated.authority.url
    assert stamp["size"] >= 1


def test_it_is_not_dated_twice(dated: Dated) -> None:
    assert len(anchor(dated.data, dated.authority)) <= 1
    assert anchor(dated.data, dated.authority) == []


def test_without_certificates_only_the_imprint_is_checked(dated: Dated) -> None:
    ran = evidence("verify", dated.bundle, "--trust", dated.data / "trust.json", "--json").json()
    (step,) = [step for step in ran["steps"] if step["name"] == "time-stamps"]
    assert step["grade"] == "unchecked"
    assert "imprint matches, signature unchecked" in step["detail"]


def test_with_the_authoritys_root_the_signature_is_checked(dated: Dated) -> None:
    ran = dated.verify(dated.authority.root).json()
    (step,) = [step for step in ran["steps"] if step["name"] == "time-stamps"]
    assert step["grade"] == "held"
    assert "signed by CN=Example Time-Stamping" in step["detail"]


def test_with_another_root_the_file_fails(dated: Dated) -> None:
    authorities.found(dated.folder / "other", "Other")
    ran = dated.verify(dated.folder / "other" / "root.pem")
    assert ran.code == 1
    report = json.loads(ran.out)
    assert report["verdict"] == "failed"
    assert [step["name"] for step in report["steps"] if step["grade"] == "failed"] == ["time-stamps"]


def test_the_api_shows_the_reply_as_openssl_takes_it(dated: Dated) -> None:
    with TestClient(create_app(load(data=dated.data))) as client:
        found = client.get("/v1/anchors", params={"covers": 0}).json()["items"][0]
        assert client.get("/v1/anchors", params={"covers": 10_000}).json() == {"items": []}
    text, reply = (base64.b64decode(found[name]) for name in ("text", "reply"))
    assert found["checkpoint"].encode().startswith(text)
    assert authorities.verify_with_openssl(dated.folder, text, reply, dated.authority.root)


def test_an_authority_without_its_root_is_a_mistake_in_the_settings(dated: Dated) -> None:
    assert evidence("anchor", "--data", dated.data).code == 2
