"""What went wrong, as pages say it: the API's own details are English, and for programs.

The words belong to a problem's code or, for a parameter that cannot be used, to that parameter.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request

from api.web.language import Language
from projections.queries import NotFound
from projections.wording import marked

VALUE_SHOWN: Final = 60  # characters of what somebody typed
_AGAIN: Final = marked("Try again in a few seconds.")

# (what is wrong, how to mend it); `{value}` is what the address has in that place.
WORDS: Final[Mapping[str, tuple[str, str]]] = {
    "not-found": (
        marked("There is no page at this address."),
        marked("Look at the spelling, begin at the start page, or search."),
    ),
    "not-found name": (
        marked("Nothing of the name “{value}” is in this ledger, or nothing was at the moment looked from."),
        marked("Look at the spelling, look from a later day, or search."),
    ),
    "not-found of": (
        marked("What stands there is not changed by a statement of its own."),
        marked("Name the statement itself: its id, or the address of its page."),
    ),
    "no-such-statement": (
        marked("This ledger has no statement “{value}”."),
        marked("Give its entry number or its whole id, or search for its words."),
    ),
    "no-such-party": (
        marked("This ledger has no party “{value}”."),
        marked("Choose one of the list of parties."),
    ),
    "no-such-factory": (
        marked("This ledger has no factory “{value}”."),
        marked("Choose one of the list of factories."),
    ),
    "no-such-investigation": (
        marked("This ledger has no investigation “{value}”."),
        marked("Choose one of the list of investigations."),
    ),
    "bad-parameter as_of": (
        marked("“{value}” is no moment of this ledger."),
        marked(
            "Write a day as 2020-02-06, a month as 2020-02, an instant in UTC as 2020-02-06T10:00:00Z, or a "
            "number of entries that the ledger has, such as 17. For a year name its last month."
        ),
    ),
    "bad-parameter known": (
        marked("“{value}” is no day."),
        marked("Write a day as 2020-02-06."),
    ),
    "bad-parameter id": (
        marked("“{value}” is neither an entry number nor the id of a statement, which has 64 characters."),
        marked("Give the entry number, such as 17, or search for the statement's words."),
    ),
    "bad-parameter slug": (
        marked(
            "“{value}” is no short name: these have small letters, digits, hyphens, underscores and dots."
        ),
        marked("Choose from the lists of factories and parties, or search for the name."),
    ),
    "bad-parameter after": (
        marked("This address continues a list at a place that it does not have."),
        marked("Begin at the first page of the list."),
    ),
    "given-twice": (
        marked("The address gives {place} more than once."),
        marked("Take all but one out of the address."),
    ),
    "bad-parameter": (
        marked("The address has “{value}” as {place}, which this page cannot use."),
        marked("Take it out of the address, or begin at the start page."),
    ),
    "not-proven": (
        marked("The log does not show what was asked for."),
        marked("Look at what it is about, and search for that."),
    ),
    "nothing-to-bundle": (
        marked("The part of the log that is indexed holds nothing about it."),
        marked("Wait a minute if it was entered just now, or look at the spelling."),
    ),
    "bad-parameter lang": (
        marked("A dossier as a page is made in English only, not in “{value}”."),
        marked("Ask for it as a PDF, or take the page in English."),
    ),
    "no-such-form": (
        marked("This ledger makes no PDF: its machine lacks WeasyPrint, or Pango."),
        marked("Take the dossier as a page and print that, or make the PDF on a machine of your own."),
    ),
    "dossier-too-large": (
        marked("There is more about it than this ledger prints in one file."),
        marked("Take the bundle, or make the dossier on a machine of your own: `evidence dossier`."),
    ),
    "position-ahead": (marked("The ledger does not have {value} entries yet."), _AGAIN),
    "views-behind": (marked("The first {value} entries are not all shown yet."), _AGAIN),
    "method-not-allowed": (
        marked("A page of this address is only there to be read."),
        marked("Go back, and follow a link of the page."),
    ),
    "overloaded": (marked("More is asked of the ledger than it can answer."), _AGAIN),
    "unavailable": (marked("A part of the ledger does not answer."), _AGAIN),
    "internal": (
        marked("The ledger made an error of its own."),
        marked("Try again; if it stays, tell whoever runs the ledger, with the time."),
    ),
}
ALIKE: Final[Mapping[str, str]] = {
    "too-many-bundles": "overloaded",
    "too-many-uploads": "overloaded",
    "bad-request": "bad-parameter",
}


def said(
    error: Exception, problem: Mapping[str, Any], request: Request, language: Language
) -> tuple[str, str] | None:
    """(What is wrong, how to mend it) in a language; None where only the problem's own English says it.

    `problem` is the error as `api.problems.describe` has it.
    """
    code, place, value = ALIKE.get(problem["code"], problem["code"]), problem["place"], ""
    if code == "bad-parameter" and len(request.query_params.getlist(place)) > 1:
        code = "given-twice"
    if isinstance(error, NotFound):
        place, value = "name", error.asked
    found = WORDS.get(f"{code} {place}") or WORDS.get(code)
    if found is None or (found is WORDS["bad-parameter"] and not place):
        return None
    values = {"value": _short(value or _given(request, place)), "place": place}
    what, mend = (language.gettext(text) for text in found)
    return what.format(**values), mend


def _given(request: Request, place: str) -> str:
    """What the address has as a parameter, else the last part of its path."""
    given = request.query_params.get(place) or request.path_params.get(place)
    return str(given or request.url.path.rstrip("/").rpartition("/")[2])


def _short(text: str) -> str:
    return text if len(text) <= VALUE_SHOWN else f"{text[:VALUE_SHOWN]}…"
