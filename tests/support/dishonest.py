"""An operator with all of its keys, its registrar's too, and no scruples: rewrites copies of a real ledger.

Everything that it can forge, it forges: entries it makes up are signed, index statements are made anew until
they fit, and the log's key signs whatever tree comes out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from api.client.keyfile import read_key_file
from ledger.core import canonical, keys, tiles
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.entry import decode_entry, encode_entry
from ledger.core.envelope import Signature, pae
from ledger.core.merkle import leaf_hash
from ledger.core.note import split_note
from ledger.core.receipt import Trust, parse_trust
from ledger.core.statement import read_recorded
from ledger.domain.state import State
from tests.support.builder import Log, Signed, sign
from tests.support.public_files import Files, publish


@dataclass(frozen=True, slots=True)
class HeldKey:
    """A real key whose secret half is at hand; signs as a `KeyPair` does."""

    seed: bytes

    @property
    def public(self) -> bytes:
        return keys.public_key(self.seed)

    @property
    def id(self) -> str:
        return keys.key_id(self.public)

    def sign(self, payload: bytes) -> Signature:
        return Signature(self.id, keys.sign(self.seed, pae(payload)))

    @classmethod
    def read(cls, path: Path) -> HeldKey:
        return cls(read_key_file(path).seed(lambda _: ""))


@dataclass
class Operator:
    """Holds the keys of a ledger's data folder; `log` is the honest log, in which statements are drafted."""

    log: Log
    log_key: Any
    device: Any
    trust: Trust

    @classmethod
    def of(cls, data: Path) -> Operator:
        """The operator of the ledger in a data folder, whose public files are below `log`."""
        held = {path.stem: HeldKey.read(path) for path in (data / "keys").glob("*.key")}
        trust = parse_trust((data / "trust.json").read_text())
        log = Log("demo", trust.origin, keys={**held, "operator": held["operator-root"]})
        files = folder_files(data / "log")
        for index, entry in tiles.read_entries(files, 0, size_of(files)):
            log.state.apply(read_recorded(index, entry), leaf_hash(entry))
            log.entries.append(entry)
            log.recorded.append(read_recorded(index, entry))
        log.now = 1_600_000_000_000
        return cls(log, held["log"], held["operator-device"], trust)

    def show(self, entries: Sequence[bytes], onto: Files | None = None) -> Files:
        """Public files over any entries, signed."""
        return publish(entries, self.log_key, onto=onto, origin=self.trust.origin)

    def entry(self, signed: Signed, recorded_at: str | None = None) -> bytes:
        """The bytes of an entry, whatever the rules say about it."""
        return encode_entry(signed.envelope, recorded_at or self.log.time_of(signed.statement))

    def covered_up(self, entries: Sequence[bytes], size: int = 0) -> list[bytes]:
        """The entries with every index statement made anew for them, and more of these up to `size`."""
        state, made = State(), list[bytes]()
        for entry in entries:
            if read_recorded(len(made), entry).statement.kind == "index":
                entry = self._index(state, entry)
            self._take(state, made, entry)
        while len(made) < size:
            self._take(state, made, self._index(state, made[-1]))
        return made

    @staticmethod
    def _take(state: State, made: list[bytes], entry: bytes) -> None:
        state.apply(read_recorded(len(made), entry), leaf_hash(entry))
        made.append(entry)

    def _index(self, state: State, like: bytes) -> bytes:
        """An index statement over all entries so far, at the time of another entry."""
        recorded_at = decode_entry(like).recorded_at
        head = state.index_head(state.size)
        signed = self.log.draft(
            "IndexPublished",
            "operator",
            claim=head.to_claim(),
            signers=[self.device],
            issuedAt=recorded_at[:19] + "Z",
        )
        return encode_entry(signed.envelope, recorded_at)

    def altered(self, entry: bytes, signer: Any, **members: Any) -> bytes:
        """The entry with other claim members, signed by whoever it has the key of."""
        envelope = decode_entry(entry).envelope
        value = canonical.decode(envelope.payload)
        value["predicate"]["claim"] |= members
        return encode_entry(sign(canonical.encode(value), signer), decode_entry(entry).recorded_at)


def folder_files(folder: Path) -> Files:
    """The public files in a folder."""
    found = (path for path in folder.rglob("*") if path.is_file() and ".spool" not in path.parts)
    return Files({str(path.relative_to(folder)): path.read_bytes() for path in found})


def size_of(files: Files) -> int:
    """What the checkpoint says."""
    return parse_checkpoint(split_note(files["checkpoint"].decode())[0]).size


def write_files(files: Files, folder: Path) -> Path:
    """The files in a folder of their own."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    return folder
