"""Search: statements by the words that everybody may see of them, by names and by codes."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from pydantic import StringConstraints
from starlette.responses import Response

from api import openapi
from api.answers import service_of, show
from api.parameters import ISSUE, SLUG, USUAL_LIMIT, After, AsOfText, AtLeast, Limit, moment
from api.routes.factories import KindName
from ledger.domain.visibility import ANONYMOUS
from projections import search_queries
from projections.search_terms import LONGEST_QUERY

router = APIRouter(tags=["search"])

METHOD = r"^[a-z-]{1,64}$"
YEAR = r"^[0-9]{4}$"
LANG = r"^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$"

Words = Annotated[
    str,
    Query(
        min_length=1,
        max_length=LONGEST_QUERY,
        description='Words, names or codes; all have to be met. `"several words"` stand together, `-word` '
        "leaves out. Words are found by their stems in English, French and German, Chinese by its "
        "characters.",
    ),
]
Kinds = Annotated[list[KindName], Query(alias="kind", max_length=32, description="Only these kinds.")]
Issues = Annotated[
    list[Annotated[str, StringConstraints(pattern=ISSUE)]],
    Query(alias="issue", max_length=32, description="Only these issues; one of level 1 means all below it."),
]
Methods = Annotated[
    list[Annotated[str, StringConstraints(pattern=METHOD)]],
    Query(alias="method", max_length=32, description="Only these methods."),
]
SaidBy = Annotated[
    list[Annotated[str, StringConstraints(pattern=SLUG)]],
    Query(max_length=32, description="Only what one of these parties says, or is said to say."),
]
SignedBy = Annotated[
    list[Annotated[str, StringConstraints(pattern=SLUG)]],
    Query(max_length=32, description="Only what one of these parties signed."),
]
Years = Annotated[
    list[Annotated[str, StringConstraints(pattern=YEAR)]],
    Query(alias="period", max_length=32, description="Only what is about one of these years."),
]
Order = Annotated[
    Literal["relevance", "newest"], Query(description="What fits best first, or what was recorded last.")
]
Lang = Annotated[
    str, Query(pattern=LANG, max_length=35, description="What is written in this language comes first.")
]


@router.get(
    "/search",
    responses=openapi.reads("What is found.", openapi.page("a statement, why it was found, and where")),
    response_class=Response,
)
def search(
    request: Request,
    q: Words,
    as_of: AsOfText = None,
    kinds: Kinds = [],  # noqa: B006 - FastAPI copies it
    issues: Issues = [],  # noqa: B006
    methods: Methods = [],  # noqa: B006
    said_by: SaidBy = [],  # noqa: B006
    signed_by: SignedBy = [],  # noqa: B006
    periods: Years = [],  # noqa: B006
    order: Order = "relevance",
    lang: Lang = "en",
    at_least: AtLeast = None,
    after: After = None,
    limit: Limit = USUAL_LIMIT,
) -> Response:
    """Statements by words, names and codes, with counts to narrow them down; said by and signed by apart."""
    today, at = service_of(request).today(), moment(as_of)
    given = {
        "kind": kinds,
        "issue": issues,
        "method": methods,
        "said": said_by,
        "signed": signed_by,
        "period": periods,
    }
    chosen = {name: values for name, values in given.items() if values}
    return show(
        request,
        lambda conn: search_queries.search(conn, q, at, ANONYMOUS, today, lang, chosen, order, after, limit),
        at_least,
    )
