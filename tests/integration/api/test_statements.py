"""Statements over HTTP: accepted ones get a receipt, refused ones a reason, and order is kept."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from hashlib import sha256
from typing import Any

from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.core import receipt
from ledger.core.entry import decode_entry
from ledger.core.receipt import Trust, unwitnessed_policy
from tests.support.builder import ORIGIN, Log, Signed, log_vkey

from .conftest import Poster, submission


def listing(poster: Poster, slug: str) -> Signed:
    return poster.log.draft(
        "PartyListed",
        "registrar",
        about=[f"party:{slug}"],
        claim={"entity": "organisation", "roles": ["certifier"]},
    )


def test_an_accepted_statement_gets_a_receipt_that_verifies_offline(poster: Poster) -> None:
    signed = listing(poster, "acme")
    response = poster.post(signed)
    body = response.json()
    assert response.status_code == 201
    assert body["id"] == signed.statement.id
    assert response.headers["location"] == f"/v1/statements/{body['id']}"
    entry = b64decode(body["entry"], validate=True)
    assert decode_entry(entry).envelope == signed.envelope
    trust = Trust(ORIGIN, poster.log.genesis_id, log_vkey(), unwitnessed_policy(log_vkey()))
    report = receipt.verify_receipt(entry, body["proof"], trust)
    assert report.exit_code == 0, list(report)


def test_the_same_statement_again_gets_200_and_the_first_entry(poster: Poster) -> None:
    signed = listing(poster, "acme")
    first, second = poster.post(signed), poster.post(signed)
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["entry"] == second.json()["entry"]


def test_a_refused_statement_names_code_place_and_remedy(poster: Poster) -> None:
    signed = listing(poster, "acme")
    forged = signed.envelope.signatures[0]._replace(sig=bytes(64))
    response = poster.post(replace(signed, envelope=signed.envelope._replace(signatures=(forged,))))
    problem = response.json()
    assert response.status_code == 422
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["code"] == "bad-signature"
    assert problem["mend"]


def test_a_name_that_is_taken_is_a_conflict(poster: Poster) -> None:
    poster.post(listing(poster, "acme"))
    again = poster.log.draft(
        "PartyListed",
        "registrar",
        about=["party:acme"],
        claim={"entity": "programme", "roles": ["certifier"]},
    )
    response = poster.post(again)
    assert (response.status_code, response.json()["code"]) == (409, "name-taken")


def test_a_batch_is_answered_line_by_line_in_order(poster: Poster) -> None:
    batch = [listing(poster, f"party-{number}") for number in range(700)]
    batch[300] = batch[299]
    answers = poster.post_all(batch)
    assert [answer["id"] for answer in answers] == [signed.statement.id for signed in batch]
    assert [answer["status"] for answer in answers].count(201) == 699
    assert answers[300]["status"] == 200
    assert answers[-1]["index"] == 699


def test_a_refused_line_leaves_its_neighbours_alone(poster: Poster) -> None:
    good = [json.dumps(submission(listing(poster, f"party-{n}"))).encode() for n in range(3)]
    lines = [good[0], b"{", b"", b'{"envelope":{}}', good[1], b"[]", good[2]]
    response = poster.client.post("/v1/statements:batch", content=b"\n".join(lines))
    answers = [json.loads(line) for line in response.text.splitlines()]
    assert [answer["status"] for answer in answers] == [201, 400, 400, 422, 201, 422, 201]


def test_a_later_line_may_refer_to_an_earlier_one(poster: Poster) -> None:
    twin = poster.log
    registered = twin.draft(
        "FactoryRegistered", "registrar", about=["factory:toys"], claim={"level": "factory", "country": "CN"}
    )
    Log.append(twin, registered)  # to the twin alone: both are sent together below
    amended = twin.draft(
        "FactoryAmended",
        "registrar",
        about=["factory:toys"],
        claim={"level": "complex", "country": "CN"},
        refs=[("supersedes", registered.statement.id)],
    )
    answers = poster.post_all([registered, amended])
    assert [answer["status"] for answer in answers] == [201, 201], answers


def test_a_batch_longer_than_the_limit_is_answered_up_to_there(settings: Settings, poster: Poster) -> None:
    line = json.dumps(submission(listing(poster, "acme"))).encode() + b"\n"
    response = poster.client.post("/v1/statements:batch", content=line * (settings.max_batch_lines + 1))
    answers = response.text.splitlines()
    assert len(answers) == settings.max_batch_lines + 1
    assert json.loads(answers[-1])["code"] == "body-too-large"


def test_a_body_over_the_limit_is_refused(settings: Settings, client: TestClient) -> None:
    big = b" " * (settings.max_statement_bytes + 1)
    assert client.post("/v1/statements", content=big).status_code == 413


def test_bytes_that_are_no_submission_are_a_problem(poster: Poster) -> None:
    bodies: list[Any] = [b"", b"\xff", b"null", b"[1]", b"{}", b'{"envelope":1}', b"[" * 100_000]
    answers = [poster.client.post("/v1/statements", content=body) for body in bodies]
    assert all(400 <= answer.status_code < 500 for answer in answers)
    assert all(answer.json()["code"] for answer in answers)


def test_a_statement_is_read_back_with_its_signatures_and_disclosures(poster: Poster) -> None:
    poster.log.register("ngo")
    signed = poster.log.draft(
        "AllegationMade",
        "ngo",
        about=["party:ngo"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": "No gloves were handed out."}},
    )
    poster.post(signed)
    shown = poster.client.get(f"/v1/statements/{signed.statement.id}").json()
    assert shown["statement"]["predicate"]["event"] == "AllegationMade"
    assert shown["disclosures"] == list(signed.disclosures)
    assert shown["signatures"][0]["keyid"] == poster.log.keys["ngo"].id
    assert (shown["ledger"]["clock"], shown["withheld"]) == ("system", 0)
    assert shown["notice"]


def test_what_is_for_named_parties_only_is_shown_to_nobody(poster: Poster) -> None:
    poster.log.register("ngo")
    signed = poster.log.draft(
        "AllegationMade",
        "ngo",
        about=["party:ngo"],
        claim={"issue": "osh/ppe"},
        hidden={"text": {"lang": "en", "text": "No gloves were handed out."}},
        visibility="parties",
        audience=["ngo"],
    )
    assert poster.post(signed).status_code == 201
    shown = poster.client.get(f"/v1/statements/{signed.statement.id}").json()
    assert (shown["disclosures"], shown["withheld"]) == ([], 1)


def test_an_unknown_statement_is_not_found(poster: Poster) -> None:
    for path in (f"/v1/statements/{'0' * 64}", f"/v1/statements/{'0' * 64}/proof"):
        response = poster.client.get(path)
        assert (response.status_code, response.json()["code"]) == (404, "no-such-statement")


def test_a_proof_can_be_had_later_as_receipt_or_as_text(poster: Poster) -> None:
    signed = listing(poster, "acme")
    poster.post(signed)
    path = f"/v1/statements/{signed.statement.id}/proof"
    later = poster.client.get(path, headers={"accept": "application/json"})
    alone = poster.client.get(path, headers={"accept": "text/plain"})
    assert later.json()["proof"] == alone.text
    assert alone.text.startswith("c2sp.org/tlog-proof@v1\n")
    assert (later.headers["vary"], alone.headers["vary"]) == ("accept", "accept")  # caches keep both


def test_the_checkpoint_covers_every_receipt_given_out(poster: Poster) -> None:
    index = poster.post(listing(poster, "acme")).json()["index"]
    origin, size, *_ = poster.client.get("/v1/checkpoint").text.split("\n")
    assert origin == ORIGIN
    assert int(size) > index


def test_a_batch_keeps_its_order_when_the_check_of_a_document_takes_time(poster: Poster) -> None:
    poster.client.post("/v1/documents", content=b"%PDF-1.7 a page")
    twin = poster.log
    captured = twin.draft(
        "DocumentCaptured",
        "registrar",
        about=["document:" + sha256(b"%PDF-1.7 a page").hexdigest()],
        claim={"media": "application/pdf", "size": 15},
    )
    Log.append(twin, captured)
    batch = [captured, *(listing(poster, f"party-{number}") for number in range(600))]
    answers = poster.post_all(batch)
    assert [answer["index"] for answer in answers] == list(range(1, 602))


def test_more_than_can_wait_is_answered_with_come_again_later(settings: Settings) -> None:
    narrow = settings.model_copy(update={"submissions_at_once": 1})
    with TestClient(create_app(narrow)) as client:
        poster = Poster(client, Log())
        poster.log.keys = dict(Log.opened().keys)
        genesis = poster.log.genesis()
        Log.append(poster.log, genesis)
        assert poster.post(genesis).status_code == 201
        answers = poster.post_all([listing(poster, f"party-{number}") for number in range(20)])
    assert [answer["status"] for answer in answers] == [201] + [503] * 19
    assert {answer["code"] for answer in answers[1:]} == {"overloaded"}
