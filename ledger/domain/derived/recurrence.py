"""Recurrence: the same factory and issue again, in periods that have no day in common."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from .periods import Bounds, apart, bounds


@dataclass(frozen=True, slots=True)
class Claimed:
    """What of an allegation, observation or finding can recur; `when` is the period, or when it occurred."""

    id: str
    factories: frozenset[str]
    issue: str
    when: str | None


def recurring(claims: Iterable[Claimed], of: Collection[str]) -> dict[str, tuple[str, ...]]:
    """For each claim whose id is in `of` the other claims with which it recurs, in the order given.

    Claims without a period recur with nothing, and have no row here; nor have those that recur with nothing.
    """
    by_issue: dict[str, list[_Dated]] = {}
    for claim in claims:
        if claim.when is not None:
            by_issue.setdefault(claim.issue, []).append((claim, bounds(claim.when)))
    found = {
        claim.id: tuple(other.id for other, when in dated if _recurs(claim, days, other, when))
        for dated in by_issue.values()
        for claim, days in dated
        if claim.id in of
    }
    return {claim: others for claim, others in found.items() if others}


_Dated = tuple[Claimed, Bounds]


def _recurs(one: Claimed, days: Bounds, other: Claimed, others: Bounds) -> bool:
    return apart(days, others) and not one.factories.isdisjoint(other.factories)
