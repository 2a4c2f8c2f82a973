"""Grammars next to the calendar of the standard library and to the package edtf."""

import datetime
from collections.abc import Iterator

import edtf
import pytest

from ledger.core import grammar
from ledger.core.refusal import CODES, LedgerError, Refusal
from tests.vectors import values

EPOCH = datetime.date(1970, 1, 1)


def some_days() -> Iterator[datetime.date]:
    """Days over the whole calendar, 97 apart, with the ends of each leap rule."""
    first, last = datetime.date.min.toordinal(), datetime.date.max.toordinal()
    for ordinal in (*range(first, last, 97), last):
        yield datetime.date.fromordinal(ordinal)
    for year in (4, 100, 400, 1900, 1970, 2000, 2019, 2020, 2100, 9999):
        yield datetime.date(year, 2, 28)
        yield datetime.date(year, 3, 1)
        yield datetime.date(year, 12, 31)


def test_days_are_those_of_the_standard_library() -> None:
    for day in some_days():
        milliseconds = (day - EPOCH).days * 86_400_000
        text = day.isoformat()
        assert grammar.milliseconds(f"{text}T00:00:00Z") == milliseconds
        assert grammar.format_recorded_at(milliseconds) == f"{text}T00:00:00.000Z"


def test_every_day_of_four_years_exists_and_no_other() -> None:
    for year in (1900, 2000, 2019, 2020):
        for month in range(14):
            for day in range(33):
                text = f"{year:04}-{month:02}-{day:02}"
                assert grammar.is_date(text) == is_python_date(text)
                assert grammar.is_issued_at(f"{text}T12:00:00Z") == is_python_date(text)


def is_python_date(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def test_both_forms_of_time_order_as_numbers_and_milliseconds_count() -> None:
    assert (
        grammar.milliseconds("2019-11-20T09:00:00.250Z") - grammar.milliseconds("2019-11-20T09:00:00Z") == 250
    )


def test_a_moment_that_does_not_exist_has_no_milliseconds() -> None:
    with pytest.raises(Refusal, match="bad-time"):
        grammar.milliseconds("2019-02-29T00:00:00Z")


@pytest.mark.parametrize("text", values.GRAMMARS["date"][1])
def test_edtf_reads_every_date_that_we_accept(text: str) -> None:
    parsed = edtf.parse_edtf(text)
    bounds = grammar.date_bounds(text)
    assert bounds is not None
    if bounds[0] is not None:
        assert tuple(parsed.lower_strict()[:3]) == tuple(int(part) for part in bounds[0].split("-"))
    if bounds[1] is not None:
        assert tuple(parsed.upper_strict()[:3]) == tuple(int(part) for part in bounds[1].split("-"))


# Dates of EDTF that are none of ours: higher levels, year 0, reversed and double open intervals.
BEYOND_OUR_PROFILE = {"", "0000", "-2019", "201X", "2019?", "2019~", "2019/", "/2019", "../.."}
BEYOND_OUR_PROFILE |= {"2020/2019", "2019-06-02/2019-06-01", "2019-06-30T00:00:00Z"}
# What the package lets through although the standard does not: it strips spaces and knows no leap years.
LAX_IN_THE_PACKAGE = {"2019 ", "2019-02-29", "1900-02-29"}


@pytest.mark.parametrize(
    "text", sorted(set(values.GRAMMARS["date"][2]) - BEYOND_OUR_PROFILE - LAX_IN_THE_PACKAGE)
)
def test_edtf_refuses_what_we_refuse_within_the_profile(text: str) -> None:
    assert not edtf_reads(text)


def edtf_reads(text: str) -> bool:
    try:
        edtf.parse_edtf(text)
    except edtf.EDTFParseException:
        return False
    return True


@pytest.mark.parametrize("length", range(70))
def test_base64_of_any_length_survives_a_round_trip(length: int) -> None:
    data = bytes(range(180, 180 + length))
    assert grammar.base64_decode(grammar.base64_encode(data)) == data
    assert grammar.base64url_decode(grammar.base64url_encode(data)) == data


@pytest.mark.parametrize("text", ["YQ", "YQ=", "YR==", "YQ==\n", " YQ==", "Y-==", "é", "YQ==YQ==", "A"])
def test_base64_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="bad-base64"):
        grammar.base64_decode(text)


@pytest.mark.parametrize("text", ["YQ==", "YR", "+/+/", "YQ\n", "é", "A", "!!!!", "_-=="])
def test_base64url_that_is_not_canonical_is_refused(text: str) -> None:
    with pytest.raises(Refusal, match="bad-base64url"):
        grammar.base64url_decode(text)


def test_each_refusal_tells_how_to_mend_it() -> None:
    for code in CODES.values():
        assert code.title
        assert code.mend
        assert code.code == code.code.lower()


def test_a_refusal_reads_as_one_line_with_its_place() -> None:
    refusal = Refusal("null", "null stands here", "/claim/n")
    assert str(refusal).startswith("null at /claim/n: null stands here (")
    assert "\n" not in str(refusal)


def test_another_error_reads_as_one_line() -> None:
    assert str(LedgerError("the key file is unreadable", "check its mode")) == (
        "the key file is unreadable (check its mode)"
    )
    assert str(LedgerError("the database is down")) == "the database is down"


def test_a_refusal_without_a_row_in_the_table_is_a_broken_invariant() -> None:
    with pytest.raises(AssertionError):
        Refusal("no-such-code", "")
