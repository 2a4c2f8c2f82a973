"""Codes as SVG: what a scanner would see in them, and what a screen reader is told."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import pytest
import segno

from api.qr import QUIET, code_svg

SVG = "{http://www.w3.org/2000/svg}"
TEXT = "urn:evidence-ledger:v1:citation\nstatement ab\nindex 7\n"


def drawn(svg: str) -> list[list[int]]:
    """The modules that the SVG paints black, quiet zone included."""
    root = ElementTree.fromstring(svg)
    size = int(root.attrib["viewBox"].split()[-1])
    modules = [[0] * size for _ in range(size)]
    dark = root.findall(f"{SVG}path")[-1]
    assert dark.attrib["stroke"] == "#000"
    for x, y, length in re.findall(r"M(\d+) (\d+)\.5h(\d+)", dark.attrib["d"]):
        for at in range(int(x), int(x) + int(length)):
            modules[int(y)][at] = 1
    return modules


def test_it_paints_exactly_the_modules_of_the_code() -> None:
    expected = segno.make(TEXT, error="m", micro=False)
    assert drawn(code_svg(TEXT, "a code")) == [list(row) for row in expected.matrix_iter(border=QUIET)]


def test_other_text_is_another_code() -> None:
    assert drawn(code_svg(TEXT, "a code")) != drawn(code_svg(TEXT.replace("7", "8"), "a code"))


def test_it_is_black_on_white_whatever_stands_around_it() -> None:
    background, dark = ElementTree.fromstring(code_svg(TEXT, "a code")).findall(f"{SVG}path")
    assert (background.attrib["fill"], dark.attrib["stroke"]) == ("#fff", "#000")


def test_a_screen_reader_is_told_its_title_and_no_more() -> None:
    root = ElementTree.fromstring(code_svg(TEXT, "Code of <entry 7> & its checkpoint"))
    assert root.attrib["role"] == "img"
    assert [one.text for one in root.iter(f"{SVG}title")] == ["Code of <entry 7> & its checkpoint"]


def test_the_same_text_is_the_same_markup() -> None:
    assert code_svg(TEXT, "a code") == code_svg(TEXT, "a code")


def test_more_than_a_code_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="too large"):
        code_svg("x" * 3_000, "a code")
