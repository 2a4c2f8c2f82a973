"""The silence board, and who knew when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from psycopg import Connection
from starlette.responses import Response

from api.parameters import NAME, After
from api.web import board
from api.web.routing import Visiting, pages
from projections import knowledge as knowledge_view
from projections import knowledge_queries, queries
from projections.knowledge import Known
from projections.names import Names
from projections.open_items import OpenItem

router = pages()

SHOWN = 200  # requests, and commitments, on one page
About = Annotated[str | None, Query(pattern=NAME)]
Asked = Annotated[str | None, Query(pattern=r"^((factory|group):)?[a-z0-9][a-z0-9._-]{0,127}$")]
All = Annotated[bool, Query()]


@router.get("/open")
def open_items(
    visit: Visiting,
    about: About = None,
    asked: Asked = None,
    all: All = False,  # noqa: A002 - the parameter's own name
    after: After = None,
) -> Response:
    """Questions, demands and commitments by whoever owes an answer, with age and due date."""

    def question(conn: Connection[Any]) -> tuple[queries.Page, queries.Page]:
        def of(kind: str, cursor: str | None, asked: str | None) -> queries.Page:
            at, viewer, today = visit.as_of, visit.viewer, visit.today
            return queries.open_items(conn, kind, at, viewer, today, cursor, SHOWN, asked, about)

        return of("request", after, asked), of("commitment", None, None)

    requests, commitments = visit.read(question)
    moment = requests.moment
    asking = board.owed(_open_items(requests), moment.today, not all, asked)
    # They have no addressees, and stand once, on the first page.
    promised = [] if asked or after else board.owed(_open_items(commitments), moment.today, not all)
    return visit.page(
        "open.html",
        moment,
        Names({**commitments.names.by_name, **requests.names.by_name}),
        totals=board.totals(asking),
        requests=board.groups(asking),
        commitments=board.groups(promised),
        about_name=about,
        asked=asked,
        all=all,
        following=requests.next,
    )


def _open_items(page: queries.Page) -> list[OpenItem]:
    return [one for one in page.items if isinstance(one, OpenItem)]


@router.get("/open/knowledge")
def knowledge(visit: Visiting, about: About = None, after: After = None) -> Response:
    """Who knew when: statements by organisations, with the first signed acknowledgement."""
    if about is None:
        page = visit.read(
            lambda conn: queries.registry(conn, "factory:", visit.as_of, visit.viewer, visit.today, after)
        )
        return visit.page("knowledge_choice.html", page.moment, page.names, page=page)
    position = queries.cursor_position(after)
    found = visit.read(
        lambda conn: knowledge_queries.who_knew_when(
            conn, about, visit.as_of, visit.viewer, visit.today, position
        )
    )
    rows = [one for one in found.items if isinstance(one, Known)]
    parties = knowledge_view.parties(rows)
    knew = {party for row in rows for party in row.by_party}
    return visit.page(
        "knowledge.html",
        found.moment,
        found.names,
        page=found,
        rows=rows,
        parties=[party for party in parties if party in knew],
        only_asked=[party for party in parties if party not in knew],
    )
