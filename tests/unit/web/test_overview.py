"""The drawing of a timeline: lanes, places, gaps and dates, as plain numbers."""

from __future__ import annotations

from itertools import pairwise

import pytest

from api.web.overview import (
    COLUMN,
    COUNT,
    GAP_WIDTH,
    LANES,
    MARGIN,
    MARK,
    ROW,
    ROWS,
    TICK_EVERY,
    WIDTH,
    Overview,
    Placed,
    overview,
)


def placed(
    position: int, first: str, last: str | None = None, *voices: str, kind: str = "allegation"
) -> Placed:
    return Placed(position, first, last or first, voices or ("ngo",), kind, True, "2020-01-01")


def drawn(*items: Placed) -> Overview:
    found = overview(items)
    assert found is not None
    return found


def test_nothing_has_no_drawing() -> None:
    assert overview([]) is None


def test_time_runs_from_the_first_day_to_the_last() -> None:
    found = drawn(
        *(placed(n, day) for n, day in enumerate(["2020-01-01", "2020-01-04", "2020-01-07", "2020-01-11"]))
    )
    marks = [mark.x for mark in found.lanes[0].marks]
    assert marks[0] == MARGIN
    assert marks[-1] == WIDTH - MARGIN
    assert marks == sorted(marks)


def test_everything_on_one_day_stands_on_one_place() -> None:
    found = drawn(placed(1, "2020-01-01"), placed(2, "2020-01-01"))
    one, other = found.lanes[0].marks
    assert one.x == other.x
    assert other.y - one.y == ROW


def test_a_long_gap_takes_little_room_and_is_told_in_days() -> None:
    days = ["2010-01-01", "2020-01-01", "2020-03-01", "2020-05-01"]
    found = drawn(*(placed(n, day) for n, day in enumerate(days)))
    (gap,) = found.gaps
    assert (gap.days, gap.width) == (3651, GAP_WIDTH)
    marks = [mark.x for mark in found.lanes[0].marks]
    assert marks[1] - marks[0] == pytest.approx(GAP_WIDTH, abs=0.2)
    assert marks[2] - marks[1] == pytest.approx((WIDTH - 2 * MARGIN - GAP_WIDTH) * 60 / 121, abs=0.2)


def test_several_long_gaps_are_drawn_short_together() -> None:
    days = ["2010-01-01", "2010-02-01", "2014-01-01", "2014-02-01", "2019-01-01", "2019-02-01"]
    assert [gap.days for gap in drawn(*(placed(n, day) for n, day in enumerate(days))).gaps] == [1429, 1794]


@pytest.mark.parametrize("days", [["2010-01-01", "2020-01-01"], ["2020-01-01", "2020-02-01", "2020-03-01"]])
def test_time_runs_evenly_where_no_gap_dwarfs_the_rest(days: list[str]) -> None:
    found = drawn(*(placed(n, day) for n, day in enumerate(days)))
    assert found.gaps == ()
    assert len(found.scale) == 2


def test_a_span_of_days_is_a_bar_and_keeps_others_out_of_its_row() -> None:
    found = drawn(
        placed(1, "2019-06-01", "2019-10-31", kind="investigation"),
        placed(2, "2019-08-01"),
        placed(3, "2019-12-31"),
    )
    bar, inside, behind = found.lanes[0].marks
    assert bar.width > MARK
    assert inside.width == 0
    assert (inside.y, behind.y) == (bar.y + ROW, bar.y)


def test_an_open_side_ends_where_anything_is_known() -> None:
    found = drawn(placed(1, "0001-01-01", "2019-12-31"), placed(2, "2019-01-01"), placed(3, "2020-06-01"))
    by_position = {mark.placed.position: mark for mark in found.lanes[0].marks}
    assert by_position[1].x == MARGIN
    assert by_position[1].width > 0
    assert found.scale[0][0] == "2019-01-01"


def test_what_is_open_on_both_sides_counts_from_its_recording() -> None:
    found = drawn(placed(1, "0001-01-01", "9999-12-31"))
    assert found.scale == (("2020-01-01", float(MARGIN)),)


def test_more_than_fits_on_one_place_is_counted() -> None:
    found = drawn(*(placed(n, "2020-01-01") for n in range(ROWS + 3)))
    (lane,) = found.lanes
    assert len(lane.marks) == ROWS
    (more,) = lane.more
    assert (more.position, more.count) == (ROWS, 3)
    assert more.y > lane.marks[-1].y


def test_counts_stand_apart_and_miss_nothing() -> None:
    days = [f"20{year:02}-{month:02}-01" for year in range(10, 20) for month in range(1, 13)] * 20
    (lane,) = drawn(*(placed(n, day) for n, day in enumerate(days))).lanes
    xs = [more.x for more in lane.more]
    assert all(after - before >= COUNT for before, after in pairwise(xs))
    assert len(lane.marks) + sum(more.count for more in lane.more) == len(days)


def test_each_voice_has_a_lane_and_those_who_speak_together_one_of_their_own() -> None:
    found = drawn(
        placed(1, "2020-01-01", None, "certifier"),
        placed(2, "2020-01-02", None, "aaf", "clw"),
        placed(3, "2020-01-03", None, "certifier"),
    )
    assert [lane.voices for lane in found.lanes] == [("certifier",), ("aaf", "clw")]
    assert [len(lane.marks) for lane in found.lanes] == [2, 1]
    assert found.lanes[1].y > found.lanes[0].marks[-1].y


def test_a_voice_has_the_same_number_in_whichever_order_its_entries_are_placed() -> None:
    voices = [f"p{n}" for n in range(LANES + 2)]
    recorded = [placed(n, f"2020-01-{n + 1:02}", None, voice) for n, voice in enumerate(voices)]
    said = [placed(n, f"2019-12-{31 - n:02}", None, voice) for n, voice in enumerate(voices)]
    forth, back = drawn(*recorded), drawn(*reversed(said))
    numbers = {lane.voices: lane.number for lane in forth.lanes}
    assert {lane.voices: lane.number for lane in back.lanes} == numbers
    assert numbers[("p0",)] == 1
    assert numbers[()] == LANES


def test_those_who_say_least_share_the_last_lane() -> None:
    often = [placed(n, "2020-01-01", None, f"p{n % (LANES - 1)}") for n in range(3 * LANES)]
    seldom = [placed(100 + n, "2020-01-02", None, f"q{n}") for n in range(4)]
    found = drawn(*often, *seldom)
    assert len(found.lanes) == LANES
    assert found.lanes[-1].voices == ()
    assert [mark.placed.position for mark in found.lanes[-1].marks] == [100, 101, 102, 103]


def test_dates_stand_apart() -> None:
    found = drawn(*(placed(year, f"{year}-05-01") for year in range(2000, 2021)))
    xs = [x for _, x in found.ticks]
    assert found.ticks[0][0] == "2000-05-01"
    assert all(after - before >= TICK_EVERY for before, after in pairwise(xs))
    assert {name for name, _ in found.ticks[1:]} <= {str(year) for year in range(2001, 2021)}


def test_within_a_year_dates_are_months() -> None:
    found = drawn(*(placed(month, f"2020-{month:02}-10") for month in range(1, 9)))
    assert found.ticks[1][0].startswith("2020-")
    assert len(found.ticks[1][0]) == 7


def test_a_day_lies_between_the_points_where_time_changes_pace() -> None:
    days = ["2010-01-01", "2020-01-01", "2020-03-01", "2020-05-01"]
    found = drawn(*(placed(n, day) for n, day in enumerate(days)))
    for mark, day in zip(found.lanes[0].marks, days, strict=True):
        assert found.x(day) == pytest.approx(mark.x, abs=0.2)
    assert found.x("2009-01-01") == MARGIN
    assert found.x("2030-01-01") == WIDTH - MARGIN
    assert found.x("2020-01-01") < found.x("2020-02-01") < found.x("2020-03-01")


def test_marks_stay_within_the_drawing() -> None:
    found = drawn(*(placed(n, f"20{n:02}-0{1 + n % 9}-11", None, f"p{n % 11}") for n in range(10, 60)))
    for lane in found.lanes:
        for mark in lane.marks:
            assert MARGIN <= mark.x <= mark.x + mark.width <= WIDTH - MARGIN
            assert lane.y < mark.y < found.floor
    assert COLUMN >= MARK
