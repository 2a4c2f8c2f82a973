"""What an aggregate remembers of each entry in its stream: enough for the rules about later statements."""

from collections.abc import Mapping
from typing import Any, NamedTuple

from ...core.statement import Recorded
from ..names import is_place_or_party

CONDUCTOR_ROLES = frozenset({"lead", "joint", "subcontractor", "certifier"})
# What decides whether counts may stand in the clear (core.counts), with the counts themselves.
_COUNTING = ("issue", "method", "quantity", "sample", "scope")


class Record(NamedTuple):
    """One logged statement as later statements may refer to it.

    `names` are the factories and parties among its subjects. `conductors` (of an investigation) and
    `actor` (of a commitment) are None when the clear does not say, as in a sealed statement. `counting` are
    the clear members, as (name, value), that tell whether counts in an amendment may be clear.
    """

    index: int  # type: ignore[assignment]  # instead of a tuple's method
    id: str
    kind: str
    event: str
    type: str | None
    names: tuple[str, ...]
    issuers: tuple[str, ...]
    claimants: tuple[str, ...]
    relays: tuple[str, ...]
    visibility: str
    conductors: tuple[str, ...] | None = None
    actor: str | None = None
    counting: tuple[tuple[str, Any], ...] = ()


def record_of(recorded: Recorded) -> Record:
    """The record of one entry."""
    statement = recorded.statement
    return Record(
        recorded.index,
        statement.id,
        statement.kind,
        statement.event,
        statement.type,
        tuple([subject.name for subject in statement.subjects if is_place_or_party(subject.name)]),
        statement.issuers,
        statement.claimants,
        statement.attribution.via if statement.attribution else (),
        statement.visibility,
        _conductors(recorded) if statement.kind == "investigation" else None,
        statement.claim.get("actor") if statement.kind == "commitment" else None,
        _counting(statement.claim) if statement.kind != "criterion" else (),  # a clause counts nobody
    )


def _counting(claim: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple([(name, claim[name]) for name in _COUNTING if name in claim])


def _conductors(recorded: Recorded) -> tuple[str, ...] | None:
    participants = recorded.statement.claim.get("participants")
    if participants is None:
        return None
    return tuple([one["party"] for one in participants if one["role"] in CONDUCTOR_ROLES and "party" in one])
