"""Pages follow each other by key, whatever comes in between."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from starlette.datastructures import URL

from api.paging import cut, decode_cursor, encode_cursor, link_header
from api.problems import Problem

keys = st.tuples(st.text(max_size=20), st.integers(0, 2**50))


def walk(items: list[tuple[str, int]], limit: int) -> list[tuple[str, int]]:
    seen: list[tuple[str, int]] = []
    after = None
    while True:
        page = cut(items, lambda item: item, after, limit)
        seen.extend(page.items)
        after = page.after
        if after is None:
            return seen


@given(items=st.lists(keys, unique=True), limit=st.integers(1, 7))
def test_all_pages_together_are_the_list(items: list[tuple[str, int]], limit: int) -> None:
    assert walk(sorted(items), limit) == sorted(items)


@given(items=st.lists(keys, unique=True, min_size=3), new=keys)
def test_an_item_that_comes_in_shifts_no_other(items: list[tuple[str, int]], new: tuple[str, int]) -> None:
    before = cut(sorted(items), lambda item: item, None, 2)
    after = cut(sorted({*items, new}), lambda item: item, before.after, 1000)
    assert [item for item in after.items if item != new] == [
        item for item in sorted(items)[2:] if item != new
    ]


@given(key=keys)
def test_a_cursor_is_read_back_as_the_key(key: tuple[str, int]) -> None:
    assert decode_cursor(encode_cursor(key)) == key


@given(text=st.text(max_size=60))
def test_a_cursor_that_was_not_handed_out_is_a_problem_not_a_crash(text: str) -> None:
    try:
        key = decode_cursor(text)
    except Problem:
        return
    assert encode_cursor(key) == text


def test_a_cursor_of_another_list_is_a_problem() -> None:
    with pytest.raises(Problem):
        cut([("a", 1), ("b", 2)], lambda item: item, encode_cursor((5,)), 10)


def test_links_keep_the_other_parameters() -> None:
    url = URL("http://host/v1/factories?limit=2&after=abc&as_of=17")
    first, following = link_header(url, "def").split(", ")
    assert first == '</v1/factories?limit=2&as_of=17>; rel="first"'
    assert following == '</v1/factories?limit=2&as_of=17&after=def>; rel="next"'
    assert "next" not in link_header(url, None)
