"""A name that nobody has registered is answered with those that resemble it, and with no others."""

from __future__ import annotations

import pytest

from api.cli.bundles import demand_name
from api.cli.naming import is_statement, resembling
from api.cli.options import UsageError

CALLED = {
    "factory:river-mill": ["River Mill", "Flussmühle"],
    "factory:riverside": ["Riverside Toys"],
    "factory:foshan": ["Nanhai Works"],
}


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("river-mil", ["factory:river-mill"]),
        ("River Mill", ["factory:river-mill"]),
        ("flussmühle", ["factory:river-mill"]),
        ("nanhai", ["factory:foshan"]),
        ("rivers", ["factory:riverside"]),
        ("bicycle", []),
        ("x", []),
    ],
)
def test_what_is_typed_is_compared_with_slugs_and_with_names(typed: str, meant: list[str]) -> None:
    assert resembling(typed, CALLED) == meant


def test_a_statement_is_named_by_its_id_or_by_the_number_of_its_entry() -> None:
    assert is_statement("ab" * 32)
    assert is_statement("0")
    assert is_statement("53")
    for text in ("053", "-1", "entry 53", "ab" * 31, "AB" * 32, "9" * 16, ""):
        assert not is_statement(text)


def test_what_has_a_bundle_is_a_name_or_a_statement() -> None:
    assert demand_name("river-mill") == "factory:river-mill"
    assert demand_name("party:ngo") == "party:ngo"
    assert demand_name("53") == demand_name("statement:53") == "statement:53"
    assert demand_name("factory:53") == "factory:53"


@pytest.mark.parametrize("text", ["factory:NAME", "statement:x", "document:x", "", "factory:"])
def test_a_placeholder_is_told_how_names_look(text: str) -> None:
    with pytest.raises(UsageError, match="has no bundle") as caught:
        demand_name(text)
    assert "factory:SLUG" in caught.value.mend
