"""The start page, and what this is about."""

from __future__ import annotations

from typing import Any

from psycopg import Connection
from starlette.responses import Response

from api.web.routing import Visiting, pages
from projections import queries
from projections.names import Names

router = pages()

SHOWN = 6  # factories and open questions on the start page


@router.get("/")
def home(visit: Visiting) -> Response:
    """What the ledger holds, and where to go from here."""

    def question(conn: Connection[Any]) -> tuple[queries.Page, queries.Page]:
        at, viewer, today = visit.as_of, visit.viewer, visit.today
        factories = queries.registry(conn, "factory:", at, viewer, today, None, SHOWN)
        asked = queries.open_items(conn, "request", at, viewer, today, None, SHOWN, only_open=True)
        return factories, asked

    factories, asked = visit.read(question)
    both = Names({**factories.names.by_name, **asked.names.by_name})
    return visit.page("home.html", factories.moment, both, factories=factories, asked=asked)


@router.get("/about")
def about(visit: Visiting) -> Response:
    """What the ledger is for, what a signature proves, and what it does not."""
    return visit.page("about.html", None)
