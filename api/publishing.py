"""Publication in the processes that keep the views up to date: where to, how often, and how it stands."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, Self

from api.settings import Settings
from api.signing import KeyRing, LogSigner
from ledger.clock import SystemClock
from ledger.core.entry import decode_entry_trusted
from ledger.core.grammar import milliseconds
from ledger.core.merkle import HashReader
from ledger.core.refusal import LedgerError
from ledger.core.statement import read_recorded
from ledger.cosigning import Witnesses, WitnessState
from ledger.heads import Heads
from ledger.logterms import LogTerms
from ledger.ports import LogFileStore, LogRecorder, Publications
from ledger.publication import Progress, PublishedHead, Publisher, PublishingLoop, prune, rebuild
from ledger.store.blobs import S3Location
from ledger.store.datastore import LedgerDatastore
from ledger.store.journal import FileSignJournal
from ledger.store.publications import PostgresPublications
from ledger.store.recorder import PostgresLedgerRecorder
from ledger.store.tilestore import BucketLogFiles, FolderLogFiles, bucket
from ledger.store.witness import FileWitnessMemory, HttpWitnesses, read_witnesses

# Of `maxPublishDelay`, so that one failed attempt or two do not break the promise.
ATTEMPTS_IN_DELAY = 6
LEAST_INTERVAL = 1.0  # seconds


class IntervalTooLong(LedgerError):
    """The setting would break what entry 0 promises."""


class LogParts(NamedTuple):
    """What signing and publishing share in one process."""

    recorder: LogRecorder
    files: LogFileStore
    heads: Heads
    terms: LogTerms
    ring: KeyRing
    signer: LogSigner
    witnesses: Witnesses

    def publisher(self, publications: Publications) -> Publisher:
        """Publishes the newest signed tree, whenever it is this process's turn."""
        return Publisher(self.recorder, self.heads, self.terms, self.files, publications, self.witnesses)


def open_log_files(settings: Settings) -> LogFileStore:
    """Where the public files lie: a folder, or `s3://bucket/prefix`."""
    location = settings.tiles_location
    if not location.startswith("s3://"):
        return FolderLogFiles(Path(location))
    return BucketLogFiles(bucket(bucket_of(settings, location)))


def bucket_of(settings: Settings, location: str) -> S3Location:
    """The bucket that an `s3://` address names, with the settings' keys."""
    name, _, prefix = location.removeprefix("s3://").partition("/")
    keys = (settings.s3_access_key, settings.s3_secret_key)
    access, secret = ("" if key is None else key.get_secret_value() for key in keys)
    return S3Location(name, prefix, settings.s3_endpoint, settings.s3_region, access, secret)


def open_log(settings: Settings, origin: str, recorder: LogRecorder, files: LogFileStore) -> LogParts:
    """Journal, keys and published checkpoint of the log.

    Raises `LedgerError` when its key is not here, or the settings would break what it promises.
    """
    terms, size = LogTerms(recorder), recorder.head().size
    publish_interval(settings, terms, size)
    ring = KeyRing(settings, origin)
    signer = LogSigner(origin, ring, terms)
    signer.check(size)
    journal = FileSignJournal(settings.journal_file)
    witnesses = open_witnesses(settings, terms, lambda size: heads.nodes(size))
    heads = Heads(recorder, journal, signer, [PublishedHead(files, terms), witnesses])
    return LogParts(recorder, files, heads, terms, ring, signer, witnesses)


def open_witnesses(settings: Settings, terms: LogTerms, nodes: Callable[[int], HashReader]) -> Witnesses:
    """The witnesses of the ledger's published policy and of the settings. Raises `LedgerError`."""

    def policy_at(size: int) -> str:
        found = terms.at(size)
        return "" if found is None else found.policy

    memory, own = FileWitnessMemory(settings.witnesses_folder), read_witnesses(settings.witnesses)
    return Witnesses(policy_at, nodes, HttpWitnesses(), memory, own)


def publish_interval(settings: Settings, terms: LogTerms, size: int) -> float:
    """Seconds between publications, from the setting or from what the ledger promises at that size.

    Raises `IntervalTooLong`.
    """
    promised = terms.at(size)
    if promised is None:
        return settings.publish_seconds or LEAST_INTERVAL
    delay = promised.max_publish_delay
    if settings.publish_seconds is None:
        return max(delay / ATTEMPTS_IN_DELAY, LEAST_INTERVAL)
    if settings.publish_seconds > delay:
        raise IntervalTooLong(
            f"EVIDENCE_PUBLISH_SECONDS is {settings.publish_seconds:g}, but this ledger promises a checkpoint"
            f" within {delay} s",
            "give a shorter interval, or none",
        )
    return settings.publish_seconds


class PublishingThread:
    """Publication in a thread of its own; leaving it publishes once more what is signed by then."""

    def __init__(
        self, settings: Settings, log: Callable[[], LogParts | None], publications: Publications
    ) -> None:
        """`log` gives the log once it is open; until then there is nothing to publish."""
        self._settings = settings
        self._open = log
        self._publications = publications
        self._log: LogParts | None = None
        self._publisher: Publisher | None = None
        self._stop = threading.Event()
        self.loop = PublishingLoop(self._publish, self._interval)
        self._thread = threading.Thread(
            target=self.loop.run_forever, args=(self._stop,), name="publisher", daemon=True
        )

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _publish(self) -> None:
        if self._log is None:
            self._log = self._open()
        if self._log is not None and self._publisher is None:
            self._publisher = self._log.publisher(self._publications)
        if self._publisher is not None:
            self._publisher.publish()

    def _interval(self) -> float:
        if self._log is None:
            return LEAST_INTERVAL
        return publish_interval(self._settings, self._log.terms, self._log.recorder.head().size)


@contextmanager
def publishing(settings: Settings, url: str) -> Iterator[PublishingThread]:
    """Publish beside a projector that is a process of its own, from the database at `url`."""
    datastore = LedgerDatastore(url)
    recorder, files = PostgresLedgerRecorder(datastore), open_log_files(settings)

    def log() -> LogParts | None:
        for position, entry in recorder.read_entries(0, 1):
            origin = read_recorded(position, entry).statement.origin
            return open_log(settings, origin, recorder, files)
        return None

    try:
        with PublishingThread(settings, log, PostgresPublications(url)) as thread:
            yield thread
    finally:
        datastore.close()


def rebuild_files(settings: Settings, url: str) -> Iterator[Progress]:
    """Put the public files that are missing in the place that the settings name; needs no key."""
    datastore = LedgerDatastore(url)
    try:
        recorder = PostgresLedgerRecorder(datastore)
        yield from rebuild(recorder, open_log_files(settings), PostgresPublications(url))
    finally:
        datastore.close()


def prune_files(settings: Settings, url: str) -> Iterator[Progress]:
    """Delete the partial files that full ones have made superfluous; needs no key."""
    yield from prune(open_log_files(settings), PostgresPublications(url))


def witness_states(settings: Settings, url: str) -> list[WitnessState]:
    """How each witness stands, by the policy in the database at `url`; asks nobody and needs no key."""

    def unread(size: int) -> HashReader:
        raise AssertionError(f"the tree of {size} entries is not read to tell what is remembered")

    datastore = LedgerDatastore(url)
    try:
        recorder = PostgresLedgerRecorder(datastore)
        return open_witnesses(settings, LogTerms(recorder), unread).states(recorder.head().size)
    finally:
        datastore.close()


def health(recorder: LogRecorder, publications: Publications, terms: LogTerms, demo: bool) -> dict[str, Any]:
    """How publication stands, whichever process publishes: late when an entry waits longer than promised."""
    size, newest = recorder.head().size, publications.newest()
    published = newest.size if newest else 0
    waiting = _waiting(recorder, published) if published < size and not demo else 0.0
    promised = terms.at(size)
    late = promised is not None and waiting > promised.max_publish_delay
    return {"ok": not late, "published": published, "behind": max(size - published, 0), "waiting": waiting}


def _waiting(recorder: LogRecorder, position: int) -> float:
    """Seconds since the entry at `position` was recorded."""
    entry = recorder.entry_at(position)
    if entry is None:
        return 0.0
    age = SystemClock().now() - milliseconds(decode_entry_trusted(entry.state).recorded_at)
    return round(max(age, 0) / 1000, 3)
