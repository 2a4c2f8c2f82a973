"""The silence board, and who knew when."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query
from psycopg import Connection
from starlette.responses import Response

from api.parameters import NAME, After
from api.web import board
from api.web.routing import Visiting, pages
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
    asking = [one for one in requests.items if isinstance(one, OpenItem)]
    promised = [one for one in commitments.items if isinstance(one, OpenItem)] if not after else []
    moment = requests.moment
    return visit.page(
        "open.html",
        moment,
        Names({**commitments.names.by_name, **requests.names.by_name}),
        requests=_narrowed(board.groups(asking, moment.today, not all), asked),
        commitments=[] if asked else board.groups(promised, moment.today, not all),
        about_name=about,
        asked=asked,
        all=all,
        following=requests.next,
    )


def _narrowed(groups: list[board.Group], asked: str | None) -> list[board.Group]:
    """One addressee's own part of what several were asked together."""
    return [group for group in groups if asked in (None, group.name)]


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
    parties = (found.about or {})["parties"]
    return visit.page("knowledge.html", found.moment, found.names, page=found, rows=rows, parties=parties)
