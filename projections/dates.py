"""Days out of the ledger's time values: which days a partial date or an interval may mean."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

from ledger.core.grammar import date_bounds

FIRST_DAY = "0001-01-01"
LAST_DAY = "9999-12-31"


@lru_cache(maxsize=8192)
def days(value: str) -> tuple[str, str]:
    """First and last day (YYYY-MM-DD) that a date, an interval or an instant may mean; an open side is the
    end of time.

    Raises ValueError when `value` is none of these; values of the log always are.
    """
    bounds = date_bounds(value[:10] if "T" in value else value)
    if bounds is None:
        raise ValueError(f"{value!r} is no date")
    return bounds[0] or FIRST_DAY, bounds[1] or LAST_DAY


def days_between(start: str, end: str) -> int:
    """Whole days from the first day `start` may mean to the first day `end` may mean; negative when `end` is
    earlier.
    """
    return (date.fromisoformat(days(end)[0]) - date.fromisoformat(days(start)[0])).days
