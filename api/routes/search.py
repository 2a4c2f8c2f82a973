"""Search: statements by the words that everybody may see of them, by names and by codes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import USUAL_LIMIT, After, AsOfText, AtLeast, Limit, moment
from api.searching import Issues, Kinds, Methods, Order, SaidBy, SignedBy, Years, chosen
from ledger.domain.visibility import ANONYMOUS
from projections import search_queries
from projections.search_terms import LONGEST_QUERY

router = APIRouter(tags=["search"])

LANG = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_QUERY,
        description='Words, names or codes; all have to be met. `"several words"` stand together, `-word` '
        "leaves out. Words are found by their stems in English, French and German, Chinese by its "
        "characters. Codes are also found by what they are called in any of these languages, issues also in "
        "what is about a statement of that issue and names none itself.",
    ),
]
Lang = Annotated[
    str, Query(pattern=LANG, max_length=35, description="What is written in this language comes first.")
]


@router.get(
    "/search",
    responses=openapi.reads(
        "What is found.", openapi.page("a statement, its issues, why it was found, and where")
    ),
    response_class=Response,
)
def search(
    request: Request,
    q: Words,
    as_of: AsOfText = None,
    kinds: Kinds = None,
    issues: Issues = None,
    methods: Methods = None,
    said_by: SaidBy = None,
    signed_by: SignedBy = None,
    periods: Years = None,
    order: Order = "relevance",
    lang: Lang = "en",
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Statements by words, names and codes, with counts to narrow them down; said by and signed by apart."""
    today, at = service_of(request).today(), moment(as_of)
    facets = chosen(kinds, issues, methods, said_by, signed_by, periods)
    return show(
        request,
        lambda conn: search_queries.search(conn, q, at, ANONYMOUS, today, lang, facets, order, after, limit),
        at_least,
        searching=True,
    )
