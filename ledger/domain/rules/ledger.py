"""The ledger: opened once by the operator and the registrar's keys, amended by the operator's root key."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..names import LEDGER, NO_GENESIS, OPERATOR, REGISTRAR, first_digest, party_name
from ..view import View
from .hands import require_issuers

_FOUNDED = (LEDGER, party_name(OPERATOR), party_name(REGISTRAR))


def check(view: View, statement: Statement) -> None:
    """LedgerOpened creates exactly three names; both events are the operator's."""
    del view
    require_issuers(statement, OPERATOR)
    names = tuple(subject.name for subject in statement.subjects)
    if statement.event == "LedgerOpened":
        if names != _FOUNDED:
            raise Refusal("wrong-subjects", f"entry 0 is about exactly {', '.join(_FOUNDED)}", "/subject")
        for i, subject in enumerate(statement.subjects):
            if subject.digest != first_digest(NO_GENESIS, subject.name):
                raise Refusal("subject-digest", f"{subject.name} is created here", f"/subject/{i}/digest")
    elif names != (LEDGER,):
        raise Refusal("wrong-subjects", f"it is about exactly {LEDGER}", "/subject")
