"""Where a request stands with each of its addressees, and a commitment with its committer (domain: derived).

Silence has two shapes: nothing in this ledger answers, or the asker states in a `no-reply` that nothing came.
Only the second is called no reply.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.grammar import date_bounds
from ...core.statement import Recorded, Statement

Follower = tuple[str, Recorded]
"""(rel, statement) that refers to a request or commitment, oldest first."""
SpeaksFor = Callable[[str, str], bool]
"""Whether a claimant (slug) answers for an addressee (slug, `factory:<slug>` or `group:<code>`)."""

# The strongest comes first; an answer that concludes is not undone by a later acknowledgement.
OUTCOMES = ("concluded", "answered", "partly", "refused", "no-reply-stated", "acknowledged", "open")
_BY_REL = {
    "concludes": "concluded",
    "answers": "answered",
    "partlyAnswers": "partly",
    "refuses": "refused",
    "acknowledges": "acknowledged",
    "accepts": "acknowledged",
    "partlyAccepts": "acknowledged",
    "offers": "acknowledged",
    "respondsTo": "acknowledged",
    "disputes": "acknowledged",
    "commends": "acknowledged",
}
ENDED = frozenset({"concluded", "answered", "refused"})
STATES = {
    "due-changed": None,
    "under-way": "under-way",
    "claimed": "claimed",
    "verified": "verified",
    "disputed": "contested",
    "reopened": "reopened",
    "no-reply": None,
}


def itself(addressee: str, claimant: str) -> bool:
    """A party answers for itself. For a group or a factory nobody does: a party that is merely called alike
    is another one, and the registry ties none to either. Whoever asked may conclude.
    """
    return addressee == claimant


@dataclass(frozen=True, slots=True)
class Due:
    """When something is due: the first date, the one in force, what moved it. None is unknown."""

    first: str | None
    now: str | None
    changes: tuple[str, ...]

    def passed(self, today: str) -> bool:
        """Whether the last day the date in force may mean lies before `today` (YYYY-MM-DD)."""
        return _last_day(self.now) < today if self.now else False


@dataclass(frozen=True, slots=True)
class Standing:
    """Where one addressee stands: the outcome, whether it is overdue, and the statements it rests on.

    `offers` are statements by which the addressee offered something else than an answer. `as_of` is what the
    asker states for a no-reply.
    """

    addressee: str
    outcome: str
    overdue: bool
    by: tuple[str, ...]
    offers: tuple[str, ...]
    as_of: str | None

    @property
    def states(self) -> tuple[str, ...]:
        """All that hold, as domain.md names them."""
        return (self.outcome, "overdue") if self.overdue else (self.outcome,)


def due(opener: Statement, followers: Iterable[Follower]) -> Due:
    """The due dates of a request or commitment as it was signed; every move stays visible (threat: deadline
    gaming), also one by an amendment that all its issuers signed.
    """
    first = _date(opener.claim)
    changes = [one.statement for rel, one in followers if _moves_due(rel, one.statement, opener)]
    now = _date(_moved(changes[-1])) if changes else first
    return Due(first, now, tuple(one.id for one in changes))


def _moves_due(rel: str, one: Statement, opener: Statement) -> bool:
    if rel == "on":
        return one.type == "due-changed"
    by_all = set(one.issuers) >= set(opener.issuers)
    # An addition sets only what was not there.
    return (
        rel == "amends"
        and by_all
        and "due" in _moved(one)
        and (one.type == "correction" or "due" not in opener.claim)
    )


def _moved(one: Statement) -> Mapping[str, Any]:
    """The members that hold the new date."""
    return one.claim.get("set", {}) if one.kind == "amendment" else one.claim


def standings(
    request: Statement, followers: Sequence[Follower], today: str, speaks_for: SpeaksFor = itself
) -> list[Standing]:
    """Each addressee's standing on the day `today`, in the request's order."""
    late = due(request, followers).passed(today)
    return [
        _standing(request, addressee, followers, late, speaks_for)
        for addressee in request.claim.get("addressees", ())
    ]


def _standing(
    request: Statement, addressee: str, followers: Sequence[Follower], late: bool, speaks_for: SpeaksFor
) -> Standing:
    own = [
        (rel, one)
        for rel, one in followers
        if one.statement.kind == "response"
        and any(speaks_for(addressee, who) for who in one.statement.claimants)
    ]
    silent = [
        one for rel, one in followers if rel == "on" and _says_no_reply(one.statement, request, addressee)
    ]
    reached = {_BY_REL[rel] for rel, _ in own if rel in _BY_REL} | ({"no-reply-stated"} if silent else set())
    concluded = [
        one for rel, one in followers if rel == "concludes" and _may_conclude(one.statement, request, own)
    ]
    if concluded:
        reached.add("concluded")
    outcome = min(reached, key=OUTCOMES.index, default="open")
    return Standing(
        addressee=addressee,
        outcome=outcome,
        overdue=late and outcome not in ENDED,
        by=_rest_on(outcome, own, silent, concluded),
        offers=tuple(one.statement.id for rel, one in own if rel == "offers"),
        as_of=silent[-1].statement.claim.get("asOf") if outcome == "no-reply-stated" else None,
    )


def _may_conclude(response: Statement, request: Statement, own: Sequence[Follower]) -> bool:
    """Who asked may say that it is settled with everybody, who was asked that it is with itself; no third
    party may close somebody's question.
    """
    by_addressee = any(one.statement.id == response.id for _, one in own)
    return by_addressee or set(response.claimants) <= set(request.claimants)


def _says_no_reply(progress: Statement, request: Statement, addressee: str) -> bool:
    """Only the asker knows that nothing came; without a list it means everybody asked."""
    if progress.type != "no-reply" or not set(progress.claimants) <= set(request.claimants):
        return False
    return addressee in progress.claim.get("addressees", (addressee,))


def _rest_on(
    outcome: str, own: Sequence[Follower], silent: Sequence[Recorded], concluded: Sequence[Recorded]
) -> tuple[str, ...]:
    if outcome == "no-reply-stated":
        found = list(silent)
    elif outcome == "concluded":
        found = list(concluded)
    else:
        found = [one for rel, one in own if _BY_REL.get(rel) == outcome]
    return tuple(dict.fromkeys(one.statement.id for one in found))


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a commitment stands: the last state that anyone stated, whether it is behind, every step."""

    state: str
    behind: bool
    steps: tuple[tuple[str, str], ...]


def progress(commitment: Statement, followers: Sequence[Follower], today: str) -> Progress:
    """The commitment's state on the day `today`; `steps` are (state, statement id), oldest first."""
    steps = [
        (STATES[one.statement.type or ""], one.statement.id)
        for rel, one in followers
        if rel == "on" and one.statement.type in STATES
    ]
    stated = [(state, who) for state, who in steps if state is not None]
    state = stated[-1][0] if stated else "planned"
    late = due(commitment, followers).passed(today) and state not in ("claimed", "verified")
    return Progress(state, late, tuple(stated))


def _date(claim: Any) -> str | None:
    value = claim.get("due")
    return None if value in (None, "unknown") else str(value)


def _last_day(value: str) -> str:
    bounds = date_bounds(value)
    assert bounds is not None, "dates of the log are dates"
    return bounds[1] or "9999-12-31"
