"""Whether two observations conflict: same subject, issue, dimension and `per`, overlapping periods (letter:
R7).

Nothing decides which of them is right; a conflict is only ever shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from .periods import apart
from .quantities import disjoint, measure


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
    found = (conflict(one, other) for one, other in combinations(list(observations), 2))
    return [one for one in found if one is not None]


def conflict(one: Observed, other: Observed) -> Conflict | None:
    """The conflict between two observations, if there is one; quantities say more than present or absent."""
    if not one.subjects & other.subjects or one.claim.get("issue") != other.claim.get("issue"):
        return None
    at_other_times = apart(one.when, other.when)
    if at_other_times:
        return None
    doubts = ["period-unknown"] if at_other_times is None else []
    found = _quantities(one.claim.get("quantity"), other.claim.get("quantity"))
    aspect = "quantity"
    if found is None and {one.claim.get("result"), other.claim.get("result")} == {"present", "absent"}:
        aspect, found = "result", []
    if found is None:
        return None
    doubts += found
    return Conflict(one.id, other.id, aspect, "possible" if doubts else "certain", tuple(doubts))


def _quantities(one: Any, other: Any) -> list[str] | None:
    """None: no conflict. Else what keeps a conflict of the two quantities from being certain."""
    if not isinstance(one, Mapping) or not isinstance(other, Mapping):
        return None
    first, second = measure(one), measure(other)
    if first is None or second is None or first.per != second.per:
        return None
    doubts = ["of-unstated"] if first.of != second.of else []
    if first.of and second.of and first.of != second.of:
        return None
    if first.dimension == second.dimension:
        return doubts if disjoint(first, second) else None
    # A working day has no fixed number of hours, so these may or may not agree.
    return [*doubts, "days-against-hours"] if {first.dimension, second.dimension} == {"time", "day"} else None
