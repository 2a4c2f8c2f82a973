"""Requests and commitments: what was asked or promised, by when, and what became of it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import NAME, USUAL_LIMIT, After, AsOfText, AtLeast, IdPath, Limit, moment
from ledger.domain.visibility import ANONYMOUS
from projections import queries

router = APIRouter(tags=["open items"])

_ADDRESSEE = r"^((factory|group):)?[a-z0-9][a-z0-9._-]{0,127}$"

About = Annotated[
    str | None, Query(pattern=NAME, description="Only what concerns this name, such as `factory:x`.")
]
Asked = Annotated[
    str | None, Query(pattern=_ADDRESSEE, description="Only what this party, factory or group was asked.")
]
OnlyOpen = Annotated[
    bool, Query(alias="open", description="Only what is still open; a page may then hold fewer than `limit`.")
]


@router.get(
    "/requests",
    responses=openapi.reads("Requests, oldest first.", openapi.page("a request and how it stands")),
    response_class=Response,
)
def requests(
    request: Request,
    as_of: AsOfText = None,
    about: About = None,
    asked: Asked = None,
    only_open: OnlyOpen = False,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Questions, demands and other requests, each with its age and what came back from whom.

    An addressee that an answer is merely attributed to, by neither who asked nor who was asked, stays open.
    Nobody answers for a factory or a group; who asked may conclude.
    """
    today, at = service_of(request).today(), moment(as_of)
    return show(
        request,
        lambda conn: queries.open_items(
            conn, "request", at, ANONYMOUS, today, after, limit, asked, about, only_open
        ),
        at_least,
    )


@router.get(
    "/commitments",
    responses=openapi.reads("Commitments, oldest first.", openapi.page("a commitment and how it stands")),
    response_class=Response,
)
def commitments(
    request: Request,
    as_of: AsOfText = None,
    about: About = None,
    only_open: OnlyOpen = False,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Commitments, each with its first and present due date and what was reported of it."""
    today, at = service_of(request).today(), moment(as_of)
    return show(
        request,
        lambda conn: queries.open_items(
            conn, "commitment", at, ANONYMOUS, today, after, limit, None, about, only_open
        ),
        at_least,
    )


@router.get(
    "/requests/{id}",
    responses=openapi.reads("The request with its thread.", openapi.one("a request and how it stands")),
    response_class=Response,
)
@router.get(
    "/commitments/{id}",
    responses=openapi.reads("The commitment with its thread.", openapi.one("a commitment")),
    response_class=Response,
)
def open_item(
    request: Request,
    id: IdPath,  # noqa: A002 - the path's own name
    as_of: AsOfText = None,
    at_least: AtLeast = None,
) -> Response:
    """One request or commitment with everything that bears on it."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.open_item(conn, id, at, ANONYMOUS, today), at_least)
