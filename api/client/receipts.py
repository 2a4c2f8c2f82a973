"""Receipts as their owner treats them: verified before being believed, kept, verified again years later."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.client.http import Receipt
from api.client.signed import Signed
from ledger.core.entry import decode_entry
from ledger.core.receipt import FAILED, Report, Trust, verify_receipt
from ledger.core.refusal import LedgerError, Refusal


class BadReceipt(LedgerError):
    """The ledger returned a receipt that does not hold: keep both files and tell others."""


class ReceiptUnreadable(LedgerError):
    """The two files of a receipt are not there or cannot be read; exit code 2."""


@dataclass(frozen=True, slots=True)
class ReceiptFiles:
    """The bytes of `<index>.entry` and the text of `<index>.tlog-proof`."""

    entry: bytes
    proof: str


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


def read_receipt(path: Path) -> ReceiptFiles:
    """The receipt that either of its two files names, with or without the ending."""
    stem = path.with_suffix("") if path.suffix in (".entry", ".tlog-proof") else path
    entry, proof = (stem.with_name(stem.name + ending) for ending in (".entry", ".tlog-proof"))
    try:
        return ReceiptFiles(entry.read_bytes(), proof.read_text(encoding="utf-8"))
    except OSError as error:
        mend = "a receipt is two files side by side, N.entry and N.tlog-proof"
        raise ReceiptUnreadable(f"{error.filename}: {error.strerror}", mend) from error
    except UnicodeDecodeError as error:
        raise ReceiptUnreadable(f"{proof} is not text", "restore the file from a copy") from error


def keys_of_receipts(folder: Path) -> dict[str, bytes]:
    """The public keys that the receipts in a folder introduce, so that signatures can be checked offline."""
    found: dict[str, bytes] = {}
    for path in sorted(folder.glob("*.entry")):
        try:
            found |= introduced(decode_entry(path.read_bytes()).envelope.payload)
        except (Refusal, OSError):
            continue  # not a receipt of ours; it proves nothing and harms nothing
    return found


def introduced(payload: bytes) -> dict[str, bytes]:
    """Key id to public key for every key that a statement brings into the ledger."""
    from ledger.core.grammar import base64_decode
    from ledger.core.keys import key_id
    from ledger.core.statement import read_statement

    statement = read_statement(payload)
    if statement.kind not in ("ledger", "party", "key"):
        return {}
    listed = statement.claim.get("keys", [])
    holders = [
        statement.claim,
        statement.claim.get("firstKey"),
        *(listed if isinstance(listed, list) else []),
    ]
    keys = [
        base64_decode(str(holder["publicKey"]))
        for holder in holders
        if isinstance(holder, Mapping) and "publicKey" in holder
    ]
    return {key_id(key): key for key in keys}
