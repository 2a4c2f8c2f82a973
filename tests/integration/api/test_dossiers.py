"""Dossiers over HTTP: the bundle inside a page or a PDF, with the same limits as bundles."""

from __future__ import annotations

import io
from typing import Any

import pytest
from pypdf import PdfReader
from starlette.testclient import TestClient

from api import dossiers
from ledger.core.page import take_from_page
from tests.support.builder import Log
from tests.support.paper import demand_paper

from .conftest import Poster, TwinLog

TOYS = "/v1/factories/toys/dossier"


@pytest.fixture
def poster(client: TestClient) -> Poster:
    """A demo ledger with a party, a factory and an allegation."""
    log = TwinLog(clock="demo")
    log.poster = Poster(client, log)
    log.keys = dict(Log.opened().keys)
    log.append(log.genesis())
    log.register("ngo")
    log.factory("toys")
    log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    return log.poster


def attachment(response: Any) -> str:
    assert response.status_code == 200, response.text
    return str(response.headers["content-disposition"])


def test_the_page_carries_the_bundle_and_is_saved_under_its_name(poster: Poster) -> None:
    response = poster.client.get(TOYS)
    assert attachment(response) == 'attachment; filename="factory-toys.html"'
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert take_from_page(response.content) == poster.client.get("/v1/factories/toys/bundle").content


def test_every_kind_that_has_a_bundle_has_a_dossier(poster: Poster) -> None:
    own = poster.log.recorded[-1].statement.id
    for path in ("parties/ngo", f"statements/{own}"):
        page = poster.client.get(f"/v1/{path}/dossier").content
        assert take_from_page(page) == poster.client.get(f"/v1/{path}/bundle").content


def test_who_holds_it_already_gets_no_other(poster: Poster) -> None:
    tag = poster.client.get(TOYS).headers["etag"]
    again = poster.client.get(TOYS, headers={"if-none-match": tag})
    assert (again.status_code, again.content) == (304, b"")
    poster.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    assert poster.client.get(TOYS, headers={"if-none-match": tag}).status_code == 200


def test_a_name_without_entries_is_not_found(poster: Poster) -> None:
    response = poster.client.get("/v1/factories/nowhere/dossier")
    assert (response.status_code, response.json()["code"]) == (404, "nothing-to-bundle")


def test_a_page_comes_in_english_alone(poster: Poster) -> None:
    told = poster.client.get(f"{TOYS}?lang=fr").json()
    assert (told["code"], told["place"], told["mend"]) == ("bad-parameter", "lang", "add format=pdf")


def test_more_than_may_be_made_at_once_is_refused_and_told_to_come_again(poster: Poster) -> None:
    state = poster.client.app.state  # type: ignore[attr-defined]
    with state.papers.enter():
        assert poster.client.get(TOYS).status_code == 200
        refused = poster.client.get(f"{TOYS}?format=pdf")
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-bundles")
        assert refused.headers["retry-after"]
    with state.bundles.enter(), state.bundles.enter():
        assert poster.client.get(TOYS).status_code == 429


def test_paper_is_laid_out_in_the_language_that_was_asked_for(poster: Poster) -> None:
    demand_paper()
    response = poster.client.get(f"{TOYS}?format=pdf&lang=de")
    assert attachment(response) == 'attachment; filename="factory-toys.pdf"'
    assert PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Lang"] == "de"


def test_where_no_pdf_can_be_made_it_says_how_to_get_one(
    poster: Poster, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(dossiers, "makes_pdf", lambda: False)
    told = poster.client.get(f"{TOYS}?format=pdf").json()
    assert (told["status"], told["code"]) == (406, "no-such-form")
    assert "run `evidence dossier` on a machine of your own" in told["mend"]


@pytest.mark.parametrize(("bound", "value"), [("MOST_LAID_OUT", 10), ("PATIENCE", 0.01)])
def test_what_would_take_too_long_on_paper_is_refused(
    poster: Poster, monkeypatch: pytest.MonkeyPatch, bound: str, value: float
) -> None:
    monkeypatch.setattr(dossiers, "makes_pdf", lambda: True)
    monkeypatch.setattr(dossiers, bound, value)
    assert poster.client.get(f"{TOYS}?format=pdf").json()["code"] == "no-such-form"
