"""Investigations: anybody describes one; only a conductor's voice fills its disclosure checklist (derived)."""

from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """Descriptions compete: no state of the log forbids one."""
    del view, statement
