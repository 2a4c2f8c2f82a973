"""When the holder of a receipt raises an alarm, and what a first receipt proves later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from api.client.http import Receipt, Upgrade, write_receipt
from api.client.promises import Promise, alarm, contradiction, keep
from ledger.core import merkle
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.keys import public_key, sign
from ledger.core.note import COSIGNATURE, NoteSignature, Signer, Verifier
from ledger.core.receipt import Trust, format_proof, unwitnessed_policy, verify_receipt
from ledger.core.report import Report
from ledger.verifier.files import verify_file
from tests.support.builder import FOUNDING_KEYS, LOG_KEY, ORIGIN, Log, log_vkey
from tests.vectors.common import seed

WITNESS_SEED = seed("witness")
WITNESS = Verifier("witness.example", COSIGNATURE, public_key(WITNESS_SEED))
PROMISE = Promise(60, False)
LOG = Log.opened()
KEYS = {key.id: key.public for key in FOUNDING_KEYS}


def trust(*, witnessed: bool) -> Trust:
    policy = f"log {log_vkey()}\nwitness w {WITNESS.vkey}\nquorum w\n"
    return Trust(ORIGIN, LOG.genesis_id, log_vkey(), policy if witnessed else unwitnessed_policy(log_vkey()))


def receipt(*, cosigned: bool = False, entry: bytes | None = None) -> Receipt:
    """Of entry 0 in a tree of its own."""
    data = entry or LOG.entries[0]
    head = Checkpoint(ORIGIN, 1, merkle.leaf_hash(data))
    note = sign_checkpoint(head, Signer(ORIGIN, LOG_KEY.seed))
    if cosigned:
        signature = sign(WITNESS_SEED, f"cosignature/v1\ntime 7\n{head.text()}".encode())
        note += NoteSignature(WITNESS.name, WITNESS.key_hash, (7).to_bytes(8, "big") + signature).line
    recorded = LOG.recorded[0]
    return Receipt(recorded.statement.id, 0, recorded.recorded_at, data, format_proof(0, [], note))


def raised(
    found: Receipt,
    age: float,
    *,
    witnessed: bool = True,
    published: int = 0,
    says: int = 60,
    promised: Promise = PROMISE,
) -> str:
    believed = trust(witnessed=witnessed)
    now = datetime.fromisoformat(found.recorded_at.replace("Z", "+00:00")).astimezone(UTC)
    return alarm(
        report(found, believed),
        Upgrade(found, published, says),
        believed,
        promised,
        now + timedelta(seconds=age),
    )


def report(found: Receipt, believed: Trust) -> Report:
    return verify_receipt(found.entry, found.proof, believed, KEYS)


@pytest.mark.parametrize("age", [0, 59, 60])
def test_there_is_no_alarm_before_the_promised_time_is_over(age: int) -> None:
    assert raised(receipt(), age) == ""


def test_an_unwitnessed_receipt_is_an_alarm_after_it() -> None:
    assert "no witnessed checkpoint covers entry 0 after 61 s; 60 s were promised" in raised(receipt(), 61)
    # Whatever the server says about itself.
    assert raised(receipt(), 61, published=5) != ""


def test_a_witnessed_receipt_is_never_an_alarm() -> None:
    assert raised(receipt(cosigned=True), 1_000_000) == ""


def test_a_server_cannot_talk_its_promise_away_yet_may_promise_more() -> None:
    assert raised(receipt(), 61, says=1_000_000) != ""
    assert raised(receipt(), 31, says=30) != ""


def test_without_a_quorum_publication_is_what_counts() -> None:
    assert "no published checkpoint" in raised(receipt(), 61, witnessed=False)
    assert raised(receipt(), 61, witnessed=False, published=1) == ""


def test_a_demo_has_a_clock_of_its_own_and_promises_nothing() -> None:
    assert raised(receipt(), 10**8, promised=Promise(60, True)) == ""


def test_the_first_receipt_is_kept_and_proves_another_history(tmp_path: Path) -> None:
    first = receipt()
    write_receipt(tmp_path, first)
    assert contradiction(tmp_path, first) == ""
    assert contradiction(tmp_path, receipt(cosigned=True)) == ""
    other = receipt(entry=LOG.entries[0][:-1] + b" ")
    assert "another entry 0" in contradiction(tmp_path, other)
    # The same entry under another root of the same size.
    forged = Receipt(first.id, 0, first.recorded_at, first.entry, other.proof)
    assert "different roots" in contradiction(tmp_path, forged)
    assert contradiction(tmp_path / "elsewhere", other) == ""


def test_the_witnessed_receipt_lies_beside_the_first_and_verifies_by_itself(tmp_path: Path) -> None:
    write_receipt(tmp_path, receipt())
    kept = keep(tmp_path, receipt(cosigned=True))
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "0.entry",
        "0.tlog-proof",
        "0.witnessed.entry",
        "0.witnessed.tlog-proof",
    ]
    assert verify_file(kept, trust(witnessed=True)).verdict == "logged, witnessed"
    assert verify_file(tmp_path / "0.entry", trust(witnessed=True)).verdict == "logged, unwitnessed"
