"""What a search is asked with, for the API and for the pages alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Final, Literal

from fastapi import Query
from pydantic import StringConstraints

from api.parameters import ISSUE, METHOD, SLUG, IssueCode, MethodCode
from ledger.core.kinds import KINDS

YEAR: Final = r"^[0-9]{4}$"
MOST: Final = 32  # values of one facet

_Kind = Annotated[str, StringConstraints(pattern=f"^({'|'.join(sorted(KINDS))})$")]
_Issue = Annotated[IssueCode, StringConstraints(pattern=ISSUE)]
_Method = Annotated[MethodCode, StringConstraints(pattern=METHOD)]
_Slug = Annotated[str, StringConstraints(pattern=SLUG)]
_Year = Annotated[str, StringConstraints(pattern=YEAR)]

Kinds = Annotated[list[_Kind] | None, Query(alias="kind", max_length=MOST, description="Only these kinds.")]
Issues = Annotated[
    list[_Issue] | None,
    Query(
        alias="issue",
        max_length=MOST,
        description="Only these issues; one of level 1 means all below it.",
    ),
]
Methods = Annotated[
    list[_Method] | None, Query(alias="method", max_length=MOST, description="Only these methods.")
]
SaidBy = Annotated[
    list[_Slug] | None,
    Query(max_length=MOST, description="Only what one of these parties says, or is said to say."),
]
SignedBy = Annotated[
    list[_Slug] | None, Query(max_length=MOST, description="Only what one of these parties signed.")
]
Years = Annotated[
    list[_Year] | None,
    Query(alias="period", max_length=MOST, description="Only what is about one of these years."),
]
Order = Annotated[
    Literal["relevance", "newest"], Query(description="What fits best first, or what was recorded last.")
]

Values = Sequence[str] | None


def chosen(
    kinds: Values, issues: Values, methods: Values, said_by: Values, signed_by: Values, years: Values
) -> Mapping[str, Sequence[str]]:
    """The facets that anything is chosen in (`projections.search.FACETS`)."""
    given = {
        "kind": kinds,
        "issue": issues,
        "method": methods,
        "said": said_by,
        "signed": signed_by,
        "period": years,
    }
    return {facet: values for facet, values in given.items() if values}
