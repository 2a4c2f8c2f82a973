"""A range means what RFC 9110 says it means."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.problems import Problem
from api.ranges import parse_range


@pytest.mark.parametrize(
    ("header", "wanted"),
    [
        ("bytes=0-4", (0, 5)),
        ("bytes=5-", (5, 10)),
        ("bytes=-3", (7, 10)),
        ("bytes=-99", (0, 10)),
        ("bytes=9-99", (9, 10)),
    ],
)
def test_one_range_is_honoured(header: str, wanted: tuple[int, int]) -> None:
    assert parse_range(header, 10) == wanted


@pytest.mark.parametrize(
    "header", [None, "", "bytes=0-1,4-5", "items=0-4", "bytes=-", "bytes=5-4", "bytes=x-"]
)
def test_anything_else_means_the_whole(header: str | None) -> None:
    assert parse_range(header, 10) is None


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_behind_the_end_is_a_problem(header: str) -> None:
    with pytest.raises(Problem) as refused:
        parse_range(header, 10)
    assert refused.value.code == "bad-range"
    assert refused.value.headers == {"content-range": "bytes */10"}


@given(header=st.from_regex(r"bytes=[0-9]{0,5}-[0-9]{0,5}", fullmatch=True), size=st.integers(0, 1000))
def test_what_comes_out_lies_within_the_document(header: str, size: int) -> None:
    try:
        found = parse_range(header, size)
    except Problem:
        return
    assert found is None or 0 <= found[0] < found[1] <= size
