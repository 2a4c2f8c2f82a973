"""Folds, the mapping they grow in, and who may see what."""

import time
from dataclasses import replace

from ledger.core.statement import Recorded
from ledger.domain.aggregates import evolve
from ledger.domain.facts import party_of
from ledger.domain.record_map import RecordMap
from ledger.domain.visibility import ANONYMOUS, Viewer, may_see
from tests.support.builder import KeyPair, Log


def test_an_older_version_of_a_map_does_not_see_what_was_added_later() -> None:
    one = RecordMap[int]().adding("a", 1)
    two = one.adding("b", 2)
    assert (dict(one), dict(two)) == ({"a": 1}, {"a": 1, "b": 2})
    assert ("b" in one, one.get("b"), two["b"]) == (False, None, 2)


def test_two_futures_of_one_map_do_not_mix() -> None:
    """As when a batch was rolled back and another one was appended instead."""
    one = RecordMap[int]().adding("a", 1)
    lost, kept = one.adding("b", 2), one.adding("b", 3)
    assert (lost["b"], kept["b"]) == (2, 3)
    assert dict(kept.adding("c", 4)) == {"a": 1, "b": 3, "c": 4}
    assert dict(lost) == {"a": 1, "b": 2}


def test_folding_into_a_long_stream_costs_what_it_costs_in_a_short_one() -> None:
    log = Log.opened()
    log.register("clw")
    keys = [KeyPair(f"device {i}", "device") for i in range(3)]
    signed = [
        log.draft(
            "KeyAdded", "clw", about=["party:clw"], claim=key.claim(), signers=[log.keys["clw"], key]
        ).statement
        for key in keys
    ]
    party = party_of(log.state, "clw")
    assert party is not None
    records = party.records
    for i in range(20_000):
        records = records.adding(f"{i}", next(iter(party.records.values())))

    def fastest(stream: RecordMap) -> float:  # type: ignore[type-arg]
        aggregate = replace(party, records=stream)
        took = []
        for statement in signed:
            start = time.perf_counter()
            aggregate = evolve(aggregate, Recorded(9, log.state.recorded_at, statement, ()))
            took.append(time.perf_counter() - start)
        return min(took)

    # Copying 20,000 records takes about a millisecond, a fold a few microseconds.
    assert fastest(records) < 10 * fastest(party.records) + 2e-4


def test_public_content_is_shown_to_anybody_and_nothing_else_to_nobody_yet(log: Log) -> None:
    public = log.document("clw").statement
    guarded = log.say("DocumentReferenced", "clw", visibility="parties", audience=["aaf"]).statement
    assert may_see(ANONYMOUS, public)
    assert not may_see(ANONYMOUS, guarded)
    assert not may_see(Viewer(frozenset({"aaf"})), guarded)
