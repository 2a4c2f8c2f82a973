"""Criteria side by side: clauses of laws and standards, with every comparison and its formula."""

from __future__ import annotations

from typing import Annotated

from fastapi import Query
from starlette.responses import Response

from api.parameters import ISSUE, IssueCode
from api.web.comparisons import Compared
from api.web.routing import Visiting, pages
from projections import queries
from projections.criteria import Comparison

router = pages()

Issue = Annotated[IssueCode | None, Query(pattern=ISSUE)]


@router.get("/criteria")
def criteria(visit: Visiting, issue: Issue = None) -> Response:
    """Clauses by issue; with `issue` those of its group alone."""
    page = visit.read(
        lambda conn: queries.criteria(conn, issue or None, visit.as_of, visit.viewer, visit.today)
    )
    found = [one for one in page.items if isinstance(one, Comparison)]
    return visit.page(
        "criteria.html",
        page.moment,
        page.names,
        comparisons=[Compared(one, visit.language) for one in found],
        issue=issue,
    )
