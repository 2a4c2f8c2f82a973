"""Progress: what became of a commitment or request, said by those who can know it."""

from ...core.refusal import Refusal
from ...core.statement import Statement
from ..aggregates import Record
from ..facts import targets
from ..view import View
from .voice import CLAIMANTS, require_voice


def check(view: View, statement: Statement) -> None:
    """claimed: committer or actor; verified: neither; no-reply: the asker; due-changed: committer or
    asker.
    """
    for _, target in targets(view, statement, "on"):
        match statement.type:
            case "claimed":
                _check_claimed(statement, target)
            case "verified":
                _check_verified(statement, target)
            case "no-reply":
                _require_kind(target, "request")
                require_voice(statement, target.claimants, "the asker")
            case "due-changed":
                who = "the committer" if target.kind == "commitment" else "the asker"
                require_voice(statement, target.claimants, who)


def _check_claimed(statement: Statement, commitment: Record) -> None:
    _require_kind(commitment, "commitment")
    if commitment.visibility != "sealed":
        require_voice(statement, _bound(commitment), "the committer or the actor")


def _check_verified(statement: Statement, commitment: Record) -> None:
    _require_kind(commitment, "commitment")
    for slug in statement.claimants:
        if slug in _bound(commitment):
            raise Refusal(
                "wrong-voice", f"{slug} cannot verify what it committed itself to or does", CLAIMANTS
            )


def _bound(commitment: Record) -> tuple[str, ...]:
    return commitment.claimants if commitment.actor is None else (*commitment.claimants, commitment.actor)


def _require_kind(target: Record, kind: str) -> None:
    if target.kind != kind:
        raise Refusal(
            "reference-kind", f"this event is about a {kind}, not a {target.kind}", "/predicate/refs"
        )
