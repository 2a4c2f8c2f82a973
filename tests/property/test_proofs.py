"""Proofs in trees larger than those that are tried exhaustively: they hold, and nothing near them does."""

from __future__ import annotations

from functools import cache

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core import merkle
from ledger.core.merkle import Frontier

MOST = 5_000


@cache
def nodes() -> dict[tuple[int, int], bytes]:
    """Every complete node of the largest tree."""
    rows = [[merkle.leaf_hash(b"%d" % number) for number in range(MOST)]]
    while len(rows[-1]) > 1:
        row = rows[-1]
        rows.append([merkle.node_hash(*row[at : at + 2]) for at in range(0, len(row) - 1, 2)])
    return {(level, index): node for level, row in enumerate(rows) for index, node in enumerate(row)}


def read(level: int, index: int) -> bytes:
    return nodes()[level, index]


@cache
def root(size: int) -> bytes:
    return Frontier().append([read(0, number) for number in range(size)]).frontier.root()


@st.composite
def damaged(draw: st.DrawFn, proof: list[bytes]) -> list[bytes]:
    """The proof with a bit flipped, a hash left out, doubled, exchanged for the next one, or one too many."""
    at = draw(st.integers(0, len(proof) - 1))
    before, node, after = proof[:at], proof[at], proof[at + 1 :]
    byte, bit = draw(st.integers(0, 31)), draw(st.integers(0, 7))
    flipped = node[:byte] + bytes([node[byte] ^ 1 << bit]) + node[byte + 1 :]
    ways = [[*before, flipped, *after], [*before, *after], [*before, node, *proof[at:]], [*proof, node]]
    if after:
        ways.append([*before, after[0], node, *after[1:]])
    return draw(st.sampled_from(ways))


@given(size=st.integers(101, MOST), data=st.data())
@settings(max_examples=200)
def test_an_inclusion_proof_holds_and_no_damaged_one(size: int, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, size - 1))
    proof = merkle.inclusion_proof(index, size, read)
    assert merkle.verify_inclusion(read(0, index), index, size, proof, root(size))
    assert len(proof) <= (size - 1).bit_length()
    wrong = data.draw(damaged(proof))
    assert not merkle.verify_inclusion(read(0, index), index, size, wrong, root(size))
    other = data.draw(st.integers(0, size - 1).filter(lambda number: number != index))
    assert not merkle.verify_inclusion(read(0, other), index, size, proof, root(size))
    assert not merkle.verify_inclusion(read(0, index), other, size, proof, root(size))


@given(second=st.integers(101, MOST), data=st.data())
@settings(max_examples=200)
def test_a_consistency_proof_holds_and_no_damaged_one(second: int, data: st.DataObject) -> None:
    first = data.draw(st.integers(1, second - 1))
    proof = merkle.consistency_proof(first, second, read)
    assert merkle.verify_consistency(first, root(first), second, root(second), proof)
    assert len(proof) <= (second - 1).bit_length() + 1
    wrong = data.draw(damaged(proof))
    assert not merkle.verify_consistency(first, root(first), second, root(second), wrong)
    other = data.draw(st.integers(1, second - 1).filter(lambda number: number != first))
    assert not merkle.verify_consistency(first, root(other), second, root(second), proof)
