"""The question who knew when of what concerns a name."""

from __future__ import annotations

from ledger.domain.visibility import ANONYMOUS, Viewer
from projections import knowledge
from projections import timeline as timeline_view
from projections.as_of import NOW, AsOf
from projections.queries import Conn, Page, demand_name, page_of, reader_at, resolve_name, with_names
from projections.registry import TABLE as REGISTRY
from projections.statements import statements

_SQL = statements("knowledge_queries")
DEFAULT_LIMIT = 50


def who_knew_when(
    conn: Conn,
    name: str,
    as_of: AsOf = NOW,
    viewer: Viewer = ANONYMOUS,
    today: str | None = None,
    after: int = -1,
    limit: int = DEFAULT_LIMIT,
) -> Page:
    """What was claimed, asked and written about a party or factory, oldest first, each with who acknowledged
    it first and when. `after` is the position of the last one of the page before. Raises `NotFound`.
    """
    reader = reader_at(conn, as_of, viewer, today, REGISTRY)
    resolved = resolve_name(reader, name)
    demand_name(reader, resolved)
    query = {
        "keys": list(resolved.all),
        "kinds": list(knowledge.KINDS),
        "size": reader.moment.size,
        "after": after,
        "limit": limit + 1,
    }
    found = [row[0] for row in reader.rows(_SQL["claimed"], query)]
    wanted = reader.items(found[:limit])
    ids = {f"statement:{item.id}" for item in wanted}
    referring = reader.items(reader.positions_by_key(timeline_view.TABLE, ids))
    known = with_names(reader, reader.with_context([*wanted, *referring], rounds=1), resolved.all)
    rows = knowledge.view(wanted, known)
    following = str(found[limit - 1]) if len(found) > limit else None
    about: dict[str, object] = {"name": resolved.name, "asked": name, "parties": knowledge.parties(rows)}
    return page_of(reader, rows, known, following, about)
