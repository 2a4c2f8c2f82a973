"""Whether two observations conflict: same subject, issue, dimension and `per`, overlapping periods (letter:
R7).

Nothing decides which of them is right; a conflict is only ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any, NamedTuple

from .periods import Bounds, apart, bounds
from .quantities import Measure, disjoint, measure


@dataclass(frozen=True, slots=True)
class Observed:
    """What of an observation can conflict; `claim` is the resolved one, `when` its period or, failing that,
    its date.
    """

    id: str
    subjects: frozenset[str]
    claim: Mapping[str, Any]
    when: str | None


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two observations that cannot, or possibly cannot, both hold. `aspect` is quantity or result.

    `certainty` is certain or possible; `reasons` says in codes what keeps it from being certain.
    """

    one: str
    other: str
    aspect: str
    certainty: str
    reasons: tuple[str, ...]


def conflicts(observations: Iterable[Observed]) -> list[Conflict]:
    """Every conflicting pair, in the order given."""
    found = (_conflict(one, other) for one, other in combinations(map(_read, observations), 2))
    return [one for one in found if one is not None]


def conflict(one: Observed, other: Observed) -> Conflict | None:
    """The conflict between two observations, if there is one; quantities say more than present or absent."""
    return _conflict(_read(one), _read(other))


class _Read(NamedTuple):
    """An observation with its quantity measured, and the days of its period, once for all its pairs."""

    observed: Observed
    issue: Any
    result: Any
    measure: Measure | None
    days: Bounds | None


def _read(observed: Observed) -> _Read:
    claim = observed.claim
    quantity = claim.get("quantity")
    measured = measure(quantity) if isinstance(quantity, Mapping) else None
    days = None if observed.when is None else bounds(observed.when)
    return _Read(observed, claim.get("issue"), claim.get("result"), measured, days)


def _conflict(one: _Read, other: _Read) -> Conflict | None:
    if one.issue != other.issue or one.observed.subjects.isdisjoint(other.observed.subjects):
        return None
    if one.days and other.days and apart(one.days, other.days):
        return None
    doubts = [] if one.days and other.days else ["period-unknown"]
    found = _quantities(one.measure, other.measure)
    aspect = "quantity"
    if found is None and {one.result, other.result} == {"present", "absent"}:
        aspect, found = "result", []
    if found is None:
        return None
    doubts += found
    certainty = "possible" if doubts else "certain"
    return Conflict(one.observed.id, other.observed.id, aspect, certainty, tuple(doubts))


def _quantities(first: Measure | None, second: Measure | None) -> list[str] | None:
    """None: no conflict. Else what keeps a conflict of the two quantities from being certain."""
    if first is None or second is None or first.per != second.per:
        return None
    doubts = ["of-unstated"] if first.of != second.of else []
    if first.of and second.of and first.of != second.of:
        return None
    if first.dimension == second.dimension:
        return doubts if disjoint(first, second) else None
    # A working day has no fixed number of hours, so these may or may not agree.
    return [*doubts, "days-against-hours"] if {first.dimension, second.dimension} == {"time", "day"} else None
