"""The question behind a statement's page: the statement, what refers to it, and how its keys stood."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import checklist as checklist_view
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf, Moment
from projections.items import Item
from projections.names import Names
from projections.open_items import OpenItem
from projections.queries import Conn, reader_at, statement_of, threads_of, with_names, with_profiles
from projections.reader import Reader
from projections.registry import Key
from projections.shown import Shown, show
from projections.timeline import Line

FOLLOWERS: Final = 200
"""At most so many of what refers to a statement, the oldest first."""


@dataclass(frozen=True, slots=True)
class Signer:
    """A key that signed: whose it is, None where that is not known here, and the key with its history."""

    key_id: str
    party: str | None
    key: Key | None


@dataclass(frozen=True, slots=True)
class Whole:
    """A statement with its `line` of a timeline, `after` as (rel, statement) that refer to it, how it stands
    if it is a request or commitment, and the keys that signed it.
    """

    line: Line
    after: tuple[tuple[str, Shown], ...]
    more: bool
    open_item: OpenItem | None
    signers: tuple[Signer, ...]
    moment: Moment
    names: Names

    @property
    def shown(self) -> Shown:
        return self.line.shown


def whole(
    conn: Conn, statement_id: str, as_of: AsOf = NOW, viewer: Viewer = ANONYMOUS, today: str | None = None
) -> Whole:
    """One statement with all that bears on it. Raises `NotFound`."""
    views = (registry_view.TABLE, open_items_view.TABLE, checklist_view.TABLE)
    reader = reader_at(conn, as_of, viewer, today, *views)
    item = statement_of(reader, statement_id)
    positions = reader.positions_by_key(timeline_view.TABLE, [f"statement:{item.id}"])
    following = reader.items(sorted(set(positions))[:FOLLOWERS])
    asks = item.statement.kind in open_items_view.OPENERS
    threads = threads_of(reader, [item], open_items_view.TABLE) if asks else []
    targets = reader.items(reader.positions_by_id({ref.id for ref in item.statement.refs}))
    owners = _registrations(reader, item)
    near = reader.with_context([item, *following, *threads, *targets, *owners])
    known = with_names(reader, with_profiles(reader, [item], near))
    (line,) = timeline_view.view([item], known, today=reader.moment.today)
    return Whole(
        line=line,
        after=tuple((rel, show(one, known)) for one in following for rel in _rels(one, item.id)),
        more=len(set(positions)) > FOLLOWERS,
        open_item=open_items_view.view(item, known, reader.moment.today) if asks else None,
        signers=tuple(_signer(key_id, owners) for key_id in item.recorded.key_ids),
        moment=reader.moment,
        names=known.names,
    )


def _rels(one: Item, target: str) -> list[str]:
    return [ref.rel for ref in one.statement.refs if ref.id == target and ref.ledger is None]


def _registrations(reader: Reader, item: Item) -> list[Item]:
    """Everything about the parties whose keys may have signed."""
    names = {f"party:{slug}" for slug in item.statement.issuers} | set(item.names("party:"))
    return reader.items(reader.positions_by_key(registry_view.TABLE, names))


def _signer(key_id: str, registrations: list[Item]) -> Signer:
    recorded = [one.recorded for one in registrations]
    owners = {name.name for one in registrations for name in one.statement.subjects}
    for name in sorted(one for one in owners if one.startswith("party:")):
        own = [one for one in recorded if any(name == subject.name for subject in one.statement.subjects)]
        for key in registry_view.keys(name, own):
            if key.key_id == key_id:
                return Signer(key_id, name.removeprefix("party:"), key)
    return Signer(key_id, None, None)
