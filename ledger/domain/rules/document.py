"""Documents: referred to, captured with their bytes, or sealed. Erased bytes do not come back."""

from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """Anybody enters a document; that captured bytes are held is seen at admission, not replayed."""
    del view, statement
