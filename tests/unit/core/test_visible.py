"""Nothing that a stranger wrote steers a terminal or passes for a line of ours."""

from __future__ import annotations

import io
import json

from hypothesis import given
from hypothesis import strategies as st
from rich.table import Table
from rich.text import Text

from api.cli import console
from ledger.core.visible import SHAPELESS, visible, visible_json, visible_line

CLEARING = "x\x1b[2J\x1b[H every check held \x9b8m\u202e\r"


def test_controls_and_marks_of_direction_are_shown_by_their_number() -> None:
    assert visible("a\x1b[2J\x9b\u202eb\r\n\tc") == "a‹U+001B›[2J‹U+009B›‹U+202E›b‹U+000D›\n\tc"
    assert visible("工人 – “é” 👷🏽‍♀️") == "工人 – “é” 👷🏽‍♀️"


@given(st.text())
def test_no_text_steers_a_terminal_or_begins_a_line(text: str) -> None:
    assert not set(visible(text)) & (SHAPELESS | {"\r"})
    assert len(visible_line(text).splitlines()) <= 1


@given(st.text() | st.lists(st.text()))
def test_json_means_the_same_without_them(value: object) -> None:
    text = visible_json(json.dumps(value, ensure_ascii=False))
    assert json.loads(text) == value
    assert not set(text) & SHAPELESS


def test_what_commands_print_keeps_its_own_colours_and_no_strangers_controls() -> None:
    printed = console._Console(file=io.StringIO(), force_terminal=True, color_system="standard", width=60)
    table = Table.grid()
    table.add_row(Text(CLEARING, style="bold"), CLEARING)
    printed.print(table)
    printed.print(Text(CLEARING))
    printed.print(CLEARING, markup=False)
    found = printed.file.getvalue()  # type: ignore[attr-defined]
    assert "\x1b[1m" in found
    assert "\x1b[2J" not in found
    assert "\x9b" not in found
    assert "\u202e" not in found
    assert found.count("U+001B") >= 4
