"""What a ledger promised its authors, held against what it shows: the client's side of an alarm.

The server's word is not taken for it. The promise is read from entry 0, whose id is in the trust file; what
was published is read from the proof; a first receipt that says otherwise proves that the ledger keeps two
histories.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from api.client.http import Client, Receipt, Upgrade, receipt_paths
from ledger.core.checkpoint import Checkpoint
from ledger.core.checkpoint import parse as parse_checkpoint
from ledger.core.entry import decode_entry
from ledger.core.grammar import milliseconds
from ledger.core.note import split_note
from ledger.core.policy import parse_policy
from ledger.core.receipt import Trust, parse_proof
from ledger.core.refusal import Refusal
from ledger.core.report import Report
from ledger.core.statement import decode_statement

WITNESSED = "logged, witnessed"
SUFFIX_OF_WITNESSED = ".witnessed"


@dataclass(frozen=True, slots=True)
class Promise:
    """What entry 0 binds the operator to: seconds until an entry is published, and whose clock counts."""

    seconds: int
    is_demo: bool


def promise(client: Client, trust: Trust) -> Promise:
    """The promise of the ledger that is trusted. Raises `BadAnswer` when the server shows another entry 0."""
    claim = decode_statement(decode_entry(client.receipt(trust.genesis).entry).envelope.payload).claim
    return Promise(int(claim["intervals"]["maxPublishDelay"]), claim["clock"] == "demo")


def alarm(
    report: Report, upgrade: Upgrade, trust: Trust, promised: Promise, now: datetime | None = None
) -> str:
    """Why to raise an alarm about the newest receipt, "" while there is no reason.

    A trust policy without a quorum asks for publication alone.
    """
    recorded_at = milliseconds(upgrade.receipt.recorded_at) / 1000
    age = int((now or datetime.now(UTC)).timestamp() - recorded_at)
    # An amendment may have shortened the time; a longer one than entry 0 promised is not taken from a server.
    seconds = min(promised.seconds, upgrade.max_publish_delay)
    if promised.is_demo or age <= seconds:
        return ""
    index = upgrade.receipt.index
    if parse_policy(trust.policy).demands_witnesses():
        if report.verdict.startswith(WITNESSED):
            return ""
        return f"no witnessed checkpoint covers entry {index} after {age} s; {seconds} s were promised"
    if upgrade.published > index:
        return ""
    return f"no published checkpoint covers entry {index} after {age} s; {seconds} s were promised"


def contradiction(folder: Path, newest: Receipt) -> str:
    """What the first receipt in `folder` proves against the newest one, "" when they agree.

    Two checkpoints of one size with different roots, or two entries at one place, both signed by the log.
    """
    entry, proof = receipt_paths(folder, newest.index)
    try:
        first, first_proof = entry.read_bytes(), proof.read_text(encoding="utf-8")
        before, after = _head(first_proof), _head(newest.proof)
    except (OSError, UnicodeDecodeError, Refusal):
        return ""
    kept = f"keep {entry.name}, {proof.name} and the new proof: they show that the log has two histories"
    if first != newest.entry:
        return f"the first receipt proves another entry {newest.index}; {kept}"
    if before.size == after.size and before.root != after.root:
        return f"two checkpoints of {before.size} entries have different roots; {kept}"
    return ""


def keep(folder: Path, receipt: Receipt) -> Path:
    """Save a witnessed receipt beside the first one, which is never replaced; a newer one replaces an older.

    `<index>.witnessed.entry` and `<index>.witnessed.tlog-proof`. The path of the proof.
    """
    entry, proof = receipt_paths(folder, receipt.index, SUFFIX_OF_WITNESSED)
    folder.mkdir(parents=True, exist_ok=True)
    entry.write_bytes(receipt.entry)
    proof.write_text(receipt.proof, encoding="utf-8")
    return proof


def _head(proof: str) -> Checkpoint:
    return parse_checkpoint(split_note(parse_proof(proof).checkpoint)[0])
