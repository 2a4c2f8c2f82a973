"""Investigations: how each was done, and what about that is disclosed, asked or refused."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import AsOfText, AtLeast, IdPath, moment
from ledger.domain.visibility import ANONYMOUS
from projections import queries

router = APIRouter(tags=["investigations"])


@router.get(
    "/investigations/{id}",
    responses=openapi.reads("The checklist.", openapi.one("an investigation and its disclosure checklist")),
    response_class=Response,
)
def investigation(
    request: Request,
    id: IdPath,  # noqa: A002 - the path's own name
    as_of: AsOfText = None,
    at_least: AtLeast = None,
) -> Response:
    """One investigation and its disclosure checklist."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.investigation(conn, id, at, ANONYMOUS, today), at_least)
