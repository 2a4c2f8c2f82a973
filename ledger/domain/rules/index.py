"""Index statements: over entries that are there, never fewer than before, with the one right root."""

from ...core.index import index_head
from ...core.refusal import Refusal
from ...core.statement import Statement
from ..view import View


def check(view: View, statement: Statement) -> None:
    """The head claimed is that of the index over the first `size` entries (docs/protocol.md, "The index")."""
    claimed = index_head(statement)
    if claimed.size > view.size:
        what = f"{claimed.size} entries, where {view.size} precede it"
        raise Refusal("index-size", what, "/predicate/claim/size")
    if claimed.size < view.indexed:
        what = f"{claimed.size} entries, where {view.indexed} are indexed already"
        raise Refusal("index-shrunk", what, "/predicate/claim/size")
    found = view.index_head(claimed.size)
    if claimed.keys != found.keys:
        what = f"{claimed.keys} keys, where the first {claimed.size} entries have {found.keys}"
        raise Refusal("index-keys", what, "/predicate/claim/keys")
    if claimed.root != found.root:
        what = f"this is not the root over the first {claimed.size} entries"
        raise Refusal("index-root", what, "/predicate/claim/root")
