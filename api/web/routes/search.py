"""Search: what may be seen, by words in any language, names and codes, narrowed by facets."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Final

from fastapi import Query
from markupsafe import Markup, escape
from starlette.responses import Response

from api.dossier.text import words
from api.parameters import After
from api.searching import Issues, Kinds, Methods, Order, SaidBy, SignedBy, Years, chosen
from api.web.claims import Claims
from api.web.language import LANGUAGES, Language, language
from api.web.routing import Visiting, pages
from api.web.visit import Visit
from projections.excerpts import Excerpt
from projections.search_queries import Match, Results, Value
from projections.search_queries import search as ask
from projections.search_terms import QueryUnreadable
from projections.wording import marked

router = pages()

LIMIT: Final = 25
# Longer ones are read, so that the page can say what is wrong with them.
Words = Annotated[str, Query(max_length=1000)]


@router.get("/search")
def search(
    visit: Visiting,
    q: Words = "",
    kinds: Kinds = None,
    issues: Issues = None,
    methods: Methods = None,
    said_by: SaidBy = None,
    signed_by: SignedBy = None,
    periods: Years = None,
    order: Order = "relevance",
    after: After = None,
) -> Response:
    """The form, and what is found."""
    if not q.strip():
        return visit.page("search.html", None, q="", entry=None, results=None, trouble=None)
    entry = entry_in(visit, q)
    facets, lang = chosen(kinds, issues, methods, said_by, signed_by, periods), visit.language.code
    at, viewer, today = visit.as_of, visit.viewer, visit.today
    try:
        results = visit.read(
            lambda conn: ask(conn, q, at, viewer, today, lang, facets, order, after, LIMIT), searching=True
        )
    except QueryUnreadable as trouble:
        if entry is None:
            return visit.page("search.html", None, status=400, q=q, entry=None, results=None, trouble=trouble)
        return visit.page("search.html", None, q=q, entry=entry, results=None, trouble=None)
    return visit.page(
        "search.html",
        results.moment,
        results.names,
        q=q,
        entry=entry,
        results=results,
        trouble=None,
        facets=Facets(results, visit.language, Claims(visit.language, visit.naming(results.names))),
        marked_text=marked_text,
        method=METHOD,
        order=order,
    )


@dataclass(frozen=True, slots=True)
class Cited:
    """A statement cited by the number of its entry."""

    number: int
    id: str
    event: str


def entry_in(visit: Visit, text: str) -> Cited | None:
    """The entry that a text cites, as `53`, `#53` or `entry 53` in any language; None where it cites none."""
    cited = _CITED.fullmatch(text)
    if cited is None or (cited[1] and cited[1].casefold() not in _ENTRY_WORDS):
        return None
    number = int(cited[2])
    found = visit.statement_at(number)
    return found and Cited(number, found.id, found.event)


_CITED: Final = re.compile(r"\s*([^\W\d]*)\s*#?\s*([0-9]{1,16})\s*")
_ENTRY_WORDS: Final = frozenset(language(code).gettext("entry").casefold() for code in LANGUAGES)


def marked_text(excerpt: Excerpt) -> Markup:
    """The excerpt with what was found in it marked, everything escaped."""
    return Markup("").join(_parts(excerpt))


def _parts(excerpt: Excerpt) -> Iterator[Markup]:
    end = 0
    for start, stop in excerpt.marks:
        yield escape(excerpt.text[end:start])
        yield Markup("<mark>{}</mark>").format(excerpt.text[start:stop])
        end = stop
    yield escape(excerpt.text[end:])


TITLES: Final = {
    "saidBy": marked("Said by"),
    "signedBy": marked("Signed by"),
    "kind": marked("Kind"),
    "issue": marked("Issue"),
    "method": marked("Method"),
    "period": marked("Year"),
}
"""The facets in the order they are shown; said by and signed by are two of them."""
PARAMETERS: Final = {"saidBy": "said_by", "signedBy": "signed_by"}


METHOD: Final = ("methods", "notice", "competence", "gbvTraining")
"""What stands beside every determination, wherever it is shown (the letter, R19)."""


class Facets:
    """The facets of a page of results in words."""

    def __init__(self, results: Results, language: Language, claims: Claims) -> None:
        self._results, self._language, self._claims = results, language, claims

    def __iter__(self) -> Iterator[tuple[str, str, tuple[Value, ...]]]:
        """(parameter, title, values) of each facet that has any."""
        for name, title in TITLES.items():
            if values := self._results.facets[name]:
                yield PARAMETERS.get(name, name), self._language.gettext(title), values

    def label(self, parameter: str, value: str) -> str:
        """A facet's value in words."""
        if parameter in PARAMETERS.values():
            return self._claims.named(value)
        if parameter == "kind":
            return self._language.gettext(value)
        if parameter == "issue":
            return self._claims.issue(value)
        return self._claims.code("method", value) if parameter == "method" else value

    def why(self, match: Match, event: str) -> str:
        """Why a statement of this event was found."""
        gettext, listed = self._language.gettext, self._language.listed
        if match.member is not None:
            return gettext("in its {member}").format(member=self._claims.label(match.member))
        if match.name is not None:
            return gettext("it names {name}").format(name=self._claims.named(match.name))
        if match.issues:
            issues = listed([self._claims.issue(one) for one in match.issues])
            return gettext("by the issue of what it is about: {issues}").format(issues=issues)
        called = dict.fromkeys(self._called(member, code, event) for member, code in match.codes)
        return gettext("by its codes: {codes}").format(codes=listed(list(called)))

    def _called(self, member: str, code: str, event: str) -> str:
        """A code in words, as far as there are any."""
        if member == "kind":
            return self._language.gettext(code)
        if member == "event":
            return self._language.gettext(words()["events"].get(code, code))
        if code.startswith(("party:", "factory:", "criterion:")):
            return self._claims.named(code)
        return self._claims.value(member, code, event) if member else code
