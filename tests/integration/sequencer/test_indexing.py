"""Index statements through a real sequencer and database: due once per interval, right, and in order."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from ledger.clock import SystemClock
from ledger.core.entry import decode_entry
from ledger.core.grammar import format_recorded_at
from ledger.core.index import IndexHead, index_head
from ledger.core.merkle import leaf_hash
from ledger.core.refusal import Refusal
from ledger.core.statement import read_recorded
from ledger.domain.decide import decide
from ledger.domain.state import State
from ledger.indexing import Identity, IndexPublisher, index_payload
from ledger.intake import Submission
from ledger.receipts import Receipt
from projections import schema
from projections.index import TABLE
from projections.index_trie import StoredIndex
from projections.runner import Runner
from tests.support.builder import OPERATOR, OPERATOR_DEVICE, ORIGIN, KeyPair, sign, verifier
from tests.support.writing import Author, Writing, writing


class Site:
    """A ledger with a publisher, and the projector at hand."""

    def __init__(self, url: str, process: Writing, interval: float = 60.0, demo: bool = False) -> None:
        self.url, self.process, self.author = url, process, Author()
        process.submit(*self.author.setup)
        self.index = StoredIndex(url)
        self.identity = Identity(ORIGIN, self.author.log.genesis_id, demo)
        self.publisher = IndexPublisher(
            self.identity,
            self.index,
            process.sequencer.submit,
            OPERATOR_DEVICE.seed,
            SystemClock(),
            lambda: interval,
        )

    def allege(self, text: str) -> Receipt:
        (receipt,) = self.process.submit(self.author.allegation(text))
        return receipt

    def project(self) -> None:
        with Runner(self.url, [TABLE]) as runner:
            while runner.run_once():
                pass

    def publish(self, *, now: bool = False) -> Receipt | None:
        self.project()
        return self.publisher.publish(now=now)

    def submit(self, head: IndexHead, *signers: KeyPair) -> Receipt:
        issued_at = format_recorded_at(SystemClock().now())[:19] + "Z"
        envelope = sign(index_payload(self.identity, head, issued_at), *signers)
        return self.process.sequencer.submit([Submission(envelope)])[0].result(30)


@pytest.fixture
def site(database_url: str, private_dir: Path) -> Iterator[Site]:
    with psycopg.connect(database_url, autocommit=True) as conn:
        schema.install(conn, [TABLE])
    with writing(database_url, private_dir / "journal", index=StoredIndex(database_url)) as process:
        yield Site(database_url, process)


def replay(site: Site) -> State:
    """What an auditor makes of the log: every rule again, index roots included."""
    state = State()
    for position, data in site.process.recorder.read_entries(0):
        entry, recorded = decode_entry(data), read_recorded(position, data)
        decide(state, recorded.statement, entry.envelope, entry.recorded_at, verifier(entry.envelope))
        state.apply(recorded, leaf_hash(data))
    return state


def test_the_publisher_indexes_everything_before(site: Site) -> None:
    site.allege("the first")
    receipt = site.publish()
    assert receipt is not None
    claimed = index_head(read_recorded(receipt.index, receipt.entry).statement)
    assert claimed.size == receipt.index
    assert replay(site).indexed == claimed.size


def test_nothing_is_published_when_only_an_index_came(site: Site) -> None:
    assert site.publish() is not None
    assert site.publish(now=True) is None


def test_nothing_is_published_before_the_interval_is_over(site: Site) -> None:
    assert site.publish() is not None
    site.allege("soon after")
    assert site.publish() is None
    assert site.publish(now=True) is not None
    replay(site)


def test_a_view_that_lags_is_indexed_as_far_as_it_has_come(site: Site) -> None:
    site.project()
    site.allege("not projected yet")
    receipt = site.publisher.publish()
    assert receipt is not None
    assert index_head(read_recorded(receipt.index, receipt.entry).statement).size == receipt.index - 1
    replay(site)


def test_only_one_process_publishes_at_a_time(site: Site) -> None:
    site.project()
    with site.index.turn() as mine:
        assert mine
        assert site.publisher.publish() is None
    assert site.publisher.publish() is not None


def test_the_thread_publishes_once_per_interval(site: Site) -> None:
    publisher = IndexPublisher(
        site.identity,
        site.index,
        site.process.sequencer.submit,
        OPERATOR_DEVICE.seed,
        SystemClock(),
        lambda: 0.2,
    )
    stop = threading.Event()
    thread = threading.Thread(target=publisher.run_forever, args=(stop,))
    thread.start()
    try:
        for number in range(3):
            before = site.index.indexed_at()
            site.allege(f"number {number}")
            site.project()
            deadline = time.monotonic() + 20
            while site.index.indexed_at() == before and time.monotonic() < deadline:
                time.sleep(0.05)
            assert site.index.indexed_at() > before
    finally:
        stop.set()
        thread.join()
    assert publisher.trouble is None
    replay(site)


def refusal(site: Site, head: IndexHead, *signers: KeyPair) -> str:
    with pytest.raises(Refusal) as caught:
        site.submit(head, *signers)
    return caught.value.code


def test_a_wrong_root_is_refused(site: Site) -> None:
    site.project()
    head = site.index.advance()
    assert refusal(site, IndexHead(head.size, head.keys, bytes(32)), OPERATOR_DEVICE) == "index-root"
    assert refusal(site, IndexHead(head.size, head.keys + 1, head.root), OPERATOR_DEVICE) == "index-keys"


def test_a_size_that_was_not_computed_is_refused(site: Site) -> None:
    site.project()
    head = site.index.advance()
    assert refusal(site, IndexHead(head.size - 1, head.keys, head.root), OPERATOR_DEVICE) == "index-unknown"
    assert refusal(site, IndexHead(head.size + 1, head.keys, head.root), OPERATOR_DEVICE) == "index-size"


def test_an_earlier_index_is_refused_after_a_later_one(site: Site) -> None:
    site.project()
    earlier = site.index.advance()
    site.allege("one more")
    assert site.publish() is not None
    assert refusal(site, earlier, OPERATOR_DEVICE) == "index-shrunk"


def test_the_root_key_signs_no_index(site: Site) -> None:
    site.project()
    assert refusal(site, site.index.advance(), OPERATOR) == "key-scope-exceeded"


def test_two_indexes_in_one_batch_may_not_fall(site: Site) -> None:
    site.project()
    earlier = site.index.advance()
    site.allege("one more")
    site.project()
    later = site.index.advance()
    issued_at = format_recorded_at(SystemClock().now())[:19] + "Z"
    batch = [
        Submission(sign(index_payload(site.identity, head, issued_at), OPERATOR_DEVICE))
        for head in (later, earlier)
    ]
    first, second = site.process.sequencer.submit_together(batch).result(30)
    assert isinstance(first, Receipt)
    assert isinstance(second, Refusal)
    assert second.code == "index-shrunk"
