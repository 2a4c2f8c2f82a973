"""The question what a party has said, what others say that it said, and what it was asked and answered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import answering, timeline
from projections import checklist as checklist_view
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections.answering import Took
from projections.as_of import NOW, AsOf, Moment
from projections.items import Item, Slice
from projections.names import Names
from projections.open_items import Addressee, OpenItem
from projections.queries import (
    Conn,
    NotFound,
    Resolved,
    reader_at,
    resolve_name,
    threads_of,
    with_names,
    with_profiles,
)
from projections.reader import Reader
from projections.registry import Entry
from projections.statements import statements
from projections.timeline import Line
from projections.voices import bearing

_SQL = statements("party_queries")
STATED: Final = ("signed", "attributed", "captured")
LISTS: Final = ("asked", *STATED)
FEW: Final = 20
"""So many of each list stand on a party's page, the newest first."""
MANY: Final = 50
"""So many stand on a page of one list."""
ANSWERS: Final = frozenset({"answers", "partlyAnswers", "concludes", "refuses"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the party, how it stands with it, and how long the first statement took by which the party
    answered, refused or concluded; None while there is none.
    """

    item: OpenItem
    standing: Addressee
    took: Took | None


@dataclass(frozen=True, slots=True)
class Chosen:
    """One of `LISTS` alone, what lies before the position `before`; else the newest of all."""

    list: str | None = None
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """What a party has to do with: `signed` in its own voice, `attributed` to it by others, `captured` by it
    of others, `asked` of it, each the newest first, a determination with how it was reached. `kinds`
    counts, by list, all there are of each kind. `following` is the cursor of the rest of the one list that
    was chosen.
    """

    entry: Entry
    signed: tuple[Line, ...]
    attributed: tuple[Line, ...]
    captured: tuple[Line, ...]
    asked: tuple[Asked, ...]
    kinds: Mapping[str, Mapping[str, int]]
    following: str | None
    moment: Moment
    names: Names

    def count(self, list_: str) -> int:
        """How many there are in a list, shown or not."""
        return sum(self.kinds[list_].values())

    @property
    def outcomes(self) -> Mapping[str, int]:
        """How many of the requests shown stand as what, by outcome as it is told."""
        return Counter(open_items_view.told(one.standing.standing) for one in self.asked)

    @property
    def middle_days(self) -> int | None:
        """The middle one of the days to an answer, of the requests shown; None where none was answered."""
        return answering.middle([one.took for one in self.asked if one.took is not None])


def record(
    conn: Conn,
    name: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    chosen: Chosen = Chosen(),
) -> Record:
    """What is known of the party `name`; an old name leads to what it became. Raises `NotFound`."""
    views = (registry_view.TABLE, open_items_view.TABLE, checklist_view.TABLE)
    reader = reader_at(conn, as_of, viewer, today, *views)
    resolved = resolve_name(reader, name)
    registered = reader.items(reader.positions_by_key(registry_view.TABLE, resolved.all))
    if not registered:
        raise NotFound(name)
    found = _found(reader, resolved, chosen)
    reader.items(position for one in found.lists.values() for position in one)  # all of them in one query
    items = {list_: reader.items(positions) for list_, positions in found.lists.items()}
    threads = threads_of(reader, items["asked"], open_items_view.TABLE) if items["asked"] else []
    listed = [item for one in items.values() for item in one]
    near = reader.with_context([*registered, *threads, *listed])
    known = with_names(reader, with_profiles(reader, listed, near), resolved.all)
    entry = registry_view.view(resolved.name, known)
    assert entry is not None, "a name with rows in the registry has an entry"
    slugs = {one.partition(":")[2] for one in resolved.all}
    lines = {list_: timeline.view(items[list_], known, today=reader.moment.today)[::-1] for list_ in STATED}
    standing = (asked(item, slugs, known, reader.moment.today) for item in items["asked"][::-1])
    return Record(
        entry=entry,
        signed=tuple(lines["signed"]),
        attributed=tuple(lines["attributed"]),
        captured=tuple(lines["captured"]),
        asked=tuple(one for one in standing if one is not None),
        kinds=found.kinds,
        following=found.following,
        moment=reader.moment,
        names=known.names,
    )


@dataclass(slots=True)
class _Found:
    lists: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in LISTS})
    kinds: dict[str, dict[str, int]] = field(default_factory=lambda: {name: {} for name in LISTS})
    following: str | None = None


def _found(reader: Reader, resolved: Resolved, chosen: Chosen) -> _Found:
    """Where the lists lie and what is in them, one query for all of it."""
    slugs = [one.partition(":")[2] for one in resolved.all]
    most = FEW if chosen.list is None else MANY
    query = {
        "signed": [f"signed:{slug}" for slug in slugs],
        "said": [f"said:{slug}" for slug in slugs],
        "asked": slugs,
        "size": reader.moment.size,
        "list": chosen.list,
        "before": reader.moment.size if chosen.before is None else chosen.before,
        "limit": most + 1,
    }
    found = _Found()
    for list_, position, kind, count in reader.rows(_SQL["record"], query):
        if position is not None:
            found.lists[list_].append(position)
        else:
            found.kinds[list_][kind] = count
    for list_, positions in found.lists.items():
        newest = sorted(positions, reverse=True)
        if list_ == chosen.list and len(newest) > most:
            found.following = str(newest[most - 1])
        # One more is shown sooner than that there is one more.
        whole = chosen.list is None and sum(found.kinds[list_].values()) == len(newest)
        found.lists[list_] = newest if whole else newest[:most]
    return found


def asked(item: Item, slugs: set[str], known: Slice, today: str) -> Asked | None:
    """How the request `item` stands with one of `slugs`, and how long an answer took; None where an amendment
    by all its issuers asks others instead.
    """
    shown = open_items_view.view(item, known, today)
    for one in shown.addressees:
        if one.standing.addressee in slugs:
            return Asked(shown, one, _took(item, one.standing.addressee, known))
    return None


def _took(item: Item, addressee: str, known: Slice) -> Took | None:
    speaks = registry_view.speaks_for(known)
    answers = [
        one.statement
        for rel, one in bearing(item, known)
        if rel in ANSWERS and any(speaks(addressee, who) for who in one.statement.claimants)
    ]
    return answering.took(item.statement, answers)
