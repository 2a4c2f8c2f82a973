"""Receipts: the entry's bytes and the proof that the signed tree holds them (protocol section 6)."""

from __future__ import annotations

from dataclasses import dataclass

from ledger.core import merkle, receipt
from ledger.core.entry import decode_entry_trusted
from ledger.core.refusal import LedgerError
from ledger.heads import Heads, SignedHead
from ledger.ports import LogRecorder, StoredEntry


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the author of an accepted statement keeps: `entry` verbatim and `proof` (c2sp.org/tlog-proof@v1).

    `duplicate` says that the statement was logged before; index, entry and time are then the first ones.
    """

    statement_id: str
    index: int
    recorded_at: str
    entry: bytes
    proof: str
    duplicate: bool


class NotLogged(LedgerError):
    """No entry of this log holds that statement."""


class ReceiptDesk:
    """Gives out receipts for what is logged already, each with a fresh proof to the newest signed
    checkpoint.
    """

    def __init__(self, recorder: LogRecorder, heads: Heads) -> None:
        self._recorder = recorder
        self._heads = heads

    def checkpoint(self) -> SignedHead:
        return self._heads.newest()

    def receipt(self, statement_id: str, head: SignedHead | None = None) -> Receipt:
        """Raises `NotLogged`, also for an entry that no signed tree covers yet."""
        stored = self.entry(statement_id)
        proof = self.prove(stored.position, head)
        recorded_at = decode_entry_trusted(stored.state).recorded_at
        return Receipt(statement_id, stored.position, recorded_at, stored.state, proof, True)

    def entry(self, statement_id: str) -> StoredEntry:
        """The stored entry of a statement. Raises `NotLogged`."""
        stored = self._recorder.entry_by_statement(statement_id)
        if stored is None:
            raise NotLogged(f"statement {statement_id} is not in this log", "check its id, or submit it")
        return stored

    def prove(self, index: int, head: SignedHead | None = None) -> str:
        """The inclusion proof of an entry in `head`, by default the newest signed. Raises `NotLogged`."""
        head = head or self._heads.newest()
        if index >= head.size:
            raise NotLogged(f"entry {index} is not in a signed tree yet", "ask again in a moment")
        hashes = merkle.inclusion_proof(index, head.size, self._heads.nodes(head.size))
        return receipt.format_proof(index, hashes, head.note)
