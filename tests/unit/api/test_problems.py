"""Every error of the house becomes a problem of RFC 9457, from one table."""

from __future__ import annotations

import json
import re

import pytest

from api import problems
from ledger.core.refusal import CODES, LedgerError, Refusal
from ledger.ports import CommitOutcomeUnknown


def test_every_refusal_code_has_a_client_error_status() -> None:
    assert CODES
    assert all(400 <= problems.status_of(code) < 500 for code in CODES)


def test_statuses_are_set_only_for_codes_that_exist() -> None:
    assert problems.STATUS_OF_REFUSAL.keys() <= CODES.keys()
    assert set(problems.CODE_OF_STATUS.values()) <= problems.PROBLEMS.keys()
    assert set(problems.CODE_OF_ERROR.values()) <= problems.PROBLEMS.keys()


def test_no_code_means_two_things() -> None:
    assert not CODES.keys() & problems.PROBLEMS.keys()


@pytest.mark.parametrize("code", sorted(problems.PROBLEMS))
def test_every_row_says_what_it_is_and_how_to_mend_it(code: str) -> None:
    row = problems.PROBLEMS[code]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert 400 <= row.status < 600
    assert row.title
    assert row.mend


def test_a_refusal_names_code_place_and_remedy() -> None:
    response = problems.respond(Refusal("duplicate-key", "twice: issuers", "/predicate/issuers"))
    body = json.loads(bytes(response.body))
    assert response.status_code == body["status"] == 422
    assert response.media_type == "application/problem+json"
    assert (body["code"], body["place"]) == ("duplicate-key", "/predicate/issuers")
    assert body["mend"] == CODES["duplicate-key"].mend
    assert body["type"].endswith(":duplicate-key")


def test_an_unexpected_error_shows_nothing_of_its_text() -> None:
    response = problems.respond(RuntimeError("worker Li Hua, room 4"))
    assert response.status_code == 500
    assert b"Li Hua" not in bytes(response.body)


def test_what_a_driver_says_of_the_machine_stays_in_its_log(caplog: pytest.LogCaptureFixture) -> None:
    text = 'connection to server at "10.0.0.5", user "evidence" failed'
    response = problems.respond(CommitOutcomeUnknown(text))
    assert response.status_code == 503
    assert b"10.0.0.5" not in bytes(response.body)
    assert "10.0.0.5" in caplog.text


def test_trouble_around_the_statements_is_503_and_says_when_to_come_back() -> None:
    response = problems.respond(LedgerError("the database is away"))
    assert response.status_code == 503
    assert int(response.headers["retry-after"]) >= 1
    assert json.loads(bytes(response.body))["mend"]
