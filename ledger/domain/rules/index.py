"""Index roots: the operator's device key signs them, never about entries that are not there yet."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..names import OPERATOR
from ..view import View
from .hands import require_issuers


def check(view: View, statement: Statement) -> None:
    """Shape and hand only: the root itself is recomputed by the index, which comes later."""
    require_issuers(statement, OPERATOR)
    if statement.claim["size"] > view.size:
        what = f"{statement.claim['size']} entries, where {view.size} precede it"
        raise Refusal("index-size", what, "/predicate/claim/size")
