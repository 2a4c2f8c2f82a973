"""Names with a fixed meaning, and how names are made (docs/protocol.md, "Statement")."""

from hashlib import sha256

LEDGER = "ledger:main"
OPERATOR = "operator"
REGISTRAR = "registrar"
# The parties that entry 0 introduces; their streams begin with a later event, if ever.
FOUNDERS = frozenset({OPERATOR, REGISTRAR})
NO_GENESIS = "0" * 64
# Subjects whose digest is the id of the statement that created them.
CREATED_BY_STATEMENT = frozenset({"party", "factory", "criterion"})


def party_name(slug: str) -> str:
    return "party:" + slug


def is_place_or_party(name: str) -> bool:
    """Whether subject closure carries this name along: factories and parties."""
    return name.startswith(("factory:", "party:"))


def first_digest(genesis: str, name: str) -> str:
    """A subject's digest in the statement that creates it: SHA-256 of `<64 hex genesis>` LF `<name>`."""
    return sha256(f"{genesis}\n{name}".encode("ascii")).hexdigest()
