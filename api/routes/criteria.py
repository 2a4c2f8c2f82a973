"""Criteria: clauses of laws and standards side by side, with the formula of every comparison."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import ISSUE, AsOfText, AtLeast, IssueCode, moment
from ledger.domain.visibility import ANONYMOUS
from projections import queries

router = APIRouter(tags=["criteria"])
Issue = Annotated[
    IssueCode | None, Query(pattern=ISSUE, description="Only clauses on this issue's first level.")
]


@router.get(
    "/criteria",
    responses=openapi.reads("Clauses by issue.", openapi.page("clauses on one issue, compared")),
    response_class=Response,
)
def criteria(
    request: Request, issue: Issue = None, as_of: AsOfText = None, at_least: AtLeast = None
) -> Response:
    """What laws and standards demand, in their own units and converted, with every reading."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.criteria(conn, issue, at, ANONYMOUS, today), at_least)
