"""Receipts upgraded to published, witnessed checkpoints, and whether the promise to publish was kept."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass

from api.publishing import LogParts
from ledger.application import Ledger
from ledger.clock import SystemClock
from ledger.core.grammar import milliseconds
from ledger.heads import SignedHead
from ledger.ports import Publication, Publications
from ledger.receipts import NotLogged, Receipt


@dataclass(frozen=True, slots=True)
class Proven:
    """A receipt, the size of the published tree (entries, 0 for none) and what the ledger promised (seconds).

    `witnessed`: the quorum of the ledger's policy has cosigned the receipt's checkpoint. `overdue`: the entry
    is older than promised and no published checkpoint covers it; a demo, whose clock is its own, never is.
    """

    receipt: Receipt
    published: int
    witnessed: bool
    max_publish_delay: int
    overdue: bool

    def to_json(self) -> dict[str, object]:
        """The members of a receipt, and the promise."""
        return {
            "id": self.receipt.statement_id,
            "index": self.receipt.index,
            "recordedAt": self.receipt.recorded_at,
            "entry": b64encode(self.receipt.entry).decode(),
            "proof": self.receipt.proof,
            "published": self.published,
            "witnessed": self.witnessed,
            "maxPublishDelay": self.max_publish_delay,
            "overdue": self.overdue,
        }


def prove(statement_id: str, ledger: Ledger, publications: Publications, log: LogParts, demo: bool) -> Proven:
    """The newest receipt of a statement. Raises `NotLogged`."""
    newest = publications.newest()
    receipt = _published(statement_id, ledger, newest) or ledger.receipt(statement_id)
    covered = newest is not None and newest.size > receipt.index
    terms = log.terms.at(receipt.index + 1)
    assert terms is not None, "the tree that holds an entry has terms"
    age = (SystemClock().now() - milliseconds(receipt.recorded_at)) / 1000
    return Proven(
        receipt,
        newest.size if newest else 0,
        newest is not None and covered and log.witnesses.are_enough(newest.size, newest.note),
        terms.max_publish_delay,
        not covered and not demo and age > terms.max_publish_delay,
    )


def _published(statement_id: str, ledger: Ledger, newest: Publication | None) -> Receipt | None:
    """The receipt in the published tree, None while that ends before the entry."""
    if newest is None:
        return None
    try:
        return ledger.receipt(statement_id, SignedHead(*newest))
    except NotLogged:
        return None
