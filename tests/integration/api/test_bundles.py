"""Bundles over HTTP: byte for byte those of the log in memory, with documents as a zip."""

from __future__ import annotations

import io
import time
import zipfile
from hashlib import sha256

import pytest
from starlette.testclient import TestClient

from ledger.core.bundle import parse_bundle
from ledger.core.checkpoint import parse
from ledger.core.note import split_note
from tests.support import bundles
from tests.support.builder import Log
from tests.support.bundles import bundle_bytes

from .conftest import Poster, TwinLog

PDF = b"%PDF-1.7\n" + b"report of the follow-up\n" * 50
DIGEST = sha256(PDF).hexdigest()


def expected(poster: Poster, content: bytes, about: str) -> bytes:
    """The bundle of the log in memory, in the tree whose checkpoint the ledger took."""
    return bundle_bytes(poster.log, about, parse(split_note(parse_bundle(content).head.checkpoint)[0]).size)


def publish_index(poster: Poster) -> None:
    """Have the ledger compute the index, then log the statement about it."""
    service = poster.client.app.state.service  # type: ignore[attr-defined]
    service.wait_for(poster.position)
    service.index.advance()
    poster.log.index()


def publish_tiles(poster: Poster) -> None:
    """Wait until everything is published, by whoever has the turn."""
    service = poster.client.app.state.service  # type: ignore[attr-defined]
    for _ in range(200):
        service.tile_publisher().publish()
        newest = service.publications.newest()
        if newest is not None and newest.size == len(poster.log.entries):
            return
        time.sleep(0.05)
    raise AssertionError("not published within ten seconds")


@pytest.fixture
def poster(client: TestClient) -> Poster:
    """A demo ledger: its entries are dated as its statements are, so that the twin's are the same bytes."""
    log = TwinLog(clock="demo")
    log.poster = Poster(client, log)
    log.keys = dict(Log.opened().keys)
    log.append(log.genesis())
    return log.poster


@pytest.fixture
def indexed(poster: Poster) -> Poster:
    """The small case with a document, all of it indexed."""
    assert poster.client.post("/v1/documents", content=PDF).status_code == 201
    log = poster.log
    log.register("ngo")
    log.factory("toys")
    log.factory("elsewhere")
    captured = log.say(
        "DocumentCaptured",
        "registrar",
        about=[f"document:{DIGEST}"],
        claim={"media": "application/pdf", "size": len(PDF)},
    )
    log.say(
        "AllegationMade",
        "ngo",
        about=["factory:toys"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": "no masks"}},
        refs=[("basedOn", captured)],
    )
    publish_index(poster)
    return poster


def test_the_bundle_is_that_of_the_log_byte_for_byte(indexed: Poster) -> None:
    response = indexed.client.get("/v1/factories/toys/bundle")
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "application/jsonl"
    assert response.content == expected(indexed, response.content, "factory:toys")


@pytest.mark.parametrize(
    ("path", "about"), [("parties/ngo", "party:ngo"), ("factories/elsewhere", "factory:elsewhere")]
)
def test_every_kind_of_name_has_its_bundle(indexed: Poster, path: str, about: str) -> None:
    response = indexed.client.get(f"/v1/{path}/bundle")
    assert response.content == expected(indexed, response.content, about)


def test_a_statement_has_its_bundle(indexed: Poster) -> None:
    own = indexed.log.recorded[-2].statement.id
    response = indexed.client.get(f"/v1/statements/{own}/bundle")
    assert response.content == expected(indexed, response.content, f"statement:{own}")


def test_who_holds_the_bundle_already_gets_no_other(indexed: Poster) -> None:
    first = indexed.client.get("/v1/factories/toys/bundle")
    again = indexed.client.get("/v1/factories/toys/bundle", headers={"if-none-match": first.headers["etag"]})
    assert again.status_code == 304
    assert again.content == b""


def test_with_documents_it_is_a_zip_that_is_the_same_each_time(indexed: Poster) -> None:
    first, again = (indexed.client.get("/v1/factories/toys/bundle?documents=true") for _ in range(2))
    assert first.content == again.content
    assert first.headers["content-type"] == "application/zip"
    with zipfile.ZipFile(io.BytesIO(first.content)) as folder:
        assert folder.namelist() == ["bundle.jsonl", f"documents/{DIGEST}"]
        lines = folder.read("bundle.jsonl")
        assert lines == expected(indexed, lines, "factory:toys")
        assert folder.read(f"documents/{DIGEST}") == PDF


def test_before_the_first_index_statement_nothing_is_proven_complete(poster: Poster) -> None:
    poster.log.factory("toys")
    response = poster.client.get("/v1/factories/toys/bundle")
    assert response.content == bundle_bytes(poster.log, "factory:toys")
    assert bundles.bundle(poster.log, "factory:toys").keys == ()


def test_a_name_without_entries_is_not_found(indexed: Poster) -> None:
    response = indexed.client.get("/v1/factories/nowhere/bundle")
    assert response.status_code == 404
    assert response.json()["code"] == "nothing-to-bundle"


def test_what_is_too_new_for_the_index_waits_for_it(indexed: Poster) -> None:
    indexed.log.factory("newer")
    assert indexed.client.get("/v1/factories/newer/bundle").status_code == 404
    publish_index(indexed)
    publish_tiles(indexed)
    assert indexed.client.get("/v1/factories/newer/bundle").status_code == 200
