"""Parties: who they are, how they stand, with which keys they sign or signed, and what is claimed of them."""

from __future__ import annotations

from fastapi import APIRouter, Request
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import USUAL_LIMIT, After, AsOfText, AtLeast, By, Limit, SlugPath, moment
from ledger.domain.visibility import ANONYMOUS
from projections import queries

router = APIRouter(tags=["parties"])


@router.get(
    "/parties",
    responses=openapi.reads("Parties by name.", openapi.page("a party")),
    response_class=Response,
)
def parties(
    request: Request,
    as_of: AsOfText = None,
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Every party, registered or listed."""
    today, at = service_of(request).today(), moment(as_of)
    return show(
        request,
        lambda conn: queries.registry(conn, "party:", at, ANONYMOUS, today, after, limit),
        at_least,
    )


@router.get(
    "/parties/{slug}",
    responses=openapi.reads("What is known of the party.", openapi.one("a party with its keys")),
    response_class=Response,
)
def party(request: Request, slug: SlugPath, as_of: AsOfText = None, at_least: AtLeast = None) -> Response:
    """One party with the history of its keys by log position; an old name leads to what it became."""
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.entry(conn, f"party:{slug}", at, ANONYMOUS, today), at_least)


@router.get(
    "/parties/{slug}/timeline",
    responses=openapi.reads("Statements in order.", openapi.page("a statement on the timeline")),
    response_class=Response,
)
def timeline(
    request: Request,
    slug: SlugPath,
    as_of: AsOfText = None,
    by: By = "recorded",
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Everything that bears on the party, in the order it was recorded, said or done."""
    today, at = service_of(request).today(), moment(as_of)
    return show(
        request,
        lambda conn: queries.timeline(conn, f"party:{slug}", at, ANONYMOUS, today, by, after, limit),
        at_least,
    )


@router.get(
    "/parties/{slug}/matrix",
    responses=openapi.reads("Claims by issue and method.", openapi.one("a claims matrix")),
    response_class=Response,
)
def matrix(request: Request, slug: SlugPath, as_of: AsOfText = None, at_least: AtLeast = None) -> Response:
    """Who says what about the party on which issue, by which method; conflicts are computed and shown, never
    settled.
    """
    today, at = service_of(request).today(), moment(as_of)
    return show(request, lambda conn: queries.matrix(conn, f"party:{slug}", at, ANONYMOUS, today), at_least)
