"""Parties: who they are, with which keys they sign, what they said, were asked and answered."""

from __future__ import annotations

from typing import Annotated, Any, Final, Literal

from fastapi import Query
from starlette.responses import Response

from api.parameters import After, SlugPath
from api.web.language import Language
from api.web.routing import Visiting, pages
from projections import party_queries, queries
from projections.answering import Took
from projections.party_queries import Chosen
from projections.wording import marked

router = pages()

TITLES: Final = {
    "asked": marked("Asked of it"),
    "signed": marked("Said and signed by it"),
    "attributed": marked("Said to be its words"),
    "captured": marked("Taken down by it of others"),
}
HELP: Final = {
    "asked": marked("Requests to it, and how each stands."),
    "signed": marked("Its own statements, by its own signature."),
    "attributed": marked(
        "What others report that it said or did. It has not signed these; they bind only who signed."
    ),
    "captured": marked("What it signed as the words of others."),
}
Listed = Annotated[Literal["asked", "signed", "attributed", "captured"] | None, Query(alias="list")]


@router.get("/parties")
def parties(visit: Visiting, after: After = None) -> Response:
    """Every party, registered or listed."""
    page = visit.read(
        lambda conn: queries.registry(conn, "party:", visit.as_of, visit.viewer, visit.today, after)
    )
    return visit.page("parties.html", page.moment, page.names, page=page)


@router.get("/parties/{slug}")
def party(visit: Visiting, slug: SlugPath, listed: Listed = None, after: After = None) -> Response:
    """One party with its keys and its record; an old name leads to what it became.

    With `list` all of one part of the record, page by page.
    """
    chosen = Chosen(listed, queries.cursor_position(after) if after else None)
    found = visit.read(
        lambda conn: party_queries.record(
            conn, f"party:{slug}", visit.as_of, visit.viewer, visit.today, chosen
        )
    )
    return visit.page(
        "party.html",
        found.moment,
        found.names,
        record=found,
        asked_as=slug,
        listed=listed,
        told=Told(visit.language),
    )


class Told:
    """A record in words."""

    def __init__(self, language: Language) -> None:
        self._language = language

    def title(self, list_: str) -> str:
        """What a list holds."""
        return self._language.gettext(TITLES[list_])

    def help(self, list_: str) -> str:
        """What that means."""
        return self._language.gettext(HELP[list_])

    def took(self, took: Took | None) -> str:
        """`12`, `12 to 43`, `at least 12`, of days."""
        if took is None:
            return "–"
        least, most = self._language.number(took.least), took.most
        if most is None:
            return self._language.gettext("at least {size}").format(size=least)
        if most == took.least:
            return least
        return self._language.gettext("{low} to {high}").format(low=least, high=self._language.number(most))

    def counts(self, kinds: dict[str, Any]) -> list[tuple[str, int]]:
        """(kind in words, how many), most first."""
        ordered = sorted(kinds.items(), key=lambda one: (-one[1], one[0]))
        return [(self._language.gettext(kind), count) for kind, count in ordered]
