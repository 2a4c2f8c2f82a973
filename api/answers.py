"""How views are answered: one snapshot, one encoding, the same members around every view.

Every answer says which ledger it shows, by which clock, what it does not prove (`notice`), and how many
entries it takes in (`Evidence-Position`). Its entity tag is that of its exact bytes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Any, Final, Protocol, get_args, get_origin

import msgspec
from fastapi import Request
from psycopg import Connection
from starlette.responses import Response

from api.composition import Service
from api.etags import matches, strong_etag
from api.notices import notice
from api.paging import link_header
from api.problems import Problem
from projections.as_of import Moment

JSON: Final = "application/json"
# Views change with each entry: caches may keep them, but ask each time whether they still hold.
REVALIDATE: Final = "no-cache"
HEAD_ONLY: Final = "evidence.head"
"""In the scope of a HEAD request, which is answered as the GET that it stands for."""
FOR_EVER: Final = "public, max-age=31536000, immutable"


class Model(Protocol):
    """What `projections.queries` returns."""

    @property
    def moment(self) -> Moment: ...

    def to_json(self) -> dict[str, object]: ...


Question = Callable[[Connection[Any]], Model]


def service_of(request: Request) -> Service:
    """The service of this process; it is there from start to end of serving."""
    service: Service = request.app.state.service
    return service


def show(
    request: Request, question: Question, at_least: int | None = None, *, searching: bool = False
) -> Response:
    """Ask the views, once they have taken in `at_least` entries, and answer in JSON. Raises `Problem`.

    `searching` is for questions that read the words of disclosures.
    """
    refuse_unknown_parameters(request)
    service = service_of(request)
    about = service.about
    if at_least is not None:
        service.wait_for(at_least, searching=searching)
    model = service.read(question)
    shown = {"ledger": about.to_json(), "notice": notice(about.clock), **model.to_json()}
    headers = {"evidence-position": str(model.moment.size)}
    if "next" in shown:
        following = shown["next"]
        headers["link"] = link_header(request.url, following if isinstance(following, str) else None)
    return answer(request, msgspec.json.encode(shown), headers=headers)


def refuse_unknown_parameters(request: Request) -> None:
    """A misspelt `as_of` would otherwise be answered as of now. Raises `Problem`."""
    known = {parameter.alias for parameter in request.scope["route"].dependant.query_params}
    for name in request.query_params:
        if name not in known:
            raise Problem("bad-parameter", f"there is no parameter {name!r:.60} here", name[:60])


async def refuse_repeated_parameters(request: Request) -> None:
    """Of two values the last would count, and nobody would say so. Parameters that take several may be
    repeated. Raises `Problem`.
    """
    given = Counter(name for name, _ in request.query_params.multi_items())
    repeated = [name for name, count in given.items() if count > 1]
    if not repeated:
        return
    several = {one.alias for one in request.scope["route"].dependant.query_params if _takes_several(one)}
    for name in repeated:
        if name not in several:
            what = f"the parameter {name!r:.60} is given {given[name]} times"
            raise Problem("bad-parameter", what, name[:60], "give it once")


def _takes_several(parameter: Any) -> bool:
    """Whether a route's parameter (of the web framework) is declared as a list."""
    annotation = parameter.field_info.annotation
    return any(get_origin(one) is list for one in (annotation, *get_args(annotation)))


def answer(
    request: Request,
    body: bytes,
    media: str = JSON,
    cache: str = REVALIDATE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """`body` with its entity tag, or 304 when the client holds it already."""
    tag = strong_etag(body)
    common = {"etag": tag, "cache-control": cache, **(headers or {})}
    if matches(request.headers.get("if-none-match"), tag):
        return Response(status_code=304, headers=common)
    return Response(body, headers=common, media_type=media)
