"""Open items: requests and commitments with their age, due dates, extensions and what came back, per
addressee.
"""

from __future__ import annotations

from ledger.core.statement import Recorded
from projections.row import Row, View, reference_rows

OPENERS = frozenset({"request", "commitment"})
FOLLOWERS = frozenset({"response", "progress", "amendment", "link", "commitment", "determination"})
# Everything by which a later statement can bear on a request or commitment.
RELS = frozenset(
    {
        "amends",
        "links",
        "on",
        "towards",
        "about",
        "answers",
        "partlyAnswers",
        "concludes",
        "acknowledges",
        "commends",
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
    """An opening row with one row per subject and addressee for what is asked or promised; else one per
    reference.
    """
    statement = recorded.statement
    found: list[Row] = []
    if statement.kind in FOLLOWERS:
        found = reference_rows(recorded, RELS)
    if statement.kind in OPENERS:
        found.append((recorded.index, statement.id, statement.id, "opens"))
        found += [(recorded.index, statement.id, subject.name, "subject") for subject in statement.subjects]
        found += [
            (recorded.index, statement.id, name, "asks") for name in statement.claim.get("addressees", ())
        ]
    return found


TABLE = View(
    name="open_items",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)
