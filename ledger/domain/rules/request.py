"""Requests: anybody asks; whom it addresses is among its subjects (see `ledger.domain.subjects`)."""

from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """No state of the log forbids a question."""
    del view, statement
