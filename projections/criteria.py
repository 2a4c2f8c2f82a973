"""Criteria: clauses of laws and standards side by side, compared with the formula shown (R11, R12)."""

from __future__ import annotations

from ledger.core.statement import Recorded
from projections.row import NULL, Row, View, reference_rows

RELS = frozenset({"supersedes", "amends", "links"})


def rows(recorded: Recorded) -> list[Row]:
    """For a criterion its id, its name and its issue as keys; for what refers to a statement, that one's id."""
    statement = recorded.statement
    if statement.kind in ("amendment", "link"):
        return reference_rows(recorded, RELS)
    if statement.kind != "criterion":
        return []
    found: list[Row] = [
        (recorded.index, statement.id, statement.id, "opens"),
        (recorded.index, statement.id, statement.claim.get("issue", NULL), "issue"),
    ]
    found += [(recorded.index, statement.id, subject.name, "subject") for subject in statement.subjects]
    return found + reference_rows(recorded, RELS)


TABLE = View(
    name="criteria",
    version=1,
    columns=("position", "statement_id", "key", "rel"),
    rows=rows,
)
