"""`evidence search` on the 2019 case, and the words of its disclosures read again."""

from __future__ import annotations

import pytest

from tests.acceptance.conftest import Demo, evidence

pytestmark = pytest.mark.xdist_group("acceptance")


def test_a_word_in_another_form_is_found_and_marked(demo: Demo) -> None:
    ran = demo.run("search", "trained")
    assert ran.code == 0
    assert "»training«" in ran.out
    assert "each signed" in ran.out


def test_facets_narrow_and_said_by_is_not_signed_by(demo: Demo) -> None:
    said = demo.ask("search", "training", "--said-by", "ietp", "--kind", "observation")
    assert said["total"] == 2
    assert {item["event"] for item in said["items"]} == {"ObservationMade"}
    signed = demo.ask("search", "training", "--signed-by", "ietp", "--kind", "observation")
    assert signed["total"] == 0


def test_an_earlier_day_finds_what_was_there_then(demo: Demo) -> None:
    before = demo.ask("search", "training", "--as-of", "2020-02-06")
    assert 0 < before["total"] < demo.ask("search", "training")["total"]


def test_nothing_to_look_for_is_told_in_one_line(demo: Demo) -> None:
    ran = evidence("search", "--url", demo.url, "--", "-training")
    assert ran.code != 0
    assert ran.err.count("\n") == 1
    assert "left out" in ran.err


def test_the_words_can_be_read_again_while_the_ledger_serves(demo: Demo) -> None:
    before = demo.ask("search", "training")["total"]
    read = evidence("rebuild", "words", "--data", demo.data, "--json").json()
    assert read["words"] is True
    assert demo.ask("search", "training")["total"] == before
    refused = evidence("rebuild", "word", "--data", demo.data)
    assert refused.code != 0
    assert "`tiles` and `words` stand alone" in refused.err
