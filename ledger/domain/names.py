"""Names with a fixed meaning, and how names are made (docs/protocol.md, "Statement")."""

LEDGER = "ledger:main"
OPERATOR = "operator"
REGISTRAR = "registrar"
# The parties that entry 0 introduces; their streams begin with a later event, if ever.
FOUNDERS = frozenset({OPERATOR, REGISTRAR})


def party_name(slug: str) -> str:
    return "party:" + slug


def full_name(name: str) -> str:
    """`factory:<slug>` as it is; a bare slug is a party's."""
    return name if ":" in name else party_name(name)


def is_place_or_party(name: str) -> bool:
    """Whether subject closure carries this name along: factories and parties."""
    return name.startswith(("factory:", "party:"))
