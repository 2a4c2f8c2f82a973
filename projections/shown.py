"""How one statement is shown wherever it is shown: times, content, hand and voice, amendments, what is
withheld.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ledger.core.statement import Ref, Statement
from projections.amendments import Amendment, amendments, retractions
from projections.compromises import Flag, flags
from projections.items import Item, Slice
from projections.voices import Provenance, provenance


@dataclass(frozen=True, slots=True)
class Reference:
    """A pinned reference; `position`, `kind` and `title` say where it leads in this log.

    `title` is the target's own title or document address, None where it has none or it is withheld.
    """

    rel: str
    id: str
    locator: str | None = None
    position: int | None = None
    kind: str | None = None
    title: str | None = None

    def to_json(self) -> dict[str, object]:
        """Members that are None are left out."""
        members = {
            "rel": self.rel,
            "id": self.id,
            "locator": self.locator,
            "position": self.position,
            "kind": self.kind,
            "title": self.title,
        }
        return {name: value for name, value in members.items() if value is not None}


@dataclass(frozen=True, slots=True)
class Shown:
    """One statement for display.

    `content` holds clear and shown disclosed members; `withheld` counts the digests without anything shown.
    `said` and `occurred` are None when nobody has stated them here: unknown, not "never". `flags` are the
    keys that signed it while others may have used them; a `proposal` is about a name and changes nothing.
    """

    position: int
    id: str
    kind: str
    type: str | None
    event: str
    recorded_at: str
    issued_at: str
    said: str | None
    occurred: str | None
    subjects: tuple[str, ...]
    refs: tuple[Reference, ...]
    content: Mapping[str, Any]
    withheld: int
    visibility: str
    provenance: Provenance
    amendments: tuple[Amendment, ...]
    retracted_by: tuple[str, ...]
    flags: tuple[Flag, ...] = ()
    proposal: bool = False

    def to_json(self) -> dict[str, object]:
        return {
            "position": self.position,
            "id": self.id,
            "kind": self.kind,
            "type": self.type,
            "event": self.event,
            "recordedAt": self.recorded_at,
            "issuedAt": self.issued_at,
            "said": self.said,
            "occurred": self.occurred,
            "subjects": list(self.subjects),
            "refs": [ref.to_json() for ref in self.refs],
            "content": dict(self.content),
            "withheld": self.withheld,
            "visibility": self.visibility,
            "provenance": self.provenance.to_json(),
            "amendments": [amendment.to_json() for amendment in self.amendments],
            "retractedBy": list(self.retracted_by),
            "flags": [flag.to_json() for flag in self.flags],
            **({"proposal": True} if self.proposal else {}),
        }


def show(item: Item, known: Slice) -> Shown:
    """`item` with what `known` holds of its sources, adoptions and amendments."""
    statement = item.statement
    return Shown(
        position=item.position,
        id=item.id,
        kind=statement.kind,
        type=statement.type,
        event=statement.event,
        recorded_at=item.recorded.recorded_at,
        issued_at=statement.issued_at,
        said=said_when(statement),
        occurred=statement.occurred or item.claim.get("occurred"),
        subjects=tuple(subject.name for subject in statement.subjects),
        refs=tuple(_reference(ref, known) for ref in statement.refs),
        content={name: value for name, value in item.claim.items() if name != "_sd"},
        withheld=item.withheld,
        visibility=statement.visibility,
        provenance=provenance(item, known),
        amendments=amendments(item, known),
        retracted_by=tuple(later.id for later in retractions(item, known)),
        flags=flags(item, known),
        proposal=item.id in known.proposals,
    )


def _reference(ref: Ref, known: Slice) -> Reference:
    target = known.target(ref.id) if ref.ledger is None else None
    if target is None:
        return Reference(ref.rel, ref.id, ref.locator)
    title = target.claim.get("title")
    words = title.get("text") if isinstance(title, Mapping) else target.claim.get("url")
    return Reference(ref.rel, ref.id, ref.locator, target.position, target.statement.kind, words)


def said_when(statement: Statement) -> str | None:
    """When the voice first said it. Whoever signs its own claim says it then at the latest; else it is
    unknown.
    """
    if statement.said is not None:
        return statement.said
    return statement.issued_at if statement.attribution is None else None
