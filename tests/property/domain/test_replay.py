"""Random histories: the rules see only what `needs` asked for, and a replay from bytes decides the same."""

from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.entry import decode_entry
from ledger.core.index import IndexHead
from ledger.core.merkle import leaf_hash
from ledger.core.refusal import Refusal
from ledger.core.statement import decode_statement, read_recorded
from ledger.domain.aggregates import Aggregate
from ledger.domain.decide import Decision, decide
from ledger.domain.needs import Needs, needs
from ledger.domain.state import State
from tests.support.builder import Log, Signed, verifier
from tests.support.drawn import Pick, learn, opened, statement


class Narrow:
    """A view that knows what was asked for and fails on anything else."""

    def __init__(self, state: State, asked: Needs) -> None:
        self.size, self.recorded_at, self.indexed = state.size, state.recorded_at, state.indexed
        self._state, self._asked = state, asked
        streams = (state.originator_of(one) for one in asked.statements)
        self._streams = asked.originators | {stream for stream in streams if stream is not None}

    def aggregate(self, originator_id: str) -> Aggregate | None:
        assert originator_id in self._streams, f"{originator_id} was not asked for"
        return self._state.aggregate(originator_id)

    def originator_of(self, statement_id: str) -> str | None:
        assert statement_id in self._asked.statements, f"{statement_id} was not asked for"
        return self._state.originator_of(statement_id)

    def party_of_key(self, key_id: str) -> str | None:
        assert key_id in self._asked.keys, f"the key {key_id} was not asked for"
        return self._state.party_of_key(key_id)

    def digest_seen(self, digest: str) -> bool:
        assert digest in self._asked.digests, f"the digest {digest} was not asked for"
        return self._state.digest_seen(digest)

    def index_head(self, size: int) -> IndexHead:
        assert self.indexed <= size <= self.size, f"the index over {size} entries is none that is asked for"
        return self._state.index_head(size)


def outcome(view: Any, signed: Signed, recorded_at: str) -> Decision | tuple[str, str, str]:
    """The decision, or the refusal with its words and place."""
    envelope = signed.envelope
    try:
        return decide(view, signed.statement, envelope, recorded_at, verifier(envelope))
    except Refusal as refusal:
        return refusal.code, refusal.what, refusal.where


def history(data: Pick, log: Log, length: int) -> list[tuple[Signed, str, Any]]:
    """Submit statements; each with its time and what the rules said, the accepted ones in `log`."""
    submitted = []
    for _ in range(length):
        signed = statement(data, log)
        if signed is None:
            continue
        recorded_at = log.time_of(signed.statement)
        submitted.append((signed, recorded_at, outcome(log.state, signed, recorded_at)))
        if isinstance(submitted[-1][2], Decision):
            learn(log, log.enter(signed), signed)
    return submitted


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_the_rules_look_only_at_what_needs_asked_for(data: Pick) -> None:
    log = opened(data)
    for _ in range(8):
        signed = statement(data, log)
        if signed is None:
            continue
        recorded_at = log.time_of(signed.statement)
        narrow = Narrow(log.state, needs(signed.statement, signed.envelope))
        full = outcome(log.state, signed, recorded_at)
        assert outcome(narrow, signed, recorded_at) == full
        if isinstance(full, Decision):
            learn(log, log.enter(signed), signed)


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_replay_from_entry_bytes_decides_what_the_live_log_decided(data: Pick) -> None:
    log = opened(data)
    replay = State()
    for index, entry in enumerate(log.entries):
        replay.apply(read_recorded(index, entry), leaf_hash(entry))
    for signed, recorded_at, said in history(data, log, 10):
        assert outcome(replay, signed, recorded_at) == said
        if isinstance(said, Decision):
            entry = log.entries[replay.size]
            assert outcome(replay, from_entry(entry), recorded_at) == said
            replay.apply(read_recorded(replay.size, entry), leaf_hash(entry))
    assert replay.size == log.state.size


def from_entry(data: bytes) -> Signed:
    """What an auditor has: the strict reading of a stored entry."""
    envelope = decode_entry(data).envelope
    return Signed(decode_statement(envelope.payload), envelope)
