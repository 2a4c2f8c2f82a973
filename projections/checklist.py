"""Disclosure checklist of an investigation: what its conductor says of it, what was asked, what others say
(R22-R25).
"""

from __future__ import annotations

from ledger.core.statement import Recorded
from projections.row import Row, View, reference_rows

FOLLOWERS = frozenset({"investigation", "request", "response", "progress", "amendment", "link"})
RELS = frozenset(
    {
        "about",
        "previous",
        "sameAs",
        "amends",
        "links",
        "on",
        "answers",
        "partlyAnswers",
        "concludes",
        "acknowledges",
        "accepts",
        "partlyAccepts",
        "disputes",
        "offers",
        "refuses",
        "endorses",
        "retracts",
        "adopts",
        "disowns",
        "confirms",
        "respondsTo",
    }
)


def rows(recorded: Recorded) -> list[Row]:
    """An opening row for an investigation; one row per reference of what may bear on one."""
    statement = recorded.statement
    found = reference_rows(recorded, RELS) if statement.kind in FOLLOWERS else []
    if statement.kind == "investigation":
        found.append((recorded.index, statement.id, statement.id, "opens"))
    return found


TABLE = View(
    name="checklist",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)
