"""Keys by log position, and exactly the signatures that are due."""

import pytest

from ledger.core import keys as ed25519
from ledger.core.envelope import Signature, normalised
from ledger.core.grammar import base64_encode
from ledger.domain.decide import decide
from ledger.domain.facts import key_of, revocation_of
from tests.support.builder import OPERATOR_DEVICE, REGISTRAR, KeyPair, Log, Signed, refused, verifier

ISSUE = {"issue": "osh/ppe"}
PHONE = KeyPair("clw phone", "device", ("allegation", "response"))


def allege(log: Log, *signers: KeyPair, by: str | list[str] = "clw") -> Signed:
    return log.draft("AllegationMade", by, about=["factory:foshan"], claim=ISSUE, signers=signers)


def add_key(log: Log, key: KeyPair, **more: str) -> None:
    root = log.keys["clw"]
    log.say("KeyAdded", "clw", about=["party:clw"], claim=key.claim(**more), signers=[root, key])


def revoke(log: Log, key: KeyPair, by: str = "clw", **more: object) -> None:
    log.say("KeyRevoked", by, about=["party:clw"], claim={"keyId": key.id, **more})


# --- signatures -------------------------------------------------------------


def test_every_issuer_signs(log: Log) -> None:
    clw, aaf = log.keys["clw"], log.keys["aaf"]
    with refused("missing-signature"):
        log.append(allege(log, clw, by=["aaf", "clw"]))
    assert log.append(allege(log, clw, aaf, by=["aaf", "clw"])).statement.issuers == ("aaf", "clw")


def test_who_is_no_issuer_does_not_sign(log: Log) -> None:
    with refused("surplus-signature"):
        log.append(allege(log, log.keys["clw"], log.keys["aaf"]))


def test_an_issuer_signs_once(log: Log) -> None:
    add_key(log, PHONE)
    with refused("surplus-signature"):
        log.append(allege(log, log.keys["clw"], PHONE))


def test_an_unknown_key_is_refused_even_beside_a_good_signature(log: Log) -> None:
    with refused("unknown-key"):
        log.append(allege(log, log.keys["clw"], KeyPair("stranger")))


def test_the_key_id_only_finds_the_key(log: Log) -> None:
    """A signature by another key under an issuer's key id does not verify."""
    signed = allege(log, log.keys["clw"])
    forged = Signature(log.keys["clw"].id, log.keys["aaf"].sign(signed.envelope.payload).sig)
    with refused("bad-signature"):
        log.append(Signed(signed.statement, normalised(signed.envelope.payload, [forged])))


def test_a_signature_of_other_bytes_is_refused(log: Log) -> None:
    one, other = allege(log, log.keys["clw"]), log.draft("DocumentReferenced", "clw")
    with refused("bad-signature"):
        log.append(Signed(one.statement, normalised(one.envelope.payload, list(other.envelope.signatures))))


# --- adding and scope --------------------------------------------------------


def test_a_device_key_signs_what_its_scope_names(log: Log) -> None:
    add_key(log, PHONE)
    log.append(allege(log, PHONE))
    with refused("key-scope-exceeded"):
        log.say("DocumentReferenced", "clw", signers=[PHONE])


def test_a_device_key_of_any_scope_adds_no_keys(log: Log) -> None:
    device = KeyPair("clw laptop", "device")
    add_key(log, device)
    with refused("root-key-needed"):
        log.say("KeyAdded", "clw", about=["party:clw"], claim=PHONE.claim(), signers=[device, PHONE])


def test_a_root_key_of_narrow_scope_still_signs_parties_and_keys(log: Log) -> None:
    narrow = KeyPair("clw vault", "root", ("key",))
    add_key(log, narrow)
    log.say("KeyAdded", "clw", about=["party:clw"], claim=PHONE.claim(), signers=[narrow, PHONE])
    with refused("key-scope-exceeded"):
        log.append(allege(log, narrow))


def test_a_new_key_proves_that_somebody_has_it(log: Log) -> None:
    with refused("proof-of-possession"):
        log.say("KeyAdded", "clw", about=["party:clw"], claim=PHONE.claim(), signers=[log.keys["clw"]])


def test_a_new_key_does_not_introduce_itself(log: Log) -> None:
    with refused("missing-signature"):
        log.say("KeyAdded", "clw", about=["party:clw"], claim=PHONE.claim(), signers=[PHONE])


def test_nobody_adds_a_key_to_another_party(log: Log) -> None:
    for hand in ("aaf", "registrar"):
        with refused("wrong-issuer"):
            log.say(
                "KeyAdded", hand, about=["party:clw"], claim=PHONE.claim(), signers=[log.keys[hand], PHONE]
            )


def test_a_listed_party_has_no_keys_to_add_to(log: Log) -> None:
    with refused("not-registered"):
        log.say(
            "KeyAdded", "registrar", about=["party:ietp"], claim=PHONE.claim(), signers=[REGISTRAR, PHONE]
        )


@pytest.mark.parametrize("owner", ["clw", "aaf", "registrar", "operator"])
def test_a_key_once_logged_is_never_introduced_again(log: Log, owner: str) -> None:
    with refused("key-known"):
        log.say(
            "KeyAdded",
            "clw",
            about=["party:clw"],
            claim=log.keys[owner].claim(),
            signers=[log.keys["clw"], log.keys[owner]][: 1 if owner == "clw" else 2],
        )


def test_a_revoked_key_is_not_introduced_again(log: Log) -> None:
    add_key(log, PHONE)
    revoke(log, PHONE)
    with refused("key-known"):
        add_key(log, PHONE)


def test_a_key_signs_nothing_at_the_position_that_adds_it(log: Log) -> None:
    """At i = a it proves possession; from a + 1 on it signs."""
    with refused("unknown-key"):
        log.append(allege(log, PHONE))
    add_key(log, PHONE)
    assert log.append(allege(log, PHONE)).index == key_of(log.state, "clw", PHONE.id).added + 1  # type: ignore[union-attr]


def test_a_key_expires_by_the_ledgers_clock(log: Log) -> None:
    add_key(log, PHONE, expires="2026-01-06T00:00:00Z")
    signed = allege(log, PHONE)
    check = verifier(signed.envelope)
    decide(log.state, signed.statement, signed.envelope, "2026-01-06T00:00:00.000Z", check)
    with refused("key-expired"):
        decide(log.state, signed.statement, signed.envelope, "2026-01-06T00:00:00.001Z", check)


# --- revoking ----------------------------------------------------------------


def test_a_revoked_key_signs_nothing_more(log: Log) -> None:
    add_key(log, PHONE)
    revoke(log, PHONE)
    with refused("key-revoked"):
        log.append(allege(log, PHONE))


def test_a_root_key_revokes_itself(log: Log) -> None:
    revoke(log, log.keys["clw"])
    with refused("key-revoked"):
        log.append(allege(log, log.keys["clw"]))


def test_the_registrar_revokes(log: Log) -> None:
    revoke(log, log.keys["clw"], by="registrar")


def test_nobody_else_revokes(log: Log) -> None:
    with refused("wrong-issuer"):
        revoke(log, log.keys["clw"], by="aaf")


def test_a_key_is_revoked_once(log: Log) -> None:
    add_key(log, PHONE)
    revoke(log, PHONE)
    with refused("key-revoked"):
        revoke(log, PHONE, by="registrar")


def test_only_a_key_of_that_party_is_revoked(log: Log) -> None:
    with refused("unknown-key"):
        revoke(log, log.keys["aaf"])


def test_the_operators_device_key_is_revoked_by_its_root_key(log: Log) -> None:
    log.say("KeyRevoked", "operator", about=["party:operator"], claim={"keyId": OPERATOR_DEVICE.id})
    key = key_of(log.state, "operator", OPERATOR_DEVICE.id)
    assert key is not None
    assert revocation_of(log.state, key) is not None


def test_a_key_is_compromised_after_it_was_added_and_at_the_latest_when_revoked(log: Log) -> None:
    add_key(log, PHONE)
    added = log.recorded[-1].index
    log.append(allege(log, PHONE))
    for index in (added, log.state.size + 1):
        with refused("compromised-since"):
            revoke(log, PHONE, compromisedSince=index)
    revoke(log, PHONE, compromisedSince=added + 1)
    key = key_of(log.state, "clw", PHONE.id)
    assert key is not None
    assert revocation_of(log.state, key).compromised_since == added + 1  # type: ignore[union-attr]


# --- recovery ----------------------------------------------------------------


@pytest.fixture
def recoverable(log: Log) -> Log:
    log.register("cir", recoverers=["aaf"])
    return log


NEW_ROOT = KeyPair("cir after the loss")


def recover(log: Log, hands: list[str], key: KeyPair = NEW_ROOT) -> None:
    signers = [*[log.keys[hand] for hand in hands], key]
    log.say("KeyRecovered", hands, about=["party:cir"], claim=key.claim(), signers=signers)


def test_the_registrar_and_a_recoverer_replace_all_keys(recoverable: Log) -> None:
    log, lost = recoverable, recoverable.keys["cir"]
    recover(log, ["aaf", "registrar"])
    with refused("key-revoked"):
        log.say("DocumentReferenced", "cir", signers=[lost])
    log.say("DocumentReferenced", "cir", signers=[NEW_ROOT])


@pytest.mark.parametrize("hands", [["registrar"], ["aaf"], ["clw", "registrar"], ["aaf", "clw"]])
def test_the_registrar_alone_never_takes_a_party_over(recoverable: Log, hands: list[str]) -> None:
    with refused("wrong-issuer"):
        recover(recoverable, hands)


def test_a_recovery_adds_a_root_key(recoverable: Log) -> None:
    with refused("root-key-needed"):
        recover(recoverable, ["aaf", "registrar"], KeyPair("cir phone", "device"))


def test_a_party_without_recoverers_is_not_recovered(log: Log) -> None:
    hands = ["aaf", "registrar"]
    signers = [*[log.keys[hand] for hand in hands], NEW_ROOT]
    with refused("wrong-issuer"):
        log.say("KeyRecovered", hands, about=["party:clw"], claim=NEW_ROOT.claim(), signers=signers)


def test_weak_keys_are_refused_before_any_rule(log: Log) -> None:
    weak = b"\x01" + bytes(31)
    claim = PHONE.claim() | {"publicKey": base64_encode(weak), "keyId": ed25519.key_id(weak)}
    with refused("weak-key"):
        log.say("KeyAdded", "clw", about=["party:clw"], claim=claim, signers=[log.keys["clw"], PHONE])
