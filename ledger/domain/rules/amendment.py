"""Amendments: the original issuers or some of them correct, extend or withdraw, binding only those who
sign.
"""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..facts import targets
from ..view import View
from .hands import ISSUERS


def check(view: View, statement: Statement) -> None:
    """Every issuer issued every target."""
    for _, target in targets(view, statement, "amends"):
        for slug in statement.issuers:
            if slug not in target.issuers:
                raise Refusal("wrong-issuer", f"{slug} did not issue {target.id}", ISSUERS)
