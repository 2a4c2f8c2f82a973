"""Quantities made comparable: units converted within a dimension, bounds read as intervals, all exact."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from ...core.vocabulary import VOCABULARIES

WEEKS_IN_A_MONTH = Fraction(52, 12)


@dataclass(frozen=True, slots=True)
class Measure:
    """A quantity as the interval from low to high in base units of its dimension; None is an open side.

    An end belongs to it unless it is strict: "more than 60 h" leaves 60 h out. `per` is the dimension and
    size of the period it is counted for ("" where it is not counted per anything), `of` what it is a quantity
    of, if that is said.
    """

    low: Fraction | None
    high: Fraction | None
    dimension: str
    per: str
    of: str | None
    low_strict: bool = False
    high_strict: bool = False


def measure(quantity: Mapping[str, Any]) -> Measure | None:
    """A quantity of the log as a `Measure`; None for a unit that no vocabulary makes comparable."""
    unit = quantity["unit"]
    term = VOCABULARIES["units"].get(unit)
    dimension = term.dimension if term and term.dimension else unit
    factor = Fraction(term.factor) if term and term.factor else Fraction(1)
    low, high = _interval(quantity)
    per, length = _per(quantity.get("per"))
    scale = factor / length
    bound = quantity.get("bound")
    return Measure(
        low=_scaled(low, scale),
        high=_scaled(high, scale),
        dimension=dimension,
        per=per,
        of=quantity.get("of"),
        low_strict=bound == "more-than",
        high_strict=bound == "less-than",
    )


def _interval(quantity: Mapping[str, Any]) -> tuple[Fraction | None, Fraction | None]:
    """`bound` opens a side; "about" is taken as said, since nobody says how far about goes."""
    if "value" in quantity:
        low = high = Fraction(quantity["value"])
    else:
        low, high = Fraction(quantity["low"]), Fraction(quantity["high"])
    bound = quantity.get("bound")
    if bound in ("more-than", "at-least"):
        return low, None
    if bound in ("less-than", "at-most"):
        return None, high
    return low, high


def _per(period: str | None) -> tuple[str, Fraction]:
    """(dimension of the period, its length there): a quantity per quarter compares with one per month."""
    if period is None:
        return "", Fraction(1)
    term = VOCABULARIES["periods"][period]
    return term.dimension or period, Fraction(term.factor or 1)


def _scaled(value: Fraction | None, factor: Fraction) -> Fraction | None:
    return None if value is None else value * factor


def disjoint(one: Measure, other: Measure) -> bool:
    """Whether no value fits both intervals."""
    return _below(one, other) or _below(other, one)


def _below(one: Measure, other: Measure) -> bool:
    """Whether all of `one` lies below all of `other`: where they touch, only if one leaves that value out."""
    if one.high is None or other.low is None:
        return False
    return one.high < other.low or (one.high == other.low and (one.high_strict or other.low_strict))


def decimal(value: Fraction, places: int = 1) -> str:
    """`value` rounded half away from zero, without trailing zeros: 139, 121.3."""
    scaled = abs(value) * 10**places
    rounded = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    whole, rest = divmod(rounded, 10**places)
    digits = f"{rest:0{places}}".rstrip("0") if places else ""
    return f"{'-' if value < 0 and rounded else ''}{whole}{'.' + digits if digits else ''}"
