"""Every page in every language: no serious barrier for people with assistive technology, no width lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from api.web.language import LANGUAGES
from tests.acceptance.conftest import Demo

from .addresses import addresses
from .conftest import Open

pytestmark = pytest.mark.xdist_group("browser-access")

AXE = (Path(__file__).parent / "vendor" / "axe.min.js").read_text()
# WCAG 2.2 AA and what goes before it.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = "color-contrast"


def serious(page: Page, *, contrast: bool = True, alone: bool = False) -> list[str]:
    """What axe-core finds serious or critical on the page, with the element; its colours, too, or not, or
    those alone.
    """
    page.evaluate(AXE)
    options = {
        "runOnly": {"type": "rule", "values": [COLOURS]} if alone else {"type": "tag", "values": TAGS},
        "resultTypes": ["violations"],
        "rules": {COLOURS: {"enabled": contrast}},
    }
    found: dict[str, Any] = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{one['id']}: {node['html'][:120]}"
        for one in found["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"]
    ]


@pytest.mark.parametrize("code", LANGUAGES)
def test_no_page_has_a_serious_barrier(opened: Open, demo: Demo, code: str) -> None:
    page = opened()
    for path in addresses(demo.url):
        page.goto(f"{demo.url}/{code}{path}")
        # Colours take most of the time, and every language has the same.
        assert serious(page, contrast=code == "en") == [], path


def test_no_page_has_a_serious_barrier_in_the_dark(opened: Open, demo: Demo) -> None:
    page = opened(color_scheme="dark")
    for path in addresses(demo.url):
        page.goto(f"{demo.url}/en{path}")
        assert serious(page, alone=True) == [], path


@pytest.mark.parametrize("code", ["en", "de"])
def test_no_page_is_wider_than_the_narrowest_screen(opened: Open, demo: Demo, code: str) -> None:
    # 320 pixels are also what 400 % zoom leaves of 1280 (WCAG 1.4.10).
    page = opened(width=320, height=640)
    for path in addresses(demo.url):
        page.goto(f"{demo.url}/{code}{path}")
        width = page.evaluate("document.documentElement.scrollWidth")
        assert width <= 320, f"{path} is {width} pixels wide"


def test_every_page_can_be_reached_and_left_by_keyboard(opened: Open, demo: Demo) -> None:
    page = opened()
    for path in addresses(demo.url):
        page.goto(f"{demo.url}/en{path}")
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.className") == "skip", path
        page.keyboard.press("Enter")
        assert page.evaluate("document.activeElement.id") == "main", path
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("getComputedStyle(document.activeElement).outlineStyle") != "none", path
