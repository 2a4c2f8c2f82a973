"""Criteria: anybody publishes a clause in one version, under a name of its own."""

from ...core.statement import Statement
from ..view import View
from .hands import one_name


def check(view: View, statement: Statement) -> None:
    """Exactly one criterion is created; a later version supersedes it under another name."""
    del view
    one_name(statement, "criterion:")
