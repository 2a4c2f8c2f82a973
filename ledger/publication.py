"""Publication: the signed tree as files for everyone (protocol section 6, c2sp.org/tlog-tiles).

One process of a log publishes at a time. The order of one publication:

1. what the public files hold is what was published last; something else stops everything
2. what a crash interrupted is finished first
3. the newest signed checkpoint, cosigned as far as the policy demands
4. its size and note are recorded, durably: this tree is published next and no other
5. the files that it adds, each shown to belong to the signed root before it is put
6. the checkpoint, in one step
7. recorded as finished

A crash anywhere leaves the old checkpoint or the new one, with every file that it needs. Because of 4 no file
exists of a tree that is never published, so what lies in the public place follows from the log and the record
of publications alone, and can be made again byte for byte.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from ledger.core import merkle
from ledger.core.checkpoint import Checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.merkle import Frontier, TileReader
from ledger.core.note import Verifier, open_note, split_note
from ledger.core.refusal import LedgerError, Refusal
from ledger.core.tiles import CHECKPOINT_PATH, LogFiles, is_complete, partial_tiles
from ledger.heads import Heads, NothingSigned, SequencerUnavailable
from ledger.logterms import LogTerms
from ledger.pausing import pause
from ledger.ports import (
    Cosigner,
    FileConflict,
    LogFileStore,
    LogRecorder,
    Publication,
    Publications,
    PublishingTurn,
    Signed,
)
from ledger.tiling import grow, new_files

log = logging.getLogger(__name__)

REBUILD = "run `evidence rebuild tiles`"


class PublicFilesForeign(SequencerUnavailable):
    """The public place holds a checkpoint that this log has not published there."""

    retry_after = 30


class PublicFilesLost(LedgerError):
    """The public place holds less than was published."""


class Progress(NamedTuple):
    """How far a rebuild is: entries of the tree published so far, and those of the newest publication."""

    done: int
    total: int


def published_head(files: LogFiles, terms: LogTerms) -> Checkpoint | None:
    """The published checkpoint, verified; None before the first. Raises `PublicFilesForeign`."""
    data = files.read(CHECKPOINT_PATH)
    return None if data is None else _open(data, terms)


class PublishedHead:
    """`TreeHeadSource`: the published checkpoint, with which the sequencer compares its database."""

    name = "the published checkpoint"

    def __init__(self, files: LogFiles, terms: LogTerms) -> None:
        self._files = files
        self._terms = terms

    def last(self) -> Signed | None:
        """Size and root of the published checkpoint. Raises `PublicFilesForeign`, `LogFilesUnavailable`."""
        head = published_head(self._files, self._terms)
        return None if head is None else Signed(head.size, head.root)


class Publisher:
    """Publishes the newest signed tree; made for one thread."""

    def __init__(
        self,
        recorder: LogRecorder,
        heads: Heads,
        terms: LogTerms,
        store: LogFileStore,
        publications: Publications,
        cosigner: Cosigner | None = None,
    ) -> None:
        self._recorder = recorder
        self._heads = heads
        self._terms = terms
        self._store = store
        self._publications = publications
        self._cosigner = cosigner
        self._frontier = Frontier()  # of the last tree whose files were put

    def publish(self) -> Publication | None:
        """Publish what is signed and not published yet, if there is something and it is this process's turn.

        Returns the newest publication. Raises `LedgerError` when it has to be held back; the next call
        tries again.
        """
        with self._publications.turn() as turn:
            if turn is None:
                return None
            newest = self._resume(turn)
            try:
                head = self._heads.newest()
            except NothingSigned:
                return None
            if newest is not None and newest.size >= head.size:
                return newest
            note = head.note if self._cosigner is None else self._cosigner.cosign(*head)
            publication = Publication(head.size, head.root, note)
            turn.begin(publication)
            self._put(turn, newest, publication)
            return publication

    def _resume(self, turn: PublishingTurn) -> Publication | None:
        """Steps 1 and 2; the newest publication after them."""
        newest, unfinished = turn.newest(), turn.unfinished()
        there = self._store.read(CHECKPOINT_PATH)
        if unfinished is not None:
            if there not in (_bytes(newest), _bytes(unfinished)):
                raise self._unexpected(there, newest)
            self._put(turn, newest, unfinished)
            return unfinished
        if there != _bytes(newest):
            return self._adopt(turn, there, newest)
        return newest

    def _adopt(
        self, turn: PublishingTurn, there: bytes | None, newest: Publication | None
    ) -> Publication | None:
        """A later publication of ours that the record lacks: the database lost its last transactions."""
        error = self._unexpected(there, newest)
        if there is None:
            raise error
        found = _open(there, self._terms)
        if newest is not None and found.size <= newest.size:
            raise error
        if self._recorder.head().size < found.size or self._root(found.size) != found.root:
            raise error
        adopted = Publication(found.size, found.root, there.decode())
        turn.begin(adopted)
        turn.finish(adopted.size)
        return adopted

    def _put(self, turn: PublishingTurn, newest: Publication | None, publication: Publication) -> None:
        """Steps 5 to 7."""
        after = _put_files(self._recorder, self._store, self._before(newest), publication)
        note = publication.note.encode()
        there = self._store.read(CHECKPOINT_PATH)
        if there != note:
            if there != _bytes(newest):
                raise self._unexpected(there, newest)
            self._store.put_checkpoint(note, there)
        turn.finish(publication.size)
        self._frontier = after

    def _before(self, newest: Publication | None) -> Frontier:
        """The frontier of the tree published last, as it was published."""
        if newest is None:
            return Frontier()
        if self._frontier.size != newest.size or self._frontier.root() != newest.root:
            self._frontier = self._frontier_at(newest.size)
        if self._frontier.root() != newest.root:
            raise PublicFilesForeign(
                f"the database's first {newest.size} entries are not those that were published",
                "run `evidence check`, and compare the copies of the database",
            )
        return self._frontier

    def _frontier_at(self, size: int) -> Frontier:
        return merkle.frontier_at(size, TileReader(self._read_tile))

    def _root(self, size: int) -> bytes:
        return self._frontier_at(size).root()

    def _read_tile(self, level: int, first: int, count: int) -> Sequence[bytes]:
        if level == 0:
            return self._recorder.read_leaf_hashes(first, count)
        return self._recorder.read_nodes(level, first, count)

    def _unexpected(self, there: bytes | None, newest: Publication | None) -> LedgerError:
        if there is None:
            assert newest is not None, "an empty place is what is expected before the first publication"
            return PublicFilesLost(
                f"the public files are gone: a tree of {newest.size} entries was published", REBUILD
            )
        found = _open(there, self._terms)
        if newest is not None and found.size < newest.size:
            return PublicFilesLost(
                f"the public files end at {found.size} entries, where {newest.size} were published", REBUILD
            )
        return PublicFilesForeign(
            f"the published checkpoint of {found.size} entries is not one that this ledger published",
            "let one ledger alone publish to this place; run `evidence check`",
        )


def rebuild(recorder: LogRecorder, store: LogFileStore, publications: Publications) -> Iterator[Progress]:
    """Put every file that was ever published and is missing.

    Into an empty place this puts all of them, byte for byte as they were. Raises `FileConflict` for one that
    differs, and `LedgerError` while somebody else publishes.
    """
    with publications.turn() as turn:
        if turn is None:
            raise LedgerError("another process publishes right now", "try again in a moment")
        newest = turn.newest()
        if newest is None:
            return
        before = Frontier()
        for publication in turn.all():
            before = _put_files(recorder, store, before, publication)
            yield Progress(publication.size, newest.size)
        _restore_checkpoint(store, newest)


def prune(store: LogFileStore, publications: Publications) -> Iterator[Progress]:
    """Delete the partial files of which the newest published tree has the full ones, as tlog-tiles allows.

    A partial bundle is as large as what is in it, so that a full one costs a hundred times its size in
    partial ones when every few entries are published. Readers who miss one ask for the full one.
    """
    with publications.turn() as turn:
        if turn is None:
            raise LedgerError("another process publishes right now", "try again in a moment")
        newest = turn.newest()
        if newest is None:
            return
        for publication in turn.all():
            partial = partial_tiles(publication.size)
            gone = [tile.path for tile in partial if is_complete(tile, newest.size)]
            if gone:
                store.delete(gone)
            yield Progress(publication.size, newest.size)


def _restore_checkpoint(store: LogFileStore, newest: Publication) -> None:
    """Put the newest checkpoint where an older one is, or none; never over a later one."""
    there, note = store.read(CHECKPOINT_PATH), newest.note.encode()
    size = 0 if there is None else _text(there).size
    if size < newest.size:
        store.put_checkpoint(note, there)
    elif size == newest.size and there != note:
        raise FileConflict(
            f"another checkpoint of {size} entries is published than the ledger remembers",
            "keep a copy of it to find out why, remove it, and try again",
        )


class PublishingLoop:
    """Publishes at every interval until stopped, and once more then. `trouble` says why it could not."""

    def __init__(self, publish: Callable[[], object], interval: Callable[[], float]) -> None:
        """`interval` gives the seconds to wait, asked for while waiting: the ledger may amend its promise."""
        self._publish = publish
        self._interval = interval
        self.trouble: str | None = None

    def run_forever(self, stop: threading.Event) -> None:
        """Return after `stop` is set and what is signed by then is published, if it can be."""
        while True:
            stopping = stop.is_set()
            self._publish_once()
            if stopping:
                return
            pause(stop, self._interval)

    def _publish_once(self) -> None:
        try:
            self._publish()
            self._interval()  # a setting that would break an amended promise is trouble, too
            self.trouble = None
        except LedgerError as error:
            self._note(error.what)
        except Exception as error:  # a fault of ours must not end publication for good
            log.exception("publishing failed")
            self._note(f"{type(error).__name__}: {error}")

    def _note(self, what: str) -> None:
        if what != self.trouble:
            log.error("not published, trying again: %s", what)
        self.trouble = what


def _put_files(
    recorder: LogRecorder, store: LogFileStore, before: Frontier, publication: Publication
) -> Frontier:
    """Step 5; the frontier of the published tree."""
    grown = grow(recorder, before, publication.size, publication.root)
    for files in new_files(recorder, grown):
        store.put_new(files)
    return grown.frontier


def _bytes(publication: Publication | None) -> bytes | None:
    return None if publication is None else publication.note.encode()


def _open(data: bytes, terms: LogTerms) -> Checkpoint:
    """A checkpoint signed by a key that is or was this log's."""
    head = _text(data)
    try:
        open_note(data.decode(), [Verifier.from_vkey(vkey) for vkey in terms.log_keys_ever(head.size)])
    except Refusal as error:
        raise _foreign(error) from error
    return head


def _text(data: bytes) -> Checkpoint:
    """What a checkpoint says, whoever signed it."""
    try:
        return parse_checkpoint(split_note(data.decode("utf-8"))[0])
    except (Refusal, UnicodeDecodeError) as error:
        raise _foreign(error) from error


def _foreign(error: Exception) -> PublicFilesForeign:
    return PublicFilesForeign(
        f"the published checkpoint is not this ledger's: {error}",
        "name another place for the public files, or the database that belongs to this one",
    )
