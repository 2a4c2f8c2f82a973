"""The files that a growing tree adds to the public log, made from the database and checked before they are
given out.

What is published can never be replaced, so nothing that the database holds is believed: every hash and every
entry is shown to belong to the signed root first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ledger.core import merkle
from ledger.core.merkle import TILE_LEVELS, TILE_WIDTH, Frontier
from ledger.core.refusal import LedgerError
from ledger.core.tiles import ENTRIES, Tile, format_entry_bundle, format_tile, tiles_between
from ledger.ports import LogRecorder

PAGE = 32 * TILE_WIDTH  # entries read, and files put, at once

Files = Mapping[str, bytes]
Rows = Mapping[Tile, Sequence[bytes]]
"""The hashes of tiles."""


class TilesContradict(LedgerError):
    """The database's entries or hashes do not make the tree that was signed."""


@dataclass(frozen=True, slots=True)
class Grown:
    """A tree that has grown from `old` entries: its frontier, and the newly complete nodes of levels 8, 16...

    `nodes[level]` begins with the node of index `old >> level`.
    """

    old: int
    frontier: Frontier
    nodes: Mapping[int, Sequence[bytes]]

    def node_above(self, tile: Tile) -> bytes:
        """The newly complete node that is made of a full tile's hashes."""
        level = tile.merkle_level + TILE_LEVELS
        return self.nodes[level][tile.index - (self.old >> level)]


def grow(recorder: LogRecorder, before: Frontier, size: int, root: bytes) -> Grown:
    """The tree of `before` grown to `size` entries. Raises `TilesContradict` unless it has that root."""
    frontier, nodes = before, dict[int, list[bytes]]()
    while frontier.size < size:
        leaves = recorder.read_leaf_hashes(frontier.size, min(PAGE, size - frontier.size))
        if not leaves:
            break
        extended = frontier.append(leaves)
        for level, _, node in extended.tile_nodes:
            nodes.setdefault(level, []).append(node)
        frontier = extended.frontier
    if frontier.size != size or frontier.root() != root:
        raise _contradiction(f"the first {size} leaf hashes do not make the signed root")
    return Grown(before.size, frontier, nodes)


def new_files(recorder: LogRecorder, grown: Grown) -> Iterator[Files]:
    """The files that the grown tree has and the old one had not, {path: bytes} in batches.

    Raises `TilesContradict` before the first file that would not belong to the tree's root. Memory is
    bounded by one page of entries and a 256th of the hashes.
    """
    tiles = list(tiles_between(grown.old, grown.frontier.size))
    rows = {tile: _row(recorder, grown, tile) for tile in tiles if tile.level >= 1}
    rows |= {tile: _leaves(recorder, tile) for tile in tiles if tile.level == 0 and tile.width < TILE_WIDTH}
    _check_rows(grown, rows)
    yield {tile.path: format_tile(row) for tile, row in rows.items() if tile.level >= 1}
    bundles = [tile for tile in tiles if tile.level == ENTRIES]
    for at in range(0, len(bundles), PAGE // TILE_WIDTH):
        yield _bundles(recorder, grown, rows, bundles[at : at + PAGE // TILE_WIDTH])


def _row(recorder: LogRecorder, grown: Grown, tile: Tile) -> list[bytes]:
    """The hashes of a tile above the leaves: older ones from the database, new ones as they were computed."""
    level, new = tile.merkle_level, grown.old >> tile.merkle_level
    older = max(0, min(new - tile.first, tile.width))
    row = list(recorder.read_nodes(level, tile.first, older)) if older else []
    start = tile.first + older - new
    return row + list(grown.nodes.get(level, ())[start : start + tile.width - older])


def _leaves(recorder: LogRecorder, tile: Tile) -> list[bytes]:
    return list(recorder.read_leaf_hashes(tile.first, tile.width))


def _check_rows(grown: Grown, rows: Rows) -> None:
    """Each tile belongs to the tree: the partial ones hold its frontier, a full one makes a node above."""
    if any(len(row) != tile.width for tile, row in rows.items()):
        raise _contradiction("inner nodes are missing")
    edge = {tile.merkle_level: tile for tile in rows if tile.width < TILE_WIDTH}

    def read(level: int, first: int, count: int) -> Sequence[bytes]:
        tile = edge[level]
        return rows[tile][first - tile.first : first - tile.first + count]

    hashes = merkle.TileReader(read)
    for level, index, node in _complete(grown.frontier):
        if level - level % TILE_LEVELS in edge and hashes(level, index) != node:
            raise _contradiction("the inner nodes of the right edge do not make the signed root")
    for tile, row in rows.items():
        if tile.width == TILE_WIDTH and not _makes(row, grown.node_above(tile)):
            raise _contradiction(f"the hashes of {tile.path} do not belong to the signed root")


def _complete(frontier: Frontier) -> Iterator[tuple[int, int, bytes]]:
    """(level, index, hash) of the sub-trees that make up the tree."""
    first = 0
    for node in frontier.hashes:
        level = (frontier.size - first).bit_length() - 1
        yield level, first >> level, node
        first += 1 << level


def _bundles(recorder: LogRecorder, grown: Grown, rows: Rows, bundles: Sequence[Tile]) -> Files:
    """Neighbouring entry bundles, and the tiles of level 0 with the hashes of their entries."""
    first, stop = bundles[0].first, bundles[-1].first + bundles[-1].width
    entries = [entry for _, entry in recorder.read_entries(first, stop - first)]
    files: dict[str, bytes] = {}
    for bundle in bundles:
        held = entries[bundle.first - first : bundle.first - first + bundle.width]
        leaves = [merkle.leaf_hash(entry) for entry in held]
        tile = Tile(0, bundle.index, bundle.width)
        known = rows.get(tile)
        if known != leaves and (known is not None or not _makes(leaves, grown.node_above(tile))):
            raise _contradiction(f"an entry between {bundle.first} and {stop - 1} was altered")
        files[bundle.path] = format_entry_bundle(held)
        files[tile.path] = format_tile(leaves)
    return files


def _makes(row: Sequence[bytes], node: bytes) -> bool:
    """Whether these are the 256 hashes from which a node eight levels up was made."""
    return len(row) == TILE_WIDTH and Frontier().append(row).frontier.root() == node


def _contradiction(what: str) -> TilesContradict:
    return TilesContradict(
        f"nothing is published: {what}", "run `evidence check` to find the first entry that was changed"
    )
