"""Disclosure checklist of an investigation: what its conductor says of it, what was asked, what others say
(R22-R25).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from ledger.core.statement import Recorded, Statement
from ledger.domain.derived.checklists import NOT_DISCLOSED, Asked, Point, conducting, points
from ledger.domain.derived.requests import ENDED, OUTCOMES, Follower, SpeaksFor, Standing, standings
from projections.amendments import as_amended, wholly_withdrawn
from projections.items import Item, Slice
from projections.open_items import Addressee, addressee
from projections.registry import speaks_for
from projections.row import Row, View, reference_rows
from projections.shown import Shown, show
from projections.voices import STANDINGS, bearing, provenance

ANSWERED = "answered"
NOBODY = Standing("", "open", False, (), (), None)
"""How a request stands of which no addressee is shown."""
FOLLOWERS = frozenset({"investigation", "request", "response", "progress", "amendment", "link"})
RELS = frozenset(
    {
        "about",
        "previous",
        "sameAs",
        "amends",
        "links",
        "on",
        "answers",
        "partlyAnswers",
        "concludes",
        "acknowledges",
        "accepts",
        "partlyAccepts",
        "disputes",
        "offers",
        "refuses",
        "endorses",
        "retracts",
        "adopts",
        "disowns",
        "confirms",
        "respondsTo",
    }
)


def rows(recorded: Recorded) -> list[Row]:
    """An opening row for an investigation; one row per reference of what may bear on one."""
    statement = recorded.statement
    found = reference_rows(recorded, RELS) if statement.kind in FOLLOWERS else []
    if statement.kind == "investigation":
        found.append((recorded.index, statement.id, statement.id, "opens"))
    return found


TABLE = View(
    name="checklist",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)


@dataclass(frozen=True, slots=True)
class Line:
    """One point of the checklist; what a reader may not see is left out of it by construction.

    `voices` are, for each statement that it rests on, who says it and how far that is their own word: a point
    that is filled by attribution says so. `stood` is how each request stands, by request: the best of its
    addressees, in the words that it has everywhere.
    """

    point: Point
    voices: Mapping[str, tuple[tuple[str, ...], str]] = field(default_factory=dict)
    stood: Mapping[str, Addressee] = field(default_factory=dict)

    @property
    def standing(self) -> str | None:
        """The standing of what fills the point now; None where nothing does."""
        told = [one for one in self.point.said if one.value == self.value]
        return self.voices[told[-1].by][1] if told and told[-1].by in self.voices else None

    @property
    def value(self) -> object:
        """What the conductor tells, "answered" where only a reply to a question does; nobody having told
        anything is "not disclosed" too.
        """
        if self.point.value in (None, NOT_DISCLOSED) and "disclosed" in self.point.states:
            return ANSWERED
        return NOT_DISCLOSED if self.point.value is None else self.point.value

    def to_json(self) -> dict[str, object]:
        point = self.point
        return {
            "topic": point.topic,
            "states": list(point.states),
            "value": self.value,
            "stated": bool(point.said),
            "by": [one.by for one in point.said],
            "standing": self.standing,
            "others": [{"value": one.value, "by": one.by} | self._voice(one.by) for one in point.others],
            "asked": [self._asked(one) for one in point.asked],
        }

    def _asked(self, one: Asked) -> dict[str, object]:
        stood = self.stood[one.request]
        return {
            "request": one.request,
            "topic": one.topic,
            "outcome": one.outcome,
            "by": list(stood.standing.by),
            "offers": list(stood.standing.offers),
            "reachedBy": stood.reached_by,
            "words": stood.words,
        }

    def _voice(self, statement: str) -> dict[str, object]:
        who, standing = self.voices.get(statement, ((), "unknown"))
        return {"saidBy": list(who), "standing": standing}


@dataclass(frozen=True, slots=True)
class Checklist:
    """An investigation, every description of it, who conducted it, and the checklist."""

    shown: Shown
    descriptions: tuple[Shown, ...]
    conductors: tuple[str, ...]
    lines: tuple[Line, ...]

    def line(self, topic: str) -> Line:
        return next(line for line in self.lines if line.point.topic == topic)

    def to_json(self) -> dict[str, object]:
        return {
            **self.shown.to_json(),
            "descriptions": [one.to_json() for one in self.descriptions],
            "conductors": list(self.conductors),
            "checklist": [line.to_json() for line in self.lines],
        }


def view(item: Item, known: Slice, today: str) -> Checklist:
    """The checklist of the investigation that `item` describes, on the day `today`."""
    described = [one for one in descriptions(item, known) if not wholly_withdrawn(one, known)] or [item]
    voices = {one.id: (one.statement.claimants, provenance(one, known).standing) for one in described}
    # A conductor's own word outweighs what others say that it said, and what it disowns fills nothing.
    owned = [one for one in described if voices[one.id][1] != "disowned"]
    owned.sort(key=lambda one: STANDINGS.index(voices[one.id][1]))
    claims = [(one.statement, as_amended(one, known)) for one in owned]
    who = conducting(as_amended(item, known), claims)
    questions = asked(described, known, today)
    stood = {one.request: standing for one, standing in questions}
    found = points(claims, [one for one, _ in questions], who)
    return Checklist(
        shown=show(item, known),
        descriptions=tuple(show(one, known) for one in described if one.id != item.id),
        conductors=tuple(sorted(who)),
        lines=tuple(Line(point, voices, stood) for point in found),
    )


def descriptions(item: Item, known: Slice) -> list[Item]:
    """`item` and every other description or later stage of the same investigation, oldest first."""
    found = {item.id: item}
    latest = [item]
    while latest:
        near = [known.get(target) for one in latest for target in one.refers("sameAs")]
        near += [other for one in latest for _, other in known.referring(one.id, "sameAs")]
        latest = [one for one in near if one is not None and one.id not in found]
        found.update({one.id: one for one in latest})
    return sorted(found.values(), key=lambda one: one.position)


def asked(described: Iterable[Item], known: Slice, today: str) -> list[tuple[Asked, Addressee]]:
    """The requests about an investigation that name a topic, each with how it stands: the best of its
    addressees, nobody where none is shown.
    """
    found = []
    for request in {
        one.id: one for item in described for _, one in known.referring(item.id, "about")
    }.values():
        claim = as_amended(request, known)
        if request.statement.kind == "request" and "topic" in claim and not wholly_withdrawn(request, known):
            opener = request.read_as(claim).statement
            best = _best(opener, bearing(request, known), today, speaks_for(known)) or NOBODY
            standing = addressee(best, known, best.outcome in ENDED)
            found.append((Asked(request.id, claim["topic"], best.outcome), standing))
    return found


def _best(request: Statement, thread: Sequence[Follower], today: str, speaks: SpeaksFor) -> Standing | None:
    """The best over its addressees; that it was concluded says nothing about what was disclosed before."""

    def best(replies: Sequence[Follower]) -> Standing | None:
        found = standings(request, replies, today, speaks)
        return min(found, key=lambda one: OUTCOMES.index(one.outcome), default=None)

    said = best([pair for pair in thread if pair[0] != "concludes"])
    return said if said and said.outcome in ("answered", "partly", "refused") else best(thread)
