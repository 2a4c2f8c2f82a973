"""How a text begins."""

from __future__ import annotations

import pytest

from projections.excerpts import LENGTH, opening


@pytest.mark.parametrize("text", ["", "Short.", "x" * LENGTH])
def test_a_short_text_is_told_whole(text: str) -> None:
    assert opening(text) == text


def test_a_long_text_is_cut_behind_a_word() -> None:
    text = "word " * LENGTH
    begins = opening(text)
    assert begins.endswith("word…")
    assert text.startswith(begins[:-1])
    assert LENGTH - 10 < len(begins) <= LENGTH + 1


@pytest.mark.parametrize("text", ["调查" * LENGTH, "One " + "x" * 2 * LENGTH])
def test_a_text_without_a_place_to_cut_is_cut_by_its_length(text: str) -> None:
    assert opening(text) == text[:LENGTH] + "…"
