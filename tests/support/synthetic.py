"""The public files of a log with many made-up entries, written by the code that publishes real ones."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any, cast

from ledger import tiling
from ledger.core import merkle
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.note import Signer
from ledger.store.tilestore import FolderLogFiles
from tests.support.builder import LOG_KEY, ORIGIN


class Rows:
    """The three reads that publishing needs, from lists instead of a database."""

    def __init__(self, entries: Sequence[bytes]) -> None:
        self.entries = entries
        self.leaves = [merkle.leaf_hash(entry) for entry in entries]

    def read_entries(self, start: int, limit: int) -> Iterator[tuple[int, bytes]]:
        return iter(enumerate(self.entries[start : start + limit], start))

    def read_leaf_hashes(self, first: int, count: int) -> list[bytes]:
        return self.leaves[first : first + count]

    def read_nodes(self, level: int, first: int, count: int) -> list[bytes]:
        raise AssertionError("nothing was published before")


def made_up(size: int) -> list[bytes]:
    """Entries of about 300 bytes."""
    return [b"entry %d " % number + sha256(b"%d" % number).digest() * 9 for number in range(size)]


def checkpoint(leaves: Sequence[bytes]) -> str:
    """The checkpoint over these leaf hashes that the test log's key signs."""
    root = merkle.Frontier().append(list(leaves)).frontier.root()
    return sign_checkpoint(Checkpoint(ORIGIN, len(leaves), root), Signer(ORIGIN, LOG_KEY.seed))


def publish(folder: Path, size: int) -> None:
    """`size` entries, their tiles, and their checkpoint."""
    rows = Rows(made_up(size))
    root = merkle.Frontier().append(rows.leaves).frontier.root()
    recorder = cast("Any", rows)
    store = FolderLogFiles(folder)
    for files in tiling.new_files(recorder, tiling.grow(recorder, merkle.Frontier(), size, root)):
        store.put_new(files)
    store.put_checkpoint(checkpoint(rows.leaves).encode(), None)
