"""The question behind a statement's page: the statement, its thread, its parts, and how its keys stood."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ledger.core.entry import Entry, decode_entry_trusted
from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import checklist as checklist_view
from projections import disclosures, signatures, threads
from projections import open_items as open_items_view
from projections import registry as registry_view
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf, Moment
from projections.disclosures import Part
from projections.items import Item
from projections.names import Names
from projections.open_items import OpenItem
from projections.queries import (
    Conn,
    cursor_position,
    reader_at,
    statement_of,
    threads_of,
    with_names,
    with_profiles,
)
from projections.reader import Reader
from projections.shown import Shown
from projections.signatures import Signature
from projections.statements import statements
from projections.threads import NEAR, Thread
from projections.timeline import Line

REPLIES: Final = 50
"""At most so many of what refers to a statement, the oldest first."""
CONTROLS: Final = 100
_SQL = statements("statement_queries")


@dataclass(frozen=True, slots=True)
class Whole:
    """A statement with its `line` of a timeline, its `thread`, the `parts` that its entry commits to, how it
    stands if it is a request or commitment, its signatures and its `entry` as logged. `following` is the
    cursor of what else refers to it.
    """

    line: Line
    shown_to_all: bool
    parts: tuple[Part, ...]
    thread: Thread
    following: str | None
    open_item: OpenItem | None
    signatures: tuple[Signature, ...]
    entry: Entry
    moment: Moment
    names: Names

    @property
    def shown(self) -> Shown:
        return self.line.shown


def whole(
    conn: Conn,
    statement_id: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: str | None = None,
) -> Whole:
    """One statement with all that bears on it; `after` continues what refers to it. Raises `NotFound`."""
    views = (registry_view.TABLE, open_items_view.TABLE, checklist_view.TABLE)
    reader = reader_at(conn, as_of, viewer, today, *views)
    item = statement_of(reader, statement_id)
    replies, following = _replies(reader, item, cursor_position(after))
    further = _further(reader, replies)
    asks = item.statement.kind in open_items_view.OPENERS
    asked = threads_of(reader, [item], open_items_view.TABLE) if asks else []
    owners = reader.items(reader.positions_by_key(registry_view.TABLE, signatures.signers(item)))
    beside = [*replies, *(one for found in further.values() for one in found), *_targets(reader, item)]
    near = reader.with_context([item, *beside, *asked, *owners, *_controls(reader, item)])
    known = with_names(reader, with_profiles(reader, [item], near))
    (line,) = timeline_view.view([item], known, today=reader.moment.today)
    entry = _entry(reader, item)
    return Whole(
        line=line,
        shown_to_all=item.shown,
        parts=tuple(disclosures.parts(item, _held(reader, item), known)),
        thread=threads.view(item, known, replies, further),
        following=following,
        open_item=open_items_view.view(item, known, reader.moment.today) if asks else None,
        signatures=tuple(signatures.signatures(item, entry.envelope, owners)),
        entry=entry,
        moment=reader.moment,
        names=known.names,
    )


def _key(item: Item) -> str:
    return f"statement:{item.id}"


def _replies(reader: Reader, item: Item, after: int) -> tuple[list[Item], str | None]:
    """What refers to it behind the position `after`, and the cursor of the rest."""
    query = {"key": _key(item), "size": reader.moment.size, "after": after, "limit": REPLIES + 1}
    found = [row[0] for row in reader.rows(_SQL["replies"], query)]
    return reader.items(found[:REPLIES]), str(found[REPLIES - 1]) if len(found) > REPLIES else None


def _further(reader: Reader, replies: Sequence[Item]) -> dict[str, list[Item]]:
    """By id of the reply, the first that refer to it: one more than are shown."""
    if not replies:
        return {}
    keys = {_key(one): one.id for one in replies}
    query = {"keys": list(keys), "size": reader.moment.size, "limit": NEAR + 1}
    found: dict[str, list[int]] = {}
    for key, position in reader.rows(_SQL["further"], query):
        found.setdefault(keys[key], []).append(position)
    reader.items(position for one in found.values() for position in one)  # all of them in one query
    return {one: reader.items(positions) for one, positions in found.items()}


def _targets(reader: Reader, item: Item) -> list[Item]:
    """What it refers to, and of what these refer to the first few."""
    near = reader.items(reader.positions_by_id(threads.targets(item)))
    further = {one for target in near for one in threads.targets(target, NEAR)}
    return [*near, *reader.items(reader.positions_by_id(further))]


def _controls(reader: Reader, item: Item) -> list[Item]:
    """What says that something of it was erased."""
    query = {"key": _key(item), "size": reader.moment.size, "limit": CONTROLS}
    return reader.items(row[0] for row in reader.rows(_SQL["controls"], query))


def _entry(reader: Reader, item: Item) -> Entry:
    ((state,),) = reader.rows(_SQL["stored"], {"position": item.position})
    return decode_entry_trusted(bytes(state))


def _held(reader: Reader, item: Item) -> dict[str, str | None]:
    return dict(reader.rows(_SQL["held"], {"position": item.position})) if item.statement.digests else {}
