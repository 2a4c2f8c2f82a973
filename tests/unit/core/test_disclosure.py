"""Disclosures next to the published example of RFC 9901's format, and what `make` refuses."""

from typing import Any

import pytest

from ledger.core import disclosure, grammar
from ledger.core.refusal import Refusal

SALT = bytes(range(16))


def test_a_published_digest_comes_out() -> None:
    # RFC 9901 section 4.2.3: the digest covers the text as handed over, whatever its JSON looks like.
    text = "WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0"
    assert disclosure.digest(text) == "X9yH0Ajrdm1Oij4tWso9UzzKJvPoDxwmuEcO3XAdRC0"


def test_the_published_example_is_not_in_our_form() -> None:
    # It has a space after each comma, which canonical JSON has not.
    with pytest.raises(Refusal, match="not-canonical"):
        disclosure.parse("WyJfMjZiYzRMVC1hYzZxMktJNmNCVzVlcyIsICJmYW1pbHlfbmFtZSIsICJNw7ZiaXVzIl0")


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("_sd", ["x"], "disclosure-name"),
        ("...", "x", "disclosure-name"),
        ("a b", "x", "key-grammar"),
        ("", "x", "key-grammar"),
        ("text", {"_sd": ["x"]}, "disclosure-form"),
        ("text", [[{"...": "x"}]], "disclosure-form"),
        ("text", ({"a": {"_sd_alg": "x"}},), "disclosure-form"),
        ("text", None, "null"),
        ("text", 0.5, "float"),
    ],
)
def test_what_would_be_refused_is_not_made(name: str, value: Any, code: str) -> None:
    with pytest.raises(Refusal, match=code):
        disclosure.make(SALT, name, value)


def test_a_salt_of_another_length_is_a_broken_invariant() -> None:
    with pytest.raises(AssertionError):
        disclosure.make(SALT[:15], "text", "x")


def test_the_salt_takes_22_characters() -> None:
    text = disclosure.make(SALT, "text", "x")
    assert len(grammar.base64url_encode(disclosure.parse(text).salt)) == 22


def test_another_salt_gives_another_digest() -> None:
    one, other = (disclosure.make(bytes([n]) * 16, "text", "x") for n in (1, 2))
    assert disclosure.parse(one).digest != disclosure.parse(other).digest
    assert len(disclosure.digest(one)) == 43
