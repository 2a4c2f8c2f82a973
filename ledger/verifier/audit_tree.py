"""The tree as an auditor grows it from the entries, and the public files held against it."""

from collections.abc import Iterator, Sequence

from ..core.merkle import TILE_LEVELS, TILE_WIDTH, Frontier
from ..core.refusal import Refusal
from ..core.tiles import ENTRIES, LogFiles, Tile, parse_entry_bundle, read_tile, tiles_between
from .audit_events import Alarm, Stopped
from .audit_kept import Hashes, bundle_hash


class Tree:
    """The tree over all entries read so far."""

    def __init__(self) -> None:
        self.frontier = Frontier()
        self.bundles: list[bytes] = []  # the nodes of Merkle level 8
        self.tail: list[bytes] = []  # leaf hashes after the last full bundle

    @property
    def size(self) -> int:
        return self.frontier.size

    def extend(self, leaves: Sequence[bytes]) -> None:
        """Take in the next leaf hashes."""
        extended = self.frontier.append(leaves)
        full = [node for level, _, node in extended.tile_nodes if level == TILE_LEVELS]
        self.frontier = extended.frontier
        self.bundles += full
        self.tail = [*self.tail, *leaves][TILE_WIDTH * len(full) :]

    def hashes(self, size: int) -> Hashes:
        """Those of the first `size` entries, or of the full bundles among them where not all are at hand."""
        bundles = tuple(self.bundles[: size // TILE_WIDTH])
        return Hashes(bundles, tuple(self.tail) if size == self.size else ())

    def row(self, level: int) -> list[bytes]:
        """The complete nodes of tile level 1 or higher."""
        row = self.bundles
        for _ in range(1, level):
            full = range(0, len(row) - TILE_WIDTH + 1, TILE_WIDTH)
            row = [bundle_hash(row[at : at + TILE_WIDTH]) for at in full]
        return row


def read_bundle(files: LogFiles, index: int, width: int) -> list[bytes]:
    """The entries of a bundle, more or fewer than `width` if it holds so many; raises `Stopped`."""
    tile = Tile(ENTRIES, index, width)
    try:
        return read_tile(files, tile)
    except Refusal as refusal:
        if refusal.code == "missing-tile":
            what = f"{tile.path}, entries {tile.first} to {tile.first + width - 1}, is not there"
            raise Stopped("files", "file-missing", tile.first, what) from refusal
        return _read_any(files, tile)


def _read_any(files: LogFiles, tile: Tile) -> list[bytes]:
    """A bundle that has not as many entries as it should."""
    try:
        return parse_entry_bundle(files.read(tile.path) or b"")
    except Refusal as refusal:
        raise Stopped("files", "file-wrong", tile.first, f"{tile.path}: {refusal.what}") from refusal


def check_leaves(files: LogFiles, index: int, width: int, leaves: Sequence[bytes]) -> Alarm | None:
    """Hold the leaf hashes of a bundle against the hash tile beside it."""
    tile = Tile(0, index, width)
    try:
        promised = read_tile(files, tile)
    except Refusal as refusal:
        return _unreadable(tile, refusal)
    return None if list(leaves) == promised else _difference(tile, leaves, promised)


def check_upper_tiles(files: LogFiles, tree: Tree, before: int) -> Iterator[Alarm]:
    """Hold the hash tiles above the leaves that the tree has since it had `before` entries against it."""
    for tile in tiles_between(before, tree.size):
        if tile.level < 1:
            continue
        try:
            promised = read_tile(files, tile)
        except Refusal as refusal:
            yield _unreadable(tile, refusal)
            continue
        if promised != tree.row(tile.level)[tile.first : tile.first + tile.width]:
            what = f"{tile.path} does not hold the hashes that the entries make"
            yield Alarm("files", "file-wrong", tile.first << tile.merkle_level, what)


def _unreadable(tile: Tile, refusal: Refusal) -> Alarm:
    code = "file-missing" if refusal.code == "missing-tile" else "file-wrong"
    return Alarm("files", code, tile.first << tile.merkle_level, f"{tile.path}: {refusal.what}")


def _difference(tile: Tile, found: Sequence[bytes], promised: Sequence[bytes]) -> Alarm:
    """Name what became of the first entry that differs, as far as two lists of hashes show it."""
    at = next((i for i, pair in enumerate(zip(found, promised, strict=False)) if pair[0] != pair[1]), None)
    at = min(len(found), len(promised)) if at is None else at
    if sorted(found) == sorted(promised):
        code, what = "entry-moved", f"{tile.path} has the same hashes in another order"
    elif _continues(found[at:], promised[at + 1 :]):
        code, what = "entry-dropped", f"the entry of which {tile.path} has the hash is not there"
    elif _continues(promised[at:], found[at + 1 :]):
        code, what = "entry-inserted", f"{tile.path} has no hash of the entry that stands here"
    else:
        code, what = "entry-altered", f"it has not the hash that {tile.path} has of it"
    return Alarm("files", code, tile.first + at, what)


def _continues(shorter: Sequence[bytes], longer: Sequence[bytes]) -> bool:
    """Whether one list goes on as the other does, once that has left one out."""
    common = min(len(shorter), len(longer))
    return list(shorter[:common]) == list(longer[:common]) and (common > 0 or not shorter)


class Difference:
    """Where the entries found first differ from those of an earlier look: positions `first` to `last`."""

    def __init__(self, kept: Hashes) -> None:
        self._kept = kept
        self.first: int | None = None
        self.last = 0

    def unchanged(self, index: int, leaves: Sequence[bytes]) -> int:
        """How many entries at the start of bundle `index` are those of the earlier look."""
        if self.first is not None:
            return 0
        if index < len(self._kept.bundles):
            if len(leaves) == TILE_WIDTH and bundle_hash(leaves) == self._kept.bundles[index]:
                return TILE_WIDTH
            return self._found(index * TILE_WIDTH, TILE_WIDTH)
        if index > len(self._kept.bundles):
            return 0
        for at, (old, new) in enumerate(zip(self._kept.entries, leaves, strict=False)):
            if old != new:
                return self._found(index * TILE_WIDTH + at, 1) or at
        return min(len(self._kept.entries), len(leaves))

    def _found(self, first: int, count: int) -> int:
        self.first, self.last = first, first + count - 1
        return 0
