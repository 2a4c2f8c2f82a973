"""What an author may rely on: order, receipts, duplicates, refusals that touch nobody else."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import Future
from pathlib import Path

import psycopg
import pytest

from ledger.core.envelope import Envelope, Signature
from ledger.core.refusal import Refusal
from ledger.core.statement import read_recorded
from ledger.receipts import NotLogged, Receipt
from ledger.sequencer import Limits, Overloaded, Submission
from ledger.store.unit import SEQUENCING_LOCK
from tests.support.builder import REGISTRAR, KeyPair, sign
from tests.support.garbage import found_by_the_collector
from tests.support.writing import Author, Writing, submission, writing

from .conftest import assert_sound


def test_every_receipt_of_a_batch_proves_inclusion(
    opened: Writing, author: Author, database_url: str, journal: Path
) -> None:
    receipts = opened.submit(*author.allegations(300))
    assert [receipt.index for receipt in receipts] == list(range(3, 303))
    for receipt in receipts:
        author.verify(receipt)
    assert_sound(database_url, journal, 303)


def test_a_receipt_holds_the_entry_as_it_is_stored(opened: Writing, author: Author) -> None:
    (receipt,) = opened.submit(author.allegation())
    assert dict(opened.recorder.read_entries(receipt.index)) == {receipt.index: receipt.entry}


def test_a_whole_ledger_opens_in_one_batch(database_url: str, journal: Path, author: Author) -> None:
    """Entry 0, a party with its key and a statement signed by that key, all waiting together."""
    with writing(database_url, journal) as process:
        receipts = process.submit(*author.setup, author.allegation())
    assert [receipt.index for receipt in receipts] == [0, 1, 2, 3]
    for receipt in receipts:
        author.verify(receipt)
    assert_sound(database_url, journal, 4)


def test_neither_what_is_logged_nor_what_is_refused_is_left_for_the_garbage_collector(
    opened: Writing, author: Author
) -> None:
    """Its pauses grow with what it has to find, and stop every author at once."""
    first, bad, last, next_ = author.allegations(4)
    submissions = [
        submission(first),
        Submission(Envelope(bad.envelope.payload, (Signature(bad.envelope.signatures[0].keyid, bytes(64)),))),
        Submission(Envelope(b"{}", bad.envelope.signatures)),
        Submission(last.envelope, (*last.disclosures, *first.disclosures)),
    ]
    with found_by_the_collector() as found:
        outcomes = opened.sequencer.submit_together(submissions).result(10)
        codes = [one.code for one in outcomes if isinstance(one, Refusal)]
        del outcomes
        opened.submit(next_)  # until then the sequencer has the batch before at hand
    assert codes == ["bad-signature", "missing-member", "disclosure-unused"]
    assert [module for module in found if module.startswith("ledger")] == []


def test_a_refused_statement_does_not_fail_its_neighbours(opened: Writing, author: Author) -> None:
    first, bad, last = author.allegations(3)
    forged = Envelope(bad.envelope.payload, (Signature(bad.envelope.signatures[0].keyid, bytes(64)),))
    futures = opened.sequencer.submit([submission(first), Submission(forged), submission(last)])
    author.verify(futures[0].result(10))
    with pytest.raises(Refusal) as caught:
        futures[1].result(10)
    assert caught.value.code == "bad-signature"
    assert [futures[0].result().index, futures[2].result(10).index] == [3, 4]


def test_what_follows_a_refused_statement_may_not_refer_to_it(opened: Writing, author: Author) -> None:
    log = author.log
    forged = log.draft(
        "FactoryRegistered",
        "registrar",
        about=["factory:mill"],
        claim={"level": "factory", "country": "CN"},
        signers=[KeyPair("stranger")],
    )
    about_it = log.draft(
        "AllegationMade",
        "ngo",
        about=["factory:mill"],
        claim={"issue": "osh/ppe"},
        pins={"factory:mill": forged.statement.id},
    )
    futures = opened.sequencer.submit([submission(forged), submission(about_it)])
    assert [isinstance(future.exception(10), Refusal) for future in futures] == [True, True]


def test_bytes_that_are_no_statement_are_refused_by_their_defect(opened: Writing) -> None:
    (future,) = opened.sequencer.submit([Submission(Envelope(b"{}", (Signature("0" * 64, bytes(64)),)))])
    with pytest.raises(Refusal):
        future.result(10)


def test_the_same_payload_again_gets_the_first_receipt(opened: Writing, author: Author) -> None:
    signed = author.allegation()
    (first,) = opened.submit(signed)
    opened.submit(*author.allegations(5))
    (again,) = opened.submit(signed)
    assert (again.index, again.entry, again.recorded_at) == (first.index, first.entry, first.recorded_at)
    assert (first.duplicate, again.duplicate) == (False, True)
    author.verify(again)


def test_the_same_payload_twice_in_one_batch_is_logged_once(opened: Writing, author: Author) -> None:
    signed = author.allegation()
    first, again = opened.submit(signed, signed)
    assert (first.index, first.duplicate) == (3, False)
    assert (again.index, again.duplicate) == (3, True)
    author.verify(again)
    assert opened.recorder.head().size == 4


@pytest.mark.parametrize("together", [True, False])
def test_a_duplicate_with_a_bad_signature_gets_nothing(
    opened: Writing, author: Author, together: bool
) -> None:
    signed = author.allegation()
    forged = Envelope(signed.envelope.payload, (Signature(signed.envelope.signatures[0].keyid, bytes(64)),))
    if not together:
        opened.submit(signed)
    futures = opened.sequencer.submit([submission(signed), Submission(forged)])
    futures[0].result(10)
    with pytest.raises(Refusal):
        futures[1].result(10)


def test_many_authors_at_once_share_commits(opened: Writing, author: Author, database_url: str) -> None:
    """Fewer commits than concurrent submissions, with a refused one in the middle."""
    statements = author.allegations(64)
    stranger = KeyPair("stranger")
    statements[32] = type(statements[32])(
        statements[32].statement, sign(statements[32].envelope.payload, stranger), statements[32].disclosures
    )
    before = _commits(database_url)
    gate, futures = threading.Barrier(64), dict[int, Future[Receipt]]()

    def one(number: int) -> None:
        gate.wait()
        (futures[number],) = opened.sequencer.submit([submission(statements[number])])

    threads = [threading.Thread(target=one, args=(number,)) for number in range(64)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    outcomes = {number: future.exception(10) for number, future in futures.items()}
    commits = _commits(database_url) - before
    assert [number for number, failure in outcomes.items() if failure] == [32]
    for number, future in futures.items():
        if number != 32:
            author.verify(future.result())
    assert opened.recorder.head().size == 3 + 63
    assert 0 < commits < 32


def test_a_full_queue_says_when_to_come_again(database_url: str, journal: Path, author: Author) -> None:
    with writing(database_url, journal, limits=Limits(queue=10)) as process:
        process.submit(*author.setup)
        futures = process.sequencer.submit([submission(each) for each in author.allegations(15)])
        outcomes = [future.exception(10) for future in futures]
    assert outcomes[:10] == [None] * 10
    assert all(isinstance(each, Overloaded) and each.retry_after >= 1 for each in outcomes[10:])


def test_outcomes_of_a_group_come_together_in_order(opened: Writing, author: Author) -> None:
    good, bad = author.allegations(2)
    group = [submission(good), Submission(bad.envelope, ("not a disclosure",)), submission(good)]

    async def wait() -> list[object]:
        return list(await asyncio.wrap_future(opened.sequencer.submit_together(group)))

    first, refused, again = asyncio.run(wait())
    assert isinstance(first, Receipt)
    assert isinstance(refused, Refusal)
    assert isinstance(again, Receipt)
    assert (first.duplicate, again.duplicate) == (False, True)
    assert opened.sequencer.submit_together([]).result(1) == []


def test_what_gets_ready_while_another_process_writes_is_committed_together(
    opened: Writing, author: Author, database_url: str, journal: Path
) -> None:
    first, *others = author.allegations(20)
    signed = len(journal.read_text().splitlines())
    with psycopg.connect(database_url, autocommit=True) as writer:
        writer.execute("SELECT pg_advisory_lock(%s)", (SEQUENCING_LOCK,))
        futures = opened.sequencer.submit([submission(first)])
        _until_one_waits(writer)
        futures += opened.sequencer.submit([submission(each) for each in others])
        time.sleep(1)  # many times what it takes to decode and verify them
        writer.execute("SELECT pg_advisory_unlock_all()")
    assert [future.result(10).index for future in futures] == list(range(3, 23))
    assert len(journal.read_text().splitlines()) == signed + 1


def test_what_was_taken_is_answered_when_the_sequencer_stops(
    database_url: str, journal: Path, author: Author
) -> None:
    with writing(database_url, journal) as process:
        process.submit(*author.setup)
        futures = process.sequencer.submit([submission(each) for each in author.allegations(200)])
    for future in futures:
        author.verify(future.result(0))
    late = process.sequencer.submit([submission(author.allegation("late"))])
    assert isinstance(late[0].exception(1), Overloaded)


def test_a_demo_is_recorded_at_the_time_of_its_statements(database_url: str, journal: Path) -> None:
    author = Author("demo")
    with writing(database_url, journal) as process:
        receipts = process.submit(*author.setup)
        assert [receipt.entry for receipt in receipts] == author.log.entries


def test_live_decisions_are_those_of_a_replay(
    opened: Writing, author: Author, database_url: str, journal: Path
) -> None:
    """Whatever was accepted live, an auditor accepts; `assert_sound` runs the rules over the entry bytes."""
    statements = author.allegations(40)
    statements[7] = statements[3]
    statements[9] = author.log.draft(
        "AllegationMade", "ngo", about=["factory:works"], claim={"issue": "osh/ppe"}, signers=[REGISTRAR]
    )
    outcomes = opened.sequencer.submit_together([submission(each) for each in statements]).result(10)
    assert [number for number, each in enumerate(outcomes) if not isinstance(each, Receipt)] == [9]
    assert_sound(database_url, journal, 3 + 38)
    ids = [read_recorded(at, entry).statement.id for at, entry in opened.recorder.read_entries(3)]
    assert ids == [each.statement.id for n, each in enumerate(statements) if n not in (7, 9)]


def test_a_statement_that_was_never_logged_has_no_receipt(opened: Writing) -> None:
    with pytest.raises(NotLogged):
        opened.desk.receipt("0" * 64)


def _until_one_waits(connection: psycopg.Connection[tuple[object, ...]]) -> None:
    """Until the sequencer waits for its turn."""
    deadline = time.monotonic() + 10
    waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
    while connection.execute(waiting).fetchone() is None:
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.01)


def _commits(url: str) -> int:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("SELECT pg_stat_force_next_flush()")
        row = connection.execute(
            "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()"
        ).fetchone()
    assert row is not None
    return int(row[0])
