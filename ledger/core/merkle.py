"""The Merkle tree of RFC 6962 section 2.1 over SHA-256: roots, inclusion proofs, consistency proofs.

A node is (level, index): the root of the complete subtree over leaves index * 2^level to (index + 1) *
2^level. Leaves are level 0. Proofs read nodes through a `HashReader` and know nothing of where they are
kept; a `Frontier` alone, at most one node for each level, is enough to append and to prove what is being
appended.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HASH_BYTES = 32
TILE_LEVELS = 8  # Levels in a tile: nodes of every eighth level are stored (c2sp.org/tlog-tiles).
TILE_WIDTH = 1 << TILE_LEVELS
EMPTY_ROOT = hashlib.sha256(b"").digest()

HashReader = Callable[[int, int], bytes]
"""read(level, index) gives the hash of a complete node, 32 bytes."""

_sha256 = hashlib.sha256


def leaf_hash(entry: bytes) -> bytes:
    """SHA-256(0x00 || entry)."""
    return _sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


# --- appending --------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Frontier:
    """The complete subtrees that make up a tree of `size` leaves, the largest (leftmost) first."""

    size: int = 0
    hashes: tuple[bytes, ...] = ()

    def __post_init__(self) -> None:
        assert len(self.hashes) == self.size.bit_count(), "a frontier has one hash for each bit of its size"

    def root(self) -> bytes:
        """The root hash of the tree; SHA-256 of nothing when it is empty."""
        return _fold(self.hashes)

    def append(self, leaves: Sequence[bytes]) -> "Extended":
        """The frontier after `leaves` (leaf hashes) and the nodes that they complete."""
        pending = self._by_level()
        levels: list[tuple[int, list[bytes]]] = []
        first, row = self.size, list(leaves)
        while row:
            levels.append((first, row))
            level = len(levels) - 1
            left = pending.pop(level, None)
            if left is not None:
                row = [left, *row]
                first -= 1
            if len(row) % 2:
                pending[level] = row[-1]
            row = _pair(row)
            first //= 2
        after = Frontier(self.size + len(leaves), tuple(pending[level] for level in sorted(pending)[::-1]))
        return Extended(after, tuple(levels))

    def to_bytes(self) -> bytes:
        """Size as 8 bytes, big-endian, then the hashes."""
        return self.size.to_bytes(8, "big") + b"".join(self.hashes)

    @classmethod
    def from_bytes(cls, data: bytes) -> "Frontier":
        """The inverse of `to_bytes`; raises ValueError when the length does not fit the size."""
        size = int.from_bytes(data[:8], "big")
        if len(data) != 8 + HASH_BYTES * size.bit_count():
            raise ValueError(f"{len(data)} bytes are no frontier of size {size}")
        return cls(size, tuple(data[at : at + HASH_BYTES] for at in range(8, len(data), HASH_BYTES)))

    def _by_level(self) -> dict[int, bytes]:
        levels = [level for level in range(self.size.bit_length()) if self.size >> level & 1]
        return dict(zip(reversed(levels), self.hashes, strict=True))


class Extended(NamedTuple):
    """A tree after an append: its frontier and, for each level from 0, the newly complete nodes.

    `levels[n]` is (index of the first node, hashes in order).
    """

    frontier: Frontier
    levels: tuple[tuple[int, list[bytes]], ...]

    @property
    def nodes(self) -> list[tuple[int, int, bytes]]:
        """Newly complete nodes above the leaves as (level, index, hash), from the lowest level up."""
        return self._nodes(range(1, len(self.levels)))

    @property
    def tile_nodes(self) -> list[tuple[int, int, bytes]]:
        """Those of levels 8, 16, 24...: with the leaves, all that has to be stored."""
        return self._nodes(range(TILE_LEVELS, len(self.levels), TILE_LEVELS))

    def _nodes(self, chosen: range) -> list[tuple[int, int, bytes]]:
        return [
            (level, index, node)
            for level in chosen
            for index, node in enumerate(self.levels[level][1], self.levels[level][0])
        ]


def _pair(row: list[bytes]) -> list[bytes]:
    """Hashes of neighbours, two by two; an odd last one is left out."""
    # The hot loop of every append: `node_hash` inlined saves a third.
    nodes = iter(row)
    return [_sha256(b"\x01" + left + right).digest() for left, right in zip(nodes, nodes, strict=False)]


def _fold(hashes: Sequence[bytes]) -> bytes:
    """The root over complete subtrees of falling size."""
    if not hashes:
        return EMPTY_ROOT
    root = hashes[-1]
    for left in reversed(hashes[:-1]):
        root = node_hash(left, root)
    return root


def batch_inclusion_proofs(before: Frontier, leaves: Sequence[bytes]) -> list[list[bytes]]:
    """For each of `leaves`, its inclusion proof in the tree of `before` followed by all of them."""
    rows = _rows_to_root(before, leaves)
    # From the root down: a node's proof is its sibling and then its parent's proof.
    proofs: list[list[bytes]] = [[]]
    for has_left, row in reversed(rows):
        proofs = [
            proofs[at // 2] if at ^ 1 >= len(row) else [row[at ^ 1], *proofs[at // 2]]
            for at in range(len(row))
        ]
        if has_left:
            proofs = proofs[1:]
    return [list(proof) for proof in proofs] if leaves else []


def _rows_to_root(before: Frontier, leaves: Sequence[bytes]) -> list[tuple[bool, list[bytes]]]:
    """The nodes that change, level by level, below the root; True where an old left neighbour stands first.

    Each row begins at an even index. An odd last node is carried up unchanged, which is RFC 6962's rule for
    incomplete subtrees read from below.
    """
    old = before._by_level()
    rows: list[tuple[bool, list[bytes]]] = []
    row, level = list(leaves), 0
    while len(row) > 1 or level < before.size.bit_length():
        has_left = level in old
        if has_left:
            row = [old[level], *row]
        rows.append((has_left, row))
        row = _pair(row) + (row[-1:] if len(row) % 2 else [])
        level += 1
    return rows


# --- proofs -----------------------------------------------------------------------------


def root_at(size: int, read: HashReader) -> bytes:
    """The root hash of the first `size` leaves."""
    return _range_root(0, size, read)


def frontier_at(size: int, read: HashReader) -> Frontier:
    """The frontier of the first `size` leaves."""
    return Frontier(size, tuple(_complete_subtrees(0, size, read)))


def inclusion_proof(index: int, size: int, read: HashReader) -> list[bytes]:
    """The audit path of leaf `index` in the tree of `size` leaves, from its sibling up (RFC 6962 2.1.1)."""
    assert 0 <= index < size, f"leaf {index} is not in a tree of {size}"
    low, high = 0, size
    path: list[bytes] = []
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            path.append(_range_root(middle, high, read))
            high = middle
        else:
            path.append(_range_root(low, middle, read))
            low = middle
    return path[::-1]


def consistency_proof(first: int, second: int, read: HashReader) -> list[bytes]:
    """The proof that the tree of `second` leaves begins with that of `first` (RFC 6962 2.1.2).

    Empty when `first` is 0 or equals `second`.
    """
    assert 0 <= first <= second, f"a tree of {second} cannot extend one of {first}"
    if first in (0, second):
        return []
    low, high = 0, second
    path: list[bytes] = []
    while first != high:
        middle = low + _split(high - low)
        if first <= middle:
            path.append(_range_root(middle, high, read))
            high = middle
        else:
            path.append(_range_root(low, middle, read))
            low = middle
    # The verifier knows the old root; an old subtree that is not the whole old tree it must be told.
    if low:
        path.append(_range_root(low, high, read))
    return path[::-1]


def _split(count: int) -> int:
    """The largest power of two smaller than `count`."""
    return 1 << (count - 1).bit_length() - 1


def _range_root(low: int, high: int, read: HashReader) -> bytes:
    return _fold(_complete_subtrees(low, high, read))


def _complete_subtrees(low: int, high: int, read: HashReader) -> list[bytes]:
    """Hashes of the complete subtrees over leaves low..high, where `low` is a multiple of the largest one."""
    hashes = []
    while low < high:
        level = (high - low).bit_length() - 1
        hashes.append(read(level, low >> level))
        low += 1 << level
    return hashes


# --- checking ---------------------------------------------------------------------------


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether `proof` leads from the hash of leaf `index` to `root` of `size` leaves (RFC 9162 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    at, last, node = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if at % 2 or at == last:
            node = node_hash(sibling, node)
            at, last = _skip_left_edge(at, last)
        else:
            node = node_hash(node, sibling)
        at, last = at >> 1, last >> 1
    return last == 0 and node == root


def verify_consistency(
    first: int, first_root: bytes, second: int, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether `proof` shows that the larger tree begins with the smaller one (RFC 9162 2.1.4.2)."""
    if not 0 <= first <= second or (first == 0 and first_root != EMPTY_ROOT):
        return False
    if first == second:
        return not proof and first_root == second_root
    if first == 0:
        return not proof
    path = [first_root, *proof] if first.bit_count() == 1 else list(proof)
    if not path:
        return False
    at, last = first - 1, second - 1
    while at % 2:
        at, last = at >> 1, last >> 1
    old = new = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if at % 2 or at == last:
            old, new = node_hash(node, old), node_hash(node, new)
            at, last = _skip_left_edge(at, last)
        else:
            new = node_hash(new, node)
        at, last = at >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _skip_left_edge(at: int, last: int) -> tuple[int, int]:
    """Climb past the levels where the node on the right edge has no sibling."""
    while at % 2 == 0 and at:
        at, last = at >> 1, last >> 1
    return at, last


# --- reading ----------------------------------------------------------------------------

ReadTile = Callable[[int, int, int], Sequence[bytes]]
"""read_tile(level, first, count) gives `count` stored hashes of a level that is a multiple of eight."""


class TileReader:
    """A `HashReader` over storage that keeps the leaves and the complete nodes of every eighth level.

    With `size`, the number of leaves, a whole tile (up to 256 hashes) is read at once and kept, so that a
    proof costs one read for each eight levels; without it, only what a node needs is read.
    """

    def __init__(self, read_tile: ReadTile, size: int | None = None, keep: int = 64) -> None:
        self._read_tile = read_tile
        self._size = size
        self._keep = keep
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def __call__(self, level: int, index: int) -> bytes:
        height = level % TILE_LEVELS
        row = list(self._stored(level - height, index << height, 1 << height))
        assert len(row) == 1 << height, f"storage lacks nodes below level {level}, index {index}"
        while len(row) > 1:
            row = _pair(row)
        return row[0]

    def _stored(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if self._size is None:
            return self._read_tile(level, first, count)
        tile, offset = divmod(first, TILE_WIDTH)
        return self._tile(level, tile, self._size)[offset : offset + count]

    def _tile(self, level: int, tile: int, size: int) -> Sequence[bytes]:
        found = self._tiles.get((level, tile))
        if found is None:
            first = tile * TILE_WIDTH
            found = self._read_tile(level, first, min(TILE_WIDTH, (size >> level) - first))
            if len(self._tiles) >= self._keep:
                del self._tiles[next(iter(self._tiles))]
            self._tiles[level, tile] = found
        return found
