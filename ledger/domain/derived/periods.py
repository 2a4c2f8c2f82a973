"""When two things were so, and whether they could have been so at once."""

from __future__ import annotations

from ...core.grammar import date_bounds


def apart(one: str | None, other: str | None) -> bool | None:
    """Whether two dates or intervals of the log have no day in common; None where one is not known."""
    if one is None or other is None:
        return None
    return before(one, other) or before(other, one)


def before(one: str, other: str) -> bool:
    """Whether the last day that `one` may mean lies before the first day that `other` may mean."""
    end, start = _bounds(one)[1], _bounds(other)[0]
    return end is not None and start is not None and end < start


def began(date: str, day: str) -> bool | None:
    """Whether what happened at `date` had happened by `day` (YYYY-MM-DD); None if that is left open."""
    first, last = _bounds(date)
    if last is not None and last <= day:
        return True
    return False if first is not None and day < first else None


def ended(until: str, day: str) -> bool:
    """Whether a validity that runs to the end of `until` was over before `day`."""
    last = _bounds(until)[1]
    return last is not None and last < day


def _bounds(date: str) -> tuple[str | None, str | None]:
    found = date_bounds(date)
    assert found is not None, "dates of the log are dates"
    return found
