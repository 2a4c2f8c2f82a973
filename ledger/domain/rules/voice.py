"""Whose voice qualifies: "X's voice" means that every claimant does."""

from collections.abc import Collection

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..aggregates import Record

CLAIMANTS = "/predicate/claimants"


def require_voice(statement: Statement, qualified: Collection[str], who: str) -> None:
    """Every claimant is among `qualified`, called `who`."""
    for slug in statement.claimants:
        if slug not in qualified:
            raise Refusal("wrong-voice", f"{slug} is not {who}", CLAIMANTS)


def is_conductor(slug: str, investigation: Record) -> bool:
    """Whether the party conducted it; also when a sealed description leaves open who did."""
    return investigation.conductors is None or slug in investigation.conductors
