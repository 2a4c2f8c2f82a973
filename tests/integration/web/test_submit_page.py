"""The submitting pages without a browser: codes for receipts, and what is said of sealing and erasing."""

from __future__ import annotations

import pytest

from ledger.core.checkpoint import Checkpoint
from ledger.core.citation import Citation, format_citation
from tests.integration.api.conftest import Poster

from .conftest import page


def test_a_receipts_citation_is_drawn_as_a_code(case: Poster) -> None:
    cited = format_citation(Citation("ab" * 32, 3, Checkpoint(case.log.origin, 7, bytes(32))))
    drawn = case.client.get("/en/submit/citation.svg", params={"text": cited})
    assert drawn.headers["content-type"] == "image/svg+xml"
    assert drawn.text.startswith("<svg")


def test_no_code_is_drawn_of_any_other_text(case: Poster) -> None:
    drawn = case.client.get("/en/submit/citation.svg", params={"text": "https://example.org"})
    assert drawn.status_code == 400


def test_the_pages_promise_neither_sealing_nor_erasing_that_is_not_there(case: Poster) -> None:
    assert "Sealed statements cannot be made yet, here or there." in page(case, "/en/submit").text
    form = page(case, "/en/submit/allegation").text
    assert "Sealed statements cannot be made yet, here or with the command line." in form
    assert (
        form.count("This version of the ledger does not erase yet") == 2
    )  # at the words, and before signing
    assert "does not erase yet" in page(case, "/en/submit").text
    assert "does not erase yet" in page(case, "/en/about").text
    for address in ("/en/submit", "/en/submit/allegation", "/en/submit/cosign"):
        assert "can be erased later" not in page(case, address).text
    assert "deletes it when you ask" not in form


@pytest.mark.parametrize("code", ["fr", "de", "zh"])
def test_the_warning_beside_a_repeated_item_is_in_the_readers_language(case: Poster, code: str) -> None:
    english = page(case, "/en/submit/request", event="QuestionAsked").text
    shown = page(case, f"/{code}/submit/request", event="QuestionAsked")
    warning = "Nothing that could identify a worker."
    assert warning in english
    assert warning not in shown.html


def test_what_is_no_country_is_not_offered_as_one(case: Poster) -> None:
    offered = {one.get("value") for one in page(case, "/en/submit/allegation").all("option")}
    assert {"CN", "BD", "DE"} <= offered
    assert offered.isdisjoint({"XA", "XB", "ZZ", "EZ", "EU", "QO", "UN"})
