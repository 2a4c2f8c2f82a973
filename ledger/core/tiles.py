"""The files of a public log (c2sp.org/tlog-tiles): their paths, which ones a tree has, what is in them.

A tile holds up to 256 neighbouring hashes of one stored level: tile level L keeps the complete nodes of
Merkle level 8 L. Beside each tile of level 0 lies an entry bundle with the entries whose hashes it holds.
Full files never change; the right edge of a published tree lies in partial ones, named after their width,
which never change either. Nothing here is trusted when it is read: a root or a proof decides.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from .merkle import HASH_BYTES, TILE_LEVELS, TILE_WIDTH, TileReader
from .refusal import Refusal

CHECKPOINT_PATH = "checkpoint"
ENTRIES = -1  # The "level" of entry bundles, which are no hash tiles.
LEVEL_LIMIT = 64
INDEX_LIMIT = 2**63
ENTRY_LIMIT = 65_535  # bytes, what two bytes can count
_LENGTH_BYTES = 2
_PATH = re.compile(
    r"tile/(?P<level>0|[1-9][0-9]?|entries)/(?P<index>(?:x[0-9]{3}/)*[0-9]{3})(?:\.p/(?P<width>[1-9][0-9]{0,2}))?\Z"
)


class LogFiles(Protocol):
    """The public files of a log, wherever they are: a folder, a bucket, a web server."""

    def read(self, path: str) -> bytes | None:
        """The bytes at a path such as `checkpoint` or `tile/0/000`; None when there is no such file."""
        ...


@dataclass(frozen=True, slots=True)
class Tile:
    """One file below `tile/`: a hash tile, or an entry bundle when `level` is `ENTRIES`.

    `width` is the number of hashes or entries in it, 1 to 256; fewer than 256 make it partial.
    """

    level: int
    index: int
    width: int

    @property
    def path(self) -> str:
        """Where the file lies, e.g. `tile/1/x001/x234/067` or `tile/entries/000.p/17`."""
        level = "entries" if self.level == ENTRIES else str(self.level)
        partial = "" if self.width == TILE_WIDTH else f".p/{self.width}"
        return f"tile/{level}/{_groups(self.index)}{partial}"

    @property
    def first(self) -> int:
        """The index, within its Merkle level, of the first hash; for a bundle, of the first entry."""
        return self.index * TILE_WIDTH

    @property
    def merkle_level(self) -> int:
        """The level of its hashes in the Merkle tree; 0 for a bundle."""
        return max(self.level, 0) * TILE_LEVELS


# --- paths ------------------------------------------------------------------------------


def tile_path(level: int, index: int, width: int = TILE_WIDTH) -> str:
    """The path of a hash tile."""
    return Tile(level, index, width).path


def entry_bundle_path(index: int, width: int = TILE_WIDTH) -> str:
    """The path of an entry bundle."""
    return Tile(ENTRIES, index, width).path


def parse_path(path: str) -> Tile:
    """The tile at `path`; raises `Refusal` unless it is spelled exactly as `Tile.path` spells it."""
    match = _PATH.match(path)
    if match is None:
        raise Refusal("bad-tile-path", f"{path!r:.200}")
    level = ENTRIES if match["level"] == "entries" else int(match["level"])
    index = int(match["index"].replace("/", "").replace("x", ""))
    tile = Tile(level, index, int(match["width"] or TILE_WIDTH))
    # Re-format and compare: leading groups of zeros and `.p/256` fall here.
    if level >= LEVEL_LIMIT or index >= INDEX_LIMIT or tile.path != path:
        raise Refusal("bad-tile-path", f"{path!r:.200}")
    return tile


def _groups(index: int) -> str:
    """An index in groups of three digits, all but the last marked with x, so that no file is a folder."""
    last, index = f"{index % 1000:03d}", index // 1000
    while index:
        last, index = f"x{index % 1000:03d}/{last}", index // 1000
    return last


# --- which files a tree has -------------------------------------------------------------


def tiles_for(size: int) -> Iterator[Tile]:
    """Every file of a tree of `size` entries: bundles first, then hash tiles from the lowest level up."""
    return tiles_between(0, size)


def tiles_between(old: int, new: int) -> Iterator[Tile]:
    """The files that a tree of `new` entries has and its predecessor of `old` entries has not."""
    assert 0 <= old <= new, f"a tree of {new} cannot follow one of {old}"
    yield from _level_tiles(ENTRIES, old, new)
    level = 0
    while new >> level * TILE_LEVELS:
        yield from _level_tiles(level, old >> level * TILE_LEVELS, new >> level * TILE_LEVELS)
        level += 1


def partial_tiles(size: int) -> Iterator[Tile]:
    """The files of the right edge of a tree of `size` entries."""
    for level in range(LEVEL_LIMIT):
        hashes = size >> level * TILE_LEVELS
        if hashes % TILE_WIDTH:
            for kind in (level,) if level else (ENTRIES, 0):
                yield Tile(kind, hashes // TILE_WIDTH, hashes % TILE_WIDTH)


def is_complete(tile: Tile, size: int) -> bool:
    """Whether a tree of `size` entries has the full tile of which `tile` may be a part."""
    return (size >> tile.merkle_level) >= tile.first + TILE_WIDTH


def _level_tiles(level: int, old: int, new: int) -> Iterator[Tile]:
    """Files of one level that has grown from `old` to `new` hashes."""
    for index in range(old // TILE_WIDTH, new // TILE_WIDTH):
        yield Tile(level, index, TILE_WIDTH)
    if new > old and new % TILE_WIDTH:
        yield Tile(level, new // TILE_WIDTH, new % TILE_WIDTH)


# --- what is in them --------------------------------------------------------------------


def format_tile(hashes: Sequence[bytes]) -> bytes:
    """The bytes of a hash tile: its hashes (32 bytes each) one after the other."""
    assert 1 <= len(hashes) <= TILE_WIDTH, "a tile has 1 to 256 hashes"
    return b"".join(hashes)


def parse_tile(data: bytes, width: int) -> list[bytes]:
    """The `width` hashes of a tile; raises `Refusal` when it has another length."""
    if len(data) != width * HASH_BYTES:
        raise Refusal("bad-tile", f"{len(data)} bytes are not {width} hashes of {HASH_BYTES}")
    return [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]


def format_entry_bundle(entries: Iterable[bytes]) -> bytes:
    """The bytes of an entry bundle: before each entry its length as two bytes, big-endian."""
    # `to_bytes` raises OverflowError beyond ENTRY_LIMIT, which no entry of the log can reach.
    return b"".join(part for entry in entries for part in (len(entry).to_bytes(_LENGTH_BYTES, "big"), entry))


def parse_entry_bundle(data: bytes, width: int | None = None) -> list[bytes]:
    """The 1 to 256 entries of a bundle; raises `Refusal` unless its length fits, and `width` if given."""
    entries: list[bytes] = []
    at = 0
    while at < len(data):
        start = at + _LENGTH_BYTES
        at = start + int.from_bytes(data[at:start], "big")
        if start > len(data) or at > len(data):
            raise Refusal("bad-entry-bundle", f"entry {len(entries)} is cut off after {len(data)} bytes")
        entries.append(data[start:at])
    if not 1 <= len(entries) <= TILE_WIDTH or width not in (None, len(entries)):
        raise Refusal("bad-entry-bundle", f"it has {len(entries)} entries, not {width or '1 to 256'}")
    return entries


# --- reading ----------------------------------------------------------------------------


def read_tile(files: LogFiles, tile: Tile) -> list[bytes]:
    """The hashes or entries of a tile; raises `Refusal`: `missing-tile`, `bad-tile`, `bad-entry-bundle`.

    A partial file may have been deleted once the full one is there, so that one is tried next.
    """
    parse = parse_entry_bundle if tile.level == ENTRIES else parse_tile
    data = files.read(tile.path)
    if data is not None:
        return parse(data, tile.width)
    full = replace(tile, width=TILE_WIDTH)
    data = files.read(full.path) if full != tile else None
    if data is None:
        raise Refusal("missing-tile", tile.path)
    return parse(data, TILE_WIDTH)[: tile.width]


def hash_reader(files: LogFiles, size: int, keep: int = 64) -> TileReader:
    """Reads any complete node of the tree of `size` entries from its tiles, of which it keeps `keep`."""

    def read(level: int, first: int, count: int) -> list[bytes]:
        return read_tile(files, Tile(level // TILE_LEVELS, first // TILE_WIDTH, count))

    return TileReader(read, size, keep)


def read_entries(files: LogFiles, start: int, stop: int) -> Iterator[tuple[int, bytes]]:
    """(position, entry bytes) of start..stop-1 of a published tree of `stop` entries.

    Raises `Refusal` as `read_tile` does.
    """
    for index in range(start // TILE_WIDTH, -(-stop // TILE_WIDTH)):
        first = index * TILE_WIDTH
        entries = read_tile(files, Tile(ENTRIES, index, min(TILE_WIDTH, stop - first)))
        for position, entry in enumerate(entries, first):
            if position >= start:
                yield position, entry
