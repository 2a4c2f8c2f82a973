"""The disclosure checklist of an investigation: what is told about how it was done, and what was asked
(R22-R28).

Only a conductor's voice fills it. What anybody else says about the same point stands beside it under its own
name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ...core.statement import Statement

CONDUCTORS = frozenset({"lead", "joint", "subcontractor", "certifier"})
# What a description of an investigation may tell, in the letter's order.
ATTRIBUTES = (
    "methods",
    "days",
    "sample",
    "documents",
    "notice",
    "selection",
    "crossCheck",
    "participants",
    "competence",
    "gbvTraining",
    "privacy",
    "place",
    "payer",
    "access",
)
# Questions that ask for part of an attribute (R22).
FILLS = {"timeframe": "days", "interviewees": "sample", "gender": "sample", "extent": "sample"}
NOT_DISCLOSED = "not-disclosed"


@dataclass(frozen=True, slots=True)
class Said:
    """A value somebody gives for an attribute, and the statement that gives it."""

    value: Any
    by: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A question on a topic and how it stands (`derived.requests.OUTCOMES`, the best over its addressees)."""

    request: str
    topic: str
    outcome: str


@dataclass(frozen=True, slots=True)
class Point:
    """One line of the checklist. `states` holds all that apply, the one that counts first: disclosed,
    refused, asked, not-disclosed, said-by-others; none at all means nobody has said or asked anything.
    """

    topic: str
    states: tuple[str, ...]
    value: Any
    said: tuple[Said, ...]
    others: tuple[Said, ...]
    asked: tuple[Asked, ...]


def conductors(claim: Mapping[str, Any]) -> frozenset[str]:
    """Slugs of the parties that an investigation names as conducting it."""
    participants = claim.get("participants", ())
    if not isinstance(participants, Sequence) or isinstance(participants, str):
        return frozenset()
    return frozenset(one["party"] for one in participants if one.get("role") in CONDUCTORS and "party" in one)


def conducting(
    claim: Mapping[str, Any], descriptions: Sequence[tuple[Statement, Mapping[str, Any]]]
) -> frozenset[str]:
    """Who conducted the investigation that `claim` describes, by itself and by what its conductors say of it
    elsewhere. Anybody may describe the same investigation; that makes nobody a conductor of it.
    """
    who, before = conductors(claim), frozenset[str]()
    while who != before:
        before = who
        told = (other for statement, other in descriptions if in_conductors_voice(statement, before))
        who = before.union(*map(conductors, told))
    return who


def in_conductors_voice(description: Statement, who: frozenset[str]) -> bool:
    """Whether every claimant of the description conducts the investigation."""
    return bool(who) and set(description.claimants) <= who


def points(
    descriptions: Sequence[tuple[Statement, Mapping[str, Any]]], asked: Sequence[Asked], who: frozenset[str]
) -> list[Point]:
    """The checklist from (statement, claim with disclosures put back) pairs that describe one investigation,
    in the order in which they count, the last one most, and the questions about it; `who` conducted it.
    Attributes first, then the other topics that were asked about.
    """
    topics = list(dict.fromkeys([*ATTRIBUTES, *(FILLS.get(one.topic, one.topic) for one in asked)]))
    return [_point(topic, descriptions, who, asked) for topic in topics]


def _point(
    topic: str,
    descriptions: Sequence[tuple[Statement, Mapping[str, Any]]],
    who: frozenset[str],
    asked: Sequence[Asked],
) -> Point:
    own = [one for one in descriptions if in_conductors_voice(one[0], who)]
    said = _said(topic, own)
    others = _said(topic, [one for one in descriptions if one not in own])
    told = [one for one in said if one.value != NOT_DISCLOSED]
    about = tuple(one for one in asked if FILLS.get(one.topic, one.topic) == topic)
    value = told[-1].value if told else (NOT_DISCLOSED if said else None)
    return Point(topic, tuple(_states(bool(told), said, others, about)), value, said, others, about)


def _said(topic: str, descriptions: Sequence[tuple[Statement, Mapping[str, Any]]]) -> tuple[Said, ...]:
    return tuple(Said(claim[topic], statement.id) for statement, claim in descriptions if topic in claim)


def _states(told: bool, said: Sequence[Said], others: Sequence[Said], asked: Sequence[Asked]) -> list[str]:
    outcomes = {one.outcome for one in asked}
    # A question that its asker gave up is asked no more, and disclosed by nobody.
    found = {
        "disclosed": told or "answered" in outcomes,
        "refused": "refused" in outcomes,
        "asked": bool(outcomes - {"answered", "concluded", "refused"}),
        NOT_DISCLOSED: bool(said) and not told,
        "said-by-others": bool(others),
    }
    return [state for state, holds in found.items() if holds]
