"""Links: anybody notes that statements conflict, agree, repeat or relate; the rest is derived."""

from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """A note about statements binds nobody."""
    del view, statement
