"""One issue of a factory in a line: each value with how often it is claimed, and since which day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from api.web.learned import NEVER_LATER, Learned
from projections import checklist
from projections.matrix import Cell, DeterminationCell, IssueRow, ObservationCell
from projections.profiles import METHOD

AnyCell = Cell | ObservationCell | DeterminationCell


@dataclass(frozen=True, slots=True)
class Counted:
    """A value that `count` claims have; the first of them was recorded on the day `since`."""

    value: object
    count: int
    since: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a determination found, whose word that is and how far (`standing`), with how it was reached."""

    code: str
    event: str
    voices: tuple[str, ...]
    standing: str
    lines: Mapping[str, checklist.Line]


@dataclass(frozen=True, slots=True)
class Glance:
    """One issue in a line; the values of `found` are outcomes. `since` is the day on which anything of it was
    recorded first, `answered` and `differing` those of the first reply and of the first pair that does not
    agree.
    """

    since: str
    alleged: tuple[Counted, ...]
    of_a_set: tuple[Counted, ...]
    observed: tuple[Counted, ...]
    found: tuple[Counted, ...]
    replies: int
    answered: str
    differing: str


def glance(row: IssueRow, learned: Learned) -> Glance:
    """What `row` comes to in a line."""
    single: list[AnyCell] = [*row.allegations, *row.observations, *row.determinations]
    everything = [cell_of(one) for one in (*single, *row.about_a_set)]
    replies = [reply.id for cell in everything for reply in cell.replies]
    return Glance(
        since=min((_day(cell) for cell in everything), default=NEVER_LATER),
        alleged=_counted((voices(one), _day(one)) for one in row.allegations),
        of_a_set=_counted((voices(one), _day(one)) for one in map(cell_of, row.about_a_set)),
        observed=_counted((one.method, _day(one.cell)) for one in row.observations),
        found=outcomes(row.determinations),
        replies=len(replies),
        answered=learned.first(replies),
        differing=since_conflict(row, learned),
    )


def outcomes(found: Iterable[DeterminationCell]) -> tuple[Counted, ...]:
    """What determinations found, each `Outcome` with how often and since when."""
    return _counted((_outcome(one), _day(one.cell)) for one in found if _decides(one))


def since_conflict(row: IssueRow, learned: Learned) -> str:
    """The day since which two observations of an issue do not agree."""
    return min(map(learned.conflict, row.conflicts), default=NEVER_LATER)


def cell_of(one: AnyCell) -> Cell:
    return one if isinstance(one, Cell) else one.cell


def voices(cell: Cell) -> tuple[str, ...]:
    return tuple(voice.party for voice in cell.shown.provenance.said_by)


def method_of(one: DeterminationCell) -> dict[str, checklist.Line]:
    """What is told of how a determination was reached, in short."""
    return {topic: one.profile[topic] for topic in METHOD}


def _outcome(one: DeterminationCell) -> Outcome:
    shown = one.cell.shown
    return Outcome(
        code=str(one.cell.content["outcome"]),
        event=shown.event,
        voices=voices(one.cell),
        standing=shown.provenance.standing,
        lines=method_of(one),
    )


def _decides(one: DeterminationCell) -> bool:
    return "outcome" in one.cell.content


def _day(cell: Cell) -> str:
    return cell.shown.recorded_at[:10]


def _counted(found: Iterable[tuple[object, str]]) -> tuple[Counted, ...]:
    """Equal values once, in the order of the first of each."""
    days: list[tuple[object, list[str]]] = []
    for value, day in found:
        own = next((one for other, one in days if other == value), None)
        if own is None:
            days.append((value, [day]))
        else:
            own.append(day)
    return tuple(Counted(value, len(own), min(own)) for value, own in days)
