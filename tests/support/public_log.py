"""What a stranger checks on the public files of a log, with the core alone."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ledger.core import merkle, tiles
from ledger.core.checkpoint import Checkpoint, open_checkpoint
from ledger.core.note import Verifier
from ledger.core.tiles import LogFiles
from ledger.ports import LogFileStore, LogFilesUnavailable
from tests.support.builder import log_vkey


def assert_servable(files: LogFiles, vkey: str | None = None) -> Checkpoint | None:
    """Every file that the published checkpoint promises is there and leads to its root; the checkpoint."""
    note = files.read("checkpoint")
    if note is None:
        return None
    head, _ = open_checkpoint(note.decode(), Verifier.from_vkey(vkey or log_vkey()))
    read = tiles.hash_reader(files, head.size)
    for position, entry in tiles.read_entries(files, 0, head.size):
        assert read(0, position) == merkle.leaf_hash(entry)
    rows: dict[tuple[int, int], list[bytes]] = {}
    for tile in tiles.tiles_for(head.size):
        rows[tile.level, tile.index] = tiles.read_tile(files, tile)
    for (level, index), row in rows.items():
        if level > 0:
            below = [rows[level - 1, tile] for tile in range(index * 256, index * 256 + len(row))]
            assert row == [merkle.Frontier().append(each).frontier.root() for each in below]
    assert merkle.root_at(head.size, read) == head.root
    return head


def contents(folder: Path) -> dict[str, bytes]:
    """All public files in a folder by their paths."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".spool" not in path.parts)
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


class Crash(LogFilesUnavailable):
    """The process ended here."""

    def __init__(self) -> None:
        super().__init__("crashed", "start again")


class Faults:
    """Counts writes and fails at the one with number `at`: before it was made, or after."""

    def __init__(self, at: int | None, persisted: bool = False) -> None:
        self.at = at
        self.persisted = persisted
        self.writes = 0

    def around(self, write: Callable[[], None]) -> None:
        number, self.writes = self.writes, self.writes + 1
        if number == self.at and not self.persisted:
            raise Crash
        write()
        if number == self.at:
            raise Crash


class FaultyStore:
    """`LogFileStore` that writes one file after the other, and fails at one of them."""

    def __init__(self, store: LogFileStore, faults: Faults) -> None:
        self._store = store
        self._faults = faults

    def read(self, path: str) -> bytes | None:
        return self._store.read(path)

    def put_new(self, files: Mapping[str, bytes]) -> None:
        for path, data in files.items():
            self._faults.around(lambda path=path, data=data: self._store.put_new({path: data}))  # type: ignore[misc]

    def delete(self, paths: Collection[str]) -> None:
        self._faults.around(lambda: self._store.delete(paths))

    def put_checkpoint(self, note: bytes, previous: bytes | None) -> None:
        self._faults.around(lambda: self._store.put_checkpoint(note, previous))
