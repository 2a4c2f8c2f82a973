"""Proof files over HTTP: what they show, that they verify offline, and that any change is found."""

from __future__ import annotations

import pytest

from api.client.keyfile import public_half, write_key_file
from ledger.core.index_proof import verify_index_proof
from ledger.core.receipt import Trust, unwitnessed_policy
from ledger.core.report import Report
from tests.support.builder import OPERATOR_DEVICE, ORIGIN, log_vkey

from .conftest import Poster


@pytest.fixture
def indexed(case: Poster) -> Poster:
    """The small case, indexed, and one statement more that no index covers yet."""
    publish(case)
    case.log.say("AllegationMade", "ngo", about=["factory:toys"], claim={"issue": "osh/ppe"})
    return case


def publish(case: Poster) -> int:
    """Publish the index over everything, as `evidence serve` does; the position of the statement."""
    service = case.client.app.state.service  # type: ignore[attr-defined]
    path = service.settings.operator_key_file
    if not path.exists():
        key = public_half(OPERATOR_DEVICE.seed, "device", ("index",), "operator")
        write_key_file(path, OPERATOR_DEVICE.seed, key, None)
    service.wait_for(service.recorder.head().size)
    receipt = service.index_publisher().publish(now=True)
    assert receipt is not None
    return int(receipt.index)


def trust(case: Poster) -> Trust:
    return Trust(ORIGIN, case.log.genesis_id, log_vkey(), unwitnessed_policy(log_vkey()))


def proof(case: Poster, what: str, **asked: str) -> str:
    response = case.client.get(f"/v1/proofs/{what}", params=asked)
    assert response.status_code == 200, response.text
    return str(response.text)


def checked(case: Poster, what: str, **asked: str) -> Report:
    return verify_index_proof(proof(case, what, **asked), trust(case))


def statement_id(case: Poster, event: str) -> str:
    return next(one.statement.id for one in case.log.recorded if one.statement.event == event)


def refused(case: Poster, what: str, **asked: str) -> tuple[int, str]:
    response = case.client.get(f"/v1/proofs/{what}", params=asked)
    return response.status_code, response.json()["code"]


def detail(case: Poster, what: str, **asked: str) -> str:
    return str(case.client.get(f"/v1/proofs/{what}", params=asked).json()["detail"])


def test_all_entries_of_a_factory_are_proven(indexed: Poster) -> None:
    report = checked(indexed, "all", key="factory:toys")
    assert report.exit_code == 0, report
    assert report.step("index").counts == {"entries": 5}
    assert "operator's claim" in report.verdict


def test_a_proof_says_up_to_which_entry_it_is_complete(indexed: Poster) -> None:
    published = publish(indexed)
    assert f"up to entry {published - 1}," in checked(indexed, "all", key="factory:toys").verdict


@pytest.mark.parametrize("key", ["by:ngo", "keys:certifier", "party:ngo", "ledger:main", "keys:operator"])
def test_every_sort_of_key_is_proven(indexed: Poster, key: str) -> None:
    assert checked(indexed, "all", key=key).exit_code == 0


@pytest.mark.parametrize("key", ["factory:elsewhere", "voice:nobody", "by:stranger", "keys:stranger"])
def test_that_nothing_has_a_key_is_proven(indexed: Poster, key: str) -> None:
    report = checked(indexed, "all", key=key)
    assert report.exit_code == 0, report
    assert report.verdict.startswith(f"no entries have the key `{key}`")


def test_silence_is_proven_until_somebody_responds(indexed: Poster) -> None:
    question = statement_id(indexed, "QuestionAsked")
    assert checked(indexed, "silence", of=question).verdict.startswith("no response to the request")
    indexed.log.say("ResponseGiven", "certifier", about=["party:ngo"], refs=[("answers", question)])
    # What the index does not cover yet is not there yet.
    assert checked(indexed, "silence", of=question).exit_code == 0
    publish(indexed)
    assert refused(indexed, "silence", of=question) == (409, "not-proven")


def test_only_the_silence_after_a_request_is_proven(indexed: Poster) -> None:
    alleged = statement_id(indexed, "AllegationMade")
    assert refused(indexed, "silence", of=alleged) == (409, "not-proven")
    assert "is of the kind allegation" in detail(indexed, "silence", of=alleged)
    assert refused(indexed, "silence", of="ab" * 32) == (409, "not-proven")


def test_precedence_is_proven_one_way_round(indexed: Poster) -> None:
    alleged, audited = statement_id(indexed, "AllegationMade"), statement_id(indexed, "AuditDescribed")
    report = checked(indexed, "precedence", earlier=alleged, later=audited)
    assert report.exit_code == 0, report
    assert "was logged before" in report.verdict
    assert refused(indexed, "precedence", earlier=audited, later=alleged) == (409, "not-proven")
    assert "stands in both places" in detail(indexed, "precedence", earlier=alleged, later=alleged)


def test_nothing_is_proven_complete_before_the_first_index(case: Poster) -> None:
    assert refused(case, "all", key="factory:toys") == (409, "not-proven")


def test_what_is_no_index_key_is_refused(case: Poster) -> None:
    assert refused(case, "all", key="factory:Ångström") == (400, "bad-parameter")


def test_without_a_trust_root_a_proof_is_never_green(indexed: Poster) -> None:
    report = verify_index_proof(proof(indexed, "all", key="factory:toys"), None)
    assert (report.exit_code, report.verdict) == (3, "trust root: unverified")
