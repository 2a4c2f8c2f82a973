"""The composition root: the object graph of one process, from its settings."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import structlog
from psycopg import Connection, OperationalError
from psycopg_pool import ConnectionPool
from pydantic import SecretStr

from api import documents, metrics
from api.anchoring import anchoring
from api.appending import Appender
from api.client.keyfile import read_key_file
from api.codec import CODEC
from api.problems import Problem
from api.promises import Proven, prove
from api.publishing import LogParts, PublishingThread, bucket_of, open_log, open_log_files
from api.publishing import health as publishing_health
from api.settings import Settings
from api.signing import admit as admit_log_keys
from api.tuning import verifying_threads
from ledger.application import Ledger
from ledger.clock import SystemClock
from ledger.core import canonical, merkle
from ledger.core.refusal import LedgerError, Refusal
from ledger.core.statement import Recorded, read_recorded
from ledger.cosigning import WitnessState
from ledger.domain.terms import Terms
from ledger.indexing import Identity, IndexPublisher
from ledger.ports import Head, StoreUnavailable
from ledger.publication import Publisher
from ledger.receipts import ReceiptDesk
from ledger.sequencer import Limits, Outcome, Sequencer, SequencerUnavailable, Submission
from ledger.store.blobs import ObjectBlobStore, folder_blobs, s3_blobs
from ledger.store.datastore import LedgerDatastore
from ledger.store.embedded import EmbeddedServer
from ledger.store.factory import LedgerFactory
from ledger.store.migrate import migrate, pending
from ledger.store.publications import PostgresPublications
from ledger.store.recorder import PostgresLedgerRecorder
from projections import runner, schema
from projections.index_trie import StoredIndex
from projections.runner import Runner
from projections.views import VIEWS

log = structlog.get_logger("service")
canonical.use(CODEC)  # in every process that serves, projects, checks or rebuilds

T = TypeVar("T")
READERS = 8  # connections for views, in each process


class NotMigrated(LedgerError):
    """The database lacks tables of this version."""


@dataclass(frozen=True, slots=True)
class About:
    """Which ledger this is: from entry 0, so it never changes."""

    origin: str
    genesis: str
    clock: str
    policy: str

    def to_json(self) -> dict[str, str]:
        return {"origin": self.origin, "genesis": self.genesis, "clock": self.clock}


@contextmanager
def database(settings: Settings) -> Iterator[str]:
    """The database's URL, with the embedded server held while the block runs if none is named."""
    if settings.database is not None:
        yield settings.database.get_secret_value()
        return
    with EmbeddedServer(settings.postgres_folder) as server:
        yield server.url


def demand_tables(url: str) -> str:
    """The URL. Raises `NotMigrated` for a database without the tables of this version."""
    if waiting := pending(url):
        raise NotMigrated(f"not yet applied: {', '.join(waiting)}", "run `evidence migrate` first")
    return url


def open_blobs(settings: Settings) -> ObjectBlobStore:
    """The document store that the settings name: a folder, or `s3://bucket/prefix`."""
    location = settings.blobs_location
    if not location.startswith("s3://"):
        return folder_blobs(Path(location))
    return s3_blobs(bucket_of(settings, location))


def read_about(recorder: PostgresLedgerRecorder) -> About | None:
    """Which ledger the database holds, None while it has no entry."""
    for position, entry in recorder.read_entries(0, 1):
        return _about(read_recorded(position, entry))
    return None


class Service:
    """Everything one serving process holds; a context manager."""

    url: str
    recorder: PostgresLedgerRecorder
    sequencer: Sequencer
    ledger: Ledger

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.blobs = open_blobs(settings)
        self.files = open_log_files(settings)
        self._stack = ExitStack()
        self._stop = threading.Event()
        self._about: About | None = None
        self._projector: Runner | None = None
        self._indexer: IndexPublisher | None = None
        self._index_trouble: str | None = None
        self._appender: Appender | None = None

    def __enter__(self) -> Self:
        try:
            self._open()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()

    # What the routes use.

    @property
    def about(self) -> About:
        """Which ledger this is. Raises `SequencerUnavailable` while it has no entry 0."""
        if self._about is None:
            self._about = read_about(self.recorder)
        if self._about is None:
            raise SequencerUnavailable("the ledger has no entry yet", "open it with `evidence init`")
        return self._about

    async def admit(self, submission: Submission) -> Submission:
        """What documents pin must be held, or must not be; so must log keys.

        Whether it is stays with the submission until the rules have accepted it: which bytes lie here is told
        to nobody else.
        """
        try:
            await documents.admit(self.blobs, submission)
            admit_log_keys(self._log.ring, submission)
        except Refusal as objection:
            return submission._replace(objection=objection)
        return submission

    async def append(self, group: Sequence[Submission]) -> list[Outcome]:
        """The outcomes in order, once everything accepted is durable."""
        loop = asyncio.get_running_loop()
        if self._appender is None or self._appender.loop is not loop:
            self._appender = Appender(self.sequencer, loop)
        return await self._appender.append(group)

    def read(self, question: Callable[[Connection[Any]], T]) -> T:
        """Ask the views within one snapshot. Raises `StoreUnavailable` when the database does not answer."""
        with self._reading() as conn, conn.transaction():
            conn.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            return question(conn)

    @contextmanager
    def _reading(self) -> Iterator[Connection[Any]]:
        try:
            with self._pool.connection(timeout=self.settings.wait_seconds + 1) as conn:
                yield conn
        except OperationalError as error:  # of which the pool's own, that none came free, is one
            raise StoreUnavailable(f"the database does not answer: {error}") from error

    def wait_for(self, position: int, *, searching: bool = False) -> None:
        """Return once every view has taken in the first `position` entries (read your writes).

        Whoever is `searching` waits for the words of the disclosures, too: they come later, and nobody else
        needs them. Raises `Problem` when the log is not that long, or the views do not get there in time.
        """
        if position > (logged := self.recorder.head().size):
            raise Problem("position-ahead", f"the log has {logged} entries", "at_least")
        if self._projector is not None:
            self._projector.wake()
        with self._reading() as conn:
            views = (*VIEWS, schema.words(conn)) if searching else VIEWS
            if position and not runner.wait(conn, views, position - 1, self.settings.wait_seconds):
                late = f"not at {position} within {self.settings.wait_seconds} s"
                raise Problem("views-behind", late, "at_least")

    def today(self) -> str:
        """The reader's day, to which ages are counted; a demo's day is that of its last entry."""
        return "" if self.about.clock == "demo" else f"{datetime.now(UTC):%Y-%m-%d}"

    def health(self) -> list[runner.ViewHealth]:
        """How every view stands."""
        with self._reading() as conn:
            return runner.health(conn, VIEWS)

    def search_health(self) -> runner.ViewHealth:
        """How the words of the disclosures stand."""
        with self._reading() as conn:
            return runner.health(conn, [schema.words(conn)])[0]

    def pending_migrations(self) -> list[str]:
        """Labels of migrations that were not applied."""
        return pending(self.url)

    # Opening, step by step.

    def _open(self) -> None:
        self.url = self._stack.enter_context(database(self.settings))
        self._migrate()
        datastore = LedgerDatastore(self.url)
        self._stack.callback(datastore.close)
        self.recorder = PostgresLedgerRecorder(datastore)
        self.index = StoredIndex(self.url)
        self._about = read_about(self.recorder)
        self._pool = ConnectionPool(
            self.url, min_size=1, max_size=READERS, kwargs={"autocommit": True}, open=True
        )
        self._stack.callback(self._pool.close)
        with self._pool.connection() as conn:
            schema.install(conn, VIEWS)
        self.publications = PostgresPublications(self.url)
        self._log = self._open_log()
        if self.settings.projector == "thread":
            self._start_publisher()
        self._start_sequencer()
        if self.settings.projector == "thread":
            self._start_projector()
        if self.settings.indexer == "thread":
            self._start_indexer()

    def _migrate(self) -> None:
        """The embedded database is ours alone to migrate; another one's owner decides when."""
        if self.settings.database is None:
            migrate(self.url)
        else:
            demand_tables(self.url)

    def _open_log(self) -> LogParts:
        """What was signed, and may be. Raises `LedgerError` when the log's key cannot be read."""
        origin = self._about.origin if self._about else self.settings.origin
        if not origin:
            raise SequencerUnavailable("the ledger has no entry yet", "open it with `evidence init`")
        return open_log(self.settings, origin, self.recorder, self.files)

    def _start_publisher(self) -> None:
        """Beside the projector. Stopped after the sequencer, so that its last batch is published, too."""
        log = self._log
        self._stack.enter_context(anchoring(self.settings, self.url))
        self._stack.enter_context(PublishingThread(self.settings, lambda: log, self.publications))

    def tile_publisher(self) -> Publisher:
        """Publishes the newest signed tree, whenever it is this process's turn."""
        return self._log.publisher(self.publications)

    def terms(self) -> tuple[Head, Terms]:
        """The head, and what the ledger has bound itself to by then.

        Raises `SequencerUnavailable` while it has no entry 0.
        """
        head = self.recorder.head()
        terms = self._log.terms.at(head.size)
        if terms is None:
            raise SequencerUnavailable("the ledger has no entry yet", "open it with `evidence init`")
        return head, terms

    def publication(self) -> dict[str, Any]:
        """How publication stands, whichever process publishes."""
        return publishing_health(self.recorder, self.publications, self._log.terms, self._is_demo())

    def witness_states(self) -> list[WitnessState]:
        """How each witness stands, whichever process asked it. Raises `LedgerError`."""
        return self._log.witnesses.states(self.recorder.head().size)

    def proof(self, statement_id: str) -> Proven:
        """A receipt in the newest published tree, or in the newest signed one while that lacks the entry."""
        return prove(statement_id, self.ledger, self.publications, self._log, self._is_demo())

    def root_at(self, size: int) -> bytes:
        """The root hash over the log's first `size` entries: what a checkpoint of that size says."""
        return merkle.root_at(size, self._log.heads.nodes(size))

    def _is_demo(self) -> bool:
        return self._about is not None and self._about.clock == "demo"

    def _start_sequencer(self) -> None:
        heads = self._log.heads
        desk = ReceiptDesk(self.recorder, heads)
        threads = verifying_threads(self.settings.workers, os.cpu_count() or 1)
        limits = Limits(queue=self.settings.submissions_at_once, verifying=threads)
        clock, watch = SystemClock(), metrics.sequenced
        # One connection, always the same: its server process has what appending needs at hand, and readers
        # never have it.
        own = LedgerDatastore(self.url, pool_size=1)
        self._stack.callback(own.close)
        appending = PostgresLedgerRecorder(own)
        self.sequencer = Sequencer(appending, heads, desk, clock, limits, self.index, watch)
        self.ledger = Ledger(LedgerFactory(self.recorder), self.recorder, self.sequencer, desk)
        self._probe_witnesses()
        self.sequencer.start()
        self._stack.callback(self.sequencer.stop)

    def _probe_witnesses(self) -> None:
        """What do they hold? The sequencer compares it with the database before its first append."""
        if size := self.recorder.head().size:
            try:
                self._log.witnesses.probe(size, self._log.signer.sign_empty(size))
            except LedgerError as error:
                log.error("witnesses could not be asked", what=error.what)

    def _start_projector(self) -> None:
        projector = self._projector = Runner(self.url, VIEWS)
        thread = threading.Thread(
            target=projector.run_forever, args=(self._stop,), name="projector", daemon=True
        )
        thread.start()
        self._stack.callback(self._stop_projector, projector, thread)

    def indexing(self) -> dict[str, object]:
        """Whether index statements are published as they should be, by this process."""
        trouble = self._index_trouble or (self._indexer.trouble if self._indexer else None)
        return {"ok": trouble is None} | ({"detail": trouble} if trouble else {})

    def index_publisher(self) -> IndexPublisher:
        """Publishes index statements. Raises `LedgerError` without the operator's device key."""
        key = read_key_file(self.settings.operator_key_file)
        seed = key.seed(lambda _: _secret(self.settings.operator_key_passphrase))
        identity = Identity(self.about.origin, self.about.genesis, self.about.clock == "demo")
        submit, interval = self.sequencer.submit, self._index_interval
        return IndexPublisher(identity, self.index, submit, seed, SystemClock(), interval)

    def _index_interval(self) -> float:
        """Seconds between index statements, as the settings say or else the ledger promises."""
        return self.settings.index_seconds or float(self.terms()[1].index_interval)

    def _start_indexer(self) -> None:
        """Publish beside the projector, where the operator's device key is at hand."""
        if not self.settings.operator_key_file.exists():
            return
        thread = threading.Thread(target=self._publish_forever, name="indexer", daemon=True)
        thread.start()
        self._stack.callback(self._stop_indexer, thread)

    def _publish_forever(self) -> None:
        """Once the ledger is open."""
        while self._about is None and read_about(self.recorder) is None:
            if self._stop.wait(1.0):
                return
        try:
            self._indexer = self.index_publisher()
        except LedgerError as error:
            self._index_trouble = error.what
            log.error("the index is not published", what=error.what)
            return
        self._indexer.run_forever(self._stop)

    def _stop_indexer(self, thread: threading.Thread) -> None:
        self._stop.set()
        thread.join()

    def _stop_projector(self, projector: Runner, thread: threading.Thread) -> None:
        self._stop.set()
        projector.wake()
        thread.join()


def _about(genesis: Recorded) -> About:
    claim = genesis.statement.claim
    return About(genesis.statement.origin, genesis.statement.id, str(claim["clock"]), str(claim["policy"]))


def _secret(value: SecretStr | None) -> str:
    return "" if value is None else value.get_secret_value()
