"""Registry: who and what the ledger knows by name - parties with their keys, factories, criteria, and their
aliases.
"""

from __future__ import annotations

from ledger.core.statement import Recorded
from projections.row import Row, View

KINDS = frozenset({"ledger", "party", "key", "factory", "criterion"})


def rows(recorded: Recorded) -> list[Row]:
    """One row per subject of what makes or changes a name; an amendment has one per statement it amends."""
    statement = recorded.statement
    if statement.kind in KINDS:
        keys = [subject.name for subject in statement.subjects]
    elif statement.kind == "amendment":
        keys = [ref.id for ref in statement.refs if ref.rel == "amends"]
    else:
        return []
    return [(recorded.index, key, statement.kind, statement.event, statement.id) for key in keys]


TABLE = View(
    name="registry",
    version=1,
    columns=("position", "key", "kind", "event", "statement_id"),
    rows=rows,
)
