"""When two things were so, and whether they could have been so at once."""

from __future__ import annotations

from ...core.grammar import date_bounds

Bounds = tuple[str | None, str | None]
"""First and last day (YYYY-MM-DD); None is an open side."""


def apart(one: Bounds, other: Bounds) -> bool:
    """Whether two dates or intervals have no day in common."""
    return ends_before(one, other) or ends_before(other, one)


def ends_before(one: Bounds, other: Bounds) -> bool:
    """Whether the last day that the one may mean lies before the first day that the other may mean."""
    end, start = one[1], other[0]
    return end is not None and start is not None and end < start


def began(date: str, day: str) -> bool | None:
    """Whether what happened at `date` had happened by `day` (YYYY-MM-DD); None if that is left open."""
    first, last = bounds(date)
    if last is not None and last <= day:
        return True
    return False if first is not None and day < first else None


def ended(until: str, day: str) -> bool:
    """Whether a validity that runs to the end of `until` was over before `day`."""
    last = bounds(until)[1]
    return last is not None and last < day


def bounds(date: str) -> Bounds:
    """The first and last day that a date or interval of the log may mean."""
    found = date_bounds(date)
    assert found is not None, "dates of the log are dates"
    return found
