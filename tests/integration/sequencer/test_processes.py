"""Workers as they are in production: several processes, killed at any moment."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pytest

from ledger.store.datastore import datastore_from_url
from ledger.store.recorder import PostgresLedgerRecorder
from tests.support.writing import Author, submission, writing

from .conftest import assert_sound

KILLS = 10


@contextmanager
def _worker(url: str, journal: Path, name: str, count: int) -> Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.support.worker", url, str(journal), name, str(count)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        try:
            yield worker
        finally:
            worker.kill()


def _acknowledged(lines: list[str]) -> dict[str, int]:
    """Statement id -> index of every whole line that a worker printed."""
    fields = [line.split() for line in lines if line.endswith("\n")]
    return {line[0]: int(line[1]) for line in fields if len(line) == 2}


def _lookups(url: str, acknowledged: dict[str, int]) -> dict[str, int]:
    with closing(datastore_from_url(url)) as datastore:
        recorder = PostgresLedgerRecorder(datastore)
        found = {each: recorder.entry_by_statement(each) for each in acknowledged}
    return {each: entry.position for each, entry in found.items() if entry is not None}


@pytest.mark.slow
def test_nothing_acknowledged_is_lost_in_ten_kills(database_url: str, journal: Path) -> None:
    with writing(database_url, journal) as process:
        process.submit(*Author().setup)
    when = random.Random(2020)
    acknowledged: dict[str, int] = {}
    for run in range(KILLS):
        with _worker(database_url, journal, f"run {run}", 4_000) as worker:
            assert worker.stdout is not None
            assert worker.stdout.readline() == "ready\n"
            time.sleep(when.uniform(0.02, 0.4))
            os.kill(worker.pid, signal.SIGKILL)
            assert worker.wait(10) == -signal.SIGKILL
            acknowledged |= _acknowledged(worker.stdout.readlines())
    assert len(acknowledged) > KILLS
    assert _lookups(database_url, acknowledged) == acknowledged
    author = Author()
    with writing(database_url, journal) as process:
        assert process.sequencer.problem is None
        for statement_id in acknowledged:
            author.verify(process.desk.receipt(statement_id))
    assert_sound(database_url, journal)


def test_two_server_processes_write_one_log(database_url: str, journal: Path) -> None:
    """Each sees what the other wrote: positions are dense, and both prove against one tree."""
    with ExitStack() as stack:
        workers = [stack.enter_context(_worker(database_url, journal, name, 160)) for name in ("one", "two")]
        lines = [worker.communicate(timeout=60)[0].splitlines(keepends=True) for worker in workers]
        assert [worker.returncode for worker in workers] == [0, 0]
    one, two = map(_acknowledged, lines)
    assert sorted([*one.values(), *two.values()]) == list(range(3, 323))
    assert_sound(database_url, journal, 323)


def test_a_process_uses_what_another_one_has_just_logged(
    database_url: str, journal: Path, author: Author
) -> None:
    """A cached stream is brought up to date: a key revoked by one process is refused by the other."""
    log = author.log
    with writing(database_url, journal) as first, writing(database_url, journal) as second:
        first.submit(*author.setup)
        second.submit(author.allegation("the key is good, and now known here"))
        revoked = log.draft(
            "KeyRevoked", "registrar", about=["party:ngo"], claim={"keyId": log.keys["ngo"].id}
        )
        first.submit(revoked)
        (future,) = second.sequencer.submit([submission(author.allegation("signed too late"))])
        failure = future.exception(10)
    assert getattr(failure, "code", None) == "key-revoked"
    assert_sound(database_url, journal, 5)


def test_processes_with_journals_of_their_own_follow_each_other(
    database_url: str, journal: Path, tmp_path: Path, author: Author
) -> None:
    other = tmp_path / "other journal"
    with writing(database_url, journal) as first, writing(database_url, other) as second:
        first.submit(*author.setup)
        for number in range(10):
            process = first if number % 2 else second
            (receipt,) = process.submit(author.allegation(f"turn {number}"))
            author.verify(receipt)
            assert receipt.index == 3 + number
    assert_sound(database_url, journal, 13)
    assert_sound(database_url, other, 13)
