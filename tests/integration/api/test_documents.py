"""Documents over HTTP: taken by content, shown once captured, never as a page."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from typing import Any

import pytest

from api.documents import check
from api.settings import Settings
from ledger.store.blobs import folder_blobs
from tests.support.builder import KeyPair

from .conftest import Poster

PDF = b"%PDF-1.7\n" + b"report of the follow-up\n" * 500
DIGEST = sha256(PDF).hexdigest()


def capture(poster: Poster, digest: str = DIGEST, size: int = len(PDF), **more: Any) -> Any:
    signed = poster.log.draft(
        "DocumentCaptured",
        "registrar",
        about=[f"document:{digest}"],
        claim={"media": "application/pdf", "size": size, **more},
    )
    return poster.post(signed)


@pytest.fixture
def captured(poster: Poster) -> Poster:
    assert poster.client.post("/v1/documents", content=PDF).status_code == 201
    response = capture(poster)
    assert response.status_code == 201, response.text
    return poster


def test_an_upload_is_answered_with_digest_size_and_type(poster: Poster) -> None:
    response = poster.client.post("/v1/documents", content=PDF)
    assert response.status_code == 201
    assert response.json() == {"sha256": DIGEST, "size": len(PDF), "media": "application/pdf"}
    assert response.headers["location"] == f"/v1/documents/{DIGEST}"


def test_an_upload_may_come_in_pieces(poster: Poster) -> None:
    def pieces() -> Iterator[bytes]:
        for start in range(0, len(PDF), 999):
            yield PDF[start : start + 999]

    assert poster.client.post("/v1/documents", content=pieces()).json()["sha256"] == DIGEST


def test_an_upload_alone_is_shown_to_nobody(poster: Poster) -> None:
    poster.client.post("/v1/documents", content=PDF)
    assert poster.client.get(f"/v1/documents/{DIGEST}").status_code == 404


def test_a_captured_document_is_a_download_that_runs_nothing(captured: Poster) -> None:
    path = f"/v1/documents/{DIGEST}?at_least={captured.position}"
    response = captured.client.get(path)
    assert (response.status_code, response.content) == (200, PDF)
    assert response.headers["content-disposition"].startswith("attachment")
    assert "sandbox" in response.headers["content-security-policy"]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.headers["etag"] == f'"{DIGEST}"'


def test_a_range_of_a_document_is_given_out(captured: Poster) -> None:
    path = f"/v1/documents/{DIGEST}?at_least={captured.position}"
    part = captured.client.get(path, headers={"range": "bytes=5-99"})
    assert (part.status_code, part.content) == (206, PDF[5:100])
    assert part.headers["content-range"] == f"bytes 5-99/{len(PDF)}"
    behind = captured.client.get(path, headers={"range": f"bytes={len(PDF)}-"})
    assert (behind.status_code, behind.json()["code"]) == (416, "bad-range")
    assert behind.headers["content-range"] == f"bytes */{len(PDF)}"
    stale = captured.client.get(path, headers={"range": "bytes=5-99", "if-range": '"other"'})
    assert stale.status_code == 200


def test_a_document_that_the_client_holds_is_not_sent_again(captured: Poster) -> None:
    path = f"/v1/documents/{DIGEST}?at_least={captured.position}"
    assert captured.client.get(path, headers={"if-none-match": f'"{DIGEST}"'}).status_code == 304


def test_a_captured_document_without_its_bytes_is_refused(poster: Poster) -> None:
    response = capture(poster)
    assert (response.status_code, response.json()["code"]) == (422, "document-missing")
    assert response.json()["place"].startswith("/subject/")


def test_a_captured_document_of_another_size_is_refused(poster: Poster) -> None:
    poster.client.post("/v1/documents", content=PDF)
    assert capture(poster, size=7).json()["code"] == "document-size"


def test_a_program_is_not_taken(poster: Poster) -> None:
    response = poster.client.post("/v1/documents", content=b"\x7fELF\x02\x01\x01" + bytes(100))
    assert (response.status_code, response.json()["code"]) == (415, "media-type")


def test_a_document_over_the_limit_is_not_taken(settings: Settings, poster: Poster) -> None:
    big = b"a" * (settings.max_document_bytes + 1)
    assert poster.client.post("/v1/documents", content=big).status_code == 413
    chunks = (big[start : start + 65_536] for start in range(0, len(big), 65_536))
    assert poster.client.post("/v1/documents", content=chunks).status_code == 413


def test_the_check_of_documents_names_the_position_of_a_changed_byte(
    captured: Poster, settings: Settings
) -> None:
    entries = list(enumerate(captured_entries(captured)))
    blobs = folder_blobs(settings.data / "blobs")
    assert [defect for _, defect in check(blobs, entries) if defect] == []
    file = settings.data / "blobs" / DIGEST[:2] / DIGEST
    file.write_bytes(PDF[:-1] + b"!")
    [defect] = [defect for _, defect in check(blobs, entries) if defect]
    assert defect.position == 1
    file.unlink()
    [defect] = [defect for _, defect in check(blobs, entries) if defect]
    assert "not held" in defect.what


def test_bytes_captured_for_parties_are_checked_too(settings: Settings, captured: Poster) -> None:
    log = captured.log
    log.register("ngo")
    plaintext = {"sha256": DIGEST, "size": len(PDF)}
    guarded = {"visibility": "parties", "audience": ["ngo"], "hidden": {"plaintext": plaintext}}
    log.say("DocumentCaptured", "registrar", **guarded)
    recorder = captured.client.app.state.service.recorder  # type: ignore[attr-defined]
    entries = list(enumerate(captured_entries(captured)))

    def held(position: int) -> list[str]:
        return [text for _, _, text in recorder.disclosures_of([position]) if text]

    blobs = folder_blobs(settings.data / "blobs")
    assert [defect for _, defect in check(blobs, entries[-1:], held) if defect] == []
    next(settings.data.glob(f"blobs/*/{DIGEST}")).unlink()
    [defect] = [defect for _, defect in check(blobs, entries[-1:], held) if defect]
    assert "not held" in defect.what


def captured_entries(poster: Poster) -> list[bytes]:
    recorder = poster.client.app.state.service.recorder  # type: ignore[attr-defined]
    return [entry for _, entry in recorder.read_entries(0)]


def test_head_tells_the_size_of_a_document_without_its_bytes(captured: Poster) -> None:
    head = captured.client.head(f"/v1/documents/{DIGEST}?at_least={captured.position}")
    assert (head.status_code, head.content) == (200, b"")
    assert (head.headers["content-length"], head.headers["etag"]) == (str(len(PDF)), f'"{DIGEST}"')


def test_whether_bytes_are_held_is_not_told_to_who_may_not_sign(poster: Poster) -> None:
    """Else whoever has a document could find out whether somebody has handed it in."""
    stranger = KeyPair("stranger")
    answers = []
    for _ in range(2):
        signed = poster.log.draft(
            "DocumentCaptured",
            "registrar",
            about=[f"document:{DIGEST}"],
            claim={"media": "application/pdf", "size": len(PDF)},
            signers=[stranger],
        )
        answers.append(poster.post(signed).json())
        assert poster.client.post("/v1/documents", content=PDF).status_code == 201
    assert [answer["code"] for answer in answers] == ["unknown-key", "unknown-key"]
