"""What is not printed: paper cannot check itself, so what does not hold stays off it."""

from __future__ import annotations

import pytest

from api.dossier.pdf import sound
from ledger.core.receipt import Trust
from ledger.core.refusal import LedgerError
from ledger.verifier.bundle import verify_bundle
from tests.support.builder import LOG_KEY, KeyPair
from tests.support.bundles import bundle_bytes, case, trust

LOG = case()
DATA = bundle_bytes(LOG, "factory:toys")


def test_a_bundle_that_holds_is_printed_with_a_trust_file_and_without() -> None:
    for whom in (trust(LOG), None):
        report = verify_bundle(DATA, whom)
        assert sound(report) is report


def test_a_bundle_of_another_ledger_than_the_trusted_one_is_not_printed() -> None:
    mine = trust(LOG)
    with pytest.raises(LedgerError, match="not printed, for it does not hold: trust root"):
        sound(verify_bundle(DATA, Trust(mine.origin, "ab" * 32, mine.vkey, mine.policy)))


def test_a_damaged_bundle_is_not_printed() -> None:
    with pytest.raises(LedgerError, match="not printed, for it does not hold: file"):
        sound(verify_bundle(DATA[:-1], trust(LOG)))


def test_a_bundle_that_too_few_witnesses_have_seen_is_printed_and_says_so() -> None:
    mine = trust(LOG)
    witness = KeyPair("witness")
    assert witness.seed != LOG_KEY.seed
    vkey = _witness_vkey(witness)
    policy = f"log {mine.vkey}\nwitness north {vkey}\nquorum north\n"
    report = sound(verify_bundle(DATA, Trust(mine.origin, mine.genesis, mine.vkey, policy)))
    assert report.step("witnesses").grade == "failed"


def _witness_vkey(pair: KeyPair) -> str:
    from ledger.core.note import COSIGNATURE, Verifier

    return Verifier("north.example", COSIGNATURE, pair.public).vkey
