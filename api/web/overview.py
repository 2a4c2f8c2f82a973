"""The overview of a timeline: a drawing with a lane for each voice, made of plain numbers.

Time runs from left to right over `WIDTH` units. A long gap takes no more than `GAP_WIDTH` of them and is
drawn as a gap. What falls on one place is stacked, up to `ROWS` high; the rest is counted there. Nothing here
knows of words: the page labels what this places.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

from projections.dates import FIRST_DAY, LAST_DAY

WIDTH: Final = 1000
MARGIN: Final = 10  # left and right of the first and the last mark
COLUMN: Final = 15  # a mark with its space
COUNT: Final = 36  # a number of further entries with its space
MARK: Final = 12
ROW: Final = 15
ROWS: Final = 6
LABEL: Final = 16  # above each lane
BETWEEN: Final = 8  # lanes
AXIS: Final = 42  # below the last lane: dates, and below them what is left out
GAP_WIDTH: Final = 64
LONG: Final = 2  # times all that is not left out: a longer gap is drawn short
GAPS: Final = 6  # at most so many are
LANES: Final = 8  # with that of all further voices
TICK_EVERY: Final = 92  # units between two dates at least


@dataclass(frozen=True, slots=True)
class Placed:
    """An entry to be drawn: the days it may mean, who says it, what it is, whether they signed it."""

    position: int
    first: str
    last: str
    voices: tuple[str, ...]
    kind: str
    signed: bool
    recorded: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One entry in its lane: its centre, and the `width` of the bar to its last day, 0 where that is near."""

    placed: Placed
    x: float
    y: float
    width: float


@dataclass(frozen=True, slots=True)
class More:
    """Further entries at a place: the first one's position, their number, the first day any was recorded."""

    position: int
    count: int
    recorded: str
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Lane:
    """A voice's lane: its name's baseline is at `y`; `voices` is empty for that of all others.

    `number` goes by whose first entry was recorded first, so that a voice keeps its colour on every axis.
    """

    voices: tuple[str, ...]
    number: int
    y: float
    marks: tuple[Mark, ...]
    more: tuple[More, ...]


@dataclass(frozen=True, slots=True)
class Gap:
    """Days without an entry, drawn short."""

    days: int
    x: float
    width: float


@dataclass(frozen=True, slots=True)
class Overview:
    """A drawing of `WIDTH` by `height`; `ticks` are (date, x), `scale` (day, x) where time changes pace."""

    lanes: tuple[Lane, ...]
    gaps: tuple[Gap, ...]
    ticks: tuple[tuple[str, float], ...]
    scale: tuple[tuple[str, float], ...]
    height: float

    @property
    def floor(self) -> float:
        """Where the lanes end and the dates begin."""
        return self.height - AXIS

    def x(self, day: str) -> float:
        """Where a day lies, by the scale alone, as the page's script has it."""
        before = max((one for one in self.scale if one[0] <= day), default=self.scale[0])
        after = min((one for one in self.scale if one[0] >= day), default=self.scale[-1])
        part = _day(day) - _day(before[0])
        whole = _day(after[0]) - _day(before[0])
        if whole <= 0 or part <= 0:
            return before[1]
        return round(before[1] + (after[1] - before[1]) * part / whole, 1)


def overview(items: Iterable[Placed]) -> Overview | None:
    """The drawing of these entries, None of none. An open side ends with the first or last day of any."""
    found = list(items)
    if not found:
        return None
    span = Span.of(found)
    lanes = _lanes(found, span)
    height = _end(lanes[-1]) + BETWEEN + AXIS
    return Overview(tuple(lanes), span.gaps, span.ticks(), span.scale, height)


class Span:
    """The days of a drawing and where they lie in it."""

    def __init__(self, stretches: Sequence[tuple[int, int]]) -> None:
        """`stretches` are days (ordinals) with something in them, first and last, ascending and apart."""
        self._first, self._last = stretches[0][0], stretches[-1][1]
        self._gaps = _long(
            [(one[1], other[0]) for one, other in pairwise(stretches)], self._last - self._first
        )
        whole = max(self._last - self._first, 1)
        left_out = sum(end - start for start, end in self._gaps)
        room = WIDTH - 2 * MARGIN - GAP_WIDTH * len(self._gaps)
        self._pace = room / max(whole - left_out, 1)

    @classmethod
    def of(cls, items: Sequence[Placed]) -> Span:
        """The span of the days that entries name."""
        named = [day for one in items for day in (one.first, one.last) if FIRST_DAY < day < LAST_DAY]
        # An entry that is open on both sides counts from its recording, as everywhere.
        named = named or [one.recorded for one in items]
        first, last = min(named), max(named)
        days = sorted((_day(max(one.first, first)), _day(min(one.last, last))) for one in items)
        stretches: list[tuple[int, int]] = []
        for start, end in days:
            if stretches and start <= stretches[-1][1] + 1:
                stretches[-1] = (stretches[-1][0], max(end, stretches[-1][1]))
            else:
                stretches.append((start, max(start, end)))
        return cls(stretches)

    def x(self, day: str) -> float:
        """Where a day lies; what lies outside, at the nearer end."""
        return round(self._x(min(max(_day(day), self._first), self._last)), 1)

    def _x(self, day: int) -> float:
        x, reached = float(MARGIN), self._first
        for start, end in self._gaps:
            if day <= start:
                break
            x += (start - reached) * self._pace
            if day < end:
                return x + GAP_WIDTH * (day - start) / (end - start)
            x, reached = x + GAP_WIDTH, end
        return x + (day - reached) * self._pace

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """The gaps that are drawn short; the days between two entries, without theirs."""
        return tuple(Gap(end - start - 1, round(self._x(start), 1), GAP_WIDTH) for start, end in self._gaps)

    @property
    def scale(self) -> tuple[tuple[str, float], ...]:
        """(day, x) of both ends and of both sides of each gap: between two of them time runs evenly."""
        corners = sorted({self._first, self._last, *(day for gap in self._gaps for day in gap)})
        return tuple((_iso(day), round(self._x(day), 1)) for day in corners)

    def ticks(self) -> tuple[tuple[str, float], ...]:
        """Dates along the axis: the first day, then years where there are several, else months."""
        found = [(_iso(self._first), round(self._x(self._first), 1))]
        for name, day in self._candidates():
            x = round(self._x(day), 1)
            outside = x > WIDTH - TICK_EVERY or any(start < day < end for start, end in self._gaps)
            if not outside and x - found[-1][1] >= TICK_EVERY:
                found.append((name, x))
        return tuple(found)

    def _candidates(self) -> list[tuple[str, int]]:
        first, last = date.fromordinal(self._first), date.fromordinal(self._last)
        years = [(f"{year}", date(year, 1, 1)) for year in range(first.year + 1, last.year + 1)]
        months = [
            (f"{year}-{month:02}", date(year, month, 1))
            for year in range(first.year, last.year + 1)
            for month in range(1, 13)
        ]
        chosen = years if len(years) > 3 else months
        after = [(name, day.toordinal()) for name, day in chosen if first < day <= last]
        # Behind a gap stands the day with which it goes on.
        after += [(_iso(end), end) for _, end in self._gaps]
        return sorted(after, key=lambda one: one[1])


def _long(gaps: Sequence[tuple[int, int]], whole: int) -> list[tuple[int, int]]:
    """As many of the longest gaps as each dwarf all the time that is left without them, in their order."""
    longest = sorted(gaps, key=lambda gap: gap[0] - gap[1])[:GAPS]
    for count in range(len(longest), 0, -1):
        chosen = longest[:count]
        left = whole - sum(end - start for start, end in chosen)
        if left and chosen[-1][1] - chosen[-1][0] > LONG * left:
            return sorted(chosen)
    return []


def _lanes(items: Sequence[Placed], span: Span) -> list[Lane]:
    """A lane for each voice in the order of its first word; those that say least share the last one."""
    # Of those who say as much, whoever did so first: the axis does not decide whose lane it is.
    often = Counter(one.voices for one in sorted(items, key=lambda one: one.position))
    own = {voices for voices, _ in often.most_common(LANES if len(often) <= LANES else LANES - 1)}
    found: dict[tuple[str, ...], list[Placed]] = {}
    for one in items:
        found.setdefault(one.voices if one.voices in own else (), []).append(one)
    order = sorted(found, key=lambda voices: voices == ())
    numbers = _numbers(found)
    lanes: list[Lane] = []
    y = 0.0
    for voices in order:
        lane = _lane(voices, numbers[voices], y + LABEL, found[voices], span)
        lanes.append(lane)
        y = _end(lane) + BETWEEN
    return lanes


def _numbers(found: Mapping[tuple[str, ...], Sequence[Placed]]) -> dict[tuple[str, ...], int]:
    """From 1 in the order of recording, on whichever axis the entries are placed; all others come last."""
    firsts = {voices: min(one.position for one in items) for voices, items in found.items()}
    order = sorted(found, key=lambda voices: (voices == (), firsts[voices]))
    return {voices: number for number, voices in enumerate(order, 1)}


def _end(lane: Lane) -> float:
    """Where the lane ends: below its lowest mark or count."""
    return max([mark.y for mark in lane.marks] + [more.y for more in lane.more]) + ROW / 2


def _lane(voices: tuple[str, ...], number: int, y: float, items: Sequence[Placed], span: Span) -> Lane:
    """Each entry in the first row where it has room."""
    ends, top = [-1.0] * ROWS, y + 4 + ROW / 2
    marks: list[Mark] = []
    crowded: list[list[Placed]] = []
    for one in sorted(items, key=lambda one: (one.first, one.position)):
        x, until = span.x(one.first), span.x(one.last)
        free = next((row for row in range(ROWS) if ends[row] <= x), None)
        if free is None:
            if not crowded or x - span.x(crowded[-1][0].first) >= COUNT:
                crowded.append([])
            crowded[-1].append(one)
            continue
        width = round(until - x, 1) if until - x > MARK else 0.0
        ends[free] = x + max(width + MARK / 2, COLUMN)
        marks.append(Mark(one, x, top + free * ROW, width))
    bottom = top + ROWS * ROW
    more = [
        More(few[0].position, len(few), min(one.recorded for one in few), span.x(few[0].first), bottom)
        for few in crowded
    ]
    return Lane(voices, number, y, tuple(marks), tuple(more))


def _day(day: str) -> int:
    return date.fromisoformat(day).toordinal()


def _iso(day: int) -> str:
    return date.fromordinal(day).isoformat()
