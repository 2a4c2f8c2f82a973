"""Who signed with which key, and how the key stood at that place; on a log of real keys and rules."""

from __future__ import annotations

from ledger.core.entry import decode_entry
from ledger.core.envelope import Envelope, Signature
from projections import signatures
from projections.items import Item
from projections.signatures import Signature as Shown
from tests.support.builder import KeyPair, Log


def shown(log: Log, index: int, envelope: Envelope | None = None) -> list[Shown]:
    """The signatures of an entry as the whole log lets them be seen."""
    known = [Item(one, one.statement.claim, 0) for one in log.recorded]
    registrations = [one for one in known if one.names("party:")]
    signed = envelope or decode_entry(log.entries[index]).envelope
    return signatures.signatures(known[index], signed, registrations)


def alleging() -> tuple[Log, int]:
    log = Log.opened()
    log.register("ngo")
    log.factory("toys")
    return log, log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh"}).index


def test_a_key_in_force_is_shown_with_its_party_and_the_entry_that_added_it() -> None:
    log, index = alleging()
    (one,) = shown(log, index)
    assert (one.key_id, one.party, one.state) == (log.keys["ngo"].id, "ngo", "in-force")
    assert (one.holds, one.flagged, one.revoked_by) == (True, False, None)
    assert one.introduced_by == log.recorded[1].statement.id


def test_a_registration_is_signed_by_the_registrar_and_by_the_key_that_it_introduces() -> None:
    log, _ = alleging()
    assert {one.party: one.state for one in shown(log, 1)} == {"registrar": "in-force", "ngo": "introduced"}


def test_the_keys_of_entry_0_are_introduced_by_it() -> None:
    log, _ = alleging()
    assert {one.state for one in shown(log, 0)} == {"introduced"}
    assert {one.party for one in shown(log, 0)} == {"operator", "registrar"}
    assert all(one.holds for one in shown(log, 0))


def test_a_later_revocation_is_shown_and_changes_nothing_for_what_was_signed_before() -> None:
    log, index = alleging()
    revoked = log.say("KeyRevoked", "registrar", about=["party:ngo"], claim={"keyId": log.keys["ngo"].id})
    (one,) = shown(log, index)
    assert (one.state, one.flagged, one.revoked_by) == ("in-force", False, revoked.statement.id)


def test_what_was_signed_while_others_may_have_used_the_key_is_flagged() -> None:
    log, index = alleging()
    claim = {"keyId": log.keys["ngo"].id, "compromisedSince": index}
    log.say("KeyRevoked", "registrar", about=["party:ngo"], claim=claim)
    assert [one.flagged for one in shown(log, index)] == [True]


def test_a_key_may_sign_its_own_revocation() -> None:
    log, _ = alleging()
    revoked = log.say("KeyRevoked", "ngo", about=["party:ngo"], claim={"keyId": log.keys["ngo"].id})
    assert [(one.party, one.state) for one in shown(log, revoked.index)] == [("ngo", "revoked-here")]


def test_a_signature_that_does_not_fit_the_bytes_is_told() -> None:
    log, index = alleging()
    envelope = decode_entry(log.entries[index]).envelope
    (one,) = envelope.signatures
    broken = envelope._replace(signatures=(Signature(one.keyid, bytes([one.sig[0] ^ 1]) + one.sig[1:]),))
    assert [each.holds for each in shown(log, index, broken)] == [False]


def test_a_key_that_nobody_registered_is_not_known() -> None:
    log, index = alleging()
    envelope = decode_entry(log.entries[index]).envelope
    stranger = KeyPair("stranger")
    signed = envelope._replace(signatures=(stranger.sign(envelope.payload),))
    (one,) = shown(log, index, signed)
    assert (one.party, one.state, one.holds) == (None, "unknown", None)
    assert one.key_id == stranger.id
