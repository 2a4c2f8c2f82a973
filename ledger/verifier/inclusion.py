"""Many inclusion proofs into one tree: what neighbours share is hashed once."""

from collections.abc import Sequence

from ..core.merkle import node_hash


class Climb:
    """Judges the audit paths of one tree of `size` leaves with this `root` (RFC 9162 section 2.1.3.2).

    A node that has led to the root before is known, with the rest of the way that led there: a path that
    arrives at such a node with the same hash and the same rest holds, and only then.
    """

    def __init__(self, size: int, root: bytes) -> None:
        self._size = size
        self._root = root
        self._known: dict[tuple[int, int], tuple[bytes, tuple[bytes, ...]]] = {}

    def leads(self, leaf: bytes, index: int, path: Sequence[bytes]) -> bool:
        """Whether `path` leads from the hash of leaf `index` to the root, as `verify_inclusion` has it."""
        if not 0 <= index < self._size:
            return False
        rest, passed = tuple(path), list[tuple[tuple[int, int], tuple[bytes, tuple[bytes, ...]]]]()
        level, at, last, node = 0, index, self._size - 1, leaf
        while True:
            known = self._known.get((level, at))
            if known is not None:
                holds = known == (node, rest)
                break
            passed.append(((level, at), (node, rest)))
            if not rest:
                holds = last == 0 and node == self._root
                break
            if last == 0:
                return False
            if at & 1 or at == last:
                node = node_hash(rest[0], node)
                while not at & 1 and at:
                    level, at, last = level + 1, at >> 1, last >> 1
            else:
                node = node_hash(node, rest[0])
            level, at, last, rest = level + 1, at >> 1, last >> 1, rest[1:]
        if holds:
            self._known.update(passed)
        return holds
