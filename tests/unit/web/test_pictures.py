"""The README's pictures are those that `make screenshots` makes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.browser.screenshots import FOLDER, PICTURES

README = (Path(__file__).parents[3] / "README.md").read_text()
SHOWN = set(re.findall(r"docs/screenshots/([\w-]+)\.png", README))


def test_every_picture_of_the_readme_is_there_and_can_be_made_anew() -> None:
    made = {one.name for one in PICTURES}
    assert {path.stem for path in FOLDER.glob("*.png")} == made
    assert made >= SHOWN


def test_the_readme_shows_pages_wide_and_narrow_light_and_dark() -> None:
    shown = [one for one in PICTURES if one.name in SHOWN]
    assert {(one.narrow, one.scheme) for one in shown} == {
        (False, "light"),
        (False, "dark"),
        (True, "light"),
        (True, "dark"),
    }
    pages = {"factories", "statements", "investigations", "parties", "open", "criteria"}
    assert pages <= {re.split(r"[/?]", one.path)[2] for one in shown}
