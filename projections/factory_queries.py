"""The questions behind a factory's page: what it is called, then all that views show of it, folded in parts.

The folds are those of the single questions (`projections.queries`), over one slice: what several views show
is read once, and a long page can be sent while it is folded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import checklist as checklist_view
from projections import criteria as criteria_view
from projections import matrix as matrix_view
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf, Moment
from projections.criteria import Comparison
from projections.items import Item, Slice
from projections.matrix import Matrix
from projections.names import Names
from projections.open_items import OpenItem
from projections.profiles import issues_of
from projections.queries import (
    Chosen,
    Conn,
    NotFound,
    lines_of,
    reader_at,
    resolve_name,
    threads_of,
    with_names,
)
from projections.reader import CONTEXT_RELS, Reader
from projections.registry import Entry
from projections.statements import statements
from projections.timeline import Line

_SQL = statements("factory_queries")
OPENED = 300
"""As many requests and commitments are looked through, the oldest first."""


@dataclass(frozen=True, slots=True)
class Facets:
    """What a timeline can be narrowed to: values with their number of entries, by facet (issue, method, kind,
    said, signed, period); an issue counts for its level 1, too. `days` are those on which something was
    recorded.
    """

    values: Mapping[str, Mapping[str, int]]
    days: Mapping[str, int]

    def of(self, facet: str) -> Mapping[str, int]:
        return self.values.get(facet, {})


@dataclass(frozen=True, slots=True)
class Found:
    """A factory by the name that was asked for, at a moment: what its page begins with.

    `includes` are its name and those of which the history is part of its own.
    """

    asked: str
    name: str
    includes: tuple[str, ...]
    moment: Moment
    viewer: Viewer
    entry: Entry
    names: Names


@dataclass(frozen=True, slots=True)
class Factory:
    """All about a factory at a moment; what its parts show is folded when they are asked for.

    `wanted` are the chosen items of its timeline, `following` the cursor of the rest.
    """

    found: Found
    facets: Facets
    chosen: Chosen
    following: str | None
    known: Slice
    wanted: tuple[Item, ...]
    opened: tuple[Item, ...]
    levels: frozenset[str]

    @property
    def name(self) -> str:
        return self.found.name

    @property
    def moment(self) -> Moment:
        return self.found.moment

    @property
    def names(self) -> Names:
        return self.known.names

    def placed(self) -> list[tuple[timeline_view.Moment, Item]]:
        """The items of the timeline in their order, with when they count."""
        return timeline_view.placed(self.wanted, self.chosen.by)

    def lines(self) -> Iterator[Line]:
        """The lines of the timeline, folded one after the other."""
        return timeline_view.lines(self.placed(), self.known, self.moment.today)

    def matrix(self) -> Matrix:
        """Who claims what on which issue, by which method; of the whole log, whatever lines are chosen."""
        return matrix_view.view(self.found.includes, self.known, self.moment.today)

    def comparisons(self) -> dict[str, Comparison]:
        """The clauses on the issues of the matrix and what they come to, by issue of level 1."""
        return {one.issue: one for one in criteria_view.view(self.known) if one.issue in self.levels}

    def open_item(self, item: Item) -> OpenItem:
        """How a request or commitment of `wanted` or `opened` stands."""
        return open_items_view.view(item, self.known, self.moment.today)


def find(
    conn: Conn,
    name: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    chosen: Chosen = Chosen(),  # noqa: B008 - it is frozen
) -> Found:
    """A factory by its name; an old name leads to what it became. Raises `NotFound`.

    `chosen` only says which views have to have come to the moment.
    """
    tables = (registry_view, matrix_view, checklist_view, criteria_view, open_items_view)
    reader = reader_at(conn, as_of, viewer, today, *(one.TABLE for one in tables), *chosen.views)
    resolved = resolve_name(reader, name)
    registered = reader.items(reader.positions_by_key(registry_view.TABLE, resolved.all))
    if not registered:
        raise NotFound(name)
    known = with_names(reader, reader.with_context(registered, rounds=1), resolved.all)
    entry = registry_view.view(resolved.name, known)
    assert entry is not None, "a name with rows in the registry has an entry"
    return Found(name, resolved.name, resolved.all, reader.moment, viewer, entry, known.names)


def factory(conn: Conn, found: Found, chosen: Chosen = Chosen()) -> Factory:  # noqa: B008 - it is frozen
    """All about a factory that was found, at the same moment, whatever has been logged since.

    Other than in `queries.timeline`, a time asked for bounds what the ledger held, in whichever order: what
    was learned later is absent.
    """
    reader = Reader(conn, found.moment, found.viewer)
    lines, following = lines_of(reader, found.includes, chosen)
    claims = reader.positions_by_key(matrix_view.TABLE, found.includes)
    opened = _opened(reader, found.includes)
    known, levels = _whole(reader, reader.items({*lines, *claims, *opened}))
    return Factory(
        found=found,
        facets=_facets(reader, found.includes),
        chosen=chosen,
        following=following,
        known=with_names(reader, known, found.includes),
        wanted=tuple(reader.items(lines)),
        opened=tuple(reader.items(opened)),
        levels=levels,
    )


def _opened(reader: Reader, names: Sequence[str]) -> list[int]:
    kinds = sorted(open_items_view.OPENERS)
    query = {"kinds": kinds, "keys": list(names), "size": reader.moment.size, "limit": OPENED}
    return [row[0] for row in reader.rows(_SQL["opened"], query)]


def _facets(reader: Reader, names: Sequence[str]) -> Facets:
    query = {"keys": list(names), "size": reader.moment.size}
    values: dict[str, dict[str, int]] = {}
    for found, count in reader.rows(_SQL["facets"], query):
        facet, _, value = found.partition(":")
        values.setdefault(facet, {})[value] = count
    return Facets(values, dict(reader.rows(_SQL["days"], query)))


def _whole(reader: Reader, own: Sequence[Item]) -> tuple[Slice, frozenset[str]]:
    """`own` with everything that its folds rest on, and the issues of level 1 that it is about."""
    near = Slice.of([*own, *_targets(reader, own)])
    asking = [item for item in own if item.statement.kind in open_items_view.OPENERS]
    described = list(near.of_kind("investigation"))
    threads = threads_of(reader, asking, open_items_view.TABLE) if asking else []
    issues = {issue for item in near.of_kind(*matrix_view.CLAIMS) for issue in issues_of(item, near) if issue}
    levels = frozenset(issue.partition("/")[0] for issue in issues)
    found = [*near.items, *threads, *_descriptions(reader, described), *_clauses(reader, levels)]
    return reader.with_context(found), levels


def _targets(reader: Reader, items: Sequence[Item]) -> list[Item]:
    """What `items` rest on, one reference deep."""
    return reader.items(
        reader.positions_by_id({target for item in items for target in item.refers(*CONTEXT_RELS)})
    )


def _descriptions(reader: Reader, described: Sequence[Item]) -> list[Item]:
    """Other descriptions of these investigations, and what bears on any of them."""
    if not described:
        return []
    others = reader.items(reader.positions_by_id({one for it in described for one in it.refers("sameAs")}))
    return [*others, *threads_of(reader, [*described, *others], checklist_view.TABLE)]


def _clauses(reader: Reader, levels: frozenset[str]) -> list[Item]:
    """The clauses on these issues of level 1, and what amends, supersedes or links them."""
    query = {"levels": sorted(levels), "size": reader.moment.size}
    clauses = reader.items(row[0] for row in reader.rows(_SQL["clauses"], query))
    return [*clauses, *threads_of(reader, clauses, criteria_view.TABLE)] if clauses else []
