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


def one_name(statement: Statement, prefix: str) -> str:
    """The one subject of that sort; refused when there is none or more."""
    names = own_names(statement, prefix)
    if len(names) != 1:
        code = "one-name" if names else "subject-missing"
        raise Refusal(code, f"it is about exactly one {prefix[:-1]}, not {len(names)}", "/subject")
    return names[0]
