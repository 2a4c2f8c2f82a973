"""Rotation of the log's key: old and new one side by side, then the new one alone."""

from __future__ import annotations

import base64
import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.client.keyfile import public_half, write_key_file
from api.composition import Service
from api.settings import Settings
from api.signing import LogKeyMissing
from ledger.core.checkpoint import open_checkpoint
from ledger.core.note import ED25519, Verifier, split_note
from ledger.core.receipt import Trust, parse_proof, verify_receipt
from ledger.store.tilestore import FolderLogFiles
from tests.integration.api.conftest import Poster
from tests.support.builder import LOG_KEY, ORIGIN, KeyPair, log_vkey
from tests.support.public_log import assert_servable

NEW = KeyPair("log 2")
NEW_VKEY = Verifier(ORIGIN, ED25519, NEW.public).vkey
BOTH = sorted([log_vkey(), NEW_VKEY])


def give(settings: Settings, pair: KeyPair = NEW, name: str = "log-2.key") -> Path:
    """Put a log key's file on the server."""
    path = settings.data / "keys" / name
    write_key_file(path, pair.seed, public_half(pair.seed, "device"), None)
    return path


def signers(note: str) -> list[str]:
    """The verifier keys that have signed it, in order."""
    known = {Verifier.from_vkey(vkey).key_hash: vkey for vkey in BOTH}
    _, opened = open_checkpoint(
        note, Verifier.from_vkey(signing(note)[0]), list(map(Verifier.from_vkey, BOTH))
    )
    assert not opened.unknown
    return [known[signature.key_hash] for signature in opened.verified]


def signing(note: str) -> list[str]:
    """The verifier keys of the key hashes on a note, not verified."""
    known = {Verifier.from_vkey(vkey).key_hash: vkey for vkey in BOTH}
    return [known[signature.key_hash] for signature in split_note(note)[1]]


def amend(poster: Poster, *log_keys: str) -> dict[str, object]:
    log = poster.log
    signed = log.draft("LedgerAmended", "operator", claim={"logKeys": sorted(log_keys)})
    response = poster.post(signed)
    if response.status_code == 201:
        super(type(log), log).append(signed)
    answer: dict[str, object] = response.json()
    return answer


def allege(poster: Poster) -> str:
    """The proof of one more entry."""
    log = poster.log
    signed = log.draft("PartyListed", "registrar", about=[f"party:p{len(log.entries)}"], claim=LISTED)
    super(type(log), log).append(signed)
    proof: str = poster.post(signed).json()["proof"]
    return proof


LISTED = {"entity": "media", "roles": ["media"]}


def test_both_keys_sign_from_the_amendment_on_and_the_new_one_alone_after_the_next(
    poster: Poster, settings: Settings
) -> None:
    give(settings)
    assert signers(parse_proof(allege(poster)).checkpoint) == [log_vkey()]
    answer = amend(poster, *BOTH)
    assert signers(parse_proof(str(answer["proof"])).checkpoint) == BOTH
    assert signers(parse_proof(allege(poster)).checkpoint) == BOTH
    assert signers(poster.client.get("/v1/checkpoint").text) == BOTH
    answer = amend(poster, NEW_VKEY)
    assert signers(parse_proof(str(answer["proof"])).checkpoint) == [NEW_VKEY]
    assert signers(poster.client.get("/v1/checkpoint").text) == [NEW_VKEY]


def test_receipts_of_the_overlap_hold_for_those_who_trust_either_key(
    poster: Poster, settings: Settings
) -> None:
    give(settings)
    answer = amend(poster, *BOTH)
    entry = base64.b64decode(str(answer["entry"]))
    for vkey in BOTH:
        trust = Trust(ORIGIN, poster.log.genesis_id, vkey, f"log {vkey}\nquorum none\n")
        report = verify_receipt(entry, str(answer["proof"]), trust)
        assert {step.name: step.grade for step in report}["checkpoint"] == "held"


def test_a_key_that_is_not_on_the_server_is_not_put_in_force(poster: Poster) -> None:
    answer = amend(poster, *BOTH)
    assert answer["code"] == "log-key-missing"
    assert answer["place"] == "/predicate/claim/logKeys"
    assert signers(parse_proof(allege(poster)).checkpoint) == [log_vkey()]


def test_a_process_that_lacks_a_key_in_force_signs_nothing(poster: Poster, settings: Settings) -> None:
    path = give(settings)
    amend(poster, *BOTH)
    path.unlink()
    # It says so and ends, rather than sign with the old key alone.
    with pytest.raises(LogKeyMissing, match=re.escape(NEW_VKEY)), Service(settings):
        pass


def test_after_retirement_the_old_key_may_leave_the_machine(poster: Poster, settings: Settings) -> None:
    give(settings)
    amend(poster, *BOTH)
    amend(poster, NEW_VKEY)
    poster.client.__exit__(None, None, None)
    (settings.data / "keys" / "log.key").unlink()
    with TestClient(create_app(settings)) as again:
        poster.client = again
        assert signers(parse_proof(allege(poster)).checkpoint) == [NEW_VKEY]
    assert assert_servable(FolderLogFiles(settings.data / "log"), NEW_VKEY) is not None
    assert LOG_KEY.public != NEW.public


def test_a_process_started_earlier_learns_of_the_new_key_from_the_log(
    poster: Poster, settings: Settings
) -> None:
    with TestClient(create_app(settings)) as second:
        give(settings)
        amend(poster, *BOTH)
        first, poster.client = poster.client, second
        assert signers(parse_proof(allege(poster)).checkpoint) == BOTH
        poster.client = first


def test_the_terms_in_force_are_shown(poster: Poster, settings: Settings) -> None:
    give(settings)
    amend(poster, *BOTH)
    shown = poster.client.get("/v1/ledger").json()
    assert shown["logKeys"] == BOTH
    assert shown["intervals"] == {"index": 60, "maxPublishDelay": 60}
    assert shown["size"] == 2
    assert shown["ledger"]["origin"] == ORIGIN
