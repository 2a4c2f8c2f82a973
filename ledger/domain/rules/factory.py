"""Factories: anybody proposes; what the registrar did not sign stays a proposal (see the aggregate)."""

from ...core.statement import Statement
from ..view import View
from .party import check_succession


def check(view: View, statement: Statement) -> None:
    """A merger ends, a split divides, one of its own subjects."""
    del view
    if statement.type in ("merged", "split"):
        check_succession(statement)
