"""Responses: anybody answers; adopting, disowning and retracting words is for those whose words they are."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..aggregates import Record
from ..facts import targets
from ..view import View
from .hands import ISSUERS

OWN_WORDS = ("adopts", "disowns", "retracts")


def check(view: View, statement: Statement) -> None:
    """Every issuer qualifies, and speaks for itself: an attribution never exercises somebody's rights."""
    for ref, target in targets(view, statement, *OWN_WORDS):
        if statement.attribution is not None:
            raise Refusal(
                "attributed-right", f"nobody {ref.rel} in somebody else's name", "/predicate/attribution"
            )
        for slug in statement.issuers:
            if not _QUALIFIES[ref.rel](slug, target):
                raise Refusal(
                    "wrong-issuer", f"{slug} cannot say that it {ref.rel} this: {_WHO[ref.rel]}", ISSUERS
                )


def _adopts(slug: str, target: Record) -> bool:
    return slug in target.claimants


def _disowns(slug: str, target: Record) -> bool:
    return slug in target.claimants or slug in target.relays


def _retracts(slug: str, target: Record) -> bool:
    return slug in target.issuers and slug in target.claimants


_QUALIFIES = {"adopts": _adopts, "disowns": _disowns, "retracts": _retracts}
_WHO = {
    "adopts": "a claimant adopts",
    "disowns": "a claimant or a relay disowns",
    "retracts": "who issued it in its own voice retracts",
}
