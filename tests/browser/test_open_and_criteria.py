"""What nobody answered, and hours side by side, in a real browser: by mouse, by keyboard, without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.acceptance.conftest import Demo

from .conftest import Open
from .keyboard import reach

pytestmark = pytest.mark.xdist_group("browser-factory")

BEFORE_THE_LETTER = "2020-02-06"


class Mouse:
    """Points and clicks."""

    def follow(self, page: Page, link: str) -> None:
        page.get_by_role("link", name=link, exact=True).first.click()

    def replay(self, page: Page, day: str) -> None:
        page.fill("#as-of-day", day)
        page.get_by_role("button", name="Show").click()


class Keyboard:
    """Goes from one thing to the next, and presses Enter."""

    def follow(self, page: Page, link: str) -> None:
        reach(page, link)
        page.keyboard.press("Enter")

    def replay(self, page: Page, day: str) -> None:
        reach(page, "as-of-day")
        year, month, date = day.split("-")
        page.keyboard.type(month + date + year)
        page.keyboard.press("Enter")


ways = pytest.mark.parametrize(
    ("way", "scripts"),
    [(Mouse(), True), (Keyboard(), True), (Mouse(), False)],
    ids=["by mouse", "by keyboard", "without scripts"],
)


@ways
def test_a_reader_opens_the_board_narrows_it_replays_it_and_reads_what_was_asked(
    opened: Open, demo: Demo, way: Mouse | Keyboard, scripts: bool
) -> None:
    page = opened(f"{demo.url}/en/", java_script_enabled=scripts)
    way.follow(page, "Unanswered")
    expect(page.get_by_role("heading", level=1)).to_contain_text("not answered in this ledger")
    # Put to fourteen, and one card nevertheless.
    expect(page.locator("ol.owed").get_by_role("link", name="Comment invited")).to_have_count(1)
    way.follow(page, "ICTI Ethical Toy Program")
    page.wait_for_url("**/en/open?asked=ietp")
    cards = page.locator("section[aria-labelledby='requests'] ol.owed > li")
    expect(cards).to_have_count(21)
    expect(cards.first).to_contain_text("No answer in this ledger")
    expect(cards.first).to_contain_text("at least 45 days")
    way.replay(page, BEFORE_THE_LETTER)
    page.wait_for_url(f"**as_of={BEFORE_THE_LETTER}**")
    expect(page.locator("main")).to_contain_text("Nothing is open at that moment.")
    way.follow(page, "Show what is known now")
    expect(cards).to_have_count(21)
    way.follow(page, "Question · Timeframe")
    page.wait_for_url("**/en/statements/*")
    expect(page.locator("main")).to_contain_text("In what time was the investigation done?")


@ways
def test_a_reader_compares_hours_with_the_formula_and_goes_to_the_clause(
    opened: Open, demo: Demo, way: Mouse | Keyboard, scripts: bool
) -> None:
    page = opened(f"{demo.url}/en/", java_script_enabled=scripts)
    way.follow(page, "Compare")
    page.wait_for_url("**/en/criteria")
    line = page.get_by_role("row").filter(has_text="(72 h − 40 h) a week = 32 h a week").first
    expect(line).to_contain_text("32 h × 52 ÷ 12 = about 139 h a month")
    expect(line).to_contain_text("against 36 h a month")
    way.follow(page, "IETP checklist, hours in a week")
    page.wait_for_url("**/en/statements/*")
    expect(page.get_by_role("region", name="What it says")).to_contain_text("72 h")
