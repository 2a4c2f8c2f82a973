"""The system's Chromium, driven by playwright, and its Node; whoever lacks them is told so."""

from __future__ import annotations

import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, sync_playwright

from tests.support.requirements import missing


# Not for the whole session: while the browser's driver is up, its event loop runs in this thread, and no
# other test of the same process could start one of its own.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser; each test opens pages of its own in it."""
    program = shutil.which("chromium")
    if program is None:
        missing("no Chromium to open pages with (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        # Tests may run as root, whom the sandbox refuses.
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def node() -> str:
    """The program that runs the pages' scripts outside a browser."""
    found = shutil.which("node")
    if found is None:
        missing("no Node to run JavaScript with (Debian: apt-get install nodejs)")
    return found
