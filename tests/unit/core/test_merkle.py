"""Trees and proofs: exhaustively to 100 leaves, and against published values."""

import json
from base64 import b64decode
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.core import merkle
from ledger.core.merkle import EMPTY_ROOT, Frontier, TileReader

MOST = 100
LEAVES = [merkle.leaf_hash(f"entry {n}".encode()) for n in range(300)]

# Certificate Transparency's own test tree, as its C++ and Go implementations publish it.
PUBLISHED_LEAVES = (
    "",
    "00",
    "10",
    "2021",
    "3031",
    "40414243",
    "5051525354555657",
    "606162636465666768696a6b6c6d6e6f",
)
PUBLISHED_ROOTS = (
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
)
PUBLISHED_INCLUSION = (
    (0, 1, ()),
    (0, 8, ("96a296d2", "5f083f0a", "6b47aaf2")),
    (5, 8, ("bc1a0643", "ca854ea1", "d37ee418")),
    (2, 3, ("fac54203",)),
    (1, 5, ("6e340b9c", "5f083f0a", "bc1a0643")),
)
PUBLISHED_CONSISTENCY = (
    (1, 1, ()),
    (1, 8, ("96a296d2", "5f083f0a", "6b47aaf2")),
    (6, 8, ("0ebc5d34", "ca854ea1", "d37ee418")),
    (2, 5, ("5f083f0a", "bc1a0643")),
)

# Proofs with one defect each, by transparency-dev/merkle.
OTHERS = json.loads((Path(__file__).parent / "data" / "transparency-dev-merkle.json").read_text())
# What they refuse and we do not: the empty tree begins every tree, and who calls has hashes of 32 bytes.
NOT_OURS = {
    "consistency/additional/size1-is-zero-and-size2-is-not-zero.json",
    "inclusion/single-entry/empty-root-and-leaf.json",
}


def reference_root(leaves: Sequence[bytes]) -> bytes:
    """The definition of RFC 6962 section 2.1, word for word."""
    if not leaves:
        return EMPTY_ROOT
    if len(leaves) == 1:
        return leaves[0]
    split = 1
    while split * 2 < len(leaves):
        split *= 2
    return merkle.node_hash(reference_root(leaves[:split]), reference_root(leaves[split:]))


def read_from(leaves: Sequence[bytes]) -> merkle.HashReader:
    def read(level: int, index: int) -> bytes:
        span = leaves[index << level : (index + 1) << level]
        assert len(span) == 1 << level, "only complete nodes are read"
        return reference_root(span)

    return read


ROOTS = [reference_root(LEAVES[:size]) for size in range(MOST + 1)]
NODES: dict[tuple[int, int], bytes] = {}


def read(level: int, index: int) -> bytes:
    if (level, index) not in NODES:
        NODES[level, index] = read_from(LEAVES)(level, index)
    return NODES[level, index]


def flipped(node: bytes) -> bytes:
    return bytes([node[0] ^ 1]) + node[1:]


def corruptions(proof: list[bytes]) -> list[list[bytes]]:
    """The proof with each hash changed once, each left out once, and one too many at either end."""
    changed = [[*proof[:at], flipped(node), *proof[at + 1 :]] for at, node in enumerate(proof)]
    shorter = [[*proof[:at], *proof[at + 1 :]] for at in range(len(proof))]
    return [*changed, *shorter, [*proof, LEAVES[0]], [LEAVES[0], *proof]]


def test_published_roots_come_out() -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    roots = [merkle.root_at(size, read_from(leaves)).hex() for size in range(1, 9)]
    assert roots == list(PUBLISHED_ROOTS)
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


@pytest.mark.parametrize(("index", "size", "prefixes"), PUBLISHED_INCLUSION)
def test_published_inclusion_proofs_come_out(index: int, size: int, prefixes: tuple[str, ...]) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    proof = merkle.inclusion_proof(index, size, read_from(leaves))
    assert tuple(node.hex()[:8] for node in proof) == prefixes
    assert merkle.verify_inclusion(
        leaves[index], index, size, proof, bytes.fromhex(PUBLISHED_ROOTS[size - 1])
    )


@pytest.mark.parametrize(("first", "second", "prefixes"), PUBLISHED_CONSISTENCY)
def test_published_consistency_proofs_come_out(first: int, second: int, prefixes: tuple[str, ...]) -> None:
    leaves = [merkle.leaf_hash(bytes.fromhex(text)) for text in PUBLISHED_LEAVES]
    proof = merkle.consistency_proof(first, second, read_from(leaves))
    assert tuple(node.hex()[:8] for node in proof) == prefixes
    old, new = (bytes.fromhex(PUBLISHED_ROOTS[size - 1]) for size in (first, second))
    assert merkle.verify_consistency(first, old, second, new, proof)


def other_accepts(vector: dict[str, Any]) -> bool:
    """Whether we do what `vector`, a file of transparency-dev/merkle, calls good."""
    proof = [b64decode(node) for node in vector["proof"] or []]
    roots = [b64decode(vector[name] or "") for name in ("root", "root1", "root2") if name in vector]
    if "leafIdx" in vector:
        leaf = b64decode(vector["leafHash"] or "")
        return merkle.verify_inclusion(leaf, vector["leafIdx"], vector["treeSize"], proof, *roots)
    return merkle.verify_consistency(vector["size1"], roots[0], vector["size2"], roots[1], proof)


def test_proofs_are_judged_as_another_implementation_judges_them() -> None:
    assert len(OTHERS) == 196
    differ = {vector["file"] for vector in OTHERS if other_accepts(vector) == vector["wantErr"]}
    assert differ == NOT_OURS


def test_every_inclusion_proof_to_100_leaves_holds_and_no_corrupted_one() -> None:
    for size in range(1, MOST + 1):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, read)
            assert merkle.verify_inclusion(LEAVES[index], index, size, proof, ROOTS[size])
            for corrupted in corruptions(proof):
                assert not merkle.verify_inclusion(LEAVES[index], index, size, corrupted, ROOTS[size])
            assert not merkle.verify_inclusion(flipped(LEAVES[index]), index, size, proof, ROOTS[size])
            assert not merkle.verify_inclusion(LEAVES[index], index, size, proof, flipped(ROOTS[size]))


def test_no_inclusion_proof_holds_at_another_index() -> None:
    for size in range(1, 34):
        for index in range(size):
            proof = merkle.inclusion_proof(index, size, read)
            others = [other for other in range(-1, size + 2) if other != index]
            held = [o for o in others if merkle.verify_inclusion(LEAVES[index], o, size, proof, ROOTS[size])]
            assert held == []


def test_every_consistency_proof_to_100_leaves_holds_and_no_corrupted_one() -> None:
    for second in range(1, MOST + 1):
        for first in range(second + 1):
            proof = merkle.consistency_proof(first, second, read)
            old, new = ROOTS[first], ROOTS[second]
            assert merkle.verify_consistency(first, old, second, new, proof)
            for corrupted in corruptions(proof):
                assert not merkle.verify_consistency(first, old, second, new, corrupted)
            assert not merkle.verify_consistency(first, flipped(old), second, new, proof)
            # The empty tree begins every tree: nothing is said of the larger root then.
            assert first == 0 or not merkle.verify_consistency(first, old, second, flipped(new), proof)


def test_a_smaller_tree_never_extends_a_larger_one() -> None:
    assert not merkle.verify_consistency(5, ROOTS[5], 4, ROOTS[4], [])
    assert not merkle.verify_consistency(-1, ROOTS[1], 4, ROOTS[4], [])


@pytest.mark.parametrize("size", [0, 1, 2, 3, 7, 64, 100])
def test_a_frontier_gives_the_root_and_survives_a_round_trip(size: int) -> None:
    frontier = Frontier().append(LEAVES[:size]).frontier
    assert frontier.root() == ROOTS[size]
    assert frontier == merkle.frontier_at(size, read)
    assert Frontier.from_bytes(frontier.to_bytes()) == frontier


def test_a_frontier_of_the_wrong_length_is_refused() -> None:
    data = Frontier().append(LEAVES[:5]).frontier.to_bytes()
    for wrong in (data[:-1], data + b"\0", b"", data[:7]):
        with pytest.raises(ValueError, match="no frontier"):
            Frontier.from_bytes(wrong)


def test_appending_in_any_two_batches_gives_the_same_tree_and_proofs() -> None:
    for first in range(34):
        before = Frontier().append(LEAVES[:first]).frontier
        for count in range(34):
            batch, size = LEAVES[first : first + count], first + count
            assert before.append(batch).frontier == Frontier().append(LEAVES[:size]).frontier
            proofs = merkle.batch_inclusion_proofs(before, batch)
            assert proofs == [merkle.inclusion_proof(index, size, read) for index in range(first, size)]


def test_an_append_names_each_newly_complete_node_once() -> None:
    frontier, seen = Frontier(), {}
    for start, end in ((0, 1), (1, 5), (5, 5), (5, 16), (16, 300)):
        extended = frontier.append(LEAVES[start:end])
        for level, index, node in extended.nodes:
            assert (level, index) not in seen
            seen[level, index] = node
        frontier = extended.frontier
    complete = {(level, index) for level in range(1, 9) for index in range(300 >> level)}
    assert set(seen) == complete
    assert all(node == read(level, index) for (level, index), node in seen.items())


def test_tile_nodes_are_those_of_every_eighth_level() -> None:
    extended = Frontier().append([LEAVES[0]] * 70_000)
    assert {level for level, _, _ in extended.tile_nodes} == {8, 16}
    assert [(level, index) for level, index, _ in extended.tile_nodes if level == 16] == [(16, 0)]
    assert len(extended.tile_nodes) == 70_000 // 256 + 1


@pytest.mark.parametrize("size_known", [True, False])
def test_proofs_from_stored_tiles_are_those_from_all_nodes(size_known: bool) -> None:
    leaves = [merkle.leaf_hash(n.to_bytes(4, "big")) for n in range(66_000)]
    extended = Frontier().append(leaves)
    stored = {(0, n): leaf for n, leaf in enumerate(leaves)}
    stored |= {(level, index): node for level, index, node in extended.tile_nodes}
    reads = []

    def read_tile(level: int, first: int, count: int) -> list[bytes]:
        reads.append((level, first, count))
        return [stored[level, first + n] for n in range(count)]

    size, root = len(leaves), extended.frontier.root()
    read_tiles = TileReader(read_tile, size if size_known else None)
    assert merkle.root_at(size, read_tiles) == root
    for index in (0, 1, 255, 256, 65_535, 65_536, size - 1):
        proof = merkle.inclusion_proof(index, size, read_tiles)
        assert merkle.verify_inclusion(leaves[index], index, size, proof, root)
    for first in (1, 255, 256, 257, 65_536, size - 1):
        proof = merkle.consistency_proof(first, size, read_tiles)
        old = Frontier().append(leaves[:first]).frontier.root()
        assert merkle.verify_consistency(first, old, size, root, proof)
    if size_known:
        assert all(first % 256 == 0 for _, first, _ in reads)
        assert len(reads) == len(set(reads)), "each tile is read once"


def test_a_tile_reader_keeps_a_bounded_number_of_tiles() -> None:
    def read_tile(level: int, first: int, count: int) -> list[bytes]:
        return [bytes(32)] * count

    reader = TileReader(read_tile, size=256 * 20, keep=4)
    for tile in range(20):
        reader(0, tile * 256)
    assert len(reader._tiles) == 4


def test_storage_that_lacks_a_node_is_a_broken_invariant() -> None:
    with pytest.raises(AssertionError, match="storage lacks"):
        TileReader(lambda level, first, count: [])(3, 0)


def test_a_leaf_outside_the_tree_has_no_proof() -> None:
    with pytest.raises(AssertionError):
        merkle.inclusion_proof(5, 5, read)
    with pytest.raises(AssertionError):
        merkle.consistency_proof(6, 5, read)
