"""Receipts as their owner treats them: verified before being believed, kept, verified again years later."""

from __future__ import annotations

from collections.abc import Mapping

from api.client.http import Receipt
from api.client.signed import Signed
from ledger.core.entry import decode_entry
from ledger.core.receipt import Trust, verify_receipt
from ledger.core.refusal import LedgerError
from ledger.core.report import FAILED, Report


class BadReceipt(LedgerError):
    """The ledger returned a receipt that does not hold: keep both files and tell others."""


def accept(signed: Signed, receipt: Receipt, trust: Trust, keys: Mapping[str, bytes] | None = None) -> Report:
    """Verify a receipt that the ledger just returned for this statement.

    Raises BadReceipt when a step fails, or when the entry is not this statement. A first receipt is signed
    by the log alone, so that a quorum of witnesses is not demanded yet.
    """
    report = verify_receipt(receipt.entry, receipt.proof, trust, keys)
    failed = [step for step in report if step.grade == FAILED and step.name != "witnesses"]
    if failed or report.exit_code == 2:
        last = failed[0] if failed else report.steps[-1]
        raise BadReceipt(
            f"receipt of entry {receipt.index}: {last.name}: {last.detail}", "keep it and report it"
        )
    if decode_entry(receipt.entry).envelope.payload != signed.envelope.payload:
        raise BadReceipt(f"entry {receipt.index} is another statement", "keep the receipt and report it")
    return report
