"""Small counts stay out of the clear: public bytes are kept for ever, and a count of nine names nine people.

The members of a `sample`, and a quantity in persons, in per cent, or found by asking people, stand in the
clear only beside a clear integer `n` of at least ten; each part of the sample and what is left of it is
nobody or at least ten people; and never where the issue is harassment or gender-based violence
(docs/protocol.md, "Small counts").

Criteria are exempt: a clause's 150 % is nobody's count.
"""

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from .refusal import Refusal

LEAST = 10  # people
PEOPLE_UNITS = frozenset({"persons", "%"})
# Each case of harassment is somebody's.
CASE_UNITS = PEOPLE_UNITS | {"count"}
# Methods whose numbers come from asking people.
ASKING = frozenset({"worker-interview", "offsite-interview", "worker-survey", "hotline"})
GBV = "harassment-gbv"
_COUNTING = frozenset({"quantity", "sample", "scope"})  # members that may hold a count


def check_small_counts(claim: Mapping[str, Any]) -> None:
    """Refuses counts in a clear claim that could point at somebody."""
    if _COUNTING.isdisjoint(claim):
        return
    sample = claim.get("sample")
    members = sample if type(sample) is dict and sample.keys() - {"_sd"} else {}
    counted = [*_people_quantities(claim)]
    if not members and not counted:
        return
    where = "/sample" if members else f"/{counted[0][0]}"
    if _is_gbv(claim.get("issue")):
        raise _refusal(f"counts under {GBV}", where)
    n = members.get("n")
    if type(n) is not int or n < LEAST:
        raise _refusal(f"there is no clear sample of {LEAST} or more beside it", where)
    for name, part, whole in _parts(members, n, counted):
        if 0 < part < LEAST or (part <= whole and 0 < whole - part < LEAST):
            raise _refusal(f"a part of fewer than {LEAST} among {n}", name)


def _refusal(what: str, where: str) -> Refusal:
    return Refusal("small-count-in-clear", what, where)


def _is_gbv(issue: Any) -> bool:
    issues = issue if type(issue) is list else [issue]
    return any(type(one) is str and one.partition("/")[0] == GBV for one in issues)


def _people_quantities(claim: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The clear quantities that count people or were found by asking them, each with its place."""
    quantity = claim.get("quantity")
    units = CASE_UNITS if _is_gbv(claim.get("issue")) else PEOPLE_UNITS
    if type(quantity) is dict and (claim.get("method") in ASKING or quantity.get("unit") in units):
        yield "quantity", quantity
    scope = claim.get("scope")
    population = scope.get("population") if type(scope) is dict else None
    if type(population) is dict and population.get("unit") in PEOPLE_UNITS:
        yield "scope/population", population


def _parts(
    sample: Mapping[str, Any], n: int, counted: list[tuple[str, Mapping[str, Any]]]
) -> Iterator[tuple[str, Decimal, Decimal]]:
    """Each clear part as (place, people in it, people in the whole)."""
    whole = Decimal(n)
    for name in ("women", "independentSources"):
        if type(sample.get(name)) is int:
            yield f"/sample/{name}", Decimal(sample[name]), whole
    if "share" in sample and sample["share"] != "unknown":
        yield "/sample/share", Decimal(sample["share"]) * whole / 100, whole
    for name, quantity in counted:
        for end in ("value", "low", "high"):
            if end in quantity and quantity["unit"] in PEOPLE_UNITS:
                number = abs(Decimal(quantity[end]))
                yield f"/{name}/{end}", number * whole / 100 if quantity["unit"] == "%" else number, whole
