"""Parties: who they are, with which keys they sign, what they said, were asked and answered."""

from __future__ import annotations

from starlette.responses import Response

from api.parameters import After, SlugPath
from api.web.routing import Visiting, pages
from projections import party_queries, queries

router = pages()


@router.get("/parties")
def parties(visit: Visiting, after: After = None) -> Response:
    """Every party, registered or listed."""
    page = visit.read(
        lambda conn: queries.registry(conn, "party:", visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page("parties.html", page.moment, page.names, page=page)


@router.get("/parties/{slug}")
def party(visit: Visiting, slug: SlugPath) -> Response:
    """One party with its keys and its record; an old name leads to what it became."""
    found = visit.read(
        lambda conn: party_queries.record(conn, f"party:{slug}", visit.as_of, visit.viewer, visit.today)
    )
    return visit.page("party.html", found.moment, found.names, record=found, asked_as=slug)
