"""One reader's way into one database at one moment: few queries a page, each for many items."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from psycopg import Connection, sql
from psycopg.rows import tuple_row

from ledger.core.disclosure import parse
from ledger.core.statement import Recorded, read_recorded, resolve
from ledger.domain.visibility import ANONYMOUS, Viewer, may_see
from projections import schema
from projections.as_of import AsOf, AsOfAhead, Moment
from projections.items import Item, Slice
from projections.row import Tracked, View
from projections.statements import statements

Conn = Connection[Any]
_SQL = statements("reading")

# What an item's standing and meaning rest on.
CONTEXT_RELS = frozenset(
    {"statedIn", "mandate", "within", "about", "against", "towards", "on", "previous", "sameAs", "partOf"}
)


class Reader:
    """Reads items as `viewer` may see them, never past `moment.size`, and each of them once."""

    def __init__(self, conn: Conn, moment: Moment, viewer: Viewer = ANONYMOUS) -> None:
        self.conn, self.moment, self.viewer = conn, moment, viewer
        self._read: dict[int, Item] = {}

    def rows(
        self, query: str | sql.Composed, params: Sequence[object] | Mapping[str, object]
    ) -> list[tuple[Any, ...]]:
        return self.conn.cursor(row_factory=tuple_row).execute(query, params).fetchall()

    def positions_by_key(self, view: View, keys: Collection[str]) -> list[int]:
        """Positions before the moment of the view's rows with one of these keys."""
        if not keys:
            return []
        query = sql.SQL(_SQL["by_key"]).format(view=sql.Identifier(view.table))
        return [row[0] for row in self.rows(query, (list(keys), self.moment.size))]

    def positions_by_id(self, ids: Collection[str]) -> list[int]:
        return [row[0] for row in self.rows(_SQL["by_id"], (list(ids), self.moment.size))] if ids else []

    def items(self, positions: Iterable[int]) -> list[Item]:
        """The items at these positions, ascending; one query for those not read yet."""
        wanted = sorted(set(positions))
        missing = [position + 1 for position in wanted if position not in self._read]
        if missing:
            for position, state, held in self.rows(_SQL["entries"], (missing,)):
                self._read[position] = item_of(read_recorded(position, bytes(state)), held, self.viewer)
        return [self._read[position] for position in wanted if position in self._read]

    def with_context(self, items: Iterable[Item], rounds: int = 2) -> Slice:
        """`items` with what they rest on, `rounds` references deep, and what amends, adopts or disowns any of
        it; and apart from these whatever else all of them refer to.

        Two queries a round and six more, however many items there are.
        """
        known = {item.id: item for item in items}
        latest: list[Item] = list(known.values())
        for _ in range(rounds):
            wanted = {target for item in latest for target in item.refers(*CONTEXT_RELS)} - known.keys()
            latest = self.items(self.positions_by_id(wanted))
            known.update({item.id: item for item in latest})
        bearing = self._referrers(known)
        # An adoption, too, may have been taken back.
        whole = [*known.values(), *bearing, *self._referrers(item.id for item in bearing)]
        elsewhere = {ref.id for item in whole for ref in item.statement.refs if ref.ledger is None}
        targets = self.items(self.positions_by_id(elsewhere - {item.id for item in whole}))
        return Slice.of(whole, targets)

    def _referrers(self, ids: Iterable[str]) -> list[Item]:
        keys = [f"statement:{one}" for one in ids]
        found = self.rows(_SQL["referrers"], (keys, self.moment.size)) if keys else []
        return self.items(row[0] for row in found)


def item_of(recorded: Recorded, held: Iterable[str], viewer: Viewer) -> Item:
    """`recorded` with those of the `held` disclosures that `viewer` may see put back into its claim."""
    statement = recorded.statement
    shown = may_see(viewer, statement)
    if not statement.digests:
        return Item(recorded, statement.claim, 0, shown)
    disclosures = [parse(text) for text in held] if shown else []
    resolved = resolve(statement.claim, disclosures)
    return Item(recorded, resolved.claim, resolved.withheld, shown)


def moment(conn: Conn, as_of: AsOf, views: Sequence[Tracked], today: str | None = None) -> Moment:
    """What `as_of` comes to for these views: never more than all of them have taken in.

    `today` (YYYY-MM-DD) is the reader's day, taken when `as_of` names none; without it, that of the last
    entry.
    """
    cursor = conn.cursor(row_factory=tuple_row)
    head = cursor.execute(_SQL["head"]).fetchone()
    logged = head[0] if head else 0
    projected = min(schema.positions(conn, views).values(), default=0)
    size = min(projected, logged)
    if as_of.position is not None:
        if as_of.position > logged:
            raise AsOfAhead(as_of.position, logged)
        size = min(size, as_of.position)
    if as_of.time is not None:
        found = cursor.execute(_SQL["size_at"], (as_of.time,)).fetchone()
        size = min(size, found[0] if found else 0)
    first, last = _first_and_last(conn, size)
    demo = first is not None and first.statement.claim.get("clock") == "demo"
    notice = first.statement.claim.get("policy") if first is not None and demo else None
    recorded_at = last.recorded_at if last else ""
    day = as_of.day or (today if as_of.position is None and today else recorded_at[:10])
    return Moment(size, recorded_at, day, projected, logged, as_of, demo, notice)


def _first_and_last(conn: Conn, size: int) -> tuple[Recorded | None, Recorded | None]:
    """Entries 0 and size-1."""
    if size == 0:
        return None, None
    entries = conn.cursor(row_factory=tuple_row).execute(_SQL["entries"], ([1, size],)).fetchall()
    recorded = {position: read_recorded(position, bytes(state)) for position, state, _ in entries}
    return recorded[0], recorded[size - 1]
