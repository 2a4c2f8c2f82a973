"""A factory's page in a real browser, on the 2019 case: at three days, with and without scripts."""

from __future__ import annotations

import io
import re
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.acceptance.conftest import Demo

from .conftest import Open
from .test_accessibility import serious

pytestmark = pytest.mark.xdist_group("browser-factory")

PATH = "/en/factories/foshan-nanhai-mattel"
# Before the follow-up, on the day before the letter, and when all is known.
DAYS = ("2019-12-01", "2020-02-06", "2020-02-14")
LETTER = "2020-02-07"
TABS = 80  # more than it takes to reach anything at the top of the page


def lines(page: Page) -> dict[str, bool]:
    """Whether each line of the timeline is grey, by its id."""
    found: dict[str, bool] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('ol.timeline > li[id]')]"
        ".map((line) => [line.id, line.classList.contains('later')]))"
    )
    return found


def recorded(page: Page) -> dict[str, str]:
    """The day on which each line of the timeline was recorded, by its id."""
    found: dict[str, str] = page.evaluate(
        "Object.fromEntries([...document.querySelectorAll('ol.timeline > li[id]')]"
        ".map((line) => [line.id, line.dataset.recorded]))"
    )
    return found


def marked(page: Page) -> list[tuple[str, bool, str | None]]:
    """All that can be grey: its day, whether it is, and its own words that say so, None where it has none."""
    found: list[list[Any]] = page.evaluate(
        "[...document.querySelectorAll('[data-recorded]')].map((one) => ["
        "one.dataset.recorded, one.classList.contains('later'),"
        "[...one.querySelectorAll('.later-words')]"
        ".find((words) => words.closest('[data-recorded]') === one)?.textContent.trim()])"
    )
    return [(on, grey, words) for on, grey, words in found]


def expect_known_by(page: Page, day: str) -> None:
    """Exactly what was recorded behind the day is grey and says so, also what stands in an earlier item."""
    page.wait_for_load_state()  # it is sent while it is made
    days = recorded(page)
    wanted = {one: on > day for one, on in days.items()}
    for _ in range(100):  # its policy lets no condition be evaluated in it
        if lines(page) == wanted:
            break
        page.wait_for_timeout(50)
    assert lines(page) == wanted
    dated = marked(page)
    assert dated
    for on, grey, words in dated:
        assert grey == (on > day)
        assert words is None or (words != "") == grey
    known = sum(on <= day for on in days.values())
    expect(page.locator("#known-told")).to_contain_text(f"{known} of the {len(days)} statements")


def said(page: Page, selector: str) -> str:
    """The text of an element with single spaces, also where it is too far from the screen to be laid out."""
    return " ".join(str(page.locator(selector).first.text_content()).split())


def tab_to(page: Page, id_: str) -> None:
    """Go to an element with the keyboard alone."""
    for _ in range(TABS):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.id") == id_:
            return
    raise AssertionError(f"#{id_} is not reached with the tabulator")


# --- what was known by a day ---------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_by_mouse_a_day_is_dragged_to(opened: Open, demo: Demo, day: str) -> None:
    page = opened(demo.url + PATH)
    slider = page.locator("#known-slider")
    box = slider.bounding_box()
    assert box is not None
    form = page.locator("#known-form")
    whole, part = page.evaluate(
        "([first, last, day]) => [Date.parse(last) - Date.parse(first), Date.parse(day) - Date.parse(first)]",
        [form.get_attribute("data-first"), form.get_attribute("data-last"), day],
    )
    y, thumb = box["y"] + box["height"] / 2, 16
    page.mouse.move(box["x"] + box["width"] / 2, y)
    page.mouse.down()
    page.mouse.move(box["x"] + thumb / 2 + (box["width"] - thumb) * part / whole, y, steps=12)
    page.mouse.up()
    # A pixel is more than a day here: what counts is that the page follows the day dragged to.
    dragged = page.locator("#known-day").input_value()
    assert abs(int(page.evaluate("([a, b]) => (Date.parse(a) - Date.parse(b)) / 864e5", [dragged, day]))) <= 3
    expect_known_by(page, dragged)


def test_by_mouse_one_goes_from_day_to_day_with_entries(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    earlier = page.get_by_role("link", name="Earlier day with entries")
    for day in ("2020-02-14", LETTER, "2020-02-04", "2020-01-31", "2020-01-03", "2019-11-20"):
        earlier.click()
        expect(page.locator("#known-day")).to_have_value(day)
        expect_known_by(page, day)


@pytest.mark.parametrize("day", DAYS)
def test_by_keyboard_a_day_is_typed(opened: Open, demo: Demo, day: str) -> None:
    page = opened(demo.url + PATH)
    tab_to(page, "known-day")
    year, month, date = day.split("-")
    page.keyboard.type(month + date + year)
    page.keyboard.press("Enter")
    expect_known_by(page, day)


def test_by_keyboard_the_slider_moves_by_days_and_says_them_in_words(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    tab_to(page, "known-slider")
    for _ in range(8):
        page.keyboard.press("ArrowLeft")
    expect(page.locator("#known-slider")).to_have_attribute("aria-valuetext", "6 February 2020")
    expect_known_by(page, "2020-02-06")
    page.keyboard.press("Home")
    expect(page.locator("#known-day")).to_have_value("2019-01-02")
    expect_known_by(page, "2019-01-02")


@pytest.mark.parametrize("day", DAYS)
def test_without_scripts_a_day_is_asked_of_the_server(opened: Open, demo: Demo, day: str) -> None:
    page = opened(demo.url + PATH, java_script_enabled=False)
    expect(page.locator("#known-slider")).to_be_hidden()
    page.fill("#known-day", day)
    page.locator("#known-form button").click()
    assert f"known={day}" in page.url
    assert "as_of=93" in page.url
    expect_known_by(page, day)


def test_without_scripts_one_goes_from_day_to_day_with_entries(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH, java_script_enabled=False)
    for day in ("2020-02-14", LETTER, "2020-02-04"):
        page.get_by_role("link", name="Earlier day with entries").click()
        expect_known_by(page, day)
    page.get_by_role("link", name="Later day with entries").click()
    expect_known_by(page, LETTER)


def test_what_was_learned_later_says_how_many_days(opened: Open, demo: Demo) -> None:
    page = opened(f"{demo.url}{PATH}?known=2019-12-28")
    letter = [one for one, on in recorded(page).items() if on == LETTER]
    for one in letter:
        expect(page.locator(f"#{one} .when .later-words")).to_have_text("learned 41 days later")


def test_the_address_carries_day_and_entries_and_shows_the_same_again(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.fill("#known-day", "2020-02-06")
    page.keyboard.press("Enter")
    expect(page.locator("#cite-address")).to_contain_text("known=2020-02-06")
    page.wait_for_url("**/*known=2020-02-06*")
    assert "as_of=93" in page.url
    cited = page.locator("#cite-address").text_content()
    assert cited == page.url
    again = opened(cited)
    assert lines(again) == lines(page)
    for told in (page, again):
        told.locator("#cite summary").click()
    assert again.locator("#cite").inner_text() == page.locator("#cite").inner_text()


def test_a_day_chosen_stays_while_lines_are_chosen(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.fill("#known-day", "2020-02-06")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*known=2020-02-06*")
    page.select_option("#filter-kind", "response")
    page.locator("#filters button").click()
    expect(page.locator("ol.timeline > li[id]")).to_have_count(3)
    assert "known=2020-02-06" in page.url
    assert "kind=response" in page.url
    expect_known_by(page, "2020-02-06")
    page.get_by_role("link", name="When it was said").click()
    expect(page.locator("ol.timeline > li[id]")).to_have_count(3)
    assert "known=2020-02-06" in page.url
    expect_known_by(page, "2020-02-06")


# --- choosing lines ------------------------------------------------------------------------


def test_lines_are_chosen_without_a_new_page_and_one_can_go_back(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    whole = len(lines(page))
    page.evaluate("window.stays = true")
    page.select_option("#filter-issue", "osh/pre-job-training")
    page.select_option("#filter-said_by", "ietp")
    page.locator("#filters button").click()
    # Two observations, and two statements that stand against a clause on it.
    expect(page.locator("ol.timeline > li[id]")).to_have_count(4)
    assert page.evaluate("window.stays")
    assert "issue=osh%2Fpre-job-training" in page.url
    assert "said_by=ietp" in page.url
    assert page.evaluate("document.activeElement.id") == "timeline-title"
    assert page.locator("#filter-said_by").input_value() == "ietp"
    expect(page.locator("#shown")).to_contain_text("4 statements")
    page.go_back()
    expect(page.locator("ol.timeline > li[id]")).to_have_count(whole)


def test_without_scripts_lines_are_chosen_too(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH, java_script_enabled=False)
    page.select_option("#filter-signed_by", "actionaid-france")
    page.select_option("#filter-kind", "response")
    page.locator("#filters button").click()
    expect(page.locator("ol.timeline > li[id]")).to_have_count(2)
    page.get_by_role("link", name="Show all").click()
    expect(page.locator("ol.timeline > li[id]")).to_have_count(45)


def test_a_mark_of_the_drawing_leads_to_its_line(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.locator('.drawing a[href="#e51"] use').click()
    assert page.url.endswith("#e51")
    expect(page.locator("#e51")).to_be_in_viewport()
    assert page.locator('.drawing a[href="#e51"] title').text_content() == (
        "7 February 2020 · finding · ICTI Ethical Toy Program"
    )


def test_every_line_is_reached_by_keyboard(opened: Open, demo: Demo) -> None:
    page = opened(f"{demo.url}{PATH}#timeline")
    wanted = set(lines(page))
    reached: set[str] = set()
    for _ in range(600):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.matches('ol.timeline details:not([open]) > summary')"):
            page.keyboard.press("Enter")
        reached.add(page.evaluate("document.activeElement.closest('ol.timeline > li')?.id ?? ''"))
        if wanted <= reached:
            break
    assert wanted <= reached


# --- the case ------------------------------------------------------------------------------


def test_observations_that_differ_stand_with_their_methods_and_the_legal_clause(
    opened: Open, demo: Demo
) -> None:
    told = said(opened(demo.url + PATH), "#issue-osh-pre-job-training")
    for words in ("Records review", "3 days", "Worker interview", "4 to 8 hours", "90 %", "24 hours"):
        assert words in told
    assert "1 pair of observations does not agree" in told
    assert "noted as a conflict" in told


def test_not_evidenced_stands_beside_the_open_question_on_the_teams_training(
    opened: Open, demo: Demo
) -> None:
    told = said(opened(demo.url + PATH), "#issue-harassment-gbv")
    assert "Not evidenced" in told
    asked = r"Training on gender-based violence ?not disclosed; asked: offered instead: Meeting"
    assert re.search(asked, told)
    assert "Hard to detect" in told
    assert re.search(r"disputes: ActionAid France, China Labor Watch", told)
    assert "do not accept that the allegation of sexual harassment was not evidenced" in told


def test_working_hours_are_compared_over_both_normal_weeks_with_the_formula(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    told = said(page, "section.issues:has(#issue-working-time-monthly-overtime)")
    assert "(72 h − 44 h) a week = 28 h a week; 28 h × 52 ÷ 12 = about 121 h a month" in told
    assert "(72 h − 40 h) a week = 32 h a week; 32 h × 52 ÷ 12 = about 139 h a month" in told
    assert told.count("against 36 h a month") == 2
    assert told.count("IETP checklist, hours in a week read against PRC Labour Law, Article 41") == 2


def test_ten_questions_and_five_disclosure_requests_are_open(opened: Open, demo: Demo) -> None:
    told = said(opened(demo.url + PATH), "#open")
    assert "Question: 10" in told
    assert "Disclosure request: 5" in told
    reported = "(reported by China Labor Watch, not signed); no answer in this ledger"
    assert f"ICTI Ethical Toy Program: offered instead: Meeting {reported}" in told


def test_requests_that_stand_alike_are_told_once_and_each_is_folded_below(opened: Open, demo: Demo) -> None:
    """Without scripts, too: else each would repeat whose it is and how it stands."""
    page = opened(demo.url + PATH, java_script_enabled=False)
    card = page.locator("ol.timeline > li").filter(has_text="15 requests made together").first
    expect(card).to_contain_text("Question (10): Timeframe, Interviewees")
    expect(card).to_contain_text("Disclosure request (5): Grievances raised")
    standing = card.locator("> .statement > .standing")
    expect(standing).to_have_count(1)
    expect(standing).to_contain_text("offered instead: Meeting")
    notice = card.locator("ol.timeline > li").filter(has_text=re.compile("Topic ?Notice"))
    expect(notice).to_be_hidden()
    card.locator("details.folded > summary").first.click()
    expect(notice).to_be_visible()
    expect(notice).to_contain_text("ActionAid France, China Labor Watch")


def test_an_address_of_a_folded_request_opens_it(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    expect(page.locator("#e75")).to_be_hidden()
    opened_by_address = opened(f"{demo.url}{PATH}#e75")
    expect(opened_by_address.locator("#e75")).to_be_visible()


def test_the_demands_on_the_programme_are_one_step_away(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.get_by_role("link", name="All that was asked of ICTI Ethical Toy Program, about others too").click()
    page.wait_for_load_state()
    told = said(page, "main")
    demands = re.findall(r"Demand|demand", told)
    assert len(demands) >= 6
    assert "Extended by 4 of 4" in told


def test_replayed_the_day_before_the_letter_all_that_hangs_on_it_is_absent(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.fill("#known-day", "2020-02-06")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*known=2020-02-06*")
    page.get_by_role("link", name="Without later statements").click()
    page.wait_for_url("**/*as_of=2020-02-06*")
    page.wait_for_load_state()
    assert page.locator("#known-day").input_value() == "2020-02-06"
    told = said(page, "main")
    for words in (
        "Not evidenced",
        "three days of safety",
        "7 February",
        "Letter of the four",
        "How were the interviewees",
    ):
        assert words not in told
    assert "Replayed as of 6 February 2020" in told
    assert "ActionAid's response to Mattel" in told
    assert max(recorded(page).values()) == "2020-02-04"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_grey_lines_can_still_be_read(opened: Open, demo: Demo, scheme: str) -> None:
    page = opened(f"{demo.url}{PATH}?known=2020-01-10", color_scheme=scheme)
    assert serious(page) == []


def test_it_prints_whole_with_what_pins_the_view(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.fill("#known-day", "2020-02-06")
    page.keyboard.press("Enter")
    page.wait_for_url("**/*known=2020-02-06*")
    address = page.url
    page.emulate_media(media="print")
    expect(page.locator("nav.parts")).to_be_hidden()
    expect(page.locator("#cite-on-paper")).to_be_visible()
    expect(page.locator("#cite-on-paper .cited")).to_have_text(address)
    expect(page.locator("#cite-on-paper")).to_contain_text("Root hash")
    # What is wider than the sheet would make the browser print everything smaller.
    page.set_viewport_size({"width": 794, "height": 1123})
    assert page.evaluate("document.documentElement.scrollWidth") <= 794
    assert page.pdf().startswith(b"%PDF")


def test_what_became_of_a_question_later_is_grey_while_the_question_is_not(opened: Open, demo: Demo) -> None:
    """The questions are of 7 February 2020; what was offered instead of an answer is of the 14th."""
    page = opened(demo.url + PATH + "?known=2020-02-10")
    page.locator("details.folded > summary").filter(has_text="Each of them in full").first.click()
    lines = page.locator("ol.timeline > li[id]").filter(has=page.get_by_role("heading", name="Question"))
    question = lines.filter(has_text=re.compile("Topic ?Notice")).first
    expect(question).not_to_have_class(re.compile("later"))
    standing, reply = question.locator(".standing .later"), question.locator(".replies .later")
    for found in (standing, reply):
        expect(found).to_contain_text("learned 4 days later")
    expect(standing).to_contain_text("offered instead: Meeting")
    page.fill("#known-day", "2020-02-14")
    page.keyboard.press("Enter")
    expect(standing).to_have_count(0)
    expect(reply).to_have_count(0)


def test_an_issue_is_reached_where_its_heading_can_be_read(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.locator('table.glance a[href="#issue-harassment-gbv"]').click()
    page.wait_for_url("**#issue-harassment-gbv")
    bar = page.locator("nav.parts").bounding_box()
    heading = page.locator("#issue-harassment-gbv h3").bounding_box()
    assert bar is not None
    assert heading is not None
    assert bar["y"] + bar["height"] <= heading["y"] < 900


def test_on_a_narrow_screen_a_row_is_a_card_whose_cells_say_what_they_are(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH, width=360, height=800)
    for table in page.locator("table.stacks").all():
        table.scroll_into_view_if_needed()
        assert table.evaluate("one => one.parentElement.scrollWidth <= one.parentElement.clientWidth")
    cell = page.locator("table.glance td").filter(has_text="Not evidenced").first
    expect(cell).to_have_attribute("data-label", "Findings")
    assert "Findings" in cell.evaluate("one => getComputedStyle(one, '::before').content")


def test_a_narrow_drawing_opens_at_its_newest_end_and_still_names_its_lanes(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH, width=360, height=800)
    page.locator("#overview").scroll_into_view_if_needed()
    expect(page.locator(".drawing a[data-recorded='2020-02-14']").first).to_be_in_viewport()
    expect(page.locator(".drawing a[data-recorded='2019-11-20']").first).not_to_be_in_viewport()
    expect(page.locator(".drawing text.again", has_text="ICTI Ethical Toy Program")).to_be_in_viewport()
    page.set_viewport_size({"width": 1280, "height": 800})
    expect(page.locator(".drawing text.again").first).to_be_hidden()


def test_on_paper_the_drawing_stands_before_the_list_and_statements_go_on_over_the_page(
    opened: Open, demo: Demo
) -> None:
    page = opened(demo.url + PATH)
    paper = PdfReader(io.BytesIO(page.pdf(format="A4")))
    text = "\n".join(one.extract_text() for one in paper.pages)
    assert text.index("A lane for each voice") < text.index("registrar of the ledger says, signed")
    page.emulate_media(media="print")
    broken = page.locator("ol.timeline .statement").first.evaluate("one => getComputedStyle(one).breakInside")
    assert broken == "auto"


def test_on_paper_what_is_folded_stands_open(opened: Open, demo: Demo) -> None:
    page = opened(demo.url + PATH)
    page.emulate_media(media="print")
    inside = "getComputedStyle(document.querySelector('main details'), '::details-content').contentVisibility"
    assert page.evaluate(inside) == "visible"
