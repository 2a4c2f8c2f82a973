"""The question which investigations are described in this ledger."""

from __future__ import annotations

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections.as_of import NOW, AsOf
from projections.checklist import TABLE as CHECKLIST
from projections.queries import DEFAULT_LIMIT, Conn, Page, cursor_position, page_of, reader_at, with_names
from projections.registry import TABLE as REGISTRY
from projections.shown import show
from projections.statements import statements

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
