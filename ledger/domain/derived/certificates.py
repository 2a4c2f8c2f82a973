"""Whether a certificate held on a day, by the decisions that this ledger knows of."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from ...core.statement import Statement
from .periods import began, ended

UNKNOWN = "unknown"
_STATES = {
    "granted": "valid",
    "probation": "probation",
    "suspended": "suspended",
    "withdrawn": "withdrawn",
    "expired": "expired",
}
# States that end with the certificate's validity.
_RUNNING = frozenset({"valid", "probation", "suspended"})


@dataclass(frozen=True, slots=True)
class CertificateDecision:
    """One certification as a certifier decided it.

    `on` is when it took effect as far as anybody says; `validity` an interval or its end.
    """

    id: str
    outcome: str
    on: str
    validity: str | None = None


@dataclass(frozen=True, slots=True)
class Certificate:
    """The state on a day and what it rests on: valid, probation, suspended, withdrawn, expired, unknown."""

    state: str
    by: tuple[str, ...]


def decision_of(certification: Statement, recorded_at: str) -> CertificateDecision:
    """A certification; it took effect when it occurred, else when it was said, else when recorded."""
    claim = certification.claim
    on = certification.occurred or certification.said or recorded_at[:10]
    return CertificateDecision(certification.id, claim["outcome"], on, claim.get("validity"))


def certificate_on(day: str, decisions: Iterable[CertificateDecision]) -> Certificate:
    """The state of one certificate on `day` (YYYY-MM-DD); `decisions` come in the order of their recording.

    Where coarse dates leave open whether a decision had taken effect, and that matters, it is unknown.
    """
    certain: CertificateDecision | None = None
    perhaps: list[CertificateDecision] = []
    for decision in sorted(decisions, key=lambda one: one.on):
        happened = began(decision.on, day)
        if happened:
            certain, perhaps = decision, []
        elif happened is None:
            perhaps.append(decision)
    resting = [one for one in (certain, *perhaps) if one is not None]
    states = {_state(one, day) for one in resting} | ({UNKNOWN} if certain is None else set())
    return Certificate(states.pop() if len(states) == 1 else UNKNOWN, tuple(one.id for one in resting))


def _state(decision: CertificateDecision, day: str) -> str:
    state = _STATES.get(decision.outcome, UNKNOWN)
    if decision.validity is None or state not in _RUNNING:
        return state
    if ended(decision.validity, day):
        return "expired"
    first, slash, _ = decision.validity.partition("/")
    begun = not slash or first == ".." or began(first, day)
    return state if begun else UNKNOWN
