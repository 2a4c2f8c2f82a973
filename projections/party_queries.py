"""The question what a party has said, what others say that it said, and what it was asked and answered."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections.as_of import NOW, AsOf, Moment
from projections.dates import days_between
from projections.items import Item, Slice
from projections.names import Names
from projections.open_items import OpenItem
from projections.queries import Conn, NotFound, Resolved, reader_at, resolve_name, threads_of, with_names
from projections.reader import Reader
from projections.registry import Entry
from projections.shown import Shown, show
from projections.statements import statements

_SQL = statements("party_queries")
SHOWN: Final = 100
"""At most so many of each list, the newest first."""
ANSWERING: Final = frozenset({"answered", "partly", "concluded", "refused"})


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to the party, and how it stands with it. `days` run from its recording to that of the first
    statement by which the party answered or refused, None while there is none.
    """

    item: OpenItem
    standing: open_items_view.Addressee
    days: int | None

    def to_json(self) -> dict[str, object]:
        return {**self.item.to_json(), "standing": self.standing.to_json(), "daysToAnswer": self.days}


@dataclass(frozen=True, slots=True)
class Record:
    """What a party has to do with: `signed` in its own voice, `attributed` to it by others, `captured` by it
    of others, `asked` of it. `counts` are of all there are, where the lists hold the newest.
    """

    entry: Entry
    signed: tuple[Shown, ...]
    attributed: tuple[Shown, ...]
    captured: tuple[Shown, ...]
    asked: tuple[Asked, ...]
    counts: Mapping[str, int]
    moment: Moment
    names: Names

    @property
    def median_days(self) -> int | None:
        """The middle one of the days to an answer, the lower of two; None where nothing was answered."""
        found = sorted(one.days for one in self.asked if one.days is not None)
        return found[(len(found) - 1) // 2] if found else None


def record(
    conn: Conn, name: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> Record:
    """What is known of the party `name`; an old name leads to what it became. Raises `NotFound`."""
    reader = reader_at(conn, as_of, viewer, today, registry_view.TABLE, open_items_view.TABLE)
    resolved = resolve_name(reader, name)
    registered = reader.items(reader.positions_by_key(registry_view.TABLE, resolved.all))
    if not registered:
        raise NotFound(name)
    found = _positions(reader, resolved)
    items = {list_: reader.items(positions) for list_, positions in found.lists.items()}
    threads = threads_of(reader, items["asked"], open_items_view.TABLE) if items["asked"] else []
    everything = [*registered, *threads, *(item for one in items.values() for item in one)]
    known = with_names(reader, reader.with_context(everything), resolved.all)
    entry = registry_view.view(resolved.name, known)
    assert entry is not None, "a name with rows in the registry has an entry"
    slugs = {one.partition(":")[2] for one in resolved.all}
    return Record(
        entry=entry,
        signed=_newest(items["signed"], known),
        attributed=_newest(items["attributed"], known),
        captured=_newest(items["captured"], known),
        asked=tuple(asked(item, slugs, known, reader.moment.today) for item in items["asked"][::-1]),
        counts=found.counts,
        moment=reader.moment,
        names=known.names,
    )


@dataclass(frozen=True, slots=True)
class _Found:
    lists: Mapping[str, list[int]]
    counts: Mapping[str, int]


def _positions(reader: Reader, resolved: Resolved) -> _Found:
    """Where the lists lie, one query for all of them."""
    slugs = [one.partition(":")[2] for one in resolved.all]
    query = {
        "signed": [f"signed:{slug}" for slug in slugs],
        "said": [f"said:{slug}" for slug in slugs],
        "asked": slugs,
        "size": reader.moment.size,
        "limit": SHOWN,
    }
    lists: dict[str, list[int]] = {name: [] for name in ("signed", "attributed", "captured", "asked")}
    counts = dict.fromkeys(lists, 0)
    for name, position, count in reader.rows(_SQL["record"], query):
        lists[name].append(position)
        counts[name] = count
    return _Found(lists, counts)


def _newest(items: list[Item], known: Slice) -> tuple[Shown, ...]:
    return tuple(show(item, known) for item in items[::-1])


def asked(item: Item, slugs: set[str], known: Slice, today: str) -> Asked:
    """How the request `item` stands with one of `slugs`, and how long an answer took."""
    shown = open_items_view.view(item, known, today)
    standing = next(one for one in shown.addressees if one.standing.addressee in slugs)
    return Asked(shown, standing, _days(item, standing, known))


def _days(item: Item, standing: open_items_view.Addressee, known: Slice) -> int | None:
    if standing.standing.outcome not in ANSWERING:
        return None
    answers = [one for one in map(known.get, standing.standing.by) if one is not None]
    first = min((one.recorded.recorded_at for one in answers), default=None)
    return None if first is None else days_between(item.recorded.recorded_at, first)
