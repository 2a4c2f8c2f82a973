"""What is done for a submission before it is its turn, and for whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ledger import intake
from ledger.core.disclosure import Disclosure
from ledger.core.envelope import Envelope, Signature
from ledger.core.refusal import Refusal
from ledger.core.statement import Statement
from ledger.domain.decide import admissible
from ledger.intake import KnownKeys, Ticket
from ledger.sequencer import Submission
from tests.support.builder import KeyPair, Log, Signed


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the statements whose disclosures were opened."""
    ids: list[str] = []

    def watched(statement: Statement, disclosures: Sequence[str]) -> list[Disclosure]:
        ids.append(statement.id)
        return admissible(statement, disclosures)

    monkeypatch.setattr(intake, "admissible", watched)
    return ids


@pytest.fixture
def log() -> Log:
    log = Log.opened()
    log.register("ngo")
    log.factory("works")
    return log


def allegation(log: Log) -> Signed:
    text = {"lang": "en", "text": "no gloves"}
    return log.draft(
        "AllegationMade", "ngo", about=["factory:works"], claim={"issue": "osh/ppe"}, hidden={"text": text}
    )


def prepared(signed: Signed, disclosures: Sequence[str], *known: KeyPair) -> Ticket:
    ticket = Ticket(Submission(signed.envelope, tuple(disclosures)), lambda _: None)
    keys = KnownKeys()
    for pair in known:
        keys.learn(pair.public)
    ticket.prepare(keys)
    assert ticket.failure is None
    return ticket


def test_an_author_whom_the_ledger_knows_is_prepared_for_before_the_turn(log: Log, opened: list[str]) -> None:
    signed = allegation(log)
    ticket = prepared(signed, signed.disclosures, log.keys["ngo"])
    assert opened == [signed.statement.id]
    assert [one.text for one in ticket.opened()] == list(signed.disclosures)
    assert len(opened) == 1, "once is enough"


def test_a_stranger_makes_nobody_open_disclosures_before_the_rules_have_looked(
    log: Log, opened: list[str]
) -> None:
    signed = allegation(log)
    prepared(signed, signed.disclosures * 1_000)
    assert opened == []


def test_nor_does_whoever_names_a_known_key_and_cannot_sign_with_it(log: Log, opened: list[str]) -> None:
    signed = allegation(log)
    (one,) = signed.envelope.signatures
    forged = Envelope(signed.envelope.payload, (Signature(one.keyid, bytes(64)),))
    prepared(replace(signed, envelope=forged), signed.disclosures, log.keys["ngo"])
    assert opened == []


@pytest.mark.parametrize("known", [True, False])
def test_what_is_wrong_with_disclosures_is_told_when_they_are_asked_for(log: Log, known: bool) -> None:
    signed = allegation(log)
    ticket = prepared(signed, ["nonsense"], *([log.keys["ngo"]] if known else []))
    for _ in range(2):
        with pytest.raises(Refusal):
            ticket.opened()
