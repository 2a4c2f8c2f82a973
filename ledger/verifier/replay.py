"""The rules of the log, asked about every entry of a bundle in order, as far as the bundle decides them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from ..core.refusal import Refusal
from ..core.statement import Statement
from ..domain.clock import check_binding, check_clock
from ..domain.decide import check_kind, check_new
from ..domain.facts import key_of, ledger_of, revocation_of
from ..domain.references import check_references
from ..domain.signatures import check_new_keys, check_signatures
from ..domain.subjects import check_closure, check_subjects
from ..domain.voices import check_people
from .partial import Claimed, Gap, PartialState
from .reading import MALFORMED, Item, Reading

Rule = Callable[[PartialState, Statement], None]


@dataclass(slots=True)
class Judged:
    """What came of a set of rules: refusals and gaps by the index of the entry."""

    refused: list[tuple[int, Refusal]]
    gaps: list[tuple[int, str]]


Judge = Callable[[PartialState, Item, Statement], Iterator[Callable[[], None]]]
"""The questions of one set of rules about one entry; each raises `Refusal` or `Gap`, or is content."""


def replay(reading: Reading, judge: Judge) -> Judged:
    """Asks about every entry that could be read, each in the state that the earlier ones make."""
    state, judged = PartialState(reading), Judged([], [])
    for item in reading.items:
        if item.statement is not None and item.understood:
            state.at(item)
            for ask in judge(state, item, item.statement):
                _ask(ask, item, judged)
            state.apply(item)
        elif item.statement is not None:
            judged.gaps.append((item.index, "a statement of another version"))
        state.passed(item)
    return judged


def _ask(ask: Callable[[], None], item: Item, judged: Judged) -> None:
    try:
        ask()
    except Refusal as refusal:
        judged.refused.append((item.index, refusal))
    except Claimed:
        pass
    except Gap as gap:
        judged.gaps.append((item.index, str(gap)))
    except MALFORMED:
        # Rules take well-formed statements; of others their form has been refused already.
        if item.refusal is None:
            raise
        judged.gaps.append((item.index, "its form"))


def rules(state: PartialState, item: Item, statement: Statement) -> Iterator[Callable[[], None]]:
    """Everything that validity asks beyond form, keys and signatures (docs/protocol-rules.md, 1 to 8)."""
    yield lambda: check_binding(state, statement)
    yield lambda: _check_clock(state, item, statement)
    for rule in _RULES:
        yield partial(rule, state, statement)


_RULES: tuple[Rule, ...] = (
    check_new,
    check_people,
    check_subjects,
    check_references,
    check_kind,
    check_closure,
)


def _check_clock(state: PartialState, item: Item, statement: Statement) -> None:
    ledger = ledger_of(state) if item.index else None
    is_demo = ledger is not None and ledger.clock == "demo"
    # Entries that are not here may have moved the demo's clock on; it is never behind `issuedAt`.
    if is_demo and not state.is_dense:
        if item.recorded_at < max(state.recorded_at, f"{statement.issued_at[:-1]}.000Z"):
            raise Refusal("demo-clock", f"{item.recorded_at} is before the newest issuedAt so far")
        return
    check_clock(state, statement, item.recorded_at)


def key_status(state: PartialState, item: Item, statement: Statement) -> Iterator[Callable[[], None]]:
    """Who had to sign, and whether their keys could then (docs/protocol-rules.md, 9)."""
    yield lambda: check_new_keys(state, statement)
    yield lambda: check_signatures(
        state, statement, item.envelope, lambda _key, _signature: True, item.recorded_at
    )


def compromised(reading: Reading) -> list[int]:
    """Entries signed since their key is said to be compromised, by a revocation that may come much later."""
    state = PartialState(reading)
    for item in reading.items:
        if item.statement is not None:
            state.apply(item)
        state.passed(item)
    found = []
    for item in reading.items:
        for signature in item.envelope.signatures:
            key = reading.keys.get(signature.keyid)
            since = None if key is None else _compromised_since(state, key.party, key.id)
            if since is not None and item.index >= since:
                found.append(item.index)
    return found


def _compromised_since(state: PartialState, party: str, key_id: str) -> int | None:
    try:
        key = key_of(state, party, key_id)
        revocation = None if key is None else revocation_of(state, key)
    except Gap:
        return None
    return None if revocation is None else revocation.compromised_since
