"""Where an allegation stands.

Several states may hold at once, and none of them says that it is true or untrue.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from ...core.statement import Recorded, Statement

Follower = tuple[str, Recorded]
"""(rel, statement) that refers to the allegation, oldest first."""
_Matches = Callable[[str, Statement], bool]

_STANDS = frozenset({"respondsTo", "accepts", "partlyAccepts", "disputes", "refuses"})


@dataclass(frozen=True, slots=True)
class State:
    """One state with its history.

    `by` are the statements that brought it about, oldest first; `attributed` is whether every one of them is
    somebody's claim that he did not sign. Of the `of` original issuers, those in `withdrew` have withdrawn.
    """

    name: str
    by: tuple[str, ...]
    attributed: bool = False
    withdrew: tuple[str, ...] = ()
    of: int = 0


def states(allegation: Statement, followers: Sequence[Follower], recurs: Collection[str] = ()) -> list[State]:
    """Every state that holds: withdrawn, determined, disputed, answered, notified, recurring, open.

    `recurs` are the claims that it recurs with (`derived.recurrence`). Withdrawn by some of its issuers, it
    stays open for the others.
    """
    withdrawn = _withdrawn(allegation, followers)
    determined = _brought_about("determined", followers, _determines)
    disputed = _brought_about("disputed", followers, lambda rel, _: rel == "disputes")
    answered = _brought_about("answered", followers, lambda rel, one: _answers(rel, one, allegation))
    notified = _brought_about("notified", followers, _notifies)
    recurring = State("recurring", tuple(recurs)) if recurs else None
    holding = [one for one in (withdrawn, determined, disputed, answered, notified, recurring) if one]
    gone = withdrawn is not None and len(withdrawn.withdrew) == withdrawn.of
    return holding if gone or determined or answered else [*holding, State("open", ())]


def _determines(rel: str, one: Statement) -> bool:
    return rel == "about" and one.kind == "determination"


def _answers(rel: str, one: Statement, allegation: Statement) -> bool:
    """A stand taken by anybody who did not make the claim."""
    return rel in _STANDS and set(one.claimants).isdisjoint(allegation.claimants)


def _notifies(rel: str, one: Statement) -> bool:
    """It was put to somebody, or somebody acknowledges it."""
    return rel == "acknowledges" or (rel == "basedOn" and one.kind == "request")


def _brought_about(name: str, followers: Sequence[Follower], matches: _Matches) -> State | None:
    by = [one.statement for rel, one in followers if matches(rel, one.statement)]
    if not by:
        return None
    return State(name, tuple(one.id for one in by), all(one.attribution is not None for one in by))


def _withdrawn(allegation: Statement, followers: Sequence[Follower]) -> State | None:
    """By amendment or, in one's own voice, by retraction; each binds only those who sign it."""
    by = [
        one.statement
        for rel, one in followers
        if rel == "retracts" or (rel == "amends" and one.statement.type == "withdrawal")
    ]
    signers = {slug for one in by for slug in one.issuers}
    withdrew = tuple(slug for slug in allegation.issuers if slug in signers)
    if not withdrew:
        return None
    return State("withdrawn", tuple(one.id for one in by), False, withdrew, len(allegation.issuers))
