"""Every write of a batch is tried as lost and as persisted anyway; then the whole log is verified again."""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from ledger.batch import ClockBehind
from ledger.core.refusal import Refusal
from ledger.heads import Heads, LogBehind, LogForked, SequencerUnavailable
from ledger.ports import JournalConflict, Signed
from ledger.receipts import Receipt, ReceiptDesk
from ledger.sequencer import Limits, Sequencer
from ledger.store.datastore import datastore_from_url
from ledger.store.journal import FileSignJournal
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.builder import KeyPair, sign
from tests.support.databases import TestServer
from tests.support.interrupting_proxy import Fault, InterruptingProxy
from tests.support.writing import Author, TestSigner, Writing, submission, writing

from .conftest import assert_sound

FAULTS: list[tuple[Fault, ...]] = [
    ("lost",),
    ("persisted",),
    *itertools.product(("lost", "persisted"), repeat=2),
    ("lost", "lost", "persisted"),
]


@pytest.mark.parametrize("faults", FAULTS, ids="-".join)
def test_an_unknown_commit_outcome_is_read_back(
    faults: tuple[Fault, ...], database_url: str, private_dir: Path, journal: Path, author: Author
) -> None:
    """Each author hears what is true: one entry each, receipts that verify, the refused one refused."""
    statements = author.allegations(20)
    stranger = sign(statements[10].envelope.payload, KeyPair("stranger"))
    statements[10] = type(statements[10])(statements[10].statement, stranger)
    with InterruptingProxy(database_url, private_dir) as proxy, writing(proxy.url, journal) as process:
        process.submit(*author.setup)
        proxy.arm(*faults)
        group = [submission(each) for each in statements]
        outcomes = process.sequencer.submit_together(group).result(30)
        assert proxy.faults >= 1
        proxy.arm()
        process.submit(author.allegation("afterwards"))
    assert [n for n, each in enumerate(outcomes) if isinstance(each, Refusal)] == [10]
    receipts = [each for each in outcomes if isinstance(each, Receipt)]
    assert len(receipts) == 19
    assert not any(receipt.duplicate for receipt in receipts)
    for receipt in receipts:
        author.verify(receipt)
    assert_sound(database_url, journal, 3 + 19 + 1)


class FaultyJournal:
    """A sign journal whose next record fails, before or after the line is on the disk."""

    def __init__(self, path: Path) -> None:
        self._journal = FileSignJournal(path)
        self.fault: Fault | None = None

    def last(self) -> Signed | None:
        return self._journal.last()

    def holds(self, head: Signed) -> bool:
        return self._journal.holds(head)

    def record(self, size: int, root: bytes, after: Signed | None = None) -> None:
        fault, self.fault = self.fault, None
        if fault != "lost":
            self._journal.record(size, root, after)
        if fault is not None:
            raise OSError("no space left on the journal's disk")


@contextmanager
def _with_faulty_journal(url: str, path: Path) -> Iterator[tuple[Sequencer, FaultyJournal]]:
    datastore = datastore_from_url(url)
    recorder, journal = PostgresLedgerRecorder(datastore), FaultyJournal(path)
    heads = Heads(recorder, journal, TestSigner())
    sequencer = Sequencer(recorder, heads, ReceiptDesk(recorder, heads), _Clock(), Limits(rest=0.05))
    sequencer.start()
    try:
        yield sequencer, journal
    finally:
        sequencer.stop()
        datastore.close()


@pytest.mark.parametrize("fault", ["lost", "persisted"])
def test_a_journal_that_cannot_be_written_gives_no_receipt(
    fault: Fault, database_url: str, journal: Path, author: Author
) -> None:
    """The entries are durable by then: sent again, they get their receipts from a journalled head."""
    with _with_faulty_journal(database_url, journal) as (sequencer, faulty):
        for future in sequencer.submit([submission(each) for each in author.setup]):
            future.result(10)
        statements = [submission(each) for each in author.allegations(5)]
        faulty.fault = fault
        outcomes = sequencer.submit_together(statements).result(10)
        assert [type(each) for each in outcomes] == [SequencerUnavailable] * 5
        again = [future.result(10) for future in sequencer.submit(statements)]
    assert [receipt.index for receipt in again] == [3, 4, 5, 6, 7]
    for receipt in again:
        author.verify(receipt)
    assert_sound(database_url, journal, 8)


def test_what_a_crash_left_committed_but_unsigned_is_signed_at_the_next_start(
    database_url: str, journal: Path, author: Author, tmp_path: Path
) -> None:
    with writing(database_url, journal) as process:
        process.submit(*author.setup)
        earlier = journal.read_bytes()
        (receipt,) = process.submit(author.allegation())
    journal.write_bytes(earlier)
    with writing(database_url, journal) as process:
        assert process.sequencer.problem is None
        assert process.desk.checkpoint().size == 4
        author.verify(process.desk.receipt(receipt.statement_id))


def test_a_database_restored_from_an_older_backup_is_refused(
    embedded_server: TestServer, journal: Path, author: Author
) -> None:
    with embedded_server.database() as url:
        with writing(url, journal) as process:
            process.submit(*author.setup)
        with embedded_server.database(_name(url)) as backup:
            with writing(url, journal) as process:
                process.submit(author.allegation())
            with writing(backup, journal) as process:
                assert isinstance(process.sequencer.problem, LogBehind)
                with pytest.raises(LogBehind):
                    process.submit(author.allegation("another"))
                assert process.recorder.head().size == 3


def test_a_database_with_another_history_is_refused(
    embedded_server: TestServer, journal: Path, tmp_path: Path, author: Author
) -> None:
    """A fork that has grown past the signed size: its length alone would not give it away."""
    with embedded_server.database() as url:
        with writing(url, journal) as process:
            process.submit(*author.setup)
        with embedded_server.database(_name(url)) as fork:
            with writing(fork, tmp_path / "another journal") as process:
                process.submit(*author.allegations(9))
            with writing(url, journal) as process:
                process.submit(author.allegation("the true fourth"))
            with writing(fork, journal) as process:
                assert isinstance(process.sequencer.problem, LogForked)
                with pytest.raises(LogForked):
                    process.submit(author.allegation("another"))


class Replaced:
    """A recorder whose database somebody replaces while the process runs."""

    def __init__(self, recorder: PostgresLedgerRecorder) -> None:
        self.now = recorder

    def __getattr__(self, name: str) -> Any:
        return getattr(self.now, name)


def test_what_a_process_signed_counts_even_when_database_and_journal_are_both_replaced(
    embedded_server: TestServer, journal: Path, tmp_path: Path, author: Author
) -> None:
    """The other journal ends with the other database's head, so the two agree with each other."""
    another = tmp_path / "another journal"
    with embedded_server.database() as url:
        with writing(url, journal) as process:
            process.submit(*author.setup)
        with embedded_server.database(_name(url)) as fork, writing(url, journal) as process:
            process.submit(author.allegation("the true fourth"))
            replaced: Any = Replaced(process.recorder)
            heads = Heads(replaced, FileSignJournal(journal), TestSigner())
            heads.check(process.recorder.head())
            with writing(fork, another) as other:
                other.submit(*author.allegations(9))
                replaced.now = other.recorder
                journal.write_bytes(another.read_bytes())
                with pytest.raises(LogForked, match="this process"):
                    heads.check(other.recorder.head())


def test_nothing_is_signed_behind_a_head_that_another_database_brought_about(
    embedded_server: TestServer, journal: Path, author: Author
) -> None:
    """Two copies are written at once, as after a failover of which not everybody has heard."""
    with embedded_server.database() as url:
        with writing(url, journal) as process:
            process.submit(*author.setup)
        with embedded_server.database(_name(url)) as copy, writing(copy, journal) as other:
            other.heads.check(other.recorder.head())
            with writing(url, journal) as process:
                process.submit(author.allegation("only here"))
            with pytest.raises(JournalConflict, match="a tree of 4 entries was signed"):
                other.heads.sign(6, bytes(32))
            with pytest.raises(SequencerUnavailable):
                other.submit(author.allegation("only there"))


class Published:
    """A checkpoint that was published elsewhere."""

    name = "the published checkpoint"

    def __init__(self, *heads: Signed) -> None:
        self.heads: Sequence[Signed] = heads

    def last(self) -> Signed | None:
        return self.heads[-1] if self.heads else None


def test_a_published_checkpoint_that_is_ahead_stops_the_sequencer(
    database_url: str, journal: Path, author: Author
) -> None:
    with writing(database_url, journal, published=[Published()]) as process:
        process.submit(*author.setup)
        assert process.sequencer.problem is None
    with writing(database_url, journal, published=[Published(Signed(4, bytes(32)))]) as process:
        assert isinstance(process.sequencer.problem, LogBehind)


def test_a_sequencer_recovers_once_the_database_is_back_in_line(
    database_url: str, journal: Path, author: Author
) -> None:
    published = Published(Signed(99, bytes(32)))
    with writing(database_url, journal, published=[published], limits=Limits(rest=0.02)) as process:
        assert isinstance(process.sequencer.problem, LogBehind)
        published.heads = ()
        process.submit(*author.setup)
        assert process.sequencer.problem is None


def test_a_clock_more_than_five_seconds_behind_the_head_appends_nothing(
    database_url: str, journal: Path, author: Author
) -> None:
    clock = _Clock()
    with writing(database_url, journal, clock=clock, limits=Limits(rest=0.02)) as process:
        process.submit(*author.setup)
        clock.now_is -= 4_000
        (receipt,) = process.submit(author.allegation("four seconds"))
        clock.now_is -= 2_000
        with pytest.raises(SequencerUnavailable, match="s behind the last entry"):
            process.submit(author.allegation("six seconds"))
        time.sleep(0.2)
        assert isinstance(process.sequencer.problem, ClockBehind)
        clock.now_is += 6_000
        _wait_until(lambda: process.sequencer.problem is None)
    assert receipt.index == 3
    assert_sound(database_url, journal, 4)


def test_a_signed_head_is_never_taken_back(opened: Writing) -> None:
    head = opened.desk.checkpoint()
    with pytest.raises(JournalConflict):
        opened.heads.sign(head.size, bytes(32))


def _wait_until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 10
    while not condition():
        assert time.monotonic() < deadline, "it never came about"
        time.sleep(0.01)


class _Clock:
    """A clock that a test sets; 2027-01-15."""

    def __init__(self) -> None:
        self.now_is = 1_800_000_000_000

    def now(self) -> int:
        return self.now_is


def _name(url: str) -> str:
    """The database's name, to serve as the template of a backup."""
    from psycopg.conninfo import conninfo_to_dict

    return str(conninfo_to_dict(url)["dbname"])
