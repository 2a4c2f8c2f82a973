"""Rights that go by the hand: who has to sign, and who may."""

from ...core.refusal import Refusal
from ...core.statement import Statement

ISSUERS = "/predicate/issuers"


def require_issuers(statement: Statement, *slugs: str) -> None:
    """Exactly these issuers."""
    if set(statement.issuers) != set(slugs):
        raise Refusal("wrong-issuer", f"it is issued by exactly {' and '.join(sorted(set(slugs)))}", ISSUERS)


def own_names(statement: Statement, prefix: str) -> list[str]:
    """The subjects of one sort, such as `party:`."""
    return [subject.name for subject in statement.subjects if subject.name.startswith(prefix)]


def party_slug(statement: Statement) -> str:
    """The slug of the one party that a party or key statement is about; its form sees to it that there
    is one.
    """
    return own_names(statement, "party:")[0][6:]
