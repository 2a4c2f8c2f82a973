"""Going through a page with the keyboard alone."""

from __future__ import annotations

from typing import Final

from playwright.sync_api import Page

TABS: Final = 250  # more than it takes to reach anything that these pages have

# The id of what is focused, else its text with single spaces.
_AT: Final = "document.activeElement.id || document.activeElement.textContent.trim().replace(/\\s+/g, ' ')"


def reach(page: Page, target: str) -> None:
    """Go on with Tab until what has this id, or this text and no id, is focused."""
    for _ in range(TABS):
        if page.evaluate(_AT) == target:
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{target} is not reached by Tab")
