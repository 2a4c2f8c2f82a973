"""Comparisons of laws and standards in words: outcomes, and the arithmetic in full."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from api.web.language import Language
from ledger.domain.derived.comparison import Pair, Reading
from ledger.domain.derived.quantities import decimal
from projections.criteria import Comparison
from projections.shown import Shown
from projections.wording import marked

_OUTCOMES: Final = {
    "same": marked("The same."),
    "differ": marked("They differ."),
    "not-comparable": marked("Not comparable by number."),
}
_REASONS: Final = {
    "qualitative": marked("One of them states no quantity; both are shown as they stand."),
    "comparator": marked("One limits from above, the other from below or not by a number."),
    "unit": marked("Their units or periods have no fixed ratio; both are shown in their own."),
}


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison with what its arithmetic says, in words of one language."""

    comparison: Comparison
    language: Language

    @property
    def by_id(self) -> Mapping[str, Shown]:
        """Its clauses by statement id."""
        return {one.id: one for one in self.comparison.clauses}

    def formula(self, reading: Reading) -> str:
        """The arithmetic in full: weekly hours over a baseline, as overtime a month."""
        week = reading.baseline + reading.overtime_a_week
        numbers = {
            "week": decimal(week),
            "baseline": decimal(reading.baseline),
            "overtime": decimal(reading.overtime_a_week),
            "allows": decimal(reading.allows, 0),
            "limit": decimal(reading.limit),
        }
        told = {name: self.language.number(value) for name, value in numbers.items()}
        return self.language.gettext(
            "({week} h − {baseline} h) a week = {overtime} h a week; "
            "{overtime} h × 52 ÷ 12 = about {allows} h a month, against {limit} h a month"
        ).format(**told)

    def numbers(self, reading: Reading) -> dict[str, Any]:
        """What a reading comes to, rounded as shown."""
        return {
            "baseline": self.language.number(decimal(reading.baseline)),
            "overtime": self.language.number(decimal(reading.overtime_a_week)),
            "allows": self.language.number(decimal(reading.allows, 0)),
            "limit": self.language.number(decimal(reading.limit)),
            "as_week": self.language.number(decimal(reading.as_week)),
        }

    def outcome(self, pair: Pair) -> str:
        """How two clauses on one issue compare."""
        told = self.language.gettext(_OUTCOMES[pair.outcome])
        return f"{told} {self.language.gettext(_REASONS[pair.reason])}" if pair.reason else told
