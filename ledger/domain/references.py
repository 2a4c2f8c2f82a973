"""References: what they pin is logged already, and is of a kind that the relation may point at."""

from ..core.kinds import KINDS
from ..core.refusal import Refusal
from ..core.statement import Statement
from .facts import record_of
from .view import View

# The kinds that a relation may lead to: kind -> rel -> kinds.
_TARGET_KINDS = {name: dict(kind.refs) for name, kind in KINDS.items()}
# Relations that single out types within the target's kind: (from, rel, to) -> types.
_TARGET_TYPES = {("within", "request"): frozenset({"complaint", "lawsuit"})}


def check_references(view: View, statement: Statement) -> None:
    """References into this ledger; those into other ledgers are checked for form only."""
    allowed = _TARGET_KINDS[statement.kind]
    for i, ref in enumerate(statement.refs):
        if ref.ledger is not None:
            continue
        target = record_of(view, ref.id)
        if target is None:
            raise Refusal(
                "unknown-reference", f"no statement {ref.id} precedes this one", f"/predicate/refs/{i}"
            )
        types = _TARGET_TYPES.get((ref.rel, target.kind))
        if target.kind not in allowed[ref.rel] or (types is not None and target.type not in types):
            what = f"{ref.rel} does not lead from {statement.kind} to {target.kind}"
            raise Refusal("reference-kind", what, f"/predicate/refs/{i}")
