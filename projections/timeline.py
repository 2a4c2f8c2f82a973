"""Timeline: everything that bears on a name or a statement, in the order it was recorded, said or done."""

from __future__ import annotations

from ledger.core.statement import Recorded, Statement
from projections.dates import days
from projections.row import NULL, Row, View


def keys(statement: Statement) -> list[str]:
    """What the statement is found by: subjects, `statement:` it refers to, `signed:` by and `said:` by whom.

    They follow the index keys of protocol section 7, with hand and voice as facets of their own.
    """
    found = [subject.name for subject in statement.subjects]
    # One statement may be referred to in two ways; it is still one key.
    found += dict.fromkeys([f"statement:{ref.id}" for ref in statement.refs if ref.ledger is None])
    found += [f"signed:{slug}" for slug in statement.issuers]
    found += [f"said:{slug}" for slug in statement.claimants]
    return found


def said_when(statement: Statement) -> str | None:
    """When the voice first said it. Whoever signs its own claim says it at the latest then; else unknown is
    unknown.
    """
    if statement.said is not None:
        return statement.said
    return statement.issued_at if statement.attribution is None else None


def rows(recorded: Recorded) -> list[Row]:
    """One row per key, each with the days that `said` and `occurred` may mean."""
    statement = recorded.statement
    shared = (statement.kind, recorded.recorded_at, *_days(said_when(statement)), *_days(statement.occurred))
    index = recorded.index
    return [(index, key, *shared) for key in keys(statement)]


def _days(value: str | None) -> tuple[str, str]:
    return (NULL, NULL) if value is None else days(value)


TABLE = View(
    name="timeline",
    version=1,
    columns=(
        "position",
        "key",
        "kind",
        "recorded_at",
        "said_from",
        "said_to",
        "occurred_from",
        "occurred_to",
    ),
    rows=rows,
)
