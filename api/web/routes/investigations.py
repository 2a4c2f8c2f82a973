"""Investigations: how each was done, and what about that is disclosed, asked, refused or told by others."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from starlette.responses import Response

from api.parameters import After, IdPath
from api.web.claims import Claims
from api.web.language import Language
from api.web.routes.statements import lead_to
from api.web.routing import Visiting, pages
from ledger.domain.derived.checklists import NOT_DISCLOSED
from projections import investigation_queries
from projections.checklist import ANSWERED, Line
from projections.wording import marked

router = pages()

STATES: Final = {
    "disclosed": marked("disclosed"),
    "refused": marked("asked, and refused"),
    "partly": marked("asked, and partly answered"),
    "asked": marked("asked, no answer in this ledger"),
    "not-disclosed": marked("said to be not disclosed"),
    "said-by-others": marked("told by others only"),
}
"""Where a point of the checklist stands."""


@router.get("/investigations")
def investigations(visit: Visiting, after: After = None) -> Response:
    """Every investigation that somebody describes here."""
    page = visit.read(
        lambda conn: investigation_queries.investigations(conn, visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page("investigations.html", page.moment, page.names, page=page)


@router.get("/investigations/{number:entry}")
def of_entry(visit: Visiting, number: int) -> Response:
    """By the number of the entry that describes it."""
    return lead_to(visit, number, "investigations")


@router.get("/investigations/{id}")
def investigation(visit: Visiting, id: IdPath, after: After = None) -> Response:  # noqa: A002 - the path's name
    """One investigation with its disclosure checklist (letter: R22-R25), and what was found within it."""
    found = visit.read(
        lambda conn: investigation_queries.whole(conn, id, visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page(
        "investigation.html",
        found.moment,
        found.names,
        whole=found,
        checklist=found.checklist,
        told=Told(visit.language, visit.naming(found.names)),
    )


class Told:
    """The points of a checklist in words."""

    def __init__(self, language: Language, named: Callable[[str], str]) -> None:
        self._language, self._named = language, named
        self._claims = Claims(language, named)

    def topic(self, line: Line) -> str:
        """What the point is about."""
        return self._language.term("topics", line.point.topic)

    def states(self, line: Line) -> list[str]:
        """Where the point stands, in words, what counts first."""
        found = [self._state(state, line) for state in line.point.states]
        return found or [self._language.gettext("nobody has told or asked")]

    def _state(self, state: str, line: Line) -> str:
        partly = state == "asked" and any(one.outcome == "partly" for one in line.point.asked)
        return self._language.gettext(STATES["partly" if partly else state])

    def value(self, topic: str, value: object) -> str:
        """What is told of a point."""
        if value == ANSWERED:
            return self._language.gettext("answered, see the reply")
        if value == NOT_DISCLOSED:
            return self._language.gettext("not disclosed")
        return self._claims.value(topic, value)

    def voices(self, line: Line, statement: str) -> str:
        """Who says it."""
        return self._language.listed([self._named(one) for one in line.voices.get(statement, ((), ""))[0]])
