"""Addresses of pages: `/{language}/...`, in one of the languages there are."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from starlette.convertors import Convertor, register_url_convertor
from starlette.responses import Response

from api import problems
from api.web.language import LANGUAGES, preferred
from api.web.problem_words import said
from api.web.visit import Visit
from projections.wording import marked

PREFIX: Final = "/{lang:language}"


class LanguageConvertor(Convertor[str]):
    """Matches the codes of our languages alone, so that no page shadows another address."""

    regex = "|".join(LANGUAGES)

    def convert(self, value: str) -> str:
        return value

    def to_string(self, value: str) -> str:
        return value


class EntryConvertor(Convertor[int]):
    """Matches the number of an entry, which no id of a statement looks like."""

    regex = "[0-9]{1,16}"

    def convert(self, value: str) -> int:
        return int(value)

    def to_string(self, value: int) -> str:
        return str(value)


register_url_convertor("language", LanguageConvertor())
register_url_convertor("entry", EntryConvertor())


def pages() -> APIRouter:
    """A router for pages; they are no part of the documented API."""
    return APIRouter(prefix=PREFIX, include_in_schema=False)


def _visit(request: Request) -> Visit:
    return Visit(request, request.path_params["lang"])


Visiting = Annotated[Visit, Depends(_visit)]
"""The parameter by which a page's route gets its `Visit`."""


def problem_page(request: Request, error: Exception) -> Response | None:
    """What went wrong as a page, for readers who asked for pages; None for programs.

    The address decides where it has a language; elsewhere a browser's `Accept` does, of the API for dossiers
    alone, to which pages lead their readers.
    """
    code = request.url.path.split("/")[1]
    if code not in LANGUAGES:
        of_programs = code == "v1" and not request.url.path.endswith("/dossier")
        if of_programs or "text/html" not in request.headers.get("accept", ""):
            return None
        asked = request.query_params.get("lang", "")
        code = asked if asked in LANGUAGES else preferred(request.headers.get("accept-language"))
    found = problems.describe_counted(error)
    visit = Visit(request, code, lenient=True)
    words = said(error, found, request, visit.language)
    detail, mend = words or (found["detail"], found["mend"])
    response = visit.page(
        "problem.html",
        None,
        status=found["status"],
        title=visit.language.gettext(TITLES.get(found["status"], OTHER)),
        detail=detail,
        mend=mend,
        lang=None if words else "en",
        code=found["code"],
    )
    response.headers.update(problems.headers_for(error, found["status"]))
    return response


TITLES: Final = {
    400: marked("This address cannot be read"),
    404: marked("Nothing stands under this address"),
    406: marked("This is not made here"),
    409: marked("The log does not show that"),
    429: marked("Too much at once"),
    503: marked("The ledger cannot answer just now"),
}
OTHER: Final = marked("Something went wrong")
