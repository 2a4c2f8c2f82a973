"""Recurrence: the same factory and issue again, in periods that have no day in common."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import combinations

from .periods import before


@dataclass(frozen=True, slots=True)
class Claimed:
    """What of an allegation, observation or finding can recur; `when` is the period, or when it occurred."""

    id: str
    factories: frozenset[str]
    issue: str
    when: str | None


@dataclass(frozen=True, slots=True)
class Recurrence:
    """The later claim repeats the earlier one's issue at these factories."""

    earlier: str
    later: str
    factories: frozenset[str]


def recurrences(claims: Iterable[Claimed]) -> list[Recurrence]:
    """Every recurring pair, in the order given; claims without a period recur with nothing."""
    dated = [claim for claim in claims if claim.when is not None]
    found = (_recurrence(one, other) for one, other in combinations(dated, 2))
    return [one for one in found if one is not None]


def recurring_with(claim_id: str, found: Iterable[Recurrence]) -> tuple[str, ...]:
    """The other claims of every recurrence that this claim is part of."""
    return tuple(
        one.later if one.earlier == claim_id else one.earlier
        for one in found
        if claim_id in (one.earlier, one.later)
    )


def _recurrence(one: Claimed, other: Claimed) -> Recurrence | None:
    common = one.factories & other.factories
    if not common or one.issue != other.issue or one.when is None or other.when is None:
        return None
    if before(one.when, other.when):
        return Recurrence(one.id, other.id, common)
    if before(other.when, one.when):
        return Recurrence(other.id, one.id, common)
    return None
