"""A long page is sent in few pieces, its head early, and says where it ends before its time."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from api.web.visit import FIRST_PIECE, PIECE, SENT_SO_FAR, _pieces


def test_the_head_is_sent_early_and_the_rest_in_few_pieces() -> None:
    parts = ["x" * 100] * 4000
    found = list(_pieces(iter(parts), ""))
    assert "".join(found) == "".join(parts)
    assert FIRST_PIECE <= len(found[0]) < FIRST_PIECE + 100
    assert all(PIECE <= len(piece) < PIECE + 100 for piece in found[1:-1])


def test_what_a_template_says_is_sent_so_far_does_not_wait() -> None:
    def parts() -> Iterator[str]:
        yield "head"
        yield f"\n{SENT_SO_FAR}\n"
        raise AssertionError("not asked for yet")

    assert next(_pieces(parts(), "")) == f"head\n{SENT_SO_FAR}\n"


def test_what_goes_wrong_on_the_way_is_told_and_goes_on() -> None:
    def parts() -> Iterator[str]:
        yield "<p>begun"
        raise OSError("gone")

    pieces = _pieces(parts(), "It <ended>.")
    assert next(pieces) == '<p>begun<p class="error" role="alert">It &lt;ended&gt;.</p>'
    with pytest.raises(OSError, match="gone"):
        next(pieces)


def test_a_reader_who_leaves_ends_the_making() -> None:
    pieces = _pieces(iter(["x" * FIRST_PIECE, "y"]), "")
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert list(pieces) == []
