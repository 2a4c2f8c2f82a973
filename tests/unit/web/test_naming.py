"""What a page calls parties, groups and hosts in the reader's language."""

from __future__ import annotations

import pytest

from api.web.language import LANGUAGES, language
from api.web.naming import naming
from projections.names import Name, Names

LISTED = Names({"party:registrar": Name("shown", ({"lang": "en", "text": "The Register"},))})


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
@pytest.mark.parametrize("name", ["registrar", "party:operator", "group:buyers", "group:workers"])
def test_founders_and_groups_are_named_in_the_readers_words(name: str, code: str) -> None:
    assert naming(Names({}), language(code))(name) != naming(Names({}), language("en"))(name)


def test_a_name_of_its_own_outweighs_a_founders_part() -> None:
    assert naming(LISTED, language("zh"))("registrar") == "The Register"


def test_what_nobody_has_words_for_stands_as_it_was_signed() -> None:
    named = naming(Names({}), language("de"))
    assert [named("group:brokers"), named("host:example.org"), named("mattel")] == [
        "brokers",
        "example.org",
        "mattel",
    ]
