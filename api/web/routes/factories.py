"""Factories: the list, and one factory with who claims what about it."""

from __future__ import annotations

from starlette.responses import Response

from api.web.routing import Visiting, pages
from projections import queries

router = pages()


@router.get("/factories")
def factories(visit: Visiting) -> Response:
    """Every factory that was registered or proposed."""
    after = visit.request.query_params.get("after")
    page = visit.read(
        lambda conn: queries.registry(conn, "factory:", visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page("factories.html", page.moment, page.names, page=page)
