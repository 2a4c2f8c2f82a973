"""The public files of a log in memory, as its operator publishes them; or as a dishonest one would."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from ledger.core.checkpoint import Checkpoint
from ledger.core.merkle import Frontier, leaf_hash
from ledger.core.note import Signer, sign_note
from ledger.core.receipt import Trust, unwitnessed_policy
from ledger.core.tiles import ENTRIES, format_entry_bundle, format_tile, tiles_for
from tests.support.builder import LOG_KEY, ORIGIN, Log, log_vkey


class Key(Protocol):
    """A key whose secret half is at hand."""

    @property
    def seed(self) -> bytes: ...


class Files(dict[str, bytes]):
    """`LogFiles`: bytes by path."""

    def read(self, path: str) -> bytes | None:
        return self.get(path)

    def copy(self) -> Files:
        return Files(self)


def checkpoint(entries: Sequence[bytes], *keys: Key, origin: str = ORIGIN) -> str:
    """The note of the tree over `entries`, signed by the log's key unless others are named."""
    root = Frontier().append([leaf_hash(entry) for entry in entries]).frontier.root()
    text = Checkpoint(origin, len(entries), root).text()
    return sign_note(text, [Signer(origin, key.seed) for key in keys or (LOG_KEY,)])


def publish(entries: Sequence[bytes], *keys: Key, onto: Files | None = None, origin: str = ORIGIN) -> Files:
    """The files of the tree over `entries`, beside those in `onto`, its checkpoint last."""
    files = Files(onto or {})
    rows: list[list[bytes]] = [[leaf_hash(entry) for entry in entries]]
    while len(rows[-1]) >= 256:
        full = range(0, len(rows[-1]) - 255, 256)
        rows.append([Frontier().append(rows[-1][at : at + 256]).frontier.root() for at in full])
    for tile in tiles_for(len(entries)):
        part = slice(tile.first, tile.first + tile.width)
        if tile.level == ENTRIES:
            files[tile.path] = format_entry_bundle(entries[part])
        else:
            files[tile.path] = format_tile(rows[tile.level][part])
    files["checkpoint"] = checkpoint(entries, *keys, origin=origin).encode()
    return files


def trust_of(log: Log, policy: str | None = None) -> Trust:
    """Trust in the builder's log."""
    return Trust(log.origin, log.genesis_id, log_vkey(), policy or unwitnessed_policy(log_vkey()))
