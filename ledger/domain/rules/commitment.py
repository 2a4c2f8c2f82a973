"""Commitments: the voice is the committer's, which makes its claimants the committers; `actor` is who will act."""

from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """Whoever the claim is by commits itself: nothing in the log forbids that."""
    del view, statement
