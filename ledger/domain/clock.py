"""The ledger's clock and whose ledger it is: what an auditor can check without a clock of its own."""

from ..core.grammar import milliseconds
from ..core.refusal import Refusal
from ..core.statement import Statement
from .facts import ledger_of
from .view import View

# How far an author's clock may be ahead of the ledger's, in milliseconds.
AHEAD = 300_000


def check_binding(view: View, statement: Statement) -> None:
    """Entry 0 opens the log; every later statement is bound to that log by origin and genesis."""
    ledger = ledger_of(view)
    if ledger is None:
        if statement.event != "LedgerOpened":
            raise Refusal("not-opened", "the log has no entry 0 yet", "/predicate/event")
        return
    if statement.event == "LedgerOpened":
        raise Refusal("already-opened", f"entry 0 is {ledger.genesis}", "/predicate/event")
    if statement.genesis != ledger.genesis:
        raise Refusal(
            "foreign-ledger", f"the genesis of this log is {ledger.genesis}", "/predicate/ledger/genesis"
        )
    if statement.origin != ledger.origin:
        raise Refusal("foreign-ledger", f"this log is {ledger.origin}", "/predicate/ledger/origin")


def check_clock(view: View, statement: Statement, recorded_at: str) -> None:
    """`recordedAt` never decreases, is no more than 300 s behind `issuedAt`, and keeps to `submitBy`."""
    if recorded_at < view.recorded_at:
        raise Refusal("time-decreased", f"{recorded_at} is before the previous entry's {view.recorded_at}")
    if _is_demo(view, statement):
        _check_demo(view, statement, recorded_at)
    # A statement issued before it was recorded, as nearly all are, needs no calendar.
    elif statement.issued_at[:19] > recorded_at[:19] and (
        milliseconds(statement.issued_at) > milliseconds(recorded_at) + AHEAD
    ):
        raise Refusal(
            "issued-ahead", f"issued at {statement.issued_at}, it is {recorded_at}", "/predicate/issuedAt"
        )
    if statement.submit_by is not None and recorded_at > f"{statement.submit_by[:-1]}.000Z":
        raise Refusal("submitted-late", f"it is {recorded_at}", "/predicate/submitBy")


def _is_demo(view: View, statement: Statement) -> bool:
    ledger = ledger_of(view)
    return (statement.claim.get("clock") if ledger is None else ledger.clock) == "demo"


def _check_demo(view: View, statement: Statement, recorded_at: str) -> None:
    """The demo's clock is the newest `issuedAt` so far."""
    if recorded_at != max(view.recorded_at, f"{statement.issued_at[:-1]}.000Z"):
        raise Refusal("demo-clock", f"{recorded_at} is not the newest issuedAt so far")
