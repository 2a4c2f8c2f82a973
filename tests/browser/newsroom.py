"""A small ledger of its own for what browsers submit, and a browser whose key signs in it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.acceptance.conftest import evidence, served

PARTIES = ("watch", "union")
DRAFTS = """\
- label: watch
  event: PartyRegistered
  issuers: [registrar]
  subjects: [party:watch]
  claim:
    {entity: organisation, roles: [ngo], firstKey: {file: watch.key}, checked: in-person, names: [Watch]}
- label: union
  event: PartyRegistered
  issuers: [registrar]
  subjects: [party:union]
  claim:
    {entity: organisation, roles: [union], firstKey: {file: union.key}, checked: in-person, names: [Union]}
- label: listed
  event: PartyListed
  issuers: [registrar]
  subjects: [party:buyer]
  claim: {entity: organisation, roles: [buyer], names: [The Buyer]}
- label: mill
  event: FactoryRegistered
  issuers: [registrar]
  subjects: [factory:mill]
  claim: {level: factory, country: BD, names: [River Mill]}
"""

# Told by the browser itself, before any script of the page runs.
_VIOLATIONS = """
addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} blocked ${event.blockedURI} ${event.sample}`));
"""


@dataclass
class Newsroom:
    """A served ledger with two registered parties and a factory; `folder` has the parties' root keys."""

    folder: Path
    url: str
    troubles: list[str] = field(default_factory=list)

    @property
    def trust(self) -> Path:
        return self.folder / "ledger" / "trust.json"

    def ask(self, path: str, **parameters: Any) -> Any:
        answer = httpx2.get(self.url + path, params=parameters)
        assert answer.status_code == 200, answer.text
        return answer.json()

    @property
    def size(self) -> int:
        return int(self.ask("/v1/ledger")["size"])

    def timeline(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.ask("/v1/factories/mill/timeline", limit=200, at_least=self.size)[
            "items"
        ]
        return found

    def add_device(self, request: Path, party: str, *more: str) -> Any:
        """What the organisation's root key holder runs."""
        keys = ["--key", self.folder / f"{party}.key", "--trust", self.trust]
        return evidence(
            "key", "add-device", request, *keys, "--url", self.url, *more, "--yes", "--json"
        ).json()

    def profile(self, browser: Browser) -> BrowserContext:
        """A browser that keeps nothing of others; whatever breaks the pages' policy is noted."""
        context = browser.new_context(accept_downloads=True)
        context.add_init_script(_VIOLATIONS)
        context.on("page", self._watch)
        return context

    def told(self) -> list[str]:
        """The troubles since one asked last."""
        found, self.troubles[:] = list(self.troubles), []
        return found

    def _watch(self, page: Page) -> None:
        # A refusal of the API is told by the browser, too; it is what some tests are about.
        page.on(
            "console",
            lambda one: (
                self.troubles.append(one.text)
                if one.type == "error" and "Failed to load resource" not in one.text
                else None
            ),
        )
        page.on("pageerror", lambda error: self.troubles.append(str(error)))


@contextmanager
def newsroom(folder: Path) -> Iterator[Newsroom]:
    """The ledger while the block runs."""
    data = folder / "ledger"
    assert evidence("init", "--data", data, "--no-passphrase").code == 0
    for party in PARTIES:
        assert evidence("key", "new", folder / f"{party}.key", "--party", party, "--no-passphrase").code == 0
    (folder / "first.yaml").write_text(DRAFTS)
    signers = [data / "keys" / "registrar.key", *(folder / f"{party}.key" for party in PARTIES)]
    options = [option for key in signers for option in ("--key", key)]
    signed = evidence("sign", folder / "first.yaml", *options, "--data", data)
    assert signed.code == 0, signed.err
    entered = evidence("submit", folder, "--data", data)
    assert entered.code == 0, entered.err
    with served(data) as url:
        yield Newsroom(folder, url)


def ask_for_key(page: Page, newsroom: Newsroom, party: str, label: str = "Office") -> Path:
    """Make a key in this browser and save its request."""
    page.goto(f"{newsroom.url}/en/submit/keys")
    page.get_by_label("Your organisation's short name").fill(party)
    page.get_by_label("What you call this browser").fill(label)
    page.get_by_role("button", name="Make the key").click()
    expect(page.locator("#keys > li[data-state=waiting]").last).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Save the request").last.click()
    target = newsroom.folder / saved.value.suggested_filename
    saved.value.save_as(target)
    return target


def enrol(page: Page, newsroom: Newsroom, party: str) -> None:
    """A key of the party in this browser, in force."""
    newsroom.add_device(ask_for_key(page, newsroom, party), party)
    page.reload()
    in_force = page.locator("#keys > li[data-state=in-force]").last
    # The views may be behind the log when the page first asks.
    for _ in range(5):
        with suppress(AssertionError):
            expect(in_force).to_be_visible(timeout=2_000)
            return
        page.get_by_role("button", name="Look again how they stand").click()
    expect(in_force).to_be_visible()
