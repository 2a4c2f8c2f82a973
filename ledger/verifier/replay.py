"""The rules of the log, asked about every entry of a bundle in order, as far as the bundle decides them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple

from ..core.envelope import Signature
from ..core.refusal import Refusal
from ..core.statement import Statement
from ..domain.clock import check_binding, check_clock
from ..domain.decide import check_kind, check_new
from ..domain.facts import ledger_of
from ..domain.references import check_references
from ..domain.signatures import check_new_keys, check_signatures
from ..domain.subjects import check_closure, check_subjects
from ..domain.voices import check_people
from .partial import Claimed, Gap, PartialState
from .reading import MALFORMED, Item, Reading


@dataclass(slots=True)
class Judged:
    """What came of a set of rules: refusals and gaps by the index of the entry."""

    refused: list[tuple[int, Refusal]] = field(default_factory=list)
    gaps: list[tuple[int, str]] = field(default_factory=list)

    def ask(self, item: Item, rule: Callable[..., None], *arguments: object) -> None:
        """Ask one rule about one entry."""
        try:
            rule(*arguments)
        except Refusal as refusal:
            self.refused.append((item.index, refusal))
        except Claimed:
            pass
        except Gap as gap:
            self.gaps.append((item.index, str(gap)))
        except MALFORMED:
            # Rules take well-formed statements; of others their form has been refused already.
            if item.refusal is None:
                raise
            self.gaps.append((item.index, "its form"))


class Replayed(NamedTuple):
    """What came of the rules about what may follow what, and of those about keys."""

    rules: Judged
    key_status: Judged


def replay(reading: Reading) -> Replayed:
    """Asks about every entry that could be read, each in the state that the earlier ones make."""
    state, found = PartialState(reading), Replayed(Judged(), Judged())
    for item in reading.items:
        statement = item.statement
        if statement is not None and item.understood:
            state.at(item)
            _ask_rules(found.rules, state, item, statement)
            _ask_keys(found.key_status, state, item, statement)
            state.apply(item)
        elif statement is not None:
            found.rules.gaps.append((item.index, "a statement of another version"))
            found.key_status.gaps.append((item.index, "a statement of another version"))
        state.passed(item)
    return found


def _ask_rules(judged: Judged, state: PartialState, item: Item, statement: Statement) -> None:
    """Everything that validity asks beyond form, keys and signatures (docs/protocol-rules.md, 1 to 8)."""
    try:
        check_binding(state, statement)
        _check_clock(state, item, statement)
        for rule in _RULES:
            rule(state, statement)
    except (Refusal, Gap, *MALFORMED):
        # Seldom: now each is asked on its own, as more than one may have something to say.
        judged.ask(item, check_binding, state, statement)
        judged.ask(item, _check_clock, state, item, statement)
        for rule in _RULES:
            judged.ask(item, rule, state, statement)


_RULES: tuple[Callable[[PartialState, Statement], None], ...] = (
    check_new,
    check_people,
    check_subjects,
    check_references,
    check_kind,
    check_closure,
)


def _ask_keys(judged: Judged, state: PartialState, item: Item, statement: Statement) -> None:
    """Who had to sign, and whether their keys could then (docs/protocol-rules.md, 9)."""
    judged.ask(item, check_new_keys, state, statement)
    judged.ask(item, check_signatures, state, statement, item.envelope, _unasked, item.recorded_at)


def _unasked(_public: bytes, _signature: Signature) -> bool:
    return True  # whether signatures are good is another step's matter


def _check_clock(state: PartialState, item: Item, statement: Statement) -> None:
    ledger = ledger_of(state) if item.index else None
    is_demo = ledger is not None and ledger.clock == "demo"
    # Entries that are not here may have moved the demo's clock on; it is never behind `issuedAt`.
    if is_demo and not state.is_dense:
        if item.recorded_at < max(state.recorded_at, f"{statement.issued_at[:-1]}.000Z"):
            raise Refusal("demo-clock", f"{item.recorded_at} is before the newest issuedAt so far")
        return
    check_clock(state, statement, item.recorded_at)


def compromised(reading: Reading) -> list[int]:
    """Entries signed since their key is said to be compromised, by a revocation that may come much later."""
    since = {
        str(statement.claim.get("keyId")): statement.claim.get("compromisedSince")
        for _, statement in reading.statements
        if statement.event == "KeyRevoked"
    }
    return [
        item.index
        for item in reading.items
        for signature in item.envelope.signatures
        if _is_since(item.index, since.get(signature.keyid))
    ]


def _is_since(index: int, since: object) -> bool:
    return isinstance(since, int) and index >= since
