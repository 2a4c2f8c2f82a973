"""The files of a public log: which ones a tree has, and what can be read back from them."""

import itertools
from collections import Counter

import pytest

from ledger.core import merkle, tiles
from ledger.core.merkle import TILE_WIDTH
from ledger.core.refusal import Refusal
from ledger.core.tiles import ENTRIES, Tile

SIZE = 600
DATA = [f"entry {n}".encode() * (n % 5) for n in range(SIZE)]
LEAVES = [merkle.leaf_hash(entry) for entry in DATA]


class Files(dict[str, bytes]):
    """A log's files in memory; remembers what was asked for."""

    def __init__(self, *args: object) -> None:
        super().__init__(*args)
        self.asked: list[str] = []

    def read(self, path: str) -> bytes | None:
        self.asked.append(path)
        return self.get(path)


def definition(level: int, index: int, width: int) -> list[bytes]:
    """MTH(D[(n * 256 + i) * 256**l : (n * 256 + i + 1) * 256**l]) for i < width, as specified."""
    span = 256**level
    starts = range(index * 256 * span, (index * 256 + width) * span, span)
    return [root(LEAVES[start : start + span]) for start in starts]


def root(leaves: list[bytes]) -> bytes:
    return merkle.Frontier().append(leaves).frontier.root()


def content(tile: Tile) -> bytes:
    if tile.level == ENTRIES:
        return tiles.format_entry_bundle(DATA[tile.first : tile.first + tile.width])
    return tiles.format_tile(definition(tile.level, tile.index, tile.width))


def files_of(size: int) -> Files:
    return Files({tile.path: content(tile) for tile in tiles.tiles_for(size)})


def test_a_tree_of_70000_has_the_files_that_the_specification_counts() -> None:
    hashes = [tile for tile in tiles.tiles_for(70_000) if tile.level != ENTRIES]
    full = Counter(tile.level for tile in hashes if tile.width == TILE_WIDTH)
    partial = {tile.level: tile.width for tile in hashes if tile.width < TILE_WIDTH}
    assert full == {0: 273, 1: 1}
    assert partial == {0: 112, 1: 17, 2: 1}


def test_a_tree_of_256_has_a_full_tile_and_one_hash_above_it() -> None:
    assert {tile.path for tile in tiles.tiles_for(256)} == {
        "tile/entries/000",
        "tile/0/000",
        "tile/1/000.p/1",
    }


def test_the_right_edge_is_what_is_partial() -> None:
    for size in [*range(600), 65_535, 65_536, 70_000, 16_777_217]:
        partial = {tile for tile in tiles.tiles_for(size) if tile.width < TILE_WIDTH}
        assert set(tiles.partial_tiles(size)) == partial


def test_a_tile_is_complete_once_the_tree_has_the_full_one() -> None:
    for size in (0, 255, 256, 511, 512, 65_535, 65_536):
        full = {(tile.level, tile.index) for tile in tiles.tiles_for(size) if tile.width == TILE_WIDTH}
        for level, index in ((ENTRIES, 0), (0, 0), (0, 1), (0, 255), (1, 0), (1, 1)):
            assert tiles.is_complete(Tile(level, index, 5), size) == ((level, index) in full)


def test_an_empty_tree_has_no_files() -> None:
    assert list(tiles.tiles_for(0)) == []


def test_every_bundle_lies_beside_its_hash_tile() -> None:
    for size in range(1, SIZE):
        found = list(tiles.tiles_for(size))
        bundles = [(tile.index, tile.width) for tile in found if tile.level == ENTRIES]
        assert bundles == [(tile.index, tile.width) for tile in found if tile.level == 0]


@pytest.mark.parametrize("old", [0, 1, 255, 256, 257, 511, 512, 65_535, 65_536])
def test_growth_names_exactly_the_new_files(old: int) -> None:
    for new in range(old, old + 600):
        had, has = set(tiles.tiles_for(old)), set(tiles.tiles_for(new))
        added = list(tiles.tiles_between(old, new))
        assert len(added) == len(set(added))
        assert set(added) <= has
        assert has - had == set(added) - had
        assert not set(added) & had


def test_full_tiles_cover_every_hash_once_however_the_tree_grew() -> None:
    sizes = [0, 3, 255, 300, 301, 66_000, 131_072]
    found = [tile for old, new in itertools.pairwise(sizes) for tile in tiles.tiles_between(old, new)]
    full = [tile for tile in found if tile.width == TILE_WIDTH]
    assert sorted((tile.level, tile.index) for tile in full) == [
        *[(ENTRIES, n) for n in range(512)],
        *[(0, n) for n in range(512)],
        (1, 0),
        (1, 1),
    ]


def test_the_root_follows_from_the_tiles_at_every_size() -> None:
    for size in [*range(1, 20), *range(250, 262), *range(508, 516), SIZE]:
        read = tiles.hash_reader(files_of(size), size)
        assert merkle.root_at(size, read) == root(LEAVES[:size])


def test_proofs_follow_from_the_tiles() -> None:
    files = files_of(SIZE)
    read = tiles.hash_reader(files, SIZE)
    head = root(LEAVES)
    for index in range(0, SIZE, 7):
        proof = merkle.inclusion_proof(index, SIZE, read)
        assert merkle.verify_inclusion(LEAVES[index], index, SIZE, proof, head)
    for old in (1, 255, 256, 300):
        proof = merkle.consistency_proof(old, SIZE, read)
        assert merkle.verify_consistency(old, root(LEAVES[:old]), SIZE, head, proof)
    assert len(files.asked) == len(set(files.asked))


def test_one_flipped_byte_in_a_tile_of_the_right_edge_changes_the_root() -> None:
    size = 515
    for path in ("tile/0/002.p/3", "tile/1/000.p/2"):
        for at in range(len(files_of(size)[path])):
            files = flipped(files_of(size), path, at)
            assert merkle.root_at(size, tiles.hash_reader(files, size)) != root(LEAVES[:size])


def test_one_flipped_byte_in_a_full_tile_breaks_the_proofs_that_need_it() -> None:
    size = 515
    for at in range(0, 256 * 32, 101):
        files = flipped(files_of(size), "tile/0/001", at)
        index = 256 + (at // 32 ^ 1)
        proof = merkle.inclusion_proof(index, size, tiles.hash_reader(files, size))
        assert not merkle.verify_inclusion(LEAVES[index], index, size, proof, root(LEAVES[:size]))


def flipped(files: Files, path: str, at: int) -> Files:
    data = bytearray(files[path])
    data[at] ^= 1
    files[path] = bytes(data)
    return files


def test_an_entry_is_at_most_what_two_bytes_can_count() -> None:
    longest = bytes(tiles.ENTRY_LIMIT)
    assert tiles.parse_entry_bundle(tiles.format_entry_bundle([longest, b"next"])) == [longest, b"next"]
    with pytest.raises(OverflowError):
        tiles.format_entry_bundle([longest + b"x"])


def test_a_full_tile_stands_in_for_a_deleted_partial_one() -> None:
    files = files_of(512)
    assert tiles.read_tile(files, Tile(0, 1, 40)) == LEAVES[256:296]
    assert tiles.read_tile(files, Tile(ENTRIES, 1, 40)) == DATA[256:296]


def test_entries_are_read_from_anywhere_to_the_published_end() -> None:
    for start in (0, 1, 255, 256, 511, 512, SIZE - 1, SIZE):
        assert list(tiles.read_entries(files_of(SIZE), start, SIZE)) == [*enumerate(DATA)][start:]


def test_a_missing_file_is_named() -> None:
    files = files_of(300)
    del files["tile/entries/001.p/44"]
    with pytest.raises(Refusal, match=r"tile/entries/001\.p/44") as refusal:
        list(tiles.read_entries(files, 0, 300))
    assert refusal.value.code == "missing-tile"


@pytest.mark.parametrize("data", [b"", bytes(31), bytes(33), bytes(64)])
def test_a_tile_of_another_length_is_refused(data: bytes) -> None:
    with pytest.raises(Refusal) as refusal:
        tiles.parse_tile(data, 1)
    assert refusal.value.code == "bad-tile"


def test_a_bundle_of_another_width_is_refused() -> None:
    with pytest.raises(Refusal) as refusal:
        tiles.parse_entry_bundle(tiles.format_entry_bundle([b"a", b"b"]), 3)
    assert refusal.value.code == "bad-entry-bundle"
