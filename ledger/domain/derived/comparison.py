"""Criteria side by side, with the formula (letter: R11): a weekly limit read as monthly overtime, and the
reverse.

A law that limits overtime a month and a standard that limits hours a week meet only over a normal week; each
normal week that a criterion names as its `baseline` gives a reading of its own, and all readings are shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from .quantities import WEEKS_IN_A_MONTH, Measure, decimal, measure


@dataclass(frozen=True, slots=True)
class Clause:
    """One criterion as far as a comparison needs it: its statement id, its name, and its clear claim."""

    id: str
    name: str
    claim: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Reading:
    """A weekly limit over a baseline week against a monthly overtime limit; hours, exact.

    `allows` is the overtime a month that the weekly limit leaves, `limit` the overtime a month of the other
    clause, `as_week` that limit as hours a week over the same baseline. `formula` states the arithmetic in
    full.
    """

    weekly: str
    monthly: str
    baseline: Fraction
    overtime_a_week: Fraction
    allows: Fraction
    limit: Fraction
    as_week: Fraction
    formula: str


@dataclass(frozen=True, slots=True)
class Pair:
    """Two clauses on one issue and how they compare: same, differ, or not-comparable with the reason as a
    code.
    """

    one: str
    other: str
    outcome: str
    reason: str | None


def readings(clauses: Sequence[Clause]) -> list[Reading]:
    """Every (weekly limit, monthly overtime limit with a baseline) among the clauses."""
    weekly = [one for one in clauses if _hours_per(one, "quantity", "week") is not None and _is_limit(one)]
    monthly = [one for one in clauses if _hours_per(one, "quantity", "month") is not None and _is_limit(one)]
    found = (_reading(week, month) for week in weekly for month in monthly)
    return [one for one in found if one is not None]


def _is_limit(clause: Clause) -> bool:
    return clause.claim.get("comparator") == "max"


def _hours_per(clause: Clause, member: str, period: str) -> Fraction | None:
    quantity = clause.claim.get(member)
    if not isinstance(quantity, Mapping) or (quantity.get("unit"), quantity.get("per")) != ("h", period):
        return None
    return Fraction(quantity["value"]) if "value" in quantity else None


def _reading(week: Clause, month: Clause) -> Reading | None:
    limit_a_week, limit = _hours_per(week, "quantity", "week"), _hours_per(month, "quantity", "month")
    baseline = _hours_per(month, "baseline", "week")
    assert limit_a_week is not None
    assert limit is not None
    # A weekly limit of the same owner, or not above the normal week, is itself that normal week.
    if baseline is None or limit_a_week <= baseline or week.claim.get("owner") == month.claim.get("owner"):
        return None
    overtime = limit_a_week - baseline
    allows = overtime * WEEKS_IN_A_MONTH
    formula = (
        f"({decimal(limit_a_week)} h - {decimal(baseline)} h) a week = {decimal(overtime)} h a week; "
        f"{decimal(overtime)} h x 52 / 12 = about {decimal(allows, 0)} h a month, "
        f"against {decimal(limit)} h a month"
    )
    as_week = baseline + limit / WEEKS_IN_A_MONTH
    return Reading(week.id, month.id, baseline, overtime, allows, limit, as_week, formula)


def pair(one: Clause, other: Clause) -> Pair:
    """How two clauses on one issue compare. Original units stay; a qualitative clause has no number to
    compare (R12).
    """
    first, second = one.claim.get("quantity"), other.claim.get("quantity")
    if not isinstance(first, Mapping) or not isinstance(second, Mapping):
        return Pair(one.id, other.id, "not-comparable", "qualitative")
    if one.claim.get("comparator") != other.claim.get("comparator"):
        return Pair(one.id, other.id, "not-comparable", "comparator")
    left, right = _measured(one.claim, first), _measured(other.claim, second)
    if left is None or right is None or (left.dimension, left.per) != (right.dimension, right.per):
        return Pair(one.id, other.id, "not-comparable", "unit")
    same = _alike(left, right) and _counted_alike(one.claim, other.claim)
    return Pair(one.id, other.id, "same" if same else "differ", None)


def _measured(claim: Mapping[str, Any], quantity: Mapping[str, Any]) -> Measure | None:
    """Of a limit the number alone: its comparator tells already which way it bounds, so that a `bound` beside
    it adds nothing.
    """
    if claim.get("comparator") in ("max", "min"):
        quantity = {name: value for name, value in quantity.items() if name != "bound"}
    return measure(quantity)


def _counted_alike(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether both count from the same baseline, if both say: 36 h beyond 44 h are not 36 h beyond 40 h."""
    bases = [claim["baseline"] for claim in (one, other) if isinstance(claim.get("baseline"), Mapping)]
    left, right = [measure(base) for base in bases] if len(bases) == 2 else (None, None)
    if left is None or right is None:
        return True
    return (left.dimension, left.per) == (right.dimension, right.per) and _alike(left, right)


def _alike(left: Measure, right: Measure) -> bool:
    """Whether both ends are equal, and both are of one thing as far as that is said."""
    of_one = left.of is None or right.of is None or left.of == right.of
    ends = [(one.low, one.low_strict, one.high, one.high_strict) for one in (left, right)]
    return of_one and ends[0] == ends[1]
