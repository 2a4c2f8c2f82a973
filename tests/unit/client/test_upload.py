"""What the client sends of a document, and what it never sends."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import httpx2
import pytest

from api.client.http import Client
from api.client.signed import CapturedFile
from ledger.core.refusal import LedgerError


class Recording(httpx2.BaseTransport):
    """Answers uploads as the ledger does and keeps what came in."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        body = request.read()
        self.taken.append(body)
        return httpx2.Response(201, json={"sha256": sha256(body).hexdigest(), "size": len(body)})


def test_a_document_is_sent_when_it_is_the_one_that_was_signed(tmp_path: Path) -> None:
    path, ledger = tmp_path / "scan.pdf", Recording()
    path.write_bytes(b"%PDF")
    Client("http://ledger", ledger).upload(CapturedFile(path, "application/pdf", sha256(b"%PDF").hexdigest()))
    assert ledger.taken == [b"%PDF"]


def test_no_other_file_leaves_the_machine_because_a_signed_file_names_it(tmp_path: Path) -> None:
    """Signed files come from others, who could name a key file as the captured document."""
    secret, ledger = tmp_path / "registrar.key", Recording()
    secret.write_bytes(b"seed")
    with pytest.raises(LedgerError, match="not the document that was signed"):
        Client("http://ledger", ledger).upload(CapturedFile(secret, "text/plain", "e" * 64))
    assert ledger.taken == []
