"""Strong entity tags: equal bytes, equal tag."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from api.etags import matches, strong_etag


@given(a=st.binary(), b=st.binary())
def test_tags_are_equal_exactly_when_the_bytes_are(a: bytes, b: bytes) -> None:
    assert (strong_etag(a) == strong_etag(b)) == (a == b)


def test_a_tag_is_quoted_and_not_weak() -> None:
    tag = strong_etag(b"body")
    assert tag.startswith('"')
    assert tag.endswith('"')


def test_the_client_holds_the_representation_when_any_of_its_tags_is_ours() -> None:
    tag = strong_etag(b"body")
    assert matches(tag, tag)
    assert matches(f'"other", W/{tag}', tag)
    assert matches("*", tag)


def test_the_client_does_not_hold_it_otherwise() -> None:
    tag = strong_etag(b"body")
    assert not matches(None, tag)
    assert not matches('"other"', tag)
    assert not matches(tag.strip('"'), tag)
    assert not matches("", tag)
