"""Pictures of the main pages for the README: `python -m tests.browser.screenshots`, or `make screenshots`.

Each is made of the 2019 case on a ledger of its own, wide and narrow, light and dark, in a real browser.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final, Literal, NamedTuple

import httpx2
from playwright.sync_api import Browser, sync_playwright

from tests.acceptance.conftest import evidence, served

FOLDER: Final = Path(__file__).parents[2] / "docs" / "screenshots"
WIDE: Final = {"width": 1280, "height": 900}
NARROW: Final = {"width": 390, "height": 844}


class Picture(NamedTuple):
    """A page, how it is looked at, and where the view begins. `{...}` in a path is an id, see `ids`."""

    name: str
    path: str
    scheme: Literal["light", "dark"] = "light"
    narrow: bool = False
    at: str | None = None


FACTORY: Final = "/factories/foshan-nanhai-mattel"
PICTURES: Final = (
    Picture("home", "/en/"),
    Picture("factory", f"/en{FACTORY}"),
    Picture("factory-dark", f"/en{FACTORY}", "dark"),
    Picture("factory-narrow", f"/en{FACTORY}", narrow=True),
    Picture("factory-known", f"/en{FACTORY}?known=2020-02-06", at="#timeline"),
    Picture("matrix", f"/en{FACTORY}", at="#claims"),
    Picture("factory-chinese", f"/zh{FACTORY}", narrow=True),
    Picture("unanswered", "/en/open"),
    Picture("unanswered-dark-narrow", "/de/open", "dark", narrow=True),
    Picture("statement", "/en/statements/{question}"),
    Picture("statement-proof-narrow", "/en/statements/{finding}", narrow=True, at="#proof"),
    Picture("investigation", "/en/investigations/{audit}"),
    Picture("investigation-dark", "/en/investigations/{audit}", "dark", at="#checklist"),
    Picture("party", "/en/parties/ietp"),
    Picture("party-narrow", "/fr/parties/ietp", narrow=True),
    Picture("knowledge", "/en/open/knowledge?about=factory:foshan-nanhai-mattel"),
    Picture("compare", "/fr/criteria?issue=working-time", at="table"),
    Picture("search", "/en/search?q=training"),
    Picture("verify", "/en/verify"),
    Picture("submit", "/en/submit/allegation"),
)


def main() -> int:
    """Make every picture anew."""
    FOLDER.mkdir(exist_ok=True)
    program = shutil.which("chromium")
    if program is None:
        print("no Chromium to open pages with (Debian: apt-get install chromium)", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory(prefix="ev-shots-", dir="/tmp") as folder:
        # Open to traversal, since the embedded server runs as a user of its own.
        Path(folder).chmod(0o711)
        data = Path(folder) / "demo"
        evidence("demo", "--no-serve", "--data", data)
        with served(data) as url, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
            named = ids(url)
            for picture in PICTURES:
                take(browser, url, picture._replace(path=picture.path.format(**named)))
                print(picture.name)
            browser.close()
    return 0


def ids(url: str) -> dict[str, str]:
    """Ids of statements about the factory: the last question, the first finding, the audit it is within."""
    answer = httpx2.get(f"{url}/v1{FACTORY}/timeline", params={"limit": 1000})
    lines = answer.raise_for_status().json()["items"]
    finding = next(one for one in lines if one["event"] == "DeterminationIssued")
    audit = next(ref["id"] for ref in finding["refs"] if ref["rel"] == "within")
    question = [one["id"] for one in lines if one["event"] == "QuestionAsked"][-1]
    return {"question": question, "finding": finding["id"], "audit": audit}


def take(browser: Browser, url: str, picture: Picture) -> None:
    """One picture into the folder."""
    size = NARROW if picture.narrow else WIDE
    # Else it would be taken on the way to where the view begins.
    still: Final = {"reduced_motion": "reduce", "color_scheme": picture.scheme}
    context = browser.new_context(viewport=size, **still)  # type: ignore[arg-type]
    page = context.new_page()
    answer = page.goto(url + picture.path)
    assert answer is not None
    assert answer.ok, f"{picture.path}: {answer.status}"
    if picture.at:
        page.locator(picture.at).first.evaluate("element => element.scrollIntoView({block: 'start'})")
    page.screenshot(path=FOLDER / f"{picture.name}.png")
    context.close()


if __name__ == "__main__":
    raise SystemExit(main())
