"""Timeline: everything that bears on a name or a statement, in the order it was recorded, said or done."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ledger.core.statement import Recorded, Statement
from projections.amendments import as_amended
from projections.dates import days
from projections.items import Item, Slice
from projections.profiles import Profile, Profiles, issues_of, note
from projections.row import NULL, Row, View
from projections.shown import Shown, said_when, show

BY = ("recorded", "said", "occurred")


def keys(statement: Statement) -> list[str]:
    """What the statement is found by: subjects, `statement:` it refers to, `signed:` by and `said:` by whom.

    They follow the index keys of protocol section 7, with hand and voice as facets of their own.
    """
    found = [subject.name for subject in statement.subjects]
    targets = ["statement:" + ref.id for ref in statement.refs if ref.ledger is None]
    # One statement may be referred to in two ways; it is still one key.
    found += targets if len(targets) < 2 else dict.fromkeys(targets)
    found += ["signed:" + slug for slug in statement.issuers]
    found += ["said:" + slug for slug in statement.claimants]
    return found


def rows(recorded: Recorded) -> list[Row]:
    """One row per key, each with the days that `said` and `occurred` may mean."""
    statement, index, at = recorded.statement, recorded.index, recorded.recorded_at
    kind, said, occurred = statement.kind, said_when(statement), statement.occurred
    said_from, said_to = (NULL, NULL) if said is None else days(said)
    from_, to = (NULL, NULL) if occurred is None else days(occurred)
    return [(index, key, kind, at, said_from, said_to, from_, to) for key in keys(statement)]


TABLE = View(
    name="timeline",
    version=1,
    columns=(
        "position",
        "key",
        "kind",
        "recorded_at",
        "said_from",
        "said_to",
        "occurred_from",
        "occurred_to",
    ),
    rows=rows,
)


@dataclass(frozen=True, slots=True)
class Moment:
    """When an item counts, in one of the three times. `known` is False where nobody states it: then it counts
    from its recording. `first` and `last` are the days it may mean; `certain` is False when only part of them
    has come.
    """

    value: str | None
    first: str
    last: str
    known: bool
    certain: bool = True

    def to_json(self) -> dict[str, object]:
        return {"value": self.value, "first": self.first, "known": self.known, "certain": self.certain}


@dataclass(frozen=True, slots=True)
class Line:
    """One item of a timeline; a determination with its profile, and beside a negative one how hard its issue
    is to find. `content` is the claim as all its issuers amended it.
    """

    when: Moment
    shown: Shown
    content: Mapping[str, Any]
    profile: Profile | None = None
    note: str | None = None

    def to_json(self) -> dict[str, object]:
        found: dict[str, object] = {"when": self.when.to_json(), **self.shown.to_json()}
        if self.profile is None:
            return found
        lines = {topic: line.to_json() for topic, line in self.profile.lines.items()}
        return found | {"investigation": self.profile.investigation, "profile": lines, "note": self.note}


def when(item: Item, by: str, day: str | None = None) -> Moment:
    """When `item` was recorded, said or done; `day` is the one looked back from."""
    recorded = item.recorded.recorded_at
    value = {"recorded": recorded, "said": said_when(item.statement), "occurred": item.statement.occurred}[by]
    first, last = days(value or recorded)
    return Moment(value, first, last, value is not None, day is None or last <= day)


def view(
    wanted: Iterable[Item], known: Slice, by: str = "recorded", day: str | None = None, today: str = ""
) -> list[Line]:
    """`wanted` in the order of one of the three times; of one day, in the order of recording.

    `day` is the one looked back from, `today` that on which the profiles of determinations stand.
    """
    return list(lines(placed(wanted, by, day), known, today))


def placed(wanted: Iterable[Item], by: str = "recorded", day: str | None = None) -> list[tuple[Moment, Item]]:
    """`wanted` with their moments, in the order of `by`."""
    found = [(when(item, by, day), item) for item in wanted]
    if by == "recorded":
        return sorted(found, key=lambda one: one[1].position)
    return sorted(found, key=lambda one: (one[0].first, one[1].position))


def lines(placed_: Iterable[tuple[Moment, Item]], known: Slice, today: str = "") -> Iterator[Line]:
    """One line after the other, each folded when it is asked for: a long page is sent while it is made."""
    profiles = Profiles(known, today)
    for moment, item in placed_:
        yield _line(item, known, moment, profiles)


def _line(item: Item, known: Slice, moment: Moment, profiles: Profiles) -> Line:
    content = as_amended(item, known)
    if item.statement.kind != "determination":
        return Line(moment, show(item, known), content)
    notes = (note(issue, content) for issue in issues_of(item, known))
    found = next((one for one in notes if one), None)
    return Line(moment, show(item, known), content, profiles.of(item), found)
