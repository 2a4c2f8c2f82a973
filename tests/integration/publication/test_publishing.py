"""Publication from a real database into a folder: what a crash leaves, and what is refused."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
import pytest
from eventsourcing.persistence import StoredEvent

from ledger.core import tiles
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.merkle import Frontier
from ledger.core.note import Signer
from ledger.core.refusal import LedgerError
from ledger.heads import LogBehind
from ledger.logterms import LogTerms
from ledger.ports import (
    CheckpointMoved,
    FileConflict,
    LogFileStore,
    Publication,
    Publications,
    PublishingTurn,
    Signed,
)
from ledger.publication import (
    Progress,
    PublicFilesForeign,
    PublicFilesLost,
    PublishedHead,
    Publisher,
    prune,
    rebuild,
)
from ledger.store.blobs import S3Location
from ledger.store.publications import PostgresPublications
from ledger.store.tilestore import BucketLogFiles, FolderLogFiles, bucket
from ledger.tiling import TilesContradict
from tests.support.builder import LOG_KEY, ORIGIN
from tests.support.public_log import Crash, Faults, FaultyStore, assert_servable, contents
from tests.support.writing import Author, Writing, writing


@dataclass
class Site:
    """A writing process, its author, and the place it publishes to."""

    process: Writing
    author: Author
    url: str
    folder: Path
    numbers: Iterator[int] = field(default_factory=itertools.count)

    @property
    def files(self) -> FolderLogFiles:
        return FolderLogFiles(self.folder)

    @property
    def terms(self) -> LogTerms:
        return LogTerms(self.process.recorder)

    def publisher(
        self, store: LogFileStore | None = None, publications: Publications | None = None
    ) -> Publisher:
        """A publisher as a process that has just started makes it."""
        return Publisher(
            self.process.recorder,
            self.process.heads,
            self.terms,
            store or self.files,
            publications or PostgresPublications(self.url),
        )

    def rebuild(self, store: LogFileStore | None = None) -> list[Progress]:
        return list(rebuild(self.process.recorder, store or self.files, PostgresPublications(self.url)))

    def grow(self, count: int) -> int:
        """Log that many more statements; the log's size."""
        made = [self.author.allegation(f"allegation {next(self.numbers)}") for _ in range(count)]
        return self.process.submit(*made)[-1].index + 1

    def grow_to(self, size: int) -> None:
        assert self.grow(size - self.process.recorder.head().size) == size

    def execute(self, statement: str, *parameters: object) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement.encode(), parameters)


@pytest.fixture
def site(database_url: str, tmp_path: Path) -> Iterator[Site]:
    author = Author()
    with writing(database_url, tmp_path / "journal") as process:
        process.submit(*author.setup)
        yield Site(process, author, database_url, tmp_path / "log")


def servable_size(site: Site) -> int:
    """The size of the published tree, once all its files are shown to be there."""
    head = assert_servable(site.files)
    return 0 if head is None else head.size


def published_sizes(site: Site) -> list[int]:
    with PostgresPublications(site.url).turn() as turn:
        assert turn is not None
        return [publication.size for publication in turn.all()]


def files_of(sizes: list[int]) -> set[str]:
    return {tile.path for size in sizes for tile in tiles.tiles_for(size)} | {"checkpoint"}


def test_what_is_signed_is_published_with_all_its_files(site: Site) -> None:
    site.grow_to(300)
    done = site.publisher().publish()
    head = assert_servable(site.files)
    assert done is not None
    assert head is not None
    assert (head.size, head.root) == (300, done.root) == site.process.heads.newest()[:2]
    assert set(contents(site.folder)) == files_of([300])
    assert [entry for _, entry in tiles.read_entries(site.files, 0, 300)] == [
        entry for _, entry in site.process.recorder.read_entries(0)
    ]


def test_an_unchanged_log_is_published_once(site: Site) -> None:
    publisher = site.publisher()
    publisher.publish()
    before = contents(site.folder)
    publisher.publish()
    assert contents(site.folder) == before
    assert published_sizes(site) == [3]


def test_a_log_without_entries_publishes_nothing(database_url: str, tmp_path: Path) -> None:
    with writing(database_url, tmp_path / "journal") as process:
        site = Site(process, Author(), database_url, tmp_path / "log")
        assert site.publisher().publish() is None
    assert not (tmp_path / "log").exists()


def test_files_exist_for_published_sizes_only(site: Site) -> None:
    publisher = site.publisher()
    sizes = [3, 5, 255, 256, 300, 512, 515]
    for size in sizes:
        if size > 3:
            site.grow_to(size)
        publisher.publish()
        assert servable_size(site) == size
    assert set(contents(site.folder)) == files_of(sizes)
    assert published_sizes(site) == sizes


def test_a_process_that_starts_later_goes_on_where_the_last_one_stopped(site: Site) -> None:
    site.grow_to(260)
    site.publisher().publish()
    site.grow_to(270)
    site.publisher().publish()
    assert assert_servable(site.files)
    assert set(contents(site.folder)) == files_of([260, 270])


# --- faults -----------------------------------------------------------------------------


@dataclass
class FaultyTurn:
    """A turn whose records fail, too: before they were made, or after."""

    turn: PublishingTurn
    faults: Faults

    def __getattr__(self, name: str) -> object:
        return getattr(self.turn, name)

    def begin(self, publication: Publication) -> None:
        self.faults.around(lambda: self.turn.begin(publication))

    def finish(self, size: int) -> None:
        self.faults.around(lambda: self.turn.finish(size))


@dataclass
class FaultyPublications:
    inner: Publications
    faults: Faults

    @contextmanager
    def turn(self) -> Iterator[PublishingTurn | None]:
        with self.inner.turn() as turn:
            yield None if turn is None else FaultyTurn(turn, self.faults)  # type: ignore[misc]


def faulty(site: Site, faults: Faults) -> Publisher:
    return site.publisher(
        FaultyStore(site.files, faults), FaultyPublications(PostgresPublications(site.url), faults)
    )


@pytest.mark.parametrize("persisted", [False, True], ids=["lost", "persisted anyway"])
def test_a_crash_at_any_write_leaves_a_servable_log_that_is_completed_later(
    site: Site, persisted: bool
) -> None:
    site.grow_to(255)
    site.publisher().publish()
    size, crashes = 255, 0
    while True:
        size += 260
        site.grow_to(size)
        faults = Faults(crashes, persisted)
        try:
            faulty(site, faults).publish()
        except Crash:
            crashes += 1
        else:
            break
        assert servable_size(site) in (size - 260, size)
        # More is logged before the next process starts, which first finishes what was begun.
        site.grow(1)
        size += 1
        site.publisher().publish()
        assert servable_size(site) in (size - 1, size)
        site.publisher().publish()
        assert servable_size(site) == size
    assert crashes >= 8
    assert set(contents(site.folder)) == files_of(published_sizes(site))
    assert_rebuilt_elsewhere(site)


def assert_rebuilt_elsewhere(site: Site) -> None:
    """The record of publications and the log give the same files again, byte for byte."""
    other = site.folder.with_name("rebuilt")
    steps = site.rebuild(FolderLogFiles(other))
    assert steps[-1].done == steps[-1].total == published_sizes(site)[-1]
    assert contents(other) == contents(site.folder)


def test_two_processes_never_publish_at_once(site: Site) -> None:
    with PostgresPublications(site.url).turn() as turn:
        assert turn is not None
        assert site.publisher().publish() is None
        with pytest.raises(LedgerError, match="another process"):
            site.rebuild()
    assert site.publisher().publish() is not None


def test_a_turn_ends_with_its_session(site: Site) -> None:
    with PostgresPublications(site.url).turn() as turn:
        assert turn is not None
        site.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_locks"
            " WHERE locktype = 'advisory' AND objid = x'7075626c'::bigint"
            # Other tests publish on the same server at the same time.
            " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        )
        with pytest.raises(LedgerError):
            turn.begin(Publication(3, bytes(32), "note"))
    assert site.publisher().publish() is not None


def test_one_that_lost_its_turn_cannot_put_an_older_checkpoint_back(site: Site) -> None:
    site.publisher().publish()
    older = site.files.read("checkpoint")
    site.grow_to(10)
    site.publisher().publish()
    with pytest.raises(CheckpointMoved):
        site.files.put_checkpoint(b"note", older)


# --- what is refused --------------------------------------------------------------------


def test_an_altered_entry_is_never_published(site: Site) -> None:
    site.grow_to(300)
    site.execute("UPDATE ledger_event SET state = state || ' ' WHERE notification_id = 271")
    with pytest.raises(TilesContradict, match="entry between 256 and 299"):
        site.publisher().publish()
    assert "checkpoint" not in contents(site.folder)


def test_an_altered_entry_of_a_full_bundle_is_never_published(site: Site) -> None:
    site.grow_to(300)
    site.execute("UPDATE ledger_event SET state = state || ' ' WHERE notification_id = 1")
    with pytest.raises(TilesContradict, match="altered"):
        site.publisher().publish()
    assert not [path for path in contents(site.folder) if "entries" in path]


def test_an_altered_leaf_hash_is_never_published(site: Site) -> None:
    site.grow_to(300)
    site.execute("UPDATE ledger_entry SET leaf_hash = sha256(leaf_hash) WHERE position = 12")
    with pytest.raises(TilesContradict, match="leaf hashes"):
        site.publisher().publish()
    assert contents(site.folder) == {}


def test_an_altered_inner_node_is_never_published(site: Site) -> None:
    site.grow_to(300)
    site.publisher().publish()
    site.grow_to(600)
    site.execute("UPDATE tree_node SET hash = sha256(hash) WHERE node_index = 0")
    published = contents(site.folder)
    with pytest.raises(LedgerError):
        site.publisher().publish()
    assert contents(site.folder) == published


def test_nothing_is_published_beside_the_checkpoint_of_another_log(site: Site) -> None:
    stranger = sign_checkpoint(Checkpoint(ORIGIN, 2, bytes(32)), Signer(ORIGIN, bytes(32)))
    site.files.put_checkpoint(stranger.encode(), None)
    with pytest.raises(PublicFilesForeign, match="not this ledger's"):
        site.publisher().publish()


def test_nothing_is_published_over_other_bytes(site: Site) -> None:
    site.files.put_new({"tile/0/000.p/3": b"something else"})
    with pytest.raises(FileConflict, match=r"tile/0/000\.p/3"):
        site.publisher().publish()
    assert site.files.read("checkpoint") is None


@pytest.mark.parametrize("gone", ["everything", "the newest checkpoint"])
def test_lost_files_stop_publication_until_they_are_rebuilt(site: Site, gone: str) -> None:
    site.grow_to(270)
    site.publisher().publish()
    older = contents(site.folder)
    site.grow_to(290)
    site.publisher().publish()
    before = contents(site.folder)
    for path in before:
        (site.folder / path).unlink()
    if gone == "the newest checkpoint":
        for path, data in older.items():
            (site.folder / path).write_bytes(data)
    site.grow_to(300)
    with pytest.raises(PublicFilesLost) as error:
        site.publisher().publish()
    assert error.value.mend == "run `evidence rebuild tiles`"
    site.rebuild()
    assert contents(site.folder) == before
    site.publisher().publish()
    assert set(contents(site.folder)) == files_of([270, 290, 300])


def test_a_rebuild_names_a_file_that_was_altered(site: Site) -> None:
    site.grow_to(300)
    site.publisher().publish()
    path = site.folder / "tile/entries/000"
    data = bytearray(path.read_bytes())
    data[5000] ^= 1
    path.write_bytes(bytes(data))
    with pytest.raises(FileConflict, match="tile/entries/000"):
        site.rebuild()


def test_a_rebuild_never_puts_an_older_checkpoint_over_a_later_one(site: Site) -> None:
    site.publisher().publish()
    site.grow_to(300)
    crash = Faults(6, persisted=True)  # the checkpoint is put, and not yet recorded
    with pytest.raises(Crash):
        faulty(site, crash).publish()
    assert published_sizes(site) == [3]
    assert servable_size(site) == 300
    site.rebuild()
    assert servable_size(site) == 300


def test_a_publication_that_the_database_forgot_is_taken_up_again(site: Site) -> None:
    site.grow_to(270)
    site.publisher().publish()
    site.grow_to(280)
    site.publisher().publish()
    site.execute("DELETE FROM publication WHERE size = 280")
    site.publisher().publish()
    assert published_sizes(site) == [270, 280]
    site.grow_to(290)
    site.publisher().publish()
    assert assert_servable(site.files)
    assert set(contents(site.folder)) == files_of([270, 280, 290])


# --- the sequencer ----------------------------------------------------------------------


def test_the_sequencer_refuses_a_database_behind_the_published_checkpoint(
    site: Site, empty_database_url: str, tmp_path: Path
) -> None:
    from ledger.store.migrate import migrate

    site.grow_to(300)
    site.publisher().publish()
    migrate(empty_database_url)
    files, author = FolderLogFiles(site.folder), site.author

    class Published:
        name = "the published checkpoint"

        def last(self) -> Signed | None:
            return PublishedHead(files, LogTerms(site.process.recorder)).last()

    # An older copy of the database on a machine that also lost its journal.
    with writing(empty_database_url, tmp_path / "new-journal") as older:
        older.submit(*author.setup)
    with writing(empty_database_url, tmp_path / "new-journal", published=[Published()]) as older:
        assert isinstance(older.sequencer.problem, LogBehind)
        with pytest.raises(LogBehind, match="the published checkpoint knows a signed tree of 300"):
            older.submit(author.allegation("on an older copy"))


def test_the_published_head_is_compared_by_its_root(site: Site) -> None:
    site.publisher().publish()
    head = PublishedHead(site.files, site.terms)
    assert head.last() == Signed(3, site.process.heads.newest().root)
    forged = sign_checkpoint(Checkpoint(ORIGIN, 3, bytes(32)), Signer(ORIGIN, LOG_KEY.seed))
    site.files.put_checkpoint(forged.encode(), site.files.read("checkpoint"))
    with pytest.raises(LedgerError, match="not those that the published checkpoint knows"):
        site.process.heads.__class__(
            site.process.recorder, site.process.heads._journal, site.process.heads._signer, [head]
        ).check_published(site.process.recorder.head())


def test_nothing_published_is_no_head(site: Site) -> None:
    assert PublishedHead(site.files, site.terms).last() is None


# --- pruning ----------------------------------------------------------------------------


def test_pruning_leaves_every_file_that_the_checkpoint_needs(site: Site) -> None:
    sizes = [3, 100, 256, 257, 300, 520]
    for size in sizes:
        if size > 3:
            site.grow_to(size)
        site.publisher().publish()
    steps = list(prune(site.files, PostgresPublications(site.url)))
    assert steps[-1].done == 520
    gone = files_of(sizes) - set(contents(site.folder))
    assert gone == {
        f"tile/{level}/{partial}"
        for level in ("0", "entries")
        for partial in ("000.p/3", "000.p/100", "001.p/1", "001.p/44")
    }
    assert servable_size(site) == 520
    assert list(tiles.read_entries(site.files, 0, 300)) == list(site.process.recorder.read_entries(0, 300))


def test_pruned_files_are_put_back_by_a_rebuild_and_pruned_again(site: Site) -> None:
    site.publisher().publish()
    site.grow_to(256)
    site.publisher().publish()
    before = contents(site.folder)
    list(prune(site.files, PostgresPublications(site.url)))
    pruned = contents(site.folder)
    assert len(pruned) == len(before) - 2
    site.rebuild()
    assert contents(site.folder) == before
    list(prune(site.files, PostgresPublications(site.url)))
    list(prune(site.files, PostgresPublications(site.url)))
    assert contents(site.folder) == pruned


# --- speed ------------------------------------------------------------------------------


def test_publishing_ten_thousand_entries_costs_less_than_a_second_of_one_core(site: Site) -> None:
    recorder, heads = site.process.recorder, site.process.heads
    for batch in range(10):
        names = [f"{batch:032x}{number:032x}" for number in range(1000)]
        recorder.insert_events([StoredEvent(name, 1, "any", name.encode() * 12) for name in names])
    head = recorder.head()
    heads.sign(head.size, Frontier.from_bytes(head.frontier).root())
    publisher = site.publisher()
    before = time.process_time()
    done = publisher.publish()
    assert time.process_time() - before < 1.0
    assert done is not None
    assert done.size == 10_003
    assert servable_size(site) == 10_003


# --- a bucket ---------------------------------------------------------------------------


def test_a_bucket_holds_the_same_files_as_a_folder(site: Site, s3_place: S3Location) -> None:
    store = BucketLogFiles(bucket(s3_place))
    site.grow_to(300)
    site.publisher(store).publish()
    site.grow_to(310)
    site.publisher(store).publish()
    head = assert_servable(store)
    assert head is not None
    assert head.size == 310
    site.rebuild(site.files)
    for path, data in contents(site.folder).items():
        assert store.read(path) == data
