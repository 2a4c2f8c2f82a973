"""The views on a terminal: nothing that a statement says is left out or called by another word."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from rich.console import Console

from api.cli import render

DAY = "2030-01-01"
AS_OF = {"size": 3, "recordedAt": "2024-09-03T10:00:00.000Z", "today": DAY, "clock": "system"}


def console() -> Console:
    return Console(file=io.StringIO(), width=110)


def text(shown: Console) -> str:
    """What was printed, as one line of words."""
    assert isinstance(shown.file, io.StringIO)
    return " ".join(shown.file.getvalue().split())


def headed(as_of: Mapping[str, Any]) -> str:
    shown = console()
    render.heading(shown, {"asOf": as_of}, "Commitments")
    return text(shown)


def test_the_heading_says_the_day_that_ages_are_counted_to_and_beside_it_the_last_entrys() -> None:
    assert "as of 2030-01-01 · 3 entries · last entry 2024-09-03" in headed(AS_OF)


def test_the_heading_of_an_empty_moment_says_that_nothing_is_recorded_yet() -> None:
    said = headed({"size": 0, "recordedAt": None, "today": DAY, "clock": "system"})
    assert "as of 2030-01-01 · 0 entries · nothing recorded yet" in said
