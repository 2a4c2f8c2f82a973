"""Tree heads: is the database the newest copy of this log, and what may be signed (protocol section 6).

A checkpoint leaves the process only after its last entry has committed, only as an extension of the last
one signed, and after (size, root) is in the sign journal. A database that is behind the newest head known
anywhere, or whose tree contradicts one, is a restored backup or a fork: nothing is appended to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from ledger.core import merkle
from ledger.core.refusal import LedgerError
from ledger.ports import (
    NOTHING_SIGNED,
    CheckpointSigner,
    Head,
    LogRecorder,
    Signed,
    SignJournal,
    TreeHeadSource,
)


class SequencerUnavailable(LedgerError):
    """Nothing is appended for now; the same submission may be sent again later."""

    retry_after = 1  # seconds


class LogBehind(SequencerUnavailable):
    """The database holds fewer entries than were signed: an older backup, or a failover that lost commits."""

    retry_after = 30


class LogForked(SequencerUnavailable):
    """The database's tree contradicts a head that was signed."""

    retry_after = 30


class SignedHead(NamedTuple):
    """A signed checkpoint: `note` is its three-line text with the log's signature."""

    size: int
    root: bytes
    note: str


class NothingSigned(LedgerError):
    """The log has no checkpoint yet, because it has no entry."""


class Heads:
    """Checks the database against what was signed, and signs what may be signed."""

    def __init__(
        self,
        recorder: LogRecorder,
        journal: SignJournal,
        signer: CheckpointSigner,
        published: Sequence[TreeHeadSource] = (),
    ) -> None:
        self._recorder = recorder
        self._journal = journal
        self._signer = signer
        self._published = published
        self._agreed: Signed | None = None
        self._compared: Signed | None = None  # what the journal ended with when the head was checked
        self._newest: SignedHead | None = None

    def check(self, head: Head) -> None:
        """Compare `head`, read under the head lock, with what this process signed and the journal.

        Raises `LogBehind` or `LogForked`. Cheap as long as the journal ends with this very head, and what
        this process signed stands a few lines before: no head is recorded but behind the one that it was
        compared with.
        """
        root = merkle.Frontier.from_bytes(head.frontier).root()
        recorded, agreed = self._journal.last(), self._agreed
        is_ours = agreed is not None and (agreed == recorded or self._journal.holds(agreed))
        if recorded != (head.size, root) or not is_ours:
            self._compare(head, root, "this process", agreed)
            self._compare(head, root, "the sign journal", recorded)
        self._agreed, self._compared = Signed(head.size, root), recorded or NOTHING_SIGNED

    def check_published(self, head: Head) -> None:
        """Compare `head` with all other places that know a tree head of this log; before the first append."""
        root = merkle.Frontier.from_bytes(head.frontier).root()
        for source in self._published:
            known = source.last()
            self._compare(head, root, source.name, known)

    def sign(self, size: int, root: bytes, version: int | None = None) -> SignedHead:
        """Journal, then sign a head that has committed; `version` is for the signer.

        Raises `JournalConflict` rather than fork, and `SequencerUnavailable` when the journal cannot be
        written.
        """
        if self._newest is None or self._newest[:2] != (size, root):
            if size:
                self._record(size, root)
            self._newest = SignedHead(size, root, self._signer.sign(size, root, version))
        self._agreed = Signed(size, root)
        return self._newest

    def newest(self) -> SignedHead:
        """The newest signed head, by whichever process that shares the journal. Raises `NothingSigned`."""
        known = self._journal.last()
        if known is None:
            raise NothingSigned("nothing is signed yet", "the first entry opens the ledger: `evidence init`")
        newest = self._newest
        if newest is None or newest[:2] != known:
            newest = SignedHead(known.size, known.root, self._signer.sign(known.size, known.root))
        return newest

    def _record(self, size: int, root: bytes) -> None:
        try:
            self._journal.record(size, root, self._compared)
            self._compared = Signed(size, root)
        except OSError as error:
            raise SequencerUnavailable(
                f"the sign journal cannot be written: {error.strerror}", "make room for it, or mend its disk"
            ) from error

    def _compare(self, head: Head, root: bytes, name: str, known: Signed | None) -> None:
        if known is None or known.size == 0 or known == (head.size, root):
            return
        if known.size > head.size:
            raise LogBehind(
                f"the database holds {head.size} entries, but {name} knows a signed tree of {known.size}",
                "start the newest copy of the database; never sign on from an older one",
            )
        if known.root and self._root_at(known.size, head, root) != known.root:
            raise LogForked(
                f"the database's first {known.size} entries are not those that {name} knows as signed",
                "compare the copies with `evidence check` before anything is appended",
            )

    def _root_at(self, size: int, head: Head, root: bytes) -> bytes:
        return root if size == head.size else merkle.root_at(size, self.nodes(head.size))

    def nodes(self, size: int) -> merkle.HashReader:
        """Reads nodes of the first `size` entries, whole tiles at a time: for a few proofs, then dropped."""
        return merkle.TileReader(self._read_tile, size)

    def _read_tile(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return self._recorder.read_leaf_hashes(first, count)
        return self._recorder.read_nodes(level, first, count)
