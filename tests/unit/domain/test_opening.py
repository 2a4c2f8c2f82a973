"""Entry 0, the binding to one log, and the ledger's clock."""

from dataclasses import replace

import pytest

from ledger.core.note import COSIGNATURE, ED25519, Verifier
from ledger.core.refusal import Refusal
from ledger.core.statement import Recorded
from ledger.domain.decide import admissible, admit, decide
from ledger.domain.facts import ledger_of
from ledger.domain.terms import changes, terms_at
from tests.support.builder import (
    FOUNDING_KEYS,
    LOG_KEY,
    OPERATOR,
    OPERATOR_DEVICE,
    ORIGIN,
    REGISTRAR,
    KeyPair,
    Log,
    Signed,
    log_vkey,
    refused,
    verifier,
)


def decide_at(log: Log, signed: Signed, recorded_at: str) -> None:
    decide(log.state, signed.statement, signed.envelope, recorded_at, verifier(signed.envelope))


def test_entry_0_introduces_operator_registrar_and_their_keys() -> None:
    log = Log.opened()
    assert [log.state.party_of_key(key.id) for key in FOUNDING_KEYS] == ["operator", "operator", "registrar"]
    ledger = ledger_of(log.state)
    assert ledger is not None
    assert (ledger.genesis, ledger.origin, ledger.clock) == (log.genesis_id, log.origin, "system")


@pytest.mark.parametrize("absent", FOUNDING_KEYS, ids=lambda key: key.name)
def test_entry_0_is_signed_by_all_three_of_its_keys(absent: KeyPair) -> None:
    log = Log()
    genesis = log.draft(
        "LedgerOpened",
        "operator",
        about=["ledger:main", "party:operator", "party:registrar"],
        claim=dict(log.genesis().statement.claim),
        signers=[key for key in FOUNDING_KEYS if key is not absent],
    )
    with refused("proof-of-possession"):
        log.append(genesis)


def test_a_key_that_entry_0_does_not_name_cannot_sign_it() -> None:
    log = Log()
    with refused("unknown-key"):
        log.say(
            "LedgerOpened",
            "operator",
            about=["ledger:main", "party:operator", "party:registrar"],
            claim=dict(log.genesis().statement.claim),
            signers=[*FOUNDING_KEYS, KeyPair("stranger")],
        )


def test_nothing_precedes_entry_0() -> None:
    opened, empty = Log.opened(), Log()
    listing = opened.draft(
        "PartyListed", "registrar", about=["party:x"], claim={"entity": "organisation", "roles": ["ngo"]}
    )
    with refused("not-opened"):
        empty.append(listing)


def test_a_log_is_opened_once() -> None:
    log = Log.opened()
    with refused("already-opened"):
        log.append(Log().genesis())


def test_a_statement_for_a_log_of_another_origin_is_refused() -> None:
    log = Log.opened()
    log.origin = "ledger.example.org/other"
    with refused("foreign-ledger"):
        log.list_party("x")


def test_a_statement_for_another_genesis_is_refused(log: Log) -> None:
    other = Log.opened(clock="demo")
    statement = other.draft(
        "PartyListed", "registrar", about=["party:x"], claim={"entity": "organisation", "roles": ["ngo"]}
    )
    with refused("foreign-ledger"):
        log.append(statement)


def test_only_the_operators_root_key_amends_the_ledger() -> None:
    log = Log.opened()
    with refused("root-key-needed"):
        log.say("LedgerAmended", "operator", claim={"version": 1}, signers=[OPERATOR_DEVICE])
    with refused("surplus-signature"):
        log.say("LedgerAmended", "operator", claim={"version": 1}, signers=[REGISTRAR])
    assert log.say("LedgerAmended", "operator", claim={"version": 1}, signers=[OPERATOR]).index == 1


def test_the_logs_own_key_is_never_a_partys_key() -> None:
    log = Log.opened()
    claim = {"entity": "organisation", "roles": ["ngo"], "checked": "demo", "firstKey": LOG_KEY.claim()}
    with refused("key-known"):
        log.say("PartyRegistered", "registrar", about=["party:x"], claim=claim, signers=[REGISTRAR, LOG_KEY])


def test_a_partys_key_never_becomes_the_logs_key(log: Log) -> None:
    stolen = vkey_of("clw")
    with refused("key-known"):
        log.say("LedgerAmended", "operator", claim={"logKeys": [stolen]})
    with refused("key-known"):
        log.say("LedgerAmended", "operator", claim={"policy": f"witness w {stolen}\nquorum w\n"})


def vkey_of(name: str, origin: str = ORIGIN) -> str:
    return Verifier(origin, ED25519, KeyPair(name).public).vkey


def test_old_and_new_log_key_are_in_force_side_by_side_and_then_the_new_one_alone() -> None:
    log = Log.opened()
    both = sorted([log_vkey(), vkey_of("log 2")])
    log.say("LedgerAmended", "operator", claim={"logKeys": both})
    log.say("LedgerAmended", "operator", claim={"logKeys": [vkey_of("log 2")]})
    found = changes(log.recorded)
    assert [(size, terms.log_keys) for size, terms in found] == [
        (1, (log_vkey(),)),
        (2, tuple(both)),
        (3, (vkey_of("log 2"),)),
    ]
    assert [terms_at(size, found) for size in (0, 1, 2, 99)] == [None, *[terms for _, terms in found]]


def test_amendments_replace_only_what_they_name() -> None:
    log = Log.opened()
    log.say("LedgerAmended", "operator", claim={"intervals": {"index": 5, "maxPublishDelay": 7}})
    log.say("LedgerAmended", "operator", claim={"policy": "Another one."})
    before, _, after = (terms for _, terms in changes(log.recorded))
    assert (before.index_interval, before.max_publish_delay) == (60, 60)
    assert after == replace(before, index_interval=5, max_publish_delay=7, policy="Another one.")


def test_a_log_key_that_was_taken_out_of_force_never_comes_back() -> None:
    log = Log.opened()
    log.say("LedgerAmended", "operator", claim={"logKeys": [vkey_of("log 2")]})
    with refused("key-known"):
        log.say("LedgerAmended", "operator", claim={"logKeys": sorted([log_vkey(), vkey_of("log 2")])})


@pytest.mark.parametrize(
    "vkey",
    [
        vkey_of("log 2", "ledger.example.org/another"),
        log_vkey().replace(log_vkey().split("+")[1], "00000000"),
        Verifier(ORIGIN, COSIGNATURE, KeyPair("log 2").public).vkey,
    ],
    ids=["of another log", "with another hash", "of a witness"],
)
def test_a_log_key_is_an_ed25519_key_of_this_log(vkey: str) -> None:
    log = Log.opened()
    with refused("bad-vkey"):
        log.say("LedgerAmended", "operator", claim={"logKeys": [vkey]})


def test_a_policy_may_list_the_same_log_key_again() -> None:
    log = Log.opened()
    claim = log.recorded[0].statement.claim
    assert log.say("LedgerAmended", "operator", claim={"logKeys": claim["logKeys"]}).index == 1


def test_recorded_times_never_decrease(log: Log) -> None:
    listing = log.draft(
        "PartyListed", "clw", about=["party:x"], claim={"entity": "media", "roles": ["media"]}
    )
    with refused("time-decreased"):
        decide_at(log, listing, "2026-01-05T09:00:00.000Z")
    decide_at(log, listing, log.state.recorded_at)


@pytest.mark.parametrize(("seconds", "accepted"), [("04:59", True), ("05:00", True), ("05:01", False)])
def test_issued_at_is_at_most_300_seconds_ahead(log: Log, seconds: str, accepted: bool) -> None:
    claim = {"entity": "media", "roles": ["media"]}
    listing = log.draft(
        "PartyListed", "clw", about=["party:x"], claim=claim, issuedAt=f"2026-01-05T10:{seconds}Z"
    )
    if accepted:
        decide_at(log, listing, "2026-01-05T10:00:00.000Z")
    else:
        with refused("issued-ahead"):
            decide_at(log, listing, "2026-01-05T10:00:00.000Z")


def test_a_statement_is_refused_after_its_submit_by(log: Log) -> None:
    claim = {"entity": "media", "roles": ["media"]}
    listing = log.draft("PartyListed", "clw", about=["party:x"], claim=claim, submitBy="2026-01-05T10:00:00Z")
    decide_at(log, listing, "2026-01-05T10:00:00.000Z")
    with refused("submitted-late"):
        decide_at(log, listing, "2026-01-05T10:00:00.001Z")


def test_a_demos_clock_is_the_newest_issued_at() -> None:
    log = Log.opened("demo")
    claim = {"entity": "media", "roles": ["media"]}
    listing = log.draft(
        "PartyListed", "registrar", about=["party:x"], claim=claim, issuedAt="2026-02-01T00:00:00Z"
    )
    for wrong in ("2026-01-31T00:00:00.000Z", "2026-02-01T00:00:00.001Z"):
        with refused("demo-clock"):
            decide_at(log, listing, wrong)
    decide_at(log, listing, "2026-02-01T00:00:00.000Z")
    log.append(listing)
    older = log.draft(
        "PartyListed", "registrar", about=["party:y"], claim=claim, issuedAt="2026-01-20T00:00:00Z"
    )
    assert log.append(older).recorded_at == "2026-02-01T00:00:00.000Z"


def test_a_statement_is_logged_once(log: Log) -> None:
    listing = log.draft(
        "PartyListed", "clw", about=["party:x"], claim={"entity": "media", "roles": ["media"]}
    )
    log.append(listing)
    with pytest.raises(Refusal) as refusal:
        log.append(listing)
    assert refusal.value.code == "statement-known"


def test_a_digest_occurs_once_in_the_ledger(log: Log) -> None:
    text = {"text": {"lang": "en", "text": "Helmets are missing."}}
    log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh/ppe"}, hidden=text)
    log._salts -= 1  # the same salt, name and value give the same digest
    with refused("digest-repeated"):
        log.say("AllegationMade", "clw", about=["factory:foshan"], claim={"issue": "osh"}, hidden=text)


def test_erased_bytes_are_not_taken_in_again(log: Log) -> None:
    """Admission does not take erasures in yet; the rules know already what one would mean."""
    sha256 = "ab" * 32
    captured = {"media": "text/plain", "size": 3, "form": "letter"}
    about = [f"document:{sha256}", "factory:foshan"]
    document = log.say("DocumentCaptured", "clw", about=about, claim=captured)
    erasure = log.draft(
        "EvidenceErased", "clw", claim={"ground": "error", "digests": [sha256]}, refs=[("controls", document)]
    )
    decide_at(log, erasure, log.time_of(erasure.statement))
    key_ids = tuple(one.keyid for one in erasure.envelope.signatures)
    log.state.apply(Recorded(log.state.size, log.time_of(erasure.statement), erasure.statement, key_ids))
    with refused("erased-slot"):
        log.say("DocumentCaptured", "aaf", about=about, claim=captured)


def test_a_policy_with_a_quorum_that_cannot_be_read_is_not_taken_in() -> None:
    log = Log()
    founders = ["ledger:main", "party:operator", "party:registrar"]
    for policy, is_taken in (
        ("We judge nothing.", True),
        ("quorum none\n", True),
        ("quorum nobody\n", False),
    ):
        claim = dict(log.genesis().statement.claim) | {"policy": policy}
        opening = log.draft("LedgerOpened", "operator", about=founders, claim=claim, signers=FOUNDING_KEYS)
        if is_taken:
            admit(log.state, opening.statement, admissible(opening.statement, opening.disclosures))
        else:
            with refused("bad-policy"):
                admit(log.state, opening.statement, admissible(opening.statement, opening.disclosures))


@pytest.mark.parametrize(
    "policy", ["quorum nobody\n", "witness w nonsense\nquorum w\n", "Prose.\nquorum none\n"]
)
def test_nor_is_one_that_an_amendment_would_put_in_force(policy: str) -> None:
    log = Log.opened()
    amendment = log.draft("LedgerAmended", "operator", claim={"policy": policy})
    with refused("bad-policy"):
        admit(log.state, amendment.statement, admissible(amendment.statement, amendment.disclosures))
