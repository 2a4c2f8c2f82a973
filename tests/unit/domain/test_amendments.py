"""What an amendment may set: members of its target, in its types, and no count that the target forbids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from ledger.core import disclosure
from ledger.core.statement import Recorded
from tests.support.builder import Log, refused

FOSHAN = "factory:foshan"
HOURS = {"value": "4", "unit": "h"}


def observe(log: Log, **claim: Any) -> Recorded:
    described = {"issue": "osh", "method": "records-review", "result": "present"}
    return log.say("ObservationMade", "clw", about=[FOSHAN], claim=described | claim)


def amend(log: Log, target: Recorded, changed: dict[str, Any], **more: Any) -> Recorded:
    return log.say("StatementCorrected", "clw", claim={"set": changed}, refs=[("amends", target)], **more)


def amend_by_disclosure(log: Log, target: Recorded, name: str, value: Any) -> Recorded:
    text = disclosure.make(bytes(16), name, value)
    claim = {"set": {"_sd": [disclosure.digest(text)]}}
    signed = log.draft("StatementCorrected", "clw", claim=claim, refs=[("amends", target)])
    return log.append(replace(signed, disclosures=(text,)))


def test_what_a_claim_on_harassment_may_not_count_no_amendment_of_it_counts(log: Log) -> None:
    """`set` alone would pass: what forbids the count is the issue of the claim that is amended."""
    seen = observe(log, issue="harassment-gbv")
    with refused("small-count-in-clear"):
        amend(log, seen, {"sample": {"n": 20}})


def test_a_quantity_found_by_asking_few_does_not_come_in_by_an_amendment(log: Log) -> None:
    seen = observe(log, method="worker-interview")
    with refused("small-count-in-clear"):
        amend(log, seen, {"quantity": HOURS})
    amend(log, seen, {"quantity": HOURS, "sample": {"n": 20}})


def test_a_claim_with_clear_counts_does_not_become_one_about_harassment(log: Log) -> None:
    seen = observe(log, method="worker-survey", sample={"n": 20})
    with refused("small-count-in-clear"):
        amend(log, seen, {"issue": "harassment-gbv"})
    amend(log, seen, {"issue": "osh/ppe"})


@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("outcome", "granted", "unknown-member"),
        ("addressees", ["aaf"], "unknown-member"),
        ("issue", ["discrimination", "osh"], "wrong-type"),
    ],
)
def test_only_members_of_the_target_are_set_and_in_its_types(
    log: Log, name: str, value: Any, code: str
) -> None:
    """One kind's list of issues would otherwise come to stand where another has one issue."""
    alleged = log.say("AllegationMade", "clw", about=[FOSHAN], claim={"issue": "osh"})
    with refused(code):
        amend(log, alleged, {name: value})
    with refused(code):
        amend_by_disclosure(log, alleged, name, value)


def test_a_disclosed_text_may_be_set(log: Log) -> None:
    alleged = log.say("AllegationMade", "clw", about=[FOSHAN], claim={"issue": "osh"})
    amend_by_disclosure(log, alleged, "text", {"lang": "en", "text": "Gloves were missing."})


def test_an_amendment_does_not_address_a_request_past_the_subjects(log: Log) -> None:
    asked = log.say("QuestionAsked", "clw", about=[FOSHAN], claim={"addressees": ["ietp"]})
    with refused("subject-missing"):
        amend(log, asked, {"addressees": ["aaf", "ietp"]})
    amend(log, asked, {"addressees": ["aaf", "ietp"]}, about=["party:aaf"])


def test_a_clause_is_no_count_of_people(log: Log) -> None:
    clause = log.criterion("overtime", "clw", quantity={"value": "150", "unit": "%"})
    amend(log, clause, {"clause": "44"}, about=["criterion:overtime"])
