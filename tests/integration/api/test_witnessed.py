"""A serving ledger with witnesses: first receipts, witnessed ones, alarms, and what operators see."""

from __future__ import annotations

import base64
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from ledger.core.keys import key_id
from ledger.core.receipt import Trust, verify_receipt
from ledger.verifier.bundle import verify_bundle
from tests.integration.api.conftest import Poster, TwinLog
from tests.outside.witness import server as faults
from tests.outside.witness.server import WitnessServer, serving
from tests.outside.witness.witness import Head, Witness
from tests.support.builder import FOUNDING_KEYS, OPERATOR_DEVICE, ORIGIN, Log, genesis_claim, log_vkey

FOUNDERS = ("ledger:main", "party:operator", "party:registrar")


@dataclass
class Witnessed:
    """A ledger whose published policy asks for both of two witnesses."""

    settings: Settings
    servers: list[WitnessServer]
    poster: Poster | None = None

    @property
    def policy(self) -> str:
        lines = [f"witness w{n} {each.witness.vkey} {each.url}\n" for n, each in enumerate(self.servers)]
        return f"log {log_vkey()}\n{''.join(lines)}group both all w0 w1\nquorum both\n"

    @contextmanager
    def serve(self) -> Iterator[TestClient]:
        settings = self.settings.model_copy(update={"publish_seconds": 0.1})
        with TestClient(create_app(settings), raise_server_exceptions=False) as client:
            yield client

    def open(self, client: TestClient, policy: str | None = None) -> str:
        """Enter entry 0; its id."""
        log = TwinLog()
        log.poster = Poster(client, log)
        log.keys = dict(Log.opened().keys)
        claim = genesis_claim() | {"policy": self.policy if policy is None else policy}
        log.append(
            log.draft(
                "LedgerOpened",
                "operator",
                about=list(FOUNDERS),
                claim=claim,
                creates=FOUNDERS,
                signers=FOUNDING_KEYS,
            )
        )
        self.poster = log.poster
        return log.genesis_id

    def trust(self, genesis: str) -> Trust:
        return Trust(ORIGIN, genesis, log_vkey(), self.policy)


@pytest.fixture
def ledger(settings: Settings) -> Iterator[Witnessed]:
    witnesses = [Witness(f"witness.example/{n}", Ed25519PrivateKey.generate()) for n in range(2)]
    for witness in witnesses:
        witness.trust(log_vkey())
    with serving(witnesses[0]) as first, serving(witnesses[1]) as second:
        yield Witnessed(settings, [first, second])


def until(found: Callable[[], Any], seconds: float = 15.0) -> Any:
    """What `found` gives as soon as it gives something."""
    deadline = time.monotonic() + seconds
    while not (value := found()):
        assert time.monotonic() < deadline, "it did not come about in time"
        time.sleep(0.05)
    return value


def proof(client: TestClient, statement: str) -> dict[str, Any]:
    response = client.get(f"/v1/statements/{statement}/proof")
    assert response.status_code == 200, response.text
    found: dict[str, Any] = response.json()
    return found


def grades(answer: dict[str, Any], trust: Trust) -> dict[str, str]:
    keys = {key_id(key.public): key.public for key in FOUNDING_KEYS}
    report = verify_receipt(base64.b64decode(answer["entry"]), answer["proof"], trust, keys)
    return {step.name: step.grade for step in report}


def test_a_receipt_becomes_a_witnessed_one(ledger: Witnessed) -> None:
    with ledger.serve() as client:
        genesis = ledger.open(client)
        found = until(lambda: (p := proof(client, genesis))["witnessed"] and p)
        assert found["overdue"] is False
        assert found["published"] == 1
        assert set(grades(found, ledger.trust(genesis)).values()) == {"held"}
        published = client.get("/checkpoint").text
        assert published.count("— ") == 3
        assert published in found["proof"]


def test_while_witnesses_are_out_receipts_stay_unwitnessed_and_nothing_is_published(
    ledger: Witnessed,
) -> None:
    ledger.servers[1].faults.append(faults.status(503))
    with ledger.serve() as client:
        genesis = ledger.open(client)
        until(lambda: ledger.servers[1].requests)
        found = proof(client, genesis)
        assert (found["witnessed"], found["published"]) == (False, 0)
        assert grades(found, ledger.trust(genesis))["witnesses"] == "failed"
        assert client.get("/checkpoint").status_code == 404
        ready = client.get("/readyz")
        shown = ready.json()["checks"]["witnesses"]
        assert ready.status_code == 200, ready.text
        assert [each["failures"] > 0 for each in shown["witnesses"]] == [False, True]
        ledger.servers[1].faults.clear()
        until(lambda: proof(client, genesis)["witnessed"])


def test_an_alarm_stops_publication_and_readiness_yet_not_the_log(ledger: Witnessed) -> None:
    with ledger.serve() as client:
        genesis = ledger.open(client)
        until(lambda: proof(client, genesis)["witnessed"])
        ledger.servers[0].witness.heads[ORIGIN] = Head(1, bytes(32))
        assert ledger.poster is not None
        registered = ledger.poster.log.register("ngo")
        until(lambda: client.get("/readyz").status_code == 503)
        checks = client.get("/readyz").json()["checks"]
        assert "does not continue" in checks["witnesses"]["witnesses"][0]["alarm"]
        assert checks["sequencer"]["ok"] is True
        assert proof(client, registered.statement.id)["published"] == 1
        metrics = client.get("/metrics").text
        assert 'evidence_witness_alarm{witness="w0"} 1.0' in metrics
        assert 'evidence_witness_alarm{witness="w1"} 0.0' in metrics


def test_a_witness_that_knows_more_than_the_database_keeps_the_sequencer_from_running(
    ledger: Witnessed,
) -> None:
    with ledger.serve() as client:
        genesis = ledger.open(client)
        until(lambda: proof(client, genesis)["witnessed"])
    # What an older copy of machine and database together cannot know of: only the witness does.
    ledger.servers[0].witness.heads[ORIGIN] = Head(40, bytes(32))
    with ledger.serve() as client:
        ready = client.get("/readyz")
        assert ready.status_code == 503
        detail = ready.json()["checks"]["sequencer"]["detail"]
        assert "database holds 1 entries, but witness w0 knows a signed tree of 40" in detail


def test_metrics_are_numbers_about_the_log_and_nobody(ledger: Witnessed) -> None:
    with ledger.serve() as client:
        genesis = ledger.open(client, "We judge nothing.")
        assert ledger.poster is not None
        ledger.poster.log.register("ngo-with-a-name")
        client.post("/v1/statements", content=b"{}")
        client.get("/v1/factories/jane-doe")
        until(lambda: proof(client, genesis)["published"] == 2)
        answer = client.get("/metrics")
        assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
        text = answer.text
    assert "evidence_log_entries 2.0" in text
    assert "evidence_published_entries 2.0" in text
    assert 'evidence_refusals_total{code="missing-member"}' in text
    assert 'evidence_view_behind_entries{view="timeline"}' in text
    assert "evidence_sequencer_batches_total" in text
    for name in ("ngo-with-a-name", "jane-doe", genesis):
        assert name not in text


def test_an_entry_that_is_not_published_in_time_is_overdue(
    ledger: Witnessed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for each in ledger.servers:
        each.faults.append(faults.status(503))
    with ledger.serve() as client:
        genesis = ledger.open(client)
        assert proof(client, genesis)["overdue"] is False
        later = time.time() + 61
        monkeypatch.setattr("api.promises.SystemClock.now", lambda _: int(later * 1000))
        found = proof(client, genesis)
        assert (found["overdue"], found["maxPublishDelay"]) == (True, 60)


def test_an_amended_policy_that_cannot_be_read_is_not_taken_in_and_publication_goes_on(
    ledger: Witnessed,
) -> None:
    with ledger.serve() as client:
        ledger.open(client)
        assert ledger.poster is not None
        poster = ledger.poster
        broken = ledger.policy.replace("quorum both", "quorum nobody")
        answer = poster.post(poster.log.draft("LedgerAmended", "operator", claim={"policy": broken}))
        assert answer.status_code == 422
        problem = answer.json()
        assert (problem["code"], problem["place"]) == ("bad-policy", "/predicate/claim/policy")
        assert "line 5" in problem["detail"]
        assert client.get("/v1/ledger").json()["policy"] == ledger.policy
        registered = poster.log.register("ngo")
        until(lambda: proof(client, registered.statement.id)["witnessed"])


def test_an_auditor_outside_the_quorum_vouches_for_bundles_and_holds_nothing_up(ledger: Witnessed) -> None:
    north, auditor = ledger.servers
    policy = (
        f"log {log_vkey()}\nwitness north {north.witness.vkey} {north.url}\n"
        f"witness auditor {auditor.witness.vkey} {auditor.url}\nquorum north\n"
    )
    auditor.faults.append(faults.status(503))
    with ledger.serve() as client:
        trust = Trust(ORIGIN, ledger.open(client, policy), log_vkey(), policy)
        assert ledger.poster is not None
        ledger.poster.log.factory("toys")
        assert bundle_verdict(client, ledger.poster, trust).endswith(", operator's claim")
        auditor.faults.clear()
        # It is asked again with each new tree, after the pause that its failures have earned.
        until(lambda: bundle_verdict(client, ledger.poster, trust).endswith(", audited"))


def bundle_verdict(client: TestClient, poster: Poster | None, trust: Trust) -> str:
    """What a verifier says of the factory's bundle, once it is indexed and published."""
    assert poster is not None
    service = client.app.state.service  # type: ignore[attr-defined]
    service.wait_for(poster.position)
    claim = service.index.advance().to_claim()
    index = poster.log.draft("IndexPublished", "operator", claim=claim, signers=[OPERATOR_DEVICE])
    indexed = poster.post(index).json()
    until(lambda: proof(client, indexed["id"])["witnessed"])
    return verify_bundle(client.get("/v1/factories/toys/bundle").content, trust).verdict
