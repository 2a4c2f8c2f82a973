"""Positions, days and instants to look from."""

from __future__ import annotations

import pytest

from projections.as_of import NOW, AsOf, AsOfUnreadable
from projections.dates import days, days_between


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("17", AsOf(position=17)),
        ("2020", AsOf(position=2020)),
        ("0", AsOf(position=0)),
        ("2020-02-06", AsOf(time="2020-02-06T23:59:59.999Z")),
        ("2020-02", AsOf(time="2020-02-29T23:59:59.999Z")),
        ("2020-02-06T10:00:00Z", AsOf(time="2020-02-06T10:00:00.000Z")),
        ("2020-02-06T10:00:00.123Z", AsOf(time="2020-02-06T10:00:00.123Z")),
        (None, NOW),
        ("", NOW),
    ],
)
def test_a_moment_is_a_position_a_day_a_month_or_an_instant(text: str | None, expected: AsOf) -> None:
    assert AsOf.parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "2020-02-30",
        "2020-13",
        "-1",
        "017",
        "yesterday",
        "2020-02-06T25:00:00Z",
        "2020-02-06T10:00Z",
        "2020/2021",
    ],
)
def test_what_is_no_moment_is_refused_with_what_to_write_instead(text: str) -> None:
    with pytest.raises(AsOfUnreadable) as caught:
        AsOf.parse(text)
    assert "2020-02-06" in caught.value.mend


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("2020", ("2020-01-01", "2020-12-31")),
        ("2020-02", ("2020-02-01", "2020-02-29")),
        ("2019-06/2019-10", ("2019-06-01", "2019-10-31")),
        ("../2019", ("0001-01-01", "2019-12-31")),
        ("2019-11-20/..", ("2019-11-20", "9999-12-31")),
        ("2020-02-07T09:00:00Z", ("2020-02-07", "2020-02-07")),
    ],
)
def test_a_date_means_all_its_days(value: str, expected: tuple[str, str]) -> None:
    assert days(value) == expected


def test_days_between_count_from_the_first_day_meant() -> None:
    assert days_between("2020-02", "2020-03-01") == 29
    assert days_between("2020-03-01", "2020-02-29") == -1


def test_what_is_no_date_is_an_error() -> None:
    with pytest.raises(ValueError, match="no date"):
        days("soon")
