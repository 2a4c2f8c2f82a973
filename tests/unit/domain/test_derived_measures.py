"""Quantities made comparable, conflicts between them, and clauses side by side: exact, and nothing merged."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.domain.derived.comparison import Clause, Pair, pair, readings
from ledger.domain.derived.conflicts import Observed, conflict, conflicts
from ledger.domain.derived.quantities import Measure, decimal, disjoint, measure

HERE = frozenset({"factory:foshan"})


def of(value: str, unit: str = "h", **more: str) -> dict[str, str]:
    return {"value": value, "unit": unit, **more}


def measured(quantity: dict[str, str]) -> Measure:
    found = measure(quantity)
    assert found is not None
    return found


# --- quantities ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("quantity", "low", "high"),
    [
        (of("2"), 2, 2),
        (of("2", bound="at-least"), 2, None),
        (of("2", bound="more-than"), 2, None),
        (of("2", bound="at-most"), None, 2),
        (of("2", bound="less-than"), None, 2),
        (of("2", bound="about"), 2, 2),
        ({"low": "4", "high": "8", "unit": "h"}, 4, 8),
    ],
)
def test_a_bound_opens_a_side_of_the_interval(
    quantity: dict[str, str], low: int | None, high: int | None
) -> None:
    found = measured(quantity)
    assert (found.low, found.high) == (
        None if low is None else low * 3600,
        None if high is None else high * 3600,
    )


def test_a_quarter_and_a_month_are_periods_of_one_kind() -> None:
    assert measured(of("108", per="quarter")).low == measured(of("36", per="month")).low
    assert measured(of("108", per="quarter")).per == measured(of("36", per="month")).per
    assert measured(of("36", per="month")).per != measured(of("36", per="week")).per


def test_money_of_two_currencies_is_of_two_dimensions() -> None:
    assert measured(of("242", "EUR")).dimension != measured(of("242", "CNY")).dimension


def test_intervals_that_touch_have_a_value_in_common() -> None:
    eight = measured(of("8"))
    assert not disjoint(measured({"low": "4", "high": "8", "unit": "h"}), eight)
    assert disjoint(measured({"low": "4", "high": "7.999999999", "unit": "h"}), eight)
    assert not disjoint(measured(of("9", bound="at-most")), measured(of("2", bound="at-least")))


@pytest.mark.parametrize(
    ("one", "other", "apart"),
    [
        (of("60", bound="more-than"), of("60", bound="at-most"), True),
        (of("60", bound="more-than"), of("60"), True),
        (of("60", bound="at-least"), of("3600", "min", bound="less-than"), True),
        (of("60", bound="more-than"), of("60", bound="less-than"), True),
        (of("60", bound="at-least"), of("60", bound="at-most"), False),
        (of("60", bound="more-than"), of("60", bound="at-least"), False),
        (of("60", bound="more-than"), of("61", bound="less-than"), False),
        (of("60", bound="more-than"), {"low": "40", "high": "60", "unit": "h"}, True),
    ],
)
def test_a_strict_bound_leaves_its_own_value_out(
    one: dict[str, str], other: dict[str, str], apart: bool
) -> None:
    left, right = measured(one), measured(other)
    assert disjoint(left, right) is disjoint(right, left) is apart


def holds(quantity: dict[str, str], value: Fraction) -> bool:
    """Whether `value` fits what the quantity says, read word by word."""
    low = Fraction(quantity.get("low", quantity.get("value", "0")))
    high = Fraction(quantity.get("high", quantity.get("value", "0")))
    told = {
        "more-than": value > low,
        "at-least": value >= low,
        "less-than": value < high,
        "at-most": value <= high,
    }
    return told.get(quantity.get("bound", ""), low <= value <= high)


NUMBERS = st.integers(0, 6)
BOUNDS = st.sampled_from(["more-than", "at-least", "less-than", "at-most", "exact", "about"])
QUANTITIES = st.one_of(
    st.builds(lambda value: of(str(value)), NUMBERS),
    st.builds(lambda value, bound: of(str(value), bound=bound), NUMBERS, BOUNDS),
    st.builds(lambda low, more: {"low": str(low), "high": str(low + more), "unit": "h"}, NUMBERS, NUMBERS),
)


@given(QUANTITIES, QUANTITIES)
def test_two_quantities_are_apart_when_no_value_fits_both(one: dict[str, str], other: dict[str, str]) -> None:
    # Whole numbers bound them, so halves from below the least to above the most find any value there is.
    values = [Fraction(half, 2) for half in range(-2, 30)]
    fitting = [value for value in values if holds(one, value) and holds(other, value)]
    assert disjoint(measured(one), measured(other)) is (not fitting)


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (Fraction(416, 3), 0, "139"),
        (Fraction(364, 3), 0, "121"),
        (Fraction(1, 2), 0, "1"),
        (Fraction(-1, 2), 0, "-1"),
        (Fraction(-1, 100), 1, "0"),
        (Fraction(5), 1, "5"),
        (Fraction(121, 100), 1, "1.2"),
    ],
)
def test_decimals_are_rounded_half_away_from_zero_without_trailing_zeros(
    value: Fraction, places: int, text: str
) -> None:
    assert decimal(value, places) == text


@given(st.fractions(), st.integers(0, 6))
def test_a_rounded_decimal_is_off_by_half_a_place_at_most(value: Fraction, places: int) -> None:
    assert abs(Fraction(decimal(value, places)) - value) <= Fraction(1, 2 * 10**places)


# --- conflicts ----------------------------------------------------------------------


def saw(name: str, subjects: frozenset[str] = HERE, **claim: Any) -> Observed:
    return Observed(name, subjects, {"issue": "osh/pre-job-training", **claim}, "2019-12")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (saw("1", quantity=of("3")), saw("2", frozenset({"factory:other"}), quantity=of("9"))),
        (saw("1", quantity=of("3")), saw("2", issue="osh/ppe", quantity=of("9"))),
        (saw("1", quantity=of("3", of="training")), saw("2", quantity=of("9", of="rest"))),
        (saw("1", quantity=of("3", per="week")), saw("2", quantity=of("9", per="month"))),
        (saw("1", quantity=of("242", "EUR")), saw("2", quantity=of("450", "CNY"))),
        (saw("1", quantity=of("3")), saw("2")),
        (saw("1", result="present"), saw("2", result="present")),
    ],
)
def test_what_is_about_different_things_does_not_conflict(one: Observed, other: Observed) -> None:
    assert conflict(one, other) is conflict(other, one) is None


def test_a_quantity_that_leaves_open_of_what_conflicts_possibly() -> None:
    found = conflict(saw("1", quantity=of("3", of="training")), saw("2", quantity=of("9")))
    assert found is not None
    assert (found.certainty, found.reasons) == ("possible", ("of-unstated",))


def test_more_than_a_limit_conflicts_with_at_most_that_limit() -> None:
    more, at_most = of("60", per="week", bound="more-than"), of("60", per="week", bound="at-most")
    found = conflict(saw("1", quantity=more), saw("2", quantity=at_most))
    assert found is not None
    assert (found.aspect, found.certainty) == ("quantity", "certain")


def test_days_against_hours_conflict_possibly_whatever_the_numbers() -> None:
    found = conflict(saw("1", quantity=of("1", "d")), saw("2", quantity=of("8")))
    assert found is not None
    assert (found.aspect, found.certainty, found.reasons) == ("quantity", "possible", ("days-against-hours",))


def test_every_pair_is_looked_at_once() -> None:
    three = [saw(name, quantity=of(value)) for name, value in (("a", "1"), ("b", "2"), ("c", "1"))]
    assert [(one.one, one.other) for one in conflicts(three)] == [("a", "b"), ("b", "c")]


# --- comparison ---------------------------------------------------------------------


def clause(name: str, **claim: Any) -> Clause:
    return Clause(name, f"criterion:{name}", {"comparator": "min", **claim})


@pytest.mark.parametrize(
    ("one", "other", "outcome", "reason"),
    [
        (clause("a", quantity=of("24")), clause("b", quantity=of("1440", "min")), "same", None),
        (clause("a", quantity=of("24")), clause("b", quantity=of("8")), "differ", None),
        (
            clause("a", quantity=of("24")),
            clause("b", comparator="qualitative"),
            "not-comparable",
            "qualitative",
        ),
        (
            clause("a", quantity=of("24")),
            clause("b", comparator="max", quantity=of("24")),
            "not-comparable",
            "comparator",
        ),
        (clause("a", quantity=of("3", "d")), clause("b", quantity=of("24")), "not-comparable", "unit"),
        (
            clause("a", quantity=of("36", per="month")),
            clause("b", quantity=of("72", per="week")),
            "not-comparable",
            "unit",
        ),
    ],
)
def test_two_clauses_compare_only_in_one_unit_and_sense(
    one: Clause, other: Clause, outcome: str, reason: str | None
) -> None:
    assert pair(one, other) == Pair("a", "b", outcome, reason)


def most(value: str, **more: str) -> dict[str, Any]:
    return {"comparator": "max", "quantity": of(value, **more)}


def beyond(baseline: str) -> dict[str, Any]:
    return {**most("36"), "baseline": of(baseline, per="week")}


def some(low: str, high: str) -> dict[str, Any]:
    return {"comparator": "required", "quantity": {"low": low, "high": high, "unit": "h"}}


def required(value: str, unit: str = "h", **more: str) -> dict[str, Any]:
    return {"comparator": "required", "quantity": of(value, unit, **more)}


@pytest.mark.parametrize(
    ("one", "other", "outcome"),
    [
        (most("36", bound="at-most"), most("60", bound="at-most"), "differ"),
        ({"quantity": of("24", bound="at-least")}, {"quantity": of("30", bound="at-least")}, "differ"),
        ({"quantity": of("24", bound="at-least")}, {"quantity": of("24")}, "same"),
        (most("60", bound="at-most"), {"comparator": "max", "quantity": of("3600", "min")}, "same"),
        (some("4", "8"), some("5", "9"), "differ"),
        (some("4", "8"), some("4", "8"), "same"),
        (some("4", "8"), required("8"), "differ"),
        (required("8", bound="at-least"), required("8", bound="more-than"), "differ"),
        (required("8", bound="less-than"), required("480", "min", bound="less-than"), "same"),
        (required("8", bound="at-least"), required("8"), "differ"),
        (most("8", of="training"), most("8", of="rest"), "differ"),
        (most("8", of="training"), most("8"), "same"),
        (beyond("44"), beyond("40"), "differ"),
        (beyond("40"), beyond("40"), "same"),
        (beyond("40"), most("36"), "same"),
    ],
)
def test_only_limits_with_the_same_numbers_are_the_same(
    one: dict[str, Any], other: dict[str, Any], outcome: str
) -> None:
    left, right = clause("a", **one), clause("b", **other)
    assert pair(left, right) == Pair("a", "b", outcome, None)
    assert pair(right, left) == Pair("b", "a", outcome, None)


@given(st.integers(0, 99), st.integers(0, 99), st.sampled_from(["max", "min"]))
def test_two_limits_are_the_same_when_their_numbers_are_whatever_their_bounds(
    one: int, other: int, comparator: str
) -> None:
    left = clause("a", comparator=comparator, quantity=of(str(one), bound="at-most"))
    right = clause("b", comparator=comparator, quantity=of(str(other * 60), "min", bound="at-least"))
    assert (pair(left, right).outcome == "same") is (one == other)


def limit(name: str, value: str, per: str, owner: str, **more: Any) -> Clause:
    return clause(name, comparator="max", owner=owner, quantity=of(value, per=per), **more)


MONTHLY = limit("monthly", "36", "month", "state", baseline=of("40", per="week"))


@pytest.mark.parametrize(
    "weekly",
    [
        limit("the normal week itself", "40", "week", "programme"),
        limit("of the same owner", "49", "week", "state"),
        clause("no limit", comparator="min", owner="programme", quantity=of("72", per="week")),
        limit("a month", "72", "month", "programme"),
    ],
)
def test_only_a_weekly_limit_of_another_owner_above_the_normal_week_is_read_as_overtime(
    weekly: Clause,
) -> None:
    assert readings([weekly, MONTHLY]) == []


def test_a_reading_goes_both_ways() -> None:
    (found,) = readings([limit("weekly", "72", "week", "programme"), MONTHLY])
    assert (found.allows, found.as_week) == (Fraction(416, 3), 40 + Fraction(36 * 12, 52))
    assert found.formula.endswith("against 36 h a month")
