"""Index statements: what the operator's device says about all entries, and what it may not say."""

import pytest

from ledger.core.statement import Recorded
from ledger.domain.state import State
from tests.support.builder import OPERATOR, OPERATOR_DEVICE, REGISTRAR, Log, refused

WRONG_ROOT = "A" * 43 + "="


def publish(log: Log, **claim: object) -> Recorded:
    """Publish an index that claims exactly this."""
    return log.say("IndexPublished", "operator", claim=claim, signers=[OPERATOR_DEVICE])


def test_an_index_over_everything_before_it_is_accepted(log: Log) -> None:
    published = log.index()
    assert published.statement.claim["size"] == published.index == log.state.indexed


def test_an_index_may_cover_less_than_what_precedes_it(log: Log) -> None:
    assert log.index(3).statement.claim["size"] == 3


def test_an_index_may_cover_nothing(log: Log) -> None:
    assert log.index(0).statement.claim["keys"] == 0


def test_indexes_over_the_same_entries_may_follow_each_other(log: Log) -> None:
    first = log.index(4)
    again = publish(log, **first.statement.claim)
    assert again.statement.claim == first.statement.claim


def test_an_index_over_entries_to_come_is_refused(log: Log) -> None:
    head = log.state.index_head(log.state.size).to_claim()
    with refused("index-size"):
        publish(log, **head | {"size": log.state.size + 1})


def test_an_index_over_fewer_entries_than_the_one_before_is_refused(log: Log) -> None:
    earlier = log.state.index_head(3).to_claim()
    log.index(4)
    with refused("index-shrunk"):
        publish(log, **earlier)


def test_another_root_is_refused(log: Log) -> None:
    with refused("index-root"):
        log.index(root=WRONG_ROOT)


def test_another_number_of_keys_is_refused(log: Log) -> None:
    with refused("index-keys"):
        log.index(keys=1)


def test_the_head_of_another_size_is_refused(log: Log) -> None:
    earlier = log.state.index_head(log.state.size).to_claim()
    log.document("clw")
    with refused("index-keys"):
        publish(log, **earlier | {"size": log.state.size})


@pytest.mark.parametrize("signer", [OPERATOR, REGISTRAR])
def test_only_the_operators_device_key_signs_an_index(log: Log, signer: object) -> None:
    claim = log.state.index_head(log.state.size).to_claim()
    code = "key-scope-exceeded" if signer is OPERATOR else "surplus-signature"
    with refused(code):
        log.say("IndexPublished", "operator", claim=claim, signers=[signer])


def test_an_index_has_no_keys_of_its_own(log: Log) -> None:
    before = log.index().statement.claim
    after = log.index().statement.claim
    assert (before["keys"], before["root"]) == (after["keys"], after["root"])
    assert before["size"] + 1 == after["size"]


def test_a_replay_without_leaf_hashes_can_be_asked_for_no_index(log: Log) -> None:
    replay = State()
    for recorded in log.recorded:
        replay.apply(recorded)
    with pytest.raises(AssertionError, match="leaf hashes"):
        replay.index_head(replay.size)
