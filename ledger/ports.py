"""The few interfaces through which the use cases reach the world, and the plain values that cross them.

Adapters live in `ledger.store`; nothing here does I/O. Each docstring is a contract: what has happened when
the method returns, and what is raised when it did not.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Final, NamedTuple, Protocol

from ledger.core.index import IndexHead
from ledger.core.refusal import LedgerError
from ledger.witnessing import Outage, Reply, Standing


class StoreUnavailable(LedgerError):
    """The database could not be reached or answered with an error of its own; nothing was appended."""


class CommitOutcomeUnknown(StoreUnavailable):
    """The connection was lost while COMMIT was under way: the batch may or may not be stored.

    Nothing may be signed or answered until the statement ids have been read back under the head lock.
    """


class Head(NamedTuple):
    """The one row under whose lock positions are given out (protocol section 5).

    `size` is the number of entries, `frontier` the serialised `merkle.Frontier` of that size, `recorded_at`
    the time of the last entry (`YYYY-MM-DDThh:mm:ss.sssZ`, "" for an empty log).
    """

    size: int
    frontier: bytes
    recorded_at: str


class StoredEntry(NamedTuple):
    """One event as it is stored; `position` is the leaf index and `state` the entry bytes verbatim."""

    position: int
    originator_id: str
    originator_version: int
    topic: str
    state: bytes


class StatementPosition(NamedTuple):
    """Where a statement is logged and to whose stream it belongs."""

    position: int
    originator_id: str


class Loaded(NamedTuple):
    """What one batch may look at, read in one round trip under the head lock.

    `events` are the entries after each known version of the streams asked for and of the streams of the
    statements asked for, ascending by position; `keys` maps a key id to its party's slug; `digests` are those
    already used.
    """

    events: Sequence[StoredEntry]
    statements: Mapping[str, StatementPosition]
    keys: Mapping[str, str]
    digests: Collection[str]


class AppendRow(NamedTuple):
    """One entry to append with its side rows.

    `keys` are (key id, party) and `disclosures` (digest, content). A content of None is a decoy: the digest
    is taken, and there is nothing to show for it.
    """

    originator_id: str
    originator_version: int
    topic: str
    state: bytes
    statement_id: str
    leaf_hash: bytes
    keys: Sequence[tuple[str, str]] = ()
    disclosures: Sequence[tuple[str, str | None]] = ()


# A complete sub-tree's hash: (level counted from the leaves, which are 0; index from the left; hash).
TreeNode = tuple[int, int, bytes]


class Unit(Protocol):
    """One transaction holding the head row; it commits when the block ends without an exception.

    Raises `CommitOutcomeUnknown` at the end of the block when COMMIT was sent and no answer came.
    """

    @property
    def head(self) -> Head: ...

    def load(
        self,
        originators: Mapping[str, int],
        statements: Collection[str],
        keys: Collection[str],
        digests: Collection[str],
    ) -> Loaded:
        """One round trip. `originators` maps each stream to the version the caller holds (0 for none)."""
        ...

    def newest_index(self) -> bytes | None:
        """The entry bytes of the newest index statement, under the head lock; None when there is none."""
        ...

    def append(self, rows: Sequence[AppendRow], nodes: Sequence[TreeNode], head: Head) -> None:
        """Insert `rows` at positions head.size.. and make `head` the new head, all in this transaction."""
        ...


class LogRecorder(Protocol):
    """The event store as the sequencer and the auditor use it."""

    def sequencing(self) -> AbstractContextManager[None]:
        """Hold this log's session-level advisory lock: one process at a time appends, journals, signs."""
        ...

    def unit(self) -> AbstractContextManager[Unit]: ...

    def head(self) -> Head:
        """The committed head, without a lock."""
        ...

    def read_entries(self, start: int, limit: int | None = None) -> Iterator[tuple[int, bytes]]:
        """(position, entry bytes) ascending from `start`, streamed in large batches from one snapshot."""
        ...

    def entry_by_statement(self, statement_id: str) -> StoredEntry | None: ...

    def entry_at(self, position: int) -> StoredEntry | None: ...

    def stream(self, originator_id: str, after: int = 0) -> Sequence[StoredEntry]:
        """The entries of one stream after version `after`, ascending."""
        ...

    def read_leaf_hashes(self, first: int, count: int) -> Sequence[bytes]: ...

    def read_nodes(self, level: int, first: int, count: int) -> Sequence[bytes]:
        """Hashes of complete sub-trees at stored levels (8, 16, 24...)."""
        ...


class IndexHeads(Protocol):
    """The completeness index as far as it has been computed (protocol section 7)."""

    def at(self, size: int) -> IndexHead | None:
        """The index over the first `size` entries, None unless it was computed for exactly these."""
        ...


class Clock(Protocol):
    """The ledger's own clock."""

    def now(self) -> int:
        """Milliseconds since 1970-01-01T00:00:00Z."""
        ...


class Signed(NamedTuple):
    """A signed tree head as the journal keeps it."""

    size: int
    root: bytes


NOTHING_SIGNED: Final = Signed(0, b"")


class SignJournal(Protocol):
    """What was ever signed, kept outside the database (protocol section 6)."""

    def last(self) -> Signed | None:
        """The newest recorded head, or None when nothing was ever signed."""
        ...

    def holds(self, head: Signed) -> bool:
        """Whether `head` is one of the newest recorded; of an older one it need not know."""
        ...

    def record(self, size: int, root: bytes, after: Signed | None = None) -> None:
        """Return only once (size, root) is durable.

        `after` is the head that the tree was compared with, `NOTHING_SIGNED` when there was none. Raises
        `JournalConflict` rather than go backwards, fork, or follow a head that nothing was compared with.
        """
        ...


class JournalConflict(LedgerError):
    """The journal already holds a larger tree, or another root for the same size."""


class TreeHeadSource(Protocol):
    """Another place that knows a tree head of this log: a published checkpoint, a witness.

    The root is empty when only the size is known.
    """

    @property
    def name(self) -> str: ...

    def last(self) -> Signed | None: ...


class CheckpointSigner(Protocol):
    """Signs checkpoints with the log's key."""

    def sign(self, size: int, root: bytes, version: int | None = None) -> str:
        """The signed note of that tree head. Deterministic: the same head gives the same bytes.

        `version` counts the tree's entries in the ledger's own stream, which say whose key signs, for those
        who know it.
        """
        ...


class FileConflict(LedgerError):
    """Other bytes lie at a path of the public log than those that belong there."""


class CheckpointMoved(LedgerError):
    """The published checkpoint is not the one that was to be replaced: somebody else publishes, too."""


class LogFilesUnavailable(LedgerError):
    """The place of the public log's files did not answer, or refused to work."""


class LogFileStore(Protocol):
    """Where the public log's files lie (protocol section 6): anyone reads, one publisher at a time writes.

    All methods raise `LogFilesUnavailable`; then what was being written may be there or not.
    """

    def read(self, path: str) -> bytes | None: ...

    def put_new(self, files: Mapping[str, bytes]) -> None:
        """Return once every file is durable; one that is there with the same bytes is left as it is.

        Raises `FileConflict` when other bytes are there: what was published is never replaced.
        """
        ...

    def delete(self, paths: Collection[str]) -> None:
        """Remove these files; those that are not there already are gone."""
        ...

    def put_checkpoint(self, note: bytes, previous: bytes | None) -> None:
        """Replace the checkpoint in one step, durably. Raises `CheckpointMoved` unless it is `previous`."""
        ...


class Publication(NamedTuple):
    """A tree whose files are published, and the checkpoint, byte for byte, that was put after them."""

    size: int
    root: bytes
    note: str


class PublishingTurn(Protocol):
    """The right to publish, held by one process of a log at a time, with the record of what it did."""

    def newest(self) -> Publication | None:
        """The largest tree whose checkpoint was put."""
        ...

    def unfinished(self) -> Publication | None:
        """The one that was begun and not finished."""
        ...

    def begin(self, publication: Publication) -> None:
        """Return once it is durable that this tree, and no other, is published next."""
        ...

    def finish(self, size: int) -> None: ...

    def all(self) -> Iterator[Publication]:
        """Every tree whose checkpoint was put, ascending."""
        ...


class Publications(Protocol):
    """The record of what was published, outside the public files."""

    def turn(self) -> AbstractContextManager[PublishingTurn | None]:
        """This process's turn to publish; None while another process has it."""
        ...

    def newest(self) -> Publication | None:
        """The largest tree whose checkpoint was put, for those who only look."""
        ...


class TimeStamp(NamedTuple):
    """An authority's reply (RFC 3161, DER) over the checkpoint of `size` entries, as it came.

    `stamped_at` is the authority's own time, `YYYYMMDDhhmmss[.f]Z`.
    """

    size: int
    authority: str
    stamped_at: str
    reply: bytes


class TimeStampAuthority(Protocol):
    """Somebody else who signs what was there, and when."""

    name: str

    def stamp(self, data: bytes) -> tuple[str, bytes]:
        """Its time and its reply over `data`, verified. Raises `LedgerError`."""
        ...


class StampingTurn(Protocol):
    """The right to ask authorities, held by one process of a log at a time."""

    def due(self, authority: str, seconds: float) -> Publication | None:
        """The newest publication, if the authority has not dated it, nor any for so long."""
        ...

    def keep(self, stamp: TimeStamp) -> None:
        """Return once it is durable."""
        ...


class TimeStamps(Protocol):
    """The replies, beside the record of what was published."""

    def turn(self) -> AbstractContextManager[StampingTurn | None]:
        """This process's turn to ask; None while another process has it."""
        ...


class Cosigner(Protocol):
    """Has a signed checkpoint witnessed before it is published."""

    def cosign(self, size: int, root: bytes, note: str) -> str:
        """The note with the cosignatures that its policy demands. Raises `LedgerError` to hold it back."""
        ...


class BlobStore(Protocol):
    """Documents by the SHA-256 of their bytes; create-only."""

    async def put_new(self, stream: AsyncIterator[bytes], limit: int) -> tuple[str, int]:
        """Store at most `limit` bytes; (sha256 hex, size) once they are durable, also if already there."""
        ...

    def open(self, sha256: str, start: int = 0, end: int | None = None) -> AsyncIterator[bytes]:
        """The bytes of [start, end). Raises `KeyError` when there are none under that digest."""
        ...

    async def size(self, sha256: str) -> int | None: ...

    def digests(self) -> Iterable[str]:
        """Every digest held, in any order."""
        ...


class EntryRow(NamedTuple):
    """What stands about an entry beside it: a row of the statement index."""

    position: int
    statement_id: str | None
    originator_id: str
    originator_version: int
    leaf_hash: bytes


class AuditPage(NamedTuple):
    """Consecutive positions as two tables hold them, each ascending; gaps show as missing rows."""

    events: Sequence[StoredEntry]
    entries: Sequence[EntryRow]


class BytesPage(NamedTuple):
    """The same without what a look at bytes and tree does not need: (position, entry), (position, leaf)."""

    entries: Sequence[tuple[int, bytes]]
    leaves: Sequence[tuple[int, bytes]]


class AuditSource(Protocol):
    """The whole log as it is stored, as of one moment."""

    def head(self) -> Head: ...

    def bytes_page(self, start: int, stop: int) -> BytesPage:
        """Positions start..stop-1."""
        ...

    def page(self, start: int, stop: int) -> AuditPage:
        """Positions start..stop-1."""
        ...

    def disclosures(self, start: int, stop: int) -> Sequence[tuple[int, str, str | None]]:
        """(position, digest, content) of positions start..stop-1, ascending."""
        ...

    def keys(self) -> Sequence[tuple[int, str, str]]:
        """(position, key id, party) of every key ever introduced, ascending."""
        ...

    def nodes(self) -> Sequence[TreeNode]:
        """Every stored inner node, by level and index."""
        ...

    def beyond(self, size: int) -> str | None:
        """The name of a table with a row of a position that a log of `size` entries lacks."""
        ...


class WitnessDoor(Protocol):
    """Reaches witnesses (c2sp.org/tlog-witness)."""

    def add_checkpoint(self, address: str, body: bytes) -> Reply | Outage:
        """Post to the submission prefix `address`; raises nothing: that nobody answered is an answer, too."""
        ...


class WitnessMemory(Protocol):
    """What is remembered of each witness, outside the database and shared by a log's processes."""

    def recall(self, vkey: str) -> Standing: ...

    def remember(self, vkey: str, standing: Standing) -> None:
        """Return once it is durable. Raises `LedgerError` when it cannot be written."""
        ...
