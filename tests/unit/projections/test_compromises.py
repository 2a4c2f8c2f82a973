"""What was signed with a key that others may have used is shown, and flagged."""

from __future__ import annotations

from dataclasses import replace

from projections.compromises import compromises
from projections.items import Item, Slice
from projections.shown import Shown, show
from tests.support.small_log import GENESIS, SmallLog

ISSUE = {"issue": "osh"}


def shown(log: SmallLog, statement: str, size: int | None = None) -> Shown:
    known = log.slice(size)
    known = known.named(known.names, compromises(known.of_kind("key")))
    item = known.get(statement)
    assert isinstance(item, Item)
    return show(item, known)


def test_statements_since_the_position_named_are_flagged_and_earlier_ones_are_not() -> None:
    log = SmallLog()
    before = log.say("AllegationMade", "factory:f", ISSUE)
    since = log.say("AllegationMade", "factory:f", ISSUE)
    # The small log signs everything with one key.
    claim = {"keyId": GENESIS, "compromisedSince": 1}
    revoked = log.say("KeyRevoked", "party:ngo", claim, by="registrar")
    assert shown(log, before).flags == ()
    (flag,) = shown(log, since).flags
    assert flag.to_json() == {
        "keyId": GENESIS,
        "party": "ngo",
        "since": 1,
        "by": revoked,
        "saidBy": ["registrar"],
    }


def test_nothing_is_flagged_as_of_before_the_revocation() -> None:
    log = SmallLog()
    log.say("AllegationMade", "factory:f", ISSUE)
    since = log.say("AllegationMade", "factory:f", ISSUE)
    log.say("KeyRevoked", "party:ngo", {"keyId": GENESIS, "compromisedSince": 1})
    assert shown(log, since, size=2).flags == ()


def test_an_endorsement_with_the_same_key_asserts_nothing_again() -> None:
    log = SmallLog()
    log.say("PartyListed", "party:ngo")
    said = log.say("AllegationMade", "factory:f", ISSUE)
    log.say("KeyRevoked", "party:ngo", {"keyId": GENESIS, "compromisedSince": 1})
    log.say("ResponseGiven", "factory:f", refs=[("endorses", said)])
    (flag,) = shown(log, said).flags
    assert flag.reasserted is None


def test_an_endorsement_with_a_sound_key_asserts_it_again() -> None:
    log = SmallLog()
    log.say("PartyListed", "party:ngo")
    said = log.say("AllegationMade", "factory:f", ISSUE)
    log.say("KeyRevoked", "party:ngo", {"keyId": GENESIS, "compromisedSince": 1})
    endorsed = log.say("ResponseGiven", "factory:f", refs=[("endorses", said)])
    *others, last = log.items()
    sound = replace(last, recorded=last.recorded._replace(key_ids=("a" * 64,)))
    known = Slice.of([*others, sound])
    known = known.named(known.names, compromises(others))
    item = known.get(said)
    assert item is not None
    (flag,) = show(item, known).flags
    assert flag.reasserted == endorsed
