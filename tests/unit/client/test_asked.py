"""A ledger that answers another question than the one asked is not believed, however true its answer."""

from __future__ import annotations

from base64 import b64encode
from typing import Any

import httpx2
import pytest

from api.client.asked import check_answers, id_of_entry
from api.client.http import BadAnswer, Client
from ledger.core import merkle
from ledger.core.checkpoint import Checkpoint, sign_checkpoint
from ledger.core.index import KeyProof
from ledger.core.index_proof import (
    Completeness,
    IndexProof,
    Precedence,
    ProvenEntry,
    format_index_proof,
)
from ledger.core.merkle import Frontier, batch_inclusion_proofs
from ledger.core.note import Signer
from ledger.core.receipt import Trust, format_proof, unwitnessed_policy
from tests.support.builder import LOG_KEY, ORIGIN, Log, log_vkey


def made() -> Log:
    log = Log.opened()
    for slug in ("clw", "ietp", "aaf"):
        log.register(slug)
    return log


LOG = made()
LEAVES = [merkle.leaf_hash(entry) for entry in LOG.entries]
PATHS = batch_inclusion_proofs(Frontier(), LEAVES)
IDS = [one.statement.id for one in LOG.recorded]
TRUST = Trust(ORIGIN, LOG.genesis_id, log_vkey(), unwitnessed_policy(log_vkey()))


def note(seed: bytes = LOG_KEY.seed) -> str:
    root = Frontier().append(LEAVES).frontier.root()
    return sign_checkpoint(Checkpoint(ORIGIN, len(LEAVES), root), Signer(ORIGIN, seed))


def receipt(index: int, **instead: Any) -> dict[str, Any]:
    shown = {
        "id": IDS[index],
        "index": index,
        "recordedAt": LOG.recorded[index].recorded_at,
        "entry": b64encode(LOG.entries[index]).decode(),
        "proof": format_proof(index, PATHS[index], note()),
        "published": 0,
        "maxPublishDelay": 60,
    }
    return shown | instead


def answering(answers: dict[str, Any]) -> Client:
    return Client(
        "http://ledger.example",
        httpx2.MockTransport(lambda request: httpx2.Response(200, json=answers[request.url.path])),
    )


def test_a_receipt_of_another_statement_is_refused() -> None:
    with answering({f"/v1/statements/{IDS[1]}/proof": receipt(2)}) as client:
        for asking in (client.receipt, client.upgrade):
            with pytest.raises(BadAnswer, match="another statement"):
                asking(IDS[1])
    lying = answering({f"/v1/statements/{IDS[1]}/proof": receipt(2, id=IDS[1])})
    with lying as client, pytest.raises(BadAnswer, match="another statement"):
        client.receipt(IDS[1])
    with answering({f"/v1/statements/{IDS[1]}/proof": receipt(1)}) as client:
        assert client.receipt(IDS[1]).index == client.upgrade(IDS[1]).receipt.index == 1


def test_an_entrys_number_is_believed_once_it_is_proven() -> None:
    with answering({"/v1/statements/2": receipt(2), f"/v1/statements/{IDS[2]}/proof": receipt(2)}) as client:
        assert id_of_entry(client, 2, TRUST) == id_of_entry(client, 2, None) == IDS[2]


@pytest.mark.parametrize(
    ("shown", "trust"),
    [
        pytest.param(receipt(1), TRUST, id="another entry"),
        pytest.param(receipt(1), None, id="another entry, without a trust file"),
        pytest.param(receipt(1, proof=format_proof(2, PATHS[1], note())), TRUST, id="another index"),
        pytest.param(receipt(1, proof=format_proof(2, PATHS[2], note())), TRUST, id="another path"),
        pytest.param(receipt(2, proof=format_proof(2, PATHS[2], note(bytes(32)))), TRUST, id="another key"),
        pytest.param(receipt(2, proof="nothing"), TRUST, id="no proof"),
        pytest.param(receipt(2, proof=format_proof(2, PATHS[2], "no checkpoint")), TRUST, id="no checkpoint"),
        pytest.param(
            receipt(2, proof=format_proof(2, PATHS[2], "no checkpoint")), None, id="nor a trust file"
        ),
        pytest.param(receipt(2, id=None), TRUST, id="no statement"),
    ],
)
def test_an_entrys_number_that_is_not_proven_is_not_believed(
    shown: dict[str, Any], trust: Trust | None
) -> None:
    answers = {"/v1/statements/2": shown, f"/v1/statements/{shown['id']}/proof": shown}
    with answering(answers) as client, pytest.raises(BadAnswer, match="entry 2"):
        id_of_entry(client, 2, trust)


def precedes(earlier: int, later: int) -> str:
    entries = tuple(ProvenEntry(at, LOG.entries[at], tuple(PATHS[at])) for at in sorted({earlier, later}))
    return format_index_proof(IndexProof("precedence", Precedence(earlier, later), note(), entries))


def test_a_proof_is_held_against_the_question() -> None:
    asked = {"earlier": IDS[1], "later": IDS[3]}
    check_answers(precedes(1, 3), "precedence", asked)
    for text, what in (
        (precedes(1, 2), "precedence"),
        (precedes(2, 3), "precedence"),
        (precedes(1, 3), "all"),
    ):
        with pytest.raises(BadAnswer, match="another question"):
            check_answers(text, what, asked)


def about(asks: str, key: str) -> str:
    shown = Completeness(key, KeyProof(None, ()), 3)
    return format_index_proof(IndexProof(asks, shown, note(), ()))


def test_a_true_silence_about_another_request_is_no_answer() -> None:
    key = "statement:" + IDS[1]
    check_answers(about("silence", key), "silence", {"of": IDS[1]})
    check_answers(about("all", key), "all", {"key": key})
    for text, what, asked in (
        (about("silence", key), "silence", {"of": IDS[2]}),
        (about("all", key), "silence", {"of": IDS[1]}),
        (about("all", key), "all", {"key": "factory:x"}),
    ):
        with pytest.raises(BadAnswer, match="another question"):
            check_answers(text, what, asked)


def test_what_is_no_proof_file_is_left_to_the_verifier() -> None:
    check_answers("nothing", "all", {"key": "factory:x"})
