"""Factories: which there are, what bears on one, and who says what about which issue."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import (
    ISSUE,
    METHOD,
    USUAL_LIMIT,
    After,
    AsOfText,
    AtLeast,
    By,
    IssueCode,
    Limit,
    MethodCode,
    PartyFilter,
    SlugPath,
    moment,
)
from ledger.core.kinds import KINDS
from ledger.domain.visibility import ANONYMOUS
from projections import queries

router = APIRouter(tags=["factories"])
KindName = Annotated[str, StringConstraints(pattern=f"^({'|'.join(sorted(KINDS))})$")]
KindFilter = Annotated[
    list[KindName] | None,
    Query(alias="kind", max_length=len(KINDS), description="Only statements of these kinds."),
]
IssueFilter = Annotated[
    IssueCode | None,
    Query(
        pattern=ISSUE,
        description="Only statements on this issue, or on any below it; what has no issue of its own goes by "
        "what it refers to.",
    ),
]
MethodFilter = Annotated[
    MethodCode | None,
    Query(
        pattern=METHOD,
        description="Only statements by this method; what has none of its own goes by what it refers to.",
    ),
]


@router.get(
    "/factories",
    responses=openapi.reads("Factories by name.", openapi.page("a factory")),
    response_class=Response,
)
def factories(
    request: Request,
    as_of: AsOfText = None,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Every factory that was registered or proposed."""
    today = service_of(request).today()
    at = moment(as_of)
    return show(
        request,
        lambda conn: queries.registry(conn, "factory:", at, ANONYMOUS, today, after, limit),
        at_least,
    )


@router.get(
    "/factories/{slug}",
    responses=openapi.reads("What is known of the factory.", openapi.one("a factory")),
    response_class=Response,
)
def factory(request: Request, slug: SlugPath, as_of: AsOfText = None, at_least: AtLeast = None) -> Response:
    """One factory; an old name leads to what it became."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.entry(conn, f"factory:{slug}", at, ANONYMOUS, today), at_least)


@router.get(
    "/factories/{slug}/timeline",
    responses=openapi.reads("Statements in order.", openapi.page("a statement on the timeline")),
    response_class=Response,
)
def timeline(
    request: Request,
    slug: SlugPath,
    as_of: AsOfText = None,
    by: By = "recorded",
    kinds: KindFilter = None,
    said_by: PartyFilter = None,
    signed_by: PartyFilter = None,
    issue: IssueFilter = None,
    method: MethodFilter = None,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Everything that bears on the factory, in the order it was recorded, said or done."""
    today, at = service_of(request).today(), moment(as_of)
    return show(
        request,
        lambda conn: queries.timeline(
            conn,
            f"factory:{slug}",
            at,
            ANONYMOUS,
            today,
            by,
            after,
            limit,
            kinds,
            said_by,
            signed_by,
            issue,
            method,
        ),
        at_least,
    )


@router.get(
    "/factories/{slug}/matrix",
    responses=openapi.reads("Claims by issue and method.", openapi.one("a claims matrix")),
    response_class=Response,
)
def matrix(request: Request, slug: SlugPath, as_of: AsOfText = None, at_least: AtLeast = None) -> Response:
    """Who says what about which issue, by which method; conflicts are computed and shown, never settled."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.matrix(conn, f"factory:{slug}", at, ANONYMOUS, today), at_least)
