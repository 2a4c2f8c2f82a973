"""What a batch need not ask the database: whether the tree is the signed one, and whose key signs."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from ledger.heads import Heads
from ledger.logterms import LogTerms
from ledger.ports import StoredEntry
from ledger.store.journal import FileSignJournal
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.writing import Author, TestSigner, writing


class Watched:
    """A recorder that notes what it is asked for."""

    def __init__(self, recorder: PostgresLedgerRecorder) -> None:
        self._recorder = recorder
        self.asked: list[str] = []

    def __getattr__(self, name: str) -> Any:
        self.asked.append(name)
        return getattr(self._recorder, name)


def test_processes_that_take_turns_look_at_the_tree_no_more_than_one_alone(
    database_url: str, journal: Path, author: Author
) -> None:
    with writing(database_url, journal) as one, writing(database_url, journal) as two:
        one.submit(*author.setup)
        watched: Any = Watched(one.recorder)
        heads = Heads(watched, FileSignJournal(journal), TestSigner())
        heads.check(one.recorder.head())
        for process in (one, two, one):
            process.submit(author.allegation(f"{process}"))
            heads.check(one.recorder.head())
        assert watched.asked == []
        # Where the journal says less, the leaves are read.
        lines = journal.read_bytes().splitlines(keepends=True)
        journal.write_bytes(lines[-1])
        two.submit(author.allegation("one more"))
        journal.write_bytes(journal.read_bytes().splitlines(keepends=True)[-1])
        heads.check(one.recorder.head())
        assert "read_leaf_hashes" in watched.asked


class Stream:
    """A recorder of the ledger's own stream alone, which counts how often it is read."""

    def __init__(self, entries: Sequence[StoredEntry]) -> None:
        self.entries = list(entries)
        self.reads = 0

    def stream(self, originator_id: str, after: int) -> list[StoredEntry]:
        self.reads += 1
        return [one for one in self.entries if one.originator_version > after]


@pytest.mark.parametrize("version", [1, None])
def test_the_ledgers_stream_is_read_again_only_for_who_does_not_know_that_it_has_not_grown(
    database_url: str, journal: Path, author: Author, version: int | None
) -> None:
    with writing(database_url, journal) as process:
        process.submit(*author.setup)
        stream: Any = Stream(process.recorder.stream("ledger:main", 0))
    terms = LogTerms(stream)
    first = terms.at(1, 1)
    assert first is not None
    assert first.log_keys
    assert stream.reads == 1
    assert terms.at(2, version) == terms.at(3, version) == first
    assert stream.reads == (1 if version == 1 else 3)


def test_a_stream_that_has_grown_is_read(database_url: str, journal: Path, author: Author) -> None:
    log = author.log
    with writing(database_url, journal) as process:
        process.submit(*author.setup)
        terms = LogTerms(process.recorder)
        size = process.recorder.head().size
        before = terms.at(size, 1)
        process.submit(
            log.draft("LedgerAmended", "operator", claim={"intervals": {"index": 30, "maxPublishDelay": 60}})
        )
        after = terms.at(size + 1, 2)
    assert before is not None
    assert after is not None
    assert after.index_interval == 30 != before.index_interval
    assert terms.at(size) == before
