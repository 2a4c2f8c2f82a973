"""The ledger as an event-sourced application: streams by version, proofs, the notification log."""

from __future__ import annotations

import pytest

from ledger.application import Ledger
from ledger.core.statement import read_recorded
from ledger.domain.aggregates import Party
from ledger.domain.state import State
from ledger.receipts import NotLogged
from ledger.store.factory import LedgerFactory
from tests.support.writing import Author, Writing, submission


@pytest.fixture
def ledger(opened: Writing) -> Ledger:
    return Ledger(LedgerFactory(opened.recorder), opened.recorder, opened.sequencer, opened.desk)


def test_a_stream_is_folded_at_any_version(ledger: Ledger, author: Author) -> None:
    key = author.log.keys["ngo"].id
    revoked = author.log.draft("KeyRevoked", "registrar", about=["party:ngo"], claim={"keyId": key})
    (future,) = ledger.submit([submission(revoked)])
    future.result(10)
    newest, first = ledger.get("party:ngo"), ledger.get("party:ngo", version=1)
    assert isinstance(newest, Party)
    assert isinstance(first, Party)
    assert (newest.version, first.version) == (2, 1)
    assert (key in newest.revocations, key in first.revocations) == (True, False)


def test_an_unknown_stream_is_none(ledger: Ledger) -> None:
    assert ledger.get("party:nobody") is None


def test_every_stored_stream_equals_its_replay(ledger: Ledger, author: Author) -> None:
    for future in ledger.submit([submission(each) for each in author.allegations(20)]):
        future.result(10)
    state = State()
    for position, entry in ledger.entries():
        recorded = read_recorded(position, entry)
        state.apply(recorded)
        stream = state.originator_of(recorded.statement.id)
        assert stream is not None
        stored, replayed = ledger.get(stream), state.aggregate(stream)
        assert stored is not None
        assert replayed is not None
        assert (type(stored), stored.version) == (type(replayed), replayed.version)
        assert dict(stored.records) == dict(replayed.records)


def test_a_proof_is_always_to_the_newest_signed_tree(ledger: Ledger, author: Author) -> None:
    (future,) = ledger.submit([submission(author.allegation())])
    receipt = future.result(10)
    for later in ledger.submit([submission(each) for each in author.allegations(300)]):
        later.result(10)
    again = ledger.receipt(receipt.statement_id)
    assert again.entry == receipt.entry
    assert again.proof == ledger.proof(receipt.statement_id)
    assert again.proof.endswith(ledger.checkpoint().note)
    assert ledger.checkpoint().size == 304
    author.verify(again)


def test_a_statement_is_found_by_its_id(ledger: Ledger, author: Author) -> None:
    assert ledger.statement(author.setup[0].statement.id).index == 0
    with pytest.raises(NotLogged):
        ledger.statement("0" * 64)


def test_the_notification_log_counts_from_one_without_gaps(ledger: Ledger) -> None:
    notifications = ledger.notification_log.select(start=1, limit=10)
    assert [(each.id, each.topic.rsplit("#", 1)[1]) for each in notifications] == [
        (1, "LedgerOpened"),
        (2, "PartyRegistered"),
        (3, "FactoryRegistered"),
    ]
