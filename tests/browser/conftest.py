"""The system's Chromium, driven by playwright, and its Node; whoever lacks them is told so."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.acceptance.conftest import demo, short_folder
from tests.browser.scripts import Scripts, running
from tests.support.requirements import missing

__all__ = ["demo", "short_folder"]


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


# Told by the browser itself, before any script of the page runs.
_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`));
"""

Open = Callable[..., Page]


@pytest.fixture
def opened(chromium: Browser) -> Iterator[Open]:
    """Opens pages, each in a browser profile of its own; `opened(url, width=320, java_script_enabled=False)`.

    A test fails for whatever a page breaks its content security policy with, for an error of its scripts and
    for a file that it does not get.
    """
    contexts: list[BrowserContext] = []
    troubles: list[str] = []

    def open_page(url: str | None = None, *, width: int = 1280, height: int = 900, **options: Any) -> Page:
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        page = context.new_page()
        page.add_init_script(_VIOLATIONS)
        page.on("console", lambda one: troubles.append(one.text) if one.type == "error" else None)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        if url is not None:
            page.goto(url)
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert troubles == []


@pytest.fixture(scope="module")
def scripts(node: str) -> Iterator[Scripts]:
    """The scripts that make statements."""
    with running(node) as found:
        yield found
