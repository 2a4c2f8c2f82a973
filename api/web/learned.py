"""Since when a reader could know what stands on a page: the day on which the ledger recorded where it comes
from. What stands inside an item may come from a later entry than the item: a reply, a state, an outcome.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import chain

from ledger.domain.derived.checklists import NOT_DISCLOSED
from projections import checklist
from projections.items import Slice
from projections.matrix import Noted
from projections.open_items import Addressee, OpenItem, told
from projections.shown import Shown
from projections.voices import Provenance

NEVER_LATER = ""
"""The day of what rests on no entry of its own; it comes before every other."""


@dataclass(frozen=True, slots=True)
class Learned:
    """Days (YYYY-MM-DD) by what was learned on them; `days` are those of recording, by statement id."""

    days: Mapping[str, str]

    @classmethod
    def of(cls, known: Slice) -> Learned:
        return cls({item.id: item.recorded.recorded_at[:10] for item in known.items})

    def first(self, ids: Iterable[str]) -> str:
        """The first of these statements; `NEVER_LATER` where there is none."""
        return min(self._found(ids), default=NEVER_LATER)

    def last(self, ids: Iterable[str]) -> str:
        """The last of these statements, for what needs all of them."""
        return max(self._found(ids), default=NEVER_LATER)

    def _found(self, ids: Iterable[str]) -> Iterable[str]:
        return (self.days[one] for one in ids if one in self.days)

    def standing(self, each: Addressee) -> str:
        """How a request stands: since what brought it there; what the asker states, since it last did so."""
        outcome = told(each.standing)
        if outcome == "no-reply-stated":
            return self.last(each.standing.by)
        return self.first(each.standing.offers if outcome == "offered" else each.standing.by)

    def state(self, item: OpenItem) -> str:
        """Where a commitment stands: since the last step."""
        return self.last(step.by for step in item.steps[-1:])

    def point(self, line: checklist.Line) -> str:
        """What is told of a point of a checklist; that nothing is told was never learned."""
        if line.value == checklist.ANSWERED:
            stood = (line.stood[one.request].standing for one in line.point.asked)
            return self.first(chain.from_iterable(one.by for one in stood if one.outcome == "answered"))
        if line.value == NOT_DISCLOSED:
            return NEVER_LATER
        return self.first(one.by for one in line.point.said if one.value == line.value)

    def voice(self, given: Provenance) -> str:
        """What claimants have to do with words that others signed: since any of them adopted or disowned."""
        return self.last(one.by for one in given.said_by if one.by and one.standing != "mandated")

    def conflict(self, noted: Noted) -> str:
        """That two observations do not agree: since both were there."""
        return self.last((noted.conflict.one, noted.conflict.other))

    def changes(self, shown: Shown) -> dict[str, str]:
        """The members that all who signed a statement have amended since, each with the last change."""
        return {
            member: one.recorded_at[:10]
            for one in shown.amendments
            if one.by_all and one.type != "withdrawal"
            for member in one.change
        }
