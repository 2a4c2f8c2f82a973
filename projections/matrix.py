"""Claims matrix of a factory or party: issue x method x party, every observation kept apart, nothing merged."""

from __future__ import annotations

from ledger.core.statement import Recorded
from projections.row import NULL, Row, View

KINDS = frozenset(
    {"investigation", "allegation", "observation", "determination", "response", "link", "amendment"}
)


def rows(recorded: Recorded) -> list[Row]:
    """One row per subject that is a factory or party, of every kind the matrix is folded from."""
    statement = recorded.statement
    if statement.kind not in KINDS:
        return []
    issue, method = statement.claim.get("issue", NULL), statement.claim.get("method", NULL)
    return [
        (recorded.index, subject.name, statement.kind, issue, method, statement.id)
        for subject in statement.subjects
        if subject.name.startswith(("factory:", "party:"))
    ]


TABLE = View(
    name="matrix",
    version=1,
    columns=("position", "key", "kind", "issue", "method", "statement_id"),
    rows=rows,
)
