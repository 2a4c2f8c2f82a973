"""Index roots: never about entries that are not there yet."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """The root itself is not recomputed here: that comes with the index, and until then none is admitted."""
    if statement.claim["size"] > view.size:
        what = f"{statement.claim['size']} entries, where {view.size} precede it"
        raise Refusal("index-size", what, "/predicate/claim/size")
