"""Factories: the list, and one factory with who claims what about it."""

from __future__ import annotations

from typing import Annotated, Final, Literal

from fastapi import Query
from starlette.responses import Response

from api.dossiers import makes_pdf
from api.parameters import After, SlugPath
from api.problems import Problem
from api.web import factory as words
from api.web.factory import FactoryPage
from api.web.routing import Visiting, pages
from api.web.visit import Visit
from ledger.core.grammar import base64_encode, is_date
from ledger.core.kinds import KINDS
from projections import factory_queries, queries
from projections.queries import Chosen

router = pages()

LINES: Final = 2000  # of a timeline on one page

# A form sends every field, also those that nothing is chosen in.
Kind = Annotated[str, Query(pattern=f"^({'|'.join(sorted(KINDS))})?$")]
Code = Annotated[str, Query(pattern=r"^([a-z-]{1,64}(/[a-z-]{1,64})?)?$")]
Slug = Annotated[str, Query(pattern=r"^([a-z0-9][a-z0-9._-]{0,127})?$")]
Day = Annotated[str, Query(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2})?$")]
By = Literal["recorded", "said", "occurred"]


@router.get("/factories")
def factories(visit: Visiting) -> Response:
    """Every factory that was registered or proposed."""
    after = visit.request.query_params.get("after")
    page = visit.read(
        lambda conn: queries.registry(conn, "factory:", visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page("factories.html", page.moment, page.names, page=page)


@router.get("/factories/{slug}")
def factory(
    visit: Visiting,
    slug: SlugPath,
    by: By = "recorded",
    kind: Kind = "",
    issue: Code = "",
    method: Code = "",
    said_by: Slug = "",
    signed_by: Slug = "",
    known: Day = "",
    after: After = None,
) -> Response:
    """A factory's timeline, claims matrix and open questions, with what was known by a day."""
    if known and not is_date(known):
        raise Problem("bad-parameter", f"{known} is no day", "known", "give a day as 2020-02-06")
    kinds = [kind] if kind else None
    chosen = Chosen(
        by, kinds, said_by or None, signed_by or None, issue or None, method or None, after, LINES
    )
    found = visit.read(
        lambda conn: factory_queries.find(
            conn, f"factory:{slug}", visit.as_of, visit.viewer, visit.today, chosen
        )
    )
    page = FactoryPage(
        found,
        lambda: visit.service.read(lambda conn: factory_queries.factory(conn, found, chosen)),
        visit.language,
        visit.naming,
        known or None,
    )
    return visit.page(
        "factory.html",
        found.moment,
        page.names,
        stream=True,
        found=found,
        page=page,
        words=words,
        root=lambda: base64_encode(visit.service.root_at(found.moment.size)),
        cited=_cited(visit, known or None, found.moment.size),
        host=_host(visit),
        makes_pdf=makes_pdf,
    )


def _cited(visit: Visit, known: str | None, size: int) -> str:
    """The whole address of the page as it is, of the first `size` entries for ever."""
    empty = {name: None for name, value in visit.request.query_params.items() if not value}
    kept: dict[str, object] = {**empty, "at_least": None, "known": known, "as_of": size}
    return _host(visit) + visit.here(**kept)


def _host(visit: Visit) -> str:
    """The address of this ledger, as the reader has it."""
    return str(visit.request.base_url).rstrip("/")
