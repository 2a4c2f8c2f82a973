"""Parameters that several routes share, each with its grammar, so that nonsense never reaches a query."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import Path, Query
from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from api.drafts.terms import resembling
from ledger.core.vocabulary import terms
from projections.as_of import AsOf
from projections.queries import DEFAULT_LIMIT

SLUG = r"^[a-z0-9][a-z0-9._-]{0,127}$"
DIGEST = r"^[0-9a-f]{64}$"
ISSUE = r"^[a-z-]{1,64}(/[a-z-]{1,64})?$"
METHOD = r"^[a-z-]{1,64}$"
NAME = r"^(party|factory|criterion):[a-z0-9][a-z0-9._-]{0,127}$"
MOST = 2**53 - 1


def _term_of(vocabulary: str) -> Callable[[str], str]:
    """Only its codes: nothing found for a misspelt one would read as nothing said."""
    known = terms(vocabulary)

    def check(code: str) -> str:
        if code not in known:
            told = "{code} is no code of the vocabulary{meant}; `evidence terms {vocabulary}` lists them"
            meant = "".join(f" ({one} is one)" for one in resembling(code, [vocabulary])[:1])
            values = {"code": code, "meant": meant, "vocabulary": vocabulary}
            raise PydanticCustomError("unknown_term", told, values)
        return code

    return check


IssueCode = Annotated[str, AfterValidator(_term_of("issues"))]
MethodCode = Annotated[str, AfterValidator(_term_of("methods"))]

SlugPath = Annotated[str, Path(pattern=SLUG, description="A slug, assigned once and never reused.")]
StatementPath = Annotated[
    str,
    Path(
        pattern=r"^([0-9a-f]{64}|0|[1-9][0-9]{0,14})$",
        description="A statement's id, or the number of its entry.",
    ),
]
IdPath = Annotated[str, Path(pattern=DIGEST, description="SHA-256 of the signed payload in lower-case hex.")]

AsOfText = Annotated[
    str | None,
    Query(
        alias="as_of",
        max_length=64,  # of a moment in any form, so that whoever reads it says what is wrong
        description="Show what the ledger held then: a number of entries (`17`), a day (`2020-02-06`, "
        "meaning its last instant), a month (`2020-02`) or an instant in UTC (`2020-02-06T10:00:00Z`).",
    ),
]
AtLeast = Annotated[
    int | None,
    Query(
        ge=0,
        le=MOST,
        description="Answer only once the views have taken in that many entries: the `Evidence-Position` of "
        "a receipt, to read one's own writes.",
    ),
]
Limit = Annotated[int, Query(ge=1, le=1000, description="At most so many items.")]
After = Annotated[
    str | None,
    Query(
        max_length=300,
        pattern=r"^[^\x00-\x1f]*$",
        description="Continue behind this; follow the Link header.",
    ),
]
By = Annotated[
    Literal["recorded", "said", "occurred"],
    Query(description="By which of its times a statement is placed; a time in `as_of` is then that time."),
]
PartyFilter = Annotated[str | None, Query(pattern=SLUG)]

USUAL_LIMIT = DEFAULT_LIMIT


def moment(text: str | None) -> AsOf:
    """The moment that `as_of` means. Raises `AsOfUnreadable`."""
    return AsOf.parse(text)
