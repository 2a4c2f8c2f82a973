"""How long an answer took, in days, as far as the stated times tell (domain: five times).

A request is asked, and answered, when its voice says so; the ledger may record both much later, and both on
one day. Times may be partial or unknown, so what they come to may be a span.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ledger.core.statement import Statement
from projections.dates import FIRST_DAY, LAST_DAY, days, days_between
from projections.shown import said_when


@dataclass(frozen=True, slots=True)
class Took:
    """Whole days from a request to its answer: `least`, and `most`, None where no time bounds it."""

    least: int
    most: int | None

    def to_json(self) -> dict[str, int | None]:
        return {"least": self.least, "most": self.most}


def took(request: Statement, answers: Iterable[Statement]) -> Took | None:
    """How long the first of `answers` took; None of none. One that is dated before the request, as a coarse
    date may be, took no time.
    """
    spans = [_between(request, answer) for answer in answers]
    if not spans:
        return None
    bounds = [span.most for span in spans if span.most is not None]
    return Took(min(span.least for span in spans), min(bounds, default=None))


def middle(found: Sequence[Took]) -> int | None:
    """The middle one of the least days, the lower of two; None of none."""
    ordered = sorted(one.least for one in found)
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def _between(request: Statement, answer: Statement) -> Took:
    asked, answered = _said(request), _said(answer)
    least = 0 if answered[0] == FIRST_DAY else max(days_between(asked[1], answered[0]), 0)
    if asked[0] == FIRST_DAY or answered[1] == LAST_DAY:
        return Took(least, None)
    return Took(least, max(days_between(asked[0], answered[1]), least))


def _said(statement: Statement) -> tuple[str, str]:
    """The first and the last day on which it may have been said: before it was signed, if nobody tells."""
    signed = statement.issued_at[:10]
    stated = said_when(statement)
    if stated is None:
        return FIRST_DAY, signed
    first, last = days(stated)
    return first, min(last, signed) if last == LAST_DAY else last
