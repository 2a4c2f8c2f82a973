"""Questions to the views: each resolves the moment, reads a bounded number of queries, and folds.

Every function takes a connection, an `AsOf`, a viewer and the reader's day, and returns frozen values with
`to_json`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from psycopg import Connection, sql

from ledger.core.refusal import LedgerError
from ledger.domain.names import full_name
from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import checklist as checklist_view
from projections import criteria as criteria_view
from projections import matrix as matrix_view
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections import search as search_view
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf, Moment
from projections.authority import SUCCESSIONS, all_proposals
from projections.compromises import compromises
from projections.items import Item, Slice
from projections.names import Names, mentioned, names
from projections.profiles import issues_of
from projections.reader import Reader, moment
from projections.row import Tracked, View
from projections.statements import statements

Conn = Connection[Any]

DEFAULT_LIMIT = 50
_SQL = statements("queries")


class NotFound(LedgerError):
    """There is nothing by that name, or there was not yet at the moment asked for."""

    def __init__(self, asked: str) -> None:
        self.asked = asked
        super().__init__(
            f"{asked} is not in this ledger at that moment", "look at the spelling, or ask as of a later day"
        )


class CursorUnreadable(LedgerError):
    """The page cursor is not one that this ledger gave out."""

    def __init__(self) -> None:
        super().__init__("the cursor cannot be read", "follow the link to the next page as it was given")


class Json(Protocol):
    def to_json(self) -> dict[str, object]: ...


@dataclass(frozen=True, slots=True)
class Page:
    """Items with the moment they show, the names they mention, and the cursor of what follows (None at the
    end).
    """

    items: tuple[Json, ...]
    moment: Moment
    names: Names
    next: str | None = None
    about: dict[str, object] | None = None

    def to_json(self) -> dict[str, object]:
        return {
            **({"about": self.about} if self.about is not None else {}),
            "items": [item.to_json() for item in self.items],
            "asOf": self.moment.to_json(),
            "names": self.names.to_json(),
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class One:
    """One thing with the moment it is shown at and the names it mentions."""

    item: Json
    moment: Moment
    names: Names

    def to_json(self) -> dict[str, object]:
        return {**self.item.to_json(), "asOf": self.moment.to_json(), "names": self.names.to_json()}


# --- names and where they lead


@dataclass(frozen=True, slots=True)
class Resolved:
    """A name followed to what it is called now, and every name whose history is part of that."""

    asked: str
    name: str
    all: tuple[str, ...]


def resolve_name(reader: Reader, name: str) -> Resolved:
    """Follow mergers and splits: an old name leads to the new one; the new one's history includes the old
    one's.
    """
    paths = _successions(reader, [name])
    now = registry_view.current(name, paths)
    return Resolved(name, now, (now, *sorted(registry_view.predecessors(now, paths))))


def _successions(reader: Reader, names: Iterable[str]) -> list[tuple[str, str]]:
    """(old name, new name) of every merger and split that the names are part of, however far; two queries."""
    query = {"names": sorted(names), "events": sorted(SUCCESSIONS), "size": reader.moment.size}
    found = reader.items(row[0] for row in reader.rows(_SQL["successions"], query))
    return registry_view.succession(item.statement for item in found)


def demand_name(reader: Reader, resolved: Resolved) -> None:
    """Nothing about a name and no such name are two things. Raises `NotFound`."""
    if resolved.asked.startswith("statement:"):
        return
    if not reader.positions_by_key(registry_view.TABLE, resolved.all):
        raise NotFound(resolved.asked)


def with_names(reader: Reader, known: Slice, more: Iterable[str] = ()) -> Slice:
    """`known` with the display names of everything its items mention, and of `more`, the keys of these
    parties that others may have used, which statements about them change nothing, and what became of whom;
    two queries, and two more where anything was merged or split.
    """
    wanted = set(more).union(*(mentioned(item) for item in known.items))
    registrations = reader.items(reader.positions_by_key(registry_view.TABLE, wanted))
    moved = any(item.statement.event in SUCCESSIONS for item in registrations)
    return known.named(
        names(wanted, registrations),
        compromises(registrations),
        all_proposals(registrations),
        _successions(reader, wanted) if moved else [],
    )


# --- registry


def registry(
    conn: Conn,
    prefix: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """The registered `party:`, `factory:` or `criterion:` names in alphabetical order, with what is known of
    each.
    """
    reader = reader_at(conn, as_of, viewer, today, registry_view.TABLE)
    query = {"after": after or "", "from": prefix, "to": prefix[:-1] + ";", "size": reader.moment.size}
    found = [row[0] for row in reader.rows(_SQL["names"], query | {"limit": limit + 1})]
    entries, known = _entries(reader, found[:limit])
    return page_of(reader, entries, known, found[limit - 1] if len(found) > limit else None)


def entry(
    conn: Conn, name: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> One:
    """What is known of one name; an old name leads to what it became. Raises `NotFound`."""
    reader = reader_at(conn, as_of, viewer, today, registry_view.TABLE)
    resolved = resolve_name(reader, name)
    entries, known = _entries(reader, [resolved.name])
    if not entries:
        raise NotFound(name)
    return one_of(reader, entries[0], known)


def _entries(reader: Reader, wanted: Sequence[str]) -> tuple[list[registry_view.Entry], Slice]:
    """What is known of these names, with what became them."""
    paths = _successions(reader, wanted)
    every = set(wanted).union(*(registry_view.predecessors(name, paths) for name in wanted))
    positions = reader.positions_by_key(registry_view.TABLE, every)
    known = with_names(reader, reader.with_context(reader.items(positions), rounds=1), every)
    folded = [registry_view.view(name, known) for name in wanted]
    return [one for one in folded if one is not None], known


# --- timeline


def timeline(
    conn: Conn,
    name: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    by: str = "recorded",
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
    kinds: Sequence[str] | None = None,
    said_by: str | None = None,
    signed_by: str | None = None,
    issue: str | None = None,
    method: str | None = None,
) -> Page:
    """Everything about a party, factory, criterion or `statement:<id>`, oldest first in the time `by`.

    By `recorded` a time in `as_of` bounds what the ledger held then; by `said` or `occurred` it bounds what
    had been said or done by that day, as far as the ledger knows now. `said_by` and `signed_by` are slugs;
    an `issue` of level 1 stands for all below it.
    """
    looking_back = by != "recorded" and as_of.time is not None
    bound, day = (NOW, as_of.day) if looking_back else (as_of, None)
    chosen = Chosen(by, kinds, said_by, signed_by, issue, method, after, limit)
    views = (registry_view.TABLE, checklist_view.TABLE, *chosen.views)
    reader = reader_at(conn, bound, viewer, as_of.day or today, *views)
    resolved = resolve_name(reader, name)
    demand_name(reader, resolved)
    positions, following = lines_of(reader, resolved.all, chosen, day)
    wanted = reader.items(positions)
    near = reader.with_context(wanted)
    known = with_names(reader, with_profiles(reader, wanted, near), resolved.all)
    lines = timeline_view.view(wanted, known, by, day, reader.moment.today)
    about: dict[str, object] = {
        "name": resolved.name,
        "asked": name,
        "includes": list(resolved.all),
        "by": by,
    }
    return page_of(reader, lines, known, following, about)


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which lines of a timeline are asked for, see `timeline`; `after` is the cursor of the page before.

    Raises `CursorUnreadable`, whether or not there is anything by that name.
    """

    by: str = "recorded"
    kinds: Sequence[str] | None = None
    said_by: str | None = None
    signed_by: str | None = None
    issue: str | None = None
    method: str | None = None
    after: str | None = None
    limit: int = DEFAULT_LIMIT

    def __post_init__(self) -> None:
        _after(self.after)

    @property
    def facets(self) -> list[str]:
        """What a line has to have, as the view of searches has it."""
        named = (("issue", self.issue), ("method", self.method))
        return [f"{facet}:{value}" for facet, value in named if value]

    @property
    def views(self) -> tuple[View, ...]:
        """Views that are asked beside the timeline's own: those that are not need not have caught up."""
        return (search_view.TABLE,) if self.facets else ()


def lines_of(
    reader: Reader, names: Sequence[str], chosen: Chosen, until: str | None = None
) -> tuple[list[int], str | None]:
    """The positions of the lines chosen, up to the day `until`, and the cursor of what follows; one query."""
    query = {
        "by": chosen.by,
        "keys": list(names),
        "size": reader.moment.size,
        "until": until or "9999-12-31",
        "kinds": list(chosen.kinds) if chosen.kinds else None,
        "said": chosen.said_by,
        "signed": chosen.signed_by,
        "facets": chosen.facets or None,
        "limit": chosen.limit + 1,
        **_after(chosen.after),
    }
    found = reader.rows(_SQL["lines"], query)
    following = "{}~{}".format(*found[chosen.limit - 1]) if len(found) > chosen.limit else None
    return [row[1] for row in found[: chosen.limit]], following


def with_profiles(reader: Reader, wanted: Sequence[Item], near: Slice) -> Slice:
    """`near` with the checklists of the investigations that determinations among `wanted` are within."""
    determined = [item for item in wanted if item.statement.kind == "determination"]
    within = [near.get(target) for item in determined for target in item.refers("within")]
    described = [one for one in within if one is not None and one.statement.kind == "investigation"]
    return with_checklists(reader, described, near.items) if described else near


def _after(cursor: str | None) -> dict[str, object]:
    """The last (day, position) of the page before."""
    if cursor is None:
        return {"day": "", "position": -1}
    day, tilde, position = cursor.partition("~")
    if not tilde or not position.isdecimal() or len(position) > 18:
        raise CursorUnreadable
    return {"day": day, "position": int(position)}


# --- open items


def open_items(
    conn: Conn,
    kind: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
    asked: str | None = None,
    about: str | None = None,
    only_open: bool = False,
) -> Page:
    """Requests or commitments (`kind`), oldest first, with where each stands on the day looked from.

    `asked` is an addressee (slug, `factory:` or `group:`), `about` a subject's name; either leads to what it
    became and brings what was asked of, or about, what became it. Whether one is open is folded, not stored:
    with `only_open` a page may hold fewer than `limit` items and still have a next one. Raises `NotFound` for
    a name that was never registered.
    """
    reader = reader_at(conn, as_of, viewer, today, open_items_view.TABLE, registry_view.TABLE)
    for name in (about, full_name(asked) if asked else None):
        if name is not None:
            _demand_known(reader, name)
    subjects = list(resolve_name(reader, about).all) if about else None
    addressees = _addressees(reader, asked) if asked else None
    query = {"kind": kind, "size": reader.moment.size, "asked": addressees, "about": subjects}
    found = reader.rows(_SQL["opened"], query | {"after": cursor_position(after), "limit": limit + 1})
    openers = reader.items(row[0] for row in found[:limit])
    threads = threads_of(reader, openers, open_items_view.TABLE)
    known = with_names(reader, reader.with_context([*openers, *threads]))
    shown = [open_items_view.view(item, known, reader.moment.today) for item in openers]
    following = str(found[limit - 1][0]) if len(found) > limit else None
    return page_of(reader, [one for one in shown if one.open or not only_open], known, following)


def _demand_known(reader: Reader, name: str) -> None:
    """An empty list about somebody says something; about a misspelt name it would be wrong."""
    registered = name.startswith(("party:", "factory:", "criterion:"))
    if registered and not reader.rows(_SQL["registered"], (name,)):
        raise NotFound(name)


def _addressees(reader: Reader, asked: str) -> list[str]:
    """Every name of an addressee, as requests write it: parties by their slugs."""
    known = resolve_name(reader, full_name(asked)).all
    return [one.removeprefix("party:") for one in known]


def open_item(
    conn: Conn, statement_id: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> One:
    """One request or commitment with its whole thread. Raises `NotFound`."""
    reader = reader_at(conn, as_of, viewer, today, open_items_view.TABLE, registry_view.TABLE)
    item = statement_of(reader, statement_id, *open_items_view.OPENERS)
    threads = threads_of(reader, [item], open_items_view.TABLE)
    known = with_names(reader, reader.with_context([item, *threads]))
    return one_of(reader, open_items_view.view(item, known, reader.moment.today), known)


def threads_of(reader: Reader, openers: Sequence[Item], view: View) -> list[Item]:
    """Everything in the threads of these items; two queries."""
    query = sql.SQL(_SQL["threads"]).format(view=sql.Identifier(view.table))
    found = reader.rows(query, {"ids": [item.id for item in openers], "size": reader.moment.size})
    return reader.items(row[0] for row in found)


def statement_of(reader: Reader, statement_id: str, *kinds: str) -> Item:
    for item in reader.items(reader.positions_by_id([statement_id])):
        if not kinds or item.statement.kind in kinds:
            return item
    raise NotFound(statement_id)


def cursor_position(cursor: str | None) -> int:
    if cursor is None:
        return -1
    if not cursor.isdecimal() or len(cursor) > 18:
        raise CursorUnreadable
    return int(cursor)


# --- investigations


def investigation(
    conn: Conn, statement_id: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> One:
    """An investigation and its disclosure checklist. Raises `NotFound`."""
    reader = reader_at(conn, as_of, viewer, today, checklist_view.TABLE, registry_view.TABLE)
    item = statement_of(reader, statement_id, "investigation")
    known = with_names(reader, with_checklists(reader, [item], [item]))
    return one_of(reader, checklist_view.view(item, known, reader.moment.today), known)


def with_checklists(reader: Reader, items: Sequence[Item], more: Sequence[Item]) -> Slice:
    """`more` with the threads of the investigations `items` and of their other descriptions."""
    others = reader.items(reader.positions_by_id({one for item in items for one in item.refers("sameAs")}))
    threads = threads_of(reader, [*items, *others], checklist_view.TABLE) if items else []
    return reader.with_context([*more, *others, *threads])


# --- matrix


def matrix(
    conn: Conn, name: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> One:
    """The claims matrix of a factory or party; an old name leads to what it became. Raises `NotFound`."""
    tables = (matrix_view.TABLE, checklist_view.TABLE, criteria_view.TABLE, registry_view.TABLE)
    reader = reader_at(conn, as_of, viewer, today, *tables)
    resolved = resolve_name(reader, name)
    demand_name(reader, resolved)
    own = reader.items(reader.positions_by_key(matrix_view.TABLE, resolved.all))
    near = reader.with_context(own)
    issues = {issue for item in own for issue in issues_of(item, near) if issue}
    clauses = reader.items(reader.positions_by_key(criteria_view.TABLE, issues))
    whole = with_checklists(reader, list(near.of_kind("investigation")), [*near.items, *clauses])
    known = with_names(reader, whole, resolved.all)
    folded = matrix_view.view(resolved.all, known, reader.moment.today)
    return one_of(reader, folded, known)


# --- criteria


def criteria(
    conn: Conn,
    issue: str | None = None,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
) -> Page:
    """Clauses of laws and standards side by side, by level-1 issue, with every comparison and its formula.

    `issue` narrows to its whole level 1, since clauses on weekly hours and on monthly overtime meet there.
    """
    reader = reader_at(conn, as_of, viewer, today, criteria_view.TABLE, registry_view.TABLE)
    level = issue.partition("/")[0] if issue else None
    found = reader.rows(_SQL["clauses"], {"size": reader.moment.size, "issue": level})
    clauses = reader.items(row[0] for row in found)
    threads = threads_of(reader, clauses, criteria_view.TABLE)
    known = with_names(reader, reader.with_context([*clauses, *threads]))
    return page_of(reader, criteria_view.view(known), known, None)


# --- common


def reader_at(conn: Conn, as_of: AsOf, viewer: Viewer, today: str | None, *views: Tracked) -> Reader:
    """A reader at the moment; sources and standing always come through the timeline's rows."""
    return Reader(conn, moment(conn, as_of, (timeline_view.TABLE, *views), today), viewer)


def page_of(
    reader: Reader,
    items: Sequence[Json],
    known: Slice,
    following: str | None,
    about: dict[str, object] | None = None,
) -> Page:
    return Page(tuple(items), reader.moment, known.names, following, about)


def one_of(reader: Reader, item: Json, known: Slice) -> One:
    return One(item, reader.moment, known.names)
