"""The questions which investigations are described in this ledger, and what one of them tells and found."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import checklist as checklist_view
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf, Moment
from projections.checklist import TABLE as CHECKLIST
from projections.checklist import Checklist
from projections.names import Names
from projections.queries import (
    DEFAULT_LIMIT,
    Conn,
    Page,
    cursor_position,
    page_of,
    reader_at,
    statement_of,
    with_checklists,
    with_names,
)
from projections.registry import TABLE as REGISTRY
from projections.shown import show
from projections.statements import statements
from projections.timeline import Line

FOUND: Final = ("observation", "determination")
"""What an investigation comes to: kinds of statement that may be within one."""
WITHIN: Final = 50
"""At most so many of these on a page."""
_SQL = statements("investigation_queries")


def investigations(
    conn: Conn,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: str | None = None,
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """Every description of an investigation, oldest first; one may be described several times."""
    reader = reader_at(conn, as_of, viewer, today, CHECKLIST, REGISTRY)
    query = {"size": reader.moment.size, "after": cursor_position(after), "limit": limit + 1}
    found = [row[0] for row in reader.rows(_SQL["described"], query)]
    items = reader.items(found[:limit])
    known = with_names(reader, reader.with_context(items, rounds=1))
    following = str(found[limit - 1]) if len(found) > limit else None
    return page_of(reader, [show(item, known) for item in items], known, following)


@dataclass(frozen=True, slots=True)
class Whole:
    """An investigation with its checklist, and what was observed and determined `within` it, by whichever of
    its descriptions: oldest first, as lines of a timeline. `following` is the cursor of the rest of these.
    """

    checklist: Checklist
    within: tuple[Line, ...]
    following: str | None
    moment: Moment
    names: Names


def whole(
    conn: Conn,
    statement_id: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: str | None = None,
) -> Whole:
    """One investigation by any of its descriptions. Raises `NotFound`."""
    reader = reader_at(conn, as_of, viewer, today, CHECKLIST, REGISTRY)
    item = statement_of(reader, statement_id, "investigation")
    near = with_checklists(reader, [item], [item])
    described = {one.id for one in checklist_view.descriptions(item, near)}
    query = {
        "keys": [f"statement:{one}" for one in sorted(described)],
        "kinds": list(FOUND),
        "size": reader.moment.size,
        "after": cursor_position(after),
        "limit": WITHIN + 1,
    }
    found = [row[0] for row in reader.rows(_SQL["referring"], query)]
    # They may refer to it in other ways, too.
    within = [one for one in reader.items(found[:WITHIN]) if described & set(one.refers("within"))]
    known = with_names(reader, reader.with_context([*near.items, *within]))
    return Whole(
        checklist=checklist_view.view(item, known, reader.moment.today),
        within=tuple(timeline_view.view(within, known, today=reader.moment.today)),
        following=str(found[WITHIN - 1]) if len(found) > WITHIN else None,
        moment=reader.moment,
        names=known.names,
    )
