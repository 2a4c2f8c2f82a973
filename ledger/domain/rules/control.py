"""Control: who may erase, open, hold or ask for a takedown. Admission refuses them until they have an
effect.
"""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..facts import targets
from ..names import REGISTRAR
from ..view import View
from .hands import ISSUERS, require_issuers


def check(view: View, statement: Statement) -> None:
    """erased: one author or the registrar; opened: an author; the rest: the registrar."""
    for _, target in targets(view, statement, "controls"):
        match statement.type:
            case "erased":
                _require_one(statement, (*target.issuers, REGISTRAR))
            case "opened":
                _require_one(statement, target.issuers)
            case _:
                require_issuers(statement, REGISTRAR)


def _require_one(statement: Statement, allowed: tuple[str, ...]) -> None:
    if len(statement.issuers) != 1 or statement.issuers[0] not in allowed:
        raise Refusal("wrong-issuer", f"one of {', '.join(allowed)} signs this alone", ISSUERS)
